"""Facts: the request flattened to names and plain values, for the conditions of rules and decision tables.

`product.kind`, `customer.risk_grade` and so on are the request's own fields. Derived facts are computed here and
nowhere else: grades as numbers, ages and periods in days, what the consent records cover. A fact that is not
known is absent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from compliance_guard.domain import (
    CHINA_TIME,
    Consent,
    Contact,
    Customer,
    Frozen,
    Product,
    Request,
    duration_days,
)
from compliance_guard.reading.fold import fold

Facts = dict[str, Any]

NOT_A_CONSENT = frozenset({"default_tick", "silence", "bundled"})
"""Methods by which nobody consents (个人信息保护法: voluntary, explicit, informed)."""

DEFAULT_CONSENT_YEARS = 1
"""How long a consent without `expires_at` is relied on: the firm's policy, not law."""

REGIMES: Mapping[str, str] = {
    "wealth_management": "nfra", "pension_wealth": "nfra", "trust": "nfra", "structured_deposit": "nfra",
    "public_fund": "csrc", "private_fund": "csrc", "securities_am": "csrc",
}  # fmt: skip
"""Whose suitability rules a kind of product follows, whoever sells it: fact `product.regime`.

A structured deposit with guaranteed principal is no investment product in the sense of 金融机构产品适当性管理办法.
"""

NFRA_SUITABILITY_FROM = date(2026, 2, 1)
"""Since when 金融机构产品适当性管理办法 caps the tests of a customer; earlier tests are not judged by it."""

CHARGES: Mapping[str, re.Pattern[str]] = {
    "prepayment": re.compile(r"pre_?pay|early_(?:repay|settle|payoff)|提前(?:还|结清|清偿)"),
    "annual_fee": re.compile(r"annual_fee|年费"),
    "subscription_fee": re.compile(r"(?:subscription|purchase|front_end)_fee|[申认]购费"),
    "redemption_fee": re.compile(r"(?:redemption|exit)_fee|赎回费"),
    "handling_fee": re.compile(r"(?:handling|instal?lment)_fee|手续费"),
    "deductible": re.compile(r"deductible|免赔额"),
    "guaranteed_renewal": re.compile(r"guaranteed_renewal|renewal_guaranteed|保证续保"),
}
"""Names in `product.facts` that say whether the product has something: fact `product.has.<name>`, true or false."""

_WAIVED = re.compile(r"free|waive|^no_|^免(?!赔)|^无")
_NOTHING = re.compile(r"^(?:无|免|不收|没有|零|否|非|不|no|none|free|false|n/a)", re.IGNORECASE)
_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")

_SERVICE_WORDS = re.compile(
    r"(?:已于|将于|即将|现已|今日|明日)[^。!]{0,16}(?:到期|扣款|开放|终止|兑付|清算)|还款(?:日|提醒)|扣款|账单|验证码|动态码|余额不足"
    r"|(?:测评|评估)[^。!]{0,10}(?:过期|到期|失效|有效期)|证件[^。!]{0,8}(?:过期|到期|有效期)|(?:受理|审批|理赔|转账|交易)(?:结果|成功|提醒|进度)"
    r"|续期保费|保单[^。!]{0,8}(?:生效|失效|中止|送达)|(?:净值|分红|运作|季度|年度|清算|临时)(?:公告|报告)|系统(?:维护|升级)|暂停服务|业务通知|服务通知"
)  # fmt: skip
_SELLING_WORDS = re.compile(
    r"推荐|推介|推出|欢迎|抢|认购|申购|购买|选购|投保|优惠|活动|福利|新品|新发|新客|在售|热销|热卖|发售|首发|上新|了解|点击|详询|咨询|额度|可贷|可借|立即|即可|起购"
    r"|起投|起存|比较基准|收益|年化|礼|红包|抽奖|专享|尊享|(?<!系统)升级|续投|转投|再投|加投|续存|转存|配置|预约|参加|参与|机会|不容错过|心动|首选|适合您|为您|邀请"
)  # fmt: skip


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
    if request.contact:
        facts |= _contact_facts(request.contact)
    if request.customer:
        facts |= _customer_facts(request.customer, request.as_of)
        if request.product:
            facts |= _match_facts(request.product, request.customer)
        facts["over_grade_path"] = _over_grade_path(request.customer, request.contact)
    facts |= _history_facts(request)
    if request.consents is not None:
        facts |= consent_facts(request)
    return {name: value for name, value in facts.items() if value is not None}


def _fields(model: type[Frozen], root: str, *but: str) -> list[tuple[str, str]]:
    """(name of the fact, name of the field), made once: facts are computed for every customer."""
    return [(f"{root}.{name}", name) for name in model.model_fields if name not in but]


