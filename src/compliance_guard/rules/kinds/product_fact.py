"""`product_fact`: a number or name in the copy that contradicts the product's own fact."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any

from compliance_guard.domain import duration_days
from compliance_guard.matching import Hit
from compliance_guard.reading.quantities import Quantity, find_quantities
from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match

_START = attrgetter("start")
LONGEST_NUMBER = 24
"""Code points of the longest number that a word may stand in."""

TOLERANCE = 0.0051
"""How far a rate (percentage points) or relative value may be off by rounding."""


class CompiledProductFact(Compiled):
    """Numbers beside the rule's words against a field of the product."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.main = self.patterns(self.rule.near)

    def find(self, case: Case) -> Iterator[Match]:
        """Every stated value that the fact does not allow."""
        assert self.main is not None
        fact = _fact(case, self.rule.field)
        if fact is None:
            return
        if self.rule.relation in ("same_name", "same_text"):
            yield from self._texts(case, str(fact))
            return
        bounds = _bounds(fact, self.rule.measure)
        if bounds is None:
            return
        for word, unit in case.matches_in(self.main, self.rule.scope):
            quantity = _nearest(case, word, unit, self.rule.measure)
            if quantity is None or _agrees(quantity, bounds, self.rule.relation):
                continue
            start, end = min(word[0], quantity.start), max(word[1], quantity.end)
            if self.stands(case, quantity.start, quantity.end, unit, later_denial=False):
                evidence = {"field": self.rule.field, "copy": [quantity.low, quantity.high], "product": fact}
                yield Match(start, end, evidence)

    def _texts(self, case: Case, fact: str) -> Iterator[Match]:
        assert self.main is not None
        for (start, end), unit in case.matches_in(self.main, self.rule.scope):
            name = case.reading.text[start:end]
            folded = _plain_name(fact)
            same = folded in name or (self.rule.relation == "same_name" and _abbreviates(name, folded))
            if folded and not same and self.stands(case, start, end, unit, later_denial=False):
                yield Match(start, end, {"field": self.rule.field, "copy": name, "product": fact})


def _fact(case: Case, field: str) -> Any:
    product = case.request.product
    if product is None:
        return None
    if field == "risk_grade":
        return product.effective_grade
    if field.startswith("facts."):
        return product.facts.get(field[6:])
    return getattr(product, field)


def _bounds(fact: Any, measure: str | None) -> tuple[float, float] | None:
    if isinstance(fact, int | float) and not isinstance(fact, bool):
        return float(fact), float(fact)
    return _stated_bounds(str(fact), measure)


@lru_cache(maxsize=1024)
def _stated_bounds(fact: str, measure: str | None) -> tuple[float, float] | None:
    if measure == "duration":
        days = float(duration_days(fact))
        return days, days
    numbers = [q for q in find_quantities(fact.lower()) if q.measure == measure]
    if not numbers:
        return None
    return min(q.low for q in numbers), max(q.high for q in numbers)


def _nearest(case: Case, word: Hit, unit: Hit, measure: str | None) -> Quantity | None:
    """The number of this measure that overlaps the word, or else the first that follows it in the unit."""
    quantities = case.reading.quantities
    for quantity in islice(quantities, bisect_left(quantities, word[0] - LONGEST_NUMBER, key=_START), None):
        if quantity.start >= unit[1]:
            return None
        in_unit = unit[0] <= quantity.start and quantity.end <= unit[1]
        if quantity.measure == measure and in_unit and quantity.end > word[0]:
            return quantity
    return None


def _agrees(quantity: Quantity, bounds: tuple[float, float], relation: str) -> bool:
    low, high = bounds
    slack = (
        TOLERANCE if quantity.measure == "rate" else abs(high) * 0.03 if quantity.measure == "duration" else 1e-6
    )
    if relation == "at_most":
        return quantity.high <= high + slack
    if relation == "at_least":
        return quantity.low >= low - slack
    if relation == "within":
        return quantity.low >= low - slack and quantity.high <= high + slack
    if quantity.low == quantity.high and low != high:
        return min(abs(quantity.low - low), abs(quantity.low - high)) <= slack
    return abs(quantity.low - low) <= slack and abs(quantity.high - high) <= slack


def _plain_name(name: str) -> str:
    from compliance_guard.reading.fold import fold_phrase

    plain = fold_phrase(name)
    for suffix in ("有限责任公司", "股份有限公司", "有限公司", "公司"):
        plain = plain.removesuffix(suffix)
    return plain


def _abbreviates(text: str, name: str) -> bool:
    """Whether the text names the firm by its first characters, as 澜江理财 for 澜江理财有限责任公司."""
    return len(name) >= 2 and name[:2] in text
