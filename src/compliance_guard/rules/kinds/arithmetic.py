"""`arithmetic`: a sum shown to the reader, what is put in and what comes out: 10万放一年变10.5万."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from compliance_guard.matching import Finder, Hit
from compliance_guard.reading.quantities import Quantity
from compliance_guard.rules.case import Case
from compliance_guard.rules.conditions import within
from compliance_guard.rules.kinds.base import Compiled, Match

MAX_MARKS = 40
"""How many marked amounts are looked at in one unit: more are no sum, but an attack."""

SMALLEST_BARE = 100
"""A bare number below this is not read as money put in."""

# What is counted is not money; 每万份 is, at one yuan each.
_COUNTED = re.compile(
    r"[多余来几]?(?:个?(?:人|客户|用户|家庭|家|户|名|位|员工)|个[^,。!?;:、)\s]|[件份股只次条单张字步平亩斤克两吨天年月日岁号期点%倍楼座辆套届折遍趟页头根分:/]|分钟|小时|公里|交易日)"
)
# A bare number is money if it is written like a sum, and not like a year or a time.
_SUM_OF_MONEY = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{1,2})?|(?!(?:19\d\d|20(?:0[1-9]|[12]\d))$)\d{4,}|.*[十百千万].*"
)
_UNITS_OF_A_FUND = re.compile("万份")
_REPEATED = re.compile(
    "(?P<day>每[一]?[天日]|天天|日日)|(?P<week>每(?:个)?(?:周|星期)|周周)|(?P<month>每(?:个)?月|月月|按月)"
    "|(?P<quarter>每(?:个)?季度?|季季)|(?P<year>每一?年|年年|岁岁)"
)
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.0, "quarter": 91.0, "year": 365.0}
_BREAK = re.compile(r"[,;。!?\s]")


@dataclass(frozen=True)
class _Sum:
    """Principal, what it becomes, and in how many days (None: not said).

    Attributes:
        start, end: from the principal to the amount.
        claim: the amount with the word that marks it: what is asserted or denied.
    """

    principal: float
    result: float
    days: float | None
    start: int
    end: int
    claim: Hit

    @property
    def gained(self) -> float:
        """In percent of the principal."""
        return 100 * (self.result - self.principal) / self.principal

    @property
    def rate(self) -> float:
        """A year's gain in percent, counted simply; of the whole time where none is said."""
        return self.gained * 365 / self.days if self.days else self.gained

    @property
    def evidence(self) -> dict[str, Any]:
        """The numbers, for the reader."""
        evidence: dict[str, Any] = {
            "principal": self.principal,
            "result": round(self.result, 2),
            "gain": round(self.result - self.principal, 2),
            "return": round(self.gained, 2),
        }
        if self.days:
            evidence |= {"days": self.days, "annualised": round(self.rate, 2)}
        return evidence


class CompiledArithmetic(Compiled):
    """Amounts come from the reading; the words that mark an end amount or a gain from the automaton."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.main = self.patterns((*self.rule.result, *self.rule.gain))
        self._marks = ((self.patterns(self.rule.result), True), (self.patterns(self.rule.gain), False))

    def find(self, case: Case) -> Iterator[Match]:
        """Every sum whose rate keeps the bound; the span covers principal, words and amount."""
        if sum(q.measure in ("amount", "number") for q in case.reading.quantities) < 2:
            return
        seen: set[Hit] = set()
        for unit, marks in self._by_unit(case).items():
            money = [q for q in case.reading.quantities if _is_money(q, unit, case)]
            times = list(_times(case, unit))
            for word, is_result in islice(sorted(marks), MAX_MARKS):
                found = self._sum(case, word, is_result, money, times)
                if found is None or (found.start, found.end) in seen or not within(self.rule.value, found.rate):
                    continue
                seen.add((found.start, found.end))
                if self.stands(case, *found.claim, unit):
                    matched = case.reading.text[found.start : found.end]
                    yield Match(found.start, found.end, {"matched": matched, **found.evidence})

    def _by_unit(self, case: Case) -> dict[Hit, list[tuple[Hit, bool]]]:
        marks: dict[Hit, list[tuple[Hit, bool]]] = {}
        for finder, is_result in self._marks:
            if isinstance(finder, Finder):
                for word, unit in case.copy.matches_in(finder, self.rule.scope):
                    marks.setdefault(unit, []).append((word, is_result))
        return marks

    def _sum(
        self, case: Case, word: Hit, is_result: bool, money: list[Quantity], times: list[tuple[Hit, float]]
    ) -> _Sum | None:
        amount = self._marked(case.reading.text, word, money)
        if amount is None:
            return None
        before = [q for q in money if q.end <= amount.start and _may_be_put_in(q)]
        after = [q for q in money if q.start >= amount.end and _may_be_put_in(q)]
        principal = before[-1] if before else after[0] if after else None
        if principal is None or principal.low <= 0:
            return None
        result = _end_amount(amount, principal) if is_result else principal.low + amount.low
        if result <= principal.low:
            return None
        time = min(times, key=lambda t: _distance(t[0], amount), default=None)
        claim = min(word[0], amount.start), max(word[1], amount.end)
        start, end = min(principal.start, claim[0]), max(principal.end, claim[1])
        return _Sum(principal.low, result, time[1] if time else None, start, end, claim)

    def _marked(self, text: str, word: Hit, money: list[Quantity]) -> Quantity | None:
        """The amount that a word marks: the next one, or one that stands directly before (6000块的收益)."""
        following = next((q for q in money if q.start >= word[0] and q.end > word[1]), None)
        if following is not None and following.start - word[1] > self.rule.within:
            following = None
        preceding = next((q for q in reversed(money) if q.end <= word[0] and word[0] - q.end <= 1), None)
        if following is None or (preceding and _BREAK.search(text, word[1], following.start)):
            return preceding or following
        return following


def _is_money(quantity: Quantity, unit: Hit, case: Case) -> bool:
    if quantity.measure not in ("amount", "number") or not unit[0] <= quantity.start < unit[1]:
        return False
    text, end = case.reading.text, quantity.end
    if quantity.high == 10_000 and _UNITS_OF_A_FUND.match(text, end - 1):
        return True
    if quantity.measure == "number" and not _SUM_OF_MONEY.fullmatch(text, quantity.start, end):
        return False
    return not _COUNTED.match(text, end)


def _may_be_put_in(quantity: Quantity) -> bool:
    return quantity.measure == "amount" or quantity.low >= SMALLEST_BARE


def _end_amount(amount: Quantity, principal: Quantity) -> float:
    """The end amount; 10万变10.5 means 10.5万."""
    if amount.measure == "number" and amount.low < principal.low >= 10_000 and amount.low * 10_000 > principal.low:
        return amount.low * 10_000
    return amount.low


def _times(case: Case, unit: Hit) -> Iterator[tuple[Hit, float]]:
    for quantity in case.reading.quantities:
        if quantity.measure == "duration" and unit[0] <= quantity.start < unit[1] and quantity.low > 0:
            yield (quantity.start, quantity.end), quantity.low
    for repeated in _REPEATED.finditer(case.reading.text, *unit):
        yield repeated.span(), _DAYS[repeated.lastgroup or "year"]


def _distance(time: Hit, amount: Quantity) -> int:
    """How far a time is from an amount; one that stands behind it is less likely meant."""
    return amount.start - time[1] if time[1] <= amount.start else 2 * (time[0] - amount.end) + 8
