"""Rewrites: offered only if they pass, placed where they belong, and written back without harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance_guard import Finding, Report, Reviewer
from compliance_guard.cli import main
from compliance_guard.rewriting import is_in_copy
from compliance_guard.rules.examples import default_context

AS_OF = "2026-11-24"
WEALTH = {"product": {"kind": "wealth_management", "risk_grade": "R2"}, "as_of": AS_OF}
EXCERPT = {**WEALTH, "channel": "wechat_moments", "excerpt": True}
SMS = {**WEALTH, "channel": "sms"}

CORPUS = sorted(Path("corpora/rules").glob("*.jsonl"))


@pytest.fixture(scope="module")
def reviewer() -> Reviewer:
    return Reviewer(classifier="off")


def in_copy(report: Report) -> list[Finding]:
    return [f for f in report.findings if is_in_copy(f)]


def every_copy(reviewer: Reviewer) -> list[tuple[str, dict[str, Any]]]:
    """The examples of all packs' rules, and our own labelled copy."""
    copies: list[tuple[str, dict[str, Any]]] = []
    for pack, rule in reviewer.engine.library.rules:
        for example in (*rule.violates, *rule.complies):
            given_ = {"text": example} if isinstance(example, str) else dict(example)
            context = {**default_context(pack, rule), **given_}
            if isinstance(context.get("text"), str):
                copies.append((context.pop("text"), context))
    for path in CORPUS:
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            copies.append((case["text"], {"as_of": AS_OF, **case["context"]}))
    return copies


def test_no_suggestion_is_offered_whose_rewrite_fails(reviewer: Reviewer) -> None:
    """100%: over all packs' examples and our corpus, a copy mended as suggested passes review again."""
    offered = passing = with_findings = 0
    for text, context in every_copy(reviewer):
        report = reviewer.review(text, **context)
        wordings = [f for f in in_copy(report) if f.suggestion]
        with_findings += bool(in_copy(report))
        if not wordings:
            continue
        offered += 1
        rewrite = reviewer.rewrite(text, **context)
        passing += not in_copy(reviewer.review(rewrite.text, **context))
        assert all(f.suggestion and f.suggestion.strip("。") in rewrite.text for f in wordings)
    assert offered == passing
    assert offered > 0.7 * with_findings


