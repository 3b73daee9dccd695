"""Charts on narrow screens: the same figures, in signs that can be read there; lean drawings."""

import re
from contextlib import nullcontext
from functools import partial
from xml.etree import ElementTree

import pytest
from test_charts import MONTHS, drawn

from clearance_metrics.results.block import Block, Picture
from clearance_metrics.results.charts.canvas import drawings, to_svg
from clearance_metrics.results.charts.compact import compacted, path_of
from clearance_metrics.results.charts.firms import firms_apart
from clearance_metrics.results.charts.groups import bars, dots, stacked, strip
from clearance_metrics.results.charts.heat import heat
from clearance_metrics.results.charts.league import ranks
from clearance_metrics.results.charts.narrow import PHONE, narrow, short
from clearance_metrics.results.charts.small import dots_small, months_small

PHONE_PIXELS = 332  # of a chart on a screen of 360
WORDS = {"title": "", "source": ""}
SVG = "{http://www.w3.org/2000/svg}"


def several(lang):
    cells = [[(h + d) / 1000 for h in range(24)] for d in range(7)]
    parts = {"海港甲": [("企业及代理", 3.0), ("码头与承运人", 4.0), ("政府部门", 2.5)]}
    return [
        *drawn(lang),
        heat("一二三四五六日", cells, below="时", **WORDS),
        stacked(parts, unit="h", **WORDS),
        months_small(MONTHS, lang=lang, last="42.00"),
        dots_small([{"label": "x", "value": 3.0, "low": 2.0, "high": 4.0, "told": "3.00"}]),
    ]


def texts(svg):
    """What a drawing says, and the size of each text in points of the drawing."""
    root = ElementTree.fromstring(svg)
    looks = dict(re.findall(r"\.(l\d+)\{([^}]*)\}", svg))
    found = []
    for text in root.iter(f"{SVG}text"):
        look = text.get("style") or looks[text.get("class")]
        size = re.search(r"font(?:-size)?:(?:\w+ )*([\d.]+)px", look)
        found.append(("".join(text.itertext()), float(size[1])))
    return found


@pytest.mark.parametrize("place", range(len(several("zh"))))
def test_a_narrow_drawing_says_no_less_in_signs_of_eleven_pixels(place):
    figure = several("zh")[place]
    wide, slim = drawings(figure)
    box = re.search(r'viewBox="0 0 ([\d.]+) ', slim)
    assert float(box[1]) <= PHONE * 72
    scale = PHONE_PIXELS / float(box[1])
    assert min(size for _, size in texts(slim)) * scale >= 11
    # figures with decimals are those of the data: each is in both
    numbers = [{t for t, _ in texts(svg) if re.fullmatch(r"\d+\.\d\d", t)} for svg in (wide, slim)]
    assert numbers[0] <= numbers[1]


def test_what_was_added_to_a_chart_is_not_lost_on_a_narrow_screen():
    figure = bars([{"label": "x", "value": 3}], unit="h", **WORDS)
    assert drawings(figure)[1] and drawings(figure)[1]  # also where it is shown twice
    figure.axes[0].axvline(2, label="own")
    wide, slim = drawings(figure)
    assert wide and not slim, "it cannot be drawn anew: the page lets the drawing be moved sideways"


def test_a_chart_that_is_drawn_narrow_leaves_the_wide_one_as_it_was():
    figure = dots({"x": [r | {"label": r["period"]} for r in MONTHS]}, unit="h", **WORDS)
    before = to_svg(figure)
    assert drawings(figure)[0] == before == to_svg(figure)


def test_panels_stand_one_below_the_other_on_a_narrow_sheet():
    panels = {name: [r | {"label": r["period"]} for r in MONTHS] for name in "ab"}
    with narrow():
        slim = dots(panels, unit="h", **WORDS)
    upper, lower = (axes.get_position() for axes in slim.axes)
    assert upper.y0 > lower.y1 and abs(upper.x0 - lower.x0) < 0.01


def test_hours_of_a_field_go_down_on_a_narrow_sheet_with_every_figure():
    cells = [[(24 * d + h) / 20000 for h in range(24)] for d in range(7)]
    with narrow():
        axes = heat("一二三四五六日", cells, below="时", **WORDS).axes[0]
    told = [text.get_text() for text in axes.texts]
    assert len(told) == 7 * 24 and told[1] == f"{100 * cells[1][0]:.1f}"
    assert len(axes.get_yticks()) == 24 and len(axes.get_xticks()) == 7


