"""Difference in differences with staggered starts: effects by group and time, after Callaway and
Sant'Anna (2021).

No covariates. A group is all units that start in the same period. Everything is linear in the
outcomes, so errors follow from influence functions, one value per unit: the unit (a port) is the
cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .reasons import Reason

NEVER = 10**6
CONTROLS = ("never", "not_yet")
BASES = ("varying", "universal")


@dataclass(frozen=True, eq=False)
class GroupTime:
    """Cells by group and time: `att`, one column of `influence` each (units by cells), and how each
    was made.

    `change` holds every unit's change of outcome from the cell's base to its time, `treated` and
    `control` the weights by which both sides are averaged (columns sum to one). `dropped` names
    groups without a cell, and why.
    """

    group: np.ndarray
    time: np.ndarray
    base: np.ndarray
    change: np.ndarray
    treated: np.ndarray
    control: np.ndarray
    share: np.ndarray
    starts: np.ndarray
    weights: np.ndarray
    anticipation: int
    dropped: tuple[tuple[int, str], ...]

    @property
    def att(self) -> np.ndarray:
        """Effect per cell."""
        return ((self.treated - self.control) * self.change).sum(axis=0)

    @property
    def influence(self) -> np.ndarray:
        """Units by cells, scaled so that the error is the root of the sum of squares over the
        number of units.
        """
        return influence(self.change, self.treated, self.control)

    @property
    def n_treated(self) -> np.ndarray:
        """Units on the treated side of each cell."""
        return (self.treated > 0).sum(axis=0)

    @property
    def n_control(self) -> np.ndarray:
        """Units on the control side of each cell."""
        return (self.control > 0).sum(axis=0)


def influence(change: np.ndarray, treated: np.ndarray, control: np.ndarray) -> np.ndarray:
    """Deviation of each unit from its side's mean, times its weight there, times the number of
    units.
    """
    sides = (
        treated * (change - (treated * change).sum(axis=0)),
        control * (change - (control * change).sum(axis=0)),
    )
    return len(change) * (sides[0] - sides[1])


def group_time(
    values: ArrayLike,
    starts: ArrayLike,
    *,
    control: str = "never",
    base: str = "varying",
    anticipation: int = 0,
    weights: ArrayLike | None = None,
) -> GroupTime | Reason:
    """ATT(g, t): the change since the last period before g of the units that started in g, less
    that of controls.

    `values`: units by periods, no gaps; `starts`: the place of each unit's first treated period,
    NEVER for none; `control`: "never" treated units, or all "not_yet" treated at t. `base` rules
    the periods before g: "varying" compares each with the one before it, "universal" with the same
    base as after. `weights`: one per unit.

    >>> import numpy as np
    >>> values = [[10, 10, 7], [12, 12, 9], [20, 21, 21], [22, 23, 23]]
    >>> found = group_time(values, [2, 2, NEVER, NEVER])
    >>> found.group.tolist(), found.time.tolist(), found.att.tolist()
    ([2, 2], [1, 2], [-1.0, -3.0])
    """
    values, starts = np.asarray(values, "float64"), np.asarray(starts, "int64")
    weights = np.ones(len(starts)) if weights is None else np.asarray(weights, "float64")
    weights = weights / weights.mean()
    length = values.shape[1]
    if control == "never" and not (starts == NEVER).any():
        return Reason("policy.no_never")
    cells, dropped = [], []
    for group in (int(g) for g in np.unique(starts[starts < NEVER])):
        found = []
        if group - anticipation < 1:
            dropped.append((group, "no_before"))
            continue
        if group >= length:
            dropped.append((group, "no_after"))
            continue
        fixed = group - anticipation - 1
        for time in range(0 if base == "universal" else 1, length):
            before = time < group - anticipation
            first = time - 1 if before and base == "varying" else fixed
            if time == first:
                continue
            if control == "never":
                others = starts == NEVER
            else:
                others = (starts > max(time, first) + anticipation) & (starts != group)
            if others.any():
                found.append((group, time, first, starts == group, others))
        if not any(cell[1] >= group for cell in found):
            dropped.append((group, "no_control"))
        cells += found
    if not any(cell[1] >= cell[0] for cell in cells):
        return Reason("policy.no_control")
    group, time, first = (np.array([cell[i] for cell in cells]) for i in range(3))
    sides = []
    for i in (3, 4):
        side = np.array([cell[i] for cell in cells]).T * weights[:, None]
        sides.append(side / side.sum(axis=0))
    share = np.array([(weights * (starts == g)).mean() for g in group])
    change = values[:, time] - values[:, first]
    return GroupTime(
        group,
        time,
        first,
        change,
        sides[0],
        sides[1],
        share,
        starts,
        weights,
        anticipation,
        tuple(dropped),
    )


@dataclass(frozen=True, eq=False)
class Aggregate:
    """A weighted sum of cells.

    `extra` is what estimating the weights adds to the influence function.
    """

    weights: np.ndarray
    extra: np.ndarray

    @classmethod
    def mean(cls, parts: list[Aggregate]) -> Aggregate:
        """The plain mean of several."""
        return cls(
            np.mean([p.weights for p in parts], axis=0), np.mean([p.extra for p in parts], axis=0)
        )


def aggregates(cells: GroupTime) -> Mapping[tuple[str, int | None], Aggregate]:
    """All sums of Callaway and Sant'Anna (2021), section 3: by ("event", e), ("group", g),
    ("calendar", t) and overall.

    The overall ones have None for a place: ("simple", None), ("event", None), over e >= 0,
    ("group", None), ("calendar", None).
    """
    after = cells.time >= cells.group
    found: dict[tuple[str, int | None], Aggregate] = {("simple", None): _by_share(cells, after)}
    event = cells.time - cells.group
    for e in np.unique(event):
        found["event", int(e)] = _by_share(cells, event == e)
    found["event", None] = Aggregate.mean(
        [a for (kind, e), a in found.items() if kind == "event" and e >= 0]
    )
    groups = np.unique(cells.group[after])
    for g in groups:
        inside = after & (cells.group == g)
        found["group", int(g)] = Aggregate(inside / inside.sum(), np.zeros(len(cells.starts)))
    firsts = np.array([np.flatnonzero(after & (cells.group == g))[0] for g in groups])
    rows = np.array([found["group", int(g)].weights for g in groups])
    share = cells.share[firsts]
    found["group", None] = Aggregate(
        share @ rows / share.sum(), _estimated(cells, groups, share) @ (rows @ cells.att)
    )
    for t in np.unique(cells.time[after]):
        found["calendar", int(t)] = _by_share(cells, after & (cells.time == t))
    found["calendar", None] = Aggregate.mean(
        [a for (kind, t), a in found.items() if kind == "calendar" and t is not None]
    )
    return found


def _by_share(cells: GroupTime, kept: np.ndarray) -> Aggregate:
    share = cells.share[kept]
    weights = np.zeros(len(kept))
    weights[kept] = share / share.sum()
    return Aggregate(weights, _estimated(cells, cells.group[kept], share) @ cells.att[kept])


def _estimated(cells: GroupTime, groups: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Influence of each unit on the groups' shares of all treated (units by groups)."""
    each = cells.weights[:, None] * (cells.starts[:, None] == groups[None, :]) - share
    whole = share.sum()
    return each / whole - each.sum(axis=1, keepdims=True) * share[None, :] / whole**2
