"""Page 04, port charges."""

from __future__ import annotations

from ..analysis.measure import measure
from ..analysis.price_index import price_index as index_of
from ..assessment.violations import violations
from ..domain.metrics import Fee
from ..notice.model import Indicator
from ..results.assessment import AssessRow
from ..results.charts.months import months_with_steps
from ..results.words import term, texts_of
from ..statistics.reasons import Reason
from .blocks import Block, Blocks, Book, assessed, chart, needs_data, table
from .change import latest_year
from .wording import NONE, capital, judged, number, period_words, unit_words

MONEY = "CNY"  # what tariffs are set in
EITHER = {"kind": ["import", "export"]}
DIGITS = 3  # of an index


def headline(book: Book) -> Block:
    """What the notice says of charges, in one table."""
    rows = book.rows(page="fees")
    if not rows:
        return Block(book.say("fees.no_indicators"), "", book.source)
    told = [r for r in book.rows(page="fees", role="lines") if r.value is not None]
    if not told and all(r.verdict == "no data" for r in rows):
        why = tuple(dict.fromkeys(reason for row in rows for reason in row.reasons))
        return Block(book.say("fees.no_data", why=why), "", book.source)
    body = assessed(rows, book)
    if not told:
        return Block(book.say("fees.nothing_due"), body, book.source)
    title = book.joined(
        Reason("fees.judged", name=_short(book, r), verdict=judged(r), n=r.n) for r in told
    )
    return Block(capital(title), body, book.source, book.say("fees.how_sure"))


def _short(book: Book, row: AssessRow) -> dict[str, str]:
    return dict(texts_of(book.notice.indicator(row.indicator), "short"))


def listed(book: Book, most: int = 10) -> Blocks:
    """Each rule on charge lines with the lines that break it, the largest first."""
    found = book.notice.on("fees", "lines")
    if not found:
        return Blocks([Block(book.say("fees.no_rules"), "", book.source)])
    return Blocks(_lines(book, indicator, most) for indicator in found)


@needs_data
def _lines(book: Book, indicator: Indicator, most: int) -> Block:
    """What was charged, the reference in force, and what lies above it."""
    row = next(r for r in book.assessment if r.indicator == indicator.id)
    name = texts_of(indicator, "short")
    if row.value is None:
        title = book.say("fees.rule_verdict", name=name, verdict=judged(row))
        return Block(capital(title), "", book.source, row.said(book.lang))
    lines = violations(
        book.log,
        book.notice,
        as_of=book.as_of,
        indicator=indicator.id,
        limit=most,
        calendar=book.calendar,
    )
    if not len(lines):
        return Block(capital(book.say("fees.none_found", name=name)), "", book.source)
    unit = unit_words(MONEY, book.lang)
    amounts = [
        book.say("fees.in_unit", name=Reason(f"fees.{amount}"), unit=unit)
        for amount in ("charged", "reference", "excess")
    ]
    places = book.heads("fees.case", "fees.line", "fees.port", "fees.item", "charged_on")
    body = table(
        [
            *places,
            amounts[0],
            book.say("fees.broken"),
            amounts[1],
            book.say("fees.in_force"),
            amounts[2],
        ],
        [
            (
                r.case_id,
                r.line_id,
                r.port,
                r.item,
                r.charged_on,
                number(r.amount),
                term("breach", r.rule, book.lang),
                number(r.rate),
                r.said(book.lang) or r.tariff,
                number(r.excess),
            )
            for r in lines
        ],
        (5, 7, 9),
    )
    target = indicator.target
    source = book.say("fees.by_rule", data=book.source, clause=target.clause, source=target.source)
    title = book.say("fees.listed", name=name, n=int(row.value), shown=len(lines))
    note = book.say("fees.excess_note") if any(r.rate is not None for r in lines) else ""
    return Block(capital(title), body, source, note)


