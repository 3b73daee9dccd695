"""A page printed as PDF, Word, letter and workbook says what the page says."""

import io
import re
import zipfile

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from clearance_metrics.report.document import Figure, Heading, Listing, Paragraph, elements
from clearance_metrics.report.excel import excel_of
from clearance_metrics.report.official import counted, findings, official_of
from clearance_metrics.report.outputs import Foreign, Page, Prose
from clearance_metrics.report.pdf import fonts, pdf_of, png_of
from clearance_metrics.report.word import word_of
from clearance_metrics.results.block import Block, Picture, Point, Points, Text
from clearance_metrics.results.display import Display

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    '<rect width="9" height="9"/></svg>'
)
TABLE = Display(
    ("口岸", "均值", "占比", "编号", "判断"),
    [
        ("海港甲", "1,204.50\n1,100.00～1,300.00", "35.9%", "007", "✓ 达标"),
        ("=1+1", "-3.20\n-4.00～-2.00", "–", "20220401000123456789", "✗ 未达标"),
    ],
    ("其余未列",),
    caption="进口整体通关时间（小时）\n按放行月份",
    numbers=(1, 2),
    tones={(0, 4): "good", (1, 4): "bad"},
)
PAGE = Page(
    "通关时间 #1",
    (
        Prose("先看*均值*。\n\n## 小结 [来源](https://example.org/a)\n\n- 一\n- 二"),
        Block(
            "均值为32.1小时", (TABLE, Picture(SVG, "图：均值"), Text("一段")), "注意", "数据：演示"
        ),
        Block("要点", (Points((Point("✓ 达标", "good", "退税5.76个工作日", "旁列"),)),)),
        Foreign("text/plain", "a = 1\n  b"),
        Foreign(
            "text/html",
            "<table><tr><th>x</th><th>y</th></tr><tr><td>7</td><td>z</td></tr></table>",
        ),
    ),
)
ABOUT = ["截至2022-12-31"]
FORMS = {"pdf": pdf_of, "word": word_of, "letter": official_of, "workbook": excel_of}


def made(form, lang="zh"):
    return FORMS[form]([PAGE, Page("空页")], title="演示 “报告” \\ 1", about=ABOUT, lang=lang)


