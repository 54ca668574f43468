"""Disguised words: a filter does not know them and a reader does (宝本, 亻呆本, bao本, 保b息, 躺💰).

`Unmasking` is told which words are worth hiding (packs list them under `disguised`). It looks for their sound,
parts, look-alikes, pinyin, initials, bopomofo and emoji, and for reversed and acrostic order, and gives the text as
it reads, with the map back to the copy and each step told. Rules then judge that text as any other.

A sound alone proves nothing: 宝本 is also part of 余额宝本月 and of a man's name. So a homophone counts only where
no word of the ordinary language crosses it, half of it is written as it should be, and money is talked of nearby.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

from compliance_guard.reading.fold import Folded, fold, fold_phrase, is_chinese

Cut = Callable[[str], Sequence[str]]

_FIRST_CODE = 0xE000  # private use: one code point a syllable
_WINDOW = 12  # code points around a candidate that the segmenter sees
_REACH = 60  # code points around a candidate in which the talk of money counts
LONG = 4
"""A word of so many characters does not come about by accident."""

MAX_LINES = 40
"""An acrostic has no more lines."""
MAX_DOUBTED = 300
"""How many candidates are asked whether they are accidents; beyond them none is: a flood is no accident."""

_LETTER = re.compile("[a-zㄅ-ㄩ]")
_SPACED_LETTERS = re.compile(
    r"[a-zㄅ-ㄩˊˇˋ˙][ \-._'0-4ˊˇˋ˙]+[a-zㄅ-ㄩ\u4e00-\u9fff]|[à-ɏ]|[\u4e00-\u9fff] [a-zㄅ-ㄩ]"
)
_NOISE = frozenset(" -._'01234ˊˇˋ˙")
_WEDGED = re.compile(r"(?<=[\u4e00-\u9fff])[a-z]{1,2}(?=[\u4e00-\u9fff])")
_BACKWARDS = re.compile(r"(?:倒|反)(?:着|过来|过去)?(?:念|读|看)|从(?:后|右)往(?:前|左)")
_LINE = re.compile(r"\n+")
_BREAK = re.compile(r"[\n,。;!?]+")
_QUOTES = "“”\"'() "


@dataclass(frozen=True, slots=True)
class Disguise:
    """One disguised word.

    Attributes:
        start, end: where it stands in the unmasked text, code points, half open.
        written: as written (folded); read: the word it stands for; by: the trick, in Chinese.
    """

    start: int
    end: int
    written: str
    read: str
    by: str


@dataclass(frozen=True, slots=True)
class Unmasked:
    """A text as it reads, with the map back to the copy, and the words that were disguised."""

    folded: Folded
    disguises: tuple[Disguise, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    term: str
    by: str
    sure: bool  # no accident: needs no company

    @property
    def length(self) -> int:
        return self.end - self.start


class Unmasking:
    """Finds disguises of some words. Immutable, shared between threads.

    Args:
        terms: the words that packs ask for.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        import ahocorasick_rs

        data = _data()
        self._terms = sorted({fold_phrase(t) for t in terms})
        self._sounds = _Sounds()
        self._ordinary = frozenset(map(fold_phrase, data["ordinary"]))
        self._company = re.compile("|".join(map(str, data["company"])))
        self._names = re.compile(f"[{data['surnames']}]")
        self._titles = re.compile(f"(?:{'|'.join(data['titles'])})")
        self._pictures: dict[str, list[str]] = {p: words for ps, words in data["pictures"] for p in ps}
        self._picture = re.compile(f"[{''.join(self._pictures)}]")
        spelled: dict[str, tuple[str, str, bool]] = {}
        for term in self._terms:
            for written, by, sure in self._spellings(term, data):
                if written != term:
                    spelled.setdefault(written, (term, by, sure))
        kind = ahocorasick_rs.MatchKind.Standard

        def machine(words: Sequence[str]) -> Any:
            return ahocorasick_rs.AhoCorasick(words, matchkind=kind)

        self._written = sorted(spelled)
        self._spelled = [spelled[w] for w in self._written]
        self._by_spelling = machine(self._written)
        self._by_sound = machine([t.translate(self._sounds) for t in self._terms])
        self._plain = machine(self._terms)

    def _spellings(self, term: str, data: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
        """Ways to write a word, each with the trick's name and whether it cannot be an accident."""
        parts: dict[str, list[str]] = data["parts"]
        alike: dict[str, str] = data["alike"]
        for by, table in (("拆字", parts), ("形近", {c: list(a) for c, a in alike.items()})):
            for choice in product(*([c, *table.get(c, ())] for c in term)):
                yield fold_phrase("".join(choice)), by, by == "拆字"
        pinyin = [self._sounds.syllable(c) for c in term]
        if all(pinyin):
            bopomofo = [_bopomofo(c) for c in term]
            scripts = (
                ("拼音", pinyin), ("首字母", [s[0] for s in pinyin]),
                ("注音", bopomofo), ("注音", [s[0] for s in bopomofo]),
            )  # fmt: skip
            for by, syllables in scripts:
                initials = len(syllables[0]) == 1
                for replaced in _subsets(len(term)):
                    if initials and len(replaced) == len(term) < LONG:
                        continue  # bb alone is no 保本
                    yield (
                        "".join(syllables[i] if i in replaced else c for i, c in enumerate(term)),
                        by,
                        not initials or len(term) >= LONG,
                    )
        if len(term) >= 3 and term[::-1] != term:
            yield term[::-1], "倒写", True

    def unmask(self, copy: str, folded: Folded, cut: Cut) -> tuple[Unmasked, ...]:
        """The readings behind the text, mostly none: words unmasked, acrostics, the text read backwards.

        Args:
            copy: as given; folded: the same, folded; cut: the word segmenter, asked only about candidates.
        """
        text = folded.text
        found: list[Unmasked] = []
        candidates = self._candidates(text)
        if candidates and (chosen := self._accepted(text, candidates, cut)):
            found.append(_rewritten(folded, chosen))
        if self._picture.search(copy):
            found.extend(self._pictured(copy))
        found.extend(self._acrostics(folded))
        if _BACKWARDS.search(text) and (backwards := self._backwards(folded)):
            found.append(backwards)
        return tuple(found)

    def _candidates(self, text: str) -> list[_Candidate]:
        candidates = [
            _Candidate(start, end, self._terms[n], "同音", end - start >= LONG)
            for n, start, end in self._by_sound.find_matches_as_indexes(
                text.translate(self._sounds), overlapping=True
            )
            if text[start:end] != self._terms[n]
        ]
        candidates.extend(self._spelled_in(text, range(len(text) + 1)))
        if _LETTER.search(text):
            if _SPACED_LETTERS.search(text):
                candidates.extend(self._spelled_in(*_without_noise(text)))
            if _WEDGED.search(text):
                candidates.extend(self._wedged(text))
        return candidates

    def _spelled_in(self, text: str, places: Sequence[int]) -> Iterator[_Candidate]:
        """Spellings in a text of which each code point stands at `places` in the folded one."""
        matches = self._by_spelling.find_matches_as_indexes(text, overlapping=True)
        starts, ends = {start for _, start, _ in matches}, {end for _, _, end in matches}
        for number, start, end in matches:
            inside_word = (_letters(text, start) and start not in ends) or (
                _letters(text, end) and end not in starts
            )
            if not inside_word:
                term, by, sure = self._spelled[number]
                yield _Candidate(places[start], places[end - 1] + 1, term, by, sure)

    def _wedged(self, text: str) -> Iterator[_Candidate]:
        """Words with a letter or two wedged between their characters: 保x本."""
        gaps = [m.span() for m in _WEDGED.finditer(text)]
        dropped = {i for start, end in gaps for i in range(start, end)}
        places = [i for i in range(len(text)) if i not in dropped]
        kept = "".join(text[i] for i in places)
        for number, start, end in self._plain.find_matches_as_indexes(kept, overlapping=True):
            first, last = places[start], places[end - 1]
            if last - first >= end - start:
                yield _Candidate(first, last + 1, self._terms[number], "夹字", end - start >= LONG)

    def _accepted(self, text: str, candidates: list[_Candidate], cut: Cut) -> list[_Candidate]:
        """The candidates that are no accident, none overlapping, by position."""
        chosen: list[_Candidate] = []
        end = doubted = 0
        for candidate in sorted(candidates, key=lambda c: (c.start, -c.length, not c.sure, c.by)):
            if candidate.start < end:
                continue
            doubted += 1
            if doubted > MAX_DOUBTED or self._is_possible(text, candidate, cut):
                chosen.append(candidate)
                end = candidate.end
        beside = [
            any(abs(other.start - c.start) <= _REACH for other in chosen[max(0, i - 1) : i + 2] if other is not c)
            for i, c in enumerate(chosen)
        ]
        return [
            c for c, crowd in zip(chosen, beside, strict=True) if c.sure or crowd or self._talks_of_money(text, c)
        ]

    def _is_possible(self, text: str, candidate: _Candidate, cut: Cut) -> bool:
        """Whether enough of the word is written as it should be, and no ordinary word or name explains it."""
        if candidate.by not in ("同音", "形近"):
            return True
        start, end = candidate.start, candidate.end
        written = text[start:end]
        same = sum(a == b for a, b in zip(written, candidate.term, strict=False))
        doubtful = candidate.by == "同音" and not candidate.sure
        if not all(map(is_chinese, written)) or (doubtful and same * 2 < len(written)):
            return False
        low = max(0, start - _WINDOW)
        around = text[low : end + _WINDOW]
        if any(low + m < end and start < low + m + len(w) for w in self._ordinary for m in _places(around, w)):
            return False
        if start and self._names.match(text, start - 1) and self._titles.match(text, end):
            return False
        position = low
        for word in cut(around):
            following = position + len(word)
            if position < end and start < following and not (start <= position and following <= end):
                return False
            position = following
        return True

    def _talks_of_money(self, text: str, candidate: _Candidate) -> bool:
        """Whether what stands around talks of money."""
        start, end = candidate.start, candidate.end
        around = (text[max(0, start - _REACH) : start], text[end : end + _REACH])
        return any(map(self._company.search, around))

    def _pictured(self, copy: str) -> Iterator[Unmasked]:
        """The copy with its emoji read as words, one reading of each at a time: 放❤躺💰."""
        for number in range(max(map(len, self._pictures.values()))):
            read: list[str] = []
            places: list[int] = []
            for place, character in enumerate(copy):
                readings = self._pictures.get(character, (character,))
                word = readings[min(number, len(readings) - 1)]
                read.append(word)
                places.extend([place] * len(word))
            folded = fold("".join(read))
            starts = [places[s] for s in folded.starts]
            ends = [places[e - 1] + 1 for e in folded.ends]
            disguises = []
            for term, start, end in self._plain.find_matches_as_indexes(folded.text, overlapping=True):
                written = copy[starts[start] : ends[end - 1]]
                if self._picture.search(written) and any(map(is_chinese, written)):
                    disguises.append(Disguise(start, end, written, self._terms[term], "表情"))
            if disguises:
                yield Unmasked(Folded(folded.text, starts, ends), tuple(disguises))

    def _acrostics(self, folded: Folded) -> Iterator[Unmasked]:
        """First, and last, characters of the lines, or else of the clauses, that together are a word."""
        for breaks in (_LINE, _BREAK):
            lines = [(start, end) for start, end in _stretches(folded.text, breaks) if end - start > 1]
            if not 3 <= len(lines) <= MAX_LINES:
                continue
            for by, places in (("藏头", [s for s, _ in lines]), ("藏尾", [e - 1 for _, e in lines])):
                hidden = "".join(folded.text[p] for p in places)
                for number, start, end in self._plain.find_matches_as_indexes(hidden, overlapping=True):
                    term = self._terms[number]
                    if end - start >= LONG or hidden == term:
                        chosen = places[start:end]
                        whole = Folded(term, [folded.starts[p] for p in chosen], [folded.ends[p] for p in chosen])
                        yield Unmasked(whole, (Disguise(0, len(term), "…".join(term), term, by),))
                        return

    def _backwards(self, folded: Folded) -> Unmasked | None:
        text = folded.text[::-1]
        disguises = tuple(
            Disguise(start, end, self._terms[number][::-1], self._terms[number], "倒写")
            for number, start, end in self._plain.find_matches_as_indexes(text)
        )
        return Unmasked(Folded(text, folded.starts[::-1], folded.ends[::-1]), disguises) if disguises else None


class _Sounds(dict[int, str]):
    """`str.translate` table: an ideograph becomes the code point of its syllable.

    Tones are left out; zh and z, ng and n are not merged: 方向 would sound like 返现, 追高 like 最高.
    """

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}

    def __missing__(self, code_point: int) -> str:
        syllable = self.syllable(chr(code_point))
        code = (
            self._codes.setdefault(syllable, chr(_FIRST_CODE + len(self._codes))) if syllable else chr(code_point)
        )
        self[code_point] = code
        return code

    @staticmethod
    def syllable(character: str) -> str:
        """The commonest reading in pinyin without tone; nothing if it is no ideograph."""
        from pypinyin.constants import PINYIN_DICT

        reading = PINYIN_DICT.get(ord(character), "").split(",")[0]
        return _without_marks(reading.replace("ü", "v"))


