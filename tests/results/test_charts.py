"""Charts: one language each, whole words, the same bytes twice."""

import re
import warnings
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from matplotlib.dates import date2num

from clearance_metrics.results.charts.bridge import waterfall
from clearance_metrics.results.charts.canvas import style, to_svg, wrapped
from clearance_metrics.results.charts.groups import bars, dots, strip
from clearance_metrics.results.charts.league import ranks
from clearance_metrics.results.charts.months import clearance_months, months_with_steps
from clearance_metrics.results.charts.published import compression, published_levels
from clearance_metrics.results.charts.survival import distribution
from clearance_metrics.results.words import LANGUAGES

MONTHS = [
    {"period": f"2021-{m:02}", "value": 30.0 + m, "low": 29.0, "high": 44.0, "n": 1000 + m}
    for m in range(1, 13)
]
TERM = {"low": -1.0, "high": 1.0, "n_before": 4, "n_after": 5}
TERM |= {f"label_{lang}": "项" if lang == "zh" else "term" for lang in LANGUAGES}
BRIDGE = [
    TERM | {"term": "before", "value": 40.0},
    *(TERM | {"term": "own", "value": value} for value in (9, 1, -2, 3, -4, 5)),
    TERM | {"term": "after", "value": 52.0},
]
RANK = {"few": False, "low": 1.0, "high": 3.0, "pooled": 2.0, "rank": 1, "rank_low": 1}
LEAGUE = [
    RANK | {"label": "x", "value": 2.0, "n": 1234, "rank_high": 2},
    RANK | {"label": "y", "value": None, "n": None, "rank": None, "rank_high": None},
]
STATISTICS = ("mean", "median", "p90")


def drawn(lang):
    words = {"title": "标题" if lang == "zh" else "title", "source": "x"}
    told = words | {"lang": lang}
    panel = [r | {"statistic": s} for s in STATISTICS for r in MONTHS]
    step = (date(2021, 3, 1), date(2021, 9, 1), 33.0, "≤ 33")
    shares = [{"series": "x", "x": x, "share": x / 9} for x in range(10)]
    return [
        clearance_months({"x": panel}, published={"x": MONTHS[:2]}, **told),
        months_with_steps(
            MONTHS, label="x", unit="h", steps=[step], marker=(date(2021, 5, 1), "y"), **told
        ),
        compression([r | {"series": "x"} for r in MONTHS], reference=50, **told),
        published_levels(
            {"x": [r | {"label": "1", "annual": r["period"] == "2021-07"} for r in MONTHS]}, **told
        ),
        distribution(shares, unit="h", limits=[(3, "3 h")], **told),
        waterfall(BRIDGE, unit="h", most=3, **told),
        ranks(LEAGUE, unit="h", **told),
        dots({"x": [r | {"label": r["period"]} for r in MONTHS]}, unit="h", **words),
        bars([{"label": "x", "value": 3}], unit="h", **words),
        strip([("x", 3, "#2f7d4f"), ("y", 4, "#b0162b")], **words),
    ]


def texts(figure):
    from matplotlib.text import Text

    return [t.get_text() for t in figure.findobj(Text) if t.get_text()]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_charts_speak_one_language_and_have_every_glyph(lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for one, two in zip(drawn(lang), drawn(lang), strict=True):
            assert to_svg(one) == to_svg(two) and "<text" in to_svg(one)
            told = " ".join(texts(one))
            if lang != "zh":
                assert not re.search("[\u3000-\u9fff]", told), told
            else:
                assert not re.search(r"[A-Za-z]{3}", told.replace("title", "")), told


def test_what_a_chart_says_is_said_by_the_catalogue():
    zh, en = (
        dict(zip("abcdefghij", map(texts, drawn(lang)), strict=True)) for lang in ("zh", "en")
    )
    assert "均值（95%区间）" in zh["a"] and "mean (95 % interval)" in en["a"]
    assert "全国公布值" in zh["a"] and "7月" in zh["b"] and "Jul" in en["b"]
    assert any("其余4项" in t for t in zh["f"]) and any("4 other terms" in t for t in en["f"])
    assert any("n=4→5" in t for t in zh["f"]) and "未列出" in zh["g"] and "not shown" in en["g"]
    assert "n=1,234  rank 1 (may be 1 to 2)" in en["g"] and "1,001" in en["b"] and "x 3" in zh["j"]


def test_lines_are_broken_between_signs_and_marks_stay_with_what_they_open_or_close():
    assert wrapped("进口整体通关时间", 8).splitlines() == ["进口整体", "通关时间"]
    assert wrapped("进口整体，通关", 8).splitlines() == ["进口整", "体，通关"]
    assert wrapped("演示（非真实）", 7).splitlines() == ["演示", "（非真", "实）"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=2))
@example(["$a_1^{$", '=HYPERLINK("http://x")', "a\nb", "\x00\x1b", "<!-- -->", "$\\frac$"])
def test_any_name_can_be_drawn(names):
    with warnings.catch_warnings():
        # a sign that the font lacks is drawn as a box
        warnings.simplefilter("ignore", UserWarning)
        for figure in (
            bars(
                [{"label": name, "value": 3} for name in names[:6]], unit="h", title="", source=""
            ),
            dots(
                {names[0]: [r | {"label": names[1]} for r in MONTHS]}, unit="h", title="", source=""
            ),
        ):
            ElementTree.fromstring(to_svg(figure))


def test_a_drawing_names_its_fonts_once_and_no_place_finer_than_is_seen():
    from matplotlib.figure import Figure

    with style():
        figure = Figure()
        axes = figure.subplots()
        axes.bar(["a", "b"], [1, 2.123456789], hatch=".")
        axes.text(0, 1, "3.141592653")
    svg = to_svg(figure)
    assert svg.count("sans-serif") == 1 and svg.index("sans-serif") < svg.index("<path")
    assert "rotate(-0" not in svg and ">3.141592653<" in svg
    assert all(
        len(n.partition(".")[2]) <= 2
        for d in re.findall(r' d="([^"]*)"', svg)
        for n in re.findall(r"[-\d.]+", d)
    )


def test_words_of_a_step_in_the_middle_stand_clear_of_the_line_and_its_band():
    months = [f"{year}-{month:02}" for year in (2021, 2022) for month in range(1, 13)]
    values = [7.5] * 9 + [6.5] * 15
    rows = [
        {"period": p, "value": v, "low": v - 0.4, "high": v + 0.4, "n": 9}
        for p, v in zip(months, values, strict=True)
    ]
    steps = [
        (date(2021, 8, 1), date(2021, 12, 31), 7.0, "at most 7 until 2021-12-31"),
        (date(2022, 1, 1), date(2022, 12, 31), 6.0, "second"),
    ]
    figure = months_with_steps(
        rows, lang="en", title="t", source="s", label="mean", unit="days", steps=steps
    )
    figure.canvas.draw()
    axis = figure.axes[0]
    (words,) = [text for text in axis.texts if "until" in text.get_text()]
    box = words.get_window_extent().transformed(axis.transData.inverted())
    under = [
        r for r in rows if box.x0 <= date2num(date.fromisoformat(f"{r['period']}-01")) <= box.x1
    ]
    assert len(under) > 2
    assert all(box.y0 > r["high"] or box.y1 < r["low"] for r in under)
