"""Cases begun near holidays beside the same weekdays of other times."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from support.waiting import START, STOP, ZERO, log_of

import clearance_metrics as cm
from clearance_metrics.domain.calendars import spring_festivals
from clearance_metrics.errors import LogError

CLOCK = cm.Duration(START, STOP)
FESTIVAL = {
    2021: (date(2021, 2, 11), date(2021, 2, 17)),
    2022: (date(2022, 1, 31), date(2022, 2, 6)),
}


def hour_of(day, hour=10):
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=ZERO.tzinfo)
    return (moment - ZERO).total_seconds() / 3600


def log_with(extra, first=date(2021, 1, 1), last=date(2022, 12, 31), seed=0):
    """Three cases on each day, of 30 to 50 hours, and `extra(day)` more."""
    rng, cases, day = np.random.default_rng(seed), [], first
    while day <= last:
        for _ in range(3):
            begun = hour_of(day)
            cases.append((begun, begun + 40 + float(rng.uniform(-10, 10)) + extra(day), None))
        day += timedelta(days=1)
    return log_of(cases)


def near(day, around=7):
    festival = FESTIVAL.get(day.year)
    return festival and festival[0] - timedelta(days=around) <= day < festival[0]


def test_the_festivals_are_those_of_the_notices():
    assert {year: spring_festivals()[year] for year in FESTIVAL} == FESTIVAL


def test_what_was_planted_is_found():
    found = cm.around_holidays(log_with(lambda d: 8 * bool(near(d))), CLOCK, as_of="2023-01-31")
    rows = {row.span: row for row in found}
    assert found.years == (2021, 2022)
    assert (rows["before"].n, rows["before"].days, rows["during"].days) == (42, 14, 14)
    assert rows["before"].low <= 8 <= rows["before"].high and rows["before"].low > 0
    for span in ("during", "after", "eve"):
        assert rows[span].low <= 0.8 and rows[span].high >= -0.8
    assert "Spring Festival" in found.headline("en") and "no effect" in found.beware("en")


def test_weekdays_that_differ_are_no_difference():
    # weekends are slow, and the days before the festival have as many as others do
    found = cm.around_holidays(
        log_with(lambda d: 30 * (d.weekday() > 4)), CLOCK, as_of="2023-01-31", days=5
    )
    for row in found:
        assert abs(row.difference) < 4, row
    before = next(row for row in found if row.span == "before")
    assert before.mean == pytest.approx(before.other_mean + before.difference)


def test_by_plain_means():
    log = log_with(lambda d: 0.0, seed=3)
    found = cm.around_holidays(log, CLOCK, as_of="2023-01-31", cap=45)
    rows, rng, day = [], np.random.default_rng(3), date(2021, 1, 1)
    while day <= date(2022, 12, 31):
        for _ in range(3):
            rows.append((day, min(round(3600 * (40 + float(rng.uniform(-10, 10)))), 45 * 3600)))
        day += timedelta(days=1)
    work = cm.load_calendar("CN")
    taken = set(work.off)
    for first, last in FESTIVAL.values():
        taken |= {first - timedelta(days=i) for i in range(1, 8)}
        taken |= {last + timedelta(days=i) for i in range(1, 8)}
    for off in (day for day in work.off if day.year in FESTIVAL):
        eve = off - timedelta(days=1)
        if eve not in work.off:
            while not work.is_working(eve):
                eve -= timedelta(days=1)
            taken.add(eve)
    mean = {
        w: np.mean([t for d, t in rows if d.weekday() == w and d not in taken]) for w in range(7)
    }
    inside = [(d, t) for d, t in rows if near(d)]
    before = next(row for row in found if row.span == "before")
    assert before.mean == pytest.approx(np.mean([t for _, t in inside]) / 3600)
    gap = np.mean([t - mean[d.weekday()] for d, t in inside]) / 3600
    assert before.difference == pytest.approx(gap)


def test_open_cases_count_up_to_the_cap_or_are_left_out():
    log = log_with(lambda d: 0.0)
    late = cm.around_holidays(log, CLOCK, as_of="2022-12-31", cap=30)
    # the last day's cases, and some of the day before, are not 30 hours old
    assert "left out" in late.beware("en")
    assert sum(row.n for row in late) > 0
    whole = cm.around_holidays(log, CLOCK, as_of="2023-01-31", cap=30)
    assert whole.cap == 30 and all(row.mean <= 30 for row in whole)


def test_years_without_a_list_are_refused_in_words():
    begun = hour_of(date(2061, 3, 1))
    log = log_of([(begun, begun + 5, None)] * 3)
    found = cm.around_holidays(log, CLOCK, as_of="2061-12-31")
    assert not len(found) and "no official list of holidays for 2061" in found.headline("en")
    assert "2061" in found.headline("zh")


def test_few_days_have_no_interval_and_arguments_are_checked():
    log = log_with(lambda d: 0.0, date(2022, 1, 1), date(2022, 3, 31))
    found = cm.around_holidays(log, CLOCK, as_of="2022-06-30", days=3)
    before = next(row for row in found if row.span == "before")
    assert before.days == 3 and before.low is None
    assert before.reasons[0].code == "waiting.few_days"
    for more in ({"days": 0}, {"cap": "x"}, {"level": 2}):
        with pytest.raises(LogError):
            cm.around_holidays(log, CLOCK, as_of="2022-06-30", **more)
    none = cm.around_holidays(log_of([(0, None, None), (30, 31, None)]), CLOCK, as_of="2022-03-07")
    assert not len(none) and "the 1 case is open" in none.headline("en")


def test_a_festival_outside_the_log_is_not_counted():
    """A log from March 2021 to December 2022 has seen one Spring Festival, not two."""
    log = log_with(lambda d: 0, first=date(2021, 3, 15))
    found = cm.around_holidays(log, CLOCK, as_of="2023-01-31")
    assert found.years == (2022,) and "One Spring Festival (2022)" in found.beware("en")
    summer = log_with(lambda d: 0, first=date(2021, 3, 15), last=date(2021, 12, 31))
    none = cm.around_holidays(summer, CLOCK, as_of="2022-01-31")
    assert none.years == () and "Spring Festival" not in none.beware("en")
