"""`prominence`: a disclosure that is due and said, but not so that a person would see it beside the claim."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from compliance_guard.reading.fold import is_chinese
from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match, Said, Shown, applies
from compliance_guard.rules.rule import Header

Faults = dict[str, Any]

_BLANKS = re.compile(r"\n(?:[ \t\u3000\u200b\u00a0.·•。|]{0,40}\n){2,}")
"""Lines with nothing on them, or only what is there to fill them."""


_UNSEEN = re.compile(r"[\n\u200b-\u200f\u2060\ufeff\u00ad]+")
MOST_PLACES = 200
"""At how many places one disclosure or claim is looked at: a copy that says it more often is no honest copy."""


class CompiledProminence(Compiled):
    """Every place at which some due disclosure is said has a fault that the rule names."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._claim = self.patterns(self.rule.claim)
        self._watched: list[Compiled] = []
        self._in_force: Callable[[Header, date], bool] = lambda rule, day: True

    def meet(self, others: Iterable[Compiled], in_force: Callable[[Header, date], bool]) -> None:
        """Watch the disclosures of the rule's categories."""
        of, but = self.rule.of, self.rule.not_of
        self._in_force = in_force
        self._watched = [
            other
            for other in others
            if other.rule.kind == "disclosure"
            and (not of or other.rule.category in of)
            and other.rule.category not in but
        ]

    def find(self, case: Case) -> Iterator[Match]:
        """One match for each disclosure of which a part cannot be seen properly."""
        if not self._may_be_spoilt(case):
            return
        request = case.request
        product = request.product
        context = (product.kind if product else None, product.subkind if product else None)
        for watched in self._watched:
            rule = watched.rule
            if not applies(rule, *context, request.channel, request.audience) or not self._in_force(
                rule, request.as_of
            ):
                continue
            shown = watched.shown(case)
            spoilt = self._spoilt(case, rule, shown) if shown else None
            if spoilt is not None:
                yield spoilt

    def _may_be_spoilt(self, case: Case) -> bool:
        """Whether anything about the copy lets a disclosure be unclear: most messages are plain and short."""
        rule = self.rule
        text = case.request.text
        if rule.on_layout and case.layout.known:
            return True
        return (
            (rule.behind is not None and len(text) > rule.behind)
            or (
                rule.blank_lines is not None
                and text.count("\n") > rule.blank_lines
                and _BLANKS.search(text) is not None
            )
            or (rule.wedged is not None and (len(text) > len(case.reading.text) + 3 or bool(case.reading.torn)))
        )

    def _spoilt(self, case: Case, disclosure: Header, shown: Shown) -> Match | None:
        for part in shown.parts:
            seen: tuple[Said, Faults] | None = None
            for said in part[:MOST_PLACES]:
                faults = self._faults(case, disclosure, shown, said)
                if not faults:
                    break
                if seen is None or len(faults) < len(seen[1]):
                    seen = said, faults
            else:
                if seen is not None:
                    return _match(disclosure, *seen)
        return None

    def _faults(self, case: Case, disclosure: Header, shown: Shown, said: Said) -> Faults:
        if said.aside is not None:
            torn = said.aside.aside == "torn"
            asked = self.rule.wedged is not None if torn else self.rule.on_layout
            return {"shown": said.aside.aside} if asked else {}
        start, end = case.reading.to_original(said.start, said.end)
        faults: Faults = {}
        if self.rule.on_layout and case.layout.known:
            faults |= self._of_looks(case, shown, start, end)
        if self.rule.wedged is not None:
            faults |= self._of_spelling(case, said)
        if self.rule.behind is not None or self.rule.blank_lines is not None:
            faults |= self._of_place(case, disclosure, said, start)
        return faults

    def _of_looks(self, case: Case, shown: Shown, start: int, end: int) -> Faults:
        rule, look = self.rule, case.layout.look(start, end)
        if look.hidden:
            return {"shown": look.hidden}
        if look.aside and look.aside not in {"header", "footer"}:
            return {"shown": look.aside}
        if look.collapsed:
            return {"shown": "collapsed"}
        if look.struck:
            return {"shown": "struck"}
        faults: Faults = {}
        usual = case.layout.usual(look)
        if look.size is not None:
            claim = _largest(self._claim_sizes(case, shown), start, end) or usual.size
            small = claim is not None and look.size < rule.of_claim * claim
            smaller = usual.size is None or look.size < usual.size
            far_smaller = claim is not None and look.size < rule.of_claim_always * claim
            if look.size < rule.least_size or (small and smaller and look.size < rule.legible) or far_smaller:
                faults |= {"size": look.size, "claim_size": claim}
        if look.contrast is not None and look.contrast < rule.least_contrast:
            best = usual.contrast
            if best is None or best > look.contrast:
                faults |= {"contrast": look.contrast, "body_contrast": best}
        return faults

    def _claim_sizes(self, case: Case, shown: Shown) -> list[tuple[float, int, int]]:
        """Size and place of the words that make the claim, the largest first."""
        places = [case.reading.to_original(s, e) for s, e in (*shown.claims, *self._claims(case))[:MOST_PLACES]]
        sizes = ((case.layout.look(start, end).size, start, end) for start, end in places)
        return sorted(((size, s, e) for size, s, e in sizes if size is not None), reverse=True)

    def _claims(self, case: Case) -> list[tuple[int, int]]:
        return case.copy.matches(self._claim) if self._claim else []

    def _of_spelling(self, case: Case, said: Said) -> Faults:
        """Signs put between the characters: what the folded text left out, markup aside."""
        starts = case.reading.folded.starts
        wedges = gaps = 0
        text = case.reading.text
        first, last = case.reading.clauses.around(said.start)
        for index in range(first, min(max(last, said.end), first + 200) - 1):
            if not (is_chinese(text[index]) and is_chinese(text[index + 1])):
                continue
            gaps += 1
            between = case.request.text[starts[index] + 1 : starts[index + 1]]
            wedges += bool(_UNSEEN.sub("", between)) and not between.startswith(("<", "**", "__"))
        if gaps >= 2 and wedges >= self.rule.wedged * gaps:
            return {"wedged": round(wedges / gaps, 2)}
        return {}

    def _of_place(self, case: Case, disclosure: Header, said: Said, start: int) -> Faults:
        """How far behind the claim it stands."""
        text = case.request.text
        claims = self._claims(case)
        before = bisect_left(claims, (said.start,))
        nearest = 0
        if before and disclosure.place != "start":
            nearest = case.reading.to_original(*claims[before - 1])[1]
        faults: Faults = {}
        if self.rule.behind is not None and start - nearest > self.rule.behind:
            faults["distance"] = start - nearest
        if self.rule.blank_lines is not None:
            gaps = [m.group().count("\n") - 1 for m in _BLANKS.finditer(text, max(0, nearest - 1), start)]
            if max(gaps, default=0) >= self.rule.blank_lines:
                faults["blank_lines"] = max(gaps)
        return faults


def _largest(sizes: Iterable[tuple[float, int, int]], start: int, end: int) -> float | None:
    """The largest size of a claim that is not the disclosure itself."""
    return next((size for size, first, last in sizes if last <= start or end <= first), None)


def _match(disclosure: Header, said: Said, faults: Faults) -> Match:
    evidence = {
        "of": disclosure.category,
        "rule": disclosure.id,
        **{k: v for k, v in faults.items() if v is not None},
    }
    if said.aside is None:
        return Match(said.start, said.end, evidence)
    if said.aside.aside == "torn":
        return Match(said.aside.start, said.aside.end, evidence, in_original=True)
    start, end = said.copy.reading.to_original(said.start, said.end)
    return Match(said.aside.start + start, said.aside.start + end, evidence, in_original=True)
