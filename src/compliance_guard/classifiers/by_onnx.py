"""The classifier that ships: a small Chinese encoder, int8, by onnxruntime, on one core.

A model is a folder: `model.onnx`, `tokenizer.json`, and `model.json` with its labels, calibration and bands.
Sentences are read one at a time: quantised activations share one scale over a batch, so that in a batch a
sentence's answer would depend on its neighbours.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance_guard.domain import ModelRef
from compliance_guard.errors import ConfigError
from compliance_guard.hookspecs import hookimpl
from compliance_guard.opinion import STANCES, Band, Said, Sentence
from compliance_guard.opinion.sentence import MAX_LETTERS, Coded, Coder

if TYPE_CHECKING:
    import numpy as np

BUILTIN = Path(__file__).with_name("model")
FILES = ("model.onnx", "tokenizer.json", "model.json")

REMEMBERED_SENTENCES = 16_384
"""Answers that are kept: the same sentences stand in many copies."""

LEAST_TOLD = 0.02
"""A label less likely than this is not named."""

DECIMALS = 3
"""Probabilities are rounded, so that the last bits of another machine's arithmetic do not show."""


class OnnxClassifier:
    """A model folder, loaded on first use.

    Args:
        folder: of the model; default the one that ships.
    """

    id = "encoder"

    def __init__(self, folder: Path = BUILTIN) -> None:
        self.folder = folder
        self._answer = lru_cache(maxsize=REMEMBERED_SENTENCES)(self._read)

    def available(self) -> bool:
        """Whether the model and onnxruntime are there."""
        installed = all(importlib.util.find_spec(name) for name in ("onnxruntime", "tokenizers"))
        return installed and all((self.folder / name).is_file() for name in FILES)

    def ref(self) -> ModelRef:
        """The model's id, and the SHA-256 of its files."""
        hasher = hashlib.sha256()
        for name in FILES:
            hasher.update(self._bytes(name))
        return ModelRef(id=self._card["id"], digest=hasher.hexdigest())

    def _bytes(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise ConfigError(f"classifier: 读不到 {self.folder / name}: {error.strerror}") from None

    @cached_property
    def _card(self) -> Mapping[str, Any]:
        try:
            card: Mapping[str, Any] = json.loads(self._bytes("model.json"))
        except ValueError as error:
            raise ConfigError(f"classifier: {self.folder / 'model.json'} 不是 JSON: {error}") from None
        if missing := {"id", "claims", "discloses"} - card.keys():
            raise ConfigError(f"classifier: {self.folder / 'model.json'} 缺少 {'、'.join(sorted(missing))}")
        return card

    def bands(self) -> Mapping[str, Band]:
        """For each label, how sure is sure enough."""
        return self._bands

    @cached_property
    def _bands(self) -> Mapping[str, Band]:
        labels = {**self._card["claims"], **self._card["discloses"]}
        return {name: Band(told["veto"], told["review"], told["block"]) for name, told in labels.items()}

    @cached_property
    def _coder(self) -> Coder:
        from tokenizers import Tokenizer

        return Coder(Tokenizer.from_buffer(self._bytes("tokenizer.json")))

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self._bytes("model.onnx"), options, providers=["CPUExecutionProvider"])

    def read(self, sentences: Sequence[Sentence]) -> list[Said]:
        """What the model says of each sentence."""
        return [self._answer(sentence) for sentence in sentences]

    def _read(self, sentence: Sentence) -> Said:
        """The answer to a sentence; to one too long for the model, the surest answers to its pieces."""
        pieces = list(_pieces(sentence))
        return _surest([(at, self._said(piece)) for at, piece in pieces])

    def _said(self, sentence: Sentence) -> Said:
        (coded,) = self._coder.code([sentence])
        ids, mask, types = tensors(coded)
        logits, words = self._session.run(None, {"ids": ids, "mask": mask, "types": types})
        claims, discloses = self._card["claims"], self._card["discloses"]
        flags = [
            _calibrated(z, told)
            for z, told in zip(logits[0], (*claims.values(), *discloses.values()), strict=False)
        ]
        likely = {name: (i, flags[i]) for i, name in enumerate(claims) if flags[i] >= LEAST_TOLD}
        return Said(
            claims={name: p for name, (_, p) in likely.items()},
            discloses={n: p for n, p in zip(discloses, flags[len(claims) :], strict=True) if p >= LEAST_TOLD},
            stance=STANCES[int(logits[0][len(flags) :].argmax())],
            carried_by={name: _carrier(words[0], coded, i, sentence.text) for name, (i, _) in likely.items()},
        )


def tensors(coded: Coded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ids, mask, types of one sentence: int64 (1, tokens)."""
    import numpy as np

    ids = np.array([coded.ids], np.int64)
    types = np.zeros_like(ids)
    types[0, coded.text_from :] = 1
    return ids, np.ones_like(ids), types


def _calibrated(logit: float, told: Mapping[str, float]) -> float:
    """The probability by the label's own scale and shift, rounded."""
    z = max(-30.0, min(30.0, float(logit) * told["scale"] + told["shift"]))
    return round(1 / (1 + math.exp(-z)), DECIMALS)


def _carrier(words: np.ndarray, coded: Coded, claim: int, text: str) -> tuple[int, int]:
    """The words around the token that speaks loudest for a claim, as far as they still speak for it."""
    if not coded.offsets:
        return 0, len(text)
    scores = words[coded.text_from : coded.text_from + len(coded.offsets), claim]
    first = last = int(scores.argmax())
    least = float(scores[first]) - LOUD
    while first > 0 and max(scores[max(0, first - GAP) : first]) >= least:
        first -= 1
    while last + 1 < len(scores) and max(scores[last + 1 : last + 1 + GAP]) >= least:
        last += 1
    return coded.offsets[first][0], coded.offsets[last][1]


LOUD = 1.3
"""How far (in log odds) below the loudest token another may lie and still be told with it."""

GAP = 2
"""A token in a span may be quiet if the next one is not."""


def _pieces(sentence: Sentence) -> Iterator[tuple[int, Sentence]]:
    """Where each piece of a sentence begins, and the piece; neighbours overlap by half."""
    text = sentence.text
    if len(text) <= MAX_LETTERS:
        yield 0, sentence
        return
    for start in range(0, len(text) - MAX_LETTERS // 2, MAX_LETTERS // 2):
        before = text[:start][-MAX_LETTERS // 2 :] if start else sentence.before
        yield start, Sentence(text[start : start + MAX_LETTERS], before, sentence.product, sentence.channel)


def _surest(pieces: Sequence[tuple[int, Said]]) -> Said:
    if len(pieces) == 1:
        return pieces[0][1]
    claims: dict[str, float] = {}
    discloses: dict[str, float] = {}
    carried_by: dict[str, tuple[int, int]] = {}
    for at, said in pieces:
        for name, p in said.claims.items():
            if p > claims.get(name, 0.0):
                claims[name] = p
                start, end = said.carried_by[name]
                carried_by[name] = at + start, at + end
        for name, p in said.discloses.items():
            discloses[name] = max(p, discloses.get(name, 0.0))
    return Said(claims, discloses, pieces[0][1].stance, carried_by)


@hookimpl
def provide_classifiers() -> list[OnnxClassifier]:
    """The classifier."""
    return [OnnxClassifier()]
