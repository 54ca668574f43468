"""`quantity`: a number of some measure, near some words, within a bound."""

from __future__ import annotations

from collections.abc import Iterator

from compliance_guard.rules.case import Case
from compliance_guard.rules.facts import within
from compliance_guard.rules.kinds.base import Compiled, Match


class CompiledQuantity(Compiled):
    """Numbers come from the reading; words beside them from the automaton."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.main = self.patterns(self.rule.near)

    @property
    def driven_by_hits(self) -> bool:  # type: ignore[override]
        """Without words beside it, every number counts."""
        return self.main is not None

    def find(self, case: Case) -> Iterator[Match]:
        """Every number that keeps the bound beside a matching word; the span covers both."""
        for quantity in case.reading.quantities:
            if quantity.measure != self.rule.measure or not within(self.rule.value, quantity.high):
                continue
            unit = case.reading.scope(self.rule.scope, quantity.start)
            start, end = quantity.start, quantity.end
            if self.main is not None:
                words = sorted(self.main.matches(case.scan, *unit), key=lambda h: abs(h[0] - quantity.start))
                if not words:
                    continue
                start, end = min(start, words[0][0]), max(end, words[0][1])
            if self.stands(case, start, end, unit):
                yield Match(
                    start,
                    end,
                    {"matched": case.reading.text[start:end], "value": [quantity.low, quantity.high]},
                )
