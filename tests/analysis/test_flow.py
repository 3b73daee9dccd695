"""Cumulative flow: arrivals less departures are the open cases of every day."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.waiting import START, STOP, ZERO, log_of, table_of

import clearance_metrics as cm
from clearance_metrics.analysis.flow_records import Backlog, whole_p95
from clearance_metrics.errors import LogError

CLOCK = cm.Duration(START, STOP)
hours = st.integers(0, 24 * 40)
cases = st.lists(st.tuples(hours, st.none() | hours, st.none() | hours), min_size=1, max_size=25)


def day_of(hour):
    return (ZERO + timedelta(hours=hour)).date()


def test_by_hand():
    log = log_of([(0, 30, None), (5, None, 50), (30, None, None), (49, 49, None)])
    found = cm.flow(log, CLOCK, as_of="2022-03-10")
    told = [(r.period, r.arrivals, r.finished, r.other, r.open) for r in found]
    assert told == [
        ("2022-03-07", 2, 0, 0, 2),
        ("2022-03-08", 1, 1, 0, 2),
        ("2022-03-09", 1, 1, 1, 1),
        ("2022-03-10", 0, 0, 0, 1),
    ]
    assert "returned (end state) 1" in found.beware("en")


@settings(max_examples=60, deadline=None)
@given(cases, st.integers(0, 41), st.sampled_from(["day", "week", "month"]))
def test_arrivals_less_departures_are_the_open_cases(made, last, period):
    made = [*made, (0, 1, 2)]  # so that the log has every milestone
    log = log_of(made)
    as_of = (ZERO + timedelta(days=last)).date()
    found = cm.flow(log, CLOCK, as_of=str(as_of), period=period)
    # the plain reading: a case that stops, or is returned, before it starts is no case of the clock
    ends = [min((h for h in c[1:] if h is not None), default=None) for c in made]
    seen = [e if e is not None and day_of(e) <= as_of else None for e in ends]
    kept = [
        (c[0], e)
        for c, e in zip(made, seen, strict=True)
        if day_of(c[0]) <= as_of and (e is None or e >= c[0])
    ]
    running = 0
    for row in found:
        running += row.arrivals - row.finished - row.other
        day = date.fromisoformat(row.until)
        still = sum(day_of(b) <= day and (e is None or day_of(e) > day) for b, e in kept)
        assert row.open == running == still
    assert sum(r.arrivals for r in found) == len(kept)
    assert found.left_out == sum(
        day_of(c[0]) <= as_of and e is not None and e < c[0]
        for c, e in zip(made, seen, strict=True)
    )


def test_weeks_and_months_are_sums_of_days():
    log = log_of([(24 * i % 500, (37 * i) % 900 + 500, None) for i in range(80)])
    days = cm.flow(log, CLOCK, as_of="2022-04-20")
    for period in ("week", "month"):
        found = cm.flow(log, CLOCK, as_of="2022-04-20", period=period)
        for row in found:
            inside = [r for r in days if row.start <= r.period <= row.until]
            assert row.arrivals == sum(r.arrivals for r in inside)
            assert row.finished == sum(r.finished for r in inside)
            assert row.open == inside[-1].open
        assert [r.whole for r in found][-1] is False and found.last()[0].whole
        # the picture still shows what came before
        assert len(found.last()) == 1 and found.last().drawn_data() == found.drawn_data()


def test_an_early_release_leaves_on_the_day_of_arrival():
    signed = cm.Duration(START, STOP, signed=True)
    found = cm.flow(log_of([(30, 2, None)]), signed, as_of="2022-03-09")
    assert [(r.period, r.arrivals, r.finished, r.open) for r in found] == [
        ("2022-03-08", 1, 1, 0),
        ("2022-03-09", 0, 0, 0),
    ]


def test_a_backlog_beyond_its_past_is_told():
    # one case a day that stays a day, and thirty at the end
    quiet = [(24 * i, 24 * i + 24, None) for i in range(100)]
    log = log_of([*quiet, *((24 * 100, None, None) for _ in range(30))])
    found = cm.flow(log, CLOCK, as_of=str((ZERO + timedelta(days=100)).date()))
    (backlog,) = found.backlogs
    assert (backlog.open, backlog.median, backlog.p95, backlog.unusual) == (30, 1, 1, True)
    assert backlog.days == 100 and backlog.fewer == 1
    assert "more than usual" in found.headline("en")
    short = cm.flow(log, CLOCK, as_of=str((ZERO + timedelta(days=59)).date()))
    assert short.backlogs[0].unusual is None and "59 days" in short.headline("en")
    assert cm.flow(log, CLOCK, as_of=str((ZERO + timedelta(days=60)).date())).backlogs[0].p95 == 1


def test_groups_add_up():
    made = [(i, i + 20 * (i % 3) + 1, None) for i in range(60)]
    log = log_of(made, port=["a", "b", None] * 20)
    whole = cm.flow(log, CLOCK, as_of="2022-03-12")
    parts = cm.flow(log, CLOCK, as_of="2022-03-12", by="port")
    assert len({r.groups for r in parts}) == 3
    for row in whole:
        same = [r for r in parts if r.period == row.period]
        for field in ("arrivals", "finished", "open"):
            assert getattr(row, field) == sum(getattr(r, field) for r in same)


def test_as_pandas_has_it(demos):
    folder = demos(0.1).folder
    log = demos(0.1).log.using(as_of="2022-12-31")
    frame, _ = table_of(folder, "conveyance_arrived", STOP, "2022-12-31", "import")
    begun = frame["begun"].dt.date
    left = frame[["begun", "done"]].max(axis=1).where(frame["done"].notna()).dt.date
    days = pd.date_range(begun.min(), "2022-12-31").date
    came = begun.value_counts().reindex(days, fill_value=0)
    gone = left.value_counts().reindex(days, fill_value=0)
    found = cm.flow(log, "import_overall").to_pandas()
    assert found["arrivals"].tolist() == came.tolist()
    assert found["finished"].tolist() == gone.tolist()
    assert found["open"].tolist() == (came - gone).cumsum().tolist()
    (backlog,) = cm.flow(log, "import_overall").backlogs
    assert backlog.p95 == pytest.approx(found["open"].iloc[-366:-1].quantile(0.95))


def test_a_wrong_period_is_named():
    with pytest.raises(LogError, match="unknown period 'year'"):
        cm.flow(log_of([(0, 1, None)]), CLOCK, as_of="2022-03-10", period="year")


def test_a_log_of_finished_cases_alone_says_so():
    rng = np.random.default_rng(4)
    begun, took = rng.integers(0, 2800, 1500), rng.exponential(60, 1500)
    made = [(int(b), float(b + t), None) for b, t in zip(begun, took, strict=True)]
    as_of = str(day_of(2800))
    whole = cm.flow(log_of(made), CLOCK, as_of=as_of)
    assert whole.backlogs[0].unusual is not None
    found = cm.flow(log_of([case for case in made if case[1] <= 2800]), CLOCK, as_of=as_of)
    assert found.backlogs[0].days > 60 and found.backlogs[0].unusual is None
    assert "finished cases only" in found.headline("en")


@given(st.integers(0, 400), st.floats(0, 400))
def test_a_percentile_told_as_a_number_of_cases_parts_the_same_days(n, p95):
    backlog = Backlog(
        groups=(), open=n, median=0.0, p95=p95, fewer=0.5, unusual=n > p95, days=365, reasons=()
    )
    assert (n > whole_p95(backlog)) == (n > p95)


def test_of_many_groups_some_have_more_than_usual_by_chance():
    made = [(24 * i, 24 * i + 24, None) for i in range(100)]
    log = log_of(made, port=["a", "b", "c", "d"] * 25)
    day = str((ZERO + timedelta(days=99)).date())
    told = cm.flow(log, CLOCK, as_of=day, by="port", period="month").last()
    assert "of 4 groups looked at together about 0.2" in told.beware("en")
    assert "4组同时看，单凭偶然平均就有约0.2组" in told.beware("zh")
    assert "by chance" not in cm.flow(log, CLOCK, as_of=day, period="month").beware("en")


def test_weeks_are_written_as_spans_are_everywhere():
    log = log_of([(24 * i, 24 * i + 24, None) for i in range(30)])
    table = cm.flow(log, CLOCK, as_of="2022-04-05", period="week").last().table
    assert table("zh").cells[0][0] == "2022-03-28至2022-04-03"
    assert table("en").cells[0][0] == "2022-03-28 to 2022-04-03"