@needs_data
def price_index(book: Book) -> Block:
    """All charges as one index, the year before the notice against the latest: prices, no mix."""
    before = (str(book.notice.baseline_first)[:7], str(book.notice.baseline_last)[:7])
    after = latest_year(book)
    if after[0] <= before[1]:
        return Block(book.say("fees.too_early"), "", book.source)
    merged = {item: getattr(m, book.lang, m.en) for m in book.notice.merged for item in m.items}
    found = index_of(
        book.log,
        before=before,
        after=after,
        as_of=book.as_of,
        strata=("port", "kind"),
        where=EITHER,
        concordance=merged,
    )
    price = found.price
    if price.value is None:
        return Block(book.say("fees.no_index"), "", book.source, found.said(book.lang))
    low, high = (NONE if x is None else f"{x:.{DIGITS}f}" for x in (price.low, price.high))
    change = price.value - 1
    title = book.say("fees.index", value=price.value, low=low, high=high, change=change)
    was, now = found.per_teu
    rows = [*found.items, (book.say("fees.total"), was, now)]
    spans = [book.say("figure.span", first=first, last=last) for first, last in (before, after)]
    unit = unit_words(f"{MONEY} per TEU", book.lang)
    body = table(
        [
            book.say("fees.item"),
            *(book.say("fees.in_unit", name=span, unit=unit) for span in spans),
            book.say("fees.change"),
        ],
        [
            (item, number(a), number(b), f"{100 * (b / a - 1):+.1f}%" if a and b else NONE)
            for item, a, b in rows
        ],
        (1, 2, 3),
    )
    method = Reason(
        "fees.index_note",
        groups=found.strata,
        before=found.n_before,
        after=found.n_after,
        left_out=found.left_out,
        value=found.value,
        price=price.value,
        quantity=found.quantity,
    )
    as_one = [
        Reason("fees.compared_as_one", name={"zh": m.zh, "en": m.en}) for m in book.notice.merged
    ]
    note = book.joined([method, *as_one], "report.gap")
    return Block(title, body, book.source, note)


@needs_data
def per_teu(book: Book) -> Block:
    """What a TEU pays in all, by month: moving a fee into a lump sum saves nothing."""
    found = book.notice.on("fees", "per_teu")
    metric = found[0].metric if found else Fee(per="teu")
    rows = measure(book.log, metric, as_of=book.as_of, period="month", statistics="mean")
    known = [r for r in rows if r.value is not None]
    if not known:
        return Block(book.say("fees.no_lines", day=book.as_of), "", book.source)
    judgement = [r for r in book.rows("fees", "per_teu") if r.value is not None]
    money = unit_words(known[0].unit.partition(" ")[0], book.lang)
    if judgement:
        row = judgement[0]
        period, value = period_words(row.period, book.lang), number(row.value)
        facts = {"period": period, "value": value, "verdict": judged(row)}
        title = book.say("fees.per_teu_judged", unit=money, **facts)
    else:
        last = known[-1]
        title = book.say("fees.per_teu", unit=money, period=last.period, value=number(last.value))
    past = [m for m in book.notice.merged if str(m.day) <= book.as_of]
    events = {m.day: getattr(m, f"event_{book.lang}", m.event_en) for m in past}
    figure = months_with_steps(
        rows,
        lang=book.lang,
        title=title,
        source=book.source,
        label=book.say("fees.per_teu_label"),
        unit=unit_words(known[0].unit, book.lang),
        marker=max(events.items()) if events else None,
    )
    note = book.joined(
        Reason("fees.only_the_sum_shows", event=texts_of(m, "event"), day=str(m.day)) for m in past
    )
    return Block("", chart(figure, title), note=note)


@needs_data
def by_item(book: Book) -> Block:
    """Each charge item: lines and amounts in the last year."""
    rows = measure(
        book.log,
        Fee(per="line"),
        as_of=book.as_of,
        by="item",
        period="year",
        statistics=("sum", "mean"),
    )
    if not len(rows):
        return Block(book.say("fees.no_lines", day=book.as_of), "", book.source)
    year = max(r.period for r in rows)
    found: dict[object, dict] = {}
    for r in rows:
        if r.period == year:
            found.setdefault(dict(r.groups)["item"], {})[r.statistic] = r
    ordered = sorted(found.items(), key=lambda kv: -kv[1]["sum"].value)
    whole = sum(v["sum"].value for v in found.values())
    item, most = ordered[0]
    unit = unit_words(most["sum"].unit, book.lang)
    share = most["sum"].value / whole if whole else 0
    title = book.say("fees.by_item", year=year, n=whole, unit=unit, item=str(item), share=share)
    amounts = [
        book.say("fees.in_unit", name=Reason(f"fees.{amount}"), unit=unit)
        for amount in ("amount", "per_line")
    ]
    body = table(
        [*book.heads("fees.item", "fees.lines"), *amounts],
        [
            (k, number(v["sum"].n), number(v["sum"].value), number(v["mean"].value))
            for k, v in ordered
        ],
        (1, 2, 3),
    )
    return Block(title, body, book.source)
