"""Tables in memory: what stands in them as text means what it means in a file."""

import subprocess
import sys
from datetime import UTC, date, datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from support.logs import ibis_or_skip

from clearance_metrics.analysis.measure import measure
from clearance_metrics.assessment.assess import assess
from clearance_metrics.domain.metrics import Fee
from clearance_metrics.domain.zones import offsets
from clearance_metrics.engine.log import EventLog


@pytest.mark.parametrize("day", [date(2022, 5, 1), "2022-05-01"], ids=["date", "text"])
def test_a_text_charged_on_is_the_date_it_writes(day):
    """A rule that holds from a day on compares the date, which a text is not."""
    events = pl.DataFrame({"case_id": ["c"], "milestone": ["customs_released"], "time": [0]})
    cases = pl.DataFrame({"case_id": ["c"], "kind": ["import"], "teu": [1]})
    line = {"case_id": "c", "item": "货物港务费", "charged_on": day, "quantity": 1, "port": "甲"}
    line |= {"size": "20", "cargo_class": "general", "currency": "CNY"}
    lines = [line | {"line_id": "1", "amount_fen": 3550}, line | {"line_id": "2", "amount_fen": 1}]
    log = EventLog(events, cases, pl.DataFrame(lines), timezone="Asia/Shanghai")
    check = Fee("line", against="tariff", where={"charged_on": {"at_least": date(2022, 1, 1)}})
    (row,) = measure(log, check, as_of="2024-12-31", statistics="sum").rows
    assert (row.value, row.n) == (1.5, 2)
    told = {row.indicator: row.value for row in assess(log, as_of="2024-12-31")}
    assert told["above_ceiling"] == 1


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_column_in_which_nothing_stands_is_read_as_empty(kind):
    events = kind({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    cases = kind({"case_id": ["a"], "port": [None], "teu": [None], "aeo": [None], "mine": [None]})
    line = {"case_id": ["a"], "item": ["THC"], "amount_fen": [100], "charged_on": ["2021-05-01"]}
    log = EventLog(events, cases, kind(line | {"currency": [None], "quantity": [None]}))
    for by in ("port", "teu", "aeo", "mine", "currency"):
        (row,) = measure(log, Fee(), by=by, as_of="2021-12-31", statistics="sum")
        assert (row.value, row.unit, dict(row.groups)) == (1.0, "CNY", {by: None})


NS = [1_600_000_000_123_456_789, 1_600_000_000_999_999_999]


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_nanoseconds_are_cut_never_rounded_up(zone):
    times = pa.array(NS, pa.timestamp("ns", tz=zone))
    events = pa.table({"case_id": ["a", "b"], "milestone": ["declared"] * 2, "time": times})
    log = EventLog(events, timezone="UTC")
    rows = log.rows_of(log.milestones_table.then("sorted", order=["case_id"])).to_pylist()
    assert [row["declared"] for row in rows] == [1_600_000_000] * 2
    assert [row["declared__frac"] for row in rows] == [123456, 999999]


def test_what_comes_after_a_second_is_never_negative():
    events = pl.DataFrame(
        {"case_id": ["a"], "milestone": ["declared"], "time": [datetime(1969, 12, 31, 23, 59, 58)]}
    ).with_columns(pl.col("time") + pl.duration(milliseconds=250))
    log = EventLog(events, timezone="UTC")
    (row,) = log.rows_of(log.milestones_table).to_pylist()
    assert (row["declared"], row["declared__frac"]) == (-2, 250_000)


def test_zoned_times_of_the_hour_that_comes_twice_stay_apart():
    times = [datetime(2020, 10, 25, h, 30, tzinfo=UTC) for h in (0, 1)]
    events = pl.DataFrame({"case_id": ["a", "b"], "milestone": "declared", "time": times})
    log = EventLog(events.with_columns(pl.col("time").dt.convert_time_zone("Europe/Berlin")))
    found = log.rows_of(log.events_table)["time"].to_pylist()
    assert log.timezone == "Europe/Berlin" and found == [int(t.timestamp()) for t in times]


def test_offsets_begin_before_the_first_event():
    events = {"case_id": ["a"], "milestone": ["declared"], "time": [1_600_000_000]}
    assert EventLog(pl.DataFrame(events), timezone="Asia/Shanghai").shifts[0][1] == 28800
    assert len(EventLog(pl.DataFrame(events), timezone="Asia/Shanghai").shifts) == 1
    for early in (-5, 0, 2 * 86400):
        log = EventLog(pl.DataFrame(events | {"time": [early]}), timezone="Asia/Shanghai")
        assert log.shifts == offsets("Asia/Shanghai")
    log = EventLog(pl.DataFrame(events | {"time": [4 * 10**9]}), timezone="Asia/Shanghai")
    assert [shift for _, shift in log.shifts] == [28800]


EVENTS = {"case_id": ["1", "1", "2"], "milestone": ["declared", "customs_released", "declared"]}
EVENTS |= {"time": [datetime(2022, 3, 1, h, tzinfo=UTC) for h in (1, 5, 2)]}
CASES = {"case_id": ["1", "2"], "port": ["甲", "乙"]}


def _told(log):
    rows = log.case_table(frozenset({"declared", "customs_released", "port"}))
    return sorted(map(str, log.rows_of(rows).to_pylist())), log.columns, log.timezone


def _relation(rows):
    return duckdb.connect().from_arrow(pa.table(rows))


@pytest.mark.parametrize("form", [_relation, lambda rows: pa.table(rows).to_reader()])
def test_relations_of_duckdb_and_readers_come_in_as_tables_do(form):
    log = EventLog(form(EVENTS), form(CASES), timezone="UTC")
    assert _told(log) == _told(EventLog(pa.table(EVENTS), pa.table(CASES), timezone="UTC"))


def test_tables_of_ibis_stay_where_they_are_and_others_come_to_them():
    ibis = ibis_or_skip()
    one, other = ibis.duckdb.connect(), ibis.duckdb.connect()
    events, cases = pa.table(EVENTS), pa.table(CASES)
    numbers = pa.table({"case_id": [1, 2], "port": CASES["port"]})
    wanted = _told(EventLog(events, cases, timezone="UTC"))
    lying, lying_cases = one.create_table("events", events), one.create_table("cases", numbers)
    away = other.create_table("cases", cases)
    late = lying.filter(lying.time > datetime(2000, 1, 1)).mutate(case_id=lying.case_id.cast("int"))
    near = lying.semi_join(ibis.memtable(cases), "case_id")
    for given in (lying, late, near):
        for beside in (cases, lying_cases, ibis.memtable(cases), away):
            log = EventLog(given, beside, timezone="UTC")
            assert log.engine.backend.connection is one.con and _told(log) == wanted
    log = EventLog(events, lying_cases, timezone="UTC")
    assert log.engine.backend.connection is one.con and _told(log) == wanted
    log = EventLog(ibis.memtable(events), ibis.memtable(cases), timezone="UTC")
    assert _told(log) == wanted


def test_tables_of_polars_or_arrow_need_neither_pandas_nor_ibis():
    code = (
        "import sys, polars as pl, clearance_metrics as cm\n"
        "events = pl.DataFrame({'case_id': ['a', 'a'], 'time': [0, 7200],\n"
        "    'milestone': ['declared', 'customs_released']})\n"
        "for rows in (events, events.lazy(), events.to_arrow()):\n"
        "    log = cm.EventLog(rows, timezone='Asia/Shanghai')\n"
        "    assert log.count_cases() == 1\n"
        "print(*sorted({'ibis', 'pandas', 'sqlglot'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"])
def test_local_times_that_came_twice_or_never_are_read_as_arrow_reads_them(zone):
    rng = np.random.default_rng(5)
    changes = [s for s, _ in offsets(zone) if 86400 < s < 2_100_000_000]
    near = [
        s + hours * 3600 + d for s in changes for hours in (0, 8, 11) for d in range(-1800, 5400)
    ]
    local = np.concatenate([rng.integers(86400, 2_100_000_000, 3000), rng.choice(near, 5000)])
    times = pa.array(local, pa.timestamp("s"))
    who = pa.array([str(number) for number in range(len(local))])
    milestones = pa.array(["declared"] * len(local))
    log = EventLog(
        pa.table({"case_id": who, "milestone": milestones, "time": times}), timezone=zone
    )
    rows = log.rows_of(log.events_table).to_pydict()
    found = dict(zip(rows["case_id"], rows["time"], strict=True))
    sure = pc.assume_timezone(times, zone, ambiguous="earliest", nonexistent="earliest")
    wanted = pc.cast(sure, pa.int64()).to_pylist()
    assert [found[one] for one in who.to_pylist()] == wanted
