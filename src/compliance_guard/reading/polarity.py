"""Polarity: does the copy assert this phrase, deny it, ask it, quote it, or condemn it?

The same words mean opposite things: 保本 is a promise, 不承诺保本 a denial, 凡是承诺保本的都是骗局 a lesson,
不用担心,保本 a promise again. Polarity is read from cues around a phrase (`cues.yaml`): negators before it in its
clause, stops that end their reach (但, 除了我们), rejections after it, quotation marks, speakers, and what kind
of text it stands in. A cue inside the phrase itself does not count: 没有风险 asserts that there is no risk.

All look-arounds are bounded by `WINDOW` code points, so that reading stays linear on any input.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from compliance_guard.reading.sentences import Tiling

Polarity = Literal["asserted", "denied", "asked", "quoted", "condemned"]

WINDOW = 240
_OPEN, _CLOSE = "“", "”"
_PART_BREAK = re.compile(r"[,;:。!?\n|、]|--+|或者?|以及")
_PART_END = re.compile(r"[,;。?!\n]")
_SPEAKER = re.compile(r"(?:(?<![^。!?\s”)】]))[(【]?([^\s,。:()【】“”]{1,10})[)】]?:")
_NO_SPEAKER = re.compile(
    r"(?:提示|留意|注意|须知|问题|类型|范围|等级|要求|对象|热线|服务|门槛|条件|权益|告知|评级|[一二三四五六七八九十两几]问)$"
    r"|^(?:适合|面向|目标|仅限|销售|合格|尊敬|敬爱|亲爱|各位|致|广大|全体|新老)"
)
_PASSED_ON = frozenset({"、", "或", "或者", "以及"})
_FLIPPING = re.compile(
    r"不是|并非|绝非|不可能|不可|不会|不能|没有|没|不存在|谁说|难道|莫非|怎么可能|怎么会|怎能|哪能|哪里会|哪会|岂能|何来|哪有|从没|从未|无法|唔系"
)
_NOT_SO = re.compile(r"不$|(?:不是|并非|绝非)[^,。!?;]{0,8}$")
_NOT_PASSED_ON = re.compile(r"不收|免收|不要|不用")
_REACHING = ("negators", "neutral", "stops", "condemn_before")
"""Groups of which at each place the longest word counts: 不得不 is no 不得."""


class Cues:
    """The cue words and patterns, compiled."""

    def __init__(self) -> None:
        import ahocorasick_rs
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        data = yaml.load(Path(__file__).with_name("cues.yaml").read_text(encoding="utf-8"), loader)
        words = {group: [str(w) for w in members] for group, members in data["words"].items()}
        self.patterns = {group: re.compile("|".join(p)) for group, p in data["patterns"].items()}
        self._reaching = [(word, group) for group in _REACHING for word in words[group]]
        self._others = [(word, group) for group in words if group not in _REACHING for word in words[group]]
        kinds = ahocorasick_rs.MatchKind
        self._longest = ahocorasick_rs.AhoCorasick([w for w, _ in self._reaching], matchkind=kinds.LeftmostLongest)
        self._all = ahocorasick_rs.AhoCorasick([w for w, _ in self._others], matchkind=kinds.Standard)

    def reaching(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and group of the words that reach over what follows, none overlapping."""
        reaching = self._reaching
        return [(start, end, reaching[n][1]) for n, start, end in self._longest.find_matches_as_indexes(text)]

    def others(self, text: str) -> dict[str, list[tuple[int, int]]]:
        """Group → spans of all other cue words, by start."""
        found: dict[str, list[tuple[int, int]]] = {}
        for number, start, end in self._all.find_matches_as_indexes(text, overlapping=True):
            found.setdefault(self._others[number][1], []).append((start, end))
        for spans in found.values():
            spans.sort()
        return found


@cache
def cues() -> Cues:
    """The cues, read on first use."""
    return Cues()


