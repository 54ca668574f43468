"""Layout: how a reader sees each stretch of a copy, as far as its own markup or the request says.

HTML (tags, inline styles, `<style>` blocks with simple selectors) and Markdown in the text are read here, with
positions in the copy as given; readers of other formats pass runs along with the request. A copy without markup
has no layout, and costs a look for a handful of characters. What is not known (a background image, a size in
`vw`) stays unknown and is held against nobody.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

PT_PER_PX = 0.75
BODY_PX = 16.0
HIDDEN_BELOW_PX = 2.0
"""Smaller text is not there for a person."""
OFF_SCREEN_PX = -400.0
MAX_DEPTH = 400
MAX_ATTRIBUTE = 5_000
MAX_ASIDES = 200
MAX_STYLE_SHEET = 200_000


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the copy as given and how it is shown.

    Attributes:
        start, end: code points, half open.
        size: font size in points; None if unknown.
        contrast: WCAG contrast ratio of text to background, 1 to 21; None if unknown.
        hidden: what hides it (`display:none`); None if it is shown.
        collapsed: shown only after a click.
        struck: struck through.
        aside: stands beside the text proper: `alt`, `title`, `aria-label`, `comment`, `link`, `footnote`, or at the
            top or bottom of each page: `header`, `footer`.
    """

    start: int
    end: int
    size: float | None = None
    contrast: float | None = None
    hidden: str | None = None
    collapsed: bool = False
    struck: bool = False
    aside: str | None = None


