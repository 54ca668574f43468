"""Finders: phrases and patterns compiled into one automaton over all rules.

One pass of Aho-Corasick over the folded copy finds every literal of every rule. A finder whose alternatives are
plain literals is answered by that pass alone; for the others RE2, which cannot backtrack, confirms a candidate
within the clause or sentence in which its literal stands. Cost follows the hits, hardly the number of rules
(docs/adr/0003-matching-engine.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import ahocorasick_rs
import re2

from compliance_guard.rules.literals import analyse, best_set, fold_pattern

Hit = tuple[int, int]
"""Folded code points, half open."""


class Alternative:
    """One phrase or pattern of a finder."""

    __slots__ = ("_regex", "exact", "literals", "pattern", "required", "trigger")

    def __init__(self, pattern: str, *, literal: bool = False) -> None:
        self.pattern = pattern
        self._regex: Any = None
        if literal:
            self.exact: frozenset[str] | None = frozenset({pattern})
            self.required: tuple[frozenset[str], ...] = ()
        else:
            found = analyse(pattern)
            self.exact, self.required = found.exact, found.required
        if self.exact is not None:
            self.trigger: frozenset[str] | None = self.exact
            self.required = ()
        else:
            self.trigger = best_set(self.required)
            self.required = tuple(s for s in self.required if s is not self.trigger)
        self.literals = frozenset().union(self.trigger or (), *self.required)

    @property
    def regex(self) -> Any:
        """The pattern for RE2, compiled when first needed."""
        if self._regex is None:
            self._regex = re2.compile(self.pattern)
        return self._regex


class Finder:
    """Finds any of some phrases or patterns.

    Args:
        patterns: folded RE2 patterns, or plain phrases where `literal`.
    """

    __slots__ = ("alternatives", "always", "id")

    def __init__(self, patterns: Iterable[str], *, literal: bool = False) -> None:
        self.id = -1
        self.alternatives = [Alternative(p, literal=literal) for p in dict.fromkeys(patterns)]
        self.always = [a for a in self.alternatives if a.trigger is None]

    def triggered(self, scan: Scan) -> bool:
        """Whether any alternative may match somewhere."""
        return self.id in scan.candidates or bool(self.always)

    def matches(self, scan: Scan, start: int, end: int) -> Iterator[Hit]:
        """All matches within `start`..`end`, in no particular order."""
        candidates = scan.candidates.get(self.id, {})
        for index, hits in candidates.items():
            alternative = self.alternatives[index]
            if alternative.exact is not None:
                yield from ((s, e) for s, e in hits if s >= start and e <= end)
            elif any(start <= s and e <= end for s, e in hits) and all(
                not s.isdisjoint(scan.present) for s in alternative.required
            ):
                yield from _search(alternative, scan.text, start, end)
        for alternative in self.always:
            yield from _search(alternative, scan.text, start, end)

    def found(self, scan: Scan, start: int, end: int) -> bool:
        """Whether anything matches within `start`..`end`."""
        return next(self.matches(scan, start, end), None) is not None

    def seeds(self, scan: Scan) -> Iterator[Hit]:
        """Where candidates stand: the places worth a look."""
        for hits in scan.candidates.get(self.id, {}).values():
            yield from hits


def _search(alternative: Alternative, text: str, start: int, end: int) -> Iterator[Hit]:
    for match in alternative.regex.finditer(text[start:end]):
        s, e = match.span()
        if e > s:
            yield start + s, start + e


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over one text found.

    Attributes:
        text: the folded text.
        present: the literals that occur in it.
        candidates: finder id → index of alternative → hits of its trigger literals.
    """

    text: str
    present: set[str]
    candidates: dict[int, dict[int, list[Hit]]]


@dataclass(slots=True)
class Automaton:
    """All finders of all rules in one automaton."""

    finders: list[Finder] = field(default_factory=list)
    _literals: list[str] = field(default_factory=list)
    _targets: list[list[tuple[int, int]]] = field(default_factory=list)
    _machine: Any = None

    def add(self, finder: Finder) -> Finder:
        """Register a finder; before `freeze`."""
        finder.id = len(self.finders)
        self.finders.append(finder)
        return finder

    def freeze(self) -> None:
        """Build the automaton."""
        targets: dict[str, list[tuple[int, int]]] = {}
        for finder in self.finders:
            for index, alternative in enumerate(finder.alternatives):
                for literal in alternative.literals:
                    targets.setdefault(literal, [])
                for literal in alternative.trigger or ():
                    targets[literal].append((finder.id, index))
        self._literals = sorted(targets)
        self._targets = [targets[literal] for literal in self._literals]
        self._machine = ahocorasick_rs.AhoCorasick(self._literals, matchkind=ahocorasick_rs.MatchKind.Standard)

    def scan(self, text: str) -> Scan:
        """One pass over a folded text."""
        present: set[str] = set()
        candidates: dict[int, dict[int, list[Hit]]] = {}
        literals, targets = self._literals, self._targets
        for number, start, end in self._machine.find_matches_as_indexes(text, overlapping=True):
            present.add(literals[number])
            for finder, index in targets[number]:
                candidates.setdefault(finder, {}).setdefault(index, []).append((start, end))
        return Scan(text, present, candidates)


def compile_patterns(patterns: Iterable[str]) -> Finder:
    """A finder of RE2 patterns, folded here.

    Raises:
        re.error: a pattern that Python's parser refuses; `re2.error` comes when RE2 refuses it.
    """
    return Finder([fold_pattern(p) for p in patterns])


__all__ = ["Alternative", "Automaton", "Finder", "Hit", "Scan", "compile_patterns"]
