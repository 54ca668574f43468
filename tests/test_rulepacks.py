"""The built-in packs: complete, honest about the law, proved by their own examples, and right on our own corpus."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from compliance_guard import Reviewer
from compliance_guard.domain import ALL_CATEGORIES
from compliance_guard.rules.engine import fill
from compliance_guard.rules.examples import default_context
from compliance_guard.segmenters.by_jieba import Jieba

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpora" / "rules"


def test_every_example_of_every_rule_shows_what_it_should(reviewer: Reviewer) -> None:
    assert list(reviewer.failing_examples()) == []


def test_every_pattern_is_accepted_by_re2(reviewer: Reviewer) -> None:
    reviewer.engine.compile_everything()


def test_the_packs_cover_every_claim_and_disclosure(reviewer: Reviewer) -> None:
    covered = Counter(c.rule.category for c in reviewer.engine.compiled)
    wanted = {c for c in ALL_CATEGORIES if c.startswith(("claim.", "disclosure."))}
    assert wanted <= set(covered)
    assert covered.total() >= 200


@pytest.mark.parametrize(
    "pack",
    ["advertising", "banking-wealth", "public-fund", "private-fund", "insurance", "credit", "deposit",
     "online-marketing", "personal-information", "suitability"],
)  # fmt: skip
def test_each_body_of_law_has_its_pack(reviewer: Reviewer, pack: str) -> None:
    owners = Counter(owner.manifest.id for owner, _ in reviewer.engine.library.rules)
    assert owners[f"cn-{pack}"] > 0


def test_an_article_is_cited_only_where_the_registry_has_it_verified(reviewer: Reviewer) -> None:
    library = reviewer.engine.library
    for _, rule in library.rules:
        for basis in rule.legal_basis:
            assert basis.article is None or basis.article in library.instruments[basis.instrument].articles


def test_policy_is_never_printed_as_law(reviewer: Reviewer) -> None:
    for _, rule in reviewer.engine.library.rules:
        if rule.policy:
            assert rule.severity != "block", rule.id


def test_messages_have_three_parts_that_a_marketer_can_read(reviewer: Reviewer) -> None:
    for _, rule in reviewer.engine.library.rules:
        for part in (rule.message.what, rule.message.why, rule.message.instead):
            assert any("\u4e00" <= c <= "\u9fff" for c in part), rule.id
            assert len(part) <= 80, (rule.id, part)


FACTS = {
    "risk_grade": "R2", "benchmark": "2.1%-2.7%", "apr": "3.6%-14.4%", "rate": "1.5%", "guaranteed_rate": "1.5%",
    "issuer": "澄湖理财有限责任公司", "distributor": "示例银行", "name": "示例产品", "code": "Z7009926000888",
    "min_amount": 1, "max_amount": 200000, "term": "P180D", "closed_period": "P180D", "min_holding": "P180D",
    "waiting_period": "P90D", "cooling_off": "P15D",
}  # fmt: skip


def test_a_suggestion_passes_its_own_review(reviewer: Reviewer) -> None:
    """In the first context that its rule is about, filled with the facts of a product."""
    failed = []
    for pack, rule in reviewer.engine.library.rules:
        context = {**default_context(pack, rule), "excerpt": True}
        context["product"] = FACTS | context["product"]
        request = reviewer.request(text="文案", **context)
        suggestion = fill(rule.suggestion, request)
        if suggestion is not None:
            report = reviewer.review(suggestion, **context)
            wrong = [(f.rule_id, f.span.text) for f in report.findings if f.severity != "advice" and f.span]
            failed.extend([(rule.id, suggestion, wrong)] if wrong else [])
    assert failed == []


@pytest.mark.parametrize(
    ("copy", "kind", "words"),
    [
        ("日息低至万二,最高20万,随借随还", "loan", "年化利率7.3%起(单利)"),
        ("月息8厘,借5万", "loan", "年化利率9.6%(单利)"),
        ("账单分12期,每期手续费0.6%", "credit_card", "年化利率13.03%(内部收益率)"),
    ],
)
def test_a_computed_annual_rate_is_suggested_and_itself_complies(
    reviewer: Reviewer, copy: str, kind: str, words: str
) -> None:
    context = {"product": {"kind": kind}, "channel": "poster", "as_of": "2026-11-24"}
    case = reviewer.engine.case(reviewer.request(text=copy, **context), Jieba().cut)
    [suggestion] = [f.suggestion for f in reviewer.engine.run("disclosure.apr", case)]
    assert suggestion is not None
    assert words in suggestion
    assert reviewer.review(suggestion, **context).findings == ()
    mended = reviewer.review(copy + "。" + suggestion, **context).findings
    assert [f for f in mended if f.category == "disclosure.apr"] == []


def _quality():  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("quality", ROOT / "benchmarks" / "quality.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_quality_on_our_own_corpus_does_not_fall(reviewer: Reviewer) -> None:
    """Floors a little under what was last measured; benchmarks/quality.py shows each miss."""
    quality = _quality()
    tally = quality.measure(reviewer, sorted(CORPUS.glob("*.jsonl")))

    def score(family: str) -> float:
        counts = tally.family(family)
        return quality.f1(counts["tp"], counts["fp"], counts["fn"])[2]

    figures = {
        "claims": score("claim"),
        "disclosures": score("disclosure"),
        "clean": 1 - tally.alarmed / tally.clean,
        "spans": tally.spans_hit / tally.spans,
    }
    floors = {"claims": 0.95, "disclosures": 0.98, "clean": 0.98, "spans": 0.93}
    assert all(figures[name] >= floor for name, floor in floors.items()), figures


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, ROOT],
        check=True,
    )
    return next(folder.glob("*.whl"))


def test_the_packs_travel_in_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """Unpacked somewhere else, the package finds and loads them."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = (
        "import sys, compliance_guard as g;"
        "assert g.__file__.startswith(sys.argv[1]), g.__file__;"
        "print(len(g.Reviewer(discover=False).engine.compiled))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert int(shown) >= 200
