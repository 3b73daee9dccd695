"""Each case or charge line that breaks a rule, with what was charged, the reference in force and
what lies above it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..domain import windows
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED
from ..domain.metrics import Duration, Fee, Metric
from ..domain.tariff import Tariff
from ..engine.cells import month_number
from ..engine.log import EventLog, MissingColumn
from ..engine.references import tariff_of
from ..engine.tally import outcomes
from ..errors import LogError, closest
from ..notice import Indicator, Notice, load_notice
from ..notice.tariff import load_tariff
from ..results.table import ResultTable

if TYPE_CHECKING:
    import ibis.expr.types as ir

EPOCH = date(1970, 1, 1)
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


@dataclass(frozen=True)
class Breach:
    """One line or case. `amount`, `rate` and `excess` of lines are yuan; `tariff` names the row in
    force.

    `value` is the excess in whole tally units (fen, working days, 1 for a case that ought not to
    be).
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
    groups = ()

    def to_dict(self) -> dict[str, object]:
        """A flat record."""
        return dict(self.__dict__)


@dataclass(frozen=True, repr=False)
class Breaches(ResultTable):
    """What `violations` and `breaches` answer; the largest excess of each indicator first."""

    rows: tuple[Breach, ...]
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
        missing = "".join(
            f"\nno data for {name}: the log lacks {what}" for name, what in self.no_data
        )
        return f"{len(self.rows):,} lines and cases, as of {self.as_of}\n{self}{missing}"


def violations(
    log: EventLog,
    metric: Metric,
    *,
    as_of,
    above: int = 0,
    limit: int | None = None,
    tariff: Tariff | None = None,
    calendar: WorkCalendar | None = None,
) -> Breaches:
    """The lines or cases of one metric whose value (fen, days, 1 or 0) lies above a bound, largest
    first; at most `limit` of them.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    >>> line = {"case_id": "a", "line_id": "1", "item": "货物港务费", "amount_fen": 3550, "charged_on": "2022-04-02",
    ...         "quantity": 1, "size": "20", "cargo_class": "general"}
    >>> log = EventLog(events, cases, pl.DataFrame([line]))
    >>> [(row.line_id, row.rule, row.rate, row.excess) for row in violations(log, Fee("line", against="tariff"), as_of="2022-12-31")]
    [('1', 'above the set price', 34.0, 1.5)]
    """
    _check_limit(limit)
    when = AsOf.of(as_of, log.timezone)
    if calendar is not None and isinstance(metric, Duration):
        metric = replace(metric, calendar=calendar)
    rows = outcomes(
        log, metric, as_of=when, by=_apart(log, metric), tariff=tariff_of(metric, tariff)
    )
    return Breaches(tuple(_found(log, metric, rows, above, limit, tariff)), str(as_of))


def breaches(
    log: EventLog,
    notice: Notice | str = "cn-2021-85",
    *,
    as_of,
    indicator: str | None = None,
    limit: int | None = None,
    tariff: Tariff | None = None,
    calendar: WorkCalendar | None = None,
) -> Breaches:
    """Every line and case that a notice's zero indicators count, from each rule's own day up to
    `as_of`.

    Lines that seem billed twice are listed as well, from the day of issue.

    `indicator` keeps one of them, `limit` the largest of each. Raises NoticeError for an unknown
    indicator, LogError for one that counts no violations; indicators whose columns the log lacks
    are named in `no_data`.
    """
    notice = notice if isinstance(notice, Notice) else load_notice(notice)
    _check_limit(limit)
    when = AsOf.of(as_of, log.timezone)
    today = when.date
    zeros = [
        i
        for i in notice.indicators
        if i.status == "computed" and (i.kind == "zero" or _of_lines(i.metric))
    ]
    if indicator is not None:
        if notice.indicator(indicator) not in zeros:
            known = closest(indicator, [i.id for i in zeros])
            raise LogError(f"{indicator!r} counts no violations", "indicator", known)
        zeros = [notice.indicator(indicator)]
    found, lacking = [], []
    for zero in zeros:
        if (zero.target.due if zero.target else notice.issued) > today:
            continue
        metric, first = since(zero, today, notice.issued)
        if calendar is not None and isinstance(metric, Duration):
            metric = replace(metric, calendar=calendar)
        try:
            rows = outcomes(
                log,
                metric,
                as_of=when,
                by=_apart(log, metric),
                period="month" if first else None,
                tariff=tariff_of(metric, tariff),
            )
        except MissingColumn as missing:
            lacking.append((zero.id, missing.name))
            continue
        if first:
            rows = rows.filter(rows.period >= month_number(first))
        made = _found(log, metric, rows, 0, limit, tariff)
        source = zero.target.source if zero.target else ""
        found += [
            replace(row, measure=zero.measure, indicator=zero.id, tariff=row.tariff or source)
            for row in made
        ]
    return Breaches(tuple(found), str(as_of), tuple(lacking))


