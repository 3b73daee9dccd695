"""Policy change, the estimators: worked cases, published figures, independent software, and what
must not matter.
"""

import csv
import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from support.panels import staggered_panel

from clearance_metrics.results.words import codes, say
from clearance_metrics.statistics.changepoints import noise, process_limits, segments, usual_penalty
from clearance_metrics.statistics.clustered import clustered, pre_trend
from clearance_metrics.statistics.reasons import Reason
from clearance_metrics.statistics.segmented import placebo_dates, segmented
from clearance_metrics.statistics.serial import first_order, newey_west, serial
from clearance_metrics.statistics.staggered import NEVER, aggregates, group_time
from clearance_metrics.statistics.synthetic import simplex_weights, synthetic_control

sm = pytest.importorskip(
    "statsmodels.api", reason="statsmodels is not installed: models of series cannot be fitted"
)


# --- interrupted time series


@pytest.fixture(scope="module")
def sicily(shared_data):
    with (shared_data("sicily") / "sicily.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    months = [12 * int(r["year"]) + int(r["month"]) - 1 for r in rows]
    return months, [float(r["aces"]) for r in rows], [float(r["stdpop"]) for r in rows]


@pytest.mark.parametrize(
    ("family", "harmonics", "digits", "expected"),
    [
        ("poisson", 0, 3, (0.894, 0.865, 0.925)),
        ("quasipoisson", 0, 3, (0.894, 0.839, 0.953)),
        ("quasipoisson", 2, 7, (0.8850715, 0.8394010, 0.9332270)),
    ],
)
def test_the_published_smoking_ban_of_sicily(sicily, family, harmonics, digits, expected):
    months, counts, people = sicily
    found = segmented(
        months,
        counts,
        12 * 2005,
        slope=False,
        harmonics=harmonics,
        family=family,
        exposure=people,
        errors="model",
    )
    level = found.effects["level"]
    assert (found.n_before, found.n_after) == (36, 23)
    assert [round(x, digits) for x in (level.value, level.low, level.high)] == pytest.approx(
        expected, abs=10**-digits / 10
    )


def design(months, start, harmonics=0, slope=True):
    after = (months >= start).astype(float)
    columns = [np.ones(len(months)), months - months[0], after] + (
        [after * (months - start)] if slope else []
    )
    for pair in range(1, harmonics + 1):
        angle = 2 * np.pi * pair * (months % 12 + 1) / 12
        columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def noisy(seed=3, n=48):
    months = np.arange(24000, 24000 + n)
    return months, 60 - 0.3 * np.arange(n) - 5 * (months >= 24024) + np.random.RandomState(
        seed
    ).normal(0, 2, n)


@pytest.mark.parametrize("lag", [0, 3, 6])
def test_newey_west_equals_statsmodels(lag):
    months, y = noisy()
    found = segmented(months, y, 24024, harmonics=1, lag=lag, errors="hac")
    oracle = sm.OLS(y, design(months, 24024, 1)).fit(
        cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": True}, use_t=True
    )
    assert np.allclose(found.covariances[0], oracle.cov_params(), rtol=1e-8)
    assert (found.effects["level"].low, found.effects["level"].high) == pytest.approx(
        tuple(oracle.conf_int()[2])
    )
    assert found.durbin_watson == pytest.approx(sm.stats.durbin_watson(oracle.resid))
    assert found.lag == lag


def test_newey_west_of_counts_equals_statsmodels():
    months, y = noisy()
    found = segmented(months, np.round(y), 24024, harmonics=1, family="quasipoisson", errors="hac")
    oracle = sm.GLM(np.round(y), design(months, 24024, 1), family=sm.families.Poisson()).fit(
        cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}
    )
    assert found.lag == 3 and np.allclose(found.covariances[0], oracle.cov_params(), rtol=1e-6)


def test_model_errors_equal_ordinary_least_squares():
    months, y = noisy()
    found = segmented(months, y, 24024, errors="model")
    oracle = sm.OLS(y, design(months, 24024)).fit()
    assert np.allclose(found.covariances[0], oracle.cov_params(), rtol=1e-8) and found.lag is None
    contrast = oracle.t_test([0, 0, 1, 11.5])
    average = found.effects["average"]
    assert (average.value, average.low, average.high) == pytest.approx(
        (contrast.effect[0], *contrast.conf_int()[0]), rel=1e-8
    )


