"""A bad pack fails when it is loaded, with file, line, problem and remedy; a hostile one does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance_guard import Reviewer
from compliance_guard.errors import PackError
from compliance_guard.rules.pack import combine, load_pack
from tests.rules.packs import MANIFEST, reviewer_of, rule, write_pack

PHRASE = "kind: phrase\nany: [保本]\n"
WEALTH = {"product": {"kind": "wealth_management"}, "excerpt": True}


def error_of(folder: Path, *rules: str, extra: str = "") -> PackError:
    with pytest.raises(PackError) as caught:
        reviewer_of(folder, *rules, extra=extra)
    return caught.value


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (rule(PHRASE + "colour: red\n"), "colour"),
        (rule("kind: phrase\nany: []\n"), "any"),
        (rule("kind: regex\nany: [保本]\n"), "kind"),
        (rule(PHRASE, category="claim.nonsense"), "没有这个类别"),
        (rule(PHRASE, severity="fatal"), "severity"),
        (rule(PHRASE, violates="[]"), "violates"),
        (rule(PHRASE, id="guarantee-1"), "id"),
        (rule(PHRASE, legal_basis="[]"), "legal_basis"),
        (rule(PHRASE, legal_basis="[{instrument: no-such-law}]"), "没有登记的法规"),
        (rule(PHRASE, legal_basis="[{instrument: test-law, article: 第九条}]"), "未经核实"),
        (rule(PHRASE) + rule(PHRASE), "重复"),
        (rule("kind: pattern\nany: ['(保本']\n"), "表达式有误"),
        (rule("kind: pattern\nany: ['保(?=本)']\n"), "RE2 不支持"),
        (rule("kind: pattern\nany: ['(保本)\\1']\n"), "RE2 不支持"),
        (rule("kind: phrase\nany: [<没有的词集>]\n"), "没有词集"),
        (rule(PHRASE, effective="2026-05-01", repealed="2026-01-01"), "repealed"),
        (rule(PHRASE + "applies_to: {channels: [fax]}\n"), "channels"),
    ],
)
def test_a_bad_rule_is_refused_with_its_place(tmp_path: Path, broken: str, problem: str) -> None:
    error = error_of(tmp_path, broken)
    assert problem in str(error)
    assert error.path.endswith("rules.yaml")
    assert error.line is not None
    assert error.line > 4
    assert error.remedy


def test_the_line_is_that_of_the_offending_value(tmp_path: Path) -> None:
    error = error_of(tmp_path, rule(PHRASE), rule("kind: phrase\nany: [保本]\ncolour: red\n", id="CGM9002"))
    line = (tmp_path / "rules.yaml").read_text(encoding="utf-8").splitlines()[error.line - 1]  # type: ignore[operator]
    assert "colour" in line


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("rules: [", "YAML"),
        ("rules: []\nrules: []\n", "重复"),
        ("a: &x [1]\nb: *x\n", "别名"),
        ("rules:\n" + "".join(f"{' ' * i}- \n" for i in range(2, 80, 2)), "嵌套过深"),
        ("\x00", "YAML"),
        ("tables: []\n", "没有这个字段"),
    ],
)
def test_hostile_yaml_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    write_pack(tmp_path)
    (tmp_path / "more.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(PackError, match=problem):
        load_pack(tmp_path)


def test_a_pack_cannot_construct_objects(tmp_path: Path) -> None:
    write_pack(tmp_path)
    (tmp_path / "more.yaml").write_text("lexicon: !!python/object/apply:os.system ['true']\n", encoding="utf-8")
    with pytest.raises(PackError):
        load_pack(tmp_path)


def test_a_pack_cannot_read_outside_its_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("rules: []\n", encoding="utf-8")
    pack = write_pack(tmp_path / "pack")
    (pack / "link.yaml").symlink_to(outside)
    with pytest.raises(PackError, match="链接指向包外"):
        load_pack(pack)


def test_word_sets_cannot_explode(tmp_path: Path) -> None:
    words = ", ".join(f"词{i}" for i in range(200))
    error = error_of(tmp_path, rule("kind: phrase\nany: [<多><多><多>]\n"), extra=f"lexicon: {{多: [{words}]}}\n")
    assert "上限" in str(error)


def test_no_pattern_can_hang_the_matcher(tmp_path: Path) -> None:
    """What makes a backtracking engine run for ever is refused or linear here."""
    reviewer = reviewer_of(tmp_path, rule("kind: pattern\nany: ['(保+)+本']\n", violates="[保保保本]"))
    assert reviewer.review("保" * 2 + "x" + "保保" * 20_000, **WEALTH).findings == ()


def test_two_packs_cannot_share_a_name_or_a_rule_id(tmp_path: Path) -> None:
    one, two = write_pack(tmp_path / "a", rule(PHRASE)), write_pack(tmp_path / "b", rule(PHRASE))
    with pytest.raises(PackError, match="两个包同名"):
        Reviewer([one, two], builtin=False, classifier="off", discover=False)
    (two / "pack.yaml").write_text(MANIFEST.replace("test-pack", "other-pack"), encoding="utf-8")
    (two / "rules.yaml").write_text(
        (two / "rules.yaml").read_text(encoding="utf-8").split("rules:")[1].join(["rules:", ""]), encoding="utf-8"
    )
    with pytest.raises(PackError, match="编号也在"):
        Reviewer([one, two], builtin=False, classifier="off", discover=False)


class TestTime:
    """The law of the day applies."""

    def found(self, folder: Path, day: str) -> list[str]:
        basis = "[{instrument: old-law}, {instrument: new-law}]"
        reviewer = reviewer_of(folder, rule(PHRASE, legal_basis=basis))
        return [b.title for f in reviewer.review("保本", as_of=day, **WEALTH).findings for b in f.legal_basis]

    def test_each_day_cites_the_text_in_force(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, "2026-04-30") == ["旧办法"]
        assert self.found(tmp_path, "2026-05-01") == ["新办法"]

    def test_no_rule_reaches_back_before_its_law(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, "2014-12-31") == []

    def test_a_rule_may_be_narrower_than_its_law(self, tmp_path: Path) -> None:
        reviewer = reviewer_of(tmp_path, rule(PHRASE, effective="2026-09-30", repealed="2026-10-01"))
        days = {day: len(reviewer.review("保本", as_of=day, **WEALTH).findings) for day in
                ("2026-09-29", "2026-09-30", "2026-10-01")}  # fmt: skip
        assert days == {"2026-09-29": 0, "2026-09-30": 1, "2026-10-01": 0}


def test_a_basis_is_cited_only_for_its_products(tmp_path: Path) -> None:
    basis = "[{instrument: test-law}, {instrument: new-law, products: [public_fund]}]"
    reviewer = reviewer_of(tmp_path, rule(PHRASE, legal_basis=basis))

    def cited(kind: str) -> list[str]:
        report = reviewer.review("保本", product={"kind": kind}, as_of="2026-11-24", excerpt=True)
        return [b.instrument for b in report.findings[0].legal_basis]

    assert cited("public_fund") == ["test-law", "new-law"]
    assert cited("wealth_management") == ["test-law"]


def test_a_rule_does_not_hold_for_a_product_of_which_no_source_speaks_that_day(tmp_path: Path) -> None:
    """Else a finding would come without law: the old one spoke of funds, the new one of all."""
    basis = "[{instrument: old-law, products: [public_fund]}, {instrument: new-law}]"
    reviewer = reviewer_of(tmp_path, rule(PHRASE, legal_basis=basis))

    def found(kind: str, day: str) -> int:
        return len(reviewer.review("保本", product={"kind": kind}, as_of=day, excerpt=True).findings)

    assert [found("public_fund", day) for day in ("2026-04-30", "2026-05-01")] == [1, 1]
    assert [found("wealth_management", day) for day in ("2026-04-30", "2026-05-01")] == [0, 1]


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    before = load_pack(write_pack(tmp_path, rule(PHRASE))).digest
    assert load_pack(tmp_path).digest == before
    write_pack(tmp_path, rule("kind: phrase\nany: [保本, 保息]\n"))
    assert load_pack(tmp_path).digest != before


PROVISION = {
    "id": "test-law/1", "instrument": "test-law", "article": "第一条", "about": "不得保本", "coverage": "automated",
    "rules": "[CGM9001]",
}  # fmt: skip


class TestLaw:
    """The table of provisions: each says truly who judges it."""

    def packed(self, folder: Path, *provisions: dict[str, str | None]) -> Path:
        entries = [
            "  - {" + ", ".join(f"{k}: {v}" for k, v in provision.items() if v is not None) + "}\n"
            for provision in provisions
        ]
        return write_pack(folder, rule(PHRASE), extra="provisions:\n" + "".join(entries))

    def test_a_provision_is_loaded_with_its_pack(self, tmp_path: Path) -> None:
        library = combine([load_pack(self.packed(tmp_path, PROVISION))])
        assert [(p.id, p.coverage, p.rules) for _, p in library.provisions] == [
            ("test-law/1", "automated", ("CGM9001",))
        ]

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"instrument": "no-such-law", "id": "no-such-law/1"}, "没有登记的法规"),
            ({"article": "第九条"}, "未经核实"),
            ({"rules": "[CGM9999]"}, "没有规则 CGM9999"),
            ({"rules": None}, "须列出 rules"),
            ({"coverage": "manual", "reason": "内部流程"}, "manual 不列"),
            ({"coverage": "manual", "rules": None}, "须写 reason"),
            ({"coverage": "assisted"}, "须写 reason"),
            ({"id": "other-law/1"}, "id 须以 test-law/ 开头"),
            ({"about": "长" * 41}, "about"),
            ({"coverage": "mostly"}, "coverage"),
            ({"note": "x"}, "note"),
        ],
    )
    def test_an_untrue_or_incomplete_one_is_refused_with_its_place(
        self, tmp_path: Path, change: dict[str, str | None], problem: str
    ) -> None:
        with pytest.raises(PackError) as caught:
            combine([load_pack(self.packed(tmp_path, PROVISION | change))])
        assert problem in str(caught.value)
        assert caught.value.path.endswith("rules.yaml")
        lines = (tmp_path / "rules.yaml").read_text(encoding="utf-8").splitlines()
        assert "about:" in lines[(caught.value.line or 0) - 1]

    def test_no_two_share_an_id(self, tmp_path: Path) -> None:
        with pytest.raises(PackError, match="重复"):
            load_pack(self.packed(tmp_path, PROVISION, PROVISION))
