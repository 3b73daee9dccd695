"""Clocks with several ends and logs that start late, from events to numbers; contrasts; what a log cannot say."""

from datetime import date, datetime, timedelta, timezone

import ibis
import numpy as np
import polars as pl
import pytest

from clearance_metrics import ends
from clearance_metrics.calendars import calendar
from clearance_metrics.comparing import compare
from clearance_metrics.contrasting import contrast
from clearance_metrics.errors import CalendarError, LogError
from clearance_metrics.log import EventLog
from clearance_metrics.measuring import measure
from clearance_metrics.metrics import Duration, Fee, metric_from
from clearance_metrics.statistics import FROM_START, Sample, kaplan_meier, restricted_mean
from clearance_metrics.tally import as_of_parts, tally

SHANGHAI = timezone(timedelta(hours=8))
DAY = datetime(2021, 5, 3, tzinfo=SHANGHAI)
OTHERS = ("returned", "seized")
CLOCK = Duration("declared", "customs_released", other_ends=OTHERS)


def log_of(cases, columns=None):
    """A log from cases as {milestone: hours after the first day's start}."""
    rows = [(str(i), name, DAY + timedelta(hours=h)) for i, case in enumerate(cases) for name, h in case.items()]
    frame = pl.DataFrame(rows, schema=["case_id", "milestone", "time"], orient="row")
    facts = None if columns is None else pl.DataFrame({"case_id": [str(i) for i in range(len(cases))], **columns})
    return EventLog(frame, facts, timezone="Asia/Shanghai")


SEVERAL = log_of([
    {"declared": 0, "customs_released": 5},
    {"declared": 0, "returned": 3},
    {"declared": 0, "customs_released": 10, "returned": 12},
    {"declared": 0, "seized": 2, "customs_released": 8},
    {"declared": 0, "customs_released": 7, "returned": 7},
    {"declared": 3},
])  # fmt: skip


def cell_of(log, clock, as_of="2021-05-31"):
    moment, day = as_of_parts(as_of, log.timezone)
    (cell,) = tally(log, clock, as_of=moment, as_of_day=day)
    return cell


def rows_of(log, clock, statistics, as_of="2021-05-31", **more):
    return {r.statistic: r for r in measure(log, clock, as_of=as_of, statistics=statistics, **more)}


def test_the_earliest_end_counts_and_the_stop_at_a_tie():
    cell = cell_of(SEVERAL, CLOCK, "2021-05-03")
    told = sorted(zip((cell.value / 3600).round(2).tolist(), cell.end.tolist(), strict=True))
    assert told == [(2, 3), (3, 2), (5, 1), (7, 1), (10, 1), (21, 0)]
    assert CLOCK.name == "declared..customs_released [hours per case, or until returned, seized]"


def test_an_end_after_as_of_is_not_there_yet():
    found = rows_of(SEVERAL, CLOCK, ("n", "open", "incidence:24"), as_of=DAY + timedelta(hours=4))
    assert (found["n"].value, found["open"].value) == (6, 4)
    assert found["incidence:24 returned"].value is None and "beyond" in found["incidence:24 returned"].note


def test_statistics_of_several_ends():
    names = ("mean", "sum", "max", "median", "within:6", "incidence:6", "survival:6", "restricted_mean:6", "time_lost:6")
    # the open case is out of the first six: the closed ones by hand
    closed = log_of([{"declared": 0, "customs_released": 5}, {"declared": 0, "returned": 3},
                     {"declared": 0, "customs_released": 10}, {"declared": 0, "seized": 2}])  # fmt: skip
    found = rows_of(closed, CLOCK, names)
    assert found["mean"].value == 7.5 and "of the 2 cases that reached the stop; 2 ended otherwise" in found["mean"].note
    assert found["sum"].value == 15 and found["max"].value == 10 and found["max"].n == 4
    assert found["within:6"].value == 0.25 and "reaching customs_released, of all cases" in found["within:6"].note
    assert found["median"].value == 10 and "Aalen-Johansen" in found["median"].note
    shares = [found[f"incidence:6 {end}"] for end in ("customs_released", *OTHERS)]
    assert [r.value for r in shares] == [0.25, 0.25, 0.25] and {r.unit for r in shares} == {"share"}
    assert shares[0].low == pytest.approx(0.0455873, abs=1e-6)  # Wilson, 1 of 4
    assert found["survival:6"].value == 0.25 and "until the first of" in found["survival:6"].note
    assert found["restricted_mean:6"].value == (5 + 3 + 6 + 2) / 4
    lost = [found[f"time_lost:6 {end}"] for end in ("customs_released", *OTHERS)]
    assert [r.value for r in lost] == [0.25, 0.75, 1] and lost[0].unit == "hours"
    half = rows_of(closed, CLOCK, "p90")["p90"]
    assert half.value is None and "never reached: 50.0 % of all cases end this way" in half.note


