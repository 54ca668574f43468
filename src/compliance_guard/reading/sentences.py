"""Sentences and clauses of Chinese copy as it is really written.

A sentence ends at 。!?…, at a line break, at an emoji that stands for a full stop, around a 【】 signature, and
before a speaker label of a script. A clause ends at , ; : 、 and at spaces, bars and dashes. Both tile the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_EMOJI = "\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_SENTENCE_END = re.compile(
    rf"[。!?]+[”)】]*|…+|\n+|[{_EMOJI}]+|(?<=】)(?=[^,。:;])|(?<=[^\n])(?=【)|(?<=[^\d.])\.(?=\s|$)", re.ASCII
)
_CLAUSE_END = re.compile(r"[,;:、|/ ]+|--+|(?<=[\u4e00-\u9fff])-(?=[\u4e00-\u9fff])")


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

    def __iter__(self):  # type: ignore[no-untyped-def]
        return (self.span(index) for index in range(len(self.starts)))


def _tile(text: str, boundary: re.Pattern[str], within: tuple[int, ...] = ()) -> Tiling:
    starts = {0, *within}
    starts.update(match.end() for match in boundary.finditer(text))
    starts.discard(len(text))
    return Tiling(tuple(sorted(starts)) if text else (), len(text))


def split_sentences(text: str) -> Tiling:
    """The sentences of a folded text."""
    return _tile(text, _SENTENCE_END)


def split_clauses(text: str, sentences: Tiling) -> Tiling:
    """The clauses of a folded text; none crosses a sentence."""
    return _tile(text, _CLAUSE_END, sentences.starts)
