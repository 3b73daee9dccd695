"""Each case or charge line that breaks a rule of a notice, with what was charged, the reference in
force and what lies above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ..analysis.cases import cases_of
from ..domain.arguments import brief, check_count
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED, UNKNOWN
from ..domain.metrics import Metric
from ..domain.sql import name, value, whole
from ..domain.tariff import Tariff
from ..domain.zones import EPOCH
from ..engine.asking import asked_of_log
from ..engine.cells import month_number, period_name
from ..engine.log import EventLog
from ..engine.priced import READ
from ..engine.priced.judged import TARIFF_PORT
from ..engine.query import Query
from ..engine.references import tariff_of
from ..engine.refusals import MissingColumn
from ..engine.tally import ALLOWED, outcomes
from ..errors import LogError, closest
from ..notice import Indicator, Notice, load_notice
from ..notice.tariff import load_tariff
from ..results.words import lacking, texts_of, word
from ..statistics.reasons import Reason
from .violation_records import Violations
from .violation_rows import Broken, Rule, Violation
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
    "limit_fen",
    "waived",
    "quantity",
    "tariff_line",
)
Asked = str | Indicator | Iterable[str | Indicator]
OF_LIMIT = "by_0"  # cases are asked for by the column of their limits alone
WAIVERS = "waivers"  # the table of a dataset that a line's waiver stands in


@asked_of_log
def violations(
    log: EventLog,
    notice: Notice | str = "cn-2021-85",
    *,
    as_of: object = None,
    indicator: Asked | None = None,
    limit: int | None = None,
    tariff: Tariff | None = None,
    calendar: WorkCalendar | None = None,
) -> Violations:
    """Every line and case that a notice's zero indicators count, from each rule's own day up to
    `as_of`.

    Lines that seem billed twice are listed as well, from the day of issue. `indicator` keeps one of
    them, or several (`notice.on("fees", "lines")`), `limit` the largest of each; all are counted,
    and `.of(indicator)` shows one. The picture of several rules has a bar each, that of one a bar
    per month; `.cases(row)` is the case of a row. Raises NoticeError for an unknown indicator,
    LogError for one that counts no violations; indicators whose columns the log lacks are named in
    `no_data`.

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
    notice = (notice if isinstance(notice, Notice) else load_notice(notice)).suited(log)
    when = AsOf.of(as_of, log.timezone)
    found: list[Violation] = []
    rules: list[Rule] = []
    missed: list[tuple[str, str]] = []
    asked: dict[str, Any] = {}
    every_line: list[Violation] = []
    for rule in rules_of(notice, indicator):
        about, due = about_rule(notice, rule), rule.target.due if rule.target else notice.issued
        metric, first = since(rule, when.date, notice.issued)
        metric = metric.on(calendar)
        rates = tariff_of(metric, tariff)
        try:
            apart = in_own_currency(log, metric)
            by = (*apart, *limited_by(metric))
            rows = outcomes(log, metric, as_of=when, by=by, period="month", tariff=rates)
        except MissingColumn as missing:
            missed.append((rule.id, missing.name))
            gone = lacking(missing.name, log.vocabulary, lines=metric.reads_lines)
            why = Reason("violations.lacks", column=gone)
            rules.append(replace(about, why=why))
            continue
        if due > when.date:
            why = Reason("violations.not_due", day=due.isoformat(), as_of=when.text)
            rules.append(replace(about, why=why))
            continue
        if first:
            rows = rows.then("since", where=[f"period >= {month_number(first)}"])
        checked, broken = counted(log, metric, rows)
        if forbids(metric):
            checked = looked_through(log, metric, when, apart, rates)
        why = None if checked else unchecked(log, metric, rows, when)
        rules.append(replace(about, checked=checked, broken=broken, why=why))
        asked[rule.id] = (metric, rates)
        source = rule.target.source if rule.target else ""
        # of charge lines all are read, so that one which breaks several rules counts once
        once = limit is not None and rule.metric.kind == "fee" and rule.metric.per == "line"
        told = list(listed(log, metric, rows, limit=None if once else limit, tariff=tariff))
        every_line += [replace(row, indicator=rule.id) for row in told] if once else []
        found += [
            replace(row, measure=rule.measure, indicator=rule.id, tariff=row.tariff or source)
            for row in told[:limit]
        ]
    whole = Violations(rows=tuple(every_line), as_of=when.text, rules=tuple(rules))
    made = Violations(
        rows=tuple(found),
        once=whole.charged if every_line else None,
        as_of=when.text,
        no_data=tuple(missed),
        rules=tuple(rules),
        notice=notice.number,
    )
    behind(made, log, when, asked)
    return made


