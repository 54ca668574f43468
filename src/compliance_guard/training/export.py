"""From a run to the model folder that ships: ONNX, fused, int8, calibrated, and checked before it is written."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from torch import Tensor, nn

from compliance_guard.api import Reviewer
from compliance_guard.classifiers.by_onnx import FILES, tensors
from compliance_guard.errors import TrainingError
from compliance_guard.opinion import CLAIMS, DISCLOSURES, STANCES, Band
from compliance_guard.opinion.sentence import Coder
from compliance_guard.training.calibrate import NAMES, Aims, bands, probabilities, scales
from compliance_guard.training.corpus import Line, read
from compliance_guard.training.evaluate import report
from compliance_guard.training.finetune import logits
from compliance_guard.training.network import Network
from compliance_guard.training.recipe import student_in

OPSET = 20

LARGEST = 25_000_000
"""Bytes of model and tokenizer together."""

LEAST_AGREEMENT = 0.995
"""Share of (line, label) decisions on dev on which int8 and torch agree."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How far int8 strays from torch on dev, after the same calibration.

    Attributes:
        largest, mean: difference of a probability.
        agreement: share of (line, label) decisions that are the same.
    """

    largest: float
    mean: float
    agreement: float


def export(run: Path, corpus: Path, target: Path, name: str, aims: Aims = Aims()) -> Parity:  # noqa: B008 - frozen
    """Write a finished run's student as a model folder.

    Args:
        corpus: the folder whose `dev` calibrates.
        target: replaced as a whole, only once everything is proved.

    Raises:
        TrainingError: the run is not finished, int8 strays too far, or the files are too large.
    """
    network, coder = student_in(run)
    dev = read([corpus / "dev"])
    targets = np.array([[*line.claims, *line.discloses] for line in dev])
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        quantised(network, folder / "model.onnx")
        shutil.copy(run / "encoder" / "tokenizer.json", folder / "tokenizer.json")
        shipped = _onnx_logits(folder / "model.onnx", coder, dev)
        told = scales(shipped[:, : len(NAMES)], targets)
        chances = probabilities(shipped, told)
        chosen = bands(chances, targets, _weak_hits(dev, chances), aims)
        parity = _parity(
            probabilities(logits(network, coder, [d.sentence for d in dev]).numpy(), told),
            chances,
            np.array([chosen[n].review for n in NAMES]),
        )
        size = sum((folder / file).stat().st_size for file in FILES[:2])
        if parity.agreement < LEAST_AGREEMENT or size > LARGEST:
            raise TrainingError("导出的模型不合格", f"与 torch 一致率 {parity.agreement:.4f},共 {size} 字节")
        history = json.loads((run / "run.json").read_text(encoding="utf-8"))
        card = {
            "id": name, "commit": history["commit"], "data": history["data"], "parity": asdict(parity),
            "claims": _told(CLAIMS, told, chosen), "discloses": _told(DISCLOSURES, told[len(CLAIMS) :], chosen),
        }  # fmt: skip
        (folder / "model.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        target.mkdir(parents=True, exist_ok=True)
        for file in FILES:
            shutil.copy(folder / file, target / file)
    (target / "card.md").write_text(_card(target, corpus, name, history, parity), encoding="utf-8")
    return parity


def _card(target: Path, corpus: Path, name: str, history: dict[str, Any], parity: Parity) -> str:
    """What the model is, whence it comes, how good it is and where it is not."""
    size = sum((target / file).stat().st_size for file in FILES) / 1e6
    course = history["course"]
    digests = "\n".join(f"- `{part}`: sha256 {digest}" for part, digest in history["data"].items())
    labels = f"{len(CLAIMS)} claims, {len(DISCLOSURES)} disclosures, {len(STANCES)} stances"
    epochs = f"{course['teacher']['epochs']} epochs of the teacher, {course['student']['epochs']} of the student"
    apart = f"largest difference of a probability {parity.largest}, mean {parity.mean}"
    return f"""# {name}

A classifier of sentences of Chinese financial marketing copy: {labels},
and for each claim the words that carry it. It reads a sentence with the one before, the kind of product and the
channel. int8 ONNX and tokenizer, {size:.1f} MB. Base: intfloat/multilingual-e5-small (MIT). Weights: Apache-2.0;
corpus: CC BY 4.0.

