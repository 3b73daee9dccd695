"""One of several beside its share: by hand, beside Fisher's test, and as a property."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact, norm

from clearance_metrics.statistics.peers import EXACT, beside_peers, holm


def test_by_hand():
    # two strata of one event each, a half and a quarter of the units: 1/2 × 1/4 that it has both
    found = beside_peers([1, 1], [2, 1], [1, 1], [4, 4])
    assert (found.events, found.expected) == (2, 0.75)
    assert found.p == pytest.approx(0.125)
    assert beside_peers([1, 0], [2, 1], [1, 1], [4, 4]).p == pytest.approx(1 - 0.5 * 0.75)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_one_stratum_is_fishers_test(own, others, data):
    a, b = (data.draw(st.integers(0, n)) for n in (own, others))
    found = beside_peers([a], [own], [a + b], [own + others])
    if a + b == 0:
        assert found.p is None
        return
    p = fisher_exact([[a, own - a], [b, others - b]], alternative="greater").pvalue
    assert found.p == pytest.approx(p, rel=1e-7, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_share_of_steady_payees_told_is_no_more_than_asked(seed):
    rng = np.random.default_rng(seed)
    own, units = rng.integers(1, 30, 6), 40
    events = rng.integers(0, 5, 6)
    draws = 400
    told = 0
    for _ in range(draws):
        a = rng.hypergeometric(own, units - own, events)
        p = beside_peers(a, own, events, np.full(6, units)).p
        told += p is not None and p <= 0.05
    assert told / draws <= 0.05 + 5 * np.sqrt(0.05 * 0.95 / draws)


def test_who_is_alone_has_no_peers():
    found = beside_peers([4, 0], [10, 5], [4, 2], [10, 5])
    assert (found.events, found.expected, found.p) == (4, None, None)
    # its own port counts for nothing, the shared one does
    assert beside_peers([4, 1], [10, 5], [4, 1], [10, 10]).events == 1


def test_many_events_are_nearly_normal():
    own, units = np.full(30, 50), np.full(30, 200)
    events = np.full(30, 60)
    exact = beside_peers(np.full(30, 16), own, events, units)
    assert events.sum() <= EXACT
    several = beside_peers(np.full(60, 16), np.full(60, 50), np.full(60, 60), np.full(60, 200))
    spread = 60 * 0.25 * 0.75 * 140 / 199
    z = (60 * 16 - 0.5 - 60 * 15) / np.sqrt(60 * spread)
    assert several.p == pytest.approx(norm.sf(z))
    z = (30 * 16 - 0.5 - 30 * 15) / np.sqrt(30 * spread)
    assert exact.p == pytest.approx(norm.sf(z), rel=0.02)


def test_holm_by_hand():
    assert holm([]).tolist() == []
    assert holm([0.2]).tolist() == [0.2]
    assert holm([0.03, 0.01, 0.04]).tolist() == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.6, 0.7]).tolist() == [1.0, 1.0]


def test_of_many_steady_payees_any_is_told_as_rarely_as_asked():
    """Eight payees, large and small, in thirty strata: none is worse than the others."""
    rng, runs, told = np.random.default_rng(11), 400, 0
    units = rng.integers(1, 12, (30, 8)) * np.array([1, 1, 2, 2, 3, 4, 6, 9])
    for _ in range(runs):
        events = [rng.multivariate_hypergeometric(row, 3) for row in units]
        own = np.array(events)
        every, whole = own.sum(axis=1), units.sum(axis=1)
        p = [beside_peers(own[:, i], units[:, i], every, whole).p for i in range(8)]
        told += bool((holm(p) <= 0.05).any())
    assert 0 < told / runs < 0.05 + 4 * np.sqrt(0.05 * 0.95 / runs)
