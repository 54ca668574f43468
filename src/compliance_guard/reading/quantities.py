"""Numbers in Chinese copy: rates, amounts, durations, grades and multiples, with spans.

Arabic and Chinese numerals, ranges and units as marketers write them: 4.5%, 百分之八, 年化捌厘, 八个点, 日息万五,
1万, 10w, 壹佰万, 一万二, 三五千块, 1块2, 180天, 三年, R3, 三级, 中风险, 翻三倍. A numeral that measures nothing
named is a `number`. Works on folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Measure = Literal["rate", "amount", "duration", "grade", "multiple", "number"]

_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2, "俩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_CHINESE = "零一二两三四五六七八九十百千万亿"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = rf"(?:\d+点\d+|{_ARABIC}|[{_CHINESE}]+(?:点[零一二三四五六七八九]+)?)"
_JOIN = r"\s*(?:-|~|至|到|--)\s*"

# A number is looked for only where one begins; what stands behind and before it says what it measures.
_RUN = re.compile(rf"[\d{_CHINESE}][\d{_CHINESE},.点]*")
_RUN_OF_A_RATE = re.compile("[百千万]分之")
_RATE_UNITS = "%|个百分点|个点|厘|‰"
_DURATION_UNITS = "个月|个交易日|个工作日|个自然日|个季度|周年|年期|年|天|日|周|星期|季度|月期|月"
_ROUNDED = "[多来余几]?"
_AMOUNT_UNITS_PATTERN = (
    rf"{_ROUNDED}(?:万块钱?|万元|亿元|千元|百元|千块钱?|百块钱?|万|亿|元|块钱|块|蚊|圆)"
    r"|w(?![a-z])|k(?![a-z])|(?<=\d)[千百]"
)
_MEASURED = re.compile(
    rf"(?P<a>{_NUMBER})(?:(?:{_RATE_UNITS}|元|万元|万|天|年|个月)?{_JOIN}(?:百分之)?(?P<b>{_NUMBER}))?\s*"
    rf"(?:(?P<rate>{_RATE_UNITS})(?P<half>半)?"
    rf"|(?P<duration>{_DURATION_UNITS})(?!\d|化|利率|度|报|代|级|份|初|末|底|款)"
    rf"|(?P<multiple>倍)|(?P<amount>{_AMOUNT_UNITS_PATTERN}))"
    rf"|(?P<c>{_NUMBER})(?P<rate2>{_RATE_UNITS})(?P<half2>半)?|(?P<d>{_NUMBER})(?P<amount2>{_AMOUNT_UNITS_PATTERN})"
    rf"|(?P<e>{_NUMBER})(?:{_JOIN}(?:百分之)?(?P<f>{_NUMBER}))?"
)
# 一万二 is 12,000 and 12万4 is 124,000, but 一万二年 is 10,000 for two years.
_DIGIT_CHARACTERS = "一二两三四五六七八九"
_NO_MORE = rf"(?![\d{_CHINESE},.%‰年天日个号人户名位家份股只次期点倍岁级季周星月厘成折起定直样共旦同切般并单维])"
_THOUSANDS = re.compile(rf"(?:[1-9]千?|零?[{_DIGIT_CHARACTERS}][{_DIGIT_CHARACTERS}千百十零]*){_NO_MORE}")
# 十万三年: what is counted after 万 is its own.
_THEN_COUNTED = re.compile(
    rf"(?P<n>[{_CHINESE}]+[万亿])(?=[{_CHINESE}]{{1,3}}(?:{_RATE_UNITS}|{_DURATION_UNITS}|倍|成))"
)
_CHANGE = re.compile(
    rf"(?:[\d{_DIGIT_CHARACTERS}][毛角](?:[\d{_DIGIT_CHARACTERS}]分?)?|[\d{_DIGIT_CHARACTERS}]){_NO_MORE}"
)
_DIMES = re.compile(rf"(?P<n>\d|[{_DIGIT_CHARACTERS}])毛(?:[\d{_DIGIT_CHARACTERS}]分?{_NO_MORE})?(?!利)")
# 三五千, 七八百, 十三四: two neighbouring digits (or 三五) are from one to the other.
_ABOUT = re.compile(
    r"(?P<head>|.*[十百千万亿])(?P<pair>一两|一二|二三|两三|三四|三五|四五|五六|六七|七八|八九)(?P<tail>|[十百千万亿].*)"
)
# 投10个 is ten times ten thousand, where nothing is counted.
_IN_TENS_OF_THOUSANDS = re.compile(r"(?:投|放|存|砸|搁|押|打|上|买|拿|取|变成?|回)(?:了|进去?|入|出|回|个)?$")
_UNCOUNTED = re.compile(r"个(?:达不溜|w(?![a-z])|(?=[,。!?;:、)\s]|$|进来|进去|放|变|一年|[半两三]年))")
_HALF = re.compile(r"半(?:年|个月|个季度)(?!\d|度|报)")
_BEFORE_RATE = {"百分之": 1.0, "千分之": 0.1, "万分之": 0.01}
_ANNUALISED = re.compile(r"年化(?:利率|收益率?|约|大概|能到|高达|已经|有|是)?$")
_WORD_GRADE = re.compile(r"(?P<w>中低|中高|较低|较高|低|中等|中|高)等?$")
_NOT_A_GRADE = re.compile(r"提示|承受|偏好|测评|评估|揭示|等级|控制|管理|意识|项目|投资")
_LEVEL_BEFORE = re.compile(r"(?:风险等级|产品等级|风险级别|等级)[^,。;\n]{0,6}$|[((]$")
_LETTER_OR_DIGIT = re.compile(r"[a-z0-9]")
_DOUBLED = re.compile(r"翻(?:一?番|倍)")

_GRADE_WORDS = {"低": 1, "中低": 2, "较低": 2, "中": 3, "中等": 3, "中高": 4, "较高": 4, "高": 5}
_DAYS = {
    "年": 365,
    "周年": 365,
    "年期": 365,
    "个月": 30,
    "月": 30,
    "月期": 30,
    "周": 7,
    "星期": 7,
    "个季度": 91,
    "季度": 91,
}
_RATE_SCALES = {"%": 1.0, "个点": 1.0, "个百分点": 1.0, "厘": 1.0, "‰": 0.1}
_LEVELS = {n: float(i) for i, pair in enumerate(("1一", "2二", "3三", "4四", "5五"), 1) for n in pair}
_AMOUNT_SCALES = {"万": 1e4, "w": 1e4, "亿": 1e8, "千": 1e3, "k": 1e3, "百": 1e2}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its measure.

    Attributes:
        measure: rate (percent), amount (yuan), duration (days), grade (1-5), multiple (times), or a number of
            nothing named.
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
    if high is None and (about := _ABOUT.fullmatch(low)):
        low, high = (about["head"] + digit + about["tail"] for digit in about["pair"])
    first = parse_number(low) * scale
    second = parse_number(high) * scale if high else first
    return min(first, second), max(first, second)


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a folded text, by position."""
    found: list[Quantity] = []
    position = 0
    while run := _RUN.search(text, position):
        try:
            quantity = _quantity(text, run.start())
        except (ValueError, KeyError, OverflowError):
            quantity = None
        if quantity is not None:
            found.append(quantity)
        position = quantity.end if quantity is not None else run.end()
    found.extend(_without_digits(text))
    return tuple(sorted(found, key=lambda q: (q.start, q.end, q.measure)))


