"""Markdown: front matter gives the context, the body is the copy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from compliance_guard.errors import InputError
from compliance_guard.hookspecs import hookimpl
from compliance_guard.protocols import Document

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?P<yaml>.*?)^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)


class MarkdownReader:
    """.md files."""

    id = "markdown"
    suffixes = (".md", ".markdown")

    def read(self, path: Path | None, text: str) -> Iterable[Document]:
        """One document: the body, with the context of the front matter.

        Raises:
            InputError: front matter that is not a YAML mapping.
        """
        match = _FRONT_MATTER.match(text)
        if match is None:
            return [Document(text, place=(0, len(text)))]
        context = _context(match["yaml"])
        name = context.pop("id", None)
        line = text.count("\n", 0, match.end()) + 1
        body = (match.end(), len(text))
        return [Document(text[slice(*body)], context, None if name is None else str(name), line, place=body)]


def _context(front_matter: str) -> dict[str, Any]:
    try:
        context = yaml.safe_load(front_matter)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError("front matter", front_matter.strip(), "不是有效的 YAML") from error
    if context is None:
        return {}
    if not isinstance(context, dict) or not all(isinstance(key, str) for key in context):
        raise InputError("front matter", front_matter.strip(), "须为“键: 值”的形式")
    return context


@hookimpl
def provide_readers() -> list[MarkdownReader]:
    """The reader."""
    return [MarkdownReader()]
