"""Requests as JSON: the arguments of `review()` with `text`, and an optional `id`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from compliance_guard.errors import InputError
from compliance_guard.hookspecs import hookimpl
from compliance_guard.protocols import Document


class JsonReader:
    """.json files: one request, or a list of them."""

    id = "json"
    suffixes = (".json",)

    def read(self, path: Path | None, text: str) -> Iterable[Document]:
        """One document a request.

        Raises:
            InputError: not JSON, or not requests.
        """
        data = _parse(text, "文件")
        requests = data if isinstance(data, list) else [data]
        return [_document(request, f"第 {number} 项", 1) for number, request in enumerate(requests, 1)]


class JsonLinesReader:
    """.jsonl files: a request a line; empty lines are skipped."""

    id = "jsonl"
    suffixes = (".jsonl", ".ndjson")

    def read(self, path: Path | None, text: str) -> Iterator[Document]:
        """One document a line.

        Raises:
            InputError: from the iterator, at the line that is not a request.
        """
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _document(_parse(line, f"第 {number} 行"), f"第 {number} 行", number)


def _parse(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(place, text.strip(), f"不是有效的 JSON({error})") from error


def _document(request: Any, place: str, line: int) -> Document:
    if not isinstance(request, dict) or not isinstance(request.get("text"), str):
        raise InputError(place, request, '须为对象,且含文字 "text"')
    context = {key: value for key, value in request.items() if key not in {"text", "id"}}
    name = request.get("id")
    return Document(request["text"], context, None if name is None else str(name), line)


@hookimpl
def provide_readers() -> list[JsonReader | JsonLinesReader]:
    """The readers."""
    return [JsonReader(), JsonLinesReader()]
