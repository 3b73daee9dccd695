"""A case that one table knows and another does not is counted in every question, and told."""

from datetime import datetime

import duckdb
import polars as pl
import pytest
from support.logs import ibis_or_skip

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.metrics import Duration, Fee, Share
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError
from clearance_metrics.intake import ingest

CLOCK = Duration("declared", "customs_released")
EVENTS = pl.DataFrame(
    {
        "case_id": ["a", "a", "b", "b", "c"],
        "milestone": ["declared", "customs_released"] * 2 + ["declared"],
        "time": [datetime(2021, 9, 1, hour) for hour in (8, 10, 8, 14, 9)],
    }
)
CASES = pl.DataFrame(
    {"case_id": ["a", "z"], "port": ["x", "y"], "teu": [1, 2], "aeo": [True, None]}
)
CHARGES = pl.DataFrame(
    {
        "case_id": ["a", "b", "nobody"],
        "item": "THC",
        "amount_fen": [100, 200, 400],
        "charged_on": "2021-09-01",
    }
)


def in_memory(*tables):
    return EventLog(*tables, timezone="Asia/Shanghai")


def in_place(*tables):
    connection = ibis_or_skip().duckdb.connect()
    kept = [
        connection.create_table(f"t{i}", rows.to_arrow(), temp=True)
        for i, rows in enumerate(tables)
    ]
    return EventLog(*kept, timezone="Asia/Shanghai")


def as_relations(*tables):
    connection = duckdb.connect()
    return in_memory(*(connection.from_arrow(rows.to_arrow()) for rows in tables))


def n_of(log, metric, **more):
    rows = measure(log, metric, as_of="2021-12-31", statistics="n", **more).rows
    return {tuple(dict(row.groups).values()): row.value for row in rows}


@pytest.mark.parametrize("log_of", [in_memory, as_relations, in_place])
def test_totals_are_the_same_with_and_without_groups(log_of):
    log = log_of(EVENTS, CASES, CHARGES.with_columns(pl.col("charged_on").str.to_date()))
    told = [(note.table, note.kind, note.n, note.examples) for note in log.notes]
    assert told == [
        ("cases", "no_events", 1, ("z",)),
        ("cases", "no_attributes", 2, ("b", "c")),
        ("charges", "charges_without_case", 1, ("nobody",)),
    ]
    assert "3 notes" in repr(log) and log.count_cases() == 4
    assert n_of(log, CLOCK) == {(): 3}
    assert n_of(log, CLOCK, by="port") == {("x",): 1, (None,): 2}
    assert n_of(log, CLOCK, by=("port", "aeo")) == {("x", True): 1, (None, None): 2}
    assert n_of(log, Fee()) == {(): 3}
    assert n_of(log, Fee(), by="port") == {("x",): 1, (None,): 2}
    released = Share({"customs_released": {"present": True}})
    whole, grouped = n_of(log, released), n_of(log, released, by="port")
    assert sum(grouped.values()) == whole[()] == 4


def test_tables_that_agree_are_left_as_they_are():
    cases = pl.DataFrame({"case_id": ["a", "b", "c"], "port": ["x", "y", "y"]})
    log = in_memory(EVENTS, cases)
    assert log.notes == () and "notes" not in repr(log)


def test_a_log_from_files_counts_in_the_same_way(tmp_path):
    EVENTS.with_columns(pl.col("time").dt.to_string("iso")).write_csv(tmp_path / "e.csv")
    CASES.select("case_id", "port").write_csv(tmp_path / "c.csv")
    columns = 'case_id = "case_id"\n'
    (tmp_path / "dataset.toml").write_text(
        '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n'
        '[[file]]\npath = "e.csv"\nrole = "events"\n[file.columns]\n'
        f'{columns}milestone = "milestone"\ntime = "time"\n'
        f'[[file]]\npath = "c.csv"\nrole = "cases"\n[file.columns]\n{columns}port = "port"\n'
    )
    ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    there, here = EventLog.open(tmp_path / "out"), in_memory(EVENTS, CASES)
    for more in ({}, {"by": "port"}):
        assert n_of(there, CLOCK, **more) == n_of(here, CLOCK, **more)
        released = Share({"customs_released": {"present": True}})
        assert n_of(there, released, **more) == n_of(here, released, **more)


def test_no_events_at_all_are_told():
    with pytest.raises(LogError, match="events is None"):
        EventLog(None, timezone="UTC")
