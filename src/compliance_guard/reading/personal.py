"""Personal numbers and full names in a copy: found by what they are, however they are written.

A number counts if it could have been given out: a resident ID by province, date of birth and check digit (the
old fifteen-digit form by province and date), a bank card by its first digits, length and check digit, a mobile by
its range. Chinese digits and what is wedged between digits (13 8.0013-8000, 一三八…) are read through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal

PersonalNumberKind = Literal["resident_id", "bank_card", "mobile"]

_CHINESE_DIGITS = dict(zip("零〇一幺二三四五六七八九", "001123456789", strict=True))
_DIGIT = f"[0-9{''.join(_CHINESE_DIGITS)}]"
_GAP = r"[ .,、·•_~/|\-]"
_LEAST_DIGITS = 11
_RUN = re.compile(
    rf"{_DIGIT}(?:{_GAP}{{0,3}}{_DIGIT}){{{_LEAST_DIGITS - 1},}}(?:{_GAP}{{0,3}}[xX](?![a-zA-Z0-9]))?"
)
_PREFIXES = ("86", "0086")

_MOBILE = re.compile(r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}")
_CARD = re.compile(r"(?:62|60|4|5[1-5]|2[2-7]|35|9558|9559|9551|95555)\d+")
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_LENGTHS = (19, 18, 17, 16, 15, 11)

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧肖冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任"
    "陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚柳骆章梅祁盛童颜樊葛殷温耿关焦左柯管路"
    "祝齐易伍庄申翟屈解霍纪舒项褚辛简饶吉兰卓蓝鲍岳莫覃安裴连戚房窦费尚鲁聂甘桂阮闫宁岑苗凌喻佟鞠栾冼郁卞虞瞿丛邬荆匡娄芦麦蒲"
    "仇冉佘苑滕涂巫鄢晏臧竺卜楚靳缪桑郎敖车邢隋茹谌季狄池储乔成代文游包计汤黎翁尤倪陶詹俞邝闵谌狄蔺甄易季谷奚巩冀逯邰栗晁郜荀"
)
_COMPOUND_SURNAMES = re.compile("欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|端木|夏侯|轩辕")
_BEFORE_A_NAME = frozenset(
    "户员主人名贺喜谢的是叫了和与给跟让室号师生报示友民坊居板长医教理请找问带位栋厂家婆公妈爸弟妹哥姐嫂婶舅"
)
_NEVER_IN_A_NAME = frozenset(
    "的了是在和与及您你我他她它们吗呢吧啊也又都就还将把被给从先女士总某姐哥叔姨奶爷婆太老板持买存放投贷借签办刚电手身证卡账住欠"
)
_GIVEN_LENGTH = 2


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """A number of a person.

    Attributes:
        start, end: where it stands in the text that was searched.
        kind: what it is.
        places: the positions of its digits.
        digits: the digits, plain.
    """

    start: int
    end: int
    kind: PersonalNumberKind
    places: tuple[int, ...]
    digits: str


def kind_of(digits: str) -> PersonalNumberKind | None:
    """What plain digits (and a last x) are, if they could have been given out."""
    if len(digits) == 11:
        return "mobile" if _MOBILE.fullmatch(digits) else None
    if len(digits) == 18 and _is_resident_id(digits):
        return "resident_id"
    if len(digits) == 15 and _PROVINCES.match(digits) and _is_date("19" + digits[6:12]):
        return "resident_id"
    if 16 <= len(digits) <= 19 and _CARD.fullmatch(digits):
        from stdnum import luhn

        return "bank_card" if luhn.is_valid(digits) else None
    return None


def _is_resident_id(digits: str) -> bool:
    # County codes come and go, and no table of them is complete; the province does not change.
    if not _PROVINCES.match(digits) or not digits[:17].isdecimal() or not _is_date(digits[6:14]):
        return False
    from stdnum.cn import ric

    return bool(ric.calc_check_digit(digits.upper()) == digits[-1].upper())


def _is_date(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1900 <= born.year < 2040


def numbers(text: str) -> tuple[PersonalNumber, ...]:
    """All personal numbers in a (folded) text, by position, none overlapping. Linear in its length."""
    return tuple(n for run in _RUN.finditer(text) for n in _in_run(text, run.start(), run.end()))


def _in_run(text: str, start: int, end: int) -> Iterator[PersonalNumber]:
    places = [p for p in range(start, end) if text[p] in _CHINESE_DIGITS or text[p].isdecimal() or text[p] in "xX"]
    plain = "".join(_CHINESE_DIGITS.get(text[p], text[p].lower()) for p in places)
    # A number begins and ends where something else stands: a gap, another script, the end of the run.
    edges = {i for i, (p, q) in enumerate(pairwise(places), 1) if q > p + 1 or (text[p] < "x") != (text[q] < "x")}
    edges |= {0, len(places)}
    edges |= {i + len(prefix) for i in edges for prefix in _PREFIXES if plain.startswith(prefix, i)}
    index = 0
    while index <= len(places) - _LEAST_DIGITS:
        found = None
        if index in edges and not (index == 0 and start and _joins(text[start - 1])):
            found = next(filter(None, (_at(text, places, plain, index, n, edges) for n in _LENGTHS)), None)
        if found is not None:
            yield found
        index += len(found.places) if found else 1


def _at(
    text: str, places: list[int], plain: str, index: int, length: int, edges: set[int]
) -> PersonalNumber | None:
    last = index + length
    if last not in edges or last > len(places):
        return None
    chosen = tuple(places[index:last])
    end = chosen[-1] + 1
    if end < len(text) and (_joins(text[end]) or (text[end] == "." and text[end + 1 : end + 2].isdecimal())):
        return None
    if not _grouped_as_one(text, chosen):
        return None
    kind = kind_of(plain[index:last])
    return PersonalNumber(chosen[0], end, kind, chosen, plain[index:last]) if kind else None


def _joins(character: str) -> bool:
    """Whether a digit beside it belongs to something longer: a code, a masked number."""
    return (character.isascii() and character.isalnum()) or character in "*%"


def _grouped_as_one(text: str, places: tuple[int, ...]) -> bool:
    """Whether the gaps are those of one number (138 0013 8000, 1.3.8…), not of a list of prices or years."""
    gaps = [text[p + 1 : q] for p, q in pairwise(places)]
    between = {gap for gap in gaps if gap}
    if not between:
        return True
    sizes = [1]
    for gap in gaps:
        if gap:
            sizes.append(1)
        else:
            sizes[-1] += 1
    if max(sizes) == 1:
        return True
    if any(c in ",、" for gap in between for c in gap):
        return False
    return min(sizes[:-1]) >= 3 or (len(between) == 1 and max(sizes) <= 2 and between != {"."})


def names(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Full names within `start`..`end`: a surname where a name may begin, and one or two ideographs."""
    position = start
    while position < end:
        length = _name_at(text, position, end) if _may_begin(text, position) else 0
        if length:
            yield position, position + length
        position += length or 1


def _may_begin(text: str, position: int) -> bool:
    if position == 0:
        return True
    before = text[position - 1]
    return not _is_ideograph(before) or before in _BEFORE_A_NAME


def _name_at(text: str, position: int, end: int) -> int:
    surname = 2 if _COMPOUND_SURNAMES.match(text, position) else 1
    if surname == 1 and text[position] not in _SURNAMES:
        return 0
    given = 0
    for character in text[position + surname : min(position + surname + _GIVEN_LENGTH, end)]:
        if not _is_ideograph(character) or character in _NEVER_IN_A_NAME or character in _CHINESE_DIGITS:
            break
        given += 1
    return surname + given if given else 0


def _is_ideograph(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


@lru_cache(maxsize=64)
def starred(digits: str) -> str:
    """A number with its middle starred: the last four stay, of a mobile the first three too."""
    first = 3 if len(digits) == 11 else 0
    last = 4 if len(digits) >= 8 else 1
    return digits[:first] + "*" * (len(digits) - first - last) + digits[len(digits) - last :]
