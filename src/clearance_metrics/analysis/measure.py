"""measure(): statistics of one metric by group and period, from its tally."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

import numpy as np

from .. import statistics as st
from ..domain.asking import CENSORED, check_level, check_statistic
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED, OPEN
from ..domain.metrics import Duration, Fee, Gap, Metric, Share
from ..domain.tariff import Tariff
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.tally import as_of_parts, tally
from ..errors import LogError
from ..results.records import MeasureRow, Measures
from .censored import answers_of, meaning
from .completeness import Doubts, doubts_of
from .withholding import ONE_TABLE, check_suppression, reason, withholding_cases

DEFAULTS = {Duration: ("mean", "median", "p90"), Share: ("share",), Fee: ("mean", "median", "p90")}
EXTRA = ("buffer_index", "planning_ratio", "geometric_mean", "mean_without_top")


def measure(
    log: EventLog,
    metric: Metric,
    *,
    as_of,
    by: str | Iterable[str] = (),
    period: str | None = None,
    statistics: str | Iterable[str] | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
    suppress_below: int | None = None,
) -> Measures:
    """Statistics of one metric by group and period, as the log stood at the end of the day `as_of`.

    Statistics: n, open, mean, sd, median, p90 (any percentile), min, max, sum, within:24 (share of
    at most 24 units), restricted_mean or restricted_mean:168, survival (a row per step) or
    survival:24, share, count_above:0, share_above:0, buffer_index, planning_ratio, geometric_mean,
    mean_without_top:1 (per cent); of clocks also incidence:24 and time_lost:168 (by each end),
    follow_up (median time of observation). With open cases, quantiles and shares are Kaplan-Meier's
    and a plain mean is refused; on a flat step a quantile is its left end, "median:midpoint" its
    middle. Of several ends, quantiles and shares within a limit are about the stop among all cases
    (Aalen-Johansen), survival and restricted means about whichever end comes first, plain
    descriptions about the cases that reached the stop. Notes warn of logs without their open cases;
    times of cases that were all under way at one instant (a snapshot) are refused. `cluster` names
    a column whose values belong together (an enterprise, a vessel; "day" is the day that dates a
    case): intervals allow for it, that of a mean linearised, those of percentiles and shares by a
    seeded bootstrap. `tariff` (from `load_tariff`) takes the place of the one that ships.
    `suppress_below=k` withholds cells of fewer than k cases, or of fewer than k that reached the
    stop (or, of times by end, any end), and as many others as it takes so that totals do not give
    them back; n alone needs k cases. It takes at most two of group columns and period, and guards
    one table: others of the same cases may give cells back. Raises LogError for names the log does
    not have and CalendarError for years without official working days.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a", "a", "b", "b"], "time": [0, 7200, 0, 14400],
    ...     "milestone": ["declared", "customs_released"] * 2})
    >>> clock = Duration("declared", "customs_released")
    >>> measure(EventLog(events), clock, as_of="1970-01-02", statistics="mean").rows[0].value
    3.0
    """
    by = (by,) if isinstance(by, str) else tuple(by)
    usual = ("mean",) if isinstance(metric, Fee) and metric.per == "teu" else DEFAULTS[type(metric)]
    if not isinstance(statistics, str | Iterable | None):
        raise LogError(f"statistics {statistics!r} are no names", "statistics", 'write "median"')
    names = (statistics,) if isinstance(statistics, str) else tuple(statistics or usual)
    signed = isinstance(metric, Duration) and log.is_signed(metric)
    for name in names:
        check_statistic(name, signed)
    _check_fit(metric, names, cluster)
    if len(set(by)) < len(by):
        raise LogError(f"a group column stands twice in {', '.join(by)}", "by", "name each once")
    for name in by:
        if name in MeasureRow.__dataclass_fields__:
            raise LogError(
                f"results have a field {name!r} of their own",
                "by",
                f"rename the column, to my_{name} say",
            )
    check_level(level)
    check_suppression(suppress_below, len(by) + (period is not None))
    if calendar is not None and isinstance(metric, Duration):
        metric = replace(metric, calendar=calendar)
    moment, day = as_of_parts(as_of, log.timezone)
    cells = tally(
        log,
        metric,
        as_of=moment,
        as_of_day=day,
        by=by,
        period=period,
        cluster=cluster,
        tariff=tariff_of(metric, tariff),
    )
    timed = isinstance(metric, Duration) and not set(names) <= {"n", "open", "sum"}
    doubts = found_doubts(log, metric, cells, moment, day) if timed else Doubts()
    cells = tuple(cell for cell in cells if cell.period is not None or not period)
    samples = {_key(cell, period): sample_of(metric, cell) for cell in cells}
    by_end = any(name.partition(":")[0] in ("incidence", "time_lost") for name in names)
    hidden, few_ended = withholding_cases(samples if suppress_below else {}, suppress_below, by_end)
    rows = []
    for cell in cells:
        key, groups = _key(cell, period), tuple(zip(by, cell.group, strict=True))
        told = () if key in hidden else tuple(n for n in names if n == "n" or key not in few_ended)
        made = {n: _rows(metric, cell, samples[key], by, (n,), level, doubts) for n in told}
        if key in few_ended and "n" in made:
            # with the open cases beside it, n would tell the finished ones
            made["n"] = [replace(row, n_open=None) for row in made["n"]]
        for name in names:
            if name not in made:
                what = "cases" if key in hidden else "finished cases"
                why = st.Estimate(None, note=reason(suppress_below, what))
                made[name] = _labelled(
                    metric, name, groups, cell.period, [(name, why)], None, None, ""
                )
            rows += made[name]
    if suppress_below:
        rows = [replace(row, note="; ".join(filter(None, [row.note, ONE_TABLE]))) for row in rows]
    if not rows and not by and not period:
        none = st.Estimate(None, note="no cases")
        rows = [
            row
            for name in names
            for row in _labelled(metric, name, (), None, [(name, none)], 0, 0, "")
        ]
    return Measures(tuple(rows), str(as_of))


def _key(cell: Cell, period: str | None) -> tuple:
    return (*cell.group, cell.period) if period else cell.group


def _check_fit(metric: Metric, names: tuple[str, ...], cluster: str | None) -> None:
    """What would be quietly wrong is refused."""
    if isinstance(metric, Fee) and metric.per == "teu":
        for name in names:
            if name not in ("n", "mean", "sum"):
                raise LogError(
                    f"charges per TEU are a ratio of sums: they have no {name}",
                    "statistics",
                    "write n, mean or sum",
                )
    heads = [name.partition(":")[0] for name in names]
    if isinstance(metric, Share) and (extra := [h for h in heads if h in EXTRA]):
        raise LogError(f"a share has no {extra[0]}", "statistics", 'write "share"')
    if not isinstance(metric, Duration):
        for name in names:
            if name.partition(":")[0] in {n.partition(":")[0] for n in CENSORED}:
                raise LogError(
                    f"{name} is a statistic of clocks", "statistics", "measure a Duration"
                )
    known = (
        {"n", "open", "mean", "median", "within"}
        if not isinstance(metric, Share)
        else {"n", "share", "mean"}
    )
    percentiles = not isinstance(metric, Share)
    fits = all(h in known or (percentiles and h[:1] == "p" and h[1:2].isdigit()) for h in heads)
    if cluster and (
        not fits or getattr(metric, "each", None) or getattr(metric, "per", "") == "teu"
    ):
        raise LogError(
            f"cluster={cluster!r} serves the intervals of means, percentiles and shares",
            "cluster",
            'statistics="mean", "median", "p90", "within:24" or "share"',
        )


def sample_of(metric: Metric, cell: Cell) -> st.Sample:
    """The cell's cases as a sample in the metric's units."""
    scale = 1 if isinstance(metric, Share) else metric.scale
    ways = 1 + len(metric.other_ends) if isinstance(metric, Duration) else 1
    return st.Sample.of(cell.value, cell.end, cell.n, scale, cell.entry, ways)


def found_doubts(
    log: EventLog, metric: Duration, cells: Iterable[Cell], moment: int, day: int
) -> Doubts:
    """Whether the log's cases, all groups and periods together, can say anything of this clock's
    times.
    """
    cells = tuple(cells)
    if not cells:
        return Doubts()

    def hours() -> st.Sample:
        if metric.unit == "hours":
            return sample_of(metric, pooled(cells))
        clock = replace(
            metric, unit="hours", resolution="minute", allowance=None, start_day=0, name=""
        )
        return sample_of(clock, pooled(tally(log, clock, as_of=moment, as_of_day=day)))

    still = sum(int(cell.n[cell.end == OPEN].sum()) for cell in cells)
    # of all cases, those that are left out among them
    return doubts_of(
        log, metric, hours, moment, plenty=still * 10 > sum(int(cell.n.sum()) for cell in cells)
    )


def unit_of(metric: Metric | Gap, statistic: str = "") -> str:
    """The unit of a metric's values, or of one statistic of them.

    >>> unit_of(Fee(per="line"), "count_above:0")
    'lines'
    """
    metric = metric.duration if isinstance(metric, Gap) else metric
    head = statistic.partition(":")[0]
    if head in ("n", "open", "count_above"):
        if getattr(metric, "each", None):
            return "types"
        return "lines" if isinstance(metric, Fee) and metric.per == "line" else "cases"
    if head in ("within", "share_above", "share", "survival", "compression", "incidence"):
        return "share"
    if getattr(metric, "counting", None):
        return f"{metric.counting}s"
    if head in ("buffer_index", "planning_ratio"):
        return "ratio"
    if head == "sum" and isinstance(metric, Fee):
        return "CNY"
    if isinstance(metric, Duration):
        return metric.unit
    return "share" if isinstance(metric, Share) else {"teu": "CNY per TEU"}.get(metric.per, "CNY")


def _rows(
    metric: Metric,
    cell: Cell,
    sample: st.Sample,
    by: tuple,
    names: tuple,
    level: float,
    doubts: Doubts,
) -> list[MeasureRow]:
    groups = tuple(zip(by, cell.group, strict=True))
    n_open = None if isinstance(metric, Duration) and metric.dated_by == "end" else sample.n_open
    left = "; ".join(f"{count} left out: {reason}" for reason, count in cell.left_out.items())
    if cell.date_only:
        left = "; ".join(
            filter(None, [left, f"{cell.date_only} cases timed to the day: each within 24 h"])
        )
    watched = cache(lambda: st.follow_up(sample))
    rows = []
    for name in names:
        head = name.partition(":")[0]
        answers = _answers(metric, cell, sample, name, level)
        if doubts.snapshot and head not in ("n", "open", "sum", "count_above", "follow_up"):
            answers = [(name, st.Estimate(None, note=doubts.snapshot))]
        said = meaning(metric, sample, head, watched) if isinstance(metric, Duration) else ""
        said = "; ".join(
            filter(None, [said, doubts.warning if head not in ("n", "open", "sum") else "", left])
        )
        rows += _labelled(metric, name, groups, cell.period, answers, sample.n, n_open, said)
    return rows


def _labelled(metric, name, groups, period, answers, n, n_open, said) -> list[MeasureRow]:
    """A row per answer to one statistic; a curve has thousands."""
    unit, notes = unit_of(metric, name), {}
    for _, answer in answers:
        if answer.note not in notes:
            notes[answer.note] = "; ".join(filter(None, [answer.note, said]))
    return [
        MeasureRow(
            metric.name,
            label,
            groups,
            period,
            a.value,
            a.low,
            a.high,
            n,
            n_open,
            unit,
            notes[a.note],
        )
        for label, a in answers
    ]


def _answers(
    metric: Metric, cell: Cell, sample: st.Sample, name: str, level: float
) -> list[tuple[str, st.Estimate]]:
    head, _, limit = name.partition(":")
    rule = "midpoint" if limit == "midpoint" else None
    bound = float(limit) if limit and not rule else None
    if isinstance(metric, Duration) and (made := answers_of(metric, sample, head, bound, level)):
        return made
    if head == "survival":
        curve = st.kaplan_meier(sample, level)
        found = [(bound, st.survival_at(curve, bound))] if limit else st.survival_steps(curve)
        return [(f"survival:{t:g}", answer) for t, answer in found]
    if cell.cluster is not None and (statistic := _drawn(metric, head, bound)):
        clusters = (cell.cluster, cell.value, cell.end, cell.n)
        return [(name, st.bootstrap(sample, statistic, clusters=clusters, level=level))]
    if head[0] == "p" and head[1:].replace(".", "", 1).isdigit():
        return [(name, st.quantile(sample, float(head[1:]) / 100, level, rule=rule))]
    above = int(cell.n[(cell.end == ENDED) & (cell.value / sample.scale > (bound or 0))].sum())
    answers: dict[str, Callable[[], st.Estimate]] = {
        "n": lambda: st.Estimate(sample.n),
        "open": lambda: _open(metric, sample),
        "mean": lambda: _mean(metric, cell, sample, level),
        "sd": lambda: st.standard_deviation(sample),
        "median": lambda: st.quantile(sample, 0.5, level, rule=rule),
        "min": lambda: st.extreme(sample, largest=False),
        "max": lambda: st.extreme(sample, largest=True),
        "sum": lambda: st.Estimate(_total(metric, cell, sample)),
        "within": lambda: st.share_within(sample, bound, level),
        "restricted_mean": lambda: st.restricted_mean(sample, bound, level),
        "share": lambda: st.wilson(
            int(cell.n[(cell.end == ENDED) & (cell.value > 0)].sum()), sample.n, level
        ),
        "count_above": lambda: st.Estimate(above),
        "share_above": lambda: _share_above(metric, sample, above, level),
        "buffer_index": lambda: st.buffer_index(sample, level),
        "planning_ratio": lambda: st.planning_ratio(sample, level),
        "geometric_mean": lambda: st.geometric_mean(sample, level),
        "mean_without_top": lambda: st.mean_without_top(sample, bound),
    }
    return [(name, answers[head]())]


def _drawn(metric: Metric, head: str, bound: float | None):
    """The statistic that is bootstrapped where cases come in clusters;

    None for those that are not.
    """
    if isinstance(metric, Share):
        return st.mean_of if head in ("share", "mean") else None
    if head == "within":
        return st.share_of(bound)
    p = (
        50.0
        if head == "median"
        else float(head[1:])
        if head[:1] == "p" and head[1:2].isdigit()
        else None
    )
    return None if p is None else st.quantile_of(p / 100)


def _open(metric: Metric, sample: st.Sample) -> st.Estimate:
    if isinstance(metric, Duration) and metric.dated_by == "end":
        return st.Estimate(None, note="not counted: cases dated by their end are finished ones")
    return st.Estimate(sample.n_open)


def _share_above(metric: Metric, sample: st.Sample, above: int, level: float) -> st.Estimate:
    if isinstance(metric, Duration) and (why := st.unfinished(sample, "; use survival")):
        return st.Estimate(None, note=why)
    return replace(st.wilson(above, sample.n - sample.n_other, level), note=st.about(sample))


def exact_steps(metric: Metric) -> int:
    """Steps of the exact total per unit: seconds per hour, days, fen per yuan."""
    if isinstance(metric, Duration):
        return 3600 if metric.unit == "hours" else metric.scale
    return metric.scale if isinstance(metric, Fee) else 1


def _total(metric: Metric, cell: Cell, sample: st.Sample) -> float:
    return int(cell.total[cell.end == ENDED].sum()) / exact_steps(metric)


def _mean(metric: Metric, cell: Cell, sample: st.Sample, level: float) -> st.Estimate:
    kept = cell.end == ENDED
    if isinstance(metric, Share):
        return st.wilson(int(cell.n[kept & (cell.value > 0)].sum()), sample.n, level)
    if cell.weight is not None:
        return st.ratio_mean(cell.value[kept], cell.weight[kept], cell.n[kept], 100, level)
    if cell.cluster is not None and not (sample.n_open or sample.n_late) and kept.any():
        counts, totals = defaultdict(int), defaultdict(int)
        for name, n, total in zip(cell.cluster[kept], cell.n[kept], cell.total[kept], strict=True):
            counts[name] += int(n)
            totals[name] += int(total)
        found = st.clustered_mean(
            list(counts.values()), [totals[k] for k in counts], exact_steps(metric), level
        )
        return replace(found, note="; ".join(filter(None, [found.note, st.about(sample)])))
    return st.mean(sample, level, int(cell.total[kept].sum()), exact_steps(metric))


def pooled(cells: Iterable[Cell]) -> Cell | None:
    """Several cells of one tally as one: the months of a window."""
    cells = list(cells)
    if not cells:
        return None
    arrays = {
        k: np.concatenate([getattr(c, k) for c in cells]) for k in ("value", "end", "n", "total")
    }
    weight = None if cells[0].weight is None else np.concatenate([c.weight for c in cells])
    cluster = None if cells[0].cluster is None else np.concatenate([c.cluster for c in cells])
    coarse = sum(c.date_only for c in cells)
    entry = None if cells[0].entry is None else np.concatenate([c.entry for c in cells])
    return Cell(
        cells[0].group,
        None,
        **arrays,
        weight=weight,
        cluster=cluster,
        date_only=coarse,
        entry=entry,
    )


def estimate(
    metric: Metric, cell: Cell, name: str, level: float = 0.95
) -> tuple[st.Estimate, st.Sample]:
    """One statistic of one cell, with the sample it rests on."""
    sample = sample_of(metric, cell)
    return _answers(metric, cell, sample, name, level)[0][1], sample


__all__ = ["estimate", "exact_steps", "found_doubts", "measure", "pooled", "sample_of", "unit_of"]
