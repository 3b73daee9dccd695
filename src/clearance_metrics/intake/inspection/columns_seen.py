"""What the values of each column of a sample tell: how many differ, what kind they are of."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache, cached_property
from itertools import pairwise

from ...domain.synonyms import meant
from .said import shapes
from .sampling import Sample
from .times_seen import TimesSeen, times_in

FEW = 60  # values at most of a column of codes
_NUMBER = re.compile(r"[-+(]?[\d,. ]*\d[)]?-?")
_AMOUNT = re.compile(
    r"[-+(]?(?:CNY|RMB|USD|EUR|[\u00a5$\u20ac])? ?[-+]?\d[\d,. ]*\)?(?:CNY|RMB|USD|EUR|\u20ac)?-?",
    re.IGNORECASE,
)
_POINT_THOUSANDS = re.compile(r"\D*\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?\D*|\D*\d+,\d{1,2}\D*")
_COMMA_THOUSANDS = re.compile(r"\D*\d{1,3}(?:,\d{3})+(?:\.\d+)?\D*|\D*\d+\.\d{1,2}\D*")
_BOX = re.compile(r"[A-Z]{3}[UJZ]\d{7}")
_HS = re.compile(r"\d{4}\.?\d{2}(?:\.?\d{2}){0,2}(?:\.?\d{2})?")
_INEXACT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_PORT = re.compile(r"[A-Z]{2} ?[A-Z2-9]{3}")
_MONTH = re.compile(r"\d{4}-\d\d")


@dataclass(frozen=True)
class ColumnSeen:
    """One column of a sample. `counts` are the filled values, each with its rows."""

    place: int
    header: str
    n: int
    counts: Counter
    no_value: tuple[str, ...]
    times: TimesSeen | None
    numbers: float
    amounts: float

    @property
    def filled(self) -> int:
        """Rows with a value, marks of "no value" among them."""
        return sum(self.counts.values())

    @cached_property
    def told(self) -> Counter:
        """The values without those that mean "no value"."""
        return Counter({v: n for v, n in self.counts.items() if v not in self.no_value})

    @property
    def distinct(self) -> int:
        """How many values differ, marks of "no value" apart."""
        return len(self.told)

    @property
    def rows_told(self) -> int:
        """Rows with a value that is one."""
        return sum(self.told.values())

    @property
    def unique(self) -> float:
        """The share of filled rows that have a value of their own: 1 where none stands twice."""
        return self.distinct / self.rows_told if self.rows_told else 0.0

    @property
    def few(self) -> bool:
        """Whether the values are few enough to be codes."""
        return 0 < self.distinct <= FEW

    def share(self, pattern: re.Pattern) -> float:
        """The share of rows told whose whole text fits a pattern."""
        good = sum(n for v, n in self.told.items() if pattern.fullmatch(as_text(v)))
        return good / self.rows_told if self.rows_told else 0.0

    def meaning(self, table: str) -> tuple[float, dict[str, str]]:
        """Our values in a table that this column's mean: the share of rows, and value by value."""
        found, rows = {}, 0
        if not self.few:
            return 0.0, {}
        for value, n in self.told.items():
            pairs = _value(as_text(value), table)
            if pairs:
                found[as_text(value)] = pairs[0][0]
                rows += n
        return rows / self.rows_told, found

    @property
    def boxes(self) -> bool:
        """Whether the values are numbers of containers."""
        return self.share(_BOX) > 0.9

    @property
    def hs_codes(self) -> bool:
        """Whether the values are commodity codes of six to ten digits."""
        return self.share(_HS) > 0.9

    @property
    def port_codes(self) -> bool:
        """Whether the values are codes of ports: a country's two letters and three signs."""
        return self.share(_PORT) > 0.9

    @cached_property
    def running(self) -> bool:
        """Whether the values only number the rows: whole numbers, one on from row to row."""
        texts = [as_text(v) for v in self.told]
        if len(texts) < 3 or self.unique < 1 or not all(re.fullmatch(r"\d{1,9}", t) for t in texts):
            return False
        numbers = [int(t) for t in texts]
        ahead = sum(b > a for a, b in pairwise(numbers)) > 0.95 * (len(numbers) - 1)
        # a sample has gaps, but its first rows have none
        return ahead and min(numbers) <= 1 and numbers[2] - numbers[0] == 2

    @property
    def months(self) -> bool:
        """Whether the values are months, as 2021-06."""
        return self.share(_MONTH) > 0.9

    @property
    def inexact(self) -> list[str]:
        """Values that have lost digits: E-notation, or numbers beyond fifteen digits."""
        return [
            as_text(v)
            for v in self.counts
            if isinstance(v, float)
            and abs(v) >= 1e15
            or isinstance(v, str)
            and _INEXACT.fullmatch(v)
        ][:3]

    @property
    def decimal_comma(self) -> bool:
        """Whether amounts are written 1.234,50."""
        texts = [_half_width(v) for v in self.told if isinstance(v, str)]
        commas = sum(bool(_POINT_THOUSANDS.fullmatch(t)) for t in texts)
        points = sum(bool(_COMMA_THOUSANDS.fullmatch(t)) for t in texts)
        return commas > points

    @property
    def brackets(self) -> bool:
        """Whether amounts below zero stand in brackets."""
        return any(re.fullmatch(r"\(.*\d.*\)", _half_width(v)) for v in self.told)

    def examples(self, most: int = 3) -> list[str]:
        """The first values told."""
        return [as_text(v) for v in list(self.told)[:most]]


