"""Measures with a column per period: groups beside one another, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..statistics.reasons import Reason
from .display import LONGEST, NONE, Display, by_dates, digits_of, measured, too_few, whole_days
from .periods import period_word
from .table import amount
from .wide import CLOCK, group_of, head_of
from .wording import capital
from .words import figure, say, unit_word

if TYPE_CHECKING:
    from .measures import MeasureRow, Measures

EACH = 4  # groups that a sentence names one by one


def last_period(rows: Sequence[MeasureRow]) -> list[MeasureRow]:
    """The rows of the last period."""
    last = max((row.period or "" for row in rows), default="")
    return [row for row in rows if (row.period or "") == last]


def last_periods(found: Measures) -> list[MeasureRow]:
    """The rows of the last period of each metric."""
    parts = [[row for row in found.rows if row.label == name] for name in found.labels or ("",)]
    return [row for part in parts for row in last_period(part)]


def apart(rows: Sequence[MeasureRow]) -> list[MeasureRow]:
    """Rows of different periods beside one another: each says its own, as a group."""
    if len({row.period for row in rows}) < 2:
        return list(rows)
    return [replace(r, period=None, groups=(*r.groups, ("period", r.period))) for r in rows]


def unvalued(rows: Sequence[MeasureRow]) -> Reason | str:
    """How many of the rows have no value; nothing where all have one."""
    n = sum(row.value is None for row in rows)
    return Reason("headline.missing", n=n) if n else ""


def alike(high: MeasureRow, low: MeasureRow) -> Reason | str:
    """That the highest and the lowest cannot be told apart, where their intervals overlap."""
    if None in (high.low, low.high) or high.low > low.high:  # type: ignore[operator]
        return ""
    return Reason("headline.alike")


def table_across(found: Measures, lang: str) -> Display:
    """A row per group, the highest of the last period first, and a column per period (and
    statistic) with interval and number of cases below the figure.
    """
    statistics = list(dict.fromkeys(row.statistic for row in found.rows))
    groups = list(dict.fromkeys(name for row in found.rows for name, _ in row.groups))
    groups = [name for name in groups if name != CLOCK or len(found.labels) > 1]
    periods = sorted({row.period or "" for row in found.rows})
    cells = {(row.groups, row.period or "", row.statistic): row for row in found.rows}
    row_of = {row.groups: row for row in found.rows}
    digits = digits_of([row.to_dict() for row in found.rows])
    columns = [(period, statistic) for period in periods for statistic in statistics]
    alone = len(statistics) == 1
    heads = [head_of(found, name, lang) for name in groups]
    for period, statistic in columns:
        told = [period_word(period, lang)] if period else []
        told += [] if alone and told else [found.named(statistic, lang)]
        heads.append("\n".join(told))
    rows = []
    for group in _ordered(found):
        values = dict(group)
        line = [group_of(found, row_of[group], n, lang) if n in values else NONE for n in groups]
        line += [_cell(cells.get((group, *column)), digits, lang) for column in columns]
        rows.append(tuple(line))
    numbers = range(len(groups), len(groups) + len(columns))
    more = say("table.more", lang, n=len(rows) - LONGEST)
    return Display(heads, rows, caption=_asked(found, statistics, lang), numbers=numbers, more=more)


def _ordered(found: Measures) -> list[tuple]:
    """The groups, several metrics in the order they were asked, the highest first."""
    first = found.rows[0].statistic
    last = {r.groups: r.value for r in last_periods(found) if r.statistic == first}
    labels = list(found.labels)
    place = {row.groups: labels.index(row.label) if labels else 0 for row in found.rows}

    def order(group: tuple) -> tuple[int, bool, float]:
        value = last.get(group)
        return place[group], value is None, -(value or 0.0)

    return sorted(place, key=order)


def _asked(found: Measures, statistics: Sequence[str], lang: str) -> str:
    """What was asked, the statistic where there is one, the unit and the day."""
    about = found.caption(lang)
    if len(statistics) == 1 and found.rows[0].unit != "share":
        about = say("across.of", lang, metric=about, statistic=found.named(statistics[0], lang))
    units = {row.unit for row in found.rows} - {"share"}
    if len(units) == 1:
        about = say("table.in_unit", lang, about=about, unit=unit_word(units.pop(), lang))
    day = say("table.as_of", lang, as_of=found.as_of)
    return say("table.asked", lang, about=about, day=day)


def _cell(row: MeasureRow | None, digits: Mapping[object, int], lang: str) -> str:
    """A value, with interval and number of cases below, or why there is none."""
    if row is None:
        return NONE
    if row.value is None:
        return say(row.reasons[0], lang) if row.reasons else NONE
    digits = whole_days(digits, row.statistic, row.unit, row.value, row.low, row.high)
    value, low, high = (measured(x, row.unit, digits, lang) for x in (row.value, row.low, row.high))
    lines = [value]
    if why := too_few(row.statistic, row.value, row.low, row.n):
        lines.append(say(why, lang))
    elif row.low is not None and row.high is not None:
        lines.append(say("figure.interval", lang, low=low, high=high))
    if row.n is not None:
        opened = row.n_open or 0
        told = {"n": figure(row.n, 0, lang), "open": figure(opened, 0, lang)}
        lines.append(say("across.n_open" if opened else "across.n", lang, **told))
    return "\n".join(lines)


def headline_across(found: Measures, lang: str) -> str:
    """The first statistic in the last period: of each group, or the highest and the lowest; of a
    single group also in the first. Of several metrics, each by itself.
    """
    parts = {name: found.of(name).rows for name in found.labels} or {"": found.rows}
    told = [headline_of(found, name, rows, lang) for name, rows in parts.items()]
    return capital(say("mark.sentence", lang).join(told))


def headline_of(found: Measures, label: str, every: Sequence[MeasureRow], lang: str) -> str:
    """The same of one metric, from these of its rows."""
    first = every[0].statistic
    name = found.called(label, lang) if label else found.caption(lang)
    if first != "share":
        name = say("across.of", lang, metric=name, statistic=found.named(first, lang))
    asked = [row for row in every if row.statistic == first]
    latest = last_period(asked)
    rows = [row for row in latest if row.value is not None]
    if not rows:
        return say("across.none", lang, name=name, why=asked[-1].reasons[:1])
    period = period_word(rows[0].period or "", lang)
    when = Reason("across.when", period=period) if period else ""
    if len({row.groups for row in asked}) == 1:
        before = [row for row in asked if row.value is not None][0]
        ends = {"first": period_word(before.period or "", lang), "before": _told(before, lang)}
        code = "across.since" if before.period != rows[0].period else "across.one"
        code = code if period else "across.alone"
        return say(code, lang, name=name, period=period, value=_told(rows[0], lang), **ends)
    ordered = sorted(rows, key=lambda row: -(row.value or 0.0))
    words = [found.named_row(row, lang, alone=True) for row in ordered]
    if len(ordered) <= EACH:
        each = tuple(
            Reason("across.named", name=word, value=_told(row, lang))
            for word, row in zip(words, ordered, strict=True)
        )
        return say("across.each", lang, name=name, when=when, told=each, missing=unvalued(latest))
    ends = {"most": words[0], "high": _told(ordered[0], lang)}
    ends |= {"least": words[-1], "low": _told(ordered[-1], lang)}
    ends |= {"alike": alike(ordered[0], ordered[-1]), "missing": unvalued(latest)}
    return say("across.groups", lang, name=name, when=when, n=len(latest), **ends)


def _told(row: MeasureRow, lang: str) -> Reason:
    return amount(row.value or 0.0, row.unit, lang, whole=by_dates(row.n, row.reasons))
