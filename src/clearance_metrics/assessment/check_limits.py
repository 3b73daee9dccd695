"""Each port's own published limit of each operation, in force on the day, beside how the operations
went.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..domain.arguments import check_level
from ..domain.as_of import AsOf
from ..domain.verdicts import Verdict
from ..domain.zones import EPOCH, day_number
from ..engine.asking import asked_of_log
from ..engine.limits import count_kept
from ..engine.log import EventLog
from ..notice import citable
from ..results.display import Display, head_word, signed, tone
from ..results.table import LANG, Record, ResultTable
from ..results.wording import interval, number, period_words
from ..results.words import say
from ..statistics import wilson
from .verdicts import decide

MINUTES = {"minutes": 1, "hours": 60}


@dataclass(frozen=True, kw_only=True)
class LimitRow(Record):
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
    verdict: Verdict
    source: str
    groups = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class LimitRows(ResultTable[LimitRow]):
    """What `check_limits` answers.

    `without` operations fell on a port, kind or day for which no limit is known.
    """

    rows: tuple[LimitRow, ...]
    as_of: str
    without: int
    shown = ("port", "operation", "minutes", "required", "share", "low", "high", "n", "verdict")

    def _caption(self, lang: str) -> str:
        return say("limits.about", lang)

    def _headline(self, lang: str) -> str:
        """How many of the limits were not kept, and of how many that cannot be told."""
        if not self.rows:
            return say("limits.none", lang)
        late, unsure = (
            sum(row.verdict is verdict for row in self.rows)
            for verdict in (Verdict.NOT_MET, Verdict.CANNOT_TELL)
        )
        code = "limits.unsure" if unsure else "limits.late"
        return say(code, lang, n=len(self.rows), late=late, unsure=unsure)

    def _beware(self, lang: str) -> str:
        """How operations are held against limits, and how many are not."""
        early = sum(row.too_early for row in self.rows)
        told = [say("limits.how", lang)] if self.rows else []
        told += [say("limits.without", lang, n=self.without)]
        told += [say("limits.too_early", lang, n=early)] if early else []
        return say("report.gap", lang).join(told)

    def _table(self, lang: str) -> Display:
        """Each limit with the days it was in force, how many operations kept to it, the verdict."""
        if not self.rows:
            return super()._table(lang)
        heads = [head_word(name, lang) for name in ("port", "operation")]
        heads += [
            say(f"limits.{code}", lang) for code in ("minutes", "promised", "in_force", "kept")
        ]
        heads += [head_word(name, lang) for name in ("interval", "n", "verdict")]
        cells = [
            (
                self.group_word("port", row.port, lang),
                self.group_word("operation", row.operation, lang),
                number(row.minutes, lang=lang),
                number(row.required, "share", lang=lang),
                period_words(f"{row.valid_from}..{row.valid_to}", lang),
                number(row.share, "share", lang=lang),
                interval(row.low, row.high, "share", lang=lang),
                number(row.n, lang=lang),
                signed(row.verdict, lang),
            )
            for row in self.rows
        ]
        tones = {(i, len(heads) - 1): tone(row.verdict) for i, row in enumerate(self.rows)}
        numbers = (2, 3, 5, 6, 7)
        return Display(heads, cells, caption=self.asked(lang), numbers=numbers, tones=tones)

    def __repr__(self) -> str:
        return f"{say('assess.without_limit', LANG, n=self.without, day=self.as_of)}\n{self}"


def published_limits() -> list[dict[str, Any]]:
    """Limits that ports published, as rows of a limits table; those without a day or not in minutes
    are left out.

    >>> [(row["minutes"], row["share_percent"]) for row in published_limits()[2:4]]
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
        until = day_number(date.fromisoformat(min(later))) - 1 if later else None
        made.append(
            {
                "port": row["port_zh"],
                "operation": row["operation_zh"],
                "minutes": int(row["value"]) * MINUTES[row["unit"]],
                "share_percent": int(row["share_percent"] or 100),
                "from_day": day_number(date.fromisoformat(row["from"])),
                "to_day": until,
                "source": row["source"],
            }
        )
    return made


@asked_of_log
def check_limits(log: EventLog, *, as_of: object = None, level: float = 0.95) -> LimitRows:
    """Share of operations within each limit in force when they were ordered, by port and kind of
    operation.

    The log's own limits table goes before the limits that ship (`published_limits`). An operation
    not done by its limit counts as late; one whose limit lies beyond `as_of` is not counted yet.
    Shares have Wilson's intervals. Verdicts are those of every target: one-sided bounds, each at
    `level`, against the share the port promised (a promise of all is broken by one), and "cannot
    tell" under 30 operations.

    >>> import polars as pl
    >>> ids = [str(i) for i in range(40)]
    >>> events = pl.DataFrame({"case_id": ids * 2,
    ...     "milestone": ["operation_ordered"] * 40 + ["operation_done"] * 40,
    ...     "time": [0] * 40 + [1200] * 38 + [3000] * 2})
    >>> cases = {"case_id": ids, "kind": "operation", "port": "A", "operation": "pick-up"}
    >>> limits = {"port": ["A"], "operation": ["pick-up"], "minutes": [30], "share_percent": [80],
    ...     "valid_from": ["1970-01-01"]}
    >>> log = EventLog(events, pl.DataFrame(cases), limits=pl.DataFrame(limits))
    >>> [(row.share, row.n, row.verdict.value) for row in check_limits(log, as_of="1970-01-02")]
    [(0.95, 40, 'met')]
    """
    # a one-sided bound at a half or less would lie on the wrong side of the figure
    check_level(level, above=0.5)
    when = AsOf.of(as_of, log.timezone)
    rows = log.rows_of(log.limits).to_pylist() if log.limits is not None else published_limits()
    counted = log.rows_of(count_kept(log, rows, when)).to_pylist()
    told = {row["place"]: row for row in counted}
    made = [_row(row, told[place], level) for place, row in enumerate(rows) if place in told]
    made.sort(key=lambda r: (r.port, r.operation, r.valid_from, r.minutes))
    without = told[None]["n"] if None in told else 0
    return LimitRows(rows=tuple(made), as_of=when.text, without=without)


def _row(row: dict, told: dict, level: float) -> LimitRow:
    n, good = told["told"], told["kept"]
    share, required = wilson(good, n, level), int(row.get("share_percent") or 100) / 100
    # bounds that each hold at `level` are those of the interval at 2 level - 1
    bounds = wilson(good, n, 2 * level - 1)
    return LimitRow(
        port=row["port"],
        operation=row["operation"],
        minutes=int(row["minutes"]),
        required=required,
        valid_from=_day(row["from_day"]),
        valid_to=_day(row.get("to_day")),
        share=share.value,
        low=share.low,
        high=share.high,
        n=n,
        too_early=told["n"] - n,
        verdict=decide(bounds, n, required, "at_least", counted=required == 1),
        source=str(row.get("source") or ""),
    )


def _day(number: int | None) -> str:
    return "" if number is None else (EPOCH + timedelta(days=int(number))).isoformat()
