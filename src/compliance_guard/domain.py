"""What goes in and what comes out, as frozen values.

Units, once for the whole project: a position is a code point (not a byte, not a UTF-16 unit) of the copy as
given, 0-based, intervals half open; money is yuan; a duration is an ISO 8601 string such as `P180D`; a date is
a whole day in China time (UTC+8); an instant carries its zone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

CHINA_TIME = timezone(timedelta(hours=8), "UTC+8")

Severity = Literal["block", "review", "advice"]
Outcome = Literal["pass", "review", "block"]
ProductGrade = Literal["R1", "R2", "R3", "R4", "R5"]
CustomerGrade = Literal["C1", "C2", "C3", "C4", "C5"]
Purpose = Literal["marketing", "profiling", "third_party_sharing", "sensitive_data", "service"]
ConsentMethod = Literal["opt_in", "double_opt_in", "written", "recorded_call", "default_tick", "silence", "bundled"]

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "channel": (
        "sms", "app_push", "email", "call_script", "wechat_moments", "wechat_article", "short_video",
        "livestream", "poster", "web_page", "paid_ad", "branch_leaflet", "internal",
    ),
    "audience": ("public", "customer", "qualified_investor", "elderly", "student", "internal"),
    "product_kind": (
        "wealth_management", "public_fund", "private_fund", "trust", "securities_am", "structured_deposit",
        "deposit", "pension_wealth", "gold", "insurance", "loan", "credit_card", "payment", "none",
    ),
}  # fmt: skip
"""Values that a request may use; a plugin adds to them through `provide_vocabulary`."""

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "claim": (
        "guarantee", "risk_downplay", "return_forecast", "past_performance", "superlative", "urgency",
        "endorsement", "comparison", "deposit_confusion", "inducement", "unsupported", "credit_inducement",
        "pension_label", "private_offering", "illegal_finance", "improper_values", "pii_exposure",
    ),
    "disclosure": (
        "risk_warning", "past_performance", "benchmark", "risk_grade", "issuer", "product_code", "apr", "fees",
        "insurance_terms", "deposit_terms", "data_source", "ad_label", "sender", "opt_out", "ai_label",
        "prominence",
    ),
    "suitability": (
        "grade_mismatch", "assessment_missing", "assessment_expired", "product_unavailable",
        "unqualified_investor", "vulnerable_customer", "copy_product_mismatch", "term_mismatch",
        "recording_missing",
    ),
    "consent": (
        "missing", "withdrawn", "expired", "channel", "purpose", "third_party", "sensitive",
        "automated_decision", "minor", "quiet_hours", "frequency", "evidence",
    ),
}  # fmt: skip
"""Families of findings and their codes; `claim.guarantee` and so on. A code is never renamed or reused."""

ALL_CATEGORIES = frozenset(f"{family}.{code}" for family, codes in CATEGORIES.items() for code in codes)


def _known(term: str) -> AfterValidator:
    def check(value: str, info: ValidationInfo) -> str:
        vocabulary = (info.context or {}).get("vocabulary", VOCABULARY)
        if value not in vocabulary[term]:
            raise ValueError(f"可用的值: {'、'.join(vocabulary[term])}")
        return value

    return AfterValidator(check)


def _duration(value: str) -> str:
    duration_days(value)
    return value


@lru_cache(maxsize=1024)
def duration_days(value: str) -> int:
    """Whole days of an ISO 8601 duration; a year counts 365 days, a month 30 (contract periods, not calendars).

    Raises:
        ValueError: not a duration.
    """
    import isoduration  # brings a date library along: paid for only by requests with durations

    try:
        parsed = isoduration.parse_duration(value)
    except (isoduration.DurationParsingException, ArithmeticError) as error:
        raise ValueError("须为 ISO 8601 时长,例如 P180D、P1Y") from error
    date_part = parsed.date
    days = date_part.years * 365 + date_part.months * 30 + date_part.weeks * 7 + date_part.days
    if days < 0 or parsed.time.hours or parsed.time.minutes or parsed.time.seconds:
        raise ValueError("须为以日、月、年计的正时长,例如 P180D、P1Y")
    return int(days)


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _plain_date(value: object) -> object:
    """Refuse an instant where a day is meant (which day depends on a zone nobody named), and bare numbers."""
    if isinstance(value, datetime) or not (
        isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value))
    ):
        raise ValueError("须为日期(date),写作 YYYY-MM-DD,不带时刻")
    return value


def _instant(value: object) -> object:
    """Refuse bare numbers, which pydantic would take for seconds since 1970."""
    if not isinstance(value, datetime | str) or (isinstance(value, str) and not _DAY.match(value)):
        raise ValueError("须为带时区的 ISO 8601 时刻,例如 2026-11-24T10:00:00+08:00")
    return value


Channel = Annotated[str, _known("channel")]
Audience = Annotated[str, _known("audience")]
ProductKind = Annotated[str, _known("product_kind")]
DurationText = Annotated[str, AfterValidator(_duration)]
Day = Annotated[date, BeforeValidator(_plain_date)]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
Yuan = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Frozen(BaseModel):
    """Immutable, and closed: an unknown field is an error, not a guess."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Product(Frozen):
    """The product's own facts, as the firm's catalogue has them."""

    kind: ProductKind = "none"
    subkind: str | None = None
    name: str | None = None
    code: str | None = None
    risk_grade: ProductGrade | None = None
    issuer_risk_grade: ProductGrade | None = None
    issuer: str | None = None
    distributor: str | None = None
    apr: str | None = None
    rate: str | None = None
    guaranteed_rate: str | None = None
    benchmark: str | None = None
    min_amount: Yuan | None = None
    max_amount: Yuan | None = None
    term: DurationText | None = None
    closed_period: DurationText | None = None
    min_holding: DurationText | None = None
    waiting_period: DurationText | None = None
    cooling_off: DurationText | None = None
    guaranteed: Literal["none", "principal"] | None = None
    pension_listed: bool | None = None
    status: Literal["on_sale", "suspended", "ended", "unknown"] | None = None
    on_sale_from: Day | None = None
    on_sale_until: Day | None = None
    recording_required: bool | None = None
    facts: dict[str, Any] = Field(default_factory=dict)

    @property
    def offer(self) -> str:
        """`kind`, or `kind/subkind`."""
        return "/".join(filter(None, (self.kind, self.subkind)))

    @property
    def effective_grade(self) -> str | None:
        """The higher of the seller's and the issuer's grade (金融机构产品适当性管理办法)."""
        return max((g for g in (self.risk_grade, self.issuer_risk_grade) if g), default=None)


