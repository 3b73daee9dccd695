"""Why an interval covers less, or more, than it says: what was found by looking into each case."""

from __future__ import annotations

from collections.abc import Callable

from .cover import BAND, Cover

UNKNOWN = "no reason is known: look into it"
LOW, HIGH = "low", "high"
BRIDGE = ("composition", "own: x", "own: y")
Rule = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[Cover], str]]


def _p(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.1f} %"


def _skewed(c: Cover) -> str:
    return (
        "hard: the tail is long for so few cases. The truth lies above the interval in"
        f" {_p(c.above)} and below it in"
        f" {_p(c.below)} of logs: one without long cases has a small mean and a small spread at"
        " once. Verdicts use bounds"
        " that allow for it"
    )


def _term(c: Cover) -> str:
    return (
        "hard: the linearised error of a term rests on the spread of few cases of a port, long"
        " ones mostly absent, and has"
        f" normal quantiles; the truth lies above the interval in {_p(c.above)}, below it in"
        f" {_p(c.below)} of logs"
    )


def _product(c: Cover) -> str:
    return (
        "careful: composition is a product of two uncertain things, how the mix moved and how far"
        " the ports lie apart. Around"
        " zero such a product is peaked, and its error is large just where the term lies far out"
    )


def _order(c: Cover) -> str:
    if c.one_sided:
        return (
            f"careful: so few cases have no order statistic far enough out: in {_p(c.one_sided)}"
            " of logs the upper bound is"
            " left open, and only the lower one can miss"
        )
    return "careful: bounds are whole ranks, the first whose chance is at least the level"


def _ties(c: Cover) -> str:
    return (
        "careful: many cases share the day that is the percentile. Order-statistic intervals hold"
        " with at least their level"
        " for any distribution, and with ties the bounds themselves are often that day"
    )


def _alike(c: Cover) -> str:
    return (
        "wrong use: cases of an enterprise are alike, and the interval counts them as"
        " independent; values of logs spread by"
        f" {c.spread:.3g}, the interval allows for {c.width / 3.92:.3g}. Ask with cluster="
    )


def _few_clusters(c: Cover) -> str:
    return (
        "hard: the terms of few enterprises have normal quantiles, which know nothing of how few"
        " they are: values spread by"
        f" {c.spread:.3g}, the interval allows for {c.width / 3.92:.3g}"
    )


def _slow_clusters(c: Cover) -> str:
    return (
        "hard: long durations come from a few slow enterprises, and where these are missing value"
        " and spread are small at"
        f" once: the truth lies above the interval in {_p(c.above)} and below it in {_p(c.below)}"
        " of logs"
    )


def _far_out(c: Cover) -> str:
    return (
        "careful: the time lies near the end of what was observed, where few are at risk; in"
        f" {_p(c.one_sided)} of logs the"
        " upper bound is left open, and only the lower one can miss"
    )


def _at_risk(c: Cover) -> str:
    return (
        "hard: hardly a case is at risk as late as the limit (the note says how many), the answer"
        " is refused in"
        f" {_p(1 - c.told)} of logs, and Greenwood's error knows only the ends that were seen"
    )


def _band(c: Cover) -> str:
    return (
        "careful: the log-log band is wide where few are at risk; logs whose last observation is"
        " earlier are refused"
        f" ({_p(1 - c.told)})"
    )


RULES: tuple[Rule, ...] = (
    (
        LOW,
        ("heavy", "heavy-large", "heavy-small", "small", "mix-small", "ties-small"),
        ("mean",),
        _skewed,
    ),
    (
        LOW,
        ("heavy", "heavy-large", "heavy-small", "small", "mix-small", "ties-small"),
        BRIDGE,
        _term,
    ),
    (
        HIGH,
        ("heavy", "heavy-small", "small", "mix-small", "ties-small"),
        ("composition",),
        _product,
    ),
    (HIGH, ("small", "heavy-small", "mix-small"), ("median", "p90"), _order),
    (HIGH, ("ties", "ties-small"), ("median", "p90"), _ties),
    (
        LOW,
        ("clusters-ignored",),
        ("mean", "median", "p90", "within:48", "restricted_mean:72"),
        _alike,
    ),
    (LOW, ("clusters", "clusters-few"), ("mean", "p90"), _slow_clusters),
    (LOW, ("clusters-few",), BRIDGE, _few_clusters),
    (HIGH, ("open-40", "open-40-small"), ("p90",), _far_out),
    (LOW, ("open-40-small",), ("restricted_mean:72",), _at_risk),
    (HIGH, ("open-40-small",), ("within:48",), _band),
)


def why(found: Cover) -> str:
    """The reason for a coverage outside the band."""
    side = LOW if found.coverage < BAND[0] else HIGH
    for which, scenarios, statistics, said in RULES:
        if which == side and found.scenario in scenarios and found.statistic in statistics:
            return said(found)
    return UNKNOWN