def test_months_left_out_keep_their_distance():
    # two runs of months ten apart: with a lag of 3 they do not touch, so the sum of both is exact
    scores, bread = np.random.RandomState(1).normal(size=(12, 1)), np.array([[0.5]])
    months = np.r_[0:6, 16:22]
    parts = [newey_west(scores[i : i + 6], bread, months[i : i + 6], 3) / (6 / 5) for i in (0, 6)]
    assert newey_west(scores, bread, months, 3) == pytest.approx(sum(parts) * 12 / 11)
    assert serial(np.array([1.0, 1.0, 5.0]), np.array([0, 1, 9])) == pytest.approx((0, 1 / 27))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(-3, 3), st.floats(-50, 50), st.integers(0, 2))
def test_a_trend_or_season_that_is_modelled_changes_nothing(seed, slope, shift, harmonics):
    months, y = noisy(seed)
    season = 4 * np.cos(2 * np.pi * (months % 12 + 1) / 12) * (harmonics > 0)
    options = {"harmonics": harmonics, "covariates": {"days": np.arange(48) % 5}}
    plain = segmented(months, y, 24024, **options)
    moved = segmented(
        months,
        y + slope * np.arange(48) + shift + season + 2 * (np.arange(48) % 5),
        24024,
        **options,
    )
    for name in ("level", "slope", "average"):
        one, other = plain.effects[name], moved.effects[name]
        assert (one.value, one.low, one.high) == pytest.approx(
            (other.value, other.low, other.high), abs=1e-6
        )
    assert moved.effects["trend"].value - plain.effects["trend"].value == pytest.approx(
        slope, abs=1e-6
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.1, 20))
def test_a_ratio_does_not_know_the_unit(seed, factor):
    months, y = noisy(seed)
    one, other = (segmented(months, k * y, 24024, link="log").effects["level"] for k in (1, factor))
    assert (one.value, one.low, one.high) == pytest.approx(
        (other.value, other.low, other.high), rel=1e-5
    )


def test_guarded_errors_are_the_larger_of_two():
    months, y = noisy(8)
    by = {kind: segmented(months, y, 24024, errors=kind) for kind in ("guarded", "hac", "ar1")}
    for name, effect in by["guarded"].effects.items():
        assert effect.high - effect.low == pytest.approx(
            max(by[k].effects[name].high - by[k].effects[name].low for k in ("hac", "ar1"))
        )
    assert by["hac"].rho is None and by["ar1"].lag is None and 0 <= by["guarded"].rho <= 0.95


def test_without_autocorrelation_first_order_errors_are_ordinary_ones():
    months, y = noisy()
    residuals = np.where(months % 2, 1.0, -1.0)
    matrix = design(months, 24024)
    bread = np.linalg.inv(matrix.T @ matrix)
    rho, covariance = first_order(residuals, matrix, bread, months)
    assert rho == 0 and np.allclose(covariance, bread * 48 / 44)


def test_the_expected_autocorrelation_of_residuals_is_what_simulation_gives():
    months = np.arange(24000, 24048)
    matrix = design(months, 24024)
    bread, rng, seen = np.linalg.inv(matrix.T @ matrix), np.random.RandomState(1), []
    for _ in range(3000):
        e = rng.normal(0, 1, 48)
        e[0] /= np.sqrt(1 - 0.4**2)
        for t in range(1, 48):
            e[t] += 0.4 * e[t - 1]
        u = e - matrix @ (bread @ (matrix.T @ e))
        seen.append((u[1:] @ u[:-1], u @ u))
    usual = np.sum(seen, axis=0)
    # residuals whose autocorrelation is the usual one give the rho that made them back
    u = np.zeros(48)
    u[:2] = 1, (1 - np.sqrt(1 - 4 * (usual[0] / usual[1]) ** 2)) / (2 * usual[0] / usual[1])
    assert serial(u, months)[1] == pytest.approx(usual[0] / usual[1])
    assert first_order(u, matrix, bread, months)[0] == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize("rho", [0.0, 0.4])
