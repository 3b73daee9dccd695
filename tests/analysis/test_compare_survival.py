"""compare_survival(): groups with open and late cases, against independent software."""

import numpy as np
import polars as pl
import pytest
from support.logs import AS_OF, DAY, FIRST_DAY, LAST_DAY, STARTS, log_of, stream, stream_log
from support.oracles import LIFELINES

from clearance_metrics.analysis.compare_survival import compare_survival
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError
from clearance_metrics.statistics import Sample, restricted_mean


def groups_log():
    begin, end = stream(size=1500)
    rng = np.random.default_rng(1)
    quick = rng.random(len(begin)) < 0.4
    end = np.where(quick, begin + np.maximum((end - begin) // 2, 1), end)
    port = rng.choice(["x", "y", "z"], len(begin))
    early = begin < AS_OF
    return begin[early], end[early], quick[early], port[early]


@pytest.mark.lifelines
def test_a_comparison_equals_lifelines():
    statistics = pytest.importorskip("lifelines.statistics", reason=LIFELINES)
    begin, end, quick, port = groups_log()
    log = stream_log(begin, end, {"aeo": quick, "port": port})
    found = compare_survival(
        log,
        Duration("declared", "customs_released"),
        by="aeo",
        groups=(True, False),
        as_of=LAST_DAY,
        tau=168,
    )
    value, ended = np.minimum(end, AS_OF - 1) - begin, end < AS_OF
    theirs = statistics.logrank_test(value[quick], value[~quick], ended[quick], ended[~quick])
    assert found.chi2 == pytest.approx(theirs.test_statistic, rel=1e-10) and found.df == 1
    one, two = (
        restricted_mean(Sample.of(value[g], ended[g], np.ones(g.sum()), 3600), 168)
        for g in (quick, ~quick)
    )
    assert (
        found.value == pytest.approx(one.value - two.value)
        and found.high < 0
        and found.difference_p < 1e-6
    )
    assert [s.group for s in found.sides] == [True, False] and [s.mean for s in found.sides] == [
        one.value,
        two.value,
    ]
    assert sum(s.observed for s in found.sides) == ended.sum() and found.left_out == 0
    assert (
        found.tau == 168
        and "not an effect" in found.note
        and found.to_dict()["sides"][0]["group"] is True
    )
    three = compare_survival(
        log, Duration("declared", "customs_released"), by="port", as_of=LAST_DAY
    )
    many = statistics.multivariate_logrank_test(value, port, ended)
    assert (three.df, three.chi2) == (2, pytest.approx(many.test_statistic, rel=1e-9))
    assert (
        three.value is None
        and "two groups" in three.note
        and "chosen from these data" in three.note
    )


def test_strata_late_entry_and_missing_groups():
    survdiff = pytest.importorskip("statsmodels.duration.survfunc").survdiff
    begin, end, quick, port = groups_log()
    log = stream_log(begin, end, {"aeo": quick, "port": port})
    value, ended = np.minimum(end, AS_OF - 1) - begin, end < AS_OF
    clock = Duration("declared", "customs_released")
    found = compare_survival(log, clock, by="aeo", strata="port", as_of=LAST_DAY, tau=100)
    assert (
        found.chi2 == pytest.approx(survdiff(value, ended, quick, strata=port)[0], rel=1e-9)
        and found.strata == 3
    )
    kept = end >= STARTS
    entry = np.where(begin < STARTS, STARTS - 1 - begin, -1)
    late = compare_survival(
        log,
        Duration("declared", "customs_released", log_starts=FIRST_DAY),
        by="aeo",
        as_of=LAST_DAY,
    )
    theirs = survdiff(value[kept], ended[kept], quick[kept], entry=entry[kept])[0]
    assert (
        late.chi2 == pytest.approx(theirs, rel=1e-9)
        and sum(s.n_late for s in late.sides) == (entry[kept] >= 0).sum()
    )
    holes = [None if i % 10 == 0 else bool(q) for i, q in enumerate(quick)]
    some = compare_survival(
        stream_log(begin, end, {"aeo": holes}), clock, by="aeo", as_of=LAST_DAY, tau=100
    )
    backwards = compare_survival(
        stream_log(begin, np.where(quick, end, begin - 1), {"aeo": quick}),
        clock,
        by="aeo",
        as_of=LAST_DAY,
    )
    assert (
        f"{(~quick).sum()} left out: stop before start" in backwards.note and backwards.chi2 is None
    )
    assert (
        some.left_out == sum(h is None for h in holes) == len(holes) - sum(s.n for s in some.sides)
    )


def test_a_comparison_of_several_ends_says_what_it_is_about():
    begin, end, quick, port = groups_log()
    base, ids = int(DAY.timestamp()), np.arange(len(begin)).astype(str)
    back = port == "z"
    frame = pl.concat(
        [
            pl.DataFrame({"case_id": ids, "milestone": "declared", "time": begin + base}),
            pl.DataFrame(
                {"case_id": ids[~back], "milestone": "customs_released", "time": end[~back] + base}
            ),
            pl.DataFrame({"case_id": ids[back], "milestone": "returned", "time": end[back] + base}),
        ]
    )
    log = EventLog(frame, pl.DataFrame({"case_id": ids, "aeo": quick}), timezone="Asia/Shanghai")
    found = compare_survival(
        log,
        Duration("declared", "customs_released", other_ends="returned"),
        by="aeo",
        as_of=LAST_DAY,
        tau=100,
    )
    assert sum(s.observed for s in found.sides) == ((end < AS_OF) & ~back).sum()
    assert (
        "rate of reaching released by customs" in found.note
        and "first of released by customs, returned (end state)" in found.note
    )
    any_end = compare_survival(
        stream_log(begin, end, {"aeo": quick}),
        Duration("declared", "customs_released"),
        by="aeo",
        as_of=LAST_DAY,
        tau=100,
    )
    assert found.value == pytest.approx(any_end.value) and found.chi2 != pytest.approx(any_end.chi2)


def test_comparisons_that_cannot_be_made():
    log = log_of(
        [{"declared": 0, "customs_released": 4}] * 3,
        {"aeo": [True, False, None], "port": ["x"] * 3},
    )
    clock = Duration("declared", "customs_released")
    single = compare_survival(log, clock, by="port", as_of="2021-05-31")
    assert (
        single.chi2 is None
        and single.value is None
        and "fewer than two groups of port" in single.note
    )
    far = compare_survival(log, clock, by="aeo", as_of="2021-05-03", tau=1000)
    assert far.value == 0 and far.left_out == 1 and "fewer than 30" in far.note
    wait = log_of([{"declared": 0}, {"declared": 0}], {"aeo": [True, False]})
    with pytest.raises(LogError, match="customs_released"):
        compare_survival(wait, clock, by="aeo", as_of="2021-05-31")
    for wrong in (
        lambda: compare_survival(log, clock, by="prot", as_of="2021-05-31"),
        lambda: compare_survival(log, clock, by="aeo", strata="aeo", as_of="2021-05-31"),
        lambda: compare_survival(log, clock, by="aeo", groups=(True, "no"), as_of="2021-05-31"),
        lambda: compare_survival(log, clock, by="aeo", groups=(True, True), as_of="2021-05-31"),
        lambda: compare_survival(log, clock, by="aeo", weights="wilcoxon", as_of="2021-05-31"),
        lambda: compare_survival(log, clock, by="aeo", level=95, as_of="2021-05-31"),
        lambda: compare_survival(log, clock, by="aeo", tau="168", as_of="2021-05-31"),
        lambda: compare_survival(
            log,
            Duration("declared", "customs_released", dated_by="end"),
            by="aeo",
            as_of="2021-05-31",
        ),
    ):
        with pytest.raises(LogError, match="do: "):
            wrong()


def test_a_log_rank_test_of_few_expected_ends_has_no_p():
    clock = Duration("declared", "customs_released")
    for few, told in ((3, False), (30, True)):
        quick = [True] * few + [False] * 60
        hours = [1 + i % 7 for i in range(few)] + [3 + i % 11 for i in range(60)]
        log = log_of([{"declared": 0, "customs_released": h} for h in hours], {"aeo": quick})
        found = compare_survival(log, clock, by="aeo", as_of="2021-05-31", tau=10)
        assert (found.p is not None) is told and found.chi2 > 0
        assert ("too few expected ends for a p value" in found.note) is not told
        assert (min(side.expected for side in found.sides) >= 5) is told
