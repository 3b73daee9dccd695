"""Workbooks: each cell by its number format, in the sheet and row that are meant, or one error."""

import zipfile
from datetime import date, datetime, time

import polars as pl
import pytest
from openpyxl import Workbook

from clearance_metrics.errors import InputError
from clearance_metrics.intake import ingest
from clearance_metrics.intake.files.cells import moment, number
from clearance_metrics.intake.files.xlsx import Xlsx

MAPPING = (
    '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n[[file]]\npath = "{path}"\nrole ='
    ' "cases"\n{more}[file.columns]\ncase_id = "id"\n'
)


def run(folder, more="", path="b.xlsx", columns=""):
    mapping = MAPPING.format(path=path, more=more) + columns
    (folder / "dataset.toml").write_text(mapping, encoding="utf-8")
    ingest(folder / "dataset.toml", out=folder / "out")
    cases = pl.read_parquet(folder / "out" / "cases.parquet").sort("case_id").to_dicts()
    return cases, pl.read_parquet(folder / "out" / "rejects.parquet").to_dicts()


def saved(folder, rows, name="b.xlsx"):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return book


def test_cells_arrive_as_they_are_shown(tmp_path):
    cells = {
        "midnight": (datetime(2021, 9, 1), "2021-09-01 00:00:00"),
        "day": (date(2021, 9, 1), "2021-09-01"),
        "clock": (time(10, 30), "10:30:00"),
        "flag": (True, "true"),
        "error": ("#N/A", "#N/A"),
        "formula": ("=1/0", "=1/0"),
        "whole": (2.0, "2"),
        "tenth": (0.1, "0.1"),
        "small": (1e-7, "0.0000001"),
        "long": (420210000000000123, "4.202100000000001E+17"),
        "text": ("007", "007"),
    }
    saved(tmp_path, [["id", "b"], *([k, v] for k, (v, _) in cells.items())])
    read, _ = run(tmp_path)
    assert {c["case_id"]: c["b"] for c in read} == {k: text for k, (_, text) in cells.items()}


def test_moments_are_rounded_to_the_second():
    assert moment("44440.41666666", "datetime") == "2021-09-01 10:00:00"
    assert moment("44439.99999999", "datetime") == "2021-09-01 00:00:00"
    assert moment("60", "date") == "1900-02-29" and moment("59", "date") == "1900-02-28"
    assert moment("-1", "date") == "-1" and number("1E300").endswith("E+300")


def test_a_number_too_long_is_no_identifier(tmp_path):
    saved(tmp_path, [["id", "b"], [420210000000000123, "x"], ["420210000000000124", "y"]])
    cases, rejects = run(tmp_path)
    assert [c["case_id"] for c in cases] == ["420210000000000124"]
    assert [r["rule"] for r in rejects] == ["inexact_identifier"]


def test_a_formula_that_was_never_worked_out_is_no_value_of_any_column(tmp_path):
    saved(tmp_path, [["id", "b", "port"], ["1", "x", "P"], ["=1+1", "y", "P"], ["3", "=B2", "=1"]])
    cases, rejects = run(tmp_path, more='keep = ["b"]\n', columns='port = "port"\n')
    assert cases == [{"case_id": "1", "port": "P", "b": "x"}]
    told = [(r["line"], r["rule"], r["value"]) for r in rejects]
    assert told == [(3, "error_cell", "=1+1"), (4, "error_cell", "=1")]


def test_a_formula_that_cells_share_is_one_in_each_of_them(tmp_path):
    rows = (
        '<row><c t="inlineStr"><is><t>id</t></is></c></row>'
        '<row><c><f t="shared" ref="A2:A3" si="0">1+1</f></c></row>'
        '<row><c><f t="shared" si="0"/></c></row>'
        '<row><c t="str"><f>""</f><v></v></c></row>'
        "<row><c><f>1+6</f><v>7</v></c></row>"
    )
    changed(tmp_path, SHEET, f"<worksheet>{rows}</worksheet>".encode())
    cases, rejects = run(tmp_path)
    assert [c["case_id"] for c in cases] == ["7"]
    assert [(r["line"], r["rule"], r["value"]) for r in rejects] == [
        (2, "error_cell", "=1+1"),
        (3, "error_cell", "="),
    ]


def test_numbers_keep_the_zeros_in_front_that_their_format_shows(tmp_path):
    book = saved(tmp_path, [["id", "b"], [42, "x"], [0, "y"], [1234567, "z"], [43, "w"]])
    for row in (2, 3, 4):
        book.active.cell(row, 1).number_format = "00000"
    book.active["A5"].number_format = "000000;-000000;0;@"
    book.save(tmp_path / "b.xlsx")
    cases, rejects = run(tmp_path)
    read = {c["b"]: c["case_id"] for c in cases}
    assert read == {"x": "00042", "y": "00000", "z": "1234567", "w": "000043"} and not rejects


