"""Conditions on facts, compiled once into plain predicates: they are asked of every rule in every review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from compliance_guard.rules.rule import Condition, Where

Test = Callable[[Any], bool]
"""Whether the value of a fact (None: unknown) meets a condition."""


def test_of(condition: Condition) -> Test:
    """A condition as a predicate. An unknown value meets only `missing: true`, `is_not` and `not_in`."""
    tests: list[Test] = []
    if condition.missing is not None:
        tests.append(_is_none if condition.missing else _is_known)
    if (other := condition.is_not) is not None:
        tests.append(lambda value: value != other)
    if (others := condition.not_in) is not None:
        tests.append(lambda value: value not in others)
    if (same := condition.equals) is not None:
        tests.append(lambda value: value is not None and value == same)
    if (choice := condition.one_of) is not None:
        tests.append(lambda value: value is not None and value in choice)
    if _bounded(condition):
        tests.append(lambda value: within(condition, value))
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def all_of(where: Where) -> Callable[[Mapping[str, Any]], bool]:
    """Conditions on several facts as one predicate."""
    tests = [(name, test_of(condition)) for name, condition in where.items()]

    return lambda facts: all(test(facts.get(name)) for name, test in tests)


def within(bounds: Any, value: Any) -> bool:
    """Whether a number keeps the bounds `at_least`, `at_most`, `more_than`, `less_than` of a model."""
    if not _bounded(bounds):
        return True
    if not isinstance(value, int | float):
        return False
    return (
        (bounds.at_least is None or value >= bounds.at_least)
        and (bounds.at_most is None or value <= bounds.at_most)
        and (bounds.more_than is None or value > bounds.more_than)
        and (bounds.less_than is None or value < bounds.less_than)
    )


def _bounded(bounds: Any) -> bool:
    return any(getattr(bounds, name) is not None for name in ("at_least", "at_most", "more_than", "less_than"))


def _is_none(value: Any) -> bool:
    return value is None


def _is_known(value: Any) -> bool:
    return value is not None
