"""Each port's own published limit of each operation, in force on the day, beside how the operations
went.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ..domain.as_of import AsOf
from ..domain.ends import ENOUGH
from ..engine import conditions
from ..engine.days import local_day
from ..engine.log import EventLog
from ..notice import citable
from ..results.table import ResultTable
from ..statistics import wilson

EPOCH = date(1970, 1, 1)
NEVER = 10**6
MINUTES = {"minutes": 1, "hours": 60}


@dataclass(frozen=True)
class LimitRow:
    """One limit: within `minutes` for at least `required` of the operations; `share` is how many
    kept to it.

    `too_early` operations were ordered so late that their limit lies beyond `as_of`: they are left
    out of the share.
    """

    port: str
    operation: str
    minutes: int
    required: float
    valid_from: str
    valid_to: str
    share: float | None
    low: float | None
    high: float | None
    n: int
    too_early: int
    verdict: str
    source: str
    groups = ()

    def to_dict(self) -> dict[str, object]:
        """A flat record."""
        return dict(self.__dict__)


@dataclass(frozen=True, repr=False)
class LimitRows(ResultTable):
    """What `limits_kept` answers.

    `without` operations fell on a port, kind or day for which no limit is known.
    """

    rows: tuple[LimitRow, ...]
    as_of: str
    without: int
    shown = ("port", "operation", "minutes", "required", "share", "low", "high", "n", "verdict")

    def __repr__(self) -> str:
        return f"{self.without:,} operations without a known limit, as of {self.as_of}\n{self}"


def published_limits() -> list[dict[str, object]]:
    """Limits that ports published, as rows of a limits table; those without a day or not in minutes
    are left out.

    >>> [(row["minutes"], row["share_percent"]) for row in published_limits() if row["operation"] == "提箱"]
    [(30, 60), (60, 90)]
    """
    rows = [
        r
        for r in citable("operating_limits")
        if r["from"] and r["rule"] == "at_most" and r["unit"] in MINUTES
    ]
    made = []
    for row in rows:
        same = [r for r in rows if all(r[k] == row[k] for k in ("port_zh", "operation_zh"))]
        later = [r["from"] for r in same if r["from"] > row["from"]]
        until = (date.fromisoformat(min(later)) - EPOCH).days - 1 if later else None
        made.append(
            {
                "port": row["port_zh"],
                "operation": row["operation_zh"],
                "minutes": int(row["value"]) * MINUTES[row["unit"]],
                "share_percent": int(row["share_percent"] or 100),
                "from_day": (date.fromisoformat(row["from"]) - EPOCH).days,
                "to_day": until,
                "source": row["source"],
            }
        )
    return made


def limits_kept(log: EventLog, *, as_of, level: float = 0.95) -> LimitRows:
    """Share of operations within each limit in force when they were ordered, by port and kind of
    operation.

    The log's own limits table goes before the limits that ship (`published_limits`). An operation
    not done by its limit counts as late; one whose limit lies beyond `as_of` is not counted yet.
    Wilson intervals. "met" where the whole interval reaches the share the port promised (a promise
    of all is broken by one), "cannot tell" under 30 operations.

    >>> import polars as pl
    >>> ids = [str(i) for i in range(40)]
    >>> events = pl.DataFrame({"case_id": ids * 2, "milestone": ["operation_ordered"] * 40 + ["operation_done"] * 40,
    ...     "time": [0] * 40 + [1200] * 38 + [3000] * 2})
    >>> cases = pl.DataFrame({"case_id": ids, "kind": "operation", "port": "甲", "operation": "提箱"})
    >>> limits = pl.DataFrame({"port": ["甲"], "operation": ["提箱"], "minutes": [30], "share_percent": [80],
    ...     "valid_from": ["1970-01-01"]})
    >>> found = limits_kept(EventLog(events, cases, limits=limits), as_of="1970-01-02")
    >>> [(row.share, row.n, row.verdict) for row in found]
    [(0.95, 40, 'met')]
    """
    import ibis
    import pyarrow as pa

    when = AsOf.of(as_of, log.timezone)
    needed = frozenset({"kind", "port", "operation", "operation_ordered", "operation_done"})
    cases = conditions.known_at(log, log.case_table(needed), needed, when.second)
    cases = cases.filter(cases.kind == "operation", cases.operation_ordered.notnull())
    cases = cases.mutate(day_=local_day(cases.operation_ordered, log.shifts))
    rows = log.rows_of(log.limits).to_pylist() if log.limits is not None else published_limits()
    names = ("port", "operation", "minutes", "from_day", "to_day")
    kinds = (pa.string(), pa.string(), pa.int64(), pa.int64(), pa.int64())
    values = [[NEVER if n == "to_day" and r.get(n) is None else r[n] for r in rows] for n in names]
    columns = {f"l_{n}": pa.array(v, k) for n, v, k in zip(names, values, kinds, strict=True)}
    table = ibis.memtable(pa.table({**columns, "l_row": pa.array(range(len(rows)), pa.int64())}))
    asked = cases.select(a_port="port", a_operation="operation", a_day="day_").distinct()
    found = asked.inner_join(
        table, [asked.a_port == table.l_port, asked.a_operation == table.l_operation]
    )
    found = found.filter(found.a_day.between(found.l_from_day, found.l_to_day))
    found = found.select("a_port", "a_operation", "a_day", "l_row", "l_minutes")
    on = [
        cases.port == found.a_port,
        cases.operation == found.a_operation,
        cases.day_ == found.a_day,
    ]
    joined = cases.left_join(found, on)
    due = joined.operation_ordered + joined.l_minutes * 60
    kept = (due <= when.second) & ibis.coalesce(joined.operation_done <= due, False)
    counted = joined.group_by("l_row").agg(
        n=joined.count(), told=(due <= when.second).sum(), kept=kept.sum()
    )
    told = {row["l_row"]: row for row in log.rows_of(counted).to_pylist()}
    made = []
    for place, row in enumerate(rows):
        if place in told:
            n, good = int(told[place]["told"] or 0), int(told[place]["kept"] or 0)
            share, required = wilson(good, n, level), int(row.get("share_percent") or 100) / 100
            made.append(
                LimitRow(
                    row["port"],
                    row["operation"],
                    int(row["minutes"]),
                    required,
                    _day(row["from_day"]),
                    _day(row["to_day"]),
                    share.value,
                    share.low,
                    share.high,
                    n,
                    int(told[place]["n"]) - n,
                    _verdict(share, n, required),
                    str(row.get("source") or ""),
                )
            )
    made.sort(key=lambda r: (r.port, r.operation, r.valid_from, r.minutes))
    return LimitRows(tuple(made), str(as_of), int(told[None]["n"]) if None in told else 0)


def _verdict(share, n: int, required: float) -> str:
    if required == 1 and n and share.value < 1:
        return "not met"
    if n < ENOUGH:
        return "cannot tell"
    if required == 1:
        return "met"
    return "met" if share.low >= required else "not met" if share.high < required else "cannot tell"


def _day(number: int | None) -> str:
    return (
        ""
        if number is None or number >= NEVER
        else (EPOCH + timedelta(days=int(number))).isoformat()
    )


__all__ = ["LimitRow", "LimitRows", "limits_kept", "published_limits"]
