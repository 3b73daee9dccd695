"""The one table of estimators: how each statistic is made from a cell of a tally.

A statistic that takes a sample and a level, and its limit between them if it has one, needs no
entry here: the function of its name in `statistics` is called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from .. import statistics as st
from ..domain.ends import ENDED
from ..domain.metrics import Metric
from ..domain.metrics.fee import MILLION
from ..domain.statistic import Statistic
from ..engine.cells import Cell
from ..statistics.reasons import Reason


@dataclass(frozen=True)
class Asked:
    """One statistic of one cell; `sample` holds its cases in the metric's units."""

    metric: Metric
    cell: Cell
    sample: st.Sample
    statistic: Statistic
    level: float


# how a ratio of sums is told, by its unit without the currency
RATIOS = {" per TEU": "ratio_of_sums", " per declaration": "ratio_of_declarations"}
Answers = list[tuple[str, st.Estimate]]


def answers_of(asked: Asked) -> Answers:
    """The labelled answers to one statistic: one, or one per end, or one per step of a curve."""
    kind = asked.statistic.kind
    if kind in SEVERAL:
        return SEVERAL[kind](asked)
    return [(str(asked.statistic), _answer(asked))]


def _answer(asked: Asked) -> st.Estimate:
    statistic, sample, level = asked.statistic, asked.sample, asked.level
    if asked.cell.cluster is not None and (drawn := _drawn(asked.metric, statistic)):
        cell = asked.cell
        clusters = (cell.cluster, cell.value, cell.end, cell.n)
        return st.bootstrap(sample, drawn, clusters=clusters, level=level)
    if (place := statistic.place) is not None:
        rule = "midpoint" if statistic.midpoint else None
        return st.quantile(sample, place, level, rule=rule)
    if statistic.kind in ESTIMATORS:
        return ESTIMATORS[statistic.kind](asked)
    plain = getattr(st, statistic.kind)
    limit = () if statistic.row.limit == "none" else (statistic.limit,)
    return plain(sample, *limit, level)


def _open(asked: Asked) -> st.Estimate:
    if asked.metric.by_end:
        return st.Estimate(None, reasons=(Reason("dated_by_end"),))
    return st.Estimate(asked.sample.n_open)


def _above(asked: Asked) -> int:
    cell = asked.cell
    over = cell.value / asked.sample.scale > (asked.statistic.limit or 0)
    return int(cell.n[(cell.end == ENDED) & over].sum())


def _share_above(asked: Asked) -> st.Estimate:
    sample = asked.sample
    if asked.metric.is_time and (why := st.unfinished(sample, "survival")):
        return st.Estimate(None, reasons=why)
    found = st.wilson(_above(asked), sample.n - sample.n_other, asked.level)
    return replace(found, reasons=st.about(sample))


def _share(asked: Asked) -> st.Estimate:
    cell = asked.cell
    held = int(cell.n[(cell.end == ENDED) & (cell.value > 0)].sum())
    return st.wilson(held, asked.sample.n, asked.level)


def _total(asked: Asked) -> st.Estimate:
    cell = asked.cell
    return st.Estimate(int(cell.total[cell.end == ENDED].sum()) / asked.metric.steps)


def _mean(asked: Asked) -> st.Estimate:
    metric, cell, sample, level = asked.metric, asked.cell, asked.sample, asked.level
    kept = cell.end == ENDED
    if metric.is_share:
        return _share(asked)
    if cell.weight is not None:
        found = (cell.value[kept], cell.weight[kept], cell.n[kept])
        how = Reason(RATIOS[metric.unit_in("")])
        return st.ratio_mean(*found, metric.scale, level, how)
    if cell.cluster is not None and not (sample.n_open or sample.n_late) and kept.any():
        counts: dict[object, int] = defaultdict(int)
        totals: dict[object, int] = defaultdict(int)
        for name, n, total in zip(cell.cluster[kept], cell.n[kept], cell.total[kept], strict=True):
            counts[name] += int(n)
            totals[name] += int(total)
        by_cluster = [totals[name] for name in counts]
        found = st.clustered_mean(list(counts.values()), by_cluster, metric.steps, level)
        return replace(found, reasons=(*found.reasons, *st.about(sample)))
    return st.mean(sample, level, int(cell.total @ kept), metric.steps)


def _ratio_of_sums(asked: Asked) -> st.Estimate:
    cell = asked.cell
    assert cell.paid is not None and cell.worth is not None and cell.squared is not None
    kept = cell.end == ENDED
    ratios = cell.value[kept] / MILLION
    sums = (cell.paid[kept], cell.worth[kept], cell.squared[kept] * 1e8)
    return st.ratio_of_totals(ratios, *sums, cell.n[kept], 100, asked.level)


def _by_end(asked: Asked) -> Answers:
    """Incidence or time lost, a row per end: `incidence:24 returned`."""
    statistic, sample, level, limit = (
        asked.statistic,
        asked.sample,
        asked.level,
        asked.statistic.limit,
    )
    ends = [asked.metric.stop, *asked.metric.other_ends]
    labels = [f"{statistic} {end}" for end in ends]
    if statistic.kind == "time_lost":
        found = [st.time_lost(sample, i, limit, level) for i in range(1, len(ends) + 1)]
    elif not sample.n:
        found = [st.NO_CASES] * len(ends)
    elif not sample.n_open and not sample.n_late:
        ended = (sample.ended, *(() if sample.others is None else sample.others))
        within = [int(counts[sample.units <= limit].sum()) for counts in ended]
        found = [st.wilson(k, sample.n, level) for k in within]
    else:
        curve = st.aalen_johansen(sample, level)
        found = [st.incidence_at(curve, i, limit) for i in range(1, len(ends) + 1)]
    return list(zip(labels, found, strict=True))


def _survival(asked: Asked) -> Answers:
    curve, limit = st.kaplan_meier(asked.sample, asked.level), asked.statistic.limit
    found = st.survival_steps(curve) if limit is None else [(limit, st.survival_at(curve, limit))]
    return [(f"survival:{time:g}", answer) for time, answer in found]


SEVERAL: dict[str, Callable[[Asked], Answers]] = {
    "incidence": _by_end,
    "time_lost": _by_end,
    "survival": _survival,
}
ESTIMATORS: dict[str, Callable[[Asked], st.Estimate]] = {
    "n": lambda asked: st.Estimate(asked.sample.n),
    "open": _open,
    "mean": _mean,
    "sd": lambda asked: st.standard_deviation(asked.sample),
    "min": lambda asked: st.extreme(asked.sample, largest=False),
    "max": lambda asked: st.extreme(asked.sample, largest=True),
    "sum": _total,
    "ratio_of_sums": _ratio_of_sums,
    "within": lambda asked: st.share_within(asked.sample, asked.statistic.limit, asked.level),
    "share": _share,
    "count_above": lambda asked: st.Estimate(_above(asked)),
    "share_above": _share_above,
    "mean_without_top": lambda asked: st.mean_without_top(asked.sample, asked.statistic.limit),
}


def _drawn(metric: Metric, statistic: Statistic) -> Callable | None:
    """The statistic that is bootstrapped where cases come in clusters; None for the others."""
    if metric.is_share:
        return st.mean_of if statistic.kind in ("share", "mean") else None
    if statistic.kind == "within":
        return st.share_of(statistic.limit)
    return None if statistic.place is None else st.quantile_of(statistic.place)
