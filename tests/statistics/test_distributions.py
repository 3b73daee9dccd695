"""The few distributions that intervals need, against scipy.stats."""

import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clearance_metrics.statistics.distributions import (
    binomial_quantile,
    chi_square_tail,
    normal_quantile,
    normal_reach,
    normal_share,
    t_quantile,
    t_reach,
    t_tail,
)

SHARES = st.floats(1e-9, 1 - 1e-9)


@settings(max_examples=200, deadline=None)
@given(SHARES, st.floats(-30, 30), st.floats(0.5, 1e6))
def test_quantiles_and_tails_are_those_of_scipy_stats(p, x, df):
    assert normal_quantile(p) == stats.norm.ppf(p) and normal_share(-x) == stats.norm.sf(x)
    assert np.isclose(t_quantile(p, df), stats.t.ppf(p, df), rtol=1e-12, atol=0)
    assert np.isclose(t_tail(x, df), stats.t.sf(x, df), rtol=1e-12, atol=0)
    assert np.isclose(chi_square_tail(abs(x), df), stats.chi2.sf(abs(x), df), rtol=1e-12, atol=0)


def test_without_a_bound_on_the_degrees_of_freedom_student_is_normal():
    assert t_reach(0.95, np.inf) == normal_reach(0.95) and np.isnan(t_reach(0.95, 0))


@settings(max_examples=300, deadline=None)
@given(
    SHARES,
    st.integers(1, 200_000),
    st.one_of(st.sampled_from([0.5, 0.9, 0.75]), st.floats(0.001, 0.999)),
)
def test_the_quantile_of_a_binomial_is_the_fewest_successes_that_suffice(q, n, p):
    k, near = binomial_quantile(q, n, p), 1e-9
    assert (
        0 <= k <= n
        and stats.binom.cdf(k, n, p) >= q * (1 - near)
        and stats.binom.cdf(k - 1, n, p) < q * (1 + near)
    )
    # theirs may be one more where the share is met exactly, as half of an odd number of even draws
    assert k == stats.binom.ppf(q, n, p) or abs(stats.binom.cdf(k, n, p) / q - 1) < near


@given(st.integers(0, 500))
def test_half_of_an_odd_number_of_even_draws_is_met_exactly(m):
    assert binomial_quantile(0.5, 2 * m + 1, 0.5) == m


def test_the_main_names_do_not_load_what_measuring_does_not_need():
    names = "from clearance_metrics import Duration, EventLog, assess, measure"
    heavy = {"ibis", "duckdb", "scipy", "pandas", "polars", "matplotlib"}
    told = f"import sys; {names}; print(*sorted({heavy} & set(sys.modules)))"
    assert (
        subprocess.run(
            [sys.executable, "-c", told], capture_output=True, text=True, check=True
        ).stdout.strip()
        == ""
    )
