"""What the documents show is what happens: Python blocks run, console blocks print what they print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from compliance_guard.cli import main

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = [
    (document.relative_to(ROOT), match["language"], match["body"])
    for document in DOCUMENTS
    for match in BLOCK.finditer(document.read_text(encoding="utf-8"))
]


def _ids(blocks: list[tuple[Path, str]]) -> list[str]:
    return [f"{path}-{number}" for number, (path, _) in enumerate(blocks)]


PYTHON = [(path, body) for path, language, body in BLOCKS if language == "python" and "my_firm" not in body]
CONSOLE = [(path, body) for path, language, body in BLOCKS if language == "console"]


@pytest.mark.parametrize(("path", "body"), PYTHON, ids=_ids(PYTHON))
def test_python_blocks_run(path: Path, body: str) -> None:
    exec(compile(body, str(path), "exec"), {"MySegmenter": object})


@pytest.mark.parametrize(("path", "body"), CONSOLE, ids=_ids(CONSOLE))
def test_console_blocks_print_what_they_print(path: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each `$ compliance-guard …` line is run; what follows it must be its output."""
    monkeypatch.chdir(ROOT)
    for step in body.split("$ ")[1:]:
        command, _, expected = step.partition("\n")
        stdin = None
        if command.startswith("echo "):
            said, _, command = command.partition(" | ")
            stdin = shlex.split(said)[1] + "\n"
        words = shlex.split(command)
        assert words[0] == "compliance-guard", command
        shown = CliRunner().invoke(main, words[1:], input=stdin).stdout
        if expected.strip() or path.name == "README.md":
            assert shown.strip() == expected.strip()


def test_the_documents_name_files_that_exist() -> None:
    for document in DOCUMENTS:
        for name in re.findall(
            r"`((?:src|docs|tests|benchmarks|examples|rulepacks|corpora)/[\w./-]+)`", document.read_text("utf-8")
        ):
            assert (ROOT / name).exists(), f"{document.name}: {name}"
