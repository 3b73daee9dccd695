"""Errors of regressions on months that are not independent of each other; distances are calendar
months.
"""

from __future__ import annotations

import numpy as np

# autocorrelation above which a series of some dozen months is not told from a wandering one
MOST = 0.95


def newey_west(scores: np.ndarray, bread: np.ndarray, months: np.ndarray, lag: int) -> np.ndarray:
    """Sandwich with Bartlett weights 1 - d / (lag + 1) on pairs d calendar months apart, times n /
    (n - k).

    Newey and West (1987); missing months count as zero scores (Parzen 1963's amplitude modulation).

    >>> import numpy as np
    >>> x = np.ones((4, 1))
    >>> newey_west(x * [[1], [-1], [1], [-1]], np.array([[1 / 4]]), np.arange(4), 1).round(6).item()
    0.083333
    """
    apart = np.abs(months[:, None] - months[None, :])
    weights = np.clip(1 - apart / (lag + 1), 0, None)
    n, k = scores.shape
    return bread @ (scores.T @ weights @ scores) @ bread * n / (n - k)


def serial(residuals: np.ndarray, months: np.ndarray) -> tuple[float, float]:
    """Durbin and Watson's (1950) statistic and the lag-1 autocorrelation, over neighbouring months.

    >>> import numpy as np
    >>> serial(np.array([1.0, -1.0, 1.0, -1.0]), np.arange(4))
    (3.0, -0.75)
    """
    next_to = np.diff(months) == 1
    whole = float((residuals**2).sum())
    if whole == 0:
        return float("nan"), float("nan")
    steps = ((residuals[1:] - residuals[:-1]) ** 2)[next_to].sum()
    return float(steps / whole), float((residuals[1:] * residuals[:-1])[next_to].sum() / whole)


def first_order(
    residuals: np.ndarray, matrix: np.ndarray, bread: np.ndarray, months: np.ndarray
) -> tuple[float, np.ndarray]:
    """Autocorrelation rho >= 0 between neighbouring months, its bias removed, and the covariance
    that it makes.

    Residuals of a fitted series look less correlated than its noise. rho is the value at which the
    expected lag-1 autocorrelation of residuals, tr(A M R M) / tr(M R), is the one seen; M makes
    residuals of noise, R is rho to the power of the distance, A joins neighbours. The covariance is
    B Z'R Z B s^2 with s^2 = e'e / tr(M R), Z the (weighted) `matrix`. Turner et al. (2021) compare
    such errors at the length of monthly series.

    >>> import numpy as np
    >>> x, months = np.ones((40, 1)), np.arange(40)
    >>> noise = np.repeat([1.0, -1.0], 20)
    >>> rho, covariance = first_order(noise, x, np.array([[1 / 40]]), months)
    >>> rho, bool(covariance[0, 0] > 10 / 40)
    (0.95, True)
    """
    apart = np.abs(months[:, None] - months[None, :]).astype("float64")
    remover = np.eye(len(months)) - matrix @ bread @ matrix.T
    joins = remover @ (0.5 * (apart == 1)) @ remover
    seen = serial(residuals, months)[1]

    def expected(rho: float) -> float:
        like = rho**apart
        return float((joins * like).sum() / (remover * like).sum())

    low, high = 0.0, MOST
    if not seen > expected(low):
        rho = 0.0
    elif seen >= expected(high):
        rho = MOST
    else:
        for _ in range(40):
            rho = (low + high) / 2
            low, high = (rho, high) if expected(rho) < seen else (low, rho)
    like = rho**apart
    scale = (residuals**2).sum() / (remover * like).sum()
    return rho, bread @ (matrix.T @ like @ matrix) @ bread * scale
