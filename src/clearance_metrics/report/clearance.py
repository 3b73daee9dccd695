"""Page 02, clearance time."""

from __future__ import annotations

from collections.abc import Iterable

from ..analysis.holds import HoldRow
from ..analysis.measure import measure
from ..analysis.stages import StageRow
from ..domain.ends import ENOUGH
from ..domain.metrics import Duration, Share
from ..domain.vocabulary import Clock, load_vocabulary
from ..engine.refusals import MissingColumn
from ..notice import citable
from ..notice.published import base_year
from ..results.assessment import AssessRow
from ..results.charts.groups import dots
from ..results.charts.months import clearance_months, months_with_steps
from ..results.measures import MeasureRow
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
    table,
    unit_words,
)
from .wording import capital, figure, judged, short_of, told_value

SIDES = ("import", "export")
CLOCKS = ("customs_only", "overall", "port_release")
THREE = ("mean", "median", "p90")


def _clock(kind: str, name: str = "overall") -> Clock:
    return load_vocabulary().clocks[f"{kind}_{name}"]


def _overall(kind: str) -> Duration:
    clock = _clock(kind)
    return Duration(clock.start, clock.stop, where={"kind": kind}, dated_by="end")


def side_words(book: Book, kind: str) -> str:
    return book.say(f"side.{kind}")


def last_year(rows: Iterable[MeasureRow | StageRow | HoldRow], as_of: str) -> str:
    """The last year that is over on the day, or else the last there is."""
    years = sorted({r.period for r in rows})
    whole = [y for y in years if f"{y}-12-31" <= as_of]
    return (whole or years or [as_of[:4]])[-1]


def headline(book: Book) -> Block:
    """The notice's indicators of clearance time, before and after it or against their targets."""
    rows = book.rows(page="clearance")
    if not rows:
        return no_indicator(book)
    told = [r for r in book.rows(page="clearance", role="headline") if r.value is not None]
    if not told and all(r.verdict == "no data" for r in rows):
        return no_data(book, "customs_released")
    if not told:
        return Block(book.say("page02.too_early"), assessed(rows, book), book.source)
    title = capital(book.joined(_told(book, r) for r in told))
    notes = [] if book.notice.sets_hours else ["page02.no_hours"]
    if any(r.kind == "direction" for r in rows):
        notes.append("page02.directions")
    note = book.joined(notes, "report.gap")
    return Block(title, assessed(rows, book), book.source, note)


def _told(book: Book, row: AssessRow) -> Reason:
    """A row in a sentence: against its target where it has one, else against the baseline."""
    value = told_value(row, book.lang)
    facts = {"name": book.named(row), "value": value, "verdict": judged(row)}
    if row.target is None:
        return Reason("page02.told", **facts)
    return Reason("page02.told_target", target=figure(row.target, row.unit, book.lang), **facts)


def _national(kind: str, name: str) -> float | None:
    """The figure of the base year that was published for this clock."""
    if name == "port_release":
        rows = [r for r in citable("regional_clearance") if r["clock"] == name]
        rows = [r for r in rows if r["place_en"] == "China"]
    elif name == "customs_only":
        rows = [r for r in citable("regional_clearance") if r["clock"] == name]
        rows = [r for r in rows if r["kind"] == "period"]
    else:
        rows = [r for r in citable("national_clearance") if r["kind"] == "annual"]
    return next((r[f"{kind}_hours"] for r in rows if r["from"].startswith(base_year())), None)


