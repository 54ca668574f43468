"""The one place where findings become a decision. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from compliance_guard.domain import Finding, NotEvaluated, Outcome


def decide(findings: Iterable[Finding], unanswered: Iterable[NotEvaluated], required: frozenset[str]) -> Outcome:
    """The verdict.

    Args:
        findings: what was found.
        unanswered: checks that did not run, or failed.
        required: ids of checks without which nothing passes.

    Returns:
        `block` if anything blocks; else `review` if anything asks for it or a required check did not run; else
        `pass`.
    """
    severities = {finding.severity for finding in findings}
    if "block" in severities:
        return "block"
    if "review" in severities or any(check.check in required for check in unanswered):
        return "review"
    return "pass"
