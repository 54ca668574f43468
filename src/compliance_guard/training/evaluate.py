"""Figures: precision, recall, F1 and calibration error of probabilities against labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compliance_guard.classifiers.by_onnx import BUILTIN, OnnxClassifier
from compliance_guard.errors import ConfigError
from compliance_guard.opinion import CLAIMS, DISCLOSURES
from compliance_guard.training.corpus import read

BINS = 15
LIKELY = 0.05
"""Calibration is also told of the pairs at least so likely: most pairs are none, and surely none."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one label, or of several together."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Right among what was raised; 1 if nothing was."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        """Raised among what is there; 1 if nothing is."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(self.hits + other.hits, self.false + other.false, self.missed + other.missed)


def scores(raised: np.ndarray, targets: np.ndarray, names: Sequence[str]) -> dict[str, Score]:
    """Of each label; booleans, lines by labels."""
    return {
        name: Score(int((r & t).sum()), int((r & ~t).sum()), int((~r & t).sum()))
        for name, r, t in zip(names, raised.T, targets.T, strict=True)
    }


def micro(found: Mapping[str, Score]) -> Score:
    """All labels together."""
    return sum(found.values(), Score(0, 0, 0))


def calibration_error(chances: np.ndarray, targets: np.ndarray, least: float = 0.0) -> float:
    """Expected calibration error over all (line, label) pairs whose probability is at least `least`.

    Source: C. Guo et al., On Calibration of Modern Neural Networks (2017), with 15 bins of equal width.
    """
    p, y = chances.ravel(), targets.ravel().astype(float)
    p, y = p[p >= least], y[p >= least]
    if not len(p):
        return 0.0
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    gaps = (abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).sum() for b in set(bins.tolist()))
    return float(sum(gaps) / len(p))


def table(found: Mapping[str, Score]) -> str:
    """A line a label, and the sum."""
    rows = [f"{'label':32}{'right':>7}{'false':>7}{'missed':>8}{'P':>7}{'R':>7}{'F1':>7}"]
    for name, s in [*found.items(), ("micro", micro(found))]:
        rows.append(f"{name:32}{s.hits:7}{s.false:7}{s.missed:8}{s.precision:7.3f}{s.recall:7.3f}{s.f1:7.3f}")
    return "\n".join(rows)


def report(paths: Sequence[Path], model: Path | None = None) -> str:
    """What a model folder says of labelled lines, as tables.

    Raises:
        TrainingError: the lines cannot be read.
        ConfigError: the model cannot be used.
    """
    classifier = OnnxClassifier(model or BUILTIN)
    if not classifier.available():
        raise ConfigError(f"classifier: {classifier.folder} 不可用;请安装 onnxruntime 和 tokenizers,并核对文件夹")
    lines, bands = read(paths), classifier.bands()
    said = classifier.read([line.sentence for line in lines])
    told = []
    for names, chances, targets in (
        (CLAIMS, [s.claims for s in said], [line.claims for line in lines]),
        (DISCLOSURES, [s.discloses for s in said], [line.discloses for line in lines]),
    ):
        p = np.array([[row.get(name, 0.0) for name in names] for row in chances])
        y = np.array(targets, bool)
        found = scores(p >= np.array([bands[name].review for name in names]), y, names)
        told.append(table(found))
        told.append(f"{'at 0.5':32}{micro(scores(p >= 0.5, y, names)).f1:43.3f}")
        errors = f"{calibration_error(p, y):.4f}, of pairs from {LIKELY} on {calibration_error(p, y, LIKELY):.4f}"
        told.append(f"expected calibration error {errors}\n")
    clean = [not any(line.claims) for line in lines]
    alarmed = [any(s.claims.get(n, 0.0) >= bands[n].review for n in CLAIMS) for s in said]
    false = sum(a and c for a, c in zip(alarmed, clean, strict=True))
    caught = sum(a and not c for a, c in zip(alarmed, clean, strict=True))
    told.append(f"{len(lines)} lines; without a claim {sum(clean)}, of these raised {false}")
    told.append(f"with a claim {len(lines) - sum(clean)}, of these raised for any {caught}")
    return "\n".join(told)
