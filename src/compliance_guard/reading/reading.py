"""The reading: everything that checks share about one copy, computed once, never changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from compliance_guard.reading.fold import Folded, fold
from compliance_guard.reading.layout import Layout, Run, layout_of, torn_words
from compliance_guard.reading.personal import PersonalNumber, numbers
from compliance_guard.reading.polarity import Polarities, Polarity
from compliance_guard.reading.quantities import Quantity, find_quantities
from compliance_guard.reading.sentences import Tiling, split_clauses, split_sentences

Cut = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Clause:
    """A clause with the polarity of what stands at its end, where all its cues reach."""

    start: int
    end: int
    polarity: Polarity


@dataclass(frozen=True)
class Reading:
    """One copy, read. Positions are folded code points; `to_original` maps them back.

    Attributes:
        original: the copy as given.
        folded: its plain form with the map back.
        cut: the segmenter, called only if a check asks for `word_starts`.
    """

    original: str
    folded: Folded
    cut: Cut = field(repr=False)

    @property
    def text(self) -> str:
        """The folded text."""
        return self.folded.text

    @cached_property
    def sentences(self) -> Tiling:
        """Sentences tile the folded text."""
        return split_sentences(self.text)

    @cached_property
    def clauses(self) -> Tiling:
        """Clauses tile the folded text; none crosses a sentence."""
        return split_clauses(self.text, self.sentences)

    @cached_property
    def polarities(self) -> tuple[Clause, ...]:
        """The clauses with their polarity."""
        return tuple(Clause(start, end, self.polarity(max(start, end - 1), end)) for start, end in self.clauses)

    @cached_property
    def _polarities(self) -> Polarities:
        return Polarities(self.text, self.sentences)

    def polarity(self, start: int, end: int, *, later_denial: bool = True) -> Polarity:
        """Polarity of the phrase at this folded span; without `later_denial` only what stands before denies it."""
        return self._polarities.at(start, end, later_denial=later_denial)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Numbers with measure and value, by position."""
        return find_quantities(self.text)

    @cached_property
    def personal_numbers(self) -> tuple[PersonalNumber, ...]:
        """Mobiles, resident IDs and bank cards that validate, by position."""
        return numbers(self.text)

    @cached_property
    def word_starts(self) -> frozenset[int]:
        """Folded positions at which the segmenter starts a word, and the end of the text."""
        starts, position = [0], 0
        for word in self.cut(self.text):
            position += len(word)
            starts.append(position)
        return frozenset(starts)

    @cached_property
    def layout(self) -> Layout:
        """How the copy is shown, as far as its own markup says."""
        return layout_of(self.original)

    @cached_property
    def torn(self) -> tuple[tuple[Run, str], ...]:
        """Stretches of single ideographs with signs between them, and what they spell."""
        return tuple(torn_words(self.original))

    def scope(self, name: str, position: int) -> tuple[int, int]:
        """The clause, sentence or text around a folded position."""
        if name == "clause":
            return self.clauses.around(position)
        if name == "sentence":
            return self.sentences.around(position)
        return 0, len(self.text)

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the copy as given for a folded span."""
        return self.folded.span(start, end)


def read(text: str, cut: Cut) -> Reading:
    """Read a copy; everything beyond folding is computed when first asked for."""
    return Reading(text, fold(text), cut)
