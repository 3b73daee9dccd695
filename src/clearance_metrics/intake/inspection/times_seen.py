"""What the values of a column tell as times: formats, zones, numbers, marks of no time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from .said import shapes
from .time_shapes import FIRST, ORDERS, SECOND, shape

GAP = 5  # years without a value
RARE_YEAR = 0.005  # of the values; fewer are slips of the pen
LEAST_SHARE = 0.5  # of the values that are no marks of "no value"
_DAYS = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_EPOCH = re.compile(r"[1-9]\d{9}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?")
EXCEL_FROM, EXCEL_TO, EXCEL_ZERO = 30_000, 60_000, date(1899, 12, 30)
EPOCH_FROM, EPOCH_TO = 500_000_000, 3_000_000_000


@dataclass(frozen=True)
class TimesSeen:
    """How the values of a column write times. Counts are of rows looked at."""

    read: int
    unread: Counter = field(repr=False)
    formats: Counter = field(default_factory=Counter)
    native: bool = False
    number: str = ""
    dates: int = 0
    clocks: int = 0
    zones: Counter = field(default_factory=Counter)
    never: Counter = field(default_factory=Counter)
    order: str = ""
    firsts: tuple[int, int] = (0, 0)
    first: date | None = None
    last: date | None = None
    # the first and last day if the month stands before the day
    turned: tuple[date | None, date | None] = (None, None)

    def ordered(self, order: str) -> TimesSeen:
        """The same where other columns tell the order of day and month that this one leaves open.

        >>> found = times_in(Counter({"05/06/2022": 1, "07/06/2022": 1}))
        >>> str(found.last), str(found.ordered("month").last), found.ordered("month").open
        ('2022-06-07', '2022-07-06', False)
        """
        if not self.open or not order:
            return self
        first, last = self.turned if order == "month" else (self.first, self.last)
        return replace(self, order="", first=first, last=last)

    @property
    def date_only(self) -> bool:
        """Whether no value has a time of day."""
        return self.dates == self.read and not self.number

    @property
    def clock_only(self) -> bool:
        """Whether no value has a date."""
        return self.clocks == self.read and self.read > 0

    @property
    def open(self) -> bool:
        """Whether day and month stand in an order that the values leave open."""
        return bool(self.order)

    @property
    def ambiguous_zones(self) -> list[str]:
        """Zones that may mean several."""
        return [zone for zone in self.zones if zone in shapes()["ambiguous_zones"]]

    def format_list(self, order: str = "") -> list[str]:
        """The formats to declare, the most frequent first; `order` is day or month."""
        day, month = ORDERS[order or self.order_known or "day"]
        texts = [
            f.replace(FIRST, day).replace(SECOND, month) for f, _ in self.formats.most_common()
        ]
        return [text for text in dict.fromkeys(texts) if text]

    @property
    def serials(self) -> list[object]:
        """Days as a spreadsheet counts them among texts, where they lie among the others' days."""
        if self.first is None or self.last is None:
            return []
        year = timedelta(days=366)
        days = {
            value: EXCEL_ZERO + timedelta(days=int(float(_number_text(value))))
            for value in self.unread
            if not isinstance(value, bool) and _DAYS.fullmatch(_number_text(value))
        }
        return [v for v, day in days.items() if self.first - year <= day <= self.last + year]

    @property
    def order_known(self) -> str:
        """ "day" or "month" by what stands first, where a value above twelve tells; else ""."""
        first, second = self.firsts
        if first > 12 and second > 12:
            return ""
        return "day" if first > 12 else "month" if second > 12 else ""


def times_in(counts: Counter, no_value: Iterable[str] = ()) -> TimesSeen | None:
    """What values (with how many rows have each) tell as times; None if they are hardly times.

    >>> found = times_in(Counter({"2021/9/1": 3, "13/4/2021": 1, "none": 1}))
    >>> found.read, found.format_list(), dict(found.unread)
    (4, ['%Y/%m/%d', '%d/%m/%Y'], {'none': 1})
    """
    none = set(no_value)
    told = {value: n for value, n in counts.items() if value not in none}
    total = sum(told.values())
    if not total:
        return None
    if all(isinstance(value, datetime | date) for value in told):
        return _native(told, total)
    return _numbers(told, total) or _texts(told, total)


def _native(told: dict, total: int) -> TimesSeen:
    days = [value.date() if isinstance(value, datetime) else value for value in told]
    dates = sum(
        n
        for value, n in told.items()
        if not isinstance(value, datetime) or (value.hour, value.minute, value.second) == (0, 0, 0)
    )
    zones: Counter = Counter()
    for value, n in told.items():
        if isinstance(value, datetime) and value.tzinfo:
            zones["offset"] += n
    first, last = _span(dict(zip(days, told.values(), strict=True)))
    return TimesSeen(
        total,
        Counter(),
        native=True,
        dates=dates,
        zones=zones,
        first=first,
        last=last,
    )


