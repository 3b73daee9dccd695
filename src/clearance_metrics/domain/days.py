"""Days as people write them: 2022-12-31, and what is no day of the calendar."""

from __future__ import annotations

import re
from datetime import date

WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}")
LIKE_A_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?![\w-])")


def read_day(text: str) -> date | None:
    """The day that a text writes as year-month-day; None for any other text, and for a day that
    the calendar does not have.

    >>> str(read_day("2024-02-29")), read_day("2023-02-29"), read_day("2023-13-01")
    ('2024-02-29', None, None)
    >>> read_day("20230101"), read_day("2023-W01-1"), read_day("2023-1-1")
    (None, None, None)
    """
    if not (text.isascii() and WRITTEN.fullmatch(text)):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def no_day(line: str, at: int) -> str | None:
    """What at that sign of a line is written like a day and is none; None where nothing is.

    >>> no_day("as_of = 2023-02-30", 8), no_day("as_of = 2023-13-01", 12)
    ('2023-02-30', '2023-13-01')
    >>> no_day("as_of = 2023-02-28", 8), no_day("as_of =  # not 2023-02-30", 7)
    (None, None)
    """
    for match in LIKE_A_DAY.finditer(line):
        if match.start() <= at <= match.end() and read_day(match[0]) is None:
            return match[0]
    return None
