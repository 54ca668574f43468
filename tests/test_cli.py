"""The command as scripts and people use it: exit status, streams, formats, configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliance_guard import __version__
from compliance_guard.cli import main

GOOD = "本产品为保险产品,非银行存款。"
BAD = "这款理财保本保息,放心买!"
AS_OF = ("--as-of", "2026-11-24")


def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestExitStatus:
    def test_0_when_nothing_reaches_the_fail_level(self, folder: Path) -> None:
        (folder / "a.txt").write_text(GOOD, encoding="utf-8")
        assert run("check", "a.txt", *AS_OF).exit_code == 0

    def test_1_when_something_does(self, folder: Path) -> None:
        (folder / "a.txt").write_text(BAD, encoding="utf-8")
        assert run("check", "a.txt", *AS_OF).exit_code == 1
        assert run("check", "a.txt", *AS_OF, "--exit-zero").exit_code == 0

    @pytest.mark.parametrize("arguments", [
        ("no-such-file.txt",), ("picture.png",), ("empty",), ("a.txt", "--as-of", "soon"),
        ("a.txt", "--channel", "fax"),
        ("a.txt", "--output-format", "pdf"), ("a.txt", "--product", "none.json"), ("a.txt", "--pack", "empty"),
        ("a.txt", "--config", "none.toml"), ("latin.txt",), ("bad.jsonl",), ("a.txt", "--fail-level", "fatal"),
        ("english.txt",),
    ])  # fmt: skip
    def test_2_when_something_could_not_be_judged(self, folder: Path, arguments: tuple[str, ...]) -> None:
        (folder / "a.txt").write_text(GOOD, encoding="utf-8")
        (folder / "english.txt").write_text("Guaranteed returns", encoding="utf-8")
        (folder / "picture.png").write_bytes(b"\x89PNG")
        (folder / "latin.txt").write_bytes(b"\xff\xfe\xb1\xa3")
        (folder / "bad.jsonl").write_text("{not json}\n", encoding="utf-8")
        (folder / "empty").mkdir()
        result = run("check", *arguments, *(() if "--as-of" in arguments else AS_OF))
        assert result.exit_code == 2, result.output

    def test_one_bad_file_does_not_stop_the_rest(self, folder: Path) -> None:
        (folder / "a.txt").write_bytes(b"\xff\xfe")
        (folder / "b.txt").write_text(BAD, encoding="utf-8")
        result = run("check", "a.txt", "b.txt", *AS_OF, "--output-format", "concise")
        assert result.exit_code == 2
        assert "claim.guarantee" in result.stdout
        assert "a.txt: error" in result.stdout


def test_findings_go_to_stdout_and_errors_to_stderr(folder: Path) -> None:
    (folder / "a.txt").write_text(BAD, encoding="utf-8")
    result = run("check", "a.txt", *AS_OF, "--output-format", "json")
    assert json.loads(result.stdout)["summary"]["block"] == 1
    assert result.stderr == ""
    broken = run("check", "a.txt", "--pack", "nowhere")
    assert broken.stdout == ""
    assert "错误:" in broken.stderr


class TestInput:
    def test_standard_input(self) -> None:
        assert run("check", "-", *AS_OF, stdin=BAD).exit_code == 1
        request = json.dumps({"id": "x1", "text": BAD, "product": {"kind": "trust"}}, ensure_ascii=False)
        result = run(
            "check", "-", "--stdin-filename", "in.jsonl", *AS_OF, "--output-format", "jsonl", stdin=request
        )
        assert json.loads(result.stdout)["id"] == "x1"

    def test_front_matter_gives_the_context(self, folder: Path) -> None:
        context = "id: 海报一\nproduct: {kind: deposit}\nexcerpt: true\nas_of: 2026-11-24\n"
        copy = f"---\n{context}---\n定期存款,保本保息。\n"
        (folder / "a.md").write_text(copy, encoding="utf-8")
        result = run("check", "a.md", "--output-format", "json")
        [row] = json.loads(result.stdout)["results"]
        assert row["id"] == "海报一"
        assert not [f for f in row["report"]["findings"] if f["category"] == "claim.guarantee"]

    @pytest.mark.parametrize("front_matter", ["- a\n- b\n", "channel: [\n", "colour: red\n", "channel: fax\n"])
    def test_bad_front_matter_is_an_error(self, folder: Path, front_matter: str) -> None:
        (folder / "a.md").write_text(f"---\n{front_matter}---\n文案\n", encoding="utf-8")
        result = run("check", "a.md", *AS_OF)
        assert result.exit_code == 2
        assert "未能检查" in result.stdout

    def test_folders_are_searched_and_hidden_ones_left_out(self, folder: Path) -> None:
        for name in ("x/a.txt", "x/y/b.md", "x/.git/c.txt", "x/d.png"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(GOOD, encoding="utf-8")
        result = run("check", "x", *AS_OF, "--output-format", "json")
        paths = [Path(row["path"]).name for row in json.loads(result.stdout)["results"]]
        assert paths == ["a.txt", "b.md"]

    def test_context_files(self, folder: Path) -> None:
        (folder / "a.txt").write_text("产品介绍", encoding="utf-8")
        (folder / "p.json").write_text('{"kind": "wealth_management", "risk_grade": "R4"}', encoding="utf-8")
        (folder / "c.yaml").write_text("{id: k1, risk_grade: C1, assessed_at: 2026-06-01}", encoding="utf-8")
        (folder / "consent.json").write_text("[]", encoding="utf-8")
        result = run("check", "a.txt", *AS_OF, "--product", "p.json", "--customer", "c.yaml", "--consent",
                     "consent.json", "--channel", "sms", "--output-format", "concise")  # fmt: skip
        assert "suitability.grade_mismatch" in result.stdout
        assert "consent.missing" in result.stdout


class TestSelection:
    def test_select_and_ignore_by_prefix(self, folder: Path) -> None:
        (folder / "a.txt").write_text(BAD + "全国第一!", encoding="utf-8")
        only = run("check", "a.txt", *AS_OF, "--select", "claim.super", "--output-format", "concise").stdout
        assert "claim.superlative" in only
        assert "claim.guarantee" not in only
        rest = run("check", "a.txt", *AS_OF, "--ignore", "claim.super", "--output-format", "concise").stdout
        assert "claim.superlative" not in rest
        assert "claim.guarantee" in rest

    def test_the_nearest_configuration_counts_and_options_override_it(self, folder: Path) -> None:
        (folder / "compliance-guard.toml").write_text(
            'fail_level = "advice"\noutput_format = "concise"\n[context]\nas_of = "2026-11-24"\nexcerpt = true\n'
            'product = {kind = "deposit"}\n',
            encoding="utf-8",
        )
        (folder / "sub").mkdir()
        (folder / "sub" / "a.txt").write_text("这款保本保息。", encoding="utf-8")
        assert run("check", "sub").exit_code == 0
        (folder / "trust.json").write_text('{"kind": "trust"}', encoding="utf-8")
        assert run("check", "sub", "--product", "trust.json").exit_code == 1

    @pytest.mark.parametrize("text", ["colour = 1\n", "fail_level = 'fatal'\n", "= ="])
    def test_a_bad_configuration_is_an_error(self, folder: Path, text: str) -> None:
        (folder / "compliance-guard.toml").write_text(text, encoding="utf-8")
        (folder / "a.txt").write_text(GOOD, encoding="utf-8")
        assert run("check", "a.txt").exit_code == 2


class TestFull:
    def test_underlines_the_words_in_place_with_law_and_suggestion(self, folder: Path) -> None:
        (folder / "a.md").write_text("---\nas_of: 2026-11-24\n---\n第一行\n这款理财保本!\n", encoding="utf-8")
        shown = run("check", "a.md").stdout
        lines = shown.splitlines()
        place = next(i for i, line in enumerate(lines) if "这款理财保本" in line)
        assert "5:5" in lines[place - 1]
        assert lines[place + 1].rstrip().endswith("^^^^")
        assert "依据 《" in shown
        assert "\x1b" not in shown

    def test_hostile_copy_cannot_drive_the_terminal(self, folder: Path) -> None:
        (folder / "a.txt").write_text("\x1b[2J\x07保本\u202e保息\x9b31m", encoding="utf-8")
        for output_format in ("full", "concise"):
            shown = run("check", "a.txt", *AS_OF, "--output-format", output_format, "--color", "never").stdout
            assert not set(shown) & set("\x1b\x07\u202e\x9b")

    def test_output_file(self, folder: Path) -> None:
        (folder / "a.txt").write_text(BAD, encoding="utf-8")
        result = run("check", "a.txt", *AS_OF, "--output-file", "out.txt")
        assert result.stdout == ""
        assert "claim.guarantee" in (folder / "out.txt").read_text(encoding="utf-8")


class TestRules:
    def test_list_show_test_validate(self) -> None:
        listed = run("rules", "list").stdout.splitlines()
        assert len(listed) >= 200
        shown = run("rules", "show", listed[0].split("\t")[0]).stdout
        assert "依据" in shown
        assert "违规例" in shown
        assert run("rules", "validate").exit_code == 0
        assert run("rules", "show", "CGM0000").exit_code == 2

    def test_a_failing_example_fails_the_pack(self, tmp_path: Path) -> None:
        from tests.rules.packs import rule, write_pack

        pack = write_pack(tmp_path, rule("kind: phrase\nany: [保本]\n", complies="[保本]"))
        result = run("rules", "test", pack)
        assert result.exit_code == 1
        assert "CGM9001" in result.stderr


def test_version_in_a_fresh_process() -> None:
    command = [sys.executable, "-m", "compliance_guard.cli", "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert __version__ in shown
