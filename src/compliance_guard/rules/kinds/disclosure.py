"""`disclosure`: what the copy must say where it is due; satisfied by meaning and polarity, not by words alone."""

from __future__ import annotations

from collections.abc import Iterator

from compliance_guard.matching.finder import Finder
from compliance_guard.rules.case import Case, Copy
from compliance_guard.rules.kinds.base import Compiled, Match, Said, Shown

UNDERCUT_REACH = 60
"""Code points after a disclosure within which a remark can take it back."""


class CompiledDisclosure(Compiled):
    """Due, and not said in all its parts."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._due = self.patterns(self.rule.due_if)
        self._parts = [part for p in self.rule.satisfied_by if (part := self.patterns(p)) is not None]
        self._denied = self.patterns(self.rule.or_by_denying)
        self._undercut = self.patterns(self.rule.undercut_by)
        self._reversed = self.patterns(self.rule.reversed_by)
        self._other = self.patterns(self.rule.not_about)
        self._lifted = self.patterns(self.rule.lifted_by)
        self._anyway = self.patterns(self.rule.due_anyway_if)

    def find(self, case: Case) -> Iterator[Match]:
        """One match without a span if it is due and a part is missing."""
        if self._not_asked(case):
            return
        missing = [i for i, part in enumerate(self._parts, 1) if not self._said_anywhere(case, part)]
        if missing and self._is_due(case):
            yield Match(evidence={"missing_parts": missing, "parts": len(self._parts)} | self._beside(case))

    def _beside(self, case: Case) -> dict[str, int]:
        """Where the sentence ends that the wording belongs to: code points of the copy as given."""
        hits = case.copy.matches(self._due) if self._due and self.rule.place == "beside_claim" else []
        if not hits:
            return {}
        start, end = case.reading.sentences.around(hits[-1][1] - 1)
        said = case.reading.text[start:end].rstrip()
        return {"beside": case.reading.to_original(start, start + len(said))[1]}

    def shown(self, case: Case) -> Shown | None:
        """Where each part is said, in the text or beside it."""
        if self._not_asked(case) or not self.concerns(case) or not self._is_due(case):
            return None
        read = [(None, case.copy), *case.asides]
        parts = tuple(
            tuple(Said(s, e, copy, run) for run, copy in read for s, e in self._said(copy, part))
            for part in self._parts
        )
        return Shown(parts, tuple(case.copy.matches(self._due)) if self._due else ())

    def _not_asked(self, case: Case) -> bool:
        request = case.request
        return (
            (request.excerpt and not self.rule.in_excerpts)
            or "internal" in (request.audience, request.channel)
            or (self._due is not None and not self._due.triggered(case.copy.scan))
        )

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

    def _said_anywhere(self, case: Case, part: Finder) -> bool:
        """What nobody can see is no omission: `prominence` tells of it."""
        heard, opinion = self.rule.heard_as, case.opinion if self.rule.heard_as else None
        if opinion is not None and not case.copy.found(part) and opinion.discloses(heard):
            return True  # in words that the rule does not know; known words, taken back, are not heard otherwise
        said = (hit for hit in self._said(case.copy, part) if opinion is None or not opinion.doubts(heard, *hit))
        return any(True for _ in said) or any(next(self._said(aside, part), None) for _, aside in case.asides)

    def _said(self, copy: Copy, part: Finder) -> Iterator[tuple[int, int]]:
        hits = [(hit, self.rule.polarity) for hit, _ in copy.matches_in(part, self.rule.scope)]
        if self._denied is not None:
            hits += [(hit, ("denied", "condemned")) for hit in copy.matches(self._denied)]
        for (start, end), polarity in hits:
            if copy.reading.polarity(start, end, later_denial=False) not in polarity:
                continue
            if not self._taken_back(copy, start, end) and not self._of_another_thing(copy, start, end):
                yield start, end

    def _of_another_thing(self, copy: Copy, start: int, end: int) -> bool:
        """Whether the words belong to a saying about something else: 贷款有风险 in the copy of a fund."""
        return self._other is not None and any(s < end and start < e for s, e in copy.matches(self._other))

    def _taken_back(self, copy: Copy, start: int, end: int) -> bool:
        """Waved away beside the hit, or reversed after it."""
        last = min(len(copy.reading.text), end + UNDERCUT_REACH)
        first = max(0, start - 20, copy.reading.text.rfind("\n", 0, start) + 1)
        if self._undercut is not None and copy.found_in(self._undercut, (first, last)):
            return True
        return self._reversed is not None and copy.found_in(self._reversed, (start, last))
