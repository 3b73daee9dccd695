"""Months and windows: which whole months a target or a comparison is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

# months on each side of a comparison: a whole year has every season once, so that the same calendar
# months stand side by side
A_YEAR = 12


def month_of(day: date) -> str:
    """The name of the month of a day.

    >>> month_of(date(2021, 8, 20))
    '2021-08'
    """
    return str(day)[:7]


def last_month(day: date) -> str:
    """The latest month that is whole at the end of that day."""
    return str((day + timedelta(days=1)).replace(day=1) - timedelta(days=1))[:7]


def month_from(day: date) -> str:
    """The first whole month from that day on."""
    first = day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return str(first)[:7]


def window(target: Any, day: date) -> tuple[str, str]:
    """First and last month that a level is taken over."""
    month = str(target.due)[:7]
    if target.over == "month":
        return month, month
    if target.over == "year":
        return f"{month[:4]}-01", month
    return month_from(target.due), last_month(min(day, target.until) if target.until else day)


def months(first: str, last: str) -> list[str]:
    """Every month from first to last.

    >>> months("2021-11", "2022-01")
    ['2021-11', '2021-12', '2022-01']
    """
    found, (year, month) = [], map(int, first.split("-"))
    while f"{year}-{month:02}" <= last:
        found.append(f"{year}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def label(first: str, last: str) -> str:
    """A span of months in one text."""
    return first if first == last else f"{first}..{last}"


def span(first: str, last: str) -> int:
    """How many months from first to last, both included."""
    return len(months(first, last))
