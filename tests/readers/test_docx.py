"""Word documents: text in reading order, and how it is shown; hostile files end in a clear error."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from compliance_guard import Reviewer
from compliance_guard.cli import main
from compliance_guard.errors import InputError
from compliance_guard.readers.from_docx import DocxReader

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def part(body: str, root: str = "document") -> str:
    return f'<w:{root} xmlns:w="{SPACE}" xmlns:mc="mc" xmlns:wp="wp" xmlns:wps="wps">{body}</w:{root}>'


def paragraph(words: str, properties: str = "", style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r></w:p>"


def packed(**parts: str | bytes) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return raw.getvalue()


def docx(body: str, **parts: str) -> bytes:
    return packed(document=part(f"<w:body>{body}</w:body>"), **parts)


def read(raw: bytes) -> tuple[str, list[dict[str, Any]]]:
    (document,) = DocxReader().read_bytes(None, raw)
    return document.text, document.context.get("layout", [])


def run_of(raw: bytes, words: str) -> dict[str, Any]:
    text, runs = read(raw)
    (run,) = [r for r in runs if words in text[r["start"] : r["end"]]]
    return run


def test_parts_come_in_reading_order() -> None:
    raw = docx(
        paragraph("正文"),
        header1=part(paragraph("页眉"), "hdr"),
        footer1=part(paragraph("页脚"), "ftr"),
        footnotes=part(f"<w:footnote>{paragraph('脚注')}</w:footnote>", "footnotes"),
    )
    text, runs = read(raw)
    assert text.split() == ["页眉", "正文", "脚注", "页脚"]
    assert [r.get("aside") for r in runs] == ["header", None, "footnote", "footer"]


def test_looks_come_from_run_style_and_defaults() -> None:
    styles = part(
        '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="24"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:styleId="Big"><w:rPr><w:sz w:val="96"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Bigger"><w:basedOn w:val="Big"/></w:style>',
        "styles",
    )
    body = paragraph("卖点", style="Bigger") + paragraph("小字", '<w:sz w:val="9"/>') + paragraph("正文")
    raw = docx(body, styles=styles)
    assert [run_of(raw, w)["size"] for w in ("卖点", "小字", "正文")] == [48, 4.5, 12]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ('<w:color w:val="FFFFFF"/>', {"contrast": 1}),
        ('<w:color w:val="FFFFFF"/><w:shd w:fill="000000"/>', {"contrast": 21}),
        ("<w:vanish/>", {"hidden": True}),
        ("<w:strike/>", {"struck": True}),
    ],
)
def test_what_a_run_sets(properties: str, expected: dict[str, Any]) -> None:
    assert expected.items() <= run_of(docx(paragraph("产品有风险", properties)), "产品有风险").items()


def test_a_switched_off_property_is_off() -> None:
    assert "hidden" not in run_of(docx(paragraph("产品有风险", '<w:vanish w:val="0"/>')), "产品有风险")


def test_text_boxes_and_deleted_words() -> None:
    box = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>"
        + paragraph("框内")
        + "</w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:txbxContent>"
        + paragraph("框内")
        + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
        "<w:del><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>"
    )
    assert read(docx(box))[0].split() == ["框内"]


def test_a_hidden_warning_is_found_through_the_command_line(tmp_path: Path) -> None:
    raw = docx(
        paragraph("季季盈一元起购", '<w:sz w:val="72"/>')
        + paragraph("理财非存款,产品有风险,投资须谨慎。", '<w:sz w:val="8"/><w:color w:val="EEEEEE"/>')
    )
    (tmp_path / "poster.docx").write_bytes(raw)
    product = tmp_path / "product.json"
    product.write_text('{"kind": "wealth_management"}', encoding="utf-8")
    shown = CliRunner().invoke(
        main, ["check", str(tmp_path / "poster.docx"), "--channel", "poster", "--product", str(product)]
    )
    assert "disclosure.prominence" in shown.stdout
    assert shown.exit_code == 1


BILLION_LAUGHS = f'<!DOCTYPE x [<!ENTITY a "{"哈" * 1000}"><!ENTITY b "{"&a;" * 1000}">]>'
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"PK\x03\x04", b"no zip at all", packed(other="<a/>"),
        packed(document=BILLION_LAUGHS + part("<w:body><w:p>&b;</w:p></w:body>")),
        packed(document=XXE + part("<w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body>")),
        packed(document="<w:document"), packed(document=part("<w:p>" * 3000 + "</w:p>" * 3000)),
        packed(document=b"\xff\xfe\x00"), docx(paragraph("产品有风险"))[:-40],
    ],
)  # fmt: skip
def test_hostile_files_are_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        read(raw)


def test_a_zip_bomb_is_not_unpacked() -> None:
    with pytest.raises(InputError, match="炸弹"):
        read(packed(document=b"<a>" + b" " * 60_000_000 + b"</a>"))


def test_what_word_wrote_is_reviewed_where_it_stands(reviewer: Reviewer) -> None:
    (document,) = DocxReader().read_bytes(
        None, docx(paragraph("季季盈一元起购。") + paragraph("产品有风险,投资须谨慎。", "<w:vanish/>"))
    )
    report = reviewer.review(
        document.text, channel="poster", product={"kind": "wealth_management"}, **document.context
    )
    (finding,) = [f for f in report.findings if f.category == "disclosure.prominence"]
    assert finding.span is not None
    assert finding.span.text in "产品有风险,投资须谨慎。"
    assert finding.evidence["shown"] == "hidden"
