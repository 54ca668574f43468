"""Facts: the request flattened to names and plain values, for the conditions of rules and decision tables.

`product.kind`, `customer.risk_grade` and so on are the request's own fields. Derived facts are computed here and
nowhere else: grades as numbers, ages and periods in days, what the consent records cover. A fact that is not
known is absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from compliance_guard.domain import CHINA_TIME, Consent, Customer, Product, Request, duration_days
from compliance_guard.rules.rule import Condition, Where

Facts = dict[str, Any]

NOT_A_CONSENT = frozenset({"default_tick", "silence", "bundled"})
"""Methods by which nobody consents (个人信息保护法: voluntary, explicit, informed)."""

DEFAULT_CONSENT_DAYS = 365
"""How long a consent without `expires_at` is relied on: the firm's policy, not law."""


def facts_of(request: Request) -> Facts:
    """All known facts of a request."""
    facts: Facts = {
        "channel": request.channel,
        "audience": request.audience,
        "excerpt": request.excerpt,
        "paid_placement": request.paid_placement,
        "ai_generated": request.ai_generated,
    }
    if request.product:
        facts |= _product_facts(request.product, request.as_of)
    if request.customer:
        facts |= _customer_facts(request.customer, request.as_of)
        if request.product:
            facts |= _match_facts(request.product, request.customer)
    if request.consents is not None:
        facts |= consent_facts(request)
    return {name: value for name, value in facts.items() if value is not None}


def _product_facts(product: Product, as_of: date) -> Facts:
    facts: Facts = {f"product.{name}": getattr(product, name) for name in Product.model_fields if name != "facts"}
    facts |= {f"product.facts.{name}": value for name, value in product.facts.items()}
    if product.effective_grade:
        facts["product.grade"] = int(product.effective_grade[1])
    for name in ("term", "closed_period", "min_holding"):
        if value := getattr(product, name):
            facts[f"product.{name}_days"] = duration_days(value)
    if product.on_sale_from:
        facts["product.days_on_sale"] = (as_of - product.on_sale_from).days
    if product.on_sale_until:
        facts["product.days_left_on_sale"] = (product.on_sale_until - as_of).days
    return facts


def _customer_facts(customer: Customer, as_of: date) -> Facts:
    facts: Facts = {f"customer.{name}": getattr(customer, name) for name in Customer.model_fields}
    facts["customer.present"] = True
    if customer.risk_grade:
        facts["customer.grade"] = int(customer.risk_grade[1])
    if customer.assessed_at:
        facts["customer.assessment_age_days"] = (as_of - customer.assessed_at).days
        facts["customer.assessment_expired"] = as_of > anniversary(customer.assessed_at)
    if customer.birth_date:
        facts["customer.age"] = age_on(customer.birth_date, as_of)
    return facts


def _match_facts(product: Product, customer: Customer) -> Facts:
    facts: Facts = {}
    if product.effective_grade and customer.risk_grade:
        facts["grade_gap"] = int(product.effective_grade[1]) - int(customer.risk_grade[1])
    if customer.planned_amount is not None and customer.liquid_assets is not None:
        facts["amount_beyond_assets"] = customer.planned_amount - customer.liquid_assets
    locked = max(
        (duration_days(d) for d in (product.term, product.closed_period, product.min_holding) if d),
        default=None,
    )
    if locked is not None and customer.investment_horizon:
        facts["days_locked_beyond_horizon"] = locked - duration_days(customer.investment_horizon)
    return facts


