"""A page printed as PDF, Word, letter and workbook says what the page says."""

import base64
import io
import re
import zipfile

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from clearance_metrics.report.document import Figure, Heading, Listing, Paragraph, elements
from clearance_metrics.report.excel import excel_of
from clearance_metrics.report.letter import findings
from clearance_metrics.report.official import counted, official_of
from clearance_metrics.report.outputs import Foreign, Page, Prose
from clearance_metrics.report.pdf import fonts, pdf_of, png_of
from clearance_metrics.report.word import word_of
from clearance_metrics.results.block import Block, Picture, Point, Points, Text
from clearance_metrics.results.display import Display
from clearance_metrics.results.parts import Card, Cards, Tile, Tiles

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
    assert "附件：主要数据表" in texts and "附件" in texts
    assert document.settings.odd_and_even_pages_header_footer
    assert section.footer.paragraphs[0].text.startswith("— ")


def test_a_letter_keeps_to_two_pages():
    long = "这是一条不短的结论，占两行，写得比一行更长" * 2
    many, *others = (
        Page(f"很多{p}", tuple(Block(f"{p}{n}{long}", (TABLE,)) for n in range(40)))
        for p in "甲乙丙"
    )
    pages = [many, *others]
    letter = docx.Document(io.BytesIO(official_of(pages, title="t", about=[], lang="zh")))
    told = [p.text for p in letter.paragraphs if p.text.startswith("（")]
    assert len(told) == 15
    assert sum(-(-len(text) // 28) for text in told) <= 44 - 9
    assert len(list(findings(many, "zh"))) == 40


def test_headings_are_counted_in_chinese():
    told = ["一", "九", "十", "十一", "二十", "二十七"]
    assert [counted(n, "zh") for n in (1, 9, 10, 11, 20, 27)] == told
    assert counted(12, "en") == "12"


def test_a_workbook_has_numbers_as_numbers_and_texts_that_do_nothing():
    book = openpyxl.load_workbook(io.BytesIO(made("workbook")))
    assert book.sheetnames == ["目录", "0 通关时间 #1 1", "0 通关时间 #1 2"]
    sheet = book["0 通关时间 #1 1"]
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
    assert front.cell(5, 1).hyperlink.location == "'0 通关时间 #1 1'!A1"
    assert not any(cell.data_type == "f" for s in book for row in s.iter_rows() for cell in row)


@pytest.mark.parametrize("form", ["word", "letter", "workbook"])
def test_no_file_inside_tells_the_hour_it_was_made(form):
    with zipfile.ZipFile(io.BytesIO(made(form))) as found:
        assert {info.date_time[0] for info in found.infolist()} == {1980}
        core = found.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"1980-01-01T"}


def test_a_column_with_a_name_of_digits_is_text_throughout():
    table = Display(("code", "hours"), [("02", "1.50"), ("22", "2.50"), ("–", "3.00")])
    page = Page("A page", (Block("Finding", (table,)),))
    book = openpyxl.load_workbook(io.BytesIO(excel_of([page], title="R", about=["x"], lang="en")))
    sheet = book.worksheets[1]
    column = [cell.value for row in sheet.iter_rows() for cell in row[:1]]
    figures = [cell.value for row in sheet.iter_rows() for cell in row[1:2]]
    assert "02" in column and "22" in column and 22 not in column
    assert [x for x in figures if isinstance(x, int | float)] == [1.5, 2.5, 3]


POLARS = (
    "<div><small>shape: (2, 2)</small><table><thead><tr><th>代码</th><th>n</th></tr>"
    "<tr><td>str</td><td>i64</td></tr></thead><tbody><tr><td>&quot;007&quot;</td><td>1</td></tr>"
    "<tr><td>&quot;NA&quot;</td><td>2</td></tr></tbody></table></div>"
)
PANDAS = (
    "<style>#T_1 {color: red}</style><p>before <b>it</b></p>"
    "<table><caption>the styled one</caption>"
    '<thead><tr><th></th><th></th><th colspan="2">x</th></tr>'
    "<tr><th>g</th><th>h</th><th>a</th><th>b</th></tr></thead>"
    '<tbody><tr><th rowspan="2">p</th><th>q</th><td>007</td><td>null</td></tr>'
    "<tr><th>r</th><td>12</td><td>1.0</td></tr></tbody></table>after"
)


def foreign(html, about="under this"):
    return list(elements(Page("t", (Foreign("text/html", html, about),))))[1:]


def test_tables_of_other_libraries_stay_as_they_are_written():
    said, table = foreign(POLARS)
    assert said == Paragraph("shape: (2, 2)")
    assert (table.heads, table.cells) == (("代码", "n"), (("007", "1"), ("NA", "2")))
    assert table.caption == "under this" and table.numbers == {1}
    before, table, after = foreign(PANDAS)
    assert (before, after) == (Paragraph("before it"), Paragraph("after"))
    assert table.heads == ("g", "h", "x · a", "x · b") and table.caption == "the styled one"
    assert table.cells == (("p", "q", "007", "null"), ("p", "r", "12", "1.0"))
    assert table.numbers == {3}
    assert (
        foreign("") == foreign("<!-- nothing -->") == foreign("<style>p {color: red}</style>") == []
    )
    (bare,) = foreign("<table><tr><td>1</td><td>b</td></tr></table>")
    assert bare.heads == ("", "") and bare.cells == (("1", "b"),)


def test_a_column_of_a_workbook_is_of_one_kind():
    table = Display(("口岸", "n"), [("02", "1"), ("22", "1,204")], numbers=(1,))
    free = Display(("编号", "n"), [("02", "5"), ("22", "6")])
    page = Page("t", (Block("a", (table,)), Block("b", (free,)), Foreign("text/html", POLARS, "c")))
    made = excel_of([page], title="t", about=[], lang="zh")
    book = openpyxl.load_workbook(io.BytesIO(made))
    found = {
        sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book
    }
    assert ("02", 1) in found["0 t 1"] and ("22", 1204) in found["0 t 1"]
    assert ("02", 5) in found["0 t 2"] and ("22", 6) in found["0 t 2"]
    assert ("007", 1) in found["0 t 3"] and ("NA", 2) in found["0 t 3"]


MARKED = (
    "1. one\n   - in it\n     - deeper\n2. two\n\n| a | b |\n|---|---|\n| 1 | 02 |\n\n"
    "$$x^2$$\n\n![drawn](picture-0.embedded)"
)


def test_prose_in_print_has_its_lists_tables_formulas_and_pictures():
    dot = png_of(Figure("svg", SVG.encode(), ""))
    data = f"data:image/png;base64,{base64.b64encode(dot).decode()}"
    page = Page("t", (Prose(MARKED, (("picture-0.embedded", data),)),))
    _, listing, table, formula, picture = elements(page)
    assert listing.items == ("one", "in it", "deeper", "two")
    assert (listing.levels, listing.numbers) == ((0, 1, 2, 0), ("1.", "", "", "2."))
    assert table.cells == (("1", "02"),)
    assert formula.kind == "svg" and formula.height and formula.alt == "x^2"
    assert picture == Figure("png", dot, "drawn")
    document = docx.Document(io.BytesIO(word_of([page], title="t", about=[], lang="en")))
    styles = [p.style.name for p in document.paragraphs]
    assert "List Bullet 2" in styles and "List Bullet 3" in styles
    assert [p.text for p in document.paragraphs if p.text[:2] in ("1.", "2.")] == [
        "1.\tone",
        "2.\ttwo",
    ]
    assert len(document.inline_shapes) == 2
    assert pdf_of([page], title="t", about=[], lang="en").startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("lang", "alt", "told"),
    [
        ("zh", "图。均值，2022。均值为32小时", "均值，2022"),
        ("en", "Chart. Mean, 2022. Lower", "Mean, 2022"),
    ],
)
def test_a_caption_says_its_kind_once_and_no_finding_twice(lang, alt, told):
    finding = "均值为32小时" if lang == "zh" else "Lower"
    bare = Display(("a",), [("1",)])
    page = Page("t", (Block(finding, (Picture(SVG, alt), bare)), Foreign("text/html", POLARS, "c")))
    document = docx.Document(io.BytesIO(word_of([page], title="t", about=[], lang=lang)))
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert [text.split("  ")[1].strip() for text in captions] == [told, finding, "C"]
    assert told in captions[0] and "图。" not in captions[0] and "Chart." not in captions[0]


