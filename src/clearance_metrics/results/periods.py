"""Which rows are of the last periods, and what a period is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from ..domain.between import last_day
from ..statistics.reasons import Reason
from .words import say

Row = TypeVar("Row", bound=Any)


def of_last(
    rows: Sequence[Row],
    as_of: str,
    n: int,
    apart: Callable[[Row], object] = lambda _row: "",
    *,
    running: bool = False,
) -> tuple[tuple[Row, ...], tuple[Reason, ...]]:
    """The rows of the last `n` periods that are over on the day, or else of the last there are,
    which is then told; of what is to be kept `apart`, each for itself. Rows without a period stay;
    with `running` so does the period that is not over.
    """
    day, kept, open_ones = date.fromisoformat(as_of[:10]), set(), set()
    for key in dict.fromkeys(map(apart, rows)):
        periods = sorted({row.period for row in rows if apart(row) == key and row.period})
        over = [name for name in periods if last_day(name) <= day]
        chosen = (periods if running else over or periods)[-n:] if n > 0 else []
        open_ones |= set() if running else set(chosen) - set(over)
        kept |= {(key, name) for name in chosen}
    told = tuple(Reason("several.unfinished", period=name) for name in sorted(open_ones))
    return tuple(r for r in rows if not r.period or (apart(r), r.period) in kept), told


def period_word(name: str | None, lang: str) -> str:
    """A year, quarter or month as sentences say it; any other name stands.

    >>> period_word("2022", "en"), period_word("2022-Q1", "en"), period_word("2022-03", "en")
    ('2022', '2022-Q1', '2022-03')
    """
    year, _, part = str(name or "").partition("-")
    if not (len(year) == 4 and year.isdigit()):
        return str(name or "")
    if not part:
        return say("period.year", lang, year=year)
    if part[:1] == "Q" and part[1:].isdigit():
        return say("period.quarter", lang, year=year, quarter=part[1:])
    if part.isdigit() and len(part) == 2:
        return say("period.month", lang, year=year, month=int(part))
    return str(name)


def period_cell(name: str | None, lang: str) -> str:
    """A period as a cell says it: a month stays as it sorts.

    >>> period_cell("2022-Q1", "zh") == period_word("2022-Q1", "zh"), period_cell("2022-03", "zh")
    (True, '2022-03')
    """
    text = str(name or "")
    return text if len(text) == len("2022-03") and "Q" not in text else period_word(text, lang)


def listed(names: Iterable[str], lang: str) -> str:
    """Names one after the other, each once."""
    return say("mark.list", lang).join(dict.fromkeys(names))


def reaches(period: str | None, as_of: str) -> bool:
    """Whether a period, or a span of months, holds the day of an answer; all time does.

    >>> reaches("2022-01..2022-12", "2022-12-31"), reaches("2021-12", "2022-12-31")
    (True, False)
    >>> reaches("2022-02..2022-11 (10 months)", "2022-12-31"), reaches("2021-09-01..", "2022-12-31")
    (False, True)
    >>> reaches("2022-Q1", "2022-12-31"), reaches("2022-Q4", "2022-12-31")
    (False, True)
    """
    last = (period or "").split(" (")[0].rpartition("..")[2]
    return not last or last_day(last) >= date.fromisoformat(as_of[:10])