def test_planted_change_is_covered_as_often_as_said(rho):
    hits, runs, months = 0, 300, np.arange(24000, 24048)
    rng = np.random.RandomState(20)
    for _ in range(runs):
        e = rng.normal(0, 2, 60)
        for t in range(1, 60):
            e[t] += rho * e[t - 1]
        level = segmented(
            months, 60 - 0.3 * np.arange(48) - 5 * (months >= 24024) + e[12:], 24024
        ).effects["level"]
        hits += level.low <= -5 <= level.high
    assert 0.91 <= hits / runs <= 0.99


def test_false_dates_see_only_the_months_before():
    months, y = noisy(5)
    tried = placebo_dates(months, y, 24024, slope=False)
    assert [m for m, _ in tried] == list(range(24008, 24017))
    assert all(f.n_before + f.n_after == 24 for _, f in tried)
    later = y + 100 * (months >= 24024)
    again = placebo_dates(months, later, 24024, slope=False)
    assert [f.effects["level"] for _, f in tried] == [f.effects["level"] for _, f in again]
    assert placebo_dates(months[9:], y[9:], 24024).code == "policy.no_placebo"


@pytest.mark.parametrize(
    ("months", "options", "code"),
    [
        (np.arange(24017, 24048), {}, "few_months"),
        (np.arange(24000, 24031), {}, "few_months"),
        (np.arange(24015, 24035), {"harmonics": 1}, "short_season"),
        (
            np.arange(24012, 24036),
            {
                "harmonics": 2,
                "covariates": {f"x{i}": np.arange(24.0) ** 2 % (i + 5) for i in range(9)},
            },
            "few_spare",
        ),
        (np.arange(24000, 24048), {"covariates": {"x": np.arange(48.0)}}, "entangled"),
    ],
)
def test_what_months_cannot_carry_is_refused(months, options, code):
    y = 50 + np.arange(len(months)) % 3
    found = segmented(months, y, 24024, **options)
    assert isinstance(found, Reason) and found.code == f"policy.{code}"
    assert all("{" not in say(found, lang) for lang in ("zh", "en"))


def test_a_log_link_needs_values_above_zero():
    months, y = noisy()
    assert (
        segmented(months, np.where(months == 24003, 0, y), 24024, link="log").code
        == "policy.not_positive"
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"link": "log"},
        {"errors": "hac"},
        {"errors": "model"},
        {"harmonics": 2},
        {"family": "poisson"},
        {"family": "quasipoisson"},
    ],
)
@pytest.mark.parametrize("value", [1.0, 0.1, 7.0])
def test_a_series_that_does_not_move_is_refused(options, value):
    months = np.arange(24000, 24048)
    assert segmented(months, np.full(48, value), 24024, **options).code == "policy.still"
    assert (
        segmented(months, np.full(48, value) * (1 + 1e-15 * (months % 3)), 24024, **options).code
        == "policy.still"
    )


def test_rates_that_do_not_move_are_refused_and_a_still_count_over_other_days_is_not():
    months, days = np.arange(24000, 24048), 20.0 + np.arange(48) % 3
    assert (
        segmented(months, 2 * days, 24024, family="poisson", exposure=days).code == "policy.still"
    )
    assert (
        segmented(months, np.zeros(48), 24024, family="poisson", exposure=days).code
        == "policy.still"
    )
    level = segmented(months, np.full(48, 40.0), 24024, family="poisson", exposure=days).effects[
        "level"
    ]
    assert level.low < 1 < level.high


@settings(max_examples=30, deadline=None)
@given(st.floats(-9, 9).filter(lambda x: abs(x) > 0.01), st.floats(20, 99))
def test_a_step_without_noise_is_found_whole_and_its_false_dates_have_nothing_to_test(
    step, constant
):
    months = np.arange(24000, 24048)
    y = constant + step * (months >= 24024)
    found = segmented(months, y, 24024)
    assert found.effects["level"].value == pytest.approx(step, abs=1e-9)
    assert found.effects["slope"].value == pytest.approx(0, abs=1e-9)
    assert placebo_dates(months, y, 24024).code == "policy.still"


# --- staggered starts

