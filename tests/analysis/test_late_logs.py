"""Logs that start late, logs of finished cases only, and snapshots."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from support.logs import (
    AS_OF,
    DAY,
    FIRST_DAY,
    LAST_DAY,
    STARTS,
    cell_of,
    rows_of,
    stream,
    stream_log,
)
from support.oracles import LIFELINES

from clearance_metrics.analysis import doubts
from clearance_metrics.analysis.compare_survival import compare_survival
from clearance_metrics.analysis.measure import measure
from clearance_metrics.analysis.survival import survival
from clearance_metrics.domain.calendars import load_calendar
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.errors import LogError
from clearance_metrics.statistics import FROM_START, Sample, kaplan_meier


@pytest.mark.parametrize("resolution", ["second", "minute"])
@pytest.mark.lifelines
def test_a_log_that_starts_late_against_plain_counting_and_lifelines(resolution):
    lifelines = pytest.importorskip("lifelines", reason=LIFELINES)
    begin, end = stream()
    kept = (end >= STARTS) & (begin < AS_OF)  # what such a log holds
    begin, end = begin[kept], end[kept]
    clock = Duration("declared", "customs_released", log_starts=FIRST_DAY, resolution=resolution)
    cell = cell_of(stream_log(begin, end), clock, LAST_DAY)
    step = 1 if resolution == "second" else 60
    value = (np.minimum(end, AS_OF - 1) - begin) // step
    entry = np.where(begin < STARTS, (STARTS - 1 - begin) // step, -1)
    used = entry < value
    sample = Sample.of(cell.value, cell.end, cell.n, clock.scale, cell.entry)
    assert sample.n == used.sum() and sample.n_late == (used & (entry >= 0)).sum()
    assert sum(n for _, n in cell.left_out) == (~used).sum() and (
        resolution == "minute" or used.all()
    )
    theirs = lifelines.KaplanMeierFitter().fit(value[used], (end < AS_OF)[used], entry=entry[used])
    curve = kaplan_meier(sample)
    mine = theirs.survival_function_.iloc[:, 0].loc[
        np.round(curve.times * clock.scale).astype("int64")
    ]
    assert np.abs(mine.to_numpy() - curve.survival).max() < 1e-12


def test_allowing_for_the_late_start_gives_the_truth_and_ignoring_it_does_not():
    begin, end = stream(size=20000)
    kept = (end >= STARTS) & (begin < AS_OF)
    log = stream_log(begin[kept], end[kept])
    late = Duration("declared", "customs_released", log_starts=FIRST_DAY)
    found = rows_of(log, late, ("restricted_mean:120", "mean", "median", "min"), LAST_DAY)
    truth = 60 * (1 - np.exp(-2))
    assert found["restricted_mean:120"].low < truth < found["restricted_mean:120"].high
    assert (
        "began before the log" in found["median"].note
        and "median follow-up" in found["median"].note
    )
    # most cases late, few watched from their start
    few = kept & ((begin < STARTS) | (np.arange(len(begin)) % 500 == 0))
    thin = rows_of(stream_log(begin[few], end[few]), late, "median", LAST_DAY)["median"]
    assert (
        "cases were at risk at one of the first ends" in thin.note
        and "at risk" not in found["median"].note
    )
    assert found["mean"].value is None and "came under observation late" in found["mean"].note
    assert found["min"].value is None
    plain = rows_of(log, Duration("declared", "customs_released"), "restricted_mean:120", LAST_DAY)
    assert plain["restricted_mean:120"].low > truth


@pytest.mark.parametrize("unit", ["working_days", "working_hours"])
def test_working_time_up_to_the_first_day_by_plain_counting(unit):
    begin, end = stream(size=400, mean=100)
    clock = Duration(
        "declared", "customs_released", unit=unit, log_starts=date(2021, 5, 16), allowance=None
    )
    cell = cell_of(stream_log(begin, end), clock, LAST_DAY)
    work, told = load_calendar("CN"), {}
    eve = datetime(2021, 5, 15, 23, 59, 59)
    base = DAY.replace(tzinfo=None)
    left = 0
    for b, e in zip(begin, end, strict=True):
        start, stop = (
            base + timedelta(seconds=int(b)),
            base + timedelta(seconds=int(min(e, AS_OF - 1))),
        )
        if b >= AS_OF:
            continue

        def worked(until, start=start):
            if unit == "working_days":
                return work.working_days(start.date(), until.date())
            return work.working_seconds(start, until)

        entry = worked(eve) if start <= eve else FROM_START
        if entry >= worked(stop):
            left += 1
            continue
        key = (worked(stop), int(e < AS_OF), entry)
        told[key] = told.get(key, 0) + 1
    kept = cell.end >= 0
    mine = zip(
        cell.value[kept].tolist(),
        cell.end[kept].tolist(),
        cell.entry[kept].tolist(),
        cell.n[kept].tolist(),
        strict=True,
    )
    assert {tuple(row[:3]): row[3] for row in mine} == told
    assert sum(n for _, n in cell.left_out) == left > 0


def test_cohorts_begun_before_the_log_are_not_measured():
    begin, end = stream()
    kept = (end >= STARTS) & (begin < AS_OF)
    clock = Duration("declared", "customs_released", log_starts=FIRST_DAY)
    found = measure(
        stream_log(begin[kept], end[kept]),
        clock,
        as_of=LAST_DAY,
        period="month",
        statistics=("median", "n"),
    )
    june = [r for r in found if r.period == "2021-06" and r.statistic == "median"]
    assert june[0].value is not None
    early = rows_of(
        stream_log(begin[kept & (begin < STARTS)], end[kept & (begin < STARTS)]),
        clock,
        "median",
        LAST_DAY,
    )
    assert (
        early["median"].value is None and "none was watched from its start" in early["median"].note
    )


@pytest.mark.parametrize("unit", ["hours", "working_days"])
def test_finished_cases_only_are_warned_of_and_whole_logs_are_not(unit):
    begin, end = stream()
    clock = Duration("declared", "customs_released", unit=unit)
    early = begin < AS_OF
    whole = stream_log(begin[early], end[early])
    done = end < AS_OF
    finished = stream_log(begin[done], end[done])
    assert (
        "ought to be open and 0 are" in rows_of(finished, clock, "median", LAST_DAY)["median"].note
    )
    assert "ought to be open" not in rows_of(whole, clock, "median", LAST_DAY)["median"].note
    # long after the last case nothing is missing
    assert (
        "ought to be open"
        not in rows_of(finished, clock, "median", date(2021, 12, 1))["median"].note
    )
    # officials count by end: there is no open case to miss
    by_end = Duration("declared", "customs_released", unit=unit, dated_by="end")
    assert "ought to be open" not in rows_of(finished, by_end, "median", LAST_DAY)["median"].note


@pytest.mark.parametrize("unit", ["hours", "working_days"])
def test_a_snapshot_is_refused_in_words_and_a_cohort_is_not(unit):
    begin, end = stream()
    clock = Duration("declared", "customs_released", unit=unit)
    yard = (begin < STARTS) & (end >= STARTS)
    log = stream_log(begin[yard], end[yard])
    names = (
        "mean",
        "median",
        "p90",
        "within:24",
        "restricted_mean",
        "survival",
        "n",
        "open",
        "sum",
    )
    found = rows_of(log, clock, names, date(2021, 12, 1))
    for name in names[:6]:
        assert (
            found[name].value is None
            and "snapshot" in found[name].note
            and "2021-05-2" in found[name].note
        )
    assert found["n"].value == yard.sum() and found["open"].value == 0
    refused = compare_survival(
        stream_log(begin[yard], end[yard], {"aeo": begin[yard] % 2 == 0}),
        clock,
        by="aeo",
        as_of=date(2021, 12, 1),
    )
    assert refused.chi2 is None and refused.value is None and "snapshot" in refused.note
    curve = survival(log, clock, as_of=date(2021, 12, 1))
    assert curve[0].value is None and "snapshot" in curve[0].note and len(curve) == 1
    with pytest.raises(LogError, match="no curve to draw"):
        curve.chart()
    # one day's cases that all outlasted it
    day = (begin >= STARTS) & (begin < STARTS + 86400) & (end > STARTS + 86400)
    cohort = rows_of(stream_log(begin[day], end[day]), clock, "median", date(2021, 12, 1))
    assert cohort["median"].value is not None


def test_a_glance_at_some_cases_changes_no_doubt(monkeypatch):
    """It only proves that there is no snapshot; where it proves nothing, all cases are looked
    at.
    """
    begin, end = stream()
    yard = (begin < STARTS) & (end >= STARTS)
    # a snapshot but for one case, which no glance at a few will meet
    almost = yard.copy()
    almost[np.flatnonzero(end < STARTS)[0]] = True
    for kept in (yard, almost, np.ones(len(begin), bool)):
        log = stream_log(begin[kept], end[kept])
        for dated_by in ("start", "end"):
            clock = Duration("declared", "customs_released", dated_by=dated_by)
            told = [rows_of(log, clock, "mean", date(2021, 12, 1))["mean"]]
            for glance in (1, 10**9):
                monkeypatch.setattr(doubts, "GLANCE", glance)
                told.append(rows_of(log, clock, "mean", date(2021, 12, 1))["mean"])
            assert told[0] == told[1] == told[2]
            assert ("snapshot" in told[0].note) == (kept is yard)
