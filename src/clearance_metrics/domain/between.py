"""A span of days that cases are kept to, both of its ends included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ..errors import LogError

EXAMPLE = '("2022-04-01", "2022-12-31"); None leaves an end open'
# a year, a quarter or a month stands for its days
PART = re.compile(r"(?P<year>[0-9]{4})(-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")


@dataclass(frozen=True)
class Between:
    """The first and the last day that count, None where that end is open.

    >>> Between.of(("2022-04-01", "2022-12-31"))
    Between(first=datetime.date(2022, 4, 1), last=datetime.date(2022, 12, 31))
    >>> print(Between.of(("2022-02", "2022-Q2")), Between.of(("2022", None)))
    2022-02-01..2022-06-30 2022-01-01..
    """

    first: date | None
    last: date | None

    def __str__(self) -> str:
        return f"{self.first or ''}..{self.last or ''}"

    @classmethod
    def of(cls, pair: Any, name: str = "between") -> Between | None:
        """From a pair of days, or of months, quarters or years, which stand for all of their days;
        LogError for anything else, which names the argument that it was given as.
        """
        if pair is None or isinstance(pair, cls):
            return pair
        if not isinstance(pair, tuple | list) or len(pair) != 2 or pair == (None, None):
            raise LogError(f"{name}={pair!r} is no pair of days", name, f"write {name}={EXAMPLE}")
        first = None if pair[0] is None else _days(pair[0], name)[0]
        last = None if pair[1] is None else _days(pair[1], name)[1]
        if first and last and first > last:
            what = f"{name}={pair!r} ends before it begins"
            raise LogError(what, name, "put the earlier day first")
        return cls(first, last)


def last_day(period: str) -> date:
    """The last day of a period by name.

    >>> last_day("2021-Q3"), last_day("2021-02")
    (datetime.date(2021, 9, 30), datetime.date(2021, 2, 28))
    """
    return _days(period)[1]


def first_day(period: object) -> date | None:
    """The first day of a period by name, of a span of periods that of the first; None for what is
    no period.

    >>> first_day("2021-Q3"), first_day("2021-09..2022-08"), first_day("-3")
    (datetime.date(2021, 7, 1), datetime.date(2021, 9, 1), None)
    """
    name = str(period).partition("..")[0]
    try:
        return _days(name)[0]
    except LogError:
        return None


def _days(given: object, asked: str = "between") -> tuple[date, date]:
    """The first and the last day of what was given."""
    if isinstance(given, datetime) and given == given:  # pandas has a time that is none
        return given.date(), given.date()
    if isinstance(given, date) and given == given:
        return given, given
    text = str(given)
    found = PART.fullmatch(text)
    try:
        if found is None:
            day = date.fromisoformat(text)
            return day, day
        year, quarter, month = (int(found[part] or 0) for part in ("year", "quarter", "month"))
        head = 3 * quarter - 2 if quarter else month or 1
        many = 3 if quarter else 1 if month else 12
        after = date(year + (head + many > 12), (head + many - 1) % 12 + 1, 1)
        return date(year, head, 1), after - timedelta(days=1)
    except ValueError:
        raise LogError(f"{given!r} is no day", asked, f"write {asked}={EXAMPLE}") from None
