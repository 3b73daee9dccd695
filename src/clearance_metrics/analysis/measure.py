"""measure(): statistics of one metric by group and period, from its tally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from .. import statistics as st
from ..domain.arguments import check_groups, check_level, check_metric, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.ends import OPEN
from ..domain.metrics import FIRM, Metric
from ..domain.statistic import Statistic
from ..domain.tariff import Tariff
from ..domain.vocabulary import Vocabulary
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.tally import tally
from ..errors import LogError
from ..results.measures import MeasureRow, Measures
from ..results.withheld import open_withheld
from ..statistics.reasons import Reason
from .cases import behind
from .doubts import Doubts, found_doubts
from .estimates import samples_of, unit_in
from .estimators import Asked, answers_of
from .far_ahead import far_ahead
from .notes import allowed, left_out, left_out_of, meaning, used_none
from .several import Metrics, caveats_of, labelled, measured, metric_of, targets_of, unasked
from .split_lines import divided_by
from .withholding import ONE_TABLE, bound_of, withheld, withholding_beside, withholding_cases

# told also of logs of which nothing can be said of times; of the others a warning is given
PLAIN = frozenset({"n", "open", "sum"})
# what each of several metrics is asked with
SHARED = ("as_of", "by", "period", "between", "statistics", "cluster", "level")
SHARED += ("calendar", "tariff", "suppress_below")


@asked_of_log
def measure(
    log: EventLog,
    metric: Metrics,
    *,
    as_of: object = None,
    by: str | Iterable[str] = (),
    period: str | None = None,
    between: Any = None,
    statistics: str | Iterable[str] | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
    suppress_below: int | None = None,
) -> Measures:
    """Statistics of one metric by group and period, as the log stood at the end of the day `as_of`
    (the log's own, where none is given).

    `metric`: a Duration, Share or Fee, the name of a clock ("import_overall"), or an indicator of a
    notice. Several (in a list, or by what they are called in a dict) make one answer with a first
    group "clock"; what the log cannot show is left out and told.
    `between`: the first and the last day that count, both included, in the log's zone
    (("2022-04-01", "2022-12-31"); None leaves an end open, a month stands for all of its days): the
    cases whose own date, the one that puts them into periods, lies within.
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
    one table: others of the same cases may give cells back. A log that withholds
    (`log.using(withhold=k)`) asks so by itself; of a part of it also so that neither the other
    parts nor the whole, asked the same, give a cell back. Raises LogError for names the log does
    not have and CalendarError for years without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, measure
    >>> events = pl.DataFrame({"case_id": ["a", "a", "b", "b"], "time": [0, 7200, 0, 14400],
    ...     "milestone": ["declared", "customs_released"] * 2})
    >>> clock = Duration("declared", "customs_released")
    >>> measure(EventLog(events), clock, as_of="1970-01-02", statistics="mean").rows[0].value
    3.0
    """
    if isinstance(metric, Iterator):  # which can be read once
        metric = tuple(metric)
    if cluster is None and isinstance(statistics, str) and getattr(metric, "of_firms", False):
        # an indicator about firms says that cases are told apart by them
        cluster = FIRM if Statistic.parse(statistics).row.of_firms else None
    if (several := labelled(metric, log)) is not None:
        same = {name: given for name, given in locals().items() if name in SHARED}
        found = measured(log, several, lambda one: measure(log, one, **same))
        targets = targets_of(metric)
        told = (*found._remarks, *caveats_of(metric), *unasked(found, targets))
        return found._with(_remarks=told, _targets=targets)
    metric = metric_of(metric, log)  # one, or nothing that is known
    check_metric(metric)
    by = names_of(by)
    asked = _statistics(log, metric, statistics, cluster)
    check_groups(by, reserved=MeasureRow.own_names())
    check_level(level)
    suppress_below = bound_of(log, suppress_below, len(by) + (period is not None))
    metric, when, span = metric.on(calendar), AsOf.of(as_of, log.timezone), Between.of(between)
    cells = tally(
        log,
        metric,
        as_of=when,
        by=by,
        period=period,
        cluster=cluster,
        tariff=tariff_of(metric, tariff),
        between=span,
    )
    timed = any(statistic.kind not in PLAIN for statistic in asked)
    doubts = found_doubts(log, metric, cells, when, span) if timed else Doubts()
    cells = tuple(cell for cell in cells if cell.period is not None or not period)
    samples = dict(
        zip((_key(cell, period) for cell in cells), samples_of(metric, cells), strict=True)
    )
    by_end = any(statistic.kind in ("incidence", "time_lost") for statistic in asked)
    guarded = withholding_cases(samples if suppress_below else {}, suppress_below, by_end)

    def of(log: EventLog, by: tuple[str, ...]) -> dict[tuple, st.Sample]:
        asked: Any = {"as_of": when, "period": period, "between": span}
        cells = tally(log, metric, by=by, tariff=tariff_of(metric, tariff), aside=True, **asked)
        cells = tuple(cell for cell in cells if cell.period is not None or not period)
        return dict(zip((_key(c, period) for c in cells), samples_of(metric, cells), strict=True))

    beside = withholding_beside(log, by, of, by_end)
    hidden, few_ended, still = (a | b for a, b in zip(guarded, beside, strict=True))
    rows: list[MeasureRow] = []
    for cell in cells:
        key, about = _key(cell, period), _About(metric, by, cell, level, doubts, log.vocabulary)
        about.withholds = bool(suppress_below)
        for statistic in asked:
            if key in hidden or (key in few_ended and statistic.kind != "n"):
                why = withheld(suppress_below, finished=key not in hidden)
                rows.append(about.row(statistic, str(statistic), st.Estimate(None, reasons=(why,))))
            else:
                told = about.rows(statistic, samples[key])
                if suppress_below and key in still:
                    told = [open_withheld(row, suppress_below) for row in told]
                # with the open cases beside it, n would tell the finished ones
                rows += [replace(r, n_open=None) for r in told] if key in few_ended else told
    if suppress_below:
        rows = [replace(row, reasons=(*row.reasons, ONE_TABLE)) for row in rows]
    why = Reason("no_cases") if rows else _none(log, metric, when)
    gone = None if rows else why
    if not rows and not by and not period:
        rows = [_nothing(log, metric, statistic, why) for statistic in asked]
    found = Measures(rows=tuple(rows), as_of=when.text, unit=unit_in(log, metric), _gone=gone)
    remarks = (*allowed(metric, log.vocabulary), *divided_by(log, metric, by))
    object.__setattr__(found, "_remarks", remarks)
    object.__setattr__(found, "_named", getattr(metric, "label", ""))
    rates = tariff_of(metric, tariff)
    behind(found, log, metric, as_of=when, period=period, between=span, tariff=rates)
    return found


def _key(cell: Cell, period: str | None) -> tuple:
    return (*cell.group, cell.period) if period else cell.group


def _statistics(
    log: EventLog, metric: Metric, asked: str | Iterable[str] | None, cluster: str | None
) -> tuple[Statistic, ...]:
    """What is asked, parsed; what would be quietly wrong is refused."""
    if not isinstance(asked, str | Iterable | None):
        raise LogError(f"statistics {asked!r} are no names", "statistics", 'write "median"')
    names = (asked,) if isinstance(asked, str) else tuple(asked or metric.default_statistics)
    signed = metric.is_time and log.is_signed(metric)
    found = tuple(Statistic.parse(name).cut(signed) for name in names)
    for statistic in found:
        metric.accepts(statistic)
    over = next((str(statistic) for statistic in found if statistic.row.of_firms), "")
    if over and not cluster:
        what = f"{over!r} is over firms, and no column says which case is whose"
        raise LogError(what, "cluster", 'write cluster="enterprise"')
    if cluster and not all(metric.clusters(statistic) for statistic in found):
        raise LogError(
            f"cluster={cluster!r} serves the intervals of means, percentiles and shares",
            "cluster",
            'statistics="mean", "median", "p90", "within:24" or "share"',
        )
    return tuple(dict.fromkeys(found))


class _About:
    """What the rows of one cell have in common."""

    withholds = False  # whether what is told of few cases would tell too much

    def __init__(
        self,
        metric: Metric,
        by: tuple[str, ...],
        cell: Cell,
        level: float,
        doubts: Doubts,
        words: Vocabulary,
    ) -> None:
        self.metric, self.cell, self.level, self.doubts, self.words = (
            metric,
            cell,
            level,
            doubts,
            words,
        )
        self.groups = tuple(zip(by, cell.group, strict=True))
        self.left_out = left_out(cell, metric)

    def rows(self, statistic: Statistic, sample: st.Sample) -> list[MeasureRow]:
        """A row per answer to one statistic; a curve has thousands."""
        metric, cell = self.metric, self.cell
        answers = answers_of(Asked(metric, cell, sample, statistic, self.level))
        if self.doubts.snapshot and not statistic.row.adds:
            why = st.Estimate(None, reasons=self.doubts.snapshot)
            answers = [(str(statistic), why)]
        if not sample.n and (n := left_out_of(cell)):
            # cases that are there and cannot be used are not none
            answers = [(label, used_none(answer, n)) for label, answer in answers]
        said = meaning(metric, sample, statistic, self.words)
        warning = () if statistic.kind in PLAIN else self.doubts.warning
        far = far_ahead(metric, cell, statistic, told=not self.withholds)
        said = (*said, *far, *warning, *self.left_out)
        n_open = None if metric.by_end else sample.n_open
        return [self.row(statistic, label, a, sample.n, n_open, said) for label, a in answers]

    def row(
        self,
        statistic: Statistic,
        label: str,
        answer: st.Estimate,
        n: int | None = None,
        n_open: int | None = None,
        said: tuple[Reason, ...] = (),
    ) -> MeasureRow:
        """One answer as a record."""
        return MeasureRow(
            metric=self.metric.name,
            statistic=label,
            groups=self.groups,
            period=self.cell.period,
            value=answer.value,
            low=answer.low,
            high=answer.high,
            n=n,
            n_open=n_open,
            unit=self.metric.unit_of(statistic, self.cell.currency or "CNY"),
            reasons=(*answer.reasons, *said),
        )


def _none(log: EventLog, metric: Metric, when: AsOf) -> Reason:
    """Why no case is there: of a clock dated by its end, those that there are may all be open."""
    if metric.is_time and metric.by_end:
        begun = tally(log, replace(metric, dated_by="start", name=""), as_of=when, aside=True)
        still = sum(int(cell.n[cell.end == OPEN].sum()) for cell in begun)
        if still:
            return Reason("all_open", n=still)
    return Reason("no_cases")


def _nothing(log: EventLog, metric: Metric, statistic: Statistic, why: Reason) -> MeasureRow:
    return MeasureRow(
        metric=metric.name,
        statistic=str(statistic),
        groups=(),
        period=None,
        value=None,
        low=None,
        high=None,
        n=0,
        n_open=0,
        unit=unit_in(log, metric, statistic),
        reasons=(why,),
    )
