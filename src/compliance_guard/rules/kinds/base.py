"""What all kinds share: the header's conditions, compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compliance_guard.domain import Product
from compliance_guard.matching import Automaton, Finder, Hit
from compliance_guard.reading.fold import fold_pattern, fold_phrase
from compliance_guard.reading.layout import Run
from compliance_guard.rules.case import Case, Copy
from compliance_guard.rules.conditions import all_of
from compliance_guard.rules.rule import AppliesTo, Header, TextRule

Expand = Callable[[str], Any]

CONTEXT_REACH = 240
"""Code points around a hit that count as its context in a long document."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a rule holds: a folded span (or one of the copy as given), None for an omission; and what shows it."""

    start: int | None = None
    end: int | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    in_original: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A place where the copy says part of what a disclosure asks; in an aside, positions are those of `copy`."""

    start: int
    end: int
    copy: Copy
    aside: Run | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A disclosure that is due: where each of its parts is said, and the words that made it due."""

    parts: tuple[tuple[Said, ...], ...]
    claims: tuple[Hit, ...] = ()


class Compiled:
    """A rule ready to run.

    Args:
        rule: the rule.
        automaton: takes the rule's finders.
        phrases: writes a phrase out (`<word set>` references).
        pattern: the same for a pattern.
    """

    def __init__(self, rule: Any, automaton: Automaton, phrases: Expand, pattern: Expand) -> None:
        self.rule: Any = rule
        self._automaton, self._phrases, self._pattern = automaton, phrases, pattern
        self.finders: list[Finder] = []
        self._where = all_of(rule.where)
        self._requires = self.patterns(rule.requires_text)
        self._unless_text = self.patterns(rule.unless_text)
        self._unless = self.patterns(rule.unless) if isinstance(rule, TextRule) else None
        self.main: Finder | None = None  # without candidates of which the rule cannot hold

    def patterns(self, patterns: Iterable[str]) -> Finder | None:
        """A registered finder of patterns; None of none."""
        expanded = [q for p in patterns for q in self._pattern(p)]
        return self._add(Finder(map(fold_pattern, expanded))) if expanded else None

    def phrases(self, phrases: Iterable[str]) -> Finder:
        """A registered finder of phrases."""
        written = [fold_phrase(w) for p in phrases for w in self._phrases(p)]
        return self._add(Finder([w for w in written if w], literal=True))

    def _add(self, finder: Finder) -> Finder:
        shared = self._automaton.add(finder)
        self.finders.append(shared)
        return shared

    def concerns(self, case: Case) -> bool:
        """Whether the facts and the copy meet the rule's general conditions."""
        return self._where(case.facts) and not (self._requires and not case.copy.found(self._requires))

    def run(self, case: Case) -> Iterator[Match]:
        """Where the rule holds in this case."""
        if not self.concerns(case):
            return
        if self._unless_text is None or not case.copy.found(self._unless_text):
            yield from self.find(case)
        elif len(case.reading.text) > CONTEXT_REACH:
            # In a long document an exception far away says nothing about this sentence.
            exceptions = case.copy.matches(self._unless_text)
            yield from (m for m in self.find(case) if not _beside(m, exceptions))

    def meet(self, others: Iterable[Compiled], in_force: Callable[[Header, date], bool]) -> None:
        """Get to know the other rules, once all are compiled; most rules have no use for them."""

    def shown(self, case: Case) -> Shown | None:
        """What a disclosure that is due here has in the copy; None if the rule is none, or it is not due."""
        return None

    def find(self, case: Case) -> Iterator[Match]:
        """Where the kind's own condition holds."""
        raise TypeError(f"{type(self).__name__} 没有实现 find")

    def stands(self, case: Case, start: int, end: int, unit: tuple[int, int], *, later_denial: bool = True) -> bool:
        """Whether a hit has the polarity that the rule asks for, and no exception beside it."""
        if self._unless and case.copy.found_in(self._unless, unit):
            return False
        return case.reading.polarity(start, end, later_denial=later_denial) in self.rule.polarity


def _beside(match: Match, hits: Iterable[Hit]) -> bool:
    if match.start is None or match.end is None or match.in_original:
        return True
    low, high = match.start - CONTEXT_REACH, match.end + CONTEXT_REACH
    return any(start < high and low < end for start, end in hits)


def applies(
    rule: Header, product: str | None, subkind: str | None, channel: str | None, audience: str | None
) -> bool:
    """Whether a rule is about this kind of product, channel and audience.

    What is not known (None) does not rule a claim out: copy without its product or channel is judged by the
    claims of all of them, and `narrowed` then caps the severity. Duties and tables need to know.
    """
    to: AppliesTo = rule.applies_to
    lenient = rule.category.startswith("claim.")
    return (
        _fits(to.products, to.not_products, product, lenient)
        and _fits(to.subkinds, to.not_subkinds, subkind, product is None and lenient)
        and _fits(to.channels, to.not_channels, channel, lenient)
        and _fits(to.audiences, to.not_audiences, audience, False)
    )


def narrowed(rule: Header, product: str | None, channel: str | None) -> bool:
    """Whether the rule is about certain products or channels only, and this request does not say which it is."""
    to: AppliesTo = rule.applies_to
    return (to.products is not None and product is None) or (to.channels is not None and channel is None)


def about_others(rule: Header, named: frozenset[str] | None, product: Product | None) -> bool:
    """Whether the rule is about kinds of product of which the copy, by its own words, is none.

    Args:
        rule: the rule.
        named: the kinds that the copy names, `none` for talk of money; None where the request says which it is.
        product: None if not known; of kind `none` where the copy is said to be about no product.
    """
    if named is None:
        return False
    if product is not None:
        return rule.applies_to.only_if_named and not named
    products = rule.applies_to.products
    kinds = named - {"none"}
    if products is None:
        return False
    return kinds.isdisjoint(products) if kinds else rule.applies_to.only_if_named


def exempt(rule: Header, named: frozenset[str] | None) -> bool:
    """Whether the copy, by its own words, is only about kinds of product that the rule leaves out.

    Words do not make a product: what they claim to be is looked at by a person.
    """
    kinds = (named or frozenset()) - {"none"}
    return bool(kinds) and kinds <= frozenset(rule.applies_to.not_products or ())


def _fits(only: tuple[str, ...] | None, but: tuple[str, ...] | None, value: str | None, lenient: bool) -> bool:
    if value is None:
        return only is None or lenient
    return (only is None or value in only) and (but is None or value not in but)
