"""Local days of a time zone as integer arithmetic, so that every engine gets the same answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import LogError

FIRST_YEAR, LAST_YEAR = 1970, 2069
EPOCH = date(1970, 1, 1)
NEVER = 10**6  # a day number far beyond any date: "still in force"
HALF_DAY = 12 * 3600  # a date stands at local noon
# short names that several places use, or that stand for a place's winter alone, whether the
# zone database holds them or not, and places that may be meant
AMBIGUOUS = {
    "CST": ("Asia/Shanghai", "America/Chicago", "America/Havana"),
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "AST": ("America/Halifax", "Asia/Riyadh"),
    "EST": ("America/New_York", "America/Panama", "Australia/Sydney"),
    "MST": ("America/Denver", "America/Phoenix", "Asia/Kuala_Lumpur"),
    "PST": ("America/Los_Angeles", "Asia/Manila"),
    "HST": ("Pacific/Honolulu",),
    "GST": ("Asia/Dubai", "Atlantic/South_Georgia"),
    "SST": ("Asia/Singapore", "Pacific/Pago_Pago"),
    "JST": ("Asia/Tokyo",),
    "KST": ("Asia/Seoul",),
    "HKT": ("Asia/Hong_Kong",),
    "WET": ("Europe/Lisbon",),
    "CET": ("Europe/Berlin", "Africa/Algiers"),
    "MET": ("Europe/Berlin", "Asia/Yangon"),
    "EET": ("Europe/Helsinki", "Africa/Cairo"),
    "EST5EDT": ("America/New_York",),
    "CST6CDT": ("America/Chicago",),
    "MST7MDT": ("America/Denver",),
    "PST8PDT": ("America/Los_Angeles",),
}


def zone(name: str) -> ZoneInfo:
    """The named zone, or a LogError.

    Short names of zones are refused: CST is Shanghai to one reader and Chicago to another.

    >>> zone("Asia/Shanghai").key
    'Asia/Shanghai'
    """
    if places := AMBIGUOUS.get(str(name).strip().upper()):
        told = f"{', '.join(places[:-1])} or {places[-1]}" if places[1:] else places[0]
        raise LogError(f"time zone {name!r} is ambiguous", "timezone", f"name the place: {told}")
    try:
        # "localtime" and "posix/…" are this machine's files, no names that engines know
        if not name[:1].isupper() or name == "Factory":
            raise ValueError
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        raise LogError(
            f"unknown time zone {name!r}", "timezone", "write an IANA name such as 'Asia/Shanghai'"
        ) from None


def offsets(name: str, since: date | None = None) -> tuple[tuple[int, int], ...]:
    """Pairs (from this UTC second on, seconds to add for local time), ascending; of all times or
    those from `since`.

    >>> len(offsets("Asia/Shanghai")), offsets("Asia/Shanghai", date(2018, 1, 1))[0][1]
    (13, 28800)
    """
    every = _offsets(name)
    if since is None:
        return every
    # a day of one zone begins up to a day and a half before that of another
    first = (day_number(since) - 2) * 86400
    passed = max(sum(second <= first for second, _ in every) - 1, 0)
    (second, shift), *later = every[passed:]
    return ((max(second, first), shift), *later)


@cache
def _offsets(name: str) -> tuple[tuple[int, int], ...]:
    place = zone(name)

    def shift(second: int) -> int:
        return int(
            (datetime.fromtimestamp(second, place).utcoffset() or timedelta()).total_seconds()
        )

    start = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
    stop = int(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp())
    found = [(start, shift(start))]
    for low in range(start, stop, 7 * 86400):
        high = low + 7 * 86400
        if shift(low) == shift(high):
            continue
        before = shift(low)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if shift(middle) == before else (low, middle)
        found.append((high, shift(high)))
    return tuple(found)


def last_second(day: date, name: str) -> int:
    """The last UTC second of a local day.

    >>> last_second(date(2022, 12, 31), "Asia/Shanghai")
    1672502399
    """
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone(name))
    return int(end.timestamp()) - 1


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return (day - EPOCH).days
