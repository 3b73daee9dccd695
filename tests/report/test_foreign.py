"""HTML of other libraries on a page: nothing acts, nothing is asked for, nothing else is styled."""

import pytest

from clearance_metrics.report.foreign import cleaned, safe, shows_less
from clearance_metrics.report.outputs import Foreign
from clearance_metrics.report.prose import html_of_markdown
from clearance_metrics.report.typeset import _part

ACTS = [
    "<script>x()</script>",
    "<SCRIPT src=//a.b/c.js>",
    '<iframe srcdoc="<script>x()</script>"></iframe>',
    '<img src="data:image/png;base64,AA" onerror="x()">',
    '<a href="java\tscript:x()">a</a>',
    '<a href="data:text/html,<script>x()</script>">a</a>',
    '<svg onload="x()"><script>x()</script></svg>',
    "<svg><style><img src=x onerror=x()></style></svg>",
    '<div style="background: url(https://a.b/c)">a</div>',
    "<style>@import 'https://a.b/c'; p { background: url(https://a.b/c) }</style>",
    '<object data="https://a.b/c"></object><embed src="https://a.b/c">',
    '<form action="https://a.b"><input name="n"></form>',
    '<link rel="stylesheet" href="https://a.b/c"><meta http-equiv="refresh" content="0;//a.b">',
    '<base href="https://a.b"><img srcset="https://a.b/c">',
    "<noscript><p title='</noscript><img src=x onerror=x()>'></noscript>",
]


@pytest.mark.parametrize("html", ACTS)
def test_what_acts_or_loads_is_gone(html):
    for made in (cleaned(html), safe(html), html_of_markdown(html)):
        bare = made.lower().replace("&lt;", "")
        for sign in (
            "<script",
            "<iframe",
            "onerror=",
            "onload=",
            "script:",
            "a.b",
            "<svg",
            "<link",
        ):
            assert f"{sign}" not in bare or sign == "onerror=" and "<img" not in bare, made


def test_styles_reach_the_other_librarys_part_alone():
    made = cleaned("<style>p, td {color: red; position: fixed} } body {}</style><p>a</p>")
    assert ":where(.own) :is(p, td) { color: red }" in made and "fixed" not in made
    assert "body" not in made
    assert cleaned('<p style="color: red; position: fixed">a</p>') == '<p style="color: red">a</p>'


def test_headings_names_and_empty_heads_fit_into_the_page():
    made = cleaned('<h1 id="main">a</h1><h4>b</h4><table><tr><th></th><th>c</th></tr></table>')
    assert made.startswith("<h3>a</h3><h4>b</h4>") and "<td></td><th>c</th>" in made


def test_drawings_are_pictures_with_words():
    inner = '<svg viewBox="0 0 1 1"><title>One &amp; two</title><svg/></svg>'
    made = cleaned(f"a{inner}b<svg/>c", "about it")
    assert made.count("<img ") == 2 and 'alt="One &amp; two"' in made and 'alt="about it"' in made
    assert made[0] == "a" and made[-1] == "c" and "<svg" not in made


def test_a_table_that_is_wide_can_be_reached_by_the_keyboard():
    shown = _part(Foreign("text/html", "<table><tr><td>1</td></tr></table>", "of pandas"), {}, "en")
    assert shown.startswith(
        '<div class="wide own" role="group" tabindex="0" aria-label="of pandas">'
    )
    assert shows_less("<video></video>") and not shows_less("<script></script><p>a</p>")