@pytest.mark.parametrize("name", ["a" * 300, "口岸" * 150, "port of " * 40, "x", "a\nb"])
@pytest.mark.parametrize("slim", [False, True])
def test_a_name_of_three_hundred_signs_leaves_room_for_what_it_names(name, slim):
    rows = [{"label": name, "value": 3.0, "low": 2.0, "high": 4.0, "n": 9}]
    figure = dots({name: rows}, unit="h", **WORDS)
    if slim:
        with narrow():
            figure = figure.again()
    assert figure.axes[0].get_position().width > 0.2
    wide = figure.get_size_inches()[0] * 72  # of the points that a drawing has
    boxes = [t.get_window_extent() for t in figure.axes[0].texts]
    boxes.append(figure.axes[0].get_tightbbox())  # with the name over it
    boxes += [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert all(box.x0 >= -1 and box.x1 <= wide + 1 for box in boxes)


def edges(figure):
    """Inches by which what is drawn keeps away from the sheet's left and right end, and panels from
    title and source."""
    wide, high = figure.get_size_inches()
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    left, right = min(b.x0 for b in boxes) / 72, wide - max(b.x1 for b in boxes) / 72
    foot, top = min(b.y0 for b in boxes) / 72, high - max(b.y1 for b in boxes) / 72
    return left, right, foot - figure.feet[1], top - figure.heads[1]


WORD = "terminal and carrier"


@pytest.mark.parametrize("slim", [False, True])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_that_is_drawn_is_cut_or_lies_on_title_or_source(lang, slim):
    rows = [
        {
            "label": f"海港{i}",
            "value": 3.0 * i,
            "low": 2.5 * i,
            "high": 3.5 * i + 1,
            "n": 900,
            "sd": 2,
        }
        | {"few": False, "pooled": 3.0, "rank": i, "rank_low": 1, "rank_high": 9, "words": WORD}
        for i in range(1, 8)
    ]
    parts = [(f"{WORD} {i}", 3, "#2f7d4f") for i in range(5)]
    legend = ("the mean with its interval of 95%", "one standard deviation to both sides")
    drawn = [
        partial(ranks, rows, lang=lang, unit="hours", **WORDS),
        partial(firms_apart, {"%": rows[:2], "h": rows[2:4]}, legend=legend, **WORDS),
        partial(strip, parts, **WORDS),
        partial(stacked, {"a": [(WORD, 2.0), (WORD * 2, 4.0)]}, unit="hours", **WORDS),
        partial(dots, {"a": rows, "b": rows}, unit="hours", **WORDS),
    ]
    for draw in drawn:
        with narrow() if slim else nullcontext():
            figure = draw()
        assert min(edges(figure)) > 0, draw.func.__name__
        foot = edges(figure)[2]
        assert foot < 0.3, f"{draw.func.__name__} leaves {foot:.2f} inches empty"


def test_a_name_is_cut_where_a_chart_has_no_more_room_and_says_so():
    assert short("a" * 300, 46).count("\n") == 2 and short("a" * 300, 46).endswith("…")
    assert short("甲口岸", 46) == "甲口岸" and short("口岸" * 150, 46).endswith("口…")
    assert short("口岸" * 30, 46) == "口岸" * 11 + "口\n岸" + "口岸" * 11 + "\n" + "口岸" * 7


def test_a_drawing_takes_less_than_half_of_what_matplotlib_writes():
    import io

    figure = bars([{"label": str(i), "value": i} for i in range(9)], unit="h", **WORDS)
    out = io.StringIO()
    figure.savefig(out, format="svg")
    assert len(to_svg(figure)) < len(out.getvalue()) / 2


def test_a_lean_drawing_refers_to_what_it_has_and_reaches_no_other():
    parts = [(f"p{i}", i + 1, "#2f7d4f") for i in range(5)]
    svg = to_svg(strip(parts, **WORDS))
    names = re.findall(r' id="([^"]+)"', svg)
    used = re.findall(r'(?:url\(#|href="#)([^")]+)', svg)
    assert len(names) == len(set(names)) and used and set(used) <= set(names)
    own = names[0]
    assert all(name.startswith(own) for name in names)
    rules = re.search(r"<style>(.*?)</style>", svg)[1]
    assert all(rule.startswith(f"#{own} .") for rule in rules.split("}")[:-1])
    assert set(re.findall(r'class="(\w+)"', svg)) == set(re.findall(r"\.(l\d+)\{", rules))


def test_a_circle_is_two_bows_and_what_is_none_stays():
    from matplotlib.path import Path

    def told(path):
        letters = {1: "M", 2: "L", 4: "C", 79: "z"}
        return "".join(
            letters[code] + " ".join(map(str, points[:-2] if code == 79 else points))
            for points, code in path.iter_segments(curves=True)
        )

    ring = path_of(told(Path.circle((3.0, 4.0), 2.0)))
    assert ring == "M1 4A2 2 0 1 0 5 4A2 2 0 1 0 1 4"
    egg = Path.circle((3.0, 4.0), 2.0).vertices * [1, 2]
    assert "C" in path_of(told(Path(egg, Path.circle((3.0, 4.0), 2.0).codes)))
    assert path_of("M 0 0 L 5 0 L 5 0 L 5 3.004 L 7 9 z") == "M0 0H5V3L7 9z"


def test_texts_and_their_signs_stay_as_they_are():
    text = '<text style="fill: red">a  &lt;b&gt; #1</text>'
    svg = f'<svg xmlns="{SVG[1:-1]}"><g id="t">{text}</g></svg>'
    made = ElementTree.fromstring(compacted(svg, "c1"))
    assert [text.text for text in made.iter(f"{SVG}text")] == ["a  <b> #1"]


def test_both_drawings_survive_as_data():
    block = Block("a", (Picture("<svg/>", "alt", "x\n1\n", "<svg/>"),))
    assert Block.of(block.to_dict()) == block
    old = {"kind": "picture", "svg": "<svg/>", "alt": "a", "data": ""}
    assert Block.of(Block().to_dict() | {"parts": [old]}).parts[0].narrow == ""