# csdid 0.4.3 and diff-diff 3.13.0, both on staggered_panel() with outcome regression and no
# covariates, agree on all of these; periods are places counted from 0
ATT = {
    "never": {
        ("simple", None): (-4.580131746031747, 0.5130622243414362),
        ("event", -4): (1.48136752, 0.55342401),
        ("event", 0): (-3.99295726, 0.60586952),
        ("event", 3): (-5.05191453, 0.60538897),
        ("event", 6): (-5.29372222, 0.73799204),
        ("group", 5): (-4.07303968, 0.70305359),
        ("group", 8): (-5.34076984, 0.53105376),
    },
    "not_yet": {
        ("simple", None): (-4.398885912698414, 0.5171530552009647),
        ("event", -4): (1.34158077, 0.44500322),
        ("event", 0): (-3.63856944, 0.61360323),
        ("event", None): (-4.521279761904764, 0.5744632689557646),
        ("group", 5): (-3.77096329, 0.70151789),
        ("group", None): (-4.616243742368744, 0.48744218146420587),
        ("calendar", 6): (-2.50195833, 0.71980861),
        ("calendar", 10): (-5.73834188, 0.66168415),
        ("calendar", None): (-3.9613882020757036, 0.5014054810338036),
    },
}
UNIVERSAL = {
    ("event", -8): (-1.50534921, 0.66996813),
    ("event", -4): (0.59061538, 0.49950942),
    ("event", -2): (-0.98911111, 0.71088965),
    ("event", 0): (-3.99295726, 0.60586952),
}


@pytest.mark.parametrize(
    ("control", "base", "expected"),
    [
        ("never", "varying", ATT["never"]),
        ("not_yet", "varying", ATT["not_yet"]),
        ("never", "universal", UNIVERSAL),
    ],
)
def test_effects_and_errors_of_two_other_packages(control, base, expected):
    cells = group_time(*staggered_panel(), control=control, base=base)
    found = clustered(cells, aggregates(cells), method="influence", draws=9)
    for name, (value, error) in expected.items():
        assert found.estimates[name].value == pytest.approx(value, abs=2e-8), name
        assert found.errors[name] == pytest.approx(error, abs=2e-8), name
    assert found.estimates["simple", None].low is None  # 22 units: too few for the normal interval


def test_every_cell_is_a_two_by_two_by_hand():
    values, starts = staggered_panel()
    for control in ("never", "not_yet"):
        cells = group_time(values, starts, control=control)
        for group, time, base, att in zip(
            cells.group, cells.time, cells.base, cells.att, strict=True
        ):
            others = (
                starts == NEVER
                if control == "never"
                else (starts > max(time, base)) & (starts != group)
            )
            assert base == (group - 1 if time >= group else time - 1)
            means = [
                [values[side][:, t].mean() for t in (base, time)]
                for side in (starts == group, others)
            ]
            assert att == pytest.approx(means[0][1] - means[0][0] - means[1][1] + means[1][0])


def test_anticipation_moves_the_base():
    cells = group_time(*staggered_panel(), anticipation=2)
    after = cells.time >= cells.group - 2
    assert (cells.base[after] == cells.group[after] - 3).all() and (
        cells.base[~after] == cells.time[~after] - 1
    ).all()


panels = st.integers(0, 10**6).map(lambda seed: np.random.RandomState(seed))


@settings(max_examples=40, deadline=None)
@given(panels, st.sampled_from(["never", "not_yet"]), st.sampled_from(["varying", "universal"]))
def test_port_levels_and_common_shocks_change_nothing(rng, control, base):
    starts = np.array([3, 3, 3, 6, 6, 6, 8, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER])
    values = rng.normal(0, 1, (13, 10))
    moved = values + rng.normal(0, 100, 13)[:, None] + rng.normal(0, 100, 10)[None, :]
    found = []
    for table in (values, moved):
        cells = group_time(table, starts, control=control, base=base)
        found.append(clustered(cells, aggregates(cells), draws=49))
    for name, one in found[0].estimates.items():
        other = found[1].estimates[name]
        assert (one.value, found[0].errors[name]) == pytest.approx(
            (other.value, found[1].errors[name]), abs=1e-9
        )
        if one.low is not None:
            assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(panels, st.floats(-9, 9))
def test_a_constant_effect_is_found_whole_in_every_sum(rng, effect):
    starts = np.array([3, 3, 5, 5, 5, NEVER, NEVER, NEVER, NEVER])
    values = (
        rng.normal(0, 10, 9)[:, None]
        + rng.normal(0, 10, 8)[None, :]
        + effect * (np.arange(8) >= starts[:, None])
    )
    cells = group_time(values, starts, weights=rng.uniform(1, 9, 9))
    for (kind, place), part in aggregates(cells).items():
        expected = 0 if kind == "event" and place is not None and place < 0 else effect
        assert part.weights @ cells.att == pytest.approx(expected, abs=1e-9)


