"""Finders: phrases and patterns compiled into one automaton over all rules.

One pass of Aho-Corasick over the folded copy finds every literal of every rule. A finder whose alternatives are
plain literals is answered by that pass alone; for the others RE2, which cannot backtrack, confirms a candidate
within the clause or sentence in which its literals stand. Cost follows the hits, hardly the number of rules
(docs/adr/0003-matching-engine.md).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import ahocorasick_rs
import re2

from compliance_guard.matching.literals import analyse

_END = itemgetter(2)
_SPAN_ONLY = re2.Options()
_SPAN_ONLY.never_capture = True  # groups only group: finding what they captured would cost more than the match
_CONTEXT = "(?P<hit>"  # this group is the hit of a pattern; what stands around it is only context

MEMORY_CAPACITY = 2048
MEMORY_LENGTH = 200

Hit = tuple[int, int]
"""Code points of the scanned text, half open."""

Literal = tuple[int, int, int]
"""Number of a literal, start and end."""


class Alternative:
    """One phrase or pattern of a finder.

    Attributes:
        pattern: the phrase, or the pattern for RE2.
        exact: the literals that it is, all in all; None if RE2 has to look.
        sets: sets of literals, of each of which one must stand where RE2 could match.
        trigger, required: the same as numbers, once the automaton is frozen: the set that is rarest in ordinary
            copy, and the others. `trigger` is None if there is no set.
    """

    __slots__ = ("_group", "_regex", "exact", "pattern", "required", "sets", "trigger")

    def __init__(self, pattern: str, *, literal: bool = False) -> None:
        self.pattern = pattern
        self._regex: Any = None
        self._group = 0
        self.exact: frozenset[str] | None = frozenset({pattern})
        self.sets: tuple[frozenset[str], ...] = ()
        self.trigger: frozenset[int] | None = None
        self.required: tuple[frozenset[int], ...] = ()
        if not literal:
            found = analyse(pattern)
            self.exact = None if _CONTEXT in pattern else found.exact
            self.sets = found.required

    def freeze(self, number: Mapping[str, int], frequency: Mapping[int, int]) -> None:
        """Take the literals' numbers, and choose the trigger by how often they occur in ordinary copy."""
        if self.exact is not None:
            self.trigger = frozenset(number[literal] for literal in self.exact)
            return
        sets = [frozenset(number[literal] for literal in s) for s in self.sets]
        lengths = [min(map(len, s)) for s in self.sets]
        order = sorted(
            range(len(sets)), key=lambda i: (sum(frequency[n] for n in sets[i]), -lengths[i], len(sets[i]))
        )
        if order:
            self.trigger = sets[order[0]]
            self.required = tuple(sets[i] for i in order[1:])

    def spans(self, data: bytes) -> list[Hit]:
        """Where RE2 finds it in UTF-8, as code points."""
        if self._regex is None:
            self.compile()
        group = self._group
        # Where the hit's group took no part in the match, the whole of it is the hit.
        spans = [span if (span := m.span(group)) != (-1, -1) else m.span() for m in self._regex.finditer(data)]
        return [(len(data[:s].decode()), len(data[:e].decode())) for s, e in spans if s < e] if spans else spans

    def compile(self) -> None:
        """Let RE2 compile it; otherwise that is done on first use.

        Raises:
            re2.error: RE2 refuses it.
        """
        in_context = _CONTEXT in self.pattern
        self._regex = re2.compile(self.pattern.encode(), re2.Options() if in_context else _SPAN_ONLY)
        self._group = next(iter(self._regex.groupindex.values())) if in_context else 0


