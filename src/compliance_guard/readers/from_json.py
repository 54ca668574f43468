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
        if isinstance(data, list):  # one of a list cannot be mended in place
            return [_document(request, f"第 {number} 项", 1) for number, request in enumerate(data, 1)]
        return [_document(data, "第 1 项", 1, (0, len(text)), indent=2)]


class JsonLinesReader:
    """.jsonl files: a request a line; empty lines are skipped."""

    id = "jsonl"
    suffixes = (".jsonl", ".ndjson")

    def read(self, path: Path | None, text: str) -> Iterator[Document]:
        """One document a line.

        Raises:
            InputError: from the iterator, at the line that is not a request.
        """
        start = 0
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                place = (start, start + len(line))
                yield _document(_parse(line, f"第 {number} 行"), f"第 {number} 行", number, place)
            start += len(line) + 1


def _parse(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(place, text.strip(), f"不是有效的 JSON({error})") from error


def _document(
    request: Any, where: str, line: int, place: tuple[int, int] | None = None, indent: int | None = None
) -> Document:
    if not isinstance(request, dict) or not isinstance(request.get("text"), str):
        raise InputError(where, request, '须为对象,且含文字 "text"')
    context = {key: value for key, value in request.items() if key not in {"text", "id"}}
    name = request.get("id")

    def written(copy: str) -> str:
        return json.dumps(request | {"text": copy}, ensure_ascii=False, indent=indent)

    return Document(
        request["text"], context, None if name is None else str(name), line, place=place, written=written
    )


@hookimpl
def provide_readers() -> list[JsonReader | JsonLinesReader]:
    """The readers."""
    return [JsonReader(), JsonLinesReader()]