def test_with_open_cases_a_mean_is_refused_and_shares_are_aalen_johansens():
    found = rows_of(SEVERAL, CLOCK, ("mean", "within:24", "incidence:24", "share_above:4", "count_above:5", "follow_up"), as_of="2021-05-03")
    assert found["mean"].value is None and "1 of 6 cases open" in found["mean"].note
    assert found["within:24"].value == found["incidence:24 customs_released"].value
    # the open one is watched for 21 h, longer than all others: shares of 6
    assert found["within:24"].value is None
    near = rows_of(SEVERAL, CLOCK, ("within:20", "incidence:20", "median"), as_of="2021-05-03")
    assert near["within:20"].value == pytest.approx(3 / 6) and near["incidence:20 seized"].value == pytest.approx(1 / 6)
    assert near["median"].value == 10 and "median follow-up 21 hours" in near["median"].note
    assert found["share_above:4"].value is None and "open" in found["share_above:4"].note
    assert found["count_above:5"].value == 2 and found["follow_up"].value == pytest.approx(21, abs=0.001)


def test_a_date_beside_another_end_of_its_day_leaves_open_which_was_first():
    day = [("a", "returned"), ("b", "returned"), ("c", "returned")]
    rows = [(case, name, DAY + timedelta(hours=12), "day") for case, name in day]
    rows += [(c, "declared", DAY - timedelta(hours=9), "second") for c in "abc"]
    rows += [("a", "customs_released", DAY + timedelta(hours=9), "second"), ("b", "customs_released", DAY + timedelta(hours=40), "second")]
    log = EventLog(pl.DataFrame(rows, schema=["case_id", "milestone", "time", "resolution"], orient="row"), timezone="Asia/Shanghai")
    cell = cell_of(log, Duration("declared", "customs_released", other_ends="returned"))
    assert cell.left_out == {ends.LEFT_OUT[ends.UNKNOWN]: 1}
    assert int(cell.n[cell.end == 2].sum()) == 2 and cell.date_only == 2


def test_the_same_on_the_polars_engine():
    frame = pl.DataFrame(
        [(str(i), name, int((DAY + timedelta(hours=h)).timestamp())) for i, case in enumerate(
            [{"declared": 0, "customs_released": 5}, {"declared": 30, "returned": 33}, {"declared": 2, "customs_released": 30, "seized": 28}])
         for name, h in case.items()], schema=["case_id", "milestone", "time"], orient="row")  # fmt: skip
    one = EventLog(frame, timezone="Asia/Shanghai")
    two = EventLog(ibis.polars.connect({"ev": frame}).table("ev"), timezone="Asia/Shanghai")
    clock = Duration("declared", "customs_released", other_ends=OTHERS, log_starts=date(2021, 5, 4))
    a, b = (cell_of(log, clock) for log in (one, two))
    for name in ("value", "end", "n", "total", "entry"):
        assert getattr(a, name).tolist() == getattr(b, name).tolist()
    # the first ended before the log; the third came at 22 h less a second, and was seized at 26 h
    assert a.left_out == {ends.LEFT_OUT[ends.LATE]: 1}
    assert sorted(zip(a.value.tolist(), a.end.tolist(), a.entry.tolist(), strict=True))[1:] == [
        (3 * 3600, 2, FROM_START), (26 * 3600, 3, 22 * 3600 - 1)]  # fmt: skip


def test_the_two_names_of_being_watched_from_the_start_agree():
    assert ends.FROM_START == FROM_START


# ---- logs that start late