def _without_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def _bopomofo(character: str) -> str:
    from pypinyin import Style, pinyin

    return re.sub("[ˊˇˋ˙]", "", pinyin(character, style=Style.BOPOMOFO)[0][0])


def _subsets(length: int) -> Iterator[frozenset[int]]:
    for size in range(1, length + 1):
        yield from map(frozenset, combinations(range(length), size))


def _letters(text: str, boundary: int) -> bool:
    """Whether a boundary lies inside a run of letters."""
    return 0 < boundary < len(text) and bool(_LETTER.match(text, boundary - 1) and _LETTER.match(text, boundary))


def _without_noise(text: str) -> tuple[str, list[int]]:
    """Letters without spaces, tone marks and tone digits between them, and where each code point stands."""
    kept: list[str] = []
    places: list[int] = []
    for index, character in enumerate(text):
        if character in _NOISE:
            beside = (kept[-1] if kept else "") + text[index + 1 : index + 2]
            if _LETTER.search(_without_marks(beside)):
                continue
        plain = character if character.isascii() or is_chinese(character) else _without_marks(character)
        if plain:
            kept.append(plain[0])
            places.append(index)
    return "".join(kept), places


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _stretches(text: str, breaks: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """What stands between breaks, without blanks and quotation marks at its ends."""
    edges = [0, *(edge for m in breaks.finditer(text) for edge in m.span()), len(text)]
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        line = text[low:high]
        start = low + len(line) - len(line.lstrip(_QUOTES))
        end = low + len(line.rstrip(_QUOTES + ",。;!?"))
        if start < end:
            yield start, end


def _rewritten(folded: Folded, chosen: list[_Candidate]) -> Unmasked:
    """The text with the chosen words written plainly; each of their characters stands for all that was written."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    disguises: list[Disguise] = []
    position = length = 0
    for candidate in chosen:
        start, end, term = candidate.start, candidate.end, candidate.term
        pieces += folded.text[position:start], term
        starts += folded.starts[position:start]
        ends += folded.ends[position:start]
        first, last = folded.span(start, end)
        starts += [first] * len(term)
        ends += [last] * len(term)
        length += start - position
        disguises.append(Disguise(length, length + len(term), folded.text[start:end], term, candidate.by))
        length += len(term)
        position = end
    text = "".join((*pieces, folded.text[position:]))
    return Unmasked(
        Folded(text, [*starts, *folded.starts[position:]], [*ends, *folded.ends[position:]]), tuple(disguises)
    )


@cache
def _data() -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("disguise.yaml").read_text(encoding="utf-8"))
    return loaded


__all__ = ["Disguise", "Unmasked", "Unmasking"]
