"""`phrase`: any of these phrases, literally, except inside other words (环保本色 is not 保本)."""

from __future__ import annotations

from collections.abc import Iterator

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
        excepted = sorted(case.matches(self._exceptions)) if self._exceptions else []
        for start, end in sorted(case.matches(self.main)):
            if any(s <= start and end <= e for s, e in excepted):
                continue
            if self.rule.whole_words and not {start, end} <= case.reading.word_starts:
                continue
            if self.stands(case, start, end, case.reading.sentences.around(start)):
                yield Match(start, end, {"matched": case.reading.text[start:end]})
