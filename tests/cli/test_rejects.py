"""The workbook that goes back to suppliers: their columns, the faulty cell, reasons, counts."""

import json

import openpyxl
import polars as pl
import pytest

from clearance_metrics.cli import main
from clearance_metrics.cli.supplier import FAULTY, sheet_names
from clearance_metrics.intake import returned as module
from clearance_metrics.intake.rules import REMEDY
from clearance_metrics.results.words import LANGUAGES, has, say

HEAD = '[dataset]\nname = "t"\ntitle_zh = "试"\ntimezone = "Asia/Shanghai"\n'
EVENTS = (
    '[[file]]\npath = "{path}"\nrole = "events"\n{more}\n[file.columns]\ncase_id = "报关单号"\n'
    'milestone = "状态"\ntime = "时间"\n[file.milestones]\n"申报" = "declared"\n'
    '"放行" = "customs_released"\n'
)
ROWS = [
    ("021020211000012345", "申报", "2022-03-01 08:00", "=1+1"),
    ("021020211000012345", "放行", "待定", '=HYPERLINK("http://x")'),
    ("021020211000012346", "申报了", "2022-03-01 09:00", "两行\n的备注"),
    ("021020211000012347", "申报", "三月", '引号"与,逗号'),
    ("", "放行", "2022-03-02 09:00", ""),
]
HEADERS = ("报关单号", "状态", "时间", "备注")


def csv_text(rows=ROWS):
    def cell(text):
        quoted = any(sign in text for sign in '",\n')
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return "".join(",".join(map(cell, row)) + "\n" for row in (HEADERS, *rows))


def written(folder, path, more=""):
    (folder / "dataset.toml").write_text(HEAD + EVENTS.format(path=path, more=more), "utf-8")
    assert main(["intake", str(folder / "dataset.toml"), "--out", str(folder / "log")]) == 0
    return folder / "log"


def book_of(log, *options):
    file = log.parent / "back.xlsx"
    assert main(["rejects", str(log), "--excel", str(file), *options]) == 0
    return openpyxl.load_workbook(file)


def as_csv(folder, encoding):
    (folder / "e.csv").write_text(csv_text(), encoding)
    return written(folder, "e.csv", f'encoding = "{encoding}"')


def as_excel(folder):
    book = openpyxl.Workbook()
    book.active.append(HEADERS)
    for row in ROWS:
        book.active.append(row)
    for row in book.active.iter_rows():
        for cell in row:
            cell.data_type = "s"
    book.save(folder / "e.xlsx")
    return written(folder, "e.xlsx")


def as_parquet(folder):
    columns = dict(zip(HEADERS, zip(*ROWS, strict=True), strict=True))
    pl.DataFrame(columns).write_parquet(folder / "e.parquet")
    return written(folder, "e.parquet")


@pytest.mark.parametrize("kind", ["utf-8", "gb18030", "utf-16", "excel", "parquet"])
def test_rows_stand_in_the_suppliers_columns_with_the_faulty_cell_coloured(tmp_path, kind):
    made = {"excel": as_excel, "parquet": as_parquet}
    log = made[kind](tmp_path) if kind in made else as_csv(tmp_path, kind)
    book = book_of(log, "--lang", "zh")
    sheet = next(s for s in book.worksheets if "时间无法识别" in s.title)
    heads = [cell.value for cell in sheet[5]]
    assert heads[:5] == ["文件中的行号", *HEADERS] and heads[5] == "有问题的列"
    first, second = sheet[6], sheet[7]
    line = {"excel": 3, "parquet": 2}.get(kind, 3)
    assert [cell.value for cell in first[:4]] == [line, "021020211000012345", "放行", "待定"]
    assert first[1].data_type == "s", "an identifier is text, digit for digit"
    assert first[3].fill.fgColor.rgb.endswith(FAULTY[1:]) and first[3].font.bold
    assert not first[2].font.bold
    assert first[4].value == '=HYPERLINK("http://x")' and first[4].data_type == "s"
    assert first[4].hyperlink is None
    # colour is never the only sign: the column stands beside in words, with the value
    assert [cell.value for cell in first[5:7]] == ["时间", "待定"]
    assert "2022-03-31 14:05:09" in first[7].value and first[8].value
    assert second[4].value == '引号"与,逗号'
    unknown = next(s for s in book.worksheets if "状态代码未知" in s.title)
    assert unknown["E6"].value == "两行\n的备注"
    assert "申报、放行" in unknown["H6"].value


def test_a_time_in_two_columns_has_both_cells_coloured(tmp_path):
    mapping = EVENTS.format(path="e.csv", more="")
    mapping = mapping.replace('time = "时间"', 'time = { columns = ["日期", "时间"] }')
    (tmp_path / "dataset.toml").write_text(HEAD + mapping, "utf-8")
    (tmp_path / "e.csv").write_text("报关单号,状态,日期,时间\n1,申报,2022-03-01,八点\n", "utf-8")
    assert main(["intake", str(tmp_path / "dataset.toml"), "--out", str(tmp_path / "log")]) == 0
    sheet = book_of(tmp_path / "log", "--lang", "zh").worksheets[1]
    assert [c.font.bold for c in sheet[6][1:5]] == [False, False, True, True]
    assert sheet["F6"].value == "日期, 时间"