def _quantity(text: str, start: int) -> Quantity | None:
    """The quantity whose number begins here, if it is one."""
    before = text[max(0, start - 12) : start]
    if _RUN_OF_A_RATE.match(text, start):
        return None
    if money := _THEN_COUNTED.match(text, start):
        low, high = _range(money["n"], None)
        return Quantity("amount", low, high, start, money.end())
    match = _MEASURED.match(text, start)
    if match is None:
        return None
    end = match.end()
    if scale := _BEFORE_RATE.get(before[-3:]):
        low, high = _range(match["a"] or match["c"] or match["d"] or match["e"], match["b"] or match["f"], scale)
        return Quantity("rate", low, high, start - 3, end)
    if before[-1:] in ("¥", "￥"):
        scale = _scale(match["amount"] or match["amount2"] or "元")
        low, high = _range(match["a"] or match["d"] or match["c"] or match["e"], None, scale)
        return Quantity("amount", low, high, start - 1, end)
    if rate := match["rate"] or match["rate2"]:
        low, high = _range(match["a"] or match["c"], match["b"], _RATE_SCALES[rate])
        half = 0.5 if match["half"] or match["half2"] else 0.0
        sign = -1.0 if before[-1:] == "-" and not before[-2:-1].isalnum() and before[-2:-1] != "%" else 1.0
        return Quantity(
            "rate",
            min(sign * (low + half), sign * (high + half)),
            max(sign * (low + half), sign * (high + half)),
            start,
            end,
        )
    if match["duration"]:
        return _duration(match, start, before)
    if match["multiple"]:
        low, _ = _range(match["a"], None)
        back = 1 if before.endswith("翻") else 0
        return Quantity("multiple", low, low, start - back, end)
    if unit := match["amount"] or match["amount2"]:
        return _amount(text, match, unit, start)
    return _bare(text, match, start, before)


