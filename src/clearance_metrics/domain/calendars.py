"""Official working days: Monday to Friday less public holidays, plus make-up days.

The Chinese days come from the package chinesecalendar, which follows the State Council's yearly
notices; a year without a notice is an error, never a plain Monday-to-Friday week. Those of other
countries come from the package holidays.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from ..errors import CalendarError, LogError
from .days import read_day
from .zones import day_number

LIST_TYPES = ("holiday_off", "makeup_workday")
# of countries whose holidays follow from their law; a year further off may still be changed by one
BY_LAW = tuple(range(2001, 2028))


@dataclass(frozen=True)
class WorkCalendar:
    """Working days of whole known years; `off` are weekdays free, `on` are weekend days worked.

    >>> work = WorkCalendar("mine", (2021,), frozenset({date(2021, 1, 1)}), frozenset())
    >>> work.is_working(date(2021, 1, 1)), work.is_working(date(2021, 1, 4))
    (False, True)
    """

    name: str
    years: tuple[int, ...]
    off: frozenset[date]
    on: frozenset[date]

    @property
    def first_year(self) -> int:
        """The first year that is known."""
        return self.years[0]

    @property
    def last_year(self) -> int:
        """The last year that is known."""
        return self.years[-1]

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day; CalendarError outside the known years.

        # a Saturday, made up for the National Day week
        >>> load_calendar("CN").is_working(date(2021, 10, 9))
        True
        """
        if day.year not in self.years:
            raise self._unknown([day.year])
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    def working_days(self, start: date, stop: date, start_day: int = 0) -> int:
        """Working days after `start` up to and including `stop`; `start_day=1` counts the start's
        own day too.

        >>> load_calendar("CN").working_days(date(2021, 9, 29), date(2021, 10, 11))
        4
        """
        if stop < start:
            return -self.working_days(stop, start) + (start_day and int(self.is_working(start)))
        span = (
            start + timedelta(days=i) for i in range(0 if start_day else 1, (stop - start).days + 1)
        )
        self.is_working(start)
        return sum(self.is_working(day) for day in span)

    def year_count(self, year: int) -> int:
        """Working days of one year.

        >>> load_calendar("CN").year_count(2021), load_calendar("CN").year_count(2022)
        (250, 249)
        """
        return self.working_days(date(year, 1, 1), date(year, 12, 31), start_day=1)

    def working_seconds(
        self, start: datetime, stop: datetime, hours: tuple[str, str] = ("09:00", "17:00")
    ) -> int:
        """Seconds worked between two local times; the plain reading that the engine's arithmetic is
        tested against.

        >>> start, stop = datetime(2021, 9, 30, 9), datetime(2021, 10, 8, 17)
        >>> load_calendar("CN").working_seconds(start, stop) / 3600
        16.0
        """
        opens, closes = (time.fromisoformat(text) for text in hours)
        total = timedelta()
        for i in range((stop.date() - start.date()).days + 1):
            day = start.date() + timedelta(days=i)
            if self.is_working(day):
                begin, end = (
                    max(start, datetime.combine(day, opens)),
                    min(stop, datetime.combine(day, closes)),
                )
                total += max(end - begin, timedelta())
        return int(total.total_seconds())

    def day_table(self) -> dict[str, np.ndarray]:
        """One entry per known day: `day` since 1970-01-01, `working` 0 or 1, `ordinal` = working
        days up to it.

        Ordinals run on over neighbouring years only; a gap of years cannot be counted across, so
        only the last unbroken run of years is given.
        """
        first = self.last_year
        while first - 1 in self.years:
            first -= 1
        days = np.arange(
            day_number(date(first, 1, 1)), day_number(date(self.last_year, 12, 31)) + 1
        )
        working = ((days + 3) % 7 < 5).astype("int64")
        for days_off, value in ((self.off, 0), (self.on, 1)):
            known = [day_number(d) - days[0] for d in days_off if first <= d.year <= self.last_year]
            working[np.array(known, dtype="int64")] = value
        return {"day": days, "working": working, "ordinal": np.cumsum(working)}

    def with_years(self, days: str | Path | Iterable[tuple[date, str]]) -> WorkCalendar:
        """The calendar with the years of a list added or replaced.

        A list is a CSV file with the columns date and type, or pairs; type is holiday_off or
        makeup_workday.
        """
        pairs = _read(Path(days)) if isinstance(days, str | Path) else list(days)
        new = {day.year for day, _ in pairs}
        if not new:
            raise CalendarError("the list of days is empty", str(days), "give rows date,type")
        off = {d for d in self.off if d.year not in new} | {
            d for d, kind in pairs if kind == "holiday_off"
        }
        on = {d for d in self.on if d.year not in new} | {
            d for d, kind in pairs if kind == "makeup_workday"
        }
        years = tuple(sorted({*self.years, *new}))
        return replace(
            self, name=f"{self.name}+", years=years, off=frozenset(off), on=frozenset(on)
        )

    def _unknown(self, years: list[int]) -> CalendarError:
        return CalendarError(
            f"the official working days of {', '.join(map(str, years))} are not known",
            f"calendar {self.name} knows {self.first_year} to {self.last_year}",
            "supply the year's list: WorkCalendar.with_years(FILE), a CSV with date,type",
        )


