"""May this person be contacted with this, here, now?"""

from __future__ import annotations

from typing import Any

import pytest

from compliance_guard import Reviewer
from tests.conftest import TODAY

RECORD = {
    "subject": "K1", "controller": "示例银行", "purpose": "marketing", "channels": ["sms", "email"],
    "granted_at": "2026-05-01T10:00:00+08:00", "expires_at": "2027-05-01T00:00:00+08:00",
    "method": "opt_in", "notice_version": "v3", "evidence_id": "E1",
}  # fmt: skip
AT = "2026-11-24T10:00:00+08:00"


def found(
    reviewer: Reviewer, *records: dict[str, Any], channel: str | None = "sms", at: str = AT
) -> dict[str, str]:
    """Consent findings, code to severity."""
    report = reviewer.review(
        "欢迎选购本行理财",
        channel=channel,
        product={"kind": "wealth_management"},
        customer={"id": "K1"},
        consents=[RECORD | r for r in records],
        contact={"at": at, "controller": "示例银行"},
        as_of=TODAY,
    )
    return {
        f.category.removeprefix("consent."): f.severity for f in report.findings if f.category[:8] == "consent."
    }


def test_a_record_that_covers_the_contact_is_enough(reviewer: Reviewer) -> None:
    assert found(reviewer, {}) == {}


def test_none_at_all_is_missing(reviewer: Reviewer) -> None:
    assert found(reviewer)["missing"] == "block"


@pytest.mark.parametrize("method", ["default_tick", "silence", "bundled"])
def test_what_nobody_said_is_no_consent(reviewer: Reviewer, method: str) -> None:
    assert "missing" in found(reviewer, {"method": method})


def test_another_persons_record_does_not_count(reviewer: Reviewer) -> None:
    assert "missing" in found(reviewer, {"subject": "K2"})


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"channels": ["email"]}, "channel"),
        ({"purpose": "service"}, "purpose"),
        ({"product_kinds": ["deposit"]}, "purpose"),
        ({"withdrawn_at": "2026-10-01T00:00:00+08:00"}, "withdrawn"),
        ({"granted_at": "2026-11-25T00:00:00+08:00"}, "expired"),
        ({"controller": "别家保险"}, "third_party"),
    ],
)
def test_a_record_beside_the_contact_is_named_by_what_it_lacks(
    reviewer: Reviewer, record: dict[str, Any], code: str
) -> None:
    assert found(reviewer, record) == {code: "block"}


@pytest.mark.parametrize(
    ("at", "expired"), [("2027-04-30T23:59:59+08:00", False), ("2027-05-01T00:00:00+08:00", True)]
)
def test_expires_at_is_the_first_moment_no_longer_covered(reviewer: Reviewer, at: str, expired: bool) -> None:
    assert ("expired" in found(reviewer, {}, at=at)) == expired


def test_instants_are_compared_across_zones(reviewer: Reviewer) -> None:
    """16:00 UTC of the day before is midnight in China."""
    assert "expired" in found(reviewer, {}, at="2027-04-30T16:00:00+00:00")
    assert "expired" not in found(reviewer, {}, at="2027-04-30T15:59:59+00:00")


def test_without_an_end_twelve_months_are_policy(reviewer: Reviewer) -> None:
    old = {"granted_at": "2025-11-01T10:00:00+08:00", "expires_at": None}
    assert found(reviewer, old) == {"expired": "review"}


class TestWithdrawal:
    GONE: dict[str, Any] = {"withdrawn_at": "2026-10-01T00:00:00+08:00"}  # noqa: RUF012

    def test_of_one_channel_leaves_the_others(self, reviewer: Reviewer) -> None:
        partly = self.GONE | {"withdrawn_channels": ["email"]}
        assert found(reviewer, partly) == {}
        assert "withdrawn" in found(reviewer, partly, channel="email")

    def test_a_later_grant_revives_and_an_earlier_one_does_not(self, reviewer: Reviewer) -> None:
        later, earlier = "2026-10-02T00:00:00+08:00", "2026-04-01T00:00:00+08:00"
        assert found(reviewer, self.GONE, {"granted_at": later}) == {}
        assert "withdrawn" in found(reviewer, self.GONE, {"granted_at": earlier})

    def test_in_the_future_does_not_count_yet(self, reviewer: Reviewer) -> None:
        assert found(reviewer, {"withdrawn_at": "2026-12-01T00:00:00+08:00"}) == {}


