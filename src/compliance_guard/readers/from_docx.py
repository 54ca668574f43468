"""Word documents (.docx): text with headers, text boxes, footnotes and footers, and how each run is shown.

Read straight from the package's XML: what a run looks like is spread over its own properties, its style, its
paragraph's style, the styles those are based on, and the document's defaults. A stranger's file is read within
bounds: so many parts, so many bytes unpacked, no DTD and no entities.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance_guard.errors import InputError
from compliance_guard.hookspecs import hookimpl
from compliance_guard.protocols import Document
from compliance_guard.reading.layout import contrast_ratio

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_PARTS = 5_000
MAX_PART_BYTES = 20_000_000
MAX_BYTES = 40_000_000
MAX_RUNS = 20_000
MAX_DEPTH = 200
MAX_STYLES = 30
"""How many styles may be based on each other."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_CHOICE, _FALLBACK = "Choice", "Fallback"
_HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080",
    "lightGray": "C0C0C0",
}  # fmt: skip
_OFF = frozenset({"0", "false", "off"})


class DocxReader:
    """.docx files."""

    id = "docx"
    suffixes = (".docx",)

    def read(self, path: Path | None, text: str) -> Iterable[Document]:
        """A .docx is no text.

        Raises:
            InputError: always.
        """
        raise InputError("docx", text[:20], "须按字节读取")

    def read_bytes(self, path: Path | None, raw: bytes) -> Iterable[Document]:
        """One document with its layout.

        Raises:
            InputError: not a .docx, or one that unpacks to more than is reasonable.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                copy = _Package(archive).copy()
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            EOFError,
            OSError,
            KeyError,
            zlib.error,
        ) as error:
            if isinstance(error, RecursionError):
                raise InputError("docx", "嵌套过深", "请用 Word 重新保存") from error
            raise InputError("docx", type(error).__name__, "不是有效的 .docx 文件(或已加密、损坏)") from error
        if len(copy.runs) > MAX_RUNS:
            raise InputError("docx", f"{len(copy.runs)} 段样式", f"超过 {MAX_RUNS} 段;请拆分")
        return [Document("".join(copy.text), {"layout": copy.runs} if copy.runs else {})]


@dataclass(frozen=True, slots=True)
class _Look:
    """Properties of a run, as far as one place sets them."""

    size: float | None = None
    colour: str | None = None
    background: str | None = None
    hidden: bool | None = None
    struck: bool | None = None

    def over(self, under: _Look) -> _Look:
        """This look, and what it does not set from another."""
        return _Look(
            under.size if self.size is None else self.size,
            under.colour if self.colour is None else self.colour,
            under.background if self.background is None else self.background,
            under.hidden if self.hidden is None else self.hidden,
            under.struck if self.struck is None else self.struck,
        )


@dataclass
class _Copy:
    """Text as it grows, with the runs."""

    text: list[str] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    length: int = 0

    def put(self, words: str, look: _Look, aside: str | None) -> None:
        """Add words; a run that looks like the one before it continues that."""
        if not words:
            return
        start, self.length = self.length, self.length + len(words)
        self.text.append(words)
        if not words.strip():
            return
        run: dict[str, Any] = {"size": look.size, "contrast": _contrast(look)}
        run |= {name: True for name in ("hidden", "struck") if getattr(look, name)}
        run |= {"aside": aside} if aside else {}
        last = self.runs[-1] if self.runs else None
        if last and last["end"] == start and {k: v for k, v in last.items() if k not in {"start", "end"}} == run:
            last["end"] = self.length
        else:
            self.runs.append({"start": start, "end": self.length, **run})

    def end_line(self) -> None:
        """Begin a new line."""
        self.text.append("\n")
        self.length += 1


class _Package:
    """The parts of a .docx."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        if len(archive.infolist()) > MAX_PARTS:
            raise InputError("docx", f"{len(archive.infolist())} 个部件", f"超过 {MAX_PARTS} 个")
        self._archive = archive
        self._names = sorted(archive.namelist())
        self._left = MAX_BYTES
        self._defaults = _Look(size=10.0)
        self._styles: dict[str, tuple[_Look, str | None]] = {}
        self._default_style: str | None = None

    def copy(self) -> _Copy:
        """Headers, body, footnotes and endnotes, footers."""
        self._read_styles()
        copy = _Copy()
        for prefix, aside in (("header", "header"), ("document", None), ("footnotes", "footnote"),
                              ("endnotes", "footnote"), ("footer", "footer")):  # fmt: skip
            for name in self._names:
                stem = name.removeprefix("word/").removesuffix(".xml")
                if name.startswith("word/") and name.endswith(".xml") and stem.rstrip("0123456789") == prefix:
                    self._walk(self._parse(name), copy, _Look(), aside, 0)
        if not self._names or "word/document.xml" not in self._names:
            raise InputError("docx", "word/document.xml", "没有正文;不是 .docx 文件")
        return copy

    def _parse(self, name: str) -> Element:
        import defusedxml
        from defusedxml import ElementTree

        with self._archive.open(name) as part:
            raw = part.read(min(MAX_PART_BYTES, self._left) + 1)
        self._left -= len(raw)
        if len(raw) > MAX_PART_BYTES or self._left < 0:
            raise InputError("docx", name, f"解开后超过 {MAX_BYTES} 字节;可能是压缩炸弹")
        try:
            root: Element = ElementTree.fromstring(raw, forbid_dtd=True)
        except (ElementTree.ParseError, defusedxml.DefusedXmlException, ValueError, LookupError) as error:
            raise InputError("docx", name, f"XML 有误或含不允许的声明({type(error).__name__})") from error
        return root

    def _read_styles(self) -> None:
        if "word/styles.xml" not in self._names:
            return
        for element in self._parse("word/styles.xml"):
            kind = _name(element)
            if kind == "docDefaults":
                for properties in element.iter():
                    if _name(properties) == "rPr":
                        self._defaults = _look(properties).over(self._defaults)
            elif kind == "style":
                identifier = _attribute(element, "styleId") or ""
                look, base = _Look(), None
                for child in element:
                    if _name(child) in {"rPr", "pPr"}:
                        look = _look(child).over(look)
                    elif _name(child) == "basedOn":
                        base = _attribute(child, "val")
                self._styles[identifier] = look, base
                if _attribute(element, "type") == "paragraph" and _attribute(element, "default") in {"1", "true"}:
                    self._default_style = identifier

    def _style(self, identifier: str | None) -> _Look:
        look = _Look()
        for _ in range(MAX_STYLES):
            if identifier is None or identifier not in self._styles:
                break
            own, identifier = self._styles[identifier]
            look = look.over(own)
        return look

    def _walk(self, element: Element, copy: _Copy, look: _Look, aside: str | None, depth: int) -> None:
        """Put the text of an element, in reading order. `look` is what surrounds it: cell shading, paragraph."""
        if depth > MAX_DEPTH:
            raise InputError("docx", "嵌套过深", "请用 Word 重新保存")
        name = _name(element)
        if name in {"delText", "instrText", "pPr", "rPr", "tblPr", "trPr", "sectPr", "del", "moveFrom"}:
            return
        if name == "AlternateContent":
            chosen = [c for c in element if _name(c) == _CHOICE] or [c for c in element if _name(c) == _FALLBACK]
            for child in chosen[:1]:
                self._walk(child, copy, look, aside, depth + 1)
            return
        if name == "docPr" and (words := element.get("descr", "").strip()):
            copy.put(words, _Look(), "alt")
            copy.end_line()
        elif name == "p":
            look = self._paragraph(element, look)
        elif name == "r":
            look = self._run(element, look)
        elif name == "tc":
            look = _properties(element, "tcPr").over(look)
        elif name == "t":
            copy.put(element.text or "", look.over(self._defaults), aside)
        elif name in {"tab", "br", "cr"}:
            copy.put("\t", look, aside) if name == "tab" else copy.end_line()
        for child in element:
            self._walk(child, copy, look, aside, depth + 1)
        if name == "p":
            copy.end_line()

    def _paragraph(self, element: Element, look: _Look) -> _Look:
        style = _child_value(element, "pPr", "pStyle") or self._default_style
        # A text box stands in a paragraph of its own, on its own ground.
        around = _Look(background=look.background)
        return _properties(element, "pPr", shading_only=True).over(self._style(style)).over(around)

    def _run(self, element: Element, look: _Look) -> _Look:
        style = _child_value(element, "rPr", "rStyle")
        return _properties(element, "rPr").over(self._style(style) if style else _Look()).over(look)