class Customer(Frozen):
    """The customer, as far as the firm knows. Only `id` ever appears in messages or logs."""

    id: str | None = None
    risk_grade: CustomerGrade | None = None
    assessed_at: Day | None = None
    assessments_last_12_months: tuple[Day, ...] | None = None
    birth_date: Day | None = None
    investor_class: Literal["ordinary", "professional"] | None = None
    qualified_investor: bool | None = None
    minor_guardian_consent: bool | None = None
    investment_horizon: DurationText | None = None
    liquid_assets: Yuan | None = None
    planned_amount: Yuan | None = None
    student: bool | None = None
    special_care_done: str | None = None
    recording_id: str | None = None
    risk_confirmation_id: str | None = None


class Consent(Frozen):
    """One consent record, with the field names of ISO/IEC TS 27560."""

    subject: str | None = None
    controller: str | None = None
    purpose: Purpose = "marketing"
    product_kinds: tuple[ProductKind, ...] | None = None
    channels: tuple[Channel, ...] | None = None
    granted_at: Instant | None = None
    expires_at: Instant | None = None
    withdrawn_at: Instant | None = None
    withdrawn_channels: tuple[Channel, ...] | None = None
    method: ConsentMethod | None = None
    notice_version: str | None = None
    evidence_id: str | None = None
    recipients: tuple[str, ...] | None = None
    guardian_of_minor: bool | None = None
    max_per_week: int | None = Field(default=None, ge=0)


