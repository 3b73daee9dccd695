"""A part of a log: its tables let in, at the door of every query, the rows of the cases that have
the values asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.arguments import brief
from ..domain.sql import among, name
from ..errors import InputError, LogError
from .folder import read_json
from .notes import Noted
from .query import Source
from .refusals import MissingColumn
from .values import counts_of, no_such

if TYPE_CHECKING:
    from .log import EventLog

FILE = "part.json"  # in a folder that stands for a part of another one
# tables whose rows say for themselves what they are of; all others say it by their case
OWN = frozenset({"cases", "milestones", "charges", "charge_list", "waivers", "limits"})
OF_CASES = frozenset({"cases", "milestones", "charges", "events", "doubts"})
TABLES = ("milestones_table", "cases_table", "wide_table", "events_table", "charges", "doubts")
TABLES += ("charge_list", "waivers", "limits")


def part_of(log: EventLog, asked: Mapping[str, object]) -> EventLog:
    """See `EventLog.only`."""
    if not asked:
        return log
    whole = log.whole
    told = dict(log.part)
    notes = list(log.notes)
    for column, given in asked.items():
        told[column] = _checked(log, column, given, notes)
    made = copy(log)
    settled = {"part": tuple(told.items()), "_whole": whole, "notes": tuple(notes)}
    # money stays in the currency of the whole, beside which it is read
    settled["currencies"] = whole.currencies
    for name_, value in settled.items():
        object.__setattr__(made, name_, value)
    for table in TABLES:
        if (query := vars(whole).get(table)) is not None:
            object.__setattr__(made, table, query.through(made._door))
    for cached in ("reader", "known_values"):
        vars(made).pop(cached, None)
    return made


def let_in(log: EventLog, source: Source) -> Source:
    """The table with the rows that belong to the log's part; the table itself where it is whole."""
    cases = log.whole.cases_table
    if not log.part or cases is None or source.made:
        return source
    tests: list[tuple[str, Source | None]] = []
    for column, value in log.part:
        test = among(name(column), [value])
        if source.name in OWN and column in source.columns:
            tests.append((test, None))
        elif source.name in OF_CASES:
            tests.append((test, cases.sources[0]))
    return replace(source, tests=tuple(tests))


def _checked(log: EventLog, column: str, given: object, notes: list[Noted]) -> object:
    """The value as the column holds it; what has no value is noted."""
    whole = log.whole
    if column not in whole.columns:
        raise MissingColumn(column, whole)
    found = counts_of(whole, column)  # not told to anybody
    same = [v for v in found if v == given and isinstance(v, bool) == isinstance(given, bool)]
    if given is None or not same:
        raise no_such(column, given, found, "only")
    if dict(log.part).get(column, same[0]) != same[0]:
        what = f"no case has {column} = {brief(given)} in this part of the log"
        raise LogError(what, "only", "ask it of the whole: log.whole.only(…)")
    if n := found.get(None, 0):
        notes.append(Noted("cases", column, "without_value", n))
    lines = whole.charges
    if lines is not None and column in lines.columns:
        untold = lines.then("untold", keep=[column], where=[f"{name(column)} IS NULL"])
        if n := whole._count(untold):
            notes.append(Noted("charges", column, "without_value", n))
    return same[0]


@dataclass(frozen=True)
class Part:
    """A part of a log as a folder keeps it: where the whole is, and which part."""

    log: Path
    only: Mapping[str, object]
    withhold: int | None = None
    hidden: frozenset[str] = frozenset()

    def opened(self, whole: EventLog) -> EventLog:
        """The part of the whole log."""
        made = whole.only(**self.only).using(withhold=self.withhold)
        object.__setattr__(made, "hidden", self.hidden)
        return made

    def write(self, folder: Path) -> None:
        """Make the folder one that `EventLog.open` opens as the part."""
        told = {
            "log": str(self.log.resolve()),
            "only": dict(self.only),
            "withhold": self.withhold,
            "hidden": sorted(self.hidden),
        }
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(told, ensure_ascii=False, indent=1)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


def part_in(folder: Path) -> Part | None:
    """The part that a folder stands for; None where it stands for none."""
    if not (folder / FILE).is_file():
        return None
    told = read_json(folder / FILE)
    try:
        hidden = frozenset(told.get("hidden", ()))
        return Part(Path(told["log"]), dict(told["only"]), told.get("withhold"), hidden)
    except (KeyError, TypeError, ValueError):
        what, remedy = "part.json names no part of a log", "write the log and the values it is of"
        raise InputError(what, str(folder), remedy) from None