def test_equal_weights_are_no_weights_and_a_double_weight_is_a_twin():
    values, starts = staggered_panel()
    twin = np.r_[np.arange(22), 0]
    weights = np.ones(22)
    weights[0] = 2
    doubled, weighted = (
        group_time(values[twin], starts[twin]),
        group_time(values, starts, weights=weights),
    )
    assert doubled.att == pytest.approx(weighted.att)
    assert group_time(values, starts, weights=np.full(22, 7.0)).att == pytest.approx(
        group_time(values, starts).att
    )


def test_few_units_have_no_interval_and_a_seed_gives_the_same_one():
    rng = np.random.RandomState(2)
    starts = np.array([4, 4, 4, 6, 7, 7] + [NEVER] * 6)
    cells = group_time(rng.normal(0, 1, (12, 9)), starts)
    found = clustered(cells, aggregates(cells), draws=99, seed=4)
    assert found.estimates["simple", None].low is None  # one group is a single unit
    starts[3] = 4
    cells = group_time(rng.normal(0, 1, (12, 9)), starts)
    one, two, other = (
        clustered(cells, aggregates(cells), draws=99, seed=s).estimates for s in (4, 4, 5)
    )
    assert (
        one == two
        and one["simple", None].low is not None
        and one["simple", None] != other["simple", None]
    )
    assert one["group", 7].low is None and one["group", 7].value is not None


def test_one_heavy_unit_leaves_no_interval():
    values, starts = staggered_panel()
    weights = np.ones(22)
    for weight, known in ((1, True), (3, True), (30, False)):
        weights[13] = weight  # a unit of the control side
        cells = group_time(values, starts, weights=weights)
        assert (
            clustered(cells, aggregates(cells), draws=99).estimates["simple", None].low is not None
        ) == known


def simulated(rng, starts, effect=0.0, drift=0.0):
    noise = rng.normal(0, 1, (len(starts), 16))
    for t in range(1, 16):
        noise[:, t] += 0.5 * noise[:, t - 1]
    after = np.arange(16) >= starts[:, None]
    return (
        rng.normal(50, 5, len(starts))[:, None]
        + noise
        + effect * after
        + drift * (starts < NEVER)[:, None] * np.arange(16)
    )


def test_the_wild_interval_covers_and_the_test_before_keeps_its_size():
    starts, rng = np.array([8] * 3 + [11] * 3 + [NEVER] * 6), np.random.RandomState(11)
    covered = rejected = 0
    for run in range(120):
        values = simulated(rng, starts, -3)
        cells = group_time(values, starts)
        parts = {k: v for k, v in aggregates(cells).items() if k[0] in ("simple", "event")}
        found = clustered(cells, parts, draws=199, seed=run)
        covered += found.estimates["simple", None].low <= -3 <= found.estimates["simple", None].high
        rejected += pre_trend(values, starts, draws=199, seed=run).p < 0.05
    assert 0.87 <= covered / 120 <= 1 and rejected / 120 <= 0.11


def test_a_drift_before_the_start_is_seen():
    starts = np.array([8] * 6 + [11] * 6 + [NEVER] * 12)
    assert pre_trend(simulated(np.random.RandomState(3), starts, drift=3.0), starts).p < 0.01


def long_panel(seed, drift):
    """14 ports, 48 months, 3 starting at each of two months, without an effect."""
    starts = np.array([24] * 3 + [30] * 3 + [NEVER] * 8)
    noise = np.random.RandomState(seed).normal(0, 1, (14, 48))
    return noise + drift * (starts < NEVER)[:, None] * np.arange(48), starts


def test_a_steady_drift_is_seen_though_no_month_differs_much_from_the_one_before():
    for seed in range(10):
        assert pre_trend(*long_panel(seed, -0.3), draws=499).p < 0.05, seed
    assert pre_trend(*long_panel(0, -0.3), control="not_yet", anticipation=2, draws=499).p < 0.05


