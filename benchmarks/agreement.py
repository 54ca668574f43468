"""How far two people agree who labelled the same sentences apart: Cohen's kappa for each label.

    python benchmarks/agreement.py FIRST.jsonl [MORE.jsonl …] --second SECOND.jsonl

Lines are joined by `id`. Kappa is 1 where they agree always, 0 where they agree as chance would have it.
Source: J. Cohen, A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20 (1960).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Cohen's kappa of two labellings of the same items; 1 if both give one label only."""
    total = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / total
    one, other = Counter(first), Counter(second)
    chance = sum(one[label] * other[label] for label in one) / total**2
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


def read(paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Labelled lines by id."""
    lines = (json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line)
    return {line["id"]: line for line in lines}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", nargs="+", type=Path)
    parser.add_argument("--second", type=Path, required=True)
    options = parser.parse_args()
    first, second = read(options.first), read([options.second])
    ids = sorted(first.keys() & second.keys())
    print(f"{len(ids)} sentences labelled twice")
    for field in ("labels", "discloses"):
        names = sorted({name for i in ids for name in (*first[i][field], *second[i][field])})
        print(f"\n{field:32}{'first':>7}{'second':>8}{'both':>6}{'kappa':>8}")
        for name in names:
            a = [name in first[i][field] for i in ids]
            b = [name in second[i][field] for i in ids]
            both = sum(x and y for x, y in zip(a, b, strict=True))
            print(f"{name:32}{sum(a):7}{sum(b):8}{both:6}{kappa(a, b):8.2f}")
    for name, value in (
        ("any label", lambda line: bool(line["labels"])),
        ("stance", lambda line: line["stance"]),
    ):
        print(f"\n{name:32}{'':21}{kappa([value(first[i]) for i in ids], [value(second[i]) for i in ids]):8.2f}")


if __name__ == "__main__":
    main()
