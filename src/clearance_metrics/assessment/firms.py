"""What firms experience: each firm's own average counts once, as surveys of firms count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from csv import DictReader
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, cast

from ..analysis.by_firm import ESTIMATORS, ByFirm, by_firm
from ..analysis.estimates import together, unit_in
from ..analysis.notes import left_out
from ..analysis.several import Metrics, labelled, metric_of
from ..analysis.withholding import bound_of, withheld, withholding
from ..domain.arguments import check_groups, check_level, check_metric, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED
from ..domain.metrics import FIRM, Formalities, Metric
from ..domain.tariff import Tariff
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.refusals import MissingColumn
from ..engine.tally import tally
from ..engine.values import counts_of
from ..errors import LogError
from ..results.words import has, lacking
from ..statistics.reasons import Reason
from .firm_records import Component, Each, Firms, FirmsRow
from .reconcile import references_of


@asked_of_log
def firms(
    log: EventLog,
    metric: Metrics,
    *,
    as_of: object = None,
    by: str | Iterable[str] = (),
    period: str | None = None,
    between: Any = None,
    firm: str = FIRM,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
    suppress_below: int | None = None,
) -> Firms:
    """The mean over firms of each firm's own average, and how far firms lie apart: standard
    deviation, coefficient of variation and P90/P50, a row per metric (one, or several in a list or
    by what they are called in a dict), group and period.

    A firm's average is the mean of its cases; of `Fee(per="value")` all its charges over all its
    goods. Firms beyond three standard deviations of log(1 + x) are left out and named (`dropped`);
    x is in the metric's unit: days of `Formalities`, per cent of a share of value. All firms weigh
    alike, since a log has no survey weights. Under six firms everything is refused. The mean has
    the t interval over firms, the others a seeded bootstrap of whole firms (none under ten).
    `between`, `tariff` as of `measure`; `firm` is the column of cases that names the firm.
    `.each(row)` lists the firms of a row; `suppress_below=k` withholds there those of fewer than k
    cases, and as many others as it takes. What the log lacks for one of several metrics is told;
    MissingColumn where that is all, LogError for names the log does not have and metrics without
    averages. Source: World Bank, Business Ready methodology handbook (2026), International Trade.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog, Formalities, firms
    >>> ids = [f"c{i}" for i in range(7)]
    >>> days = [1, 3, 4, 5, 6, 7, 8]  # of firm a one and three, on average two
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": [0] * 7 + [86400 * d for d in days],
    ...     "milestone": ["declared"] * 7 + ["customs_released"] * 7})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "enterprise": [*"aabcdef"]}))
    >>> row = firms(log, Formalities(), as_of="1970-01-31")[0]
    >>> row.firms, row.n, round(row.mean, 3), round(row.sd, 3)
    (6, 7, 5.333, 2.16)
    """
    asked, words = labelled(metric, log) or ({"": metric_of(metric, log)}, {})
    by = names_of(by)
    check_groups((*by, firm), reserved=FirmsRow.own_names())
    check_level(level)
    when, span = AsOf.of(as_of, log.timezone), Between.of(between)
    bound = bound_of(log, suppress_below, 1)
    rows: list[FirmsRow] = []
    held: dict[FirmsRow, ByFirm] = {}
    absent: dict[str, MissingColumn] = {}
    alone: dict[str, bool] = {}
    for label, one in asked.items():
        _check(one)
        one = one.on(calendar)
        if one.is_time and not one.by_end:  # open cases have no average
            one = one.but(dated_by="end")
        about: dict[str, Any] = {"as_of": when, "by": (*by, firm), "period": period}
        about |= {"between": span, "tariff": tariff_of(one, tariff)}
        try:
            cells = tally(log, one, **about)
        except MissingColumn as missing:
            absent[label] = missing
            continue
        if _of_days(one):
            alone[label] = _alone(log, one, cells, about)
        for cell in together(c for c in cells if c.period is not None or not period):
            found = by_firm(one, cell)
            row = _row(log, one, label or one.name, by, cell, found, level)
            rows.append(row)
            held[row] = found
    if absent and not rows and len(absent) == len(asked):
        raise next(iter(absent.values()))
    remarks = tuple(
        Reason(
            "several.absent",
            name=_called(label, words),
            missing=lacking(missing.name, log.vocabulary),
        )
        for label, missing in absent.items()
    )
    remarks += _of_customs_alone(alone, words)
    told = (str(one.population.get("kind", "")) for one in asked.values() if _of_days(one))
    sides = dict.fromkeys(told)
    found_ = Firms(
        rows=tuple(rows),
        as_of=when.text,
        level=level,
        references=tuple((s, r) for s in sides for r in references_of(s, surveys=True)),
        components=_components(log) if any(one.of_value for one in asked.values()) else (),
    )
    each = {row: _each(found, bound) for row, found in held.items()}
    return found_._with(_remarks=remarks, _called=words, _each=each)


def _check(metric: object) -> None:
    """LogError for what has no averages of firms."""
    check_metric(metric)
    one = cast(Metric, metric)
    if one.is_share or one.is_ratio or one.reads_lines and getattr(one, "per", "") == "line":
        what = f"{one.name} has no average of a firm"
        raise LogError(what, "metric", 'give Formalities(), a Duration, or Fee(per="value")')


def _of_days(metric: Metric) -> bool:
    return metric.kind == "formalities"


def _alone(log: EventLog, metric: Metric, cells: Iterable[Cell], about: Mapping[str, Any]) -> bool:
    """Whether nothing but customs is on these cases: no certificate before, no agency after."""
    one = cast(Formalities, metric)
    customs = replace(one, starts=one.starts[:1], stops=one.stops[:1], name="")
    sums = [
        sum(int(cell.total[cell.end == ENDED].sum()) for cell in found)
        for found in (cells, tally(log, customs, **about))
    ]
    return sums[0] == sums[1] > 0


def _called(label: str, words: Mapping[str, Any]) -> Any:
    """What a metric is called in words, or else its label."""
    return words.get(label) or (Reason(code) if has(code := f"firms.{label}") else label)


def _of_customs_alone(alone: Mapping[str, bool], words: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Which clocks are customs' alone, by name where others are not."""
    if alone and all(alone.values()):
        return (Reason("firms.customs_alone"),)
    return tuple(
        Reason("firms.customs_alone_of", about=_called(label, words))
        for label, is_alone in alone.items()
        if is_alone
    )


