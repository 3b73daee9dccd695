"""The only rule of "met": how bounds become a verdict, how a change becomes a direction."""

from __future__ import annotations

from math import inf

from ..analysis.estimates import estimate
from ..domain.ends import ENOUGH
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..domain.verdicts import Verdict
from ..engine.cells import Cell
from ..statistics import Estimate, Sample
from ..statistics.reasons import Reason
from ..statistics.skewed import mean_bounds


def decide(
    bounds: Estimate,
    n: int,
    target: float,
    rule: str,
    *,
    counted: bool = False,
    enough: int = ENOUGH,
) -> Verdict:
    """Whether a figure keeps a rule ("at_most" or "at_least" the target).

    `bounds` are one-sided, each at the level asked for: met where the bound on the target's far
    side keeps the rule, not met where the other one breaks it, and what no bound decides cannot be
    told. A bound that does not exist decides nothing. What is `counted` (a share that must be all,
    violations that must be none) leaves no room for an interval: one exception breaks it, however
    few the cases. Otherwise fewer than `enough` cases cannot tell.

    >>> bounds = Estimate(5.8, 5.6, 5.95)
    >>> decide(bounds, 400, 6, "at_most").value, decide(bounds, 29, 6, "at_most").value
    ('met', 'cannot tell')
    >>> [decide(Estimate(x), 40, 1, "at_least", counted=True).value for x in (1, 0.975)]
    ['met', 'not met']
    """
    if bounds.value is None:
        return Verdict.CANNOT_TELL
    low = -inf if bounds.low is None else bounds.low
    high = inf if bounds.high is None else bounds.high
    if counted:
        low = high = bounds.value
    if rule == "at_most":
        kept, broken = high <= target, low > target
    else:
        kept, broken = low >= target, high < target
    if n < enough and not (counted and broken):
        return Verdict.CANNOT_TELL
    return Verdict.MET if kept else Verdict.NOT_MET if broken else Verdict.CANNOT_TELL


def direction(change: Estimate, better: str) -> Verdict:
    """Improved or worse where the whole interval of a change lies on one side of zero.

    `better` is "lower" or "higher", or "nearer_zero" where the change is that of a size.

    >>> [direction(Estimate(-2, *ends), "lower").value for ends in ((-3, -1), (-5, 1))]
    ['improved', 'no clear change']
    """
    if change.value is None or change.low is None or change.high is None:
        return Verdict.CANNOT_TELL
    if change.low <= 0 <= change.high:
        return Verdict.NO_CLEAR_CHANGE
    return Verdict.IMPROVED if (change.high < 0) == (better != "higher") else Verdict.WORSE


def one_sided(metric: Metric, cell: Cell, statistic: Statistic | str, level: float) -> Estimate:
    """The statistic with a lower and an upper bound that each hold at `level`; those of a mean
    allow for its tail.
    """
    statistic = Statistic.parse(statistic)
    answer, sample = estimate(metric, cell, statistic, 2 * level - 1)
    plain = cell.weight is None and cell.cluster is None and not metric.is_share
    if statistic.kind != "mean" or not plain or answer.low is None:
        return answer
    return mean_bounds(sample, level, answer.value)


def deciding(bounds: Estimate, rule: str) -> float | None:
    """The bound by which a target could be met.

    >>> deciding(Estimate(5.8, 5.6, 5.95), "at_most")
    5.95
    """
    return bounds.high if rule == "at_most" else bounds.low


def long_tail(bounds: Estimate, rule: str) -> tuple[Reason, ...]:
    """What must be said where the tail leaves no bound by which a target could be met."""
    told = any(reason.code == "long_tail" for reason in bounds.reasons)
    return bounds.reasons if told and deciding(bounds, rule) is None else ()


def resting(sample: Sample, statistic: Statistic | str) -> int:
    """How many cases a figure rests on: those that ended, and for a share within a limit those
    followed to it as well.

    >>> found = Sample.of([5, 9, 30], [1, 0, 0], [2, 40, 3])
    >>> resting(found, "mean"), resting(found, "within:24")
    (2, 5)
    """
    statistic = Statistic.parse(statistic)
    if statistic.kind == "within":
        return int(sample.any_end.sum() + sample.open[sample.units >= statistic.limit].sum())
    return int((sample.ended if statistic.kind == "mean" else sample.any_end).sum())


def rests_on(answer: Estimate, sample: Sample, rests: int) -> tuple[Reason, ...]:
    """What must be said of a figure that rests on fewer cases than there are."""
    if answer.value is None or rests >= sample.n:
        return ()
    return (Reason("assess.rests_on", n=sample.n, rests=rests),)
