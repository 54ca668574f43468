"""The law as data: instruments, and what each of their provisions asks and who judges it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from compliance_guard.domain import Frozen
from compliance_guard.rules.rule import RuleId, Text

Coverage = Literal["automated", "assisted", "manual"]


class Instrument(Frozen):
    """A law, rule or notice. `articles` are those whose number and text were verified."""

    id: str
    title: str
    number: str | None = None
    issuer: str | None = None
    effective: date | None = None
    repealed: date | None = None
    articles: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        """Whether it held on that day; an unknown beginning counts as long ago."""
        return (self.effective is None or self.effective <= day) and (self.repealed is None or day < self.repealed)


class Provision(Frozen):
    """One thing that an instrument asks.

    `automated`: `rules` judge it in the ordinary case. `assisted`: they judge a part or ask for review, and
    `reason` says what a person looks at. `manual`: `reason` says why copy, product, customer and consent do not
    show it.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$", max_length=100)]
    instrument: str
    article: str | None = None
    about: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    coverage: Coverage
    rules: tuple[RuleId, ...] = ()
    reason: Text | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Provision:
        if not self.id.startswith(f"{self.instrument}/"):
            raise ValueError(f"id 须以 {self.instrument}/ 开头")
        if bool(self.rules) is (self.coverage == "manual"):
            raise ValueError("automated、assisted 须列出 rules,manual 不列")
        if self.coverage != "automated" and self.reason is None:
            raise ValueError("assisted、manual 须写 reason:为什么判断不了,人要看什么")
        return self
