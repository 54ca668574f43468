"""The words that the online marketing rules name: online only, and only since the day those rules are in force."""

from __future__ import annotations

import pytest

from compliance_guard import Report, Reviewer

THE_DAY_BEFORE, THE_DAY = "2026-09-29", "2026-09-30"
ONLINE = (
    "app_push", "email", "wechat_moments", "wechat_article", "short_video", "livestream", "web_page", "paid_ad",
)  # fmt: skip
OFFLINE = ("branch_leaflet", "call_script", "internal")

WORDS = [
    ("低风险理财来了", {"kind": "wealth_management", "risk_grade": "R2"}, "CGM3001"),
    ("高收益理财每日开放", {"kind": "wealth_management", "risk_grade": "R3"}, "CGM3004"),
    ("超低利率,轻松周转", {"kind": "loan"}, "CGM3005"),
    ("低门槛借款,人人有额度", {"kind": "loan"}, "CGM3007"),
    ("额度一出秒到账", {"kind": "loan"}, "CGM3008"),
    ("无成本用钱", {"kind": "loan"}, "CGM3009"),
    ("低门槛理财,人人可投", {"kind": "wealth_management", "risk_grade": "R2"}, "CGM4880"),
    ("零成本申购,闲钱别闲着", {"kind": "public_fund", "risk_grade": "R3"}, "CGM4880"),
    ("赎回秒到账", {"kind": "wealth_management", "risk_grade": "R1"}, "CGM4880"),
    ("低风险年金,放心选", {"kind": "insurance", "subkind": "annuity"}, "CGM4881"),
]  # fmt: skip


def rules_of(report: Report) -> set[str]:
    """The rules behind all findings, those told with another finding included."""
    return {f.rule_id for f in report.findings} | {r for f in report.findings for r in f.evidence.get("also", ())}


@pytest.mark.parametrize(("text", "product", "rule"), WORDS)
@pytest.mark.parametrize("channel", ONLINE)
def test_a_named_word_counts_online_from_the_day_the_rules_are_in_force(
    reviewer: Reviewer, text: str, product: dict[str, str], rule: str, channel: str
) -> None:
    before, since = (
        rules_of(reviewer.review(text, channel=channel, product=product, as_of=day, excerpt=True))
        for day in (THE_DAY_BEFORE, THE_DAY)
    )
    assert rule not in before
    assert rule in since


@pytest.mark.parametrize(("text", "product", "rule"), WORDS)
@pytest.mark.parametrize("channel", OFFLINE)
def test_a_named_word_does_not_count_offline(
    reviewer: Reviewer, text: str, product: dict[str, str], rule: str, channel: str
) -> None:
    report = reviewer.review(text, channel=channel, product=product, as_of=THE_DAY, excerpt=True)
    assert rule not in rules_of(report)


@pytest.mark.parametrize(
    "text",
    [
        "风险等级:R1(低风险)",
        "本产品为R1低风险产品",
        "R1 | 低风险 | 1元起购",
        "R1(低风险)",
        "新品|低风险|R1|每日开放",
    ],
)
@pytest.mark.parametrize("channel", ONLINE)
def test_a_grade_label_never_blocks(reviewer: Reviewer, text: str, channel: str) -> None:
    product = {"kind": "wealth_management", "risk_grade": "R1"}
    report = reviewer.review(text, channel=channel, product=product, as_of=THE_DAY, excerpt=True)
    assert "block" not in {f.severity for f in report.findings}
