"""How far the rules carry out the law: every provision, who judges it, and why a person must where one must."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from string import ascii_uppercase

from rich.cells import cell_len

from compliance_guard.rules.law import Instrument, Provision
from compliance_guard.rules.pack import Library

NAMES = {"automated": "自动", "assisted": "辅助", "manual": "人工"}
EXPLAINED = {
    "automated": "规则自己判断,给出不得发布或须复核",
    "assisted": "规则判断看得见的部分,或者请人复核,其余由人判断",
    "manual": "从文案、产品、客户和同意记录里看不出来",
}


def by_instrument(library: Library) -> list[tuple[Instrument, list[Provision]]]:
    """The instruments that have provisions, in the order of the files, each with its own."""
    found: dict[str, list[Provision]] = {}
    for _, provision in library.provisions:
        found.setdefault(provision.instrument, []).append(provision)
    return [(library.instruments[name], provisions) for name, provisions in found.items()]


def counts(provisions: Iterable[Provision]) -> dict[str, int]:
    """How many are automated, assisted, manual, and all."""
    counted = Counter(p.coverage for p in provisions)
    return {**{name: counted[name] for name in NAMES}, "total": counted.total()}  # type: ignore[index]


def concise(library: Library) -> str:
    """A line an instrument, and the totals."""
    laws = by_instrument(library)
    width = max((cell_len(law.title) for law, _ in laws), default=0)
    lines = [_line("", NAMES | {"total": "共"}, width)]
    lines += [_line(law.title, counts(provisions), width) for law, provisions in laws]
    return "\n".join([*lines, "", _totals(library)]) + "\n"


def full(library: Library) -> str:
    """Every provision: who judges it, by which rules, or why a person must."""
    lines: list[str] = []
    for law, provisions in by_instrument(library):
        lines += [f"{_cited(law)}  {_window(law)}"]
        for provision in provisions:
            lines.append(f"  {NAMES[provision.coverage]}  {provision.article or '—'}  {provision.about}")
            lines += [f"        {' '.join(provision.rules)}"] if provision.rules else []
            lines += [f"        {provision.reason}"] if provision.reason else []
        lines.append("")
    return "\n".join([*lines, _totals(library)]) + "\n"


def as_json(library: Library) -> str:
    """The same for programs."""
    return (
        json.dumps(
            {
                "totals": counts(p for _, p in library.provisions),
                "instruments": [
                    {
                        **law.model_dump(mode="json", exclude={"articles"}),
                        "counts": counts(provisions),
                        "provisions": [p.model_dump(mode="json", exclude={"instrument"}) for p in provisions],
                    }
                    for law, provisions in by_instrument(library)
                ],
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )


def markdown(library: Library) -> str:
    """The page docs/law-coverage.md."""
    laws = by_instrument(library)
    head = [*NAMES.values(), "共"]
    lines = [
        "# Which law is carried out by which rule",
        "",
        "Written by `compliance-guard rules coverage --output-format markdown`; a test compares the two.",
        "An article is named only where its number and text were verified.",
        "",
        *(f"- {NAMES[name]} (`{name}`): {said}。" for name, said in EXPLAINED.items()),
        "",
        f"{_totals(library)}。",
        "",
        "| 文件 | 施行 | " + " | ".join(head) + " |",
        "|---|---|" + "---:|" * len(head),
        *(
            f"| {law.title} | {_window(law)} | " + " | ".join(map(str, counts(provisions).values())) + " |"
            for law, provisions in laws
        ),
    ]
    for law, provisions in laws:
        lines += [
            "",
            f"## {_cited(law)}",
            "",
            "| 条款 | 要求 | 判断 | 规则 | 由人判断的原因 |",
            "|---|---|---|---|---|",
        ]
        for p in provisions:
            cells = (p.article or "—", p.about, NAMES[p.coverage], _ranges(p.rules), p.reason or "")
            lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(lines) + "\n"


FORMATS: Mapping[str, Callable[[Library], str]] = {
    "concise": concise, "full": full, "json": as_json, "markdown": markdown,
}  # fmt: skip


def _totals(library: Library) -> str:
    total = counts(p for _, p in library.provisions)
    said = "、".join(f"{label} {total[name]}" for name, label in NAMES.items())
    return f"共 {total['total']} 条:{said}"


def _line(title: str, cells: Mapping[str, object], width: int) -> str:
    padded = [" " * max(0, 6 - cell_len(str(cell))) + str(cell) for cell in cells.values()]
    return title + " " * (width - cell_len(title)) + "".join(padded)


def _ranges(rules: Iterable[str]) -> str:
    """Rule ids, three or more in a row as a range: CGM1300–1308."""
    runs: list[str] = []
    for _, group in groupby(enumerate(sorted(rules)), key=lambda pair: _family_and_number(pair[1], pair[0])):
        ids = [rule for _, rule in group]
        runs += ids if len(ids) < 3 else [f"{ids[0]}–{ids[-1].lstrip(ascii_uppercase)}"]
    return " ".join(runs)


def _family_and_number(rule: str, position: int) -> tuple[str, int]:
    number = rule.lstrip(ascii_uppercase)
    return rule.removesuffix(number), int(number) - position


def _cited(law: Instrument) -> str:
    return f"《{law.title}》" + (f"({law.number})" if law.number else "")


def _window(law: Instrument) -> str:
    begins = f"{law.effective} 起" if law.effective else "日期未核实"
    return begins + (f",{law.repealed} 废止" if law.repealed else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
