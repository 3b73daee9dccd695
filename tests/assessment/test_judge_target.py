"""Verdicts on levels, the way to a target, and who stands between a mean and its target."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clearance_metrics import Duration, EventLog, gap_to_target, judge_target, league, stages
from clearance_metrics.assessment.assess import assess
from clearance_metrics.assessment.levels import set_beside
from clearance_metrics.assessment.verdicts import resting
from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.engine.tally import tally
from clearance_metrics.errors import LogError
from clearance_metrics.notice import load_notice
from clearance_metrics.statistics import Estimate, Sample
from clearance_metrics.statistics.describe import followed_to, share_within
from clearance_metrics.statistics.progress import distance_travelled, pace
from clearance_metrics.statistics.reasons import Reason
from clearance_metrics.statistics.shortfall import parts_of_gap, slowest_tenth

CLOCK = Duration("declared", "customs_released")


def log_of(hours, **columns):
    """A log of cases declared on 1 March 2022, released after so many hours."""
    start = (date(2022, 3, 1) - date(1970, 1, 1)).days * 86400
    ids = [f"{i:05}" for i in range(len(hours))]
    events = [(i, "declared", start) for i in ids]
    events += [
        (i, "customs_released", start + round(3600 * h))
        for i, h in zip(ids, hours, strict=True)
        if h is not None
    ]
    frame = pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row")
    return EventLog(frame, pl.DataFrame({"case_id": ids, **columns}))


def daily_log(hours, begun, as_of, **columns):
    """Cases declared so many hours after 1 January 2022 and released `hours` later; only those over
    by `as_of`.
    """
    first = (date(2022, 1, 1) - date(1970, 1, 1)).days * 86400
    end = (date.fromisoformat(as_of) - date(1970, 1, 1)).days * 86400 + 86400
    kept = [
        (f"{i:05}", first + 3600 * b, first + 3600 * (b + h))
        for i, (h, b) in enumerate(zip(hours, begun, strict=True))
        if first + 3600 * (b + h) < end
    ]
    events = [(c, "declared", a) for c, a, _ in kept] + [
        (c, "customs_released", b) for c, _, b in kept
    ]
    frame = pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row")
    return EventLog(
        frame, pl.DataFrame({"case_id": [c for c, *_ in kept], "port": "x"}), timezone="UTC"
    )


def test_logs_of_finished_cases_only_have_no_verdict():
    """Thirty days of ten cases that take 20 h or ten days: of the later ones the log lacks the slow
    half.
    """
    hours, begun = [20, 240] * 150, [24 * (i // 10) for i in range(300)]
    log = daily_log(hours, begun, "2022-01-30")
    found = judge_target(log, CLOCK, within=1000, share=0.4, as_of="2022-01-30", by="port")
    assert [r.verdict for r in found] == ["cannot tell"] * 2
    assert all(r.value is not None and "finished cases only" in r.note for r in found)
    assert "finished cases only" in league(log, CLOCK, by="port", as_of="2022-01-30").note
    # with all of them long over, nothing is in doubt
    whole = daily_log(hours, begun, "2022-06-30")
    assert [
        r.verdict for r in judge_target(whole, CLOCK, within=1000, share=0.4, as_of="2022-06-30")
    ] == ["met"] * 2
    assert "finished" not in league(whole, CLOCK, by="port", as_of="2022-06-30").note


def test_snapshots_have_no_values():
    """Cases of 10 to 400 h that were all under way at one instant."""
    every = [(h, b) for b in range(0, 480, 6) for h in range(10, 400, 30) if b <= 480 <= b + h]
    log = daily_log(*zip(*every, strict=True), "2022-06-30")
    judged = judge_target(log, CLOCK, within=1000, share=0.1, as_of="2022-06-30")
    assert len(judged.rows) == 2
    for row in judged:
        assert (row.value, row.bound, row.verdict) == (
            None,
            None,
            "cannot tell",
        ) and "snapshot" in row.note
    ranked = league(log, CLOCK, by="port", as_of="2022-06-30")
    assert (
        ranked.overall.value is ranked.rows[0].value is ranked.rows[0].rank is None
        and "snapshot" in ranked.rows[0].note
    )
    gap = gap_to_target(
        log, CLOCK, target=24, by="port", window=("2022-01", "2022-06"), as_of="2022-06-30"
    )
    assert (
        gap.mean is gap.gap is gap.tail is None
        and not gap.rows
        and gap.n
        and "snapshot" in repr(gap)
    )


def test_mean_and_share_in_time_can_disagree_and_both_are_shown():
    """As in the sea imports of India, 2025: a mean far over 48 h, and yet more than half within 48
    h.
    """
    found = judge_target(
        log_of([20] * 60 + [170] * 40), CLOCK, within=48, share=0.5, as_of="2022-12-31", own="share"
    )
    mean, share = found
    assert (mean.value, mean.verdict, mean.own) == (80, "not met", False)
    assert (share.value, share.verdict, share.own) == (0.6, "met", True)
    oracle = stats.binomtest(60, 100).proportion_ci(0.9, method="wilson").low
    assert share.bound == pytest.approx(oracle)
    with pytest.raises(LogError, match="no rule"):
        judge_target(log_of([1]), CLOCK, within=1, share=0.5, as_of="2022-12-31", own="median")


def test_limits_are_not_rounded():
    """Forty cases of 10000.25 hours: within a limit of just that, and not within 10000.2."""
    log = log_of([10000.25] * 40)
    share = judge_target(log, CLOCK, within=10000.25, share=0.5, as_of="2024-12-31").rows[1]
    assert (share.statistic, share.value, share.target) == ("within:10000.25", 1, 0.5)
    other = judge_target(log, CLOCK, within=10000.2, share=0.5, as_of="2024-12-31").rows[1]
    assert (other.statistic, other.value) == ("within:10000.2", 0)
    cell = tally(log, CLOCK, as_of=AsOf.of("2033-05-18", "UTC"))[0]
    level = load_notice().indicator("refund_mean_2021")
    level = replace(level, metric=CLOCK, target=replace(level.target, value=10000.25))
    also, _ = set_beside(level, cell, 0.95, [])
    assert [(f.statistic, f.value) for f in also if f.unit == "share"] == [("within:10000.25", 1)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 20), st.integers(0, 20))
def test_a_share_of_cases_all_followed_to_its_limit_has_the_interval_of_a_count(
    quick, slow, still, otherwise
):
    """Open cases that have passed the limit are known not to have come in time: none or all keeps
    an interval.
    """
    counts = {(5, 1): quick, (30, 1): slow, (40, 0): still, (6, 2): otherwise}
    held = {k: n for k, n in counts.items() if n}
    found = Sample.of([v for v, _ in held], [e for _, e in held], list(held.values()))
    answer, n = share_within(found, 24), sum(counts.values())
    if not n:
        return
    oracle = stats.binomtest(quick, n).proportion_ci(0.95, method="wilson")
    assert (answer.value, answer.low, answer.high) == pytest.approx(
        (quick / n, oracle.low, oracle.high), abs=1e-9
    )
    # one case lost sight of before the limit, and it is no count any more
    assert not followed_to(
        Sample.of([*(v for v, _ in held), 7], [*(e for _, e in held), 0], [*held.values(), 1]), 24
    )


def test_all_in_time_with_a_case_open_can_be_met():
    late = (date(2022, 3, 10) - date(1970, 1, 1)).days * 86400
    told = [
        (f"{i:02}", m, late + 3600 * h)
        for i in range(60)
        for m, h in (("declared", 0), ("customs_released", 3))
    ]
    log = EventLog(
        pl.DataFrame(
            [*told, ("x", "declared", late)], schema=["case_id", "milestone", "time"], orient="row"
        )
    )
    share = judge_target(log, CLOCK, within=4, share=0.9, as_of="2022-03-10").rows[1]
    assert share.value == 60 / 61 and share.verdict == "met" and share.n_open == 1
    none = judge_target(log, CLOCK, within=2, share=0.9, as_of="2022-03-10").rows[1]
    assert none.value == 0 and none.verdict == "not met"


def test_thirty_cases_are_those_a_figure_rests_on():
    """Two cases came through; forty others were returned, or are still open after an hour."""
    start = (date(2022, 3, 1) - date(1970, 1, 1)).days * 86400
    told = [
        (f"a{i}", m, start + 3600 * h)
        for i in range(2)
        for m, h in (("declared", 0), ("customs_released", 5 + i))
    ]
    told += [
        (f"b{i}", m, start + 3600 * h)
        for i in range(40)
        for m, h in (("declared", 0), ("returned", 9))
    ]
    log = EventLog(pl.DataFrame(told, schema=["case_id", "milestone", "time"], orient="row"))
    mean, share = judge_target(
        log,
        Duration("declared", "customs_released", other_ends="returned"),
        within=48,
        share=0.01,
        as_of="2022-12-31",
    )
    assert (mean.value, mean.n, mean.verdict) == (
        5.5,
        42,
        "cannot tell",
    ) and "rests on 2 of 42 cases" in mean.note
    # returned ones did not come through in time: the share is of all 42
    assert share.value == pytest.approx(2 / 42) and "rests on" not in share.note
    # forty declared in the last hour were not followed to the limit
    late = (date(2022, 3, 10) - date(1970, 1, 1)).days * 86400 + 23 * 3600
    told = told[:4] + [(f"b{i}", "declared", late) for i in range(40)]
    log = EventLog(
        pl.DataFrame(told, schema=["case_id", "milestone", "time"], orient="row"), timezone="UTC"
    )
    share = judge_target(log, CLOCK, within=48, share=0.01, as_of="2022-03-10").rows[1]
    assert (share.n, share.verdict) == (
        42,
        "cannot tell",
    ) and "rests on 2 of 42 cases" in share.note


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2)), min_size=1, max_size=40),
    st.integers(0, 60),
)
def test_resting_against_counting(cases, limit):
    values, ends = zip(*cases, strict=True)
    found = Sample.of(values, ends, [1] * len(cases))
    assert resting(found, "mean") == sum(e == 1 for e in ends)
    assert resting(found, f"within:{limit}") == sum(e > 0 or v >= limit for v, e in cases)


def test_the_bound_that_decides_is_one_sided():
    hours = [47.0, 48.6] * 20
    found = judge_target(log_of(hours), CLOCK, within=48, share=0.5, as_of="2022-12-31").rows[0]
    one_sided = np.mean(hours) + stats.t.ppf(0.95, 39) * np.std(hours, ddof=1) / np.sqrt(40)
    two_sided = np.mean(hours) + stats.t.ppf(0.975, 39) * np.std(hours, ddof=1) / np.sqrt(40)
    assert found.bound == pytest.approx(one_sided, abs=1e-6) and one_sided < 48.02 < two_sided
    assert (
        judge_target(log_of(hours), CLOCK, within=48.02, share=0.5, as_of="2022-12-31")
        .rows[0]
        .verdict
        == "met"
    )


def test_open_cases_leave_the_mean_untold_and_the_share_told():
    mean, share = judge_target(
        log_of([20] * 60 + [None] * 5), CLOCK, within=48, share=0.5, as_of="2022-12-31"
    )
    assert (mean.value, mean.verdict, mean.n_open) == (
        None,
        "cannot tell",
        5,
    ) and share.verdict == "met"


def test_distance_by_hand_and_by_simulation():
    """Baseline 10, now 7, target 6: three of four hours came;

    Fieller's interval holds the truth as often as it says.
    """
    assert distance_travelled(
        Estimate(10, 9, 11), Estimate(7, 6, 8), 6, lower_is_better=True
    ).value == pytest.approx(0.75)
    rng, hits = np.random.default_rng(5), 0
    for b, x in zip(rng.normal(10, 0.3, 2000), rng.normal(7, 0.2, 2000), strict=True):
        sides = [Estimate(v, v - 1.959964 * s, v + 1.959964 * s) for v, s in ((b, 0.3), (x, 0.2))]
        found = distance_travelled(*sides, 6, lower_is_better=True)
        hits += found.low <= 0.75 <= found.high
    assert 0.935 <= hits / 2000 <= 0.965
    assert (
        distance_travelled(Estimate(6, 5, 7), Estimate(5, 4, 6), 6, lower_is_better=True).value
        is None
    )
    assert (
        distance_travelled(Estimate(6.1, 5, 7.2), Estimate(5, 4, 6), 6, lower_is_better=True).low
        is None
    )


def test_no_way_from_a_baseline_at_the_target_or_beyond():
    """At 5 with a target of at most 6 there is no way to go; with at least 6 there is: from 5 to
    5.5 is half of it.
    """
    was, now = Estimate(5, 4.9, 5.1), Estimate(5.5, 5.4, 5.6)
    refused = distance_travelled(was, now, 6, lower_is_better=True)
    assert refused.value is None and refused.reasons == (Reason("baseline_at_target"),)
    assert distance_travelled(was, now, 6, lower_is_better=False).value == pytest.approx(0.5)
    assert distance_travelled(Estimate(7, 6, 8), now, 6, lower_is_better=False).value is None
    for lower in (True, False):
        assert distance_travelled(Estimate(6, 5, 7), now, 6, lower_is_better=lower).value is None


@settings(max_examples=100, deadline=None)
@given(st.floats(1, 100), st.floats(0.3, 0.99), st.floats(0.2, 3))
def test_a_steady_pace_is_on_track_and_half_of_it_is_not(base, yearly, years):
    """Falling by one factor a year from the baseline on is just the pace that is needed for where
    it leads.
    """
    target, due = base * yearly ** (years + 1), years + 1
    found = pace(base, base * yearly**years, target, years, due, lower_is_better=True)
    assert found.ratio == pytest.approx(1) and found.band == "pace.on_track"
    # the same from below
    mirror = pace(
        1 / base, 1 / (base * yearly**years), 1 / target, years, due, lower_is_better=False
    )
    assert mirror.ratio == pytest.approx(1)
    assert (
        pace(base, base * 1.01, target, years, due, lower_is_better=True).band
        == "pace.deterioration"
    )


groups = st.lists(st.lists(st.integers(0, 300), min_size=2, max_size=30), min_size=1, max_size=5)


@settings(max_examples=100, deadline=None)
@given(groups, st.integers(1, 200))
def test_parts_of_a_gap_add_up_and_closing_it_alone_closes_it(values, target):
    samples = [Sample.of(v, [1] * len(v), [1] * len(v)) for v in values]
    parts = parts_of_gap(samples, target)
    every = np.concatenate(values)
    gap = every.mean() - target
    assert sum(p.gap.value for p in parts) == pytest.approx(gap)
    for part, own in zip(parts, values, strict=True):
        inside = np.concatenate([np.subtract(own, target), np.zeros(len(every) - len(own))])
        error = inside.std(ddof=1) / np.sqrt(len(every))
        assert part.gap.high - part.gap.value == pytest.approx(
            stats.norm.ppf(0.975) * error, rel=1e-6, abs=1e-9
        )
        if part.alone is not None:
            moved = [v - part.alone if o is own else v for o in values for v in o]
            assert np.mean(moved) == pytest.approx(target)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=10, max_size=80))
def test_the_slowest_tenth_against_sorting(values):
    tail = slowest_tenth(Sample.of(values, [1] * len(values), [1] * len(values)))
    ordered, count = sorted(values), max(round(len(values) / 10), 1)
    assert tail.n == count and tail.begins == ordered[-count]
    assert tail.capped_mean == pytest.approx(
        (sum(ordered[:-count]) + count * ordered[-count - 1]) / len(values)
    )
    # of no time at all no part can be told
    share = pytest.approx(sum(ordered[-count:]) / sum(ordered)) if sum(ordered) else None
    assert tail.share_of_time == share


def test_gap_by_port_from_a_log():
    log = log_of([10] * 40 + [60] * 20, port=["快"] * 40 + ["慢"] * 20)
    found = gap_to_target(
        log, CLOCK, target=24, by="port", window=("2022-03", "2022-03"), as_of="2022-12-31"
    )
    assert found.gap == pytest.approx(80 / 3 - 24) and found.n == 60
    slow, fast = found
    assert (
        slow.port == "慢"
        and slow.part == pytest.approx(20 * 36 / 60)
        and slow.alone == pytest.approx(8)
    )
    assert fast.part == pytest.approx(-40 * 14 / 60) and slow.part + fast.part == pytest.approx(
        found.gap
    )
    assert "the slowest tenth" in repr(found)
    empty = gap_to_target(
        log, CLOCK, target=24, by="port", window=("2021-03", "2021-03"), as_of="2022-12-31"
    )
    assert empty.mean is None and "no cases" in repr(empty)


def test_gap_by_stage_is_the_split_of_the_clock():
    start = (date(2022, 3, 1) - date(1970, 1, 1)).days * 86400
    chain = ("gate_in", "declared", "customs_released", "loaded", "departed")
    events = [
        (str(i), m, start + 3600 * h)
        for i in range(40)
        for m, h in zip(chain, (0, 20, 21, 60, 72), strict=True)
    ]
    frame = pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row")
    log = EventLog(frame)
    found = gap_to_target(
        log,
        Duration("gate_in", "departed"),
        target=48,
        by="stage",
        window=("2022-03", "2022-03"),
        as_of="2022-12-31",
    )
    told = {r.stage: (r.mean, r.fall) for r in found}
    assert (
        told["customs_released..loaded"] == (39, pytest.approx(24 / 39))
        and sum(m for m, _ in told.values()) == 72
    )
    assert sum(r.mean for r in stages(log, "export", as_of="2022-12-31")) == 72


def test_stages_that_do_not_add_up_are_refused_in_words():
    start = (date(2022, 3, 1) - date(1970, 1, 1)).days * 86400
    told = [
        (str(i), m, start + 3600 * h)
        for i in range(40)
        for m, h in (
            ("declared", 0),
            ("query_raised", 1),
            ("query_answered", 2),
            ("customs_released", 5),
            ("gate_out", 9),
        )
    ]
    log = EventLog(pl.DataFrame(told, schema=["case_id", "milestone", "time"], orient="row"))
    asked = {"target": 4, "by": "stage", "window": ("2022-03", "2022-03"), "as_of": "2022-12-31"}
    with pytest.raises(LogError, match="a clock that pauses has no stages"):
        gap_to_target(
            log, Duration("declared", "gate_out", pause=("query_raised", "query_answered")), **asked
        )
    with pytest.raises(
        LogError, match="declared..customs_released: this clock has no inner milestones"
    ):
        gap_to_target(log, CLOCK, **asked)
    found = gap_to_target(log, Duration("declared", "gate_out"), **asked)
    assert {r.stage: r.part for r in found} == {
        "declared..customs_released": 5,
        "customs_released..gate_out": 4,
    }
    assert (
        sum(r.part for r in found) == found.mean
        and "add up to the mean, not to the gap" in found.note
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"within": "24"}, "within='24' is no number"),
        ({"within": float("nan")}, "within=nan"),
        ({"share": "0.5"}, "share='0.5'"),
        ({"level": 0.3}, "level 0.3 is not between 0.5 and 1"),
        ({"level": 2}, "level 2"),
        ({"by": ("port", "port")}, "stands twice"),
        ({"within": None}, "within=None"),
        ({"level": "high"}, "level 'high'"),
    ],
)
def test_mistakes_of_a_verdict_are_named(options, message):
    with pytest.raises(LogError, match=message):
        judge_target(
            log_of([1, 2], port="x"),
            CLOCK,
            **{"within": 24, "share": 0.5, "as_of": "2022-12-31"} | options,
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": ("x", "y")}, "no pair of months"),
        ({"window": ("1970-01",)}, "no pair of months"),
        ({"window": "1970-01"}, "no pair"),
        ({"window": ("2022-13", "2022-14")}, "no pair of months"),
        ({"window": ("2022-02", "2022-01")}, "ends before it begins"),
        ({"target": "24"}, "target='24' is no number"),
        ({"target": float("nan")}, "target=nan"),
        ({"level": 2}, "level 2"),
        ({"by": ("port", "port")}, "stands twice"),
    ],
)
def test_mistakes_of_a_gap_are_named(options, message):
    asked = {"target": 24, "by": "port", "window": ("2022-03", "2022-03"), "as_of": "2022-12-31"}
    with pytest.raises(LogError, match=message):
        gap_to_target(log_of([1, 2], port="x"), CLOCK, **asked | options)


def test_bounds_and_numbers_that_are_missing():
    half, whole = Estimate(10, 9, None), Estimate(7, 6, 8)
    for sides in ((half, whole), (whole, half), (Estimate(10, None, 11), whole)):
        found = distance_travelled(*sides, 6, lower_is_better=True)
        assert (
            found.low is found.high is None
            and found.reasons == (Reason("no_interval_on_a_side"),)
            and found.value is not None
        )
    assert distance_travelled(Estimate(float("nan")), whole, 6, lower_is_better=True).value is None
    found = pace(10, float("nan"), 6, 1, 2, lower_is_better=True)
    assert (found.ratio, found.band) == (None, "pace.cannot_tell")
    assert found.reasons == (Reason("not_a_number"),)


def test_the_scorecard_shows_bound_share_and_way():
    """Eight working days on average before the notice, 7.5 in December 2021: half of the way to 7
    lies behind.
    """
    days, cases = [], []
    calendar_days = [date(2020, 9, 1), date(2021, 12, 1)]
    for k, (start, spans) in enumerate(zip(calendar_days, ((13, 9), (9, 12)), strict=True)):
        for i in range(60):
            case = f"{k}{i}"
            first = (start - date(1970, 1, 1)).days * 86400
            days += [
                (case, "refund_accepted", first),
                (case, "refund_approved", first + 86400 * spans[i % 2]),
            ]
            cases.append((case, "refund"))
    log = EventLog(
        pl.DataFrame(days, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(cases, schema=["case_id", "kind"], orient="row"),
        timezone="Asia/Shanghai",
    )
    rows = {r.indicator: r for r in assess(log, as_of="2021-12-31")}
    row = rows["refund_mean_2021_all"]
    also = {f.statistic: f.value for f in row.also}
    b, x = np.mean([9, 7] * 30), np.mean([7, 8] * 30)
    assert row.value == pytest.approx(x) and row.verdict == "not met"
    assert also["within:7"] == pytest.approx(0.5) and also["bound"] > x
    assert (
        also["distance"] == pytest.approx((b - x) / (b - 7))
        and "the rule is about the mean" in row.note
    )
    later = {r.indicator: r for r in assess(log, as_of="2021-12-31")}["refund_mean_2022_all"]
    assert later.verdict == "not due" and "at the pace so far: limited progress" in later.note


def test_the_scorecard_counts_the_cases_a_figure_rests_on():
    """Of 45 refunds 5 were approved within two days and 40 withdrawn: five are too few for a
    verdict on their mean.
    """
    start = (date(2021, 12, 1) - date(1970, 1, 1)).days * 86400
    told = [
        (str(i), m, start + 86400 * d)
        for i in range(45)
        for m, d in (
            ("refund_accepted", 0),
            ("refund_approved" if i < 5 else "returned", 1 + i % 2),
        )
    ]
    log = EventLog(
        pl.DataFrame(told, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame({"case_id": [str(i) for i in range(45)], "kind": "refund"}),
        timezone="Asia/Shanghai",
    )
    notice = load_notice()
    measures = tuple(
        replace(
            m,
            indicators=tuple(
                replace(i, metric=replace(i.metric, other_ends="returned"))
                if i.id == "refund_mean_2021_all"
                else i
                for i in m.indicators
            ),
        )
        for m in notice.measures
    )
    rows = assess(log, replace(notice, measures=measures), as_of="2021-12-31")
    row = next(r for r in rows if r.indicator == "refund_mean_2021_all")
    assert (row.n, row.verdict) == (45, "cannot tell")
    assert "rests on 5 of 45 cases" in row.note and "fewer than 30 cases" in row.note


def test_two_rules_are_judged_over_days_or_by_period_and_the_title_says_how():
    """Forty cases a year, of 10 h in 2021 and of 100 h in 2022."""
    day = {year: (date(year, 3, 1) - date(1970, 1, 1)).days * 86400 for year in (2021, 2022)}
    rows = [(f"{y}-{i}", y, h) for y, h in ((2021, 10), (2022, 100)) for i in range(40)]
    ids, years, hours = zip(*rows, strict=True)
    starts = [day[year] for year in years]
    ends = [start + 3600 * h for start, h in zip(starts, hours, strict=True)]
    names = ["declared"] * 80 + ["customs_released"] * 80
    events = pl.DataFrame({"case_id": ids * 2, "milestone": names, "time": [*starts, *ends]})
    log = EventLog(events, pl.DataFrame({"case_id": ids, "kind": "import"}))
    asked = {"within": 48, "share": 0.9, "as_of": "2023-12-31"}
    kept = judge_target(log, "import_customs_only", between=("2021", "2021"), **asked)
    assert [(row.value, row.n, row.verdict) for row in kept] == [(10, 40, "met"), (1, 40, "met")]
    assert kept.headline("en") == (
        "import, customs only, 2021: mean at most 48 hours: 10.00 hours, met; "
        "within 48 hours at least 90.0%: 100.0%, met (as of 2023-12-31)"
    )
    assert "48小时以内占比不少于90.0%" in kept.headline("zh")
    apart = judge_target(log, CLOCK, period="year", **asked)
    told = [(row.period, row.verdict.value) for row in apart if row.own]
    assert told == [("2021", "met"), ("2022", "not met")]
    assert "of 2 judged 1 met, 1 not met" in apart.headline("en")
    assert "2项中达标1项、未达标1项" in apart.headline("zh")
    pooled = judge_target(log, CLOCK, **asked)
    assert "whatever their date" in pooled.beware("en") and pooled[0].n == 80
    assert "whatever" not in apart.beware("en") + kept.beware("en")
    none = judge_target(log, CLOCK, between=("2050", None), **asked)
    assert (
        not none.rows and "no cases" in none.headline("en") and "没有业务" in str(none.table("zh"))
    )
    with pytest.raises(LogError, match="unknown period"):
        judge_target(log, CLOCK, period="week", **asked)


def test_a_gap_that_cannot_be_told_from_none_says_how_a_verdict_differs():
    hours = [20, 28] * 40
    log = log_of(hours, port=["x", "y"] * 40)
    asked = {"by": "port", "window": ("2022-03", "2022-03"), "as_of": "2022-12-31"}
    near, far = (gap_to_target(log, CLOCK, target=t, **asked) for t in (24, 12))
    assert "A verdict leaves 5 %" in near.beware("en") and "单侧界" in near.beware("zh")
    assert "A verdict" not in far.beware("en")
    assert "与目标分不清" in near.headline("zh") and "分不清" not in far.headline("zh")
    # between the one-sided bound and the end of the interval a verdict is told, and so is the gap
    bound = judge_target(log, CLOCK, within=24, share=0.5, as_of="2022-12-31")[0].bound
    between = (bound + near.high) / 2
    met = judge_target(log, CLOCK, within=between, share=0.5, as_of="2022-12-31")[0]
    told = gap_to_target(log, CLOCK, target=between, **asked)
    assert bound < between < near.high and met.verdict == "met"
    assert "分不清" not in told.headline("zh") and "单侧界" in told.beware("zh")
    # a comparison with a target is about no notice that nobody named
    assert "notice" not in near.beware("en") and "该通知" not in near.beware("zh")
