"""An answer with a column per statistic, and what its rows have to say as notes below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..statistics.reasons import Reason
from .display import (
    LONGEST,
    NONE,
    Display,
    by_dates,
    digits_of,
    head_word,
    measured,
    too_few,
    whole_days,
)
from .periods import listed, period_cell
from .wording import capital
from .words import figure, say, unit_word

if TYPE_CHECKING:
    from .measures import MeasureRow, Measures

CLOCK = "clock"  # the group that tells several metrics of one answer apart
EACH = 4  # groups that a sentence names one by one
# counts of cases, each of which stands in one group only
SUMMED = frozenset({"to_the_day", "left_out"})
# what nobody has to know who reads the figures alone: frames hold it
QUIET = frozenset({"watched", "not_watched", "use_instead"})

# what counts cases, each of them in one group and period
SUMMED = frozenset({"left_out", "to_the_day", "other_currency"})


def wide_table(found: Measures, lang: str) -> Display:
    """A row per group and period, a column per statistic with its interval below the figure."""
    statistics = list(dict.fromkeys(row.statistic for row in found.rows))
    groups = list(dict.fromkeys(name for row in found.rows for name, _ in row.groups))
    cells: dict[tuple, dict[str, MeasureRow]] = {}
    for row in found.rows:
        cells.setdefault((row.groups, row.period), {})[row.statistic] = row
    digits = digits_of([row.to_dict() for row in found.rows])
    first = [next(iter(told.values())) for told in cells.values()]
    periods, opened = any(r.period for r in first), any(r.n_open for r in first)
    units = len({r.unit for r in first}) > 1
    beside = bool(found._beside)
    targets = [
        next(filter(None, (found.target_of(r, lang) for r in t.values())), "")
        for t in cells.values()
    ]
    targeted = any(targets)
    heads = [head_of(found, name, lang) for name in groups]
    heads += [head_word("period", lang)] * periods
    heads += [found.named(name, lang) for name in statistics]
    heads += [head_word("target", lang)] * targeted
    heads += [head_word("unit", lang)] * units
    heads += [say("chart.published", lang)] * beside
    heads += [head_word("n", lang)] + [head_word("n_open", lang)] * opened
    rows = []
    for told, one, target in zip(cells.values(), first, targets, strict=True):
        values = dict(one.groups)
        line = [group_of(found, one, n, lang) if n in values else NONE for n in groups]
        line += [period_cell(one.period, lang) or NONE] * periods
        line += [_figure(told.get(name), digits, lang) for name in statistics]
        line += [target or NONE] * targeted
        line += [unit_word(one.unit, lang)] * units
        line += [
            _published((found._beside or {}).get(one.label or found._named, ()), one, digits, lang)
        ] * beside
        line += [NONE if one.n is None else figure(one.n, 0, lang)]
        line += [NONE if one.n_open is None else figure(one.n_open, 0, lang)] * opened
        rows.append(tuple(line))
    left = len(groups) + periods
    texts = range(left + len(statistics), left + len(statistics) + targeted + units)
    numbers = [i for i in range(left, len(heads)) if i not in texts]
    asked = found.asked(lang)
    measured_in = {row.unit for row in found.rows} - {"share"}
    if not units and len(measured_in) == 1:
        unit = unit_word(measured_in.pop(), lang)
        asked = say("table.in_unit", lang, about=asked, unit=unit)
    more = say("table.more", lang, n=len(rows) - LONGEST)
    return Display(heads, rows, caption=asked, numbers=numbers, more=more)


def head_of(found: Measures, name: str, lang: str) -> str:
    """What stands over a group; over what several metrics are called, clocks or not."""
    if name == CLOCK and not found.of_clocks:
        return say("several.metric", lang)
    return head_word(name, lang)


def group_of(found: Measures, row: MeasureRow, name: str, lang: str) -> str:
    """The value of a group; of what a metric is called also from where to where it runs."""
    if name != CLOCK:
        return found.group_word(name, dict(row.groups)[name], lang)
    told, ends = found.called(row.label, lang), found.between(row.metric, lang)
    return f"{told}\n{ends}" if ends else told


def _figure(row: MeasureRow | None, digits: Mapping[object, int], lang: str) -> str:
    """A value with its interval below, or why there is none."""
    if row is None:
        return NONE
    if row.value is None:
        return f"{NONE}\n{say(row.reasons[0], lang)}" if row.reasons else NONE
    if row.unit == "hours" and by_dates(row.n, row.reasons):
        digits = {**digits, row.unit: 0}  # decimals of what is known to the day tell nothing
    digits = whole_days(digits, row.statistic, row.unit, row.value, row.low, row.high)
    value, low, high = (measured(x, row.unit, digits, lang) for x in (row.value, row.low, row.high))
    if row.low is None or row.high is None:
        return value
    if why := too_few(row.statistic, row.value, row.low, row.n):
        return f"{value}\n{say(why, lang)}"
    return f"{value}\n{say('figure.interval', lang, low=low, high=high)}"


def _published(
    points: Sequence[Mapping[str, Any]], row: MeasureRow, digits: Mapping[object, int], lang: str
) -> str:
    """What was published for the period of the row, and the first that was published of all."""
    same = [point for point in points if str(point["period"]) == row.period]
    kept = [*same, *(point for point in points[:1] if point not in same)]
    told = [
        say(
            "several.published",
            lang,
            value=measured(float(point["value"]), row.unit, digits, lang),
            period=str(point["period"]),
        )
        for point in kept
    ]
    return "\n".join(told) or NONE


def noted(found: Measures, lang: str) -> tuple[Reason, ...]:
    """What the rows have to say, each once and with what it is about: the metrics or groups, or
    else the statistics.
    """
    said: dict[str, list[MeasureRow]] = {}
    for reason, rows in _gathered(found.rows):
        if reason.code == "beyond_allowance" and all(row.unit == "share" for row in rows):
            reason = Reason("beyond_allowance_share", **reason.facts)
        said.setdefault(say(reason, lang), []).extend(rows)
    labels, statistics = set(found.labels), {row.statistic for row in found.rows}
    told = []
    for text, rows in said.items():
        about, of = {row.label for row in rows}, {row.statistic for row in rows}
        named = []
        if labels and len(about) < len(labels):
            named = [found.called(label, lang) for label in found.labels if label in about]
        elif not labels and len({r.groups for r in rows}) < len({r.groups for r in found.rows}):
            named = list(dict.fromkeys(found.named_row(row, lang, alone=True) for row in rows))
        if len(named) > EACH:
            named = [say("several.some", lang, n=len(named))]
        whose = listed(named, lang)
        if of != statistics:
            which = listed(
                [found.named(name, lang) for name in found.statistics if name in of], lang
            )
            whose = say("several.of", lang, statistics=which, whose=whose) if whose else which
        text = text if whose else capital(text)
        code = "several.noted_of" if whose else "several.noted"
        told.append(Reason(code, about=whose, text=text))
    return tuple(told)


def _gathered(rows: Sequence[MeasureRow]) -> list[tuple[Reason, list[MeasureRow]]]:
    """The reasons of the rows, each with those that have it; cases that are counted by group and
    period are added up.
    """
    found: dict[tuple, dict[tuple, Reason]] = {}
    told: dict[tuple, list[MeasureRow]] = {}
    for row in rows:
        # in place of a value its first reason stands in the table itself
        for reason in row.reasons[row.value is None :]:
            if reason.code in QUIET:
                continue
            facts = {k: v for k, v in reason.facts.items() if k != "n" or reason.code not in SUMMED}
            key = (row.label, reason.code, repr(facts))
            found.setdefault(key, {})[row.groups, row.period] = reason
            told.setdefault(key, []).append(row)
    return [(_sum(list(found[key].values())), told[key]) for key in told]


def _sum(same: Sequence[Reason]) -> Reason:
    first = same[0]
    if first.code not in SUMMED:
        return first
    return Reason(first.code, **dict(first.facts) | {"n": sum(why.facts["n"] for why in same)})
