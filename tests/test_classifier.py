"""The classifier that ships, on sentences held apart from its training."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from compliance_guard import Reviewer
from compliance_guard.classifiers.by_onnx import BUILTIN, FILES, OnnxClassifier
from compliance_guard.errors import ConfigError
from compliance_guard.opinion import CLAIMS, Sentence
from compliance_guard.testing import check_classifier
from compliance_guard.training.corpus import Line, read
from compliance_guard.training.evaluate import calibration_error, micro, scores
from tests.conftest import TODAY

TEST = Path(__file__).parents[1] / "corpora" / "test"


@pytest.fixture(scope="module")
def classifier() -> OnnxClassifier:
    return OnnxClassifier()


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return read([TEST])


@pytest.fixture(scope="module")
def chances(classifier: OnnxClassifier, lines: list[Line]) -> np.ndarray:
    said = classifier.read([line.sentence for line in lines])
    return np.array([[s.claims.get(name, 0.0) for name in CLAIMS] for s in said])


def least(classifier: OnnxClassifier) -> np.ndarray:
    return np.array([classifier.bands()[name].review for name in CLAIMS])


def test_it_keeps_its_contract(classifier: OnnxClassifier) -> None:
    check_classifier(classifier)


def test_its_quality_on_held_out_sentences_does_not_fall(
    classifier: OnnxClassifier, lines: list[Line], chances: np.ndarray
) -> None:
    """Floors a little under what benchmarks/classifier.py prints."""
    targets = np.array([line.claims for line in lines], bool)
    total = micro(scores(chances >= least(classifier), targets, CLAIMS))
    assert total.f1 >= FLOOR_F1
    assert total.precision >= FLOOR_PRECISION
    assert calibration_error(chances, targets) <= 0.03


FLOOR_F1, FLOOR_PRECISION = 0.38, 0.88


def test_the_words_it_points_at_are_those_that_annotators_marked(
    classifier: OnnxClassifier, lines: list[Line], chances: np.ndarray
) -> None:
    hits, total, share = 0, 0, []
    said = classifier.read([line.sentence for line in lines])
    for line, row, told in zip(lines, chances >= least(classifier), said, strict=True):
        for claim, start, end in line.spans:
            if row[claim]:
                first, last = told.carried_by[CLAIMS[claim]]
                total += 1
                hits += first < end and start < last
                share.append((last - first) / max(1, len(line.sentence.text)))
    assert total > 300
    assert hits / total >= 0.9
    assert sum(share) / len(share) < 0.75  # not the whole sentence every time


def test_a_sentence_gets_the_same_answer_in_any_company(classifier: OnnxClassifier, lines: list[Line]) -> None:
    some = [line.sentence for line in lines[:80]]
    fresh = OnnxClassifier()
    shuffled = random.Random(5).sample(some, len(some))
    assert dict(zip(shuffled, fresh.read(shuffled), strict=True)) == dict(
        zip(some, classifier.read(some), strict=True)
    )


def test_few_decisions_hang_on_the_last_digit(classifier: OnnxClassifier, chances: np.ndarray) -> None:
    """Another machine's last bits move almost nothing over a threshold, which lies between two rounded values."""
    bounds = least(classifier)
    assert not np.isin(np.round(bounds, 4), np.round(chances, 3)).any()
    moved = ((chances + 0.001 >= bounds) != (chances - 0.001 >= bounds)).any(1).mean()
    assert moved < 0.01


def test_the_same_request_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "from compliance_guard import Reviewer; r = Reviewer(discover=False);"
        "print(r.review('把钱放进来就像锁进保险柜。哪天取都是那么厚一沓!', channel='sms', as_of='2026-11-24',"
        "product={'kind': 'public_fund'}).model_dump_json())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    [report] = told
    assert json.loads(report)["provenance"]["model"]["digest"] == OnnxClassifier().ref().digest


@pytest.mark.xfail(strict=True, reason="a claim of one clause is diluted by the filler in its piece")
def test_a_claim_at_the_end_of_an_endless_sentence_is_read(classifier: OnnxClassifier, lines: list[Line]) -> None:
    code = "claim.guarantee"

    def sureness(line: Line) -> float:
        return classifier.read([line.sentence])[0].claims.get(code, 0.0)

    sure = max((line for line in lines if line.claims[CLAIMS.index(code)]), key=sureness)
    filler = "我们在河边散步看见许多人钓鱼" * 150
    [said] = classifier.read([replace(sure.sentence, text=filler + sure.sentence.text, before="")])
    assert said.claims.get(code, 0) > 0.3
    start, end = said.carried_by[code]
    assert len(filler) - 120 <= start < end <= len(filler) + len(sure.sentence.text)


def test_a_repeated_sentence_costs_nothing() -> None:
    fresh = OnnxClassifier()
    sentence = Sentence("这只产品的字典里没有那个字,买了就安心等着。", "", "public_fund", "sms")
    fresh.read([sentence])  # loads the model
    other = replace(sentence, text="换一句没有读过的话试试看。")
    began = time.perf_counter()
    fresh.read([other])
    first = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(100):
        fresh.read([other])
    assert (time.perf_counter() - began) / 100 < first / 10


def test_model_and_tokenizer_stay_small() -> None:
    assert sum((BUILTIN / name).stat().st_size for name in FILES) <= 25_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_the_whole_process_stays_under_350_megabytes() -> None:
    """Peak resident memory of the process itself: `ru_maxrss` would count what the parent held at the fork."""
    script = (
        "from compliance_guard import review;"
        "[review(f'第{i}期像锁进保险柜。哪天取都是那么厚一沓!', channel='sms', product={'kind': 'public_fund'})"
        " for i in range(30)];"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(told.stdout) / 1024 <= 350


def test_without_onnxruntime_the_rules_judge_and_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else find(name))
    report = Reviewer(discover=False).review("保本保收益的基金", as_of=TODAY)
    assert report.verdict == "block"
    assert report.provenance.model is None
    [told] = [n for n in report.not_evaluated if n.check == "classifier"]
    assert "onnxruntime" in told.reason


@pytest.mark.parametrize(
    ("spoil", "says"),
    [("model.json", "不是 JSON"), ("nothing", "不可用")],
)
def test_a_spoilt_model_folder_is_named(tmp_path: Path, spoil: str, says: str) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes((BUILTIN / name).read_bytes())
    if spoil == "nothing":
        (tmp_path / "model.onnx").unlink()
    else:
        (tmp_path / spoil).write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        Reviewer(classifier=tmp_path, discover=False)
