"""Which engine finds the candidates: one pass over a 150-character SMS with 100, 1,000 and 10,000 rules.

    python benchmarks/matchers.py

Rules are invented: half plain phrases, half two words with a bounded gap. Compared: ours (Aho-Corasick finds
literals, RE2 confirms), Hyperscan (if installed), one google-re2 set, ahocorasick-rs alone (plain phrases only),
and Python's `re` one rule at a time.
"""

from __future__ import annotations

import random
import re
import statistics
import time
from collections.abc import Callable

import ahocorasick_rs
import re2

from compliance_guard.matching.finder import Automaton, Finder

TEXT = (
    "【示例银行】尊敬的客户,澄湖安享180天今日开放认购,风险等级r2,适合稳健型及以上投资者,1元起购,业绩比较基准2.1%-2.7%,"
    "由管理人测算得出,不代表未来表现和实际收益。本产品由澄湖理财发行,我行代销,不承担投资兑付责任。理财非存款,产品有风险,投资须谨慎。拒收请回复r"
)
COMMON = "本金收益保证承诺风险理财存款利息稳健安全放心到期年化基金保险贷款额度客户银行产品投资"


def make_rules(count: int, rng: random.Random) -> list[str]:
    """Half phrases, half gapped pairs, over a realistic alphabet."""

    def word() -> str:
        pool = COMMON if rng.random() < 0.3 else None
        return "".join(
            rng.choice(pool) if pool else chr(rng.randint(0x4E00, 0x7000)) for _ in range(rng.choice((2, 2, 3, 4)))
        )

    return list(dict.fromkeys(word() if i % 2 else f"{word()}.{{0,8}}{word()}" for i in range(count)))


def median_us(action: Callable[[], object], times: int) -> float:
    action()
    samples = []
    for _ in range(times):
        started = time.perf_counter_ns()
        action()
        samples.append(time.perf_counter_ns() - started)
    return statistics.median(samples) / 1e3


def ours(rules: list[str]) -> Callable[[], object]:
    automaton = Automaton()
    finders = [automaton.add(Finder([rule])) for rule in rules]
    automaton.freeze()

    def run() -> object:
        scan = automaton.scan(TEXT)
        return [f for f in (finders[i] for i in scan.finders) if f.found(scan, 0, len(TEXT))]

    return run


def hyperscan_engine(rules: list[str]) -> Callable[[], object] | None:
    try:
        import hyperscan
    except ImportError:
        return None
    database = hyperscan.Database()
    flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SOM_LEFTMOST
    expressions = [rule.encode() for rule in rules]
    database.compile(
        expressions=expressions, ids=list(range(len(rules))), elements=len(rules), flags=[flags] * len(rules)
    )
    data = TEXT.encode()

    def run() -> object:
        hits: list[object] = []
        database.scan(data, match_event_handler=lambda *hit: hits.append(hit))
        return hits

    return run


def re2_set(rules: list[str]) -> Callable[[], object]:
    options = re2.Options()
    options.max_mem = 1 << 30
    patterns = re2.Set.SearchSet(options)
    for rule in rules:
        patterns.Add(rule)
    patterns.Compile()
    return lambda: patterns.Match(TEXT)


def literals_only(rules: list[str]) -> Callable[[], object]:
    machine = ahocorasick_rs.AhoCorasick([r for r in rules if "." not in r])
    return lambda: machine.find_matches_as_indexes(TEXT, overlapping=True)


def python_re(rules: list[str]) -> Callable[[], object]:
    compiled = [re.compile(rule) for rule in rules]
    return lambda: [c for c in compiled if c.search(TEXT)]


def main() -> None:
    rng = random.Random(20261124)
    engines = {
        "ours": (ours, "Linux macOS Windows"),
        "hyperscan": (hyperscan_engine, "Linux macOS"),
        "re2.Set": (re2_set, "Linux macOS Windows; says which, not where"),
        "ahocorasick-rs": (literals_only, "Linux macOS Windows; plain phrases only"),
        "re": (python_re, "everywhere; can backtrack"),
    }
    print(f"{'rules':>7} {'engine':16}{'build ms':>10}{'scan µs':>10}  wheels")
    for count in (100, 1_000, 10_000):
        rules = make_rules(count, rng)
        for name, (make, wheels) in engines.items():
            started = time.perf_counter()
            run = make(rules)
            build = (time.perf_counter() - started) * 1000
            if run is None:
                print(f"{count:>7} {name:16}{'not installed':>20}")
                continue
            scan = median_us(run, 5 if name in {"re", "re2.Set"} and count > 1000 else 200)
            print(f"{count:>7} {name:16}{build:10.1f}{scan:10.1f}  {wheels}")


if __name__ == "__main__":
    main()
