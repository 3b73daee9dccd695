"""The names of the statistics that `measure` knows."""

from __future__ import annotations

from math import isfinite
from numbers import Real

from ..errors import LogError, closest

CENSORED = ("incidence:24", "time_lost:168", "follow_up")  # of clocks only
NAMES = (
    "n",
    "open",
    "mean",
    "sd",
    "median",
    "p90",
    "min",
    "max",
    "sum",
    "share",
    "within:24",
    "restricted_mean",
    "restricted_mean:168",
    "survival",
    "survival:24",
    "count_above:0",
    "share_above:0",
    "median:midpoint",
    "buffer_index",
    "planning_ratio",
    "geometric_mean",
    "mean_without_top:1",
    *CENSORED,
)
HEADS = frozenset(name.partition(":")[0] for name in NAMES)


def check_statistic(name: str, signed: bool = False) -> None:
    """LogError where a name is none, or its limit makes no sense; means up to zero or below need a
    `signed` clock.

    >>> check_statistic("p90:midpoint")
    >>> check_statistic("within")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: unknown statistic 'within'
      where: statistics
      do: write 'within:24' instead of 'within'; known: buffer_index, count_above:0, follow_up, geometric_mean, incidence:24, max, mean, mean_without_top:1, median, median:midpoint, min, n, open, p90, planning_ratio, restricted_mean, restricted_mean:168, sd, share, share_above:0, sum, survival, survival:24, time_lost:168, within:24
    """
    if not isinstance(name, str):
        raise LogError(f"{name!r} is no name of a statistic", "statistics", 'write "median"')
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
    if good and limit and head in ("restricted_mean", "time_lost") and not signed:
        check_tau(float(limit))
    if good and head == "mean_without_top" and not 0 <= float(limit) < 100:
        raise LogError(
            f"{name!r}: no share of the cases", "statistics", "write per cent from 0 to under 100"
        )
    if not good:
        raise LogError(f"unknown statistic {name!r}", "statistics", closest(name, NAMES))


def check_level(level: object, above: float = 0) -> None:
    """LogError where a level of confidence is not between `above` and 1.

    >>> check_level(0.95)
    """
    if isinstance(level, bool) or not isinstance(level, Real) or not above < level < 1:
        raise LogError(f"level {level!r} is not between {above:g} and 1", "level", "write 0.95")


def check_number(value: object, name: str) -> None:
    """LogError where an argument is no finite number.

    >>> check_number("24", "within")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: within='24' is no number
      where: within
      do: write a number such as 24
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise LogError(f"{name}={value!r} is no number", name, "write a number such as 24")


def check_groups(by: tuple[str, ...]) -> None:
    """LogError where a group column is named twice."""
    if len(set(by)) < len(by):
        raise LogError(f"a group column stands twice in {', '.join(by)}", "by", "name each once")


def check_tau(tau: float, signed: bool = False) -> None:
    """LogError where times cannot be cut at `tau` units.

    >>> check_tau(168), check_tau(-5, signed=True)
    (None, None)
    """
    if isinstance(tau, bool) or not isinstance(tau, int | float) or not isfinite(tau):
        raise LogError(f"tau {tau!r} is not a number of units", "tau", "write 168")
    if tau <= 0 and not signed:
        raise LogError(
            f"tau {tau:g} is not above zero, and the clock cannot be below it", "tau", "write 168"
        )


def _number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
