"""`classified`: the classifier says that a sentence makes the claim, and no list of words has to."""

from __future__ import annotations

from collections.abc import Iterator

from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match


class CompiledClassified(Compiled):
    """The probability of the rule's category reaches the classifier's `review`."""

    def find(self, case: Case) -> Iterator[Match]:
        """The words that carry the claim in each sentence that makes it."""
        if case.opinion is None:
            return
        code = self.rule.category
        band = case.opinion.bands.get(code)
        for start, _, said in case.opinion.claim(code):
            first, last = said.carried_by.get(code, (0, 1))
            p = said.claims[code]
            yield Match(
                start + first, start + last, {"probability": p, "sure": band is not None and p >= band.block}
            )