class TestTheRewrite:
    def test_a_claim_goes_and_the_compliant_wording_comes(self, reviewer: Reviewer) -> None:
        rewrite = reviewer.rewrite("新品理财今日上架啦,欢迎到网点咨询,保本保息。", **EXCERPT)
        assert rewrite.passes
        assert rewrite.text == "新品理财今日上架啦,欢迎到网点咨询。本产品不保证本金和收益,投资须谨慎。"

    def test_other_sentences_stay_as_they_are(self, reviewer: Reviewer) -> None:
        copy = "【临江银行】您好!\n保本保息,稳赚不赔。\n咨询95xxx 😊"
        rewrite = reviewer.rewrite(copy, **EXCERPT)
        assert rewrite.text.startswith("【临江银行】您好!\n")
        assert rewrite.text.endswith("\n咨询95xxx 😊")

    def test_markup_survives(self, reviewer: Reviewer) -> None:
        copy = "<p>新品理财今日上架啦。</p><p>这款<b>保本保息</b>!</p>"
        rewrite = reviewer.rewrite(copy, **EXCERPT)
        assert rewrite.passes
        for tag in ("<p>", "</p>", "<b>", "</b>"):
            assert rewrite.text.count(tag) == copy.count(tag)

    def test_a_missing_disclosure_is_added_and_how_to_refuse_comes_last(self, reviewer: Reviewer) -> None:
        rewrite = reviewer.rewrite("【临江银行】稳健理财每日可购,点击了解", **SMS)
        assert rewrite.passes
        assert "投资须谨慎" in rewrite.text
        assert rewrite.text.rindex("拒收") > rewrite.text.index("谨慎")

    def test_what_qualifies_a_figure_stands_beside_it(self, reviewer: Reviewer) -> None:
        copy = "月月盈业绩比较基准2.6%-3.0%,R2,适合稳健型及以上。\n编码Z7001000000001。产品有风险,投资须谨慎。"
        rewrite = reviewer.rewrite(copy, **WEALTH, channel="web_page")
        assert rewrite.passes
        first, _, rest = rewrite.text.partition("\n")
        assert "不代表" in first
        assert rest == copy.partition("\n")[2]

    def test_copy_that_passes_is_left_alone(self, reviewer: Reviewer) -> None:
        copy = "本产品不保证本金和收益。"
        rewrite = reviewer.rewrite(copy, **EXCERPT)
        assert (rewrite.text, rewrite.passes, rewrite.mended) == (copy, True, ())

    def test_what_cannot_be_mended_comes_back_with_the_reason(self, reviewer: Reviewer) -> None:
        """Nothing is left of this copy once its claim is gone and no fact is known."""
        copy = "跟着老师买,内幕票周周翻倍"
        rewrite = reviewer.rewrite(copy, as_of=AS_OF, channel="wechat_moments")
        if not rewrite.passes:
            assert rewrite.text == copy
            assert rewrite.remaining
        report = reviewer.review(copy, as_of=AS_OF, channel="wechat_moments")
        assert rewrite.passes or not any(f.suggestion for f in in_copy(report))

    def test_personal_data_is_starred_in_place(self, reviewer: Reviewer) -> None:
        copy = "新签客户孙立群 13912345670 持有500万,恭喜!"
        rewrite = reviewer.rewrite(copy, **EXCERPT)
        assert rewrite.text == "新签客户孙** 139****5670 持有500万,恭喜!"
        assert "13912345670" not in rewrite.model_dump_json()
        [suggestion] = [f.suggestion for f in reviewer.review(copy, **EXCERPT).findings if f.span]
        assert suggestion is not None
        assert "139****5670" in suggestion

    def test_a_fact_that_is_not_known_is_named(self, reviewer: Reviewer) -> None:
        """Without its code the product cannot be offered by name, whatever else is mended."""
        copy = "【临江银行】稳穗90天今日开售,保本保息。"
        context = {**SMS, "product": {"kind": "wealth_management", "name": "稳穗90天", "risk_grade": "R2"}}
        report = reviewer.review(copy, **context)
        [finding] = [f for f in report.findings if f.category == "disclosure.product_code"]
        assert finding.evidence["needs_facts"] == ["product.code"]
        assert not any(f.suggestion for f in in_copy(report))
        known = {**context, "product": {**context["product"], "code": "Z7000126000001"}}
        mended = reviewer.review(copy, **known)
        assert "登记编码Z7000126000001" in [f.suggestion for f in in_copy(mended)]

    def test_copy_with_a_layout_of_its_own_is_left_alone(self, reviewer: Reviewer) -> None:
        rewrite = reviewer.rewrite("保本保息。", **EXCERPT, layout=[{"start": 0, "end": 2, "size": 10.5}])
        assert (rewrite.text, rewrite.passes) == ("保本保息。", False)

    def test_who_sends_is_known_from_the_contact(self, reviewer: Reviewer) -> None:
        copy = "跟您说个事,我们新出了一款医疗险,您有兴趣我给您细讲。"
        context = {"product": {"kind": "insurance", "subkind": "health"}, "channel": "call_script", "as_of": AS_OF}
        assert not reviewer.rewrite(copy, **context).passes
        known = {**context, "contact": {"controller": "临江银行", "at": "2026-11-24T10:00:00+08:00"}}
        assert "临江银行" in reviewer.rewrite(copy, **known).text
        [suggestion] = [f.suggestion for f in in_copy(reviewer.review(copy, **known))]
        assert suggestion is not None

    def test_the_customer_side_does_not_matter(self, reviewer: Reviewer) -> None:
        rewrite = reviewer.rewrite("保本保息。", **EXCERPT, customer={"risk_grade": "C1"}, consents=[])
        assert rewrite.passes

    def test_suggestions_can_be_left_out(self) -> None:
        report = Reviewer(classifier="off", suggest=False).review("保本保息。", **EXCERPT)
        assert [f.suggestion for f in in_copy(report)] == [None]

    @settings(max_examples=60, deadline=None)
    @given(st.text(st.sampled_from("保本息,。!\n<b>稳赚不赔 理财1%&【】“”😊宝"), max_size=40))
    def test_any_copy_comes_back_whole_or_passing(self, copy: str) -> None:
        reviewer = REVIEWER
        rewrite = reviewer.rewrite(copy, **EXCERPT)
        assert rewrite.passes or rewrite.text == copy
        assert not rewrite.passes or not in_copy(reviewer.review(rewrite.text, **EXCERPT))


