"""The engine: all rules of all packs compiled, run over one case, findings with law and suggestion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import re2

from compliance_guard.domain import PRODUCT_FIELDS, Finding, Request, Span
from compliance_guard.matching.finder import Automaton, Finder
from compliance_guard.opinion import Classifier
from compliance_guard.reading import Reading, read
from compliance_guard.reading.annualised import AnnualCost
from compliance_guard.reading.disguise import Unmasking
from compliance_guard.reading.fold import fold_pattern, fold_phrase
from compliance_guard.rules.case import Case, Copy, Undisguised
from compliance_guard.rules.decisions import DecisionTable
from compliance_guard.rules.facts import facts_of
from compliance_guard.rules.joining import Told, joined
from compliance_guard.rules.kinds import KINDS, Compiled, Match
from compliance_guard.rules.kinds.base import about_others, applies, exempt, narrowed
from compliance_guard.rules.pack import Library, Pack
from compliance_guard.rules.rule import Header

JOINED_WITHIN = 8
"""Code points between two matches of one rule that are told as one."""

REMEMBERED_COPIES = 128
REMEMBERED_LENGTH = 1_000
"""The latest short copies stay read, up to so many code points each: a message goes out to many customers."""

_FACT = r"(?:product|contact|computed)\.[\w.]+"
_SLOT = re.compile(rf"\{{({_FACT}(?:\|(?:{_FACT}|'[^'{{}}|]*'))*)\}}")
_COMPUTED_APR = "computed.apr"


@dataclass(frozen=True)
class Active:
    """The rules of one family that apply to a context on a day: by main finder, those that always run, those that
    the classifier answers, and those that facts alone decide."""

    by_finder: dict[int, list[Compiled]]
    always: tuple[Compiled, ...]
    classified: tuple[Compiled, ...]
    decisions: DecisionTable


class Engine:
    """Compiled rules. Immutable after construction, shared between threads.

    Args:
        library: the packs' rules.
        classifier: what reads for what no rule can list, if anything does.

    Raises:
        PackError: a rule that does not compile, with file and line.
    """

    def __init__(self, library: Library, classifier: Classifier | None = None) -> None:
        self.library, self.classifier = library, classifier
        self.automaton = Automaton()
        self.compiled: list[Compiled] = [self._compile(pack, rule) for pack, rule in library.rules]
        self._naming = {
            kind: self.automaton.add(Finder(map(fold_pattern, words)))
            for kind, words in library.product_words.items()
        }
        for compiled in self.compiled:
            compiled.meet(self.compiled, library.in_force)
        self.automaton.freeze(_ordinary_texts(library))
        self._unmasking = Unmasking(library.disguised)
        self.active = lru_cache(maxsize=1024)(self._active)
        self._latest = lru_cache(maxsize=REMEMBERED_COPIES)(self._read)
        self._latest_beside = lru_cache(maxsize=REMEMBERED_COPIES)(self._read_beside)

    def _compile(self, pack: Pack, rule: Header) -> Compiled:
        library = self.library
        try:
            return KINDS[rule.kind](  # type: ignore[attr-defined]
                rule, self.automaton, lambda p: library.phrases(pack, p), lambda p: library.patterns(pack, p)
            )
        except KeyError as error:
            raise library.fail(pack, rule, f"没有词集 {error}", "在 lexicon 里定义,或在 uses 里引用") from error
        except (re.error, ValueError) as error:
            raise library.fail(
                pack, rule, f"表达式有误: {error}", "用 RE2 的常见写法;不支持回溯引用和环视"
            ) from error

    def compile_everything(self) -> None:
        """Let RE2 compile every pattern now, not on first use.

        Raises:
            PackError: a pattern that RE2 refuses.
        """
        owners = {c.rule.id: (p, c.rule) for c, (p, _) in zip(self.compiled, self.library.rules, strict=True)}
        for compiled in self.compiled:
            for finder in compiled.finders:
                for alternative in finder.alternatives:
                    try:
                        if alternative.exact is None:
                            alternative.compile()
                    except re2.error as error:
                        pack, rule = owners[compiled.rule.id]
                        raise self.library.fail(
                            pack, rule, f"RE2 不接受 {alternative.pattern}: {error}", "换一种写法"
                        ) from error

    def case(self, request: Request, cut: Callable[[str], list[str]]) -> Case:
        """The case of a request.

        Args:
            request: as validated.
            cut: the word segmenter, asked only if a rule asks for words.
        """
        copy = (self._latest if len(request.text) <= REMEMBERED_LENGTH else self._read)(request.text, cut)
        return Case(request, copy, facts_of(request), self.classifier)

    def _read(self, text: str, cut: Callable[[str], list[str]]) -> Copy:
        reading = read(text, cut)
        undisguised = tuple(
            Undisguised(self._copy(Reading(text, u.folded, cut), cut), u.disguises)
            for u in self._unmasking.unmask(text, reading.folded, cut)
        )
        return self._copy(reading, cut, undisguised)

    def _beside(self, text: str, cut: Callable[[str], list[str]]) -> Copy:
        """What stands beside a copy, or torn in it: asked for disclosures only, and often the same words again."""
        return (self._latest_beside if len(text) <= REMEMBERED_LENGTH else self._read_beside)(text, cut)

    def _read_beside(self, text: str, cut: Callable[[str], list[str]]) -> Copy:
        return self._copy(read(text, cut), cut)

    def _copy(
        self, reading: Reading, cut: Callable[[str], list[str]], undisguised: tuple[Undisguised, ...] = ()
    ) -> Copy:
        return Copy(reading, self.automaton.scan(reading.text), lambda other: self._beside(other, cut), undisguised)

    def _active(
        self,
        prefix: str,
        but: str | None,
        day: date,
        kind: str | None,
        subkind: str | None,
        channel: str | None,
        audience: str | None,
    ) -> Active:
        by_finder: dict[int, list[Compiled]] = {}
        always: list[Compiled] = []
        classified: list[Compiled] = []
        decisions: list[Compiled] = []
        for compiled in self.compiled:
            rule = compiled.rule
            if (
                not rule.category.startswith(prefix)
                or rule.category == but
                or not applies(rule, kind, subkind, channel, audience)
                or not self.library.in_force(rule, day, kind)
            ):
                continue
            if rule.kind == "classified":
                if self.classifier is not None:
                    classified.append(compiled)
            elif rule.kind == "decision":
                decisions.append(compiled)
            elif compiled.main is not None and not compiled.main.always:
                by_finder.setdefault(compiled.main.id, []).append(compiled)
            else:
                always.append(compiled)
        return Active(by_finder, tuple(always), tuple(classified), DecisionTable(decisions))

    def run(self, prefix: str, case: Case, *, but: str | None = None) -> Iterator[Finding]:
        """The findings of the rules whose category begins with `prefix`, such as `claim.`, and is not `but`."""
        request = case.request
        product = request.product
        active = self.active(
            prefix,
            but,
            request.as_of,
            product.kind if product else None,
            product.subkind if product else None,
            request.channel,
            request.audience,
        )
        told = Told(case)
        for compiled, match in self._matches(active, case):
            finding = self.finding(compiled.rule, match, case)
            if compiled.rule.kind != "classified":
                told.add(finding.category, finding.severity, match)
            elif told.holds(finding.category, finding.severity, match):
                continue
            yield finding
        if prefix.startswith("claim."):
            for other in case.copy.undisguised:
                yield from self._disguised(active, replace(case, copy=other.copy), other)

    def _named(self, case: Case) -> frozenset[str] | None:
        """The kinds of product that the copy's own words name; None where the request says which it is about."""
        if _kind(case.request) not in (None, "none"):
            return None
        return frozenset(kind for kind, finder in self._naming.items() if case.copy.found(finder))

    def _matches(self, active: Active, case: Case) -> Iterator[tuple[Compiled, Match]]:
        by_finder = active.by_finder
        finders = sorted(by_finder.keys() & case.copy.scan.finders.keys())
        triggered = [compiled for finder in finders for compiled in by_finder[finder]]
        named = self._named(case)
        decided = active.decisions.holding(case.facts)
        for compiled in (*triggered, *active.always, *active.classified, *decided):
            if not about_others(compiled.rule, named, case.request.product):
                for match in _joined(compiled.run(case), case):
                    yield compiled, match

    def _disguised(self, active: Active, case: Case, undisguised: Undisguised) -> Iterator[Finding]:
        """What the disguised words say. Who disguises a claim knows what it is: its severity is never lowered."""
        for compiled, match in self._matches(active, case):
            if match.start is None or match.end is None or match.in_original:
                continue
            if steps := undisguised.within(match.start, match.end):
                told = [{"written": d.written, "read": d.read, "by": d.by} for d in steps]
                shown = replace(match, evidence={**match.evidence, "disguise": told})
                finding = self.finding(compiled.rule, shown, case)
                by_words = compiled.rule.kind != "classified"
                yield finding.model_copy(update={"severity": compiled.rule.severity}) if by_words else finding

    def finding(self, rule: Header, match: Match, case: Case) -> Finding:
        """A match with everything that the reader needs."""
        request = case.request
        evidence: dict[str, Any] = dict(match.evidence)
        span = None
        if match.start is not None and match.end is not None:
            if match.in_original:
                span = Span(start=match.start, end=match.end, text=request.text[match.start : match.end])
            else:
                span = case.span(match.start, match.end)
                folded = case.reading.text[match.start : match.end]
                if folded != span.text:
                    evidence["folded"] = folded
        if rule.policy:
            evidence["policy"] = True
        if rule.place is not None:
            evidence["place"] = rule.place
        severity = rule.severity
        if severity == "block" and (
            narrowed(rule, _kind(request), request.channel) or exempt(rule, self._named(case))
        ):
            severity = "review"
            evidence["assumed"] = "product" if request.product is None else "channel"
        weight = joined(rule, severity, match, case)
        evidence |= weight.evidence
        wording = rule.wording(request.channel)
        computed: dict[str, str] = {}
        if wording and _COMPUTED_APR in wording and (cost := _dearest(match, case)):
            evidence |= cost.evidence
            computed["apr"] = cost.words
        suggestion = fill(wording, request, computed)
        if wording is not None and suggestion is None:
            evidence["needs_facts"] = sorted(set(re.findall(_FACT, wording)))
        message = rule.message
        return Finding(
            category=rule.category,
            severity=weight.severity,
            rule_id=rule.id,
            source=_source(rule),
            message=f"{message.what}；{message.why}。建议：{message.instead}",
            span=span,
            legal_basis=() if rule.policy else self.library.bases(rule, request.as_of, _kind(request)),
            suggestion=suggestion,
            confidence=weight.confidence,
            evidence=evidence,
        )


