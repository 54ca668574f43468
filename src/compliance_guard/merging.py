"""Findings in order, with several rules' hits on the same words told once."""

from __future__ import annotations

from collections.abc import Iterable

from compliance_guard.domain import Finding, Span

_RANK = {"block": 0, "review": 1, "advice": 2}


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order by position, then rule id; of one category's overlapping findings the strongest stays.

    The others' rule ids stand in its `evidence["also"]`. Omissions of the same category merge too.
    """
    kept: list[Finding] = []
    for finding in sorted(findings, key=_strength):
        twin = next((i for i, other in enumerate(kept) if _same_matter(finding, other)), None)
        if twin is None:
            kept.append(finding)
            continue
        other = kept[twin]
        also = sorted({*other.evidence.get("also", ()), finding.rule_id} - {other.rule_id})
        kept[twin] = other.model_copy(
            update={"evidence": {**other.evidence, "also": also} if also else other.evidence}
        )
    return tuple(sorted(kept, key=_position))


def _strength(finding: Finding) -> tuple[int, int, str, int]:
    span = finding.span
    length = span.end - span.start if span else 0
    return _RANK[finding.severity], -length, finding.rule_id, span.start if span else -1


def _position(finding: Finding) -> tuple[int, int, str]:
    span = finding.span
    return (span.start, span.end, finding.rule_id) if span else (1 << 60, 0, finding.rule_id)


def _same_matter(one: Finding, other: Finding) -> bool:
    if one.category != other.category or one.source != other.source:
        return False
    if one.span is None or other.span is None:
        return one.span is other.span is None
    return _overlap(one.span, other.span)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
