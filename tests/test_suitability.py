"""May this product be put before this customer? The settled readings, on both sides of each boundary."""

from __future__ import annotations

from typing import Any

import pytest

from compliance_guard import Reviewer
from tests.conftest import TODAY

CUSTOMER = {"id": "K1", "risk_grade": "C3", "assessed_at": "2026-06-01", "birth_date": "1980-01-01"}
WEALTH = {"kind": "wealth_management", "risk_grade": "R3", "status": "on_sale"}


def found(
    reviewer: Reviewer, product: dict[str, Any], customer: dict[str, Any] | None = None, **context: Any
) -> dict[str, str]:
    """Suitability findings, code to severity."""
    report = reviewer.review(
        "产品介绍",
        product=WEALTH | product,
        customer=None if customer is None else CUSTOMER | customer,
        **({"channel": "web_page", "as_of": TODAY} | context),
    )
    return {
        f.category.removeprefix("suitability."): f.severity for f in report.findings if "suitability" in f.category
    }


@pytest.mark.parametrize(
    ("product", "customer", "expected"),
    [
        ({"risk_grade": "R3"}, {"risk_grade": "C3"}, None),
        ({"risk_grade": "R3"}, {"risk_grade": "C2"}, "block"),
        ({"risk_grade": "R1"}, {"risk_grade": "C1"}, None),
        ({"risk_grade": "R5"}, {"risk_grade": "C5"}, None),
        ({"risk_grade": "R2", "issuer_risk_grade": "R3"}, {"risk_grade": "C2"}, "block"),
    ],
)
def test_the_customers_grade_covers_the_products_higher_grade(
    reviewer: Reviewer, product: dict[str, Any], customer: dict[str, Any], expected: str | None
) -> None:
    assert found(reviewer, product, customer).get("grade_mismatch") == expected


class TestOverGrade:
    """The securities regime lets an informed customer who asks buy above his grade; the other does not."""

    ASKED: dict[str, Any] = {"contact": {"at": "2026-11-24T10:00:00+08:00", "requested_by_customer": True}}  # noqa: RUF012

    def test_open_in_the_securities_regime_with_confirmation_and_request(self, reviewer: Reviewer) -> None:
        fund = {"kind": "public_fund", "risk_grade": "R4"}
        confirmed = {"risk_grade": "C3", "risk_confirmation_id": "E1"}
        assert found(reviewer, fund, {"risk_grade": "C3"}, **self.ASKED)["grade_mismatch"] == "block"
        assert found(reviewer, fund, confirmed)["grade_mismatch"] == "block"
        assert found(reviewer, fund, confirmed, **self.ASKED).get("grade_mismatch") != "block"

    def test_never_for_the_lowest_category(self, reviewer: Reviewer) -> None:
        lowest = {"risk_grade": "C1", "risk_confirmation_id": "E1"}
        product = {"kind": "public_fund", "risk_grade": "R2"}
        assert found(reviewer, product, lowest, **self.ASKED)["grade_mismatch"] == "block"

    def test_not_in_the_financial_regulators_regime(self, reviewer: Reviewer) -> None:
        confirmed = {"risk_grade": "C3", "risk_confirmation_id": "E1"}
        assert found(reviewer, {"risk_grade": "R4"}, confirmed, **self.ASKED)["grade_mismatch"] == "block"

    def test_professional_investors_are_free_of_it_there_only(self, reviewer: Reviewer) -> None:
        professional = {"risk_grade": "C2", "investor_class": "professional"}
        assert "grade_mismatch" not in found(reviewer, {"kind": "public_fund", "risk_grade": "R4"}, professional)
        assert found(reviewer, {"risk_grade": "R4"}, professional)["grade_mismatch"] == "block"


@pytest.mark.parametrize(
    ("assessed", "expected"),
    [("2025-11-24", None), ("2025-11-23", "assessment_expired"), ("2026-11-24", None)],
)
def test_an_assessment_is_valid_on_its_anniversary_and_expired_the_day_after(
    reviewer: Reviewer, assessed: str, expected: str | None
) -> None:
    codes = found(reviewer, {}, {"assessed_at": assessed})
    assert codes.get("assessment_expired") == ("block" if expected else None)


