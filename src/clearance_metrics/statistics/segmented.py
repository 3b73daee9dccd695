"""Interrupted time series: a level and a slope before a date, and what they become after it.

Segmented regression on monthly points (Wagner et al. 2002; Lopez Bernal, Cummins and Gasparrini
2017) by statsmodels' GLM. Distances between months are calendar ones, so that months left out keep
their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .distributions import normal_reach, t_reach
from .reasons import Reason
from .sample import Estimate
from .serial import first_order, newey_west, serial

FEWEST = 8  # months a side below which neither a level nor a slope is told
SPARE = 8  # months that must be left once every term has taken one
SEASONS = 24  # months in all below which a season cannot be told from a trend
STILL = 1e-12  # movement, relative to size, that is rounding
FAMILIES = ("gaussian", "poisson", "quasipoisson")
ERRORS = ("guarded", "hac", "ar1", "model")
OWN = {  # terms of every model, beside season and covariates
    "constant": Reason("policy_model.constant"),
    "trend": Reason("policy_model.trend"),
    "level": Reason("policy_model.level"),
    "slope": Reason("policy_model.slope"),
}


@dataclass(frozen=True, eq=False)
class Segmented:
    """A fitted series. Effects are differences, or with a log link ratios; arrays hold one entry
    per month given.

    `effects`: "trend" (per month, before), "level" (step at the first month after), "slope" (change
    of trend per month), "average" (over the months after: the mean difference from, or geometric
    mean ratio to, the line carried on). `low` and `high` bound the `counterfactual` line, not
    single months. `covariances` of the coefficients: Newey and West's first, where asked for.
    `rho`: the first-order autocorrelation with its bias removed.
    """

    terms: tuple[str | Reason, ...]
    coefficients: np.ndarray
    covariances: tuple[np.ndarray, ...]
    effects: dict[str, Estimate]
    fitted: np.ndarray
    counterfactual: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ratio: bool
    n_before: int
    n_after: int
    lag: int | None
    dispersion: float
    durbin_watson: float
    lag1: float
    rho: float | None


def segmented(
    months: ArrayLike,
    values: ArrayLike,
    start: int,
    *,
    slope: bool = True,
    harmonics: int = 0,
    covariates: Mapping[str | Reason, np.ndarray] | None = None,
    family: str = "gaussian",
    link: str = "identity",
    exposure: ArrayLike | None = None,
    errors: str = "guarded",
    lag: int | None = None,
    level: float = 0.95,
) -> Segmented | Reason:
    """Fit level and slope change at month `start`.

    `months`: whole month numbers (12 * year + month - 1), ascending, gaps allowed; `values`: one
    finite number each; `exposure`: what counts are counted over. Poisson families have the log
    link. `errors`: "model" (independent months), "hac" (Newey-West, `lag` by default floor(4 (n /
    100) ^ (2 / 9))), "ar1" (first-order autocorrelation, its bias removed) or "guarded", the larger
    of the last two for each effect: Newey-West alone is too short at the length of monthly series
    (Turner et al. 2021). Gaussian intervals use t with n - k degrees, others the normal. A series
    (of rates) that never moves is refused.

    >>> import numpy as np
    >>> months = np.arange(40)
    >>> found = segmented(months, 50 - 0.5 * months - 6 * (months >= 20), 20)
    >>> round(found.effects["level"].value, 6), round(found.effects["trend"].value, 6)
    (-6.0, -0.5)
    >>> segmented(months[:25], months[:25], 20).code
    'policy.few_months'
    """
    months, values = np.asarray(months, "int64"), np.asarray(values, "float64")
    after = months >= start
    n_before, n_after = int((~after).sum()), int(after.sum())
    if min(n_before, n_after) < FEWEST:
        return Reason("policy.few_months", before=n_before, after=n_after, fewest=FEWEST)
    if harmonics and len(months) < SEASONS:
        return Reason("policy.short_season", months=len(months), fewest=SEASONS)
    ratio = family != "gaussian" or link == "log"
    if ratio and ((values <= 0) if family == "gaussian" else (values < 0)).any():
        return Reason("policy.not_positive")
    rates = values if exposure is None else values / np.asarray(exposure, "float64")
    if np.ptp(rates) <= STILL * np.abs(rates).max():
        return Reason("policy.still", months=len(months))
    terms, matrix = _terms(months, start, slope, harmonics, covariates or {})
    n, k = matrix.shape
    if n - k < SPARE:
        return Reason("policy.few_spare", months=n, terms=k, fewest=SPARE)
    if np.linalg.matrix_rank(matrix / np.maximum(np.abs(matrix).max(axis=0), 1e-300)) < k:
        return Reason("policy.entangled", terms=tuple(map(named, terms)))
    fit = _fit(matrix, values, family, ratio, exposure)
    if fit is None:
        return Reason("policy.no_fit")
    mu, coefficients = fit
    variance = mu if family != "gaussian" else np.ones(n)
    gradient = mu if ratio else np.ones(n)
    pearson = (values - mu) / np.sqrt(variance)
    dispersion = 1.0 if family == "poisson" else float((pearson**2).sum() / (n - k))
    bread = np.linalg.inv((matrix * (gradient**2 / variance)[:, None]).T @ matrix)
    weighed = matrix * (gradient / np.sqrt(variance))[:, None]
    lag = (
        (int(4 * (n / 100) ** (2 / 9)) if lag is None else lag)
        if errors in ("hac", "guarded")
        else None
    )
    rho, found = None, []
    if errors == "model":
        found.append(bread * dispersion)
    if lag is not None:
        found.append(newey_west(weighed * pearson[:, None], bread, months, lag))
    if errors in ("ar1", "guarded"):
        rho, covariance = first_order(pearson, weighed, bread, months)
        found.append(covariance)
    q = t_reach(level, n - k) if family == "gaussian" else normal_reach(level)

    def effect(weights: dict[str, float]) -> Estimate:
        row = np.array([weights.get(term, 0.0) for term in terms])
        centre, half = float(row @ coefficients), float(q * _error(row[None, :], found)[0])
        bounds = centre, centre - half, centre + half
        value, low, high = (float(np.exp(x)) if ratio else x for x in bounds)
        return Estimate(value, low, high)

    later = float((months[after] - start).mean())
    effects = {"trend": effect({"trend": 1}), "level": effect({"level": 1})}
    if slope:
        effects |= {"slope": effect({"slope": 1}), "average": effect({"level": 1, "slope": later})}
    plain = matrix * np.array([term not in ("level", "slope") for term in terms])
    offset = np.zeros(n) if exposure is None else np.log(np.asarray(exposure, "float64"))
    line = plain @ coefficients + offset
    half = q * _error(plain, found)
    lines = (np.exp(x) if ratio else x for x in (line, line - half, line + half))
    counterfactual, low, high = lines
    watson, lag1 = serial(pearson, months)
    return Segmented(
        terms,
        coefficients,
        tuple(found),
        effects,
        mu,
        counterfactual,
        low,
        high,
        ratio,
        n_before,
        n_after,
        lag,
        dispersion,
        watson,
        lag1,
        rho,
    )


def _error(rows: np.ndarray, covariances: list[np.ndarray]) -> np.ndarray:
    """Standard error of each row's sum of coefficients: the largest by any of the covariances."""
    return np.sqrt(
        np.max([np.einsum("ij,jk,ik->i", rows, c, rows) for c in covariances], axis=0).clip(0)
    )


