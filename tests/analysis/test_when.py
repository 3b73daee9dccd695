"""Weekdays and hours, in local time."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.waiting import START, STOP, log_of

import clearance_metrics as cm
from clearance_metrics.engine.log import EventLog
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError, NothingToShow


def counts(found):
    return {(r.weekday, r.hour): r.n for r in found if r.n}


def test_by_hand():
    # from Monday 0:00: Monday 9 o'clock twice, Tuesday 23 o'clock, the next Monday 0 o'clock
    log = log_of([(9, 10, None), (9.99, 30, None), (47, None, None), (168, None, None)])
    found = cm.when(log, START, as_of="2022-03-31")
    assert counts(found) == {(1, 9): 2, (2, 23): 1, (1, 0): 1}
    assert len(found) == 168 and sum(r.share for r in found) == pytest.approx(1)
    assert (found.n, found.timed, found.first, found.last) == (4, 4, "2022-03-07", "2022-03-14")
    assert "50.0% between 9:00 and 17:00" in found.headline("en")
    stop = cm.when(log, cm.Duration(START, STOP), at="stop", as_of="2022-03-31")
    assert counts(stop) == {(1, 10): 1, (2, 6): 1}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 400 * 86400), min_size=1, max_size=30),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC"]),
)
def test_as_the_clock_on_the_wall_shows(seconds, zone):
    from zoneinfo import ZoneInfo

    base = datetime(2021, 1, 1, tzinfo=UTC)
    times = [base + timedelta(seconds=s) for s in seconds]
    ids = [str(i) for i in range(len(times))]
    events = pl.DataFrame({"case_id": ids, "milestone": START, "time": times})
    found = cm.when(EventLog(events, timezone=zone), START, as_of="2023-01-01")
    told: dict[tuple[int, int], int] = {}
    for moment in times:
        local = moment.astimezone(ZoneInfo(zone))
        key = (local.isoweekday(), local.hour)
        told[key] = told.get(key, 0) + 1
    assert counts(found) == told


def test_days_alone_have_a_weekday_and_no_hour():
    events = pl.DataFrame(
        {
            "case_id": ["a", "b", "c"],
            "milestone": START,
            "time": ["2022-03-07", "2022-03-07", "2022-03-12"],
        }
    )
    found = cm.when(EventLog(events, timezone="Asia/Shanghai"), START, as_of="2022-03-31")
    assert counts(found) == {(1, None): 2, (6, None): 1} and len(found) == 7
    assert found.timed == 0 and "hours are not known" in found.headline("en")
    assert "to the day only" in found.beware("en")
    assert len(found.chart().axes[0].patches) == 7


def test_some_timed_some_not():
    events = pl.DataFrame(
        {
            "case_id": ["a", "b"],
            "milestone": START,
            "time": ["2022-03-07 08:30:00", "2022-03-08 12:00:00"],
            "resolution": ["minute", "day"],
        }
    )
    found = cm.when(EventLog(events, timezone="Asia/Shanghai"), START, as_of="2022-03-31")
    assert counts(found) == {(1, 8): 1, (2, None): 1}
    assert (found.n, found.timed) == (2, 1) and "1 case is timed to the day" in found.beware("en")


def test_groups_windows_and_conditions():
    cases = [(9, None, None), (33, None, None), (200, None, None)]
    log = log_of(cases, port=["a", "b", "a"])
    found = cm.when(log, START, by="port", as_of="2022-03-31", between=("2022-03-07", "2022-03-08"))
    assert {(r.port, r.weekday, r.hour): r.n for r in found if r.n} == {
        ("a", 1, 9): 1,
        ("b", 2, 9): 1,
    }
    with pytest.raises(NothingToShow, match="several groups"):
        found.chart()
    assert cm.when(log, START, where={"port": "b"}, as_of="2022-03-31").n == 1
    assert cm.when(log, START, as_of="2022-03-07").n == 1


def test_the_picture_says_each_figure():
    figure = cm.when(log_of([(9, None, None), (33, None, None)]), START, as_of="2022-03-31").chart()
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert len(texts) == 168 and texts.count("50.0") == 2 and texts.count("–") == 166
    assert "Monday 50.0%" in figure.alt


def test_what_is_not_there_is_named():
    log = log_of([(9, None, None)])
    with pytest.raises(MissingColumn, match="gate_out"):
        cm.when(log, "gate_out", as_of="2022-03-31")
    with pytest.raises(LogError, match="no milestone and no clock"):
        cm.when(log, "declred", as_of="2022-03-31")
    with pytest.raises(LogError, match="no end of a clock"):
        cm.when(log, "export_customs_only", at="end", as_of="2022-03-31")


def test_whether_a_time_stands_out_is_tested_against_the_calendar():
    from collections import Counter
    from datetime import date

    import numpy as np
    from scipy.stats import chisquare

    rng = np.random.default_rng(5)
    span = 40 * 24 + 1  # from a Monday on, over five weeks and five days
    alike = [0.0, float(span - 1), *rng.integers(0, span, 4000).tolist()]
    found = cm.when(log_of([(h, None, None) for h in alike]), START, as_of="2022-12-31")
    first, last = (date.fromisoformat(day) for day in (found.first, found.last))
    days = [first + timedelta(days=d) for d in range((last - first).days + 1)]
    each = Counter(day.isoweekday() for day in days)
    assert found._weekdays() == dict(each)
    inside = sum(day.isoweekday() < 6 for day in days) * 8 / (len(days) * 24)
    seen = [row.n for row in found]
    weights = np.array([each[row.weekday] for row in found])
    what, p = found.evenness()
    assert what == "hour"
    assert p == pytest.approx(chisquare(seen, weights / weights.sum() * sum(seen)).pvalue)
    assert p >= 0.05 and f"where {inside:.1%} would be" in found.headline("en")
    assert "看不出集中" in found.headline("zh") and "busiest" not in found.headline("en")
    # a hundred more on one Tuesday at ten, and it is told with what evenness would give
    busy = [(h, None, None) for h in (*alike, *[34.5] * 100)]
    told = cm.when(log_of(busy), START, as_of="2022-12-31").headline("en")
    assert "the busiest hour is Tuesday, 10:00 to 11:00" in told and "if alike 0.6%" in told


def test_too_few_cases_tell_nothing_and_weekdays_need_fewer_than_hours():
    few = cm.when(log_of([(9, None, None), (200, None, None)]), START, as_of="2022-03-31")
    assert few.evenness() == ("weekday", None) and "too few cases" in few.headline("en")
    cases = [(float(h), None, None) for h in range(0, 7 * 24 * 2, 2)]
    some = cm.when(log_of(cases), START, as_of="2022-12-31")
    assert some.evenness() == ("weekday", pytest.approx(1)) and "no weekday" in some.headline("en")
