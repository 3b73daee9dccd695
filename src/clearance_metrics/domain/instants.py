"""Epoch seconds as local days, and what passed between two of them, as SQL.

Whole numbers throughout, so that every engine gives the same.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from .sql import every, floored, name, some, when

# beside a milestone that was recorded more finely than to the second: microseconds after it
FRACTION = "__frac"
SECOND = 1_000_000  # microseconds
Shifts = tuple[tuple[int, int], ...]  # from this second on, seconds to add: see zones.offsets


def local_second(seconds: str, shifts: Shifts) -> str:
    """Second of the local day, 0 to 86399.

    >>> local_second("declared", ((1514764800, 28800),))
    '(declared + 28800) % 86400'
    """
    local = _local(seconds, shifts)
    return f"{local} % 86400" if recent(shifts) else f"(({local} % 86400) + 86400) % 86400"


def local_day(seconds: str, shifts: Shifts) -> str:
    """Local days since 1970-01-01 of instants given in epoch seconds.

    >>> local_day("declared", ((1514764800, 28800),))
    '(declared + 28800) // 86400'
    """
    local = _local(seconds, shifts)
    return f"{local} // 86400" if recent(shifts) else floored(local, 86400)


def instant(local: str, shifts: Shifts) -> str:
    """Epoch seconds of a local time, told in seconds as if it were UTC.

    Of two instants the earlier, where a clock was put back; the last second before, where it was
    put forward over that time.

    >>> instant("local", ((0, 3600), (86400, 0)))
    'CASE WHEN local >= 90000 THEN local - 0 ELSE local - 3600 END'
    """
    (_, before), *later = shifts
    steps = [(0, f"{local} - {before}")]
    for second, after in later:
        if after > before:
            steps.append((second + before, str(second - 1)))
        steps.append((second + max(before, after), f"{local} - {after}"))
        before = after
    return _stepped(local, steps)


def changed(local: str, shifts: Shifts) -> str:
    """Whether the zone's clock told a local time twice, or skipped it; the time is told in seconds
    as if it were UTC.

    >>> changed("local", ((0, 3600), (86400, 0)))
    'CASE WHEN local >= 90000 THEN FALSE ELSE CASE WHEN local < 86400 THEN FALSE ELSE TRUE END END'
    """
    (_, before), *later = shifts
    steps = [(0, "FALSE")]
    for second, after in later:
        steps += [(second + min(before, after), "TRUE"), (second + max(before, after), "FALSE")]
        before = after
    return _stepped(local, steps)


def elapsed(begin: str, finish: str, coarse: str, shifts: Shifts) -> str:
    """Seconds from one instant to another, negative where the second surely came first.

    A date and a time of the same day (`coarse`: either is a date) cannot say which came first: no
    time has passed that can be shown.
    """
    same = f"{local_day(begin, shifts)} = {local_day(finish, shifts)}"
    early = every([coarse, f"{finish} < {begin}", same])
    return when((early, 0), otherwise=f"{finish} - {begin}")


def moments(columns: Container[str], *names: str) -> tuple[list[str], int]:
    """Times that compare as they were recorded, and how many of their units make a second.

    Whole seconds as they stand; in microseconds where any of these milestones has fractions, since
    a second that is cut loses its order against another time of the same second.
    """
    if not any(milestone + FRACTION in columns for milestone in names):
        return [name(milestone) for milestone in names], 1
    return [f"({name(m)} * {SECOND} + {fraction(columns, m)})" for m in names], SECOND


def fraction(columns: Container[str], milestone: str) -> str:
    """Microseconds after the milestone's whole second."""
    beside = milestone + FRACTION
    return f"coalesce({name(beside)}, 0)" if beside in columns else "0"


def dated(columns: Container[str], *milestones: str) -> str:
    """Whether any of these milestones is known to the day only; FALSE where none can be."""
    flags = [f"{m}__day" for m in milestones]
    return some(f"coalesce({name(flag)}, FALSE)" for flag in flags if flag in columns)


def recent(shifts: Shifts) -> bool:
    """Whether no instant lies before 1970, so that a division need not round down below zero."""
    return shifts[0][0] > 0


def _local(seconds: str, shifts: Shifts) -> str:
    return f"({seconds} + {_shift(seconds, shifts)})"


def _shift(seconds: str, shifts: Shifts) -> str:
    """The zone's offset, exact on any engine."""
    return _stepped(seconds, [(since, str(shift)) for since, shift in shifts])


def _stepped(seconds: str, steps: Sequence[tuple[int, str]]) -> str:
    """What holds from each of these seconds on, as nested comparisons: the last one first, since
    most times are recent.
    """
    (since, last), before = steps[-1], steps[:-1]
    return (
        when((f"{seconds} >= {since}", last), otherwise=_halved(seconds, before))
        if before
        else last
    )


def _halved(seconds: str, steps: Sequence[tuple[int, str]]) -> str:
    """A handful of tests deep."""
    if len(steps) == 1:
        return steps[0][1]
    middle = len(steps) // 2
    early, late = (_halved(seconds, some_of) for some_of in (steps[:middle], steps[middle:]))
    return when((f"{seconds} < {steps[middle][0]}", early), otherwise=late)
