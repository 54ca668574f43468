"""`disclosure`: what the copy must say where it is due; satisfied by meaning and polarity, not by words alone."""

from __future__ import annotations

from collections.abc import Iterator

from compliance_guard.matching.finder import Finder
from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match

UNDERCUT_REACH = 60
"""Code points after a disclosure within which a remark can take it back."""


class CompiledDisclosure(Compiled):
    """Due, and not said in all its parts."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._due = self.patterns(self.rule.due_if)
        self._parts = [self.patterns(part) for part in self.rule.satisfied_by]
        self._undercut = self.patterns(self.rule.undercut_by)
        self._lifted = self.patterns(self.rule.lifted_by)
        self._anyway = self.patterns(self.rule.due_anyway_if)

    def find(self, case: Case) -> Iterator[Match]:
        """One match without a span if it is due and a part is missing."""
        request = case.request
        if (request.excerpt and not self.rule.in_excerpts) or "internal" in (request.audience, request.channel):
            return
        if self._due and not self._due.triggered(case.copy.scan):
            return
        missing = [i for i, part in enumerate(self._parts, 1) if part is not None and not self._said(case, part)]
        if missing and self._is_due(case):
            yield Match(evidence={"missing_parts": missing, "parts": len(self._parts)})

    def _is_due(self, case: Case) -> bool:
        if self._due and not self._put_forward(case, self._due):
            return False
        if self._lifted and case.copy.found(self._lifted):
            return self._anyway is not None and self._put_forward(case, self._anyway)
        return True

    @staticmethod
    def _put_forward(case: Case, what: Finder) -> bool:
        return any(
            case.reading.polarity(s, e, later_denial=False) in {"asserted", "asked"}
            for s, e in case.copy.matches(what)
        )

    def _said(self, case: Case, part: Finder) -> bool:
        return any(
            case.reading.polarity(start, end, later_denial=False) in self.rule.polarity
            and not self._taken_back(case, start, end)
            for (start, end), _ in case.copy.matches_in(part, self.rule.scope)
        )

    def _taken_back(self, case: Case, start: int, end: int) -> bool:
        if self._undercut is None:
            return False
        text = case.reading.text
        return case.copy.found_in(self._undercut, (max(0, start - 20), min(len(text), end + UNDERCUT_REACH)))
