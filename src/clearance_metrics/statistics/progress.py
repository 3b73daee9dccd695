"""How far along the way to a target: distance travelled, and whether the pace so far would arrive
in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .distributions import normal_reach
from .reasons import Reason
from .sample import Estimate

# Open SDG's bands for the ratio of the pace so far to the pace needed, as codes
BANDS = ((0.95, "pace.on_track"), (0.60, "pace.needs_acceleration"), (0.0, "pace.limited"))
WORSE, REACHED, UNTOLD = "pace.deterioration", "pace.reached", "pace.cannot_tell"


def distance_travelled(
    baseline: Estimate, now: Estimate, target: float, level: float = 0.95, *, lower_is_better: bool
) -> Estimate:
    """Share of the way from the baseline to the target that lies behind: (b - x) / (b - h); above 1
    it is passed.

    Interval by Fieller (1954) from both means' half widths; without one where the baseline is not
    clearly off the target. Refused where the baseline already stood at the target or beyond, since
    there was no way to go.

    >>> was, now = Estimate(10, 9.8, 10.2), Estimate(7, 6.9, 7.1)
    >>> found = distance_travelled(was, now, 6, lower_is_better=True)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.75, 0.721, 0.777)
    >>> distance_travelled(Estimate(5), Estimate(7), 6, lower_is_better=True).reasons
    (Reason('baseline_at_target'),)
    """
    if (
        None in (baseline.value, now.value)
        or not np.isfinite([baseline.value, now.value, target]).all()
    ):
        return Estimate.refused(Reason("no_value_on_a_side"))
    way, left = baseline.value - target, now.value - target
    if (way <= 0) if lower_is_better else (way >= 0):
        return Estimate.refused(Reason("baseline_at_target"))
    share = 1 - left / way
    if None in (baseline.low, baseline.high, now.low, now.high):
        return Estimate(float(share), reasons=(Reason("no_interval_on_a_side"),))
    z = normal_reach(level)
    errors = [(e.high - e.low) / 2 / z for e in (baseline, now)]
    # the share left q solves (left - q way)^2 = z^2 (now^2 + q^2 baseline^2)
    a = way**2 - (z * errors[0]) ** 2
    if a <= 0:
        return Estimate(float(share), reasons=(Reason("baseline_near_target"),))
    middle, last = left * way, left**2 - (z * errors[1]) ** 2
    spread = np.sqrt(max(middle**2 - a * last, 0.0))
    low, high = 1 - (middle + spread) / a, 1 - (middle - spread) / a
    return Estimate(float(share), float(low), float(high), (Reason("fieller"),))


@dataclass(frozen=True)
class Pace:
    """The yearly growth so far over the growth that would reach the target in time, and the code of
    Open SDG's word for it.
    """

    ratio: float | None
    band: str
    reasons: tuple[Reason, ...] = ()


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
    'pace.needs_acceleration'
    >>> pace(10, 6.5, 7, years=1, years_due=2, lower_is_better=True).band
    'pace.reached'
    """
    if not np.isfinite([baseline, now, target, years, years_due]).all():
        return Pace(None, UNTOLD, (Reason("not_a_number"),))
    if (now <= target) if lower_is_better else (now >= target):
        return Pace(None, REACHED)
    if min(baseline, now, target) <= 0 or years <= 0 or years_due <= 0:
        return Pace(None, UNTOLD, (Reason("no_growth"),))
    direction = -1 if lower_is_better else 1
    so_far = (now / baseline) ** (1 / years) - 1
    needed = (target / baseline) ** (1 / years_due) - 1
    if needed == 0:
        return Pace(None, WORSE, (Reason("baseline_at_target"),))
    ratio = direction * so_far / abs(needed)
    return Pace(float(ratio), next((band for bound, band in BANDS if ratio >= bound), WORSE))
