"""Pages on narrow screens: charts that can be read, names that wrap, keys that reach everything."""

import pytest
from support import browser

from clearance_metrics.report.outputs import Page, Prose
from clearance_metrics.report.typeset import html_of
from clearance_metrics.results.block import Block, Picture, Point, Points, Text
from clearance_metrics.results.charts.canvas import drawings
from clearance_metrics.results.charts.groups import dots
from clearance_metrics.results.display import Display
from clearance_metrics.results.fold import Fold, Folds
from clearance_metrics.results.parts import Card, Cards, Tile, Tiles
from clearance_metrics.results.words import say

pytestmark = pytest.mark.skipif(browser.found() is None, reason="no Chromium is installed here")

SIZES = (
    "[...document.querySelectorAll('main svg text')].filter(t => t.checkVisibility()).map(t =>"
    " {const m = t.getScreenCTM(); return parseFloat(getComputedStyle(t).fontSize) *"
    " Math.hypot(m.a, m.b)})"
)
LONG = {"latin": "a" * 300, "chinese": "口岸" * 150, "words": "port of nowhere " * 19}


class Log:
    simulated = True


class Notice:
    number, id, sha256 = "1", "n", "0" * 64


def written(page, folder, lang="zh"):
    """The page as a file."""
    about = {"log": Log(), "day": "2022-12-31", "data": page.title, "notice": Notice()}
    about |= {"notice_title": page.title, "version": "0", "inputs": [], "links": []}
    told = html_of(
        {"own.html": page}, "own.html", lang=lang, say=lambda c, **f: say(c, lang, **f), **about
    )
    path = folder / "own.html"
    path.write_text(told, encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [360, 390])
def test_every_sign_of_a_chart_has_eleven_pixels_on_a_telephone(demo, tab, width):
    seen = 0
    for path in sorted((demo / "pages").glob("*.html")):
        tab.open(path, width=width)
        sizes = tab.run(SIZES)
        assert min(sizes, default=11) >= 11, path.name
        seen += len(sizes)
        both = "[...document.querySelectorAll('.two')].map(c => [...c.children].filter(d =>"
        shown = tab.run(f"{both} d.checkVisibility()).length)")
        assert set(shown) <= {1}, path.name
    assert seen > 500


def test_a_wide_screen_and_paper_have_the_wide_drawing(demo, tab):
    path = demo / "pages" / "08_waiting.html"
    wide = "[...document.querySelectorAll('.two')].map(c => c.children[0].checkVisibility())"
    tab.open(path, width=1280)
    assert tab.run(wide) and all(tab.run(wide))
    tab.open(path, width=360)
    assert not any(tab.run(wide))
    tab.send("Emulation.setEmulatedMedia", media="print")
    try:
        assert all(tab.run(wide))
    finally:
        tab.send("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize("name", LONG.values(), ids=LONG)
@pytest.mark.parametrize("width", [360, 1280])
def test_names_of_three_hundred_signs_wrap_wherever_they_stand(tmp_path, tab, name, width):
    row = {"label": name, "value": 3.0, "low": 2.0, "high": 4.0, "n": 9}
    wide, slim = drawings(dots({name: [row]}, title="", source="", unit="h"))
    table = Display((name, "n"), [(name, "1"), (f"x\n{name}", "2")], (name,), caption=name)
    parts = (
        Picture(wide, name, "", slim),
        table,
        Text(name),
        Points((Point("✓", "good", name, name),)),
        Cards((Card(name, "1", "h", "✓", "good", name, rule=name),), ("",) * 5),
        Tiles(((name, (Tile("1", name, name, "good"),)),), ("",) * 4),
        Folds((Fold(name, (table,), below=name, badges=(("✓", "good"),), anchor="f"),)),
    )
    blocks = [Block(name, parts, name, name), Block(name, (table,), role="half")]
    tab.open(written(Page(name, tuple(blocks)), tmp_path), width=width)
    hidden = (
        "[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() &&"
        " !e.closest('svg, .skip, nav.pages') && e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.outerHTML.slice(0, 60))"
    )
    assert tab.run(hidden) == []
    across, there = tab.run("[document.documentElement.scrollWidth, innerWidth]")
    assert across <= there


def test_what_cannot_be_drawn_narrow_is_moved_sideways_by_keys(tmp_path, tab):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 90"><text>a</text></svg>'
    page = Page("own", (Block("finding", (Picture(svg, "alt"),)),))
    tab.open(written(page, tmp_path), width=360)
    tab.run("document.querySelector('.scroll').focus()")
    assert tab.run("document.activeElement.className") == "scroll"
    for kind in ("rawKeyDown", "keyUp"):
        tab.send("Input.dispatchKeyEvent", type=kind, key="ArrowRight", windowsVirtualKeyCode=39)
    moved = (
        "new Promise(r => {const e = document.querySelector('.scroll'); let left = 100;"
        " const look = () => e.scrollLeft > 0 || !left-- ? r(e.scrollLeft) : setTimeout(look, 100);"
        " look()})"
    )
    assert tab.run(moved) > 0


def test_the_figures_of_a_card_and_of_a_chart_are_those_of_a_file(demo, tab):
    tab.open(demo / "pages" / "index.html")
    taken = tab.run(
        "[...document.querySelectorAll('a[download=\"chart.csv\"]')].map(a =>"
        " [!!a.closest('.card'), decodeURIComponent(a.href.split('utf-8,')[1])])"
    )
    cards = [text for card, text in taken if card]
    drawn = tab.run("document.querySelectorAll('.card svg').length")
    charts = tab.run("document.querySelectorAll('.pair .chart').length")
    assert len(cards) == drawn > 0 and len(taken) - len(cards) == charts > 0
    for _, text in taken:
        lines = text.split("\n")
        assert text[0] == "\ufeff" and len(lines) > 3 and lines[-1] == ""
        assert len({line.count(",") for line in lines[:-1] if '"' not in line}) == 1


@pytest.mark.parametrize("name", ["index.html", "02_clearance_time.html"])
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(demo, tab, name):
    tab.open(demo / "pages" / name)
    controls = (
        "[...document.querySelectorAll('a[href], summary, select, button, [tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility())"
    )
    many = tab.run(f"{controls}.length")
    reached, dim = set(), []
    for _ in range(many + 1):
        for kind in ("rawKeyDown", "keyUp"):
            tab.send("Input.dispatchKeyEvent", type=kind, key="Tab", windowsVirtualKeyCode=9)
        place, told = tab.run(
            f"(e => [{controls}.indexOf(e), e.tagName + getComputedStyle(e).outlineStyle])"
            "(document.activeElement)"
        )
        reached.add(place)
        dim += [told] if place >= 0 and told.endswith("none") else []
    assert set(range(many)) <= reached and dim == []


def test_a_formula_can_be_read_on_a_dark_page(tmp_path, tab):
    page = Page("own", (Prose("其中 $x^2$。"),))
    seen = "getComputedStyle(document.querySelector('img.math')).filter"
    path = written(page, tmp_path)
    tab.open(path)
    assert tab.run(seen) == "none"
    tab.open(path, dark=True)
    assert tab.run(seen).startswith("invert(")
