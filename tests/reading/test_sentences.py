"""Sentences and clauses of copy as it is really written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_guard.reading import read


def sentences(text: str) -> list[str]:
    reading = read(text, list)
    return [reading.text[s:e] for s, e in reading.sentences]


def clauses(text: str) -> list[str]:
    reading = read(text, list)
    return [reading.text[s:e] for s, e in reading.clauses]


@pytest.mark.parametrize(
    ("copy", "parts", "why"),
    [
        ("到期还本。放心买!", ["到期还本。", "放心买!"], "punctuation"),
        ("本周开放 详询网点", ["本周开放 详询网点"], "no punctuation at all"),
        ("稳稳的🎉快来抢", ["稳稳的🎉", "快来抢"], "emoji as a full stop"),
        ("【示例银行】您好,产品到期。退订回T", ["【示例银行】", "您好,产品到期。", "退订回t"], "signature"),
        ("起购一元\n风险等级R2", ["起购一元\n", "风险等级r2"], "lines of a poster"),
        ("年化3.5%起", ["年化3.5%起"], "a decimal point is no full stop"),
        ("他说“保本。”我没信", ["他说“保本。”", "我没信"], "the closing quote belongs to the sentence"),
        ("", [], "empty"),
    ],
)
def test_sentences(copy: str, parts: list[str], why: str) -> None:
    assert sentences(copy) == parts, why


def test_clauses_end_at_commas_and_bars() -> None:
    assert clauses("不用担心,保本|R2 适合") == ["不用担心,", "保本|", "r2 ", "适合"]


@given(st.text(max_size=200))
def test_sentences_and_clauses_tile_the_text(copy: str) -> None:
    """Nothing is lost, nothing overlaps, and no clause crosses a sentence."""
    reading = read(copy, list)
    for tiling in (reading.sentences, reading.clauses):
        assert "".join(reading.text[s:e] for s, e in tiling) == reading.text
    starts = set(reading.sentences.starts)
    for start, end in reading.clauses:
        assert not any(start < s < end for s in starts)
