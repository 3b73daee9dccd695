"""Charge lines that break rules of a notice, each once, however many rules it breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED
from ..domain.sql import name
from ..domain.tariff import Tariff
from ..engine.billed import SAID
from ..engine.cells import period_name
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.refusals import MissingColumn
from ..engine.tally import outcomes
from ..notice import Indicator, Notice
from ..results.words import LANGUAGES, lacking, term, texts_of
from ..statistics.reasons import Reason
from .violation_records import Rule
from .violations import (
    Asked,
    about_rule,
    counted,
    forbids,
    in_own_currency,
    looked_through,
    rules_of,
    unchecked,
)
from .zeros import since

CEILINGS = ("tariff", "pilotage")  # what holds a line against a price that government sets or caps
NAMED = ("case_id", "line_id", "item", "port", "bill", "charged_day", "amount_fen")


@dataclass(kw_only=True)
class BrokenLine:
    """A line with what it breaks: `over` are the fen above a ceiling, `excess` the most that any of
    the rules finds too much.
    """

    case_id: str | None
    line_id: str
    item: str | None
    port: str | None
    payee: str | None
    ground: str | None
    layer: str | None
    bill: str | None
    month: str | None
    day: int | None
    currency: str | None
    amount: int
    over: int = 0
    excess: int = 0
    rules: list[str] = field(default_factory=list)


def broken_lines(
    log: EventLog,
    notice: Notice,
    when: AsOf,
    *,
    indicator: Asked | None = None,
    tariff: Tariff | None = None,
    calendar: WorkCalendar | None = None,
) -> tuple[list[BrokenLine], tuple[Rule, ...]]:
    """The lines that break one of a notice's rules about lines, and these rules, with why of some
    nothing can be said. One query per rule; no line is told twice. Lines that are only suspected
    (`suspected`) are none of them, unless `indicator` asks for that.
    """
    lines = log.charges
    if lines is None or "line_id" not in lines.columns:
        # without it two lines of a case cannot be told apart
        raise MissingColumn("charges" if lines is None else "line_id", log)
    said = tuple(column for column in SAID if column in lines.columns)
    found: dict[tuple[str | None, str], BrokenLine] = {}
    rules: list[Rule] = []
    apart = suspected(notice) if indicator is None else ()
    for rule in rules_of(notice, indicator):
        if rule.metric.kind != "fee" or rule.metric.per != "line" or rule in apart:
            continue
        about, due = about_rule(notice, rule), rule.target.due if rule.target else notice.issued
        if due > when.date:
            why = Reason("violations.not_due", day=due.isoformat(), as_of=when.text)
            rules.append(_mute(about, why))
            continue
        metric = since(rule, when.date, notice.issued)[0].on(calendar)
        apart_by = in_own_currency(log, metric)
        by = (*said, *apart_by)
        rates = tariff_of(metric, tariff)
        try:
            rows = outcomes(log, metric, as_of=when, by=by, period="month", tariff=rates)
        except MissingColumn as missing:
            why = Reason(
                "violations.lacks", column=lacking(missing.name, log.vocabulary, lines=True)
            )
            rules.append(_mute(about, why))
            continue
        kept = [c for c in (*NAMED, "period", "value", *_groups(by)) if c in rows.columns]
        past = [f"{name('end')} = {ENDED}", "value > 0"]
        told = log.rows_of(rows.then("beyond", keep=kept, where=past).titled(metric.name))
        hits = told.to_pylist()
        checked = len(hits) or counted(log, metric, rows)[0]
        if not checked and forbids(metric):
            checked = looked_through(log, metric, when, apart_by, rates)
        # where nothing could be held against the rule, none is told to keep it
        rules.append(about if checked else _mute(about, unchecked(log, metric, rows, when)))
        for row in hits:
            one = found.setdefault((row["case_id"], row["line_id"]), _line(row, by))
            one.excess = max(one.excess, row["value"])
            if metric.against in CEILINGS:
                one.over = max(one.over, row["value"])
            one.rules.append(rule.id)
    order = sorted(found.values(), key=lambda one: (one.case_id or "", one.line_id))
    return order, tuple(rules)


def suspected(notice: Notice) -> tuple[Indicator, ...]:
    """What lines are listed for without a rule that forbids them, as of lines that seem billed
    twice: to be checked, and no breach.
    """
    lines = (i for i in rules_of(notice, None) if i.metric.kind == "fee" and i.metric.per == "line")
    return tuple(one for one in lines if one.kind != "zero")


def apart_of(notice: Notice, indicator: Asked | None) -> tuple[Rule, ...]:
    """What is not counted among lines that break a rule, for a note to say so."""
    some = suspected(notice) if indicator is None else ()
    return tuple(replace(about_rule(notice, one), names=_called(one)) for one in some)


def _called(one: Indicator) -> Mapping[str, str]:
    """What is suspected, in a few words."""
    if one.metric.against == "repeated":
        return {lang: term("breach", "billed_twice", lang) for lang in LANGUAGES}
    return texts_of(one, "title")


def _mute(about: Rule, why: Reason) -> Rule:
    return replace(about, why=why)


def _groups(by: Sequence[str]) -> list[str]:
    return [f"by_{i}" for i in range(len(by))]


def _line(row: dict[str, Any], by: Sequence[str]) -> BrokenLine:
    said = {column: row[f"by_{i}"] for i, column in enumerate(by)}
    return BrokenLine(
        case_id=row["case_id"],
        line_id=row["line_id"],
        item=row.get("item"),
        port=row.get("port"),
        bill=row.get("bill"),
        month=period_name(row["period"], "month"),
        day=row["charged_day"],
        currency=said.get("currency"),
        amount=row["amount_fen"],
        **{column: said.get(column) for column in SAID},
    )
