"""payees(): who charged, what lies above the ceiling, and who does it again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.tariff import Tariff
from ..engine import billed
from ..engine.asking import asked_of_log
from ..engine.cells import check_period, month_number, period_name
from ..engine.log import EventLog
from ..notice import Notice, load_notice
from ..statistics.peers import beside_peers, holm
from ..statistics.reasons import Reason
from .broken_lines import BrokenLine, apart_of, broken_lines
from .payee_records import MONTHS, PayeeRow, Payees
from .violations import Asked

LEVEL = 0.05  # of the chance that any steady payee is told, however many there are
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
Counts = Mapping[str, Any]


@asked_of_log
def payees(
    log: EventLog,
    notice: Notice | str = "cn-2021-85",
    *,
    as_of: object = None,
    period: str | None = None,
    indicator: Asked | None = None,
    tariff: Tariff | None = None,
    calendar: WorkCalendar | None = None,
) -> Payees:
    """Charge lines by who billed them, up to `as_of`: how many and how much, how many of them break
    a rule of the notice, and what lies above the ceiling, in yuan; most above it first.

    A line that breaks several rules is one line, and of what these find too much the most counts.
    `over` is what exceeds a price that the government sets or caps, `excess` what any rule finds
    too much (the whole amount of a line that may not be charged at all). `period` ("month",
    "quarter" or "year") gives a row per payee and period; `indicator` keeps some of the rules.

    A payee is told as a repeat offender (`repeated`) where lines of it break a rule in at least
    three separate months, and more often than those of others at the same port, for the same item
    in the same month: an exact one-sided test on shipments, adjusted for the number of payees
    (Holm, 5 %). Where no other payee bills the same, that cannot be told, and the row says so.

    Lines that only seem wrong, as those billed twice, are no breach and have no part in it unless
    `indicator` asks for them.

    Raises MissingColumn where charge lines name no payee, NoticeError for an unknown indicator.

    >>> import polars as pl
    >>> from clearance_metrics import load_tariff
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    >>> item = load_tariff().checkable[0].item
    >>> line = {"case_id": "a", "line_id": "1", "item": item, "amount_fen": 3550, "payee": "T1",
    ...     "charged_on": "2022-04-02", "quantity": 1, "size": "20", "cargo_class": "general"}
    >>> log = EventLog(events, cases, pl.DataFrame([line]))
    >>> [(row.payee, row.lines, row.broken, row.over) for row in payees(log, as_of="2022-12-31")]
    [('T1', 1, 1, 1.5)]
    """
    check_period(period)
    notice = (notice if isinstance(notice, Notice) else load_notice(notice)).suited(log)
    when = AsOf.of(as_of, log.timezone)
    counts = log.rows_of(billed.by_payee(log, when).titled("charges by payee")).to_pylist()
    broken, rules = broken_lines(
        log, notice, when, indicator=indicator, tariff=tariff, calendar=calendar
    )
    main = next(iter(log.currencies), "CNY")
    rows = [
        _row(name, span, told, lines, main)
        for (name, span), (told, lines) in _together(counts, broken, period).items()
    ]
    if period is None and any(rule.why is None for rule in rules):
        rows = _repeated(rows, counts, broken)
    rows.sort(key=lambda r: (r.payee is None, -r.over, -r.excess, str(r.payee), r.period or ""))
    if period is not None:
        most: dict[str | None, float] = defaultdict(float)
        for row in rows:
            most[row.payee] += row.over
        rows.sort(key=lambda r: (r.payee is None, -most[r.payee], str(r.payee), r.period or ""))
    return Payees(
        rows=tuple(rows),
        as_of=when.text,
        notice=notice.number,
        currency=main,
        rules=rules,
        step=period or "",
        apart=apart_of(notice, indicator),
        says_ground="ground" in log.charges.columns,
        says_layer="layer" in log.charges.columns,
    )


def _together(
    counts: Iterable[Counts], broken: Iterable[BrokenLine], period: str | None
) -> dict[tuple[str | None, str | None], tuple[list[Counts], list[BrokenLine]]]:
    """What was counted of each payee and period, and its lines that break a rule."""
    found: dict[Any, Any] = defaultdict(lambda: ([], []))
    for row in counts:
        found[row["payee"] or None, span_of(row["period"], period)][0].append(row)
    for line in broken:
        number = None if line.month is None else month_number(line.month)
        found[line.payee or None, span_of(number, period)][1].append(line)
    return found


def span_of(month: int | None, period: str | None) -> str | None:
    """The period of a month by its number."""
    if month is None or period is None:
        return None
    return period_name(month // MONTHS_OF[period], period)


def _row(
    name: str | None, span: str | None, told: list[Counts], lines: list[BrokenLine], main: str
) -> PayeeRow:
    def of(column: str) -> int:
        return sum(row.get(column) or 0 for row in told)

    def money(column: str) -> float:
        ours = (row.get(column) or 0 for row in told if (row.get("currency") or main) == main)
        return sum(ours) / 100

    kept = [line for line in lines if (line.currency or main) == main]
    return PayeeRow(
        payee=name,
        period=span,
        lines=of("lines"),
        amount=money("fen"),
        broken=len(lines),
        over=sum(line.over for line in kept) / 100,
        excess=sum(line.excess for line in kept) / 100,
        months=len({line.month for line in lines if line.month}),
        shipments=None,
        expected=None,
        p=None,
        repeated=None,
        no_ground=of("no_ground"),
        no_ground_amount=money("no_ground_fen"),
        no_layer=of("no_layer"),
        no_layer_amount=money("no_layer_fen"),
        other=sum(r["lines"] for r in told if (r.get("currency") or main) != main),
    )


def _repeated(
    rows: list[PayeeRow], counts: Iterable[Counts], broken: Iterable[BrokenLine]
) -> list[PayeeRow]:
    """The rows with how often each breaks a rule beside its peers, and whether that is told."""
    units: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in counts:
        if row["payee"] and row["period"] is not None:
            units[row.get("item"), row.get("port"), row["period"]][row["payee"]] += row["cases"]
    cases: dict[Any, dict[str, set[str | None]]] = defaultdict(lambda: defaultdict(set))
    for line in broken:
        if line.payee and line.month:
            cases[line.item, line.port, month_number(line.month)][line.payee].add(line.case_id)
    found = {
        row.payee: beside_peers(*_strata(row.payee, units, cases))
        for row in rows
        if row.payee is not None
    }
    tested = [name for name, one in found.items() if one.p is not None]
    adjusted = dict(zip(tested, holm([found[n].p for n in tested]).tolist(), strict=True))
    made = []
    for row in rows:
        if row.payee is None:
            made.append(row)
            continue
        one, often = found[row.payee], row.months >= MONTHS
        why = (Reason("payees.no_peer"),) if often and one.p is None else ()
        p = adjusted.get(row.payee)
        told = None if why else often and p is not None and p <= LEVEL
        made.append(
            row.told(shipments=one.events, expected=one.expected, p=p, repeated=told, reasons=why)
        )
    return made


def _strata(name: str, units: Mapping, cases: Mapping) -> tuple[list[int], ...]:
    """Of each item, port and month where anybody breaks a rule: its shipments that do and all it
    has, and those of all payees.
    """
    own, of_own, every, of_all = [], [], [], []
    for key, by in cases.items():
        if not units[key].get(name):
            continue
        own.append(len(by.get(name, ())))
        of_own.append(units[key][name])
        every.append(sum(map(len, by.values())))
        of_all.append(sum(units[key].values()))
    return own, of_own, every, of_all