REVIEWER = Reviewer(classifier="off")


class TestFixAndDiff:
    BAD = "新品理财今日上架啦,欢迎到网点咨询,保本保息。"

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("product.yaml").write_text("kind: wealth_management", encoding="utf-8")

    def run(self, *arguments: str, **options: Any) -> Any:
        context = ["--as-of", AS_OF, "--excerpt", "--product", "product.yaml"]
        return CliRunner().invoke(main, ["check", *context, *arguments], **options)

    def test_diff_shows_and_writes_nothing(self) -> None:
        Path("a.txt").write_text(self.BAD, encoding="utf-8")
        result = self.run("a.txt", "--diff")
        assert result.exit_code == 1
        assert f"-{self.BAD}" in result.stdout
        assert "+新品理财今日上架啦,欢迎到网点咨询。" in result.stdout
        assert Path("a.txt").read_text(encoding="utf-8") == self.BAD

    def test_fix_writes_and_the_check_then_passes(self) -> None:
        Path("a.txt").write_text(self.BAD, encoding="utf-8")
        assert self.run("a.txt", "--fix").exit_code == 0
        assert "保本保息" not in Path("a.txt").read_text(encoding="utf-8")
        assert self.run("a.txt").exit_code == 0

    def test_front_matter_line_ends_and_byte_order_mark_stay(self) -> None:
        head = "---\r\nchannel: poster\r\n---\r\n"
        Path("a.md").write_bytes(b"\xef\xbb\xbf" + (head + self.BAD + "\r\n").encode())
        assert self.run("a.md", "--fix").exit_code == 0
        written = Path("a.md").read_bytes()
        assert written.startswith(b"\xef\xbb\xbf" + head.encode())
        assert written.endswith("投资须谨慎。\r\n".encode())

    def test_a_json_line_is_mended_and_its_neighbours_are_not(self) -> None:
        lines = [
            '{"text":"欢迎光临",  "id": "a"}',
            json.dumps({"id": "b", "text": self.BAD, "channel": "poster"}, ensure_ascii=False),
        ]
        Path("a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.run("a.jsonl", "--fix")
        written = Path("a.jsonl").read_text(encoding="utf-8").split("\n")
        assert written[0] == lines[0]
        mended = json.loads(written[1])
        assert mended["channel"] == "poster"
        assert "不保证本金" in mended["text"]

    def test_standard_input_is_mended_to_standard_output(self) -> None:
        result = self.run("-", "--fix", input=self.BAD)
        assert result.stdout == "新品理财今日上架啦,欢迎到网点咨询。本产品不保证本金和收益,投资须谨慎。"
        assert "已改写 1 份" in result.stderr

    def test_what_cannot_be_judged_is_neither_written_nor_passed(self) -> None:
        Path("a.jsonl").write_text('{"text": "保本", "colour": 1}\n', encoding="utf-8")
        before = Path("a.jsonl").read_bytes()
        assert self.run("a.jsonl", "--fix").exit_code == 2
        assert Path("a.jsonl").read_bytes() == before
