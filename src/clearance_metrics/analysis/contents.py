"""contents(): what a log holds, before anything is measured."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from ..domain.zones import zone
from ..engine.contents import SHOWN, charge_columns_of, columns_of, milestones_of
from ..engine.log import EventLog
from ..results.block import Block
from ..results.display import Display, displayed
from ..results.table import LANG, Record, ResultTable, amount
from ..results.withheld import few
from ..results.words import has, joined, say, term
from ..statistics.reasons import Reason

KINDS = 12  # kinds that the first line names
# what is shown of each sort of row
TABLES = {
    "milestone": ("name", "label", "n", "first", "last"),
    "column": ("name", "label", "n", "values"),
    "charge_column": ("name", "label", "n", "values"),
}


@dataclass(frozen=True, kw_only=True)
class ContentRow(Record):
    """A milestone with the cases that have it and its first and last local day, or a column with
    its most frequent values and the cases (of charge lines: the lines) of each; `more` says that it
    has others. `n` is None, and a column has no values, where a log withholds them.
    """

    what: str
    name: str
    n: int | None
    first: date | None = None
    last: date | None = None
    values: tuple[tuple[str | None, int], ...] = ()
    more: bool = False
    own: object = None
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """Its word; of a dataset's own milestone or column, the dataset's."""
        told = term(self.what, self.name, lang, self.own)
        return told if told != self.name or has(f"{self.what}.{self.name}") else ""

    def to_dict(self) -> dict[str, object]:
        """A flat record."""
        return {name: value for name, value in super().to_dict().items() if name != "own"}

    def told(self, lang: str) -> str:
        """The values in words, most cases first."""
        money = getattr(self.own, "type", "") == "amount"

        def shown(one: str | None) -> Reason | str:
            """A value as a reader has it: money is kept in whole fen."""
            if one is None:
                return say("contents.none", lang)
            return amount(int(one) / 100, "CNY", lang) if money else one

        named = [Reason("contents.value", value=shown(v), n=n) for v, n in self.values]
        text = joined(named, lang, "mark.list")
        return say("contents.and_more", lang, values=text) if self.more else text


@dataclass(frozen=True, kw_only=True, repr=False)
class Contents(ResultTable[ContentRow]):
    """What `contents` answers: milestones in the order of the vocabulary, then columns of cases,
    then those of charge lines.
    """

    rows: tuple[ContentRow, ...]
    as_of: str
    name: str
    n_cases: int
    kinds: tuple[tuple[str | None, int], ...]
    first: date | None
    last: date | None
    charges: int | None
    timezone: str
    simulated: bool
    shown = ("what", "name", "n", "first", "last", "values", "label")

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer; of a milestone or column of few cases, or without which few are, the
        counts are left out.
        """
        if few(self.n_cases, k):
            return super().withholding(k, (self.n_cases,), hidden)
        rows = tuple(self._guarded(row, k) for row in self.rows)
        kinds = () if any(few(n, k) for _, n in self.kinds) else self.kinds
        charges = None if few(self.charges, k) else self.charges
        same = (rows, kinds, charges) == (self.rows, self.kinds, self.charges)
        told = () if same else (Reason("part.contents", k=k),)
        return self._with(rows=rows, kinds=kinds, charges=charges, _remarks=told)

    def _guarded(self, row: ContentRow, k: int) -> ContentRow:
        n = row.n or 0
        lack = (self.charges or 0 if row.what == "charge_column" else self.n_cases) - n
        if few(n, k) or few(lack, k):
            return replace(row, n=None, first=None, last=None, values=(), more=False)
        rest = n - sum(count for value, count in row.values if value is not None)
        if few(rest, k) or any(few(count, k) for _, count in row.values):
            return replace(row, values=(), more=False)
        return row

    def _caption(self, lang: str) -> str:
        """The log's name, its cases by kind, its days."""
        return self._told(self.name, lang)

    def _told(self, name: str, lang: str) -> str:
        kinds = [
            Reason("contents.value", value=self.word("kind", str(kind), lang), n=n)
            for kind, n in self.kinds[:KINDS]
        ]
        told = [say("contents.head", lang, name=name, n=self.n_cases)]
        told += [joined(kinds, lang, "mark.list")] if kinds else []
        if self.first:
            told.append(say("contents.days", lang, first=str(self.first), last=str(self.last)))
        told += [say("contents.lines", lang, n=self.charges)] if self.charges is not None else []
        told += [say("contents.simulated", lang)] if self.simulated else []
        return say("contents.whole", lang, told=tuple(told))

    def _headline(self, lang: str) -> str:
        """The same, under the dataset's title; the day up to which the log is complete stands
        behind it.
        """
        return self._told(self._reader.title(lang) or self.name, lang)

    def block(self, lang: str | None = None) -> Block:
        """The log in a line, its milestones, and the columns by which cases and charges group."""
        return replace(super().block(lang), parts=tuple(self._parts(self._in(lang))))

    def _parts(self, lang: str) -> Iterator[Display]:
        """A table of the milestones, one of the columns, one of those of charge lines."""
        for what, names in TABLES.items():
            rows = [
                record
                for row, record in zip(self.rows, self.worded(lang), strict=True)
                if row.what == what
            ]
            told = [f"label_{lang}" if name == "label" else name for name in names]
            kept = [name for name in told if any(row[name] not in (None, "") for row in rows)]
            if not rows:
                continue
            shown = displayed(kept, rows, lang, caption=say(f"contents.{what}s", lang))
            counted = "contents.lines_with" if what == "charge_column" else "contents.cases"
            heads = {"n": say(counted, lang)}
            shown.heads = tuple(heads.get(n, h) for n, h in zip(kept, shown.heads, strict=True))
            yield shown

    def worded(self, lang: str) -> list[dict[str, object]]:
        """The records as a table shows them."""
        return [
            row.to_dict()
            | {
                "what": say(f"contents.{row.what}", lang),
                "first": row.first and str(row.first),
                "last": row.last and str(row.last),
                "values": row.told(lang),
            }
            for row in self.rows
        ]

    def __repr__(self) -> str:
        told = (f"{table.caption}\n{table}" for table in self._parts(self.lang))
        beware = filter(None, [self.beware()])
        return "\n\n".join([f"<EventLog {self.asked()}>", *told, *beware])


