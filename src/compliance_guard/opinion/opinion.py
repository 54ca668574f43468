"""A classifier's opinion of one copy, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from compliance_guard.domain import ModelRef
from compliance_guard.opinion.sentence import Sentence
from compliance_guard.reading import Reading
from compliance_guard.reading.fold import is_chinese


@dataclass(frozen=True, slots=True)
class Band:
    """How sure is sure enough, for one label: calibrated probabilities, rising.

    Attributes:
        veto: below it a weak rule's hit is no more than advice; 0 where calibration does not show that this
            is right.
        review: from here on the claim asks for a person, or the disclosure counts as said.
        block: from here on the claim stands by itself; above 1 where it never does.
    """

    veto: float
    review: float
    block: float


@dataclass(frozen=True, slots=True)
class Said:
    """What a classifier says of one sentence. What is not named is as good as impossible.

    Attributes:
        claims: calibrated probability of each claim, by code.
        discloses: the same of each disclosure, by name.
        stance: what the writer does with the matter; one of `STANCES`.
        carried_by: for each claim, the words of the sentence that carry it: code points, half open.
    """

    claims: Mapping[str, float] = field(default_factory=dict)
    discloses: Mapping[str, float] = field(default_factory=dict)
    stance: str = "neutral"
    carried_by: Mapping[str, tuple[int, int]] = field(default_factory=dict)


NOTHING = Said()


@runtime_checkable
class Classifier(Protocol):
    """Reads what no rule can list.

    Attributes:
        id: stable name.
    """

    id: str

    def available(self) -> bool:
        """Whether what it needs is installed."""
        ...

    def ref(self) -> ModelRef:
        """The model's id and digest, for the report's provenance."""
        ...

    def bands(self) -> Mapping[str, Band]:
        """For each label that it knows, how sure is sure enough."""
        ...

    def read(self, sentences: Sequence[Sentence]) -> Sequence[Said]:
        """What it says of each sentence; the same sentence gets the same answer in any company."""
        ...


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a classifier says of a copy.

    Attributes:
        said: (start, end, what is said) of each sentence, blanks around it left out, by position in the
            folded text.
        bands: the classifier's.
    """

    said: tuple[tuple[int, int, Said], ...]
    bands: Mapping[str, Band]

    def claim(self, code: str) -> Iterator[tuple[int, int, Said]]:
        """The sentences that make a claim, from `review` upwards."""
        band = self.bands.get(code)
        if band is not None:
            yield from (s for s in self.said if s[2].claims.get(code, 0.0) >= band.review)

    def probability(self, code: str, start: int, end: int) -> float:
        """That the sentences which a folded span touches make a claim: the highest."""
        return max((s.claims.get(code, 0.0) for a, b, s in self.said if a < end and start < b), default=0.0)

    def discloses(self, name: str) -> bool:
        """Whether some sentence makes a disclosure."""
        band = self.bands.get(name)
        return band is not None and any(s.discloses.get(name, 0.0) >= band.review for _, _, s in self.said)

    def doubts(self, name: str, start: int, end: int) -> bool:
        """Whether the sentences which a folded span touches surely do not disclose, whatever their words."""
        band = self.bands.get(name)
        touched = [s.discloses.get(name, 0.0) for a, b, s in self.said if a < end and start < b]
        return band is not None and bool(touched) and max(touched) < band.veto


def opinion_of(classifier: Classifier, reading: Reading, product: str | None, channel: str | None) -> Opinion:
    """What a classifier says of a copy.

    Args:
        product: `kind` or `kind/subkind`; None if not known.
    """
    tiles = [_without_blanks(reading.text, s, e) for s, e in reading.sentences]
    tiles = [(s, e) for s, e in tiles if any(map(is_chinese, reading.text[s:e]))]
    texts = [reading.text[s:e] for s, e in tiles]
    asked = [Sentence(t, b, product, channel) for t, b in zip(texts, ("", *texts), strict=False)]
    return Opinion(
        tuple((s, e, said) for (s, e), said in zip(tiles, classifier.read(asked), strict=True)), classifier.bands()
    )


def _without_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    said = text[start:end]
    return start + len(said) - len(said.lstrip()), end - (len(said) - len(said.rstrip()))
