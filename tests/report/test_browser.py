"""Pages in a browser: accessible, narrow and wide, light and dark, on paper, without a request."""

import json
from pathlib import Path

import pytest
from support import browser

pytestmark = pytest.mark.skipif(browser.found() is None, reason="no Chromium is installed here")


@pytest.fixture(scope="module")
def axe():
    package = pytest.importorskip("axe_core_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def pages(demo):
    return sorted((demo / "pages").glob("*.html"))


# what a page in the dark may break: of the light one it differs in colours and spaces alone
DARK = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
LOOKS = {"background", "border-radius", "padding", "filter", "fill"}


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("dark", [False, True])
def test_no_page_breaks_a_rule_of_accessibility(demo, tab, axe, width, dark):
    told, only = {}, {"runOnly": {"type": "rule", "values": DARK}} if dark else {}
    how = json.dumps({"resultTypes": ["violations"], **only})
    for path in pages(demo):
        tab.open(path, width=width, dark=dark)
        tab.run(f"{axe};0")
        found = tab.run(
            f"axe.run({how}).then(r => r.violations.map(v =>"
            " [v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 160)]))"
        )
        if found:
            told[path.name] = found
    assert told == {}


def test_the_dark_changes_colours_and_spaces_alone(demo, tab):
    """So that there the rules on these are enough."""
    tab.open(card(demo), dark=True)
    rules = (
        "[...document.styleSheets].flatMap(s => [...s.cssRules])"
        ".filter(r => r.conditionText?.includes('color-scheme'))"
        ".flatMap(r => [...r.cssRules].map(one => one.style.cssText))"
    )
    told = [part for text in tab.run(rules) for part in text.split(";") if part.strip()]
    names = {part.split(":")[0].strip() for part in told}
    assert len(told) > 9 and {name for name in names if name[:2] != "--"} <= LOOKS


def test_a_narrow_page_does_not_run_over_its_edge_and_asks_for_nothing(demo, tab):
    for path in pages(demo):
        tab.open(path, width=360)
        wide, there = tab.run("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= there, path.name
        asked = [a for a in tab.requests() if not a.startswith(("file://", "data:"))]
        assert asked == [] and path.stat().st_size < 1_000_000, path.name


def test_a_page_is_read_with_scripts_off(demo, tab):
    for path in pages(demo):
        assert "<script" not in path.read_text(encoding="utf-8")


def test_every_picture_has_words(demo, tab):
    for path in pages(demo):
        tab.open(path)
        silent = tab.run(
            "[...document.querySelectorAll('.chart')].filter(c =>"
            " !(c.getAttribute('aria-label') || c.querySelector('img')?.alt)).length"
        )
        assert silent == 0, path.name


CHOOSE = (
    "(name, place) => {const s = document.querySelector(`.by-${name}`); s.selectedIndex = place;"
    " return [...document.querySelectorAll('.fold')].filter(f => f.checkVisibility()).length}"
)
COUNTED = (
    "[...document.querySelectorAll('.filter select')].map(s => [s.className.slice(3),"
    " [...s.options].map(o => +o.text.match(/（(\\d+)）$/)[1])])"
)


def card(demo):
    return demo / "pages" / "05_scorecard.html"


def test_every_choice_shows_as_many_measures_as_it_says(demo, tab):
    tab.open(card(demo))
    lists = dict(tab.run(COUNTED))
    assert list(lists) == ["part", "department", "verdict", "port", "mode"]
    for name, counts in lists.items():
        shown = [tab.run(f"({CHOOSE})('{name}', {place})") for place in range(len(counts))]
        assert shown == counts, name
        assert tab.run(f"({CHOOSE})('{name}', 0)") == counts[0]


def test_choices_combine_and_a_line_says_where_nothing_is_left(demo, tab):
    tab.open(card(demo))
    parts = len(dict(tab.run(COUNTED))["part"])
    left = "document.querySelector('.left-none').checkVisibility()"
    heads = "[...document.querySelectorAll('.group')].filter(g => g.checkVisibility()).length"
    assert tab.run(left) is False and tab.run(heads) == parts - 1
    seen = set()
    for place in range(1, parts):
        n = tab.run(f"({CHOOSE})('part', {place}); ({CHOOSE})('port', 1)")
        assert tab.run(left) is (n == 0) and tab.run(heads) == (n > 0)
        seen.add(n > 0)
    assert seen == {True, False}
    tab.run("document.querySelector('.filter').reset()")
    assert tab.run(heads) == parts - 1 and tab.run(left) is False


def test_a_port_opens_its_own_rows_and_hides_those_of_others(demo, tab):
    tab.open(card(demo))
    rows = (
        "[...new Set([...document.querySelectorAll('.of-port tbody tr')]"
        ".filter(r => r.checkVisibility()).map(r => r.cells[0].innerText))]"
    )
    assert tab.run(rows) == []
    tab.run(f"({CHOOSE})('port', 2)")
    chosen = tab.run("document.querySelector('.by-port').selectedOptions[0].text.split('（')[0]")
    assert tab.run(rows) == [chosen]


def test_who_comes_by_the_name_of_a_measure_finds_it_open(demo, tab):
    tab.open(card(demo))
    closed = tab.run("document.querySelector('.fold:not([open]) > div').id")
    tab.run(f"location.hash = '{closed}'")
    shown = f"document.querySelector('#{closed} table').checkVisibility()"
    look = f"const look = () => {shown} || !left-- ? r({shown}) : setTimeout(look, 100)"
    assert tab.run(f"new Promise(r => {{let left = 100; {look}; look()}})") is True


def test_print_shows_every_measure_whole_whatever_is_chosen(demo, tab):
    tab.open(card(demo))
    tab.run(f"({CHOOSE})('verdict', 1)")
    tab.send("Emulation.setEmulatedMedia", media="print")
    try:
        # long lists that no document prints are told by a line, and printed where they are open
        hidden = "[...document.querySelectorAll('.fold table')].filter(t => !t.checkVisibility())"
        assert tab.run(f"{hidden}.filter(t => !t.closest('.on-screen')).length") == 0
        lines = "[...document.querySelectorAll('.on-paper')].map(s => s.checkVisibility())"
        assert len(tab.run(lines)) > 5 and all(tab.run(lines))
        tab.run("document.querySelectorAll('.on-screen').forEach(d => {d.open = true}); 0")
        assert tab.run(f"{hidden}.length") == 0 and not any(tab.run(lines))
        assert tab.run("document.querySelector('.filter').checkVisibility()") is False
    finally:
        tab.send("Emulation.setEmulatedMedia", media="")


def test_a_choice_is_made_by_the_keyboard_alone(demo, tab):
    tab.open(card(demo), scripts=True)
    tab.run("document.querySelector('.by-part').focus()")
    for kind in ("rawKeyDown", "keyUp"):
        tab.send("Input.dispatchKeyEvent", type=kind, key="ArrowDown", windowsVirtualKeyCode=40)
    assert tab.run("document.querySelector('.by-part').selectedIndex") == 1
    assert tab.run("[...document.querySelectorAll('.fold')].some(f => !f.checkVisibility())")


FILLS = """(() => {
  const paper = getComputedStyle(document.body).backgroundColor;
  const rgb = c => c.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = c => rgb(c).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 :
    ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const against = c => { const [a, b] = [light(c), light(paper)].sort((x, y) => x - y);
    return (b + .05) / (a + .05) };
  const texts = [...document.querySelectorAll('.chart svg text')];
  const fills = texts.filter(t => t.checkVisibility()).map(t => getComputedStyle(t).fill);
  // what has the colour of paper stands on a colour
  return fills.map(against).filter(c => c > 1.2);
})()"""


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_of_a_chart_is_read_on_the_page_that_it_is_on(demo, tab, dark):
    seen = 0
    for path in pages(demo):
        tab.open(path, dark=dark)
        told = tab.run(FILLS)
        assert min(told, default=21) >= 4.5, path.name
        seen += len(told)
    assert seen > 500


def test_charts_are_dark_on_a_screen_and_light_on_paper(demo, tab):
    sheet = "getComputedStyle(document.querySelector('.chart svg path')).fill"
    tab.open(demo / "pages" / "08_waiting.html", dark=True)
    assert tab.run(sheet) == tab.run("getComputedStyle(document.body).backgroundColor")
    assert tab.run(sheet) != "rgb(255, 255, 255)"
    tab.send("Emulation.setEmulatedMedia", media="print")
    try:
        assert tab.run(sheet) == "rgb(255, 255, 255)"
    finally:
        tab.send("Emulation.setEmulatedMedia", media="")