def test_headers_and_sheets_are_found_or_named(tmp_path):
    book = Workbook()
    book.active.title = "cover"
    book.active["B2"] = "about"
    data = book.create_sheet("data")
    for row in (["title"], ["id", "b"], ["1", "x"]):
        data.append(row)
    book.create_sheet("old").sheet_state = "hidden"
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(InputError, match='sheet = "data", header_row = 2'):
        run(tmp_path)
    with pytest.raises(InputError, match=r"cover, data, old \(hidden\)"):
        run(tmp_path, 'sheet = "Data"\n')
    for sheet in ('"data"', "2"):
        cases, _ = run(tmp_path, f"sheet = {sheet}\nheader_row = 2\n")
        assert cases == [{"case_id": "1", "b": "x"}]
    saved(tmp_path, [[], ["id", "b"], ["1", "x"]], "c.xlsx")
    assert len(run(tmp_path, path="c.xlsx")[0]) == 1


def test_two_sheets_alike_are_not_chosen_between(tmp_path):
    book = saved(tmp_path, [["id"], ["1"]])
    book.create_sheet("more").append(["id"])
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(InputError, match="2 sheets hold these columns"):
        run(tmp_path)


def test_merged_cells_are_filled_down_and_others_are_not(tmp_path):
    book = saved(tmp_path, [["top", None], [None, "b"], ["1", "x"], [None, "y"], [None, "z"]])
    book.active.merge_cells("A1:A2")
    book.active["A1"] = "id"
    book.active.merge_cells("A3:A4")
    book.save(tmp_path / "b.xlsx")
    cases, rejects = run(tmp_path, 'header_row = 2\nfill_down = ["id"]\n')
    assert [c["case_id"] for c in cases] == ["1"]
    assert [(r["line"], r["rule"]) for r in rejects] == [(4, "duplicate"), (5, "missing_case_id")]


def test_a_stray_cell_far_away_takes_no_room(tmp_path):
    book = saved(tmp_path, [["id"], ["1"]])
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "b.xlsx")
    cases, rejects = run(tmp_path)
    assert len(cases) == 1 and [r["line"] for r in rejects] == [1_048_576]


def changed(folder, part, content):
    saved(folder, [["id"], ["1"]], "a.xlsx")
    with (
        zipfile.ZipFile(folder / "a.xlsx") as old,
        zipfile.ZipFile(folder / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        if content is not None:
            new.writestr(part, content)


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("part", "content", "says"),
    [
        (SHEET, None, "no worksheet"),
        (SHEET, b"<worksheet><sheetData>", "damaged"),
        (SHEET, b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>', "entities"),
        (SHEET, b"<worksheet/>", "empty"),
        (SHEET, b" " * 120_000_000, "unpacks to"),
        (SHEET, b'<worksheet><row><c t="s"><v>9</v></c></row></worksheet>', "damaged"),
    ],
)
def test_a_workbook_that_is_not_sound_is_one_error(tmp_path, part, content, says):
    changed(tmp_path, part, content)
    with pytest.raises(InputError, match=says):
        run(tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"id\tb\n1\tx\n", "plain text"),
        (b"<html><table><tr><td>id</td></tr></table>", "web page"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
    ],
)
def test_what_is_no_workbook_is_said_to_be_what_it_is(tmp_path, content, says):
    (tmp_path / "b.xls").write_bytes(content)
    with pytest.raises(InputError, match=says):
        run(tmp_path, path="b.xls")


def test_days_since_1904_and_cells_without_places(tmp_path):
    saved(tmp_path, [["id"], ["1"]])
    rows = Xlsx(tmp_path / "b.xlsx")
    assert list(rows.rows(0)) == [(1, {0: "id"}), (2, {0: "1"})]
    rows.close()
    changed(tmp_path, SHEET, b"<worksheet><row><c><v>7</v></c><c><v>8</v></c></row></worksheet>")
    rows = Xlsx(tmp_path / "b.xlsx")
    assert list(rows.rows(0)) == [(1, {0: "7", 1: "8"})]
    rows.close()
    assert moment("42978", "date", since_1904=True) == "2021-09-01"


ODS = (
    '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><table:table'
    ' table:name="s">{}</table:table></office:document-content>'
)


def test_open_document_sheets(tmp_path):
    def cell(text, more=""):
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    when = 'office:value-type="date" office:date-value="2021-09-01T09:59:59.9996"'
    rows = [
        cell("id") + cell("b"),
        cell("1") + cell("shown", when),
        cell("2") + cell("2,0", 'office:value-type="float" office:value="2"'),
        cell("00042", 'office:value-type="float" office:value="42"') + cell("3"),
        cell("4") + '<table:table-cell table:formula="of:=[.A1]"/>',
        '<table:table-cell table:number-columns-repeated="16384"/>',
    ]
    times = ["", "", "", "", "", ' table:number-rows-repeated="1048000"']
    table = "".join(
        f"<table:table-row{n}>{row}</table:table-row>" for n, row in zip(times, rows, strict=True)
    )
    with zipfile.ZipFile(tmp_path / "b.ods", "w") as out:
        out.writestr("content.xml", ODS.format(table))
    cases, _ = run(tmp_path, path="b.ods")
    assert {c["case_id"]: c["b"] for c in cases} == {
        "1": "2021-09-01 10:00:00",
        "2": "2",
        "00042": "3",
        "4": "=[.A1]",
    }
