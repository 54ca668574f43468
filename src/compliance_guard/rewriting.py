"""Rewrites: the copy mended by the findings' own wordings, and offered only if it passes review again.

Personal data is starred in place. A claim goes with its clause, or with its sentence where half a sentence will not
do, and the compliant wording stands in its place; a missing disclosure is put where it belongs. What was mended is
reviewed, and mended again, until nothing is found in the copy or there is no more that could be done; then nothing
is offered.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from compliance_guard.domain import Finding, Frozen, Request
from compliance_guard.masking import CATEGORY as PERSONAL_DATA
from compliance_guard.masking import hidden, masked
from compliance_guard.reading.fold import TAG, fold_phrase, is_chinese
from compliance_guard.reading.reading import Reading

MAX_ROUNDS = 6
"""How often one copy is mended and reviewed."""

_CLAUSE_WITH_WORDING, _SENTENCE_WITH_WORDING, _SENTENCE_AWAY = range(3)

_OPEN_END = re.compile(r"[,，;；、:：\-—~～\s]+$")
_CLOSED_END = re.compile(r"[。！？!?…”』」）)】\.]$")
_LEADING = re.compile(r"^\s*(?:所以|因此|因而|而且|并且|况且|但是?|不过|另外|然而|那么|于是)[,，]?")
_HALF = re.compile(
    r"(?:只要|只有|如果|要是|若|因为|由于|虽然|尽管|即使|哪怕|不但|不仅|无论|不管|除了|与其|一旦|当)[^,，]*[,，]?\s*$"
)
LEAST_REST = 8
"""Ideographs that the rest of a sentence must have to be worth keeping."""


class Mended(Frozen):
    """What one finding led to.

    Attributes:
        rule_id, category: the finding's.
        start, end: its place in the copy as given; null for an omission, and for what only the mended copy showed.
        wording: what the new copy says in its place; null where its words were only taken out.
    """

    rule_id: str
    category: str
    start: int | None
    end: int | None
    wording: str | None


class Rewrite(Frozen):
    """A copy that passes review, or the copy as it was.

    Attributes:
        text: the copy to use.
        passes: whether `text` passes: no claim, disclosure or product fact in it asks for review any more.
        mended: what was done, in the order in which it was done; empty if nothing had to be or could be.
        remaining: findings in the copy that stand in the way, if it does not pass.
    """

    text: str
    passes: bool
    mended: tuple[Mended, ...] = ()
    remaining: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A copy that was read, and what was found in it that is for its writer to mend."""

    reading: Reading
    findings: tuple[Finding, ...]


Look = Callable[[Request], Seen]


def is_in_copy(finding: Finding) -> bool:
    """Whether the copy can mend it: not whom it goes to, nor a mere advice."""
    family = finding.category.partition(".")[0]
    mismatch = finding.category == "suitability.copy_product_mismatch"
    return finding.severity != "advice" and (family in ("claim", "disclosure") or mismatch)


def rewrite(request: Request, look: Look) -> Rewrite:
    """Mend a copy until it passes, or give it back as it was.

    Args:
        request: the copy in its context.
        look: reads and judges a request.
    """
    first = seen = look(request)
    text, mended, depth = request.text, list[Mended](), _CLAUSE_WITH_WORDING
    for _ in range(MAX_ROUNDS):
        if not seen.findings or request.layout or _beyond_words(seen):
            break  # a layout given with the copy tells of places that would move
        text, done = _mend(text, seen, depth)
        if not done:
            break
        if any(f.span for f in seen.findings):  # what is still found next round needs a deeper cut
            depth = min(depth + 1, _SENTENCE_AWAY)
        mended += done if seen is first else [m.model_copy(update={"start": None, "end": None}) for m in done]
        seen = look(request.model_copy(update={"text": text}))
    if seen.findings or not (text == request.text or any(map(is_chinese, seen.reading.text))):
        return Rewrite(text=request.text, passes=False, remaining=masked(first.findings, first.reading))
    plain = fold_phrase(text)
    kept = (m if m.wording and fold_phrase(m.wording).strip("。") in plain else _mute(m) for m in mended)
    return Rewrite(text=text, passes=True, mended=tuple(kept))


def _beyond_words(seen: Seen) -> bool:
    """Whether only omissions are left, and one of them lacks a fact that no wording makes up for."""
    return all(f.span is None for f in seen.findings) and any(f.suggestion is None for f in seen.findings)


def _mute(mended: Mended) -> Mended:
    return mended.model_copy(update={"wording": None})


def _mend(text: str, seen: Seen, depth: int) -> tuple[str, list[Mended]]:
    """One round: personal data, then claims, then omissions: a duty that a claim brought about goes with it."""
    if pointed := [f for f in seen.findings if f.span is not None]:
        return _without_claims(text, seen.reading, pointed, depth)
    return _with_disclosures(text, seen.reading, seen.findings)


