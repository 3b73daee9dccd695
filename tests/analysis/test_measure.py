"""EventLog and measure on small logs: worked examples, inputs of every kind, and what must be
refused.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from support.logs import ibis_or_skip

from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.metrics import Duration, Fee, Share
from clearance_metrics.domain.zones import offsets
from clearance_metrics.engine.days import local_day, local_second
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import CalendarError, LogError

SHANGHAI = timezone(timedelta(hours=8))
AML = [
    (9, 1),
    (13, 1),
    (13, 0),
    (18, 1),
    (23, 1),
    (28, 0),
    (31, 1),
    (34, 1),
    (45, 0),
    (48, 1),
    (161, 0),
]


def frame(rows):
    return pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")


def durations_log(pairs, as_of):
    """Cases whose time at as_of is as given: open ones start so many hours before it."""
    end = as_of + timedelta(days=1) - timedelta(seconds=1)
    rows = []
    for i, (hours, ended) in enumerate(pairs):
        start = end - timedelta(hours=hours if not ended else hours + 1)
        rows.append((f"c{i}", "declared", start))
        if ended:
            rows.append((f"c{i}", "customs_released", start + timedelta(hours=hours)))
    return EventLog(frame(rows), timezone="Asia/Shanghai")


def test_the_leukaemia_example_through_the_log():
    as_of = datetime(2021, 6, 30, tzinfo=SHANGHAI)
    log = durations_log(AML, as_of)
    found = measure(
        log,
        Duration("declared", "customs_released"),
        as_of="2021-06-30",
        statistics=("median", "survival"),
    )
    assert found.rows[0].value == 31 and found.rows[0].n == 11 and found.rows[0].n_open == 4
    curve = [round(r.value, 4) for r in found.rows[1:]]
    assert curve == [0.9091, 0.8182, 0.7159, 0.6136, 0.4909, 0.3682, 0.1841]
    assert [r.statistic for r in found.rows[1:3]] == ["survival:9", "survival:13"]


@pytest.mark.parametrize(
    ("start", "stop", "first", "second"),
    [
        ("2021-04-29", "2021-05-11", 6, 7),
        ("2021-09-29", "2021-10-11", 4, 5),
        ("2022-01-27", "2022-02-10", 7, 8),
    ],
)
def test_working_days(start, stop, first, second):
    events = frame(
        [
            ("a", "refund_accepted", date.fromisoformat(start)),
            ("a", "refund_approved", date.fromisoformat(stop)),
        ]
    )
    log = EventLog(events, timezone="Asia/Shanghai")
    for start_day, expected in ((0, first), (1, second)):
        clock = Duration(
            "refund_accepted", "refund_approved", unit="working_days", start_day=start_day
        )
        assert measure(log, clock, as_of="2022-12-31", statistics="mean").rows[0].value == expected


@pytest.mark.parametrize(
    ("start", "stop", "hours"),
    [((9, 30, 9), (10, 8, 17), 16), ((10, 8, 9), (10, 11, 17), 24), ((10, 1, 8), (10, 8, 10), 1)],
)
def test_working_hours(start, stop, hours):
    rows = [
        ("a", m, datetime(2021, *t, tzinfo=SHANGHAI))
        for m, t in (("declared", start), ("customs_released", stop))
    ]
    log = EventLog(frame(rows), timezone="Asia/Shanghai")
    clock = Duration("declared", "customs_released", unit="working_hours")
    assert measure(log, clock, as_of="2021-12-31", statistics="mean").rows[0].value == hours


def test_a_working_day_clock_outside_the_calendar_names_the_year():
    rows = [("a", "refund_accepted", date(2051, 5, 4)), ("a", "refund_approved", date(2051, 5, 9))]
    log = EventLog(frame(rows), timezone="Asia/Shanghai")
    with pytest.raises(CalendarError, match="2051"):
        measure(
            log,
            Duration("refund_accepted", "refund_approved", unit="working_days"),
            as_of="2052-01-01",
        )


def small():
    start = datetime(2021, 5, 1, tzinfo=SHANGHAI)
    rows = []
    for i, hours in enumerate([2, 4, 4, 5, 7, 9, 10, 12, 15, 48]):
        rows += [
            (f"c{i}", "declared", start),
            (f"c{i}", "customs_released", start + timedelta(hours=hours)),
        ]
    return frame(rows)


@pytest.mark.parametrize(
    "form",
    [
        lambda f: f,
        lambda f: f.lazy(),
        lambda f: f.to_arrow(),
        lambda f: f.to_pandas(),
        lambda f: ibis_or_skip().memtable(f.to_arrow()),
        lambda f: f.with_columns(time=pl.col("time").dt.epoch("s")),
    ],
    ids=["polars", "lazy", "arrow", "pandas", "ibis", "epoch seconds"],
)
def test_every_kind_of_table_gives_the_same_numbers(form):
    log = EventLog(form(small()), timezone="Asia/Shanghai")
    clock = Duration("declared", "customs_released")
    found = measure(
        log, clock, as_of="2021-12-31", statistics=("mean", "median", "sd", "p90", "within:9")
    )
    assert [round(r.value, 4) for r in found.rows] == [11.6, 8, 13.4098, 18.3, 0.6]


def test_naive_times_need_a_zone():
    naive = small().with_columns(time=pl.col("time").dt.replace_time_zone(None))
    with pytest.raises(LogError, match="no time zone"):
        EventLog(naive)


def test_only_what_was_known_at_as_of_counts():
    found = measure(
        EventLog(small(), timezone="Asia/Shanghai"),
        Duration("declared", "customs_released"),
        as_of=datetime(2021, 5, 1, 9, tzinfo=SHANGHAI),
        statistics=("n", "open", "median", "mean"),
    )
    n, still, median, plain = found.rows
    assert (n.value, still.value, median.value) == (10, 4, 7)
    assert plain.value is None and "4 of 10 cases open" in plain.note
    assert "beyond the last observation" not in str(found) and "not measurable" in str(found)


def test_stop_before_start_is_left_out_and_said_so_unless_the_clock_is_signed():
    noon = datetime(2021, 5, 1, 12, tzinfo=SHANGHAI)
    rows = [
        ("a", "declared", noon),
        ("a", "customs_released", noon - timedelta(hours=1)),
        ("b", "declared", noon),
        ("b", "customs_released", noon + timedelta(hours=3)),
    ]
    log = EventLog(frame(rows), timezone="Asia/Shanghai")
    row = measure(
        log, Duration("declared", "customs_released"), as_of="2021-06-01", statistics="mean"
    ).rows[0]
    assert (row.value, row.n) == (3, 1) and "1 left out: stop before start" in row.note
    signed = Duration("declared", "customs_released", signed=True)
    assert measure(log, signed, as_of="2021-06-01", statistics="mean").rows[0].value == 1


def test_groups_and_local_months():
    late = datetime(2021, 4, 30, 17, tzinfo=UTC)  # 1 May in Shanghai
    rows = [
        ("a", "declared", late),
        ("a", "customs_released", late + timedelta(hours=2)),
        ("b", "declared", late - timedelta(hours=5)),
        ("b", "customs_released", late),
    ]
    cases = pd.DataFrame({"case_id": ["a", "b"], "port": ["青岛", "天津"]})
    log = EventLog(frame(rows), cases, timezone="Asia/Shanghai")
    found = measure(
        log,
        Duration("declared", "customs_released"),
        as_of="2021-06-01",
        by="port",
        period="month",
        statistics="n",
    )
    assert [(r.groups[0][1], r.period) for r in found.rows] == [
        ("天津", "2021-04"),
        ("青岛", "2021-05"),
    ]
    assert (
        found.to_dicts()[0]["port"] == "天津"
        and len(found.to_polars()) == len(found.to_pandas()) == 2
    )


def test_shares_leave_out_what_cannot_be_told():
    cases = pl.DataFrame(
        {"case_id": list("abcd"), "channel": ["single_window", "counter", None, "single_window"]}
    )
    rows = [(c, "licence_applied", date(2021, 5, 3)) for c in "abcd"]
    log = EventLog(frame(rows), cases, timezone="Asia/Shanghai")
    row = measure(log, Share({"channel": "single_window"}), as_of="2021-12-31").rows[0]
    assert (row.value, row.n) == (pytest.approx(2 / 3), 3) and "1 left out" in row.note


def test_fees_per_case_and_teu():
    cases = pl.DataFrame({"case_id": ["a", "b"], "teu": [1, 3]})
    charges = pl.DataFrame(
        {
            "case_id": ["a", "a", "b"],
            "item": ["理货", "堆存", "理货"],
            "amount_fen": [1000, 500, 4500],
            "charged_on": [date(2021, 5, 3)] * 3,
            "currency": ["CNY"] * 3,
        }
    )
    log = EventLog(
        frame([(c, "gate_out", date(2021, 5, 3)) for c in "ab"]),
        cases,
        charges,
        timezone="Asia/Shanghai",
    )
    assert measure(log, Fee(), as_of="2021-12-31", statistics="mean").rows[0].value == 30
    assert measure(log, Fee(per="teu"), as_of="2021-12-31", statistics="mean").rows[0].value == 15
    assert (
        measure(log, Fee(items="理货"), as_of="2021-12-31", statistics="mean").rows[0].value == 27.5
    )


@pytest.mark.parametrize(
    "wrong",
    [
        lambda log: measure(log, Duration("declraed", "customs_released"), as_of="2021-12-31"),
        lambda log: measure(log, Duration("declared", "customs_released"), as_of="yesterday"),
        lambda log: measure(
            log, Duration("declared", "customs_released"), as_of="2021-12-31", statistics="meen"
        ),
        lambda log: measure(
            log, Duration("declared", "customs_released"), as_of="2021-12-31", by="harbour"
        ),
        lambda log: measure(log, Fee(), as_of="2021-12-31"),
        lambda log: Duration("declared", "customs_released", unit="days"),
    ],
)
def test_wrong_names_are_errors_that_help(wrong):
    with pytest.raises(LogError) as caught:
        wrong(EventLog(small(), timezone="Asia/Shanghai"))
    assert "do:" in str(caught.value)


def test_the_same_numbers_on_the_polars_engine():
    ibis = ibis_or_skip()
    engine = ibis.polars.connect({"ev": small().with_columns(time=pl.col("time").dt.epoch("s"))})
    log = EventLog(engine.table("ev"), timezone="Asia/Shanghai")
    row = measure(
        log, Duration("declared", "customs_released"), as_of="2021-12-31", statistics="mean"
    ).rows[0]
    assert row.value == 11.6


def test_in_time_counts_only_cases_followed_to_their_limit():
    day = 86400
    events = [(f"c{i}", "conveyance_arrived", 0) for i in range(10)] + [
        ("c0", "declared_full", day)
    ]
    log = EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"), timezone="UTC"
    )
    share = Share({"declared_full": {"within_days_of": ["conveyance_arrived", 14]}})
    early = measure(log, share, as_of="1970-01-03").rows[0]
    assert (
        early.value is None
        and early.n == 0
        and "10 left out" in early.note
        and "too early" in early.note
    )
    assert measure(log, share, as_of="1970-01-16").rows[0].value == 0.1


def test_a_date_cannot_say_what_came_first_on_its_day():
    events = pl.DataFrame(
        {
            "case_id": ["a", "b"],
            "milestone": "declared",
            "time": [date(2022, 5, 10), date(2022, 5, 9)],
        }
    )
    later = pl.DataFrame(
        {
            "case_id": ["a", "b"],
            "milestone": "conveyance_arrived",
            "time": datetime(2022, 5, 10, 13),
        }
    )
    both = pl.concat(
        [
            events.with_columns(
                pl.col("time").cast(pl.Datetime) + pl.duration(hours=12), resolution=pl.lit("day")
            ),
            later.with_columns(resolution=pl.lit("minute")),
        ]
    )
    log = EventLog(both, timezone="Asia/Shanghai")
    row = measure(
        log, Share({"declared": {"before": "conveyance_arrived"}}), as_of="2022-06-01"
    ).rows[0]
    assert (row.value, row.n) == (1, 1) and "1 left out" in row.note


def test_dates_among_times_are_refused_not_lost():
    events = pd.DataFrame(
        {
            "case_id": ["a", "a"],
            "milestone": ["declared", "customs_released"],
            "time": [date(2022, 5, 10), datetime(2022, 5, 10, 23, 30)],
        }
    )
    for frame in (events, events.iloc[::-1]):
        with pytest.raises(LogError, match="mixes dates"):
            EventLog(frame.astype({"time": object}), timezone="Asia/Shanghai")


@pytest.mark.parametrize(
    "make",
    [
        lambda f: f,
        lambda f: f.to_pandas(),
        lambda f: ibis_or_skip().memtable(f.to_arrow()),
    ],
    ids=["polars", "pandas", "ibis"],
)
def test_zoned_charge_times_fall_on_the_local_day(make):
    events = pl.DataFrame(
        {"case_id": ["a"], "milestone": ["declared"], "time": [datetime(2022, 3, 1, tzinfo=UTC)]}
    )
    lines = pl.DataFrame(
        {
            "case_id": ["a"],
            "item": ["x"],
            "amount_fen": [100],
            "charged_on": [datetime(2022, 3, 31, 17, tzinfo=UTC)],
        }
    )
    log = EventLog(make(events), charges=make(lines), timezone="Asia/Shanghai")
    assert (
        measure(log, Fee(), as_of="2022-05-01", period="month", statistics="sum").rows[0].period
        == "2022-04"
    )


def test_cases_of_which_a_condition_cannot_be_told_are_counted():
    events = [
        (f"c{i}", name, 3600 * k)
        for i in range(4)
        for k, name in enumerate(("declared", "customs_released"))
    ]
    cases = pl.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(4)],
            "mode": ["sea", "sea", None, "air"],
            "aeo": [True, False, True, True],
        }
    )
    log = EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        cases,
        timezone="UTC",
    )
    clock = measure(
        log,
        Duration("declared", "customs_released", where={"mode": "sea"}),
        as_of="1970-01-05",
        statistics="mean",
    ).rows[0]
    share = measure(log, Share({"aeo": True}, of={"mode": "sea"}), as_of="1970-01-05").rows[0]
    for row in (clock, share):
        assert row.n == 2 and "1 left out: not known" in row.note


@pytest.mark.parametrize(
    ("metric", "options"),
    [
        (Fee(per="teu"), {"statistics": "median"}),
        (Fee(per="teu"), {"statistics": "mean", "cluster": "port"}),
        (Share({"aeo": True}), {"statistics": "count_above:0", "cluster": "port"}),
        (Share({"aeo": True}), {"statistics": "buffer_index"}),
        (
            Duration("declared", "customs_released"),
            {"statistics": ("mean", "sd"), "cluster": "port"},
        ),
    ],
)
def test_what_would_be_quietly_wrong_is_refused(metric, options):
    events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    log = EventLog(
        events,
        pl.DataFrame({"case_id": ["a"], "teu": [1], "port": ["x"], "aeo": [True]}),
        timezone="UTC",
    )
    with pytest.raises(LogError, match="ratio of sums|serves the intervals|a share has no"):
        measure(log, metric, as_of="1970-01-05", **options)


@pytest.mark.parametrize("since", [None, date(1990, 6, 1), date(2018, 6, 1)])
@pytest.mark.parametrize(
    "place", ["Asia/Shanghai", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]
)
def test_local_days_of_times_since_a_day_need_no_older_offsets(place, since):
    first = date(1970, 1, 3) if since is None else since
    rng = np.random.default_rng(3)
    low, high = (
        int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()) - 86400,
        2_800_000_000,
    )
    seconds = np.concatenate(
        [
            rng.integers(low, high, 3000),
            [s + d for s, _ in offsets(place) if s > low for d in (-1, 0)],
        ]
    )
    table = pa.table({"s": pa.array(seconds, pa.int64())})
    shifts = offsets(place, since)
    asked = f"SELECT s, {local_day('s', shifts)}, {local_second('s', shifts)} FROM given"
    for s, day, second in duckdb.connect().register("given", table).sql(asked).fetchall():
        local = datetime.fromtimestamp(s, ZoneInfo(place))
        assert day == (local.date() - date(1970, 1, 1)).days
        assert second == local.hour * 3600 + local.minute * 60 + local.second


@pytest.mark.parametrize("name", ["seconds", "total", "date_only", "ended"])
def test_a_column_named_as_one_of_ours_is_refused_where_it_is_asked_for(name):
    cases = pl.DataFrame({"case_id": ["a", "b"], name: ["x", "y"]})
    start = datetime(2021, 5, 1, tzinfo=UTC)
    rows = [
        (c, m, start + timedelta(hours=h))
        for c in "ab"
        for m, h in (("declared", 0), ("customs_released", 2))
    ]
    log = EventLog(frame(rows), cases, timezone="Asia/Shanghai")
    clock = Duration("declared", "customs_released")
    assert measure(log, clock, as_of="2021-06-01", statistics="mean").rows[0].value == 2
    for asked in ({"by": name}, {"cluster": name}):
        with pytest.raises(LogError, match=f"my_{name}"):
            measure(log, clock, as_of="2021-06-01", statistics="mean", **asked)
    with pytest.raises(LogError, match=f"my_{name}"):
        measure(
            log, Duration("declared", "customs_released", where={name: "x"}), as_of="2021-06-01"
        )


def test_with_an_allowance_each_way_of_showing_says_that_it_is_the_excess():
    days = {"a": (1, 8), "b": (1, 4)}
    events = pl.DataFrame(
        {
            "case_id": ["a", "a", "b", "b"],
            "milestone": ["refund_accepted", "refund_approved"] * 2,
            "time": [date(2021, 3, d) for pair in days.values() for d in pair],
        }
    )
    classes = pl.DataFrame({"case_id": ["a", "b"], "refund_class": ["1", "2"]})
    log = EventLog(events, classes, timezone="Asia/Shanghai")
    allowed = ("refund_class", {"1": 4, "2": 4})
    clock = Duration("refund_accepted", "refund_approved", unit="working_days", allowance=allowed)
    found = measure(log, clock, as_of="2021-12-31", statistics=("mean", "within:0"))
    assert [row.value for row in found] == [0.0, 0.5]
    assert "values are what exceeds the allowance by exporter class" in found[0].note
    assert "mean of the excess over the allowance" in str(found)
    assert "超出允许天数" in found[0].note_zh and "超出允许天数" in str(found.table("zh"))
    drawn = found.chart("en").axes[0].get_title(loc="left")
    assert drawn == "mean of the excess over the allowance"
    plain = measure(log, replace(clock, allowance=None, name=""), as_of="2021-12-31")
    assert "excess" not in str(plain) + plain[0].note
