"""How long cases were watched, and whether the log can say anything of durations at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .reasons import Reason
from .sample import Estimate, Sample, kept
from .survival import BEYOND, Curve, gap_of, kaplan_meier, km_quantile, steps

EXPECTED = 5  # cases that ought to be there: with none seen, chance has exp(-5) = 0.7 %


def reverse_kaplan_meier(sample: Sample, level: float = 0.95) -> Curve:
    """The share of cases that would still be watched after each time, had none ended.

    Schemper and Smith (1996): open cases are the events, ended ones leave. At a tie ends come
    first, as in Kaplan-Meier, so that cases ended at a time are not at risk of being cut off at it.

    >>> found = reverse_kaplan_meier(Sample.of([9, 13, 13, 18], [1, 1, 0, 0], [1, 1, 1, 1]))
    >>> found.survival.tolist()
    [0.5, 0.0]
    """
    step = sample.open > 0
    at_risk = (sample.at_risk() - sample.any_end)[step]
    last = float(sample.units[-1]) if sample.n else float("nan")
    return steps(sample.units[step], sample.open[step], at_risk, last, level, gap=gap_of(sample))


@kept
def follow_up(sample: Sample, level: float = 0.95) -> Estimate:
    """Median time of observation in units, by reverse Kaplan-Meier; none where every case was
    watched to its end.

    >>> follow_up(Sample.of([9, 13, 13, 18], [1, 1, 0, 0], [1, 1, 1, 1])).value
    13.0
    """
    if not sample.n:
        return Estimate.refused(Reason("no_cases"))
    if not sample.n_open:
        return Estimate.refused(Reason("all_watched"))
    found = km_quantile(reverse_kaplan_meier(sample, level), 0.5)
    if found.reasons == (BEYOND,):
        last = round(float(sample.units[-1]), 1)
        return Estimate(None, found.low, None, (Reason("watched_beyond", last=last),))
    how = found.reasons if found.value is None else (Reason("reverse_kaplan_meier"),)
    return Estimate(found.value, found.low, found.high, how)


def expected_open(sample: Sample, ages: ArrayLike, counts: ArrayLike) -> float:
    """How many of the cases begun so many units ago (`ages`, `counts`) ought to be open still.

    The sum of S(age), S being Kaplan-Meier's; beyond the last observation S is taken as it stood
    there.

    >>> expected_open(Sample.of([2, 4], [1, 1], [50, 50]), [1, 3, 9], [10, 10, 80])
    15.0
    """
    curve = kaplan_meier(sample)
    levels = np.concatenate([[1.0], curve.survival])[
        np.searchsorted(curve.times, ages, side="right")
    ]
    return float((levels * np.asarray(counts)).sum())


def only_finished(sample: Sample, ages: ArrayLike, counts: ArrayLike) -> tuple[Reason, ...]:
    """A warning where open cases seem to be missing (right truncation), else none.

    Given when at least five cases ought to be open and not a tenth of them is. A log without its
    open cases makes durations look short, the more so the later the cases began. Only finished
    cases being known, S is too low, and the number expected with it: the warning comes late rather
    than wrongly.

    >>> only_finished(Sample.of([2, 4], [1, 1], [50, 50]), [1, 3, 9], [10, 10, 80])
    (Reason('only_finished', expected=15.0, n=0),)
    """
    expected = expected_open(sample, ages, counts) if sample.n else 0.0
    if expected < EXPECTED or sample.n_open > expected / 10:
        return ()
    return (Reason("only_finished", expected=expected, n=sample.n_open),)


def snapshot(sample: Sample, ages: ArrayLike, counts: ArrayLike) -> bool:
    """Whether cases that were all under way at one instant are a snapshot, given their ages at that
    instant.

    So they are if, of cases begun so long before it, at least five ought to have ended by then.
    Cases drawn by their start within a short time are not: few of them could have ended. A snapshot
    over-represents long cases (mean E[T^2] / E[T]; Cox 1969), and its own curve being too long
    makes this test careful.

    >>> snapshot(Sample.of([2, 4], [1, 1], [50, 50]), [1, 3], [50, 50])
    True
    >>> snapshot(Sample.of([2, 4], [1, 1], [50, 50]), [0, 1], [50, 50])
    False
    """
    return bool(
        sample.n
        and float(np.asarray(counts).sum()) - expected_open(sample, ages, counts) >= EXPECTED
    )