def stream(seed=3, size=4000, days=60, mean=60.0):
    """Cases of a steady stream: begun over some days, exponential lengths, in whole seconds."""
    rng = np.random.default_rng(seed)
    begin = np.floor(rng.uniform(0, days * 24, size) * 3600).astype("int64")
    return begin, begin + np.ceil(rng.exponential(mean, size) * 3600).astype("int64")


def stream_log(begin, end, columns=None, stop="customs_released", until=None):
    base = int(DAY.timestamp())
    ids = np.arange(len(begin)).astype(str)
    seen = end <= (until if until is not None else end.max())
    frame = pl.concat([
        pl.DataFrame({"case_id": ids, "milestone": "declared", "time": begin + base}),
        pl.DataFrame({"case_id": ids[seen], "milestone": stop, "time": end[seen] + base}),
    ])  # fmt: skip
    return EventLog(frame, None if columns is None else pl.DataFrame({"case_id": ids, **columns}), timezone="Asia/Shanghai")


STARTS, AS_OF = 20 * 86400, 45 * 86400  # seconds after DAY: the log's first instant, and the end of as_of
FIRST_DAY, LAST_DAY = date(2021, 5, 23), date(2021, 6, 16)


@pytest.mark.parametrize("resolution", ["second", "minute"])
def test_a_log_that_starts_late_against_plain_counting_and_lifelines(resolution):
    lifelines = pytest.importorskip("lifelines")
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
    assert sum(cell.left_out.values()) == (~used).sum() and (resolution == "minute" or used.all())
    theirs = lifelines.KaplanMeierFitter().fit(value[used], (end < AS_OF)[used], entry=entry[used])
    curve = kaplan_meier(sample)
    mine = theirs.survival_function_.iloc[:, 0].loc[np.round(curve.times * clock.scale).astype("int64")]
    assert np.abs(mine.to_numpy() - curve.survival).max() < 1e-12


def test_allowing_for_the_late_start_gives_the_truth_and_ignoring_it_does_not():
    begin, end = stream(size=20000)
    kept = (end >= STARTS) & (begin < AS_OF)
    log = stream_log(begin[kept], end[kept])
    late = Duration("declared", "customs_released", log_starts=FIRST_DAY)
    found = rows_of(log, late, ("restricted_mean:120", "mean", "median", "min"), LAST_DAY)
    truth = 60 * (1 - np.exp(-2))
    assert found["restricted_mean:120"].low < truth < found["restricted_mean:120"].high
    assert "began before the log" in found["median"].note and "median follow-up" in found["median"].note
    assert found["mean"].value is None and "came under observation late" in found["mean"].note
    assert found["min"].value is None
    plain = rows_of(log, Duration("declared", "customs_released"), "restricted_mean:120", LAST_DAY)
    assert plain["restricted_mean:120"].low > truth


@pytest.mark.parametrize("unit", ["working_days", "working_hours"])
def test_working_time_up_to_the_first_day_by_plain_counting(unit):
    begin, end = stream(size=400, mean=100)
    clock = Duration("declared", "customs_released", unit=unit, log_starts=date(2021, 5, 16), allowance=None)
    cell = cell_of(stream_log(begin, end), clock, LAST_DAY)
    work, told = calendar("CN"), {}
    eve = datetime(2021, 5, 15, 23, 59, 59)
    base = DAY.replace(tzinfo=None)
    left = 0
    for b, e in zip(begin, end, strict=True):
        start, stop = base + timedelta(seconds=int(b)), base + timedelta(seconds=int(min(e, AS_OF - 1)))
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
    mine = zip(cell.value[kept].tolist(), cell.end[kept].tolist(), cell.entry[kept].tolist(), cell.n[kept].tolist(), strict=True)
    assert {tuple(row[:3]): row[3] for row in mine} == told
    assert sum(cell.left_out.values()) == left > 0


