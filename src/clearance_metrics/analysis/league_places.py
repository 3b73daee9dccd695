"""What can be said of a group's place in a league: pooled values, ranks with intervals, tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..domain.ends import ENDED, ENOUGH
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..engine.cells import Cell
from ..statistics import Estimate, kaplan_meier
from ..statistics.describe import followed_to
from ..statistics.distributions import normal_reach, normal_share, t_reach
from ..statistics.leagues import benjamini_hochberg, prior, rank_intervals, shrunk, welch
from ..statistics.reasons import Reason
from .estimates import estimate, pooled

NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A group's estimate, its standard error with degrees of freedom; ones counted, for shares."""

    answer: Estimate
    n: int
    error: float | None = None
    free: float = np.inf
    ones: int | None = None


@dataclass(frozen=True)
class Places:
    """By group what its row says of its place; the spread between groups, and what is not said."""

    by_group: Mapping[tuple, Mapping[str, Any]]
    tau: float | None = None
    reasons: tuple[Reason, ...] = ()


class Asked(NamedTuple):
    """What a league asks of each group."""

    metric: Metric
    statistic: Statistic
    level: float

    @property
    def of_shares(self) -> bool:
        """Whether values are shares of cases, from 0 to 1."""
        return self.metric.is_share or self.statistic.kind == "within"

    def entry(self, cell: Cell) -> Entry:
        """The estimate of one cell with its error."""
        answer, sample = estimate(self.metric, cell, self.statistic, self.level)
        n, z, limit = sample.n, normal_reach(self.level), self.statistic.limit
        if answer.value is None:
            return Entry(answer=answer, n=n)
        if self.statistic.kind == "within" and not followed_to(sample, limit):
            curve = kaplan_meier(sample, self.level)
            place = int(np.searchsorted(curve.times, limit, side="right")) - 1
            return Entry(answer=answer, n=n, error=float(curve.se[place]) if place >= 0 else 0.0)
        if self.of_shares:
            ones = round(answer.value * n)
            # Agresti and Coull (1998): an error that is not zero at 0 or n of n
            centre = (ones + z * z / 2) / (n + z * z)
            error = float(np.sqrt(centre * (1 - centre) / (n + z * z)))
            return Entry(answer=answer, n=n, error=error, ones=ones)
        if answer.high is None:
            return Entry(answer=answer, n=n)
        free = np.inf
        if self.statistic.kind == "mean":
            free = (n if cell.cluster is None else len(set(cell.cluster[cell.end == ENDED]))) - 1
        error = float((answer.high - answer.value) / t_reach(self.level, free))
        return Entry(answer=answer, n=n, error=error, free=free)


def places(
    asked: Asked, cells: Iterable[Cell], entries: Mapping[tuple, Entry], high_best: bool
) -> Places:
    """Pooled values, ranks and p of the groups whose entries are given; withheld ones take part in
    nothing.
    """
    many = {g: e for g, e in entries.items() if e.error is not None and e.n >= ENOUGH}
    small = {g: e for g, e in entries.items() if e.answer.value is not None and g not in many}
    if not many:
        few = Reason("league.none_ranked", fewest=ENOUGH)
        large = any(entry.n >= ENOUGH for entry in entries.values())
        return Places({}, reasons=(Reason("league.nothing_to_rank") if large else few,))
    variance = _variances(many, small)
    values, spread = [e.answer.value for e in many.values()], [variance[g] for g in many]
    made: dict[tuple, dict] = {g: {} for g in (*many, *small)}
    tau, reasons = None, ()
    if len(many) >= 3 and min(spread) > 0:
        of = prior(values, spread)
        tau = float(np.sqrt(of.tau2))
        for g, row in made.items():
            drawn = shrunk(entries[g].answer.value, variance[g], of, asked.level)
            drawn = np.clip(drawn, 0, 1).tolist() if asked.of_shares else drawn
            row |= zip(("pooled", "pooled_low", "pooled_high"), drawn, strict=True)
    else:
        reasons = (Reason("league.not_pooled", fewest=ENOUGH),)
    sign = -1 if high_best else 1
    ranks = rank_intervals([sign * v for v in values], spread, asked.level)
    cells = list(cells)
    tested = [_test(asked, cells, g, entry) for g, entry in many.items()]
    adjusted = benjamini_hochberg(tested)
    for g, rank, p, q in zip(many, ranks, tested, adjusted, strict=True):
        made[g] |= zip(("rank", "rank_low", "rank_high"), rank, strict=True)
        if np.isfinite(p):
            made[g] |= {"p": p, "p_adjusted": float(q)}
    return Places(made, tau, reasons)


def _variances(many: Mapping[tuple, Entry], small: Mapping[tuple, Entry]) -> dict[tuple, float]:
    """Squared errors; groups too small, or too even, to have their own take one case's variance
    from the large groups.
    """
    sizes = np.array([e.n for e in many.values()], "float64")
    each = float((sizes**2 * np.array([e.error**2 for e in many.values()])).sum() / sizes.sum())
    found = {g: e.error**2 if e.error > 0 else each / e.n for g, e in many.items()}
    return found | {g: each / e.n for g, e in small.items() if e.n}


def _test(asked: Asked, cells: list[Cell], group: tuple, entry: Entry) -> float:
    """Two-sided p of the group against all other cases; the same question as against all cases."""
    others = pooled(c for c in cells if c.group != group)
    rest = asked.entry(others) if others else None
    if rest is None or rest.error is None:
        return NAN
    one, two = entry.answer.value, rest.answer.value
    if entry.ones is not None and rest.ones is not None:
        share = (entry.ones + rest.ones) / (entry.n + rest.n)
        error = np.sqrt(share * (1 - share) * (1 / entry.n + 1 / rest.n))
    elif np.isinf(entry.free):
        error = np.hypot(entry.error, rest.error)
    else:
        return welch((one, entry.error, entry.free), (two, rest.error, rest.free))
    return float(2 * normal_share(-abs(one - two) / error)) if error else NAN


__all__ = ["Asked", "Entry", "Places", "places"]
