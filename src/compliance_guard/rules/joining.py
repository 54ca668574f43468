"""Where rules and the classifier meet: who finds the same is stronger, who stands alone is weaker. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from compliance_guard.domain import Severity
from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Match
from compliance_guard.rules.rule import Header

DECIMALS = 3
_RANK: dict[Severity, int] = {"advice": 0, "review": 1, "block": 2}


@dataclass(frozen=True, slots=True)
class Joined:
    """What a match comes to when both have been heard."""

    severity: Severity
    confidence: float
    evidence: dict[str, Any] = field(default_factory=dict)


def joined(rule: Header, severity: Severity, match: Match, case: Case) -> Joined:
    """A match's weight.

    - The classifier alone asks for a person; it blocks only where it is sure by its calibration, and the
      claim is one that blocks.
    - A rule whose hit asks for a person, in a sentence of which the classifier is sure that it makes no such
      claim, is no more than advice. A rule that blocks is never overruled.
    - Where both find the claim, the chance that both err is the product of theirs.
    """
    if rule.kind == "classified":  # type: ignore[attr-defined]
        alone: Severity = "block" if match.evidence["sure"] and severity == "block" else "review"
        return Joined(alone, match.evidence["probability"])
    plain = match.start is not None and match.end is not None and not match.in_original
    if not plain or case.opinion is None or (band := case.opinion.bands.get(rule.category)) is None:
        return Joined(severity, rule.confidence)
    probability = case.opinion.probability(rule.category, match.start, match.end)  # type: ignore[arg-type]
    told = {"classifier": probability}
    if severity == "review" and probability < band.veto:
        return Joined("advice", rule.confidence, told | {"overruled": True})
    if probability < band.review:
        return Joined(severity, rule.confidence, told)
    return Joined(severity, round(1 - (1 - rule.confidence) * (1 - probability), DECIMALS), told)


class Told:
    """What words have already been found to claim, by category and sentence."""

    def __init__(self, case: Case) -> None:
        self._sentences = case.reading.sentences
        self._ranks: dict[tuple[str, int], int] = {}

    def add(self, category: str, severity: Severity, match: Match) -> None:
        """Keep what a rule of words found."""
        if match.start is None or match.end is None or match.in_original:
            return
        for index in range(
            self._sentences.index(match.start), self._sentences.index(max(match.start, match.end - 1)) + 1
        ):
            key = category, index
            self._ranks[key] = max(self._ranks.get(key, 0), _RANK[severity])

    def holds(self, category: str, severity: Severity, match: Match) -> bool:
        """Whether the same was found in the sentence, at least as strongly."""
        assert match.start is not None
        return self._ranks.get((category, self._sentences.index(match.start)), 0) >= _RANK[severity]
