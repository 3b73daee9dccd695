"""EventLog: a row per case with a column per milestone, behind whichever engine holds the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..domain.instants import FRACTION
from ..domain.metrics import Metric
from ..domain.sql import among
from ..domain.vocabulary import Vocabulary, load_vocabulary
from ..domain.zones import offsets, zone
from ..errors import InputError, NothingToShow
from .asking import noted
from .backends import Engine, engine_of
from .case_rows import DAY_SUFFIX, MONTH, case_rows
from .folder import AGAIN, read_json, words_of
from .notes import Noted, of_receipt
from .part import let_in, part_in, part_of
from .query import Query, Source
from .read import Read
from .refusals import MissingColumn

if TYPE_CHECKING:
    import pyarrow as pa

SMALL = 1_000_000  # cases; durations of more are tallied by the minute in a scorecard


class EventLog(Read):
    """Cases, their milestones and their charges, ready to be measured.

    Build one from tables in memory (pandas, Polars eager or lazy, Arrow, relations of DuckDB, or
    Ibis), or open a folder that intake wrote with `EventLog.open`. `events` has case_id, milestone
    and time (zone-aware, or naive together with `timezone`, or whole epoch seconds; a date is kept
    as a date), `cases` has case_id and any attributes, `charges` has case_id, item, amount_fen and
    charged_on. What a port publishes comes as dated tables: `charge_list` (port, item, valid_from),
    `waivers` (port, item, waived_percent, valid_from) and `limits` (port, operation, minutes,
    valid_from). They are held to the contract of files; `notes` counts what was seen on the way.

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
    engine: Engine
    milestones_table: Query
    cases_table: Query | None
    wide_table: Query | None
    milestones: frozenset[str]
    date_only: frozenset[str]
    fractions: frozenset[str]
    columns: tuple[str, ...]
    simulated: bool
    as_of: date | None
    folder: Path | None
    _place: Path | None
    _whole: EventLog | None = None
    receipt: Mapping[str, Any]
    notes: tuple[Noted, ...]
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
            shifts=built.shifts,
            vocabulary=words,
            engine=built.engine,
            milestones_table=built.milestones,
            cases_table=built.tables.get("cases"),
            wide_table=None,
            doubts=built.doubts,
            events_table=built.tables["events"],
            **{name: built.tables.get(name) for name in ("charges", *frames.DATED)},
            simulated=False,
            as_of=None,
            folder=None,
            _place=None,
            receipt=MappingProxyType({}),
            notes=built.notes,
            title_zh="",
            title_en="",
        )

    @classmethod
    def open(cls, folder: str | Path, engine: object = None) -> EventLog:
        """The log that intake wrote to `folder`; InputError if the folder holds none.

        `engine` reads it: None for DuckDB in this process, a DuckDB connection, a SparkSession, or
        a connection of Ibis such as `ibis.postgres.connect(…)`. The same calls give the same
        numbers on each.
        """
        folder = Path(folder)
        if (told := part_in(folder)) is not None:
            return told.opened(cls.open(told.log, engine))
        if not (folder / "dataset.json").is_file() or not (folder / "receipt.json").is_file():
            raise InputError(
                "no log is here: dataset.json or receipt.json is missing",
                str(folder),
                "run `clearance-metrics intake path/to/dataset.toml --out FOLDER` and open FOLDER",
            )
        meta, receipt = (read_json(folder / name) for name in ("dataset.json", "receipt.json"))
        if absent := [key for key in ("name", "timezone") if key not in meta]:
            raise InputError(f"dataset.json has no {absent[0]}", str(folder), AGAIN)
        reader = engine_of(engine)
        milestones, cases = (reader.backend.open(folder, t) for t in ("milestones", "cases"))
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
            engine=reader,
            milestones_table=milestones.query.without(attributes if beside else ()),
            cases_table=None if cases is None else cases.query,
            wide_table=milestones.query if beside else None,
            simulated=bool(meta.get("simulated")),
            as_of=date.fromisoformat(meta["as_of"]) if meta.get("as_of") else None,
            folder=folder,
            _place=folder.resolve(),  # the process may go elsewhere before it asks
            receipt=MappingProxyType(receipt),
            notes=tuple(of_receipt(receipt)),
            title_zh=meta.get("title_zh", ""),
            title_en=meta.get("title_en", ""),
        )
        return log

    def _set(self, **values: Any) -> None:
        zone(values["timezone"])
        for name_, given in values.items():
            object.__setattr__(self, name_, given)
        columns = set(self.milestones_table.columns) - {"case_id", MONTH}
        beside = (DAY_SUFFIX, FRACTION)
        kept = () if self.cases_table is None else self.cases_table.columns
        found = {
            "milestones": frozenset(c for c in columns if not c.endswith(beside)),
            "fractions": frozenset(
                c.removesuffix(FRACTION) for c in columns if c.endswith(FRACTION)
            ),
            "date_only": frozenset(
                c.removesuffix(DAY_SUFFIX) for c in columns if c.endswith(DAY_SUFFIX)
            ),
            "columns": tuple(c for c in kept if c != "case_id"),
        }
        for name_, given in found.items():
            object.__setattr__(self, name_, given)

    # of a folder, tables are opened once they are asked for: most questions need the cases alone

    def _table(self, table: str) -> Query | None:
        source = None if self._place is None else self.engine.backend.open(self._place, table)
        return None if source is None else source.query.through(self._door)

    def _door(self, source: Source) -> Source:
        return let_in(self, source)

    @property
    def whole(self) -> EventLog:
        """The log that this one is a part of; itself where it is none."""
        return self if self._whole is None else self._whole

    def only(self, column: str = "", value: object = None, /, **more: object) -> EventLog:
        """The part of the log whose cases have this value in a column: whatever is asked of it is
        answered over these cases, and every answer says so. Several columns may be named, in one
        call or in turn: `log.only("port", "X")`, `log.only(port="X", mode="sea")`.

        Charge lines go by their own value where they have such a column (as in `by=`), and else by
        their case's; published tables (charge lists, waivers, limits) too. Cases and lines without
        a value are in no part; `notes` counts them. The receipt, and the rows that intake rejected,
        stay those of the whole, which is `whole`. Milestones and columns stay, whether any of these
        cases has them or not, so that definitions stay the same. MissingColumn for what is no
        column of cases, LogError for a value that none of them has. An engine query per column.

        >>> import polars as pl
        >>> events = pl.DataFrame({"case_id": [*"abc"], "time": 0, "milestone": "declared"})
        >>> log = EventLog(events, pl.DataFrame({"case_id": [*"abc"], "port": ["x", "y", "y"]}))
        >>> log.only("port", "y").count_cases(), log.only(port="x").part
        (2, (('port', 'x'),))
        """
        return part_of(self, ({column: value} if column or value is not None else {}) | more)

    @cached_property
    def charges(self) -> Query | None:
        """The charge lines, or None."""
        return self._table("charges")

    @cached_property
    def doubts(self) -> Query | None:
        """The cases with a clock that stops before it starts (see `doubts_of`), or None where no
        clock has both its ends.
        """
        return self._table("doubts")

    @cached_property
    def charge_list(self) -> Query | None:
        """What each port publishes of its charges, or None."""
        return self._table("charge_list")

    @cached_property
    def waivers(self) -> Query | None:
        """What each port waives, or None."""
        return self._table("waivers")

    @cached_property
    def limits(self) -> Query | None:
        """The limits that each port publishes for its operations, or None."""
        return self._table("limits")

    @cached_property
    def currencies(self) -> dict[str, int]:
        """How many charge lines are in each currency, most first, then by name; empty where none is
        told.

        Money is measured in the first of them, unless a metric keeps others or is grouped by
        currency.
        """
        found = self.receipt.get("currencies")
        if found is None and self.charges is not None and "currency" in self.charges.columns:
            told = self.charges.then("told", where=["currency IS NOT NULL"])
            rows = self.rows_of(
                told.grouped("counted", ["currency"], {"n": "count(*)"}), aside=True
            )
            found = {row["currency"]: row["n"] for row in rows.to_pylist()}
        return dict(sorted((found or {}).items(), key=lambda pair: (-pair[1], pair[0])))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an EventLog does not change; {name!r} cannot be set")

    @cached_property
    def events_table(self) -> Query:
        """Every event, repeats included: case_id, milestone, time (epoch seconds), day (true if
        known to the day only).

        MissingColumn if the log keeps no single events.

        >>> import polars as pl
        >>> events = pl.DataFrame({"case_id": ["a"] * 3, "time": [0, 9, 5],
        ...     "milestone": ["exam_called", "exam_called", "exam_ended"]})
        >>> log = EventLog(events)
        >>> log.rows_of(log.events_table).num_rows
        3
        """
        events = self._table("events")
        if events is None:
            raise MissingColumn(
                "events", self, f"log {self.name!r} keeps no single events: run intake again"
            )
        day = {"day": "resolution = 'day'"}
        columns = ("case_id", "milestone", "time")
        return events.then("dated_events", day, kinds={"day": "boolean"}, keep=columns)

    def events_of(self, *names: str) -> Query:
        """Every event of these milestones, as in `events_table`;

        MissingColumn if the log has no such milestone.
        """
        for milestone in names:
            if milestone not in self.milestones:
                raise MissingColumn(milestone, self)
        return self.events_table.then("these_events", where=[among("milestone", names)])

    def case_table(
        self,
        needed: frozenset[str],
        as_of: int | None = None,
        where: Iterable[str] = (),
        every_case: bool = False,
    ) -> Query:
        """One row per case with the needed milestones (epoch seconds; those after `as_of` not yet
        there) and attributes; LogError if one is absent.

        Cases and milestones are joined only when both are asked for. Cases that begin in a month
        after `as_of` may be left out, where the folder is cut by month, unless `every_case` counts.
        `where` are tests on the attributes.
        """
        return case_rows(self, needed, as_of, where, every_case)

    def rows_of(self, query: Query, aside: bool = False) -> pa.Table:
        """The rows of a query of the log's tables, one engine query.

        `aside`: a check, which no figure rests on and no result shows.
        """
        if not aside:
            noted(query)
        return self.engine.rows_of(query)

    @cached_property
    def known_values(self) -> set[tuple[str, object]]:
        """Pairs of column and value that were asked for and found."""
        return set()

    def values(self, column: str) -> dict[object, int]:
        """The values of a column with the cases (of charges: the lines) that have each, most first;
        None stands for those without one. One engine query; MissingColumn for a column that is not
        there, NothingToShow where the log withholds and a value has too few cases.

        >>> import polars as pl
        >>> events = pl.DataFrame({"case_id": [*"abc"], "time": 0, "milestone": "declared"})
        >>> log = EventLog(events, pl.DataFrame({"case_id": [*"abc"], "port": ["x", "y", "y"]}))
        >>> log.values("port")
        {'y': 2, 'x': 1}
        """
        from .values import counts_of

        found, k = counts_of(self, column), self.withhold
        if k is not None and any(0 < n < k for n in found.values()):
            what = f"withheld: some values of {column!r} have fewer than {k} cases"
            raise NothingToShow(what, "withhold", "ask a log that withholds nothing")
        return found

    def is_signed(self, clock: Metric) -> bool:
        """Whether the clock's stop may lawfully precede its start."""
        return (
            clock.signed
            if clock.signed is not None
            else self.vocabulary.is_signed(clock.start, clock.stop)
        )

    def count_cases(self) -> int:
        """How many cases the log has; one engine query."""
        return self._count(self.cases_table or self.milestones_table)

    def count_charges(self) -> int | None:
        """How many charge lines the log has, None where it has no charges; one engine query."""
        return None if self.charges is None else self._count(self.charges)

    def _count(self, table: Query) -> int:
        counted = table.grouped("counted", (), {"n": "count(*)"})
        return int(self.rows_of(counted, aside=True)["n"][0].as_py())

    @contextmanager
    def joined(self, needs: Iterable[Iterable[str]]) -> Iterator[tuple[EventLog, int]]:
        """This log with milestones and attributes joined once for all who need both, and the engine
        queries that took.

        The joined table is the engine's own temporary one.
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
        wide = self.case_table(frozenset().union(*both))
        with self.engine.kept(wide) as table:
            shared = copy(self)
            object.__setattr__(shared, "wide_table", table)
            yield shared, 1
