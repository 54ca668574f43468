"""Product against customer or audience, and against its own copy."""

from __future__ import annotations

from collections.abc import Iterable

from compliance_guard.domain import Finding
from compliance_guard.hookspecs import hookimpl
from compliance_guard.rules.case import Case
from compliance_guard.rules.engine import Engine

COPY_PRODUCT_MISMATCH = "suitability.copy_product_mismatch"


class ProductFacts:
    """Rules that compare the copy with the product's own facts (`suitability.copy_product_mismatch`)."""

    id = "product_facts"

    def lacking(self, case: Case) -> str | None:
        """Without a product there is nothing to compare with."""
        return None if case.request.product else "未提供 product,无法核对文案与产品要素"

    def run(self, case: Case, engine: Engine) -> Iterable[Finding]:
        """Contradictions between copy and product."""
        return engine.run(COPY_PRODUCT_MISMATCH, case)


class Suitability:
    """Decision tables of the family `suitability`."""

    id = "suitability"

    def lacking(self, case: Case) -> str | None:
        """Suitability is between a product and a customer."""
        request = case.request
        missing = [
            name for name, value in (("product", request.product), ("customer", request.customer)) if value is None
        ]
        return f"未提供 {'、'.join(missing)},无法判断适当性" if missing else None

    def run(self, case: Case, engine: Engine) -> Iterable[Finding]:
        """Rows of the tables that hold."""
        return engine.run("suitability.", case, but=COPY_PRODUCT_MISMATCH)


@hookimpl
def provide_checks() -> list[ProductFacts | Suitability]:
    """The checks."""
    return [ProductFacts(), Suitability()]
