"""How long a verdict takes: a 150-character SMS with product, and documents up to 100,000 characters.

    python benchmarks/speed.py [--peers/--no-peers]

One thread, warm. The engine keeps the latest copies and sentences read, so three cases are told apart: the same
copy again (one message, many customers), a new copy whose boilerplate is known (another product's message), and one
of which no sentence was seen before. In the same run: Presidio's analyzer with 300 pattern recognisers (if
installed), and the bare automaton as the floor. Medians; the ratios say more than the times on a noisy machine.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import ahocorasick_rs

from compliance_guard import Reviewer
from compliance_guard.reading import read

SMS = (
    "【示例银行】澄湖安享180天(登记编码Z7009926000888)今日开放认购,风险等级R2,适合稳健型及以上投资者,1元起购,"
    "业绩比较基准2.1%-2.7%由管理人测算,不代表未来表现和实际收益。本产品由澄湖理财发行,我行代销,不承担投资兑付责任。"
    "理财非存款,产品有风险,投资须谨慎。拒收回R"
)
RISKY = SMS.replace("理财非存款,产品有风险,投资须谨慎。", "本金妥妥的,稳赚不赔,手慢无!")
CONTEXT: dict[str, Any] = {
    "channel": "sms",
    "audience": "public",
    "as_of": "2026-11-24",
    "product": {
        "kind": "wealth_management", "name": "澄湖安享180天", "risk_grade": "R2", "benchmark": "2.1%-2.7%",
        "min_amount": 1, "closed_period": "P180D", "issuer": "澄湖理财有限责任公司", "distributor": "示例银行",
    },
}  # fmt: skip
PARAGRAPH = "本行理财产品的净值会随市场波动,过往业绩不代表未来表现,请在购买前阅读说明书并完成风险测评。"


def new_names() -> Iterator[str]:
    """Product names of two characters, each different."""
    for n in count():
        yield chr(0x6C34 + n % 400) + chr(0x82B1 + n // 400)


def new_copies() -> Iterator[tuple[str, dict[str, Any]]]:
    """The SMS for one product after another; what every such message says is the same."""
    for name in new_names():
        product = {key: str(value).replace("澄湖", name) for key, value in CONTEXT["product"].items()}
        yield SMS.replace("澄湖", name), {**CONTEXT, "product": product}


def unseen_copies() -> Iterator[tuple[str, dict[str, Any]]]:
    """The same with a name in each sentence."""
    for text, context in islice(new_copies(), 10_000, None):
        name = context["product"]["name"][:2]
        yield text.replace("理财非存款", f"{name}理财非存款").replace("拒收", f"{name}拒收"), context


def median_ms(action: Callable[[], object], times: int) -> float:
    for _ in range(max(3, times // 10)):
        action()
    samples = []
    gc.disable()
    for _ in range(times):
        started = time.perf_counter_ns()
        action()
        samples.append(time.perf_counter_ns() - started)
    gc.enable()
    return statistics.median(samples) / 1e6


def document(name: str, length: int) -> str:
    """Numbered paragraphs, none like another."""
    paragraphs = (PARAGRAPH.replace("本行", f"{name}{n}号") for n in count(1))
    text = ""
    while len(text) < length:
        text += next(paragraphs)
    return text[:length]


def presidio(count: int) -> Callable[[str], object] | None:
    """Presidio's analyzer with `count` pattern recognisers on a blank Chinese pipeline; None if not installed."""
    try:
        import spacy
        from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError:
        return None

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "zh", "model_name": "blank"}])
            self.nlp = {"zh": spacy.blank("zh")}

    registry = RecognizerRegistry(supported_languages=["zh"])
    for i in range(count):
        pattern = Pattern(f"p{i}", f"词{chr(0x4E00 + i)}[甲乙丙]?{chr(0x5000 + i)}", 0.5)
        registry.add_recognizer(PatternRecognizer(f"E{i}", supported_language="zh", patterns=[pattern]))
    engine = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["zh"])
    return lambda text: engine.analyze(text, language="zh")


def article(name: str) -> str:
    """500 characters of which no sentence was seen before."""
    return document(name, 500)


