"""A clock split by whether offices were open: the parts sum to it, on every case."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.waiting import START, STOP, ZERO, log_of

import clearance_metrics as cm
from clearance_metrics.errors import LogError

CLOCK = cm.Duration(START, STOP)
WORK = cm.load_calendar("CN")


def parts(found):
    return {row.part: row.seconds for row in found}


def plain(begun, done, opens, closes):
    """The seconds of each kind, minute by minute, as a clerk would count them."""
    found = dict.fromkeys(("open", "night", "weekend", "holiday"), 0)
    moment = begun
    while moment < done:
        day = moment.date()
        if WORK.is_working(day):
            inside = opens <= moment.hour * 60 + moment.minute < closes
            found["open" if inside else "night"] += 60
        else:
            found["holiday" if day in WORK.off else "weekend"] += 60
        moment += timedelta(minutes=1)
    return found


def test_over_the_national_day_week():
    # Thursday 30 September 2021, 16:00, to Saturday 9 October, a make-up day, 10:00
    start = datetime(2021, 9, 30, 16, tzinfo=ZERO.tzinfo)
    stop = datetime(2021, 10, 9, 10, tzinfo=ZERO.tzinfo)
    begun, done = ((x - ZERO).total_seconds() / 3600 for x in (start, stop))
    found = cm.closed_hours(log_of([(begun, done, None)]), CLOCK, as_of="2022-03-10")
    hours = {part: seconds / 3600 for part, seconds in parts(found).items()}
    assert hours == {"open": 1 + 8 + 1, "night": 7 + 16 + 9, "weekend": 0, "holiday": 7 * 24}
    assert sum(hours.values()) == (stop - start).total_seconds() / 3600


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 60 * 24 * 60), st.integers(0, 12 * 24 * 60)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([("09:00", "17:00"), ("08:30", "12:15"), ("00:00", "23:59")]),
)
def test_as_counted_minute_by_minute(minutes, hours):
    cases = [(a / 60, (a + b) / 60, None) for a, b in minutes]
    found = cm.closed_hours(log_of(cases), CLOCK, hours=hours, as_of="2022-12-31")
    opens, closes = (int(h[:2]) * 60 + int(h[3:]) for h in hours)
    told = dict.fromkeys(("open", "night", "weekend", "holiday"), 0)
    for a, b in minutes:
        begun = (ZERO + timedelta(minutes=a)).replace(tzinfo=None)
        one = plain(begun, begun + timedelta(minutes=b), opens, closes)
        told = {kind: n + one[kind] for kind, n in told.items()}
    assert parts(found) == told and found.unequal == 0
    assert sum(parts(found).values()) == 60 * sum(b for _, b in minutes)


def test_parts_sum_to_the_clock_as_measure_has_it(demos):
    log = demos(0.1).log.using(as_of="2022-12-31")
    found = cm.closed_hours(log, "import_overall", period="year")
    assert found.unequal == 0 and found.early > 0
    clock = cm.clock("import_overall", dated_by="end")
    # without those released before they arrived, whose clock is negative
    later = cm.Duration(clock.start, clock.stop, dated_by="end", signed=False, where=clock.where)
    for row in cm.measure(log, later, period="year", statistics=("sum",)):
        inside = [r for r in found if r.period == row.period]
        assert sum(r.seconds for r in inside) / 3600 == pytest.approx(row.value)
        assert {r.cases for r in inside} == {row.n}
        assert sum(r.share for r in inside) == pytest.approx(1)


def test_what_cannot_be_split_is_left_out_and_counted():
    import polars as pl

    events = pl.DataFrame(
        {"case_id": ["a", "a"], "milestone": [START, STOP], "time": ["2022-03-07", "2022-03-09"]}
    )
    days = cm.EventLog(events, timezone="Asia/Shanghai")
    found = cm.closed_hours(days, CLOCK, as_of="2022-03-31")
    assert not len(found) and found.date_only == 1 and "to the day only" in found.headline("en")
    mixed = cm.closed_hours(log_of([(0, 5, None), (9, 2, None)]), CLOCK, as_of="2022-03-31")
    assert (mixed.finished, mixed.early) == (1, 1)
    # 2060 has no official list
    far = log_of([(38 * 8766, 38 * 8766 + 5, None)])
    unknown = cm.closed_hours(far, CLOCK, as_of="2061-01-01")
    assert not len(unknown) and unknown.not_known == 1
    assert "holidays of these years are not known" in unknown.headline("en")


def test_opening_hours_are_said_and_checked():
    log = log_of([(0, 5, None)])
    found = cm.closed_hours(log, CLOCK, hours=("08:30", "17:30"), as_of="2022-03-31")
    assert "08:30 to 17:30" in found.beware("en")
    with pytest.raises(LogError, match="close before they open"):
        cm.closed_hours(log, CLOCK, hours=("17:00", "09:00"), as_of="2022-03-31")


def test_beside_stands_what_the_calendar_has_of_the_same_days():
    # Friday 7 January 2022, 10:00, to Monday 10 January, 10:00, and over the Spring Festival
    for first, last in ((datetime(2022, 1, 7, 10), datetime(2022, 1, 10, 10)),) + (
        (datetime(2022, 1, 28, 10), datetime(2022, 2, 8, 10)),
    ):
        begun, done = (
            (x - ZERO.replace(tzinfo=None)).total_seconds() / 3600 for x in (first, last)
        )
        found = cm.closed_hours(log_of([(begun, done, None)]), CLOCK, as_of="2022-12-31")
        midnight = first.replace(hour=0), last.replace(hour=0) + timedelta(days=1)
        usual = plain(*midnight, 9 * 60, 17 * 60)
        whole = sum(usual.values())
        assert {r.part: r.expected for r in found} == pytest.approx(
            {kind: n / whole for kind, n in usual.items()}
        )
        closed = 1 - usual["open"] / whole
        assert f"which are {closed:.1%} of the calendar" in found.headline("en")


def test_an_office_that_never_closes_on_working_days_is_open_until_24():
    log = log_of([(0, 30, None)]).using(as_of="2023-12-31")
    found = cm.closed_hours(log, (START, STOP), hours=("00:00", "24:00"))
    assert found.hours == ("00:00", "24:00") and parts(found)["night"] == 0
    for odd in (("22:00", "06:00"), ("24:00", "24:00")):
        with pytest.raises(LogError, match="close before they open"):
            cm.closed_hours(log, (START, STOP), hours=odd)
    for odd in ((), ("09:00",), (9, 17), "09:00-17:00", ("09:00", "12:00", "13:00", "17:00")):
        with pytest.raises(LogError, match="are not two times of day"):
            cm.closed_hours(log, (START, STOP), hours=odd)


def test_where_every_stop_is_before_its_start_that_is_said():
    found = cm.closed_hours(log_of([(30, 0, None)] * 3), (START, STOP), as_of="2023-12-31")
    assert "all 3 cases stop before they start" in found.headline("en")
    assert "全部3件业务的止点都早于起点" in found.headline("zh")
