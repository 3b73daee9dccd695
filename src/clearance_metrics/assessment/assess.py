"""assess(): a notice's indicators computed from a log and set against their targets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..analysis.cases import Cases, cases_of
from ..domain.arguments import check_groups, check_level, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.tariff import Tariff
from ..domain.verdicts import Verdict
from ..engine.asking import asked_of_log
from ..engine.log import SMALL, EventLog
from ..engine.references import tariff_of
from ..engine.refusals import MissingColumn
from ..engine.sharing import Ask, tallies
from ..engine.values import unmet as unmet_of
from ..errors import InputError, LogError, closest
from ..notice import Indicator, Notice, load_notice
from ..notice.flags import suited
from ..results.assessment import Assessment, AssessRow
from ..results.wording import unmet
from ..results.words import lacking, texts_of
from ..statistics.reasons import Reason
from .context import Context, row
from .differences import difference_asks, difference_rows
from .directions import direction_rows
from .levels import level_rows
from .references import reference_rows
from .zeros import zero_asks, zero_rows

ROWS: dict[str, Callable[[Context, Indicator], list[AssessRow]]] = {
    "level": level_rows,
    "zero": zero_rows,
    "direction": direction_rows,
    "difference": difference_rows,
    "reference": reference_rows,
}


@asked_of_log
def assess(
    log: EventLog,
    notice: Notice | str = "cn-2021-85",
    *,
    as_of: object = None,
    by: str | Iterable[str] = (),
    calendar: WorkCalendar | None = None,
    level: float = 0.95,
    tariff: Tariff | None = None,
    resolution: str | None = None,
    saved: str | Path | None = None,
) -> Assessment:
    """Every indicator of the notice as the log stood at the end of the day `as_of`, a row each (per
    group).

    Levels are taken over the month or year that ends on the target's date; directions compare the
    latest twelve whole months with the same calendar months before the notice; zeros count
    violations since the rule's date. Verdicts rest on one-sided bounds, each at `level`, and on 30
    cases. A log that lacks a column gets the verdict "no data", with the column named. `tariff`
    (from `load_tariff`) takes the place of the one that ships: an office that holds the official
    tables can judge what here is not verified.

    The indicators share a handful of engine queries; the answer says how many. `resolution` is that
    of durations in hours, "second" or "minute": means are exact in either, medians and percentiles
    exact to it. Without it a log of up to a million cases is read to the second and a larger one to
    the minute; the answer says which. `saved`: a file with `to_dicts()` of this very assessment as
    JSON, which is read in place of asking the log again.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    >>> row = assess(EventLog(events, cases), as_of="2022-12-31")[0]
    >>> row.indicator, row.verdict.value, row.note[:13]
    ('cross_district', 'no data', 'the log lacks')
    """
    notice = notice if isinstance(notice, Notice) else load_notice(notice)
    notice = suited(notice, {*log.milestones, *log.columns})
    by = names_of(by)
    check_groups(by, reserved=AssessRow.own_names())
    # a one-sided bound at a half or less would lie on the wrong side of the figure
    check_level(level, above=0.5)
    known = set(log.columns) | set(log.charges.columns if log.charges is not None else ())
    for name in by:
        if name not in known:
            raise LogError(f"the log has no column {name!r}", "by", closest(name, known))
    if resolution not in (None, "second", "minute"):
        remedy = 'write "second" or "minute"'
        raise LogError(f"unknown resolution {resolution!r}", "resolution", remedy)
    when = AsOf.of(as_of, log.timezone)
    counted = resolution is None  # the cases, by one query
    resolution = resolution or ("minute" if log.count_cases() > SMALL else "second")
    context = Context(
        log=log,
        notice=notice,
        when=when,
        by=by,
        level=level,
        calendar=calendar,
        tariff=tariff,
        resolution=resolution,
    )
    if saved is not None:
        return _answer(context, _rows_of(Path(saved), context), 0)
    context = replace(context, tallies=tallies(log, every_ask(context), as_of=when))
    return judged(context, counted)


def every_ask(context: Context) -> list[Ask]:
    """The tallies that all indicators are judged by."""
    computed = (one for one in context.notice.indicators if one.status == "computed")
    return [ask for one in computed for ask in asks_of(context, one)]


def judged(context: Context, queries: int = 0) -> Assessment:
    """The assessment by the tallies of the context; `queries` are those asked beside them."""
    rows = tuple(r for indicator in context.notice.indicators for r in _rows(context, indicator))
    return _answer(context, rows, context.tallies.queries + queries)


def _answer(context: Context, rows: tuple[AssessRow, ...], queries: int) -> Assessment:
    found = Assessment(
        rows=rows,
        as_of=context.when.text,
        notice=context.notice.id,
        queries=queries,
        resolution=context.resolution,
        level=context.level,
    )
    object.__setattr__(found, "_behind", partial(_cases, context))
    object.__setattr__(found, "_notice", context.notice)
    object.__setattr__(found, "_own_tariff", context.tariff is not None)
    return found


def _rows_of(file: Path, context: Context) -> tuple[AssessRow, ...]:
    """The rows of an assessment that was saved; InputError where the file holds none of this
    notice.
    """
    try:
        records = json.loads(file.read_text(encoding="utf-8"))
        rows = tuple(AssessRow.of(record, context.by) for record in records)
    except (ValueError, OSError, KeyError, TypeError, AttributeError) as error:
        why = f"the saved assessment cannot be read: {error}"
        raise InputError(why, str(file), "leave `saved` out") from None
    if {row.indicator for row in rows} != {i.id for i in context.notice.indicators}:
        why = f"the saved assessment is not of the notice {context.notice.id}"
        raise InputError(why, str(file), "leave `saved` out")
    return rows


def _cases(context: Context, row: AssessRow, **asked: Any) -> Cases:
    """The cases behind one indicator's row, of the months that it is over."""
    indicator = context.notice.indicator(row.indicator)
    metric = indicator.metric
    if metric is None or metric.kind == "difference" or not row.period:
        what = f"{row.indicator} has no figure of cases"
        raise LogError(what, "cases", "take a row with a value")
    first, several, last = row.period.partition("..")
    span = Between.of((first, (last or None) if several else first))
    about: dict[str, Any] = {"between": span, "period": (None, None)}
    rates = tariff_of(metric, context.tariff)
    metric = metric.on(context.calendar)
    return cases_of(context.log, metric, row, as_of=context.when, tariff=rates, **about, **asked)


