"""`decision`: a row of a table over facts; no words of the copy are involved."""

from __future__ import annotations

from collections.abc import Iterator

from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match


class CompiledDecision(Compiled):
    """All conditions of the row hold: `rules/decisions.py` looks that up, and only such rows are asked."""

    def find(self, case: Case) -> Iterator[Match]:
        """One match without a span."""
        rule = self.rule
        used = {name: case.facts.get(name) for name in rule.when}
        yield Match(evidence={"table": rule.table, "facts": {n: _plain(v) for n, v in used.items()}})


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
