"""Precision, recall, F1, false alarms and spans on labelled cases.

    python benchmarks/quality.py CASES.jsonl [MORE.jsonl …] [--misses] [--code claim.guarantee] [--only SOURCE]

`--only both` (default) is the reviewer as it is; `rules` has the classifier off; `classifier` counts only what the
classifier finds by itself (disclosures, suitability and consent are rules in any case).

A finding counts when its severity is `review` or `block`. Per code: an expected code that is raised is a hit, one
that is not is a miss, any other raised code that is not in `allow` is a false alarm.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from compliance_guard import Finding, Report, Reviewer

AS_OF = "2026-11-24"


def allowed(code: str, allow: list[str]) -> bool:
    return code in allow or f"{code.split('.', maxsplit=1)[0]}.*" in allow


def f1(tp: int, fp: int, fn: int) -> tuple[float, float, float]:
    precision = tp / (tp + fp) if tp + fp else 1.0
    recall = tp / (tp + fn) if tp + fn else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


class Tally:
    """Counts over all cases."""

    def __init__(self) -> None:
        self.codes: dict[str, Counter[str]] = defaultdict(Counter)
        self.groups: dict[str, Counter[str]] = defaultdict(Counter)
        self.clean = self.alarmed = self.violating = self.flagged = self.spans = self.spans_hit = 0

    def add(self, case: dict[str, Any], report: Report, group: str) -> tuple[set[str], set[str]]:
        """Count one case; returns what was missed and what was raised wrongly."""
        findings = [f for f in report.findings if f.severity != "advice"]
        raised = {f.category for f in findings}
        expect = set(case["expect"])
        false_alarms = {c for c in raised - expect if not allowed(c, case.get("allow", []))}
        counts = self.groups[group]
        for code in expect | false_alarms:
            outcome = "fp" if code in false_alarms else "tp" if code in raised else "fn"
            self.codes[code][outcome] += 1
            counts[f"{code.split('.')[0]}.{outcome}"] += 1
        if expect:
            self.violating += 1
            self.flagged += bool(raised)
        else:
            self.clean += 1
            self.alarmed += bool(false_alarms)
            counts["clean"] += 1
            counts["alarmed"] += bool(false_alarms)
        for wanted in case.get("spans", []):
            if wanted["category"] in raised:
                self.spans += 1
                self.spans_hit += any(_overlaps(case["text"], wanted, f) for f in findings)
        return expect - raised, false_alarms

    def print(self) -> None:
        """The tables."""
        print(f"\n{'code':34}{'tp':>5}{'fp':>5}{'fn':>5}{'P':>7}{'R':>7}{'F1':>7}")
        for code in sorted(self.codes):
            c = self.codes[code]
            p, r, f = f1(c["tp"], c["fp"], c["fn"])
            print(f"{code:34}{c['tp']:5}{c['fp']:5}{c['fn']:5}{p:7.2f}{r:7.2f}{f:7.2f}")
        print()
        for family in ("claim", "disclosure", "suitability", ""):
            c = self.family(family)
            p, r, f = f1(c["tp"], c["fp"], c["fn"])
            tail = f"tp {c['tp']} fp {c['fp']} fn {c['fn']}"
            print(f"{family or 'all':12} micro P {p:.3f}  R {r:.3f}  F1 {f:.3f}   {tail}")
        for name, g in sorted(self.groups.items()):
            p, r, f = f1(g["claim.tp"], g["claim.fp"], g["claim.fn"])
            clean = f"{g['clean'] - g['alarmed']}/{g['clean']}" if g["clean"] else "-"
            print(f"  {name:20} claims P {p:.2f} R {r:.2f} F1 {f:.2f}   clean cases without alarm {clean}")
        rate = self.alarmed / max(self.clean, 1)
        print(f"compliant {self.clean}, with a false alarm {self.alarmed} ({rate:.1%})")
        print(f"violating {self.violating}, flagged {self.flagged} ({self.flagged / max(self.violating, 1):.1%})")
        print(
            f"spans of raised claims hit {self.spans_hit}/{self.spans} ({self.spans_hit / max(self.spans, 1):.1%})"
        )

    def family(self, prefix: str) -> Counter[str]:
        """Counts of all codes of a family."""
        return sum((v for k, v in self.codes.items() if k.startswith(prefix)), Counter())


def _overlaps(text: str, wanted: dict[str, str], finding: Finding) -> bool:
    if finding.span is None or finding.category != wanted["category"]:
        return False
    start = text.find(wanted["quote"])
    return finding.span.start < start + len(wanted["quote"]) and start < finding.span.end


class OnlyClassifier:
    """A reviewer that is deaf to the rules' claims."""

    def __init__(self, reviewer: Reviewer) -> None:
        self.reviewer = reviewer
        engine = reviewer.engine
        engine.compiled = [
            c for c in engine.compiled if c.rule.kind == "classified" or not c.rule.category.startswith("claim.")
        ]

    def review(self, text: str, **context: Any) -> Report:
        """What is found then."""
        return self.reviewer.review(text, **context)


def measure(
    reviewer: Reviewer | OnlyClassifier, paths: list[Path], show: Callable[..., None] | None = None
) -> Tally:
    """Review every case of some files and count."""
    tally = Tally()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            report = reviewer.review(case["text"], **{"as_of": AS_OF, **case["context"]})
            missed, wrong = tally.add(case, report, case.get("set", path.stem))
            if show is not None and (missed or wrong):
                show(case, report, missed, wrong)
    return tally


def print_case(case: dict[str, Any], report: Report, missed: set[str], wrong: set[str]) -> None:
    """One case with what went wrong."""
    print(f"\n{case['id']} {json.dumps(case['context'], ensure_ascii=False)}")
    print("  " + case["text"].replace("\n", "⏎"))
    if missed:
        print("  未报:", ", ".join(sorted(missed)), "|", case.get("note", ""))
    for finding in report.findings:
        if finding.category in wrong:
            words = finding.span.text.replace("\n", "⏎") if finding.span else "—"
            print(f"  误报: {finding.category} {finding.rule_id} [{words}]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--misses", action="store_true", help="print every miss and false alarm")
    parser.add_argument("--code", help="print misses and false alarms of this code (prefix) only")
    parser.add_argument("--pack", action="append", default=[], help="a further rule pack")
    parser.add_argument("--only", choices=("both", "rules", "classifier"), default="both")
    parser.add_argument("--model", type=Path, help="a model folder; default the one that ships")
    options = parser.parse_args()

    def show(case: dict[str, Any], report: Report, missed: set[str], wrong: set[str]) -> None:
        if options.misses or (options.code and any(c.startswith(options.code) for c in missed | wrong)):
            print_case(case, report, missed, wrong)

    classifier = "off" if options.only == "rules" else options.model
    reviewer = Reviewer(packs=options.pack, suggest=False, classifier=classifier)
    measure(OnlyClassifier(reviewer) if options.only == "classifier" else reviewer, options.cases, show).print()


if __name__ == "__main__":
    main()
