"""Kinds of value that owners' systems write, once read wrongly, each with its right reading."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from clearance_metrics.errors import InputError, MappingError
from clearance_metrics.intake import ingest

HEAD = (
    '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nplausible = [2015-01-01, 2023-12-31]\n'
    "least_accepted = 0\n"
)
EVENTS = (
    '[[file]]\npath = "{path}"\nrole = "events"\n{more}[file.columns]\ncase_id = "id"\n'
    'milestone = "code"\ntime = {time}\n[file.milestones]\n"D" = "declared"\n'
    '"R" = "customs_released"\n'
)
CASES = (
    '[[file]]\npath = "c.csv"\nrole = "cases"\nencoding = "utf-8"\ndelimiter = ";"\n'
    '[file.columns]\ncase_id = "id"\n{column}\n'
)
CHARGES = (
    '[[file]]\npath = "c.csv"\nrole = "charges"\ndelimiter = ";"\n[file.columns]\ncase_id = "id"\n'
    'item = {{ constant = "THC" }}\ncurrency = {{ constant = "CNY" }}\namount = {amount}\n'
    'charged_on = "day"\n'
)
T0, T1 = "2021-09-01 08:30:00", "2021-09-01 10:30:00"
DAY = "2021-09-01"


def taken(folder, mapping, name=None, text=""):
    """The receipt, and the tables that were written."""
    if name:
        (folder / name).write_text(text, encoding="utf-8", newline="")
    (folder / "dataset.toml").write_text(HEAD + mapping, encoding="utf-8")
    receipt = ingest(folder / "dataset.toml", out=folder / "out")
    parts = ("accepted", "rejected", "duplicates", "left_out")
    assert receipt.totals["rows_read"] == sum(receipt.totals[part] for part in parts)
    return receipt


def rows(folder, table):
    return pl.read_parquet(folder / "out" / f"{table}.parquet").to_dicts()


def local(row):
    """A time as China's clock shows it; a date without a time as the date alone."""
    shown = row["time"].astimezone(ZoneInfo("Asia/Shanghai"))
    return shown.strftime("%Y-%m-%d" if row["resolution"] == "day" else "%Y-%m-%d %H:%M:%S")


def times(folder):
    return {row["case_id"]: local(row) for row in rows(folder, "events")}


def notes(receipt):
    return {(n["column"], n["kind"]): n["n"] for f in receipt.files for n in f.get("noted", ())}


# how the mapping reads a time: what stands in the file, and what it means (None: rejected)
WRITTEN = [
    (
        '{ column = "at", formats = ["%Y/%m/%d %H:%M"] }',
        {
            "2021/09/01 08:30": T0,
            "2021-09-01T08:30:00": T0,
            "2021-09-01T00:30:00Z": T0,
            "2021-09-01T08:30:00.123456789": T0,
            "2021-09-01 24:00": "2021-09-02 00:00:00",
            "2021-09-01": DAY,
            "2021-02-30 08:30": None,
            "08:30": None,
        },
    ),
    (
        '"at"',
        {
            "2021-09-01 08:30:00+08": T0,
            "2021-09-01 08:30+0800": T0,
            "2021-09-01T08:30:00.25+08:00": T0,
            "2021-09-01 00:30+00": T0,
            "2021-09-01 03:00:00-0530": "2021-09-01 16:30:00",
            "2021-09-01 08:30 CST": None,
        },
    ),
    (
        '{ column = "at", formats = ["%Y/%m/%dT%H:%M:%SZ", "%d.%m.%Y %H:%M %z"] }',
        {"2021/09/01T00:30:00Z": T0, "01.09.2021 00:30 Z": T0, "01.09.2021 08:30 +08:00": T0},
    ),
    (
        '{ column = "at", formats = ["%Y/%m/%d 下午 %I:%M", "%Y/%m/%d 上午 %I:%M"] }',
        {
            "2021/9/1 下午 3:20": "2021-09-01 15:20:00",
            "2021/9/1 上午 3:20": "2021-09-01 03:20:00",
            "2021/9/1 下午 12:10": "2021-09-01 12:10:00",
            "2021/9/1 上午 12:10": "2021-09-01 00:10:00",
        },
    ),
    ('{ column = "at", number = "excel" }', {"44440.3541666667": T0, "44440.35416666": T0}),
    ('{ column = "at", number = "seconds" }', {"1630456200": T0, "1630456200.75": T0}),
    ('{ column = "at", number = "milliseconds" }', {"1630456200000": T0, "1630456200999": T0}),
]


