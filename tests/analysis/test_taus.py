"""How far restricted means go where nobody says, and when they have no interval."""

import numpy as np
import pytest
from support.logs import log_of

from clearance_metrics.analysis.compare_survival import compare_survival
from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.errors import LogError
from clearance_metrics.results.words import say
from clearance_metrics.statistics import (
    FEW_ENDS,
    Sample,
    common_tau,
    restricted_mean,
    restricted_mean_difference,
    time_lost,
)

CLOCK = Duration("declared", "customs_released")


def spread(n: int, scale: int = 1) -> Sample:
    return Sample.of(np.arange(1, n + 1), [1] * n, [1] * n, scale)


@pytest.mark.parametrize(
    ("n", "tau"),
    [(19, 10), (20, 11), (30, 21), (49, 40), (50, 41), (100, 81), (150, 121), (400, 371)],
)
def test_the_default_leaves_thirty_at_risk_or_a_fifth_of_few(n, tau):
    found = restricted_mean(spread(n))
    assert say(found.reasons[0], "en").startswith(f"up to {tau}")
    assert (
        found.value == pytest.approx(np.minimum(np.arange(1, n + 1), tau).mean())
        and found.low < found.value < found.high
    )


@pytest.mark.parametrize(
    "sample", [spread(18), Sample.of([5], [1], [40]), Sample.of([5, 9], [1, 0], [9, 90])]
)
def test_without_enough_ends_there_is_no_default(sample):
    for found in (restricted_mean(sample), time_lost(sample, 1)):
        assert (found.value, found.low, found.reasons) == (None, None, (FEW_ENDS,))


def test_a_given_tau_is_kept_to_but_has_no_interval_of_width_zero():
    one, same = Sample.of([4], [1], [1]), Sample.of([5], [1], [40])
    assert [restricted_mean(s, t).value for s, t in ((one, 3), (one, 6), (same, 3), (same, 9))] == [
        3,
        4,
        3,
        5,
    ]
    assert [time_lost(s, 1, t).value for s, t in ((one, 3), (one, 6), (same, 9))] == [0, 2, 4]
    for made in (
        restricted_mean(one, 6),
        restricted_mean(same, 9),
        time_lost(one, 1, 6),
        time_lost(same, 1, 9),
    ):
        assert made.low is None and made.high is None and FEW_ENDS in made.reasons
    assert restricted_mean(spread(40), 20).low is not None
    gap = restricted_mean_difference(same, Sample.of([9], [1], [40]), tau=9)
    assert (gap.value, gap.low, gap.high, gap.p) == (-4, None, None, None)


@pytest.mark.parametrize("tau", [float("nan"), float("inf"), True, "9"])
def test_a_tau_that_is_no_number_is_refused(tau):
    with pytest.raises(ValueError, match="not a number"):
        restricted_mean(spread(40), tau)
    with pytest.raises(ValueError, match="not a number"):
        time_lost(spread(40), 1, tau)
    log = log_of([{"declared": 0, "customs_released": 5}] * 4, {"aeo": [True, False] * 2})
    with pytest.raises(LogError, match="not a number"):
        compare_survival(log, CLOCK, by="aeo", as_of="2021-05-31", tau=tau)


def test_a_comparison_of_two_constants_has_no_difference_where_tau_is_not_given():
    hours = [5] * 40 + [9] * 40
    log = log_of(
        [{"declared": 0, "customs_released": h} for h in hours], {"aeo": [True] * 40 + [False] * 40}
    )
    found = compare_survival(log, CLOCK, by="aeo", as_of="2021-05-31")
    assert (
        (found.value, found.low, found.tau) == (None, None, None)
        and found.p < 1e-15
        and say(FEW_ENDS, "en") in found.note
    )
    given = compare_survival(log, CLOCK, by="aeo", groups=(True, False), as_of="2021-05-31", tau=9)
    assert (given.value, given.low, given.difference_p) == (
        -4,
        None,
        None,
    ) and say(FEW_ENDS, "en") in given.note
    with pytest.raises(LogError, match="not above zero"):
        compare_survival(log, CLOCK, by="aeo", as_of="2021-05-31", tau=-1)


@pytest.mark.parametrize(
    "name",
    [
        "restricted_mean:inf",
        "restricted_mean:nan",
        "restricted_mean:0",
        "restricted_mean:-5",
        "time_lost:-5",
        "within:inf",
        "mean_without_top:-1",
        "mean_without_top:100",
    ],
)
def test_limits_that_make_no_sense_are_refused(name):
    log = log_of([{"declared": 0, "customs_released": 5}] * 4)
    with pytest.raises(LogError):
        measure(log, CLOCK, as_of="2021-05-31", statistics=name)


def test_a_signed_clock_may_be_cut_below_zero():
    log = log_of([{"declared": 10, "customs_released": h} for h in (2, 6, 12, 16)])
    clock = Duration("declared", "customs_released", signed=True)
    assert (
        measure(log, clock, as_of="2021-05-31", statistics="restricted_mean:-2").rows[0].value
        == (-8 - 4 - 2 - 2) / 4
    )


def test_a_common_tau_needs_ten_ends_in_each_sample():
    assert common_tau([spread(400), spread(40)]) == 31
    late = Sample.of(np.arange(30, 70), [1] * 40, [1] * 40)
    assert common_tau([spread(40), late]) is None
