"""A whole course on a tiny encoder: train, resume, export, evaluate, go on from people's labels."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from compliance_guard import Reviewer
from compliance_guard.cli import main
from compliance_guard.errors import TrainingError
from compliance_guard.training import finetune, recipe
from compliance_guard.training.corpus import part_of, read
from compliance_guard.training.export import export

QUICK = replace(
    recipe.TEACHER, epochs=28, batch=8, rate=2e-3, head_rate=5e-3, noise=0.1, average=0.5, save_every=5, seed=3
)


def course(tiny: Path, corpus: Path) -> recipe.Course:
    return recipe.Course(str(tiny), corpus, teacher=QUICK, student=replace(QUICK, shuffled=0.5), layers=(0,))


@pytest.fixture(scope="module")
def run(tiny: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "whole"
    recipe.train(folder, course(tiny, corpus))
    return folder


def weights(run: Path) -> dict[str, torch.Tensor]:
    return torch.load(run / "student" / "network.pt", weights_only=True)


def test_a_run_is_a_folder_that_tells_everything(run: Path, corpus: Path) -> None:
    told = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert set(told["data"]) == {"train", "dev", "test"}
    assert any(p.startswith("torch==") for p in told["packages"])
    assert told["course"]["teacher"]["seed"] == 3
    assert (run / "curves.png").stat().st_size > 1000
    curve = [json.loads(row) for row in (run / "student" / "curve.jsonl").read_text(encoding="utf-8").splitlines()]
    assert curve[-1]["step"] == curve[-1]["of"]
    assert curve[-1]["dev_f1"] > 0.9


def test_a_run_that_was_killed_ends_with_the_same_weights(
    run: Path, tiny: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn, steps = finetune.Run._learn, 0

    def killed(self: finetune.Run, *args: object) -> float:
        nonlocal steps
        steps += 1
        if steps in (23, 60):
            raise KeyboardInterrupt
        return learn(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(finetune.Run, "_learn", killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            recipe.train(tmp_path / "run", course(tiny, corpus))
    recipe.train(tmp_path / "run", course(tiny, corpus))
    for name, value in weights(run).items():
        assert torch.allclose(weights(tmp_path / "run")[name], value, atol=1e-5), name


def test_another_run_in_the_same_folder_is_refused(run: Path, tiny: Path, corpus: Path) -> None:
    other = replace(course(tiny, corpus), layers=(1,))
    with pytest.raises(TrainingError, match="另一次训练"):
        recipe.train(run, other)


@pytest.fixture(scope="module")
def model(run: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    parity = export(run, corpus, folder, "tiny")
    assert parity.agreement >= 0.995
    return folder


def test_the_exported_model_judges_copy(model: Path) -> None:
    reviewer = Reviewer(classifier=model, discover=False)
    product = {"kind": "wealth_management"}
    bold = reviewer.review("闭着眼都能赚", product=product, channel="sms", excerpt=True, as_of="2026-11-24")
    safe = reviewer.review("量力而行", product=product, channel="sms", excerpt=True, as_of="2026-11-24")
    assert "claim.guarantee" in {f.category for f in bold.findings}
    assert "claim.guarantee" not in {f.category for f in safe.findings}
    assert bold.provenance.model is not None
    assert bold.provenance.model.id == "tiny"


def test_a_model_too_far_from_torch_is_not_written(
    run: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance_guard.training.export.LARGEST", 10)
    with pytest.raises(TrainingError, match="不合格"):
        export(run, corpus, tmp_path / "m", "tiny")
    assert not (tmp_path / "m").exists()


def test_commands_train_export_evaluate_and_ask(model: Path, run: Path, corpus: Path, tmp_path: Path) -> None:
    command = CliRunner()
    told = command.invoke(main, ["classifier", "evaluate", str(corpus / "test"), "--model", str(model)])
    assert told.exit_code == 0, told.output
    assert "claim.guarantee" in told.output
    assert "expected calibration error" in told.output
    copies = tmp_path / "copies.jsonl"
    copies.write_text(
        json.dumps({"id": "a", "text": "闭着眼量力而行。到期亏损。请阅读王老师。"}) + "\n", encoding="utf-8"
    )
    asked = command.invoke(
        main,
        ["classifier", "export-uncertain", str(copies), "-o", str(tmp_path / "ask.jsonl"), "--model", str(model)],
    )
    assert asked.exit_code == 0, asked.output
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text((corpus / "dev" / "t.jsonl").read_text(encoding="utf-8"), encoding="utf-8")
    further = command.invoke(
        main,
        ["classifier", "train", str(tmp_path / "on"), "--corpus", str(corpus), "--continue-from", str(run),
         "--labels", str(labelled)],
    )  # fmt: skip
    assert further.exit_code == 0, further.output
    assert export(tmp_path / "on", corpus, tmp_path / "on-model", "on").agreement >= 0.995


def test_a_line_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"id": 1, "text": "a", "labels": ["claim.nothing"]}\n', encoding="utf-8")
    with pytest.raises(TrainingError, match=r"x\.jsonl:1 .*claim\.nothing"):
        read([tmp_path])


def test_families_part_by_their_names_alone() -> None:
    parts = [part_of(f"wealth-f{i:03d}") for i in range(2000)]
    assert abs(parts.count("train") / 2000 - 0.7) < 0.03
    assert part_of("wealth-f001") == parts[1]
