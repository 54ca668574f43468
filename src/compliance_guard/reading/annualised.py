"""What a loan costs a year, where the copy says what it costs a day, a month or an instalment.

Conventions, after 中国人民银行公告〔2021〕第3号: the rate is counted on the principal that is still owed, with all
fees, by internal rate of return or simply; the simple way must be named.

- A daily rate counts 365 times, a monthly rate 12 times: 单利.
- Instalments are monthly. Each repays an equal part of the principal and the fee on the whole amount, or all
  payments are equal. The internal rate of return of a month counts 12 times: 内部收益率.
- 厘 and 分 are 0.1% and 1% of a monthly rate; 厘 is 0.01% of a daily one.

What is ambiguous has no annual cost: a fee without the number of instalments, or with several; a charge on what is
overdue.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from compliance_guard.reading.quantities import parse_number
from compliance_guard.reading.reading import Reading

Period = Literal["day", "month"]
Method = Literal["单利", "内部收益率"]

_A_YEAR: dict[Period, int] = {"day": 365, "month": 12}
_MOST_INSTALMENTS = 120
_MOST_A_MONTH = 1.0
"""Beyond 100% a month a reading is a misreading."""
_MOST_STATED = 40
"""How many costs of a kind are looked at: more are no advertisement, but an attack."""


@dataclass(frozen=True, slots=True)
class AnnualCost:
    """A stated cost with the annual rate that it comes to.

    Attributes:
        stated: the words, folded.
        low, high: percent a year; the same for a single rate.
        method: 单利 or 内部收益率.
        least: the copy gives only where the rate begins (低至, 起).
        start, end: folded code points, half open.
    """

    stated: str
    low: float
    high: float
    method: Method
    least: bool
    start: int
    end: int

    @property
    def words(self) -> str:
        """The rate as copy may state it: 18.25%(单利)."""
        rate = f"{_plain(self.high)}%"
        if self.low != self.high:
            rate = f"{_plain(self.low)}%-{rate}"
        return f"{rate}{'起' if self.least else ''}({self.method})"

    @property
    def evidence(self) -> dict[str, Any]:
        """For a finding."""
        high = _rounded(self.high)
        annualised = high if self.low == self.high else [_rounded(self.low), high]
        return {"stated": self.stated, "annualised": annualised, "method": self.method}


def simple_annual(rate: float, per: Period) -> float:
    """The simple annual rate of a daily or monthly one."""
    return rate * _A_YEAR[per]


def annual_of_instalments(instalments: int, fee: float) -> float | None:
    """The annual rate in percent of a fee, in percent of the whole amount, with each monthly instalment."""
    return annual_of_payments(1.0, instalments, 1.0 / instalments + fee / 100) if instalments > 0 else None


def annual_of_payments(principal: float, instalments: int, payment: float) -> float | None:
    """The annual rate in percent of equal monthly payments; None where they do not repay a loan at a sane rate."""
    if not 0 < instalments <= _MOST_INSTALMENTS or principal <= 0 or payment * instalments < principal * (1 - 1e-9):
        return None

    def present_value(rate: float) -> float:
        return payment * (instalments if rate == 0 else (1 - (1 + rate) ** -instalments) / rate)

    low, high = 0.0, _MOST_A_MONTH
    if present_value(high) > principal:
        return None
    for _ in range(60):  # more halvings than a float has digits
        middle = (low + high) / 2
        low, high = (middle, high) if present_value(middle) > principal else (low, middle)
    return 1200 * low


_CHINESE = "零一二两三四五六七八九十"
_NUMBER = rf"(?:\d+(?:\.\d+)?|[{_CHINESE}]+(?:点[{_CHINESE}]+)?)"
_LEAST = "最?低至|最?低到|最低|优惠[至到]|降[至到]|起步"
_BETWEEN = (
    rf"(?P<least>(?:(?:{_LEAST})|费率|利率|仅需?|只[要需收]?|才|约|大[约概]|为|是|按|收|就|也|的|可|均|参考|固定"
    r"|[:(, ]){0,5}?)"
)
_JOIN = r"\s?(?:-|~|至|到|--)\s?"
_RATE = (
    rf"(?:(?P<of>万分之|千分之|百分之|万|千)(?P<n>{_NUMBER})"
    rf"|(?P<a>{_NUMBER})(?:%|‰)?(?:{_JOIN}(?P<b>{_NUMBER}))?(?P<unit>%|‰|个点|厘|分)(?P<half>[半{_CHINESE[1:-1]}\d](?![\d.年期个天月]))?)"
    r"(?!\s?[\d.十百万亿元块毛角折%‰])(?P<from>起(?!息))?"
)
_NOT_A_DATE = r"(?<![\d今当次前昨明假首近生末终个本上下单{c}])".replace("{c}", _CHINESE + "百")
_STATED_RATE = re.compile(
    rf"(?:(?P<day>每日(?:利[息率]|费率|息)|{_NOT_A_DATE}日(?:均?利[息率]|费率|息费率|手续费率?|[息利率])"
    rf"|(?:每|一|按)天的?(?:利[息率]|费率|息)|利息(?:每|一|按)[天日])"
    rf"|(?P<month>每月(?:利[息率]|息)|{_NOT_A_DATE}月(?:利[息率]|[息利])|利息每月))"
    rf"{_BETWEEN}{_RATE}"
)
_STATED_FEE = re.compile(
    rf"(?:(?:每|单|一)(?:期|个?月)(?:的)?(?:手续费|服务费|费)率?|{_NOT_A_DATE}月(?:手续费|服务费|费)率?){_BETWEEN}{_RATE}"
)
_INSTALMENTS = re.compile(
    rf"(?<![\d.每单首第前后一])(?P<n>\d{{1,3}}|[{_CHINESE}]{{1,3}})(?:期|个月)(?!后|免|内|以)"
)
_MONEY = (
    rf"(?:(?P<yuan>{_NUMBER})(?:元|块(?:钱)?)(?P<jiao>[\d{_CHINESE[1:-1]}](?![\d.元块%期]))?"
    rf"|(?P<only>{_NUMBER})[毛角](?P<fen>[\d{_CHINESE[1:-1]}](?![\d.元块%期]))?)"
)
_PRINCIPAL = rf"(?P<principal>\d[\d,]{{0,9}}(?:\.\d+)?万?|[{_CHINESE}][万千]|(?<=每)万)(?:元|块钱?)?"
_DAILY_MONEY = re.compile(
    rf"(?:借|贷|用|每){_PRINCIPAL}[,:用\s]{{0,2}}(?:(?:一|每)[天日]|日)的?(?:利息|息费|费用|成本|息)?"
    rf"(?:仅需?|只[要需]?|才|约|就|也就|为|是|[:, ]){{0,3}}{_MONEY}"
)
_PAYMENT = re.compile(
    r"(?:每期|每月|每个月|月供|月还)(?:本息)?(?:只要|仅需?|只需?|才|约|就)?(?:还款?|付)?(?:额)?[:约为 ]{0,2}"
    r"(?P<payment>\d[\d,]*(?:\.\d+)?)(?:元|块)"
)
_BORROWED = re.compile(rf"(?:借款?|贷款?|分期金额|本金|账单){_PRINCIPAL}")
_WHAT_IS_OVERDUE = re.compile("罚息|逾期|违约|滞纳|延期|挪用|收益")

_PARTS = {"万分之": 0.01, "万": 0.01, "千分之": 0.1, "千": 0.1, "百分之": 1.0}
_UNITS: dict[Period, dict[str, float]] = {
    "day": {"%": 1.0, "‰": 0.1, "个点": 1.0, "厘": 0.01},
    "month": {"%": 1.0, "‰": 0.1, "个点": 1.0, "厘": 0.1, "分": 1.0},
}


def find_annual_costs(reading: Reading) -> Iterator[AnnualCost]:
    """The costs that a copy asserts and that come to an annual rate, by kind and position."""
    text = reading.text
    if "日" in text or "月" in text or "期" in text or "天" in text:
        for cost in (*_rates(text), *_daily_money(text), *_instalments(reading)):
            clause = text[slice(*reading.clauses.around(cost.start))]
            if not _WHAT_IS_OVERDUE.search(clause) and reading.polarity(cost.start, cost.end) == "asserted":
                yield cost


def _found(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    return islice(pattern.finditer(text), _MOST_STATED)


def _rates(text: str) -> Iterator[AnnualCost]:
    for match in _found(_STATED_RATE, text):
        per: Period = "day" if match["day"] else "month"
        if rate := _rate(match, per):
            low, high = (simple_annual(r, per) for r in rate)
            yield _cost(text, match.start(), match.end(), low, high, "单利", _is_least(match))


def _rate(match: re.Match[str], per: Period) -> tuple[float, float] | None:
    try:
        if match["of"]:
            low = high = parse_number(match["n"]) * _PARTS[match["of"]]
        else:
            scale = _UNITS[per][match["unit"]]
            low = parse_number(match["a"])
            high = parse_number(match["b"]) if match["b"] else low
            if half := match["half"]:
                if match["unit"] not in ("厘", "分"):
                    return None
                tenths = 5 if half == "半" else parse_number(half)
                low, high = low + tenths / 10, high + tenths / 10
            low, high = low * scale, high * scale
    except (ValueError, KeyError):
        return None
    return (low, high) if 0 < low <= high <= 100 * _MOST_A_MONTH else None


def _is_least(match: re.Match[str]) -> bool:
    return bool(match["from"] or re.search(_LEAST, match["least"]))


def _daily_money(text: str) -> Iterator[AnnualCost]:
    for match in _found(_DAILY_MONEY, text):
        try:
            principal = _principal(match["principal"])
            tenths = parse_number(match["jiao"] or match["fen"] or "零") / 10
            yuan = (
                parse_number(match["yuan"]) + tenths
                if match["yuan"]
                else (parse_number(match["only"]) + tenths) / 10
            )
        except ValueError:
            continue
        if principal >= 100 and 0 < yuan / principal < _MOST_A_MONTH / 10:
            rate = simple_annual(100 * yuan / principal, "day")
            yield _cost(text, match.start(), match.end(), rate, rate, "单利", False)


def _instalments(reading: Reading) -> Iterator[AnnualCost]:
    """Fees and payments by instalment, in a sentence that gives one number of instalments."""
    text = reading.text
    for match in _found(_STATED_FEE, text):
        if (counted := _count(reading, match)) and (rate := _rate(match, "month")):
            count, start, end = counted
            annual = [annual_of_instalments(count, fee) for fee in rate]
            if annual[0] is not None and annual[1] is not None:
                yield _cost(text, start, end, annual[0], annual[1], "内部收益率", _is_least(match))
    for match in _found(_PAYMENT, text):
        sentence = reading.sentences.around(match.start())
        borrowed = list(_BORROWED.finditer(text, *sentence))
        if len(borrowed) == 1 and (counted := _count(reading, match)):
            count, start, end = counted
            try:
                principal, payment = _principal(borrowed[0]["principal"]), parse_number(match["payment"])
            except ValueError:
                continue
            if annual_rate := annual_of_payments(principal, count, payment):
                start, end = min(start, borrowed[0].start()), max(end, borrowed[0].end())
                yield _cost(text, start, end, annual_rate, annual_rate, "内部收益率", False)


def _count(reading: Reading, match: re.Match[str]) -> tuple[int, int, int] | None:
    """The one number of instalments that the sentence gives, and the span from it to the match, or back."""
    found = {}
    for count in _INSTALMENTS.finditer(reading.text, *reading.sentences.around(match.start())):
        try:
            found[int(parse_number(count["n"]))] = count
        except ValueError:
            return None
    if len(found) != 1:
        return None
    ((number, count),) = found.items()
    return number, min(count.start(), match.start()), max(count.end(), match.end())


def _principal(written: str) -> float:
    """Yuan: 10000, 1万, 一万, 万."""
    number = parse_number(written.rstrip("万千") or "一")
    return number * (10_000 if written.endswith("万") else 1_000 if written.endswith("千") else 1)


def _cost(text: str, start: int, end: int, low: float, high: float, method: Method, least: bool) -> AnnualCost:
    return AnnualCost(text[start:end], low, high, method, least, start, end)


def _rounded(rate: float) -> float:
    """To two places, a half up: a cost is not rounded away."""
    return math.floor(rate * 100 + 0.5 + 1e-7) / 100


def _plain(rate: float) -> str:
    return f"{_rounded(rate):.2f}".rstrip("0").rstrip(".")
