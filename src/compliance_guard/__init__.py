"""Compliance checker for Chinese financial marketing copy: claims, disclosures, suitability and consent.

>>> from compliance_guard import review
>>> review("本产品保本", product={"kind": "wealth_management"}, excerpt=True).verdict
'block'

Names are loaded when first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from compliance_guard._version import __version__

if TYPE_CHECKING:
    from compliance_guard.api import Reviewer, review
    from compliance_guard.domain import (
        Consent,
        Contact,
        Customer,
        Finding,
        LegalBasis,
        NotEvaluated,
        Product,
        Provenance,
        Report,
        Request,
        Span,
    )
    from compliance_guard.hookspecs import hookimpl

_HOMES = {
    "Reviewer": "api",
    "review": "api",
    "hookimpl": "hookspecs",
    "Consent": "domain",
    "Contact": "domain",
    "Customer": "domain",
    "Finding": "domain",
    "LegalBasis": "domain",
    "NotEvaluated": "domain",
    "Product": "domain",
    "Provenance": "domain",
    "Report": "domain",
    "Request": "domain",
    "Span": "domain",
}

__all__ = [
    "Consent",
    "Contact",
    "Customer",
    "Finding",
    "LegalBasis",
    "NotEvaluated",
    "Product",
    "Provenance",
    "Report",
    "Request",
    "Reviewer",
    "Span",
    "__version__",
    "hookimpl",
    "review",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