@needs_data
def side_by_side(book: Book) -> Block:
    """The three clocks that are all called clearance time, from one log, and the lead of advance
    declarations.
    """
    rows, leads = [], []
    for kind in SIDES:
        if _clock(kind).start not in book.log.milestones:
            continue
        rows += [made for name in CLOCKS if (made := _clock_row(book, kind, name))]
        if "declared" in book.log.milestones:
            leads += _lead(book, kind)
    if not rows:
        return no_data(book, "customs_released")
    means = [Reason("page02.clock_mean", clock=r[0], mean=r[3]) for r in rows]
    body = table(
        book.heads(
            "page02.clock",
            "page02.ends",
            "page02.year",
            "page02.mean_hours",
            "interval",
            "statistic.median",
            "page_statistic.p90",
            "n",
            "page02.national",
        ),
        rows,
        (3, 4, 5, 6, 7, 8),
    )
    note = book.say("page02.side_by_side_note", leads=book.joined(leads))
    return Block(book.say("page02.side_by_side", means=book.joined(means)), body, book.source, note)


def _clock_row(book: Book, kind: str, name: str) -> tuple | None:
    """One of the three clocks in its last whole year, beside what was published."""
    clock, first = _clock(kind, name), _clock(kind).start
    if clock.start not in book.log.milestones or clock.stop not in book.log.milestones:
        return None
    # advance declarations start customs' clock before the goods are there
    ahead = {} if clock.start == first else {first: {"not_after": clock.start}}
    metric = Duration(clock.start, clock.stop, where={"kind": kind, **ahead}, dated_by="end")
    found = measure(book.log, metric, as_of=book.as_of, period="year", statistics=THREE)
    year = last_year(found, book.as_of)
    told = {r.statistic: r for r in found if r.period == year}
    if not told:
        return None
    mean = told["mean"]
    return (
        book.term("clock", clock.name),
        book.clock(clock.start, clock.stop),
        year,
        number(mean.value),
        interval(mean.low, mean.high, lang=book.lang),
        number(told["median"].value),
        number(told["p90"].value),
        number(mean.n),
        number(_national(kind, name)),
    )


def _lead(book: Book, kind: str) -> list[Reason]:
    """How many are declared before the goods are there, and by how much."""
    first = _clock(kind).start
    before = {"declared": {"before": first}}
    share = Share(before, of={"kind": kind}, dated_by="customs_released")
    lead = Duration("declared", first, where={"kind": kind, **before}, dated_by="end")
    found = [
        measure(book.log, m, as_of=book.as_of, period="year", statistics=s)
        for m, s in ((share, "share"), (lead, "mean"))
    ]
    year = last_year(found[0], book.as_of)
    told = [next((r for r in f if r.period == year), None) for f in found]
    if None in told:
        return []
    facts = {"share": number(told[0].value, "share"), "hours": number(told[1].value)}
    return [Reason("page02.lead", side=side_words(book, kind), year=year, cases=told[1].n, **facts)]


@needs_data
def months(book: Book) -> Block:
    """Overall clearance time by month of release, beside the published national points."""
    panels, points, ends = {}, {}, []
    for kind in SIDES:
        try:
            rows = measure(
                book.log,
                _overall(kind),
                as_of=book.as_of,
                period="month",
                statistics=THREE,
                calendar=book.calendar,
            )
        except MissingColumn as missing:
            ends.append(missing)
            continue
        if not len(rows):
            continue
        seen = {r.period for r in rows}
        panels[side_words(book, kind)] = rows
        points[side_words(book, kind)] = [
            {"period": r["from"][:7], "value": r[f"{kind}_hours"]}
            for r in citable("national_clearance")
            if r[f"{kind}_hours"] and r["kind"] == "month" and r["from"][:7] in seen
        ]
    if not panels:
        if ends:
            raise ends[0]
        return no_data(book, "customs_released")
    means = {side: [r for r in rows if r.statistic == "mean"] for side, rows in panels.items()}
    last = [
        Reason("page02.last_month", side=side, month=r[-1].period, hours=r[-1].value, cases=r[-1].n)
        for side, r in means.items()
    ]
    title, day = capital(book.joined(last)), book.notice.issued
    seen = [r.period for rows in means.values() for r in rows]
    drawn = clearance_months(
        panels,
        lang=book.lang,
        published=points,
        title=title,
        source=book.source,
        marker=(day, book.say("page02.issued")) if min(seen) <= str(day)[:7] <= max(seen) else None,
    )
    return Block("", chart(drawn, title), note=book.say("page02.months_note"))


