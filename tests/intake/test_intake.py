"""The front door: every row accounted for, every rule by name, and nothing written on a mistake."""

import csv
import gzip
import io
import json
import shutil
import sys
from datetime import UTC, datetime

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.engine.backends.in_process import InProcess
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import InputError, LogError, MappingError, OutputError
from clearance_metrics.intake import ingest

HEAD = (
    '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nstrict = true\n'
    "plausible = [2015-01-01, 2023-12-31]\n"
)
EVENTS = (
    '[[file]]\npath = "{path}"\nrole = "events"\n{more}[file.columns]\ncase_id = "id"\nmilestone ='
    ' "code"\ntime = {time}\n[file.milestones]\nD = "declared"\nR = "customs_released"\n'
)


def events(path="e.csv", more="", time='"at"'):
    return HEAD + EVENTS.format(path=path, more=more, time=time)


def run(folder, mapping, files):
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "dataset.toml").write_text(mapping, encoding="utf-8")
    return ingest(folder / "dataset.toml", out=folder / "out")


def rejects(folder):
    return pl.read_parquet(folder / "out" / "rejects.parquet").to_dicts()


def times(folder):
    rows = pl.read_parquet(folder / "out" / "events.parquet").to_dicts()
    return {
        (r["case_id"], r["milestone"]): (
            r["time"].astimezone(UTC).isoformat()[:19],
            r["resolution"],
        )
        for r in rows
    }


def test_every_rule_of_events_with_its_physical_line(tmp_path):
    text = (
        'id,code,at,note\n1,D,2021-05-01 08:00,"two\nlines"\n1,R,2021-05-01'
        " 09:30:05,\n,D,2021-05-01 08:00,\n2,X,2021-05-01"
        " 08:00,\n3,D,,\n4,D,yesterday,\n5,D,1999-01-01,\n1,R,2021-05-01 09:30:05,\n6,D,2021-05-02"
        " 08:00,\n6,R,2021-05-01 08:00,\n7,D\nNA,D,2021-05-03,\n"
    )
    receipt = run(tmp_path, events(), {"e.csv": text})
    found = {r["rule"]: (r["line"], r["value"]) for r in rejects(tmp_path)}
    assert found == {
        "missing_case_id": (5, ""),
        "unknown_milestone": (6, "X"),
        "missing_time": (7, ""),
        "unparseable_time": (8, "yesterday"),
        "time_outside_window": (9, "1999-01-01"),
        "malformed_row": (13, "7,D"),
    }
    assert receipt.totals == {
        "rows_read": 12,
        "accepted": 5,
        "rejected": 6,
        "duplicates": 1,
        "left_out": 0,
    }
    assert times(tmp_path) == {
        ("1", "declared"): ("2021-05-01T00:00:00", "minute"),
        ("1", "customs_released"): ("2021-05-01T01:30:05", "second"),
        ("6", "declared"): ("2021-05-02T00:00:00", "minute"),
        ("6", "customs_released"): ("2021-05-01T00:00:00", "minute"),
        ("NA", "declared"): ("2021-05-03T04:00:00", "day"),
    }
    assert all(r["remedy"] and r["file"] == "e.csv" for r in rejects(tmp_path))


def test_rules_of_charges_and_exact_fen(tmp_path):
    mapping = (
        HEAD
        + '[[file]]\npath = "c.csv"\nrole = "charges"\ndelimiter = ";"\n[file.columns]\ncase_id ='
        ' "id"\nitem = "item"\namount = "yuan"\ncurrency = "cur"\ncharged_on = "day"\nquantity ='
        ' "q"\n'
    )
    text = (
        "id;item;yuan;cur;day;q\n1;理货;0.10;CNY;2021-05-01;1\n1;理货;1,234.05;CNY;2021-05-02;2\n1;理货;1.005;CNY;2021-05-02;2\n"
        "1;理货;-3;CNY;2021-05-02;2\n1;理货;3;RMB;2021-05-02;2\n1;理货;3;CNY;2021-05-02;two\n"
        "1;理货;1,2,3;CNY;2021-05-02;1\n1;理货;1e3;CNY;2021-05-02;1\n"
    )
    receipt = run(tmp_path, mapping, {"c.csv": text})
    assert receipt.rejected_by_rule == {
        "unknown_currency": 1,
        "doubtful_grouping": 1,
        "unparseable_amount": 2,
        "negative_amount": 1,
        "bad_type": 1,
    }
    assert pl.read_parquet(tmp_path / "out" / "charges.parquet")["amount_fen"].to_list() == [
        10,
        123405,
    ]
    assert receipt.charges_without_case == 2


