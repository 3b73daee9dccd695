"""Each case or charge line that breaks a rule of a notice, with what was charged, the reference in
force and what lies above it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ..domain.arguments import check_count
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED
from ..domain.metrics import Metric
from ..domain.sql import name, value
from ..domain.tariff import Tariff
from ..domain.zones import EPOCH
from ..engine.asking import asked_of_log
from ..engine.cells import month_number
from ..engine.log import EventLog
from ..engine.query import Query
from ..engine.references import tariff_of
from ..engine.refusals import MissingColumn
from ..engine.tally import outcomes
from ..errors import LogError, closest
from ..notice import Indicator, Notice, load_notice
from ..notice.flags import suited
from ..notice.tariff import load_tariff
from ..results.table import LANG, Record, ResultTable
from ..results.words import check_language, say, word
from ..statistics.reasons import Reason
from .zeros import since

OF_LINE = (
    "line_id",
    "item",
    "port",
    "bill",
    "currency",
    "charged_day",
    "amount_fen",
    "rule",
    "rate",
    "tariff_line",
)
WAIVERS = "waivers"  # the table of a dataset that a line's waiver stands in


@dataclass(frozen=True, kw_only=True)
class Violation(Record):
    """One line or case. `amount`, `rate` and `excess` of lines are yuan.

    `rule` is the code of what is broken, worded in the catalogues under `breach`; `tariff` the file
    and line of the row in force, or the source of the rule, which the note says in words. `value`
    is the excess in whole tally units (fen, working days, 1 for a case that ought not to be).
    """

    measure: int | None
    indicator: str
    case_id: str | None
    line_id: str | None
    item: str | None
    port: str | None
    charged_on: str | None
    bill: str | None
    amount: float | None
    rule: str
    rate: float | None
    tariff: str
    excess: float
    unit: str
    value: int
    reasons: tuple[Reason, ...] = ()
    groups = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Violations(ResultTable[Violation]):
    """What `violations` and `exceedances` answer; the largest excess of each indicator first.

    `no_data` names the indicators whose columns the log lacks.
    """

    rows: tuple[Violation, ...]
    as_of: str
    no_data: tuple[tuple[str, str], ...] = ()
    shown = (
        "indicator",
        "case_id",
        "line_id",
        "item",
        "port",
        "charged_on",
        "amount",
        "rule",
        "rate",
        "tariff",
        "excess",
        "unit",
    )

    def __repr__(self) -> str:
        return self.told(LANG)

    def told(self, lang: str) -> str:
        """The head, the table and what there is no data for."""
        head = say("breach.listed", check_language(lang), n=len(self.rows), day=self.as_of)
        missing = (
            say("breach.lacking", lang, indicator=name, column=what) for name, what in self.no_data
        )
        return "\n".join((head, str(self.table(lang)), *missing))


@asked_of_log
def violations(
    log: EventLog,
    notice: Notice | str = "cn-2021-85",
    *,
    as_of: object = None,
    indicator: str | None = None,
    limit: int | None = None,
    tariff: Tariff | None = None,
    calendar: WorkCalendar | None = None,
) -> Violations:
    """Every line and case that a notice's zero indicators count, from each rule's own day up to
    `as_of`.

    Lines that seem billed twice are listed as well, from the day of issue. `indicator` keeps one of
    them, `limit` the largest of each. Raises NoticeError for an unknown indicator, LogError for one
    that counts no violations; indicators whose columns the log lacks are named in `no_data`.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    >>> item = load_tariff().checkable[0].item
    >>> line = {"case_id": "a", "line_id": "1", "item": item, "amount_fen": 3550,
    ...     "charged_on": "2022-04-02", "quantity": 1, "size": "20", "cargo_class": "general"}
    >>> log = EventLog(events, cases, pl.DataFrame([line]))
    >>> [(row.measure, row.indicator, row.excess) for row in violations(log, as_of="2022-12-31")]
    [(12, 'above_ceiling', 1.5)]
    """
    check_count(limit, "limit")
    notice = notice if isinstance(notice, Notice) else load_notice(notice)
    notice = suited(notice, {*log.milestones, *log.columns})
    when = AsOf.of(as_of, log.timezone)
    found: list[Violation] = []
    lacking = []
    for rule in _rules(notice, indicator):
        if (rule.target.due if rule.target else notice.issued) > when.date:
            continue
        metric, first = since(rule, when.date, notice.issued)
        metric, period = metric.on(calendar), "month" if first else None
        rates = tariff_of(metric, tariff)
        try:
            apart = in_own_currency(log, metric)
            rows = outcomes(log, metric, as_of=when, by=apart, period=period, tariff=rates)
        except MissingColumn as missing:
            lacking.append((rule.id, missing.name))
            continue
        if first:
            rows = rows.then("since", where=[f"period >= {month_number(first)}"])
        source = rule.target.source if rule.target else ""
        found += [
            replace(row, measure=rule.measure, indicator=rule.id, tariff=row.tariff or source)
            for row in listed(log, metric, rows, limit=limit, tariff=tariff)
        ]
    return Violations(rows=tuple(found), as_of=when.text, no_data=tuple(lacking))


def _rules(notice: Notice, indicator: str | None) -> list[Indicator]:
    """The indicators of which single lines and cases can be named: all, or the one asked for."""
    rules = [
        i
        for i in notice.indicators
        if i.status == "computed" and (i.kind == "zero" or _of_lines(i.metric))
    ]
    if indicator is None:
        return rules
    asked = notice.indicator(indicator)
    if asked not in rules:
        known = closest(indicator, [i.id for i in rules])
        raise LogError(f"{indicator!r} counts no violations", "indicator", known)
    return [asked]


def _of_lines(metric: Any) -> bool:
    """Whether each line is held against something."""
    return metric.kind == "fee" and metric.per == "line" and bool(metric.against)


def in_own_currency(log: EventLog, metric: Metric) -> tuple[str, ...]:
    """What to group by so that a line is named whatever its currency."""
    return ("currency",) if metric.kind == "fee" and len(log.currencies) > 1 else ()


def listed(
    log: EventLog,
    metric: Metric,
    rows: Query,
    *,
    above: float = 0,
    limit: int | None = None,
    tariff: Tariff | None = None,
) -> Iterator[Violation]:
    """The outcomes of a metric that lie above a bound, the largest first."""
    told = [n for n in ("case_id", "each_", *OF_LINE) if n in rows.columns]
    keys = [n for n in ("line_id", "case_id", "each_") if n in rows.columns]
    beyond = rows.then(
        "beyond",
        keep=["value", *told],
        where=[f"{name('end')} = {ENDED}", f"value > {value(above)}"],
        order=["value DESC", *keys],
        limit=limit,
    ).titled(metric.name)
    table = tariff or load_tariff()
    for row in log.rows_of(beyond).to_pylist():
        rate, day, amount = (row.get(n) for n in ("rate", "charged_day", "amount_fen"))
        reference, reasons = _in_force(row, table)
        yield Violation(
            measure=None,
            indicator=metric.name,
            case_id=row.get("case_id"),
            line_id=row.get("line_id"),
            item=row.get("item") or row.get("each_"),
            port=row.get("port"),
            charged_on=None if day is None else (EPOCH + timedelta(days=day)).isoformat(),
            bill=row.get("bill"),
            amount=None if amount is None else amount / 100,
            rule=row.get("rule") or ("beyond_limit" if metric.is_time else "against_rule"),
            rate=None if rate is None else rate / 100,
            tariff=reference,
            excess=row["value"] / metric.scale,
            unit=metric.unit_of("sum", row.get("currency") or "CNY"),
            value=row["value"],
            reasons=reasons,
        )


def _in_force(found: dict, tariff: Tariff) -> tuple[str, tuple[Reason, ...]]:
    """File and line of the tariff row in force, and the row in words."""
    line = found.get("tariff_line")
    if line is None:
        own = found.get("rule") == "waiver_not_applied"
        return (WAIVERS, (Reason("breach.own_waivers"),)) if own else ("", ())
    row = tariff.rows[line - 2]
    rate: object = row.rate_yuan or f"x {row.factor}"
    if row.rate_fen is not None:
        rate = Reason("breach.rate", yuan=row.rate_fen / 100)
    size = Reason("breach.size", feet=row.size) if row.size else ""
    kinds = [word("cargo", name) for name in (row.direction, row.cargo_class) if name]
    first, last = row.valid_from.isoformat(), row.valid_to and row.valid_to.isoformat()
    days = Reason("breach.until" if last else "breach.since", first=first, last=last)
    sure = row.confidence and Reason("breach.confidence", grade=row.confidence)
    ports = row.port.split("|") if row.port else []
    what = [part for part in (*kinds, size, *ports, days, sure) if part]
    unit = word("tariff_unit", row.unit.replace(" ", "_"))
    told = Reason("breach.row", tariff=tariff.name, line=line, rate=rate, unit=unit, what=what)
    return f"{tariff.name}:{line}", (told,)