class Finder:
    """Finds any of some phrases (`literal`) or RE2 patterns.

    Raises:
        re.error: a pattern that Python's parser refuses, or that RE2 does not know (look-around, back-references).
    """

    __slots__ = ("alternatives", "always", "id", "patterns", "plain")

    def __init__(self, patterns: Iterable[str], *, literal: bool = False) -> None:
        self.id = -1
        self.alternatives = [Alternative(p, literal=literal) for p in dict.fromkeys(patterns)]
        self.plain: set[int] = set()  # literals that are a match in themselves
        self.patterns: dict[int, list[Alternative]] = {}  # literal → patterns that it triggers
        self.always: list[Alternative] = []  # patterns that no literal triggers

    def freeze(self) -> frozenset[int]:
        """Take the alternatives' numbers; returns all literals that trigger the finder."""
        for alternative in self.alternatives:
            if alternative.trigger is None:
                self.always.append(alternative)
            elif alternative.exact is not None:
                self.plain |= alternative.trigger
            else:
                for literal in alternative.trigger:
                    self.patterns.setdefault(literal, []).append(alternative)
        return frozenset(self.plain | self.patterns.keys())

    def triggered(self, scan: Scan) -> bool:
        """Whether any alternative may match somewhere."""
        return self.id in scan.finders or bool(self.always)

    def found(self, scan: Scan, start: int, end: int) -> bool:
        """Whether anything matches within `start`..`end`."""
        return bool(self.matches(scan, start, end))

    def matches(self, scan: Scan, start: int, end: int) -> list[Hit]:
        """All matches within `start`..`end`, in no particular order; one may come twice."""
        literals = scan.of(self.id, start, end)
        if not literals and not self.always:
            return []
        hits = self._search(literals, scan.present, start, scan.text[start:end].encode())
        return [(start + s, start + e) for s, e in hits]

    def matches_in(self, scan: Scan, units: Units) -> Iterator[tuple[int, Hit]]:
        """All matches that lie within one unit (a clause, a sentence), with its index; one may come twice."""
        starts, ends = units.starts, units.ends
        places: dict[int, list[Literal]] = {unit: [] for unit in range(len(starts))} if self.always else {}
        for literal in scan.finders.get(self.id, ()):
            unit = bisect_right(starts, literal[1]) - 1
            if literal[2] <= ends[unit]:
                if unit in places:
                    places[unit].append(literal)
                else:
                    places[unit] = [literal]
        for unit, literals in places.items():
            start = starts[unit]
            memory = units.memory(unit)
            hits = memory.hits.get(self.id)
            if hits is None:
                hits = memory.hits[self.id] = self._search(literals, units.present(unit), start, memory.data)
            for s, e in hits:
                yield unit, (start + s, start + e)

    def _search(self, literals: Sequence[Literal], present: set[int], start: int, data: bytes) -> list[Hit]:
        """The matches within a unit that begins at `start`, relative to it."""
        hits = [(s - start, e - start) for number, s, e in literals if number in self.plain]
        patterns = self.patterns
        triggered = {number for number, _, _ in literals}
        candidates = dict.fromkeys([a for number in sorted(triggered) for a in patterns.get(number, ())])
        for alternative in (*candidates, *self.always):
            for required in alternative.required:
                if present.isdisjoint(required):
                    break
            else:
                hits.extend(alternative.spans(data))
        return hits


class Scan:
    """What one pass over one text found.

    Attributes:
        text: the text.
        found: every literal in it, in order of their ends.
        finders: id of a finder → the literals that trigger it, in the same order.
    """

    __slots__ = ("_memory", "_present", "finders", "found", "text")

    def __init__(self, text: str, found: list[Literal], finders: dict[int, list[Literal]], memory: Memory) -> None:
        self.text = text
        self.found = found
        self.finders = finders
        self._memory = memory
        self._present: set[int] | None = None

    @property
    def present(self) -> set[int]:
        """The numbers of all literals in the text."""
        if self._present is None:
            self._present = {literal[0] for literal in self.found}
        return self._present

    def of(self, finder: int, start: int, end: int) -> Sequence[Literal]:
        """The literals within `start`..`end` that trigger a finder."""
        literals = self.finders.get(finder, ())
        if not literals or (start == 0 and end == len(self.text)):
            return literals
        return _cut(literals, start, end)

    def memory(self, start: int, end: int) -> Remembered:
        """What is remembered of the text within `start`..`end`."""
        return self._memory.of(self.text[start:end])


class Remembered:
    """A clause, sentence or text, and what finders found in it, relative to its beginning."""

    __slots__ = ("data", "hits")

    def __init__(self, text: str) -> None:
        self.data = text.encode()
        self.hits: dict[int, list[Hit]] = {}


