"""`near`: one phrase of each role, near each other in a clause or sentence."""

from __future__ import annotations

from collections.abc import Iterator

from compliance_guard.matching.finder import Hit
from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match

MAX_TRIES = 50
"""How many hits of the first role are tried in one unit: more are no sentence, but an attack."""


class CompiledNear(Compiled):
    """Roles as phrase sets; the hit spans all of them."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._roles = [self.phrases(role) for role in self.rule.all]
        self.main = self._roles[0]

    def find(self, case: Case) -> Iterator[Match]:
        """For each unit, the first combination in which every role stands."""
        if not all(role.triggered(case.scan) for role in self._roles):
            return
        for unit in dict.fromkeys(unit for _, unit in case.matches_in(self._roles[0], self.rule.scope)):
            chosen = self._combination(case, unit)
            if chosen is None:
                continue
            start, end = min(s for s, _ in chosen), max(e for _, e in chosen)
            head_start, head_end = chosen[-1]
            if self.stands(case, head_start, head_end, unit) and self.stands(case, start, end, unit):
                words = [case.reading.text[s:e] for s, e in chosen]
                yield Match(start, end, {"matched": case.reading.text[start:end], "roles": words})

    def _combination(self, case: Case, unit: Hit) -> list[Hit] | None:
        firsts, *others = (sorted(set(role.matches(case.scan, *unit))) for role in self._roles)
        for first in firsts[:MAX_TRIES]:
            chosen = [first]
            for hits in others:
                nearest = self._nearest(hits, chosen)
                if nearest is None:
                    break
                chosen.append(nearest)
            else:
                return chosen
        return None

    def _nearest(self, hits: list[Hit], chosen: list[Hit]) -> Hit | None:
        last_start, last_end = chosen[-1]
        best: tuple[int, Hit] | None = None
        for start, end in hits:
            if any(start < e and s < end for s, e in chosen) or (self.rule.ordered and start < last_end):
                continue
            gap = max(start - last_end, last_start - end)
            if self.rule.distance is not None and gap > self.rule.distance:
                continue
            if best is None or gap < best[0]:
                best = (gap, (start, end))
        return best[1] if best else None
