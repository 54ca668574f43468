"""Contract tests for plugin authors; our own parts pass the same ones.

from compliance_guard.testing import check_segmenter
def test_my_segmenter():
    check_segmenter(MySegmenter())
"""

from __future__ import annotations

import json
from pathlib import Path

from compliance_guard.api import Reviewer
from compliance_guard.opinion import Sentence
from compliance_guard.protocols import Check, Classifier, Document, Reader, Reporter, Result, Segmenter

SAMPLES = (
    "",
    "本产品不保证本金和收益。",
    "保本保息!年化4.5%,R2起购1万元\n【示例银行】拒收请回复R",
    "🎉 emoji, English 与 繁體 mixed\u3000全角",
    "\u202eRLO\u200b零宽",
)


def check_segmenter(segmenter: Segmenter) -> None:
    """Words tile the text in order.

    Raises:
        AssertionError: naming the text that does not come back.
    """
    assert isinstance(segmenter, Segmenter), f"{segmenter!r} 不符合 Segmenter"
    for text in SAMPLES:
        words = segmenter.cut(text)
        assert "".join(words) == text, f"{segmenter.id}: 词接不回原文 {text!r}"
        assert all(words), f"{segmenter.id}: 有空词 {text!r}"


def check_check(check: Check) -> None:
    """It runs on any sample, and its findings point into the copy.

    Raises:
        AssertionError: naming the sample.
    """
    assert isinstance(check, Check), f"{check!r} 不符合 Check"
    reviewer = Reviewer(discover=False)

    for text in SAMPLES:
        request = reviewer.request(text=text, as_of="2026-11-24")
        case = reviewer.engine.case(request, list)
        for finding in check.run(case, reviewer.engine):
            if finding.span is not None:
                start, end = finding.span.start, finding.span.end
                assert text[start:end] == finding.span.text, f"{check.id}: 位置与原文不符 {text!r}"


def check_classifier(classifier: Classifier) -> None:
    """It answers each sample sentence with probabilities of labels it has bands for, the same in any company.

    Raises:
        AssertionError: naming the sentence.
    """
    assert isinstance(classifier, Classifier), f"{classifier!r} 不符合 Classifier"
    bands = classifier.bands()
    for label, band in bands.items():
        assert 0 <= band.veto <= band.review, f"{classifier.id}: {label} 的界线须递增"
    sentences = [Sentence(text, "前一句。", "public_fund", "sms") for text in SAMPLES if text]
    together = classifier.read(sentences)
    for sentence, said in zip(sentences, together, strict=True):
        assert [said] == list(classifier.read([sentence])), f"{classifier.id}: 单独读与一起读不同 {sentence.text!r}"
        for label, probability in (*said.claims.items(), *said.discloses.items()):
            assert label in bands, f"{classifier.id}: {label} 没有界线"
            assert 0 <= probability <= 1, f"{classifier.id}: {label} 的概率不在 0 到 1 之间"
        for label, (start, end) in said.carried_by.items():
            assert 0 <= start < end <= len(sentence.text), f"{classifier.id}: {label} 的位置不在句中"


def check_reader(reader: Reader, text: str) -> None:
    """It reads a sample of its own format, and documents carry text and place.

    Raises:
        AssertionError: naming what is wrong.
    """
    assert isinstance(reader, Reader), f"{reader!r} 不符合 Reader"
    assert all(s.startswith(".") and s == s.lower() for s in reader.suffixes), f"{reader.id}: 后缀须小写并带点"
    for document in reader.read(Path("sample" + reader.suffixes[0]), text):
        assert isinstance(document, Document), f"{reader.id}: 须给出 Document"
        assert document.line >= 1, f"{reader.id}: 行号从 1 起"


def check_reporter(reporter: Reporter) -> None:
    """It writes any result, an unreadable file among them, and no terminal control where none is wanted.

    Raises:
        AssertionError: naming what is wrong.
    """
    assert isinstance(reporter, Reporter), f"{reporter!r} 不符合 Reporter"
    reviewer = Reviewer(discover=False)
    results = [
        Result("样例.txt", Document(text), reviewer.review(text, as_of="2026-11-24")) for text in SAMPLES[1:]
    ]
    results.append(Result("坏\x1b[31m.txt", error="不是 UTF-8 编码\x1b[0m"))
    output = reporter.write(results, colour=False)
    assert isinstance(output, str), f"{reporter.id}: 须给出文字"
    assert "\x1b" not in output, f"{reporter.id}: 输出里有未转义的控制字符"
    if reporter.id == "json":
        assert len(json.loads(output)["results"]) == len(results)


__all__ = ["check_check", "check_classifier", "check_reader", "check_reporter", "check_segmenter"]
