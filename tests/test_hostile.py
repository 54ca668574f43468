"""Copy written to hurt: time grows with its length, not with its square, and nothing crashes."""

from __future__ import annotations

import gc
import time

import pytest

from compliance_guard import Reviewer
from tests.conftest import TODAY

CONTEXT = {
    "product": {"kind": "wealth_management", "risk_grade": "R3", "min_amount": 1, "benchmark": "2.1%-2.7%"},
    "channel": "sms",
    "as_of": TODAY,
}
PIECES = (
    "保本", "不", "不保本,", "“保本”", "“", "1", "1,", "一", "<", "<b ", "&#20445;", "\n", "保\n", "保.", "🎉", " ",
    "\u200b", "客户:保本", "年化4.5%",
    "本金无忧收益稳稳我们兜底", "(", "r2", "<p style='", "但不保本却保本除了我们,",
    "<p style='font-size:5px'>产品有风险</p>4%", "<!-- 产品有风险 -->", "<p hidden>产品有风险,投资须谨慎",
    "理|财|有|风|险",
    "<style>.a{color:red}</style>", "[x](y \"产品有风险\")", "\n.\n产品有风险", "<a title='产品有风险'>",
    "全国第一!", "翻", "1点", "问:保本吗?答:", "风险等级", "由示例理财发行",
)  # fmt: skip


def seconds(reviewer: Reviewer, text: str) -> float:
    gc.disable()  # a collection in a process that has run a thousand tests takes longer than the review
    started = time.perf_counter()
    report = reviewer.review(text, **CONTEXT)  # type: ignore[arg-type]
    took = time.perf_counter() - started
    gc.enable()
    assert not any(n.reason.startswith("检查出错") for n in report.not_evaluated)
    return took


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_time_grows_with_length(reviewer: Reviewer, piece: str) -> None:
    """Four times the text may take some more than four times as long; sixteen times would be the square."""
    seconds(reviewer, piece * 10)
    short = min(
        seconds(reviewer, (piece * 3_000)[:length]) for length in (2_999, 3_000)
    )  # no copy twice: rewrites stay
    long = seconds(reviewer, (piece * 12_000)[:12_000])
    assert long < 13 * short + 0.15
