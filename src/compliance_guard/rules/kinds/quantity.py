"""`quantity`: a number of some measure, near some words, within a bound."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from compliance_guard.matching import Hit
from compliance_guard.rules.case import Case
from compliance_guard.rules.conditions import within
from compliance_guard.rules.kinds.base import Compiled, Match


class CompiledQuantity(Compiled):
    """Numbers come from the reading; words beside them from the automaton."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.main = self.patterns(self.rule.near)

    def find(self, case: Case) -> Iterator[Match]:
        """Every number that keeps the bound beside a matching word; the span covers both."""
        words: dict[Hit, list[Hit]] = {}
        if self.main is not None:
            for word, unit in case.copy.matches_in(self.main, self.rule.scope):
                words.setdefault(unit, []).append(word)
        for quantity in case.reading.quantities:
            if quantity.measure != self.rule.measure or not within(self.rule.value, quantity.high):
                continue
            unit = case.reading.scope(self.rule.scope, quantity.start)
            start, end = quantity.start, quantity.end
            if self.main is not None:
                beside = words.get(unit, [])
                index = bisect_left(beside, (start, 0))
                nearest = min(beside[max(0, index - 1) : index + 1], key=lambda h: abs(h[0] - start), default=None)
                if nearest is None:
                    continue
                start, end = min(start, nearest[0]), max(end, nearest[1])
            if self.stands(case, start, end, unit):
                yield Match(
                    start,
                    end,
                    {"matched": case.reading.text[start:end], "value": [quantity.low, quantity.high]},
                )
