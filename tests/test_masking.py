"""The report never shows the personal data that it is about; places stay true."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance_guard import Reviewer
from compliance_guard.masking import hidden
from compliance_guard.protocols import Document, Result
from compliance_guard.reporters.as_json import Json, JsonLines
from compliance_guard.reporters.as_text import Concise, Full
from tests.conftest import TODAY
from tests.reading.test_personal import DISGUISES, bank_cards, mobiles, resident_ids

CONTEXT = {"channel": "wechat_moments", "product": {"kind": "wealth_management"}, "excerpt": True, "as_of": TODAY}


def output(reviewer: Reviewer, copy: str) -> str:
    """Everything that any format shows of a review."""
    report = reviewer.review(copy, **CONTEXT)  # type: ignore[arg-type]
    results = [Result("a.txt", Document(copy), report)]
    return "".join(w.write(results, colour=False) for w in (Full(), Concise(), Json(), JsonLines()))


@settings(max_examples=15, deadline=None)
@given(resident_ids(), bank_cards(), mobiles(), st.sampled_from(sorted(DISGUISES)))
def test_no_number_is_shown_whole(
    reviewer: Reviewer, resident_id: str, card: str, mobile: str, disguise: str
) -> None:
    write = DISGUISES[disguise]
    copy = f"客户王建国身份证{write(resident_id)},卡号{write(card)},手机{write(mobile)},持有500万,保本保息"
    shown = output(reviewer, copy)
    for number in (resident_id, card, mobile):
        for form in (number, number.lower(), write(number), json.dumps(write(number))[1:-1]):
            assert form not in shown
            assert form[: -len(form) // 4] not in shown
    assert "王建国" not in shown
    assert "建国" not in shown


def test_what_stays_visible(reviewer: Reviewer) -> None:
    report = reviewer.review("客户王建国13800138000持有500万", **CONTEXT)  # type: ignore[arg-type]
    [finding] = [f for f in report.findings if f.category == "claim.pii_exposure"]
    assert finding.span is not None
    assert "王**138****8000" in finding.span.text


def test_places_stay_true(reviewer: Reviewer) -> None:
    copy = "老客户 王建国 电话１３８００１３８０００,放了五百万"
    report = reviewer.review(copy, **CONTEXT)  # type: ignore[arg-type]
    for finding in report.findings:
        if finding.span:
            assert len(finding.span.text) == finding.span.end - finding.span.start


def test_other_findings_over_the_same_words_are_masked_too(reviewer: Reviewer) -> None:
    copy = "跟着王老师买,内幕票翻倍,加微信13800138000"
    report = reviewer.review(copy, **CONTEXT)  # type: ignore[arg-type]
    assert report.findings
    assert "13800138000" not in report.model_dump_json()


def test_a_name_is_masked_wherever_it_comes_again(reviewer: Reviewer) -> None:
    copy = "客户王建国,13800138000,买了五十万。\n王建国说这款稳赚不赔,保本保息"
    assert "王建国" not in output(reviewer, copy)


def test_copy_without_personal_data_is_shown_as_it_is(reviewer: Reviewer) -> None:
    copy = "保本保息,年化4.5%,客服95588"
    report = reviewer.review(copy, **CONTEXT)  # type: ignore[arg-type]
    assert report.findings
    for finding in report.findings:
        if finding.span:
            assert finding.span.text == copy[finding.span.start : finding.span.end]
    assert hidden(copy, report.findings) == copy


@pytest.mark.parametrize(
    "copy", ["名单:李桂芝,三二零九二二一九五四零七一八二二四六", "您的账户6222020200112233445已入账"]
)
def test_numbers_that_do_not_validate_are_masked_in_their_finding(reviewer: Reviewer, copy: str) -> None:
    """A made-up or mistyped number in a finding may still be nearly somebody's."""
    report = reviewer.review(copy, **CONTEXT)  # type: ignore[arg-type]
    for finding in report.findings:
        assert "6222020200112233445" not in finding.model_dump_json()
        assert "三二零九二二一九五四零七一八二二四六" not in finding.model_dump_json()
