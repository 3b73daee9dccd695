"""Statistics on tallies: NumPy and SciPy, no frames, no engine, no policy."""

from .bootstrap import bootstrap, mean_of, quantile_of, share_of
from .contrast import (
    WEIGHTS,
    Difference,
    LogRank,
    common_tau,
    log_rank,
    restricted_mean_difference,
    stratified_difference,
)
from .describe import (
    about,
    clustered_mean,
    difference_of_means,
    difference_of_shares,
    extreme,
    mean,
    quantile,
    ratio_mean,
    share_within,
    standard_deviation,
    unfinished,
    wilson,
)
from .disclosure import withheld_groups
from .followup import expected_open, follow_up, only_finished, reverse_kaplan_meier, snapshot
from .incidence import Incidence, aalen_johansen, incidence_at, incidence_quantile, time_lost
from .reliability import buffer_index, geometric_mean, mean_without_top, planning_ratio
from .sample import FROM_START, Estimate, Sample
from .survival import BEYOND, Curve, kaplan_meier, km_quantile, km_share_within, restricted_mean, survival_at

__all__ = [
    "BEYOND",
    "FROM_START",
    "WEIGHTS",
    "Curve",
    "Difference",
    "Estimate",
    "Incidence",
    "LogRank",
    "Sample",
    "bootstrap",
    "buffer_index",
    "aalen_johansen",
    "about",
    "clustered_mean",
    "common_tau",
    "difference_of_means",
    "difference_of_shares",
    "expected_open",
    "extreme",
    "geometric_mean",
    "follow_up",
    "incidence_at",
    "incidence_quantile",
    "kaplan_meier",
    "km_quantile",
    "km_share_within",
    "log_rank",
    "mean",
    "mean_of",
    "mean_without_top",
    "planning_ratio",
    "only_finished",
    "quantile",
    "quantile_of",
    "ratio_mean",
    "restricted_mean",
    "share_of",
    "restricted_mean_difference",
    "reverse_kaplan_meier",
    "share_within",
    "snapshot",
    "standard_deviation",
    "stratified_difference",
    "survival_at",
    "time_lost",
    "unfinished",
    "wilson",
    "withheld_groups",
]