def forbids(metric: Any) -> bool:
    """Whether it counts the lines of items that may not be charged at all."""
    return metric.kind == "fee" and bool(metric.items) and not metric.against


def looked_through(log: EventLog, metric: Any, when: AsOf, by: tuple[str, ...], rates: Any) -> int:
    """How many lines there are of all items, one of which is forbidden."""
    every = outcomes(log, replace(metric, items=None), as_of=when, by=by, tariff=rates)
    return counted(log, metric, every)[0]


def unchecked(log: EventLog, metric: Metric, rows: Query, when: AsOf) -> Reason:
    """Why nothing could be checked: there is nothing, or what must be known of lines is not."""
    none = Reason("violations.nothing_to_check", as_of=when.text)
    if metric.kind != "fee" or log.charges is None:
        return none
    lost = rows.grouped(
        "not_known", ["end"], {"n": "count(*)"}, where=[f"{name('end')} = {UNKNOWN}"]
    )
    n = sum(log.rows_of(lost.titled(metric.name))["n"].to_pylist())
    if not n:
        return none
    words, there = log.vocabulary.charge_columns, log.charges.columns
    read = [c for c in READ.get(metric.against, ()) if c in words and c != TARIFF_PORT]
    sums = {c: f"count({name(c)})" for c in read if c in there}
    filled: dict[str, int] = {}
    if sums:
        every = log.charges.grouped("filled", [], sums).titled(metric.name)
        filled = log.rows_of(every).to_pylist()[0]
    # intake writes a column also where no file has it
    absent = [c for c in read if not filled.get(c)]
    if not absent:
        return Reason("violations.not_known", n=n)
    columns = tuple(
        Reason("assess.lacking", word=word("charge_column", one, words[one]), name=one)
        for one in absent
    )
    return Reason("violations.not_known_for", n=n, columns=columns)


def about_rule(notice: Notice, rule: Indicator) -> Rule:
    """What a rule is called and where it is written."""
    short, title = texts_of(rule, "short"), texts_of(rule, "title")
    clause = next(m.clause for m in notice.measures if m.no == rule.measure)
    return Rule(
        indicator=rule.id,
        names={lang: short[lang] or title[lang] for lang in short},
        counts=rule.metric.counts,
        clause=rule.target.clause if rule.target else clause,
        origin=rule.target.source if rule.target else notice.number,
        suspected=rule.kind != "zero",
        since=(rule.target.due if rule.target else notice.issued).isoformat(),
    )


def behind(found: Violations, log: EventLog, when: AsOf, asked: dict[str, Any]) -> None:
    """Lets the answer tell the case of each of its rows: see `ResultTable.cases`."""

    def cases(row: Violation, **more: Any) -> Any:
        metric, rates = asked[row.indicator]
        if row.case_id is None or metric.distinct:
            what = f"{row.indicator}: a row is no case"
            raise LogError(what, "cases", "ask of a rule on lines or cases")
        about: dict[str, Any] = {"period": (None, None), "between": None, "tariff": rates}
        return cases_of(log, metric, row, as_of=when, case=row.case_id, **about, **more)

    object.__setattr__(found, "_behind", cases)


