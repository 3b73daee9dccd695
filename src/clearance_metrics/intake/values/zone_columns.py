"""Columns that say of each row in which zone its times are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...domain.instants import Shifts
from ...domain.zones import offsets
from ...errors import InputError, LogError, closest
from ..files import RawFile
from ..mapping import FileSpec
from ..sql import quote
from .field import Draft
from .shapes import HIGHEST, LOWEST
from .texts import trimmed, written

if TYPE_CHECKING:
    import duckdb

OFFSET = re.compile(r"(?i)(?:UTC|GMT)?\s?([+-])(\d|0\d|1[0-4])(?::?([0-5]\d))?")
# the only names in capital letters alone that mean one zone
ONE_MEANING = ("PRC", "ROC", "ROK", "UCT")


@dataclass(frozen=True)
class Zones:
    """The alias of a row's zone, and what the file's zones are, by their text."""

    alias: str
    known: dict[str, Shifts]


def zone_names(
    con: duckdb.DuckDBPyConnection, spec: FileSpec, file: RawFile
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The texts in each column of zones, by its header."""
    headers = {c.zone_column for c in (*spec.columns, *spec.milestones) if c.zone_column}
    return tuple((header, _texts(con, file, header)) for header in sorted(headers))


def zone_text(draft: Draft, file: RawFile) -> Zones | None:
    """A step to the text of the row's zone, if a column tells it."""
    header = draft.spec.zone_column
    if not header:
        return None
    alias = draft.add("texts", "d", trimmed(_cell(file, header)))
    found = {name: shifts(name) for name in dict(file.zones).get(header, ())}
    return Zones(alias, {name: known for name, known in found.items() if known})


def shifts(name: str) -> Shifts | None:
    """The offsets of a zone by its IANA name, or the one that its text tells; None where it means
    none, or several.

    >>> shifts("UTC+8"), shifts("CST"), len(shifts("Asia/Shanghai"))
    (((0, 28800),), None, 13)
    """
    if name.upper() in ("Z", "UTC", "GMT"):
        return ((0, 0),)
    if told := OFFSET.fullmatch(name):
        seconds = int(told[2]) * 3600 + int(told[3] or 0) * 60
        seconds = -seconds if told[1] == "-" else seconds
        return ((0, seconds),) if LOWEST <= seconds <= HIGHEST else None
    if re.fullmatch("[A-Z]+", name) and name not in ONE_MEANING:
        return None
    try:
        return offsets(name)
    except LogError:
        return None


def by_row(zones: Zones, made: Callable[[Shifts], str], otherwise: str) -> str:
    """SQL of what is made of the row's own zone."""
    cases = "".join(
        f" WHEN {quote(name)} THEN {made(known)}" for name, known in zones.known.items()
    )
    return (
        f"CASE {zones.alias}{cases} ELSE {otherwise} END"
        if cases
        else f"CAST({otherwise} AS BIGINT)"
    )


def _cell(file: RawFile, header: str) -> str:
    if header not in file.headers:
        raise InputError(
            f"the file has no column {header!r} (for zones)",
            str(file.path),
            closest(header, file.headers),
        )
    place = file.headers.index(header)
    return written(f"h{place}", file.types[place])


def _texts(con: duckdb.DuckDBPyConnection, file: RawFile, header: str) -> tuple[str, ...]:
    found = con.execute(
        f"SELECT DISTINCT {trimmed(_cell(file, header))} AS zone FROM {file.relation} ORDER BY ALL"
    ).fetchall()
    return tuple(zone for (zone,) in found if zone is not None)
