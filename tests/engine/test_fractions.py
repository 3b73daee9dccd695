"""Times finer than a second: order and limits see the fraction, the tally keeps whole seconds."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.logs import cell_of, ibis_or_skip

from clearance_metrics.analysis.measure import measure
from clearance_metrics.assessment.check_limits import check_limits
from clearance_metrics.domain.ends import BACKWARDS
from clearance_metrics.domain.metrics import Duration, Share
from clearance_metrics.engine.doubts import doubts_of
from clearance_metrics.engine.log import EventLog
from clearance_metrics.intake import ingest

NAMES = ("declared", "customs_released", "operation_ordered", "operation_done", "returned")
HEAD = (
    '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n[[file]]\npath = "log.csv"\n'
    'role = "{role}"\n[file.columns]\ncase_id = "id"\n{more}[file.milestones]\n'
)
CODES = "".join(f'{name} = "{name}"\n' for name in NAMES)
DAY = datetime(2021, 5, 3, 8)
CLOCK = Duration("declared", "customs_released")


def at(seconds: float) -> str:
    return (DAY + timedelta(seconds=seconds)).isoformat(sep=" ", timespec="milliseconds")


def from_events(folder: Path, cases) -> EventLog:
    rows = [f"{who},{n},{at(s)}" for who, case in cases.items() for n, s in case.items()]
    mapping = HEAD.format(role="events", more='milestone = "name"\ntime = "at"\n') + CODES
    return _taken_in(folder, mapping, "id,name,at\n", rows)


def from_wide(folder: Path, cases) -> EventLog:
    rows = [
        ",".join([who, *(at(case[n]) if n in case else "" for n in NAMES)])
        for who, case in cases.items()
    ]
    return _taken_in(
        folder, HEAD.format(role="wide", more="") + CODES, f"id,{','.join(NAMES)}\n", rows
    )


def _taken_in(folder: Path, mapping: str, head: str, rows: list[str]) -> EventLog:
    (folder / "dataset.toml").write_text(mapping)
    (folder / "log.csv").write_text(head + "\n".join(rows) + "\n")
    ingest(folder / "dataset.toml", out=folder / "out")
    return EventLog.open(folder / "out")


def frame_of(cases) -> pl.DataFrame:
    rows = [
        (who, name, DAY + timedelta(seconds=s))
        for who, case in cases.items()
        for name, s in case.items()
    ]
    events = pl.DataFrame(rows, ["case_id", "milestone", "time"], orient="row")
    return events.with_columns(pl.col("time").dt.replace_time_zone("Asia/Shanghai"))


def from_frames(_folder: Path, cases) -> EventLog:
    return EventLog(frame_of(cases), timezone="Asia/Shanghai")


def from_engine(_folder: Path, cases) -> EventLog:
    table = ibis_or_skip().duckdb.connect().create_table("events", frame_of(cases).to_arrow())
    return EventLog(table, timezone="Asia/Shanghai")


WAYS = pytest.mark.parametrize("way", [from_events, from_wide, from_frames, from_engine])
H24 = 24 * 3600
LATE = {
    "kept": {"declared": 0.5, "customs_released": H24 + 0.5},
    "early": {"declared": 0.5, "customs_released": H24 + 0.48},
    "late": {"declared": 0.5, "customs_released": H24 + 0.52},
    "late too": {"declared": 0, "customs_released": H24 + 0.02},
    "plain": {"declared": 0, "customs_released": H24},
}


@WAYS
def test_a_deadline_missed_by_20_milliseconds_is_missed(tmp_path, way):
    log = way(tmp_path, LATE)
    assert log.fractions == {"declared", "customs_released"}
    (within,) = measure(log, CLOCK, as_of="2021-05-31", statistics="within:24").rows
    assert within.value == pytest.approx(3 / 5)
    cell = cell_of(log, CLOCK)
    assert dict(zip(cell.value.tolist(), cell.n.tolist(), strict=True)) == {H24: 3, H24 + 1: 2}
    for limit in ({"within_minutes_of": ("declared", 1440)}, {"within_days_of": ("declared", 1)}):
        (share,) = measure(log, Share({"customs_released": limit}), as_of="2021-05-31").rows
        assert share.value == pytest.approx(3 / 5)


ORDER = {
    "before": {"declared": 10.25, "customs_released": 10.75},
    "after": {"declared": 10.75, "customs_released": 10.25},
    "same": {"declared": 10.25, "customs_released": 10.25},
}


@WAYS
def test_order_within_a_second_is_told_by_the_fraction(tmp_path, way):
    log = way(tmp_path, ORDER)
    cell = cell_of(log, CLOCK)
    told = {(int(e), int(v)): int(n) for e, v, n in zip(cell.end, cell.value, cell.n, strict=True)}
    assert told == {(BACKWARDS, 0): 1, (1, 0): 1, (1, 1): 1}
    assert [d.case_id for d in doubts_of(log)] == ["after"]
    for test, share in (("before", 1 / 3), ("not_after", 2 / 3)):
        (row,) = measure(
            log, Share({"declared": {test: "customs_released"}}), as_of="2021-05-31"
        ).rows
        assert row.value == pytest.approx(share)
    # of a signed clock and of other units the same order, and never a negative second too many
    signed = cell_of(log, Duration("declared", "customs_released", signed=True))
    assert sorted(zip(signed.value.tolist(), signed.n.tolist(), strict=True)) == [(0, 2), (1, 1)]
    for unit in ("working_days", "working_hours"):
        worked = cell_of(log, Duration("declared", "customs_released", unit))
        assert int(worked.n[worked.end == BACKWARDS].sum()) == 1


@WAYS
def test_of_two_ends_of_one_second_the_earlier_counts(tmp_path, way):
    cases = {
        "a": {"declared": 0, "customs_released": 9.75, "returned": 9.25},
        "b": {"declared": 0, "customs_released": 9.25, "returned": 9.75},
    }
    clock = Duration("declared", "customs_released", other_ends=("returned",))
    cell = cell_of(way(tmp_path, cases), clock)
    assert sorted(zip(cell.end.tolist(), cell.value.tolist(), strict=True)) == [(1, 10), (2, 10)]


def test_a_port_limit_missed_by_20_milliseconds_is_missed():
    done = {"a": 1800, "b": 1800.02, "c": 1799.98}
    events = frame_of({c: {"operation_ordered": 0, "operation_done": s} for c, s in done.items()})
    cases = pl.DataFrame(
        {"case_id": list(done), "kind": "operation", "port": "甲", "operation": "提箱"}
    )
    limits = {"port": ["甲"], "operation": ["提箱"], "minutes": [30], "share_percent": [80]}
    limits = pl.DataFrame(limits | {"valid_from": ["1970-01-01"]})
    log = EventLog(events, cases, limits=limits, timezone="Asia/Shanghai")
    assert [(row.share, row.n) for row in check_limits(log, as_of="2021-05-31")] == [(2 / 3, 3)]


def test_the_receipt_counts_what_was_cut_and_tables_hold_whole_seconds(tmp_path):
    from_events(tmp_path, LATE)
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())
    assert receipt["times_cut"] == 7
    again = ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
    assert "times cut to the second: 7" in str(again)
    times = pl.read_parquet(tmp_path / "out" / "events.parquet")["time"]
    assert times.dt.microsecond().to_list() == [0] * 10


def test_a_log_without_fractions_has_none_and_no_column_for_them(tmp_path):
    whole = {"a": {"declared": 0, "customs_released": 60}}
    for way in (from_events, from_wide, from_frames, from_engine):
        log = way(tmp_path, whole)
        assert log.fractions == frozenset() and "__frac" not in str(log.milestones_table.columns)
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())
    assert receipt["times_cut"] == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4_000), st.integers(0, 4_000)).map(
            lambda pair: (pair[0] / 1000, pair[1] / 1000)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_duration_is_the_exact_one_rounded_up(pairs):
    cases = {
        str(i): {"declared": start, "customs_released": stop}
        for i, (start, stop) in enumerate(pairs)
    }
    cell = cell_of(from_frames(Path(), cases), CLOCK)
    exact = [round(1000 * stop) - round(1000 * start) for start, stop in pairs]
    expected = sorted(-(-e // 1000) for e in exact if e >= 0)
    found = [
        value
        for value, end, n in zip(cell.value, cell.end, cell.n, strict=True)
        for _ in range(n)
        if end == 1
    ]
    assert sorted(found) == expected
    assert int(cell.n[cell.end == BACKWARDS].sum()) == sum(e < 0 for e in exact)