@pytest.mark.parametrize(("spec", "cells"), WRITTEN)
def test_times_mean_what_they_say(tmp_path, spec, cells):
    text = "id;code;at\n" + "".join(f"{n};D;{cell}\n" for n, cell in enumerate(cells))
    taken(tmp_path, EVENTS.format(path="e.csv", more='delimiter = ";"\n', time=spec), "e.csv", text)
    found = times(tmp_path)
    assert {cell: found.get(str(n)) for n, cell in enumerate(cells)} == cells
    wrong = {row["value"] for row in rows(tmp_path, "rejects")}
    assert wrong == {cell for cell, meant in cells.items() if meant is None}


@pytest.mark.parametrize(
    ("format", "says"),
    [("%Y-%m", "has no year, month and day"), ("%Y-%m-%d %I:%M", "%I"), ("%Y-%m-%d %Q", "%Q")],
)
def test_a_format_that_cannot_tell_a_time_is_a_mistake(tmp_path, format, says):
    spec = f'{{ column = "at", formats = ["{format}"] }}'
    with pytest.raises(MappingError, match=says):
        taken(tmp_path, EVENTS.format(path="e.csv", more="", time=spec), "e.csv", "id,code,at\n")


def test_day_and_time_of_day_in_two_columns(tmp_path):
    text = "id,code,day,clock\n1,D,2021-09-01,08:30\n2,D,2021-09-01,\n3,D,,08:30\n4,D,01/09,08:30\n"
    mapping = EVENTS.format(path="e.csv", more="", time='{ columns = ["day", "clock"] }')
    taken(tmp_path, mapping, "e.csv", text)
    found = times(tmp_path)
    assert found["1"] == T0 and found.get("2", DAY) == DAY
    assert "3" not in found and "4" not in found


def test_a_zone_on_every_row(tmp_path):
    text = (
        "id,code,at,zone\n1,D,2021-09-01 00:30,UTC\n2,D,2021-09-01 08:30,Asia/Shanghai\n"
        "3,D,2021-08-31 20:30,America/New_York\n4,D,2021-09-01 08:30,+08:00\n"
        "5,D,2021-09-01 08:30,CST\n6,D,2021-09-01 08:30,IST\n7,D,2021-09-01 08:30,BST\n"
    )
    spec = '{ column = "at", zone_column = "zone" }'
    taken(tmp_path, EVENTS.format(path="e.csv", more="", time=spec), "e.csv", text)
    assert times(tmp_path) == dict.fromkeys("1234", T0)
    assert [row["line"] for row in rows(tmp_path, "rejects")] == [6, 7, 8]


@pytest.mark.parametrize(
    "place",
    ["Asia/Shanghai", "Asia/Singapore", "America/Whitehorse", "America/Cancun", "Africa/Algiers"],
)
def test_a_time_that_is_empty_or_wrong_is_none_in_any_zone(tmp_path, place):
    """The zone's first change of the clock was once taken for a time that is not there."""
    mapping = (
        f'[[file]]\npath = "w.csv"\nrole = "wide"\ntimezone = "{place}"\n[file.columns]\n'
        'case_id = "id"\n[file.milestones]\ndeclared = "d"\ncustoms_released = "r"\n'
    )
    text = "id,d,r\n1,2021-09-01 08:30,\n2,2021-09-01 08:30,2021-02-30 08:00\n"
    receipt = taken(tmp_path, mapping, "w.csv", text)
    assert receipt.rejected_by_rule == {"unparseable_time": 1}
    assert [row["case_id"] for row in rows(tmp_path, "events")] == ["1"]


