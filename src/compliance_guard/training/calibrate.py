"""From logits to probabilities that mean what they say, and from those to bands, all on dev.

Source: J. Platt, Probabilistic Outputs for Support Vector Machines (1999): a scale and a shift for each label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from compliance_guard.opinion import CLAIMS, DISCLOSURES, Band

NAMES = (*CLAIMS, *DISCLOSURES)

NEVER = 2.0
"""No probability reaches it."""

LEAST_DISCLOSED = 60
"""On how many true disclosures on dev a doubt must rest."""

LEAST_HITS = 12
"""On how many hits on dev a precision must rest."""


@dataclass(frozen=True, slots=True)
class Aims:
    """What the bands are chosen for.

    Attributes:
        recall_weight: β of the F-score that the `review` of a claim maximises; below 1 precision counts more.
        least: the lowest `review` of a claim. A copy has many sentences: one doubtful word must not stop it.
        block: precision from which on a claim stands by itself.
        disclosure: precision from which on a disclosure counts as said.
        doubt: share of true disclosures that may be doubted.
        veto: share of a weak rule's right hits among those overruled; 0: none is overruled.
    """

    recall_weight: float = 0.5
    least: float = 0.85
    block: float = 0.97
    disclosure: float = 0.95
    doubt: float = 0.002
    veto: float = 0.0


def scales(logits: np.ndarray, targets: np.ndarray) -> list[tuple[float, float]]:
    """For each label the scale and shift that make its logits log odds; lines by labels."""
    found = []
    for z, y in zip(logits.T, targets.T, strict=True):
        if y.min() == y.max():
            found.append((1.0, 0.0))  # nothing to learn from
            continue
        fit = LogisticRegression(C=100.0).fit(z.reshape(-1, 1), y)
        found.append((float(max(fit.coef_[0, 0], 0.05)), float(fit.intercept_[0])))
    return found


def probabilities(logits: np.ndarray, told: Sequence[tuple[float, float]]) -> np.ndarray:
    """Calibrated, lines by labels."""
    scale, shift = (np.array(values) for values in zip(*told, strict=True))
    return np.round(1 / (1 + np.exp(-np.clip(logits[:, : len(told)] * scale + shift, -30, 30))), 3)


def bands(
    chances: np.ndarray, targets: np.ndarray, weak: Iterable[tuple[float, bool]], aims: Aims
) -> dict[str, Band]:
    """How sure is sure enough, for each label.

    Args:
        chances, targets: lines by labels, on dev.
        weak: hits on dev of rules that ask for a person: what the classifier said, and whether the hit is right.
    """
    veto = _veto(sorted(weak), aims.veto) if aims.veto else 0.0
    found = {}
    for column, name in enumerate(NAMES):
        p, y = chances[:, column], targets[:, column].astype(bool)
        if name in CLAIMS:
            review = _best(p, y, aims)
            found[name] = Band(min(veto, review), review, max(review, _precise(p, y, aims.block)))
        else:
            said = p[y]
            doubt = (
                float(np.floor(np.quantile(said, aims.doubt) * 1000) / 1000)
                if len(said) >= LEAST_DISCLOSED
                else 0.0
            )
            found[name] = Band(min(doubt, 0.3), _precise(p, y, aims.disclosure), NEVER)
    return found


def _steps(least: float = 0.1) -> np.ndarray:
    return np.arange(least, 0.96, 0.01) + 0.0005  # between two rounded probabilities


def _best(p: np.ndarray, y: np.ndarray, aims: Aims) -> float:
    """The threshold of the highest F-score, from `least` upwards."""
    b = aims.recall_weight**2
    scored = [(0.0, 0.9505)]
    for t in _steps(aims.least):
        hits = p >= t
        if right := float((hits & y).sum()):
            precision, recall = right / hits.sum(), right / y.sum()
            scored.append(((1 + b) * precision * recall / (b * precision + recall), float(t)))
    return round(max(scored)[1], 4)


def _precise(p: np.ndarray, y: np.ndarray, least: float) -> float:
    """The lowest threshold from which on hits are right so often."""
    for t in _steps():
        hits = p >= t
        if hits.sum() >= LEAST_HITS and (hits & y).sum() / hits.sum() >= least:
            return round(float(t), 4)
    return NEVER


def _veto(hits: Sequence[tuple[float, bool]], share: float) -> float:
    """The highest probability below which so few of the weak hits are right."""
    best, right = 0.0, 0
    for count, (p, is_right) in enumerate(hits, 1):
        right += is_right
        if count >= LEAST_HITS and right / count <= share:
            best = round(min(p, 0.5), 4)
    return best