def _row(
    log: EventLog,
    metric: Metric,
    label: str,
    by: tuple[str, ...],
    cell: Cell,
    found: ByFirm,
    level: float,
) -> FirmsRow:
    """The four figures of one group and period."""
    figures = {name: estimate(found.kept, level) for name, estimate in ESTIMATORS.items()}
    told: dict[str, Any] = {}
    for name, short in (
        ("firm_mean", "mean"),
        ("firm_sd", "sd"),
        ("firm_cv", "cv"),
        ("firm_p90_p50", "p90_p50"),
    ):
        answer = figures[name]
        ends = {short: answer.value, f"{short}_low": answer.low, f"{short}_high": answer.high}
        told |= ends
    reasons = dict.fromkeys(
        why
        for answer in figures.values()
        for why in answer.reasons
        if why.code != "firms.bootstrap"
    )
    return FirmsRow(
        what=label,
        groups=tuple(zip(by, cell.group, strict=True)),
        period=cell.period,
        unit=unit_in(log, metric),
        **told,
        firms=len(found.kept),
        n=int(found.n[~found.out].sum()),
        dropped=tuple(
            (name, float(value))
            for name, value, out in zip(found.names, found.averages, found.out, strict=True)
            if out
        ),
        no_firm=found.no_firm,
        reasons=(*reasons, *found.about(), *left_out(cell)),
    )


def _each(found: ByFirm, bound: int | None) -> tuple[Each, ...]:
    """The firms of a row, the highest average first; small ones withheld."""
    counts = {(name,): int(n) for name, n in zip(found.names, found.n, strict=True)}
    hidden, _ = withholding(counts, bound)
    rows = []
    order = sorted(range(len(found.names)), key=lambda i: (-found.averages[i], found.names[i]))
    for i in order:
        name, gone = found.names[i], (found.names[i],) in hidden
        rows.append(
            Each(
                firm=name,
                n=None if gone else int(found.n[i]),
                value=None if gone else float(found.averages[i]),
                dropped=None if gone else bool(found.out[i]),
                reasons=(withheld(bound),) if gone else (),
            )
        )
    # in order of average, a withheld firm would show between whose its own lies
    shown = [row for row in rows if row.value is not None]
    gone = sorted((row for row in rows if row.value is None), key=lambda row: row.firm)
    return (*shown, *gone)


@cache
def _known() -> tuple[Mapping[str, str], ...]:
    """The components of the cost to comply, with the words that charge items name them by."""
    path = files("clearance_metrics.notice").joinpath("cost_components.csv")
    return tuple(DictReader(path.read_text(encoding="utf-8").splitlines()))


def _components(log: EventLog) -> tuple[Component, ...]:
    """Which components of the cost to comply the log's charges name, and which not."""
    items = [str(item) for item in counts_of(log, "item") if item is not None]
    return tuple(
        Component(
            name=row["component"],
            zh=row["zh"],
            en=row["en"],
            in_scope=row["in_scope"] == "yes",
            items=tuple(
                item
                for item in items
                if any(word.lower() in item.lower() for word in row["words"].split("|"))
            ),
        )
        for row in _known()
    )


__all__ = ["Firms", "FirmsRow", "firms"]
