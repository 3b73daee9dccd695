"""What every page says beside its answers: main points before, how and terms after."""

from dataclasses import replace

import pytest

from clearance_metrics.report.document import Heading, Listing, elements
from clearance_metrics.report.furniture import FOLDED, MAIN, furnished
from clearance_metrics.report.letter import findings
from clearance_metrics.report.outputs import Page, Prose
from clearance_metrics.report.typeset import html_of
from clearance_metrics.results.block import LIST, Block, Point, Points, Text
from clearance_metrics.results.words import LANGUAGES, codes, say

TOLD = (Text("told"),)


def page(*parts):
    return Page("A page", tuple(parts))


def chapters(n):
    """A heading and two findings, so many times."""
    found = []
    for i in range(n):
        found += [
            Prose(f"## Chapter {i}"),
            Block(f"first of {i}", TOLD),
            Block(f"next of {i}", TOLD),
        ]
    return found


def test_the_first_finding_of_each_chapter_is_a_main_point_six_at_most():
    for n, kept in ((1, 0), (2, 2), (6, 6), (9, 6)):
        before = [
            b for b in furnished(page(*chapters(n)), "en").parts if getattr(b, "role", "") == MAIN
        ]
        told = [point.text for block in before for part in block.parts for point in part.points]
        assert told == [f"first of {i}" for i in range(kept)]


def test_marked_chapters_have_the_main_points_where_they_find_something():
    def points(parts):
        found = furnished(page(*parts), "en").parts
        blocks = [b for b in found if getattr(b, "role", "") == MAIN]
        return [point.text for block in blocks for point in block.parts[0].points]

    parts = chapters(9)
    for place in (3, 21, 24):
        parts[place] = replace(parts[place], main=True)
    assert points(parts) == ["first of 1", "first of 7", "first of 8"]
    # of a log that answers one of them alone, the others are not kept back
    lacking = [p for i, p in enumerate(parts) if i not in (22, 23, 25, 26)]
    assert points(lacking)[:3] == ["first of 0", "first of 1", "first of 2"]


@pytest.mark.parametrize(
    "own", [Block("lead", TOLD, role="lead"), Block("", (Points((Point("", "", "x"),)),))]
)
def test_a_page_that_says_its_points_itself_gets_no_others(own):
    found = furnished(page(own, *chapters(3)), "en").parts
    assert not [b for b in found if getattr(b, "role", "") == MAIN]


def test_a_cause_without_an_answer_is_no_main_point():
    parts = [
        Prose("## One"),
        Block("no data: the log lacks it"),
        Block("found", TOLD),
        *chapters(1),
    ]
    (block,) = [b for b in furnished(page(*parts), "en").parts if getattr(b, "role", "") == MAIN]
    assert [p.text for p in block.parts[0].points] == ["found", "first of 0"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_terms_that_a_page_uses_are_told(lang):
    """Each term alone brings its own meaning; a page without any has no list."""
    assert furnished(page(Block("0", TOLD[:0])), lang).parts == (Block("0"),)
    for about in ("measured", "glossary"):
        for code in (c for c in codes(lang) if c.startswith(f"{about}_term.")):
            meaning = say(code.replace("_term", ""), lang)
            for term in say(code, lang).split("|"):
                after = furnished(page(Block("0", (Text(f"x {term} x"),))), lang).parts[1:]
                assert meaning in " ".join(p.text for b in after for p in b.parts[0].points)


def test_a_word_is_none_that_begins_within_another():
    after = furnished(page(Block("0", (Text("subTEUx and geometTEU"),))), "en").parts[1:]
    assert not [p for b in after for p in b.parts[0].points if "twenty-foot" in p.text]


def test_terms_fold_on_a_page_and_are_read_in_a_document():
    told = page(Block("share", (Text("the mean and the median, in TEU"),)))
    made = furnished(told, "en")
    assert [b.role for b in made.parts[1:]] == [FOLDED, FOLDED]
    about = {
        "day": "2022-12-31",
        "data": "d",
        "notice_title": "t",
        "links": [],
        "version": "0",
        "inputs": [],
        "say": lambda code, **facts: say(code, "en", **facts),
        "log": type(
            "L", (), {"simulated": False, "reader": type("R", (), {"title": lambda *_: "d"})()}
        ),
        "notice": type("N", (), {"number": "1", "id": "n", "sha256": "0" * 64}),
    }
    html = html_of({"a.html": made}, "a.html", lang="en", **about)
    assert html.count("<details") == html.count("<summary>") == 2
    heads = [e.text for e in elements(made) if isinstance(e, Heading)]
    assert heads[-2:] == ["How it was measured", "Terms"]
    assert sum(isinstance(e, Listing) for e in elements(made)) == 2
    assert list(findings(made, "en")) == list(findings(replace(made, parts=told.parts), "en"))


def test_a_list_of_cases_is_no_main_point():
    found = Block("a finding", (Text("x"),))
    listed = Block("five cases", (Text("x"),), role=LIST)
    parts = (Prose("## One"), found, Prose("## Two"), listed, found)
    main = furnished(Page("own", parts), "en").parts[0]
    assert [point.text for point in main.parts[0].points] == ["a finding", "a finding"]


def test_names_in_another_script_are_said_to_be_those_of_the_data():
    told = Page("own", (Block("of 甲港", (Text("the mean"),)),))
    texts = [
        p.text
        for b in furnished(told, "en").parts
        for x in b.parts
        if isinstance(x, Points)
        for p in x.points
    ]
    assert any("as they do in the data" in text for text in texts)
    plain = furnished(Page("own", (Block("of A", (Text("the mean"),)),)), "en")
    assert not any("as they do in the data" in str(part) for part in plain.parts)


def test_a_page_with_published_figures_beside_is_no_page_of_simulated_ones_alone(tmp_path):
    from nbformat.v4 import new_code_cell, new_notebook

    from clearance_metrics.report.outputs import page_of

    beside = new_notebook(cells=[new_code_cell("x.wide(beside=cm.published('t'))")])
    own = new_notebook(cells=[new_code_cell("cm.violations(log)")])
    assert page_of(beside, "en", tmp_path / "a.ipynb").beside
    assert not page_of(own, "en", tmp_path / "a.ipynb").beside