def test_a_letter_holds_findings_alone_and_says_that_there_is_more():
    card = Card("退税", "5.76", "个工作日", "✓ 达标", "good")
    overview = Page(
        "总览",
        (
            Block("退税达标", (Text("一行"),), role="lead"),
            Block("有期限的目标", (Cards((card,), ("", "", "", "", "")),)),
            Block("一览", (Tiles((("", (Tile("1", "退税", "1/1", "good"),)),), ("", "", "", "")),)),
            Block("主要判断", (Points((Point("✗ 未达标", "bad", "证件97%"),)),)),
            Block("没有可以显示的数值"),
        ),
    )
    assert list(findings(overview, "zh")) == [
        "退税达标",
        "退税：5.76个工作日（达标）",
        "证件97%（未达标）",
    ]
    silent = Page("无结论", (Prose("只有文字"), Block("没有可以显示的数值")))
    long = Page("很长", (Block("很长的一句" * 40, (TABLE,)),))
    pages = [overview, silent, long]
    made = official_of(pages, title="t", about=["截至2022-12-31", "通知"], lang="zh")
    texts = [p.text for p in docx.Document(io.BytesIO(made)).paragraphs]
    assert "一、总体判断" in texts and not any("二、" in text for text in texts)
    assert texts[3] == "截至2022-12-31。通知。"
    assert "附件：主要数据表（其余结果见报告）" in texts
    whole = official_of([overview], title="t", about=[], lang="zh")
    assert "附件：主要数据表" in [p.text for p in docx.Document(io.BytesIO(whole)).paragraphs]


def test_a_letter_has_a_finding_of_each_page_and_says_none_twice():
    points = tuple(Point("✓ 达标", "good", f"退税5.{n}6个工作日（5.00～6.00）") for n in range(4))
    overview = Page("总览", (Block("有期限的目标", (Points(points),)),))
    same = Page(
        "计分卡", (Block("主要判断", (Points((*points, Point("✗ 违规", "bad", "83行"))),)),)
    )
    long = "一句很长的结论，占去三行还多，" * 5
    wordy = [
        Page(f"第{n}页", (Block(long, (TABLE,)), Block(f"第{n}页的短结论", (TABLE,))))
        for n in range(5)
    ]
    made = official_of([overview, same, *wordy], title="t", about=[], lang="zh")
    texts = [p.text for p in docx.Document(io.BytesIO(made)).paragraphs]
    heads = [
        text
        for text in texts
        if text[:2] in ("一、", "二、", "三、", "四、", "五、", "六、", "七、")
    ]
    assert len(heads) == 7 and heads[1] == "二、计分卡"
    assert sum("5.16个工作日" in text for text in texts) == 1
    assert "（一）83行（违规）。" in texts
    assert all(
        f"（一）第{n}页的短结论。" in texts or f"（二）第{n}页的短结论。" in texts for n in range(5)
    )