def _name(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attribute(element: Element, name: str) -> str | None:
    return element.get(_W + name) or element.get(_STRICT + name) or element.get(name)


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _name(child) == name)


def _child_value(element: Element, properties: str, name: str) -> str | None:
    for block in _children(element, properties):
        for child in _children(block, name):
            return _attribute(child, "val")
    return None


def _properties(element: Element, name: str, *, shading_only: bool = False) -> _Look:
    for block in _children(element, name):
        look = _look(block)
        return _Look(background=look.background) if shading_only else look
    return _Look()


def _look(properties: Element) -> _Look:
    """What a block of properties sets."""
    values: dict[str, Any] = {}
    for child in properties:
        name, value = _name(child), _attribute(child, "val")
        if name == "sz" and value and value.isascii() and value.isdigit() and len(value) < 5:
            values["size"] = int(value) / 2
        elif name == "color" and value:
            values["colour"] = "000000" if value == "auto" else value
        elif name == "shd" and (fill := _attribute(child, "fill")) and fill != "auto":
            values["background"] = fill
        elif name == "highlight" and value in _HIGHLIGHTS:
            values["background"] = _HIGHLIGHTS[value]
        elif name in {"vanish", "webHidden"}:
            values["hidden"] = value not in _OFF
        elif name in {"strike", "dstrike"}:
            values["struck"] = value not in _OFF
    return _Look(**values)


def _contrast(look: _Look) -> float | None:
    text, ground = _rgb(look.colour or "000000"), _rgb(look.background or "FFFFFF")
    return contrast_ratio(text, ground) if text and ground else None


def _rgb(value: str) -> tuple[float, float, float] | None:
    try:
        return int(value[0:2], 16) / 255, int(value[2:4], 16) / 255, int(value[4:6], 16) / 255
    except ValueError:
        return None


@hookimpl
def provide_readers() -> list[DocxReader]:
    """The reader."""
    return [DocxReader()]
