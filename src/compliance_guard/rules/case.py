"""The case: one request, read and scanned, as every rule and check sees it. Nobody changes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compliance_guard.domain import Request, Span
from compliance_guard.reading import Reading
from compliance_guard.rules.facts import Facts
from compliance_guard.rules.finder import Finder, Hit, Scan


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
        """Whether a finder matches anywhere in the copy."""
        return finder.found(self.scan, 0, len(self.reading.text))

    def matches(self, finder: Finder) -> Iterator[Hit]:
        """All matches in the copy."""
        return finder.matches(self.scan, 0, len(self.reading.text))

    def units(self, finder: Finder, scope: str) -> list[Hit]:
        """The clauses, sentences, or the whole text in which a finder may match, by position."""
        if finder.always or scope == "text":
            reading = self.reading
            if scope == "text":
                return [(0, len(reading.text))]
            return list(reading.clauses if scope == "clause" else reading.sentences)
        return sorted({self.reading.scope(scope, start) for start, _ in finder.seeds(self.scan)})
