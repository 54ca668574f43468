"""Disguised words: what is unmasked, what is an accident of language, and the map back to the copy."""

from __future__ import annotations

import time
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_guard import Finding, review
from compliance_guard.reading.disguise import Unmasked, Unmasking
from compliance_guard.reading.fold import fold
from compliance_guard.segmenters.by_jieba import Jieba

TERMS = (
    "保本", "保息", "保本保息", "稳赚", "稳赚不赔", "零风险", "返利", "躺赚", "放心", "红包", "最高", "第一",
    "秒批", "黑户",
    "贷款", "唯一", "私募",
)  # fmt: skip
UNMASKING = Unmasking(TERMS)


def unmask(copy: str) -> tuple[Unmasked, ...]:
    return UNMASKING.unmask(copy, fold(copy), Jieba().cut)


def read_as(copy: str) -> list[tuple[str, str]]:
    """What is read, and by which trick it was written otherwise."""
    return [(d.read, d.by) for u in unmask(copy) for d in u.disguises]


@pytest.mark.parametrize(
    ("copy", "read", "by"),
    [
        ("这款宝本,放心买", "保本", "同音"),
        ("包本包息的产品", "保本保息", "同音"),
        ("跟着老师稳砖不陪", "稳赚不赔", "同音"),
        ("俣夵的理财", "保本", "形近"),
        ("亻呆本产品", "保本", "拆字"),
        ("禾急贝兼到手", "稳赚", "拆字"),
        ("bao本的理财", "保本", "拼音"),
        ("baoben理财", "保本", "拼音"),
        ("b a o b e n 理财", "保本", "拼音"),
        ("bǎo běn理财", "保本", "拼音"),
        ("bao3ben3理财", "保本", "拼音"),
        ("零feng险", "零风险", "拼音"),
        ("bb保息的存法", "保本保息", "首字母"),
        ("ㄅㄠˇㄅㄣˇ理财", "保本", "注音"),
        ("ㄅㄠ本理财", "保本", "注音"),
        ("保x本保x息", "保本保息", "夹字"),
        ("赔不赚稳的机会", "稳赚不赔", "倒写"),
        ("反着念:产品息保本保", "保本保息", "倒写"),
        ("跟我躺💰", "躺赚", "表情"),
        ("放❤️买", "放心", "表情"),
        ("稳中求进\n赚得安逸\n不慌不忙\n赔字不识", "稳赚不赔", "藏头"),
        ("日子求稳\n人人都赚\n说走就不\n有借无赔", "稳赚不赔", "藏尾"),
    ],
)  # fmt: skip
def test_the_word_behind_is_read(copy: str, read: str, by: str) -> None:
    assert (read, by) in read_as(copy)


@pytest.mark.parametrize(
    ("copy", "why"),
    [
        ("余额宝本月收益到账", "本月 and 余额宝 are words; 宝本 is none"),
        ("李宝本先生,您购买的理财产品已到期", "a name"),
        ("红包本周发放,购买基金另有说明", "红包 and 本周"),
        ("我行承保本公司全部贷款", "承保 and 本公司"),
        ("天天稳盈理财,风险等级R2", "稳盈 is a common product name"),
        ("兄弟一起买基金", "一起"),
        ("今年利率放宽,房款到账", "ordinary words that sound like 放款"),
        ("免洗洗手液买一送一", "免洗 is a word"),
        ("隔壁宝本家的狗", "nobody talks of money"),
        ("B本和A本两份合同", "an initial before one character proves nothing"),
        ("超时bb保护的产品", "two initials before another word"),
        ("URL baobenchi.example.com 的产品", "inside a longer word"),
        ("保持联系\n本月通知", "two lines begin so by chance"),
        ("产品保本", "written plainly: nothing to unmask"),
        ("位移和寺木都写在理财合同上", "two words that only sound like two others"),
        ("保❤本金", "an emoji that reads as another word"),
    ],
)
def test_an_accident_of_language_is_left_alone(copy: str, why: str) -> None:
    assert read_as(copy) == [], why


def test_the_text_is_as_it_reads_and_maps_back() -> None:
    copy = "【理财】亻 呆 本,放心"
    [unmasked] = unmask(copy)
    folded = unmasked.folded
    assert folded.text == "【理财】保本,放心"
    start = folded.text.index("保本")
    assert copy[slice(*folded.span(start, start + 2))] == "亻 呆 本"
    end = folded.text.index("放心")
    assert copy[slice(*folded.span(end, end + 2))] == "放心"


ALPHABET = "宝本保息稳砖赚陪不赔亻呆禾急bao enㄅㄠˇ💰❤️零f险,。\n的款理财1"


@given(st.text(st.sampled_from(ALPHABET), max_size=60))
def test_every_reading_maps_into_the_copy(copy: str) -> None:
    for unmasked in unmask(copy):
        folded = unmasked.folded
        assert len(folded.text) == len(folded.starts) == len(folded.ends)
        assert all(0 <= s < e <= len(copy) for s, e in zip(folded.starts, folded.ends, strict=True))
        for disguise in unmasked.disguises:
            assert folded.text[disguise.start : disguise.end] == disguise.read
            start, end = folded.span(disguise.start, disguise.end)
            assert 0 <= start < end <= len(copy)
            assert copy[start:end] != disguise.read


@given(st.text(max_size=200))
def test_no_text_breaks_it(copy: str) -> None:
    unmask(copy)


def test_a_flood_of_disguises_is_read_in_time_that_grows_with_its_length() -> None:
    def seconds(repeats: int) -> float:
        copy = "宝本息保b本躺💰的款," * repeats
        began = time.perf_counter()
        assert unmask(copy)
        return time.perf_counter() - began

    seconds(10)
    assert seconds(4_000) < 40 * max(seconds(400), 0.005)


class TestFindings:
    """A disguised claim is found like a plain one, and tells how it was read."""

    CONTEXT: ClassVar = {"product": {"kind": "wealth_management"}, "channel": "wechat_moments", "excerpt": True}

    def guarantee(self, copy: str, **context: object) -> Finding:
        report = review(copy, **{**self.CONTEXT, **context})
        [finding] = [f for f in report.findings if f.category == "claim.guarantee"]
        return finding

    def test_the_span_is_in_the_copy_and_each_step_is_told(self) -> None:
        finding = self.guarantee("新品上架,宝 本保 息,欢迎咨询")
        assert finding.span is not None
        assert finding.span.text == "宝 本保 息"
        assert finding.evidence["disguise"] == [{"written": "宝本保息", "read": "保本保息", "by": "同音"}]
        assert finding.evidence["matched"] == "保本保息"

    def test_it_weighs_no_less_than_the_plain_claim(self) -> None:
        for context in ({}, {"product": None}, {"channel": None}):
            assert self.guarantee("这款宝本保息", **context).severity == "block"

    @pytest.mark.parametrize("copy", ["本产品不宝本", "凡是承诺bao本的都是骗局", "客户问:“这款包本吗?”"])
    def test_it_is_read_in_its_polarity(self, copy: str) -> None:
        assert not any(f.category == "claim.guarantee" for f in review(copy, **self.CONTEXT).findings)

    def test_the_whole_acrostic_is_the_span(self) -> None:
        copy = "稳中求进\n赚得安逸\n不慌不忙\n赔字不识"
        finding = self.guarantee(copy)
        assert finding.span is not None
        assert finding.span.text == "稳中求进\n赚得安逸\n不慌不忙\n赔"
