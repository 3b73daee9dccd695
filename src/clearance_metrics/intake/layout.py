"""How the tables lie in the folder: one Parquet file each, or events and milestones cut by month.

Events go by the month of the event, and within it by source file; milestones by the month of the
case's first event. Both are cut on the dataset's local calendar. A question as of a day needs no
month after it, and one about a period finds its cases together, so that the engine can pass over
the other files by name or by their statistics.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.zones import last_second
from ..errors import MappingError
from .mapping import FileSpec, Mapping
from .sql import FAST, copy, name, parquet, quote
from .together import Files, Judged, happened
from .values import RESOLUTIONS, codes

if TYPE_CHECKING:
    import duckdb

LAYOUTS = ("auto", "whole", "months")
# rows of event and case files from which "auto" cuts by month
BIG = 20_000_000


@dataclass
class Whole:
    """One Parquet file per table."""

    out: Path
    kind = "whole"

    def table(self, table: str) -> str:
        """SQL of a table already written."""
        return parquet(self.out / f"{table}.parquet")

    def save(self, con: duckdb.DuckDBPyConnection, table: str, query: str) -> int:
        """Write a query's rows, in its order; their number."""
        return copy(con, query, self.out / f"{table}.parquet")

    def events(
        self, con: duckdb.DuckDBPyConnection, mapping: Mapping, files: Files, judged: Judged
    ) -> int:
        """Write the events in order of file, row and milestone; their number."""
        return copy(con, events(mapping, files, judged), self.out / "events.parquet")

    def milestones(
        self,
        con: duckdb.DuckDBPyConnection,
        mapping: Mapping,
        query: str,
        judged: Judged,
        order: str,
    ) -> int:
        """Write the milestones in this order; their number."""
        return self.save(con, "milestones", f"SELECT * FROM ({query}) ORDER BY {order}")


@dataclass
class Months(Whole):
    """Events and milestones cut by month, the other tables as one file each.

    `written` says of each part which months its events fill, under which digest of what was set
    aside; a part whose digest stands in `before` has its files taken over from `old`.
    """

    zone: str
    old: Path | None = None
    before: dict = field(default_factory=dict)
    written: dict = field(default_factory=dict)
    kind = "months"

    def events(
        self, con: duckdb.DuckDBPyConnection, mapping: Mapping, files: Files, judged: Judged
    ) -> int:
        """Write each file's events by month, in order of row and milestone; their number."""
        total = 0
        met: Counter[str] = Counter()
        for number, (spec, part) in enumerate(files):
            if spec.role not in ("events", "wide"):
                continue
            # one file may be read in several ways, or stand in the mapping twice
            met[part.file] += 1
            source = f"{part.file}-{met[part.file]}"
            aside = con.execute(
                "SELECT row_ FROM aside WHERE file_no = ? ORDER BY row_", [number]
            ).fetchall()
            digest = sha256(repr((part.file, self.zone, aside)).encode()).hexdigest()
            known: dict[str, Any] = self.before.get(source, {})
            if self.old is not None and known.get("digest") == digest:
                for month in known["months"]:
                    link(self.old / place(month, source), self.out / place(month, source))
            else:
                known = {
                    "digest": digest,
                    "months": self._share(con, mapping, files, judged, number, source),
                }
            self.written[source] = known
            total += sum(known["months"].values())
        if not total:
            target = self.out / place("none", "")
            target.parent.mkdir(parents=True, exist_ok=True)
            copy(con, f"SELECT * FROM ({events(mapping, files, judged)}) LIMIT 0", target)
        return total

    def _share(
        self,
        con: duckdb.DuckDBPyConnection,
        mapping: Mapping,
        files: Files,
        judged: Judged,
        number: int,
        source: str,
    ) -> dict:
        """Write one file's events; their number by month."""
        rows = happened(mapping, files, (), judged.aside, number)
        low, high = con.execute(f"SELECT min(time), max(time) FROM ({rows})").fetchall()[0]
        found = {}
        for month, first, last in months(low, high, self.zone):
            target = self.out / place(month, source)
            target.parent.mkdir(parents=True, exist_ok=True)
            n = copy(
                con,
                events(mapping, files, judged, number, f"time BETWEEN {first} AND {last}"),
                target,
            )
            if n:
                found[month] = n
            else:
                target.unlink()
        for folder in (self.out / "events").iterdir() if (self.out / "events").is_dir() else ():
            if not any(folder.iterdir()):
                folder.rmdir()
        return found

    def milestones(
        self,
        con: duckdb.DuckDBPyConnection,
        mapping: Mapping,
        query: str,
        judged: Judged,
        order: str,
    ) -> int:
        """Write the milestones by month of the case's first event, in this order; their number."""
        names = list(judged.resolution)
        if "month" in names:
            raise MappingError(
                "a milestone named month", str(mapping.path), "rename it, or give --layout whole"
            )
        first = f"least({', '.join(map(name, names))})" if names else "NULL::BIGINT"
        spans = list(months(*judged.span, self.zone))
        ends = " ".join(f"WHEN first_ <= {end} THEN {i}" for i, (_, _, end) in enumerate(spans))
        place = f"CASE {ends} ELSE {len(spans)} END" if spans else "0"
        placed = (
            f"SELECT * EXCLUDE (first_), {place} AS place_ FROM (SELECT *, {first} AS first_ FROM"
            f" ({query}))"
        )
        gathered = self.out / "milestones.parquet"
        # written whole first, in the order of months and within them: each month is then a run of
        # rows, found without reading the others, and nothing is sorted again
        copy(con, f"SELECT * FROM ({placed}) ORDER BY place_, {order}", gathered, codec=FAST)
        rows = parquet(gathered)
        met = [
            i for (i,) in con.execute(f"SELECT DISTINCT place_ FROM {rows} ORDER BY 1").fetchall()
        ]

        def save(i: int) -> int:
            target = (
                self.out
                / "milestones"
                / f"month={[*(m for m, _, _ in spans), 'none'][i]}"
                / "part.parquet"
            )
            target.parent.mkdir(parents=True, exist_ok=True)
            return copy(
                con.cursor(), f"SELECT * EXCLUDE (place_) FROM {rows} WHERE place_ = {i}", target
            )

        # a month is too little for the engine to share out, so that months are; a log without cases
        # still has its columns
        with ThreadPoolExecutor(
            con.execute("SELECT current_setting('threads')").fetchall()[0][0]
        ) as pool:
            total = sum(pool.map(save, met or [len(spans)]))
        gathered.unlink()
        return total


