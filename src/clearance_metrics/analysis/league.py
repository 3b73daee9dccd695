"""league(): groups side by side, with what can be said of their order and what cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED
from ..domain.metrics import Duration, Fee, Metric, Share
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.tally import tally
from ..errors import LogError
from ..results.table import ResultTable
from ..statistics import Estimate, kaplan_meier
from ..statistics.describe import followed_to
from ..statistics.distributions import normal_reach, normal_share, t_reach
from ..statistics.leagues import benjamini_hochberg, prior, rank_intervals, shrunk, welch
from .doubts import found_doubts
from .estimates import estimate, pooled
from .withholding import check_suppression, reason, withholding

FEW = 30


@dataclass(frozen=True)
class LeagueRow:
    """One group. `pooled` is its value drawn towards the centre of all groups, `rank` counts from
    the best.

    `p` tests the group against all other cases, `p_adjusted` allows for the number of groups. A
    group of `few` cases has no rank and no p; a withheld one has no figures at all.
    """

    label: str
    groups: tuple[tuple[str, object], ...]
    n: int | None
    value: float | None
    low: float | None
    high: float | None
    pooled: float | None
    pooled_low: float | None
    pooled_high: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    p: float | None
    p_adjusted: float | None
    few: bool
    unit: str
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """A flat record; the group columns stand after `label`."""
        record = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "groups"
        }
        return {"label": record.pop("label"), **dict(self.groups), **record}


@dataclass(frozen=True, repr=False)
class League(ResultTable):
    """What `league` answers: the groups in order of rank, then those without one;

    `overall` beside them.
    """

    rows: tuple[LeagueRow, ...]
    overall: LeagueRow
    metric: str
    statistic: str
    tau: float | None
    as_of: str
    note: str = ""
    shown = (
        "n",
        "value",
        "low",
        "high",
        "pooled",
        "rank",
        "rank_low",
        "rank_high",
        "p_adjusted",
        "few",
        "unit",
        "note",
    )

    def __repr__(self) -> str:
        value, n, note = self.overall.value, self.overall.n, self.overall.note
        whole = (note or "no value") if value is None else f"{value:,.4g}"
        whole += "" if n is None else f", n {n:,}"
        head = f"{self.metric}, {self.statistic}, as of {self.as_of}; all groups: {whole}"
        return "\n".join(x for x in (head, self.note, str(self)) if x)


@dataclass(frozen=True)
class _Entry:
    """A group's estimate with its standard error and degrees of freedom; ones counted, for shares."""

    answer: Estimate
    error: float | None
    free: float
    n: int
    ones: int | None = None


