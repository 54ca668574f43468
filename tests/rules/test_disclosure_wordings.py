"""What the disclosure rules suggest satisfies them, and what people say instead is understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance_guard import Reviewer
from compliance_guard.domain import VOCABULARY
from compliance_guard.rules.engine import fill
from compliance_guard.rules.examples import default_context
from tests.test_rulepacks import FACTS

SAID = yaml.safe_load((Path(__file__).parents[1] / "data" / "disclosure_wordings.yaml").read_text(encoding="utf-8"))
KNOWN = FACTS | {"facts": {"data_source": "示例研究院2026年报告", "data_date": "2026年9月30日"}}
PLACES = {"start": "{wording}\n{text}", "end": "{text}\n{wording}", "beside_claim": "{text}\n{wording}"}


def channels_of(rule: Any) -> list[str]:
    to = rule.applies_to
    known = to.channels or [c for c in VOCABULARY["channel"] if c != "internal"]
    return [c for c in known if c not in (to.not_channels or ())]


def test_every_wording_of_every_channel_satisfies_its_rule(reviewer: Reviewer) -> None:
    """Put where it belongs, into a copy that the rule complains of, it ends the complaint."""
    failed = []
    tried = 0
    for pack, rule in reviewer.engine.library.rules:
        if rule.kind != "disclosure" or rule.category == "disclosure.apr":
            continue
        for channel in channels_of(rule):
            for number, example in enumerate(rule.violates[:1]):
                given = {"text": example} if isinstance(example, str) else dict(example)
                context = {**default_context(pack, rule), **given, "channel": channel}
                text = context.pop("text")
                code = "970001" if context["product"]["kind"] == "public_fund" else KNOWN["code"]
                context["product"] = KNOWN | {"code": code} | context["product"]
                if rule.where.get("product.subkind"):
                    context["product"].pop("subkind", None)
                request = reviewer.request(text=text, **context)
                wording = fill(rule.wording(channel), request)
                report = reviewer.review(PLACES[rule.place or "end"].format(wording=wording, text=text), **context)
                tried += 1
                if wording is None or any(
                    rule.id in {f.rule_id, *f.evidence.get("also", ())} for f in report.findings
                ):
                    failed.append((rule.id, channel, number, wording))
    assert failed == []
    assert tried > 200


def test_a_short_message_gets_a_short_wording(reviewer: Reviewer) -> None:
    long = [
        (rule.id, channel, wording)
        for _, rule in reviewer.engine.library.rules
        if rule.kind == "disclosure" and rule.category != "disclosure.apr"
        for channel in ("sms", "app_push")
        if channel in channels_of(rule) and (wording := rule.wording(channel)) and len(wording.split("{")[0]) > 24
    ]
    assert long == []


def test_the_finding_says_where_the_wording_belongs(reviewer: Reviewer) -> None:
    report = reviewer.review(
        "【示例银行】净值理财开放申购。拒收请回复R",
        channel="sms",
        product={"kind": "wealth_management"},
        as_of="2026-11-24",
    )
    (finding,) = [f for f in report.findings if f.category == "disclosure.risk_warning"]
    assert (finding.suggestion, finding.evidence["place"]) == ("理财非存款,投资须谨慎", "end")


@pytest.mark.parametrize("group", SAID, ids=[f"{g['code']}-{g['about']}" for g in SAID])
@pytest.mark.parametrize("satisfied", [True, False])
def test_what_people_say(reviewer: Reviewer, group: dict[str, Any], satisfied: bool) -> None:
    wrong = []
    for words in group["satisfied" if satisfied else "not_satisfied"]:
        report = reviewer.review(group["copy"].format(words), as_of="2026-11-24", **group["context"])
        if (group["code"] in {f.category for f in report.findings if f.severity != "advice"}) == satisfied:
            wrong.append(words)
    assert wrong == []