def anniversary(day: date) -> date:
    """The same day a year on; 29 February's is 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def age_on(birth: date, day: date) -> int:
    """Completed years of life."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def consent_facts(request: Request) -> Facts:
    """What the records say about this contact: the record that covers it best decides.

    `consent.records` counts the valid records of this person; `consent.gap` is `none`, or what keeps the nearest
    record from covering the contact: `withdrawn`, `expired`, `not_yet`, `purpose`, `channel`.
    """
    at = contact_instant(request)
    records = [c for c in request.consents or () if c.method not in NOT_A_CONSENT and _concerns(c, request)]
    facts: Facts = {"consent.records": len(records), "consent.offered": len(request.consents or ())}
    gaps = [_gap(record, records, request, at) for record in records]
    if gaps:
        facts["consent.gap"] = min(gaps, key=_GAPS.index)
    return facts


_GAPS = ("none", "channel", "purpose", "expired_by_policy", "expired", "not_yet", "withdrawn")
"""From nearest to a cover to farthest."""


def contact_instant(request: Request) -> datetime:
    """When the contact happens; without one, noon of the review's day in China time."""
    if request.contact and request.contact.at:
        return request.contact.at
    return datetime.combine(request.as_of, time(12), CHINA_TIME)


def _concerns(record: Consent, request: Request) -> bool:
    customer_id = request.customer.id if request.customer else None
    return record.subject is None or customer_id is None or record.subject == customer_id


def _gap(record: Consent, records: Iterable[Consent], request: Request, at: datetime) -> str:
    product = request.product
    if _withdrawn(record, records, request.channel, at):
        return "withdrawn"
    if record.granted_at and record.granted_at > at:
        return "not_yet"
    if record.expires_at and at >= record.expires_at:
        return "expired"
    if record.purpose != "marketing" or (
        record.product_kinds is not None
        and product is not None
        and product.kind != "none"
        and product.kind not in record.product_kinds
    ):
        return "purpose"
    if record.channels is not None and request.channel is not None and request.channel not in record.channels:
        return "channel"
    if record.expires_at is None and record.granted_at and at - record.granted_at > timedelta(DEFAULT_CONSENT_DAYS):
        return "expired_by_policy"
    return "none"


def _withdrawn(record: Consent, records: Iterable[Consent], channel: str | None, at: datetime) -> bool:
    """Whether a withdrawal ended this record for this channel; a later grant revives, an earlier one does not."""
    granted = record.granted_at or datetime.min.replace(tzinfo=UTC)
    for other in records:
        if other.withdrawn_at is None or other.withdrawn_at > at:
            continue
        if other.controller != record.controller and other.controller and record.controller:
            continue
        if granted > other.withdrawn_at:
            continue
        if other.withdrawn_channels is None or channel is None or channel in other.withdrawn_channels:
            return True
    return False


def holds(condition: Condition, value: Any) -> bool:
    """Whether a fact (None: unknown) meets a condition."""
    if condition.missing is not None and condition.missing != (value is None):
        return False
    if condition.is_not is not None and value == condition.is_not:
        return False
    if condition.not_in is not None and value in condition.not_in:
        return False
    if value is None:
        return _only_absence(condition)
    if condition.equals is not None and value != condition.equals:
        return False
    if condition.one_of is not None and value not in condition.one_of:
        return False
    return within(condition, value)


def _only_absence(condition: Condition) -> bool:
    return condition.equals is None and condition.one_of is None and not _bounded(condition)


def _bounded(bounds: Any) -> bool:
    return any(getattr(bounds, name) is not None for name in ("at_least", "at_most", "more_than", "less_than"))


def within(bounds: Any, value: Any) -> bool:
    """Whether a number keeps the bounds `at_least`, `at_most`, `more_than`, `less_than` of a model."""
    if not _bounded(bounds):
        return True
    if not isinstance(value, int | float):
        return False
    return (
        (bounds.at_least is None or value >= bounds.at_least)
        and (bounds.at_most is None or value <= bounds.at_most)
        and (bounds.more_than is None or value > bounds.more_than)
        and (bounds.less_than is None or value < bounds.less_than)
    )


def all_hold(where: Where, facts: Facts) -> bool:
    """Whether all conditions on facts hold."""
    return all(holds(condition, facts.get(name)) for name, condition in where.items())
