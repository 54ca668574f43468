"""Personal numbers are found by what they are, not how they are written. All are made up, valid by construction."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from compliance_guard.reading import read
from compliance_guard.reading.personal import names, numbers

DIGITS = st.characters(min_codepoint=ord("0"), max_codepoint=ord("9"))


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    county = draw(st.sampled_from(["110105", "330702", "510104", "440305", "230103", "610113"]))
    born = draw(st.dates(date(1930, 1, 1), date(2015, 12, 31)))
    number = f"{county}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return number + ric.calc_check_digit(number + "0")


@st.composite
def bank_cards(draw: st.DrawFn) -> str:
    bin_, length = draw(st.sampled_from([("622202", 19), ("621700", 16), ("4", 16), ("52", 16), ("622588", 17)]))
    body = bin_ + draw(st.text(DIGITS, min_size=length - len(bin_) - 1, max_size=length - len(bin_) - 1))
    return body + luhn.calc_check_digit(body)


@st.composite
def mobiles(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(["138", "150", "166", "177", "189", "199"])) + draw(
        st.text(DIGITS, min_size=8, max_size=8)
    )


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
SPOKEN = str.maketrans("0123456789", "〇幺二三四五六七八九")
KEYCAPS = {str(d): f"{d}\ufe0f\u20e3" for d in range(10)}
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
BLACK = str.maketrans("0123456789", "⓿❶❷❸❹❺❻❼❽❾")
DISGUISES = {
    "plain": lambda n: n,
    "full width": lambda n: n.translate(FULL_WIDTH),
    "spaces": " ".join,
    "dots": ".".join,
    "middle dots": "·".join,
    "hyphens": "-".join,
    "groups of four": lambda n: " ".join(n[i : i + 4] for i in range(0, len(n), 4)),
    "Chinese": lambda n: n.translate(CHINESE),
    "spoken": lambda n: n.translate(SPOKEN),
    "Chinese with spaces": lambda n: " ".join(n.translate(CHINESE)),
    "keycaps": lambda n: "".join(KEYCAPS.get(c, c) for c in n),
    "circled": lambda n: n.translate(CIRCLED),
    "black circles": lambda n: n.translate(BLACK),
    "half and half": lambda n: n[:5] + n[5:].translate(CHINESE),
    "zero width": "\u200b".join,
}


@pytest.mark.parametrize("disguise", DISGUISES)
@given(resident_ids(), bank_cards(), mobiles())
def test_every_disguise_is_read_through(disguise: str, resident_id: str, card: str, mobile: str) -> None:
    write = DISGUISES[disguise]
    for kind, number in (("resident_id", resident_id), ("bank_card", card), ("mobile", mobile)):
        copy = f"客户的号码是{write(number)},请核对"
        reading = read(copy, list)
        [found] = reading.personal_numbers
        assert found.kind == kind or (found.kind, kind) == ("resident_id", "bank_card")
        assert reading.text[found.start : found.end] == number.lower()
        start, end = reading.to_original(found.start, found.end)
        assert copy[start:end].startswith(write(number)[:1])
        assert copy[end:].endswith(",请核对")


@given(resident_ids(), st.sampled_from("0123456789"))
def test_a_wrong_check_digit_is_no_resident_id(number: str, last: str) -> None:
    if number[-1] != last:
        assert not [n for n in numbers(number[:-1] + last) if n.kind == "resident_id"]


@given(bank_cards(), st.sampled_from("0123456789"))
def test_a_wrong_check_digit_is_no_bank_card(number: str, last: str) -> None:
    if number[-1] != last:
        assert not [n for n in numbers(number[:-1] + last) if n.kind == "bank_card"]


@pytest.mark.parametrize(
    "copy",
    [
        "登记编码z7003125000118",
        "138****0000",
        "客服热线95588,400-820-8820",
        "金额13800138000.5元",
        "15.20 13.40 12.50",
        "2026-11-24 10:00至2026-11-30",
        "统一社会信用代码91310000ma1fl0000x",
        "1、2、3、4、5、6、7、8、9、10、11、12",
        "14012345678",
        "单号20261124138001380001",
        "近1/3/5年收益1.3/5.8/9.1",
        "110105194902300021",
    ],
)
def test_other_numbers_are_none(copy: str) -> None:
    """Codes, masked numbers, hotlines, amounts, dates, ranges that were never given out."""
    assert numbers(copy) == ()


@pytest.mark.parametrize(
    ("copy", "found"),
    [
        ("+8613800138000", ["13800138000"]),
        ("86-138-0013-8000", ["138-0013-8000"]),
        ("13800138000 13900139000", ["13800138000", "13900139000"]),
        ("张13800138000,李13900139000", ["13800138000", "13900139000"]),
        ("138001380002026年", []),
        ("13800138000一年", ["13800138000"]),
    ],
)
def test_where_a_number_ends(copy: str, found: list[str]) -> None:
    assert [copy[n.start : n.end] for n in numbers(copy)] == found


def test_the_old_resident_id_has_no_check_digit_but_a_date() -> None:
    assert [n.kind for n in numbers("110105491231002")] == ["resident_id"]
    assert numbers("110105491331002") == ()


@pytest.mark.parametrize(
    ("copy", "shown"),
    [
        ("客户王建国持有", ["王建国"]),
        ("客户欧阳明月", ["欧阳明月"]),
        ("感谢李芳,再见", ["李芳"]),
        ("张凯(尾号)您好", ["张凯"]),
        ("客户王女士", []),
        ("王先生", []),
        ("王**", []),
        ("李总签约", []),
    ],
)
def test_full_names_are_seen_where_a_name_may_begin(copy: str, shown: list[str]) -> None:
    assert [copy[s:e] for s, e in names(copy, 0, len(copy))] == shown
