"""Polarity: does the copy assert this phrase, deny it, ask it, quote it, or condemn it?

The same words mean opposite things: 保本 is a promise, 不承诺保本 a denial, 凡是承诺保本的都是骗局 a lesson,
不用担心,保本 a promise again. Polarity is read from cues around a phrase (`cues.yaml`): negators before it in its
clause, stops that end their reach (但, 除了我们), rejections after it, quotation marks, speakers, and what kind
of text it stands in. A cue inside the phrase itself does not count: 没有风险 asserts that there is no risk.

All look-arounds are bounded by `WINDOW` code points, so that reading stays linear on any input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

from compliance_guard.reading.sentences import Tiling

Polarity = Literal["asserted", "denied", "asked", "quoted", "condemned"]

WINDOW = 240
_OPEN, _CLOSE = "“", "”"
_PART_BREAK = re.compile(r"[,;:。!?\n|、]|--+|或者?|以及")
_PART_END = re.compile(r"[,;。?!\n]")
_SPEAKER = re.compile(r"(?:^|(?<=[。!?\s”)】]))[(【]?([^\s,。:()【】“”]{1,10})[)】]?:")
_PASSED_ON = frozenset({"、", "或", "或者", "以及"})
_NOT_PASSED_ON = re.compile(r"不收|免收|不要|不用")


@cache
def cues() -> Any:
    """The cue words, one compiled pattern a group; read on first use."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    groups = yaml.load(Path(__file__).with_name("cues.yaml").read_text(encoding="utf-8"), loader)
    return SimpleNamespace(
        **{name: re.compile("|".join(sorted(words, key=len, reverse=True))) for name, words in groups.items()}
    )


@dataclass(frozen=True, slots=True)
class Context:
    """What polarity is read from: the folded text, its sentences, and whether it teaches against misconduct."""

    text: str
    sentences: Tiling
    lesson: bool


def is_lesson(text: str) -> bool:
    """Whether the text teaches against fraud or misconduct, so that it condemns what it quotes."""
    return cues().lesson.search(text) is not None


def polarity_at(context: Context, start: int, end: int) -> Polarity:
    """Polarity of the phrase at `start`..`end` (folded code points, half open)."""
    c = cues()
    text = context.text
    sentence_start, sentence_end = context.sentences.around(start)
    sentence_start = max(sentence_start, start - WINDOW)
    sentence_end = min(max(sentence_end, end), end + WINDOW)
    before, after = text[sentence_start:start], text[end:sentence_end]
    following = text[sentence_end : sentence_end + 24]
    line = text[max(text.rfind("\n", 0, start) + 1, start - WINDOW) : start]
    reach, remainder = _after_last(c.stops, before), _before_first(c.stops, after)
    quoted = _enclosed(text, start, end, _OPEN, _CLOSE, WINDOW)
    speaker = _speaker(line)

    if c.own_voice.search(before[: before.rfind(_OPEN)] if quoted and _OPEN in before else before):
        return "asserted"
    if speaker == "criminal" or _is_wrong_example(line, quoted):
        return "condemned"
    waved_away = c.waved_away.search(after) is not None
    excepted = c.exception.match(after) is not None
    if c.condemn_before.search(reach):
        return "asserted" if waved_away or excepted else "condemned"
    if c.condemn_after.search(remainder):
        return "condemned"
    denials = _denials(reach)
    if denials % 2:
        return "asserted" if waved_away or excepted else "denied"
    if denials == 0 and c.deny_after.search(remainder):
        return "denied"
    if context.lesson and (quoted or c.reported_speech.search(before[-40:])):
        return "condemned"
    if _is_question(text, start, end, sentence_start, sentence_end):
        if c.answered_yes.match(following):
            return "asserted"
        if c.answered_no.match(following):
            return "denied"
        return "quoted" if speaker == "customer" else "asked"
    if speaker == "customer" or c.hearsay.search(before[-20:]) or _enclosed(text, start, end, "《", "》", 40):
        return "quoted"
    if quoted:
        outside = after[after.find(_CLOSE) + 1 :] if _CLOSE in after else after
        if c.reporters.search(before[-30:]) or c.quoted_after.match(outside):
            return "quoted"
        if c.answered_no.match(following) or c.condemn_after.search(following):
            return "denied"
    return "asserted"


def _last(cue: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(cue.finditer(text), key=lambda match: match.start(), default=None)


def _after_last(cue: re.Pattern[str], text: str) -> str:
    last = _last(cue, text)
    return text if last is None else text[last.end() :]


def _before_first(cue: re.Pattern[str], text: str) -> str:
    first = cue.search(text)
    return text if first is None else text[: first.start()]


def _denials(reach: str) -> int:
    """How many negators reach the phrase: those in its own part of the clause; 、 and 或 pass a denial on."""
    c = cues()
    breaks = _last(_PART_BREAK, reach)
    part = reach if breaks is None else reach[breaks.end() :]
    count = sum(1 for _ in c.negators.finditer(c.neutral.sub("", part)))
    if count or breaks is None or breaks.group() not in _PASSED_ON:
        return count
    passed_on = reach[: breaks.start()]
    return 0 if _NOT_PASSED_ON.search(passed_on) else _denials(passed_on)


def _enclosed(text: str, start: int, end: int, opening: str, closing: str, window: int) -> bool:
    opened = text.rfind(opening, max(0, start - window), start)
    if opened < 0 or text.find(closing, opened, start) >= 0:
        return False
    return text.find(closing, end, end + window) >= 0


def _speaker(line: str) -> str | None:
    """Who speaks at the end of this part of a line, in a script with speaker labels."""
    c = cues()
    label = _last(_SPEAKER, line)
    if label is None:
        return None
    name = label.group(1)
    for role in ("criminal", "own", "customer"):
        if getattr(c, f"speaker_{role}").search(name):
            return role if not name.endswith(("提示", "留意", "注意", "须知", "问题")) else None
    return None


def _is_wrong_example(line: str, quoted: bool) -> bool:
    """Whether the latest label on this line marks a wrong example (and no label a right one since)."""
    c = cues()
    wrong = _last(c.wrong_label, line)
    if wrong is None or c.right_label.search(line, wrong.end()):
        return False
    return quoted or "。" not in line[wrong.end() :]


def _is_question(text: str, start: int, end: int, sentence_start: int, sentence_end: int) -> bool:
    """Whether the phrase is asked about: its own clause ends in a question, or asks 是否, 能不能, 有没有."""
    c = cues()
    if c.rhetorical.search(text, sentence_start, sentence_end) or c.lure.match(text[sentence_start:sentence_end]):
        return False
    part_end = _PART_END.search(text, end, sentence_end)
    tail = text[end : part_end.end() if part_end else sentence_end]
    if "?" in tail or re.search(r"吗[。,]?|是不是", tail):
        return True
    clause_start = max(sentence_start, max(text.rfind(mark, sentence_start, start) for mark in ",;:。") + 1)
    return c.asking.search(text, clause_start, end) is not None
