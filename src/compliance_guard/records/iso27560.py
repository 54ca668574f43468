"""Consent records as JSON in the shape of ISO/IEC TS 27560:2023: out of our records and into them.

The technical specification names sections and fields and leaves the encoding open; we write JSON with its field
names: a header (`schema_version`, `record_id`, `pii_principal_id`), `pii_processing` with `privacy_notice` and
`purposes`, `party_identification`, `events` (`event_time`, `event_type`, `event_state`, `validity_duration`,
`entity_id`). What this library knows and the specification does not (product kinds, contacts a week, a default tick
as the method) stands in a purpose's `extension`. The IAB's TCF string is another matter: it tells advertising
systems on web pages what a visitor chose there; it names no controller's product, channel, proof or withdrawal by
channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance_guard.domain import Consent
from compliance_guard.errors import InputError
from compliance_guard.records.validation import record_of

SCHEMA_VERSION = "ISO/IEC TS 27560:2023"
GIVEN, WITHDRAWN = "consent given", "consent withdrawn"
CONTROLLER = "pii_controller"

_EXTENSION = ("product_kinds", "channels", "method", "guardian_of_minor", "max_per_week")


def exported(consent: Consent) -> dict[str, Any]:
    """A consent as a JSON object."""
    told = consent.model_dump(mode="json", exclude_none=True)
    controller = told.get("controller")
    purpose: dict[str, Any] = {"purpose": told["purpose"], "lawful_basis": "consent"}
    if controller is not None:
        purpose["pii_controllers"] = [controller]
    if "recipients" in told:
        purpose["recipient_third_parties"] = told["recipients"]
    if extension := {name: told[name] for name in _EXTENSION if name in told}:
        purpose["extension"] = extension
    record: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
    record |= _known(record_id=told.get("evidence_id"), pii_principal_id=told.get("subject"))
    record["pii_processing"] = _known(privacy_notice=told.get("notice_version")) | {"purposes": [purpose]}
    if controller is not None:
        record["party_identification"] = [{"party_id": controller, "party_role": CONTROLLER}]
    record["events"] = list(_events(told))
    return record


def _events(told: Mapping[str, Any]) -> Any:
    entity = _known(entity_id=told.get("subject"))
    if "granted_at" in told or "expires_at" in told:
        given = _known(event_time=told.get("granted_at"), valid_until=told.get("expires_at"))
        yield {"event_type": "explicit", "event_state": GIVEN} | given | entity
    if "withdrawn_at" in told or "withdrawn_channels" in told:
        what = _known(event_time=told.get("withdrawn_at"), channels=told.get("withdrawn_channels"))
        yield {"event_type": "explicit", "event_state": WITHDRAWN} | what | entity


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def imported(record: Mapping[str, Any]) -> tuple[Consent, ...]:
    """The consents of a JSON object, one a purpose.

    An event `consent given` may have a `validity_duration` (ISO 8601, from `event_time`) in place of `valid_until`.

    Raises:
        InputError: names the field that is missing or cannot be used.
    """
    if not isinstance(record, Mapping):
        raise InputError("record", type(record).__name__, "须为一个 JSON 对象")
    processing = _mapping(record, "pii_processing")
    purposes = processing.get("purposes")
    if not isinstance(purposes, list) or not purposes:
        raise InputError("pii_processing.purposes", str(purposes), "须列出至少一个目的")
    common = _common(record, processing)
    found: list[Consent] = []
    for number, purpose in enumerate(purposes):
        where = f"pii_processing.purposes[{number}]"
        if not isinstance(purpose, Mapping) or "purpose" not in purpose:
            raise InputError(where, str(purpose), "须写明 purpose")
        extension = purpose.get("extension") or {}
        if unknown := set(extension) - set(_EXTENSION):
            raise InputError(f"{where}.extension", "、".join(sorted(unknown)), f"可用: {'、'.join(_EXTENSION)}")
        own = {"purpose": purpose["purpose"], "recipients": purpose.get("recipient_third_parties"), **extension}
        controllers = purpose.get("pii_controllers") or (
            [common["controller"]] if "controller" in common else [None]
        )
        found += [
            record_of(Consent, {**common, **own, "controller": controller}, where) for controller in controllers
        ]
    return tuple(found)


def _common(record: Mapping[str, Any], processing: Mapping[str, Any]) -> dict[str, Any]:
    """What the record says of all its purposes."""
    told = _known(
        subject=record.get("pii_principal_id"),
        evidence_id=record.get("record_id"),
        notice_version=processing.get("privacy_notice"),
    )
    parties = [p for p in record.get("party_identification") or () if p.get("party_role") == CONTROLLER]
    if parties:
        told["controller"] = parties[0].get("party_name") or parties[0].get("party_id")
    for number, event in enumerate(record.get("events") or ()):
        where = f"events[{number}]"
        state = event.get("event_state")
        if state == GIVEN:
            told |= _known(granted_at=event.get("event_time"), expires_at=_end(event, where))
        elif state == WITHDRAWN:
            told |= _known(withdrawn_at=event.get("event_time"), withdrawn_channels=event.get("channels"))
        else:
            raise InputError(f"{where}.event_state", str(state), f"可用: {GIVEN}、{WITHDRAWN}")
    return told


def _end(event: Mapping[str, Any], where: str) -> str | None:
    if "valid_until" in event:
        until: str = event["valid_until"]
        return until
    if (duration := event.get("validity_duration")) is None:
        return None
    from isoduration import DurationParsingException, parse_duration

    try:
        end: datetime = datetime.fromisoformat(event["event_time"]) + parse_duration(duration)
    except (DurationParsingException, KeyError, TypeError, ValueError):
        raise InputError(
            f"{where}.validity_duration", str(duration), "须为 ISO 8601 时长,并写明 event_time"
        ) from None
    return end.isoformat()


def _mapping(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    if not isinstance(value, Mapping):
        raise InputError(name, str(value), "须为一个 JSON 对象")
    return value
