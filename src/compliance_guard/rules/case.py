"""The case: one request, read and scanned, as every rule and check sees it. Nobody changes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from compliance_guard.domain import Request, Span
from compliance_guard.matching import Finder, Hit, Scan, Units
from compliance_guard.reading import Reading
from compliance_guard.reading.sentences import Tiling
from compliance_guard.rules.facts import Facts


@dataclass(frozen=True)
class Case:
    """A request under review.

    Attributes:
        request: as validated.
        reading: the copy, read.
        scan: the candidates that one pass over it found.
        facts: the request flattened, with derived facts.
    """

    request: Request
    reading: Reading
    scan: Scan
    facts: Facts

    def span(self, start: int, end: int) -> Span:
        """The span of the original copy for a folded span."""
        s, e = self.reading.to_original(start, end)
        return Span(start=s, end=e, text=self.request.text[s:e])

    def found(self, finder: Finder) -> bool:
        """Whether a finder matches anywhere in the copy, within a sentence."""
        return next(self.matches(finder), None) is not None

    def found_in(self, finder: Finder, unit: Hit) -> bool:
        """Whether a finder matches within a unit; asked once a unit, however many hits ask."""
        key = (finder.id, *unit)
        found = self._found_in.get(key)
        if found is None:
            found = self._found_in[key] = finder.found(self.scan, *unit)
        return found

    @cached_property
    def _found_in(self) -> dict[tuple[int, int, int], bool]:
        return {}

    def matches(self, finder: Finder) -> Iterator[Hit]:
        """All matches in the copy, each within a sentence; one may come twice."""
        if not finder.triggered(self.scan):
            return iter(())
        return (hit for _, hit in finder.matches_in(self.scan, self._sentences))

    def units(self, scope: str) -> Units:
        """The clauses, the sentences, or the one unit that is the whole text."""
        if scope == "clause":
            return self._clauses
        return self._sentences if scope == "sentence" else self._whole

    @cached_property
    def _clauses(self) -> Units:
        return self._units(self.reading.clauses)

    @cached_property
    def _sentences(self) -> Units:
        return self._units(self.reading.sentences)

    @cached_property
    def _whole(self) -> Units:
        return Units(self.scan, (0,), (len(self.reading.text),))

    def _units(self, tiling: Tiling) -> Units:
        return Units(self.scan, tiling.starts, (*tiling.starts[1:], tiling.length))

    def matches_in(self, finder: Finder, scope: str) -> list[tuple[Hit, Hit]]:
        """Matches with the unit in which they lie, by position, each once."""
        units = self.units(scope)
        found = {(hit, (units.starts[unit], units.ends[unit])) for unit, hit in finder.matches_in(self.scan, units)}
        return sorted(found)
