"""One pass finds what a plain search for every pattern would find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_guard.matching import Automaton, Finder
from compliance_guard.matching.literals import analyse
from compliance_guard.reading.fold import fold_pattern

WORDS = st.text(alphabet="保本息收益不赚", min_size=1, max_size=4)
PATTERNS = st.one_of(
    WORDS,
    st.builds("{}.{{0,3}}{}".format, WORDS, WORDS),
    st.builds("(?:{}|{}){}".format, WORDS, WORDS, WORDS),
    st.builds("{}({})?{}".format, WORDS, WORDS, WORDS),
    st.builds("[{}]{}".format, WORDS, WORDS),
    st.builds("{}+{}".format, st.sampled_from("保本息"), WORDS),
)


def scan(finders: list[Finder], text: str):  # type: ignore[no-untyped-def]
    automaton = Automaton()
    for finder in finders:
        automaton.add(finder)
    automaton.freeze()
    return automaton.scan(text)


@given(st.lists(PATTERNS, min_size=1, max_size=5), st.text(alphabet="保本息收益不赚,x", max_size=60))
def test_a_finder_finds_a_match_exactly_where_there_is_one(patterns: list[str], text: str) -> None:
    """The candidates of the automaton lose nothing against Python's own search."""
    finder = Finder(patterns)
    result = scan([finder], text)
    assert finder.found(result, 0, len(text)) == any(re.search(p, text) for p in patterns)
    for start, end in finder.matches(result, 0, len(text)):
        assert any(re.fullmatch(p, text[start:end]) for p in patterns)


@pytest.mark.parametrize(
    ("pattern", "exact"),
    [
        ("保本", {"保本"}),
        ("保(本|息)", {"保本", "保息"}),
        ("不?保本", {"不保本", "保本"}),
        ("[一二]倍", {"一倍", "二倍"}),
        ("保.本", None),
        ("保+", None),
    ],
)
def test_simple_patterns_need_no_regular_expression(pattern: str, exact: set[str] | None) -> None:
    found = analyse(pattern).exact
    assert (None if found is None else set(found)) == exact


def test_patterns_are_folded_like_the_copy() -> None:
    assert fold_pattern("（Ｒ２）保本！\\D+寶") == "\\(r2\\)保本!\\D+宝"


def test_one_scan_serves_every_finder() -> None:
    first, second = Finder(["保本"], literal=True), Finder(["收益.{0,2}稳"])
    result = scan([first, second], "保本,收益很稳")
    assert list(first.matches(result, 0, 7)) == [(0, 2)]
    assert list(second.matches(result, 0, 7)) == [(3, 7)]
