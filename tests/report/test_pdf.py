"""Where the pages of the PDF break."""

import json
from importlib.resources import files

import pytest

from clearance_metrics.report.document import Figure, Heading, Paragraph
from clearance_metrics.report.furniture import FOLDED, gathered
from clearance_metrics.report.outputs import Page, Prose
from clearance_metrics.report.pdf import _table, fonts, leading
from clearance_metrics.results.block import Block, Point, Points
from clearance_metrics.results.display import Display

typst = pytest.importorskip("typst", reason="typst is not installed: no PDF can be set")
HEAD = files("clearance_metrics.report").joinpath("report.typ").read_text(encoding="utf-8")


def test_a_heading_and_the_lines_under_it_stay_with_their_table(tmp_path):
    table = Display(("a", "b"), [("x", "y")] * 20, caption="Measure 1\nclause and departments")
    rules = [line for line in HEAD.split("\n") if line.startswith(("#let", "#show", "#set par"))]
    rules = [line for line in rules if not line.startswith(("#let title", "#let about"))]
    split, file = [], tmp_path / "page.typ"
    for space in range(80, 118, 2):
        file.write_text(
            "\n".join(
                [
                    '#set page(paper: "a6", margin: 10mm)',
                    *rules,
                    f"#v({space}mm)",
                    "=== Heading",
                    _table(table, "en"),
                    "#context [#metadata((query(heading), query(table)).map(found => "
                    "found.first().location().page())) <at>]",
                ]
            ),
            encoding="utf-8",
        )
        asked = {"field": "value", "font_paths": fonts(), "ignore_system_fonts": True}
        ((heading, first),) = json.loads(typst.query(str(file), "<at>", **asked))
        split += [space] if heading != first else []
    assert not split


def asked(file, of):
    """What Typst tells of a document under this label."""
    how = {"field": "value", "font_paths": fonts(), "ignore_system_fonts": True}
    return json.loads(typst.query(str(file), of, **how))


@pytest.mark.parametrize(("filled", "page"), [(30, 1), (200, 2)])
def test_a_chapter_begins_below_a_few_lines_and_else_on_a_page_of_its_own(tmp_path, filled, page):
    rules = [
        line for line in HEAD.split("\n") if line.startswith(("#let chapter", "#let room", "#show"))
    ]
    told = ['#set page(paper: "a4")', *rules, f"#v({filled}mm)", "x", "#chapter", "= Next"]
    told.append("#context [#metadata(query(heading).first().location().page()) <at>]")
    (tmp_path / "page.typ").write_text("\n".join(told), encoding="utf-8")
    assert asked(tmp_path / "page.typ", "<at>") == [page]


def test_paragraphs_between_a_heading_and_what_they_lead_to_stay_with_it():
    picture = Figure("svg", b"", "")
    few = [Heading(2, "a"), Paragraph("b"), Paragraph("c"), picture, Paragraph("d")]
    assert leading(few) == {1, 2}
    assert leading([Heading(2, "a"), *[Paragraph("b")] * 9, picture]) == set()
    assert leading([Heading(2, "a"), Paragraph("n", "note"), picture]) == set()


def test_a_small_table_is_as_wide_as_it_needs_and_a_long_text_shares_the_line():
    small = _table(Display(("期间", "n"), [("2022-11-14 – 2022-11-20", "64")]), "zh")
    assert "columns: (auto, auto,)" in small
    wide = _table(Display(("来源", "n"), [("很长" * 60, "64")]), "zh")
    assert "columns: (60fr, auto,)" in wide


def test_terms_stand_once_at_the_end_of_a_volume():
    def page(title, *terms):
        points = Points(tuple(Point("", "", term) for term in terms))
        return Page(title, (Prose("told"), Block("用语", (points,), role=FOLDED)))

    first, second, last = gathered([page("a", "x", "y"), page("b", "y", "z")], "zh")
    assert first.parts == second.parts == (Prose("told"),)
    assert last.title == "用语"
    assert [point.text for point in last.parts[0].parts[0].points] == ["x", "y", "z"]
    assert gathered([Page("own")], "zh") == [Page("own")]


def test_chapters_leave_the_numbers_of_pages_as_they_are(tmp_path):
    """A head that looks for its own place may never come to rest; then all pages are the first."""
    named = {"TITLE": '"T"', "ABOUT": "()", "LANG": "en"}
    head = HEAD
    for name, said in named.items():
        head = head.replace(name, said)
    body = [f"#chapter\n= C{i}\n#v({20 + 37 * (i % 5)}mm)\nx" for i in range(12)]
    seen = "#context [#metadata(query(heading).map(one => one.location().page())) <at>]"
    file = tmp_path / "page.typ"
    file.write_text("\n".join([head, *body, seen]), encoding="utf-8")
    how = {"font_paths": fonts(), "ignore_system_fonts": True}
    _, warned = typst.compile_with_warnings(str(file), **how)
    assert not warned
    (pages,) = asked(file, "<at>")
    assert pages == sorted(pages) and len(set(pages)) > 5
