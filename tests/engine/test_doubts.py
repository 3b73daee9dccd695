"""A stop before its start: one rule for event files, wide files and tables in memory."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.logs import DAY, cell_of, ibis_or_skip, log_of

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.ends import BACKWARDS
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.engine.doubts import doubts_of
from clearance_metrics.engine.log import EventLog
from clearance_metrics.intake import ingest

HEAD = '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n'
NAMES = ("discharged", "declared", "customs_released", "gate_out")
EVENTS = (
    '[[file]]\npath = "log.csv"\nrole = "events"\n[file.columns]\ncase_id = "id"\nmilestone ='
    ' "name"\ntime = "at"\n[file.milestones]\n' + "".join(f'{name} = "{name}"\n' for name in NAMES)
)
WIDE = (
    '[[file]]\npath = "log.csv"\nrole = "wide"\n[file.columns]\ncase_id = "id"\n[file.milestones]\n'
    + "".join(f'{name} = "{name}"\n' for name in NAMES)
)
# b was released before it was declared, and d left before it was discharged, by its dates
CASES = {
    "a": {"declared": "2021-05-03 08:00:00", "customs_released": "2021-05-03 10:00:00"},
    "b": {
        "discharged": "2021-05-01 08:00:00",
        "declared": "2021-05-03 08:00:00",
        "customs_released": "2021-05-03 07:59:59",
        "gate_out": "2021-05-04 08:00:00",
    },
    "c": {"declared": "2021-05-03 18:00:00", "customs_released": "2021-05-03"},
    "d": {"discharged": "2021-05-03", "gate_out": "2021-05-02"},
    "e": {"declared": "2021-05-03 08:00:00"},
}
TOLD = [
    (
        "b",
        "export_customs_only, import_customs_only",
        "declared",
        "customs_released",
        "2021-05-03 08:00:00",
        "2021-05-03 07:59:59",
    ),
    ("d", "import_dwell", "discharged", "gate_out", "2021-05-03", "2021-05-02"),
]
CUSTOMS = Duration("declared", "customs_released")


def from_events(folder: Path, cases=CASES) -> EventLog:
    rows = [f"{who},{name},{at}" for who, case in cases.items() for name, at in case.items()]
    return _taken_in(folder, HEAD + EVENTS, "id,name,at\n", rows)


def from_wide(folder: Path, cases=CASES) -> EventLog:
    rows = [",".join([who, *(case.get(name, "") for name in NAMES)]) for who, case in cases.items()]
    return _taken_in(folder, HEAD + WIDE, f"id,{','.join(NAMES)}\n", rows)


def _taken_in(folder: Path, mapping: str, head: str, rows: list[str]) -> EventLog:
    (folder / "dataset.toml").write_text(mapping)
    (folder / "log.csv").write_text(head + "\n".join(rows) + "\n")
    receipt = ingest(folder / "dataset.toml", out=folder / "out")
    assert receipt.totals["rejected"] == 0 and receipt.totals["accepted"] == len(rows)
    return EventLog.open(folder / "out")


def from_frames(_folder: Path, cases=CASES) -> EventLog:
    rows = [
        (who, name, datetime.fromisoformat(at) + timedelta(hours=12 * (len(at) == 10)), len(at))
        for who, case in cases.items()
        for name, at in case.items()
    ]
    events = pl.DataFrame(rows, ["case_id", "milestone", "time", "length"], orient="row")
    resolution = pl.when(pl.col("length") == 10).then(pl.lit("day")).otherwise(pl.lit("second"))
    return EventLog(events.with_columns(resolution=resolution), timezone="Asia/Shanghai")


@pytest.mark.parametrize("way", [from_events, from_wide, from_frames])
def test_every_way_in_keeps_the_case_and_tells_the_same_doubt(tmp_path, way):
    log = way(tmp_path)
    assert [tuple(vars(doubt).values()) for doubt in doubts_of(log)] == TOLD
    assert len(doubts_of(log, limit=1)) == 1
    # the clock leaves the case out and says so; it is not open
    rows = {
        row.statistic: row
        for row in measure(log, CUSTOMS, as_of="2021-05-31", statistics=("n", "open", "sum"))
    }
    assert [rows[s].value for s in ("n", "open", "sum")] == [3, 1, 2]
    assert "1 left out: stop before start" in rows["sum"].note
    # other clocks keep it
    dwell = measure(log, Duration("discharged", "gate_out"), as_of="2021-05-31", statistics="sum")
    assert (dwell.rows[0].value, dwell.rows[0].n) == (72, 1)


def test_the_receipt_counts_doubts_and_its_rows_still_add_up(tmp_path):
    from_wide(tmp_path)
    receipt = EventLog.open(tmp_path / "out").receipt
    assert receipt["doubts"] == {"declared..customs_released": 1, "discharged..gate_out": 1}
    assert receipt["totals"]["accepted"] == receipt["totals"]["rows_read"] == 5
    assert receipt["tables"]["doubts"] == 2
    told = str(ingest(tmp_path / "dataset.toml", out=tmp_path / "out"))
    assert "declared..customs_released: 1 doubts: stop before start; correct one of" in told


def test_a_signed_clock_is_no_doubt_and_a_log_without_a_clock_has_none(tmp_path):
    early = {"a": {"conveyance_arrived": "2021-05-03 08:00:00", "gate_out": "2021-05-04 08:00:00"}}
    assert doubts_of(from_frames(tmp_path, early)) == ()
    lawful = {"a": {"conveyance_arrived": "2021-05-03", "customs_released": "2021-05-01"}}
    log = from_frames(tmp_path, lawful)
    assert log.doubts is None
    overall = Duration("conveyance_arrived", "customs_released")
    assert measure(log, overall, as_of="2021-05-31", statistics="sum").rows[0].value == -48


def test_a_clock_of_the_owners_own_is_held_to_its_order_too(tmp_path):
    mapping = (
        HEAD + '[[clock]]\nname = "own"\nstart = "customs_released"\nstop = "gate_out"\n' + EVENTS
    )
    rows = ["a,customs_released,2021-05-03 08:00", "a,gate_out,2021-05-02 08:00"]
    log = _taken_in(tmp_path, mapping, "id,name,at\n", rows)
    assert [(d.case_id, d.clock) for d in doubts_of(log)] == [("a", "own")]


WAYS = {
    "working_days": Duration("declared", "customs_released", "working_days"),
    "first_day": Duration("declared", "customs_released", "working_days", start_day=1),
    "working_hours": Duration("declared", "customs_released", "working_hours"),
    "minutes": Duration("declared", "customs_released", resolution="minute"),
    "pause": Duration("declared", "customs_released", pause=("query_raised", "query_answered")),
    "paused_days": Duration(
        "declared", "customs_released", "working_days", pause=("query_raised", "query_answered")
    ),
    "other_ends": Duration("declared", "customs_released", other_ends=("returned", "seized")),
    "late": Duration("declared", "customs_released", log_starts=date(2021, 5, 2)),
    "by_end": Duration("declared", "customs_released", dated_by="end"),
}


@pytest.mark.parametrize("clock", WAYS.values(), ids=WAYS.keys())
def test_left_out_and_counted_in_every_unit_never_open_never_negative(clock):
    day = 24
    log = log_of(
        [
            {"declared": 3 * day, "customs_released": 1 * day, "returned": 5 * day},
            {"declared": 3 * day, "customs_released": 1 * day, "query_raised": 2 * day},
            {"declared": 3 * day, "seized": 1 * day, "customs_released": 9 * day},
            {"declared": 3 * day, "customs_released": 4 * day, "query_answered": 2 * day},
        ]
    )
    cell = cell_of(log, clock)
    ends = {code: int(cell.n[cell.end == code].sum()) for code in set(cell.end.tolist())}
    several = 3 if clock.other_ends else 2
    assert ends == {BACKWARDS: several, 1: 4 - several}
    assert cell.value[cell.end == BACKWARDS].tolist() == [0] and (cell.value >= 0).all()
    assert cell.left_out == ((BACKWARDS, several),)


moment = st.one_of(
    st.integers(0, 5).map(lambda n: f"2021-05-0{n + 1}"),
    st.tuples(st.integers(1, 5), st.sampled_from(["00:00:00", "12:00:00", "23:59:59"])).map(
        lambda pair: f"2021-05-0{pair[0]} {pair[1]}"
    ),
)
cases = st.lists(st.fixed_dictionaries({}, optional={n: moment for n in NAMES}), max_size=6)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(found=cases)
def test_what_a_clock_leaves_out_is_what_the_doubts_name(tmp_path_factory, found):
    logs = {str(i): case for i, case in enumerate(found)}
    logs["z"] = CASES["a"] | {"discharged": "2021-05-03", "gate_out": "2021-05-03"}
    folders = (tmp_path_factory.mktemp(name) for name in ("events", "wide", "frames"))
    ways = zip((from_events, from_wide, from_frames), folders, strict=True)
    answers = []
    for way, folder in ways:
        log = way(folder, {k: v for k, v in logs.items() if v})
        answers.append(doubts_of(log))
        for start, stop in (NAMES[1:3], (NAMES[0], NAMES[3])):
            cell = cell_of(log, Duration(start, stop))
            named = sum((d.start, d.stop) == (start, stop) for d in answers[-1])
            assert dict(cell.left_out).get(BACKWARDS, 0) == named
    assert answers[0] == answers[1] == answers[2]


def test_an_engine_that_holds_the_tables_finds_the_same(tmp_path):
    ibis = ibis_or_skip()
    # times of the day only: what every engine tells
    rows = {"b": CASES["b"], "a": CASES["a"]}
    events = from_frames(tmp_path, rows)
    told = doubts_of(events)
    frame = pl.DataFrame(
        [
            (who, name, int(datetime.fromisoformat(at + "+08:00").timestamp()))
            for who, case in rows.items()
            for name, at in case.items()
        ],
        ["case_id", "milestone", "time"],
        orient="row",
    )
    for engine in (ibis.duckdb.connect(), ibis.polars.connect()):
        table = engine.create_table("events", frame.to_arrow())
        assert doubts_of(EventLog(table, timezone="Asia/Shanghai")) == told == doubts_of(events)
    assert told[0].case_id == "b" and DAY.date().isoformat() == "2021-05-03"


@pytest.mark.parametrize(
    ("kind", "clocks"),
    [
        ("import", "import_customs_only"),
        ("export", "export_customs_only"),
        ("transit", "export_customs_only, import_customs_only"),
        (None, "export_customs_only, import_customs_only"),
    ],
)
def test_a_case_is_left_out_of_the_clocks_of_its_own_kind(kind, clocks):
    events = pl.DataFrame(
        {"case_id": ["a", "a"], "milestone": NAMES[1:3], "time": [7200, 3600]},
    )
    cases = pl.DataFrame({"case_id": ["a"], "kind": [kind]}, schema_overrides={"kind": pl.String})
    (doubt,) = doubts_of(EventLog(events, cases))
    assert doubt.clock == clocks
