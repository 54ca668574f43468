"""Reading the 4-bit encoder, on a file of the same format written here."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from compliance_guard.errors import TrainingError
from compliance_guard.training.encoder import (
    BLOCK,
    cut_vocabulary,
    dequantised,
    of_chinese_copy,
    read_encoder,
)

HIDDEN, LAYERS, HEADS, WIDE, PIECES, POSITIONS = 32, 2, 2, 64, 40, 16
SHORT = {"query": "q", "key": "k", "value": "v"}


def packed(values: np.ndarray) -> bytes:
    """Q4_0: a float16 scale and 16 bytes for each 32 weights."""
    out = b""
    for block in values.reshape(-1, BLOCK):
        scale = np.float16(max(abs(block).max() / 7, 1e-3))
        levels = np.clip(np.round(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        out += scale.tobytes() + (levels[:16] | (levels[16:] << 4)).tobytes()
    return out


def name_of(ours: str) -> tuple[str, bool]:
    """The file's name of one of our tensors, and whether it is packed."""
    fixed = {
        "embeddings.word_embeddings.weight": ("emb.word", True),
        "embeddings.position_embeddings.weight": ("emb.pos", False),
        "embeddings.token_type_embeddings.weight": ("emb.type", False),
        "embeddings.LayerNorm.weight": ("emb.ln.w", False),
        "embeddings.LayerNorm.bias": ("emb.ln.b", False),
    }
    if ours in fixed:
        return fixed[ours]
    _, _, layer, *path, kind = ours.split(".")
    part = ".".join(path)
    short = {
        "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v",
        "attention.output.dense": "ao", "attention.output.LayerNorm": "aln", "intermediate.dense": "fi",
        "output.dense": "fo", "output.LayerNorm": "oln",
    }[part]  # fmt: skip
    return f"l{layer}.{short}.{kind[0]}", kind == "weight" and "LayerNorm" not in part


def written(model: BertModel) -> bytes:
    """The model as an E5S1 file."""
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7if", HIDDEN, LAYERS, HEADS, WIDE, PIECES, POSITIONS, 2, 1e-12)
    head += struct.pack("<i", BLOCK)
    blob = b"tokens"
    head += struct.pack("<5i", 3, 0, 2, 1, 3) + struct.pack("<Q", len(blob)) + bytes(4 * 4 + 4 * 3) + blob
    head += struct.pack("<iI", 1, 5) + b"norms"
    tensors = []
    for ours, value in model.state_dict().items():
        name, is_packed = name_of(ours)
        flat = value.numpy().astype(np.float32).reshape(-1)
        tensors.append((name, is_packed, flat.size, packed(flat) if is_packed else flat.tobytes()))
    directory = sum(2 + len(name) + 1 + 4 + 16 for name, *_ in tensors) + 4
    at = len(head) + directory
    body = b""
    head += struct.pack("<i", len(tensors))
    for name, is_packed, size, data in tensors:
        head += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", is_packed, size, at, len(data))
        at += len(data)
        body += data
    return head + body


@pytest.fixture(scope="module")
def model() -> BertModel:
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=PIECES, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=WIDE, max_position_embeddings=POSITIONS, type_vocab_size=2,
    )  # fmt: skip
    return BertModel(config, add_pooling_layer=False).eval()


def test_what_was_packed_in_four_bits_is_read_back_within_half_a_level() -> None:
    values = np.random.default_rng(1).normal(size=BLOCK * 8).astype(np.float32)
    read = dequantised(packed(values), 0, values.size)
    levels = np.abs(values.reshape(-1, BLOCK)).max(1) / 7
    assert (np.abs(read - values).reshape(-1, BLOCK).max(1) <= levels * 0.51).all()


def test_every_tensor_finds_its_place(model: BertModel) -> None:
    read = read_encoder(written(model))
    ids = torch.randint(0, PIECES, (2, 8))
    with torch.no_grad():
        apart = (read(ids).last_hidden_state - model(ids).last_hidden_state).abs().max()
    assert apart < 0.2  # four bits
    for name, value in model.state_dict().items():
        if not name_of(name)[1]:
            assert torch.equal(read.state_dict()[name], value)


@pytest.mark.parametrize("spoil", [lambda raw: raw[:-200], lambda raw: b"XXXX" + raw[4:], lambda raw: raw[:40]])
def test_a_spoilt_file_is_refused(model: BertModel, spoil: object) -> None:
    with pytest.raises(TrainingError):
        read_encoder(spoil(written(model)))  # type: ignore[operator]


def test_a_cut_vocabulary_keeps_meaning_and_order(model: BertModel) -> None:
    pieces = [["<s>", 0], ["<pad>", 0], ["</s>", 0], ["<unk>", 0]] + [[f"字{i}", -1.0] for i in range(36)]
    tokenizer = {"model": {"vocab": pieces}, "added_tokens": [{"content": "<s>"}, {"content": "<mask>"}]}
    small, cut = cut_vocabulary(model, tokenizer, lambda piece: piece in {"字3", "字10"})
    assert [p for p, _ in cut["model"]["vocab"]] == ["<s>", "<pad>", "</s>", "<unk>", "字3", "字10"]
    assert cut["added_tokens"] == [{"content": "<s>"}]
    theirs, ours = torch.tensor([[0, 7, 14, 2]]), torch.tensor([[0, 4, 5, 2]])
    with torch.no_grad():
        assert torch.allclose(small(ours).last_hidden_state, model(theirs).last_hidden_state, atol=1e-5)


@pytest.mark.parametrize("piece", ["▁本金", "養老", "4.5", "%", "😊", "APP", "R3", "。"])
def test_what_chinese_copy_is_written_with_stays(piece: str) -> None:
    assert of_chinese_copy(piece)


@pytest.mark.parametrize("piece", ["▁international", "привет", "한국", "مرحبا", "ที่"])
def test_other_scripts_and_latin_words_go(piece: str) -> None:
    assert not of_chinese_copy(piece)