WIDE = (
    HEAD
    + '[[file]]\npath = "w.*"\nrole = "wide"\n{more}[file.columns]\ncase_id = "单号"\nkind = {{'
    ' column = "类型", values = {{ "退税" = "refund" }} }}\n[file.milestones]\nrefund_accepted ='
    ' {{ column = "受理", formats = ["%d-%b-%y", "%Y年%m月%d日"], no_value = ["未受理"]'
    ' }}\nrefund_approved = {{ column = "办结", formats = ["%d-%b-%y", "%Y年%m月%d日"] }}\n'
)
WIDE_TEXT = (
    "单号,类型,受理,办结,备注\n1,退税,1-Sep-21,2021年9月8日,好\n2,退税,未受理,,\n"
    "3,出口,1-Sep-21,,\n4,退税,2-Sep-21,1-Sep-21,\n1,退税,1-Sep-21,,\n"
)


@pytest.mark.parametrize(
    ("more", "content", "name"),
    [
        ("", WIDE_TEXT.encode("utf-8-sig"), "w.csv"),
        ('encoding = "gb18030"\n', WIDE_TEXT.encode("gb18030"), "w.csv"),
        ('encoding = "utf-16"\n', WIDE_TEXT.encode("utf-16"), "w.csv"),
        ("", gzip.compress(WIDE_TEXT.encode(), mtime=0), "w.csv.gz"),
        ("", WIDE_TEXT.replace("\n", "\r\n").encode(), "w.csv"),
        ("", WIDE_TEXT.replace("\n", "\r").encode(), "w.csv"),
        ("", WIDE_TEXT.replace(",", "\t").encode(), "w.tsv"),
    ],
    ids=["bom", "gb18030", "utf-16", "gzip", "crlf", "cr", "tab"],
)
def test_wide_files_in_every_dress(tmp_path, more, content, name):
    receipt = run(tmp_path, WIDE.format(more=more), {name: content})
    assert receipt.totals == {
        "rows_read": 5,
        "accepted": 3,
        "rejected": 2,
        "duplicates": 0,
        "left_out": 0,
    }
    assert {r["rule"]: r["line"] for r in rejects(tmp_path)} == {
        "unknown_value": 4,
        "duplicate": 6,
    }
    assert times(tmp_path) == {
        ("1", "refund_accepted"): ("2021-09-01T04:00:00", "day"),
        ("1", "refund_approved"): ("2021-09-08T04:00:00", "day"),
        ("4", "refund_accepted"): ("2021-09-02T04:00:00", "day"),
        ("4", "refund_approved"): ("2021-09-01T04:00:00", "day"),
    }
    assert receipt.doubts == {"refund_accepted..refund_approved": 1}
    cases = pl.read_parquet(tmp_path / "out" / "cases.parquet").sort("case_id")
    assert cases["备注"].to_list() == ["好", None, None]
    assert cases["kind"].to_list() == ["refund"] * 3


def test_parquet_and_excel(tmp_path):
    moment = datetime(2021, 5, 1, 8, tzinfo=UTC)
    frame = pl.DataFrame(
        {"id": ["a", "a"], "code": ["D", "R"], "at": [moment, moment.replace(hour=10)]}
    )
    frame.write_parquet(tmp_path / "e.parquet")
    run(tmp_path, events("e.parquet"), {})
    assert times(tmp_path)[("a", "declared")] == ("2021-05-01T08:00:00", "second")
    from openpyxl import Workbook

    book = Workbook()
    for row in (
        ["id", "code", "at"],
        ["a", "D", datetime(2021, 5, 1)],
        ["a", "R", datetime(2021, 5, 1, 10, 30)],
    ):
        book.active.append(row)
    book.save(tmp_path / "e.xlsx")
    run(tmp_path, events("e.xlsx"), {})
    assert times(tmp_path) == {
        ("a", "declared"): ("2021-04-30T16:00:00", "second"),
        ("a", "customs_released"): ("2021-05-01T02:30:00", "second"),
    }