def columns(sample: Sample) -> list[ColumnSeen]:
    """What each column holds, those without a header or with the same one as another left out."""
    twice = {h for h in sample.headers if sample.headers.count(h) > 1}
    ends = set(footers(sample))
    rows = [row for row in sample.rows if row not in ends]
    found = []
    for place, header in enumerate(sample.headers):
        if header and header not in twice:
            values = [row[place] if place < len(row) else None for row in rows]
            found.append(_seen(place, header, values))
    return found


def footers(sample: Sample) -> list[tuple[object, ...]]:
    """Rows at the end whose first filled cell begins as a footer does."""
    return [row for row in sample.tail if _footer(row, len(sample.headers))]


def _footer(row: tuple[object, ...], width: int) -> bool:
    filled = [as_text(c).strip() for c in row if c is not None and as_text(c).strip()]
    if not filled or len(filled) > max(1, width * 0.7):
        return False
    first = filled[0].casefold()
    for word in shapes()["footer"]:
        after = first[len(word) :]
        short = len(word) == 1 and after and not after[0].isdigit()
        inside = word.isascii() and after[:1].isalpha()
        if first.startswith(word) and not short and not inside:
            return True
    return False


def as_text(value: object) -> str:
    """A value as the text that intake sees.

    >>> as_text(4711.0), as_text(True), as_text("a")
    ('4711', 'true', 'a')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _seen(place: int, header: str, values: list[object]) -> ColumnSeen:
    counts: Counter = Counter()
    for value in values:
        value = value.strip() if isinstance(value, str) else value
        if value is not None and value != "":
            counts[value] += 1
    marks = {as_text(v) for v in counts if isinstance(v, str) and v in shapes()["no_value"]}
    seen = ColumnSeen(
        place=place,
        header=header,
        n=len(values),
        counts=counts,
        no_value=tuple(sorted(marks, key=lambda m: -counts[m])),
        times=times_in(counts, marks),
        numbers=0,
        amounts=0,
    )
    told, rows = seen.told, seen.rows_told
    numbers = sum(n for v, n in told.items() if is_number(v))
    amounts = sum(n for v, n in told.items() if is_amount(v))
    rows = max(rows, 1)
    seen = replace(seen, numbers=numbers / rows, amounts=amounts / rows)
    if seen.few and seen.meaning("boolean")[0] > 0.98 and seen.distinct <= 4:
        # in a column of yes and no, these mean no
        kept = tuple(m for m in seen.no_value if m not in shapes()["means_no"])
        return replace(seen, no_value=kept)
    return seen


def is_number(value: object) -> bool:
    """Whether a value is a number as files write them.

    >>> is_number("1,234.5"), is_number("free")
    (True, False)
    """
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and bool(_NUMBER.fullmatch(_half_width(value)))


def is_amount(value: object) -> bool:
    """Whether a value is a number, or one with a sign or unit of money.

    >>> is_amount("CNY 34.00"), is_amount("free")
    (True, False)
    """
    if is_number(value):
        return True
    if not isinstance(value, str):
        return False
    text = _half_width(value)
    for word in (*shapes()["yuan"], *shapes()["wan"]):
        text = text.removesuffix(word)
    return bool(_AMOUNT.fullmatch(text.strip()))


def _half_width(value: object) -> str:
    return unicodedata.normalize("NFKC", as_text(value)).strip()


@cache
def _value(text: str, table: str) -> list[tuple[str, float]]:
    return meant(text, table) if len(text) <= 40 else []
