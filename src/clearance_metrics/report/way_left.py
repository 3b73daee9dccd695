"""Page 07, the way left: what stands between a mean and the notice's target."""

from __future__ import annotations

from datetime import date

from ..analysis.gap_to_target import GapRow, GapToTarget, gap_to_target
from ..analysis.measure import measure
from ..domain.ends import ENOUGH
from ..domain.windows import window
from ..notice.model import Indicator
from ..statistics.reasons import Reason
from .blocks import Block, Book, needs_data, table
from .change import Months, signed, with_caveat
from .wording import NONE, interval, number, period_words, unit_words

CLASS = "refund_class"  # of exporters


def _due(book: Book) -> list[tuple[Months, Indicator]]:
    """The notice's own targets on refunds that have fallen due, each with its months."""
    day = date.fromisoformat(book.as_of[:10])
    found = book.notice.on("refunds", "headline")
    return [(window(i.target, day), i) for i in found if i.target and i.target.due <= day]


def _none_due(book: Book) -> Block:
    told = "none_due" if book.notice.on("refunds", "headline") else "no_refund_target"
    return Block(book.say(f"way_left.{told}"), "", book.source)


@needs_data
def refund_gap(book: Book) -> Block:
    """Refunds: which classes stand between the mean and the target, and what the slowest tenth
    costs.
    """
    spans = _due(book)
    if not spans:
        return _none_due(book)
    (_, month), indicator = spans[-1]
    spans.append(((f"{month[:4]}-01", month), indicator))
    rows, found = [], None
    reasons: list[Reason] = []
    for span, held in spans:
        told = gap_to_target(
            book.log,
            held.metric,
            target=held.target.value,
            by=CLASS,
            window=span,
            as_of=book.as_of,
            calendar=book.calendar,
        )
        if told.gap is not None and told.low is not None:
            found = told
            rows += _gap_rows(book, told)
        reasons += told.reasons
    if found is None:
        return Block(book.say("way_left.no_gap"), "", book.source, book.joined(reasons))
    low, high = found.low - found.target, found.high - found.target
    worst = found.rows[0]
    title = book.say(
        "way_left.gap",
        period=period_words(found.period, book.lang),
        target=found.target,
        gap=found.gap,
        interval=interval(low, high, lang=book.lang),
        unit=unit_words(indicator.metric.unit, book.lang, counted=True),
        n=found.n,
        worst=_class(book, worst),
        part=worst.part,
        slowest=found.tail.share_of_time,
    )
    heads = ("months_and_class", "target", "mean", "interval", "n", "part", "interval", "alone")
    heads += ("slowest_from", "share_of_time", "mean_if_capped")
    known = ("target", "mean", "interval", "n")
    body = table(
        book.heads(*(h if h in known else f"way_left.{h}" for h in heads)), rows, range(1, 11)
    )
    return Block(title, body, book.source, with_caveat(book, "way_left.gap_note"))


def _gap_rows(book: Book, found: GapToTarget) -> list[tuple[object, ...]]:
    """The whole against its target, and each class's part of what lies between them."""
    tail, target = found.tail, found.target
    period = period_words(found.period, book.lang)
    whole = (
        book.say("way_left.all_classes", period=period),
        number(target),
        number(found.mean),
        interval(found.low, found.high, lang=book.lang),
        number(found.n),
        signed(found.gap),
        interval(found.low - target, found.high - target, lang=book.lang),
        NONE,
        f"{tail.begins:g}",
        number(tail.share_of_time, "share"),
        number(tail.capped_mean),
    )
    parts = [
        (
            book.say("way_left.of_which", name=_class(book, r)),
            "",
            number(r.mean),
            "",
            book.say("way_left.few", n=number(r.n)) if r.n < ENOUGH else number(r.n),
            signed(r.part),
            interval(r.low, r.high, lang=book.lang),
            number(r.alone),
            "",
            "",
            "",
        )
        for r in found
    ]
    return [whole, *parts]


def _class(book: Book, row: GapRow) -> str:
    value = dict(row.groups)[CLASS]
    return book.say("way_left.no_class") if value is None else book.term(CLASS, str(value))


@needs_data
def refund_months(book: Book) -> Block:
    """Refunds, the latest twelve months: mean less the target in force, with its interval."""
    due = _due(book)
    if not due:
        return _none_due(book)
    (_, last), indicator = due[-1]
    target, day = indicator.target.value, indicator.target.due
    found = measure(
        book.log,
        indicator.metric,
        as_of=book.as_of,
        period="month",
        statistics="mean",
        calendar=book.calendar,
    )
    shown = [r for r in found.rows if r.period <= last and r.value is not None][-12:]
    if not shown:
        return Block(book.say("way_left.no_refunds", day=book.as_of), "", book.source)
    title = book.say(
        "way_left.months",
        target=target,
        unit=unit_words(indicator.metric.unit, book.lang, counted=True),
        n=len(shown),
        under=sum(r.high is not None and r.high <= target for r in shown),
        over=sum(r.low is not None and r.low > target for r in shown),
    )
    body = table(
        book.heads("way_left.completed", "mean", "interval", "n", "way_left.less", "interval"),
        [
            (
                r.period,
                number(r.value),
                interval(r.low, r.high, lang=book.lang),
                number(r.n),
                signed(r.value - target),
                NONE
                if r.low is None
                else interval(r.low - target, r.high - target, lang=book.lang),
            )
            for r in shown
        ],
        range(1, 6),
    )
    note = with_caveat(book, Reason("way_left.months_note", day=str(day)))
    return Block(title, body, book.source, note)