def test_the_test_before_keeps_its_size_over_a_long_panel():
    rejected = [pre_trend(*long_panel(seed, 0.0), draws=199).p < 0.05 for seed in range(200)]
    assert np.mean(rejected) <= 0.08


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(-50, 50))
def test_the_test_before_knows_only_what_came_before(seed, effect):
    values, starts = long_panel(seed, 0.0)
    later = values + effect * (np.arange(48) >= starts[:, None])
    one, two = (
        pre_trend(table + np.arange(14)[:, None], starts, draws=99) for table in (values, later)
    )
    assert one.largest == pytest.approx(two.largest) and one.p == two.p
    assert one.periods == 23  # months 24 to 2 before; earlier ones have three ports only


@pytest.mark.parametrize(
    ("starts", "control", "code"),
    [
        ([2, 2, 3], "never", "no_never"),
        ([2, 2, 2], "not_yet", "no_control"),
        ([0, 0, NEVER], "never", "no_control"),
        ([9, 9, NEVER], "never", "no_control"),
    ],
)
def test_without_a_control_there_is_no_effect(starts, control, code):
    assert (
        group_time(np.arange(15.0).reshape(3, 5), starts, control=control).code == f"policy.{code}"
    )


def test_the_last_to_start_has_no_control_among_those_not_yet_started():
    cells = group_time(
        np.random.RandomState(1).normal(size=(6, 6)), [2, 2, 2, 4, 4, 4], control="not_yet"
    )
    assert cells.dropped == ((4, "no_control"),) and set(cells.time[cells.time >= cells.group]) == {
        2,
        3,
    }


# --- synthetic control


def donors_of(rng, months=36, count=10):
    factor = rng.normal(0, 1, months).cumsum()
    return (
        50
        + np.outer(factor, rng.uniform(0.5, 2, count))
        + rng.normal(0, 5, count)
        + rng.normal(0, 0.3, (months, count))
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 12))
def test_weights_are_the_best_on_the_simplex(seed, count):
    rng = np.random.RandomState(seed)
    donors, target = rng.normal(10, 3, (15, count)), rng.normal(10, 3, 15)
    found = simplex_weights(target, donors)
    assert found.min() >= 0 and found.sum() == pytest.approx(1)

    def missed(weights):
        return ((target - donors @ weights) ** 2).sum()

    other = optimize.minimize(
        missed,
        np.full(count, 1 / count),
        method="SLSQP",
        bounds=[(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-12, "maxiter": 500},
    ).x.clip(0)
    # its weights sum to one only nearly, which can look like a better answer
    assert missed(found) <= missed(other / other.sum()) + 1e-6


def test_weights_of_another_package():
    rng = np.random.RandomState(12)
    factor = rng.normal(0, 1, 30).cumsum()
    donors = np.round(
        50 + np.outer(factor, rng.uniform(0.5, 2, 9)) + rng.normal(0, 0.8, (30, 9)), 3
    )
    mixed = donors[:, :4] @ [0.4, 0.3, 0.2, 0.1] + rng.normal(0, 0.6, 30)
    treated = np.round(mixed - 3 * (np.arange(30) >= 20), 3)
    # pysyncon 1.7.0, Synth with every earlier outcome as a predictor and custom_V undoing its
    # scaling
    other = np.array([0.266476, 0.508692, 0, 0, 0, 0.064799, 0.160033, 0, 0])
    found = synthetic_control(treated, donors, 20)
    assert found.weights == pytest.approx(other, abs=5e-4) and found.effect == pytest.approx(
        -3.024019, abs=5e-4
    )
    assert (
        found.rmspe_before <= 0.3712858430957336
    )  # its iteration stops a little short of the best


def test_a_planted_mixture_and_gap_are_found():
    donors = donors_of(np.random.RandomState(4))
    treated = donors[:, :3] @ [0.5, 0.3, 0.2] - 6 * (np.arange(36) >= 24)
    found = synthetic_control(treated, donors, 24)
    assert found.weights[:3] == pytest.approx(
        [0.5, 0.3, 0.2], abs=1e-6
    ) and found.effect == pytest.approx(-6)
    assert (
        found.rank == 1
        and found.p == pytest.approx(1 / 11)
        and found.rmspe_before == pytest.approx(0, abs=1e-6)
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(-20, 20))
def test_what_moves_all_ports_alike_changes_no_gap(seed, shift):
    rng = np.random.RandomState(seed)
    donors = donors_of(rng)
    treated = donors[:, :4].mean(axis=1) + rng.normal(0, 0.5, 36)
    common = shift + rng.normal(0, 1, 36)
    one = synthetic_control(treated, donors, 24, worst_fit=np.inf)
    other = synthetic_control(treated + common, donors + common[:, None], 24, worst_fit=np.inf)
    assert one.effect == pytest.approx(other.effect, abs=1e-5) and one.p == other.p


def test_the_permutation_p_is_honest_where_nothing_happened():
    rng, small = np.random.RandomState(9), 0
    for _ in range(100):
        table = donors_of(rng, count=10)
        small += synthetic_control(table[:, 0], table[:, 1:], 24, worst_fit=np.inf).p <= 0.2
    assert small / 100 <= 0.32


def test_synthetic_refusals():
    donors = donors_of(np.random.RandomState(4))
    assert synthetic_control(donors[:, 0], donors[:, 1:8], 24).code == "policy.few_donors"
    assert synthetic_control(donors[:, 0], donors[:, 1:], 11).code == "policy.few_before"
    assert synthetic_control(donors[:, 0], donors[:, 1:], 36).code == "policy.few_before"
    for limit in (0.1, np.nan):
        assert (
            synthetic_control(3 * donors[:, 0], donors[:, 1:], 24, limit).code == "policy.bad_fit"
        )


# --- changepoints


def levels(seed=7):
    rng = np.random.RandomState(seed)
    return np.round(
        np.concatenate([rng.normal(50, 2, 20), rng.normal(44, 2, 15), rng.normal(47, 2, 25)]), 3
    )


@pytest.mark.parametrize("penalty", [20, 40, 80])
def test_cuts_of_another_package(penalty):
    # ruptures 1.1.10, Pelt(model="l2", min_size=3, jump=1).predict(pen=penalty), with the end of
    # the series left out
    assert segments(levels(), penalty) == (21, 37)


def cost(values, cuts, penalty):
    edges = [0, *cuts, len(values)]
    return sum(
        ((p - p.mean()) ** 2).sum()
        for p in map(lambda e: values[e[0] : e[1]], zip(edges, edges[1:], strict=False))
    ) + penalty * len(cuts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=4, max_size=11), st.floats(0, 200), st.integers(1, 3))
