"""Statistics on tallies: NumPy and SciPy, no frames, no engine, no policy."""

from .describe import (
    clustered_mean,
    difference_of_means,
    difference_of_shares,
    extreme,
    mean,
    quantile,
    ratio_mean,
    share_within,
    standard_deviation,
    wilson,
)
from .sample import Estimate, Sample
from .survival import BEYOND, Curve, kaplan_meier, km_quantile, km_share_within, restricted_mean, survival_at

__all__ = [
    "BEYOND",
    "Curve",
    "Estimate",
    "Sample",
    "clustered_mean",
    "difference_of_means",
    "difference_of_shares",
    "extreme",
    "kaplan_meier",
    "km_quantile",
    "km_share_within",
    "mean",
    "quantile",
    "ratio_mean",
    "restricted_mean",
    "share_within",
    "standard_deviation",
    "survival_at",
    "wilson",
]
