"""How many copies with findings get a rewrite, and whether each one offered passes review again.

    python benchmarks/rewrites.py CASES.jsonl [MORE.jsonl …]

Over the examples of all packs and the labelled cases given: a copy counts as offered where a finding carries a
suggestion, or `rewrite()` passes; the rewritten copy is then reviewed afresh.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compliance_guard import Reviewer
from compliance_guard.rewriting import is_in_copy
from compliance_guard.rules.examples import default_context

AS_OF = "2026-11-24"


def examples(reviewer: Reviewer) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every example of every rule, with its context."""
    for pack, rule in reviewer.engine.library.rules:
        for example in (*rule.violates, *rule.complies):
            given = {"text": example} if isinstance(example, str) else dict(example)
            context = {**default_context(pack, rule), **given}
            if isinstance(context.get("text"), str):
                yield context.pop("text"), context


def cases(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The copies of a file of labelled cases."""
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        yield case["text"], {"as_of": AS_OF, **case["context"]}


def measure(reviewer: Reviewer, name: str, copies: Iterator[tuple[str, dict[str, Any]]]) -> None:
    """One line of the table."""
    count: Counter[str] = Counter()
    took: list[float] = []
    for text, context in copies:
        started = time.perf_counter()
        report = reviewer.review(text, **context)
        took.append((time.perf_counter() - started) * 1e3)
        findings = [f for f in report.findings if is_in_copy(f)]
        if not findings:
            continue
        rewrite = reviewer.rewrite(text, **context)
        suggested = any(f.suggestion for f in findings)
        count["copies"] += 1
        count["offered"] += rewrite.passes
        again = reviewer.review(rewrite.text, **context).findings
        count["passing"] += rewrite.passes and not any(map(is_in_copy, again))
        count["suggested, no rewrite"] += suggested and not rewrite.passes
        count["wants a fact"] += not rewrite.passes and any("needs_facts" in f.evidence for f in findings)
    offered, passing = count["offered"] / max(1, count["copies"]), count["passing"] / max(1, count["offered"])
    print(
        f"{name:28} {count['copies']:5} with findings   rewritten {count['offered']:5} ({offered:.1%})   "
        f"of these passing {count['passing']:5} ({passing:.1%})   "
        f"suggestions without a rewrite {count['suggested, no rewrite']}   "
        f"for want of a fact {count['wants a fact']}   review {statistics.median(took):.2f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", type=Path)
    options = parser.parse_args()
    reviewer = Reviewer()
    measure(reviewer, "examples of the packs", examples(reviewer))
    for path in options.cases:
        measure(reviewer, path.stem, cases(path))


if __name__ == "__main__":
    main()
