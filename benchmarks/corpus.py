"""Is the corpus what its card says? Counts, near-duplicates, templates, families, and distance from other copy.

    python benchmarks/corpus.py corpora/train corpora/dev corpora/test [--apart-from CASES.jsonl …]

Near-duplicates: pairs of sentences of different families whose character 5-grams have a Jaccard index above 0.6.
Skeleton: a sentence with only its commonest characters and its marks kept; a cluster of more than three
    sentences, of
different families, with one skeleton is a template. Exits with 1 if a family is split, near-duplicates reach 1% of
the lines, or a sentence is within 0.5 of a case.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GRAM = 5
NEAR, TOO_NEAR_TO_CASES = 0.6, 0.5
COMMON_CHARACTERS = 120
TEMPLATE = 3


def grams(text: str) -> frozenset[str]:
    """Character 5-grams, blanks left out; a shorter text is one gram."""
    plain = re.sub(r"\s", "", text)
    return frozenset(plain[i : i + GRAM] for i in range(max(1, len(plain) - GRAM + 1)))


class Index:
    """Finds the nearest of many texts."""

    def __init__(self) -> None:
        self._holding: dict[str, list[int]] = defaultdict(list)
        self._sizes: list[int] = []

    def add(self, text: str) -> None:
        """Number the next text."""
        for gram in grams(text):
            self._holding[gram].append(len(self._sizes))
        self._sizes.append(len(grams(text)))

    def near(self, text: str, least: float) -> Iterator[tuple[int, float]]:
        """The numbers of the texts nearer than `least`, with their Jaccard index."""
        own = grams(text)
        shared = Counter(number for gram in own for number in self._holding.get(gram, ()))
        for number, count in shared.items():
            index = count / (len(own) + self._sizes[number] - count)
            if index > least:
                yield number, index


def read(folders: list[Path]) -> list[dict[str, Any]]:
    """Lines of all .jsonl files, with the folder's name as `part`."""
    return [
        {**json.loads(row), "part": folder.name}
        for folder in folders
        for path in sorted(folder.glob("*.jsonl"))
        for row in path.read_text(encoding="utf-8").splitlines()
    ]


def near_duplicates(lines: list[dict[str, Any]]) -> list[tuple[str, str, float]]:
    """Pairs of different families."""
    index, pairs = Index(), []
    for line in lines:
        for other, jaccard in index.near(line["text"], NEAR):
            if lines[other]["family"] != line["family"]:
                pairs.append((lines[other]["id"], line["id"], jaccard))
        index.add(line["text"])
    return pairs


def template_share(lines: list[dict[str, Any]]) -> float:
    """Share of lines in clusters of more than three families with one skeleton."""
    common = {c for c, _ in Counter("".join(line["text"] for line in lines)).most_common(COMMON_CHARACTERS)}
    clusters: dict[str, set[str]] = defaultdict(set)
    held: Counter[str] = Counter()
    for line in lines:
        skeleton = re.sub(r"·+", "·", "".join(c if c in common else "·" for c in line["text"]))
        clusters[skeleton].add(line["family"])
        held[skeleton] += 1
    return sum(held[s] for s, families in clusters.items() if len(families) > TEMPLATE) / len(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--apart-from", nargs="*", type=Path, default=[])
    options = parser.parse_args()
    lines = read(options.folders)
    families: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        families[line["family"]].append(line)
    contrasts = [f for f in families.values() if len({tuple(m["labels"]) for m in f}) > 1]
    split = [name for name, members in families.items() if len({m["part"] for m in members}) > 1]
    pairs = near_duplicates(lines)
    cases = Index()
    for path in options.apart_from:
        for row in path.read_text(encoding="utf-8").splitlines():
            for sentence in re.split(r"(?<=[。!?\n])", json.loads(row)["text"]):
                cases.add(sentence)
            cases.add(json.loads(row)["text"])
    too_near = [line["id"] for line in lines if any(cases.near(line["text"], TOO_NEAR_TO_CASES))]
    print(f"lines {len(lines)}: " + ", ".join(f"{k} {v}" for k, v in Counter(x["part"] for x in lines).items()))
    print(f"strands: {', '.join(f'{k} {v}' for k, v in Counter(x['strand'] for x in lines).items())}")
    print(f"without a claim {sum(not x['labels'] for x in lines) / len(lines):.1%}")
    print(f"lines in families that differ in their claims {sum(map(len, contrasts))}")
    for field in ("labels", "discloses"):
        print(
            f"{field}: "
            + ", ".join(f"{k} {v}" for k, v in Counter(n for x in lines for n in x[field]).most_common())
        )
    print(f"stances: {', '.join(f'{k} {v}' for k, v in Counter(x['stance'] for x in lines).most_common())}")
    print(f"families split between parts {len(split)}")
    print(f"near-duplicate pairs {len(pairs)}, lines {len({b for _, b, _ in pairs}) / len(lines):.2%}")
    print(f"lines of a template {template_share(lines):.2%}")
    if options.apart_from:
        print(f"within {TOO_NEAR_TO_CASES} of a case {len(too_near)} {too_near[:10]}")
    sys.exit(bool(split or too_near) or len({b for _, b, _ in pairs}) / len(lines) >= 0.01)


if __name__ == "__main__":
    main()
