"""Sentences and clauses of Chinese copy as it is really written.

A sentence ends at 。!?…, at a line break, at an emoji that stands for a full stop, around a 【】 signature, and
before a speaker label of a script. A clause ends at , ; : 、 and at spaces, bars and dashes. Both tile the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_EMOJI = "\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
# Marks are found by a plain character class, which is fast; what a mark means is looked at only there.
_SENTENCE_MARK = re.compile(rf"[。!?…\n【】.{_EMOJI}]")
_SENTENCE_END = re.compile(rf"[。!?]+[”)】]*|…+|\n+|[{_EMOJI}]+|】(?=[^,。:;])|\.(?<![\d.]\.)(?=\s|$)|(?=【)")
_CLAUSE_MARK = re.compile(r"[,;:、|/ \-]")
_CLAUSE_END = re.compile(r"[,;:、|/ ]+|--+|-(?<=[\u4e00-\u9fff]-)(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Tiling:
    """Consecutive spans that cover a text: span i runs from `starts[i]` to `starts[i + 1]`."""

    starts: tuple[int, ...]
    length: int

    def __len__(self) -> int:
        return len(self.starts)

    def index(self, position: int) -> int:
        """Which span holds this position."""
        return bisect_right(self.starts, position) - 1

    def span(self, index: int) -> tuple[int, int]:
        """Start and end of one span."""
        end = self.starts[index + 1] if index + 1 < len(self.starts) else self.length
        return self.starts[index], end

    def around(self, position: int) -> tuple[int, int]:
        """Start and end of the span that holds this position."""
        return self.span(self.index(position))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return (self.span(index) for index in range(len(self.starts)))


def _ends(text: str, mark: re.Pattern[str], end: re.Pattern[str]) -> Iterator[int]:
    position = 0
    for found in mark.finditer(text):
        if found.start() >= position and (boundary := end.match(text, found.start())):
            position = boundary.end()
            yield position


def _tiling(starts: set[int], length: int) -> Tiling:
    return Tiling(tuple(sorted(starts - {length})), length)


def split_sentences(text: str) -> Tiling:
    """The sentences of a folded text."""
    return _tiling({0, *_ends(text, _SENTENCE_MARK, _SENTENCE_END)}, len(text))


def split_clauses(text: str, sentences: Tiling) -> Tiling:
    """The clauses of a folded text; none crosses a sentence."""
    return _tiling({*sentences.starts, *_ends(text, _CLAUSE_MARK, _CLAUSE_END)}, len(text))
