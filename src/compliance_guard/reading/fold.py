"""Folding: one plain form for many spellings, with an exact map back to the copy as given.

Width, case, Unicode compatibility forms and Traditional script are folded character by character; what a writer
wedges between or inside words (zero-width and bidi controls, dots, spaces, emoji, Markdown emphasis, HTML tags)
is left out; HTML entities are decoded; a person's number (mobile, resident ID, bank card) becomes plain digits.
Every folded code point knows the span of the copy that it stands for.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import compress

from compliance_guard.reading.personal import numbers

SOFT_WRAP_LENGTH = 30
"""A line at least this long that ends without punctuation was wrapped, not ended."""

_PUNCTUATION = str.maketrans(
    {"…": "…", "⋯": "…", "‰": "‰", "℃": "℃", "№": "№", "｡": "。", "\t": " "}
    | dict.fromkeys("「『﹁«〝", "“")
    | dict.fromkeys("」』﹂»〞", "”")
    | dict.fromkeys("–—―‐‑−‒", "-")
    | dict.fromkeys("～〜∼", "~")
    | dict.fromkeys("︰﹕", ":")
    | dict.fromkeys("\r\u2028\u2029\u0085\x0b\x0c", "\n")
)
# Variants that the Traditional-to-Simplified tables do not know.
_VARIANTS = dict(
    zip("寳夲歀妳祢牠囬囯仝叧〇両勻鑽銭険収処発価証", "宝本款你你它回国同另零两匀钻钱险收处发价证", strict=True)
)
FINANCIAL_NUMERALS = dict(zip("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "一二二三三四五六六七八九十百千", strict=True))
_NUMERAL_NEIGHBOURS = frozenset("0123456789零一二三四五六七八九十百千万萬亿億两几" + "".join(FINANCIAL_NUMERALS))
_NUMERAL_UNITS = frozenset("%‰元圆圓点點厘分角个個年月天日期倍成起")

TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9]{0,15})(?:\s[^<>]{0,4000})?/?>|<!--.{0,400}?-->", re.DOTALL)
_RAW_END = re.compile(r"</(?:script|style)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});")
_BLOCK_TAGS = frozenset(
    [
        "p",
        "br",
        "div",
        "li",
        "ul",
        "ol",
        "tr",
        "td",
        "th",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
        "hr",
    ]
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and where it came from.

    Attributes:
        text: the folded text.
        starts: for each folded code point, the first code point of the original that it stands for.
        ends: and the first code point after.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original for the folded span `start`..`end` (code points, half open, not empty)."""
        first, last = self.starts[start], self.ends[end - 1]
        return (first, last) if first < last else (self.starts[end - 1], self.ends[start])  # read backwards


@cache
def _converter() -> object:
    import opencc

    return opencc.OpenCC("t2s")


def _to_simplified(text: str) -> str:
    return _converter().convert(text)  # type: ignore[attr-defined, no-any-return]


