"""`review()` and `Reviewer` as the contract has them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import compliance_guard
from compliance_guard import Report, Reviewer, review
from compliance_guard.domain import ModelRef, Product, Request
from compliance_guard.errors import ConfigError, InputError, TextTooLong
from tests.conftest import TODAY

CAMPAIGN = {
    "channel": "sms",
    "audience": "public",
    "product": {"kind": "wealth_management", "risk_grade": "R3", "name": "示例稳进一年"},
    "customer": {"risk_grade": "C2", "assessed_at": "2026-01-10", "birth_date": "1958-03-02"},
    "consents": [{"purpose": "marketing", "channels": ["email"], "granted_at": "2026-05-01T10:00:00+08:00"}],
    "contact": {"at": "2026-11-24T10:30:00+08:00", "history": []},
    "as_of": TODAY,
}


def test_one_call_reviews_with_all_four_families(whole: Reviewer) -> None:
    report = whole.review("本金妥妥的,年化4.5%坐等到账!", **CAMPAIGN)
    assert report.verdict == "block"
    assert {f.category.split(".")[0] for f in report.findings} == {"claim", "disclosure", "suitability", "consent"}
    assert report.not_evaluated == ()


def test_review_is_a_default_reviewer() -> None:
    assert review("产品有风险", as_of=TODAY).request_digest
    assert compliance_guard.__all__ == sorted(compliance_guard.__all__)
    for name in compliance_guard.__all__:
        assert getattr(compliance_guard, name) is not None


def test_spans_are_code_points_of_the_copy_as_given(reviewer: Reviewer) -> None:
    text = "🎉新品!這款理財保.本.保.息😊"
    report = reviewer.review(text, product={"kind": "wealth_management"}, excerpt=True, as_of=TODAY)
    spans = [f.span for f in report.findings if f.category == "claim.guarantee"]
    assert [(s.start, s.end, s.text) for s in spans if s] == [(8, 15, "保.本.保.息")]


def test_findings_are_ordered_by_position_then_rule(reviewer: Reviewer) -> None:
    report = reviewer.review("保本。收益全国第一。零风险。", product={"kind": "wealth_management"}, as_of=TODAY)
    keys = [(f.span.start if f.span else 10**9, f.rule_id) for f in report.findings]
    assert keys == sorted(keys)


def test_what_one_rule_measured_is_kept_where_another_tells_the_finding(reviewer: Reviewer) -> None:
    report = reviewer.review("10万放一年变10.5万", product={"kind": "wealth_management"}, excerpt=True)
    [finding] = [f for f in report.findings if f.category == "claim.return_forecast"]
    assert finding.evidence["also"]
    assert finding.evidence["principal"] == 100_000
    assert finding.evidence["gain"] == 5_000
    assert finding.evidence["annualised"] == 5


def test_models_are_frozen_and_closed(reviewer: Reviewer) -> None:
    report = reviewer.review("您好", as_of=TODAY)
    with pytest.raises(ValueError, match=r"frozen"):
        report.verdict = "pass"  # type: ignore[misc]
    with pytest.raises(ValueError, match=r"extra_forbidden|Extra"):
        Product(kind="deposit", colour="red")  # type: ignore[call-arg]


class TestNotEvaluated:
    """Data that was not offered is told, never passed over."""

    def of(self, reviewer: Reviewer, **context: object) -> dict[str, str]:
        report = reviewer.review("您好", as_of=TODAY, **context)  # type: ignore[arg-type]
        return {n.check: n.reason for n in report.not_evaluated}

    def test_everything_but_claims_needs_more_than_copy(self, whole: Reviewer) -> None:
        assert set(self.of(whole)) == {"disclosures", "product_facts", "suitability", "consent"}

    def test_consent_not_offered_is_not_judged_and_an_empty_list_is_none(self, reviewer: Reviewer) -> None:
        customer = {"id": "c1"}
        assert "consent" in self.of(reviewer, customer=customer)
        report = reviewer.review("您好", customer=customer, consents=[], channel="sms", as_of=TODAY)
        assert "consent.missing" in {f.category for f in report.findings}

    def test_a_required_check_without_data_cannot_pass(self) -> None:
        strict = Reviewer(discover=False, require=["suitability"])
        assert strict.review("您好", as_of=TODAY).verdict == "review"

    def test_copy_that_cannot_be_read_cannot_pass(self, reviewer: Reviewer) -> None:
        for text in ("", "   ", "Guaranteed returns, no risk!", "🎉🎉"):
            report = reviewer.review(text, as_of=TODAY)
            assert report.verdict == "review"
            assert "claims" in {n.check for n in report.not_evaluated}


class _Crashing:
    id = "crashing"

    def lacking(self, case: object) -> str | None:
        return None

    def run(self, case: object, engine: object) -> list[object]:
        raise ZeroDivisionError("姓名:张三")


class _CrashingPlugin:
    @compliance_guard.hookimpl
    def provide_checks(self) -> list[_Crashing]:
        return [_Crashing()]


def test_a_check_that_crashes_is_named_and_the_verdict_cannot_be_pass() -> None:
    report = Reviewer(discover=False, plugins=[_CrashingPlugin()]).review("您好", as_of=TODAY)
    assert report.verdict == "review"
    [crashed] = [n for n in report.not_evaluated if n.check == "crashing"]
    assert "ZeroDivisionError" in crashed.reason
    assert "张三" not in crashed.reason


class _CrashingClassifier:
    id = "crashing"

    def ref(self) -> ModelRef:
        return ModelRef(id="crashing", digest="0")

    def bands(self) -> dict[str, object]:
        return {}

    def available(self) -> bool:
        return True

    def read(self, sentences: object) -> list[object]:
        raise ZeroDivisionError("姓名:张三")


class _CrashingClassifierPlugin:
    @compliance_guard.hookimpl
    def provide_classifiers(self) -> list[_CrashingClassifier]:
        return [_CrashingClassifier()]


def test_a_classifier_that_crashes_is_named_like_a_check_and_the_rules_still_judge() -> None:
    reviewer = Reviewer(discover=False, plugins=[_CrashingClassifierPlugin()])
    report = reviewer.review("您好", as_of=TODAY)
    assert report.verdict == "review"
    [crashed] = [n for n in report.not_evaluated if n.check == "crashing"]
    assert "ZeroDivisionError" in crashed.reason
    assert "张三" not in crashed.reason
    assert reviewer.review("本金妥妥的,稳赚不赔", as_of=TODAY).verdict == "block"


@pytest.mark.parametrize(
    ("context", "field", "says"),
    [
        ({"channel": "fax"}, "channel", "sms"),
        ({"product": {"kind": "bond"}}, "product.kind", "wealth_management"),
        ({"product": {"kindd": "loan"}}, "product.kindd", "subkind"),
        ({"product": {"kind": "loan", "term": "半年"}}, "product.term", "P180D"),
        ({"product": {"kind": "loan", "min_amount": -1}}, "product.min_amount", "0"),
        ({"contact": {"at": "2026-11-24T22:30:00"}}, "contact.at", "时区"),
        ({"customer": {"assessed_at": "昨天"}}, "customer.assessed_at", "date"),
        ({"as_of": "2026-13-01"}, "as_of", "date"),
        ({"as_of": "0000"}, "as_of", "date"),
        ({"as_of": 20261124}, "as_of", "date"),
        ({"contact": {"at": 1764000000}}, "contact.at", "时区"),
        ({"consents": [{"purpose": "fun"}]}, "consents.0.purpose", "marketing"),
    ],
)
def test_bad_input_names_field_value_and_remedy(reviewer: Reviewer, context: dict, field: str, says: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(InputError) as caught:
        reviewer.review("您好", **context)
    assert caught.value.field == field
    assert says in caught.value.remedy
    assert caught.value.value in str(caught.value)


def test_text_has_a_limit_that_can_be_set() -> None:
    small = Reviewer(discover=False, max_length=10)
    with pytest.raises(TextTooLong, match="10"):
        small.review("理" * 11)
    with pytest.raises(ConfigError, match="可用"):
        Reviewer(discover=False, require=["nonsense"])
    with pytest.raises(ConfigError, match="可用"):
        Reviewer(discover=False, segmenter="nonsense")


def test_review_many_streams(reviewer: Reviewer) -> None:
    """Endless requests are no problem: nothing is read ahead."""
    endless = ({"text": f"第{i}条,保本", "as_of": TODAY, "product": {"kind": "trust"}} for i in range(10**12))
    reports = list(islice(reviewer.review_many(endless), 3))
    assert [r.verdict for r in reports] == ["block"] * 3


def test_one_copy_for_many_customers_is_read_once_and_judged_for_each(reviewer: Reviewer) -> None:
    def suitability(grade: str) -> set[str]:
        customer = {"risk_grade": grade, "assessed_at": "2026-01-10"}
        report = reviewer.review("示例稳进一年今日开放。", **{**CAMPAIGN, "customer": customer})
        return {f.category for f in report.findings if f.category == "suitability.grade_mismatch"}

    assert suitability("C2")
    assert not suitability("C4")
    assert suitability("C1")
    first, again = (reviewer.engine.case(reviewer.request(text="净值会波动。"), list) for _ in range(2))
    assert first.copy is again.copy
    long = "净值会波动。" * 500
    first, again = (reviewer.engine.case(reviewer.request(text=long), list) for _ in range(2))
    assert first.copy is not again.copy


def test_areview_gives_the_same_report(reviewer: Reviewer) -> None:
    assert asyncio.run(reviewer.areview("保本", **CAMPAIGN)) == reviewer.review("保本", **CAMPAIGN)


def test_a_reviewer_may_be_shared_between_threads(reviewer: Reviewer) -> None:
    texts = [f"第{i}期理财,本金{'不' * (i % 2)}保本" for i in range(60)]
    alone = [reviewer.review(t, **CAMPAIGN) for t in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda t: reviewer.review(t, **CAMPAIGN), texts)) == alone


def test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    program = (
        "import json,sys\n"
        "from compliance_guard import Reviewer\n"
        "campaign = json.load(sys.stdin)\n"
        "r = Reviewer(discover=False).review('本金妥妥的,全国第一,买就送红包,手慢无!', **campaign)\n"
        "sys.stdout.buffer.write(r.model_dump_json().encode())\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(CAMPAIGN).encode(),
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1
    assert Report.model_validate_json(outputs.pop()).verdict == "block"


def test_provenance_names_what_judged(reviewer: Reviewer) -> None:
    provenance = reviewer.review("您好", as_of=TODAY).provenance
    assert provenance.library == compliance_guard.__version__
    assert [p.id for p in provenance.packs] == sorted(p.id for p in provenance.packs)
    assert all(len(p.digest) == 64 for p in provenance.packs)


@pytest.mark.parametrize(
    ("runs", "problem"),
    [
        ([{"start": 0, "end": 9}], "超出"),
        ([{"start": 2, "end": 2}], "end"),
        ([{"start": 0, "end": 3}, {"start": 2, "end": 4}], "重叠"),
        ([{"start": 0, "end": 2, "contrast": 40}], "layout"),
        ([{"start": 0, "end": 2, "colour": "red"}], "colour"),
    ],
)
def test_a_layout_that_does_not_fit_the_text_is_refused(reviewer: Reviewer, runs: object, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        reviewer.review("产品有风险", layout=runs)  # type: ignore[arg-type]


def test_a_request_without_layout_keeps_its_digest(reviewer: Reviewer) -> None:
    plain, laid = (
        reviewer.review("产品有风险", as_of=TODAY, layout=runs).request_digest
        for runs in (None, [{"start": 0, "end": 2}])
    )
    assert plain == "69b37de64e0666bfb231f15b60938ef4b5263834277c29ca8346f3ac8511108d"
    assert laid != plain


@pytest.mark.parametrize(("model", "name"), [(Request, "request"), (Report, "report")])
def test_the_published_schema_is_the_real_one(model: type, name: str) -> None:
    """docs/schema/*.json changes only on purpose: `python docs/schema/write.py`."""
    published = json.loads((Path(__file__).parents[1] / "docs" / "schema" / f"{name}.json").read_text("utf-8"))
    assert published == model.model_json_schema()  # type: ignore[attr-defined]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_unicode_gets_a_report(reviewer: Reviewer, text: str) -> None:
    """No crash on any input, and every span is where it says."""
    report = reviewer.review(text, **CAMPAIGN)
    for finding in report.findings:
        if finding.span is not None:
            assert text[finding.span.start : finding.span.end] == finding.span.text
    assert not any(n.reason.startswith("检查出错") for n in report.not_evaluated)
    report.model_dump_json()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    st.text(alphabet="保本收益年化4.5%不承诺风险R2理财存款养老,。!?\n“”【】*<>&;#零1万元送红包第一", max_size=200)
)
def test_any_heap_of_our_own_words_gets_a_report(reviewer: Reviewer, text: str) -> None:
    for kind in ("wealth_management", "loan", "insurance", "deposit"):
        report = reviewer.review(text, product={"kind": kind, "risk_grade": "R2"}, channel="sms", as_of=TODAY)
        assert not any(n.reason.startswith("检查出错") for n in report.not_evaluated)


def test_what_is_no_text_is_refused(reviewer: Reviewer) -> None:
    with pytest.raises(InputError, match="第 3 个字符"):
        reviewer.review("保本\ud800收益")
    with pytest.raises(InputError, match="request"):
        reviewer.review("您好", product={"kind": "loan", "name": "\ud800"})
    with pytest.raises(InputError, match="request"):
        reviewer.review("您好", product={"kind": "loan", "facts": {"x": object()}})