def _without_claims(
    text: str, reading: Reading, findings: Sequence[Finding], depth: int
) -> tuple[str, list[Mended]]:
    exposed = [f for f in findings if f.category == PERSONAL_DATA]
    if exposed and (starred := hidden(text, exposed)) != text:  # the rest next round
        return starred, [_mended(f, starred[f.span.start : f.span.end]) for f in exposed if f.span]
    sentences, clauses = reading.sentences, reading.clauses
    dropped: set[int] = set()  # clauses
    wordings: dict[int, dict[str, str]] = {}  # sentence → what to say after it, one wording for each category
    placed: list[tuple[Finding, int]] = []  # with the sentence after which its wording comes
    for finding in sorted(findings, key=lambda f: f.severity):  # block before review
        assert finding.span is not None
        wording = finding.suggestion if depth < _SENTENCE_AWAY else None
        start, end = _folded_span(reading, finding.span.start, finding.span.end)
        first, last = sentences.index(start), sentences.index(end - 1)
        if depth > _CLAUSE_WITH_WORDING:
            start, end = sentences.span(first)[0], sentences.span(last)[1]
        dropped.update(range(clauses.index(start), clauses.index(end - 1) + 1))
        placed.append((finding, last))
        if wording is not None:
            wordings.setdefault(last, {}).setdefault(finding.category, wording)
    said = {fold_phrase(text)}
    pieces: list[str] = []
    for index, (start, end) in enumerate(sentences):
        own = range(clauses.index(start), clauses.index(end - 1) + 1)
        whole = text[_place(reading, start) if index else 0 : _place(reading, end)]
        if not dropped.isdisjoint(own):
            parts = {c: text[slice(*(_place(reading, p) for p in clauses.span(c)))] for c in own}
            tags = "".join(tag.group() for c in own if c in dropped for tag in TAG.finditer(parts[c]))
            rest = _rest(part for c, part in parts.items() if c not in dropped)
            pieces.append(
                rest + _joined(wordings.get(index, {}).values(), said) + tags + whole[len(whole.rstrip()) :]
            )
        else:
            pieces.append(whole)
    return "".join(pieces), [_mended(f, wordings.get(last, {}).get(f.category)) for f, last in placed]


def _mended(finding: Finding, wording: str | None) -> Mended:
    start, end = (finding.span.start, finding.span.end) if finding.span else (None, None)
    return Mended(rule_id=finding.rule_id, category=finding.category, start=start, end=end, wording=wording)


def _rest(kept: Iterable[str]) -> str:
    """What stays of a sentence, ended properly; nothing if it says nothing by itself."""
    body = _HALF.sub("", _OPEN_END.sub("", _LEADING.sub("", "".join(kept))).rstrip()).rstrip()
    body = _OPEN_END.sub("", body)
    if sum(map(is_chinese, fold_phrase(body))) < LEAST_REST:
        return ""
    return body if _CLOSED_END.search(body) else body + "。"


def _joined(wordings: Iterable[str], said: set[str]) -> str:
    """Wordings one after the other, each said once in a copy."""
    joined = ""
    for wording in wordings:
        plain = fold_phrase(wording).strip("。")
        if not any(plain in other for other in said):
            said.add(plain)
            joined += wording if _CLOSED_END.search(wording) else wording + "。"
    return joined


def _with_disclosures(text: str, reading: Reading, findings: Sequence[Finding]) -> tuple[str, list[Mended]]:
    end = reading.folded.ends[-1] if reading.text else len(text)
    done: list[Mended] = []
    head = ""
    added: dict[int, list[str]] = {}  # where in the copy → what is said there
    for finding in sorted(findings, key=lambda f: f.category == "disclosure.opt_out"):
        if finding.suggestion is None:
            continue
        done.append(_mended(finding, finding.suggestion))
        if finding.evidence.get("place") == "start":
            head += finding.suggestion
        else:
            added.setdefault(finding.evidence.get("beside", end), []).append(finding.suggestion)
    said: set[str] = set()
    for place in sorted(added, reverse=True):  # places in front stay as they are
        body, rest = text[:place].rstrip(), text[place:]
        space = text[len(body) : place]
        if body and not _CLOSED_END.search(body):
            body = _OPEN_END.sub("", body) + "。"
        text = body + _joined(added[place], said) + space + rest
    return head + text, done


def _place(reading: Reading, position: int) -> int:
    """Where in the copy a folded position stands."""
    starts = reading.folded.starts
    return starts[position] if position < len(starts) else len(reading.original)


def _folded_span(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """The folded code points that stand for a span of the copy."""
    folded = reading.folded
    first = bisect_right(folded.ends, start)
    last = bisect_left(folded.starts, end)
    length = len(folded.text)
    first = min(first, max(0, length - 1))
    return first, max(first + 1, last)