def place(month: str, source: str) -> Path:
    """Where the events of one month lie that come from one part."""
    return Path("events", f"month={month}", f"{sha256(source.encode()).hexdigest()[:16]}.parquet")


def months(low: int | None, high: int | None, zone: str) -> Iterator[tuple[str, int, int]]:
    """Local months from one epoch second to another: (2023-01, its first second, its last second).

    >>> list(months(1675180800, 1675180801, "Asia/Shanghai"))
    [('2023-02', 1675180800, 1677599999)]
    """
    if low is None or high is None:
        return
    day = datetime.fromtimestamp(low, UTC).date().replace(day=1)
    # the local month of `low` may be the one before or after the one in UTC
    day = (day - timedelta(days=1)).replace(day=1)
    while (begin := last_second(day - timedelta(days=1), zone) + 1) <= high:
        after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        end = last_second(after - timedelta(days=1), zone)
        if end >= low:
            yield f"{day:%Y-%m}", begin, end
        day = after


def events(
    mapping: Mapping, files: Files, judged: Judged, only: int | None = None, where: str = "true"
) -> str:
    """SQL of the events table, or of one file's share of it."""
    numbers, known = (
        codes(mapping),
        judged.resolution if only is None else _tellable(mapping, files[only][0]),
    )
    milestone = _named("milestone", {numbers[m]: m for m in known})
    resolution = _named("time_resolution", dict(enumerate(RESOLUTIONS)))
    # of one file's share the other files are no matter: it stays the same when they come and go
    told = dict.fromkeys(
        part.name for number, (_, part) in enumerate(files) if only in (None, number)
    )
    sources = ", ".join(map(quote, told))
    rows = f"SELECT * FROM ({happened(mapping, files, (), judged.aside, only)}) WHERE {where}"
    return (
        f"SELECT case_id, {milestone} AS milestone, make_timestamptz(time * 1000000) AS time,"
        f" {resolution} AS resolution, make_timestamptz(recorded_at * 1000000) AS recorded_at,"
        f" location, source_file::ENUM({sources}) AS source_file, line_ AS source_line FROM"
        f" ({rows})"
    )


def _tellable(mapping: Mapping, spec: FileSpec) -> list[str]:
    """The milestones that a file may tell."""
    told = {c.name for c in spec.milestones} | {milestone for _, milestone in spec.codes}
    return sorted(told or mapping.words.milestones)


def _named(column: str, words: dict[int, str]) -> str:
    """SQL of the text a number stands for; an enumeration is written as the same text, only
    faster.
    """
    if not words:
        return "''"
    cases = " ".join(f"WHEN {n} THEN {quote(word)}" for n, word in words.items())
    return f"(CASE {column} {cases} END)::ENUM({', '.join(map(quote, words.values()))})"


def link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
