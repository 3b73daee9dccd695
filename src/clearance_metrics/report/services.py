"""Page 06, documents, channels, messages and operations: each by its kind."""

from __future__ import annotations

from ..analysis.measure import measure
from ..assessment.check_limits import check_limits
from ..domain.ends import ENOUGH
from ..notice import Indicator
from ..statistics.reasons import Reason
from .blocks import (
    Block,
    Blocks,
    Book,
    Html,
    assessed,
    interval,
    needs_data,
    no_data,
    no_indicator,
    number,
    table,
    title_of,
    verdict,
)
from .wording import capital, figure, judged, period_words, short_of

PAGE = "services"


def headline(book: Book) -> Block:
    """The notice's indicators of this page in one table; what is taken apart below in the title."""
    rows = book.rows(page=PAGE)
    if not rows:
        return no_indicator(book)
    told = [r for r in book.rows(page=PAGE, role="by_kind") if r.value is not None]
    told = told or [r for r in rows if r.value is not None]
    if not told:
        return no_data(book, "document_issued")
    said = [
        Reason(
            "page06.told",
            name=book.named(r),
            value=figure(r.value, r.unit, book.lang),
            verdict=judged(r),
        )
        for r in told
    ]
    return Block(capital(book.joined(said)), assessed(rows, book), book.source)


def by_kind(book: Book) -> Blocks:
    """Each share that the notice has taken apart, by kind."""
    return Blocks(_by_kind(book, indicator) for indicator in book.notice.on(PAGE, "by_kind"))


@needs_data
def _by_kind(book: Book, indicator: Indicator) -> Block:
    """One share, by kind: an earlier year and the latest; kinds with fewer than 30 cases are not
    printed.
    """
    column = indicator.by
    rows = measure(
        book.log,
        indicator.metric,
        as_of=book.as_of,
        by=column,
        period="year",
        statistics="share",
    )
    years = sorted({r.period for r in rows if r.n >= ENOUGH})
    if not years:
        return _too_few(book, indicator)
    first, last = years[max(0, len(years) - 3)], years[-1]
    told: dict = {}
    for r in rows:
        if r.period in (first, last):
            told.setdefault(dict(r.groups)[column], {})[r.period] = r
    kept = {k: v for k, v in told.items() if last in v and v[last].n >= ENOUGH}
    if not kept:
        return _too_few(book, indicator)
    ordered = sorted(kept.items(), key=lambda item: -item[1][last].value)
    heads = [
        book.term("column", column),
        *(book.say("page06.year", year=year) for year in (first, last)),
        *book.heads("interval", "n"),
    ]
    body = table(
        heads,
        [
            (
                book.value(column, k),
                number(v[first].value, "share") if first in v and v[first].n >= ENOUGH else "–",
                number(v[last].value, "share"),
                interval(v[last].low, v[last].high, "share", lang=book.lang),
                number(v[last].n),
            )
            for k, v in ordered
        ],
        (1, 2, 3, 4),
    )
    (best, top), (worst, bottom) = ordered[0], ordered[-1]
    title = book.say(
        "page06.by_kind",
        name=_name(book, indicator),
        year=last,
        best=book.value(column, best),
        most=top[last].value,
        worst=book.value(column, worst),
        least=bottom[last].value,
    )
    few = len(told) - len(kept)
    note = book.say("page06.few", fewest=ENOUGH, n=few) if few else ""
    return Block(title, body, f"{book.source} · {title_of(indicator, book.lang)}", note)


def _too_few(book: Book, indicator: Indicator) -> Block:
    facts = {"column": book.term("column", indicator.by), "fewest": ENOUGH}
    title = book.say("page06.too_few", name=_name(book, indicator), **facts)
    return Block(title, "", book.source)


def _name(book: Book, indicator: Indicator) -> str:
    return capital(short_of(indicator, book.lang))


@needs_data
def limits(book: Book) -> Block:
    """Each port's own published limit in force on the day, and how many operations kept to it."""
    found = check_limits(book.log, as_of=book.as_of)
    if not len(found):
        return no_data(book, "limits")
    late = [r for r in found if r.verdict == "not met"]
    title = book.say("page06.limits", limits=len(found), late=len(late))
    body = table(
        book.heads(
            "column.port",
            "page06.operation",
            "page06.minutes",
            "page06.promised",
            "page06.in_force",
            "page06.kept",
            "interval",
            "n",
            "verdict",
        ),
        [
            (
                r.port,
                r.operation,
                number(r.minutes),
                number(r.required, "share"),
                Html(period_words(f"{r.valid_from}..{r.valid_to}", book.lang)),
                number(r.share, "share"),
                interval(r.low, r.high, "share", lang=book.lang),
                number(r.n),
                verdict(r, book.lang),
            )
            for r in found
        ],
        (2, 3, 5, 6, 7),
    )
    note = book.say("page06.limits_note", without=found.without)
    return Block(title, body, book.source, note)
