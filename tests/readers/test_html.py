"""HTML files: decoded as they declare, reviewed with their own layout."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from compliance_guard.cli import EXIT_NOT_JUDGED, main
from compliance_guard.errors import InputError
from compliance_guard.readers.from_html import HtmlReader


def read(raw: bytes) -> str:
    (document,) = HtmlReader().read_bytes(None, raw)
    return document.text


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", ""), ("utf-8", "utf-8"), ("gbk", "gb2312"), ("gb18030", "GBK"), ("big5", "big5"), ("utf-16", "")],
)
def test_the_declared_encoding_is_used(encoding: str, declared: str) -> None:
    page = f"<meta charset='{declared}'><p>保本</p>" if declared else "<p>保本</p>"
    assert read(page.encode(encoding)) == page


@pytest.mark.parametrize(
    "raw", ["<p>保本</p>".encode("gbk"), b"<meta charset=zlib>x", b"<meta charset=gbk>\xff\xff"]
)
def test_a_broken_encoding_is_told(raw: bytes) -> None:
    with pytest.raises(InputError, match="UTF-8"):
        read(raw)


def test_a_page_of_one_endless_line_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "long.html"
    page.write_bytes("<p>保本".encode() * 1_000_000)
    shown = CliRunner().invoke(main, ["check", str(page)])
    assert shown.exit_code == EXIT_NOT_JUDGED
    with page.open("ab") as file:
        file.truncate(200_000_000)
    assert CliRunner().invoke(main, ["check", str(page)]).exit_code == EXIT_NOT_JUDGED