class Polarities:
    """The polarity of any phrase of one text. The cues are found once; each phrase looks at those around it.

    Args:
        text: folded text.
        sentences: its sentences.
    """

    def __init__(self, text: str, sentences: Tiling) -> None:
        self._text = text
        self._sentences = sentences
        self._patterns = cues().patterns
        self._reaching = cues().reaching(text)
        self._others = cues().others(text)
        self._known: dict[tuple[int, int, bool], Polarity] = {}
        self._occurs: dict[str, bool] = {}
        self._lesson = "lesson" in self._others
        self._voices = "voice" in self._others
        self._quotes = _OPEN in text
        self._titles = "《" in text
        self._asks = "?" in text or "吗" in text or "asking" in self._others

    def at(self, start: int, end: int, *, later_denial: bool = True) -> Polarity:
        """Polarity of the phrase at `start`..`end` (folded code points, half open).

        Without `later_denial` a denial that follows (保本?不存在的) is not looked for: what is disclosed stands
        beside other denials (R3,不保本).
        """
        key = (start, end, later_denial)
        polarity = self._known.get(key)
        if polarity is None:
            polarity = self._known[key] = self._read(start, end, later_denial)
        return polarity

    def _read(self, start: int, end: int, later_denial: bool) -> Polarity:
        text = self._text
        first, last = self._sentences.around(start)
        first, last = max(first, start - WINDOW), min(max(last, end), end + WINDOW)
        line_start = max(text.rfind("\n", 0, start) + 1, start - WINDOW)
        quoted = self._quotes and self._enclosed(start, end, _OPEN, _CLOSE, WINDOW)
        speaker = self._speaker(line_start, start) if self._speakers else None

        if self._voices and self._own_voice(first, start, quoted):
            return "asserted"
        if speaker == "criminal" or self._wrong_example(line_start, start, quoted):
            return "condemned"
        before, after = self._cues(first, start), self._cues(end, last)
        reach = max([e for _, e, group in before if group == "stops"], default=first)
        remainder = min([s for s, _, group in after if group == "stops"], default=last)
        if self._condemned_before(before, reach, start):
            return "asserted" if self._shrugged_off(end, last) else "condemned"
        if self._condemned_after(end, remainder):
            return "condemned"
        denials = self._denials(reach, start) if before else 0
        if denials % 2:
            return "asserted" if self._shrugged_off(end, last) else "denied"
        if later_denial and denials == 0 and self._any("deny_after", end, remainder):
            return "denied"
        if (
            self._lesson
            and (quoted or self._reported(max(first, start - 40), start))
            and self._any("lesson", start - WINDOW, end + WINDOW)
        ):
            return "condemned"
        if self._any("aftermath", start - WINDOW, end + WINDOW):
            return "condemned"
        if self._matches("reported_question", first, last) and not self._answers(start, first, last):
            return "quoted"
        if self._asks and self._is_question(start, end, first, last):
            if self._patterns["answered_yes"].match(text, last):
                return "asserted"
            if self._patterns["answered_no"].match(text, last):
                return "denied"
            return "quoted" if speaker == "customer" else "asked"
        if speaker == "customer" or self._any("hearsay", max(first, start - 20), start):
            return "quoted"
        if quoted:
            return self._in_quotes(start, end, first, last)
        return "quoted" if self._titles and self._enclosed(start, end, "《", "》", 40) else "asserted"

    def _cues(self, first: int, last: int) -> list[tuple[int, int, str]]:
        """Reaching cues that begin within `first`..`last`."""
        reaching = self._reaching
        return reaching[bisect_left(reaching, (first,)) : bisect_left(reaching, (last,))]

    def _matches(self, group: str, start: int, end: int) -> bool:
        """Whether a pattern of the group is found within `start`..`end`; asked of the whole text first, once."""
        pattern = self._patterns[group]
        occurs = self._occurs.get(group)
        if occurs is None:
            occurs = self._occurs[group] = pattern.search(self._text) is not None
        return occurs and pattern.search(self._text, start, end) is not None

    def _any(self, group: str, start: int, end: int) -> bool:
        """Whether a cue of the group lies within `start`..`end`."""
        if any(e <= end for _, e in self._spans(group, start, end)):
            return True
        return group in self._patterns and self._matches(group, start, end)

    def _spans(self, group: str, start: int, end: int) -> Sequence[tuple[int, int]]:
        """The cue words of the group that begin within `start`..`end`."""
        spans = self._others.get(group)
        return spans[bisect_left(spans, (start,)) : bisect_left(spans, (end,))] if spans else ()

    def _reported(self, first: int, start: int) -> bool:
        """Whether a verb of saying that is not the writer's own (不瞒您说) stands within `first`..`start`."""
        own = self._spans("own_speech", first, start)
        said = self._spans("reported_speech", first, start)
        return any(e <= start and not any(a <= s and e <= b for a, b in own) for s, e in said)

    def _own_voice(self, first: int, start: int, quoted: bool) -> bool:
        """Whether the writer announces what follows as his own words: 我们就答:“…”."""
        before = self._text[max(first, start - 30) : start]
        if quoted and _OPEN in before:
            before = before[: before.rfind(_OPEN)]
        return self._patterns["own_voice"].search(before[-14:]) is not None

    def _condemned_before(self, before: list[tuple[int, int, str]], reach: int, start: int) -> bool:
        for s, _, group in before:
            if group == "condemn_before" and s >= reach:
                return True
        return self._matches("condemn_before", reach, start)

    def _condemned_after(self, end: int, last: int) -> bool:
        """Whether what follows condemns the phrase; 口碑不会骗人 does not."""
        if not self._any("condemn_after", end, last):
            return False
        negated = {e for _, e, group in self._cues(end, last) if group == "negators"}
        spans = self._spans("condemn_after", end, last)
        return not negated or any(e <= last and s not in negated for s, e in spans)

    def _shrugged_off(self, end: int, last: int) -> bool:
        """Whether the writer waves the denial away (那是客套话; not 这不是客套话), or excepts himself from it."""
        exception = self._patterns["exception"].match(self._text, end, last)
        return exception is not None or any(
            e <= last and not _NOT_SO.search(self._text, max(end, s - 10), s)
            for s, e in self._spans("waved_away", end, last)
        )

    def _denials(self, reach: int, start: int) -> int:
        """How many negators reach the phrase: those in its own part of the clause; 、 and 或 pass a denial on."""
        part, separator = reach, ""
        for match in _PART_BREAK.finditer(self._text, reach, start):
            part, separator = match.end(), match.group()
        # A harmless word that runs into the phrase is none: 不限 in 不限量 denies 限量.
        negators = [
            (s, e)
            for s, e, group in self._cues(part, start)
            if group == "negators" or (group == "neutral" and e > start)
        ]
        if negators and self._matches("neutral", part, start):
            for harmless in self._patterns["neutral"].finditer(self._text, part, start):
                negators = [(s, e) for s, e in negators if s < harmless.start() or e > harmless.end()]
        if negators:
            # 不保本也不保息 denies twice, 不是不保息 once: an earlier negator flips a later one only if it can.
            earlier = [self._text[s:e] for s, e in negators[:-1]]
            return 1 + sum(_FLIPPING.fullmatch(word) is not None for word in earlier)
        if separator not in _PASSED_ON:
            return 0
        passed_on = part - len(separator)
        if _NOT_PASSED_ON.search(self._text, reach, passed_on):
            return 0
        return self._denials(reach, passed_on)

    def _enclosed(self, start: int, end: int, opening: str, closing: str, window: int) -> bool:
        opened = self._text.rfind(opening, max(0, start - window), start)
        if opened < 0 or self._text.find(closing, opened, start) >= 0:
            return False
        return self._text.find(closing, end, end + window) >= 0

    def _answers(self, start: int, first: int, last: int) -> bool:
        """Whether a place stands behind the reported question of its sentence, in the writer's own words."""
        found = self._patterns["reported_question"].search(self._text, first, last)
        return found is None or start >= found.end()

    def _in_quotes(self, start: int, end: int, first: int, last: int) -> Polarity:
        """Marketers quote for emphasis; a reporter before or after, or a rejection, makes it another's words."""
        text = self._text
        closed = text.find(_CLOSE, end, last)
        outside = closed + 1 if closed >= 0 else end
        outside += text.startswith(",", outside)
        if self._spans("quoted_after", outside, outside + 1) or self._patterns["quoted_after"].match(
            text, outside, last
        ):
            return "quoted"
        opened = text.rfind(_OPEN, max(0, start - WINDOW), start)
        if self._patterns["named_before"].search(text[max(0, opened - 8) : opened]) or self._patterns[
            "name_after"
        ].match(text, outside, last):
            return "quoted"
        if self._any("reporters", max(first, start - 30), start):
            return "quoted"
        if self._patterns["answered_no"].match(text, last) or self._any("condemn_after", last, last + 24):
            return "denied"
        return "asserted"

    def _speaker(self, line_start: int, start: int) -> str | None:
        """Who speaks at this place of a script with speaker labels."""
        index = bisect_left(self._speakers, (start, "")) - 1
        if index < 0 or self._speakers[index][0] < line_start:
            return None
        return self._speakers[index][1]

    @cached_property
    def _speakers(self) -> list[tuple[int, str]]:
        """Where each speaker label ends, and whose it is."""
        if ":" not in self._text:
            return []
        return [(m.end(), self._role(m.start(1), m.end(1))) for m in _SPEAKER.finditer(self._text)]

    def _role(self, start: int, end: int) -> str:
        if not _NO_SPEAKER.search(self._text[start:end]):
            for role in ("criminal", "own", "customer"):
                if self._any(f"speaker_{role}", start, end):
                    return role
        return ""

    def _wrong_example(self, line_start: int, start: int, quoted: bool) -> bool:
        """Whether the latest label on this line marks a wrong example, and no label a right one since."""
        if "wrong_label" not in self._others:
            return False
        wrong = self._latest("wrong_label", line_start, start)
        if wrong is None or (
            (right := self._latest("right_label", line_start, start)) is not None and right > wrong
        ):
            return False
        spoken = max(self._text.rfind(_OPEN, wrong, start), wrong) if quoted else start
        if any(group == "stops" for _, _, group in self._cues(wrong, spoken)):
            return False
        return quoted or "。" not in self._text[wrong:start]

    def _latest(self, group: str, first: int, start: int) -> int | None:
        return next((e for _, e in reversed(self._spans(group, first, start)) if e <= start), None)

    def _is_question(self, start: int, end: int, first: int, last: int) -> bool:
        """Whether the phrase is asked about: its own clause ends in a question, or asks 是否, 能不能, 有没有."""
        text = self._text
        part_end = _PART_END.search(text, end, last)
        tail = text[end : part_end.end() if part_end else last]
        clause = max(first, max(text.rfind(mark, first, start) for mark in ",;:。") + 1)
        if self._any("asked_after", end, last):
            return True
        asked = "?" in tail or "吗" in tail or "是不是" in tail or self._any("asking", clause, end)
        return (
            asked
            and not self._any("rhetorical", first, last)
            and not self._patterns["lure"].match(text[first:last])
        )