def fold_character(character: str) -> str:
    """One code point folded by itself: nothing, one or several code points."""
    plain = character.translate(_PUNCTUATION)
    if plain != character or plain == "…":
        return plain
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Mn", "Me", "Cs", "Cn", "Co"} and character not in "\n":
        return ""
    if category.startswith("Z"):
        return " "
    if category in {"Nd", "No"} and (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", character).casefold().translate(_PUNCTUATION)
    return "".join(_VARIANTS.get(c, c) for c in folded if unicodedata.category(c) not in {"Mn", "Me", "Cf"})


class _FoldTable(dict[int, str]):
    """`str.translate` table that folds and remembers characters when it meets them."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()  # characters that do not fold to exactly one

    def __missing__(self, code_point: int) -> str:
        folded = fold_character(chr(code_point))
        if len(folded) != 1:
            self.uneven.add(chr(code_point))
        self[code_point] = folded
        return folded


_TABLE = _FoldTable()


def is_chinese(character: str) -> bool:
    """Whether the (folded) character is an ideograph."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character == "零"


def fold(text: str) -> Folded:
    """Fold a copy. Linear in its length."""
    starts: Sequence[int]
    ends: Sequence[int]
    folded = text.translate(_TABLE)
    if _TABLE.uneven.isdisjoint(text) and "<" not in text and "&" not in text:
        starts, ends = range(len(text)), range(1, len(text) + 1)
    else:
        folded, starts, ends = _fold_with_markup(text)
    folded = _MIDDLE_POINT.sub(".", simplify(folded))
    if _NEEDS_CARE.search(folded):
        keep = _kept(folded)
        if not all(keep):
            folded = "".join(compress(folded, keep))
            starts, ends = tuple(compress(starts, keep)), tuple(compress(ends, keep))
    return _with_plain_numbers(_fold_financial_numerals(folded), starts, ends)


def _with_plain_numbers(text: str, starts: Sequence[int], ends: Sequence[int]) -> Folded:
    """With mobiles, resident IDs and bank cards as plain digits, whatever stood between or for them."""
    disguised = [n for n in numbers(text) if text[n.start : n.end] != n.digits]
    if not disguised:
        return Folded(text, starts, ends)
    parts: list[str] = []
    places: list[int] = []
    position = 0
    for number in disguised:
        parts += text[position : number.start], number.digits
        places += *range(position, number.start), *number.places
        position = number.end
    parts.append(text[position:])
    places.extend(range(position, len(text)))
    return Folded("".join(parts), tuple(starts[p] for p in places), tuple(ends[p] for p in places))


def _fold_with_markup(text: str) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(folded: str, start: int, end: int) -> None:
        characters.extend(folded)
        starts.extend([start] * len(folded))
        ends.extend([end] * len(folded))

    position = 0
    length = len(text)
    raw = True
    while position < length:
        character = text[position]
        if character == "<" and (tag := TAG.match(text, position)):
            name = (tag["name"] or "").lower()
            if name in _BLOCK_TAGS:
                put("\n", position, tag.end())
            position = tag.end()
            if raw and name in {"script", "style"} and text[tag.start() + 1] != "/":
                # Nobody reads what stands in these; one that does not end is text.
                close = _RAW_END.search(text, position)
                raw = close is not None
                position = close.start() if close else position
            continue
        if character == "&" and (entity := _ENTITY.match(text, position)):
            decoded = html.unescape(entity.group())
            if decoded != entity.group():
                put(decoded.translate(_TABLE), position, entity.end())
                position = entity.end()
                continue
        put(_TABLE[ord(character)], position, position + 1)
        position += 1
    return "".join(characters), tuple(starts), tuple(ends)


def _kept(text: str) -> list[bool]:
    """Which characters stay: all but wedges inside words, soft line wraps and long repetitions."""
    keep = [True] * len(text)
    for match in _EMPHASIS.finditer(text):
        keep[match.start() : match.end()] = [False] * len(match.group())
    for match in _REPEATED.finditer(text):
        keep[match.start() + 1 : match.end()] = [False] * (match.end() - match.start() - 1)
    previous_gap = ""  # the latest dropped gap, while its chain goes on
    previous_end = -1
    for match in _GAP.finditer(text):
        start, end = match.start("gap"), match.end("gap")
        gap = match["gap"]
        before = _run_before(text, start)
        chained = previous_end >= 0 and start - before == previous_end
        if _is_wedge(gap, before, _run_after(text, end), text, start, previous_gap if chained else ""):
            keep[start:end] = [False] * (end - start)
            previous_gap, previous_end = gap, end
        else:
            previous_end = -1
    return keep


def _run_before(text: str, end: int) -> int:
    start = end
    while start > 0 and end - start < 3 and is_chinese(text[start - 1]):
        start -= 1
    return end - start


def _run_after(text: str, start: int) -> int:
    end = start
    while end < len(text) and end - start < 3 and is_chinese(text[end]):
        end += 1
    return end - start


def _is_wedge(gap: str, before: int, after: int, text: str, start: int, previous_gap: str) -> bool:
    """Whether what stands between two runs of ideographs is inside a word.

    It is if a run is a single ideograph (保.本.保.息), and the next of a chain if it repeats the one before.
    """
    stripped = gap.strip(" ")
    if "\n" in gap:
        line_length = start - (text.rfind("\n", 0, start) + 1)
        if stripped.strip("\n ") or gap.count("\n") > 2:
            return False
        if gap.count("\n") == 1 and line_length >= SOFT_WRAP_LENGTH:
            return True
        return line_length <= 2 and (before == 1 or after == 1)
    if not stripped.strip("*_~`"):
        if stripped:
            return True
    elif "|" in stripped:
        return False
    if previous_gap:
        return gap == previous_gap or (before == 1 and after == 1)
    return before == 1 or after == 1


_CHINESE = "\u4e00-\u9fff\u3400-\u4dbf"
_MIDDLE_POINT = re.compile(r"(?<=\d)[·•‧∙・](?=\d)")
_EMPHASIS = re.compile(rf"(?<=[{_CHINESE}%])\*{{2,4}}(?=[{_CHINESE}\d])|(?<=[\d.])\*{{2,3}}(?=[{_CHINESE}%])")
_NUMERALS = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_REPEATED = re.compile(rf"(?![{_NUMERALS}])([{_CHINESE}])\1\1+")
_GAP = re.compile(rf"(?<=[{_CHINESE}])(?P<gap>[^\w。、!?,:;()“”%【】《》…]{{1,6}}|_{{1,3}})(?=[{_CHINESE}])")


_NEEDS_CARE = re.compile(rf"{_EMPHASIS.pattern}|{_GAP.pattern}|(?![{_NUMERALS}])([{_CHINESE}])\2\2")


def _fold_financial_numerals(text: str) -> str:
    if not _FINANCIAL.search(text):
        return text
    characters = list(text)
    for match in _FINANCIAL.finditer(text):
        index = match.start()
        before = characters[index - 1] if index else ""
        after = characters[index + 1] if index + 1 < len(characters) else ""
        if before in _NUMERAL_NEIGHBOURS or after in _NUMERAL_NEIGHBOURS or after in _NUMERAL_UNITS:
            characters[index] = FINANCIAL_NUMERALS[match.group()]
    return "".join(characters)


_FINANCIAL = re.compile(f"[{''.join(FINANCIAL_NUMERALS)}]")


def simplify(text: str) -> str:
    """Simplify by context (乾 and 著 depend on their neighbours), kept only where it is one for one."""
    if text.isascii():
        return text
    simplified = _to_simplified(text)
    if len(simplified) == len(text):
        return simplified
    return "".join(s if len(s := _to_simplified(c)) == 1 else c for c in text)


def fold_phrase(text: str) -> str:
    """A phrase folded as text is, without its map: for the phrases of rules."""
    return simplify(text.translate(_TABLE))


_META = frozenset(".^$*+?{}[]\\|()")
_ESCAPE_OR_CAPITAL = re.compile(r"\\.|\(\?P|[A-Z]")


@lru_cache(maxsize=1 << 15)
def fold_pattern(pattern: str) -> str:
    """Fold the literal characters of a pattern as the copy is folded, so that authors may write 保本！ or R2."""
    folded: list[str] = []
    for character in pattern:
        if character.isascii():
            folded.append(character)
            continue
        plain = _TABLE[ord(character)]
        folded.append(plain if _META.isdisjoint(plain) else "".join("\\" + c if c in _META else c for c in plain))
    lowered = _ESCAPE_OR_CAPITAL.sub(lambda m: m[0] if len(m[0]) > 1 else m[0].lower(), "".join(folded))
    return simplify(lowered)
