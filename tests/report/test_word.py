"""A Word document names the tables and figures that bear a finding, and its sources are links."""

import io

import docx
import pytest
from docx.oxml.ns import qn

from clearance_metrics.report.outputs import Page, Prose
from clearance_metrics.report.word import word_of
from clearance_metrics.results.block import Block, Picture, Point, Points
from clearance_metrics.results.display import Display

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g/></svg>'
TABLE = Display(
    ("甲", "来源"), [("1", "表一\nhttps://example.org/b")], ("见https://example.org/a。",)
)
PAGES = [
    Page(
        "通关时间",
        (
            Block(parts=(Points((Point("", "", "均值为32小时"), Point("", "", "无表"))),)),
            Prose("[甲](https://example.org/a)"),
            Block("别的", (TABLE,), source="出自https://example.org/c"),
            Block("均值为32小时", (Picture(SVG, "图"), TABLE)),
        ),
    )
]


def text_of(element):
    return "".join(t.text for t in element.iter(qn("w:t")))


def document(lang="zh"):
    made = word_of(PAGES, title="t", about=[], lang=lang)
    return docx.Document(io.BytesIO(made))


@pytest.mark.parametrize(
    ("lang", "told"), [("zh", "（见图1、表2）"), ("en", " (see Figure 1, Table 2)")]
)
def test_a_finding_names_what_bears_it(lang, told):
    texts = [text_of(p._p) for p in document(lang).paragraphs]
    assert f"均值为32小时{told}" in texts and told in texts  # in the list, and under its heading
    assert texts.count("无表") == 1 and texts.count("别的") == 1


def test_each_reference_shows_what_its_bookmark_holds():
    found = document()
    held = {}
    for start in found.element.iter(qn("w:bookmarkStart")):
        inside, now = "", start.getnext()
        while now.tag != qn("w:bookmarkEnd"):
            inside, now = inside + text_of(now), now.getnext()
        held[start.get(qn("w:name"))] = inside
    fields = [f for f in found.element.iter(qn("w:fldSimple")) if "REF" in f.get(qn("w:instr"))]
    assert len(fields) == 4
    assert all(text_of(f) == held[f.get(qn("w:instr")).split()[1]] for f in fields)


def test_each_address_is_a_link():
    found = document()
    links = list(found.element.iter(qn("w:hyperlink")))
    targets = {found.part.rels[link.get(qn("r:id"))].target_ref for link in links}
    assert targets == {f"https://example.org/{name}" for name in "abc"}
    assert all(found.part.rels[link.get(qn("r:id"))].target_ref == text_of(link) for link in links)
    assert "见https://example.org/a。" in [text_of(p._p) for p in found.paragraphs]


def test_columns_are_as_wide_as_what_stands_in_them_and_fill_the_line():
    found = document()
    section = found.sections[0]
    whole = section.page_width - section.left_margin - section.right_margin
    for table in found.tables:
        short, long = (column.width for column in table.columns)
        assert short < long / 2 and 0 <= whole - short - long < 2000
        assert {cell.width for cell in table.columns[0].cells} == {short}