@dataclass(frozen=True)
class Layout:
    """All that is known of a copy's looks.

    Attributes:
        layers: runs by position, none overlapping within a layer.
        unread: runs whose text the folded copy leaves out (attributes, comments).
    """

    layers: tuple[Sequence[Run], ...] = ()
    unread: tuple[Run, ...] = ()
    _starts: tuple[list[int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple([run.start for run in layer] for layer in self.layers))

    @property
    def known(self) -> bool:
        """Whether anything is known."""
        return bool(self.layers or self.unread)

    def at(self, start: int, end: int) -> Iterator[Run]:
        """The runs that share a code point with `start`..`end`."""
        for layer, starts in zip(self.layers, self._starts, strict=True):
            first = max(0, bisect_right(starts, start) - 1)
            for run in layer[first : bisect_left(starts, end)]:
                if run.end > start:
                    yield run

    def look(self, start: int, end: int) -> Run:
        """How a stretch is shown: hidden or set aside if most of it is, as small and as pale as its worst part."""
        seen = list(self.at(start, end))
        sizes = [run.size for run in seen if run.size is not None]
        contrasts = [run.contrast for run in seen if run.contrast is not None]
        spoilt = Run(start, end, min(sizes, default=None), min(contrasts, default=None))
        for run in seen:
            if 2 * (min(end, run.end) - max(start, run.start)) >= end - start:
                spoilt = replace(
                    spoilt,
                    hidden=spoilt.hidden or run.hidden,
                    collapsed=spoilt.collapsed or run.collapsed,
                    struck=spoilt.struck or run.struck,
                    aside=spoilt.aside or run.aside,
                )
        return spoilt

    def usual(self, but: Run) -> Run:
        """How the rest of the copy is shown: the size of most of it, the best contrast."""
        shares, contrast = self._usual
        shares = dict(shares)
        for run in self.at(but.start, but.end):
            if run.size in shares and not run.hidden and not run.aside:
                shares[run.size] -= run.end - run.start
        size = max(shares, key=lambda s: (shares[s], s), default=None)
        return Run(0, 0, size if size is not None and shares[size] > 0 else None, contrast)

    @cached_property
    def _usual(self) -> tuple[dict[float, int], float | None]:
        """How many code points are shown in each size, and the best contrast."""
        shares: dict[float, int] = {}
        shown = [run for layer in self.layers for run in layer if not run.hidden and not run.aside]
        for run in shown:
            if run.size is not None:
                shares[run.size] = shares.get(run.size, 0) + run.end - run.start
        return shares, max((run.contrast for run in shown if run.contrast is not None), default=None)


NOTHING = Layout()

_MARKUP = re.compile(r"</?[A-Za-z!]|\]\(|~~|^\[\^|&(?:lt|#)", re.MULTILINE)


def layout_of(text: str, given: Sequence[Run] = ()) -> Layout:
    """The layout that the copy's own markup and the given runs tell. Linear in the length of the text."""
    layers: list[Sequence[Run]] = [sorted(given, key=lambda run: (run.start, run.end))] if given else []
    unread: list[Run] = []
    if _MARKUP.search(text):
        if "<" in text:
            page = _Page(text)
            layers.append(page.runs)
            unread = page.unread[:MAX_ASIDES]
        marks = sorted(_markdown(text), key=lambda run: run.start)
        layers.append(list(_apart(marks)))
    layers = [layer for layer in layers if layer]
    return Layout(tuple(layers), tuple(unread)) if layers or unread else NOTHING


_TORN = re.compile(r"[\u4e00-\u9fff](?:[^\u4e00-\u9fff\n]{1,3}[\u4e00-\u9fff]){4,200}")
_NO_IDEOGRAPH = re.compile(r"[^\u4e00-\u9fff]+")


def torn_words(text: str) -> Iterator[tuple[Run, str]]:
    """Stretches of single ideographs with signs between them (基|金|有|风|险), and what they spell."""
    for found in _TORN.finditer(text):
        yield Run(*found.span(), aside="torn"), _NO_IDEOGRAPH.sub("", found.group())


def _apart(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs without those that begin inside an earlier one."""
    end = 0
    for run in runs:
        if run.start >= end:
            yield run
            end = run.end


# ---- Markdown ----

_IMAGE_OR_LINK = re.compile(
    r"(?P<image>!)?\[(?P<label>[^\[\]\n]{0,300})\]\((?P<target>[^\s()<>]{0,500})(?:\s{1,4}[\"'](?P<title>[^\"'\n]{0,300})[\"'])?\)"
)
_FOOTNOTE = re.compile(r"^\[\^[^\]\n]{1,30}\]:[^\n]{0,5000}(?:\n[ \t]{2,8}[^\n]{1,5000})*", re.MULTILINE)
_STRUCK = re.compile(r"~~(?P<words>[^~\n]{1,500})~~")
_HEADING = re.compile(r"^ {0,3}(?P<marks>#{1,4}) {1,4}[^\n]{1,300}", re.MULTILINE)
_HEADING_PX = (32.0, 24.0, 18.7, 16.0)


def _markdown(text: str) -> Iterator[Run]:
    if "](" in text:
        for found in _IMAGE_OR_LINK.finditer(text):
            parts = [("target", "link"), ("title", "title")]
            if found["image"]:
                parts.insert(0, ("label", "alt"))
            yield from (Run(*found.span(part), aside=kind) for part, kind in parts if found[part])
    if "[^" in text:
        yield from (Run(*found.span(), aside="footnote") for found in _FOOTNOTE.finditer(text))
    if "~~" in text:
        yield from (Run(*found.span("words"), struck=True) for found in _STRUCK.finditer(text))
    if "#" in text:
        for found in _HEADING.finditer(text):
            yield Run(*found.span(), size=_HEADING_PX[len(found["marks"]) - 1] * PT_PER_PX)


# ---- HTML ----

Colour = tuple[float, float, float]

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_CLOSES_ITSELF = frozenset(("p", "li", "td", "th", "tr", "dt", "dd", "option"))
_RAW_END = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style")}
_STYLE_BLOCK = re.compile(r"<style[^<>]{0,300}>", re.IGNORECASE)
_UNSEEN = frozenset(("template", "noscript", "script", "style"))
_STRUCK_TAGS = frozenset(("s", "del", "strike"))
_TAG_PX: Mapping[str, float] = {
    "h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67, "small": 0.83, "sub": 0.7, "sup": 0.7, "big": 1.2,
}  # fmt: skip
_FONT_SIZES = (10.0, 10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0)
_HIDING_CLASSES = frozenset(
    ("hidden", "hide", "d-none", "invisible", "sr-only", "visually-hidden", "screen-reader-text", "display-none")
)
_FOLDING_CLASSES = frozenset(
    ("collapse", "collapsed", "is-collapsed", "accordion-body", "accordion-content", "folded")
)
_UNFOLDED_CLASSES = frozenset(("show", "in", "open", "active", "is-open", "expanded"))
_ASIDES = ("alt", "title", "aria-label", "aria-description", "placeholder", "content", "href")
_HTML_START = re.compile(r"<(?:!--|(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,30}))")
_IN_TAG = re.compile(r"[<>\"']")
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s=<>\"'/]{1,60})(?:\s{0,5}=\s{0,5}(?:\"(?P<d>[^\"]*)\"|'(?P<s>[^']*)'|(?P<u>[^\s\"'>]+)))?"
)


class _State(NamedTuple):
    """What an element passes on to its content."""

    size: float = BODY_PX
    colour: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    background: Colour | None = (1.0, 1.0, 1.0)
    opacity: float = 1.0
    gone: str | None = None
    invisible: bool = False
    collapsed: bool = False
    struck: bool = False
    aside: str | None = None


class _Element(NamedTuple):
    name: str
    classes: frozenset[str]
    id: str
    state: _State


class _Page:
    """One pass over the tags: runs of text, and the text that stands in attributes and comments."""

    def __init__(self, text: str) -> None:
        self.runs: list[Run] = []
        self.unread: list[Run] = []
        self._text = text
        self._sheet = _StyleSheet(text)
        self._root = _Element("", frozenset(), "", _State())
        self._stack: list[_Element] = []
        self._unclosed: set[str] = set()
        self._read()

    @property
    def _top(self) -> _Element:
        return self._stack[-1] if self._stack else self._root

    def _read(self) -> None:
        text, position = self._text, 0
        comments = True
        while found := _HTML_START.search(text, position):
            if found["name"] is None:
                end = text.find("-->", found.end()) if comments else -1
                comments = end >= 0
                if comments:
                    self._words(position, found.start())
                    self._beside(Run(found.end(), end, aside="comment"))
                    position = end + 3
                else:
                    self._words(position, found.end())
                    position = found.end()
                continue
            closing = _tag_end(text, found.end())
            if closing is None:
                self._words(position, found.end())
                position = found.end()
                continue
            self._words(position, found.start())
            name, position = found["name"].lower(), closing
            if found["close"]:
                self._close(name)
            else:
                self._open(name, found.end(), closing)
                if name in _RAW_END:
                    position = self._raw_end(name, closing)
        self._words(position, len(text))

    def _raw_end(self, name: str, position: int) -> int:
        """Where the content of a script or style block ends; an open end is looked for once."""
        if name in self._unclosed:
            return position
        close = _RAW_END[name].search(self._text, position)
        if close is None:
            self._unclosed.add(name)
            return position
        return close.start()

    def _words(self, start: int, end: int) -> None:
        if start >= end or not self._text[start:end].strip():
            return
        state = self._top.state
        hidden = state.gone or ("visibility:hidden" if state.invisible else None)
        if state.size < HIDDEN_BELOW_PX:
            hidden = hidden or f"font-size:{state.size:g}px"
        if state.opacity < 0.1:
            hidden = hidden or f"opacity:{state.opacity:g}"
        size = round(state.size * PT_PER_PX, 2)
        self.runs.append(
            Run(start, end, size, _shown_contrast(state), hidden, state.collapsed, state.struck, state.aside)
        )

    def _beside(self, run: Run) -> None:
        if run.end - run.start >= 4 and len(self.unread) < MAX_ASIDES:
            self.unread.append(run)

    def _close(self, name: str) -> None:
        for depth in range(len(self._stack) - 1, -1, -1):
            if self._stack[depth].name == name:
                del self._stack[depth:]
                return

    def _open(self, name: str, start: int, end: int) -> None:
        if name in _CLOSES_ITSELF and self._top.name == name:
            self._stack.pop()
        attributes: dict[str, str] = {}
        for found in _ATTRIBUTE.finditer(self._text, start, end - 1):
            key = found["name"].lower()
            value = found["d"] or found["s"] or found["u"] or ""
            attributes.setdefault(key, value)
            if key in _ASIDES and value and any("\u3400" <= c <= "\u9fff" or c in "&%" for c in value):
                group = "d" if found["d"] else "s" if found["s"] else "u"
                self._beside(Run(*found.span(group), aside="link" if key == "href" else key))
        if name in _VOID or len(self._stack) >= MAX_DEPTH:
            return
        classes = frozenset(attributes.get("class", "").lower().split())
        element = _Element(name, classes, attributes.get("id", "").lower(), self._top.state)
        declarations = self._sheet.declarations(element, self._stack)
        if style := attributes.get("style"):
            declarations += _declared(html.unescape(style[:MAX_ATTRIBUTE]))
        # !important beats what comes later.
        declarations = [d for d in declarations if not d[2]] + [d for d in declarations if d[2]]
        state = _styled(_tagged(self._top, name, classes, attributes), self._top.state, declarations)
        self._stack.append(element._replace(state=state))


def _tag_end(text: str, position: int) -> int | None:
    """Where the tag ends; None if it is none: another begins, or a quotation does not close."""
    while found := _IN_TAG.search(text, position, position + MAX_ATTRIBUTE):
        mark = found.group()
        if mark == ">":
            return found.end()
        if mark == "<":
            return None
        closed = text.find(mark, found.end(), found.end() + MAX_ATTRIBUTE)
        if closed < 0:
            return None
        position = closed + 1
    return None


def _tagged(parent: _Element, name: str, classes: frozenset[str], attributes: Mapping[str, str]) -> _State:
    """The state before styles: what the tag itself, its classes and its attributes do."""
    state = parent.state
    if name in _UNSEEN:
        state = state._replace(gone=state.gone or f"<{name}>")
    elif name == "title":
        state = state._replace(aside=state.aside or "title")
    elif name in _STRUCK_TAGS:
        state = state._replace(struck=True)
    elif name == "details" or (name in {"dialog", "select"}):
        state = state._replace(collapsed=state.collapsed or "open" not in attributes)
    elif name == "summary" and parent.name == "details":
        state = state._replace(collapsed=False)
    if name in _TAG_PX:
        state = state._replace(size=state.size * _TAG_PX[name])
    if name == "font":
        if (size := attributes.get("size", "")).lstrip("+-").isdigit() and size.isascii():
            step = 3 + int(size[:4]) if size[0] in "+-" else int(size[:4])
            state = state._replace(size=_FONT_SIZES[max(1, min(7, step))])
        if colour := _colour(attributes.get("color", "")):
            state = state._replace(colour=colour)
    if (shade := attributes.get("bgcolor")) and (colour := _colour(shade)):
        state = state._replace(background=colour[:3])
    if "hidden" in attributes:
        state = state._replace(gone=state.gone or "hidden")
    if attributes.get("aria-hidden") == "true":
        state = state._replace(gone=state.gone or "aria-hidden")
    if attributes.get("aria-expanded") == "false" and name not in {"button", "a", "summary"}:
        state = state._replace(collapsed=True)
    if named := sorted(classes & _HIDING_CLASSES):
        state = state._replace(gone=state.gone or f"class {named[0]}")
    if classes & _FOLDING_CLASSES and not classes & _UNFOLDED_CLASSES and name not in {"button", "a"}:
        state = state._replace(collapsed=True)
    return state


# ---- CSS ----

Declaration = tuple[str, str, bool]
"""Property, value (lower case), whether it is !important."""

_LENGTH = re.compile(r"(-?\d{0,6}\.?\d{1,6})\s?(px|pt|em|rem|%|ex|ch|in|cm|mm|pc)?(?![\w%])")
_PX = {"px": 1.0, "pt": 1 / PT_PER_PX, "in": 96.0, "cm": 37.8, "mm": 3.78, "pc": 16.0}
_SIZE_WORDS = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0,
    "xx-large": 32.0,
}  # fmt: skip
_declared_before: dict[str, list[Declaration]] = {}


def _declared(style: str) -> list[Declaration]:
    """The declarations of a style attribute; a newsletter repeats the same ones in every cell."""
    known = _declared_before.get(style)
    if known is None:
        import tinycss2

        known = [_declaration(d) for d in tinycss2.parse_blocks_contents(style) if d.type == "declaration"]
        if len(_declared_before) >= 1024:
            _declared_before.clear()
        _declared_before[style] = known
    return list(known)


def _declaration(parsed: Any) -> Declaration:
    import tinycss2

    return parsed.lower_name, tinycss2.serialize(parsed.value).strip().lower(), parsed.important


def _px(value: str, base: float) -> float | None:
    """A length in pixels; None if it is none or depends on the window."""
    found = _LENGTH.match(value)
    if not found:
        return None
    number, unit = float(found[1]), found[2]
    if unit in {"em", "%", "ex", "ch"}:
        return number * base * {"em": 1.0, "%": 0.01, "ex": 0.5, "ch": 0.5}[unit]
    if unit == "rem":
        return number * BODY_PX
    return number * _PX.get(unit or "px", 1.0)


def _colour(value: str) -> tuple[float, float, float, float] | None:
    if not value:
        return None
    import tinycss2.color3

    parsed = tinycss2.color3.parse_color(value.strip()[:100])
    if parsed is None and re.fullmatch(r"[0-9a-fA-F]{6}", value.strip()):
        parsed = tinycss2.color3.parse_color("#" + value.strip())  # bgcolor=ffffff
    if parsed is None or isinstance(parsed, str):
        return None
    return parsed.red, parsed.green, parsed.blue, parsed.alpha


def _styled(state: _State, parent: _State, declarations: Sequence[Declaration]) -> _State:
    if not declarations:
        return state
    last = {name: value for name, value, _ in declarations}
    state = _font(state, parent, last)
    if (value := last.get("color")) and (colour := _colour(value)):
        state = state._replace(colour=colour)
    if (value := last.get("background-color") or last.get("background")) is not None:
        state = state._replace(background=_background(value, state.background))
    elif "background-image" in last and last["background-image"] != "none":
        state = state._replace(background=None)
    if (value := last.get("opacity")) and (amount := _LENGTH.match(value)):
        number = float(amount[1]) * (0.01 if amount[2] == "%" else 1.0)
        state = state._replace(opacity=state.opacity * max(0.0, min(1.0, number)))
    if value := last.get("visibility"):
        state = state._replace(invisible=value in {"hidden", "collapse"})
    if "line-through" in last.get("text-decoration", "") + last.get("text-decoration-line", ""):
        state = state._replace(struck=True)
    return state._replace(gone=state.gone or _gone(last, state.size))


def _font(state: _State, parent: _State, last: Mapping[str, str]) -> _State:
    value = last.get("font-size")
    if value is None and "font" in last:
        shorthand = re.search(r"(?:^|\s)(-?\d[\d.]*(?:px|pt|em|rem|%))", last["font"])
        value = shorthand[1] if shorthand else None
    if value is None:
        return state
    if value in _SIZE_WORDS:
        return state._replace(size=_SIZE_WORDS[value])
    if value in {"smaller", "larger"}:
        return state._replace(size=parent.size * (0.83 if value == "smaller" else 1.2))
    size = _px(value, parent.size)
    return state if size is None else state._replace(size=max(0.0, size))


def _background(value: str, behind: Colour | None) -> Colour | None:
    """The new background; None if it is a picture."""
    if "url(" in value or "gradient" in value:
        return None
    for word in [value, *value.split()]:
        colour = _colour(word)
        if colour is not None:
            return colour[:3] if colour[3] >= 1 or behind is None else _blend(colour, behind)
    return behind


def _gone(last: Mapping[str, str], size: float) -> str | None:
    """What makes the element and all in it invisible; None if nothing does."""
    if last.get("display") == "none":
        return "display:none"
    if last.get("content-visibility") == "hidden":
        return "content-visibility:hidden"
    clipped = last.get("overflow", last.get("overflow-y", "")) in {"hidden", "clip"}
    for name in ("height", "max-height", "width", "max-width"):
        length = _px(last[name], size) if name in last else None
        if length is not None and length <= 1 and "%" not in last[name] and (clipped or name.startswith("max-")):
            return f"{name}:{last[name]}"
    if last.get("clip", "").replace(" ", "").startswith(("rect(0", "rect(1px,1px")) or "inset(50%" in last.get(
        "clip-path", ""
    ) + last.get("-webkit-clip-path", ""):
        return "clip"
    placed = last.get("position") in {"absolute", "fixed", "relative"}
    for name in ("left", "top", "right", "bottom", "margin-left", "margin-top", "text-indent"):
        if name in last and (placed or "-" in name):
            length = _px(last[name], size)
            if length is not None and length <= OFF_SCREEN_PX:
                return f"{name}:{last[name]}"
    if re.search(r"opacity\(\s?0?\.?0*%?\s?\)", last.get("filter", "")):
        return "filter:opacity(0)"
    moved = last.get("transform", "")
    if re.search(r"scale[xy]?\(\s?0?\.?0*\s?\)|translate[xy]?\(\s?-\d{4,}", moved):
        return f"transform:{moved}"
    return None


class _StyleSheet:
    """The `<style>` blocks of a page: selectors of tags, classes, ids and descendants; others are passed over."""

    def __init__(self, text: str) -> None:
        self._rules: dict[str, list[tuple[tuple[int, int], list[_Compound], list[Declaration]]]] = {}
        blocks: list[str] = []
        position = 0
        while opened := _STYLE_BLOCK.search(text, position):
            closed = _RAW_END["style"].search(text, opened.end())
            if closed is None:
                break
            blocks.append(text[opened.end() : closed.start()])
            position = closed.end()
        if blocks:
            self._add("\n".join(blocks)[:MAX_STYLE_SHEET])

    def _add(self, css: str) -> None:
        import tinycss2

        rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        for order, rule in enumerate(_for_screens(rules)):
            declarations = [
                _declaration(d) for d in tinycss2.parse_blocks_contents(rule.content) if d.type == "declaration"
            ]
            for selector in tinycss2.serialize(rule.prelude).split(","):
                compounds = _compounds(selector)
                if compounds and declarations:
                    weight = (sum(c.weight for c in compounds), order)
                    self._rules.setdefault(compounds[-1].key, []).append((weight, compounds, declarations))

    def declarations(self, element: _Element, ancestors: Sequence[_Element]) -> list[Declaration]:
        """What applies to an element, weakest first."""
        if not self._rules:
            return []
        keys = [element.name, "*", *("." + c for c in element.classes), "#" + element.id]
        matching = [
            (weight, declared)
            for key in keys
            for weight, compounds, declared in self._rules.get(key, ())
            if compounds[-1].fits(element) and _descends(compounds[:-1], ancestors)
        ]
        matching.sort(key=lambda pair: pair[0])
        return [declaration for _, declared in matching for declaration in declared]


def _for_screens(rules: Iterable[Any]) -> Iterator[Any]:
    import tinycss2

    for rule in rules:
        if rule.type == "qualified-rule":
            yield rule
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content is not None:
            medium = tinycss2.serialize(rule.prelude).strip().lower()
            if medium in {"screen", "all", "only screen"}:
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                yield from (r for r in inner if r.type == "qualified-rule")


class _Compound(NamedTuple):
    """One simple part of a selector, such as `p.note#risk`."""

    tag: str
    classes: frozenset[str]
    id: str

    @property
    def key(self) -> str:
        return "#" + self.id if self.id else "." + min(self.classes) if self.classes else self.tag or "*"

    @property
    def weight(self) -> int:
        return 10_000 * bool(self.id) + 100 * len(self.classes) + bool(self.tag)

    def fits(self, element: _Element) -> bool:
        return self.tag in {"", element.name} and self.classes <= element.classes and self.id in {"", element.id}


_COMPOUND = re.compile(r"(?P<tag>[a-z][\w-]*|\*)?(?P<rest>(?:[.#][\w-]+)*)$")


def _compounds(selector: str) -> list[_Compound]:
    """The parts of a selector from ancestor to element; none if it is more than tags, classes, ids, descendants."""
    compounds: list[_Compound] = []
    for word in selector.lower().replace(">", " ").split():
        found = _COMPOUND.match(word)
        if not found:
            return []
        names = re.findall(r"[.#][\w-]+", found["rest"])
        tag = found["tag"] or ""
        compounds.append(
            _Compound(
                "" if tag == "*" else tag,
                frozenset(n[1:] for n in names if n[0] == "."),
                next((n[1:] for n in names if n[0] == "#"), ""),
            )
        )
    return compounds


def _descends(wanted: Sequence[_Compound], ancestors: Sequence[_Element]) -> bool:
    remaining = list(wanted)
    for element in reversed(ancestors):
        if not remaining:
            break
        if remaining[-1].fits(element):
            remaining.pop()
    return not remaining


# ---- contrast (WCAG 2) ----


def _blend(colour: tuple[float, float, float, float], behind: Colour) -> Colour:
    red, green, blue, alpha = colour
    return (
        red * alpha + behind[0] * (1 - alpha),
        green * alpha + behind[1] * (1 - alpha),
        blue * alpha + behind[2] * (1 - alpha),
    )


def _luminance(colour: Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours (red, green, blue from 0 to 1), as WCAG 2 defines it: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return round((light + 0.05) / (dark + 0.05), 2)


def _shown_contrast(state: _State) -> float | None:
    if state.background is None:
        return None
    red, green, blue, alpha = state.colour
    text = _blend((red, green, blue, max(0.0, min(1.0, alpha * state.opacity))), state.background)
    return contrast_ratio(text, state.background)
