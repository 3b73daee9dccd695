"""Intervals, samples and many groups: worked cases, independent software, and what must hold for
any data.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clearance_metrics.statistics import (
    BEYOND,
    Sample,
    bootstrap,
    buffer_index,
    clustered_mean,
    geometric_mean,
    mean,
    mean_of,
    mean_without_top,
    planning_ratio,
    quantile,
    quantile_of,
    share_of,
    share_within,
)
from clearance_metrics.statistics.design import sample_size, stratified_mean, stratum
from clearance_metrics.statistics.disclosure import withheld
from clearance_metrics.statistics.leagues import (
    benjamini_hochberg,
    prior,
    rank_intervals,
    shrunk,
    welch,
)
from clearance_metrics.statistics.reasons import Reason

SMALL = [2, 4, 4, 5, 7, 9, 10, 12, 15, 48]
closed = Sample.of(SMALL, [1] * 10, [1] * 10)
# trials of a vaccine against tuberculosis (Colditz et al. 1994): cases and others, vaccinated and
# not
BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    "float64",
)


def of(values, ends=None, scale=1):
    return Sample.of(values, [1] * len(values) if ends is None else ends, [1] * len(values), scale)


# samples


def test_sample_sizes_of_the_worked_example():
    assert (sample_size(60, 5), sample_size(60, 5, population=5000)) == (554, 499)
    assert sample_size(60, 5, design_effect=2) == 1107
    with pytest.raises(ValueError, match="positive"):
        sample_size(60, 0)


def test_a_stratified_sample_of_counties_as_published():
    # farm acreage 1992 by region: Lohr, Sampling: Design and Analysis, section 3.2
    regions = [
        (103, 300504.2, 29618183543, 1054),
        (21, 97629.8, 7647472708, 220),
        (135, 211315.0, 53587487856, 1382),
        (41, 662295.5, 396185950266, 422),
    ]
    found = stratified_mean(regions)
    error = (found.high - found.low) / 2 / stats.t.ppf(0.975, 296)
    assert found.value * 3078 == pytest.approx(909736034, abs=30) and error * 3078 == pytest.approx(
        50417248, abs=1
    )


def test_one_stratum_without_a_limit_is_the_plain_mean_and_a_census_has_no_error():
    plain, found = mean(closed), stratified_mean([stratum(closed, 10**9)])
    assert (found.value, found.low, found.high) == pytest.approx(
        (plain.value, plain.low, plain.high), rel=1e-6
    )
    whole = stratified_mean([stratum(closed, 10)])
    assert whole.low == whole.value == whole.high
    with pytest.raises(ValueError, match="at least"):
        stratified_mean([stratum(closed, 9)])
    assert stratified_mean([(10, 5.0, 1.0, 50), (1, 5.0, 0.0, 50)]).low is None
    assert stratified_mean([(0, 0.0, 0.0, 50)]).value is None


def test_stratified_intervals_cover():
    rng = np.random.default_rng(4)
    people = [rng.exponential(20, 300), rng.exponential(60, 700)]
    truth, held = np.concatenate(people).mean(), 0
    for _ in range(300):
        strata = [
            (40, d.mean(), d.var(ddof=1), len(g))
            for g in people
            for d in [rng.choice(g, 40, replace=False)]
        ]
        found = stratified_mean(strata)
        held += found.low <= truth <= found.high
    assert held / 300 > 0.9


# the bootstrap


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 1), st.integers(1, 5)), min_size=1, max_size=20
    ),
    st.floats(0.05, 0.95),
    st.integers(0, 30),
)
def test_statistics_of_draws_equal_the_ones_of_samples(rows, p, limit):
    values, ends, counts = zip(*rows, strict=True)
    found = Sample.of(values, ends, counts)
    arrays = found.units, found.ended[None, :], found.open[None, :]
    expected = quantile(found, p).value
    got = quantile_of(p)(*arrays)[0]
    assert (np.isinf(got) and expected is None) or got == pytest.approx(expected, abs=1e-9)
    within = share_within(found, limit).value
    if within is not None:
        assert share_of(limit)(*arrays)[0] == pytest.approx(within, abs=1e-12)
    if not found.n_open:
        assert mean_of(*arrays)[0] == pytest.approx(mean(found).value)


def test_bootstrap_error_of_a_mean_and_equal_seeds():
    found = bootstrap(closed, mean_of, draws=4000, seed=3)
    oracle = stats.bootstrap(
        (SMALL,), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(5)
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), rel=0.06)
    assert (
        bootstrap(closed, mean_of, seed=3)
        == bootstrap(closed, mean_of, seed=3)
        != bootstrap(closed, mean_of, seed=4)
    )


def test_clusters_of_one_case_each_draw_as_cases_do_and_whole_clusters_are_wider():
    rng = np.random.default_rng(0)
    values = np.repeat(rng.integers(0, 100, 40), 25)
    held = of(values)
    each = bootstrap(
        held, mean_of, clusters=(np.arange(1000), values, np.ones(1000), np.ones(1000)), draws=600
    )
    plain = bootstrap(held, mean_of, draws=600, seed=1)
    whole = bootstrap(
        held,
        mean_of,
        clusters=(np.arange(1000) // 25, values, np.ones(1000), np.ones(1000)),
        draws=600,
    )
    assert each.high - each.low == pytest.approx(plain.high - plain.low, rel=0.15)
    # 25 equal cases to a cluster: five times the error
    assert (whole.high - whole.low) / (plain.high - plain.low) == pytest.approx(5, rel=0.15)
    linear = clustered_mean([25] * 40, values.reshape(40, 25).sum(axis=1), 1)
    assert whole.high - whole.low == pytest.approx(linear.high - linear.low, rel=0.15)


def test_few_clusters_and_no_cases_are_said():
    nine = (np.arange(10) % 9, SMALL, np.ones(10), np.ones(10))
    few = Reason("few_clusters", n=9, fewest=10)
    assert bootstrap(closed, mean_of, clusters=nine).reasons == (few,)
    assert bootstrap(of([]), mean_of).reasons == (Reason("no_cases"),)
    late = bootstrap(Sample.of([1, 5], [1, 0], [1, 9]), quantile_of(0.5))
    assert (late.value, late.reasons) == (None, (BEYOND,))


def test_cluster_bootstrap_of_a_median_covers():
    rng, held = np.random.default_rng(1), 0
    for i in range(120):
        values = (
            np.round(np.exp(rng.normal(3, 0.5, 40)[:, None] + rng.normal(0, 0.7, (40, 8))) * 10)
            .astype(int)
            .ravel()
        )
        clusters = (np.arange(320) // 8, values, np.ones(320), np.ones(320))
        found = bootstrap(
            of(values, scale=10), quantile_of(0.5), clusters=clusters, draws=200, seed=i
        )
        held += found.low <= np.exp(3) <= found.high
    assert 0.88 < held / 120 <= 1


def test_order_statistic_interval_covers_at_least_its_level():
    # exact: P(X_(low) <= x_p <= X_(high)) from the binomial, for the ranks that quantile() takes
    for n, p in ((10, 0.5), (59, 0.5), (80, 0.9), (200, 0.95)):
        found = quantile(of(range(1, n + 1)), p)
        low, high = found.low or 0, found.high or n + 1
        assert stats.binom.cdf(high - 1, n, p) - stats.binom.cdf(low - 1, n, p) >= 0.95


# reliability and other means


def test_reliability_of_the_small_example():
    assert round(buffer_index(closed).value, 4) == 1.8578
    assert planning_ratio(closed).value == pytest.approx(np.percentile(SMALL, 95) / 8)
    assert buffer_index(of([0, 0])).reasons == (Reason("mean_not_positive"),)
    assert planning_ratio(of([0, 0, 9])).reasons == (Reason("median_not_positive"),)
    still = planning_ratio(of([1, 2, 3], [1, 1, 0]))
    assert still.reasons == (Reason("open_cases", n=1, total=3),)
    found = buffer_index(closed)
    assert found.low < found.value < found.high


def test_geometric_mean_against_scipy_and_refused_at_zero():
    found = geometric_mean(closed)
    logs = stats.ttest_1samp(np.log(SMALL), 0).confidence_interval()
    assert found.value == pytest.approx(stats.gmean(SMALL))
    assert (found.low, found.high) == pytest.approx((np.exp(logs.low), np.exp(logs.high)))
    assert geometric_mean(of([0, 1, -2])).reasons == (Reason("cases_not_positive", n=2, total=3),)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-20, 100), min_size=1, max_size=60), st.floats(0, 60))
def test_mean_without_the_largest(values, percent):
    left = sorted(values)[: len(values) - int(np.floor(round(len(values) * percent / 100, 9)))]
    assert mean_without_top(of(values), percent).value == pytest.approx(np.mean(left))


# many groups


def test_adjusted_p_against_independent_software():
    statsmodels = pytest.importorskip("statsmodels.stats.multitest")
    p = np.random.default_rng(0).uniform(size=40) ** 2
    assert np.allclose(
        benjamini_hochberg(p), statsmodels.multipletests(p, method="fdr_bh")[1], atol=1e-15
    )
    # by hand: the least of n p / rank over all p values that are no smaller
    ranked = np.sort(p) * len(p) / np.arange(1, len(p) + 1)
    by_hand = [min(ranked[i:].min(), 1) for i in range(len(p))]
    assert np.allclose(np.sort(benjamini_hochberg(p)), by_hand, atol=1e-15)
    assert benjamini_hochberg([]).tolist() == []
    held = benjamini_hochberg([0.01, np.nan, 0.04])
    assert np.isnan(held[1]) and held[[0, 2]].tolist() == [0.02, 0.04]


def test_welch_against_scipy():
    one, rest = (10.0, 2.0, 30), (12.0, 3.0, 60)
    oracle = stats.ttest_ind_from_stats(*one, *rest, equal_var=False).pvalue
    assert welch(*((m, s / n**0.5, n - 1) for m, s, n in (one, rest))) == pytest.approx(oracle)


def test_pooling_of_published_trials():
    a, b, c, d = BCG.T
    y, v = np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    # log risk ratios: tau^2 .3132, mu -.7145 (.1798) by REML; .3088, -.7141 (.1787) by DerSimonian
    # and Laird (W. Viechtbauer, Conducting meta-analyses in R with the metafor package, 2010, and
    # its manual)
    reml, dl = prior(y, v), prior(y, v, "DL")
    assert [round(x, 4) for x in (reml.tau2, reml.centre, reml.error)] == [0.3132, -0.7145, 0.1798]
    assert [round(x, 4) for x in (dl.tau2, dl.centre, dl.error)] == [0.3088, -0.7141, 0.1787]
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    assert dl.tau2 == pytest.approx(meta.combine_effects(y, v, method_re="chi2").tau2)


def test_pooling_when_groups_do_not_differ_and_refused_for_two():
    same = prior([10.0, 10.1, 9.9, 10.0], [1.0] * 4)
    assert same.tau2 == 0 and shrunk(10.1, 1.0, same)[0] == pytest.approx(same.centre)
    with pytest.raises(ValueError, match="three groups"):
        prior([1, 2], [1, 1])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 20)), min_size=3, max_size=15))
def test_pooled_values_lie_between_the_value_and_the_centre_and_ranks_hold_the_point(groups):
    y, v = map(list, zip(*groups, strict=True))
    of_all = prior(y, v)
    for value, variance in groups:
        middle, low, high = shrunk(value, variance, of_all)
        assert (
            min(value, of_all.centre) - 1e-9 <= middle <= max(value, of_all.centre) + 1e-9
            and low <= middle <= high
        )
    for rank, low, high in rank_intervals(y, v):
        assert 1 <= low <= rank <= high <= len(y)


def test_rank_intervals_and_pooled_intervals_cover():
    rng, truth = np.random.default_rng(2), np.array([10, 10, 10, 12, 14, 18, 18, 25.0])
    error = np.array([1, 2, 1, 2, 1, 2, 1, 2.0])
    held = pooled = 0
    for _ in range(200):
        y = rng.normal(truth, error)
        for t, (_, low, high) in zip(truth, rank_intervals(y, error**2), strict=True):
            # tied groups share a range of ranks: any of them may be the truth
            held += low <= 1 + (truth < t).sum() and high >= (truth <= t).sum()
        centres = rng.normal(20, 3, 12)
        of_all = prior(y2 := rng.normal(centres, 2), [4.0] * 12)
        bounds = [shrunk(value, 4.0, of_all) for value in y2]
        pooled += sum(low <= c <= high for c, (_, low, high) in zip(centres, bounds, strict=True))
    assert held / 1600 > 0.93 and pooled / 2400 > 0.9


# withheld counts


def solvable(table, hidden):
    """Entries of a table with totals that the shown ones determine, by linear algebra."""
    rows, columns = table.shape
    entries = [tuple(at) for at in np.argwhere(hidden)]
    lines = []
    for i in range(rows):
        lines.append({(i, j): 1 if j < columns - 1 else -1 for j in range(columns)})
    for j in range(columns):
        lines.append({(i, j): 1 if i < rows - 1 else -1 for i in range(rows)})
    matrix = np.array([[line.get(at, 0) for at in entries] for line in lines], "float64")
    rank = np.linalg.matrix_rank(matrix)
    return [
        at
        for k, at in enumerate(entries)
        if np.linalg.matrix_rank(np.vstack([matrix, np.eye(len(entries))[k]])) == rank
    ]


def with_totals(counts):
    counts = np.asarray(counts)
    wide = np.hstack([counts, counts.sum(axis=1, keepdims=True)])
    return np.vstack([wide, wide.sum(axis=0)])


tables = st.integers(1, 5).flatmap(
    lambda r: st.integers(1, 5).flatmap(
        lambda c: st.lists(
            st.lists(
                st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60)),
                min_size=c,
                max_size=c,
            ),
            min_size=r,
            max_size=r,
        )
    )
)


@settings(max_examples=150, deadline=None)
@given(tables, st.sampled_from([2, 5, 10]))
def test_no_withheld_cell_of_a_table_can_be_solved(counts, k):
    counts = np.array(counts)
    whole, hidden = with_totals(counts), withheld(counts, k)
    assert hidden[(whole > 0) & (whole < k)].all() and not hidden[whole == 0].any()
    assert not solvable(whole, hidden)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.sampled_from([2, 5, 10]))
def test_no_withheld_count_of_a_list_can_be_solved_or_bounded(counts, k):
    hidden = withheld(counts, k)
    whole = np.append(counts, sum(counts))
    assert hidden[(whole > 0) & (whole < k)].all()
    if hidden.any() and not hidden[-1]:
        left = whole[hidden].sum()
        # with the others at least 1 each, any one may still be k or more: the sum gives nothing
        # away
        assert hidden.sum() >= 2 and left - hidden.sum() + 1 >= k


def test_a_block_of_single_cases_is_not_betrayed_by_its_margins():
    # the four ones lie on a cycle, but each pair's sum is 2: every one of them would be plain
    counts = np.array([[1, 1, 50], [1, 1, 60], [70, 80, 90]])
    whole, hidden = with_totals(counts), withheld(counts, 5)
    block = np.zeros_like(hidden)
    block[:2, :2] = True
    assert not solvable(whole, block) and hidden[:2, :2].all() and hidden.sum() > 4
    # the totals may stay, and then a table with the same totals has 5 and more where there is one
    assert not hidden[-1].any() and not hidden[:, -1].any()
    free = hidden[:-1, :-1]
    for r, c in np.argwhere((counts < 5) & free):
        other = counts.copy()
        other[[r, 2, r, 2], [c, 2, 2, c]] += np.array([1, 1, -1, -1]) * 8
        assert (
            (with_totals(other) == whole)[~hidden].all()
            and (other[free] >= 1).all()
            and other[r, c] >= 5
        )


def test_two_single_cases_are_not_betrayed_by_their_sum():
    assert withheld([1, 1, 50, 70], 10).tolist() == [True, True, True, False, False]
    assert not withheld([[40, 50], [60, 70]], 10).any()
    with pytest.raises(ValueError, match="2 or more"):
        withheld([3], 1)


def test_nothing_is_solved_that_was_never_hidden_by_the_checker_itself():
    table = with_totals([[3, 40], [20, 30]])
    only = np.zeros_like(table, bool)
    only[0, 0] = True
    assert solvable(table, only) == [(0, 0)]


def test_percentiles_of_few_clusters_are_taken_farther_out():
    """For a mean over twelve equal clusters the drawn interval is as wide as the t interval with 11
    degrees.
    """
    ratios = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        names = np.repeat(np.arange(12), 5)
        values = np.round(
            1000 + 100 * rng.standard_normal(12)[names] + 30 * rng.standard_normal(60)
        ).astype("int64")
        ends = counts = np.ones(60, "int64")
        drawn = bootstrap(
            Sample.of(values, ends, counts),
            mean_of,
            clusters=(names, values, ends, counts),
            seed=seed,
        )
        linear = clustered_mean([5] * 12, [values[names == c].sum() for c in range(12)], 1)
        ratios.append((drawn.high - drawn.low) / (linear.high - linear.low))
    assert np.mean(ratios) == pytest.approx(1, abs=0.04)
