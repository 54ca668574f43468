"""The lines worth a person's time: where the classifier doubts, or disagrees with the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance_guard.api import Reviewer
from compliance_guard.opinion import CLAIMS
from compliance_guard.rules.case import Case

NEAR = 0.25
"""How far from a claim's `review` a probability may lie and still be a doubt."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sentence to be labelled.

    Attributes:
        line: as corpora are written; `labels` holds what the machine would say, for the person to correct.
        weight: how much a label would teach, 0 to 1.
        why: for each claim in doubt, the classifier's probability and whether a rule found it.
    """

    line: dict[str, Any]
    weight: float
    why: dict[str, dict[str, Any]]


def doubts(reviewer: Reviewer, requests: Iterable[Mapping[str, Any]]) -> Iterator[Doubt]:
    """The doubtful sentences of some copies, each once, in order.

    Args:
        requests: arguments of `review()`; an `id` is kept.

    Raises:
        InputError: a request that cannot be judged.
    """
    seen: set[tuple[str, str]] = set()
    for number, given in enumerate(requests, 1):
        arguments = dict(given)
        name = str(arguments.pop("id", number))
        case = reviewer.case(reviewer.request(**arguments))
        for index, doubt in enumerate(_in_case(reviewer, case), 1):
            key = doubt.line["text"], doubt.line["before"] or ""
            if key not in seen:
                seen.add(key)
                doubt.line["id"] = f"{name}-{index}"
                yield doubt


def _in_case(reviewer: Reviewer, case: Case) -> Iterator[Doubt]:
    opinion = case.opinion
    if opinion is None:
        return
    findings = [f for f in reviewer.engine.run("claim.", case) if f.source == "rule" and f.span]
    before = None
    for start, end, said in opinion.said:
        text = case.reading.text[start:end].strip()
        first, last = case.reading.to_original(start, end)
        ruled = {f.category for f in findings if f.span and f.span.start < last and first < f.span.end}
        why, weight = {}, 0.0
        for code in CLAIMS:
            p, band = said.claims.get(code, 0.0), opinion.bands[code]
            apart = abs(p - band.review)
            found = code in ruled
            doubt = max(1 - apart / NEAR, 0.9 if found and p < band.veto else 0.0)
            if doubt > 0 and (p > 0.05 or found):
                why[code] = {"probability": p, "rule": found}
                weight = max(weight, doubt)
        if why:
            product, channel = case.request.product, case.request.channel
            offer = product.offer if product else None
            likely = sorted(ruled | {c for c in CLAIMS if said.claims.get(c, 0.0) >= opinion.bands[c].review})
            line = {
                "id": "", "text": text, "before": before, "product": offer, "channel": channel, "labels": likely,
                "discloses": sorted(n for n, p in said.discloses.items() if p >= 0.5), "stance": said.stance,
            }  # fmt: skip
            yield Doubt(line, round(min(weight, 1.0), 3), why)
        before = text
