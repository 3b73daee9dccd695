"""A bounded look at files: encodings, delimiters, header rows, sheets, sizes, damage."""

import gzip
import io
import zipfile
from datetime import datetime

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearance_metrics.errors import InputError
from clearance_metrics.intake.inspection import sampled_books, sampled_text
from clearance_metrics.intake.inspection.headers import header_of
from clearance_metrics.intake.inspection.sampling import MOST_ROWS, samples

ROWS = [
    ["业务编号", "环节", "时间"],
    ["A1", "申报", "2021-09-01 08:00"],
    ["A1", "放行", "2021-09-02"],
]


def text(rows, delimiter=",", end="\n"):
    return end.join(delimiter.join(row) for row in rows) + end


def look(path, content):
    path.write_bytes(content)
    (sample,) = samples(path)
    return sample


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_and_delimiter(tmp_path, encoding, delimiter, end):
    sample = look(tmp_path / "a.txt", text(ROWS, delimiter, end).encode(encoding))
    named = encoding.removesuffix("-sig").removesuffix("-le")
    assert (sample.encoding, sample.delimiter) == (named, delimiter)
    assert [list(sample.headers), *map(list, sample.rows)] == ROWS
    assert sample.whole and sample.total == 2


def test_bytes_of_western_europe_are_doubted(tmp_path):
    rows = [["id", "port", "time"], *([["1", "Zürich à côté", "2021-09-01"]] * 9)]
    sample = look(tmp_path / "a.csv", text(rows).encode("cp1252"))
    assert [d.code[:8] for d in sample.doubts] == ["encoding"]


def test_titles_above_blank_lines_and_cells_of_several_lines(tmp_path):
    above = '某港台账\n\n"制表：\n张三",,\n'
    sample = look(tmp_path / "a.csv", (above + text(ROWS)).encode())
    assert sample.header_row == 5
    assert list(sample.headers) == ROWS[0]


def test_a_row_of_headers_is_found_among_titles():
    assert header_of(ROWS) == 0
    assert header_of([["report of 2021"], ["printed", "2021-01-01"], *ROWS]) == 2


def test_an_open_quote_is_told_and_swallows_nothing(tmp_path):
    rows = [ROWS[0], *([["A1", "申报", "2021-09-01"]] * 200)]
    rows[100] = ["A1", '"申报', "2021-09-01"]
    sample = look(tmp_path / "a.csv", text(rows).encode())
    assert [(d.code, d.facts["line"]) for d in sample.doubts] == [("quote_open", 101)]
    assert sample.total == 200


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_of_a_large_file_little_is_read(tmp_path, packed, encoding, monkeypatch):
    monkeypatch.setattr(sampled_text, "WHOLE", 60_000)
    monkeypatch.setattr(sampled_text, "HEAD", 30_000)
    monkeypatch.setattr(sampled_text, "BLOCK", 4_000)
    rows = [ROWS[0], *([f"A{i:06}", "申报", "2021-09-01 08:00"] for i in range(20_000))]
    content = text([*rows, ["合计", "", ""]]).encode(encoding)
    path = tmp_path / ("a.csv.gz" if packed else "a.csv")
    sample = look(path, gzip.compress(content) if packed else content)
    assert not sample.whole and sample.encoding == encoding
    assert sample.total == pytest.approx(20_000, rel=0.05)
    assert len(sample.rows) < 5_000
    ids = [str(row[0]) for row in sample.rows]
    assert len({i[:3] for i in ids if i.startswith("A")}) >= 2, "rows from all over the file"
    assert sample.tail[-1][0] == "合计"
    assert all(len(row) == 3 for row in sample.rows)


def test_sheets_with_tables_are_looked_at_and_covers_are_not(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["台账"])
    for name in ("明细", "费用"):
        sheet = book.create_sheet(name)
        sheet.append(["某港", None, None])
        sheet.append(["业务编号", "申报时间", "放行时间"])
        sheet.append(["A1", datetime(2021, 9, 1), datetime(2021, 9, 1, 8)])
        sheet.append(["A2", datetime(2021, 9, 1), datetime(2021, 9, 1, 8)])
        sheet.merge_cells("A3:A4")
    book.save(tmp_path / "a.xlsx")
    found = samples(tmp_path / "a.xlsx")
    assert [(s.sheet, s.header_row, s.total) for s in found] == [("明细", 2, 2), ("费用", 2, 2)]
    assert found[0].merged == ("业务编号",)


def test_a_stray_cell_far_away_is_refused_before_the_sheet_is_laid_out(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["id", "time"])
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="stray cell stands at row 1048576, column 16384"):
        samples(tmp_path / "a.xlsx")


def test_parquet_is_read_by_some_of_its_groups(tmp_path):
    table = pa.table({"case_id": [f"A{i}" for i in range(200_000)], "teu": range(200_000)})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2_000)
    (sample,) = samples(tmp_path / "a.parquet")
    assert sample.total == 200_000 and not sample.whole
    assert sampled_books.FROM_EACH < len(sample.rows) <= MOST_ROWS
    assert max(row[1] for row in sample.rows) > 150_000


def _zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", "a")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\n\n\n"),
        ("a.csv", b"id,time\n"),
        ("a.csv", bytes(range(256)) * 40),
        ("a.csv.gz", b"\x1f\x8b\x08broken"),
        ("a.csv.gz", gzip.compress(b"id,time\n1,2021-09-01\n" * 99)[:-30]),
        ("a.parquet", b"PAR1 and no more"),
        ("a.xlsx", b"PK\x03\x04 and no more"),
        ("a.xlsx", _zip()),
        ("a.xls", b"\xd0\xcf\x11\xe0 and no more"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("a.gz", gzip.compress(b"PAR1")),
    ],
)
def test_damage_is_one_error_in_words(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError):
        samples(tmp_path / name)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        samples(tmp_path / "no.csv")
    with pytest.raises(InputError):
        samples(tmp_path)
