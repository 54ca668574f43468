"""The rule format: one header and ten kinds. docs/rule-format.md explains it to authors.

A rule is data. It cannot run code; its patterns are RE2, which cannot backtrack.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from compliance_guard.domain import ALL_CATEGORIES, Audience, Channel, Frozen, ProductKind, Severity
from compliance_guard.opinion.labels import DISCLOSURES
from compliance_guard.reading.personal import PersonalNumberKind

Polarity = Literal["asserted", "denied", "asked", "quoted", "condemned"]
Scope = Literal["clause", "sentence", "text"]
Place = Literal["start", "end", "beside_claim"]
Measure = Literal["rate", "amount", "duration", "grade", "multiple"]

CHANNEL_GROUPS = {"short": ("sms", "app_push"), "spoken": ("call_script", "livestream", "short_video")}
"""Channels that want the same wording: few characters, or words that one says."""

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}\d{3,6}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Patterns = tuple[Pattern, ...]


class Message(Frozen):
    """What was found, why it matters, what to write instead: each a short Chinese phrase."""

    what: Text
    why: Text
    instead: Text


class Basis(Frozen):
    """A source of law. `products` narrows it: the finding cites it only for these product kinds."""

    instrument: str
    article: str | None = None
    products: tuple[ProductKind, ...] | None = None


class AppliesTo(Frozen):
    """Where a rule applies; what is left out does not narrow.

    Without a product in the request, a rule about certain `products` is asked if the copy's words name one of them,
    or none at all; with `only_if_named`, not if they name none. With a product of kind `none`, a rule that is
    `only_if_named` is asked only if the copy talks of some product, or of money.
    """

    products: tuple[ProductKind, ...] | None = None
    only_if_named: bool = False
    not_products: tuple[ProductKind, ...] | None = None
    subkinds: tuple[str, ...] | None = None
    not_subkinds: tuple[str, ...] | None = None
    channels: tuple[Channel, ...] | None = None
    not_channels: tuple[Channel, ...] | None = None
    audiences: tuple[Audience, ...] | None = None
    not_audiences: tuple[Audience, ...] | None = None


class Condition(Frozen):
    """A test of one fact. A missing fact meets only `missing: true`, `is_not`, and `not_in`."""

    equals: str | int | float | bool | None = None
    is_not: str | int | float | bool | None = None
    one_of: tuple[str | int | float, ...] | None = None
    not_in: tuple[str | int | float, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    more_than: float | None = None
    less_than: float | None = None
    missing: bool | None = None


Where = dict[str, Condition]


class Header(Frozen):
    """What every rule has, whatever its kind."""

    id: RuleId
    title: Text
    category: str
    severity: Severity
    message: Message
    legal_basis: tuple[Basis, ...] = Field(min_length=1)
    effective: date | None = None
    repealed: date | None = None
    applies_to: AppliesTo = AppliesTo()
    where: Where = Field(default_factory=dict)
    requires_text: Patterns = ()
    unless_text: Patterns = ()
    suggestion: Text | None = None
    suggestions: dict[Channel | Literal["short", "spoken"], Text] = Field(default_factory=dict)
    place: Place | None = None
    confidence: float = Field(default=0.9, gt=0, le=1)
    policy: bool = False
    violates: tuple[str | dict[str, Any], ...] = Field(min_length=1)
    complies: tuple[str | dict[str, Any], ...] = Field(min_length=1)

    def wording(self, channel: str | None) -> str | None:
        """The suggestion in the shortest wording that the channel allows."""
        group = next((name for name, channels in CHANNEL_GROUPS.items() if channel in channels), "")
        return self.suggestions.get(channel or "") or self.suggestions.get(group) or self.suggestion

    @field_validator("category")
    @classmethod
    def _category_exists(cls, value: str) -> str:
        if value not in ALL_CATEGORIES:
            raise ValueError(f"没有这个类别;可用: {'、'.join(sorted(ALL_CATEGORIES))}")
        return value

    @model_validator(mode="after")
    def _window_is_open(self) -> Header:
        if self.effective and self.repealed and self.effective >= self.repealed:
            raise ValueError("repealed 须晚于 effective")
        return self


class TextRule(Header):
    """A rule that points at words of the copy."""

    polarity: tuple[Polarity, ...] = ("asserted",)
    unless: Patterns = ()


class PhraseRule(TextRule):
    """Any of these phrases, literally."""

    kind: Literal["phrase"]
    any: tuple[Text, ...] = Field(min_length=1)
    exceptions: tuple[Text, ...] = ()
    whole_words: bool = False


class PatternRule(TextRule):
    """Any of these linear-time patterns (RE2)."""

    kind: Literal["pattern"]
    any: Patterns = Field(min_length=1)
    scope: Scope = "sentence"
    original: bool = False
    valid_as: tuple[PersonalNumberKind, ...] = ()

    @model_validator(mode="after")
    def _numbers_are_folded(self) -> PatternRule:
        if self.valid_as and self.original:
            raise ValueError("valid_as 只看折叠后的文字,不能与 original 同用")
        return self


class RolesRule(TextRule):
    """One expression of each role, near each other, left to right in any order unless `order` says."""

    kind: Literal["roles"]
    roles: dict[str, Patterns] = Field(min_length=2, max_length=6)
    order: tuple[str, ...] = ()
    within: int = Field(default=10, ge=0, le=100)
    any_polarity: tuple[str, ...] = ()
    scope: Scope = "sentence"

    @model_validator(mode="after")
    def _names_are_roles(self) -> RolesRule:
        if unknown := sorted({*self.order, *self.any_polarity} - self.roles.keys()):
            raise ValueError(f"没有角色 {'、'.join(unknown)};有: {'、'.join(self.roles)}")
        if empty := [name for name, patterns in self.roles.items() if not patterns]:
            raise ValueError(f"角色 {'、'.join(empty)} 没有说法")
        return self


class Comparison(Frozen):
    """A bound on a quantity; several bounds all hold."""

    at_least: float | None = None
    at_most: float | None = None
    more_than: float | None = None
    less_than: float | None = None


class QuantityRule(TextRule):
    """A number of some measure near some words, compared with a bound."""

    kind: Literal["quantity"]
    measure: Measure
    near: Patterns = ()
    scope: Scope = "clause"
    value: Comparison = Comparison()


class ArithmeticRule(TextRule):
    """A sum shown to the reader: a principal, what it becomes (`result`) or brings (`gain`), and perhaps when."""

    kind: Literal["arithmetic"]
    result: Patterns = ()
    gain: Patterns = ()
    within: int = Field(default=6, ge=0, le=40)
    scope: Scope = "sentence"
    value: Comparison = Comparison()

    @model_validator(mode="after")
    def _something_marks_an_amount(self) -> ArithmeticRule:
        if not self.result and not self.gain:
            raise ValueError("result 和 gain 至少写一个")
        return self


class DisclosureRule(Header):
    """Something that the copy must say, where it is due, and does not."""

    kind: Literal["disclosure"]
    due_if: Patterns = ()
    satisfied_by: tuple[Patterns, ...] = Field(min_length=1)
    scope: Scope = "sentence"
    or_by_denying: Patterns = ()
    undercut_by: Patterns = ()
    reversed_by: Patterns = ()
    not_about: Patterns = ()
    lifted_by: Patterns = ()
    due_anyway_if: Patterns = ()
    polarity: tuple[Polarity, ...] = ("asserted", "condemned")
    in_excerpts: bool = False
    heard_as: str | None = None

    @model_validator(mode="after")
    def _denial_is_of_one_thing(self) -> DisclosureRule:
        if self.or_by_denying and len(self.satisfied_by) > 1:
            raise ValueError("or_by_denying 只用于一个部分的披露")
        if self.heard_as and (len(self.satisfied_by) > 1 or self.heard_as not in DISCLOSURES):
            raise ValueError(f"heard_as 只用于一个部分的披露,可用 {'、'.join(DISCLOSURES)}")
        return self


class ProminenceRule(Header):
    """A disclosure that is said, but so that it is not seen beside the claim.

    `on_layout`: hidden, collapsed, struck, beside the text, too small or too pale, by `least_size`, `legible`
    (points), `of_claim`, `of_claim_always` (share of the claim's size) and `least_contrast`. `behind`: code points
    after the nearest `claim`; `blank_lines` between them; `wedged`: share of gaps between characters with a sign.
    """

    kind: Literal["prominence"]
    of: tuple[str, ...] = ()
    not_of: tuple[str, ...] = ()
    claim: Patterns = ()
    on_layout: bool = False
    least_size: float = 6
    legible: float = 9
    of_claim: float = Field(default=0.5, gt=0, le=1)
    of_claim_always: float = Field(default=0.2, ge=0, le=1)
    least_contrast: float = Field(default=3, ge=1, le=21)
    behind: int | None = Field(default=None, ge=100)
    blank_lines: int | None = Field(default=None, ge=2)
    wedged: float | None = Field(default=None, gt=0, le=1)


class ProductFactRule(TextRule):
    """A number or name in the copy that contradicts the product's own fact.

    `equals`: the copy must give the fact. `within`: inside the fact's range. `at_most` / `at_least`: a bound.
    `same_name`: what the pattern finds must name the same firm. `same_text`: it must contain the fact itself.
    """

    kind: Literal["product_fact"]
    field: str
    measure: Measure | None = None
    near: Patterns = Field(min_length=1)
    relation: Literal["equals", "within", "at_most", "at_least", "same_name", "same_text"]
    scope: Scope = "clause"


class ClassifiedRule(Header):
    """A claim that the classifier reads in a sentence, from the probability on at which it asks for a person."""

    kind: Literal["classified"]


class DecisionRule(Header):
    """A row of a decision table over the facts of product, customer, consent and contact."""

    kind: Literal["decision"]
    table: str
    needs: tuple[str, ...] = ()
    when: Where = Field(min_length=1)


Rule = Annotated[
    PhraseRule
    | PatternRule
    | RolesRule
    | QuantityRule
    | ArithmeticRule
    | DisclosureRule
    | ProminenceRule
    | ProductFactRule
    | ClassifiedRule
    | DecisionRule,
    Field(discriminator="kind"),
]

LEXICON_NAME = re.compile(r"(?<!\?P)<([^<>=!?:\s]{1,40})>")
"""`<name>` inside a phrase or pattern stands for any phrase of that word set."""