def league(
    log: EventLog,
    metric: Metric,
    *,
    by: str | Iterable[str],
    as_of,
    statistic: str | None = None,
    best: str | None = None,
    cluster: str | None = None,
    suppress_below: int | None = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> League:
    """Groups side by side: value, interval, partially pooled value, rank with its interval,
    adjusted p, n.

    `statistic`: "mean" (of a Share its share, per TEU a ratio of sums), "restricted_mean:168" or
    "within:24"; with open cases a plain mean is refused. `best`: "low" or "high" is rank 1; by
    default low for times and charges, high for shares. Groups under 30 cases are flagged `few`:
    shown, pooled, but neither ranked nor tested. `suppress_below=k` withholds groups under k cases,
    and as many others as it takes so that totals do not give them back (one or two group columns).
    Snapshots have no values, and `note` tells of logs without their open cases, as `measure` does.
    Sources: see `statistics.leagues`. LogError for names the log does not have.

    >>> import polars as pl
    >>> hours = {"x": [1, 2, 3], "y": [5, 6, 7, 8] * 8, "z": [5, 6, 8, 9] * 8}
    >>> rows = [(f"{p}{i}", p, h) for p, found in hours.items() for i, h in enumerate(found)]
    >>> ids, ports, spent = zip(*rows)
    >>> events = pl.DataFrame({"case_id": ids * 2, "milestone": ["declared"] * 67 + ["customs_released"] * 67,
    ...     "time": [0] * 67 + [3600 * h for h in spent]})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "port": ports}))
    >>> found = league(log, Duration("declared", "customs_released"), by="port", as_of="1970-01-03")
    >>> [(row.label, row.value, row.rank, row.rank_low, row.rank_high, row.few) for row in found]
    [('y', 6.5, 1, 1, 2, False), ('z', 7.0, 2, 1, 2, False), ('x', 2.0, None, None, None, True)]
    """
    by = (by,) if isinstance(by, str) else tuple(by)
    share = isinstance(metric, Share)
    statistic = statistic or ("share" if share else "mean")
    _check(metric, by, statistic, best, cluster, level)
    check_suppression(suppress_below, len(by))
    if calendar is not None and isinstance(metric, Duration):
        metric = replace(metric, calendar=calendar)
    when = AsOf.of(as_of, log.timezone)
    cells = tally(log, metric, as_of=when, by=by, cluster=cluster, tariff=tariff_of(metric))
    doubts = found_doubts(log, metric, cells, when) if isinstance(metric, Duration) else None
    why = doubts.snapshot if doubts else ""

    def entry_of(cell: Cell) -> _Entry:
        found = _entry(metric, cell, statistic, level)
        return _Entry(Estimate(None, note=why), None, 0, found.n) if why else found

    entries = {cell.group: entry_of(cell) for cell in cells}
    hidden, total_hidden = withholding({g: e.n for g, e in entries.items()}, suppress_below)
    high_best = best == "high" or (best is None and (share or statistic.startswith("within")))
    made = _made(metric, cells, entries, hidden, statistic, high_best, level)
    unit = metric.unit_of(statistic)
    rows = [
        _row(g, by, e, unit, made.get(g, {}), _note(cell), suppress_below if g in hidden else None)
        for cell in cells
        for g, e in [(cell.group, entries[cell.group])]
    ]
    rows.sort(key=lambda r: (r.rank is None, r.rank or 0, r.value is None, r.label))
    whole = pooled(cells)
    entry = entry_of(whole) if whole else _Entry(Estimate(None, note="no cases"), None, 0, 0)
    blank = (None,) * len(by)
    overall = _row(
        blank, by, entry, unit, {}, "", suppress_below if total_hidden else None, label="全部 all"
    )
    said = "; ".join(x for x in (doubts.warning if doubts else "", made.get("note", "")) if x)
    return League(tuple(rows), overall, metric.name, statistic, made.get("tau"), str(as_of), said)


def _check(metric, by, statistic, best, cluster, level) -> None:
    if not isinstance(metric, Duration | Share | Fee) or getattr(metric, "each", None):
        raise LogError(
            f"{metric!r} has no groups of cases",
            "league",
            "give a Duration, a Fee, or a Share of cases",
        )
    if not by or len(set(by)) < len(by):
        raise LogError("a league needs group columns, each named once", "by", 'write by="port"')
    if best not in (None, "low", "high") or not 0 < level < 1:
        raise LogError(
            f"best={best!r}, level={level!r}", "league", 'write best="low" or "high", level=0.95'
        )
    head, _, limit = statistic.partition(":")
    good = statistic in ("mean", "share")
    if isinstance(metric, Duration) and head in ("within", "restricted_mean") and limit:
        try:
            good = float(limit) >= 0
        except ValueError:
            good = False
    if not good or (statistic == "share" and not isinstance(metric, Share)):
        remedy = 'write "mean", or for times "restricted_mean:168" or "within:24"'
        raise LogError(f"{statistic!r} of {metric.name} makes no league", "statistic", remedy)
    plain = not isinstance(metric, Share) and not (isinstance(metric, Fee) and metric.per == "teu")
    if cluster and not (plain and statistic == "mean"):
        raise LogError(
            f"cluster={cluster!r} serves the league of a plain mean", "cluster", 'statistic="mean"'
        )


def _entry(metric: Metric, cell: Cell, statistic: str, level: float) -> _Entry:
    answer, sample = estimate(metric, cell, statistic, level)
    n, z = sample.n, normal_reach(level)
    if answer.value is None:
        return _Entry(answer, None, 0, n)
    if statistic.startswith("within") and not followed_to(
        sample, float(statistic.partition(":")[2])
    ):
        curve = kaplan_meier(sample, level)
        place = (
            int(np.searchsorted(curve.times, float(statistic.partition(":")[2]), side="right")) - 1
        )
        return _Entry(answer, float(curve.se[place]) if place >= 0 else 0.0, np.inf, n)
    if isinstance(metric, Share) or statistic.startswith("within"):
        ones = round(answer.value * n)
        # Agresti and Coull (1998): an error that is not zero at 0 or n of n
        centre = (ones + z * z / 2) / (n + z * z)
        return _Entry(answer, float(np.sqrt(centre * (1 - centre) / (n + z * z))), np.inf, n, ones)
    if answer.high is None:
        return _Entry(answer, None, 0, n)
    free = np.inf
    if statistic == "mean":
        free = (n if cell.cluster is None else len(set(cell.cluster[cell.end == ENDED]))) - 1
    return _Entry(answer, float((answer.high - answer.value) / t_reach(level, free)), free, n)


def _made(metric, cells, entries, hidden, statistic, high_best, level) -> dict:
    """By group: pooled value, rank and p; "tau" and "note" beside them.

    Groups withheld take part in nothing.
    """
    many = {
        g: e for g, e in entries.items() if g not in hidden and e.error is not None and e.n >= FEW
    }
    small = {
        g: e
        for g, e in entries.items()
        if g not in hidden and e.answer.value is not None and g not in many
    }
    made: dict = {g: {} for g in (*many, *small)}
    if not many:
        return made | {"note": f"no group of {FEW} cases: none is ranked"}
    # one case's variance, from the large groups: for groups too small, or too even, to have their
    # own
    sizes = np.array([e.n for e in many.values()], "float64")
    each = float((sizes**2 * np.array([e.error**2 for e in many.values()])).sum() / sizes.sum())
    variance = {g: e.error**2 if e.error > 0 else each / e.n for g, e in many.items()}
    variance |= {g: each / e.n for g, e in small.items() if e.n}
    values = [e.answer.value for e in many.values()]
    of_shares = isinstance(metric, Share) or statistic.startswith("within")
    spread = [variance[g] for g in many]
    if len(many) >= 3 and min(spread) > 0:
        of = prior(values, spread)
        for g in made:
            found = shrunk(entries[g].answer.value, variance[g], of, level)
            made[g]["pooled"] = tuple(np.clip(found, 0, 1).tolist()) if of_shares else found
        made["tau"] = float(np.sqrt(of.tau2))
    else:
        made["note"] = f"not pooled: that needs three groups of {FEW} cases that vary"
    sign = -1 if high_best else 1
    for g, ranked in zip(
        many, rank_intervals([sign * v for v in values], spread, level), strict=True
    ):
        made[g]["rank"] = ranked
    tested = [_test(metric, cells, g, many[g], statistic, level) for g in many]
    for g, p, adjusted in zip(many, tested, benjamini_hochberg(tested), strict=True):
        made[g]["p"] = (p, float(adjusted)) if np.isfinite(p) else (None, None)
    return made


def _test(metric, cells, group, entry: _Entry, statistic: str, level: float) -> float:
    """Two-sided p of the group against all other cases; the same question as against all cases."""
    others = pooled([c for c in cells if c.group != group])
    if others is None:
        return float("nan")
    rest = _entry(metric, others, statistic, level)
    if rest.error is None:
        return float("nan")
    gap = entry.answer.value - rest.answer.value
    if entry.ones is not None and rest.ones is not None:
        share = (entry.ones + rest.ones) / (entry.n + rest.n)
        error = np.sqrt(share * (1 - share) * (1 / entry.n + 1 / rest.n))
    elif np.isinf(entry.free):
        error = np.hypot(entry.error, rest.error)
    else:
        return welch(
            (entry.answer.value, entry.error, entry.free),
            (rest.answer.value, rest.error, rest.free),
        )
    return float(2 * normal_share(-abs(gap) / error)) if error else float("nan")


def _note(cell: Cell) -> str:
    return "; ".join(f"{count} left out: {reason}" for reason, count in cell.left_out.items())


def _row(
    group, by, entry: _Entry, unit, made: dict, left: str, below: int | None, label: str = ""
) -> LeagueRow:
    groups = tuple(zip(by, group, strict=True))
    label = label or " / ".join("–" if v is None else str(v) for v in group)
    if below is not None:
        return LeagueRow(label, groups, *(None,) * 12, False, unit, reason(below))
    few = entry.n < FEW
    note = "; ".join(
        x
        for x in (entry.answer.note, f"few: under {FEW} cases, not ranked" if few else "", left)
        if x
    )
    return LeagueRow(
        label,
        groups,
        entry.n,
        entry.answer.value,
        entry.answer.low,
        entry.answer.high,
        *made.get("pooled", (None,) * 3),
        *made.get("rank", (None,) * 3),
        *made.get("p", (None,) * 2),
        few,
        unit,
        note,
    )


__all__ = ["League", "LeagueRow", "league"]
