"""How a reader sees the copy: size, contrast, what hides it, with positions in the copy as given."""

from __future__ import annotations

import pytest

from compliance_guard.reading.layout import NOTHING, Run, contrast_ratio, layout_of


def look(text: str, words: str) -> Run:
    start = text.index(words)
    return layout_of(text).look(start, start + len(words))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [((0, 0, 0), (1, 1, 1), 21), ((1, 1, 1), (1, 1, 1), 1), ((0.6, 0.6, 0.6), (1, 1, 1), 2.85)],
)
def test_contrast_is_that_of_wcag(one: tuple[float, ...], other: tuple[float, ...], ratio: float) -> None:
    assert contrast_ratio(one, other) == pytest.approx(ratio, abs=0.01)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "保本", "产品有风险。拒收请回复R", "1<2 且 3>2", "#话题 保本[图片]"])
def test_a_plain_copy_has_no_layout(text: str) -> None:
    assert layout_of(text) is NOTHING or not layout_of(text).look(0, len(text)).hidden


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("<p>产品有风险</p>", 12),
        ("<p style='font-size:6px'>产品有风险</p>", 4.5),
        ("<p style='font-size:6pt'>产品有风险</p>", 6),
        ("<div style='font-size:20px'><p style='font-size:.5em'>产品有风险</p></div>", 7.5),
        ("<div style='font-size:20px'><p style='font-size:50%'>产品有风险</p></div>", 7.5),
        ("<p style='font:bold 10px/1.5 sans-serif'>产品有风险</p>", 7.5),
        ("<style>.n{font-size:8px}</style><p class='a n'>产品有风险</p>", 6),
        ("<style>#r .n span{font-size:8px}</style><p id=r><b class=n><span>产品有风险</span></b></p>", 6),
        ("<style>p{font-size:8px} p.n{font-size:20px}</style><p class=n>产品有风险</p>", 15),
        ("<style>p{font-size:8px!important}</style><p style='font-size:20px'>产品有风险</p>", 6),
        ("<style>@media print{p{font-size:1px}} @media screen{p{font-size:8px}}</style><p>产品有风险</p>", 6),
        ("<font size=1>产品有风险</font>", 7.5),
        ("<font size='-2'>产品有风险</font>", 7.5),
        ("<h1>产品有风险</h1>", 24),
        ("<p style='font-size:5px'>一<p>产品有风险", 12),
        ("# 产品有风险\n<b>a</b>", 24),
    ],
)
def test_size_is_computed(text: str, points: float) -> None:
    sizes = [run.size for run in layout_of(text).at(text.index("产品"), text.index("风险"))]
    assert points in [s and round(s, 1) for s in sizes]


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("<p style='color:#fff'>产品有风险</p>", 1),
        ("<p style='color:#fff;background:#000'>产品有风险</p>", 21),
        ("<table bgcolor='#000000'><td><font color=white>产品有风险</font></table>", 21),
        ("<p style='opacity:.5'>产品有风险</p>", 3.98),
        ("<p style='color:rgba(0,0,0,.5)'>产品有风险</p>", 3.98),
        ("<div style='background:url(a.png)'>产品有风险</div>", None),
    ],
)
def test_contrast_is_computed(text: str, ratio: float | None) -> None:
    assert look(text, "产品有风险").contrast == (ratio if ratio is None else pytest.approx(ratio, abs=0.05))


@pytest.mark.parametrize(
    "opening",
    [
        "<p hidden>", "<p style='display:none'>", "<p style='visibility:hidden'>", "<p style='font-size:0'>",
        "<p style='font-size:1px'>", "<p style='opacity:0'>", "<p style='position:absolute;left:-9999px'>",
        "<p style='text-indent:-9999px'>", "<p style='height:0;overflow:hidden'>", "<p style='max-height:0'>",
        "<p style='clip:rect(0 0 0 0)'>", "<p style='transform:scale(0)'>", "<p style='filter:opacity(0)'>",
        "<p class='sr-only'>",
        "<p aria-hidden='true'>", "<template>", "<noscript>", "<div style='display:none'><p style='display:block'>",
    ],
)  # fmt: skip
def test_what_hides_text(opening: str) -> None:
    assert look(f"<h1>卖点</h1>{opening}产品有风险", "产品有风险").hidden


def test_visibility_can_be_given_back() -> None:
    text = "<div style='visibility:hidden'>一<p style='visibility:visible'>产品有风险</p></div>"
    assert not look(text, "产品有风险").hidden


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("<details><summary>点</summary>产品有风险</details>", "collapsed"),
        ("<div class='collapse'>产品有风险</div>", "collapsed"),
        ("<s>产品有风险</s>", "struck"),
        ("~~产品有风险~~", "struck"),
        ("<span style='text-decoration:line-through'>产品有风险</span>", "struck"),
        ("![产品有风险](a.png)", "aside"),
        ("[看](https://a.cn/产品有风险)", "aside"),
        ("文[^1]\n\n[^1]: 产品有风险", "aside"),
    ],
)
def test_what_sets_text_aside(text: str, attribute: str) -> None:
    assert getattr(look(text, "产品有风险"), attribute)


@pytest.mark.parametrize(
    "text",
    [
        "<details open><summary>点</summary>产品有风险</details>",
        "<details><summary>产品有风险</summary>x</details>",
        "<div class='collapse show'>产品有风险</div>", "<p>产品有风险</p><p hidden>x</p>",
    ],
)  # fmt: skip
def test_what_is_open_is_open(text: str) -> None:
    seen = look(text, "产品有风险")
    assert (seen.hidden, seen.collapsed, seen.aside, seen.struck) == (None, False, None, False)


def test_attributes_and_comments_are_told_with_their_place() -> None:
    text = '<img alt="产品有风险"><!--投资须谨慎--><a title="不保证本金">x</a>'
    assert [(run.aside, text[run.start : run.end]) for run in layout_of(text).unread] == [
        ("alt", "产品有风险"),
        ("comment", "投资须谨慎"),
        ("title", "不保证本金"),
    ]


def test_positions_are_code_points_of_the_copy_as_given() -> None:
    text = "🎉&nbsp;<p style='font-size:5px'>𠀀产品有风险</p>"
    run = next(run for run in layout_of(text).layers[0] if run.size == 3.75)
    assert text[run.start : run.end] == "𠀀产品有风险"
