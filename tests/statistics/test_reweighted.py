"""Cases counted anew: without a change what is known already, else worked examples and draws."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from clearance_metrics.statistics import Sample, clustered_mean, mean, quantile, share_within
from clearance_metrics.statistics.capped import Capped
from clearance_metrics.statistics.design import stratified_mean
from clearance_metrics.statistics.reweighted import Cases, Reweighted, placed
from clearance_metrics.statistics.skewed import mean_bounds

SHORT = some.lists(some.tuples(some.integers(-5, 60), some.integers(1, 40)), min_size=2)


def cases_of(rows, scale=1, clusters=None):
    """Cases from rows of stratum, value, n."""
    cell, value, n = (np.array(column) for column in zip(*rows, strict=True))
    return Cases(cell, value, n, value * n, scale, scale, clusters)


def same(n):
    return n


def close(found, known):
    for name in ("value", "low", "high"):
        one, other = getattr(found, name), getattr(known, name)
        assert one is other is None or one == pytest.approx(other, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(SHORT)
def test_without_a_change_it_is_what_measure_says(rows):
    rows = sorted({value: n for value, n in rows}.items())
    cases = cases_of([(0, value, n) for value, n in rows])
    sample = Sample.of(cases.value, np.ones(len(rows), "int64"), cases.n)
    one = Reweighted(cases, lambda n: n.sum() * np.array([Fraction(1)]), fixed=True)
    for told in (Reweighted(cases, same), one):
        if cases.size > 1:
            close(told.mean().estimate, mean(sample))
            assert told.mean().estimate.value == mean(sample).value
            assert told.effective == pytest.approx(cases.size)
            close(told.bounds(told.mean(), 0.95), mean_bounds(sample))
        share = share_within(sample, 20)
        close(told.share(20).estimate, share)
        assert told.share(20).estimate.value == share.value
        assert told.place(0.9) == pytest.approx(quantile(sample, 0.9).value)


def test_a_composition_by_hand():
    # 40 cases of mean 5 and 60 of mean 20, at a composition of three to one: 8.75
    cases = cases_of([(0, 4, 20), (0, 6, 20), (1, 10, 30), (1, 30, 30)])
    share = np.array([Fraction(3, 4), Fraction(1, 4)], dtype=object)

    def sizes(n):
        return n.sum() * (share if n.dtype == object else share.astype("float64"))

    told = Reweighted(cases, sizes, fixed=True)
    assert told.mean().estimate.value == 8.75
    # (3/4)^2 (40/39)/40 + (1/4)^2 (60 * 100/59)/60
    variance = 9 / 16 * (40 / 39) / 40 + 1 / 16 * (6000 / 59) / 60
    found, free = told.variance(told.mean().influence)
    assert found == pytest.approx(variance)
    one, two = 9 / 16 / 39, 1 / 16 * 100 / 59
    assert free == pytest.approx((one + two) ** 2 / (one**2 / 39 + two**2 / 59))
    # 75 of 100 cases stand upon 40, and 25 upon 60
    assert told.effective == pytest.approx(100**2 / (75**2 / 40 + 25**2 / 60))
    assert told.share(6).estimate.value == 0.75 and told.share(10).estimate.value == 0.875
    # the value and its error are Cochran's of a stratified sample of a very large population
    many = stratified_mean([(40, 5.0, 40 / 39, 75 * 10**9), (60, 20.0, 6000 / 59, 25 * 10**9)])
    assert many.value == 8.75
    assert (many.high - many.low) / 2 == pytest.approx(1.9844675 * variance**0.5, rel=1e-5)


def test_the_error_with_drawn_strata_is_that_of_many_draws():
    rng = np.random.default_rng(4)
    chance, level = np.array([0.2, 0.5, 0.3]), np.array([4.0, 9.0, 30.0])

    def sizes(n):  # the cases of the last group count like those of the first
        return np.array([n[0] + n[2], n[1], 0 * n[2]], dtype=n.dtype)

    def drawn():
        cell = rng.choice(3, size=300, p=chance)
        value = np.rint(100 * level[cell] * rng.gamma(2, 0.5, 300)).astype("int64") + 1
        order = np.argsort(cell, kind="stable")
        return cases_of(list(zip(cell[order], value[order], np.ones(300, "int64"), strict=True)))

    values, errors, gaps, gap_errors = [], [], [], []
    for _ in range(800):
        cases = drawn()
        told, now = Reweighted(cases, sizes), Reweighted(cases, same)
        found, was = told.mean(), now.mean()
        values.append(found.estimate.value)
        errors.append(told.variance(found.influence)[0])
        gaps.append(found.estimate.value - was.estimate.value)
        gap_errors.append(told.variance(found.influence - was.influence)[0])
    # of 800 draws a standard deviation is known to 2.5 %; four times that is asked
    assert np.std(values) == pytest.approx(np.mean(errors) ** 0.5, rel=0.1)
    assert np.std(gaps) == pytest.approx(np.mean(gap_errors) ** 0.5, rel=0.1)


def test_clusters_are_counted_whole():
    rows = [(0, 4, 3), (0, 9, 2), (0, 4, 1), (0, 12, 4), (0, 7, 5)]
    clusters = np.array([0, 0, 1, 2, 3])
    cases = cases_of(rows, clusters=clusters)
    told = Reweighted(cases, same).mean()
    close(told.estimate, clustered_mean([5, 1, 4, 5], [30, 4, 48, 35], 1))
    assert told.free == 3
    alone = cases_of(rows, clusters=np.zeros(5, "int64"))
    assert Reweighted(alone, same).mean().estimate.low is None


@settings(deadline=None)
@given(SHORT, some.sampled_from([0.05, 0.1, 0.25, 0.4]))
def test_the_slowest_are_at_the_median_case_by_case(rows, part):
    rows = sorted({value: n for value, n in rows}.items())
    cases = cases_of([(0, value, n) for value, n in rows], scale=10)
    told = Capped(cases, same, part=part)
    each = np.repeat(cases.value, cases.n) / 10
    many = max(round(part * len(each)), 1)
    moved = np.append(each[: len(each) - many], [np.median(each)] * many)
    assert told.moved == many
    assert told.mean().estimate.value == pytest.approx(moved.mean())
    for limit in (0, 2, 5):
        assert told.share(limit).estimate.value == pytest.approx((moved <= limit).mean())
    assert told.quantile(0.5).estimate.value == pytest.approx(np.median(each))
    for p in (0.25, 0.9):
        assert told.quantile(p).estimate.value == pytest.approx(np.quantile(moved, p))


def test_the_error_of_the_slowest_at_the_median_is_that_of_many_draws():
    rng = np.random.default_rng(9)
    errors, gaps = [], []
    for _ in range(600):
        value = np.sort(np.rint(1000 * rng.gamma(1.5, 2, 400)).astype("int64"))
        cases = cases_of([(0, v, 1) for v in value], scale=100)
        told = Capped(cases, same, part=0.1)
        found, was = told.mean(), Reweighted(cases, same).mean()
        gaps.append(found.estimate.value - was.estimate.value)
        errors.append(told.variance(found.influence - was.influence)[0])
    assert np.std(gaps) == pytest.approx(np.mean(errors) ** 0.5, rel=0.12)


@settings(deadline=None)
@given(some.lists(some.integers(0, 9), min_size=1), some.floats(0, 1))
def test_weights_of_one_place_a_quantile_as_numpy_does(values, p):
    found = placed(np.array(values, "float64"), np.ones(len(values)), p)
    assert found == pytest.approx(np.quantile(values, p), abs=1e-7)


def test_few_heavy_cases_have_few_degrees_and_one_case_no_interval():
    cases = cases_of([(0, 2, 1), (0, 4, 2), (1, 8, 97)])

    def sizes(n):
        return np.array([n[0] + n[1] * 9 / 10, n[1] / 10], dtype=n.dtype)

    heavy = Reweighted(cases, sizes)
    assert heavy.effective < 4
    assert heavy.mean().free == pytest.approx(heavy.effective - 1)
    one = Reweighted(cases_of([(0, 5, 1)]), same)
    assert one.mean().estimate.value == 5 and one.mean().estimate.low is None
    assert one.difference(one.mean(), one.mean()).low is None