def _check_limit(limit: object) -> None:
    if limit is not None and (type(limit) is not int or limit < 1):
        raise LogError(
            f"limit={limit!r} is no number of rows",
            "limit",
            "write a whole number from 1 on, or leave it out for all rows",
        )


def _apart(log: EventLog, metric: Metric) -> tuple[str, ...]:
    """Each line is named in its own currency: none is left out for being in another."""
    return ("currency",) if isinstance(metric, Fee) and len(log.currencies) > 1 else ()


def _of_lines(metric: Metric | None) -> bool:
    """Whether each line is held against something, so that single lines can be named."""
    return isinstance(metric, Fee) and metric.per == "line" and bool(metric.against)


def since(indicator: Indicator, day: date, issued: date | None = None) -> tuple[Metric, str | None]:
    """A metric from its rule's own day on (else from the day of issue); for cases the first month
    that counts.
    """
    target, metric = indicator.target, indicator.metric
    if isinstance(metric, Fee):
        until = target.until if target else None
        limits = {"at_least": target.due if target else issued} | (
            {"at_most": until} if until else {}
        )
        return replace(metric, where={**metric.where, "charged_on": MappingProxyType(limits)}), None
    first = windows.month_from(target.due)
    return metric, max(first, windows.last_month(day)) if target.over == "month" else first


def _found(
    log: EventLog, metric: Metric, rows: ir.Table, above: int, limit: int | None, tariff
) -> Iterator[Breach]:
    kept = rows.filter(rows.end == ENDED, rows.value > above)
    names = [n for n in ("case_id", "each_", *OF_LINE) if n in kept.columns]
    keys = [kept[n] for n in ("line_id", "case_id", "each_") if n in kept.columns]
    ordered = kept.select("value", *names).order_by([kept.value.desc(), *keys])
    table = tariff or load_tariff()
    money = isinstance(metric, Fee) and not metric.counting
    for row in log.rows_of(ordered.limit(limit) if limit else ordered).to_pylist():
        rate, day = row.get("rate"), row.get("charged_day")
        amount = row.get("amount_fen")
        yield Breach(
            None,
            metric.name,
            row.get("case_id"),
            row.get("line_id"),
            row.get("item") or row.get("each_"),
            row.get("port"),
            None if day is None else (EPOCH + timedelta(days=day)).isoformat(),
            row.get("bill"),
            None if amount is None else amount / 100,
            row.get("rule") or _rule(metric),
            None if rate is None else rate / 100,
            _in_force(row, table),
            row["value"] / (100 if money else 1),
            (row.get("currency") or "CNY") if money else metric.unit_of(),
            row["value"],
        )


def _rule(metric: Metric) -> str:
    return "beyond its limit" if isinstance(metric, Duration) else "against the rule"


def _in_force(found: dict, tariff: Tariff) -> str:
    """The tariff row in force, in one text."""
    line = found.get("tariff_line")
    if line is None:
        return "the dataset's own waivers" if found.get("rule") == "waiver not applied" else ""
    row = tariff.rows[line - 2]
    rate = (
        f"{row.rate_fen / 100:.2f} CNY"
        if row.rate_fen is not None
        else row.rate_yuan or f"x {row.factor}"
    )
    parts = [
        row.direction,
        row.size and f"{row.size} ft",
        row.cargo_class.replace("_", " "),
        row.port,
    ]
    what = " ".join(filter(None, parts))
    days = f"{row.valid_from.isoformat()}..{row.valid_to.isoformat() if row.valid_to else ''}"
    return f"{tariff.name} line {line}: {rate} per {row.unit}{f', {what}' if what else ''}, {days}, {row.confidence}"


__all__ = ["Breach", "Breaches", "breaches", "since", "violations"]
