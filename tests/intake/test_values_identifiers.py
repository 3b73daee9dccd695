"""Identifiers are the same digit for digit, or their row is refused: two cases never become one."""

from datetime import date, datetime, time
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook
from support.values import EVENTS, HEAD

from clearance_metrics.errors import InputError
from clearance_metrics.intake import ingest

WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in "AB12")
SAME = {
    "021020211000000001": "021020211000000001",
    "\t021020211000000001\t": "021020211000000001",
    " 7 ": "7",
    "7\u3000": "7",
    "\u00a07": "7",
    "'0123": "0123",
    '="0123"': "0123",
    "\ufeff7": "7",
    "7\u200b": "7",
    WIDE: "AB12",
    "'quoted'": "'quoted'",
    "A-1/2.5": "A-1/2.5",
    "1E5": "1E5",
    "2021.15": "2021.15",
    "NA": "NA",
    "A-": "A-",
    "无锡1": "无锡1",
    "某某（上海）": "某某（上海）",
}
MARKED = 9
REFUSED = {
    "4.21021E+17": "inexact_identifier",
    "4.2102021100001235e+17": "inexact_identifier",
    "4E+17": "inexact_identifier",
    "1001.0": "inexact_identifier",
    "1001.00": "inexact_identifier",
    "1001.": "inexact_identifier",
    "": "missing_case_id",
    " \t": "missing_case_id",
    "nan": "missing_case_id",
    "NULL": "missing_case_id",
    "\\N": "missing_case_id",
    "None": "missing_case_id",
    "<NA>": "missing_case_id",
    "#N/A": "missing_case_id",
    "-": "missing_case_id",
    " — ": "missing_case_id",
    "——": "missing_case_id",
    "/": "missing_case_id",
    "\uff0f": "missing_case_id",
    "无": "missing_case_id",
    "暂无": "missing_case_id",
    "Unknown": "missing_case_id",
}


def mapped(folder, path="a.csv"):
    mapping = HEAD.format(zone="Asia/Shanghai") + EVENTS.format(time='"at"')
    mapping = mapping.replace("a.csv", path)
    (folder / "dataset.toml").write_text(mapping, encoding="utf-8")
    return folder / "dataset.toml"


def test_marks_are_taken_off_and_counted(tmp_path):
    rows = [f'"{t.replace(chr(34), chr(34) * 2)}",2021-09-01 08:{i:02}' for i, t in enumerate(SAME)]
    (tmp_path / "a.csv").write_text("\n".join(["id,at", *rows]), encoding="utf-8")
    receipt = ingest(mapped(tmp_path), out=tmp_path / "out")
    events = pl.read_parquet(tmp_path / "out" / "events.parquet").sort("time")
    assert events["case_id"].to_list() == list(SAME.values())
    (note,) = receipt.files[0]["noted"]
    assert (note["column"], note["kind"], note["n"]) == ("case_id", "mark_removed", MARKED)


def test_lost_digits_and_no_digits_are_refused(tmp_path):
    rows = [f'"{text}",2021-09-01' for text in REFUSED]
    (tmp_path / "a.csv").write_text("\n".join(["id,at", *rows]), encoding="utf-8")
    ingest(mapped(tmp_path), out=tmp_path / "out")
    rejects = pl.read_parquet(tmp_path / "out" / "rejects.parquet").to_dicts()
    found = {r["line"] - 2: r["rule"] for r in rejects}
    assert dict(zip(REFUSED, found.values(), strict=True)) == REFUSED


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (pa.array([421020211000012341], pa.int64()), "421020211000012341"),
        (pa.array([Decimal(421020211000012341)], pa.decimal128(18, 0)), "421020211000012341"),
        (pa.array(["421020211000012341"]), "421020211000012341"),
        (pa.array(["421020211000012341"]).dictionary_encode(), "421020211000012341"),
        (pa.array([421020211000012341.0], pa.float64()), None),
        (pa.array([7.0], pa.float32()), None),
        (pa.array([Decimal("7.0")], pa.decimal128(18, 1)), None),
        (pa.array([True]), None),
        (pa.array([date(2021, 9, 1)]), None),
        (pa.array([time(8, 30)]), None),
        (pa.array([datetime(2021, 9, 1)], pa.timestamp("s")), None),
        (pa.array([datetime(2021, 9, 1)], pa.timestamp("ns")), None),
        (pa.array([datetime(2021, 9, 1)], pa.timestamp("us", "UTC")), None),
        (pa.array([datetime(2021, 9, 1)], pa.timestamp("ns", "UTC")), None),
    ],
)
def test_types_that_do_not_keep_digits_are_refused(tmp_path, values, wanted):
    table = pa.table({"id": values, "at": ["2021-09-01"]})
    pq.write_table(table, tmp_path / "a.parquet")
    path = mapped(tmp_path, "a.parquet")
    if wanted is None:
        with pytest.raises(InputError, match="does not keep every digit"):
            ingest(path, out=tmp_path / "out")
        return
    ingest(path, out=tmp_path / "out")
    assert pl.read_parquet(tmp_path / "out" / "events.parquet")["case_id"].to_list() == [wanted]


def test_names_of_firms_stay_and_rounded_ones_are_emptied(tmp_path):
    rows = ["c1,企业002", "c2,A. B. Co", "c3,4.2E+17", "c4,"]
    (tmp_path / "c.csv").write_text("id,firm\n" + "\n".join(rows) + "\n", encoding="utf-8")
    mapping = '[[file]]\npath = "c.csv"\nrole = "cases"\n[file.columns]\ncase_id = "id"\n'
    (tmp_path / "dataset.toml").write_text(
        '[dataset]\nname = "t"\ntimezone = "UTC"\n' + mapping + 'enterprise = "firm"\n',
        encoding="utf-8",
    )
    ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    firms = pl.read_parquet(tmp_path / "out" / "cases.parquet")["enterprise"].to_list()
    assert firms == ["企业002", "A. B. Co", None, None]


def test_flags_and_days_of_a_workbook_are_refused(tmp_path):
    book = Workbook()
    ids = [True, date(2005, 4, 3), datetime(2021, 9, 1, 8, 30), time(10, 30), "3-4-5", "TRUE", 42]
    for row in [("id", "at"), *((one, "2021-09-01 08:30") for one in ids)]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    ingest(mapped(tmp_path, "a.xlsx"), out=tmp_path / "out")
    rejects = pl.read_parquet(tmp_path / "out" / "rejects.parquet").sort("line")
    assert rejects["rule"].to_list() == ["inexact_identifier"] * 4
    assert rejects["line"].to_list() == [2, 3, 4, 5]
    events = pl.read_parquet(tmp_path / "out" / "events.parquet")
    assert sorted(events["case_id"].to_list()) == ["3-4-5", "42", "TRUE"]


def test_a_day_written_as_text_is_a_code(tmp_path):
    (tmp_path / "a.csv").write_text("id,at\n2021-09-01,2021-09-01\ntrue,2021-09-01\n")
    ingest(mapped(tmp_path), out=tmp_path / "out")
    events = pl.read_parquet(tmp_path / "out" / "events.parquet")
    assert sorted(events["case_id"].to_list()) == ["2021-09-01", "true"]