def test_a_page_is_a_run_of_elements_in_its_order():
    found = list(elements(PAGE))
    assert [e for e in found if isinstance(e, Heading)] == [
        Heading(1, "通关时间 #1"),
        Heading(2, "小结 来源 (https://example.org/a)"),
        Heading(3, "均值为32.1小时"),
        Heading(3, "要点"),
    ]
    assert found[1] == Paragraph("先看均值。") and found[3] == Listing(("一", "二"))
    assert Listing(("退税5.76个工作日 旁列",), ("✓ 达标",)) in found
    assert found[-1].heads == ("x", "y") and found[-1].cells == (("7", "z"),)
    assert (
        Paragraph("a = 1\n  b", "code") in found
        and Figure("svg", SVG.encode(), "图：均值") in found
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_pages_give_the_same_bytes(form, lang):
    assert made(form, lang) == made(form, lang)


def test_a_pdf_has_its_fonts_inside_bookmarks_and_no_day_of_its_making():
    found = made("pdf")
    assert found.startswith(b"%PDF-") and b"/FontFile" in found and b"/Outlines" in found
    assert b"/CreationDate" not in found and b"NotoSansSC" in found
    assert png_of(Figure("svg", SVG.encode(), "")).startswith(b"\x89PNG")
    assert fonts() and png_of(Figure("png", b"as it is", "")) == b"as it is"


def test_texts_are_no_markup_in_a_pdf():
    odd = 'a #panic("x") $x$ *b* _c_ `d` <e> @f \\ // /* ~ = + - [g] "h" \'i\' 10^2 https://a.b'
    page = Page(odd, (Block(odd, (Display((odd,), ((odd,),), (odd,), caption=odd),), odd, odd),))
    assert pdf_of([page], title=odd, about=[odd], lang="en").startswith(b"%PDF-")


def test_a_word_document_has_headings_counted_captions_and_words_for_the_picture():
    document = docx.Document(io.BytesIO(made("word")))
    levels = {p.text: p.style.name for p in document.paragraphs if p.style.name[:7] == "Heading"}
    assert levels["通关时间 #1"] == "Heading 1" and levels["均值为32.1小时"] == "Heading 3"
    captions = [p for p in document.paragraphs if p.style.name == "Caption"]
    codes = [f.get(qn("w:instr")) for p in captions for f in p._p.iter(qn("w:fldSimple"))]
    assert [code.split()[1] for code in codes] == ["table", "figure", "table"]
    assert document.inline_shapes[0]._inline.docPr.get("descr") == "图：均值"
    table = document.tables[0]
    assert table.cell(1, 1).text.split("\n") == ["1,204.50", "1,100.00～1,300.00"]
    assert table.rows[0]._tr.xpath(".//w:tblHeader")
    fonts_named = {f.get(qn("w:eastAsia")) for f in document.styles.element.iter(qn("w:rFonts"))}
    assert "Microsoft YaHei" in fonts_named
    marks = [m.get(qn("w:id")) for m in document.element.iter(qn("w:bookmarkStart"))]
    assert len(marks) == len(set(marks)) == 3


def test_a_letter_has_the_sheet_and_the_signs_of_the_standard():
    document = docx.Document(io.BytesIO(made("letter")))
    section = document.sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    # 22 lines in 225 mm, 28 signs in 156 mm
    assert abs(int(grid.get(qn("w:linePitch"))) * 22 / 20 - 225 / 25.4 * 72) < 1
    assert abs((16 + int(grid.get(qn("w:charSpace"))) / 4096) * 28 - 156 / 25.4 * 72) < 0.1
    normal = document.styles["Normal"]
    assert normal.font.size.pt == 16
    assert normal.element.rPr.rFonts.get(qn("w:eastAsia")) == "FangSong_GB2312"
    texts = [p.text for p in document.paragraphs]
    assert "一、通关时间 #1" in texts and "（一）均值为32.1小时。" in texts
    assert any(text.startswith("附件：1. 通关时间") for text in texts) and "附件1" in texts
    assert document.settings.odd_and_even_pages_header_footer
    assert section.footer.paragraphs[0].text.startswith("— ")


def test_a_letter_keeps_to_two_pages():
    many = Page(
        "很多",
        tuple(Block("这是一条不短的结论，占两行，写得比一行更长" * 2, (TABLE,)) for _ in range(40)),
    )
    letter = docx.Document(io.BytesIO(official_of([many] * 3, title="t", about=[], lang="zh")))
    told = [p.text for p in letter.paragraphs if p.text.startswith("（")]
    assert 3 <= len(told) <= 12
    assert sum(-(-len(text) // 28) for text in told) <= 44 - 9
    assert len(list(findings(many, "zh"))) == 40


def test_headings_are_counted_in_chinese():
    told = ["一", "九", "十", "十一", "二十", "二十七"]
    assert [counted(n, "zh") for n in (1, 9, 10, 11, 20, 27)] == told
    assert counted(12, "en") == "12"


def test_a_workbook_has_numbers_as_numbers_and_texts_that_do_nothing():
    book = openpyxl.load_workbook(io.BytesIO(made("workbook")))
    assert book.sheetnames == ["目录", "00-01", "00-02"]
    sheet = book["00-01"]
    rows = [[cell for cell in row] for row in sheet.iter_rows()]
    top = next(i for i, row in enumerate(rows) if row[0].value == "口岸")
    heads = [cell.value for cell in rows[top]]
    assert heads == ["口岸", "均值", "均值（区间）", "占比", "编号", "判断"]
    first, second = rows[top + 1], rows[top + 2]
    assert [c.value for c in first] == [
        "海港甲",
        1204.5,
        "1,100.00～1,300.00",
        0.359,
        "007",
        "✓ 达标",
    ]
    assert (first[1].number_format, first[3].number_format) == ("#,##0.00", "0.0%")
    assert second[0].value == "=1+1" and second[0].data_type == "s"
    assert second[4].value == "20220401000123456789" and second[3].value is None
    assert sheet.freeze_panes == f"A{top + 2}" and sheet.auto_filter.ref.startswith(f"A{top + 1}:")
    front = book["目录"]
    assert front.cell(5, 1).hyperlink.location == "'00-01'!A1"
    assert not any(cell.data_type == "f" for s in book for row in s.iter_rows() for cell in row)


@pytest.mark.parametrize("form", ["word", "letter", "workbook"])
def test_no_file_inside_tells_the_hour_it_was_made(form):
    with zipfile.ZipFile(io.BytesIO(made(form))) as found:
        assert {info.date_time[0] for info in found.infolist()} == {1980}
        core = found.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"1980-01-01T"}
