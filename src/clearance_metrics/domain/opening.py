"""When an office is open: hours of official working days, and weekdays that differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from re import fullmatch
from typing import Any

from .strict_toml import LIST, Place

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KEYS = {"hours": LIST, **dict.fromkeys(WEEKDAYS, LIST.or_empty().optional())}
SHUT = (0, 0)
MIDNIGHT = "24:00"
PORT = "port"  # the column of cases by which offices may differ


@dataclass(frozen=True)
class Opening:
    """From when until when, in local time, on official working days; `weekdays` that differ, by
    name, None where closed. A make-up day is as any working day, a holiday is closed. `ports` have
    their own; with `only_ports` no other port has any.

    >>> Opening(("08:30", "17:30"), (("friday", ("08:30", "12:00")), ("monday", None))).windows()
    ((0, 0), (30600, 63000), (30600, 63000), (30600, 63000), (30600, 43200), (0, 0), (0, 0))
    """

    hours: tuple[str, str] = ("09:00", "17:00")
    weekdays: tuple[tuple[str, tuple[str, str] | None], ...] = ()
    ports: tuple[tuple[str, Opening], ...] = ()
    only_ports: bool = False

    def offices(self) -> tuple[tuple[Opening, ...], dict[str, int], int | None]:
        """The hours that differ, the place among them of each port that has its own, and that of
        all other ports (None where they have none).

        >>> late = Opening(("12:00", "20:00"))
        >>> offices, places, others = Opening(ports=(("a", late), ("b", late))).offices()
        >>> len(offices), places, others
        (2, {'a': 1, 'b': 1}, 0)
        """
        general = () if self.only_ports else (replace(self, ports=()),)
        found = tuple(dict.fromkeys((*general, *(own for _, own in self.ports))))
        return found, {port: found.index(own) for port, own in self.ports}, 0 if general else None

    def window(self) -> tuple[int, int]:
        """Opening and closing of a working day, in seconds of the day."""
        return window_of(self.hours)

    def windows(self) -> tuple[tuple[int, int], ...]:
        """The same by weekday, Monday first."""
        own, usual = dict(self.weekdays), self.window()
        found = []
        for place, day in enumerate(WEEKDAYS):
            given = own.get(day, self.hours if place < 5 else None)
            found.append(usual if given == self.hours else window_of(given) if given else SHUT)
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """As a table [opening] has it."""
        days = {day: list(given or ()) for day, given in self.weekdays}
        told = {} if self.only_ports else {"hours": list(self.hours), **days}
        return told | {port: own.to_dict() for port, own in self.ports}


def window_of(hours: tuple[str, str]) -> tuple[int, int]:
    """Seconds of the day of two times HH:MM (HH:MM:SS), 24:00 the end of the day; ValueError for
    what are no such times, and for those that close before they open.

    >>> window_of(("09:00", "24:00"))
    (32400, 86400)
    """
    opens, closes = map(_second, hours)
    if opens >= closes:
        raise ValueError("they close before they open")
    return opens, closes


def _second(text: str) -> int:
    if text == MIDNIGHT:
        return 86400
    found = fullmatch(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", text)
    if not found:
        raise ValueError("they are no two times of day")
    hours, minutes, seconds = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)


def read_opening(data: Mapping | None, place: Place) -> Opening | None:
    """A table [opening], read strictly; None where there is none.

    >>> from clearance_metrics.errors import MappingError
    >>> place = Place("dataset.toml", MappingError).at("opening")
    >>> table = {"hours": ["08:30", "17:30"], "Nord": {"hours": ["09:00", "12:00"]}}
    >>> found = read_opening(table, place)
    >>> found.hours, [(port, own.hours) for port, own in found.ports]
    (('08:30', '17:30'), [('Nord', ('09:00', '12:00'))])
    """
    if data is None:
        return None
    # a table within it is a port's
    own = {k: v for k, v in data.items() if isinstance(v, Mapping) and k not in KEYS}
    ports = tuple((port, _read(given, place.at(port))) for port, given in own.items())
    rest = {key: given for key, given in data.items() if key not in own}
    if ports and not rest:
        return Opening(ports=ports, only_ports=True)
    return replace(_read(rest, place), ports=ports)


def _read(data: Mapping, place: Place) -> Opening:
    """The hours of an office, and of its weekdays."""
    given = place.table(data, KEYS)
    hours = _pair("hours", given["hours"], place)
    weekdays = []
    for day in WEEKDAYS:
        if given[day] is not None:
            weekdays.append((day, _pair(day, given[day], place) if given[day] else None))
    return Opening(hours, tuple(weekdays))


def _pair(key: str, given: object, place: Place) -> tuple[str, str]:
    """Two times of day; what they are not is told with the key."""
    if not isinstance(given, list) or len(given) != 2 or not all(isinstance(t, str) for t in given):
        remedy = f'write {key} = ["09:00", "17:00"]'
        raise place.fail(f"{key} = {given!r} are not two times of day", remedy)
    hours = (given[0], given[1])
    try:
        window_of(hours)
    except ValueError as error:
        what = (
            f"{key} = {given!r} close before they open"
            if "before" in str(error)
            else f"{key} = {given!r} are not two times of day"
        )
        raise place.fail(what, f'write {key} = ["09:00", "17:00"]') from None
    return hours
