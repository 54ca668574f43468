"""An example plugin: everything a firm may want to add, in one file.

It brings a rule pack (the firm's own house rule on red packets), a check in code (no copy without a campaign code),
an output format (a count a category), and a channel that the firm has (a branch kiosk).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from compliance_guard import Finding, hookimpl
from compliance_guard.protocols import Result
from compliance_guard.rules.case import Case
from compliance_guard.rules.engine import Engine


class CampaignCode:
    """Copy for the kiosk carries the campaign's code in `product.facts`."""

    id = "campaign_code"

    def lacking(self, case: Case) -> str | None:
        """Only the kiosk needs it."""
        return None

    def run(self, case: Case, engine: Engine) -> Iterable[Finding]:
        """Ask a person where the code is missing."""
        product = case.request.product
        if case.request.channel == "kiosk" and (product is None or "campaign" not in product.facts):
            yield Finding(
                category="disclosure.sender",
                severity="review",
                rule_id="HONGBAO01",
                source="hongbao",
                message="自助机文案没有活动编号;事后无法追溯是谁发布的。建议:在 product.facts.campaign 填写编号",
            )


class ByCategory:
    """`category<TAB>count`."""

    id = "by-category"

    def write(self, results: Sequence[Result], *, colour: bool) -> str:
        """Counts of all findings, most first."""
        counts = Counter(f.category for r in results if r.report for f in r.report.findings)
        return "".join(f"{category}\t{count}\n" for category, count in sorted(counts.items()))


@hookimpl
def provide_rulepacks() -> list[Path]:
    """The house rule."""
    return [Path(__file__).parent / "rulepack"]


@hookimpl
def provide_checks() -> list[CampaignCode]:
    """The check."""
    return [CampaignCode()]


@hookimpl
def provide_reporters() -> list[ByCategory]:
    """The output format."""
    return [ByCategory()]


@hookimpl
def provide_vocabulary() -> Mapping[str, Iterable[str]]:
    """The channel."""
    return {"channel": ["kiosk"]}