SENTINELS = ["9999-12-31 23:59", "1900-01-01 00:00", "0000-00-00 00:00:00", "NULL", "\\N", "—"]


def test_texts_that_stand_for_no_value(tmp_path):
    mapping = (
        '[[file]]\npath = "w.csv"\nrole = "wide"\n[file.columns]\ncase_id = "id"\n'
        '[file.milestones]\ndeclared = "d"\ncustoms_released = "r"\n'
    )
    text = "id,d,r\n" + "".join(f"{n},{T0},{cell}\n" for n, cell in enumerate(SENTINELS))
    receipt = taken(tmp_path, mapping, "w.csv", text)
    assert receipt.totals["accepted"] == 0 and "no_value" in str(receipt)
    named = ", ".join(f"'{cell}'" for cell in SENTINELS)
    receipt = taken(tmp_path, f"[defaults]\nno_value = [{named}]\n{mapping}")
    assert receipt.totals["accepted"] == len(SENTINELS) and not receipt.rejected_by_rule
    assert {row["milestone"] for row in rows(tmp_path, "events")} == {"declared"}


def test_a_sentinel_is_called_one_and_no_value_is_offered(tmp_path):
    text = "id,code,at\n1,D,9999-12-31 23:59\n2,D,1900-01-01 00:00\n"
    receipt = taken(tmp_path, EVENTS.format(path="e.csv", more="", time='"at"'), "e.csv", text)
    assert receipt.totals["rejected"] == 2 and "no_value" in str(receipt)


def test_a_change_of_the_clock_is_told(tmp_path):
    text = (
        "id,code,at\n1,D,2021-11-07 01:30\n2,D,2021-11-07 02:30\n3,D,2021-03-14 02:30\n"
        "4,D,2021-03-14 04:00\n"
    )
    mapping = EVENTS.format(path="e.csv", more='timezone = "America/New_York"\n', time='"at"')
    receipt = taken(tmp_path, mapping, "e.csv", text)
    # the earlier of two, and the last second before
    assert times(tmp_path)["1"] == "2021-11-07 13:30:00"
    assert times(tmp_path)["3"] == "2021-03-14 14:59:59"
    assert notes(receipt) == {("time", "clock_change"): 2}


def test_marks_around_identifiers_are_taken_off_and_counted(tmp_path):
    text = (
        f'id,code,at\n\'0001,D,{T0}\n="0001",R,{T1}\n"\t0002\t",D,{T0}\n\u200b0002,R,{T1}\n'
        f"\uff10\uff10\uff10\uff13,D,{T0}\n\xa00003\u3000,R,{T1}\n0004,D,{T0}\n"
    )
    receipt = taken(tmp_path, EVENTS.format(path="e.csv", more="", time='"at"'), "e.csv", text)
    found = sorted((row["case_id"], row["milestone"][0]) for row in rows(tmp_path, "events"))
    assert found == [(case, m) for case in ("0001", "0002", "0003") for m in "cd"] + [("0004", "d")]
    assert notes(receipt) == {("case_id", "mark_removed"): 6}


def test_identifiers_that_lost_digits_are_refused_and_codes_are_not(tmp_path):
    given = ["4.21021E+17", "4.21021E17", "4.21021e17", "12E5", "123456789012345678"]
    text = "id,code,at\n" + "".join(f"{one},D,{T0}\n" for one in given)
    receipt = taken(tmp_path, EVENTS.format(path="e.csv", more="", time='"at"'), "e.csv", text)
    assert receipt.rejected_by_rule == {"inexact_identifier": 3}
    assert set(times(tmp_path)) == {"12E5", "123456789012345678"}


