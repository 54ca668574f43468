"""Whether the table of provisions accounts for the law as collected, each provision once and in order.

    python benchmarks/coverage.py LAW.yaml [MORE.yaml …]

Each file is a list of instruments with `id`, `title` and `provisions` (a file of anything else is passed over);
`general.yaml` is answered by `provisions_general.yaml` of the packs. An instrument is known by its id, or by its
title where the file calls it otherwise. Where both give an article, it must be the same.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from compliance_guard.rules.law import Provision
from compliance_guard.rules.pack import Library, builtin_packs, combine, load_pack

NOT_A_NUMBER = re.compile("[^一二三四五六七八九十百千零]")


@dataclass(frozen=True)
class Wanted:
    """A provision as collected: its instrument as registered, its article (None: not verified), and its place."""

    instrument: str
    article: str | None
    place: str


def plain_title(title: str) -> str:
    """A title without what was added to it: 民法典·人格权编 is 民法典."""
    return re.split(r"[·（(]", title)[0]


def wanted(library: Library, law: Path) -> Iterator[Wanted]:
    """What a file of the law asks the table for."""
    by_title = {plain_title(i.title): i.id for i in library.instruments.values()}
    for instrument in yaml.safe_load(law.read_text(encoding="utf-8")):
        if "provisions" not in instrument:
            continue
        known = instrument["id"] in library.instruments
        name = instrument["id"] if known else by_title.get(plain_title(instrument["title"]), instrument["id"])
        for number, provision in enumerate(instrument["provisions"], start=1):
            yield Wanted(name, article_of(provision), f"{law.name} {instrument['id']} 第 {number} 项")


def article_of(provision: dict[str, Any]) -> str | None:
    """The article, where it is verified."""
    article = str(provision.get("article") or "unverified")
    return None if article.startswith("unverified") else article


def same_article(one: str, other: str) -> bool:
    """Written in two ways or one: 三（五） is 第三部分第（五）项."""
    return NOT_A_NUMBER.sub("", one) == NOT_A_NUMBER.sub("", other)


def problem(asked: Wanted | None, given: Provision | None) -> str | None:
    """What is wrong at one place of the two lists."""
    if asked is None or given is None:
        return f"表里没有 {asked.place}" if asked else f"表里多出 {given.id if given else ''}"
    if asked.instrument != given.instrument:
        return f"{asked.place} 对上的是 {given.id}"
    if asked.article and given.article and not same_article(asked.article, given.article):
        return f"{asked.place} 是{asked.article},{given.id} 写的是{given.article}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("law", nargs="+", type=Path)
    library = combine(load_pack(folder) for folder in builtin_packs())
    found = total = 0
    wrong: list[str] = []
    for law in parser.parse_args().law:
        asked = list(wanted(library, law))
        name = f"provisions_{law.stem}.yaml"
        if not asked:
            continue
        given = [p for pack, p in library.provisions if pack.places[p.id][0].name == name]
        pairs = [
            (asked[i] if i < len(asked) else None, given[i] if i < len(given) else None)
            for i in range(max(len(asked), len(given)))
        ]
        problems = [said for pair in pairs if (said := problem(*pair))]
        good = sum(1 for a, g in pairs if a and problem(a, g) is None)
        print(f"{law.name}: {good} of {len(asked)}")
        found, total, wrong = found + good, total + len(asked), wrong + problems
    print("\n".join([*wrong[:20], *([f"… 另有 {len(wrong) - 20} 处"] if len(wrong) > 20 else [])]) or "没有出入")
    print(f"{found} of {total}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