def _numbers(told: dict, total: int) -> TimesSeen | None:
    """Days of Excel, or seconds since 1970, where nearly every value is such a number."""
    for way, pattern in (("excel", _DAYS), ("epoch", _EPOCH)):
        good = {
            value: float(str(value))
            for value in told
            if not isinstance(value, bool) and pattern.fullmatch(_number_text(value))
        }
        n = sum(told[value] for value in good)
        if n < 0.9 * total:
            continue
        top = max(good.values())
        unit = 1.0
        name = way
        if way == "epoch":
            name = "milliseconds" if top > 1e11 else "seconds"
            unit = 1000.0 if name == "milliseconds" else 1.0
            if top > 1e14:
                continue
            low, high = EPOCH_FROM * unit, EPOCH_TO * unit
        else:
            low, high = EXCEL_FROM, EXCEL_TO
        if not all(low <= number <= high for number in good.values()):
            continue
        days = [_day_of(number, way, unit) for number in (min(good.values()), top)]
        whole = sum(told[v] for v, x in good.items() if way == "excel" and x == int(x))
        unread = Counter({v: m for v, m in told.items() if v not in good})
        return TimesSeen(n, unread, number=name, dates=whole, first=days[0], last=days[1])
    return None


def _number_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _day_of(number: float, way: str, unit: float) -> date:
    if way == "excel":
        return EXCEL_ZERO + timedelta(days=int(number))
    return datetime.fromtimestamp(number / unit, UTC).date()


def _texts(told: dict, total: int) -> TimesSeen | None:
    told = _with_days(told)
    formats: Counter = Counter()
    zones: Counter = Counter()
    never: Counter = Counter()
    unread: Counter = Counter()
    days: Counter = Counter()
    either: Counter = Counter()
    read = dates = clocks = native = 0
    firsts, open_ = [0, 0], False
    for value, n in told.items():
        if isinstance(value, datetime | date):
            native += n
            read += n
            days[value.date() if isinstance(value, datetime) else value] += n
            dates += n * (not isinstance(value, datetime))
            continue
        untimed = isinstance(value, bool | _Untimed)
        seen = None if untimed else shape(_number_text(value))
        if seen is None:
            unread[value] += n
            continue
        if seen.never:
            never[value] += n
            continue
        read += n
        formats[seen.format] += n
        if seen.zone:
            zones[seen.zone if seen.zone[0].isalpha() and seen.zone != "Z" else "offset"] += n
        dates += n * (not seen.clock)
        clocks += n * (seen.day is None)
        if seen.pair:
            open_ = True
            firsts = [max(old, new) for old, new in zip(firsts, seen.pair, strict=True)]
        if seen.day:
            (either if seen.pair and max(seen.pair) <= 12 else days)[seen.day] += n
    marked = total - sum(never.values())
    if not read or read < LEAST_SHARE * marked and not _few_words(unread, read):
        return None
    known = TimesSeen(0, Counter(), firsts=(firsts[0], firsts[1])).order_known
    turned = _span(days + _turned(either))
    first, last = turned if known == "month" else _span(days + either)
    return TimesSeen(
        read,
        unread,
        turned=turned,
        formats=formats,
        native=native == read,
        dates=dates,
        clocks=clocks,
        zones=zones,
        never=never,
        order="open" if open_ and not known else "",
        firsts=(firsts[0], firsts[1]),
        first=first,
        last=last,
    )


def _turned(days: Counter) -> Counter:
    """Days that were read day first, as they are if the month stands first."""
    found: Counter = Counter()
    for day, n in days.items():
        found[date(day.year, day.day, day.month)] += n
    return found


def _span(days: Mapping[date, int]) -> tuple[date | None, date | None]:
    """The first and last day; years that hardly occur, or lie far from the others, left out."""
    years: Counter = Counter()
    for day, n in days.items():
        years[day.year] += n
    least = RARE_YEAR * sum(years.values())
    near = {max(years, key=lambda year: (years[year], year))} if years else set()
    for direction in (sorted(years), sorted(years, reverse=True)):
        for year in direction:
            if years[year] >= least and any(abs(year - other) <= GAP for other in near):
                near.add(year)
    usual = [day for day in days if day.year in near]
    return (min(usual), max(usual)) if usual else (None, None)


def _with_days(told: dict) -> dict:
    """Values as they are, but a time of day among whole times as text that is no time."""
    alone = [v for v in told if not isinstance(v, bool) and _clock(v)]
    if sum(told[v] for v in alone) > LEAST_SHARE * sum(told.values()):
        return told
    return {v: n for v, n in told.items() if v not in alone} | {_Untimed(v): told[v] for v in alone}


class _Untimed(str):
    """A text that is not to be read as a time."""


def _clock(value: object) -> bool:
    seen = None if isinstance(value, datetime | date) else shape(_number_text(value))
    return seen is not None and seen.day is None


def _few_words(unread: Counter, read: int) -> bool:
    """Whether what is unread is a few repeated texts, as marks of "no date" are."""
    return read >= 10 and len(unread) <= 5
