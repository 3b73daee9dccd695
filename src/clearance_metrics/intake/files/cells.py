"""A spreadsheet's cell as text: numbers digit for digit, dates and times as ISO writes them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from math import floor, isfinite

# digits that a spreadsheet keeps; beyond them it fills up with zeros
EXACT = 15
DAY = 86_400
LAST = 2_958_466  # the day after 9999-12-31
# number formats that need no declaration
BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), "time"),
    22: "datetime",
    46: "elapsed",
}
# what of a format shows as it stands, or says how and not what
_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|e[+-]|general', re.IGNORECASE)
# zeros alone, perhaps in a colour or a language, which says how many digits a number shows
_ZEROS = re.compile(r"(?:\[[^\]<>=$]*\]|\[\$-[^\]]*\]|_.)*(0{2,})(?:_.)*")
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_CONTROL = re.compile("_x([0-9A-Fa-f]{4})_")


@lru_cache(maxsize=1000)
def kind_of_format(code: str) -> str:
    """What a number format makes of a number: date, time, datetime, elapsed, zeros in front (as
    many as it has digits), or nothing special.

    >>> codes = "yyyy-mm-dd", "h:mm", 'yyyy"-"m"-" h:mm', "[h]:mm", "0.00E+0"
    >>> [kind_of_format(code) for code in codes]
    ['date', 'time', 'datetime', 'elapsed', '']
    >>> [kind_of_format(code) for code in ("00000", "[Red]000_ ;-000", "0", "00.0", '"A"00')]
    ['00000', '000', '', '', '']
    """
    if zeros := _ZEROS.fullmatch(code.split(";")[0]):
        return zeros[1]
    signs = _ASIDE.sub("", code.split(";")[0]).lower()
    if _ELAPSED.search(signs):
        return "elapsed"
    hours = "h" in signs or "s" in signs
    days = "y" in signs or "d" in signs or ("e" in signs and "m" in signs)
    if hours:
        return "datetime" if days else "time"
    return "date" if days or "m" in signs else ""


def number(text: str) -> str:
    """The shortest decimal text that is exactly this number; with an exponent if it has more digits
    than a spreadsheet keeps, so that nobody takes them for sure.

    >>> [number(t) for t in ("1E3", "0.1", "2.0", "1e-7", "420210000000000123")]
    ['1000', '0.1', '2', '0.0000001', '4.20210000000000123E+17']
    """
    if text.isdigit() and len(text) <= EXACT:
        return text.lstrip("0") or "0"
    value = float(text)
    if not isfinite(value):
        return text
    exact = Decimal(text) if text.lstrip("+-").isdigit() else Decimal(repr(value))
    if exact == exact.to_integral_value():
        if abs(exact) < 10**EXACT:
            return str(int(exact))
        # Decimal leaves the exponent out where it is small
        digits = str(abs(int(exact)))
        rest = digits[1:].rstrip("0")
        sign = "-" if exact < 0 else ""
        return f"{sign}{digits[0]}{'.' if rest else ''}{rest}E+{len(digits) - 1}"
    return format(exact, "f")


def padded(number: str, digits: int) -> str:
    """A whole number with the zeros in front that its format shows; any other as it is.

    >>> [padded(n, 5) for n in ("42", "1234567", "4.2")]
    ['00042', '1234567', '4.2']
    """
    return number.zfill(digits) if number.isdigit() else number


def moment(text: str, kind: str, since_1904: bool = False) -> str:
    """The text of a number that its format shows as a date or time, to the nearest second.

    A day that only a date is asked of is a date; midnight under a date and time is a time.

    >>> moment("44440.41666666", "datetime"), moment("44440", "date"), moment("44440", "datetime")
    ('2021-09-01 10:00:00', '2021-09-01', '2021-09-01 00:00:00')
    >>> moment("0.4375", "time"), moment("42978", "date", since_1904=True)
    ('10:30:00', '2021-09-01')
    """
    value = float(text)
    if kind == "elapsed" or not 0 <= value < LAST:
        return number(text)
    day, second = divmod(floor(value * DAY + 0.5), DAY)
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    if kind == "time" and day == 0:
        return clock
    if day >= LAST:
        return number(text)
    shown = _day(day, since_1904)
    return shown if kind == "date" and second == 0 else f"{shown} {clock}"


@lru_cache(maxsize=10_000)
def _day(day: int, since_1904: bool) -> str:
    if since_1904:
        return (date(1904, 1, 1) + timedelta(min(day, LAST - 1463))).isoformat()
    if day == 60:
        return "1900-02-29"  # a day that spreadsheets have and no calendar
    first = date(1899, 12, 30) if day > 60 else date(1899, 12, 31)
    return (first + timedelta(day)).isoformat()


def control(text: str) -> str:
    """A text with the control signs that a workbook writes as _x000D_.

    >>> control("a_x000A_b")
    'a\\nb'
    """
    if "_x" not in text:
        return text
    return _CONTROL.sub(lambda found: chr(int(found[1], 16)), text)
