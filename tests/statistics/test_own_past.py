"""Limits of a series' own past: by hand, beside scipy, and how often a steady series is told."""

import numpy as np
import pytest
from scipy import stats

from clearance_metrics.statistics.own_past import FEWEST, MOST, beside_own_past

STEADY = [10, 11, 9, 10, 12, 8, 10, 11, 9, 10, 11, 9]


def test_limits_are_a_prediction_interval():
    found = beside_own_past(STEADY, 10, 0.05)
    mean, sd, n = np.mean(STEADY), np.std(STEADY, ddof=1), len(STEADY)
    reach = stats.t.ppf(0.975, n - 1) * sd * np.sqrt(1 + 1 / n)
    assert (found.low, found.high) == pytest.approx((mean - reach, mean + reach))
    assert [beside_own_past(STEADY, x, 0.05).outside for x in (mean - reach - 1e-6, 10, 99)] == [
        -1,
        0,
        1,
    ]


def test_a_short_or_unmoving_past_has_no_limits():
    found = beside_own_past(STEADY[: FEWEST - 1], 99)
    assert (found.outside, found.reasons[0].code) == (None, "signal.short_past")
    found = beside_own_past([0.1] * 12, 99)
    assert (found.outside, found.reasons[0].code) == (None, "signal.all_alike")


def test_only_the_latest_of_the_past_count():
    assert beside_own_past([1000.0] * 30 + STEADY * 2, 11) == beside_own_past(STEADY * 2, 11)
    assert beside_own_past(STEADY * 9, 11).n == MOST


@pytest.mark.parametrize("n", [12, 24])
def test_steady_series_are_told_as_rarely_as_asked(n):
    rng, runs, asked = np.random.default_rng(16), 20_000, 0.01
    rows = rng.normal(40, 3, (runs, n + 1))
    told = sum(beside_own_past(row[:-1], row[-1], asked).outside != 0 for row in rows)
    assert abs(told / runs - asked) < 4 * np.sqrt(asked * (1 - asked) / runs)


def test_seasons_make_it_quieter():
    rng, runs = np.random.default_rng(7), 4000
    season = 6 * np.sin(2 * np.pi * np.arange(25) / 12)
    rows = 40 + season + rng.normal(0, 2, (runs, 25))
    told = sum(beside_own_past(row[:-1], row[-1]).outside != 0 for row in rows)
    assert told / runs < 0.01
