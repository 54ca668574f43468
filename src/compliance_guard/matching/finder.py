"""Finders: phrases and patterns compiled into one automaton over all rules.

One pass of Aho-Corasick over the folded copy finds every literal of every rule. A finder whose alternatives are
plain literals is answered by that pass alone; for the others RE2, which cannot backtrack, confirms a candidate
within the clause or sentence in which its literals stand. Cost follows the hits, hardly the number of rules
(docs/adr/0003-matching-engine.md).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import ahocorasick_rs
import re2

from compliance_guard.matching.literals import analyse, best_set

_END = itemgetter(2)
_SPAN_ONLY = re2.Options()
_SPAN_ONLY.never_capture = True  # groups only group: finding what they captured would cost more than the match

_CONTEXT = "(?P<hit>"  # this group is the hit of a pattern; what stands around it is only context

Hit = tuple[int, int]
"""Code points of the scanned text, half open."""


class Alternative:
    """One phrase or pattern of a finder.

    Attributes:
        exact: the literals that it is, all in all; None if RE2 has to look.
        trigger: literals of which one must stand where it is worth looking; None if it must always look.
        hit: the group that is the hit, of a pattern with context; else 0.
        required: further sets of literals, of each of which one must stand in the same place.
    """

    __slots__ = ("_regex", "exact", "hit", "pattern", "required", "trigger")

    def __init__(self, pattern: str, *, literal: bool = False) -> None:
        self.pattern = pattern
        self.hit = 0
        self._regex: Any = None
        if literal:
            self.exact: frozenset[str] | None = frozenset({pattern})
            sets: tuple[frozenset[str], ...] = ()
        else:
            found = analyse(pattern)
            self.exact, sets = (None if _CONTEXT in pattern else found.exact), found.required
        self.trigger: frozenset[str] | None = best_set(sets) if self.exact is None else self.exact
        self.required = tuple(s for s in sets if s is not self.trigger) if self.exact is None else ()

    @property
    def regex(self) -> Any:
        """The pattern for RE2 over UTF-8, compiled when first needed."""
        if self._regex is None:
            context = _CONTEXT in self.pattern
            regex = re2.compile(self.pattern.encode(), re2.Options() if context else _SPAN_ONLY)
            self.hit = next(iter(regex.groupindex.values())) if context else 0
            self._regex = regex
        return self._regex


class Finder:
    """Finds any of some phrases (`literal`) or RE2 patterns.

    Raises:
        re.error: a pattern that Python's parser refuses, or that RE2 does not know (look-around, back-references).
    """

    __slots__ = ("alternatives", "always", "id", "numbers", "required")

    def __init__(self, patterns: Iterable[str], *, literal: bool = False) -> None:
        self.id = -1
        self.alternatives = [Alternative(p, literal=literal) for p in dict.fromkeys(patterns)]
        self.always = [a for a in self.alternatives if a.trigger is None]
        self.numbers: dict[int, list[int]] = {}  # literal → alternatives that it triggers
        self.required: list[tuple[frozenset[int], ...]] = []  # per alternative

    def literals(self) -> Iterator[str]:
        """Every literal that the automaton has to know."""
        for alternative in self.alternatives:
            yield from alternative.trigger or ()
            for needed in alternative.required:
                yield from needed

    def matches(self, scan: Scan, start: int, end: int) -> Iterator[Hit]:
        """All matches within `start`..`end`, plain ones first, in no particular order; one may come twice."""
        worth_trying: dict[int, None] = {}
        for number, s, e in scan.of(self.id, start, end):
            for index in self.numbers[number]:
                if self.alternatives[index].exact is not None:
                    yield s, e
                else:
                    worth_trying[index] = None
        for index in worth_trying:
            if not any(needed.isdisjoint(scan.present) for needed in self.required[index]):
                yield from scan.search(self.alternatives[index], start, end)
        for alternative in self.always:
            yield from scan.search(alternative, start, end)

    def matches_in(self, scan: Scan, units: Units) -> Iterator[tuple[int, Hit]]:
        """All matches that lie within one unit (a clause, a sentence), with its index; one may come twice."""
        worth_trying: dict[tuple[int, int], None] = {}
        for number, s, e in scan.finders.get(self.id, ()):
            unit = bisect_right(units.starts, s) - 1
            if e > units.ends[unit]:
                continue
            for index in self.numbers[number]:
                if self.alternatives[index].exact is not None:
                    yield unit, (s, e)
                else:
                    worth_trying[index, unit] = None
        for index, unit in worth_trying:
            if not any(needed.isdisjoint(units.present(unit)) for needed in self.required[index]):
                start, end = units.starts[unit], units.ends[unit]
                yield from ((unit, found) for found in scan.search(self.alternatives[index], start, end))
        for alternative in self.always:
            for unit, (start, end) in enumerate(zip(units.starts, units.ends, strict=True)):
                yield from ((unit, found) for found in scan.search(alternative, start, end))

    def found(self, scan: Scan, start: int, end: int) -> bool:
        """Whether anything matches within `start`..`end`."""
        if self.id not in scan.finders and not self.always:
            return False
        return next(self.matches(scan, start, end), None) is not None

    def triggered(self, scan: Scan) -> bool:
        """Whether any alternative may match somewhere."""
        return self.id in scan.finders or bool(self.always)


Literal = tuple[int, int, int]
"""Number of a literal, start and end."""


class Scan:
    """What one pass over one text found.

    Attributes:
        text: the text.
        found: every literal in it, in order of their ends.
        finders: id of a finder → the literals that trigger it, in the same order.
    """

    __slots__ = ("_encoded", "_present", "_searched", "finders", "found", "text")

    def __init__(self, text: str, found: list[Literal], finders: dict[int, list[Literal]]) -> None:
        self.text = text
        self.found = found
        self.finders = finders
        self._encoded: dict[Hit, bytes] = {}
        self._searched: dict[tuple[Alternative, int, int], Sequence[Hit]] = {}
        self._present: set[int] | None = None

    @property
    def present(self) -> set[int]:
        """The numbers of all literals in the text."""
        if self._present is None:
            self._present = {literal[0] for literal in self.found}
        return self._present

    def within(self, start: int, end: int) -> set[int]:
        """The numbers of the literals that lie within `start`..`end`."""
        return {number for number, _, _ in _cut(self.found, start, end)}

    def of(self, finder: int, start: int, end: int) -> Sequence[Literal]:
        """The literals within `start`..`end` that trigger a finder."""
        literals = self.finders.get(finder, ())
        if not literals or (start == 0 and end == len(self.text)):
            return literals
        return _cut(literals, start, end)

    def search(self, alternative: Alternative, start: int, end: int) -> Sequence[Hit]:
        """Where RE2 matches an alternative within `start`..`end`; rules that share it ask once."""
        key = (alternative, start, end)
        hits = self._searched.get(key)
        if hits is None:
            data = self._utf8(start, end)
            hits = self._searched[key] = tuple(_spans(alternative, data, start))
        return hits

    def _utf8(self, start: int, end: int) -> bytes:
        data = self._encoded.get((start, end))
        if data is None:
            data = self._encoded[start, end] = self.text[start:end].encode()
        return data


def _spans(alternative: Alternative, data: bytes, start: int) -> Iterator[Hit]:
    regex = alternative.regex
    for match in regex.finditer(data):
        s, e = match.span(alternative.hit)
        if e > s:
            yield start + len(data[:s].decode()), start + len(data[:e].decode())


def _cut(literals: Sequence[Literal], start: int, end: int) -> list[Literal]:
    first, last = bisect_right(literals, start, key=_END), bisect_right(literals, end, key=_END)
    return [literal for literal in literals[first:last] if literal[1] >= start]


class Units:
    """The clauses or sentences of a scanned text, and which literals stand in each.

    Args:
        scan: the scan.
        starts, ends: the units, which tile the text.
    """

    __slots__ = ("_present", "_scan", "ends", "starts")

    def __init__(self, scan: Scan, starts: Sequence[int], ends: Sequence[int]) -> None:
        self._scan = scan
        self.starts = starts
        self.ends = ends
        self._present: dict[int, set[int]] = {}

    def present(self, unit: int) -> set[int]:
        """The numbers of the literals that lie within a unit."""
        present = self._present.get(unit)
        if present is None:
            present = self._present[unit] = self._scan.within(self.starts[unit], self.ends[unit])
        return present


class Automaton:
    """All finders in one automaton. `add` them, `freeze`, then `scan` texts from any thread."""

    def __init__(self) -> None:
        self.finders: list[Finder] = []
        self._alternatives: dict[tuple[str, bool], Alternative] = {}
        self._targets: list[tuple[int, ...]] = []
        self._machine: Any = None

    def add(self, finder: Finder) -> Finder:
        """Register a finder; patterns that others have too are shared with them."""
        finder.id = len(self.finders)
        finder.alternatives = [
            self._alternatives.setdefault((a.pattern, a.exact is None), a) for a in finder.alternatives
        ]
        self.finders.append(finder)
        return finder

    def freeze(self) -> None:
        """Build the automaton."""
        literals = sorted({literal for finder in self.finders for literal in finder.literals()})
        number = {literal: n for n, literal in enumerate(literals)}
        targets: list[set[int]] = [set() for _ in literals]
        for finder in self.finders:
            for index, alternative in enumerate(finder.alternatives):
                finder.required.append(tuple(frozenset(number[w] for w in s) for s in alternative.required))
                for literal in alternative.trigger or ():
                    finder.numbers.setdefault(number[literal], []).append(index)
                    targets[number[literal]].add(finder.id)
        self._targets = [tuple(sorted(t)) for t in targets]
        self._machine = ahocorasick_rs.AhoCorasick(literals, matchkind=ahocorasick_rs.MatchKind.Standard)

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
        return Scan(text, found, finders)