def print_reviews(reviewer: Reviewer, times: int) -> tuple[float, float]:
    """The medians of one reviewer; returns the same copy's and a new copy's."""

    def review_next(copies: Iterator[tuple[str, dict[str, Any]]]) -> Callable[[], object]:
        ready = [next(copies) for _ in range(times * 2)]
        waiting = iter(ready)

        def review() -> object:
            text, context = next(waiting)
            return reviewer.review(text, **context)

        return review

    articles = ((article(name), CONTEXT) for name in new_names())
    again = median_ms(lambda: reviewer.review(SMS, **CONTEXT), times)
    ours = median_ms(review_next(new_copies()), times)
    unseen = median_ms(review_next(unseen_copies()), times)
    risky = median_ms(lambda: reviewer.review(RISKY, **CONTEXT), times)
    long = median_ms(review_next(articles), max(20, times // 8))
    print(f"same copy again           {again:8.3f} ms")
    print(f"same copy, violating      {risky:8.3f} ms")
    print(f"new copy                  {ours:8.3f} ms")
    print(f"new copy, all of it unseen{unseen:8.3f} ms")
    print(f"new article of 500        {long:8.3f} ms")
    return again, ours


def print_model(run: Path | None) -> None:
    """Milliseconds a sentence of 24 tokens, one thread, int8; with a run, its 12-layer teacher beside it."""
    import tempfile

    import numpy as np
    import onnxruntime

    from compliance_guard.classifiers.by_onnx import BUILTIN

    def timed(path: Path) -> str:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        told = []
        for batch in (1, 8):
            ids = np.random.default_rng(1).integers(5, 10_000, (batch, 24))
            types = np.tile(np.arange(24) >= 8, (batch, 1)).astype(np.int64)
            feed = {"ids": ids, "mask": np.ones_like(ids), "types": types}
            told.append(f"batch {batch} {median_ms(lambda f=feed: session.run(None, f), 100) / batch:6.2f}")  # type: ignore[misc]
        return "   ".join(told)

    print(f"\nms a sentence of 24 tokens\nstudent, int8    {timed(BUILTIN / 'model.onnx')}")
    if run is not None:
        from compliance_guard.training.export import quantised
        from compliance_guard.training.recipe import teacher_in

        with tempfile.TemporaryDirectory() as folder:
            quantised(teacher_in(run)[0], Path(folder, "teacher.onnx"))
            print(f"teacher, int8    {timed(Path(folder, 'teacher.onnx'))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--times", type=int, default=400)
    parser.add_argument("--run", type=Path, help="a training run: times its teacher too (needs the extra train)")
    options = parser.parse_args()

    started = time.perf_counter()
    reviewer = Reviewer(classifier="off", discover=False)
    rules = len(reviewer.engine.compiled)
    print(f"load {time.perf_counter() - started:.2f} s, {rules} rules, SMS of {len(SMS)} characters\n\nrules alone")
    again, ours = print_reviews(reviewer, options.times)
    print("\nrules and model")
    both = Reviewer(discover=False)
    print_reviews(both, options.times)
    folded = read(SMS, list).text
    bare = ahocorasick_rs.AhoCorasick(reviewer.engine.automaton.literals)
    floor = median_ms(lambda: bare.find_matches_as_indexes(folded, overlapping=True), options.times)
    print(f"\nbare automaton (floor)    {floor:8.3f} ms   a new copy takes {ours / floor:.0f} times the floor")
    if options.peers and (analyze := presidio(300)) is not None:
        peer = median_ms(lambda: analyze(SMS), max(20, options.times // 10))
        print(f"presidio, 300 recognisers {peer:8.3f} ms   {peer / again:.1f} times the same copy, ", end="")
        print(f"{peer / ours:.1f} times a new one")
    elif options.peers:
        print("presidio is not installed: make bench installs it")
    print_model(options.run)

    print("\nlength  rules ms    µs/char   with model ms    µs/char")
    for length in (1_000, 10_000, 100_000):
        row = f"{length:>7}"
        for one in (reviewer, both):
            documents = iter([document(name, length) for name in islice(new_names(), 10)])
            once = median_ms(lambda r=one, texts=documents: r.review(next(texts), **CONTEXT), 3)  # type: ignore[misc]
            row += f"{once:10.1f}{once * 1000 / length:11.2f}   "
        print(row)


if __name__ == "__main__":
    main()
