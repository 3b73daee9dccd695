"""A workbook's cards are numbers, its sources lead to their addresses, and changes are figures."""

import io

import openpyxl

from clearance_metrics.report.excel import excel_of
from clearance_metrics.report.outputs import Page
from clearance_metrics.results.block import Block
from clearance_metrics.results.display import Display
from clearance_metrics.results.parts import Card, Cards

CARDS = Cards(
    (
        Card("退税", "5.76", "个工作日", "✓ 达标", "good", "n=472", rule="至多6", turns="换一种"),
        Card("证件", "97.0", "%", "✗ 未达标", "bad"),
    ),
    ("目标", "数值", "判断", "说明", "规则"),
)
LINKED = Display(
    ("来源", "变化"),
    [
        ("公告 https://example.org/a，读于2022年", "-4.14\n-8.04～-0.25"),
        ("https://example.org/a 与 https://example.org/b", "+0.50\n-1.50～+2.40"),
        ('=HYPERLINK("x")', "–"),
    ],
    ("见 https://example.org/c",),
)


def sheets():
    page = Page("总览", (Block("目标", (CARDS,)), Block("来源", (LINKED,))))
    made = excel_of([page], title="t", about=[], lang="zh")
    return openpyxl.load_workbook(io.BytesIO(made)).worksheets[1:]


def test_a_card_is_a_number_with_its_unit_beside_it():
    rows = [[cell.value for cell in row] for row in sheets()[0].iter_rows()]
    assert ["目标", "数值", "单位", "判断", "说明", "规则", "规则（附注）"] in rows
    assert ["退税", 5.76, "个工作日", "✓ 达标", "n=472", "至多6", "换一种"] in rows
    assert any(row[:4] == ["证件", 97, "%", "✗ 未达标"] for row in rows)


def test_a_text_with_one_address_leads_there_and_stays_as_it_is():
    cells = {cell.value: cell for row in sheets()[1].iter_rows() for cell in row}
    linked = {text: cell.hyperlink.target for text, cell in cells.items() if cell.hyperlink}
    assert linked == {
        "公告 https://example.org/a，读于2022年": "https://example.org/a",
        "见 https://example.org/c": "https://example.org/c",
    }
    assert cells['=HYPERLINK("x")'].data_type == "s"


def test_a_change_stands_before_its_interval_as_a_number():
    rows = [[cell.value for cell in row] for row in sheets()[1].iter_rows()]
    assert ["来源", "变化", "变化（区间）"] in rows
    assert [row[1:] for row in rows if row[1] in (-4.14, 0.5)] == [
        [-4.14, "-8.04～-0.25"],
        [0.5, "-1.50～+2.40"],
    ]
