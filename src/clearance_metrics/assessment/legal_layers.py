"""legal_layers() and misnamed_charges(): by whose right a charge is priced, and bills that say
otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..domain.arguments import check_count
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.tariff import Tariff
from ..domain.zones import EPOCH
from ..engine import billed
from ..engine.asking import asked_of_log
from ..engine.cells import check_period, month_number
from ..engine.log import EventLog
from ..engine.priced.layers import OUTSIDE, UNKNOWN
from ..engine.refusals import MissingColumn
from ..notice import Notice, load_notice
from ..notice.rates import legal_layers as layers_of
from .broken_lines import BrokenLine, apart_of, broken_lines
from .layer_records import LayerRow, Layers
from .misnamed_records import MisnamedCharges, MisnamedKind, MisnamedRow
from .payees import span_of
from .violations import Asked

LAYERS = ("set", "guided", "fund", "market", "ended", OUTSIDE, UNKNOWN)
UNKNOWN_LAW = frozenset({OUTSIDE, UNKNOWN})
Counts = Mapping[str, Any]


@asked_of_log
def legal_layers(
    log: EventLog,
    notice: Notice | str = "cn-2021-85",
    *,
    as_of: object = None,
    period: str | None = None,
    indicator: Asked | None = None,
    tariff: Tariff | None = None,
    calendar: WorkCalendar | None = None,
) -> Layers:
    """Charge lines up to `as_of` by what the law says of the price of their item on their day: set
    by government, capped, a government fund, left to the market, no longer chargeable; or an item
    that the tariff does not name, or not on that day.

    Of each: lines and yuan, those that break a rule of the notice (each once), and those of which
    the bill says another kind of price (column `layer` of charges; None where the log has none).
    `period` ("month", "quarter" or "year") gives a row per kind and period. Raises MissingColumn
    without charges.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> line = {"case_id": "a", "line_id": "1", "item": "货物港务费", "amount_fen": 3400,
    ...     "charged_on": "2022-04-02", "layer": "market"}
    >>> log = EventLog(events, charges=pl.DataFrame([line]))
    >>> [(row.layer, row.lines, row.otherwise) for row in legal_layers(log, as_of="2022-12-31")]
    [('set', 1, 1)]
    """
    check_period(period)
    notice = (notice if isinstance(notice, Notice) else load_notice(notice)).suited(log)
    when, law = AsOf.of(as_of, log.timezone), layers_of(tariff)
    query = billed.by_layer(log, when, law).titled("charges by legal kind of price")
    counts = log.rows_of(query).to_pylist()
    broken, rules = broken_lines(
        log, notice, when, indicator=indicator, tariff=tariff, calendar=calendar
    )
    main = next(iter(log.currencies), "CNY")
    told: dict[tuple[str, str | None], list[Counts]] = defaultdict(list)
    for row in counts:
        told[row["legal_layer"], span_of(row["period"], period)].append(row)
    lines: dict[tuple[str, str | None], list[BrokenLine]] = defaultdict(list)
    for line in broken:
        number = None if line.month is None else month_number(line.month)
        lines[_layer_on(law, line), span_of(number, period)].append(line)
    says = "layer" in log.charges.columns
    order = sorted(told, key=lambda key: (LAYERS.index(key[0]), key[1] or ""))
    made = tuple(_row(key, told[key], lines[key], main, says) for key in order)
    return Layers(
        rows=made,
        as_of=when.text,
        notice=notice.number,
        currency=main,
        rules=rules,
        says=says,
        step=period or "",
        apart=apart_of(notice, indicator),
    )


def _layer_on(law: tuple[dict, ...], line: BrokenLine) -> str:
    """What the law says of the item of a line on its day."""
    rows = [row for row in law if row["item"] == line.item]
    if not rows:
        return OUTSIDE
    on = (row["layer"] for row in rows if row["from"] <= (line.day or 0) <= row["to"])
    return next(on, UNKNOWN)


def _row(
    key: tuple[str, str | None],
    told: list[Counts],
    lines: list[BrokenLine],
    main: str,
    says: bool,
) -> LayerRow:
    layer, period = key
    ours = [row for row in told if (row.get("currency") or main) == main]
    kept = [line for line in lines if (line.currency or main) == main]
    other = [row for row in told if _differs(layer, row.get("layer"))]
    return LayerRow(
        layer=layer,
        period=period,
        lines=sum(row["lines"] for row in told),
        amount=sum(row["fen"] for row in ours) / 100,
        broken=len(lines),
        over=sum(line.over for line in kept) / 100,
        excess=sum(line.excess for line in kept) / 100,
        no_ground=sum(row["no_ground"] for row in told) if "no_ground" in told[0] else None,
        otherwise=sum(row["lines"] for row in other) if says else None,
        otherwise_amount=sum(row["fen"] for row in other if row in ours) / 100 if says else None,
        other=sum(row["lines"] for row in told if row not in ours),
    )


def _differs(law: str, said: str | None) -> bool:
    """Whether a bill says another kind of price than the law, where both say one."""
    return said is not None and law not in UNKNOWN_LAW and said != law


@asked_of_log
def misnamed_charges(
    log: EventLog,
    *,
    as_of: object = None,
    limit: int | None = None,
    tariff: Tariff | None = None,
) -> MisnamedCharges:
    """Charge lines up to `as_of` whose bill names another kind of price than the law, by item and
    by what both say, and one by one, the largest first.

    A line is told where the bill says "market" of an item that government sets, caps or levies, or
    the other way round; where the item may no longer be charged; where the bill itself says that it
    is outside the list; and where the tariff does not name the item and no published list of its
    port does, however the bill calls it. All are counted, `limit` keeps the largest of each. Raises
    MissingColumn where bills do not say how they are priced.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> line = {"case_id": "a", "line_id": "1", "item": "货物港务费", "amount_fen": 3400,
    ...     "charged_on": "2022-04-02", "layer": "market"}
    >>> found = misnamed_charges(EventLog(events, charges=pl.DataFrame([line])), as_of="2022-12-31")
    >>> [(row.item, row.says, row.law, row.amount) for row in found]
    [('货物港务费', 'market', 'set', 34.0)]
    """
    check_count(limit, "limit")
    when, lines = AsOf.of(as_of, log.timezone), log.charges
    for column in ("layer", "line_id"):
        if lines is None or column not in lines.columns:
            raise MissingColumn("charges" if lines is None else column, log)
    main, law = next(iter(log.currencies), "CNY"), layers_of(tariff)
    lists = billed.has_lists(log)
    told = billed.misnamed(log, when, law, lists).titled("bills that name another kind of price")
    rows = [_misnamed(row) for row in log.rows_of(told).to_pylist()]
    rows.sort(key=lambda row: (-row.amount, row.case_id or "", row.line_id))
    counted = log.rows_of(billed.by_layer(log, when, law)).to_pylist()
    said = [row for row in counted if row["layer"] is not None]
    return MisnamedCharges(
        rows=tuple(rows if limit is None else _largest(rows, limit)),
        as_of=when.text,
        kinds=_kinds(rows, main),
        currency=main,
        checked=sum(row["lines"] for row in said),
        not_said=sum(row["lines"] for row in counted if row["layer"] is None),
        other=sum((row.currency or main) != main for row in rows),
        no_law=sum(row["lines"] for row in said if row["legal_layer"] == UNKNOWN),
        lists=lists,
    )


def _misnamed(row: Counts) -> MisnamedRow:
    law = "unlisted" if row["unlisted"] else row["legal_layer"]
    day = None if row["charged_day"] is None else EPOCH + timedelta(days=row["charged_day"])
    return MisnamedRow(
        case_id=row["case_id"],
        line_id=row["line_id"],
        item=row["item"],
        payee=row.get("payee"),
        port=row.get("port"),
        charged_on=None if day is None else day.isoformat(),
        amount=row["amount_fen"] / 100,
        currency=row.get("currency") or "",
        ground=row.get("ground"),
        says=row["layer"],
        law=law,
    )


def _largest(rows: list[MisnamedRow], limit: int) -> list[MisnamedRow]:
    """The first `limit` rows of each item and what both say of it."""
    seen: Counter[tuple] = Counter()
    kept = []
    for row in rows:
        kind = (row.item, row.says, row.law)
        seen[kind] += 1
        kept += [row] if seen[kind] <= limit else []
    return kept


def _kinds(rows: list[MisnamedRow], main: str) -> tuple[MisnamedKind, ...]:
    """How many lines of each item say what, the most first."""
    together: dict[tuple[str, str, str], list[MisnamedRow]] = defaultdict(list)
    for row in rows:
        together[row.item or "", row.says, row.law].append(row)
    made = [
        MisnamedKind(
            item=item,
            says=says,
            law=law,
            n=len(found),
            fen=sum(round(r.amount * 100) for r in found if (r.currency or main) == main),
            payees=len({r.payee for r in found if r.payee is not None}),
            no_ground=sum(r.ground is None for r in found),
        )
        for (item, says, law), found in together.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.n, one.item, one.says, one.law)))
