"""How far along the way to a target: distance travelled, and whether the pace so far would arrive
in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .distributions import normal_reach
from .sample import Estimate

# Open SDG's bands for the ratio of the pace so far to the pace needed
BANDS = (
    (0.95, "on track"),
    (0.60, "progress made, acceleration needed"),
    (0.0, "limited progress"),
)
WORSE, REACHED = "deterioration", "target reached"


def distance_travelled(
    baseline: Estimate, now: Estimate, target: float, level: float = 0.95, *, lower_is_better: bool
) -> Estimate:
    """Share of the way from the baseline to the target that lies behind: (b - x) / (b - h); above 1
    it is passed.

    Interval by Fieller (1954) from both means' half widths; without one where the baseline is not
    clearly off the target. Refused where the baseline already stood at the target or beyond, since
    there was no way to go.

    >>> found = distance_travelled(Estimate(10, 9.8, 10.2), Estimate(7, 6.9, 7.1), 6, lower_is_better=True)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.75, 0.721, 0.777)
    >>> distance_travelled(Estimate(5), Estimate(7), 6, lower_is_better=True).note
    'the baseline already stood at the target or beyond'
    """
    if (
        None in (baseline.value, now.value)
        or not np.isfinite([baseline.value, now.value, target]).all()
    ):
        return Estimate(None, note="no value on one side")
    way, left = baseline.value - target, now.value - target
    if (way <= 0) if lower_is_better else (way >= 0):
        return Estimate(None, note="the baseline already stood at the target or beyond")
    share = 1 - left / way
    if None in (baseline.low, baseline.high, now.low, now.high):
        return Estimate(float(share), note="no interval on one side")
    z = normal_reach(level)
    errors = [(e.high - e.low) / 2 / z for e in (baseline, now)]
    # the share left q solves (left - q way)^2 = z^2 (now^2 + q^2 baseline^2)
    a = way**2 - (z * errors[0]) ** 2
    if a <= 0:
        return Estimate(float(share), note="the baseline is not clearly off the target")
    middle, last = left * way, left**2 - (z * errors[1]) ** 2
    spread = np.sqrt(max(middle**2 - a * last, 0.0))
    low, high = 1 - (middle + spread) / a, 1 - (middle - spread) / a
    return Estimate(float(share), float(low), float(high), "Fieller")


@dataclass(frozen=True)
class Pace:
    """The yearly growth so far over the growth that would reach the target in time, and Open SDG's
    word for it.
    """

    ratio: float | None
    band: str
    note: str = ""


def pace(
    baseline: float,
    now: float,
    target: float,
    years: float,
    years_due: float,
    lower_is_better: bool,
) -> Pace:
    """Whether the pace since the baseline reaches the target by its date, `years` and `years_due`
    after the baseline.

    Growth is compounded yearly. Bands: 95 % of the needed pace or more is on track, 60 % calls for
    acceleration, less is limited, backwards is deterioration. Source: Open SDG, progress
    measurement methodology (Statistics Canada).

    >>> pace(10, 9, 7, years=1, years_due=2, lower_is_better=True).band
    'progress made, acceleration needed'
    >>> pace(10, 6.5, 7, years=1, years_due=2, lower_is_better=True).band
    'target reached'
    """
    if not np.isfinite([baseline, now, target, years, years_due]).all():
        return Pace(None, "cannot tell", "a level or a time is no number")
    if (now <= target) if lower_is_better else (now >= target):
        return Pace(None, REACHED)
    if min(baseline, now, target) <= 0 or years <= 0 or years_due <= 0:
        return Pace(None, "cannot tell", "growth needs positive levels and time that has passed")
    direction = -1 if lower_is_better else 1
    so_far = (now / baseline) ** (1 / years) - 1
    needed = (target / baseline) ** (1 / years_due) - 1
    if needed == 0:
        return Pace(None, WORSE, "the baseline stood at the target")
    ratio = direction * so_far / abs(needed)
    return Pace(float(ratio), next((word for bound, word in BANDS if ratio >= bound), WORSE))