_PRODUCT_FIELDS = _fields(Product, "product", "facts")
_CUSTOMER_FIELDS = _fields(Customer, "customer")
_CONTACT_FIELDS = _fields(Contact, "contact", "history")


def _product_facts(product: Product, as_of: date) -> Facts:
    own = product.__dict__
    facts: Facts = {fact: own[name] for fact, name in _PRODUCT_FIELDS}
    facts |= {f"product.facts.{name}": value for name, value in product.facts.items()}
    if product.effective_grade:
        facts["product.grade"] = int(product.effective_grade[1])
    for name in ("term", "closed_period", "min_holding", "waiting_period", "cooling_off"):
        if value := getattr(product, name):
            facts[f"product.{name}_days"] = duration_days(value)
    if product.on_sale_from:
        facts["product.days_on_sale"] = (as_of - product.on_sale_from).days
    if product.on_sale_until:
        facts["product.days_left_on_sale"] = (product.on_sale_until - as_of).days
    if not (product.kind == "structured_deposit" and product.guaranteed == "principal"):
        facts["product.regime"] = REGIMES.get(product.kind)
    if product.distributor and product.issuer:
        facts["product.agency"] = product.distributor != product.issuer
    for name, value in product.facts.items():
        for what, names in CHARGES.items():
            if names.search(name.lower()):
                facts[f"product.has.{what}"] = _has(name.lower(), value)
    return facts


def _has(name: str, value: Any) -> bool | None:
    """Whether a free fact such as `annual_fee: 300`, `年费: 免` or `annual_fee_free: true` says yes."""
    if isinstance(value, bool):
        return value is not (_WAIVED.search(name) is not None)
    if isinstance(value, int | float):
        return value > 0
    text = str(value).strip()
    if not text:
        return None
    numbers = re.findall(r"\d+(?:\.\d+)?", text)
    nothing = _NOTHING.match(text) or (numbers and not any(float(n) for n in numbers))
    return not nothing


def _contact_facts(contact: Contact) -> Facts:
    own = contact.__dict__
    return {fact: own[name] for fact, name in _CONTACT_FIELDS}


def _history_facts(request: Request) -> Facts:
    """When in the day the contact falls, and how many like it came before; without an instant, nothing is known.

    Windows roll: 7 days and 24 hours back from this contact, which itself counts; their first moment is outside.
    """
    contact = request.contact
    if contact is None or contact.at is None:
        return {}
    at = contact.at.astimezone(CHINA_TIME)

    def earlier(window: timedelta, channel: str | None = None) -> int:
        return sum(at - window < past.at <= at and channel in (None, past.channel) for past in contact.history)

    hour = at.hour + at.minute / 60 + at.second / 3600
    facts: Facts = {"contact.hours_since_8": (hour - 8) % 24, "contact.hours_since_9": (hour - 9) % 24}
    facts["contact.in_7_days"] = 1 + earlier(timedelta(days=7))
    if request.channel == "call_script":
        facts["contact.calls_in_24_hours"] = 1 + earlier(timedelta(hours=24), "call_script")
    if request.channel == "sms":
        facts["contact.sms_in_7_days"] = 1 + earlier(timedelta(days=7), "sms")
    return facts


def _customer_facts(customer: Customer, as_of: date) -> Facts:
    own = customer.__dict__
    facts: Facts = {fact: own[name] for fact, name in _CUSTOMER_FIELDS}
    facts["customer.present"] = True
    if customer.risk_grade:
        facts["customer.grade"] = int(customer.risk_grade[1])
    if customer.assessed_at:
        facts["customer.assessment_age_days"] = (as_of - customer.assessed_at).days
        facts["customer.assessment_expired"] = as_of > anniversary(customer.assessed_at)
    if customer.birth_date:
        facts["customer.age"] = age_on(customer.birth_date, as_of)
    if customer.assessments_last_12_months is not None:
        facts |= _test_facts(customer, as_of)
    return facts


def _test_facts(customer: Customer, as_of: date) -> Facts:
    """How often the customer was tested in the last 12 months, the present assessment counted.

    `customer.tests` and `customer.tests_most_a_day`; with `_by_law` only tests since `NFRA_SUITABILITY_FROM`.
    """
    days = list(customer.assessments_last_12_months or ())
    if customer.assessed_at and customer.assessed_at not in days:
        days.append(customer.assessed_at)
    days = [day for day in days if day <= as_of < anniversary(day)]
    lawful = [day for day in days if day >= NFRA_SUITABILITY_FROM]
    return {
        "customer.tests": len(days),
        "customer.tests_most_a_day": max(Counter(days).values(), default=0),
        "customer.tests_by_law": len(lawful),
        "customer.tests_most_a_day_by_law": max(Counter(lawful).values(), default=0),
    }


