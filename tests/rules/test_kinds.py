"""What each kind of rule does, shown on rules of one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from compliance_guard import Finding
from compliance_guard.errors import PackError
from tests.rules.packs import reviewer_of, rule

WEALTH = {"product": {"kind": "wealth_management"}, "channel": "web_page", "as_of": "2026-11-24"}


def hits(
    folder: Path, body: str, text: str, *, extra: str = "", context: Any = None, **header: str
) -> list[Finding]:
    reviewer = reviewer_of(folder, rule(body, **header), extra=extra)
    return list(reviewer.review(text, **(WEALTH | (context or {}))).findings)


def words(findings: list[Finding]) -> list[str]:
    return [f.span.text for f in findings if f.span]


class TestPhrase:
    BODY = "kind: phrase\nany: [保本]\nexceptions: [环保本色]\n"

    def test_finds_it_in_place(self, tmp_path: Path) -> None:
        [finding] = hits(tmp_path, self.BODY, "这款保 本 的产品")
        assert finding.span is not None
        assert (finding.span.start, finding.span.end, finding.span.text) == (2, 5, "保 本")
        assert finding.evidence == {"matched": "保本", "folded": "保本"}

    @pytest.mark.parametrize("copy", ["不承诺保本", "凡是保证保本的都是骗局", "保本吗?", "环保本色展"])
    def test_holds_only_where_asserted_and_not_inside_another_word(self, tmp_path: Path, copy: str) -> None:
        assert hits(tmp_path, self.BODY, copy) == []

    def test_asks_the_segmenter_for_whole_words(self, tmp_path: Path) -> None:
        body = "kind: phrase\nany: [保本]\nwhole_words: true\n"
        assert hits(tmp_path, body, "请确保本人签字") == []
        assert words(hits(tmp_path, body, "承诺 保本 收益")) == ["保本"]

    def test_word_sets_are_written_out(self, tmp_path: Path) -> None:
        extra = "lexicon: {本金: [本金, 本钱]}\n"
        assert words(hits(tmp_path, "kind: phrase\nany: [<本金>无忧]\n", "本钱无忧", extra=extra)) == ["本钱无忧"]


class TestPattern:
    def test_matches_within_its_scope_only(self, tmp_path: Path) -> None:
        body = "kind: pattern\nany: ['本金.{0,10}无忧']\nscope: SCOPE\n"
        copy = "本金,您放心,无忧"
        assert hits(tmp_path, body.replace("SCOPE", "clause"), copy) == []
        assert words(hits(tmp_path, body.replace("SCOPE", "sentence"), copy)) == ["本金,您放心,无忧"]

    def test_unless_in_the_same_scope_lifts_it(self, tmp_path: Path) -> None:
        body = "kind: pattern\nany: ['本金.{0,10}无忧']\nunless: [只是比喻]\n"
        assert hits(tmp_path, body, "本金无忧,只是比喻") == []
        assert words(hits(tmp_path, body, "本金无忧。只是比喻")) == ["本金无忧"]

    def test_the_copy_as_given_can_be_searched(self, tmp_path: Path) -> None:
        body = "kind: pattern\nany: ['font-size:[0-6]px']\noriginal: true\n"
        assert words(hits(tmp_path, body, '<p style="font-size:6px">有风险</p>')) == ["font-size:6px"]

    def test_the_named_group_is_the_hit(self, tmp_path: Path) -> None:
        body = "kind: pattern\nany: ['(?:^|[^不])(?P<hit>保本)']\n"
        assert words(hits(tmp_path, body, "这款保本")) == ["保本"]

    def test_the_whole_match_is_the_hit_where_the_named_group_takes_no_part(self, tmp_path: Path) -> None:
        body = "kind: pattern\nany: ['(?:真|最)(?P<hit>稳.{0,2}赚)|亏了.{0,4}赔']\n"
        assert words(hits(tmp_path, body, "亏了我们赔")) == ["亏了我们赔"]

    def test_a_rhetorical_question_counts_where_the_rule_says_so(self, tmp_path: Path) -> None:
        body = "kind: pattern\nany: [还能亏]\npolarity: [asserted, asked]\n"
        assert words(hits(tmp_path, body, "这还能亏吗?")) == ["还能亏"]

    def test_a_hit_stands_only_if_its_number_validates(self, tmp_path: Path) -> None:
        body = "kind: pattern\nany: ['1[3-9][0-9]{9}']\nvalid_as: [mobile]\n"
        assert words(hits(tmp_path, body, "电话13800138000")) == ["138****8000"]
        assert hits(tmp_path, body, "电话15400138000") == []
        assert hits(tmp_path, body, "单号138001380009") == []

    def test_an_unknown_kind_of_number_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(PackError, match="valid_as"):
            hits(tmp_path, "kind: pattern\nany: ['[0-9]{8}']\nvalid_as: [passport]\n", "12345678")

    def test_the_copy_as_given_has_no_valid_as(self, tmp_path: Path) -> None:
        with pytest.raises(PackError, match="valid_as"):
            hits(tmp_path, "kind: pattern\nany: ['1[0-9]{10}']\nvalid_as: [mobile]\noriginal: true\n", "1")


class TestRoles:
    BODY = "kind: roles\nroles: {who: [我们, 行里], act: [补, '兜.{0,1}底']}\nwithin: 2\n"

    def test_needs_every_role_close_by(self, tmp_path: Path) -> None:
        assert words(hits(tmp_path, self.BODY, "亏了我们给您补")) == ["我们给您补"]
        assert hits(tmp_path, self.BODY, "亏了您自己补") == []
        assert hits(tmp_path, self.BODY, "我们今天来讲一讲怎样给孩子补课") == []

    def test_tells_which_words_play_which_role(self, tmp_path: Path) -> None:
        [finding] = hits(tmp_path, self.BODY, "行里兜着底")
        assert finding.evidence["roles"] == {"who": "行里", "act": "兜着底"}

    def test_finds_the_chain_that_a_nearer_false_start_would_miss(self, tmp_path: Path) -> None:
        body = "kind: roles\nroles: {event: [跌], who: [我们], act: [补]}\nwithin: 3\n"
        assert words(hits(tmp_path, body, "我们看跌了,我们给补")) == ["跌了,我们给补"]

    def test_order_counts_if_asked(self, tmp_path: Path) -> None:
        body = self.BODY + "order: [who, act]\n"
        assert hits(tmp_path, body, "补的是我们") == []
        assert words(hits(tmp_path, self.BODY, "补的是我们")) == ["补的是我们"]

    def test_every_role_must_stand_in_the_polarity_asked_for(self, tmp_path: Path) -> None:
        assert hits(tmp_path, self.BODY, "我们不会补") == []
        body = self.BODY + "any_polarity: [act]\n"
        assert words(hits(tmp_path, body, "我们不补")) == ["我们不补"]

    def test_a_name_that_is_no_role_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(PackError, match="没有角色 whom"):
            hits(tmp_path, self.BODY + "order: [whom]\n", "我们补")

    def test_a_thousand_hits_do_not_hang_it(self, tmp_path: Path) -> None:
        body = "kind: roles\nroles: {a: [甲], b: [乙], c: [丙], d: [丁], e: [戊]}\nwithin: 100\n"
        assert hits(tmp_path, body, "甲乙丙丁" * 1000) == []


class TestQuantity:
    BODY = "kind: quantity\nmeasure: rate\nnear: [年化]\nscope: clause\nvalue: {more_than: 24}\n"

    def test_compares_the_number_beside_the_words(self, tmp_path: Path) -> None:
        assert words(hits(tmp_path, self.BODY, "贷款年化利率36%起")) == ["年化利率36%"]
        assert hits(tmp_path, self.BODY, "贷款年化利率18%起") == []
        assert hits(tmp_path, self.BODY, "份额占比36%") == []

    def test_reads_chinese_numerals(self, tmp_path: Path) -> None:
        assert words(hits(tmp_path, self.BODY, "年化百分之三十六")) == ["年化百分之三十六"]


class TestArithmetic:
    BODY = (
        "kind: arithmetic\nresult: ['变', '取回?', '连本带利']\ngain: ['净落', '多出?', '收益', '每月']\n"
        "within: 8\nvalue: {more_than: 0}\n"
    )

    @pytest.mark.parametrize(
        ("copy", "principal", "result", "gain", "days", "annualised"),
        [
            ("10万放一年变10.5万", 100_000, 105_000, 5_000, 365, 5),
            ("10万放一年变10.5", 100_000, 105_000, 5_000, 365, 5),
            ("5万块钱一年净落2000", 50_000, 52_000, 2_000, 365, 4),
            ("存20万三年后取23万", 200_000, 230_000, 30_000, 1095, 5),
            ("存20万三年后取23", 200_000, 230_000, 30_000, 1095, 5),
            ("每万份每天多1块2", 10_000, 10_001.2, 1.2, 1, 4.38),
            ("投100万,三年后连本带利118万", 1_000_000, 1_180_000, 180_000, 1095, 6),
            ("一个月多出一份买菜钱800块,本金10万", 100_000, 100_800, 800, 30, 9.73),
            ("擺低十萬,半年後變十萬三", 100_000, 103_000, 3_000, 182.5, 6),
            ("投10个,一年变11个", 100_000, 110_000, 10_000, 365, 10),
            ("3000块放一年变三千四", 3_000, 3_400, 400, 365, 13.33),
            ("二十万搁着,每月七百八", 200_000, 200_780, 780, 30, 4.74),
            ("放5万,三年能有6000块的收益", 50_000, 56_000, 6_000, 1095, 4),
        ],
    )
    def test_computes_what_is_promised(
        self,
        tmp_path: Path,
        copy: str,
        principal: float,
        result: float,
        gain: float,
        days: float,
        annualised: float,
    ) -> None:
        [finding] = hits(tmp_path, self.BODY, copy)
        assert finding.evidence["principal"] == principal
        assert finding.evidence["result"] == pytest.approx(result)
        assert finding.evidence["gain"] == pytest.approx(gain)
        assert finding.evidence["days"] == days
        assert finding.evidence["annualised"] == pytest.approx(annualised, abs=0.01)
        assert finding.evidence["return"] == pytest.approx(100 * gain / principal, abs=0.01)

    def test_without_a_duration_nothing_is_annualised(self, tmp_path: Path) -> None:
        [finding] = hits(tmp_path, self.BODY, "5万变6万")
        assert finding.evidence["return"] == 20
        assert "annualised" not in finding.evidence
        assert words([finding]) == ["5万变6万"]

    @pytest.mark.parametrize(
        "copy",
        [
            "10万放一年不会变10.5万",
            "6万变5万",
            "1万人变2万人",
            "起购1万元,每月10日开放",
            "5万元起。变更受益人须填写3份表格",
            "变6万",
        ],
    )
    def test_no_promise_no_finding(self, tmp_path: Path, copy: str) -> None:
        assert hits(tmp_path, self.BODY, copy) == []

    def test_the_bound_is_on_the_annualised_rate(self, tmp_path: Path) -> None:
        body = self.BODY.replace("more_than: 0", "more_than: 6")
        assert hits(tmp_path, body, "10万放一年变10.5万") == []
        assert words(hits(tmp_path, body, "10万放半年变10.5万")) == ["10万放半年变10.5万"]

    def test_sentences_are_not_mixed_unless_asked(self, tmp_path: Path) -> None:
        copy = "本金10万。一年净落5000元"
        assert hits(tmp_path, self.BODY, copy) == []
        assert words(hits(tmp_path, self.BODY + "scope: text\n", copy)) == ["10万。一年净落5000元"]

    def test_needs_words_that_mark_an_amount(self, tmp_path: Path) -> None:
        with pytest.raises(PackError, match="result 和 gain"):
            hits(tmp_path, "kind: arithmetic\n", "5万变6万")

    def test_a_thousand_amounts_do_not_hang_it(self, tmp_path: Path) -> None:
        assert hits(tmp_path, self.BODY, "6万变5万" * 1000) == []


class TestDisclosure:
    BODY = (
        "kind: disclosure\nsatisfied_by: [['产品?有风险', '可能.{0,4}亏']]\nundercut_by: [走流程]\n"
        "lifted_by: [到账通知]\ndue_anyway_if: [转投新]\n"
    )
    HEADER: ClassVar = {"id": "CGD9001", "category": "disclosure.risk_warning"}

    def found(self, folder: Path, copy: str, **context: Any) -> list[Finding]:
        return hits(folder, self.BODY, copy, context=context, **self.HEADER)

    def test_is_missed_where_it_is_not_said(self, tmp_path: Path) -> None:
        [finding] = self.found(tmp_path, "欢迎选购")
        assert finding.span is None

    @pytest.mark.parametrize("copy", ["产品有风险,请谨慎", "这钱可能会亏"])
    def test_is_met_by_meaning(self, tmp_path: Path, copy: str) -> None:
        assert self.found(tmp_path, copy) == []

    @pytest.mark.parametrize("copy", ["不是产品有风险", "产品有风险这句话走流程而已"])
    def test_is_not_met_when_denied_or_taken_back(self, tmp_path: Path, copy: str) -> None:
        assert self.found(tmp_path, copy)

    def test_is_lifted_by_a_notice_but_not_by_one_that_sells(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, "到账通知:1000元") == []
        assert self.found(tmp_path, "到账通知:1000元,一键转投新一期")

    def test_is_not_demanded_of_excerpts_and_internal_texts(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, "欢迎选购", excerpt=True) == []
        assert self.found(tmp_path, "欢迎选购", audience="internal") == []

    def test_may_be_met_across_lines_as_in_a_table(self, tmp_path: Path) -> None:
        body = "kind: disclosure\nsatisfied_by: [['利率\\n[^\\n]{0,9}%']]\n"
        copy = "期数 利率\n12 5%"
        assert hits(tmp_path, body, copy, **self.HEADER)
        assert hits(tmp_path / "whole", body + "scope: text\n", copy, **self.HEADER) == []


class TestWhatADisclosureIsAbout:
    HEADER: ClassVar = {"id": "CGD9001", "category": "disclosure.risk_warning"}
    BODY = (
        "kind: disclosure\nsatisfied_by: [['有风险']]\nor_by_denying: ['保本']\n"
        "reversed_by: ['可它没亏过']\nnot_about: ['贷款有风险']\n"
    )

    def missing(self, folder: Path, text: str) -> bool:
        return bool(hits(folder, self.BODY, text, **self.HEADER))

    @pytest.mark.parametrize("text", ["产品有风险", "本产品不保本", "谁敢说保本", "贷款有风险,理财也有风险"])
    def test_said_or_its_opposite_denied(self, tmp_path: Path, text: str) -> None:
        assert not self.missing(tmp_path, text)

    @pytest.mark.parametrize("text", ["保本", "不用担心,保本", "贷款有风险", "产品有风险,可它没亏过"])
    def test_neither_said_nor_denied(self, tmp_path: Path, text: str) -> None:
        assert self.missing(tmp_path, text)

    def test_denying_is_for_rules_of_one_part(self, tmp_path: Path) -> None:
        with pytest.raises(PackError, match="or_by_denying"):
            hits(
                tmp_path,
                "kind: disclosure\nsatisfied_by: [[甲], [乙]]\nor_by_denying: [保本]\n",
                "x",
                **self.HEADER,
            )


class TestProductFact:
    HEADER: ClassVar = {"id": "CGS9001", "category": "suitability.copy_product_mismatch"}
    GRADE = "kind: product_fact\nfield: risk_grade\nmeasure: grade\nnear: [风险等级, 'r[1-5]']\nrelation: equals\n"

    def found(self, folder: Path, body: str, copy: str, **product: Any) -> list[Finding]:
        context = {"product": {"kind": "wealth_management", **product}}
        return hits(folder, body, copy, context=context, **self.HEADER)

    def test_a_wrong_grade_contradicts(self, tmp_path: Path) -> None:
        [finding] = self.found(tmp_path, self.GRADE, "风险等级R2", risk_grade="R3")
        assert finding.evidence["copy"] == [2.0, 2.0]
        assert finding.evidence["product"] == "R3"

    def test_the_higher_of_both_grades_is_the_fact(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, self.GRADE, "风险等级R2", risk_grade="R2", issuer_risk_grade="R3")

    def test_the_right_grade_and_an_unknown_one_do_not(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, self.GRADE, "风险等级:三级", risk_grade="R3") == []
        assert self.found(tmp_path, self.GRADE, "风险等级R2") == []

    def test_a_rate_outside_the_range_contradicts(self, tmp_path: Path) -> None:
        body = "kind: product_fact\nfield: apr\nmeasure: rate\nnear: [年化利率]\nrelation: within\n"
        assert self.found(tmp_path, body, "年化利率3.0%起", apr="3.6%-14.4%")
        assert self.found(tmp_path, body, "年化利率3.6%-14.4%", apr="3.6%-14.4%") == []

    def test_another_issuer_contradicts(self, tmp_path: Path) -> None:
        body = "kind: product_fact\nfield: issuer\nnear: ['由[^,。]{2,20}发行']\nrelation: same_name\n"
        assert self.found(tmp_path, body, "由甲乙理财发行", issuer="澜江理财有限责任公司")
        assert self.found(tmp_path, body, "由澜江理财发行", issuer="澜江理财有限责任公司") == []

    def test_exceptions_count_for_names_too(self, tmp_path: Path) -> None:
        near = "near: ['由[^,。]{2,20}发行']\nunless: [由本公司]\n"
        body = f"kind: product_fact\nfield: issuer\nrelation: same_name\n{near}"
        assert self.found(tmp_path, body, "由本公司发行", issuer="澜江理财有限责任公司") == []


class TestDecision:
    HEADER: ClassVar = {"id": "CGS9002", "category": "suitability.grade_mismatch"}
    BODY = "kind: decision\ntable: match\nneeds: [grade_gap]\nwhen: {grade_gap: {more_than: 0}}\n"

    @pytest.mark.parametrize(("grade", "found"), [("C2", True), ("C3", False), (None, False)])
    def test_holds_when_all_conditions_hold(self, tmp_path: Path, grade: str | None, found: bool) -> None:
        context = {"product": {"kind": "wealth_management", "risk_grade": "R3"}, "customer": {"risk_grade": grade}}
        findings = hits(tmp_path, self.BODY, "产品介绍", context=context, **self.HEADER)
        assert bool(findings) == found


def test_where_looks_at_facts_of_the_request(tmp_path: Path) -> None:
    body = "kind: phrase\nany: [养老]\nwhere: {product.pension_listed: {is_not: true}}\n"
    listed = {"product": {"kind": "pension_wealth", "pension_listed": True}}
    assert hits(tmp_path, body, "养老理财", context=listed) == []
    assert words(hits(tmp_path, body, "养老理财")) == ["养老"]


def test_requires_text_and_unless_text_look_at_the_whole_copy(tmp_path: Path) -> None:
    body = "kind: phrase\nany: [第一]\nrequires_text: [基金]\nunless_text: [数据来源]\n"
    assert hits(tmp_path, body, "业内第一") == []
    assert words(hits(tmp_path, body, "业内第一。看基金")) == ["第一"]
    assert hits(tmp_path, body, "基金业内第一。数据来源:某评价中心") == []


def test_a_claim_is_found_though_the_product_is_not_known_and_then_asks_for_review(tmp_path: Path) -> None:
    body = "kind: phrase\nany: [秒批]\napplies_to: {products: [loan]}\n"
    [finding] = hits(tmp_path, body, "秒批到账", context={"product": None})
    assert finding.severity == "review"
    assert finding.evidence["assumed"] == "product"
    assert hits(tmp_path, body, "秒批到账", context={"product": {"kind": "deposit"}}) == []


def test_suggestions_are_filled_with_product_facts_or_left_out(tmp_path: Path) -> None:
    body = "kind: phrase\nany: [保本]\nsuggestion: '风险等级{product.risk_grade},不保证本金。'\n"
    product = {"kind": "wealth_management", "risk_grade": "R2"}
    [finding] = hits(tmp_path, body, "保本", context={"product": product})
    assert finding.suggestion == "风险等级R2,不保证本金。"
    assert hits(tmp_path, body, "保本")[0].suggestion is None


class TestWithoutAProduct:
    """The copy's own words say what it is about, where the request does not."""

    BODY = "kind: phrase\nany: [上车]\napplies_to: {products: [private_fund]APPLY}\n"
    EXTRA = "product_words: {loan: [贷款], private_fund: [私募], deposit: [存款]}\n"
    UNKNOWN: ClassVar = {"product": None}

    def found(self, folder: Path, copy: str, apply: str = "", body: str | None = None) -> list[Finding]:
        body = body or self.BODY.replace("APPLY", apply)
        return hits(folder, body, copy, extra=self.EXTRA, context=self.UNKNOWN)

    def test_a_rule_about_another_kind_is_not_asked(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, "贷款上车") == []
        assert words(self.found(tmp_path, "私募上车")) == ["上车"]

    def test_where_nothing_is_named_a_person_looks(self, tmp_path: Path) -> None:
        [finding] = self.found(tmp_path, "快上车")
        assert finding.severity == "review"

    def test_unless_the_rule_asks_for_a_name(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, "快上车", ", only_if_named: true") == []
        assert words(self.found(tmp_path, "私募快上车", ", only_if_named: true")) == ["上车"]

    def test_a_kind_that_is_left_out_is_looked_at_by_a_person(self, tmp_path: Path) -> None:
        body = "kind: phrase\nany: [保本]\napplies_to: {not_products: [deposit]}\n"
        assert [f.severity for f in self.found(tmp_path, "存款保本", body=body)] == ["review"]
        assert [f.severity for f in self.found(tmp_path, "私募保本", body=body)] == ["block"]


