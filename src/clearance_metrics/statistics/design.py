"""Sample studies: how many cases to take, and what a stratified sample of a population says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .distributions import normal_reach, t_reach
from .reasons import Reason
from .sample import Estimate, Sample


def sample_size(
    sd: float,
    error: float,
    *,
    level: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
) -> int:
    """Cases needed for a mean known to +- `error`: n0 = deff (z s / E)^2, n = n0 / (1 + (n0 - 1) /
    N).

    Source: Cochran (1977), 4.6 and 4.7. ValueError for a spread, error or population that is not
    positive.

    >>> sample_size(60, 5), sample_size(60, 5, population=5000)
    (554, 499)
    """
    if (
        sd <= 0
        or error <= 0
        or design_effect <= 0
        or (population is not None and population < 1)
        or not 0 < level < 1
    ):
        raise ValueError(
            "spread, error, design effect and population are positive, the level between 0 and 1"
        )
    first = design_effect * (normal_reach(level) * sd / error) ** 2
    whole = first if population is None else first / (1 + (first - 1) / population)
    return int(np.ceil(round(whole, 9)))


def stratified_mean(
    strata: Sequence[tuple[int, float, float, int]], level: float = 0.95
) -> Estimate:
    """Mean of a finite population from a random sample in each stratum: sum W_h ybar_h.

    `strata` holds (n_h, ybar_h, s_h^2, N_h): cases taken, their mean and variance, cases there are.
    Variance: sum W_h^2 (1 - n_h/N_h) s_h^2 / n_h, t interval with n - H degrees of freedom; a
    stratum taken whole adds none. Source: Cochran (1977), 5.3 to 5.5. ValueError if a stratum holds
    fewer cases than were taken.

    >>> found = stratified_mean([(10, 20.0, 25.0, 100), (20, 60.0, 100.0, 400)])
    >>> round(found.value, 2), round((found.high - found.low) / 2, 4)
    (52.0, 3.624)
    """
    if not len(strata):
        return Estimate.refused(Reason("no_cases"))
    n, mean, variance, there = np.asarray(strata, "float64").T
    if (there < n).any() or (there < 1).any():
        raise ValueError("a stratum holds at least the cases that were taken from it")
    if (n < 1).any():
        return Estimate.refused(Reason("empty_stratum"))
    weight = there / there.sum()
    value = float((weight * mean).sum())
    part = n < there
    if (n[part] < 2).any():
        return Estimate(value, reasons=(Reason("stratum_of_one"),))
    error = np.sqrt(
        (weight[part] ** 2 * (1 - n[part] / there[part]) * variance[part] / n[part]).sum()
    )
    free = n.sum() - len(n)
    half = float(t_reach(level, free) * error) if part.any() else 0.0
    return Estimate(value, value - half, value + half, (Reason("strata", n=len(n)),))


def stratum(sample: Sample, population: int) -> tuple[int, float, float, int]:
    """One stratum of `stratified_mean` from a closed sample and the number of cases there are.

    >>> stratum(Sample.of([1, 3], [1, 1], [1, 1]), 10)
    (2, 2.0, 2.0, 10)
    """
    if sample.n_open:
        raise ValueError("a stratum with open cases has no mean")
    mean = float((sample.units * sample.ended).sum() / sample.n) if sample.n else 0.0
    squares = float(((sample.units - mean) ** 2 * sample.ended).sum())
    return sample.n, mean, squares / max(sample.n - 1, 1), population
