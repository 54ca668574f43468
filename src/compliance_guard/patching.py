"""Copies put back in their place in a file, and the difference that makes."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import unified_diff

from compliance_guard.protocols import Document


def patched(text: str, copies: Iterable[tuple[Document, str]]) -> str:
    """A file's text with some of its documents' copies replaced. Documents without a place stay as they are."""
    placed = [(document.place, document.written(copy)) for document, copy in copies if document.place]
    for (start, end), written in sorted(placed, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def difference(name: str, before: str, after: str) -> str:
    """A unified diff; empty if nothing differs."""
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
