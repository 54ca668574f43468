"""The law of the day: one campaign, judged the day before a change and the day of it.

Each row is a piece of copy or a contact with the two answers: what is found, and which texts it cites. A text that
is not in force that day is never cited, and what no text asked for yet is not found.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from compliance_guard import Reviewer
from compliance_guard.domain import VOCABULARY
from compliance_guard.rules.kinds.base import applies

R3 = {"kind": "wealth_management", "risk_grade": "R3"}
AGENCY = {"issuer": "澄湖理财有限责任公司", "distributor": "示例银行"}
CONSENT = {
    "subject": "K1", "purpose": "marketing", "granted_at": "2023-12-20T10:00:00+08:00",
    "expires_at": "2027-01-01T00:00:00+08:00", "method": "opt_in", "notice_version": "v1", "evidence_id": "E1",
}  # fmt: skip


def answer(
    reviewer: Reviewer, day: date, code: str, text: str, **context: Any
) -> tuple[str | None, frozenset[tuple[str, str | None]]]:
    """The severity of the findings of a code (None: nothing found) and what they cite: instrument and article."""
    if "contact" in context:
        context["contact"] = {"at": f"{day}T10:00:00+08:00"} | context["contact"]
    report = reviewer.review(text, as_of=day, **({"excerpt": True} | context))
    found = [f for f in report.findings if f.category == code]
    cited = frozenset((basis.instrument, basis.article) for f in found for basis in f.legal_basis)
    return (found[0].severity if found else None), cited


def instruments(cited: frozenset[tuple[str, str | None]]) -> set[str]:
    return {instrument for instrument, _ in cited}


def around(day: str) -> tuple[date, date]:
    """The day before, and the day."""
    changed = date.fromisoformat(day)
    return changed - timedelta(days=1), changed


class TestTheSameFindingUnderANewText:
    """The old text and its replacement ask the same: the finding stays, the citation changes that day."""

    @pytest.mark.parametrize(
        ("day", "code", "text", "context", "old", "new"),
        [
            pytest.param(
                "2026-05-01", "consent.missing", "欢迎选购本行理财",
                {"channel": "sms", "customer": {"id": "K1"}, "consents": [], "contact": {}},
                "sms-rules-2015", "sms-rules-2026",
                id="通信短信息服务管理规定 2015 到 2026",
            ),
            pytest.param(
                "2026-05-01", "disclosure.sender", "月月盈今日开放,产品有风险。退订回T",
                {"channel": "sms", "product": R3, "excerpt": False},
                "sms-rules-2015", "sms-rules-2026",
                id="短信署名,新旧短信规定",
            ),
            pytest.param(
                "2025-10-15", "claim.comparison", "某某银行快要爆雷了,赶紧把钱搬过来",
                {"channel": "wechat_moments", "product": {"kind": "deposit"}},
                "anti-unfair-competition-2019", "anti-unfair-competition-2025",
                id="反不正当竞争法 2019 到 2025",
            ),
            pytest.param(
                "2025-10-01", "disclosure.issuer", "月月盈R3,业绩比较基准2.6%,欢迎认购。产品有风险",
                {"channel": "poster", "product": R3 | AGENCY, "excerpt": False},
                "bank-agency-sales-2016", "bank-agency-sales-2025",
                id="商业银行代理销售 2016 到 2025",
            ),
            pytest.param(
                "2023-05-01", "disclosure.ad_label", "海门银行理财频道改版,点击下载",
                {"channel": "paid_ad", "product": {"kind": "none"}, "excerpt": False},
                "internet-ad-interim-2016", "internet-ad-measures-2023",
                id="互联网广告管理 暂行办法到办法",
            ),
            pytest.param(
                "2021-05-01", "claim.illegal_finance", "养老床位预付,年返12%",
                {"channel": "branch_leaflet", "product": {"kind": "none"}},
                "illegal-finance-ban-1998", "illegal-fundraising-2021",
                id="取缔办法到防范和处置非法集资条例",
            ),
            pytest.param(
                "2025-01-01", "claim.illegal_finance", "免实名开户,秒下卡",
                {"channel": "wechat_moments", "product": {"kind": "none"}},
                "aml-law-2006", "aml-law-2024",
                id="反洗钱法 2006 到 2024",
            ),
        ],
    )  # fmt: skip
    def test_the_citation_changes_that_day(
        self, reviewer: Reviewer, day: str, code: str, text: str, context: dict[str, Any], old: str, new: str
    ) -> None:
        before, after = around(day)
        severity, cited = answer(reviewer, before, code, text, **context)
        assert severity == "block"
        assert old in instruments(cited)
        assert new not in instruments(cited)
        severity, cited = answer(reviewer, after, code, text, **context)
        assert severity == "block"
        assert new in instruments(cited)
        assert old not in instruments(cited)

    def test_false_publicity_moved_from_the_old_numbers_to_article_12(self, reviewer: Reviewer) -> None:
        """The articles of 反不正当竞争法 were renumbered: the old text is cited without a number."""
        text, context = "某某银行快要爆雷了,赶紧把钱搬过来", {"product": {"kind": "deposit"}}
        before, after = around("2025-10-15")
        assert ("anti-unfair-competition-2019", None) in answer(
            reviewer, before, "claim.comparison", text, **context
        )[1]
        assert ("anti-unfair-competition-2025", "第十二条") in answer(
            reviewer, after, "claim.comparison", text, **context
        )[1]

    @pytest.mark.parametrize(
        ("day", "code", "text", "context", "new"),
        [
            pytest.param(
                "2026-09-01", "disclosure.benchmark", "月月盈业绩比较基准2.6%-3.0%。产品有风险,投资须谨慎。",
                {"channel": "poster", "product": R3, "excerpt": False}, "nfra-am-disclosure-2025",
                id="资管产品信息披露管理办法",
            ),
            pytest.param(
                "2026-08-01", "disclosure.apr", "最高20万元,借1万一天只要2块7,扫码测额度",
                {"channel": "poster", "product": {"kind": "loan"}, "excerpt": False}, "personal-loan-cost-2026",
                id="个人贷款明示综合融资成本规定",
            ),
            pytest.param(
                "2025-10-01", "disclosure.issuer", "快米借钱,最高20万,年化利率(单利)7.2%-24%",
                {"channel": "web_page", "excerpt": False,
                 "product": {"kind": "loan", "issuer": "海门消费金融", "distributor": "快米科技"}},
                "assisted-lending-2025",
                id="助贷新规",
            ),
            pytest.param(
                "2024-07-01", "consent.missing", "您好,想跟您介绍一款理财",
                {"channel": "call_script", "customer": {"id": "K1"}, "consents": [], "contact": {}},
                "consumer-law-regs-2024",
                id="消费者权益保护法实施条例",
            ),
        ],
    )  # fmt: skip
    def test_a_new_text_joins_the_old(
        self, reviewer: Reviewer, day: str, code: str, text: str, context: dict[str, Any], new: str
    ) -> None:
        before, after = around(day)
        severity, cited = answer(reviewer, before, code, text, **context)
        assert severity == "block"
        assert new not in instruments(cited)
        assert cited
        severity, after_cited = answer(reviewer, after, code, text, **context)
        assert severity == "block"
        assert new in instruments(after_cited)
        assert cited < after_cited


class TestAFindingThatBeginsWithItsText:
    """What no text asked for the day before is not found the day before."""

    @pytest.mark.parametrize(
        ("day", "code", "severity", "text", "context", "cites"),
        [
            pytest.param(
                "2026-09-30", "claim.risk_downplay", "block", "低风险理财来了",
                {"channel": "app_push", "product": R3}, ("fin-online-marketing-2026", "第十条第（七）项"),
                id="金融产品网络营销管理办法:低风险",
            ),
            pytest.param(
                "2026-09-30", "claim.illegal_finance", "block", "带你境外开户炒股,门槛低",
                {"channel": "short_video", "product": {"kind": "none"}}, ("fin-online-marketing-2026", None),
                id="金融产品网络营销管理办法:境外产品",
            ),
            pytest.param(
                "2026-03-01", "claim.past_performance", "review", "近一年大幅跑赢沪深300",
                {"channel": "poster", "product": {"kind": "public_fund"}},
                ("fund-benchmark-guideline-2026", "第十六条"),
                id="公募基金业绩比较基准指引",
            ),
            pytest.param(
                "2025-09-01", "disclosure.ai_label", "block", "海门银行亲子财商课,周日下午三点",
                {"channel": "poster", "product": {"kind": "none"}, "ai_generated": True, "excerpt": False},
                ("ai-labeling-2025", None),
                id="人工智能生成合成内容标识办法",
            ),
            pytest.param(
                "2025-09-12", "claim.endorsement", "block", "我行消保评级一级,值得信赖",
                {"channel": "poster", "product": {"kind": "none"}}, ("nfra-consumer-rating-2025", None),
                id="消费者权益保护监管评价办法",
            ),
            pytest.param(
                "2024-07-01", "disclosure.fees", "review", "畅享卡首月15元,到期自动续费",
                {"channel": "poster", "product": {"kind": "payment"}, "excerpt": False},
                ("consumer-law-regs-2024", None),
                id="消费者权益保护法实施条例:自动续费",
            ),
            pytest.param(
                "2024-01-01", "consent.automated_decision", "block", "欢迎开户",
                {"channel": "app_push", "customer": {"id": "K1", "birth_date": "2008-06-01"},
                 "consents": [CONSENT], "contact": {"automated_decision": True, "opt_out_offered": True}},
                ("minors-online-2023", "第二十四条第三款"),
                id="未成年人网络保护条例",
            ),
        ],
    )  # fmt: skip
    def test_it_is_found_from_that_day(
        self,
        reviewer: Reviewer,
        day: str,
        code: str,
        severity: str,
        text: str,
        context: dict[str, Any],
        cites: tuple[str, str | None],
    ) -> None:
        before, after = around(day)
        assert answer(reviewer, before, code, text, **context) == (None, frozenset())
        found, cited = answer(reviewer, after, code, text, **context)
        assert found == severity
        assert cites in cited


class TestPolicyBecomesLaw:
    """A firm's rule asks for review; from the day of the law it blocks and cites."""

    def suitability(self, reviewer: Reviewer, day: date, code: str, **customer: Any) -> tuple[str | None, set[str]]:
        person = {"risk_grade": "C4", "assessed_at": "2025-11-01"} | customer
        product = R3 | {"risk_grade": "R4"}
        severity, cited = answer(reviewer, day, f"suitability.{code}", "欢迎认购", product=product, customer=person)
        return severity, instruments(cited)

    def test_the_assessment_holds_twelve_months_by_law_since_the_suitability_measures(
        self, reviewer: Reviewer
    ) -> None:
        old = {"assessed_at": "2024-12-01"}
        before, after = around("2026-02-01")
        assert self.suitability(reviewer, before, "assessment_expired", **old) == ("review", set())
        severity, cited = self.suitability(reviewer, after, "assessment_expired", **old)
        assert (severity, "nfra-suitability-2025" in cited) == ("block", True)

    def test_care_for_the_elderly_is_law_since_the_suitability_measures(self, reviewer: Reviewer) -> None:
        born = {"birth_date": "1955-01-01"}
        before, after = around("2026-02-01")
        assert self.suitability(reviewer, before, "vulnerable_customer", **born) == ("review", set())
        severity, cited = self.suitability(reviewer, after, "vulnerable_customer", **born)
        assert (severity, "nfra-suitability-2025" in cited) == ("block", True)

    def test_a_mismatch_was_forbidden_before_under_the_older_texts(self, reviewer: Reviewer) -> None:
        low = {"risk_grade": "C2"}
        before, after = around("2026-02-01")
        severity, cited = self.suitability(reviewer, before, "grade_mismatch", **low)
        assert severity == "block"
        assert cited
        assert "nfra-suitability-2025" not in cited
        severity, cited = self.suitability(reviewer, after, "grade_mismatch", **low)
        assert (severity, "nfra-suitability-2025" in cited) == ("block", True)

    def test_proof_of_consent_for_sms_is_law_since_the_revised_rules(self, reviewer: Reviewer) -> None:
        unproved = CONSENT | {"evidence_id": None}
        context = {"channel": "sms", "customer": {"id": "K1"}, "consents": [unproved], "contact": {}}
        before, after = around("2026-05-01")
        severity, cited = answer(reviewer, before, "consent.evidence", "欢迎选购本行理财", **context)
        assert (severity, "sms-rules-2026" in instruments(cited)) == ("review", False)
        severity, cited = answer(reviewer, after, "consent.evidence", "欢迎选购本行理财", **context)
        assert (severity, "sms-rules-2026" in instruments(cited)) == ("block", True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sms-rules-2015", "sms-rules-2026"),
        ("anti-unfair-competition-2019", "anti-unfair-competition-2025"),
        ("bank-agency-sales-2016", "bank-agency-sales-2025"),
        ("internet-ad-interim-2016", "internet-ad-measures-2023"),
        ("illegal-finance-ban-1998", "illegal-fundraising-2021"),
        ("aml-law-2006", "aml-law-2024"),
    ],
)
def test_a_replaced_text_ends_on_the_day_on_which_its_successor_begins(
    reviewer: Reviewer, old: str, new: str
) -> None:
    laws = reviewer.engine.library.instruments
    assert laws[old].repealed == laws[new].effective


def turning_days(reviewer: Reviewer) -> list[date]:
    """Every day since 2015 on which a text begins or ends, and the day before."""
    laws = reviewer.engine.library.instruments.values()
    days = {day for law in laws for day in (law.effective, law.repealed) if day and day.year >= 2015}
    return sorted(days | {day - timedelta(days=1) for day in days})


def test_on_every_turning_day_a_rule_holds_only_where_it_can_cite(reviewer: Reviewer) -> None:
    """For each rule and kind of product: no finding without law, none from a text not in force."""
    library = reviewer.engine.library
    days = turning_days(reviewer)
    for _, rule in library.rules:
        for kind in VOCABULARY["product_kind"]:
            if rule.policy or not applies(rule, kind, None, None, None):
                continue
            for day in days:
                cited = library.bases(rule, day, kind)
                if library.in_force(rule, day, kind):
                    assert cited, (rule.id, kind, day)
                assert all(library.instruments[basis.instrument].in_force(day) for basis in cited)
