"""Plain text: the whole file is one copy."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from compliance_guard.hookspecs import hookimpl
from compliance_guard.protocols import Document


class TextReader:
    """.txt files and standard input."""

    id = "text"
    suffixes = (".txt",)

    def read(self, path: Path | None, text: str) -> Iterable[Document]:
        """One document."""
        return [Document(text, place=(0, len(text)))]


@hookimpl
def provide_readers() -> list[TextReader]:
    """The reader."""
    return [TextReader()]
