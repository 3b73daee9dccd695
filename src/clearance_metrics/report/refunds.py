"""Page 03, export refunds: by the clocks, targets and limits that the notice gives this page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from ..analysis.measure import measure
from ..domain.metrics import Duration
from ..notice import Indicator
from ..results.assessment import AssessRow
from ..results.charts.months import months_with_steps
from ..results.measures import Measures
from ..statistics.reasons import Reason
from .blocks import (
    Block,
    Book,
    assessed,
    chart,
    interval,
    needs_data,
    no_data,
    no_indicator,
    number,
    statistic_words,
    table,
    unit_words,
)
from .wording import capital, figure, judged, short_of, told_value

PAGE = "refunds"
COHORTS = 8  # quarters of acceptance that are printed
WITHIN = "within:10"


def _indicators(book: Book, role: str) -> tuple[Indicator, ...]:
    return book.notice.on(PAGE, role)


def _measured(
    book: Book, clock: Duration, period: str, statistics: str | Sequence[str], by: str | tuple = ()
) -> Measures:
    return measure(
        book.log,
        clock,
        as_of=book.as_of,
        by=by,
        period=period,
        statistics=statistics,
        calendar=book.calendar,
    )


def headline(book: Book) -> Block:
    """Refund targets of the notice, and what stands beside them."""
    rows = [r for r in book.rows(page=PAGE) if r.verdict != "not computed"]
    if not rows:
        return no_indicator(book)
    told = [r for r in book.rows(page=PAGE, role="headline") if r.value is not None]
    if not told and all(r.value is None for r in rows):
        return no_data(book, "refund_approved")
    left_out = [r for r in book.rows(page=PAGE, role="left_out") if r.value is not None]
    said = [_told(book, r) for r in told or [r for r in rows if r.value is not None]]
    said += [Reason("page03.left_out", name=book.named(r), share=r.value) for r in left_out]
    notes = ["page03.note", *["page03.class_note"] * bool(_indicators(book, "limits"))]
    note = book.joined([*notes, "page03.sample_note"], "report.gap")
    return Block(capital(book.joined(said)), assessed(rows, book), book.source, note)


def _told(book: Book, row: AssessRow) -> Reason:
    """A row in a sentence: period, value with interval and n, target and verdict."""
    facts = {
        "name": book.named(row),
        "period": row.period,
        "value": told_value(row, book.lang),
        "interval": interval(row.low, row.high, row.unit, lang=book.lang),
        "cases": row.n,
        "verdict": judged(row),
    }
    if row.target is None:
        return Reason("page03.told", **facts)
    return Reason("page03.told_target", target=row.target, **facts)


@needs_data
def months(book: Book) -> Block:
    """The clock of the targets by month of completion, with the dated targets."""
    asked = _indicators(book, "headline")
    if not asked:
        return no_indicator(book)
    rows = _measured(book, asked[0].metric, "month", "mean")
    if not len(rows):
        return no_data(book, asked[0].metric.stop)
    last, name, unit = rows.rows[-1], _short(book, asked[0]), asked[0].metric.unit
    value = figure(last.value, unit, book.lang)
    title = capital(book.say("page03.months", name=name, month=last.period, value=value))
    drawn = months_with_steps(
        rows,
        lang=book.lang,
        steps=_steps(book, asked),
        title=title,
        source=book.source,
        label=statistic_words("mean", lang=book.lang),
        unit=unit_words(unit, book.lang),
    )
    return Block("", chart(drawn, title), note=book.say("page03.months_note"))


def _short(book: Book, indicator: Indicator) -> str:
    return short_of(indicator, book.lang)


def _steps(book: Book, asked: Sequence[Indicator]) -> list[tuple[date, date, float, str]]:
    """The targets as levels over time, each from the day after the one before was due."""
    made, first = [], book.notice.issued
    for target in sorted((i.target for i in asked if i.target), key=lambda t: t.due):
        words = book.say("page03.step", due=str(target.due), target=target.value)
        made.append((first, target.due, target.value, words))
        first = target.due + timedelta(1)
    return made


@needs_data
def by_class(book: Book) -> Block:
    """By class of exporter: mean, and the share beyond the limit of the class."""
    asked = _indicators(book, "limits")
    if not asked:
        return no_indicator(book)
    limited = asked[0].metric
    column, allowed = limited.allowance
    clock = replace(limited, allowance=None, dated_by="end", name="")
    means = _measured(book, clock, "year", "mean", column)
    if not len(means):
        return no_data(book, column)
    beyond = _measured(
        book, replace(limited, dated_by="end", name=""), "year", "share_above:0", column
    )
    over = {(r.groups, r.period): r for r in beyond}
    year = max(r.period for r in means)
    rows = []
    for r in means:
        if r.period == year:
            late = over[r.groups, r.period]
            rows.append(
                (
                    book.value(column, dict(r.groups)[column]),
                    number(r.value),
                    interval(r.low, r.high, lang=book.lang),
                    number(r.n),
                    number(late.value, "share"),
                    interval(late.low, late.high, "share", lang=book.lang),
                )
            )
    heads = book.heads(
        "page03.class", "page03.mean_days", "interval", "n", "page03.beyond", "interval"
    )
    limits = [
        Reason("page03.limit", name=book.value(column, name), days=days)
        for name, days in allowed.items()
    ]
    origin = "report.outside" if asked[0].origin == "outside" else "page03.own"
    note = book.say(
        "page03.class_limits",
        limits=limits,
        clause=asked[0].target.clause,
        origin=book.say(origin),
    )
    title = book.say("page03.by_class", year=year)
    return Block(title, table(heads, rows, (1, 2, 3, 4, 5)), book.source, note)


@needs_data
def by_method(book: Book) -> Block:
    """By refund method: the clock of the targets, the two latest years of completion."""
    asked = _indicators(book, "headline")
    if not asked:
        return no_indicator(book)
    column = "refund_method"
    rows = _measured(book, asked[0].metric, "year", "mean", column)
    if not len(rows):
        return no_data(book, column)
    years = sorted({r.period for r in rows})[-2:]
    shown = [r for r in rows if r.period in years]
    names = {r: book.value(column, dict(r.groups)[column] or None) for r in shown}
    told = [
        Reason("figure.named", name=names[r], value=figure(r.value, r.unit, book.lang))
        for r in shown
        if r.period == years[-1]
    ]
    heads = book.heads("page03.method", "page02.year", "page03.mean_days", "interval", "n")
    body = table(
        heads,
        [
            (
                names[r],
                r.period,
                number(r.value),
                interval(r.low, r.high, lang=book.lang),
                number(r.n),
            )
            for r in shown
        ],
        (2, 3, 4),
    )
    return Block(book.say("page03.by_method", year=years[-1], told=told), body, book.source)


@needs_data
def cohorts(book: Book) -> Block:
    """By quarter of acceptance: the view that keeps open cases."""
    asked = _indicators(book, "all")
    if not asked:
        return no_indicator(book)
    clock = replace(asked[0].metric, dated_by="start", name="")
    rows = _measured(book, clock, "quarter", ("median", WITHIN))
    if not len(rows):
        return no_data(book, clock.start)
    found = {(r.period, r.statistic): r for r in rows}
    shown = []
    for quarter in sorted({r.period for r in rows})[-COHORTS:]:
        median, within = found[quarter, "median"], found[quarter, WITHIN]
        shown.append(
            (
                quarter,
                median.said(book.lang) if median.value is None else number(median.value),
                number(within.value, "share"),
                interval(within.low, within.high, "share", lang=book.lang),
                number(median.n),
                number(median.n_open),
            )
        )
    limit = figure(int(WITHIN.removeprefix("within:")), clock.unit, book.lang)
    quarter, _, share, *_ = shown[-1]
    title = book.say("page03.cohorts", quarter=quarter, limit=limit, share=share)
    heads = book.heads("page03.accepted", "statistic.median")
    heads += [statistic_words(WITHIN, clock.unit, lang=book.lang)]
    heads += book.heads("interval", "n", "page02.open")
    return Block(title, table(heads, shown, (1, 2, 3, 4, 5)), book.source)


@needs_data
def net(book: Book) -> Block:
    """All refunds by year of completion: the whole time, and the same less the time a query was
    open.
    """
    asked = [*_indicators(book, "all")[:1], *_indicators(book, "net")[:1]]
    if len(asked) < 2:
        return no_indicator(book)
    told: dict = {}
    for indicator in asked:
        for r in _measured(book, indicator.metric, "year", "mean"):
            told.setdefault(r.period, []).append(r)
    if not told:
        return no_data(book, asked[0].metric.stop)
    rows = []
    for year, found in sorted(told.items()):
        figures = [
            (number(r.value), interval(r.low, r.high, lang=book.lang), number(r.n)) for r in found
        ]
        rows.append((year, *(cell for cells in figures for cell in cells)))
    year, whole, _, _, less, *_ = rows[-1]
    title = book.say("page03.net", year=year, whole=whole, less=less)
    parts = ("interval", "n")
    heads = book.heads("page03.completed", "page03.gross", *parts, "page03.less", *parts)
    body = table(heads, rows, (1, 2, 3, 4, 5, 6))
    return Block(title, body, book.source, book.say("page03.net_note"))
