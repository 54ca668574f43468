"""`phrase`: any of these phrases, literally, except inside other words (环保本色 is not 保本)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from compliance_guard.matching import Hit
from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match


class CompiledPhrase(Compiled):
    """Phrases answered by the automaton alone."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.main = self.phrases(self.rule.any)
        self._exceptions = self.phrases(self.rule.exceptions) if self.rule.exceptions else None

    def find(self, case: Case) -> Iterator[Match]:
        """Every hit that is no exception and, if asked, whole words."""
        assert self.main is not None
        excepted = _Cover(case.copy.matches(self._exceptions) if self._exceptions else ())
        for start, end in case.copy.matches(self.main):
            if excepted.holds(start, end):
                continue
            if self.rule.whole_words and not {start, end} <= case.reading.word_starts:
                continue
            if self.stands(case, start, end, case.reading.sentences.around(start)):
                yield Match(start, end, {"matched": case.reading.text[start:end]})


class _Cover:
    """Spans, to ask whether one of them holds another span."""

    def __init__(self, spans: Iterable[Hit]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))  # farthest end of all up to here

    def holds(self, start: int, end: int) -> bool:
        """Whether one span begins at or before `start` and ends at or after `end`."""
        index = bisect_right(self._starts, start)
        return index > 0 and self._reach[index - 1] >= end
