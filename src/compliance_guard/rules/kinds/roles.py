"""`roles`: one expression of each role, near each other: who promises, what, of which thing, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from compliance_guard.matching.finder import Hit
from compliance_guard.rules.case import Case
from compliance_guard.rules.kinds.base import Compiled, Match

MAX_HITS = 40
"""How many hits of all roles are looked at in one unit: more are no sentence, but an attack."""


class CompiledRoles(Compiled):
    """Roles as pattern sets; the hit spans all of them."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        found = {name: self.patterns(patterns) for name, patterns in self.rule.roles.items()}
        self._roles = {name: finder for name, finder in found.items() if finder is not None}
        self._finders = tuple(self._roles.values())
        self.main = self._finders[0]

    def find(self, case: Case) -> Iterator[Match]:
        """For each unit, the first combination in which every role stands, and reads as the rule asks."""
        if not all(finder.triggered(case.copy.scan) for finder in self._finders):
            return
        scope = self.rule.scope
        by_unit: dict[Hit, list[tuple[int, int, str]]] = {}
        for name, finder in self._roles.items():
            hits = case.copy.matches_in(finder, scope)
            if not hits:
                return
            for (start, end), unit in hits:
                by_unit.setdefault(unit, []).append((start, end, name))
        for unit, found in by_unit.items():
            if len({name for _, _, name in found}) < len(self._roles):
                continue
            chosen = self._chain(sorted(islice(sorted(found), MAX_HITS)), case, unit)
            if chosen is None:
                continue
            start, end = chosen[0][0], chosen[-1][1]
            if self.stands(case, start, end, unit):
                text = case.reading.text
                roles = {name: text[s:e] for s, e, name in chosen}
                yield Match(start, end, {"matched": text[start:end], "roles": roles})

    def _chain(self, hits: list[tuple[int, int, str]], case: Case, unit: Hit) -> list[tuple[int, int, str]] | None:
        """One hit of each role, left to right, none overlapping, no gap wider than `within`."""
        hits = [h for h in hits if self._reads(h, case, unit)]
        dead: set[tuple[int, frozenset[str]]] = set()  # beginnings from which no chain can be completed

        def after(index: int, chosen: list[tuple[int, int, str]]) -> list[tuple[int, int, str]] | None:
            names = frozenset(name for _, _, name in chosen)
            if len(names) == len(self._roles):
                return chosen
            if (index, names) in dead:
                return None
            for following in range(index, len(hits)):
                start, _, name = hits[following]
                if chosen and (start < chosen[-1][1] or start - chosen[-1][1] > self.rule.within):
                    continue
                if name in names or not self._in_order(name, names):
                    continue
                complete = after(following + 1, [*chosen, hits[following]])
                if complete is not None:
                    return complete
            dead.add((index, names))
            return None

        return after(0, [])

    def _in_order(self, name: str, before: frozenset[str]) -> bool:
        order = self.rule.order
        return name not in order or before.issuperset(order[: order.index(name)])

    def _reads(self, hit: tuple[int, int, str], case: Case, unit: Hit) -> bool:
        start, end, name = hit
        return name in self.rule.any_polarity or self.stands(case, start, end, unit)