@needs_data
def by_group(book: Book, column: str) -> Block:
    """Means of the last whole year by a column; groups with fewer than 30 cases are not printed."""
    panels, small = {}, 0
    for kind in SIDES:
        rows = measure(
            book.log, _overall(kind), as_of=book.as_of, by=column, period="year", statistics="mean"
        )
        year = last_year(rows, book.as_of)
        chosen = [r for r in rows if r.period == year]
        small += sum(r.n < ENOUGH for r in chosen)
        kept = sorted(
            (r for r in chosen if r.n >= ENOUGH and r.value is not None), key=lambda r: r.value
        )
        if kept:
            panels[side_words(book, kind)] = [
                {
                    "label": book.value(column, dict(r.groups)[column]),
                    "value": r.value,
                    "low": r.low,
                    "high": r.high,
                    "n": r.n,
                }
                for r in kept
            ]
    if not panels:
        return no_data(book, column)
    side, rows = next(iter(panels.items()))
    title = book.say(
        "page02.by_group",
        year=year,
        side=side,
        column=book.term("column", column),
        fast=rows[0]["label"],
        least=rows[0]["value"],
        slow=rows[-1]["label"],
        most=rows[-1]["value"],
    )
    unit = unit_words("hours", book.lang)
    drawn = dots(panels, title=title, source=book.source, unit=unit)
    note = book.say("page02.by_group_note", fewest=ENOUGH, groups=small)
    return Block("", chart(drawn, title), note=note)


@needs_data
def in_time(book: Book) -> Block:
    """Shares released within one, two and three days: the mean alone hides the tail."""
    rows = []
    for kind in SIDES:
        clock = _clock(kind)
        found = measure(
            book.log,
            Duration(clock.start, clock.stop, where={"kind": kind}),
            as_of=book.as_of,
            period="year",
            statistics=("within:24", "within:48", "within:72"),
        )
        year = last_year(found, book.as_of)
        rows += [
            (
                side_words(book, kind),
                r.period,
                figure(int(r.statistic.removeprefix("within:")), "hours", book.lang),
                number(r.value, "share"),
                interval(r.low, r.high, "share", lang=book.lang),
                number(r.n),
                number(r.n_open),
            )
            for r in found
            if r.period == year
        ]
    if not rows:
        return no_data(book, "customs_released")
    side, _, limit, share, *_ = rows[0]
    heads = book.heads(
        "page02.side", "page02.year", "page02.limit", "share", "interval", "n", "page02.open"
    )
    title = capital(book.say("page02.in_time", side=side, limit=limit, share=share))
    return Block(
        title, table(heads, rows, (3, 4, 5, 6)), book.source, book.say("page02.in_time_note")
    )


@needs_data
def advance(book: Book) -> Block:
    """The share declared before the goods are there, by quarter, as the notice counts it."""
    asked = [i for i in book.notice.on("clearance", "advance") if not i.companion_of]
    if not asked:
        return no_indicator(book)
    rows = [
        r.to_dict()
        for r in measure(
            book.log, asked[0].metric, as_of=book.as_of, period="quarter", statistics="share"
        )
    ]
    if not rows:
        return no_data(book, "declared")
    shown = [
        r | {k: 100 * r[k] for k in ("value", "low", "high") if r[k] is not None} for r in rows
    ]
    name, first, last = short_of(asked[0], book.lang), shown[0], shown[-1]
    title = book.say(
        "page02.advance",
        name=capital(name),
        before=first["value"],
        first=first["period"],
        after=last["value"],
        last=last["period"],
    )
    drawn = months_with_steps(
        shown, lang=book.lang, title=title, source=book.source, label=name, unit="%"
    )
    return Block("", chart(drawn, title))