class Memory:
    """The latest sentences: boilerplate comes back in every copy, and need not be searched again."""

    __slots__ = ("_capacity", "_known")

    def __init__(self, capacity: int = MEMORY_CAPACITY) -> None:
        self._capacity = capacity
        self._known: dict[str, Remembered] = {}

    def of(self, text: str) -> Remembered:
        """What is remembered of a text; a long one is not."""
        remembered = self._known.get(text)
        if remembered is None:
            remembered = Remembered(text)
            if len(text) <= MEMORY_LENGTH:
                if len(self._known) >= self._capacity:
                    self._known = {}  # all at once: simple, bounded, and safe between threads
                self._known[text] = remembered
        return remembered


def _cut(literals: Sequence[Literal], start: int, end: int) -> list[Literal]:
    first, last = bisect_right(literals, start, key=_END), bisect_right(literals, end, key=_END)
    return [literal for literal in literals[first:last] if literal[1] >= start]


class Units:
    """The clauses or sentences of a scanned text, and which literals stand in each.

    Args:
        scan: the scan.
        starts, ends: the units, which tile the text.
    """

    __slots__ = ("_memories", "_present", "_scan", "ends", "starts")

    def __init__(self, scan: Scan, starts: Sequence[int], ends: Sequence[int]) -> None:
        self._scan = scan
        self.starts = starts
        self.ends = ends
        self._present: dict[int, set[int]] = {}
        self._memories: dict[int, Remembered] = {}

    def memory(self, unit: int) -> Remembered:
        """What is remembered of a unit."""
        memory = self._memories.get(unit)
        if memory is None:
            memory = self._memories[unit] = self._scan.memory(self.starts[unit], self.ends[unit])
        return memory

    def present(self, unit: int) -> set[int]:
        """The numbers of the literals that lie within a unit."""
        present = self._present.get(unit)
        if present is None:
            inside = _cut(self._scan.found, self.starts[unit], self.ends[unit])
            present = self._present[unit] = {number for number, _, _ in inside}
        return present


class Automaton:
    """All finders in one automaton. `add` them, `freeze`, then `scan` texts from any thread."""

    def __init__(self) -> None:
        self.finders: list[Finder] = []
        self.literals: list[str] = []
        self._alternatives: dict[tuple[str, bool], Alternative] = {}
        self._known: dict[tuple[tuple[str, bool], ...], Finder] = {}
        self._targets: list[tuple[int, ...]] = []
        self._machine: Any = None
        self._memory = Memory()

    def add(self, finder: Finder) -> Finder:
        """Register a finder, or give back the one that looks for the same; single patterns are shared too."""
        key = tuple((a.pattern, a.exact is None) for a in finder.alternatives)
        known = self._known.setdefault(key, finder)
        if known is not finder:
            return known
        finder.id = len(self.finders)
        finder.alternatives = [
            self._alternatives.setdefault((a.pattern, a.exact is None), a) for a in finder.alternatives
        ]
        self.finders.append(finder)
        return finder

    def freeze(self, ordinary: Iterable[str] = ()) -> None:
        """Build the automaton.

        Args:
            ordinary: ordinary texts, by which the rarest literals of a pattern are chosen to trigger it.
        """
        alternatives = self._alternatives.values()
        self.literals = literals = sorted(
            {word for a in alternatives for s in (a.exact or (), *a.sets) for word in s}
        )
        number = {literal: n for n, literal in enumerate(literals)}
        self._machine = ahocorasick_rs.AhoCorasick(literals, matchkind=ahocorasick_rs.MatchKind.Standard)
        frequency: Counter[int] = Counter()
        for text in ordinary:
            frequency.update({n for n, _, _ in self._machine.find_matches_as_indexes(text, overlapping=True)})
        for alternative in alternatives:
            alternative.freeze(number, frequency)
        targets: list[list[int]] = [[] for _ in literals]
        for finder in self.finders:
            for literal in finder.freeze():
                targets[literal].append(finder.id)
        self._targets = [tuple(t) for t in targets]

    def scan(self, text: str) -> Scan:
        """One pass over a text."""
        targets = self._targets
        finders: dict[int, list[Literal]] = {}
        found: list[Literal] = self._machine.find_matches_as_indexes(text, overlapping=True)
        for literal in found:
            for finder in targets[literal[0]]:
                if finder in finders:
                    finders[finder].append(literal)
                else:
                    finders[finder] = [literal]
        return Scan(text, found, finders, self._memory)