def _joined(matches: Iterable[Match], case: Case) -> Iterator[Match]:
    """A rule's matches, those close together in one sentence as one: 仅剩5席, 手慢无 is one thing to mend."""
    current: Match | None = None
    for match in matches:
        if current is None:
            current = match
        elif _close(current, match, case):
            start, end = current.start, max(current.end or 0, match.end or 0)
            current = Match(start, end, {**current.evidence, "matched": case.reading.text[start:end]})
        else:
            yield current
            current = match
    if current is not None:
        yield current


def _close(one: Match, other: Match, case: Case) -> bool:
    if one.end is None or other.start is None or one.in_original or other.in_original:
        return False
    sentences = case.reading.sentences
    near = one.start is not None and one.start <= other.start <= one.end + JOINED_WITHIN
    return near and sentences.index(one.end - 1) == sentences.index(other.start)


def _ordinary_texts(library: Library) -> Iterator[str]:
    """Compliant copy: what rules give as near misses."""
    for _, rule in library.rules:
        for example in rule.complies:
            text = example if isinstance(example, str) else example.get("text")
            if isinstance(text, str):
                yield fold_phrase(text)


def _source(rule: Header) -> str:
    if rule.category.startswith(("suitability.", "consent.")):
        return "check"
    return "classifier" if rule.kind == "classified" else "rule"  # type: ignore[attr-defined]


