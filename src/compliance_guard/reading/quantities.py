"""Numbers in Chinese copy: rates, amounts, durations, grades and multiples, with spans.

Arabic and Chinese numerals, ranges and units as marketers write them: 4.5%, 百分之八, 年化捌厘, 八个点, 日息万五,
1万, 10w, 壹佰万, 180天, 三年, R3, 三级, 中风险, 翻三倍. Works on folded text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Measure = Literal["rate", "amount", "duration", "grade", "multiple"]

_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2, "俩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_CHINESE = "零一二两三四五六七八九十百千万亿"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = rf"(?:{_ARABIC}|[{_CHINESE}]+(?:点[零一二三四五六七八九]+)?|\d+点\d+)"
_JOIN = r"\s*(?:-|~|至|到|--)\s*"

_RATE = re.compile(
    rf"(?P<a>[+-]?{_NUMBER})(?P<au>%)?(?:{_JOIN}(?P<b>{_NUMBER}))?\s*(?P<u>%|个点|厘|‰|个百分点)(?P<half>半)?"
    rf"|百分之(?P<c>{_NUMBER})(?:{_JOIN}(?:百分之)?(?P<d>{_NUMBER}))?"
    rf"|千分之(?P<e>{_NUMBER})|万分之(?P<f>{_NUMBER})|(?<=息)万(?P<g>[一二三四五六七八九]|\d(?:\.\d)?)(?!元)"
    rf"|年化(?:利率|收益率?|约|大概|能到|高达|已经|有|是)?(?P<h>\d+点\d+|[{_CHINESE}]+点[零一二三四五六七八九]+|\d+\.\d+)(?![%\d])"
)
_AMOUNT = re.compile(
    rf"(?P<a>{_NUMBER})(?:{_JOIN}(?P<b>{_NUMBER}))?\s*(?P<u>万元|亿元|千元|百元|万|亿|元|块钱|块|w(?![a-z])|k(?![a-z])|余元|圆)"
    r"|[¥￥]\s*(?P<c>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<cu>万|亿)?"
)
_DURATION = re.compile(
    rf"(?<![月\d])(?P<a>{_NUMBER}|半)\s*"
    r"(?P<u>个月|个交易日|个工作日|个自然日|个季度|周年|年期|年|天|日|周|星期|季度|月期|月)"
    r"(?!\d|化|利率|度|报|代|级|份|初|末|底|款)"
)
_GRADE = re.compile(
    r"(?<![a-z0-9])(?P<rc>[rc])\s?(?P<n>[1-5])(?!\d)"
    r"|(?:风险等级|产品等级|风险级别|等级)[^,。;\n]{0,6}?(?P<l>[一二三四五1-5])级|[((](?P<m>[一二三四五])级[))]"
    r"|(?P<w>中低|中高|较低|较高|低|中等|中|高)(?:等)?风险"
    r"(?!提示|承受|偏好|测评|评估|揭示|等级|控制|管理|意识|项目|投资)"
)
_MULTIPLE = re.compile(rf"翻(?P<a>[{_CHINESE}]|\d+)?(?P<u>倍|番)|(?P<b>{_NUMBER})倍")

_GRADE_WORDS = {"低": 1, "中低": 2, "较低": 2, "中": 3, "中等": 3, "中高": 4, "较高": 4, "高": 5}
_DAYS = {"年": 365, "周年": 365, "年期": 365, "个月": 30, "月": 30, "月期": 30, "周": 7, "星期": 7, "个季度": 91, "季度": 91}  # fmt: skip
_AMOUNT_UNITS = {"万元": 1e4, "万": 1e4, "w": 1e4, "亿元": 1e8, "亿": 1e8, "千元": 1e3, "k": 1e3, "百元": 1e2}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its measure.

    Attributes:
        measure: rate (percent), amount (yuan), duration (days), grade (1-5), multiple (times).
        low, high: the value, or both ends of a range.
        start, end: folded code points, half open.
    """

    measure: Measure
    low: float
    high: float
    start: int
    end: int


