"""Statistics on tallies: NumPy and SciPy, no frames, no engine, no policy."""

from .bootstrap import bootstrap, mean_of, quantile_of, share_of
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
from .disclosure import withheld_groups
from .reliability import buffer_index, geometric_mean, mean_without_top, planning_ratio
from .sample import Estimate, Sample
from .survival import BEYOND, Curve, kaplan_meier, km_quantile, km_share_within, restricted_mean, survival_at

__all__ = [
    "BEYOND",
    "Curve",
    "Estimate",
    "Sample",
    "bootstrap",
    "buffer_index",
    "clustered_mean",
    "difference_of_means",
    "difference_of_shares",
    "extreme",
    "geometric_mean",
    "kaplan_meier",
    "km_quantile",
    "km_share_within",
    "mean",
    "mean_of",
    "mean_without_top",
    "planning_ratio",
    "quantile",
    "quantile_of",
    "ratio_mean",
    "restricted_mean",
    "share_of",
    "share_within",
    "standard_deviation",
    "survival_at",
    "wilson",
    "withheld_groups",
]
