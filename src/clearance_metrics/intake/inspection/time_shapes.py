"""How a text writes a time: the format that reads it, worked out from its signs."""

from __future__ import annotations

import re
import unicodedata
from calendar import month_abbr, month_name
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from .said import shapes

# years of which a time is no event but a mark that there is none; others far off are slips
NEVER = (1901, 9000)
ORDERS = {"day": ("%d", "%m"), "month": ("%m", "%d")}
FIRST, SECOND = "\x01", "\x02"  # stand for day and month while their order is open
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?)?"
)
_DATE = re.compile(
    r"(?P<a>\d{1,4}|[A-Za-z]{3,9})(?P<s1>[^\d\sA-Za-z:]|[ ,]{1,2})(?P<b>\d{1,2}|[A-Za-z]{3,9})"
    r"(?P<s2>[^\d\sA-Za-z:]|[ ,]{1,2})(?P<c>\d{4}|\d{1,2})(?P<s3>[^\d\sA-Za-z:+\-.,/]?)"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(?P<gap>[T ]?)(\d\d)(\d\d)(\d\d)?)?")
_CLOCK = re.compile(
    r"(?P<h>\d{1,2})(?P<t1>[^\d\s+\-./,])(?P<m>\d{1,2})"
    r"(?:(?P<t2>[^\d\s+\-./,A-Za-z])(?:(?P<s>\d{1,2})(?P<f>[.,]\d{1,9})?(?P<t3>[^\d\s+\-:A-Za-z]?))?)?"
)
_ZONE = re.compile(r" ?(?:(?P<z>Z)|(?P<off>[+-]\d\d(?::?\d\d)?)|(?P<name>[A-Za-z]{2,5}(?:/\w+)*))")


@dataclass(frozen=True)
class Shape:
    """How one text writes a time; `format` is empty for ISO, which is read without one.

    In `format` FIRST and SECOND stand for day and month where their order is open (`pair`).
    """

    format: str
    day: date | None
    clock: bool
    zone: str = ""
    pair: tuple[int, int] | None = None

    @property
    def never(self) -> bool:
        """Whether the year is one that stands for "no time"."""
        return self.day is not None and not NEVER[0] <= self.day.year < NEVER[1]