def test_cohorts_begun_before_the_log_are_not_measured():
    begin, end = stream()
    kept = (end >= STARTS) & (begin < AS_OF)
    clock = Duration("declared", "customs_released", log_starts=FIRST_DAY)
    found = measure(stream_log(begin[kept], end[kept]), clock, as_of=LAST_DAY, period="month", statistics=("median", "n"))
    june = [r for r in found if r.period == "2021-06" and r.statistic == "median"]
    assert june[0].value is not None
    early = rows_of(stream_log(begin[kept & (begin < STARTS)], end[kept & (begin < STARTS)]), clock, "median", LAST_DAY)
    assert early["median"].value is None and "none was watched from its start" in early["median"].note


@pytest.mark.parametrize("wrong", [
    lambda: Duration("declared", "customs_released", other_ends=("returned", "returned")),
    lambda: Duration("declared", "customs_released", other_ends="declared"),
    lambda: Duration("declared", "customs_released", log_starts="2021-05-04"),
    lambda: Duration("declared", "customs_released", log_starts=DAY),
    lambda: Duration("declared", "customs_released", log_starts=date(2021, 5, 4), dated_by="end"),
    lambda: measure(SEVERAL, Duration("declared", "customs_released", log_starts=date(2022, 1, 1)), as_of="2021-05-31"),
    lambda: measure(SEVERAL, Duration("declared", "customs_released", other_ends="abandoned"), as_of="2021-05-31"),
    lambda: measure(SEVERAL, CLOCK, as_of="2021-05-31", statistics="incidence"),
    lambda: measure(SEVERAL, CLOCK, as_of="2021-05-31", statistics="mean:midpoint"),
    lambda: measure(SEVERAL, CLOCK, as_of="2021-05-31", statistics="within:nan"),
    lambda: measure(SEVERAL, Fee(), as_of="2021-05-31", statistics="follow_up"),
])  # fmt: skip
def test_mistakes_are_told(wrong):
    with pytest.raises(LogError, match="do: "):
        wrong()


def test_a_working_clock_whose_log_starts_in_an_unknown_year():
    with pytest.raises(CalendarError, match="1999"):
        measure(SEVERAL, Duration("declared", "customs_released", unit="working_days", log_starts=date(1999, 5, 4)), as_of="2021-05-31")


def test_a_notice_can_name_ends_and_first_day():
    spelt = {"type": "duration", "start": "declared", "stop": "customs_released", "other_ends": ["returned"], "log_starts": date(2021, 5, 4)}
    assert metric_from(spelt) == Duration("declared", "customs_released", other_ends=("returned",), log_starts=date(2021, 5, 4))


def test_matched_means_are_of_the_stop_and_refuse_late_logs():
    cases = [{"declared": 0, "customs_released": 4}, {"declared": 0, "customs_released": 6}, {"declared": 0, "returned": 90}]
    log = log_of(cases, {"aeo": [True, False, True], "port": ["x"] * 3})
    found = compare(log, Duration("declared", "customs_released", other_ends="returned"), split="aeo", strata="port", as_of="2021-05-31")
    assert (found.value, found.n_true) == (-2, 1) and "not of other ends" in found.note
    with pytest.raises(LogError, match="dated by their end"):
        compare(log, Duration("declared", "customs_released", log_starts=date(2021, 5, 4)), split="aeo", strata="port", as_of="2021-05-31")


# ---- what a log cannot say


@pytest.mark.parametrize("unit", ["hours", "working_days"])
def test_finished_cases_only_are_warned_of_and_whole_logs_are_not(unit):
    begin, end = stream()
    clock = Duration("declared", "customs_released", unit=unit)
    early = begin < AS_OF
    whole = stream_log(begin[early], end[early])
    done = end < AS_OF
    finished = stream_log(begin[done], end[done])
    assert "ought to be open and 0 are" in rows_of(finished, clock, "median", LAST_DAY)["median"].note
    assert "ought to be open" not in rows_of(whole, clock, "median", LAST_DAY)["median"].note
    # long after the last case nothing is missing
    assert "ought to be open" not in rows_of(finished, clock, "median", date(2021, 12, 1))["median"].note
    # officials count by end: there is no open case to miss
    by_end = Duration("declared", "customs_released", unit=unit, dated_by="end")
    assert "ought to be open" not in rows_of(finished, by_end, "median", LAST_DAY)["median"].note


