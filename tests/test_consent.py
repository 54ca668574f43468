"""May this person be contacted with this, here, now? First depth: the record, its purpose, channel and time."""

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
