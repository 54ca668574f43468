"""Numbers as marketers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_guard.reading import read
from compliance_guard.reading.quantities import find_quantities, parse_number


def found(text: str, measure: str) -> list[tuple[float, float]]:
    return [(q.low, q.high) for q in read(text, list).quantities if q.measure == measure]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("4.5", 4.5), ("1,000", 1000), ("三十六", 36), ("一百二十万", 1_200_000), ("两百五", 250), ("一千零五", 1005),
     ("四点五", 4.5), ("一万二", 12_000), ("十五", 15), ("二零二六", 2026), ("8点5", 8.5)],
)  # fmt: skip
def test_numerals(numeral: str, value: float) -> None:
    assert parse_number(numeral) == pytest.approx(value)


@pytest.mark.parametrize(
    ("copy", "measure", "values"),
    [
        ("年化4.5%", "rate", [(4.5, 4.5)]),
        ("业绩比较基准2.10%-2.70%", "rate", [(2.1, 2.7)]),
        ("年化利率3.6%至14.4%", "rate", [(3.6, 14.4)]),
        ("百分之八", "rate", [(8, 8)]),
        ("八个点", "rate", [(8, 8)]),
        ("年化捌厘", "rate", [(8, 8)]),
        ("日息万五", "rate", [(0.05, 0.05)]),
        ("年化⑨点⑥", "rate", [(9.6, 9.6)]),
        ("最高可借10w", "amount", [(100_000, 100_000)]),
        ("壹佰万起", "amount", [(1_000_000, 1_000_000)]),
        ("一百二十万", "amount", [(1_200_000, 1_200_000)]),
        ("1万元起购", "amount", [(10_000, 10_000)]),
        ("5万元-20万元", "amount", [(50_000, 200_000)]),
        ("期限30-90天", "duration", [(30, 90)]),
        ("产品等级PR2", "grade", [(2, 2)]),
        ("¥50,000", "amount", [(50_000, 50_000)]),
        ("1元起购", "amount", [(1, 1)]),
        ("封闭180天", "duration", [(180, 180)]),
        ("三年期", "duration", [(1095, 1095)]),
        ("半年", "duration", [(182.5, 182.5)]),
        ("2026年3月1日起", "duration", []),
        ("风险等级R3", "grade", [(3, 3)]),
        ("风险等级为三级", "grade", [(3, 3)]),
        ("中低风险产品", "grade", [(2, 2)]),
        ("中风险", "grade", [(3, 3)]),
        ("适合C3及以上客户", "grade", []),
        ("翻三倍", "multiple", [(3, 3)]),
        ("资产翻番", "multiple", [(2, 2)]),
        ("放10w一年", "amount", [(100_000, 100_000)]),
        ("投10个,三年", "amount", [(100_000, 100_000)]),
        ("十万块", "amount", [(100_000, 100_000)]),
        ("10万块钱", "amount", [(100_000, 100_000)]),
        ("三五千块", "amount", [(3_000, 5_000)]),
        ("一两万", "amount", [(10_000, 20_000)]),
        ("七八百块", "amount", [(700, 800)]),
        ("三四十万", "amount", [(300_000, 400_000)]),
        ("小两千块", "amount", [(2_000, 2_000)]),
        ("三万二", "amount", [(32_000, 32_000)]),
        ("一万三四", "amount", [(13_000, 14_000)]),
        ("12万4", "amount", [(124_000, 124_000)]),
        ("三十二万四", "amount", [(324_000, 324_000)]),
        ("3万5千", "amount", [(35_000, 35_000)]),
        ("3千", "amount", [(3_000, 3_000)]),
        ("多1块2", "amount", [(1.2, 1.2)]),
        ("三块五", "amount", [(3.5, 3.5)]),
        ("八毛", "amount", [(0.8, 0.8)]),
        ("一块两毛五", "amount", [(1.25, 1.25)]),
        ("年年三五个点", "rate", [(3, 5)]),
        ("二三年", "duration", [(730, 1095)]),
        ("三四个月", "duration", [(90, 120)]),
        ("一年三千四", "number", [(3400, 3400)]),
        ("一萬變十萬三", "amount", [(10_000, 10_000), (103_000, 103_000)]),
        ("存十万三年后取", "amount", [(100_000, 100_000)]),
        ("存十万三年后取", "duration", [(1095, 1095)]),
        ("十万一起投", "amount", [(100_000, 100_000)]),
        ("百分之八", "number", []),
        ("5个人", "amount", []),
        ("1万人", "number", []),
    ],
)
def test_quantities(copy: str, measure: str, values: list[tuple[float, float]]) -> None:
    assert found(copy, measure) == [(pytest.approx(a), pytest.approx(b)) for a, b in values]


@given(st.text(alphabet="0123456789.,%万亿元一二三百千年天个月至-R级倍翻点息分之块毛变", max_size=60))
def test_any_heap_of_numerals_is_read_in_order_and_within_the_text(copy: str) -> None:
    last = 0
    for quantity in find_quantities(copy):
        assert last <= quantity.start < quantity.end <= len(copy)
        assert quantity.low <= quantity.high
        last = quantity.start