def test_zones_and_formats_in_one_column(tmp_path):
    formats = '{ column = "at", formats = ["%Y-%m-%dT%H:%M:%S%z", "%Y/%m/%d %H:%M"] }'
    text = "id,code,at\n1,D,2021-05-01T08:00:00+02:00\n2,D,2021/05/01 08:00\n"
    run(tmp_path, events(time=formats), {"e.csv": text})
    assert [t[0] for t in times(tmp_path).values()] == [
        "2021-05-01T06:00:00",
        "2021-05-01T00:00:00",
    ]
    run(
        tmp_path,
        events(more='timezone = "Europe/Amsterdam"\n'),
        {"e.csv": "id,code,at\n1,D,2021-07-01 08:00\n2,D,2021-01-01T08:00Z\n"},
    )
    assert [t[0] for t in times(tmp_path).values()] == [
        "2021-07-01T06:00:00",
        "2021-01-01T08:00:00",
    ]


def test_same_input_same_bytes(tmp_path):
    text = "id,code,at\n" + "".join(f"{i},D,2021-05-01 08:{i % 60:02}\n" for i in range(5000))
    outputs = []
    for _ in range(2):
        run(tmp_path, events(), {"e.csv": text})
        outputs.append({p.name: p.read_bytes() for p in sorted((tmp_path / "out").iterdir())})
    assert outputs[0] == outputs[1] and set(outputs[0]) >= {
        "events.parquet",
        "receipt.json",
        "rejects.parquet",
    }


@pytest.mark.parametrize(
    ("mapping", "content", "error", "says"),
    [
        (events().replace("name =", "nmae ="), b"id,code,at\n", MappingError, "nmae"),
        (
            events().replace('"at"', '{ column = "at", format = ["%Y"] }'),
            b"id,code,at\n",
            MappingError,
            "format",
        ),
        (events().replace('"declared"', '"declraed"'), b"id,code,at\n", MappingError, "declared"),
        (events().replace('"at"', '"when"'), b"id,code,at\n1,D,2021-01-01\n", InputError, "when"),
        (events(), b"", InputError, "empty"),
        (events(), b"\x00\x01\x02" * 99, InputError, "binary"),
        (events("e.csv.gz"), b"not packed", InputError, "unpacked"),
        (events("e.xlsx"), b"not a workbook", InputError, "workbook"),
        (events("none*.csv"), b"", InputError, "no file matches"),
        pytest.param(
            events("**e.csv"),
            b"id,code,at\n",
            MappingError,
            "no pattern",
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 13), reason="Python 3.13 takes this for a pattern"
            ),
        ),
        (events() + "=", b"id,code,at\n", MappingError, "TOML"),
        (
            events(more='encoding = "gb18030"\n'),
            "id,code,at\n1,é".encode("latin-1"),
            InputError,
            "gb18030",
        ),
    ],
)
def test_a_mistake_is_one_clear_error_and_nothing_is_written(
    tmp_path, mapping, content, error, says
):
    name = "e.xlsx" if "e.xlsx" in mapping else "e.csv.gz" if "e.csv.gz" in mapping else "e.csv"
    with pytest.raises(error, match=says):
        run(tmp_path, mapping, {name: content})
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["dataset.toml", name])


def test_rows_of_a_large_file_stay_in_their_order(tmp_path):
    # wide rows, so that several threads read; with yes and no, many words for none, and currencies
    n, bad, pad = 500_000, range(60_000, 500_000, 110_000), "x" * 90
    mapping = (
        HEAD + '[[column]]\nname = "fast"\ntype = "boolean"\n[[file]]\npath = "c.csv"\nrole ='
        ' "cases"\nkeep = []\n[file.columns]\ncase_id = "id"\nfast = "fast"\nport = {column ='
        ' "port", no_value = ["-", "a", "b", "c", "d", "e", "f"]}\n[[file]]\npath = "f.csv"\nrole'
        ' = "charges"\nkeep = []\n[file.columns]\ncase_id = "id"\nline_id = "line"\nitem ='
        ' {constant = "x"}\namount = {constant = 1}\ncharged_on = {constant ='
        ' "2021-05-01"}\ncurrency = "cur"\n'
    )
    cases = "".join(
        f"{'twice' if i in (n // 3, n - 9) else f'c{i:06}'},"
        f"{'maybe' if i in bad else 'no' if i % 2 else 'yes'},p{i},{pad}\n"
        for i in range(n)
    )
    charges = "".join(f"c{i:06},L{i:06},{'???' if i in bad else 'CNY'},{pad}\n" for i in range(n))
    (tmp_path / "dataset.toml").write_text(mapping, encoding="utf-8")
    (tmp_path / "c.csv").write_text("id,fast,port,pad\n" + cases)
    (tmp_path / "f.csv").write_text("id,line,cur,pad\n" + charges)
    ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    told = [(r["file"], r["line"], r["rule"]) for r in rejects(tmp_path)]
    lines = [i + 2 for i in bad]
    expected = (
        [("c.csv", i, "bad_type") for i in lines]
        + [("c.csv", n - 7, "duplicate")]
        + [("f.csv", i, "unknown_currency") for i in lines]
    )
    assert told == expected
    kept = pl.read_parquet(tmp_path / "out" / "charges.parquet")["line_id"].to_list()
    assert kept == [f"L{i:06}" for i in range(n) if i not in bad]
    twice = pl.read_parquet(tmp_path / "out" / "cases.parquet").filter(pl.col("case_id") == "twice")
    assert twice["port"].to_list() == [f"p{n // 3}"]


