"""The whole course: encoder, teacher, student, and everything a stranger needs to do it again.

A run's folder holds `run.json` (command, seed, commit, data digests, packages), `encoder/` if it was converted,
`teacher/` and `student/` (settings, curve, weights), and `curves.png`. Killed, it goes on where it stopped.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModel

from compliance_guard._version import __version__
from compliance_guard.errors import TrainingError
from compliance_guard.opinion.sentence import Coder
from compliance_guard.training.corpus import PARTS, digest, read
from compliance_guard.training.finetune import Run, Settings, coder_of, new_network
from compliance_guard.training.network import Network, of_layers

LAYERS = (0, 5, 11)
"""Of the teacher, from which the student starts."""

TEACHER = Settings()
STUDENT = replace(TEACHER, rate=3e-4, epochs=5, shuffled=0.25, decay_by_layer=1.0)


FURTHER = replace(STUDENT, rate=5e-5, head_rate=2e-4, epochs=2, shuffled=0.0)
TIMES = 3
"""How often a person's label is seen for each time that an old line is."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a run is made of.

    Attributes:
        base: folder or hub id of the encoder.
        corpus: a folder with `train`, `dev` and `test`.
        layers: of the teacher, from which the student starts.
    """

    base: str
    corpus: Path
    teacher: Settings = TEACHER
    student: Settings = STUDENT
    layers: tuple[int, ...] = LAYERS


def train(folder: Path, course: Course) -> None:
    """Run the course, or what is left of it.

    Raises:
        TrainingError: the corpus or the encoder cannot be used, or the folder holds another run.
    """
    torch.use_deterministic_algorithms(True, warn_only=True)
    lines, dev = (read([course.corpus / part]) for part in ("train", "dev"))
    folder.mkdir(parents=True, exist_ok=True)
    _tell(folder, course)
    network, coder = new_network(course.base, course.teacher.seed)
    _keep_encoder(folder, course.base, network)
    teacher = (
        _finished(folder / "teacher", network)
        or Run(folder / "teacher", course.teacher, coder, network, lines, dev).train()
    )
    student = of_layers(teacher, list(course.layers))
    if _finished(folder / "student", student) is None:
        Run(folder / "student", course.student, coder, student, lines, dev, [teacher]).train()
    draw(folder)


def go_on(folder: Path, before: Path, corpus: Path, labels: Sequence[Path]) -> None:
    """Fine-tune a finished run's student further on what people have labelled, among what it learnt before.

    Args:
        folder: of the new run; `before`: of the finished one.
        labels: .jsonl as corpora are written.

    Raises:
        TrainingError: the run before is not finished, or the labels cannot be used.
    """
    network, coder = student_in(before)
    lines, more, dev = read([corpus / "train"]), read(labels), read([corpus / "dev"])
    folder.mkdir(parents=True, exist_ok=True)
    told = json.loads((before / "run.json").read_text(encoding="utf-8"))
    told |= {"command": sys.argv, "commit": _commit(), "continues": told["data"], "labels": digest(labels)}
    (folder / "run.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    shutil.copytree(before / "encoder", folder / "encoder", dirs_exist_ok=True)
    Run(folder / "student", FURTHER, coder, network, [*lines, *more * TIMES], dev).train()


def _finished(folder: Path, network: Network) -> Network | None:
    weights = folder / "network.pt"
    if not weights.exists():
        return None
    network.load_state_dict(torch.load(weights, weights_only=True))
    return network.eval()


def _keep_encoder(folder: Path, base: str, network: Network) -> None:
    """The encoder's shape and tokenizer, so that the run can be exported without it."""
    kept = folder / "encoder"
    network.encoder.config.save_pretrained(kept)  # type: ignore[operator, union-attr]
    source = Path(base, "tokenizer.json")
    if source.exists():
        shutil.copy(source, kept / "tokenizer.json")


def student_in(folder: Path) -> tuple[Network, Coder]:
    """A finished run's student.

    Raises:
        TrainingError: the run is not finished.
    """
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return _kept(folder, "student", len(told["course"]["layers"]))


def teacher_in(folder: Path) -> tuple[Network, Coder]:
    """A finished run's teacher.

    Raises:
        TrainingError: the run is not finished.
    """
    return _kept(folder, "teacher", None)


def _kept(folder: Path, which: str, layers: int | None) -> tuple[Network, Coder]:
    weights = folder / which / "network.pt"
    if not weights.exists():
        raise TrainingError("训练还没有完成", f"没有 {weights};先运行 classifier train")
    config = AutoConfig.from_pretrained(folder / "encoder")
    if layers is not None:
        config.num_hidden_layers = layers
    network = Network(AutoModel.from_config(config))
    network.load_state_dict(torch.load(weights, weights_only=True))
    return network.eval(), coder_of(str(folder / "encoder"))


def _tell(folder: Path, course: Course) -> None:
    told: dict[str, Any] = {
        "library": __version__,
        "command": sys.argv,
        "course": asdict(course),
        "commit": _commit(),
        "data": {part: digest([course.corpus / part]) for part in PARTS if (course.corpus / part).exists()},
        "python": platform.python_version(),
        "packages": sorted(f"{d.name}=={d.version}" for d in distributions()),
    }
    path = folder / "run.json"
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        for name in ("data", "course"):
            if before[name] != json.loads(json.dumps(told[name], default=str)):
                raise TrainingError("文件夹里是另一次训练", f"{path} 的 {name} 不同;换一个文件夹")
        return
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")


def _commit() -> str | None:
    try:
        asked = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout.strip()


def draw(folder: Path) -> None:
    """`curves.png`: loss and F1 on dev of teacher and student, by step."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (losses, scores) = plt.subplots(1, 2, figsize=(10, 4))
    for name in ("teacher", "student"):
        curve = _curve(folder / name / "curve.jsonl")
        losses.plot(*_points(curve, "loss"), label=name)
        scores.plot(*_points(curve, "dev_f1"), marker="o", label=name)
    losses.set(xlabel="step", ylabel="loss (mean since the last point)")
    scores.set(xlabel="step", ylabel="micro-F1 of claims on dev, at 0.5")
    scores.legend()
    figure.tight_layout()
    figure.savefig(folder / "curves.png", dpi=100)
    plt.close(figure)


def _curve(path: Path) -> list[dict[str, float]]:
    return [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]


def _points(curve: Sequence[dict[str, float]], name: str) -> tuple[list[float], list[float]]:
    told = [(point["step"], point[name]) for point in curve if name in point]
    return [step for step, _ in told], [value for _, value in told]
