"""Importing costs next to nothing, and loads nothing heavy."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import pytest

HEAVY = (
    "torch",
    "transformers",
    "spacy",
    "onnxruntime",
    "jieba",
    "rjieba",
    "opencc",
    "re2",
    "pyspark",
    "tinycss2",
    "defusedxml",
    "stdnum",
    "pypinyin",
)


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def median_seconds(*command: str, times: int = 7) -> float:
    def once() -> float:
        started = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        return time.perf_counter() - started

    return statistics.median(once() for _ in range(times))


def test_importing_loads_nothing_heavy() -> None:
    loaded = run("import sys, compliance_guard; print(' '.join(sys.modules))").split()
    assert not set(HEAVY) & set(loaded)


def test_the_api_module_loads_no_dictionary_and_no_model() -> None:
    loaded = run("import sys; from compliance_guard import review, Reviewer; print(' '.join(sys.modules))").split()
    assert not {"torch", "transformers", "spacy", "onnxruntime", "jieba", "rjieba", "pyspark"} & set(loaded)


def test_a_review_whose_rules_ask_for_no_words_loads_no_dictionary() -> None:
    program = (
        "import sys; from compliance_guard import Reviewer;"
        "Reviewer(discover=False).review('本产品为保险产品,非银行存款');"
        "print('jieba' in sys.modules, 'rjieba' in sys.modules)"
    )
    assert run(program).split() == ["False", "False"]


@pytest.mark.parametrize(
    ("arguments", "bound"),
    [(("-c", "import compliance_guard"), 0.15), (("-m", "compliance_guard.cli", "--version"), 0.3)],
)
def test_start_up_is_fast(arguments: tuple[str, ...], bound: float) -> None:
    """Net of what the interpreter itself needs to start, so that a slow machine does not decide."""
    bare = median_seconds(sys.executable, "-c", "pass")
    assert median_seconds(sys.executable, *arguments) - bare < bound