def parquet(folder, **columns):
    pq.write_table(pa.table(columns), folder / "e.parquet")
    return taken(folder, EVENTS.format(path="e.parquet", more="", time='"at"'))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_every_timestamp_of_parquet_is_a_time(tmp_path, unit, zone):
    moment = datetime(2021, 9, 1, 8, 30) if zone is None else datetime(2021, 9, 1, 0, 30)
    parquet(tmp_path, id=["1"], code=["D"], at=pa.array([moment], pa.timestamp(unit, tz=zone)))
    assert times(tmp_path) == {"1": T0}


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()])
def test_every_date_of_parquet_is_a_date(tmp_path, kind):
    parquet(tmp_path, id=["1"], code=["D"], at=pa.array([date(2021, 9, 1)], kind))
    assert times(tmp_path) == {"1": DAY}


def test_a_time_of_day_of_parquet_is_no_time(tmp_path):
    with pytest.raises(InputError, match="time of day without a date"):
        parquet(tmp_path, id=["1"], code=["D"], at=pa.array([time(8, 30)], pa.time32("s")))


def test_whole_numbers_of_parquet_are_identifiers_and_floats_are_not(tmp_path):
    long = [421020211000012341, 421020211000012342]
    at = [datetime(2021, 9, 1, 8, 30)] * 2
    parquet(tmp_path, id=pa.array(long), code=["D", "D"], at=at)
    assert set(times(tmp_path)) == {str(number) for number in long}
    exact = pa.array([Decimal(number) for number in long], pa.decimal128(20, 0))
    parquet(tmp_path, id=exact, code=["D", "D"], at=at)
    assert set(times(tmp_path)) == {str(number) for number in long}
    with pytest.raises(InputError, match="DOUBLE"):
        parquet(tmp_path, id=pa.array([float(n) for n in long]), code=["D", "D"], at=at)


def test_errors_in_cells_are_told_by_their_text(tmp_path):
    book = Workbook()
    for row in (["id", "code", "at"], ["1", "D", "#N/A"], ["2", "D", "#REF!"], ["3", "D", T0]):
        book.active.append(row)
    for cell in ("C2", "C3"):
        book.active[cell].data_type = "e"
    book.save(tmp_path / "e.xlsx")
    taken(tmp_path, EVENTS.format(path="e.xlsx", more="", time='"at"'))
    assert times(tmp_path) == {"3": T0}
    assert [row["value"] for row in rows(tmp_path, "rejects")] == ["#N/A", "#REF!"]


@pytest.mark.parametrize("encoding", ["gbk", "gb2312", "gb18030"])
def test_names_of_the_chinese_encoding(tmp_path, encoding):
    text = f"id,code,at\n洋山1,D,{T0}\n"
    (tmp_path / "e.csv").write_bytes(text.encode("gbk"))
    taken(tmp_path, EVENTS.format(path="e.csv", more=f'encoding = "{encoding}"\n', time='"at"'))
    assert times(tmp_path) == {"洋山1": T0}


def test_a_footer_is_no_case(tmp_path):
    text = f"id,code,at\n1,D,{T0}\n合计,,\n制表人：某,,\n"
    receipt = taken(tmp_path, EVENTS.format(path="e.csv", more="", time='"at"'), "e.csv", text)
    assert receipt.totals["accepted"] == 1 and set(times(tmp_path)) == {"1"}
    left = EVENTS.format(path="e.csv", more='skip = { id = ["合计", "制表人：某"] }\n', time='"at"')
    assert taken(tmp_path, left).totals["left_out"] == 2


# how the mapping reads an amount: what stands in the file, and its fen (None: rejected)
AMOUNTS = [
    (
        '"amt"',
        {
            "￥1,234.50": 123450,
            "¥1234.50": 123450,
            "1,234.50元": 123450,
            "586.3500000000001": 58635,
            "0.30": 30,
            "1.234,50": None,
            "(1234.50)": None,
            "1.005": None,
            "": None,
        },
    ),
    ('{ column = "amt", decimal = "," }', {"1.234,50": 123450, "1234,5": 123450, "0,30": 30}),
    ('{ column = "amt", unit = "fen" }', {"123450": 123450, "1.5": None}),
]