def test_the_overview_counts_and_asks(tmp_path):
    log = as_csv(tmp_path, "utf-8")
    book = book_of(log, "--lang", "en")
    page = book.worksheets[0]
    texts = [cell.value for row in page.iter_rows() for cell in row if cell.value is not None]
    assert "Of 5 rows in 1 files 1 were accepted." in texts[1]
    assert any(str(t).startswith("3. Send the whole file again") for t in texts)
    rows = [[c.value for c in row] for row in page.iter_rows(min_row=8) if row[0].value]
    receipt = json.loads((log / "receipt.json").read_text("utf-8"))
    assert sum(row[3] for row in rows) == receipt["totals"]["rejected"] == 4
    assert [row[4] for row in rows] == book.sheetnames[1:]
    links = [c.hyperlink.location for row in page.iter_rows() for c in row if c.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_a_broken_row_is_shown_as_it_stands(tmp_path):
    text = csv_text(ROWS[:1]) + "1,申报,2022-03-01 08:00,a,b,c\n" + "2,放行\n"
    (tmp_path / "e.csv").write_text(text, "utf-8")
    book = book_of(written(tmp_path, "e.csv"), "--lang", "zh")
    sheet = next(s for s in book.worksheets if "行结构损坏" in s.title)
    assert [c.value for c in sheet[5]][:2] == ["文件中的行号", "文件中该行原文"]
    assert [[c.value for c in row][:2] for row in sheet.iter_rows(min_row=6)] == [
        [3, "1,申报,2022-03-01 08:00,a,b,c"],
        [4, "2,放行"],
    ]


def test_more_rows_than_a_sheet_shows_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(module.returned, "__defaults__", (None, 10))
    rows = [(f"{n}", "申报", "无", "") for n in range(25)]
    (tmp_path / "e.csv").write_text(csv_text(rows), "utf-8")
    book = book_of(written(tmp_path, "e.csv"), "--lang", "zh")
    sheet = book.worksheets[1]
    assert sheet["A3"].value == "只列出前10行，另有15行问题相同。"
    assert sheet.max_row == 15 and book.worksheets[0]["D8"].value == 25


def test_what_cannot_be_shown_rightly_is_refused(tmp_path, capsys):
    log = as_csv(tmp_path, "utf-8")
    file = str(tmp_path / "back.xlsx")

    def refused(*options):
        code = main(["rejects", str(log), *(options or ("--excel", file))])
        assert not (tmp_path / "back.xlsx").exists()
        return code, capsys.readouterr().err

    assert refused("--excel", str(tmp_path / "back.csv"))[0] == 8
    code, told = refused("--out", str(tmp_path / "e.csv" / "back.xlsx"))
    assert code == 8 and "cannot write" in told
    with (tmp_path / "e.csv").open("a", encoding="utf-8") as raw:
        raw.write("1,申报,2022-03-01 08:00,\n")
    code, told = refused()
    assert code == 4 and "the file has changed since intake" in told
    (tmp_path / "e.csv").unlink()
    assert "the file is not there" in refused()[1]
    (tmp_path / "dataset.toml").write_text("# other\n", "utf-8")
    assert "the mapping has changed since intake" in refused()[1]
    (tmp_path / "dataset.toml").unlink()
    assert "give --data FOLDER" in refused()[1]
    (log / "rejects.parquet").write_text("x")
    assert (
        "no log is here" in (main(["rejects", file, "--excel", file]), capsys.readouterr().err)[1]
    )


def test_folders_of_a_workbook_are_made(tmp_path, capsys):
    file = tmp_path / "new" / "er" / "back.xlsx"
    assert main(["rejects", str(as_csv(tmp_path, "utf-8")), "--out", str(file)]) == 0
    assert file.is_file() and str(file) in capsys.readouterr().out


def test_files_that_were_moved_are_named(tmp_path, capsys):
    log = as_csv(tmp_path, "gb18030")
    (tmp_path / "moved").mkdir()
    for name in ("e.csv", "dataset.toml"):
        (tmp_path / name).rename(tmp_path / "moved" / name)
    assert len(book_of(log, "--data", str(tmp_path / "moved")).sheetnames) == 4


def test_a_log_without_rejected_rows_makes_no_workbook(tmp_path, capsys):
    (tmp_path / "e.csv").write_text(csv_text(ROWS[:1]), "utf-8")
    log = written(tmp_path, "e.csv")
    assert main(["rejects", str(log), "--excel", str(tmp_path / "back.xlsx")]) == 4
    assert "no row was rejected" in capsys.readouterr().err
    assert not (tmp_path / "back.xlsx").exists()


def test_names_of_sheets_are_those_that_excel_takes():
    wanted = ["长" * 40, "长" * 40, "a[b]:c*d?e/f\\g'", "", "  "]
    names = sheet_names(wanted, "Overview")
    assert len({n.lower() for n in names}) == len(names)
    assert all(0 < len(n) <= 31 and not set(n) & set("[]:*?/\\'") for n in names)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_asks_its_supplier_for_something(lang):
    for rule in REMEDY:
        assert has(f"supplier_ask.{rule}"), rule
        assert "toml" not in say(f"supplier_ask.{rule}", lang)
