"""Running a rule's own examples: what `compliance-guard rules test` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from compliance_guard.domain import Request
from compliance_guard.errors import InputError
from compliance_guard.rules.engine import Engine
from compliance_guard.rules.pack import Pack
from compliance_guard.rules.rule import Header

DEFAULT_TEXT = "产品介绍"


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not show what it should."""

    rule_id: str
    place: str
    expected: str
    example: str


def default_context(pack: Pack, rule: Header) -> dict[str, Any]:
    """The context of an example that is only text: the first product and channel that the rule is about."""
    to = rule.applies_to
    kinds = to.products or ("wealth_management", "insurance", "loan", "deposit")
    kind = next(k for k in kinds if k not in (to.not_products or ()))
    channels = to.channels or ("web_page", "sms")
    context: dict[str, Any] = {
        "product": {"kind": kind, **({"subkind": to.subkinds[0]} if to.subkinds else {})},
        "channel": next((c for c in channels if c not in (to.not_channels or ())), None),
        "as_of": pack.manifest.reviewed,
        "excerpt": rule.category.startswith("claim."),
    }
    if to.audiences:
        context["audience"] = to.audiences[0]
    return context


def failures(engine: Engine, make_request: Callable[..., Request], cut: Any) -> Iterator[Failure]:
    """Every example of every rule that fails, in order of rule ids.

    Args:
        engine: the compiled rules.
        make_request: validates the arguments of `review()`.
        cut: the segmenter.
    """
    for pack, rule in engine.library.rules:
        if rule.kind == "classified" and engine.classifier is None:  # type: ignore[attr-defined]
            continue
        path, line = pack.places[rule.id]
        for should_hold, examples in ((True, rule.violates), (False, rule.complies)):
            for example in examples:
                given = {"text": example} if isinstance(example, str) else dict(example)
                arguments = {"text": DEFAULT_TEXT, **default_context(pack, rule), **given}
                try:
                    request = make_request(**arguments)
                except InputError as error:
                    yield Failure(rule.id, f"{path}:{line}", f"能送检({error})", str(example))
                    continue
                case = engine.case(request, cut)
                holds = any(f.rule_id == rule.id for f in engine.run(rule.category, case))
                if holds != should_hold:
                    expected = "应命中(violates)" if should_hold else "不应命中(complies)"
                    yield Failure(rule.id, f"{path}:{line}", expected, str(example))
