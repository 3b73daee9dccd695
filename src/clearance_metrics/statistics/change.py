"""Why a mean changed: who is in it, and how each group itself changed. Terms add up to the change
exactly.

Kitagawa (1955) for one factor; Das Gupta (1993) for any number of factors, which is Shapley's
(1953) value of the product. Groups there on one side only get terms of their own, as entrants and
leavers in Melitz and Polanec (2015).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from .distributions import normal_reach

MOST = 6  # factors: 2 ** (factors + 1) products are formed
STEP = 1e-30  # of the complex step: the derivative comes out exact to rounding


def shapley(players: int, worth: Callable[[tuple[int, ...]], object]) -> np.ndarray:
    """Each player's mean contribution over all orders in which players may switch from 0 to 1.

    `worth` takes a tuple of 0s and 1s, one per player, and answers a number or an array; the parts
    add up to worth(all 1) - worth(all 0). Source: Shapley (1953).

    >>> shapley(2, lambda on: (3 if on[0] else 1) * (5 if on[1] else 2)).tolist()
    [7.0, 6.0]
    """
    known = {
        i: np.asarray(worth(tuple(i >> p & 1 for p in range(players)))) for i in range(2**players)
    }
    parts = []
    for p in range(players):
        part = 0.0
        for i in (i for i in known if not i >> p & 1):
            size = i.bit_count()
            orders = factorial(size) * factorial(players - size - 1)
            part = part + orders * (known[i | 1 << p] - known[i])
        parts.append(part / factorial(players))
    return np.array(parts)


def das_gupta(before: Sequence, after: Sequence) -> np.ndarray:
    """Effect of each factor on a product of factors, or, factors being arrays, on each product of
    the arrays.

    >>> das_gupta([10930, 0.717892], [16591, 0.825974]).round(3).tolist()
    [4369.913, 1487.262]
    """
    sides = [np.asarray(f) for f in before], [np.asarray(f) for f in after]

    def product(on: tuple[int, ...]) -> np.ndarray | float:
        made = 1.0
        for i, side in enumerate(on):
            made = made * sides[side][i]
        return made

    return shapley(len(before), product)


def kitagawa(
    w0: ArrayLike, m0: ArrayLike, w1: ArrayLike, m1: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Composition and own change of each group, from shares w and means m before and after.

    Composition sum (w1 - w0)(m0 + m1)/2, own change sum (m1 - m0)(w0 + w1)/2. Source: Kitagawa
    (1955).

    >>> mix, own = kitagawa([0.6, 0.3, 0.1], [20, 60, 100], [0.75, 0.15, 0.1], [22, 58, 100])
    >>> round(float(mix.sum()), 4), round(float(own.sum()), 4)
    (-5.7, 0.9)
    """
    w0, m0, w1, m1 = (np.asarray(a, "float64") for a in (w0, m0, w1, m1))
    return (w1 - w0) * (m0 + m1) / 2, (m1 - m0) * (w0 + w1) / 2


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a change, an entry per cell: cases, summed base (cases, or TEU) and value, and
    second moments.

    `bb`, `bt`, `tt` are sums over cases of base squared, base times value, and value squared. With
    clusters, `by_cluster` holds summed base and value (clusters x cells), the clusters in the same
    order on both sides.
    """

    n: np.ndarray
    base: np.ndarray
    top: np.ndarray
    bb: np.ndarray
    bt: np.ndarray
    tt: np.ndarray
    by_cluster: tuple[sparse.csr_array, sparse.csr_array] | None = None

    @classmethod
    def of(
        cls,
        size: int,
        cell: ArrayLike,
        base: ArrayLike,
        top: ArrayLike,
        counts: ArrayLike,
        clusters: ArrayLike | None = None,
        many: int = 0,
    ) -> Side:
        """From entries of equal cases: cell number, base and value of one case, how many, and
        cluster number.
        """
        cell, counts = np.asarray(cell, "int64"), np.asarray(counts, "int64")
        base, top = np.asarray(base, "float64"), np.asarray(top, "float64")

        def summed(each: np.ndarray) -> np.ndarray:
            return np.bincount(cell, each * counts, size)

        made = None
        if clusters is not None:
            at = (np.asarray(clusters, "int64"), cell)
            made = tuple(
                sparse.csr_array((x * counts, at), shape=(many, size)) for x in (base, top)
            )
        n = np.bincount(cell, counts, size).astype("int64")
        return cls(
            n,
            summed(base),
            summed(top),
            summed(base * base),
            summed(base * top),
            summed(top * top),
            made,
        )


@dataclass(frozen=True, eq=False)
class Terms:
    """What moved a mean from `before` to `after`; with `error` the standard error of each, in the
    same order.

    left (dropping the groups that are gone), composition (one per factor), own (one per cell; nan
    where a cell is not on both sides), entered (adding the new groups). left + composition + own +
    entered = after - before. `error["own_all"]` is that of the sum of own.
    """

    before: float
    after: float
    left: float
    composition: np.ndarray
    own: np.ndarray
    entered: float
    common: np.ndarray
    error: dict[str, Any]


def mean_change(levels: ArrayLike, before: Side, after: Side) -> Terms | None:
    """The change of a mean (a ratio of sums) split into terms, with linearised (delta method)
    errors.

    `levels` holds a row per cell and a column per factor: the number of the cell's level. None
    where no cell holds cases on both sides: nothing can then be told apart. Cases are independent
    draws on each side, or whole clusters are; the sizes of groups are part of what is drawn.
    """
    levels = np.asarray(levels, "int64")
    if levels.shape[1] > MOST:
        raise ValueError(f"more than {MOST} factors")
    common = (before.base > 0) & (after.base > 0)
    if not common.any():
        return None
    totals = [before.base, before.top, after.base, after.top]
    flat = _terms(levels, common, *(t[None, :] for t in totals))[0]
    # the derivative of every term by every total, some rows at a time
    size = len(common)
    slopes = np.zeros((4, size, flat.shape[0]))
    step = max(1, 2_000_000 // max(size, 1))
    for which in range(4):
        for start in range(0, size, step):
            at = np.arange(start, min(start + step, size))
            moved = [np.repeat(t[None, :].astype("complex128"), len(at), axis=0) for t in totals]
            moved[which][np.arange(len(at)), at] += 1j * STEP
            slopes[which, at] = _terms(levels, common, *moved).imag / STEP
    factors = levels.shape[1]
    summed = slopes[..., 4 + factors :].sum(axis=-1, keepdims=True)
    *_, all_own = _variance(summed, before, after)
    variance = _variance(slopes, before, after)
    own, error = np.full(size, np.nan), np.full(size, np.nan)
    ours = slice(4 + factors, None)
    own[common], error[common] = flat[ours], np.sqrt(variance[ours])
    # a cell of one case has no spread to go by
    alone = (before.n < 2) | (after.n < 2)
    error[alone] = np.nan
    all_own = np.nan if alone[common].any() else np.sqrt(all_own)
    errors = dict(zip(("before", "after", "left", "entered"), np.sqrt(variance[:4]), strict=True))
    errors |= {"composition": np.sqrt(variance[4 : 4 + factors]), "own": error}
    errors["own_all"] = all_own
    old, new, left, entered = (float(x) for x in flat[:4])
    return Terms(old, new, left, flat[4 : 4 + factors], own, entered, common, errors)


def _terms(
    levels: np.ndarray,
    common: np.ndarray,
    b0: np.ndarray,
    t0: np.ndarray,
    b1: np.ndarray,
    t1: np.ndarray,
) -> np.ndarray:
    """before, after, left, entered, composition by factor, own by common cell; arrays are draws x
    cells.
    """
    whole = [t.sum(axis=1) / b.sum(axis=1) for t, b in ((t0, b0), (t1, b1))]
    kept = [x[:, common] for x in (b0, t0, b1, t1)]
    stay = [t.sum(axis=1) / b.sum(axis=1) for t, b in ((kept[1], kept[0]), (kept[3], kept[2]))]
    at = levels[common]
    sides = [[*structure(at, b), t / b] for b, t in ((kept[0], kept[1]), (kept[2], kept[3]))]
    effects = das_gupta(*sides)
    mix = effects[:-1].sum(axis=2).T
    # without leavers or entrants these are zero but for rounding: say zero
    left = stay[0] - whole[0] if (b0.real[:, ~common] > 0).any() else 0 * whole[0]
    entered = whole[1] - stay[1] if (b1.real[:, ~common] > 0).any() else 0 * whole[1]
    return np.concatenate(
        [np.stack([whole[0], whole[1], left, entered], axis=1), mix, effects[-1]], axis=1
    )


def structure(levels: np.ndarray, base: np.ndarray) -> list[np.ndarray]:
    """Each cell's share as a product of one factor per classification, none before another.

    One classification: its shares. Two: sqrt(N_ij/N_j * N_i/N) for the first, and the like for the
    second; for more, N_(S+a)/N_S over all sets S of the others, to the power |S|! (K-1-|S|)! / K!.
    Source: Das Gupta (1993), chapter 6.
    """
    many = levels.shape[1]
    sums = {}
    for mask in range(2**many):
        picked = levels[:, [j for j in range(many) if mask >> j & 1]]
        _, code = np.unique(picked, axis=0, return_inverse=True)
        code = code.reshape(-1) if picked.shape[1] else np.zeros(len(levels), "int64")
        spread = sparse.csr_array((np.ones(len(code)), (np.arange(len(code)), code)))
        sums[mask] = (base @ spread)[:, code]
    factors = []
    for a in range(many):
        made = np.ones_like(base)
        for mask in (m for m in sums if not m >> a & 1):
            size = mask.bit_count()
            power = factorial(size) * factorial(many - 1 - size) / factorial(many)
            made = made * (sums[mask | 1 << a] / sums[mask]) ** power
        factors.append(made)
    return factors


def _variance(slopes: np.ndarray, before: Side, after: Side) -> np.ndarray:
    """Variance of each term: the sum over cases (or clusters) of their squared influence on it."""
    sides = ((before, slopes[0], slopes[1]), (after, slopes[2], slopes[3]))
    if before.by_cluster is not None:
        moved = sum(
            s.by_cluster[0] @ by_base + s.by_cluster[1] @ by_top for s, by_base, by_top in sides
        )
        many = sum((s.by_cluster[0].sum(axis=1) > 0) for s in (before, after))
        many = int((many > 0).sum())
        return (moved**2).sum(axis=0) * (many / (many - 1) if many > 1 else np.nan)
    whole = 0.0
    for s, by_base, by_top in sides:
        n = s.n.sum()
        squares = s.bb @ by_base**2 + 2 * (s.bt @ (by_base * by_top)) + s.tt @ by_top**2
        whole = whole + squares * (n / (n - 1) if n > 1 else np.nan)
    return np.maximum(whole, 0)


def simpson(change: float, own: ArrayLike) -> bool:
    """Whether every group moved against the total. Source: Simpson (1951).

    >>> simpson(-18.6, [2, 4]), simpson(-1, [2, -4])
    (True, False)
    """
    own = np.asarray(own, "float64")
    own = own[~np.isnan(own)]
    return bool(len(own) and change and (np.sign(own) == -np.sign(change)).all())


def interval(value: float, error: float, level: float = 0.95) -> tuple[float | None, float | None]:
    """Normal interval; none where the error is not known.

    >>> interval(0.0, float("nan"))
    (None, None)
    """
    if not np.isfinite(error):
        return None, None
    half = float(normal_reach(level) * error)
    return value - half, value + half