def _over_grade_path(customer: Customer, contact: Contact | None) -> bool:
    """Whether the securities regime's way to buy above one's grade is open: asked for, warned, not the lowest."""
    return bool(
        contact
        and contact.requested_by_customer
        and customer.risk_confirmation_id
        and customer.risk_grade not in (None, "C1")
    )


def _match_facts(product: Product, customer: Customer) -> Facts:
    facts: Facts = {
        "grade_match_lifted": REGIMES.get(product.kind) == "csrc" and customer.investor_class == "professional"
    }
    if product.effective_grade and customer.risk_grade:
        facts["grade_gap"] = int(product.effective_grade[1]) - int(customer.risk_grade[1])
    if customer.planned_amount is not None and customer.liquid_assets is not None:
        facts["amount_beyond_assets"] = customer.planned_amount - customer.liquid_assets
    # Where money can leave before the end, the closed or minimum holding period binds, not the term.
    periods = [p for p in (product.closed_period, product.min_holding) if p] or [p for p in (product.term,) if p]
    if periods and customer.investment_horizon:
        horizon = customer.investment_horizon
        facts["days_locked_beyond_horizon"] = max(_days_beyond(period, horizon) for period in periods)
    return facts


def _days_beyond(period: str, horizon: str) -> int:
    """How much longer a period is than a horizon, in whichever count of months favours the firm: P12M is P365D."""
    plain = duration_days(period) - duration_days(horizon)
    return min(plain, int(_calendar_days(period) - _calendar_days(horizon)))


def _calendar_days(period: str) -> float:
    """Days of a duration with months of a twelfth of a year."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        return float(duration_days(period))
    years, months, weeks, days = (int(group or 0) for group in match.groups())
    return years * 365 + months * 365 / 12 + weeks * 7 + days


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

    `consent.records` counts the valid records of this person, `consent.not_voluntary` those that are none (default
    tick, silence, bundle); `consent.gap` is `none`, or what keeps the nearest record from covering the contact: one
    of `_GAPS`.
    `consent.sensitive_data`: a record of its own allows the use of sensitive data. `consent.profiling_declined`: a
    consent to profiling was withdrawn. `consent.guardian`: a guardian consented for the minor.
    `consent.unproved`: what the best record that covers the contact lacks as proof, one of `_PROOF`.
    `consent.beyond_agreed`: contacts in 7 days above the strictest number that a covering record names.
    `consent.source_shared`: the firm that supplied the data has a separate consent, in force, to give it to the
    sender by name; absent where nobody else supplied it.
    `consent.service_notice`: the copy only informs about something that the customer already has.
    """
    at = contact_instant(request)
    mine = [c for c in request.consents or () if _concerns(c, request)]
    records = [c for c in mine if c.method not in NOT_A_CONSENT]
    facts: Facts = {
        "consent.records": len(records),
        "consent.offered": len(request.consents or ()),
        "consent.not_voluntary": len(mine) - len(records),
        "consent.service_notice": _is_service_notice(request.text),
    }
    sharers = _sharers(records, request, at)
    facts["consent.source_shared"] = _source_shared(request.contact, sharers)
    gaps = [_gap(record, mine, sharers, request, at) for record in records]
    if gaps:
        facts["consent.gap"] = min(gaps, key=_GAPS.index)
    facts["consent.sensitive_data"] = any(
        r.purpose == "sensitive_data" and _about(r, request.product) and _holds(r, mine, request, at)
        for r in records
    )
    profiling = [r for r in mine if r.purpose == "profiling"]
    agreed_again = any(_holds(r, mine, request, at) for r in profiling)
    facts["consent.profiling_declined"] = not agreed_again and any(
        _withdrawn(r, mine, request, at) for r in profiling
    )
    facts["consent.guardian"] = bool(request.customer and request.customer.minor_guardian_consent) or any(
        r.guardian_of_minor and _holds(r, mine, request, at) for r in records
    )
    covering = [r for r, gap in zip(records, gaps, strict=True) if gap in _COVERING]
    if covering:
        facts["consent.unproved"] = min(map(_unproved, covering), key=_PROOF.index)
        agreed = [r.max_per_week for r in covering if r.max_per_week is not None]
        if agreed and request.contact and request.contact.at:
            facts["consent.beyond_agreed"] = _history_facts(request)["contact.in_7_days"] - min(agreed)
    return facts


_PROOF = ("nothing", "details", "evidence")
"""What may be missing as proof of a consent, from least to most."""


