"""Page 02, where the time goes: stages, holds, and every clock that the log can show."""

from __future__ import annotations

from ..analysis.holds import holds
from ..analysis.measure import measure
from ..analysis.stages import SPLITS, stages
from ..domain.ends import ENOUGH
from ..domain.metrics import Duration
from ..domain.vocabulary import Clock, load_vocabulary
from ..statistics.reasons import Reason
from .blocks import Block, Book, interval, needs_data, no_data, number, table, unit_words
from .clearance import THREE, last_year, side_words
from .wording import capital


@needs_data
def split(book: Book, kind: str) -> Block:
    """Where the time goes: the port release clock of sea cargo cut into stages that add up."""
    where = {"kind": kind, "mode": "sea"}
    found = stages(book.log, kind, as_of=book.as_of, where=where, period="year")
    year = last_year(found.rows, book.as_of)
    rows = [r for r in found.rows if r.period == year]
    if not rows:
        return no_data(book, SPLITS[kind][0])
    most, total = max(rows, key=lambda r: r.share), sum(r.mean for r in rows)
    title = book.say(
        "page02.split",
        year=year,
        side=side_words(book, kind),
        hours=total,
        stage=most.label(book.lang),
        share=most.share,
    )
    body = table(
        book.heads("stage", "page02.ends", "page02.mean_hours", "share", "page02.passing", "n"),
        [
            (
                r.label(book.lang),
                book.clock(*r.stage.split("..")),
                number(r.mean),
                number(r.share, "share"),
                number(r.n),
                number(r.cases),
            )
            for r in rows
        ]
        + [_total(book, rows, "")],
        (2, 3, 4, 5),
    )
    note = book.say(
        "page02.split_note",
        cases=found.cases,
        unequal=found.unequal,
        ahead=found.advance_cases,
        lead=number(found.advance_lead),
    )
    return Block(title, body, book.source, note)


def _total(book: Book, rows: list, *between: str) -> tuple:
    """The last line of a table whose parts add up; `between` stands ahead of the hours."""
    hours, share = sum(r.mean for r in rows), sum(r.share for r in rows)
    told = number(hours), number(share, "share"), *[""] * (2 - len(between)), number(rows[0].cases)
    return book.say("page02.total"), *between, *told


@needs_data
def waiting(book: Book, clock: str) -> Block:
    """What the cases of a clock waited for: each instant by the holds that stood open."""
    found = holds(book.log, clock, as_of=book.as_of, period="year")
    year = last_year(found.rows, book.as_of)
    rows = [r for r in found.rows if r.period == year]
    if not rows:
        return no_data(book, load_vocabulary().clocks[clock].start)
    total = sum(r.mean for r in rows)
    title = book.say(
        "page02.waiting",
        clock=capital(book.term("clock", clock)),
        year=year,
        hours=total,
        holds=[book.term("hold", r.part) for r in rows[1:-1]],
        share=1 - rows[0].share,
    )
    body = table(
        book.heads(
            "page02.state",
            "page02.mean_hours",
            "share",
            "page02.open_mean",
            "page02.with_it",
            "n",
        ),
        [
            (
                r.label(book.lang),
                number(r.mean),
                number(r.share, "share"),
                number(r.open_mean),
                number(r.n),
                number(r.cases),
            )
            for r in rows
        ]
        + [_total(book, rows)],
        (1, 2, 3, 4, 5),
    )
    told = Reason(
        "page02.waiting_note",
        cases=found.cases,
        unequal=found.unequal,
        left_out=found.left_out,
        not_known=found.not_known,
    )
    lacks = Reason("page02.lacks", holds=[book.term("hold", name) for name in found.absent])
    note = book.joined([told, lacks] if found.absent else [told], "report.gap")
    return Block(title, body, book.source, note)


def clocks(book: Book) -> Block:
    """Every clock that this log can show, its own included; those of the dataset also by mode of
    transport.
    """
    log, rows = book.log, []
    for clock in log.vocabulary.clocks.values():
        if clock.start in log.milestones and clock.stop in log.milestones:
            own = clock.name not in load_vocabulary().clocks
            for by in ((), ("mode",)) if own and "mode" in log.columns else ((),):
                rows += _clock_rows(book, clock, by)
    if not rows:
        return no_data(book, "declared")
    body = table(
        book.heads(
            "page02.clock",
            "page02.group",
            "page02.ends",
            "unit",
            "mean",
            "interval",
            "statistic.median",
            "page_statistic.p90",
            "n",
            "page02.open",
        ),
        rows,
        (4, 5, 6, 7, 8, 9),
    )
    days = sorted(book.term("milestone", m) for m in log.date_only)
    notes = [Reason("page02.date_only", milestones=days)] if days else []
    note = book.joined([*notes, "page02.clocks_note"], "report.gap")
    return Block(book.say("page02.clocks", n=len({r[0] for r in rows})), body, book.source, note)


def _clock_rows(book: Book, clock: Clock, by: tuple[str, ...]) -> list[tuple]:
    """One clock over all periods, a row for each group."""
    kind = {"kind": clock.kind} if clock.kind and "kind" in book.log.columns else None
    found: dict = {}
    for r in measure(
        book.log,
        Duration(clock.start, clock.stop, unit=clock.unit, where=kind),
        as_of=book.as_of,
        by=by,
        statistics=THREE,
        calendar=book.calendar,
    ):
        found.setdefault(r.groups, {})[r.statistic] = r
    rows = []
    for groups, told in found.items():
        mean = told["mean"]
        shown = [book.say("page02.few", fewest=ENOUGH), "", "", ""]
        if mean.n >= ENOUGH:
            shown = [
                book.say("page02.open_cases") if mean.value is None else number(mean.value),
                interval(mean.low, mean.high, lang=book.lang),
                number(told["median"].value),
                number(told["p90"].value),
            ]
        rows.append(
            (
                book.term("clock", clock.name),
                book.value("mode", groups[0][1]) if groups else "",
                book.clock(clock.start, clock.stop),
                unit_words(clock.unit, book.lang),
                *shown,
                number(mean.n),
                number(mean.n_open),
            )
        )
    return rows
