"""EventLog: a row per case with a column per milestone, behind whichever engine holds the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..domain.instants import FRACTION
from ..domain.metrics import Metric
from ..domain.vocabulary import Vocabulary, load_vocabulary
from ..domain.zones import NEVER, offsets, zone
from ..errors import InputError
from . import backends as engines
from .days import local_day
from .folder import AGAIN, read_json, words_of
from .refusals import MissingColumn

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

DAY_SUFFIX = "__day"
# of the case's first event, where milestones are cut by month
MONTH = "month"
SMALL = 1_000_000  # cases; durations of more are tallied by the minute in a scorecard
# of an operation: its own column, or looked up in the table of limits
LIMIT = "limit_minutes"


class EventLog:
    """Cases, their milestones and their charges, ready to be measured.

    Build one from tables in memory (pandas, Polars eager or lazy, Arrow, or Ibis of any backend),
    or open a folder that intake wrote with `EventLog.open`. `events` has case_id, milestone and
    time (zone-aware, or naive together with `timezone`, or whole epoch seconds; a date is kept as a
    date), `cases` has case_id and any attributes, `charges` has case_id, item, amount_fen and
    charged_on. What a port publishes comes as dated tables: `charge_list` (port, item, valid_from),
    `waivers` (port, item, waived_percent, valid_from) and `limits` (port, operation, minutes,
    valid_from).

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200],
    ...     "milestone": ["declared", "customs_released"]})
    >>> log = EventLog(events, timezone="Asia/Shanghai")
    >>> sorted(log.milestones)
    ['customs_released', 'declared']
    """

    name: str
    timezone: str
    shifts: tuple[tuple[int, int], ...]
    vocabulary: Vocabulary
    engine: Any
    milestones_table: ir.Table
    cases_table: ir.Table | None
    wide_table: ir.Table | None
    milestones: frozenset[str]
    date_only: frozenset[str]
    fractions: frozenset[str]
    columns: tuple[str, ...]
    simulated: bool
    as_of: date | None
    folder: Path | None
    receipt: Mapping[str, Any]
    title_zh: str
    title_en: str

    def __init__(
        self,
        events: object,
        cases: object = None,
        charges: object = None,
        *,
        charge_list: object = None,
        waivers: object = None,
        limits: object = None,
        timezone: str | None = None,
        words: Vocabulary | None = None,
        name: str = "log",
    ) -> None:
        from . import frames

        tables = {
            "events": events,
            "cases": cases,
            "charges": charges,
            "charge_list": charge_list,
            "waivers": waivers,
            "limits": limits,
        }
        words = words or load_vocabulary()
        built = frames.build(tables, timezone, words)
        self._set(
            name=name,
            timezone=built.timezone,
            shifts=offsets(built.timezone),
            vocabulary=words,
            engine=built.engine,
            _events=built.events,
            milestones_table=built.milestones,
            cases_table=built.cases,
            wide_table=None,
            doubts=built.doubts,
            charges=built.charges,
            charge_list=built.charge_list,
            waivers=built.waivers,
            limits=built.limits,
            simulated=False,
            as_of=None,
            folder=None,
            receipt=MappingProxyType({}),
            title_zh="",
            title_en="",
        )

    @classmethod
    def open(cls, folder: str | Path, engine: object = None) -> EventLog:
        """The log that intake wrote to `folder`; InputError if the folder holds none.

        `engine` reads it: None for DuckDB in this process, a SparkSession, or a backend of Ibis
        such as `ibis.polars.connect()`. The same calls give the same numbers on each.
        """
        folder = Path(folder)
        if not (folder / "dataset.json").is_file() or not (folder / "receipt.json").is_file():
            raise InputError(
                "no log is here: dataset.json or receipt.json is missing",
                str(folder),
                "run `clearance-metrics intake path/to/dataset.toml --out FOLDER` and open FOLDER",
            )
        meta, receipt = (read_json(folder / name) for name in ("dataset.json", "receipt.json"))
        if absent := [key for key in ("name", "timezone") if key not in meta]:
            raise InputError(f"dataset.json has no {absent[0]}", str(folder), AGAIN)
        engine = engines.backend(engine)
        milestones, cases = (
            engines.read_table(engine, folder, name) for name in ("milestones", "cases")
        )
        if milestones is None:
            raise InputError("no milestones are here", str(folder), AGAIN)
        # intake puts the attributes beside the milestones, sorted by kind, so that no query joins
        # the two
        attributes = [] if cases is None else [c for c in cases.columns if c != "case_id"]
        beside = bool(attributes) and set(attributes) < set(milestones.columns)
        log = cls.__new__(cls)
        log._set(
            name=meta["name"],
            timezone=meta["timezone"],
            shifts=offsets(
                meta["timezone"], date.fromisoformat(meta["since"]) if meta.get("since") else None
            ),
            vocabulary=words_of(meta),
            engine=engine,
            milestones_table=milestones.drop(*attributes) if beside else milestones,
            cases_table=cases,
            wide_table=milestones if beside else None,
            simulated=bool(meta.get("simulated")),
            as_of=date.fromisoformat(meta["as_of"]) if meta.get("as_of") else None,
            folder=folder,
            receipt=MappingProxyType(receipt),
            title_zh=meta.get("title_zh", ""),
            title_en=meta.get("title_en", ""),
        )
        return log

    def _set(self, **values: Any) -> None:
        zone(values["timezone"])
        for name, value in values.items():
            object.__setattr__(self, name, value)
        columns = set(self.milestones_table.columns) - {"case_id", MONTH}
        beside = (DAY_SUFFIX, FRACTION)
        object.__setattr__(
            self, "milestones", frozenset(c for c in columns if not c.endswith(beside))
        )
        object.__setattr__(
            self,
            "fractions",
            frozenset(c.removesuffix(FRACTION) for c in columns if c.endswith(FRACTION)),
        )
        object.__setattr__(
            self,
            "date_only",
            frozenset(c.removesuffix(DAY_SUFFIX) for c in columns if c.endswith(DAY_SUFFIX)),
        )
        kept = () if self.cases_table is None else self.cases_table.columns
        object.__setattr__(self, "columns", tuple(c for c in kept if c != "case_id"))

    # of a folder, tables are opened once they are asked for: most questions need the cases alone

    @cached_property
    def charges(self) -> ir.Table | None:
        """The charge lines, or None."""
        return engines.read_table(self.engine, self.folder, "charges")

    @cached_property
    def doubts(self) -> ir.Table | None:
        """The cases with a clock that stops before it starts (see `doubts_of`), or None where no
        clock has both its ends.
        """
        doubts = engines.read_table(self.engine, self.folder, "doubts")
        if doubts is None:
            return None
        times = {c: doubts[c].epoch_seconds().cast("int64") for c in ("start_time", "stop_time")}
        return doubts.mutate(**times)

    @cached_property
    def currencies(self) -> dict[str, int]:
        """How many charge lines are in each currency, most first, then by name; empty where none is
        told.

        Money is measured in the first of them, unless a metric keeps others or is grouped by
        currency.
        """
        found = self.receipt.get("currencies")
        if found is None and self.charges is not None and "currency" in self.charges.columns:
            lines = self.charges.filter(self.charges.currency.notnull())
            told = self.rows_of(lines.group_by("currency").agg(n=lines.count())).to_pylist()
            found = {row["currency"]: row["n"] for row in told}
        return dict(sorted((found or {}).items(), key=lambda pair: (-pair[1], pair[0])))

    @cached_property
    def charge_list(self) -> ir.Table | None:
        """What each port publishes of its charges, or None."""
        return engines.read_table(self.engine, self.folder, "charge_list")

    @cached_property
    def waivers(self) -> ir.Table | None:
        """What each port waives, or None."""
        return engines.read_table(self.engine, self.folder, "waivers")

    @cached_property
    def limits(self) -> ir.Table | None:
        """The limits that each port publishes for its operations, or None."""
        return engines.read_table(self.engine, self.folder, "limits")

    @cached_property
    def _events(self) -> ir.Table | None:
        events = engines.read_table(self.engine, self.folder, "events")
        if events is None:
            return None
        # with whole epoch seconds, as an in-memory log has them
        time = events.time.epoch_seconds().cast("int64")
        return events.select("case_id", "milestone", time=time, day=events.resolution == "day")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an EventLog does not change; {name!r} cannot be set")

    def __repr__(self) -> str:
        charges = "with charges" if self.charges is not None else "no charges"
        return (
            f"<EventLog {self.name}: {len(self.milestones)} milestones, {len(self.columns)} case"
            f" columns, {charges}>"
        )

    @property
    def events_table(self) -> ir.Table:
        """Every event, repeats included: case_id, milestone, time (epoch seconds), day (true if
        known to the day only).

        MissingColumn if the log keeps no single events.

        >>> import polars as pl
        >>> events = pl.DataFrame({"case_id": ["a"] * 3, "time": [0, 9, 5],
        ...     "milestone": ["exam_called", "exam_called", "exam_ended"]})
        >>> EventLog(events).events_table.count().execute()
        3
        """
        if self._events is None:
            raise MissingColumn(
                "events", self, f"log {self.name!r} keeps no single events: run intake again"
            )
        return self._events

    def events_of(self, *names: str) -> ir.Table:
        """Every event of these milestones, as in `events_table`;

        MissingColumn if the log has no such milestone.
        """
        for name in names:
            if name not in self.milestones:
                raise MissingColumn(name, self)
        table = self.events_table
        return table.filter(table.milestone.isin(names))

    def case_table(self, needed: frozenset[str], as_of: int | None = None) -> ir.Table:
        """One row per case with the needed milestones (epoch seconds) and attributes; LogError if
        one is absent.

        Cases and milestones are joined only when both are asked for. Cases, or their milestones,
        that begin in a month after `as_of` (epoch seconds) may be left out, where the folder is cut
        by month.
        """
        if LIMIT in needed and LIMIT not in self.columns and self.limits is not None:
            return self._with_limits(needed, as_of)
        absent = sorted(n for n in needed if n not in self.milestones and n not in self.columns)
        if absent:
            raise MissingColumn(absent[0], self)
        times = [n for n in sorted(needed) if n in self.milestones]
        flags = [n + DAY_SUFFIX for n in times if n in self.date_only]
        flags += [n + FRACTION for n in times if n in self.fractions]
        facts = [n for n in sorted(needed) if n not in self.milestones]
        if facts and not times:
            return self.cases_table.select("case_id", *facts)
        beside = self.wide_table is not None
        table = self.wide_table if beside else self.milestones_table
        if as_of is not None and times and MONTH in table.columns:
            day = datetime.fromtimestamp(as_of, zone(self.timezone))
            table = table.filter(table[MONTH] <= f"{day:%Y-%m}")
        if beside or not facts:
            return table.select("case_id", *facts, *times, *flags)
        milestones = table.select("case_id", *times, *flags)
        joined = self.cases_table.select("case_id", *facts).left_join(milestones, "case_id")
        return joined.select("case_id", *facts, *times, *flags)

    def _with_limits(self, needed: frozenset[str], as_of: int | None) -> ir.Table:
        """The cases with the port's limit in force when the operation was ordered; of several the
        widest.
        """
        import ibis

        cases = self.case_table(
            (needed - {LIMIT}) | {"port", "operation", "operation_ordered"}, as_of
        )
        cases = cases.mutate(ordered_day=local_day(cases.operation_ordered, self.shifts))
        asked = cases.select(a_port="port", a_operation="operation", a_day="ordered_day").distinct()
        limits = self.limits.select(
            l_port="port",
            l_operation="operation",
            l_minutes="minutes",
            l_from="from_day",
            l_to=ibis.coalesce(self.limits.to_day, NEVER),
        )
        found = asked.inner_join(
            limits, [asked.a_port == limits.l_port, asked.a_operation == limits.l_operation]
        )
        found = found.filter(found.a_day.between(found.l_from, found.l_to))
        widest = found.group_by(["a_port", "a_operation", "a_day"]).agg(
            limit_minutes=found.l_minutes.max()
        )
        on = [
            cases.port == widest.a_port,
            cases.operation == widest.a_operation,
            cases.ordered_day == widest.a_day,
        ]
        return cases.left_join(widest, on).select(
            "case_id", *(c for c in cases.columns if c != "case_id"), LIMIT
        )

    def rows_of(self, query: ir.Table, nested: bool = False) -> pa.Table:
        """The rows of a query of the log's tables, one engine query;

        `nested` as in `engines.rows_of`.
        """
        return engines.rows_of(self.engine, query, nested)

    @cached_property
    def small(self) -> bool:
        """Whether it has at most a million cases: then it takes longer to write a query than to run
        it.
        """
        told = self.receipt.get("tables", {}).get("cases")
        return (self.count_cases() if told is None else told) <= SMALL

    def is_signed(self, clock: Metric) -> bool:
        """Whether the clock's stop may lawfully precede its start."""
        return (
            clock.signed
            if clock.signed is not None
            else self.vocabulary.is_signed(clock.start, clock.stop)
        )

    def count_cases(self) -> int:
        """How many cases the log has; one engine query."""
        return int(self.rows_of(self.cases_table.agg(n=self.cases_table.count()))["n"][0].as_py())

    @contextmanager
    def joined(self, needs: Iterable[Iterable[str]]) -> Iterator[tuple[EventLog, int]]:
        """This log with milestones and attributes joined once for all who need both, and the engine
        queries that took.

        The joined table is the engine's own temporary one and is gone afterwards.
        """
        known = self.milestones | set(self.columns)
        both = [
            some
            for some in map(known.intersection, needs)
            if some - self.milestones and some & self.milestones
        ]
        if self.wide_table is not None or len(both) < 2:
            yield self, 0
            return
        with self.case_table(frozenset().union(*both)).cache() as wide:
            shared = copy(self)
            object.__setattr__(shared, "wide_table", wide)
            yield shared, 1
