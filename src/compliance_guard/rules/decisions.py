"""Decision tables looked up, not walked: which rows hold, by the cells into which the facts fall.

All conditions that some rows put on one fact cut its values into cells. Which rows hold depends on the cells
alone, so that each combination of cells is worked out once; the next customer in it costs a look-up for each fact.
The same table serves one request and millions of rows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from compliance_guard.rules.conditions import Test, test_of
from compliance_guard.rules.kinds.base import Compiled
from compliance_guard.rules.rule import Condition

REMEMBERED = 65_536
"""Values of one fact, and combinations of cells, that are kept."""


class Column:
    """A fact with all conditions that rows put on it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._conditions: list[Condition] = []
        self._tests: list[Test] = []
        self._cells: dict[Hashable, int] = {}

    def bit(self, condition: Condition) -> int:
        """The bit that says whether the condition is met."""
        if condition not in self._conditions:
            self._conditions.append(condition)
            self._tests.append(test_of(condition))
        return 1 << self._conditions.index(condition)

    def cell(self, value: Any) -> int:
        """One bit a condition."""
        try:
            known = self._cells.get(value)
        except TypeError:  # a list, say, in a product's free facts
            return self._cell_of(value)
        if known is None:
            if len(self._cells) >= REMEMBERED:
                self._cells = {}
            known = self._cells[value] = self._cell_of(value)
        return known

    def _cell_of(self, value: Any) -> int:
        return sum(1 << place for place, test in enumerate(self._tests) if test(value))


class DecisionTable:
    """Rows of kind `decision`.

    Args:
        rows: those that may hold where the table is asked.
    """

    def __init__(self, rows: Sequence[Compiled]) -> None:
        columns: dict[str, Column] = {}
        self._rows: list[tuple[Compiled, dict[str, int]]] = []
        for row in rows:
            wanted: dict[str, int] = {}
            for name, condition in _conditions(row):
                column = columns.setdefault(name, Column(name))
                wanted[name] = wanted.get(name, 0) | column.bit(condition)
            self._rows.append((row, wanted))
        self._columns = tuple(columns.values())
        self._known: dict[tuple[int, ...], tuple[Compiled, ...]] = {}

    def holding(self, facts: Mapping[str, Any]) -> tuple[Compiled, ...]:
        """The rows whose conditions on facts are all met, in order."""
        get = facts.get
        key = tuple([column.cell(get(column.name)) for column in self._columns])
        held = self._known.get(key)
        if held is None:
            if len(self._known) >= REMEMBERED:
                self._known = {}
            held = self._known[key] = self._holding(key)
        return held

    def _holding(self, key: tuple[int, ...]) -> tuple[Compiled, ...]:
        cells = {column.name: cell for column, cell in zip(self._columns, key, strict=True)}
        return tuple(
            row for row, wanted in self._rows if all(cells[name] & bits == bits for name, bits in wanted.items())
        )


def _conditions(row: Compiled) -> Iterable[tuple[str, Condition]]:
    rule = row.rule
    yield from rule.where.items()
    yield from rule.when.items()
    yield from ((name, Condition(missing=False)) for name in rule.needs)
