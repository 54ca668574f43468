"""The law in full: a table that says of every provision who judges it, and the page and command that show it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from compliance_guard import Reviewer
from compliance_guard.cli import main
from compliance_guard.coverage import FORMATS, markdown
from compliance_guard.rules.pack import Library, combine, load_pack
from tests.rules.packs import rule, write_pack

ROOT = Path(__file__).parents[1]
PROVISIONS = """\
provisions:
  - {id: test-law/1, instrument: test-law, article: 第一条, about: 不得保本, coverage: automated, rules: [CGM9001, CGM9002, CGM9003]}
  - {id: test-law/a, instrument: test-law, about: 不得误导, coverage: assisted, rules: [CGM9001], reason: 看全文语境}
  - {id: new-law/a, instrument: new-law, about: 留存记录三年, coverage: manual, reason: 档案在机构内部}
"""  # noqa: E501


@pytest.fixture
def library(tmp_path: Path) -> Library:
    rules = [rule("kind: phrase\nany: [保本]\n", id=f"CGM900{n}") for n in (1, 2, 3)]
    return combine([load_pack(write_pack(tmp_path, *rules, extra=PROVISIONS))])


def test_concise_counts_by_instrument(library: Library) -> None:
    assert FORMATS["concise"](library).splitlines() == [
        "          自动  辅助  人工    共",
        "测试办法     1     1     0     2",
        "新办法       0     0     1     1",
        "",
        "共 3 条:自动 1、辅助 1、人工 1",
    ]


def test_full_lists_each_provision_with_its_rules_or_reason(library: Library) -> None:
    said = FORMATS["full"](library)
    assert "《测试办法》(令1号)  2020-01-01 起" in said
    assert "  自动  第一条  不得保本\n        CGM9001 CGM9002 CGM9003" in said
    assert "  人工  —  留存记录三年\n        档案在机构内部" in said


def test_json_holds_everything(library: Library) -> None:
    data = json.loads(FORMATS["json"](library))
    assert data["totals"] == {"automated": 1, "assisted": 1, "manual": 1, "total": 3}
    assert [i["id"] for i in data["instruments"]] == ["test-law", "new-law"]
    assert data["instruments"][0]["provisions"][1]["reason"] == "看全文语境"


def test_markdown_writes_rules_in_a_row_as_a_range(library: Library) -> None:
    assert "| 第一条 | 不得保本 | 自动 | CGM9001–9003 |  |" in markdown(library)


def test_the_page_is_what_the_command_writes(reviewer: Reviewer) -> None:
    """Mend with: compliance-guard rules coverage --output-format markdown > docs/law-coverage.md."""
    page = (ROOT / "docs" / "law-coverage.md").read_text(encoding="utf-8")
    assert page == markdown(reviewer.engine.library)


def test_the_command_shows_the_table_and_the_totals() -> None:
    shown = CliRunner().invoke(main, ["rules", "coverage"])
    assert shown.exit_code == 0
    assert "广告法" in shown.stdout
    assert shown.stdout.splitlines()[-1].startswith("共 ")


def test_a_rule_names_the_provisions_that_it_carries_out() -> None:
    shown = CliRunner().invoke(main, ["rules", "show", "CGM1001"]).stdout
    assert "执行 《中华人民共和国广告法（2021修正）》第二十五条第（一）项" in shown


@pytest.mark.parametrize("empty", ["不适用", "见上", "同上", "无法判断"])
def test_no_reason_is_an_empty_phrase(reviewer: Reviewer, empty: str) -> None:
    reasons = [p.reason for _, p in reviewer.engine.library.provisions if p.reason]
    assert not [r for r in reasons if r.strip("。") == empty]
    assert all(len(r) >= 8 for r in reasons)


def test_a_rule_under_automated_judges_and_one_under_assisted_asks_or_judges(reviewer: Reviewer) -> None:
    """What only advises does not carry a provision out."""
    severity = {r.id: r.severity for _, r in reviewer.engine.library.rules}
    for _, provision in reviewer.engine.library.provisions:
        if provision.coverage == "automated":
            assert any(severity[r] in {"block", "review"} for r in provision.rules), provision.id


def test_a_provision_is_not_said_to_be_carried_out_by_policy_alone(reviewer: Reviewer) -> None:
    policy = {r.id for _, r in reviewer.engine.library.rules if r.policy}
    for _, provision in reviewer.engine.library.provisions:
        if provision.coverage == "automated":
            assert not set(provision.rules) <= policy, provision.id


class TestAgainstACollectionOfTheLaw:
    """benchmarks/coverage.py: each provision of the collection once, in order, about the same article."""

    @pytest.fixture
    def benchmark(self, monkeypatch: pytest.MonkeyPatch, library: Library) -> Any:
        spec = importlib.util.spec_from_file_location("law_coverage", ROOT / "benchmarks" / "coverage.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "law_coverage", module)
        spec.loader.exec_module(module)
        monkeypatch.setattr(module, "combine", lambda _: library)
        return module

    def checked(
        self,
        benchmark: Any,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        path: Path,
        law: str,
    ) -> tuple[int, str]:
        path.write_text(law, encoding="utf-8")
        for pack, provision in benchmark.combine(None).provisions:
            pack.places[provision.id] = (Path("provisions_own.yaml"), None)
        monkeypatch.setattr("sys.argv", ["coverage.py", str(path)])
        status = benchmark.main()
        return status, capsys.readouterr().out

    LAW = """\
- id: test-law
  title: 测试办法
  provisions: [{article: 第一条}, {article: unverified（疑第二条）}]
- id: called-otherwise
  title: 新办法·总则
  provisions: [{article: null}]
"""

    def test_all_there(
        self,
        benchmark: Any,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
    ) -> None:
        status, said = self.checked(benchmark, monkeypatch, capsys, tmp_path / "own.yaml", self.LAW)
        assert (status, said.splitlines()) == (0, ["own.yaml: 3 of 3", "没有出入", "3 of 3"])

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            (("{article: 第一条}, ", ""), "对上的是"),
            (("{article: 第一条}", "{article: 第三条}"), "是第三条"),
            (("[{article: null}]", "[{article: null}, {article: null}]"), "表里没有"),
        ],
    )
    def test_what_is_missing_or_about_something_else_is_named(
        self,
        benchmark: Any,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
        change: tuple[str, str],
        problem: str,
    ) -> None:
        law = self.LAW.replace(*change)
        status, said = self.checked(benchmark, monkeypatch, capsys, tmp_path / "own.yaml", law)
        assert status == 1
        assert problem in said

    def test_an_article_is_the_same_however_it_is_written(self, benchmark: Any) -> None:
        assert benchmark.same_article("三（五）", "第三部分第（五）项")
        assert not benchmark.same_article("第九条第（二）项", "第九条第（三）项")