def parse_number(text: str) -> float:
    """The value of an Arabic or Chinese numeral such as `1,000`, `三十六`, `两百五`, `四点五`.

    Raises:
        ValueError: not a numeral.
    """
    plain = text.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        pass
    whole, point, fraction = plain.partition("点")
    value = float(whole) if whole.isdigit() else _chinese_integer(whole)
    if point:
        digits = "".join(c if c.isdigit() else str(_DIGITS[c]) for c in fraction)
        value += int(digits) / 10 ** len(digits)
    return value


def _chinese_integer(text: str) -> float:
    if not text:
        raise ValueError("空的数字")
    total = section = digit = 0
    last_unit = 1
    for character in text:
        if character in _DIGITS:
            digit = digit * 10 + _DIGITS[character] if digit and last_unit == 1 else _DIGITS[character]
            if character == "零":
                last_unit = 1
        elif character in _UNITS:
            section += (digit or 1) * _UNITS[character]
            last_unit, digit = _UNITS[character], 0
        elif character in _LARGE:
            total = (total + section + digit or 1) * _LARGE[character]
            last_unit, section, digit = _LARGE[character], 0, 0
        else:
            raise ValueError(f"不是数字: {text}")
    return float(total + section + digit * (last_unit // 10 if last_unit > 10 else 1))


def _range(low: str, high: str | None, scale: float = 1.0) -> tuple[float, float]:
    first = parse_number(low) * scale
    second = parse_number(high) * scale if high else first
    return min(first, second), max(first, second)


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a folded text, by position."""
    found: list[Quantity] = []
    for finder in (_rates, _amounts, _durations, _grades, _multiples):
        found.extend(finder(text))
    return tuple(sorted(found, key=lambda q: (q.start, q.end, q.measure)))


def _rates(text: str):  # type: ignore[no-untyped-def]
    for match in _RATE.finditer(text):
        try:
            if match["u"]:
                scale = {"%": 1.0, "个点": 1.0, "个百分点": 1.0, "厘": 1.0, "‰": 0.1}[match["u"]]
                low, high = _range(match["a"].lstrip("+"), match["b"], scale)
                if match["half"]:
                    low, high = low + 0.5, high + 0.5
            elif match["c"]:
                low, high = _range(match["c"], match["d"])
            elif match["e"]:
                low, high = _range(match["e"], None, 0.1)
            elif match["f"] or match["g"]:
                low, high = _range(match["f"] or match["g"], None, 0.01)
            else:
                low, high = _range(match["h"], None)
        except (ValueError, KeyError, OverflowError):
            continue
        yield Quantity("rate", low, high, match.start(), match.end())


def _amounts(text: str):  # type: ignore[no-untyped-def]
    for match in _AMOUNT.finditer(text):
        try:
            if match["c"]:
                low, high = _range(match["c"], None, _LARGE.get(match["cu"] or "", 1))
            else:
                low, high = _range(match["a"], match["b"], _AMOUNT_UNITS.get(match["u"], 1.0))
        except (ValueError, KeyError, OverflowError):
            continue
        yield Quantity("amount", low, high, match.start(), match.end())


def _durations(text: str):  # type: ignore[no-untyped-def]
    for match in _DURATION.finditer(text):
        days = _DAYS.get(match["u"], 1)
        try:
            value = days / 2 if match["a"] == "半" else parse_number(match["a"]) * days
        except (ValueError, KeyError, OverflowError):
            continue
        if days == 365 and value >= 1900 * 365:
            continue  # a calendar year, 2026年
        yield Quantity("duration", value, value, match.start(), match.end())


def _grades(text: str):  # type: ignore[no-untyped-def]
    for match in _GRADE.finditer(text):
        if match["rc"] == "c":
            continue  # the customer's grade, not the product's
        level = match["n"] or match["l"] or match["m"]
        value = float(_GRADE_WORDS[match["w"]] if match["w"] else "一二三四五".find(level) + 1 or int(level))
        yield Quantity("grade", value, value, match.start(), match.end())


def _multiples(text: str):  # type: ignore[no-untyped-def]
    for match in _MULTIPLE.finditer(text):
        try:
            value = parse_number(match["a"] or match["b"] or "2") if match["a"] or match["b"] else 2.0
        except (ValueError, KeyError, OverflowError):
            continue
        if match["u"] == "番":
            value = 2.0**value if match["a"] and value < 60 else 2.0
        yield Quantity("multiple", value, value, match.start(), match.end())
