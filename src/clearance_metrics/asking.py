"""The names of the statistics that `measure` knows."""

from __future__ import annotations

from math import isfinite

from .censored import NAMES as CENSORED
from .errors import LogError, closest

NAMES = (
    "n", "open", "mean", "sd", "median", "p90", "min", "max", "sum", "share", "within:24", "restricted_mean",
    "restricted_mean:168", "survival", "survival:24", "count_above:0", "share_above:0", "median:midpoint",
    "buffer_index", "planning_ratio", "geometric_mean", "mean_without_top:1", *CENSORED,
)  # fmt: skip
HEADS = frozenset(name.partition(":")[0] for name in NAMES)


def check_statistic(name: str) -> None:
    """LogError where a name is none.

    >>> check_statistic("p90:midpoint")
    >>> check_statistic("within")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: unknown statistic 'within'
      where: statistics
      do: write 'within:24' instead of 'within'; known: buffer_index, count_above:0, follow_up, geometric_mean, incidence:24, max, mean, mean_without_top:1, median, median:midpoint, min, n, open, p90, planning_ratio, restricted_mean, restricted_mean:168, sd, share, share_above:0, sum, survival, survival:24, time_lost:168, within:24
    """  # noqa: E501
    head, _, limit = name.partition(":")
    good = head in HEADS
    percentile = head[:1] == "p" and head[1:].replace(".", "", 1).isdigit()
    if percentile:
        good = 0 < float(head[1:]) < 100
    if percentile or head == "median":
        good = good and limit in ("", "midpoint")
    elif head in ("within", "count_above", "share_above", "incidence", "mean_without_top"):
        good = _number(limit)
    elif limit:
        good = good and head in ("restricted_mean", "survival", "time_lost") and _number(limit)
    if not good:
        raise LogError(f"unknown statistic {name!r}", "statistics", closest(name, NAMES))


def _number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
