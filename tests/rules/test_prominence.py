"""A disclosure that is there and cannot be seen: one finding, with the numbers; one that can: none."""

from __future__ import annotations

from typing import Any

import pytest

from compliance_guard import Finding, Reviewer
from tests.conftest import TODAY

WEALTH: dict[str, Any] = {"channel": "web_page", "product": {"kind": "wealth_management"}, "as_of": TODAY}
CLAIM = "净值理财一元起购。"
WARNING = "理财非存款,产品有风险,投资须谨慎。"


def found(reviewer: Reviewer, text: str, **context: Any) -> list[Finding]:
    report = reviewer.review(text, **WEALTH | context)
    return [f for f in report.findings if f.category in {"disclosure.prominence", "disclosure.risk_warning"}]


def test_one_finding_with_the_numbers(reviewer: Reviewer) -> None:
    text = f"<h1>{CLAIM}</h1><p style='font-size:7px;color:#ddd'>{WARNING}</p>"
    (finding,) = found(reviewer, text)
    assert finding.category == "disclosure.prominence"
    assert finding.span is not None
    assert text[finding.span.start : finding.span.end] == finding.span.text
    assert finding.evidence["of"] == "disclosure.risk_warning"
    assert finding.evidence["size"] == 5.25
    assert finding.evidence["claim_size"] == 24
    assert finding.evidence["contrast"] < 3 < finding.evidence["body_contrast"]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (f"<p>{CLAIM}</p><p hidden>{WARNING}</p>", "hidden"),
        (f"<p>{CLAIM}</p><img alt='{WARNING}'>", "alt"),
        (f"<p>{CLAIM}</p><!-- {WARNING} -->", "comment"),
        (f"{CLAIM}\n\n<details><summary>其他</summary>{WARNING}</details>", "collapsed"),
        (f"{CLAIM} ~~{WARNING}~~", "struck"),
        (f"{CLAIM}理|财|非|存|款|产|品|有|风|险|投|资|须|谨|慎", "torn"),
    ],
)
def test_what_cannot_be_seen_is_not_called_missing(reviewer: Reviewer, text: str, how: str) -> None:
    (finding,) = found(reviewer, text)
    assert (finding.category, finding.evidence["shown"]) == ("disclosure.prominence", how)


def test_one_clear_place_is_enough(reviewer: Reviewer) -> None:
    assert found(reviewer, f"<p>{CLAIM}{WARNING}</p><p style='font-size:5px'>{WARNING}</p>") == []


def test_what_is_missing_is_missing(reviewer: Reviewer) -> None:
    (finding,) = found(reviewer, f"<p>{CLAIM}</p><p hidden>更多精彩</p>")
    assert finding.category == "disclosure.risk_warning"


def test_a_big_headline_does_not_make_legible_text_tiny(reviewer: Reviewer) -> None:
    assert found(reviewer, f"<h1 style='font-size:60px'>{CLAIM}</h1><p style='font-size:14px'>{WARNING}</p>") == []


@pytest.mark.parametrize(("distance", "expected"), [(1_000, 0), (2_500, 1)])
def test_far_behind_is_buried(reviewer: Reviewer, distance: int, expected: int) -> None:
    story = "湖边芦苇黄了,孩子们追着风筝跑。" * (distance // 16)
    findings = found(reviewer, f"{CLAIM}\n{story}\n{WARNING}")
    assert len(findings) == expected
    assert all(f.evidence["distance"] > 1_500 for f in findings)


def test_the_request_may_say_how_it_looks(reviewer: Reviewer) -> None:
    text = CLAIM + WARNING
    runs = [{"start": 0, "end": len(CLAIM), "size": 40}, {"start": len(CLAIM), "end": len(text), "size": 5}]
    (finding,) = found(reviewer, text, channel="poster", layout=runs)
    assert finding.evidence["claim_size"] == 40
    assert found(reviewer, text, channel="poster") == []


def test_an_excerpt_owes_nothing(reviewer: Reviewer) -> None:
    assert found(reviewer, f"<p hidden>{CLAIM}{WARNING}</p>", excerpt=True) == []
