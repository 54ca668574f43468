"""Findings in order, with several rules' hits on the same words told once."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from compliance_guard.domain import Finding

_RANK = {"block": 0, "review": 1, "advice": 2}
_OMISSION = (-1, 0)
"""Where all findings without a span stand: omissions of one category are one matter."""


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order by position, then rule id; of one category's overlapping findings the strongest stays.

    The others' rule ids stand in its `evidence["also"]`, and what they measured beside what it did. Omissions of
    the same category merge too.
    """
    matters: dict[tuple[str, str], _Matters] = defaultdict(_Matters)
    for finding in sorted(findings, key=_strength):
        matters[finding.category, _reader(finding)].add(finding)
    return tuple(sorted((f for m in matters.values() for f in m.told()), key=_position))


def _reader(finding: Finding) -> str:
    """Rules and the classifier read the same words."""
    return "rule" if finding.source == "classifier" else finding.source


class _Matters:
    """Findings of one category that do not overlap, and the rules that found the same."""

    def __init__(self) -> None:
        self._places: list[tuple[int, int]] = []  # sorted, none overlapping
        self._kept: dict[tuple[int, int], tuple[Finding, list[Finding]]] = {}

    def add(self, finding: Finding) -> None:
        """Keep a finding, or hold it beside the stronger one on the same words."""
        start, end = place = _place(finding)
        index = bisect_left(self._places, place)
        for neighbour in self._places[max(0, index - 1) : index + 1]:
            if neighbour == place or (neighbour[0] < end and start < neighbour[1]):
                self._kept[neighbour][1].append(finding)
                return
        self._places.insert(index, place)
        self._kept[place] = finding, []

    def told(self) -> Iterable[Finding]:
        """The findings, with the other rules as evidence."""
        for finding, others in self._kept.values():
            also = sorted({other.rule_id for other in others} - {finding.rule_id})
            if also:
                measured = {k: v for other in others for k, v in other.evidence.items() if type(v) in (int, float)}
                yield finding.model_copy(update={"evidence": {**measured, **finding.evidence, "also": also}})
            else:
                yield finding


def _place(finding: Finding) -> tuple[int, int]:
    return (finding.span.start, finding.span.end) if finding.span else _OMISSION


def _strength(finding: Finding) -> tuple[int, int, str, int]:
    start, end = _place(finding)
    return _RANK[finding.severity], start - end, finding.rule_id, start


def _position(finding: Finding) -> tuple[int, int, str]:
    span = finding.span
    return (span.start, span.end, finding.rule_id) if span else (1 << 60, 0, finding.rule_id)