def _kind(indicator: Indicator) -> str:
    """How an indicator is judged: as the notice says, but for a difference of two groups."""
    return "difference" if indicator.metric.kind == "difference" else indicator.kind


def asks_of(context: Context, indicator: Indicator) -> list[Ask]:
    """The tallies that an indicator is judged by."""
    own = {"zero": zero_asks, "difference": difference_asks}.get(_kind(indicator))
    return own(context, indicator) if own else [context.asked_of(indicator)]


def _rows(context: Context, indicator: Indicator) -> list[AssessRow]:
    """One row per group of the log, or one that says why there is none."""

    def nothing(verdict: Verdict, code: str, **facts: object) -> list[AssessRow]:
        why = [Reason(f"assess.{code}", **facts)]
        return [row(context, indicator, context.nowhere, verdict, why)]

    if indicator.status != "computed":
        told = {name: texts_of(indicator, name) for name in ("reason", "record")}
        if indicator.kind == "action":
            return nothing(Verdict.NOT_MEASURABLE, "see_record", **told)
        return nothing(Verdict.NOT_COMPUTED, "needs_record", **told)
    try:
        found = ROWS[_kind(indicator)](context, indicator)
    except MissingColumn as missing:
        words = context.log.vocabulary
        of_lines = bool(getattr(indicator.metric, "reads_lines", False))
        facts = {"column": lacking(missing.name, words, lines=of_lines)}
        flags = (one.column for one in context.notice.flags if one.absent == missing.name)
        if (flag := next(flags, None)) is not None:
            return nothing(Verdict.NO_DATA, "log_lacks_both", flag=lacking(flag, words), **facts)
        return nothing(Verdict.NO_DATA, "log_lacks", **facts)
    if found:
        return found
    early = indicator.target and indicator.target.due > context.day
    (none,) = nothing(Verdict.NOT_DUE if early else Verdict.NO_DATA, "none_of_kind")
    asked = [(context.log, getattr(indicator.metric, "population", {}))]
    why = (unmet(context.log.reader, *one) for one in unmet_of(asked))
    return [replace(none, reasons=(*none.reasons, *why))]
