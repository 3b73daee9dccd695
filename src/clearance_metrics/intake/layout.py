"""How the tables lie in the folder: one Parquet file each, or the big ones cut by month."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .checks import RESOLUTIONS, codes, quote
from .mapping import Mapping
from .together import Files, happened

@dataclass(frozen=True)
class Whole:
    """One Parquet file per table."""

    out: Path

    def table(self, name: str) -> str:
        """SQL of a table already written."""
        return f"read_parquet({quote(str(self.out / f'{name}.parquet'))})"

    def save(self, con, name: str, query: str) -> int:
        """Write a query's rows, in its order; their number."""
        return copy(con, query, self.out / f"{name}.parquet")

    def events(self, con, mapping: Mapping, files: Files, aside: frozenset[int]) -> int:
        """Write the events in order of file, row and milestone."""
        return self.save(con, "events", events(mapping, files, aside))

    def milestones(self, con, query: str) -> int:
        """Write the milestones in order of case."""
        return self.save(con, "milestones", f"SELECT * FROM ({query}) ORDER BY case_id")


def events(mapping: Mapping, files: Files, aside: frozenset[int], only: int | None = None, where: str = "true") -> str:
    """SQL of the events table, or of one file's share of it."""
    milestone = " ".join(f"WHEN {n} THEN {quote(m)}" for m, n in codes(mapping).items())
    resolution = " ".join(f"WHEN {n} THEN {quote(r)}" for n, r in enumerate(RESOLUTIONS))
    # rows come as they stand in the parts, except where leaving some out takes a join
    order = " ORDER BY seq_, milestone" if (aside if only is None else only in aside) else ""
    rows = f"SELECT * FROM ({happened(mapping, files, (), aside, only)}) WHERE {where}{order}"
    return (
        f"SELECT case_id, CASE milestone {milestone} END AS milestone, make_timestamptz(time * 1000000) AS time,"
        f" CASE time_resolution {resolution} END AS resolution, make_timestamptz(recorded_at * 1000000) AS recorded_at,"
        f" location, source_file, line_ AS source_line FROM ({rows})"
    )


def copy(con, query: str, path: Path) -> int:
    """Write a query's rows as Parquet; their number."""
    return con.execute(f"COPY ({query}) TO {quote(str(path))} (FORMAT parquet, COMPRESSION zstd)").fetchall()[0][0]
