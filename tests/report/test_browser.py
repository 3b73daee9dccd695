"""Pages in a browser: accessible, narrow and wide, light and dark, on paper, without a request."""

from pathlib import Path

import pytest
from support import browser

pytestmark = pytest.mark.skipif(browser.found() is None, reason="no Chromium is installed here")


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser.browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture(scope="module")
def axe():
    package = pytest.importorskip("axe_core_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def pages(demo):
    return sorted((demo / "pages").glob("*.html"))


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("dark", [False, True])
def test_no_page_breaks_a_rule_of_accessibility(demo, tab, axe, width, dark):
    told = {}
    for path in pages(demo):
        tab.open(path, width=width, dark=dark)
        tab.run(f"{axe};0")
        found = tab.run(
            "axe.run().then(r => r.violations.map(v =>"
            " [v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 160)]))"
        )
        if found:
            told[path.name] = found
    assert told == {}


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
