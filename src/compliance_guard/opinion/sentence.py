"""A sentence as the classifier reads it: who offers what and where, the sentence before, the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_CONTEXT = 64
MAX_TEXT = 128
"""Tokens of the first and of the second segment."""

MAX_LETTERS = 120
"""Code points of a sentence that is surely read whole; a longer one is read in pieces."""

OFFER = 8
"""Tokens at the head of the first segment that are never cut: the product and the channel."""

SPECIAL = (("<s>", "[CLS]"), ("</s>", "[SEP]"), ("<pad>", "[PAD]"))

_PRODUCTS = {
    "wealth_management": "理财产品", "public_fund": "公募基金", "private_fund": "私募基金", "trust": "信托",
    "securities_am": "券商资管", "structured_deposit": "结构性存款", "deposit": "存款", "gold": "黄金",
    "pension_wealth": "养老理财", "insurance": "保险", "loan": "贷款", "credit_card": "信用卡", "payment": "支付",
    "none": "无产品", "participating_life": "分红险", "universal_life": "万能险", "annuity": "年金险",
    "whole_life": "终身寿险", "health": "健康险", "accident": "意外险", "unit_linked": "投连险",
    "consumer_loan": "消费贷", "business_loan": "经营贷", "mortgage": "房贷", "instalment": "分期",
    "loan_facilitation": "助贷",
}  # fmt: skip
_CHANNELS = {
    "sms": "短信", "app_push": "推送", "email": "邮件", "call_script": "电话", "wechat_moments": "朋友圈",
    "wechat_article": "公众号", "short_video": "短视频", "livestream": "直播", "poster": "海报", "web_page": "网页",
    "paid_ad": "付费广告", "branch_leaflet": "网点折页", "internal": "内部",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in its place.

    Attributes:
        text: folded.
        before: the sentence before it, folded; empty if none.
        product: `kind` or `kind/subkind`; None if not known.
        channel: None if not known.
    """

    text: str
    before: str = ""
    product: str | None = None
    channel: str | None = None

    def offered(self) -> dict[str, str]:
        """Its product as `review()` takes it; no product if not known."""
        kind, _, subkind = (self.product or "none").partition("/")
        return {"kind": kind} | ({"subkind": subkind} if subkind else {})

    def context(self) -> str:
        """The first segment. A product or channel that only a plugin knows stands for itself."""
        kinds = self.product.split("/") if self.product else []
        words = [*(_PRODUCTS.get(k, k) for k in kinds), _CHANNELS.get(self.channel or "", self.channel or "")]
        return f"{' '.join(filter(None, words))}:{self.before}"


@dataclass(frozen=True, slots=True)
class Coded:
    """Tokens of a sentence: `<s> context </s> text </s>`.

    Attributes:
        ids: of all tokens.
        text_from: index of the text's first token; the text ends before the last token.
        offsets: for each token of the text, its span in the text (code points, half open).
    """

    ids: list[int]
    text_from: int
    offsets: list[tuple[int, int]]


class Coder:
    """Turns sentences into tokens.

    Args:
        tokenizer: any whose vocabulary has BERT's or XLM-R's special tokens.

    Raises:
        ValueError: it has neither.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._start, self._end, self.pad = (self._special(*names) for names in SPECIAL)

    def _special(self, *names: str) -> int:
        ids = (self._tokenizer.token_to_id(name) for name in names)
        found = next((i for i in ids if i is not None), None)
        if found is None:
            raise ValueError(f"no {' or '.join(names)} in the vocabulary")
        return found

    def code(self, sentences: Sequence[Sentence]) -> list[Coded]:
        """The tokens of each sentence; of a long context the end, of a long text the beginning."""
        contexts = self._tokenizer.encode_batch([s.context() for s in sentences], add_special_tokens=False)
        texts = self._tokenizer.encode_batch([s.text for s in sentences], add_special_tokens=False)
        coded = []
        for first, second in zip(contexts, texts, strict=True):
            over = max(0, len(first.ids) - MAX_CONTEXT)
            head = [*first.ids[:OFFER], *first.ids[OFFER + over :]]
            ids = [self._start, *head, self._end, *second.ids[:MAX_TEXT], self._end]
            coded.append(Coded(ids, len(head) + 2, second.offsets[:MAX_TEXT]))
        return coded
