"""Consent records out and in again, in the shape of ISO/IEC TS 27560."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_guard.domain import VOCABULARY, Consent
from compliance_guard.errors import InputError
from compliance_guard.records.iso27560 import exported, imported

INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
NAMES = st.text(min_size=1, max_size=20)
CHANNELS = st.lists(st.sampled_from(VOCABULARY["channel"]), max_size=4).map(tuple)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


CONSENTS = st.builds(
    Consent,
    subject=maybe(NAMES),
    controller=maybe(NAMES),
    purpose=st.sampled_from(["marketing", "profiling", "third_party_sharing", "sensitive_data", "service"]),
    product_kinds=maybe(st.lists(st.sampled_from(VOCABULARY["product_kind"]), max_size=3).map(tuple)),
    channels=maybe(CHANNELS),
    granted_at=maybe(INSTANTS),
    expires_at=maybe(INSTANTS),
    withdrawn_at=maybe(INSTANTS),
    withdrawn_channels=maybe(CHANNELS),
    method=maybe(st.sampled_from(["opt_in", "written", "default_tick", "silence"])),
    notice_version=maybe(NAMES),
    evidence_id=maybe(NAMES),
    recipients=maybe(st.lists(NAMES, max_size=2).map(tuple)),
    guardian_of_minor=maybe(st.booleans()),
    max_per_week=maybe(st.integers(0, 20)),
)


@given(CONSENTS)
def test_what_goes_out_comes_in_again(consent: Consent) -> None:
    assert imported(json.loads(json.dumps(exported(consent)))) == (consent,)


RECORD = {
    "schema_version": "ISO/IEC TS 27560:2023",
    "record_id": "E-77",
    "pii_principal_id": "K1",
    "pii_processing": {
        "privacy_notice": "2026-01",
        "purposes": [
            {"purpose": "marketing", "lawful_basis": "consent", "extension": {"channels": ["sms"]}},
            {"purpose": "third_party_sharing", "recipient_third_parties": ["澄湖理财"]},
        ],
    },
    "party_identification": [
        {"party_id": "bank", "party_name": "示例银行", "party_role": "pii_controller"},
        {"party_id": "x", "party_role": "authority"},
    ],
    "events": [
        {"event_state": "consent given", "event_time": "2026-03-01T10:00:00+08:00", "validity_duration": "P1Y"},
        {"event_state": "consent withdrawn", "event_time": "2026-08-01T10:00:00+08:00", "channels": ["sms"]},
    ],
}


def test_a_record_of_another_system_becomes_one_consent_a_purpose() -> None:
    marketing, sharing = imported(RECORD)
    assert (marketing.purpose, marketing.channels, marketing.controller) == ("marketing", ("sms",), "示例银行")
    assert marketing.expires_at == datetime.fromisoformat("2027-03-01T10:00:00+08:00")
    assert marketing.withdrawn_channels == ("sms",)
    assert (sharing.recipients, sharing.subject, sharing.evidence_id) == (("澄湖理财",), "K1", "E-77")


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        ({"pii_processing": None}, "pii_processing"),
        ({"pii_processing": {"purposes": []}}, "pii_processing.purposes"),
        ({"pii_processing": {"purposes": [{"purpose": "fun"}]}}, r"purposes\[0\] 的 purpose"),
        ({"pii_processing": {"purposes": [{"purpose": "marketing", "extension": {"x": 1}}]}}, "extension"),
        ({"events": [{"event_state": "maybe"}]}, r"events\[0\]\.event_state"),
        ({"events": [{"event_state": "consent given", "event_time": "2026-03-01T10:00:00"}]}, "granted_at"),
        ({"events": [{"event_state": "consent given", "event_time": "x", "validity_duration": "P1Y"}]}, "validity"),
    ],
)
def test_what_cannot_be_used_is_named(spoil: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match=field):
        imported({**RECORD, **spoil})