class PastContact(Frozen):
    """One earlier contact with the same person."""

    at: Instant
    channel: Channel


class Contact(Frozen):
    """The contact that is about to happen."""

    at: Instant | None = None
    controller: str | None = None
    uses_sensitive_data: bool | None = None
    automated_decision: bool | None = None
    opt_out_offered: bool | None = None
    data_source: str | None = None
    history: tuple[PastContact, ...] = ()
    requested_by_customer: bool | None = None


class LayoutRun(Frozen):
    """How a stretch of the copy is shown, from whoever knows: a reader of files, a page builder, a poster template.

    `size` is in points, `contrast` the WCAG ratio (1 to 21). `aside`: the words stand beside the text proper.
    """

    start: int = Field(ge=0)
    end: int = Field(ge=1)
    size: float | None = Field(default=None, ge=0, le=10_000, allow_inf_nan=False)
    contrast: float | None = Field(default=None, ge=1, le=21)
    hidden: bool = False
    collapsed: bool = False
    struck: bool = False
    aside: Literal["alt", "title", "comment", "link", "footnote", "header", "footer"] | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> LayoutRun:
        if self.start >= self.end:
            raise ValueError("end 须大于 start")
        return self


class Request(Frozen):
    """Everything `review()` is asked: the copy and its context. All but the text is optional."""

    text: str
    channel: Channel | None = None
    audience: Audience | None = None
    product: Product | None = None
    customer: Customer | None = None
    consents: tuple[Consent, ...] | None = None
    contact: Contact | None = None
    as_of: Day
    excerpt: bool = False
    paid_placement: bool = False
    ai_generated: bool = False
    layout: tuple[LayoutRun, ...] | None = Field(default=None, max_length=20_000)

    @model_validator(mode="after")
    def _layout_is_of_this_text(self) -> Request:
        runs = sorted(self.layout or (), key=lambda run: run.start)
        for run, following in pairwise(runs):
            if run.end > following.start:
                raise ValueError(f"layout 里的 {run.start}-{run.end} 与 {following.start}-{following.end} 重叠")
        if runs and runs[-1].end > len(self.text):
            raise ValueError(f"layout 里的 {runs[-1].end} 超出文案长度 {len(self.text)}")
        return self


class Span(Frozen):
    """Code points of the copy as given, half open, with the text between them."""

    start: int
    end: int
    text: str


class LegalBasis(Frozen):
    """A legal source. `article` is null unless the number was verified against the text."""

    instrument: str
    title: str
    number: str | None = None
    article: str | None = None


class Finding(Frozen):
    """One thing that is wrong, with everything that a person needs to believe it."""

    category: str
    severity: Severity
    rule_id: str
    source: str
    message: str
    span: Span | None = None
    legal_basis: tuple[LegalBasis, ...] = ()
    suggestion: str | None = None
    confidence: float = Field(default=1.0, ge=0, le=1)
    evidence: dict[str, Any] = Field(default_factory=dict)


class NotEvaluated(Frozen):
    """A check that did not run, and why: never a silent pass."""

    check: str
    reason: str


class PackRef(Frozen):
    """A rule pack as it was used: `digest` is the SHA-256 of its files."""

    id: str
    version: str
    digest: str


class ModelRef(Frozen):
    """The classifier as it was used."""

    id: str
    digest: str


class Provenance(Frozen):
    """What judged: with these and the request, the report can be made again, byte for byte."""

    library: str
    packs: tuple[PackRef, ...]
    model: ModelRef | None = None


class Report(Frozen):
    """The answer of `review()`. The same request, packs and model give the same bytes."""

    verdict: Outcome
    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    as_of: date
    request_digest: str
    provenance: Provenance


PRODUCT_FIELDS = frozenset(Product.model_fields)
SEVERITIES: tuple[str, ...] = get_args(Severity)
