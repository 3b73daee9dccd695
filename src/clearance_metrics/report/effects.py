"""Page 07, second half: a series around the notice, ports that start a measure in turn, and levels
found beside dates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from html import escape

from ..analysis.measure import measure
from ..analysis.policy import changepoints, interrupted_series, staggered
from ..analysis.policy.records import EffectRow, Fact, PolicyResult
from ..domain.metrics import Duration
from ..results.charts.policy import event_study, interrupted_months, level_months
from ..statistics.reasons import Reason
from .blocks import Block, Book, chart, needs_data, table
from .change import no_value, overall
from .wording import Html, interval, number, period_words, unit_words

NEVER = {"kind": "pickup", "measure_from": {"present": False}}
CLOCKS = {
    "imports": overall("import"),
    "exports": overall("export"),
    "never": Duration("discharged", "gate_out", where=NEVER),
}
BOXES = Duration("discharged", "gate_out", where={"kind": "pickup"})
BESIDE = (
    "ports_started",
    "ports_never",
    "months",
    "n_before",
    "n_after",
    "left_out",
    "not_usable",
    "errors",
    "durbin_watson",
    "lag1",
    "pre_trend",
    "pre_trend_p",
    "pre_trend_periods",
    "placebo",
    "placebo_dates",
    "placebo_changes",
    "placebo_larger",
    "group_dropped",
    "ports_left_out",
    "found",
    "limits",
)


def _effects(book: Book, result: PolicyResult, terms: tuple[str, ...], months: bool = False) -> str:
    """Rows of a result as a table: value with interval and n, or the reason in words."""
    rows = []
    for r in result.rows:
        if r.term not in terms or (r.period is not None and not months):
            continue
        name = book.say(f"policy_term.{r.term}")
        if r.period:
            name = book.say("figure.named", name=name, value=r.period)
        why = r.said(book.lang)
        rows.append(
            (
                name,
                number(r.value),
                interval(r.low, r.high, lang=book.lang),
                _unit(book, r.unit),
                number(r.n),
                Html(f"<small class='why'>{escape(why)}</small>" if why else ""),
            )
        )
    return table(
        book.heads("term", "value", "interval", "unit", "effects.n", "note"), rows, (1, 2, 4)
    )


def _unit(book: Book, unit: str) -> str:
    head, _, month = unit.partition(" per ")
    words = unit_words(head, book.lang)
    return book.say("policy.per_month", unit=words) if month else words


def _facts(book: Book, result: PolicyResult) -> str:
    rows = [(f.word(book.lang), _shown(book, f)) for f in result.facts if f.name in BESIDE]
    return table([book.say("effects.beside"), ""], rows)


def _shown(book: Book, fact: Fact) -> str:
    if isinstance(fact.value, float):
        return f"{fact.value:.3f}"
    return period_words(fact.shown(book.lang), book.lang)


def _found(book: Book, code: str, row: EffectRow, **facts: object) -> str:
    """A row as a finding: its value with the interval, that it cannot be told from none, or why it
    is not given.
    """
    if row.value is None:
        return book.say(f"effects.{code}_refused", why=row.said(book.lang), **facts)
    nothing = row.low is not None and row.low <= 0 <= row.high
    value = _signed_hours(book, row)
    return book.say(f"effects.{code}{'_nothing' if nothing else ''}", value=value, **facts)


def _signed_hours(book: Book, row: EffectRow) -> str:
    """A change in hours with its sign and interval."""
    value = book.say(
        "figure.with_unit", value=f"{row.value:+.2f}", unit=unit_words("hours", book.lang)
    )
    between = interval(row.low, row.high, lang=book.lang)
    return book.say("figure.with_interval", value=value, interval=between)


def _drawn(book: Book, draw: Callable, result: PolicyResult, title: str, **more: object) -> str:
    """The chart; its caveat, drawn in it, is said to readers of text as well."""
    figure = draw(result, lang=book.lang, title=title, source=book.source, **more)
    return chart(figure, book.say("effects.drawn", title=title, caveat=result.caveat))


@needs_data
def around(book: Book, clock: str) -> Block:
    """One monthly series before and after the notice: change of level and of trend."""
    metric, words = CLOCKS[clock], Reason(f"effects.{clock}")
    found = interrupted_series(
        book.log, metric, date=book.notice.issued, as_of=book.as_of, calendar=book.calendar
    )
    if not any(p["n"] for p in found.points):
        return no_value(book, words, ())
    title = _found(book, "level", next(r for r in found if r.term == "level"), clock=words)
    body = _drawn(book, interrupted_months, found, title, marker=book.say("effects.issued"))
    body += _effects(book, found, ("trend", "level", "slope", "average")) + _facts(book, found)
    return Block("", body, note=book.say("effects.around_note"))


def first_months(book: Book) -> dict[str, str] | str:
    """Port to its first whole month under the local measure; a port's name where the log gives two
    months for it.
    """
    rows = measure(book.log, BOXES, as_of=book.as_of, by=("port", "measure_from"), statistics="n")
    begun: dict[str, str] = {}
    for r in rows:
        port, month = (dict(r.groups)[c] for c in ("port", "measure_from"))
        if port is None or month is None:
            continue
        if begun.setdefault(port, month) != month:
            return port
    return begun


@needs_data
def in_turn(book: Book) -> Block:
    """Ports that took up ship-side pick-up in different months, against ports that never did."""
    begun = first_months(book)
    if isinstance(begun, str):
        return Block(book.say("effects.two_starts", port=begun), "", book.source)
    if not begun:
        return Block(book.say("effects.no_starts"), "", book.source)
    found = staggered(book.log, BOXES, starts=begun, as_of=book.as_of, calendar=book.calendar)
    row = found.rows[0]
    facts = {} if row.value is None else {"n": row.n, "never": found.fact("ports_never")}
    title = _found(book, "in_turn", row, **facts)
    body = _drawn(book, event_study, found, title)
    body += _effects(book, found, ("simple", "event", "group", "calendar")) + _facts(book, found)
    starts = [
        Reason("effects.start", month=month, n=n)
        for month, n in sorted(Counter(begun.values()).items())
    ]
    thin = any(r.low is None for r in found if r.term == "group" and r.period is not None)
    told: list[str | Reason] = [Reason("effects.starts", months=starts)]
    told += ["effects.thin_groups"] if thin else []
    note = book.joined([*told, "effects.in_turn_note"], "report.gap")
    return Block("", body, note=note)


@needs_data
def found_levels(book: Book, clock: str) -> Block:
    """Months from which on another level holds, beside the day of the notice: a detector that knows
    no cause.
    """
    metric, words = CLOCKS[clock], Reason(f"effects.{clock}")
    day, issued = str(book.notice.issued), book.say("effects.issued")
    found = changepoints(
        book.log, metric, as_of=book.as_of, policy_dates={day: issued}, calendar=book.calendar
    )
    if not found.points and not found.facts:
        return no_value(book, words, ())
    moved = [
        Reason("effects.move", month=r.period, value=r.value)
        for r in found
        if r.term == "change" and r.value is not None
    ]
    if not found.points:
        title = book.say("effects.level_refused", clock=words, why=found.rows[0].said(book.lang))
    elif moved:
        title = book.say("effects.moved", clock=words, n=len(moved), moves=moved)
    else:
        title = book.say("effects.not_moved", clock=words)
    body = _drawn(book, level_months, found, title, dates=((day, issued),))
    body += _effects(book, found, ("change", "policy_date"), months=True) + _facts(book, found)
    outside = sum(r.term == "outside" for r in found)
    return Block("", body, note=book.say("effects.levels_note", n=outside))
