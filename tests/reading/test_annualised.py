"""What a loan costs a year, where the copy says what it costs a day, a month or an instalment."""

from __future__ import annotations

import pytest

from compliance_guard.reading import read
from compliance_guard.reading.annualised import (
    AnnualCost,
    annual_of_instalments,
    annual_of_payments,
    find_annual_costs,
    simple_annual,
)


def costs(copy: str) -> list[AnnualCost]:
    return list(find_annual_costs(read(copy, list)))


@pytest.mark.parametrize(
    ("rate", "per", "annual"),
    [(0.05, "day", 18.25), (0.02, "day", 7.3), (0.8, "month", 9.6), (1.5, "month", 18.0)],
)
def test_a_simple_rate_is_counted_over_365_days_or_12_months(rate: float, per: str, annual: float) -> None:
    assert simple_annual(rate, per) == pytest.approx(annual)


@pytest.mark.parametrize(
    ("instalments", "fee", "annual"),
    # Principal in equal parts, the fee on the whole amount with each: checked by bisection.
    [(3, 0.9, 16.13), (6, 0.75, 15.27), (12, 0.6, 13.03), (12, 0.66, 14.31), (24, 0.6, 13.27), (12, 0.0, 0.0)],
)
def test_a_fee_by_instalment_is_an_internal_rate_of_return(instalments: int, fee: float, annual: float) -> None:
    assert annual_of_instalments(instalments, fee) == pytest.approx(annual, abs=0.01)


def test_a_rate_of_return_solves_its_own_cash_flow() -> None:
    monthly = annual_of_payments(10_000, 12, 888.49) / 1200
    assert monthly == pytest.approx(0.01, abs=1e-5)
    assert sum(888.49 / (1 + monthly) ** k for k in range(1, 13)) == pytest.approx(10_000, abs=0.01)


@pytest.mark.parametrize(
    ("principal", "instalments", "payment"), [(10_000, 12, 800), (10_000, 0, 900), (0, 12, 900), (100, 12, 1e9)]
)
def test_a_cash_flow_that_is_no_loan_has_no_rate(principal: float, instalments: int, payment: float) -> None:
    assert annual_of_payments(principal, instalments, payment) is None


@pytest.mark.parametrize(
    ("copy", "stated", "low", "high", "method"),
    [
        ("日息万五,随借随还", "日息万五", 18.25, 18.25, "单利"),
        ("日息万分之五", "日息万分之五", 18.25, 18.25, "单利"),
        ("日利率0.05%", "日利率0.05%", 18.25, 18.25, "单利"),
        ("日利率:0.05%", "日利率:0.05%", 18.25, 18.25, "单利"),
        ("日利率约为百分之零点零五", "日利率约为百分之零点零五", 18.25, 18.25, "单利"),
        ("日息5厘", "日息5厘", 18.25, 18.25, "单利"),
        ("日息萬二點五", "日息万二点五", 9.125, 9.125, "单利"),
        ("日利率0.02%~0.05%", "日利率0.02%~0.05%", 7.3, 18.25, "单利"),
        ("利息每天万三", "利息每天万三", 10.95, 10.95, "单利"),
        ("每日利息0.03%", "每日利息0.03%", 10.95, 10.95, "单利"),
        ("月息8厘", "月息8厘", 9.6, 9.6, "单利"),
        ("月息八厘五", "月息八厘五", 10.2, 10.2, "单利"),
        ("月息一分二", "月息一分二", 14.4, 14.4, "单利"),
        ("月息1分5", "月息1分5", 18.0, 18.0, "单利"),
        ("月利率1.2%", "月利率1.2%", 14.4, 14.4, "单利"),
        ("月利率千分之八", "月利率千分之八", 9.6, 9.6, "单利"),
        ("月利率8‰", "月利率8‰", 9.6, 9.6, "单利"),
        ("12期每期手续费0.6%", "12期每期手续费0.6%", 13.03, 13.03, "内部收益率"),
        ("每期手续费率0.60%,可分12期", "每期手续费率0.60%,可分12期", 13.03, 13.03, "内部收益率"),
        ("分十二期还,月费率千分之六", "十二期还,月费率千分之六", 13.03, 13.03, "内部收益率"),
        ("借1万元,一天利息只要5块", "借1万元,一天利息只要5块", 18.25, 18.25, "单利"),
        ("借一万一天只要2块7", "借一万一天只要2块7", 9.855, 9.855, "单利"),
        ("每万元日息2.5元", "每万元日息2.5元", 9.125, 9.125, "单利"),
        ("借10000元分12期,每期还888.49元", "借10000元分12期,每期还888.49元", 12.0, 12.0, "内部收益率"),
    ],
)
def test_costs_in_copy(copy: str, stated: str, low: float, high: float, method: str) -> None:
    (cost,) = costs(copy)
    assert (cost.stated, cost.method) == (stated, method)
    assert (cost.low, cost.high) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


@pytest.mark.parametrize(
    ("copy", "words"),
    [
        ("日利率0.05%", "18.25%(单利)"),
        ("日息低至万二", "7.3%起(单利)"),
        ("日利率0.02%起", "7.3%起(单利)"),
        ("日利率0.02%-0.05%", "7.3%-18.25%(单利)"),
        ("分12期,每期手续费0.6%", "13.03%(内部收益率)"),
    ],
)
def test_how_a_cost_is_written(copy: str, words: str) -> None:
    (cost,) = costs(copy)
    assert cost.words == words


@pytest.mark.parametrize(
    "copy",
    [
        "年化利率(单利)7.2%",
        "逾期罚息按日利率0.05%计收",
        "日均收益万五",
        "每期手续费0.6%",  # over how many instalments?
        "月费率0.5%",
        "分12期,每期还208元",  # of what amount?
        "借1万元分12期,每期还700元",  # less than the principal
        "不是日息万五",
        "今日利率已调整",
        "活动截至11月30日,息费以合同为准",
        "日息万分之五十万",
        "三日利率公布,5%的客户",
        "",
    ],
)
def test_what_is_no_cost(copy: str) -> None:
    assert costs(copy) == []