def contents(log: EventLog) -> Contents:
    """What the log holds: cases by kind, each milestone with its cases, first and last day (local,
    of all times, also those after the day up to which the log is complete), each column with its
    values. It is what a log shows of itself.

    A few small engine queries, asked once.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog, contents
    >>> events = pl.DataFrame({"case_id": ["a", "a", "b"], "time": [0, 90000, 86400],
    ...     "milestone": ["declared", "customs_released", "declared"]})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ["a", "b"], "port": ["x", "y"]}))
    >>> [(row.name, row.n, str(row.first), row.values) for row in contents(log)][::2]
    [('declared', 2, '1970-01-01', ()), ('port', 2, 'None', (('x', 1), ('y', 1)))]
    """
    known = vars(log)
    if "_contents" not in known:
        known["_contents"] = _contents(log)
    found: Contents = known["_contents"]
    found = found._with(_reader=log.reader, as_of=str(log.as_of or ""))
    return found if log.withhold is None else found.withholding(log.withhold, ())


def _contents(log: EventLog) -> Contents:
    words, columns = log.vocabulary, columns_of(log)
    spans = milestones_of(log)
    order = [m for m in words.milestones if m in spans]
    order += sorted(set(spans) - set(order))
    rows = []
    for milestone in order:
        n, first, last = spans[milestone]
        days = (_day(log, first), _day(log, last))
        own = words.milestones.get(milestone)
        rows.append(
            ContentRow(what="milestone", name=milestone, n=n, first=days[0], last=days[1], own=own)
        )
    cases, lines = log.count_cases(), log.count_charges()
    told = [("column", cases, columns), ("charge_column", lines or 0, charge_columns_of(log))]
    for what, whole, found in told:
        for column, values in found.items():
            missing = next((n for value, n in values if value is None), 0)
            if what == "charge_column" and missing == whole:
                continue  # a column that no line fills groups nothing
            rows.append(
                ContentRow(
                    what=what,
                    name=column,
                    n=whole - missing,
                    values=tuple(values[:SHOWN]),
                    more=len(values) > SHOWN,
                    own=words.columns.get(column),
                )
            )
    firsts = [row.first for row in rows if row.first]
    lasts = [row.last for row in rows if row.last]
    return Contents(
        rows=tuple(rows),
        as_of=str(log.as_of or ""),
        name=log.name,
        n_cases=cases,
        kinds=_kinds(columns.get("kind", ())),
        first=min(firsts, default=None),
        last=max(lasts, default=None),
        charges=lines,
        timezone=log.timezone,
        simulated=log.simulated,
    )


def _kinds(values: Sequence[tuple[str | None, int]]) -> tuple[tuple[str | None, int], ...]:
    return tuple((kind, n) for kind, n in values if kind is not None)


def _day(log: EventLog, second: int | None) -> date | None:
    """The local day of an epoch second, None where no calendar has it."""
    if second is None:
        return None
    try:
        return datetime.fromtimestamp(int(second), zone(log.timezone)).date()
    except (OverflowError, ValueError, OSError):
        return None


__all__ = ["ContentRow", "Contents", "contents"]
