"""Statistics on tallies: NumPy and SciPy, no frames, no engine, no policy."""

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
from .followup import expected_open, follow_up, only_finished, reverse_kaplan_meier, snapshot
from .incidence import Incidence, aalen_johansen, incidence_at, incidence_quantile, time_lost
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
    "aalen_johansen",
    "clustered_mean",
    "common_tau",
    "difference_of_means",
    "difference_of_shares",
    "expected_open",
    "extreme",
    "follow_up",
    "incidence_at",
    "incidence_quantile",
    "kaplan_meier",
    "km_quantile",
    "km_share_within",
    "log_rank",
    "mean",
    "only_finished",
    "quantile",
    "ratio_mean",
    "restricted_mean",
    "restricted_mean_difference",
    "reverse_kaplan_meier",
    "share_within",
    "snapshot",
    "standard_deviation",
    "stratified_difference",
    "survival_at",
    "time_lost",
    "wilson",
]