def counted(
    log: EventLog, metric: Metric, rows: Query, above: float = 0
) -> tuple[int, tuple[Broken, ...]]:
    """How many outcomes there are, and by month and item those that lie above a bound."""
    keys = [n for n in ("period", "item", "each_", "currency") if n in rows.columns]
    past = f"value > {value(above)}"
    sums = {
        "checked": "count(*)",
        "n": whole(f"sum(CASE WHEN {past} THEN 1 ELSE 0 END)"),
        "excess": whole(f"sum(CASE WHEN {past} THEN value ELSE 0 END)"),
    }
    ended = [f"{name('end')} = {ENDED}"]
    query = rows.grouped("counted", keys, sums, where=ended).titled(metric.name)
    told = log.rows_of(query).to_pylist()
    broken = [
        Broken(
            period=period_name(row.get("period"), "month"),
            item=row.get("item") or row.get("each_"),
            n=row["n"],
            excess=row["excess"] / metric.scale,
            unit=metric.unit_of("sum", row.get("currency") or "CNY"),
        )
        for row in told
        if row["n"]
    ]
    order = sorted(broken, key=lambda one: (one.period or "", one.item or "", one.unit))
    return sum(row["checked"] for row in told), tuple(order)


def rules_of(notice: Notice, asked: Asked | None) -> list[Indicator]:
    """The indicators of which single lines and cases can be named: all, or those asked for."""
    rules = [
        i
        for i in notice.indicators
        if i.status == "computed" and (i.kind == "zero" or _of_lines(i.metric))
    ]
    if asked is None:
        return rules
    some = (asked,) if isinstance(asked, str | Indicator) else asked
    if not isinstance(some, Iterable) or not all(isinstance(n, str | Indicator) for n in some):
        what = f"{brief(asked)} is no indicator of a notice"
        raise LogError(what, "indicator", closest("", [i.id for i in rules]))
    names = [one.id if isinstance(one, Indicator) else one for one in some]
    wanted = [notice.indicator(name_) for name_ in dict.fromkeys(names)]
    for one in wanted:
        if one not in rules:
            known = closest(one.id, [i.id for i in rules])
            raise LogError(f"{one.id!r} counts no violations", "indicator", known)
    return wanted


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
    limits = limited_by(metric)
    told = [n for n in ("case_id", "each_", *OF_LINE) if n in rows.columns]
    told += [n for n in (*ALLOWED, OF_LIMIT) if limits and n in rows.columns]
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
            **_terms(row),
            **(_taken(row, metric, limits[0]) if limits else {}),
            tariff=reference,
            excess=row["value"] / metric.scale,
            unit=metric.unit_of("sum", row.get("currency") or "CNY"),
            value=row["value"],
            reasons=reasons,
        )


def _terms(found: dict) -> dict[str, Any]:
    """What the reference of a line is made of, where it has one."""
    limit, waived = found.get("limit_fen"), found.get("waived")
    if limit is None:
        return {}
    return {
        "quantity": found.get("quantity"),
        "limit": limit / 100,
        "waived": (waived or 0) / 1000,
    }


def limited_by(metric: Metric) -> tuple[str, ...]:
    """The column by which a clock's limits go, if it has limits by group."""
    allowance = getattr(metric, "allowance", None)
    return (allowance[0],) if allowance else ()


def _taken(found: dict, metric: Any, column: str) -> dict[str, Any]:
    """Whose limit a case is beyond, that limit, how long it took and since when."""
    allowed, day = found.get("allowed_"), found.get("start_day")
    if allowed is None:
        return {}
    return {
        "limited_by": column,
        "limit_group": str(found[OF_LIMIT]),
        "start": metric.start,
        "begun_on": None if day is None else (EPOCH + timedelta(days=int(day))).isoformat(),
        "allowed": allowed / metric.scale,
        "taken": (found["value"] + allowed) / metric.scale,
    }


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
    ports: list[object] = [*row.port.split("|")] if row.port else []
    if ports and found.get("port") not in ports:
        # the line is ruled as one of these, and is not at any of them
        ports = [Reason("breach.ports_named")]
    what = [part for part in (*kinds, size, *ports, days, sure) if part]
    unit = word("tariff_unit", row.unit.replace(" ", "_"))
    told = Reason("breach.row", tariff=tariff.name, line=line, rate=rate, unit=unit, what=what)
    return f"{tariff.name}:{line}", (told,)


__all__ = ["Violation", "Violations", "violations"]