def _unproved(record: Consent) -> str:
    if record.evidence_id is None:
        return "evidence"
    return "details" if record.method is None or record.notice_version is None else "nothing"


def _holds(record: Consent, mine: Iterable[Consent], request: Request, at: datetime) -> bool:
    """Whether a record, whatever it is for, is the sender's and in force at that moment."""
    return not (
        _of_another_firm(record, request.contact)
        or _withdrawn(record, mine, request, at)
        or not _in_term(record, at)
    )


def _in_term(record: Consent, at: datetime) -> bool:
    return not ((record.granted_at and record.granted_at > at) or (record.expires_at and record.expires_at <= at))


_COVERING = frozenset({"none", "channel_unknown", "expired_by_policy"})
"""Gaps with which a record is still relied on, if only until a person has looked."""

_GAPS = (
    "none", "channel_unknown", "channel", "product_kind", "purpose", "expired_by_policy", "expired", "not_yet",
    "withdrawn", "third_party",
)  # fmt: skip
"""From nearest to a cover to farthest."""


@lru_cache(maxsize=256)
def _is_service_notice(text: str) -> bool:
    plain = fold(text).text
    return _SERVICE_WORDS.search(plain) is not None and _SELLING_WORDS.search(plain) is None


def contact_instant(request: Request) -> datetime:
    """When the contact happens; without one, noon of the review's day in China time."""
    if request.contact and request.contact.at:
        return request.contact.at
    return datetime.combine(request.as_of, time(12), CHINA_TIME)


def _concerns(record: Consent, request: Request) -> bool:
    customer_id = request.customer.id if request.customer else None
    return record.subject is None or customer_id is None or record.subject == customer_id


def _sharers(records: Iterable[Consent], request: Request, at: datetime) -> frozenset[str | None]:
    """Firms with a separate consent, in force, to share this person's data with the sender by name."""
    sender = request.contact.controller if request.contact else None
    return frozenset(
        record.controller
        for record in records
        if record.purpose == "third_party_sharing"
        and sender in (record.recipients or ())
        and _in_term(record, at)
        and not (record.withdrawn_at and record.withdrawn_at <= at)
    )


def _source_shared(contact: Contact | None, sharers: frozenset[str | None]) -> bool | None:
    """Whether the firm that supplied the data may; None where nobody else did."""
    source = contact.data_source if contact else None
    if contact is None or source is None or source == contact.controller:
        return None
    return source in sharers


def _gap(
    record: Consent, mine: Iterable[Consent], sharers: frozenset[str | None], request: Request, at: datetime
) -> str:
    channel = request.channel
    if record.controller not in sharers and _of_another_firm(record, request.contact):
        return "third_party"
    if _withdrawn(record, mine, request, at):
        return "withdrawn"
    if record.granted_at and record.granted_at > at:
        return "not_yet"
    if record.expires_at and at >= record.expires_at:
        return "expired"
    if record.purpose != "marketing":
        return "purpose"
    if not _about(record, request.product):
        return "product_kind"
    if record.channels is not None and channel is not None and channel not in record.channels:
        return "channel"
    if record.expires_at is None and record.granted_at and at > _years_on(record.granted_at, DEFAULT_CONSENT_YEARS):
        return "expired_by_policy"
    if channel is None and (record.channels is not None or record.withdrawn_channels):
        return "channel_unknown"
    return "none"


def _of_another_firm(record: Consent, contact: Contact | None) -> bool:
    """Whether the record was given to another firm, and does not name the sender as a recipient."""
    sender = contact.controller if contact else None
    return bool(
        sender and record.controller and record.controller != sender and sender not in (record.recipients or ())
    )


def _about(record: Consent, product: Product | None) -> bool:
    return record.product_kinds is None or product is None or product.kind in ("none", *record.product_kinds)


def _withdrawn(record: Consent, mine: Iterable[Consent], request: Request, at: datetime) -> bool:
    """Whether a withdrawal ended this record for this channel; a later grant revives, an earlier one does not.

    A withdrawal reaches other records of the same purpose, given to the same firm, for the same kinds of
    product.
    """
    granted = record.granted_at or datetime.min.replace(tzinfo=UTC)
    channel = request.channel
    for other in mine:
        if other.withdrawn_at is None or other.withdrawn_at > at or granted > other.withdrawn_at:
            continue
        if other is not record and (
            other.purpose != record.purpose
            or (other.controller and record.controller and other.controller != record.controller)
            or not _about(other, request.product)
        ):
            continue
        if other.withdrawn_channels is None or channel in other.withdrawn_channels:
            return True
    return False


def _years_on(moment: datetime, years: int) -> datetime:
    """The same moment some years on; 29 February's is 28 February."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)