def test_a_foreign_folder_is_not_overwritten(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError):
        run(tmp_path, events(), {"e.csv": "id,code,at\n"})


cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\ufeff", exclude_categories=("Cs",)),
    max_size=8,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(st.tuples(cells, cells), max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_any_csv_reads_as_pythons_csv_module_does(tmp_path_factory, rows, delimiter):
    folder = tmp_path_factory.mktemp("csv")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "remark"), *((f"c{i}{a}", b) for i, (a, b) in enumerate(rows))])
    mapping = (
        HEAD + '[[file]]\npath = "c.csv"\nrole = "cases"\ndelimiter ='
        f' {json.dumps(delimiter)}\n[file.columns]\ncase_id = "id"\n'
    )
    receipt = run(folder, mapping, {"c.csv": out.getvalue()})
    assert (
        receipt.totals["rows_read"]
        == len(rows)
        == sum(receipt.totals[k] for k in ("accepted", "rejected", "duplicates"))
    )
    got = duckdb.sql(f"SELECT remark FROM '{folder}/out/cases.parquet'").fetchall()
    assert sorted(r[0] or "" for r in got) == sorted(b for _, b in rows)


CHARGES = (
    '[[file]]\npath = "{path}"\nrole = "charges"\n[file.columns]\ncase_id = "id"\nitem = {{constant'
    ' = "{item}"}}\namount = "yuan"\ncharged_on = "day"\ncurrency = {{constant = "CNY"}}\n'
)


def test_names_of_files_are_no_patterns(tmp_path):
    folder = tmp_path / "x**[a]"
    folder.mkdir()
    row = "id,code,at\n{},D,2021-05-01 08:00\n"
    receipt = run(
        folder, events(path="e*.csv"), {"e1.csv": row.format("b"), "e[1].csv": row.format("a")}
    )
    assert receipt.totals == {
        "rows_read": 2,
        "accepted": 2,
        "rejected": 0,
        "duplicates": 0,
        "left_out": 0,
    }
    assert pl.read_parquet((folder / "out" / "events.parquet").read_bytes())[
        "case_id"
    ].to_list() == ["b", "a"]
    ingest(folder / "dataset.toml", out=folder / "cut", layout="months")
    for out in ("out", "cut"):
        log = EventLog.open(folder / out)
        assert log.count_cases() == 2 and log.milestones == {"declared", "customs_released"}


def test_a_copy_is_text_that_means_the_same(tmp_path):
    mapping = (
        HEAD
        + CHARGES.format(path="t.csv", item="pilotage")
        + CHARGES.format(path="u.csv", item="towage")
    )
    text = "id,yuan,day\n1,5,2021-05-01\n"
    receipt = run(tmp_path, mapping, {"t.csv": text + "1,5,2021-05-01\n", "u.csv": text})
    assert receipt.totals == {
        "rows_read": 3,
        "accepted": 2,
        "rejected": 0,
        "duplicates": 1,
        "left_out": 0,
    }
    assert sorted(pl.read_parquet(tmp_path / "out" / "charges.parquet")["item"]) == [
        "pilotage",
        "towage",
    ]


def test_an_amount_beyond_all_numbers_is_rejected_alone(tmp_path):
    receipt = run(
        tmp_path,
        HEAD + CHARGES.format(path="t.csv", item="x"),
        {
            "t.csv": (
                "id,yuan,day\n1,99999999999999999999,2021-05-01\n1,9223372036854775.80,2021-05-01\n2,7,2021-05-01\n"
            )
        },
    )
    assert [(r["line"], r["rule"], r["value"]) for r in rejects(tmp_path)] == [
        (2, "unparseable_amount", "99999999999999999999")
    ]
    assert receipt.totals["accepted"] == 2