def test_a_leap_days_assessment_ends_on_28_february(reviewer: Reviewer) -> None:
    leap = {"assessed_at": "2024-02-29"}
    assert "assessment_expired" not in found(reviewer, {}, leap, as_of="2025-02-28")
    assert "assessment_expired" in found(reviewer, {}, leap, as_of="2025-03-01")


def test_the_twelve_months_are_policy_before_the_law_and_law_from_then(reviewer: Reviewer) -> None:
    old = {"assessed_at": "2024-06-01"}
    assert found(reviewer, {}, old, as_of="2026-01-31")["assessment_expired"] == "review"
    assert found(reviewer, {}, old, as_of="2026-02-01")["assessment_expired"] == "block"


def test_no_grade_on_file_blocks(reviewer: Reviewer) -> None:
    assert found(reviewer, {}, {"risk_grade": None, "assessed_at": None})["assessment_missing"] == "block"


@pytest.mark.parametrize(
    ("product", "unavailable"),
    [
        ({"status": "ended"}, True),
        ({"status": "suspended"}, True),
        ({"on_sale_from": "2026-11-25"}, True),
        ({"on_sale_from": "2026-11-24"}, False),
        ({"on_sale_until": "2026-11-24"}, False),
        ({"on_sale_until": "2026-11-23"}, True),
    ],
)
def test_both_ends_of_the_sale_window_count(reviewer: Reviewer, product: dict[str, Any], unavailable: bool) -> None:
    assert ("product_unavailable" in found(reviewer, product, {})) == unavailable


class TestPrivateProducts:
    PRIVATE: dict[str, Any] = {"kind": "private_fund", "risk_grade": "R3"}  # noqa: RUF012

    @pytest.mark.parametrize(("verified", "expected"), [(True, None), (False, "block"), (None, "block")])
    def test_need_a_verified_qualified_investor(
        self, reviewer: Reviewer, verified: bool | None, expected: str | None
    ) -> None:
        codes = found(reviewer, self.PRIVATE, {"qualified_investor": verified, "planned_amount": 2_000_000})
        assert codes.get("unqualified_investor") == expected

    @pytest.mark.parametrize(("amount", "expected"), [(999_999, True), (1_000_000, False)])
    def test_and_a_million_yuan(self, reviewer: Reviewer, amount: int, expected: bool) -> None:
        codes = found(reviewer, self.PRIVATE, {"qualified_investor": True, "planned_amount": amount})
        assert ("unqualified_investor" in codes) == expected


@pytest.mark.parametrize(("planned", "expected"), [(100_001, "block"), (100_000, "review"), (50_000, None)])
def test_more_than_all_liquid_assets_blocks_and_all_of_them_asks(
    reviewer: Reviewer, planned: int, expected: str | None
) -> None:
    codes = found(reviewer, {}, {"liquid_assets": 100_000, "planned_amount": planned})
    assert codes.get("term_mismatch") == expected


def test_elderly_means_65_on_the_day_and_high_risk_r4_and_r5(reviewer: Reviewer) -> None:
    product = {"kind": "wealth_management", "risk_grade": "R4"}
    on_birthday = {"risk_grade": "C5", "birth_date": "1961-11-24"}
    day_before = {"risk_grade": "C5", "birth_date": "1961-11-25"}
    assert "vulnerable_customer" in found(reviewer, product, on_birthday)
    assert "vulnerable_customer" not in found(reviewer, product, day_before)
    assert "vulnerable_customer" not in found(reviewer, {"risk_grade": "R3"}, on_birthday)
    cared_for = on_birthday | {"special_care_done": "E7"}
    assert "vulnerable_customer" not in found(reviewer, product, cared_for)


def test_students_are_not_offered_consumer_loans(reviewer: Reviewer) -> None:
    loan = {"kind": "loan", "subkind": "consumer_loan", "risk_grade": None}
    assert found(reviewer, loan, {"student": True})["vulnerable_customer"] == "block"
    assert "vulnerable_customer" not in found(reviewer, loan, {"student": False})


def test_without_a_customer_suitability_is_not_evaluated(reviewer: Reviewer) -> None:
    report = reviewer.review("产品介绍", product=WEALTH, channel="web_page", as_of=TODAY)
    assert "suitability" in {n.check for n in report.not_evaluated}