def test_no_cutting_is_cheaper(values, penalty, shortest):
    values = np.array(values, float)
    found = segments(values, penalty, shortest)
    edges = np.r_[0, found, len(values)]
    assert not found or np.diff(edges).min() >= shortest
    every = (
        c
        for k in range(len(values))
        for c in combinations(range(1, len(values)), k)
        if not c or np.diff(np.r_[0, c, len(values)]).min() >= shortest
    )
    assert cost(values, found, penalty) <= min(cost(values, c, penalty) for c in every) + 1e-6


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(-1000, 1000))
def test_a_common_level_moves_no_cut(seed, shift):
    y = levels(seed)
    assert segments(y, usual_penalty(y)) == segments(y + shift, usual_penalty(y))


def test_flat_or_stepped_series_without_noise():
    assert segments([5.0] * 20, usual_penalty([5.0] * 20)) == ()
    step = [5.0] * 10 + [3.0] * 10
    assert segments(step, 0.1) == (10,) and noise(step) == pytest.approx(np.sqrt(4 / 19 / 2))


def test_process_limits_by_hand():
    # steps 2, 1, 2, 1: mean 1.5, limits 11.6 -/+ 3.99; the step over the missing month does not
    # count
    found = process_limits([10, 12, 11, 13, 12], [0, 1, 2, 3, 4])
    assert (found.low, found.high) == pytest.approx((7.61, 15.59))
    gap = process_limits([10, 12, 11, 31, 30], [0, 1, 2, 9, 10])
    assert gap.high - gap.centre == pytest.approx(2.66 * 4 / 3)


def test_what_is_said_on_policy_has_both_languages():
    for code, en in codes("en").items():
        if code.partition(".")[0].startswith("policy"):
            zh, name = codes("zh")[code], code.partition(".")[2]
            words = re.sub(r"\{[^}]*\}", "", str(en["other"] if isinstance(en, dict) else en))
            if any(c.isalpha() for c in words) and name != "hac":
                assert any("\u4e00" <= c <= "\u9fff" for c in zh) and ";" not in words, code
