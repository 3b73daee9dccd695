"""What must hold of survival statistics whatever the cases."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.survival import made, sample

from clearance_metrics.statistics import (
    FROM_START,
    Sample,
    aalen_johansen,
    incidence_quantile,
    kaplan_meier,
    km_quantile,
    log_rank,
    restricted_mean,
    reverse_kaplan_meier,
    survival_at,
    survival_steps,
    time_lost,
)

CASES = st.lists(
    st.tuples(st.integers(-1, 8), st.integers(0, 30), st.integers(0, 3)).filter(
        lambda c: c[0] < c[1]
    ),
    min_size=2,
    max_size=50,
)


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_shares_and_survival_add_up_to_one_and_areas_to_tau(cases):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    assume((end > 0).any())
    both = made(entry, value, end, ways=3)
    found = aalen_johansen(both)
    assert np.allclose(found.share.sum(axis=0) + found.curve.survival, 1)
    tau = float(found.times[-1])
    kept = restricted_mean(both, tau)
    if kept.value is not None:
        assert kept.value + sum(time_lost(both, k, tau).value for k in (1, 2, 3)) == pytest.approx(
            tau
        )


@settings(max_examples=150, deadline=None)
@given(CASES, st.integers(1, 30))
def test_with_one_end_incidence_is_kaplan_meier(cases, tau):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    end = np.minimum(end, 1)
    assume(end.any())
    one = made(entry, value, end)
    found = aalen_johansen(one)
    curve = found.curve
    assert np.allclose(found.share[0], 1 - curve.survival)
    held = (curve.survival > 1e-9) & (found.share[0] > 0)
    if curve.gap is None:
        assert np.allclose(found.se[0][held], curve.se[held], atol=1e-7)
        assert np.allclose(found.low[0][held], 1 - curve.high[held], atol=1e-7)
        left, lost = restricted_mean(one, tau), time_lost(one, 1, tau)
        assert (left.value is None) == (lost.value is None)
        if left.value is not None:
            assert lost.value == pytest.approx(tau - left.value) and lost.se == pytest.approx(
                left.se, abs=1e-9
            )
        for p in (0.25, 0.5, 0.9):
            assert incidence_quantile(found, 1, p).value == km_quantile(curve, p).value


@settings(max_examples=100, deadline=None)
@given(CASES, st.integers(1, 20), st.integers(-5, 5))
def test_scale_order_splitting_and_shifting_change_nothing(cases, scale, shift):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    whole = made(entry, value, end, ways=3)
    curve = kaplan_meier(whole)
    half = len(cases) // 2
    again = Sample.pooled(
        [
            made(*(a[part] for a in (entry, value, end)), ways=3)
            for part in (slice(half), slice(half, None))
            if len(value[part])
        ]
    )
    for name in ("values", "ended", "open", "others", "entries", "entered"):
        one, two = getattr(whole, name), getattr(again, name)
        assert (one is None) == (two is None) and (one is None or one.tolist() == two.tolist())
    moved = Sample.of(
        value + shift,
        end,
        np.ones(len(value)),
        scale,
        entry=np.where(entry < 0, FROM_START, entry + shift),
    )
    other = kaplan_meier(moved)
    assert np.array_equal(other.survival, curve.survival) and np.allclose(
        other.times, (curve.times + shift) / scale
    )


@settings(max_examples=200, deadline=None)
@given(CASES)
def test_risk_sets_and_their_gap_by_counting(cases):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    found = made(entry, value, end)
    for t in range(-2, 32):
        assert (
            found.counter()(np.array([t]))[0]
            == ((entry < t) & (value >= t) | (entry < 0) & (value >= t)).sum()
        )
    gaps = [t for t in np.unique(value)[:-1] if not ((entry <= t) & (value > t)).any()]
    expected = -np.inf if (entry >= 0).all() else gaps[0] if gaps else None
    assert kaplan_meier(found).gap == expected


@settings(max_examples=100, deadline=None)
@given(CASES)
def test_entering_before_everyone_is_no_late_entry(cases):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    plain, early = (
        made(np.full(len(entry), -1), value, end),
        Sample.of(value, end, np.ones(len(value)), entry=[-1] * len(value)),
    )
    assert np.array_equal(kaplan_meier(plain).survival, kaplan_meier(early).survival)
    assert plain.entries is None and plain.n_late == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1)), min_size=1, max_size=40))
def test_survival_times_follow_up_is_the_share_still_there(pairs):
    """With ends before cuts at ties, S(t) G(t) n is exactly the number of cases beyond t."""
    both = sample(pairs)
    one, two = kaplan_meier(both), reverse_kaplan_meier(both)
    for t in both.values:
        s = np.concatenate([[1.0], one.survival])[np.searchsorted(one.times, t, side="right")]
        g = np.concatenate([[1.0], two.survival])[np.searchsorted(two.times, t, side="right")]
        assert s * g * both.n == pytest.approx(sum(v > t for v, _ in pairs), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(CASES, st.integers(0, 2**31))
def test_log_rank_does_not_mind_the_order_of_groups_nor_monotone_time(cases, seed):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    group = np.random.default_rng(seed).integers(0, 3, len(cases))

    def test(order, stretch):
        parts = [
            made(
                *(
                    a[group == g]
                    for a in (np.where(entry < 0, -1, stretch(entry)), stretch(value), end)
                )
            )
            for g in order
        ]
        return log_rank([parts])

    one, two = test((0, 1, 2), lambda x: x), test((2, 0, 1), lambda x: x**3 + 2)
    assert one.df == two.df
    if one.chi2 is not None:
        assert one.chi2 == pytest.approx(two.chi2, rel=1e-6, abs=1e-9)
        assert sum(one.observed) == pytest.approx(sum(one.expected))
    assert log_rank([[made(entry, value, end)] * 2]).chi2 in (None, pytest.approx(0, abs=1e-9))


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_a_curve_told_whole_says_what_it_says_at_each_step(cases):
    entry, value, end = (np.array(c) for c in zip(*cases, strict=True))
    curve = kaplan_meier(made(entry, value, end))
    steps = survival_steps(curve)
    assert [time for time, _ in steps] == curve.times.tolist()
    assert [found for _, found in steps] == [
        survival_at(curve, time) for time in curve.times.tolist()
    ]
