"""What the classifier says of a sentence, in the order of its outputs."""

from __future__ import annotations

CLAIMS = (
    "claim.guarantee", "claim.risk_downplay", "claim.return_forecast", "claim.past_performance",
    "claim.superlative", "claim.urgency", "claim.endorsement", "claim.comparison", "claim.deposit_confusion",
    "claim.inducement", "claim.unsupported", "claim.credit_inducement", "claim.pension_label",
    "claim.private_offering", "claim.illegal_finance", "claim.improper_values", "claim.pii_exposure",
)  # fmt: skip

DISCLOSURES = (
    "risk_warning", "past_performance_disclaimer", "benchmark_disclaimer", "risk_grade", "issuer", "product_code",
    "apr", "fees", "insurance_terms", "deposit_terms", "data_source", "ad_label", "sender", "opt_out", "ai_label",
)  # fmt: skip

STANCES = ("asserts", "denies", "warns", "quotes", "asks", "neutral")
"""What the writer does with the matter; one of them holds."""
