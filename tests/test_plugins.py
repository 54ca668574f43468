"""Plugins: the example package as a stranger installs it, and plugins that do not behave."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner

import compliance_guard.hookspecs
from compliance_guard import Reviewer, hookimpl
from compliance_guard.cli import main
from compliance_guard.errors import PluginError
from compliance_guard.registry import Registry
from compliance_guard.testing import check_check, check_reader, check_reporter, check_segmenter
from tests.conftest import TODAY

ROOT = Path(__file__).parents[1]
HOOKS = [name for name in vars(compliance_guard.hookspecs) if name.startswith("provide_")]


class TestExample:
    """`examples/plugin` is installed by `make test` and found by its entry point."""

    def test_it_is_installed(self) -> None:
        assert "hongbao" in {e.name for e in entry_points(group="compliance_guard")}

    def test_its_pack_check_and_channel_take_part(self) -> None:
        report = Reviewer().review("红包雨来了", product={"kind": "deposit"}, channel="kiosk", as_of=TODAY)
        assert {"HOUSE001", "HONGBAO01"} <= {f.rule_id for f in report.findings}
        house = next(f for f in report.findings if f.rule_id == "HOUSE001")
        assert house.legal_basis == ()
        assert house.evidence["policy"] is True
        assert "hongbao-house-rules" in {p.id for p in report.provenance.packs}

    def test_its_output_format_takes_part(self) -> None:
        result = CliRunner().invoke(
            main, ["check", "-", "--as-of", TODAY, "--output-format", "by-category"], input="这款理财保本"
        )
        assert "claim.guarantee\t1" in result.stdout

    def test_without_discovery_it_does_not(self) -> None:
        assert "campaign_code" not in {c.id for c in Reviewer(discover=False).checks}


class Silent:
    """Forgot @hookimpl."""

    def provide_checks(self) -> list[object]:
        return []


class Misspelt:
    @hookimpl
    def provide_chekcs(self) -> list[object]:
        return []


class Crashing:
    @hookimpl
    def provide_reporters(self) -> list[object]:
        raise RuntimeError("no")


class Unusable:
    @hookimpl
    def provide_segmenters(self) -> list[object]:
        return [object()]


class Twin:
    @hookimpl
    def provide_segmenters(self) -> list[object]:
        from compliance_guard.segmenters.by_jieba import Jieba

        return [Jieba()]


@pytest.mark.parametrize(
    ("plugin", "says"),
    [
        (Silent(), "没有实现"),
        (Misspelt(), "provide_chekcs"),
        (Crashing(), "no"),
        (Unusable(), "不符合"),
        (Twin(), "占用"),
    ],
)
def test_a_plugin_that_does_not_behave_is_named(plugin: object, says: str) -> None:
    """Nothing vanishes silently."""

    def use() -> None:
        registry = Registry([plugin], discover=False)
        registry.segmenters()
        registry.reporters()

    with pytest.raises(PluginError, match=says) as caught:
        use()
    assert caught.value.plugin == type(plugin).__name__


REGISTRY = Registry(discover=False)


@pytest.mark.parametrize("segmenter", REGISTRY.segmenters().values(), ids=lambda s: s.id)
def test_every_segmenter_keeps_the_contract(segmenter: object) -> None:
    assert segmenter.available(), "make test installs them all"  # type: ignore[attr-defined]
    check_segmenter(segmenter)  # type: ignore[arg-type]


def test_jieba_and_rjieba_cut_alike() -> None:
    """The faster one may stand in for the other."""
    segmenters = REGISTRY.segmenters()
    for text in ("环保本色是底色", "请确保本人签字确认", "本产品不保证本金和收益", "业绩比较基准不代表实际收益"):
        assert list(segmenters["jieba"].cut(text)) == list(segmenters["rjieba"].cut(text))
    assert "保本" not in segmenters["jieba"].cut("环保本色是底色")


@pytest.mark.parametrize("check", REGISTRY.checks().values(), ids=lambda c: c.id)
def test_every_check_keeps_the_contract(check: object) -> None:
    check_check(check)  # type: ignore[arg-type]


@pytest.mark.parametrize("reporter", REGISTRY.reporters().values(), ids=lambda r: r.id)
def test_every_reporter_keeps_the_contract(reporter: object) -> None:
    check_reporter(reporter)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        ("text", "文案"),
        ("markdown", "---\nchannel: sms\n---\n文案"),
        ("json", '{"text": "文案"}'),
        ("jsonl", '{"text": "文案"}\n'),
    ],
)
def test_every_reader_keeps_the_contract(reader: str, text: str) -> None:
    check_reader(REGISTRY.readers()[reader], text)


def test_built_in_parts_do_not_disappear() -> None:
    """A part that goes missing fails here; a new one needs no edit."""
    assert {"claims", "disclosures", "product_facts", "suitability", "consent"} <= set(REGISTRY.checks())
    assert {"jieba", "rjieba", "spacy"} <= set(REGISTRY.segmenters())
    assert {"full", "concise", "json", "jsonl"} <= set(REGISTRY.reporters())
    assert {"text", "markdown", "json", "jsonl"} <= set(REGISTRY.readers())


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented(hook: str) -> None:
    assert f"`{hook}`" in (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
