"""The law in full: a table that says of every provision who judges it, and the page and command that show it."""

from __future__ import annotations

import json
from pathlib import Path

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
