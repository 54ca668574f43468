"""Folding reads through disguises and always knows where every character came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_guard.reading.fold import fold, fold_phrase

COPY = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "保本息收益年化零风险养老存款理财,。!?:;、 \n\t.·-*_|/<>&#b;“”「」(（)）【】❤️💰✦⑨２％²贰拾壹寶險"
        ),
        st.characters(),
    ),
    max_size=120,
)


@pytest.mark.parametrize(
    ("copy", "folded", "why"),
    [
        ("ＲＯＩ４．５％", "roi4.5%", "full width"),
        ("年化⑨点⑥", "年化9点6", "circled digits"),
        ("收益4²%", "收益42%", "superscript"),
        ("成立6周,年化贰拾壹%", "成立6周,年化二十一%", "financial numerals before a unit"),
        ("收拾心情", "收拾心情", "拾 is not a numeral here"),
        ("養老無憂,穩賺不賠", "养老无忧,稳赚不赔", "Traditional"),
        ("乾隆年间的乾貨", "乾隆年间的干货", "Traditional by context"),
        ("保\u200b本\u200d保\u2060息", "保本保息", "zero width"),
        ("保\u202e本\u202c", "保本", "bidi controls"),
        ("保.本.保.息", "保本保息", "dots"),
        ("保 本 保 息", "保本保息", "spaces"),
        ("秒-殺-所-有-存-款", "秒杀所有存款", "hyphens"),
        ("私✦募✦明星", "私募明星", "ornaments"),
        ("放❤️心买", "放心买", "emoji"),
        ("稳稳稳稳赚", "稳赚", "long repetition"),
        ("稳稳当当", "稳稳当当", "ordinary doubling stays"),
        ("**保**本**保**收益", "**保本保收益", "Markdown emphasis inside a word"),
        ("保<b>本</b>保<i>息</i>", "保本保息", "HTML tags inside a word"),
        ("<p>第一段</p><p>第二段</p>", "\n第一段\n\n第二段\n", "block tags end lines"),
        ("&#20445;&#x672c;&nbsp;A", "保本 a", "entities"),
        ("零\n风\n险", "零风险", "vertical layout"),
        ("第一行\n第二行", "第一行\n第二行", "ordinary lines stay"),
        ("A 款 | 存 | B 款", "a 款 | 存 | b 款", "a bar with spaces separates"),
        ("138****0000", "138****0000", "masking stays"),
        ("到期,本金", "到期,本金", "a comma is punctuation"),
        ("「保本」", "“保本”", "quotation marks are one kind"),
    ],
)
def test_folding_reads_through_disguises(copy: str, folded: str, why: str) -> None:
    """One plain form for many spellings."""
    assert fold(copy).text == folded, why


def test_a_wrapped_line_is_read_as_one() -> None:
    """A long line without final punctuation was wrapped, not ended."""
    copy = "本产品由示例理财有限责任公司发行与管理,我们向每一位客户承诺保\n本金不受任何损失"
    assert "承诺保本金" in fold(copy).text


@given(COPY)
def test_every_folded_position_maps_to_a_span_of_the_copy(copy: str) -> None:
    """The map is total, ordered and inside the copy."""
    folded = fold(copy)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    previous = 0
    for start, end in zip(folded.starts, folded.ends, strict=True):
        assert previous <= start < end <= len(copy)
        previous = start


@given(COPY)
def test_what_a_position_stands_for_folds_to_it(copy: str) -> None:
    """Round trip: the original span of a folded character, folded by itself, contains it."""
    folded = fold(copy)
    for character, start, end in zip(folded.text, folded.starts, folded.ends, strict=True):
        source = fold_phrase(copy[start:end])
        markup = copy[start] in "<&"
        numeral = character in "一二三四五六七八九十百千"
        assert markup or numeral or character in source or len(source) == 1


def test_a_dropped_and_an_expanded_character_do_not_cancel_out() -> None:
    """Found by the property above: equal lengths do not mean an even map."""
    folded = fold("\x1f¼本")
    assert folded.text[-1] == "本"
    assert folded.span(len(folded.text) - 1, len(folded.text)) == (2, 3)


@given(COPY, st.data())
def test_spans_cover_what_they_name(copy: str, data: st.DataObject) -> None:
    """The span of a folded range begins where its first character begins and ends where its last ends."""
    folded = fold(copy)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    assert folded.span(start, end) == (folded.starts[start], folded.ends[end - 1])
    assert folded.span(start, end)[0] < folded.span(start, end)[1]


@given(st.text(alphabet="保本不收益的理财产品风险,。", max_size=80))
def test_plain_copy_folds_to_itself(copy: str) -> None:
    """Nothing is lost from copy that has no disguise (but long repetitions)."""
    folded = fold(copy)
    if not any(copy[i] == copy[i + 1] == copy[i + 2] for i in range(len(copy) - 2)):
        assert folded.text == copy
