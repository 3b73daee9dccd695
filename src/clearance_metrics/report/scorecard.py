"""Page 05, the scorecard: every measure of the notice, each indicator with its verdict or the
reason why there is none.
"""

from __future__ import annotations

from collections import Counter
from html import escape

from ..domain.verdicts import Verdict
from ..results.assessment import AssessRow
from ..results.charts.groups import strip
from ..statistics.reasons import Reason
from .blocks import Block, Book, assessed, chart, number, statistic_words, title_of, verdict
from .wording import SIGNS, figure, judged

COLOURS = {"good": "#2f7d4f", "bad": "#b0162b", "open": "#8a6d00", "none": "#6b7280"}
SILENT = (
    Verdict.NOT_COMPUTED,
    Verdict.NOT_MEASURABLE,
    Verdict.NO_DATA,
    Verdict.NOT_DUE,
    Verdict.CANNOT_TELL,
)
ORDER = {"level": 0, "zero": 1, "direction": 2}


def summary(book: Book) -> Block:
    """How many indicators got which verdict."""
    counts = Counter(r.verdict for r in book.assessment if not r.companion_of)
    total = counts.total()
    title = book.say(
        "page05.summary",
        measures=len(book.notice.measures),
        n=total,
        judged=total - sum(counts[name] for name in SILENT),
        silent=counts[Verdict.NOT_MEASURABLE],
    )
    parts = [
        (
            book.say(
                f"page05.verdict_{kind.name.lower()}" if kind is Verdict.VIOLATIONS else kind.code
            ),
            counts[kind],
            COLOURS[colour],
        )
        for kind, (_, colour) in SIGNS.items()
        if counts[kind]
    ]
    return Block("", chart(strip(parts, title=title, source=book.source), title))


def main_points(book: Book) -> Block:
    """The findings on the notice's own figures first, then violations, then directions."""
    rows = [
        r for r in book.assessment if not r.companion_of and r.value is not None and r.kind in ORDER
    ]
    if not rows:
        return Block(book.say("page05.nothing"), "", book.source)
    items = [_point(book, r) for r in sorted(rows, key=lambda r: (ORDER[r.kind], r.measure))]
    own = [r for r in rows if r.origin == "notice" and r.kind == "level"]
    told = [Reason("page05.told", name=title_of(r, book.lang), verdict=judged(r)) for r in own]
    title = book.say("page05.in_sample", told=book.joined(told)) if own else book.say("page05.main")
    return Block(title, f"<ul class='points'>{''.join(items)}</ul>", book.source)


def _point(book: Book, row: AssessRow) -> str:
    """One finding: verdict, measure, title, value with interval and n, and what stands beside."""
    value = figure(row.value, row.unit, book.lang, row.low, row.high)
    bound = next((one.value for one in row.also if one.statistic == "bound"), None)
    if bound is not None:
        words = statistic_words("bound", rule=row.rule, lang=book.lang)
        limit = number(bound, row.unit)
        value = book.say("page05.with_bound", value=value, bound=words, limit=limit)
    if row.target is None and row.baseline is not None:
        was = number(row.baseline, row.unit)
        value = book.say("page05.against_baseline", value=value, baseline=was)
    origin = "page05.point_outside" if row.origin == "outside" else "page05.point"
    text = book.say(origin, title=title_of(row, book.lang), value=value, cases=row.n)
    mates = [
        Reason("page05.mate", name=book.named(m), value=number(m.value, m.unit), verdict=judged(m))
        for m in book.assessment
        if m.companion_of == row.indicator and m.value is not None and m.kind == row.kind == "level"
    ]
    beside = book.say("page05.beside", told=book.joined(mates)) if mates else ""
    return (
        f"<li><b>{row.measure}</b> {verdict(row, book.lang)} {escape(text)}"
        + (f"<small>{escape(beside)}</small>" if beside else "")
        + "</li>"
    )


def table_of(book: Book) -> Block:
    """Every measure with its departments and indicators."""
    names = {d.code: getattr(d, book.lang, "") or d.en for d in book.notice.departments}
    parts = []
    for measure in book.notice.measures:
        rows = [r for r in book.assessment if r.measure == measure.no]
        who = book.say("report.list", parts=[names[code] for code in measure.departments])
        parts.append(
            f"<h4>{measure.no}. {escape(title_of(measure, book.lang))}</h4>"
            f"<p class='source'>{escape(measure.clause)} · {escape(who)}</p>" + assessed(rows, book)
        )
    own = sum(not i.companion_of for i in book.notice.indicators)
    title = book.say("page05.all", number=book.notice.number)
    return Block(title, "".join(parts), book.source, book.say("page05.note", n=own))
