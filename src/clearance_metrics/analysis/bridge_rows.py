"""Rows of a bridge: the terms that `statistics` found, with their cases and their words beside
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..domain.ends import ENOUGH, LEFT_OUT
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..statistics import Sample, quantile
from ..statistics.change import Side, Terms, interval, mean_change, simpson
from ..statistics.quantile_change import MOST, QuantileTerms, quantile_change
from ..statistics.reasons import Reason
from .bridge_records import BridgeRow
from .bridge_sides import Outcomes

SIMPSON, APART = Reason("bridge.simpson"), Reason("bridge.apart")


@dataclass(frozen=True)
class Made:
    """Rows from outcomes."""

    metric: Metric
    statistic: Statistic
    by: tuple[str, ...]
    level: float
    unit: str
    own_ends: list[float | None] = field(default_factory=list)  # of all own changes together

    def row(
        self,
        term: str,
        value: float | None,
        bounds: tuple[float | None, float | None],
        n: tuple[int, int],
        *,
        group: tuple | None = None,
        reasons: tuple[Reason, ...] = (),
        **beside: Any,
    ) -> BridgeRow:
        """One term as a record; a value that is not there has no bounds."""
        low, high = bounds if value is not None else (None, None)
        return BridgeRow(
            term=term,
            groups=tuple(zip(self.by, group or (None,) * len(self.by), strict=True)),
            value=value,
            low=low,
            high=high,
            n_before=n[0],
            n_after=n[1],
            unit=self.unit,
            reasons=reasons,
            **beside,
        )

    def refused(self, sides: tuple[Outcomes, Outcomes]) -> list[BridgeRow]:
        """Both ends without a value where one cannot be had; empty where both can."""
        why: list[Reason | None] = []
        for side in sides:
            n = int(side.n.sum())
            still = Reason("bridge.open_cases", n=side.n_open, total=n + side.n_open)
            enough = n and side.base.any()
            why.append(still if side.n_open else None if enough else Reason("no_cases"))
        if not any(why):
            return []
        counts = [int(side.n.sum()) for side in sides]
        told = [(reason or Reason("bridge.nothing_beside"),) for reason in why]
        return [
            self.row("before", None, (None, None), (counts[0], 0), reasons=told[0]),
            self.row("after", None, (None, None), (0, counts[1]), reasons=told[1]),
        ]

    def refused_for(self, why: Reason) -> list[BridgeRow]:
        """Both ends without a value, for one reason."""
        nothing = ((None, None), (0, 0))
        return [self.row(term, None, *nothing, reasons=(why,)) for term in ("before", "after")]

    def ends(
        self, sides: tuple[Outcomes, Outcomes], values: Sequence[float], bounds: Sequence[tuple]
    ) -> tuple[BridgeRow, BridgeRow]:
        """The statistic on either side, with what was left out there."""
        told = [
            tuple(Reason("left_out", n=n, why=Reason(LEFT_OUT[code])) for code, n in side.left_out)
            for side in sides
        ]
        n = [int(side.n.sum()) for side in sides]
        return (
            self.row("before", values[0], bounds[0], (n[0], 0), reasons=told[0]),
            self.row("after", values[1], bounds[1], (0, n[1]), reasons=told[1]),
        )

    def means(self, stages: dict[str, tuple[Outcomes, Outcomes]]) -> tuple[list[BridgeRow], list]:
        """Rows and warnings of the change of a mean, by stage where there are stages beside the
        whole clock ("").
        """
        whole = stages[""]
        if rows := self.refused(whole):
            return rows, []
        cells = _cells(whole)
        sides = _sides(whole, cells)
        found = mean_change(_levels(cells), *sides)
        if found is None:
            values = [s.top.sum() / s.base.sum() for s in sides]
            return list(self.ends(whole, [float(v) for v in values], [(None, None)] * 2)), [APART]
        own = [s.top / np.where(s.base > 0, s.base, np.nan) for s in sides]
        moved = (own[1] - own[0])[found.common]
        warnings = [SIMPSON] if self.by and simpson(found.after - found.before, moved) else []
        e = found.error
        bounds = [
            interval(v, e[k], self.level)
            for k, v in (("before", found.before), ("after", found.after))
        ]
        first, last = self.ends(whole, (found.before, found.after), bounds)
        if len(stages) == 1:
            whole_own = float(found.own[found.common].sum())
            self.own_ends.extend(interval(whole_own, e["own_all"], self.level))
            return [first, *self.terms(found, cells, sides), last], warnings
        rows = []
        for stage, two in stages.items():
            if stage:
                held = _sides(two, cells)
                rows += self.terms(mean_change(_levels(cells), *held), cells, held, stage)
        return [first, *rows, last], warnings

    def terms(
        self, found: Terms, cells: list[tuple], sides: tuple[Side, Side], stage: str = ""
    ) -> list[BridgeRow]:
        n = [s.n for s in sides]
        rows, e = [], found.error

        def bounds(value: float, error: float | None) -> tuple:
            return interval(value, error, self.level)

        gone, new = ((s.base > 0) & ~found.common for s in sides)
        both = (int(n[0][found.common].sum()), int(n[1][found.common].sum()))
        if gone.any():
            counts = (int(n[0][gone].sum()), 0)
            named = _named(self.by, cells, gone)
            rows.append(
                self.row(
                    "left",
                    found.left,
                    bounds(found.left, e["left"]),
                    counts,
                    stage=stage,
                    reasons=named,
                )
            )
        for factor, value, error in zip(self.by, found.composition, e["composition"], strict=True):
            rows.append(
                self.row(
                    "composition",
                    float(value),
                    bounds(float(value), error),
                    both,
                    stage=stage,
                    factor=factor,
                )
            )
        for c in np.flatnonzero(found.common):
            rows.append(
                self.own(
                    found.own[c],
                    bounds(found.own[c], e["own"][c]),
                    c,
                    cells,
                    sides,
                    found.common,
                    stage,
                )
            )
        if new.any():
            counts, named = (0, int(n[1][new].sum())), _named(self.by, cells, new)
            value = bounds(found.entered, e["entered"])
            rows.append(
                self.row("entered", found.entered, value, counts, stage=stage, reasons=named)
            )
        return rows

    def own(
        self,
        value: float,
        bounds: tuple,
        c: Any,
        cells: list[tuple],
        sides: tuple[Side, Side],
        common: np.ndarray,
        stage: str = "",
    ) -> BridgeRow:
        counts = (int(sides[0].n[c]), int(sides[1].n[c]))
        beside = {}
        for side, s in zip(("before", "after"), sides, strict=True):
            beside[f"share_{side}"] = float(s.base[c] / s.base[common].sum())
            beside[f"level_{side}"] = float(s.top[c] / s.base[c])
        told = _few(counts)
        return self.row(
            "own", float(value), bounds, counts, stage=stage, group=cells[c], reasons=told, **beside
        )

    def percentile(
        self, one: Outcomes, two: Outcomes, p: float, draws: int, seed: int
    ) -> tuple[list[BridgeRow], list]:
        """Rows and warnings of the change of a quantile."""
        if rows := self.refused((one, two)):
            return rows, []
        cells = _cells((one, two))
        sides = [_samples(side, cells) for side in (one, two)]
        found = quantile_change(sides[0], sides[1], p, draws=draws, seed=seed, level=self.level)
        if found is None:
            values = [quantile(Sample.pooled(side), p, kind=1).value for side in sides]
            return list(self.ends((one, two), values, [(None, None)] * 2)), [APART]
        warnings = [SIMPSON] if simpson(found.after - found.before, found.alone) else []
        first, last = self.ends(
            (one, two), (found.before, found.after), [_held(found, k) for k in ("before", "after")]
        )
        n = [np.array([s.n for s in side]) for side in sides]
        both = (int(n[0][found.common].sum()), int(n[1][found.common].sum()))
        gone, new = ((x > 0) & ~found.common for x in n)
        rows = [first]
        if gone.any():
            counts, named = (int(n[0][gone].sum()), 0), _named(self.by, cells, gone)
            rows.append(self.row("left", found.left, _held(found, "left"), counts, reasons=named))
        mix = _held(found, "composition")
        rows.append(
            self.row("composition", found.composition, mix, both, factor=", ".join(self.by))
        )
        if found.together:
            told = (Reason("bridge.together", most=MOST),)
            rows.append(self.row("own", found.within, _held(found, "within"), both, reasons=told))
        for c in () if found.together else np.flatnonzero(found.common):
            counts = (int(n[0][c]), int(n[1][c]))
            shares = {"share_before": counts[0] / both[0], "share_after": counts[1] / both[1]}
            levels = {
                "level_before": float(found.levels[0][c]),
                "level_after": float(found.levels[1][c]),
            }
            bounds = _held(found, "own", c)
            rows.append(
                self.row(
                    "own",
                    float(found.own[c]),
                    bounds,
                    counts,
                    group=cells[c],
                    reasons=_few(counts),
                    **shares,
                    **levels,
                )
            )
        if new.any():
            counts, named = (0, int(n[1][new].sum())), _named(self.by, cells, new)
            bounds = _held(found, "entered")
            rows.append(self.row("entered", found.entered, bounds, counts, reasons=named))
        return [*rows, last], warnings


def _few(counts: tuple[int, int]) -> tuple[Reason, ...]:
    return (Reason("bridge.few", fewest=ENOUGH),) if min(counts) < ENOUGH else ()


def _held(found: QuantileTerms, name: str, place: Any = None) -> tuple[float | None, float | None]:
    bounds = found.intervals.get(name)
    if bounds is None:
        return None, None
    picked = bounds if place is None else bounds[:, place]
    low, high = (float(b) if np.isfinite(b) else None for b in picked)
    return low, high


def _cells(two: tuple[Outcomes, Outcomes]) -> list[tuple]:
    return sorted(
        {g for side in two for g in side.groups},
        key=lambda g: tuple((v is None, str(v)) for v in g),
    )


def _levels(cells: list[tuple]) -> np.ndarray:
    """A row per cell, a column per factor: which of the factor's values it has."""
    codes = [
        {v: i for i, v in enumerate(dict.fromkeys(column))} for column in zip(*cells, strict=True)
    ]
    rows = [[c[v] for c, v in zip(codes, cell, strict=True)] for cell in cells]
    return np.array(rows, "int64").reshape(len(cells), -1)


