"""Which literals a pattern needs: so that one automaton finds the candidates for every rule in one pass.

A pattern is analysed into `exact` (the few literals that it is, all in all) or `required` (sets of literals; a
match contains one of each set). The idea is that of RE2's FilteredRE2; Python's own parser reads the pattern.
"""

from __future__ import annotations

import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as sre_parser  # type: ignore[import-not-found]
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

MAX_EXACT = 100
MAX_CLASS = 24
_BACKTRACKING = frozenset(
    {sre.ASSERT, sre.ASSERT_NOT, sre.GROUPREF, sre.GROUPREF_EXISTS, sre.ATOMIC_GROUP, sre.POSSESSIVE_REPEAT}
)


@dataclass(frozen=True, slots=True)
class Literals:
    """What a match is made of.

    Attributes:
        exact: all strings that match, or None if they are not few.
        required: sets of literals; a match contains one of each.
    """

    exact: frozenset[str] | None
    required: tuple[frozenset[str], ...]


@lru_cache(maxsize=1 << 15)  # packs share pattern sets, and reviewers share packs
def analyse(pattern: str) -> Literals:
    """The literals of a folded pattern.

    Raises:
        re.error: not a pattern that Python's parser can read.
    """
    exact, required = _sequence(sre_parser.parse(pattern))
    if exact is not None and "" not in exact:
        return Literals(frozenset(exact), (frozenset(exact),))
    return Literals(None, tuple(frozenset(s) for s in required))


_Info = tuple[set[str] | None, list[set[str]]]


def _sequence(items: Any) -> _Info:
    """Exact strings of the whole sequence, or the sets that its parts require."""
    required: list[set[str]] = []
    running: set[str] | None = {""}
    whole = True
    for item in items:
        exact, needs = _item(item)
        if exact is not None and running is not None and len(running) * len(exact) <= MAX_EXACT:
            running = {a + b for a, b in product(running, exact)}
            continue
        if running is not None and "" not in running:
            required.append(running)
        required.extend(needs)
        whole = False
        running = exact if exact is not None else {""}
    if whole:
        return running, []
    if running is not None and "" not in running:
        required.append(running)
    return None, required


def _item(item: Any) -> _Info:
    op, argument = item
    if op in _BACKTRACKING:
        raise re.error(f"RE2 不支持 {str(op).lower()}(环视、回溯引用等)")
    if op is sre.LITERAL:
        return {chr(argument)}, []
    if op is sre.IN:
        return _character_class(argument), []
    if op is sre.SUBPATTERN:
        return _sequence(argument[-1])
    if op is sre.BRANCH:
        return _branches([_sequence(branch) for branch in argument[1]])
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return _repeat(*argument)
    return None, []


def _character_class(members: Any) -> set[str] | None:
    characters: set[str] = set()
    for op, argument in members:
        if op is sre.LITERAL:
            characters.add(chr(argument))
        elif op is sre.RANGE and argument[1] - argument[0] < MAX_CLASS:
            characters.update(chr(c) for c in range(argument[0], argument[1] + 1))
        else:
            return None
    return characters if len(characters) <= MAX_CLASS else None


def _branches(branches: list[_Info]) -> _Info:
    exacts = [exact for exact, _ in branches]
    if all(exact is not None for exact in exacts):
        union = set().union(*(exact for exact in exacts if exact is not None))
        if len(union) <= MAX_EXACT:
            return union, []
    union = set()
    for exact, required in branches:
        best = exact if exact is not None and "" not in exact else _best(required)
        if not best:
            return None, []
        union |= best
    return None, [union]


def _repeat(low: int, high: int, item: Any) -> _Info:
    exact, required = _sequence(item)
    if low == 0:
        if high == 1 and exact is not None:
            return exact | {""}, []
        return None, []
    if low == high == 1:
        return exact, required
    return None, ([exact] if exact is not None and "" not in exact else required)


def _best(sets: Any) -> Any:
    """The set that is least likely to occur by chance: longest shortest literal, then fewest."""
    return max(sets, key=lambda s: (min(map(len, s)), -len(s)), default=None)