class TestComputedAnnualRate:
    BODY = "kind: pattern\nany: ['日息.{0,6}']\nsuggestion: '年化利率{computed.apr}。'\n"
    LOAN: ClassVar = {"product": {"kind": "loan"}}

    def test_is_evidence_and_stands_in_the_suggestion(self, tmp_path: Path) -> None:
        [finding] = hits(tmp_path, self.BODY, "借钱,日息万五,随借", context=self.LOAN)
        assert finding.suggestion == "年化利率18.25%(单利)。"
        assert finding.evidence == {
            "matched": "日息万五,随借", "stated": "日息万五", "annualised": 18.25, "method": "单利",
        }  # fmt: skip

    def test_a_product_s_own_rate_wins(self, tmp_path: Path) -> None:
        product = {"product": {"kind": "loan", "apr": "7.2%-18%"}}
        [finding] = hits(tmp_path, self.BODY, "日息万五", context=product)
        assert finding.suggestion == "年化利率7.2%-18%。"
        assert finding.evidence["annualised"] == 18.25

    def test_what_is_not_computed_is_not_suggested(self, tmp_path: Path) -> None:
        [finding] = hits(tmp_path, self.BODY, "日息很低。", context=self.LOAN)
        assert finding.suggestion is None
        assert "annualised" not in finding.evidence

    def test_words_elsewhere_do_not_count_for_a_span(self, tmp_path: Path) -> None:
        found = hits(tmp_path, self.BODY, "日息很低。\n另:月息8厘", context=self.LOAN)
        assert [f.suggestion for f in found] == [None]

    def test_an_omission_takes_the_dearest(self, tmp_path: Path) -> None:
        body = (
            "kind: disclosure\ndue_if: [利息]\nsatisfied_by: [[年化]]\nsuggestion: '年化利率{computed.apr}。'\n"
            "applies_to: {products: [loan]}\n"
        )
        copy = "利息低:日息万二,分12期每期手续费0.6%"
        found = hits(tmp_path, body, copy, context=self.LOAN, category="disclosure.apr")
        assert [f.suggestion for f in found] == ["年化利率13.03%(内部收益率)。"]

    def test_many_rates_in_one_copy_stay_cheap(self, tmp_path: Path) -> None:
        assert hits(tmp_path, self.BODY, "日息万五," * 5000 + "每期手续费0.6%12期" * 3000, context=self.LOAN)


def test_a_channel_gets_its_own_wording(tmp_path: Path) -> None:
    header = {"suggestion": "默认。", "suggestions": "{short: 短, spoken: 说, email: 邮件}"}
    shown = {}
    for channel in ("web_page", "sms", "livestream", "email"):
        folder = tmp_path / channel
        [finding] = hits(folder, "kind: phrase\nany: [保本]\n", "保本", context={"channel": channel}, **header)
        shown[channel] = finding.suggestion
    assert shown == {"web_page": "默认。", "sms": "短", "livestream": "说", "email": "邮件"}


def test_a_slot_may_have_alternatives(tmp_path: Path) -> None:
    header = {"suggestion": "\"由{product.issuer|product.facts.maker|'发行机构'}发行\""}
    body = "kind: phrase\nany: [保本]\n"
    for number, (product, expected) in enumerate(
        [({"issuer": "甲"}, "由甲发行"), ({"facts": {"maker": "乙"}}, "由乙发行"), ({}, "由发行机构发行")]
    ):
        context = {"product": {"kind": "wealth_management", **product}}
        [finding] = hits(tmp_path / str(number), body, "保本", context=context, **header)
        assert finding.suggestion == expected