def test_the_record_that_covers_the_contact_counts(reviewer: Reviewer) -> None:
    assert found(reviewer, {"channels": ["email"]}, {"channels": ["sms"]}) == {}


def test_internal_texts_contact_nobody(reviewer: Reviewer) -> None:
    report = reviewer.review("内部通知", audience="internal", channel="internal", consents=[], as_of=TODAY)
    assert not [f for f in report.findings if f.category.startswith("consent.")]


def contacted(
    reviewer: Reviewer,
    *records: dict[str, Any],
    channel: str = "sms",
    product: dict[str, Any] | None = None,
    as_of: str = TODAY,
    born: str | None = None,
    **contact: Any,
) -> dict[str, str]:
    """Consent findings for a contact that the records cover, code to severity."""
    report = reviewer.review(
        "欢迎选购本行产品",
        channel=channel,
        product=product or {"kind": "wealth_management"},
        customer={"id": "K1"} | ({"birth_date": born} if born else {}),
        consents=[RECORD | {"channels": None, "granted_at": "2026-03-01T10:00:00+08:00"} | r for r in records],
        contact={"at": AT, "controller": "示例银行"} | contact,
        as_of=as_of,
    )
    return {
        f.category.removeprefix("consent."): f.severity for f in report.findings if f.category[:8] == "consent."
    }


class TestSensitiveDataAndAutomation:
    def test_sensitive_data_need_a_consent_of_their_own(self, reviewer: Reviewer) -> None:
        assert contacted(reviewer, {}, uses_sensitive_data=True) == {"sensitive": "block"}
        own = {"purpose": "sensitive_data"}
        assert contacted(reviewer, {}, own, uses_sensitive_data=True) == {}
        withdrawn = own | {"withdrawn_at": "2026-10-01T00:00:00+08:00"}
        assert contacted(reviewer, {}, withdrawn, uses_sensitive_data=True) == {"sensitive": "block"}

    @pytest.mark.parametrize(("offered", "found"), [(True, {}), (False, {"automated_decision": "block"})])
    def test_personalised_pushing_needs_a_way_out(
        self, reviewer: Reviewer, offered: bool, found: dict[str, str]
    ) -> None:
        assert contacted(reviewer, {}, automated_decision=True, opt_out_offered=offered) == found

    def test_whether_there_is_a_way_out_must_be_known(self, reviewer: Reviewer) -> None:
        assert contacted(reviewer, {}, automated_decision=True) == {"automated_decision": "review"}

    def test_who_declined_profiling_is_not_profiled(self, reviewer: Reviewer) -> None:
        declined = {"purpose": "profiling", "withdrawn_at": "2026-10-01T00:00:00+08:00"}
        found = contacted(reviewer, {}, declined, automated_decision=True, opt_out_offered=True)
        assert found == {"automated_decision": "block"}

    @pytest.mark.parametrize(("born", "minor"), [("2008-11-24", False), ("2008-11-25", True)])
    def test_minors_are_no_audience_of_automated_marketing(
        self, reviewer: Reviewer, born: str, minor: bool
    ) -> None:
        found = contacted(reviewer, {}, automated_decision=True, opt_out_offered=True, born=born)
        assert ("automated_decision" in found) is minor

    @pytest.mark.parametrize(("born", "guardian", "code"), [
        ("2012-11-25", False, True), ("2012-11-25", True, False), ("2012-11-24", False, False),
    ])  # fmt: skip
    def test_under_fourteen_a_guardian_consents(
        self, reviewer: Reviewer, born: str, guardian: bool, code: bool
    ) -> None:
        assert ("minor" in contacted(reviewer, {"guardian_of_minor": guardian}, born=born)) is code