**Made by** `{" ".join(history["command"][1:])}`
at commit {history["commit"]}, seed {course["teacher"]["seed"]}, {epochs},
which starts from the teacher's layers {course["layers"]}. Corpus:

{digests}

**int8 against torch** on dev: {apart}, decisions that agree {parity.agreement:.3%}.

**On `corpora/test`**, thresholds and calibration from `dev`:

```
{report([corpus / "test"], target)}
```

**Limits.** Sentences, not pieces: what only the whole piece says is not seen. Trained on invented copy, labelled by
a guide; two annotators gave the same claims to 85% of such sentences (micro-F1 of one against the other 0.88), so
that a figure near theirs is as good as can be told. Rare: issuer, product code and benchmark disclosures. It asks
for a person where it doubts; it is no legal advice.
"""


def _told(names: Sequence[str], told: Sequence[tuple[float, float]], chosen: dict[str, Band]) -> dict[str, object]:
    return {
        name: {"scale": round(scale, 5), "shift": round(shift, 5), **asdict(chosen[name])}
        for name, (scale, shift) in zip(names, told, strict=False)
    }


def _onnx_logits(path: Path, coder: Coder, lines: Sequence[Line]) -> np.ndarray:
    """float32 (lines, claims + disclosures + stances), one sentence at a time, as it is used."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    coded = coder.code([line.sentence for line in lines])
    feeds = (dict(zip(("ids", "mask", "types"), tensors(c), strict=True)) for c in coded)
    return np.stack([session.run(["sentence"], feed)[0][0] for feed in feeds])


def _parity(torch_said: np.ndarray, onnx_said: np.ndarray, thresholds: np.ndarray) -> Parity:
    apart = np.abs(torch_said - onnx_said)
    same = (torch_said >= thresholds) == (onnx_said >= thresholds)
    return Parity(round(float(apart.max()), 4), round(float(apart.mean()), 5), round(float(same.mean()), 5))


def _weak_hits(dev: Sequence[Line], chances: np.ndarray) -> list[tuple[float, bool]]:
    """What the classifier says where a rule asks for a person, and whether the rule is right."""
    reviewer = Reviewer(classifier="off", suggest=False, discover=False)
    hits = []
    for line, row in zip(dev, chances, strict=True):
        sentence = line.sentence
        report = reviewer.review(sentence.text, product=sentence.offered(), channel=sentence.channel, excerpt=True)
        weak = {f.category for f in report.findings if f.severity == "review" and f.category in CLAIMS}
        hits += [(float(row[i]), bool(line.claims[i])) for i, code in enumerate(CLAIMS) if code in weak]
    return hits


class _Plain(nn.Module):
    """The network with its mask made plain before the encoder, so that the exporter meets no shape logic."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        return self.network(ids, mask, types)


def to_onnx(network: Network, path: Path) -> None:
    """float32, inputs int64 (batch, tokens) `ids`, `mask`, `types`; outputs `sentence`, `words`."""
    network.eval()
    network.encoder.set_attn_implementation("eager")  # type: ignore[operator, union-attr]
    example = tuple(torch.ones((2, 16), dtype=torch.int64) for _ in range(3))
    dims = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens", max=512)}
    torch.onnx.export(
        _Plain(network), example, str(path), input_names=["ids", "mask", "types"],
        output_names=["sentence", "words"],
        dynamic_shapes=(dims, dims, dims), opset_version=OPSET, dynamo=True, external_data=False, verbose=False,
    )  # fmt: skip


def quantised(network: Network, path: Path) -> None:
    """int8 weights, embeddings too; activations are quantised as they come."""
    with tempfile.TemporaryDirectory() as folder:
        plain, fused = Path(folder, "plain.onnx"), Path(folder, "fused.onnx")
        to_onnx(network, plain)
        config = network.encoder.config
        options = FusionOptions("bert")
        options.enable_embed_layer_norm = False
        model = optimizer.optimize_model(
            str(plain), "bert", num_heads=config.num_attention_heads, hidden_size=config.hidden_size,
            optimization_options=options, opt_level=0, use_gpu=False,
        )  # fmt: skip
        model.save_model_to_file(str(fused))
        quantize_dynamic(
            fused, path, per_channel=True, weight_type=QuantType.QInt8, extra_options={"MatMulConstBOnly": True}
        )
    onnx.checker.check_model(str(path))