@pytest.mark.parametrize("unit", ["hours", "working_days"])
def test_a_snapshot_is_refused_in_words_and_a_cohort_is_not(unit):
    begin, end = stream()
    clock = Duration("declared", "customs_released", unit=unit)
    yard = (begin < STARTS) & (end >= STARTS)
    log = stream_log(begin[yard], end[yard])
    names = ("mean", "median", "p90", "within:24", "restricted_mean", "survival", "n", "open", "sum")
    found = rows_of(log, clock, names, date(2021, 12, 1))
    for name in names[:6]:
        assert found[name].value is None and "snapshot" in found[name].note and "2021-05-2" in found[name].note
    assert found["n"].value == yard.sum() and found["open"].value == 0
    refused = contrast(stream_log(begin[yard], end[yard], {"aeo": begin[yard] % 2 == 0}), clock, by="aeo", as_of=date(2021, 12, 1))
    assert refused.chi2 is None and refused.value is None and "snapshot" in refused.note
    # one day's cases that all outlasted it
    day = (begin >= STARTS) & (begin < STARTS + 86400) & (end > STARTS + 86400)
    cohort = rows_of(stream_log(begin[day], end[day]), clock, "median", date(2021, 12, 1))
    assert cohort["median"].value is not None


# ---- contrasts