def _kind(request: Request) -> str | None:
    return request.product.kind if request.product else None


def _dearest(match: Match, case: Case) -> AnnualCost | None:
    """The highest annual rate that a match's words, or an omission's whole copy, come to."""
    costs = case.copy.annual_costs
    if match.start is not None and match.end is not None:
        if match.in_original:
            return None
        costs = tuple(c for c in costs if c.start < match.end and match.start < c.end)
    return max(costs, key=lambda c: (c.high, -c.start), default=None)


def fill(suggestion: str | None, request: Request, computed: Mapping[str, str] | None = None) -> str | None:
    """The suggestion with facts in its slots, `{a|b|'words'}` by the first that is known; none if one is empty.

    The product's own annual rate goes before one that was computed from the copy.
    """
    if suggestion is None:
        return None
    values: dict[str, str] = {}
    for slot in _SLOT.findall(suggestion):
        known = (value for name in slot.split("|") if (value := _fact(name, request, computed or {})) is not None)
        value = next(known, None)
        if value is None:
            return None
        values[slot] = value
    return _SLOT.sub(lambda m: values[m.group(1)], suggestion)


def _fact(name: str, request: Request, computed: Mapping[str, str]) -> str | None:
    if name.startswith("'"):
        return name[1:-1]
    root, *path = name.split(".")
    if root == "computed":
        own = getattr(request.product, path[0], None) if path[0] in PRODUCT_FIELDS else None
        return str(own) if own is not None else computed.get(path[0])
    value: Any = getattr(request, root)
    for part in path:
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return None if value is None or isinstance(value, dict | list | tuple) else str(value)
