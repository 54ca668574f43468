"""HTML: the whole file is one copy, tags and all; its layout is read from its own markup."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

from compliance_guard.errors import InputError
from compliance_guard.hookspecs import hookimpl
from compliance_guard.protocols import Document

_DECLARED = re.compile(rb"charset\s{0,4}=\s{0,4}[\"']?\s{0,4}([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_ENCODINGS = {"utf-8", "utf8", "gb2312", "gbk", "gb18030", "big5", "big5-hkscs", "us-ascii", "ascii"}
_LOOK_FOR_CHARSET = 2048


class HtmlReader:
    """.html files, in the encoding that they declare."""

    id = "html"
    suffixes = (".html", ".htm")

    def read(self, path: Path | None, text: str) -> Iterable[Document]:
        """One document."""
        return [Document(text)]

    def read_bytes(self, path: Path | None, raw: bytes) -> Iterable[Document]:
        """One document, decoded.

        Raises:
            InputError: an encoding that is not known, or that the bytes do not keep.
        """
        encoding = _encoding(raw)
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            raise InputError("编码", encoding, f"第 {error.start + 1} 个字节不是这种编码;请另存为 UTF-8") from error
        return self.read(path, text.removeprefix("\ufeff"))


def _encoding(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8"
    found = _DECLARED.search(raw[:_LOOK_FOR_CHARSET])
    if found is None:
        return "utf-8"
    declared = found[1].decode("ascii").lower()
    if declared not in _ENCODINGS:
        raise InputError("charset", declared, "不认识的编码;请另存为 UTF-8")
    # What calls itself gb2312 is gb18030 on the open web.
    return "gb18030" if declared.startswith("gb") else declared


@hookimpl
def provide_readers() -> list[HtmlReader]:
    """The reader."""
    return [HtmlReader()]
