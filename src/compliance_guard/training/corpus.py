"""Labelled sentences: read, folded as copy is, and parted so that no family is split."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compliance_guard.errors import TrainingError
from compliance_guard.opinion.labels import CLAIMS, DISCLOSURES, STANCES
from compliance_guard.opinion.sentence import Sentence
from compliance_guard.reading.fold import fold

PARTS = ("train", "dev", "test")
_TRAIN, _DEV = 70, 85


def part_of(family: str) -> str:
    """Where a family belongs: 70% train, 15% dev, 15% test, by its name alone, so that it never moves."""
    hundredth = int(hashlib.sha1(family.encode()).hexdigest(), 16) % 100
    return "train" if hundredth < _TRAIN else "dev" if hundredth < _DEV else "test"


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled sentence.

    Attributes:
        sentence: folded.
        claims, discloses: 0 or 1 for each label, in the order of `CLAIMS` and `DISCLOSURES`.
        stance: index into `STANCES`.
        spans: (index of the claim, start, end) in the folded text: the words that carry it.
    """

    id: str
    sentence: Sentence
    claims: tuple[int, ...]
    discloses: tuple[int, ...]
    stance: int
    spans: tuple[tuple[int, int, int], ...] = field(default=())


def folded(text: str) -> str:
    """As the reviewer folds a copy."""
    return fold(text).text


def line_of(raw: Mapping[str, Any]) -> Line:
    """A line from its JSON object.

    Raises:
        KeyError, ValueError: a field is missing, or a label is unknown.
    """
    plain = fold(raw["text"])
    labels, discloses = set(raw["labels"]), set(raw.get("discloses") or ())
    if unknown := (labels - set(CLAIMS)) | (discloses - set(DISCLOSURES)):
        raise ValueError(f"没有标签 {'、'.join(sorted(unknown))}")
    return Line(
        id=str(raw["id"]),
        sentence=Sentence(plain.text, folded(raw.get("before") or ""), raw.get("product"), raw.get("channel")),
        claims=tuple(int(c in labels) for c in CLAIMS),
        discloses=tuple(int(d in discloses) for d in DISCLOSURES),
        stance=STANCES.index(raw.get("stance") or "neutral"),
        spans=tuple(_spans(plain.text, raw.get("spans") or ())),
    )


def _spans(text: str, spans: Iterable[Mapping[str, str]]) -> Iterator[tuple[int, int, int]]:
    for span in spans:
        quote = folded(span["quote"])
        start = text.find(quote)
        if quote and start >= 0:
            yield CLAIMS.index(span["label"]), start, start + len(quote)


def read(paths: Iterable[Path]) -> list[Line]:
    """The lines of .jsonl files, and of folders of them, in order of path.

    Raises:
        TrainingError: names the file and line that cannot be used.
    """
    lines: list[Line] = []
    for path in files(paths):
        for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if row.strip():
                try:
                    lines.append(line_of(json.loads(row)))
                except (ValueError, KeyError, TypeError) as error:
                    raise TrainingError(f"{path}:{number} 不能用作语料", str(error)) from None
    if not lines:
        raise TrainingError("没有语料", "、".join(map(str, paths)))
    return lines


def files(paths: Iterable[Path]) -> list[Path]:
    """The .jsonl files among the paths and in the folders among them."""
    return [f for path in paths for f in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]


def digest(paths: Sequence[Path]) -> str:
    """SHA-256 over the files' bytes, in order."""
    hasher = hashlib.sha256()
    for path in files(paths):
        hasher.update(path.read_bytes())
    return hasher.hexdigest()
