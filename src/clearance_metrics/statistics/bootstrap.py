"""The bootstrap on tallies: counts are drawn, never cases; whole clusters are drawn where cases
belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from .describe import FEW, NO_CASES, NONE_FINISHED
from .distributions import normal_share, t_quantile
from .reasons import Reason
from .sample import Estimate, Sample
from .survival import BEYOND

if TYPE_CHECKING:
    from scipy import sparse

DRAWS = 999
FEW_CLUSTERS = 10  # a rule of ours: below it the bootstrap by clusters is not to be trusted
CHUNK = 4_000_000  # numbers held at once
# values in units (K), ended and open counts (draws x K) -> one number per draw; infinite where it
# does not exist
Statistic = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def mean_of(units: np.ndarray, ended: np.ndarray, still: np.ndarray) -> np.ndarray:
    """Mean of each draw; not a number while cases are open."""
    n = ended.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(still.sum(axis=1) > 0, np.nan, ended @ units / n)


def quantile_of(p: float) -> Statistic:
    """Quantile p of each draw: Hyndman-Fan type 7, Kaplan-Meier where cases are open."""

    def statistic(units: np.ndarray, ended: np.ndarray, still: np.ndarray) -> np.ndarray:
        if still.any():
            below = _survival(ended, still) <= 1 - p + 1e-12
            return np.where(below.any(axis=1), units[below.argmax(axis=1)], np.inf)
        running = ended.cumsum(axis=1)
        place = p * (running[:, -1] - 1) + 1
        rank = np.floor(place + 1e-12)
        low, high = (
            units[(running >= r[:, None]).argmax(axis=1)] for r in (rank, np.ceil(place - 1e-12))
        )
        return low + (place - rank) * (high - low)

    return statistic


def share_of(limit: float) -> Statistic:
    """Share of each draw at or below `limit` units: plain, Kaplan-Meier where cases are open."""

    def statistic(units: np.ndarray, ended: np.ndarray, still: np.ndarray) -> np.ndarray:
        within = units <= limit
        if still.any():
            return (
                1 - _survival(ended, still)[:, within][:, -1]
                if within.any()
                else np.zeros(len(ended))
            )
        return ended[:, within].sum(axis=1) / ended.sum(axis=1)

    return statistic


def _survival(ended: np.ndarray, still: np.ndarray) -> np.ndarray:
    leaving = ended + still
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    return np.cumprod(1 - ended / np.maximum(at_risk, 1), axis=1)


def bootstrap(
    sample: Sample,
    statistic: Statistic,
    *,
    clusters: tuple[np.ndarray, ...] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """A statistic with its percentile interval (Efron 1979): the same seed, the same interval.

    Cases are drawn as multinomial counts over the distinct outcomes. `clusters` (names, values,
    ends, counts: tally columns of the same sample) draws whole clusters instead (Davison and
    Hinkley 1997, 3.8); under 10 of them no interval is given. A bound that lies beyond the last
    observation is None.

    >>> small = Sample.of([2, 4, 5, 7, 9, 10, 12, 15, 48], [1] * 9, [1, 2, 1, 1, 1, 1, 1, 1, 1])
    >>> found = bootstrap(small, quantile_of(0.5), seed=1)
    >>> found.value, found.low, found.high
    (8.0, 4.0, 13.5)
    """
    if not sample.n:
        return NO_CASES
    value = float(statistic(sample.units, sample.ended[None, :], sample.open[None, :])[0])
    if not np.isfinite(value):
        still = Reason("open_cases", n=sample.n_open, total=sample.n)
        return Estimate.refused(
            BEYOND if np.isinf(value) else still if sample.n_open else NONE_FINISHED
        )
    rng, tail = np.random.default_rng(seed), (1 - level) / 2
    if clusters is None:
        if sample.n < 2:
            return Estimate(value, reasons=(FEW,))
        drawn, how = _cases(sample, draws, rng), Reason("bootstrap", draws=draws)
    else:
        matrix = _by_cluster(sample, *clusters)
        many = matrix.shape[0]
        if many < FEW_CLUSTERS:
            return Estimate(value, reasons=(Reason("few_clusters", n=many, fewest=FEW_CLUSTERS),))
        drawn = _whole_clusters(matrix, draws, rng)
        how = Reason("cluster_bootstrap", n=many, draws=draws)
        # draws of few clusters vary too little
        tail = float(normal_share(t_quantile(tail, many - 1) * np.sqrt(many / (many - 1))))
    size = len(sample.values)
    found = np.concatenate([statistic(sample.units, d[:, :size], d[:, size:]) for d in drawn])
    low, high = np.quantile(found, [tail, 1 - tail], method="inverted_cdf")
    low, high = (float(b) if np.isfinite(b) else None for b in (low, high))
    return Estimate(value, low, high, (how,))


def resampled(counts: np.ndarray, draws: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Multinomial draws of as many cases over the same outcomes, in chunks of rows."""
    counts = np.asarray(counts)
    n = int(counts.sum())
    for rows in _chunks(draws, len(counts)):
        yield rng.multinomial(n, counts / n, size=rows)


def _cases(sample: Sample, draws: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    counts = np.concatenate([sample.ended, sample.open])
    there = np.flatnonzero(counts)
    for few in resampled(counts[there], draws, rng):
        drawn = np.zeros((len(few), len(counts)), "int64")
        drawn[:, there] = few
        yield drawn


def _by_cluster(
    sample: Sample, names: np.ndarray, values: np.ndarray, ends: np.ndarray, counts: np.ndarray
) -> sparse.csr_array:
    """Clusters by outcomes (ended at each value, then open at each value)."""
    from scipy import sparse

    values, ends, counts = (np.asarray(a, "int64") for a in (values, ends, counts))
    kept = ends >= 0
    codes: dict = {}
    rows = np.array(
        [codes.setdefault(n, len(codes)) for n, k in zip(names, kept, strict=True) if k], "int64"
    )
    places = np.searchsorted(sample.values, values[kept]) + np.where(
        ends[kept] > 0, 0, len(sample.values)
    )
    return sparse.csr_array(
        (counts[kept], (rows, places)), shape=(len(codes), 2 * len(sample.values))
    )


def _whole_clusters(
    matrix: sparse.csr_array, draws: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    many, width = matrix.shape
    for rows in _chunks(draws, max(many, width)):
        times = rng.multinomial(many, np.full(many, 1 / many), size=rows)
        yield times @ matrix


def _chunks(draws: int, width: int) -> Iterator[int]:
    step = max(1, CHUNK // max(width, 1))
    for start in range(0, draws, step):
        yield min(step, draws - start)
