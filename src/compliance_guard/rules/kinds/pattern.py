"""`pattern`: any of these linear-time patterns within a clause, a sentence or the text."""

from __future__ import annotations

from collections.abc import Iterator

from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match


class CompiledPattern(Compiled):
    """RE2 patterns, tried only where one of their literals stands."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.main = self.patterns(self.rule.any)

    def find(self, case: Case) -> Iterator[Match]:
        """Every match with the right polarity."""
        assert self.main is not None
        for unit in case.units(self.main, self.rule.scope):
            for start, end in sorted(set(self.main.matches(case.scan, *unit))):
                if self.stands(case, start, end, unit):
                    yield Match(start, end, {"matched": case.reading.text[start:end]})
