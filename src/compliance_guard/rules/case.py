"""The case: one request, read and scanned, as every rule and check sees it. Nobody changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from compliance_guard.domain import Request, Span
from compliance_guard.matching import Finder, Hit, Scan, Units
from compliance_guard.opinion import Classifier, Opinion, opinion_of
from compliance_guard.reading import Reading
from compliance_guard.reading.annualised import AnnualCost, find_annual_costs
from compliance_guard.reading.disguise import Disguise
from compliance_guard.reading.layout import Layout, Run, layout_of
from compliance_guard.reading.sentences import Tiling
from compliance_guard.rules.facts import Facts


@dataclass(frozen=True)
class Copy:
    """A copy, read and scanned: all that rules ask of its text, each question answered once.

    Nothing here depends on product, customer or day, so that one copy sent to many customers is read once.

    Attributes:
        reading: the copy, read.
        scan: the candidates that one pass over it found.
        undisguised: the copy as it reads where words are disguised; mostly none.
        read: reads and scans another text in the same way.
    """

    reading: Reading
    scan: Scan
    read: Callable[[str], Copy] = field(repr=False, compare=False)
    undisguised: tuple[Undisguised, ...] = ()
    _found_in: dict[tuple[int, int, int], bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    _known: dict[tuple[int, str], list[tuple[Hit, Hit]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def found(self, finder: Finder) -> bool:
        """Whether a finder matches anywhere in the copy, within a sentence."""
        return bool(self.matches_in(finder, "sentence"))

    def found_in(self, finder: Finder, unit: Hit) -> bool:
        """Whether a finder matches within a stretch of the copy."""
        key = (finder.id, *unit)
        found = self._found_in.get(key)
        if found is None:
            found = self._found_in[key] = finder.found(self.scan, *unit)
        return found

    def matches(self, finder: Finder) -> list[Hit]:
        """All matches in the copy, each within a sentence, by position."""
        return [hit for hit, _ in self.matches_in(finder, "sentence")]

    def matches_in(self, finder: Finder, scope: str) -> list[tuple[Hit, Hit]]:
        """Matches within a clause, a sentence or the text, with the unit in which they lie, by position."""
        key = (finder.id, scope)
        matches = self._known.get(key)
        if matches is None:
            matches = self._known[key] = self._search(finder, scope) if finder.triggered(self.scan) else []
        return matches

    def _search(self, finder: Finder, scope: str) -> list[tuple[Hit, Hit]]:
        units = self._units[scope]
        return sorted(
            {(hit, (units.starts[unit], units.ends[unit])) for unit, hit in finder.matches_in(self.scan, units)}
        )

    @cached_property
    def annual_costs(self) -> tuple[AnnualCost, ...]:
        """The costs of borrowing that the copy states by day, month or instalment, with their annual rates."""
        return tuple(find_annual_costs(self.reading))

    @cached_property
    def _units(self) -> dict[str, Units]:
        text = Units(self.scan, (0,), (len(self.reading.text),))
        reading = self.reading
        return {"clause": self._tiles(reading.clauses), "sentence": self._tiles(reading.sentences), "text": text}

    def _tiles(self, tiling: Tiling) -> Units:
        return Units(self.scan, tiling.starts, (*tiling.starts[1:], tiling.length))


@dataclass(frozen=True)
class Undisguised:
    """A copy with its disguised words written plainly, and which those are."""

    copy: Copy
    disguises: tuple[Disguise, ...]

    def within(self, start: int, end: int) -> list[Disguise]:
        """The disguised words that a folded span touches."""
        return [d for d in self.disguises if d.start < end and start < d.end]


@dataclass(frozen=True)
class Case:
    """A request under review.

    Attributes:
        request: as validated.
        copy: its text, read and scanned.
        facts: the request flattened, with derived facts.
        classifier: what reads the copy for what no rule can list; None if nothing does.
    """

    request: Request
    copy: Copy
    facts: Facts
    classifier: Classifier | None = field(default=None, repr=False, compare=False)

    @property
    def reading(self) -> Reading:
        """The copy, read."""
        return self.copy.reading

    @cached_property
    def opinion(self) -> Opinion | None:
        """What the classifier says of the copy, asked once."""
        if self.classifier is None:
            return None
        product = self.request.product
        offer = product.offer if product else None
        return opinion_of(self.classifier, self.reading, offer, self.request.channel)

    @cached_property
    def layout(self) -> Layout:
        """How the copy is shown: what the request says, and the copy's own markup."""
        if self.request.layout is None:
            return self.reading.layout
        given = [
            Run(r.start, r.end, r.size, r.contrast, "hidden" if r.hidden else None, r.collapsed, r.struck, r.aside)
            for r in self.request.layout
        ]
        return layout_of(self.request.text, given)

    @cached_property
    def asides(self) -> tuple[tuple[Run, Copy], ...]:
        """What the folded text leaves out, each read as a copy of its own: attributes, comments, torn words."""
        text = self.request.text
        beside = [(run, text[run.start : run.end]) for run in self.layout.unread]
        return tuple((run, self.copy.read(words)) for run, words in (*beside, *self.reading.torn))

    def span(self, start: int, end: int) -> Span:
        """The span of the original copy for a folded span."""
        s, e = self.reading.to_original(start, end)
        return Span(start=s, end=e, text=self.request.text[s:e])