def _terms(
    months: np.ndarray,
    start: int,
    slope: bool,
    harmonics: int,
    covariates: Mapping[Any, np.ndarray],
) -> tuple[tuple, np.ndarray]:
    after = (months >= start).astype("float64")
    columns = {
        "constant": np.ones(len(months)),
        "trend": (months - months[0]).astype("float64"),
        "level": after,
    }
    if slope:
        columns["slope"] = after * (months - start)
    for pair in range(1, harmonics + 1):
        # a calendar year is one turn, whatever month the series begins with
        angle = 2 * np.pi * pair * (months % 12 + 1) / 12
        columns |= {f"sine {pair}": np.sin(angle), f"cosine {pair}": np.cos(angle)}
    columns |= {name: np.asarray(x, "float64") for name, x in covariates.items()}
    return tuple(columns), np.column_stack(list(columns.values()))


def named(term: str | Reason) -> str | Reason:
    """A term as it is told; covariates are called as the caller calls them.

    >>> named("sine 2"), named("berths")
    (Reason('policy_model.sine', pair=2), 'berths')
    """
    if isinstance(term, Reason):
        return term
    wave, _, pair = term.partition(" ")
    if wave == "sine" and pair.isdigit():
        return Reason("policy_model.sine", pair=int(pair))
    if wave == "cosine" and pair.isdigit():
        return Reason("policy_model.cosine", pair=int(pair))
    return OWN.get(term, term)


def _fit(
    matrix: np.ndarray, values: np.ndarray, family: str, ratio: bool, exposure: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray] | None:
    """Fitted means and coefficients, or None where the iteration finds no end."""
    import warnings

    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    link = families.links.Log() if ratio else families.links.Identity()
    kind = families.Gaussian(link) if family == "gaussian" else families.Poisson(link)
    with warnings.catch_warnings():
        # no convergence is answered below; a series without noise is no mistake
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        result = GLM(values, matrix, family=kind, exposure=exposure).fit(maxiter=200, tol=1e-10)
    good = result.converged and np.isfinite(result.params).all()
    return (np.asarray(result.fittedvalues), np.asarray(result.params)) if good else None


def placebo_dates(
    months: ArrayLike, values: ArrayLike, start: int, **options: Any
) -> list[tuple[int, Segmented]] | Reason:
    """The same model at every date that can be tried with the months before `start` alone.

    Options as for `segmented`; a false date needs as many months a side as a true one.
    """
    months, values = np.asarray(months, "int64"), np.asarray(values, "float64")
    before = months < start
    if before.sum() < 2 * FEWEST:
        return Reason("policy.no_placebo", before=int(before.sum()), fewest=2 * FEWEST)
    covariates = {
        name: np.asarray(x)[before] for name, x in (options.pop("covariates", None) or {}).items()
    }
    exposure = options.pop("exposure", None)
    exposure = None if exposure is None else np.asarray(exposure)[before]
    tried, why = [], None
    for month in months[before][FEWEST : -FEWEST + 1 or None]:
        found = segmented(
            months[before],
            values[before],
            int(month),
            covariates=covariates,
            exposure=exposure,
            **options,
        )
        if isinstance(found, Reason):
            why = found
        else:
            tried.append((int(month), found))
    return tried if tried else why