def _scale(unit: str) -> float:
    """The value of a unit of money such as 元, 万元, 多万块, w."""
    return next((_AMOUNT_SCALES[c] for c in unit if c in _AMOUNT_SCALES), 1.0)


def _amount(text: str, match: re.Match[str], unit: str, start: int) -> Quantity:
    scale, end = _scale(unit), match.end()
    low, high = _range(match["a"] or match["d"], match["b"], scale)
    if unit in ("万", "亿", "w") and (thousands := _THOUSANDS.match(text, end)):
        more = _range("一万" + _in_chinese(thousands.group()), None, scale / 1e4)
        low, high, end = low + more[0] - scale, high + more[1] - scale, thousands.end()
    elif unit in ("块", "元") and (change := _CHANGE.match(text, end)) and (unit == "块" or "角" in change.group()):
        digits = [c for c in _in_chinese(change.group()) if c in _DIGITS]
        coins = sum(_DIGITS[c] / 10**place for place, c in enumerate(digits, 1))
        low, high, end = low + coins, high + coins, change.end()
    return Quantity("amount", low, high, start, end)


def _in_chinese(numeral: str) -> str:
    return "".join("零一二三四五六七八九"[int(c)] if c.isdigit() else c for c in numeral)


def _duration(match: re.Match[str], start: int, before: str) -> Quantity | None:
    days = _DAYS.get(match["duration"], 1)
    low, high = _range(match["a"], match["b"], days)
    calendar_year = days == 365 and low >= 1900 * 365
    day_of_month = match["duration"] == "日" and before.endswith("月")
    if calendar_year or day_of_month:
        return None
    return Quantity("duration", low, high, start, match.end())


def _bare(text: str, match: re.Match[str], start: int, before: str) -> Quantity | None:
    """A number without a unit: R3, 等级三级, 日息万五, 年化9点6, 翻三番, 投10个, 三毛, or of nothing named."""
    number = match["e"] or ""
    end = start + len(number)
    if (
        before[-1:] in ("r", "c")
        and number in _LEVELS
        and not _LETTER_OR_DIGIT.search(before[-3:-1].removesuffix("p")[-1:])
    ):
        return Quantity("grade", _LEVELS[number], _LEVELS[number], start - 1, end) if before[-1] == "r" else None
    if number in _LEVELS and text[end : end + 1] == "级" and (level := _LEVEL_BEFORE.search(before)):
        return Quantity("grade", _LEVELS[number], _LEVELS[number], start - len(level.group()), end + 1)
    if before.endswith("息") and number.startswith("万") and len(number) > 1:
        value = parse_number(number[1:]) / 100
        return Quantity("rate", value, value, start, end)
    if before.endswith("翻") and text[end : end + 1] == "番":
        value = 2.0 ** min(parse_number(number), 60)
        return Quantity("multiple", value, value, start - 1, end + 1)
    if ("点" in number or "." in number) and (announced := _ANNUALISED.search(before)):
        low, high = _range(number, match["f"])
        return Quantity("rate", low, high, start - len(announced.group()), match.end())
    if dimes := _DIMES.match(text, start):
        digits = [_DIGITS[c] for c in _in_chinese(dimes.group()) if c in _DIGITS]
        value = sum(digit / 10**place for place, digit in enumerate(digits, 1))
        return Quantity("amount", value, value, start, dimes.end())
    if (counter := _UNCOUNTED.match(text, end)) and (
        len(counter.group()) > 1 or _IN_TENS_OF_THOUSANDS.search(before)
    ):
        low, high = _range(number, None, 1e4)
        return Quantity("amount", low, high, start, counter.end())
    if number and not _LETTER_OR_DIGIT.search(before[-1:]):
        low, high = _range(number, match["f"])
        return Quantity("number", low, high, start, match.end())
    return None


def _without_digits(text: str) -> Iterator[Quantity]:
    """Quantities said without a numeral: 半年, 中低风险, 翻番."""
    if "半" in text:
        for match in _HALF.finditer(text):
            days = _DAYS[match.group()[1:]] / 2
            yield Quantity("duration", days, days, match.start(), match.end())
    if "翻" in text:
        yield from (Quantity("multiple", 2.0, 2.0, m.start(), m.end()) for m in _DOUBLED.finditer(text))
    place = text.find("风险")
    while place >= 0:
        word = _WORD_GRADE.search(text, max(0, place - 3), place)
        if word and not _NOT_A_GRADE.match(text, place + 2):
            value = float(_GRADE_WORDS[word["w"]])
            yield Quantity("grade", value, value, word.start(), place + 2)
        place = text.find("风险", place + 2)
