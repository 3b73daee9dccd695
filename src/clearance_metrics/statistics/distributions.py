"""Quantiles and tails of the distributions that intervals need, by SciPy's special functions.

They are the functions beneath scipy.stats, loaded when first asked for: loading scipy.stats takes
longer than most measurements.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

Numbers = float | np.ndarray  # one, or an array of them
KEPT = 2**14  # answers that are kept: the cells of a table ask the same again and again


def normal_quantile(p: ArrayLike) -> Numbers:
    """The standard normal's quantile of p.

    >>> round(float(normal_quantile(0.975)), 6)
    1.959964
    """
    from scipy.special import ndtri

    return ndtri(p)


def normal_share(x: ArrayLike) -> Numbers:
    """The standard normal's share up to x."""
    from scipy.special import ndtr

    return ndtr(x)


@lru_cache(KEPT)
def normal_reach(level: float) -> float:
    """How many standard errors a two-sided normal interval of `level` reaches to each side.

    >>> round(normal_reach(0.95), 6)
    1.959964
    """
    return float(normal_quantile((1 + level) / 2))


def t_quantile(p: ArrayLike, df: ArrayLike) -> Numbers:
    """Student's quantile of p with df degrees of freedom; the normal's where df is infinite.

    >>> round(float(t_quantile(0.975, 4)), 6)
    2.776445
    """
    from scipy.special import ndtri, stdtrit

    return np.where(np.isinf(df), ndtri(p), stdtrit(df, p))[()]


def t_tail(x: Numbers, df: ArrayLike) -> Numbers:
    """Student's share above x."""
    from scipy.special import stdtr

    return stdtr(df, -x)


@lru_cache(KEPT)
def t_reach(level: float, df: float) -> float:
    """How many standard errors a two-sided interval of `level` by Student's distribution reaches to
    each side.
    """
    return float(t_quantile((1 + level) / 2, df))


def chi_square_tail(x: ArrayLike, df: ArrayLike) -> Numbers:
    """The share of chi-square with df degrees of freedom above x."""
    from scipy.special import chdtrc

    return chdtrc(df, x)


@lru_cache(KEPT)
def binomial_quantile(q: float, n: int, p: float) -> int:
    """The fewest successes of n, each with chance p, that at least a share q of all draws do not
    exceed.

    >>> binomial_quantile(0.025, 30, 0.5), binomial_quantile(0.975, 30, 0.5)
    (10, 20)
    """
    from scipy.special import bdtr, bdtrik

    k = int(np.ceil(bdtrik(q, n, p)))
    # the inverse may lie a rounding above the whole number that is meant, as where q is met exactly
    return k - 1 if k > 0 and bdtr(k - 1, n, p) >= q * (1 - 1e-10) else k
