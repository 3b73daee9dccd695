"""Synthetic control: one treated unit against a weighted mean of others that tracked it before.

Abadie, Diamond and Hainmueller (2010). The only predictors are the outcomes before the start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from .reasons import Reason

DONORS = 8  # below this a permutation p cannot even reach 0.12
BEFORE = 12  # months before the start that the weights must fit
AFTER = 1
WORST_FIT = 0.10  # root mean squared miss over the unit's own root mean square, before the start


def simplex_weights(target: ArrayLike, donors: ArrayLike) -> np.ndarray:
    """Weights, none negative, summing to one, that bring donors @ weights nearest to target; one
    per donor column.

    Since they sum to one, this is the point of the hull of (donors - target) nearest to zero, which
    one non-negative least squares finds exactly (Lawson and Hanson 1974, ch. 23).

    >>> simplex_weights([2.0, 4.0, 6.0], [[1.0, 3.0], [2.0, 6.0], [3.0, 9.0]]).round(6).tolist()
    [0.5, 0.5]
    """
    gaps = np.asarray(donors, "float64") - np.asarray(target, "float64")[:, None]
    size = np.sqrt((gaps**2).mean()) or 1.0
    found, _ = nnls(
        np.vstack([gaps / size, np.ones(gaps.shape[1])]), np.append(np.zeros(len(gaps)), 1.0)
    )
    return found / found.sum()


@dataclass(frozen=True, eq=False)
class Synthetic:
    """`path` is the synthetic outcome per month; `effect` the mean gap after the start.

    `rank` of `p` = rank / (donors + 1): how many units, this one included, miss by as much or more
    after the start relative to before. `spared`: the least and greatest effect when one donor of
    weight is left out.
    """

    weights: np.ndarray
    path: np.ndarray
    effect: float
    rmspe_before: float
    rmspe_after: float
    fit: float
    rank: int
    p: float
    placebo_gaps: np.ndarray
    placebo_ratios: np.ndarray
    spared: tuple[float, float]


def synthetic_control(
    treated: ArrayLike, donors: ArrayLike, start: int, worst_fit: float = WORST_FIT
) -> Synthetic | Reason:
    """`treated`: one number per month; `donors`: months by donors; `start`: place of the first
    month after.

    Placebos in space: each donor in turn is taken for treated, the treated unit never being its
    donor.
    """
    treated, donors = np.asarray(treated, "float64"), np.asarray(donors, "float64")
    count = donors.shape[1]
    if count < DONORS:
        return Reason("policy.few_donors", donors=count, fewest=DONORS)
    if start < BEFORE or len(treated) - start < AFTER:
        after = len(treated) - start
        return Reason("policy.few_before", before=start, after=after, fewest=BEFORE)
    weights, path = _fitted(treated, donors, start)
    before, after, ratio = _misses(treated - path, start)
    scale = float(np.sqrt((treated[:start] ** 2).mean()))
    fit = before / scale if scale else float("inf")
    if not fit <= worst_fit:  # a limit that is no number lets nothing through
        return Reason("policy.bad_fit", fit=fit, worst=worst_fit, rmspe=before)
    gaps = np.empty_like(donors)
    for j in range(count):
        gaps[:, j] = donors[:, j] - _fitted(donors[:, j], np.delete(donors, j, axis=1), start)[1]
    ratios = np.array([_misses(gaps[:, j], start)[2] for j in range(count)])
    rank = 1 + int((ratios >= ratio * (1 - 1e-12)).sum())
    spared = [
        float((treated - _fitted(treated, np.delete(donors, j, axis=1), start)[1])[start:].mean())
        for j in np.flatnonzero(weights > 1e-6)
    ]
    effect = float((treated - path)[start:].mean())
    return Synthetic(
        weights,
        path,
        effect,
        before,
        after,
        fit,
        rank,
        rank / (count + 1),
        gaps,
        ratios,
        (min(spared), max(spared)),
    )


def _fitted(target: np.ndarray, donors: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
    weights = simplex_weights(target[:start], donors[:start])
    return weights, donors @ weights


def _misses(gap: np.ndarray, start: int) -> tuple[float, float, float]:
    """Root mean squares before and after, and their ratio; a miss of nothing before makes it
    infinite.
    """
    before, after = (float(np.sqrt((part**2).mean())) for part in (gap[:start], gap[start:]))
    return before, after, after / before if before > 0 else float("inf") if after > 0 else 0.0