class TestWhen:
    """Windows are half open: the first moment belongs to them, the last does not."""

    ANNUITY: dict[str, Any] = {"kind": "insurance", "subkind": "annuity"}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("channel", "product", "time", "found"),
        [
            ("call_script", ANNUITY, "20:59:59", {}),
            ("call_script", ANNUITY, "21:00:00", {"quiet_hours": "block"}),
            ("call_script", ANNUITY, "08:59:59", {"quiet_hours": "block"}),
            ("call_script", ANNUITY, "09:00:00", {}),
            ("call_script", {"kind": "insurance", "subkind": "car"}, "20:00:00", {"quiet_hours": "review"}),
            ("call_script", {"kind": "loan"}, "20:00:00", {"quiet_hours": "review"}),
            ("sms", None, "19:59:59", {}),
            ("sms", None, "20:00:00", {"quiet_hours": "review"}),
            ("app_push", None, "07:59:59", {"quiet_hours": "review"}),
            ("app_push", None, "08:00:00", {}),
            ("email", None, "23:00:00", {}),
        ],
    )
    def test_quiet_hours_are_law_for_life_insurance_calls_and_policy_elsewhere(
        self, reviewer: Reviewer, channel: str, product: dict[str, Any] | None, time: str, found: dict[str, str]
    ) -> None:
        assert contacted(reviewer, {}, channel=channel, product=product, at=f"2026-11-24T{time}+08:00") == found

    def test_the_hour_is_that_of_china(self, reviewer: Reviewer) -> None:
        assert "quiet_hours" in contacted(reviewer, {}, at="2026-11-24T12:00:00+00:00")

    def test_a_customer_who_asked_may_be_called(self, reviewer: Reviewer) -> None:
        at = "2026-11-24T22:00:00+08:00"
        found = contacted(
            reviewer, {}, channel="call_script", product=self.ANNUITY, at=at, requested_by_customer=True
        )
        assert found == {}


class TestHowOften:
    def history(self, *days: str, channel: str = "sms") -> list[dict[str, str]]:
        return [{"at": f"2026-11-{day}+08:00", "channel": channel} for day in days]

    def test_not_more_than_was_agreed_over_all_channels(self, reviewer: Reviewer) -> None:
        twice = {"max_per_week": 2}
        mixed = self.history("20T10:00:00") + self.history("22T10:00:00", channel="email")
        assert contacted(reviewer, twice, history=mixed) == {"frequency": "block"}
        assert contacted(reviewer, twice, history=mixed[:1]) == {}

    def test_the_window_rolls_and_its_first_moment_is_outside(self, reviewer: Reviewer) -> None:
        once = {"max_per_week": 1}
        assert contacted(reviewer, once, history=self.history("17T10:00:00")) == {}
        assert contacted(reviewer, once, history=self.history("17T10:00:01")) == {"frequency": "block"}

    def test_without_an_agreed_number_policy_asks_for_review(self, reviewer: Reviewer) -> None:
        assert contacted(reviewer, {}, history=self.history("20T10:00:00", "22T10:00:00")) == {
            "frequency": "review"
        }
        calls = self.history("24T09:00:00", channel="call_script")
        assert contacted(reviewer, {}, channel="call_script", history=calls) == {"frequency": "review"}


class TestEvidence:
    @pytest.mark.parametrize(
        ("channel", "as_of", "severity"),
        [("sms", "2026-04-30", "review"), ("sms", "2026-05-01", "block"), ("app_push", "2026-05-01", "review")],
    )
    def test_sms_need_proof_of_consent_since_the_revised_rules(
        self, reviewer: Reviewer, channel: str, as_of: str, severity: str
    ) -> None:
        found = contacted(
            reviewer, {"evidence_id": None}, channel=channel, as_of=as_of, at=f"{as_of}T10:00:00+08:00"
        )
        assert found == {"evidence": severity}

    @pytest.mark.parametrize("field", ["method", "notice_version"])
    def test_how_and_with_which_wording_must_be_known(self, reviewer: Reviewer, field: str) -> None:
        assert contacted(reviewer, {field: None}) == {"evidence": "review"}

    def test_the_best_proved_record_counts(self, reviewer: Reviewer) -> None:
        assert contacted(reviewer, {"evidence_id": None}, {}) == {}
