"""A tiny encoder and a small corpus: real training and export, in seconds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="训练的测试需要 pip install 'compliance-guard[train]'")

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import BertConfig, BertModel

from compliance_guard.opinion.sentence import SPECIAL

SAFE = (
    "请阅读风险揭示书",
    "您的账户将于明日完成升级",
    "产品可能亏损",
    "量力而行",
    "利率以公示为准",
    "养老院周六开放参观",
)
BOLD = ("到期稳稳拿回来", "闭着眼都能赚", "年底再添一套房", "同行都喊祖师爷", "晚一天就没座了", "楼上王老师早签了")


def line(number: int, text: str, labels: list[str]) -> dict[str, object]:
    spans = [{"label": label, "quote": text[:4]} for label in labels]
    return {
        "id": f"t-{number}", "family": f"t-f{number}", "strand": "t", "text": text, "before": None,
        "product": "wealth_management", "channel": "sms", "labels": labels, "discloses": [], "stance": "asserts",
        "spans": spans, "note": "",
    }  # fmt: skip


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for part, times in (("train", 6), ("dev", 3), ("test", 2)):
        texts = [(f"{t}{'!' * n}", labels) for n in range(times) for t, labels in
                 [*((s, []) for s in SAFE), *((b, ["claim.guarantee"]) for b in BOLD)]]  # fmt: skip
        (folder / part).mkdir()
        rows = (json.dumps(line(i, t, labels), ensure_ascii=False) for i, (t, labels) in enumerate(texts))
        (folder / part / "t.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two narrow layers over single characters, as `from_pretrained` takes it."""
    folder = tmp_path_factory.mktemp("tiny")
    characters = sorted(set("".join((*SAFE, *BOLD)) + "理财产品短信:!"))
    words = [names[1] for names in SPECIAL] + ["[UNK]", *characters]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.save(str(folder / "tokenizer.json"))
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder)
    return folder
