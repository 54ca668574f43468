"""Polarity on minimal pairs: lines that differ in one thing, and in what they say."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_guard.reading import Reading, read

PAIRS = Path(__file__).parents[1] / "data" / "polarity_pairs.jsonl"


def polarity(text: str, phrase: str) -> str:
    reading = read(text, list)
    start = text.index(phrase)
    inside = [
        i
        for i, (s, e) in enumerate(zip(reading.folded.starts, reading.folded.ends, strict=True))
        if s >= start and e <= start + len(phrase)
    ]
    return reading.polarity(inside[0], inside[-1] + 1)


@pytest.mark.parametrize(
    ("copy", "phrase", "expected"),
    [
        ("不承诺保本", "保本", "denied"),
        ("不用担心,保本", "保本", "asserted"),
        ("不是不保本", "保本", "asserted"),
        ("这款没有风险", "没有风险", "asserted"),
        ("并非没有风险", "没有风险", "denied"),
        ("凡是承诺保本高收益的都是骗局", "保本高收益", "condemned"),
        ("合同里写的不保本您别管", "保本", "asserted"),
        ("不保本,这不是合同上的客套话", "保本", "denied"),
        ("不保本,那可不是走形式", "保本", "denied"),
        ("不保本,那是客套话", "保本", "asserted"),
        ("讲评稿“稳赚”“零回撤”不得出现", "稳赚", "condemned"),
        ("检控官读出群里的话:“只赚不赔,老师包底。”", "只赚不赔", "condemned"),
        ("西装友话包回本,千祈咪过数", "包回本", "condemned"),
        ("凡是说“风险提示不用看”的销售,起身就走", "风险提示不用看", "condemned"),
        ("这款产品保本吗?", "保本", "asked"),
        ("旧式的“保本”表述已停用", "保本", "quoted"),
        ("金融机构不得承诺保本保收益", "保本", "condemned"),
        ("别人不敢保本,我们敢!", "保本", "asserted"),
        ("不承诺保本、保收益", "保收益", "denied"),
        ("管理人不收申购费、保收益", "保收益", "asserted"),
        ("难道会不保本?", "保本", "asserted"),
        ("保本?不存在的", "保本", "denied"),
        ("政信非标季季付息", "季季付息", "asserted"),
        ("老客户舍不得赎回,年年跑赢大盘", "跑赢大盘", "asserted"),
        ("警惕一切承诺保本的理财!除了我们,我们有母公司托底", "有母公司托底", "asserted"),
    ],
)
def test_the_cases_that_explain_polarity(copy: str, phrase: str, expected: str) -> None:
    assert polarity(copy, phrase) == expected


@cache
def _judged() -> list[tuple[dict[str, str], str]]:
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    return [(row, polarity(row["text"], row["target"])) for row in rows]


def test_there_are_enough_minimal_pairs() -> None:
    sizes = Counter(row["pair"] for row, _ in _judged())
    assert len(sizes) >= 150
    assert min(sizes.values()) >= 2


@pytest.mark.parametrize(("exact", "least"), [(True, 0.90), (False, 0.94)])
def test_minimal_pairs_are_read_right(exact: bool, least: float) -> None:
    """Exactly, or in what a claim turns on: is it asserted or not."""
    right = 0
    wrong: list[str] = []
    for row, got in _judged():
        want = row["polarity"]
        if (
            got == want
            or f"alt: {got}" in row["note"]
            or (not exact and (got == "asserted") == (want == "asserted"))
        ):
            right += 1
        else:
            wrong.append(f"{row['text']} [{row['target']}] {want} ≠ {got}")
    assert right / len(_judged()) >= least, "\n".join(wrong)


def test_clauses_carry_their_polarity() -> None:
    reading = read("不承诺保本,收益随市场波动", list)
    assert [c.polarity for c in reading.polarities] == ["denied", "asserted"]


@given(st.text(alphabet="保本不没但吗?“”。,凡骗局:客户说别管\n", min_size=1, max_size=60), st.data())
def test_any_phrase_of_any_text_has_a_polarity(copy: str, data: st.DataObject) -> None:
    """Never a crash, always one of the five."""
    reading: Reading = read(copy, list)
    if not reading.text:
        return
    start = data.draw(st.integers(0, len(reading.text) - 1))
    assert reading.polarity(start, start + 1) in {"asserted", "denied", "asked", "quoted", "condemned"}