def groups_log():
    begin, end = stream(size=1500)
    rng = np.random.default_rng(1)
    quick = rng.random(len(begin)) < 0.4
    end = np.where(quick, begin + np.maximum((end - begin) // 2, 1), end)
    port = rng.choice(["x", "y", "z"], len(begin))
    early = begin < AS_OF
    return begin[early], end[early], quick[early], port[early]


def test_a_contrast_equals_lifelines():
    statistics = pytest.importorskip("lifelines.statistics")
    begin, end, quick, port = groups_log()
    log = stream_log(begin, end, {"aeo": quick, "port": port})
    found = contrast(log, Duration("declared", "customs_released"), by="aeo", groups=(True, False), as_of=LAST_DAY, tau=168)
    value, ended = np.minimum(end, AS_OF - 1) - begin, end < AS_OF
    theirs = statistics.logrank_test(value[quick], value[~quick], ended[quick], ended[~quick])
    assert found.chi2 == pytest.approx(theirs.test_statistic, rel=1e-10) and found.df == 1
    one, two = (restricted_mean(Sample.of(value[g], ended[g], np.ones(g.sum()), 3600), 168) for g in (quick, ~quick))
    assert found.value == pytest.approx(one.value - two.value) and found.high < 0 and found.difference_p < 1e-6
    assert [s.group for s in found.sides] == [True, False] and [s.mean for s in found.sides] == [one.value, two.value]
    assert sum(s.observed for s in found.sides) == ended.sum() and found.left_out == 0
    assert found.tau == 168 and "not an effect" in found.note and found.to_dict()["sides"][0]["group"] is True
    three = contrast(log, Duration("declared", "customs_released"), by="port", as_of=LAST_DAY)
    many = statistics.multivariate_logrank_test(value, port, ended)
    assert (three.df, three.chi2) == (2, pytest.approx(many.test_statistic, rel=1e-9))
    assert three.value is None and "two groups" in three.note and "chosen from these data" in three.note


def test_strata_late_entry_and_missing_groups():
    survdiff = pytest.importorskip("statsmodels.duration.survfunc").survdiff
    begin, end, quick, port = groups_log()
    log = stream_log(begin, end, {"aeo": quick, "port": port})
    value, ended = np.minimum(end, AS_OF - 1) - begin, end < AS_OF
    clock = Duration("declared", "customs_released")
    found = contrast(log, clock, by="aeo", strata="port", as_of=LAST_DAY, tau=100)
    assert found.chi2 == pytest.approx(survdiff(value, ended, quick, strata=port)[0], rel=1e-9) and found.strata == 3
    kept = end >= STARTS
    entry = np.where(begin < STARTS, STARTS - 1 - begin, -1)
    late = contrast(log, Duration("declared", "customs_released", log_starts=FIRST_DAY), by="aeo", as_of=LAST_DAY)
    theirs = survdiff(value[kept], ended[kept], quick[kept], entry=entry[kept])[0]
    assert late.chi2 == pytest.approx(theirs, rel=1e-9) and sum(s.n_late for s in late.sides) == (entry[kept] >= 0).sum()
    holes = [None if i % 10 == 0 else bool(q) for i, q in enumerate(quick)]
    some = contrast(stream_log(begin, end, {"aeo": holes}), clock, by="aeo", as_of=LAST_DAY, tau=100)
    assert some.left_out == sum(h is None for h in holes) == len(holes) - sum(s.n for s in some.sides)


def test_a_contrast_of_several_ends_says_what_it_is_about():
    begin, end, quick, port = groups_log()
    base, ids = int(DAY.timestamp()), np.arange(len(begin)).astype(str)
    back = port == "z"
    frame = pl.concat([
        pl.DataFrame({"case_id": ids, "milestone": "declared", "time": begin + base}),
        pl.DataFrame({"case_id": ids[~back], "milestone": "customs_released", "time": end[~back] + base}),
        pl.DataFrame({"case_id": ids[back], "milestone": "returned", "time": end[back] + base}),
    ])  # fmt: skip
    log = EventLog(frame, pl.DataFrame({"case_id": ids, "aeo": quick}), timezone="Asia/Shanghai")
    found = contrast(log, Duration("declared", "customs_released", other_ends="returned"), by="aeo", as_of=LAST_DAY, tau=100)
    assert sum(s.observed for s in found.sides) == ((end < AS_OF) & ~back).sum()
    assert "rate of reaching customs_released" in found.note and "first of customs_released, returned" in found.note
    any_end = contrast(stream_log(begin, end, {"aeo": quick}), Duration("declared", "customs_released"), by="aeo", as_of=LAST_DAY, tau=100)
    assert found.value == pytest.approx(any_end.value) and found.chi2 != pytest.approx(any_end.chi2)


def test_contrasts_that_cannot_be_made():
    log = log_of([{"declared": 0, "customs_released": 4}] * 3, {"aeo": [True, False, None], "port": ["x"] * 3})
    clock = Duration("declared", "customs_released")
    single = contrast(log, clock, by="port", as_of="2021-05-31")
    assert single.chi2 is None and single.value is None and "fewer than two groups of port" in single.note
    far = contrast(log, clock, by="aeo", as_of="2021-05-03", tau=1000)
    assert far.value == 0 and far.left_out == 1 and "fewer than 30" in far.note
    wait = log_of([{"declared": 0}, {"declared": 0}], {"aeo": [True, False]})
    with pytest.raises(LogError, match="customs_released"):
        contrast(wait, clock, by="aeo", as_of="2021-05-31")
    for wrong in (
        lambda: contrast(log, clock, by="prot", as_of="2021-05-31"),
        lambda: contrast(log, clock, by="aeo", strata="aeo", as_of="2021-05-31"),
        lambda: contrast(log, clock, by="aeo", groups=(True, "no"), as_of="2021-05-31"),
        lambda: contrast(log, clock, by="aeo", groups=(True, True), as_of="2021-05-31"),
        lambda: contrast(log, clock, by="aeo", weights="wilcoxon", as_of="2021-05-31"),
        lambda: contrast(log, clock, by="aeo", level=95, as_of="2021-05-31"),
        lambda: contrast(log, clock, by="aeo", tau="168", as_of="2021-05-31"),
        lambda: contrast(log, Duration("declared", "customs_released", dated_by="end"), by="aeo", as_of="2021-05-31"),
    ):
        with pytest.raises(LogError, match="do: "):
            wrong()


def test_both_rules_for_flat_steps_through_measure():
    log = log_of([{"declared": 0, "customs_released": h} for h in (1, 2, 3, 4)] + [{"declared": 20}] * 0)
    found = rows_of(log, Duration("declared", "customs_released"), ("median", "median:midpoint", "p25:midpoint"))
    assert [r.value for r in found.values()] == [2.5, 2.5, 1.5] and "midpoint" in found["median:midpoint"].note
    open_one = log_of([{"declared": 0, "customs_released": h} for h in (1, 2, 4)] + [{"declared": 0}])
    later = rows_of(open_one, Duration("declared", "customs_released"), ("median", "median:midpoint"), as_of="2021-05-03")
    assert [r.value for r in later.values()] == [2, 3] and "left end" in later["median"].note
