"""Noise as copy has it, so that spelling does not decide: homophones, wedged signs, lost marks, slips."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from pypinyin import Style, lazy_pinyin

WEDGES = " .·-_*~|、+😊✨🔥"
RATE = 0.06
"""Share of the characters of a noised text that are touched."""


@cache
def _homophones() -> dict[str, list[str]]:
    """Common hanzi (the first level of GB 2312) by sound, tone aside."""
    common = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)]
    groups: dict[str, list[str]] = defaultdict(list)
    for hanzi in common:
        groups[lazy_pinyin(hanzi, style=Style.NORMAL)[0]].append(hanzi)
    return {
        hanzi: [h for h in group if h != hanzi] for group in groups.values() for hanzi in group if len(group) > 1
    }


def noised(
    text: str, spans: Sequence[tuple[int, int, int]], chance: random.Random
) -> tuple[str, list[tuple[int, int, int]]]:
    """A text with slips and tricks in it, and where its spans are then."""
    written: list[str] = []
    moved = [0] * (len(text) + 1)
    at = 0
    for index, char in enumerate(text):
        moved[index] = at
        out = _touched(char, chance) if chance.random() < RATE else char
        written.append(out)
        at += len(out)
    moved[len(text)] = at
    shifted = [(label, moved[start], moved[end]) for label, start, end in spans]
    return "".join(written), [s for s in shifted if s[1] < s[2]]


def _touched(char: str, chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.45:
        others = _homophones().get(char)
        return chance.choice(others) if others else char
    if kind < 0.7:
        return char + chance.choice(WEDGES)
    if kind < 0.85:
        return "" if not char.isdigit() and char != "不" else char
    return char * 2 if char in "!?~。" else char
