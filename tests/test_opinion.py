"""Rules and classifier together, with a classifier that says what each test wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import compliance_guard
from compliance_guard import Finding, Report, Reviewer
from compliance_guard.domain import ModelRef
from compliance_guard.opinion import Band, Said, Sentence
from tests.conftest import TODAY

BANDS = {
    "claim.guarantee": Band(veto=0.1, review=0.5, block=0.9),
    "claim.superlative": Band(veto=0.1, review=0.5, block=0.9),
    "claim.urgency": Band(veto=0.1, review=0.5, block=2.0),
    "risk_warning": Band(veto=0.05, review=0.8, block=2.0),
}
FUND = {"kind": "public_fund"}


class Scripted:
    """Says of a sentence what it is told to."""

    id = "scripted"

    def __init__(self, says: Callable[[Sentence], Said]) -> None:
        self.says = says
        self.asked: list[Sentence] = []

    def available(self) -> bool:
        return True

    def ref(self) -> ModelRef:
        return ModelRef(id="scripted", digest="0" * 64)

    def bands(self) -> Mapping[str, Band]:
        return BANDS

    def read(self, sentences: Sequence[Sentence]) -> list[Said]:
        self.asked += sentences
        return [self.says(s) for s in sentences]

    @compliance_guard.hookimpl
    def provide_classifiers(self) -> list[Scripted]:
        return [self]


def judged(text: str, says: Callable[[Sentence], Said], **context: object) -> Report:
    reviewer = Reviewer(plugins=[Scripted(says)], discover=False)
    return reviewer.review(text, **{"as_of": TODAY, "excerpt": True, "product": FUND, **context})


def of(report: Report, category: str) -> list[Finding]:
    return [f for f in report.findings if f.category == category]


def claims(**probabilities: float) -> Callable[[Sentence], Said]:
    told = {f"claim.{name}": p for name, p in probabilities.items()}
    return lambda s: Said(claims=told, carried_by=dict.fromkeys(told, (2, 5))) if "河" in s.text else Said()


PLAIN = "今天天气不错。我们在河边散步。"


def test_what_the_classifier_alone_reads_asks_for_a_person_and_points_at_the_words() -> None:
    report = judged(PLAIN, claims(guarantee=0.6))
    [finding] = of(report, "claim.guarantee")
    assert (finding.severity, finding.source, finding.confidence) == ("review", "classifier", 0.6)
    assert finding.span is not None
    assert finding.span.text == PLAIN[finding.span.start : finding.span.end] == "在河边"
    assert finding.legal_basis
    assert report.verdict == "review"


def test_it_blocks_alone_only_where_it_is_sure_and_the_claim_is_one_that_blocks() -> None:
    [sure] = of(judged(PLAIN, claims(guarantee=0.95)), "claim.guarantee")
    [never] = of(judged(PLAIN, claims(urgency=0.99)), "claim.urgency")
    assert (sure.severity, never.severity) == ("block", "review")


def test_below_its_band_it_says_nothing() -> None:
    assert judged(PLAIN, claims(guarantee=0.49)).verdict == "pass"


def test_what_both_find_is_told_once_and_surer() -> None:
    text = "这款基金保本保收益。"
    alone = judged(text, lambda s: Said())
    both = judged(text, lambda s: Said({"claim.guarantee": 0.8}, carried_by={"claim.guarantee": (4, 9)}))
    [ruled], [joined] = of(alone, "claim.guarantee"), of(both, "claim.guarantee")
    assert joined.source == "rule"
    assert joined.confidence > ruled.confidence
    assert joined.evidence["classifier"] == 0.8


def test_a_weak_hit_that_the_classifier_is_sure_is_none_is_advice() -> None:
    reviewer = Reviewer(classifier="off", discover=False)
    for _, rule in reviewer.engine.library.rules:
        if (rule.category, rule.severity) == ("claim.superlative", "review") and rule.id.startswith("CG"):
            text = next(e for e in rule.violates if isinstance(e, str))
            break
    alone = of(reviewer.review(text, as_of=TODAY, excerpt=True, product=FUND), "claim.superlative")
    assert alone, text
    assert alone[0].severity == "review"
    [overruled] = of(judged(text, lambda s: Said()), "claim.superlative")
    assert overruled.severity == "advice"
    assert overruled.evidence["overruled"] is True


def test_a_hit_that_blocks_is_never_overruled() -> None:
    [finding] = of(judged("这款基金保本保收益。", lambda s: Said()), "claim.guarantee")
    assert finding.severity == "block"


def test_a_warning_in_words_that_no_rule_knows_counts() -> None:
    text = "成长先锋基金今日开售,欢迎了解。这只船出海,有时候会把船票钱也赔进去。"
    context = {"excerpt": False, "channel": "web_page"}
    silent = judged(text, lambda s: Said(), **context)
    heard = judged(text, lambda s: Said(discloses={"risk_warning": 0.9} if "船票" in s.text else {}), **context)
    assert of(silent, "disclosure.risk_warning")
    assert not of(heard, "disclosure.risk_warning")


def test_a_warning_that_the_classifier_is_sure_is_none_does_not_count() -> None:
    text = "成长先锋基金今日开售,欢迎了解。基金有风险,投资须谨慎。"
    context = {"excerpt": False, "channel": "web_page"}
    serious = judged(text, lambda s: Said(discloses={"risk_warning": 0.9}), **context)
    mocked = judged(text, lambda s: Said(), **context)
    assert not of(serious, "disclosure.risk_warning")
    assert of(mocked, "disclosure.risk_warning")


def test_it_is_given_each_sentence_with_the_one_before_and_the_offer() -> None:
    scripted = Scripted(lambda s: Said())
    reviewer = Reviewer(plugins=[scripted], discover=False)
    product = {"kind": "insurance", "subkind": "annuity"}
    reviewer.review(" 您好。\n這款保險,到期领取!", product=product, channel="sms", as_of=TODAY)
    assert scripted.asked[:2] == [
        Sentence("您好。", "", "insurance/annuity", "sms"),
        Sentence("这款保险,到期领取!", "您好。", "insurance/annuity", "sms"),
    ]


def test_without_a_classifier_the_rules_judge_and_the_report_says_so() -> None:
    report = Reviewer(classifier="off", discover=False).review("保本保收益的基金", as_of=TODAY)
    assert report.verdict == "block"
    assert report.provenance.model is None
    assert [n.reason for n in report.not_evaluated if n.check == "classifier"] == ["分类器已关闭,只按规则审查"]
