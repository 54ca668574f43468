"""What a report may show: personal data in the copy is starred, in place, so that positions stay true.

Starred are numbers that validate, anywhere; and in findings of `claim.pii_exposure` also full names (then wherever
they come again), addresses, account names and other long numbers.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from compliance_guard.domain import Finding
from compliance_guard.reading import Reading, read
from compliance_guard.reading.personal import names, starred

CATEGORY = "claim.pii_exposure"
STAR = "*"
NAME_NEAR = 12
"""Code points around a finding in which the name that belongs to it may stand."""

_LONG = re.compile(
    r"[a-z_]{0,20}[0-9零一二三四五六七八九幺][0-9a-z零一二三四五六七八九幺_\-]{5,}+(?![元块万])|[a-z][a-z0-9_.\-]{3,}(?=@)"
)
_ADDRESS = re.compile(
    r"[0-9一二三四五六七八九十]+(?=号|栋|幢|单元|室|弄|座|组)|(?<=[栋幢室座弄元])[0-9]+|(?<=[0-9]-)[0-9]+(?:-[0-9]+)*"
)


def hidden(text: str, findings: Iterable[Finding]) -> str:
    """The copy with its personal data starred: as long as the copy, code point for code point."""
    return _Stars(read(text, list), findings).original


def masked(findings: tuple[Finding, ...], reading: Reading) -> tuple[Finding, ...]:
    """The findings with personal data starred in the words that they show."""
    if not reading.personal_numbers and not any(f.category == CATEGORY for f in findings):
        return findings
    stars = _Stars(reading, findings)
    return tuple(map(stars.over, findings)) if stars.any else findings


class _Stars:
    """The copy as given and as folded, with stars."""

    def __init__(self, reading: Reading, findings: Iterable[Finding]) -> None:
        self._reading = reading
        self._folded = list(reading.text)
        self._original = list(reading.original)
        self._starred: set[tuple[int, int]] = set()
        self._known: dict[str, str] = {}
        for number in reading.personal_numbers:
            self._number(number.start, number.end)
        found: set[str] = set()
        for start, end in self._exposed(findings):
            for match in _LONG.finditer(reading.text, start, end):
                self._number(*match.span())
            for match in _ADDRESS.finditer(reading.text, start, end):
                self._starred.add(match.span())
                self._star(*match.span())
            sentence = reading.sentences.around(start)
            near = max(sentence[0], start - NAME_NEAR), min(max(sentence[1], end), end + NAME_NEAR)
            found |= {reading.text[s:e] for s, e in names(reading.text, *near)}
        for name in sorted(found):
            self._name(name)
        self.folded, self.original = "".join(self._folded), "".join(self._original)
        # Of house numbers alone no quotation can be told from any other number.
        self._secrets = sorted(
            (f for f in self._fragments() if len(f[0]) >= 6 or not f[0].isdecimal()), reverse=True
        )

    @property
    def any(self) -> bool:
        """Whether anything is starred."""
        return bool(self._starred)

    def _fragments(self) -> Iterator[tuple[str, str]]:
        """What is not to be shown, and what is shown for it, in both forms."""
        for start, end in self._starred:
            yield self._reading.text[start:end], self.folded[start:end]
            s, e = self._reading.to_original(start, end)
            yield self._reading.original[s:e], self.original[s:e]

    def _exposed(self, findings: Iterable[Finding]) -> Iterator[tuple[int, int]]:
        """Where findings of the category stand in the folded text."""
        starts = self._reading.folded.starts
        for finding in findings:
            if finding.category == CATEGORY and finding.span is not None:
                start, end = bisect_left(starts, finding.span.start), bisect_left(starts, finding.span.end)
                if start < end:
                    yield start, end

    def _number(self, start: int, end: int) -> None:
        self._starred.add((start, end))
        for position, shown in enumerate(starred(self._reading.text[start:end]), start):
            if shown == STAR:
                self._star(position, position + 1)

    def _name(self, name: str) -> None:
        """Star a name after its first letter, and its given name wherever name and beginning come again."""
        text = self._reading.text
        for match in re.finditer(re.escape(name[:2]), text):
            start = match.start()
            same = next((n for n in range(len(name), 1, -1) if text.startswith(name[:n], start)), 2)
            self._starred.add((start, start + same))
            self._star(start + 1, start + same)

    def _star(self, start: int, end: int) -> None:
        folded = self._reading.folded
        for position in range(start, end):
            self._folded[position] = STAR
            for place in range(folded.starts[position], folded.ends[position]):
                self._original[place] = STAR

    def over(self, finding: Finding) -> Finding:
        """One finding with stars."""
        span = finding.span
        return finding.model_copy(
            update={
                "span": span and span.model_copy(update={"text": self.original[span.start : span.end]}),
                "evidence": self._shown(finding.evidence),
                "message": self._words(finding.message),
                "suggestion": finding.suggestion and self._words(finding.suggestion),
            }
        )

    def _shown(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._words(value)
        if isinstance(value, dict):
            return {key: self._shown(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [self._shown(entry) for entry in value]
        return value

    def _words(self, words: str) -> str:
        """Words with stars where the copy has them: they stand in the copy, or quote of it."""
        shown = self._known.get(words)
        if shown is None:
            shown = self._known[words] = self._quoted(words)
        return shown

    def _quoted(self, words: str) -> str:
        for plain, shown in ((self._reading.text, self.folded), (self._reading.original, self.original)):
            if len(words) > 1 and words in plain:
                return _overlaid(words, plain, shown)
        for plain, shown in self._secrets:
            words = words.replace(plain, shown)
        return words


def _overlaid(words: str, plain: str, shown: str) -> str:
    """Words with the stars of every place where they stand."""
    characters = list(words)
    position = plain.find(words)
    while position >= 0:
        for index, character in enumerate(shown[position : position + len(words)]):
            if character == STAR:
                characters[index] = STAR
        position = plain.find(words, position + 1)
    return "".join(characters)
