"""`pattern`: any of these linear-time patterns within a clause, a sentence or the text."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match


class CompiledPattern(Compiled):
    """RE2 patterns, tried only where one of their literals stands."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        if self.rule.original:
            self._raw = [re2.compile(q) for p in self.rule.any for q in self._pattern(p)]
        else:
            self.main = self.patterns(self.rule.any)

    def find(self, case: Case) -> Iterator[Match]:
        """Every match with the right polarity."""
        if self.rule.original:
            for regex in self._raw:
                for found in regex.finditer(case.request.text):
                    start, end = found.span()
                    if end > start:
                        yield Match(start, end, {"matched": found.group()}, in_original=True)
            return
        assert self.main is not None
        for (start, end), unit in case.copy.matches_in(self.main, self.rule.scope):
            if self._validates(case, start, end) and self.stands(case, start, end, unit):
                yield Match(start, end, {"matched": case.reading.text[start:end]})

    def _validates(self, case: Case, start: int, end: int) -> bool:
        """Whether the hit holds a number of a kind that the rule asks for, if it asks."""
        kinds = self.rule.valid_as
        return not kinds or any(
            n.kind in kinds and n.start < end and start < n.end for n in case.reading.personal_numbers
        )