def _sides(two: tuple[Outcomes, Outcomes], cells: list[tuple]) -> tuple[Side, Side]:
    place = {cell: i for i, cell in enumerate(cells)}
    names: dict = {}
    for side in two:
        for name in () if side.cluster is None else side.cluster:
            names.setdefault(name, len(names))
    made = []
    for side in two:
        at = [place[g] for g in side.groups]
        clusters = (
            [names[c] for c in side.cluster]
            if side.cluster is not None
            else None
            if not names
            else []
        )
        made.append(Side.of(len(cells), at, side.base, side.value, side.n, clusters, len(names)))
    return made[0], made[1]


def _samples(side: Outcomes, cells: list[tuple]) -> list[Sample]:
    held: dict[tuple, list[int]] = {cell: [] for cell in cells}
    for i, g in enumerate(side.groups):
        held[g].append(i)
    return [
        Sample.of(side.whole[at], np.ones(len(at)), side.n[at], side.scale) for at in held.values()
    ]


def _named(by: tuple[str, ...], cells: list[tuple], which: np.ndarray) -> tuple[Reason, ...]:
    """The groups by name, at most ten of them."""
    at = np.flatnonzero(which)
    names = tuple("/".join(str(v) for v in cells[c]) for c in at[:10])
    code = "bridge.groups_and_more" if len(at) > 10 else "bridge.groups"
    return (Reason(code, by=by, names=names, more=len(at) - 10),)


__all__ = ["Made"]