@pytest.mark.parametrize(("spec", "cells"), AMOUNTS)
def test_amounts_to_the_fen(tmp_path, spec, cells):
    text = "id;amt;day\n" + "".join(f"{n};{cell};{DAY}\n" for n, cell in enumerate(cells))
    taken(tmp_path, CHARGES.format(amount=spec), "c.csv", text)
    found = {row["case_id"]: row["amount_fen"] for row in rows(tmp_path, "charges")}
    assert {cell: found.get(str(n)) for n, cell in enumerate(cells)} == cells


def test_brackets_are_minus_where_the_mapping_says_so(tmp_path):
    """No charge is negative, so that the rule tells how the amount was read."""
    spec = '{ column = "amt", negative = "brackets" }'
    text = f"id;amt;day\n1;(1234.50);{DAY}\n2;1234.50;{DAY}\n"
    receipt = taken(tmp_path, CHARGES.format(amount=spec), "c.csv", text)
    assert receipt.rejected_by_rule == {"negative_amount": 1}


def test_an_attribute_that_is_not_known_is_emptied_and_counted(tmp_path):
    column = 'kind = { column = "k", values = { "进口" = "import" } }\nmode = "m"'
    text = "id;k;m\n1;进口;sea\n2;其他;sea\n3;进口;水路\n"
    receipt = taken(tmp_path, CASES.format(column=column), "c.csv", text)
    found = {row["case_id"]: (row["kind"], row["mode"]) for row in rows(tmp_path, "cases")}
    assert found == {"1": ("import", "sea"), "2": (None, "sea"), "3": ("import", None)}
    assert notes(receipt) == {("kind", "emptied"): 1, ("mode", "emptied"): 1}


def test_values_are_those_of_the_vocabulary(tmp_path):
    column = 'kind = { column = "k", values = { "进口" = "imports" } }'
    with pytest.raises(MappingError, match="'imports', which is no kind"):
        taken(tmp_path, CASES.format(column=column), "c.csv", "id;k\n1;进口\n")


def test_a_chapter_is_two_digits(tmp_path):
    text = "id;hs\n1;0106190090\n2;8703\n3;87\n"
    taken(tmp_path, CASES.format(column='hs_chapter = "hs"'), "c.csv", text)
    found = {row["case_id"]: row["hs_chapter"] for row in rows(tmp_path, "cases")}
    assert found == {"1": None, "2": None, "3": "87"}
    column = 'hs_chapter = { column = "hs", prefix = 2 }'
    taken(tmp_path, CASES.format(column=column), "c.csv", text)
    found = {row["case_id"]: row["hs_chapter"] for row in rows(tmp_path, "cases")}
    assert found == {"1": "01", "2": "87", "3": "87"}


@pytest.mark.parametrize(
    ("role", "columns"),
    [
        ("limits", 'operation = "what"\nminutes = "n"'),
        ("waivers", 'item = "what"\nwaived_percent = "n"'),
        ("charge_list", 'item = "what"'),
    ],
)
def test_a_row_that_ends_before_it_begins_is_rejected(tmp_path, role, columns):
    text = (
        "port,what,n,from,to\nA,x,30,2022-03-01,2022-02-28\nA,y,30,2022-03-01,2022-03-01\n"
        "A,z,30,2022-03-01,\nA,v,30,2022-02-30,2022-12-31\n"
    )
    mapping = (
        f'[[file]]\npath = "l.csv"\nrole = "{role}"\n[file.columns]\nport = "port"\n{columns}\n'
        'valid_from = "from"\nvalid_to = "to"\n'
        '[[file]]\npath = "c.csv"\nrole = "cases"\n[file.columns]\ncase_id = "id"\n'
    )
    (tmp_path / "c.csv").write_text("id\n1\n")
    receipt = taken(tmp_path, mapping, "l.csv", text)
    assert receipt.rejected_by_rule == {"ends_too_early": 1, "unparseable_time": 1}
    told = {(r["line"], r["column"], r["value"]) for r in rows(tmp_path, "rejects")}
    assert told == {(2, "valid_to", "2022-02-28"), (5, "valid_from", "2022-02-30")}
    assert sorted(r["valid_to"] or date.max for r in rows(tmp_path, role)) == [
        date(2022, 3, 1),
        date.max,
    ]