@lru_cache(maxsize=65536)
def shape(text: str) -> Shape | None:
    """The way a text writes a date or a time; None if it writes none.

    >>> shape("2021-09-01T08:30:00Z").format, shape("2021/9/1 8:30").format
    ('', '%Y/%m/%d %H:%M')
    >>> shape("2-Jun-06").format, shape("20210901083000").format, shape("abc")
    ('%d-%b-%y', '%Y%m%d%H%M%S', None)
    >>> shape("3/4/21 2:30 PM").pair, shape("08:30").format
    ((3, 4), '%H:%M')
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if len(text) > 60 or not text[:1].isalnum():
        return None
    if _ISO.fullmatch(text):
        clock = len(text) > 10
        zone = re.search(r"[T ].*?(Z|[+-]\d\d(?::?\d\d)?)$", text)
        day = _day(int(text[:4]), int(text[5:7]), int(text[8:10]))
        return Shape("", day, clock, zone[1] if zone else "") if day else None
    return _compact(text) or _apart(text) or _clock_alone(text)


def _compact(text: str) -> Shape | None:
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    day = _day(*(int(part) for part in found.groups()[:3]))
    hour, minute, second = found[5], found[6], found[7]
    if day is None or hour and (int(hour) > 24 or int(minute) > 59 or int(second or 0) > 59):
        return None
    tail = f"{found['gap']}%H%M{'%S' if second else ''}" if hour else ""
    return Shape(f"%Y%m%d{tail}", day, bool(hour))


def _apart(text: str) -> Shape | None:
    week = _weekday(text)
    found = _DATE.match(text, len(week))
    if not found:
        return None
    dated = _dated(found)
    rest = _rest(text[found.end() :])
    if dated is None or rest is None:
        return None
    form, day, pair = dated
    tail, clock, zone = rest
    head = f"{'%A' if len(week) > 5 else '%a'}{week.lstrip(_LETTERS)}" if week else ""
    return Shape(head + form + tail, day, clock, zone, pair)


def _dated(found: re.Match) -> tuple[str, date | None, tuple[int, int] | None] | None:
    """The format of a date in three parts, its day, and day and month where the order is open."""
    a, b, c = found["a"], found["b"], found["c"]
    s1, s2, s3 = (_literal(found[name]) for name in ("s1", "s2", "s3"))
    if not a.isdigit() or not b.isdigit():
        word, number = (a, b) if not a.isdigit() else (b, a)
        month = _month(word)
        if not month or not number.isdigit() or not c.isdigit():
            return None
        name = "%b" if len(word) == 3 else "%B"
        year = int(c) if len(c) == 4 else _century(int(c))
        day = _day(year, month, int(number))
        first, second = (name, "%d") if word is a else ("%d", name)
        return (f"{first}{s1}{second}{s2}{_year(c)}{s3}", day, None) if day else None
    if len(a) == 4:
        day = _day(int(a), int(b), int(c)) if len(c) < 3 else None
        return (f"%Y{s1}%m{s2}%d{s3}", day, None) if day else None
    if len(a) > 2 or len(c) not in (2, 4):
        return None
    x, y = int(a), int(b)
    year = int(c) if len(c) == 4 else _century(int(c))
    day = _day(year, y, x) or _day(year, x, y)
    form = f"{FIRST}{s1}{SECOND}{s2}{_year(c)}{s3}"
    if day is None and len(c) == 2 and _day(_century(x), y, int(c)):
        return f"%y{s1}%m{s2}%d{s3}", _day(_century(x), y, int(c)), None
    return (form, day, (x, y)) if day else None


def _rest(text: str) -> tuple[str, bool, str] | None:
    """The format of what follows the date, whether it is a time of day, and its zone."""
    if not text.strip():
        return "", False, ""
    gap = re.match(r"[T\s,]*", text)
    gap = gap[0] if gap else ""
    body = text[len(gap) :]
    half, body = _half_before(body)
    found = _CLOCK.match(body)
    if not found or int(found["h"]) > 24 or int(found["m"]) > 59 or int(found["s"] or 0) > 60:
        return None
    after = body[found.end() :]
    if not half:
        half_after, after = _half_after(after)
    else:
        half_after = ""
    zone = _ZONE.fullmatch(after) if after.strip() else None
    if after.strip() and not zone:
        return None
    return (
        f"{gap}{half}{_clock_format(found, bool(half or half_after))}{half_after}"
        + _zone_format(zone),
        True,
        zone[0].strip() if zone else "",
    )


def _clock_format(found: re.Match, half: bool) -> str:
    text = f"{'%I' if half else '%H'}{_literal(found['t1'])}%M"
    if found["t2"]:
        text += _literal(found["t2"])
    if found["s"]:
        text += "%S" + (f"{found['f'][0]}%f" if found["f"] else "") + _literal(found["t3"] or "")
    return text


def _zone_format(zone: re.Match | None) -> str:
    if not zone:
        return ""
    space = " " if zone[0].startswith(" ") else ""
    return f"{space}{'%Z' if zone['name'] else '%z'}"


def _clock_alone(text: str) -> Shape | None:
    """A time of day without a date."""
    half, body = _half_before(text)
    found = _CLOCK.match(body)
    if (
        not found
        or int(found["h"]) > 24
        or int(found["m"]) > 59
        or found["t1"].isalpha()
        and (found["t1"].isascii())
    ):
        return None
    half_after, after = _half_after(body[found.end() :]) if not half else ("", body[found.end() :])
    if after.strip():
        return None
    return Shape(half + _clock_format(found, bool(half or half_after)) + half_after, None, True)


def _half_before(text: str) -> tuple[str, str]:
    for word in shapes()["half"]:
        if not word.isascii() and text.startswith(word):
            rest = text[len(word) :]
            space = rest[: len(rest) - len(rest.lstrip())]
            return f"%p{space}", rest.lstrip()
    return "", text


def _half_after(text: str) -> tuple[str, str]:
    bare = text.lstrip()
    for word in sorted(shapes()["half"], key=len, reverse=True):
        if bare.casefold().startswith(word):
            return f"{text[: len(text) - len(bare)]}%p", bare[len(word) :]
    return "", text


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _weekday(text: str) -> str:
    found = re.match(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? ", text)
    return found[0] if found else ""


@cache
def _months() -> dict[str, int]:
    names = {name.casefold(): i for i, name in enumerate(month_name) if name}
    return names | {name.casefold(): i for i, name in enumerate(month_abbr) if name}


def _month(word: str) -> int:
    return _months().get(word.casefold(), 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(max(year, 1), month, day)
    except ValueError:
        return None


def _century(year: int) -> int:
    return year + (1900 if year >= 69 else 2000)


def _year(text: str) -> str:
    return "%Y" if len(text) == 4 else "%y"


def _literal(sign: str) -> str:
    return sign.replace("%", "%%")