def test_folders_called_like_columns_are_none(tmp_path):
    folder = tmp_path / "month=2022-12"
    folder.mkdir()
    run(folder, events(), {"e.csv": "id,code,at\n1,D,2021-05-01 08:00\n1,R,2021-05-01 10:00\n"})
    log = EventLog.open(folder / "out")
    rows = measure(
        log, Duration("declared", "customs_released"), as_of="2021-12-31", statistics=("n", "mean")
    )
    assert [row.value for row in rows] == [1, 2]
    with pytest.raises(OutputError, match="month=2022-12"):
        ingest(folder / "dataset.toml", out=folder / "cut", layout="months")
    ingest(folder / "dataset.toml", out=tmp_path / "cut", layout="months")
    shutil.move(tmp_path / "cut", folder / "cut")
    with pytest.raises(LogError, match="month=2022-12"):
        EventLog.open(folder / "cut")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[[column]]\nname = "lo_declared"\n', "lo_declared"),
        ('[[column]]\nname = "Kind"\n', "case alone"),
        ('[[milestone]]\nname = "Declared"\n', "case alone"),
        ('[[milestone]]\nname = "case_id"\n', "case_id"),
    ],
)
def test_names_that_intake_uses_itself_are_refused(tmp_path, table, says):
    with pytest.raises(MappingError, match=says):
        run(
            tmp_path, events().replace("[[file]]", table + "[[file]]", 1), {"e.csv": "id,code,at\n"}
        )


@pytest.mark.parametrize("header", ["Port", "bare_", "seq_", "Ref,ref", "CASE_ID"])
def test_headers_that_clash_are_refused(tmp_path, header):
    mapping = (
        HEAD
        + '[[file]]\npath = "c.csv"\nrole = "cases"\n[file.columns]\ncase_id = "id"\nport = "p"\n'
    )
    with pytest.raises(InputError, match=r"keep"):
        run(tmp_path, mapping, {"c.csv": f"id,p,{header}\n1,x,y{',z' if ',' in header else ''}\n"})
    assert not (tmp_path / "out").exists()


def test_headers_that_only_event_rows_could_clash_with_are_kept(tmp_path):
    mapping = (
        HEAD
        + '[[file]]\npath = "c.csv"\nrole = "cases"\n[file.columns]\ncase_id = "id"\n'
        + CHARGES.format(path="f.csv", item="x")
    )
    run(
        tmp_path,
        mapping,
        {
            "c.csv": "id,location,time,lo_declared\n1,a,b,c\n",
            "f.csv": "id,yuan,day,location,milestone\n1,5,2021-05-01,d,e\n",
        },
    )
    assert pl.read_parquet(tmp_path / "out" / "cases.parquet").row(0) == ("1", "a", "b", "c")
    assert pl.read_parquet(tmp_path / "out" / "charges.parquet").select(
        "location", "milestone"
    ).row(0) == ("d", "e")


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_folder_that_is_not_whole_is_one_error(tmp_path, content):
    run(tmp_path, events(), {"e.csv": "id,code,at\n1,D,2021-05-01 08:00\n"})
    (tmp_path / "out" / "dataset.json").write_text(content)
    with pytest.raises(InputError, match=r"dataset\.json"):
        EventLog.open(tmp_path / "out")


def test_a_folder_without_milestones_is_one_error(tmp_path):
    run(tmp_path, events(), {"e.csv": "id,code,at\n1,D,2021-05-01 08:00\n"})
    (tmp_path / "out" / "milestones.parquet").unlink()
    with pytest.raises(InputError, match="no milestones"):
        EventLog.open(tmp_path / "out")


def test_an_engine_without_memory_is_one_error():
    class Full:
        def execute(self, _text):
            raise duckdb.OutOfMemoryException("no room\nat all")

    with pytest.raises(LogError, match=r"does not suffice: no room\n"):
        InProcess(Full()).run("SELECT 1")


def test_an_attribute_is_no_end_of_a_clock(tmp_path):
    mapping = (
        events()
        + '[[file]]\npath = "c.csv"\nrole = "cases"\n[file.columns]\ncase_id = "id"\nkind ='
        ' "kind"\n'
    )
    run(
        tmp_path,
        mapping,
        {"e.csv": "id,code,at\n1,D,2021-05-01 08:00\n", "c.csv": "id,kind\n1,import\n"},
    )
    with pytest.raises(LogError, match="no milestone"):
        measure(EventLog.open(tmp_path / "out"), Duration("kind", "declared"), as_of="2021-12-31")