@cache
def load_calendar(name: str = "CN") -> WorkCalendar:
    """The named calendar: "CN", or another country by its ISO 3166 code, where one is wanted with a
    part of it: "AU", "AU-NSW". A country's own are its national holidays alone.

    >>> load_calendar("CN").first_year
    2004
    >>> load_calendar("AU").is_working(date(2021, 1, 26)), load_calendar("AU-VIC").years[-1]
    (False, 2027)
    """
    if name != "CN":
        return _by_law(name)
    from chinese_calendar.constants import holidays, workdays

    years = tuple(sorted({day.year for day in holidays}))
    # a stray day of January belongs to the notice of the year before; a known year has the whole
    # spring and autumn
    years = tuple(y for y in years if sum(d.year == y for d in holidays) >= 7)
    return WorkCalendar("CN", years, frozenset(holidays), frozenset(workdays))


def _by_law(name: str) -> WorkCalendar:
    """The calendar of a country, or of a part of it."""
    from holidays import country_holidays, list_supported_countries

    country, _, part = str(name).partition("-")
    parts = list_supported_countries(include_aliases=False).get(country)
    if parts is None or part and part not in parts:
        raise CalendarError(
            f"unknown calendar {name!r}",
            "calendar",
            "write 'CN', a country's code such as 'AU' or 'AU-NSW', or build a WorkCalendar",
        )
    days = country_holidays(country, subdiv=part or None, years=BY_LAW)
    off = frozenset(day for day in days if day.year in BY_LAW)
    return WorkCalendar(name, BY_LAW, off, frozenset())


@cache
def spring_festival_days(year: int, month: int) -> int:
    """Days off for the Spring Festival that fall into a month, by the State Council's notices; a
    moving holiday.

    >>> spring_festival_days(2021, 2), spring_festival_days(2022, 1), spring_festival_days(2023, 2)
    (7, 1, 0)
    """
    from chinese_calendar.constants import Holiday, holidays

    known = load_calendar("CN")
    if year not in known.years:
        raise CalendarError(
            f"the Spring Festival holiday of {year} is not known",
            f"calendar {known.name} knows {known.first_year} to {known.last_year}",
            "take months of known years, or leave the holiday out: spring_festival=False",
        )
    inside = (name for day, name in holidays.items() if (day.year, day.month) == (year, month))
    return sum(name == Holiday.spring_festival.value for name in inside)


def _day(text: str, path: Path, line: int) -> date:
    """The day of a row; CalendarError for what is none."""
    if (day := read_day(text)) is not None:
        return day
    what, remedy = f"{text!r} is no day of the calendar", "rows are 2027-01-01,holiday_off"
    raise CalendarError(what, f"{path}, line {line}", remedy)


def _read(path: Path) -> list[tuple[date, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            pairs = [(_day(row["date"], path, reader.line_num), row["type"]) for row in reader]
    except FileNotFoundError:
        what, remedy = f"there is no list of days {str(path)!r}", "give the path of a CSV file"
        raise CalendarError(what, str(path), remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarError(
            f"the list of days cannot be read: {error}", str(path), "give a UTF-8 CSV file"
        ) from None
    except (KeyError, ValueError, TypeError) as error:
        raise CalendarError(
            f"the list of days has a wrong row: {error}",
            str(path),
            "rows are 2027-01-01,holiday_off",
        ) from None
    wrong = sorted({kind for _, kind in pairs} - set(LIST_TYPES))
    if wrong:
        raise CalendarError(
            f"unknown type {wrong[0]!r}", str(path), f"write one of {', '.join(LIST_TYPES)}"
        )
    return pairs


def check_calendar(calendar: object) -> None:
    """LogError for what is neither a calendar nor None.

    >>> check_calendar("CN")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: 'CN' is no calendar of working days
      where: calendar
      do: give load_calendar("CN"), or leave it out
    """
    if calendar is not None and not isinstance(calendar, WorkCalendar):
        what = f"{calendar!r} is no calendar of working days"
        raise LogError(what, "calendar", 'give load_calendar("CN"), or leave it out')


@cache
def spring_festivals() -> dict[int, tuple[date, date]]:
    """The first and the last day off of each year's Spring Festival, by the State Council's
    notices.

    >>> [str(day) for day in spring_festivals()[2022]]
    ['2022-01-31', '2022-02-06']
    """
    from chinese_calendar.constants import Holiday, holidays

    days: dict[int, list[date]] = {}
    for day, name in holidays.items():
        if name == Holiday.spring_festival.value:
            days.setdefault(day.year, []).append(day)
    known = load_calendar("CN").years
    return {year: (min(found), max(found)) for year, found in days.items() if year in known}
