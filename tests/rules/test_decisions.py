"""A table that is looked up holds what a table that is walked does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance_guard import Reviewer
from compliance_guard.rules.conditions import all_of
from compliance_guard.rules.decisions import DecisionTable
from compliance_guard.rules.kinds import Compiled


@pytest.fixture(scope="module")
def rows(reviewer: Reviewer) -> list[Compiled]:
    return [c for c in reviewer.engine.compiled if c.rule.kind == "decision"]


def bounds(rows: list[Compiled]) -> dict[str, list[Any]]:
    """For each fact, values at, beside and beyond every bound that some row puts on it."""
    values: dict[str, list[Any]] = {}
    for row in rows:
        for name, condition in (*row.rule.where.items(), *row.rule.when.items()):
            told = [v for v in condition.model_dump(exclude_none=True).values() if not isinstance(v, bool)]
            flat = [x for v in told for x in (v if isinstance(v, list | tuple) else [v])]
            near = [x + d for x in flat if isinstance(x, int | float) for d in (-1, 0, 1)]
            values.setdefault(name, [None, True, False]).extend([*flat, *near])
    return values


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_same_rows_hold(rows: list[Compiled], data: st.DataObject) -> None:
    table = DecisionTable(rows)
    facts = {name: data.draw(st.sampled_from(values), label=name) for name, values in bounds(rows).items()}
    facts = {name: value for name, value in facts.items() if value is not None}
    walked = [
        row
        for row in rows
        if all_of({**row.rule.where, **row.rule.when})(facts) and all(n in facts for n in row.rule.needs)
    ]
    assert list(table.holding(facts)) == walked
    assert list(table.holding(dict(facts))) == walked  # remembered


def test_a_fact_that_cannot_be_remembered_is_still_looked_at(rows: list[Compiled]) -> None:
    table = DecisionTable(rows)
    assert table.holding({"product.kind": ["a list"]}) == table.holding({"product.kind": ["a list"]})
