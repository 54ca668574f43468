"""The contracts that plugins fulfil. `compliance_guard.testing` checks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from compliance_guard.domain import Consent, Customer, Finding, NotEvaluated, Product, Report
from compliance_guard.opinion import Classifier

if TYPE_CHECKING:
    from compliance_guard.rules.case import Case
    from compliance_guard.rules.engine import Engine


@runtime_checkable
class Check(Protocol):
    """One family of questions about a case.

    Attributes:
        id: stable name, as used in `not_evaluated` and `require`.
    """

    id: str

    def lacking(self, case: Case) -> str | None:
        """Why the check cannot run on this case, in Chinese; None if it can."""
        ...

    def run(self, case: Case, engine: Engine) -> Iterable[Finding]:
        """The findings. An exception is reported as a check that failed, and the verdict cannot be `pass`."""
        ...


@runtime_checkable
class Segmenter(Protocol):
    """Cuts folded text into words.

    Attributes:
        id: stable name, as used in `Reviewer(segmenter=…)`.
    """

    id: str

    def available(self) -> bool:
        """Whether what it needs is installed."""
        ...

    def cut(self, text: str) -> Sequence[str]:
        """Words that, joined, are the text again. Heavy loading happens on the first call."""
        ...


@runtime_checkable
class ProductCatalogue(Protocol):
    """Knows the firm's products."""

    def product(self, code: str) -> Product | None:
        """The product with this code; None if the catalogue does not know it."""
        ...


@runtime_checkable
class CustomerDirectory(Protocol):
    """Knows the firm's customers."""

    def customer(self, id: str) -> Customer | None:
        """The customer with this id; None if the directory does not know them."""
        ...


@runtime_checkable
class ConsentRecords(Protocol):
    """Knows what people have agreed to: `records.ledger.ConsentLedger`, or a firm's own system."""

    def state_at(self, subject: str, time: datetime) -> Sequence[Consent]:
        """A person's consents as they stood at a moment with a zone, withdrawals among them."""
        ...


@runtime_checkable
class Reader(Protocol):
    """Turns a file into requests.

    Attributes:
        id: stable name.
        suffixes: lower-case file name endings with the dot, such as `(".md",)`.
    """

    id: str
    suffixes: tuple[str, ...]

    def read(self, path: Path | None, text: str) -> Iterable[Document]:
        """The pieces of copy in a file. `path` is None for standard input.

        Raises:
            InputError: the file cannot be understood; names the place.
        """
        ...


def _as_it_is(copy: str) -> str:
    return copy


@runtime_checkable
class BytesReader(Reader, Protocol):
    """A reader of a format that is no UTF-8 text; `check` prefers `read_bytes` where a reader has it."""

    def read_bytes(self, path: Path | None, raw: bytes) -> Iterable[Document]:
        """The pieces of copy in a file.

        Raises:
            InputError: the file cannot be understood; names the place.
        """
        ...


class Document:
    """A piece of copy and where it came from.

    Attributes:
        text: the copy.
        context: arguments of `review()` that the file itself gives.
        id: the request's own id, or None.
        line: 1-based line in the file on which the copy begins.
        place: which code points of the file hold the copy, half open; None if the file cannot be mended in place.
        written: how a copy is written in that place (a JSON line, say).
    """

    __slots__ = ("context", "id", "line", "place", "text", "written")

    def __init__(
        self,
        text: str,
        context: dict[str, Any] | None = None,
        id: str | None = None,
        line: int = 1,
        *,
        place: tuple[int, int] | None = None,
        written: Callable[[str], str] = _as_it_is,
    ) -> None:
        self.text = text
        self.context = context or {}
        self.id = id
        self.line = line
        self.place = place
        self.written = written


class Result:
    """One reviewed document, for output formats. Exactly one of `report` and `error` is set."""

    __slots__ = ("document", "error", "path", "report")

    def __init__(
        self,
        path: str,
        document: Document | None = None,
        report: Report | None = None,
        error: str | None = None,
    ) -> None:
        self.path = path
        self.document = document
        self.report = report
        self.error = error


@runtime_checkable
class Reporter(Protocol):
    """Writes results in one output format.

    Attributes:
        id: the name for `--output-format`.
    """

    id: str

    def write(self, results: Sequence[Result], *, colour: bool) -> str:
        """The whole output. `colour` is true only for a terminal."""
        ...


__all__ = [
    "BytesReader", "Check", "Classifier", "ConsentRecords", "CustomerDirectory", "Document", "NotEvaluated",
    "ProductCatalogue", "Reader", "Reporter", "Result", "Segmenter",
]  # fmt: skip
