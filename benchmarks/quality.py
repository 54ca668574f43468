"""Precision, recall, F1, false alarms and spans on labelled cases.

    python benchmarks/quality.py CASES.jsonl [MORE.jsonl …] [--misses] [--code claim.guarantee]

A finding counts when its severity is `review` or `block`. Per code: an expected code that is raised is a hit, one
that is not is a miss, any other raised code that is not in `allow` is a false alarm.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from compliance_guard import Reviewer

AS_OF = "2026-11-24"


def allowed(code: str, allow: list[str]) -> bool:
    return code in allow or f"{code.split('.')[0]}.*" in allow


def f1(tp: int, fp: int, fn: int) -> tuple[float, float, float]:
    precision = tp / (tp + fp) if tp + fp else 1.0
    recall = tp / (tp + fn) if tp + fn else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--misses", action="store_true", help="print every miss and false alarm")
    parser.add_argument("--code", help="print misses and false alarms of this code (prefix) only")
    parser.add_argument("--pack", action="append", default=[], help="a further rule pack")
    options = parser.parse_args()
    reviewer = Reviewer(packs=options.pack)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    clean = alarmed = flagged = violating = spans = spans_hit = 0
    total = 0
    for path in options.cases:
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            total += 1
            context = {"as_of": AS_OF, **case["context"]}
            report = reviewer.review(case["text"], **context)
            findings = [f for f in report.findings if f.severity != "advice"]
            raised = {f.category for f in findings}
            expect, allow = set(case["expect"]), case.get("allow", [])
            false_alarms = {c for c in raised - expect if not allowed(c, allow)}
            group = groups[case.get("set", path.stem)]
            for code in expect | false_alarms:
                outcome = "fp" if code in false_alarms else "tp" if code in raised else "fn"
                counts[code][outcome] += 1
                group[f"{code.split('.')[0]}.{outcome}"] += 1
            if expect:
                violating += 1
                flagged += bool(raised)
            else:
                clean += 1
                alarmed += bool(false_alarms)
                group["clean"] += 1
                group["alarmed"] += bool(false_alarms)
            for wanted in case.get("spans", []):
                if wanted["category"] not in raised:
                    continue
                start = case["text"].find(wanted["quote"])
                end = start + len(wanted["quote"])
                spans += 1
                spans_hit += any(
                    f.span and f.category == wanted["category"] and f.span.start < end and start < f.span.end
                    for f in findings
                )
            wrong = (expect - raised) | false_alarms
            if wrong and (options.misses or (options.code and any(c.startswith(options.code) for c in wrong))):
                print(f"\n{case['id']} {json.dumps(case['context'], ensure_ascii=False)}")
                print("  " + case["text"].replace("\n", "⏎"))
                if expect - raised:
                    print("  未报:", ", ".join(sorted(expect - raised)), "|", case.get("note", ""))
                for finding in findings:
                    if finding.category in false_alarms:
                        words = finding.span.text.replace("\n", "⏎") if finding.span else "—"
                        print(f"  误报: {finding.category} {finding.rule_id} [{words}]")
    print(f"\n{'code':34}{'tp':>5}{'fp':>5}{'fn':>5}{'P':>7}{'R':>7}{'F1':>7}")
    for code in sorted(counts):
        c = counts[code]
        p, r, f = f1(c["tp"], c["fp"], c["fn"])
        print(f"{code:34}{c['tp']:5}{c['fp']:5}{c['fn']:5}{p:7.2f}{r:7.2f}{f:7.2f}")
    print()
    for family in ("claim", "disclosure", "suitability", ""):
        c = sum((v for k, v in counts.items() if k.startswith(family)), Counter())
        p, r, f = f1(c["tp"], c["fp"], c["fn"])
        print(f"{family or 'all':12} micro P {p:.3f}  R {r:.3f}  F1 {f:.3f}   tp {c['tp']} fp {c['fp']} fn {c['fn']}")
    for name, g in sorted(groups.items()):
        p, r, f = f1(g["claim.tp"], g["claim.fp"], g["claim.fn"])
        clean_rate = f"{g['clean'] - g['alarmed']}/{g['clean']}" if g["clean"] else "-"
        print(f"  {name:20} claims P {p:.2f} R {r:.2f} F1 {f:.2f}   clean cases without alarm {clean_rate}")
    print(f"cases {total}: compliant {clean}, with a false alarm {alarmed} ({alarmed / max(clean, 1):.1%})")
    print(f"violating {violating}, flagged {flagged} ({flagged / max(violating, 1):.1%})")
    print(f"spans of raised claims hit {spans_hit}/{spans} ({spans_hit / max(spans, 1):.1%})")


if __name__ == "__main__":
    main()
