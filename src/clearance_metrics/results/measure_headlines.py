"""What `measure` found, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..domain.ends import ENOUGH
from ..statistics.reasons import Reason
from .by_period import alike, headline_of, unvalued
from .display import by_dates
from .periods import of_last, period_word
from .table import amount, interval
from .wide import CLOCK
from .words import say

SOME = 3  # of many, in a heading

if TYPE_CHECKING:
    from .measures import MeasureRow, Measures


def each_alone(found: Measures, lang: str) -> str:
    """Of several metrics with one value each, of one statistic and one period."""
    first = {label: found.of(label).rows[0] for label in found.labels}
    alone = [r for r in found.rows if r.statistic == first[r.label].statistic]
    same = {(row.statistic, row.period) for row in alone}
    if len(first) < 2 or len(alone) > len(first) or len(same) > 1:
        return ""
    told = say("mark.sentence", lang).join(
        say(
            "several.figure_of_few" if (row.n or ENOUGH) < ENOUGH else "several.figure",
            lang,
            name=found.called(row.label, lang),
            value=_value(row, lang),
            n=row.n,
        )
        for row in alone
    )
    ((statistic, period),) = same
    when = period_word(period, lang)
    return say(
        "several.figures" if when else "several.figures_of_all",
        lang,
        period=when,
        statistic=found.named(statistic, lang),
        told=told,
    )


def many_found(found: Measures, lang: str) -> str:
    """Of many clocks over all periods, the values of the first three by the statistic that the most
    of them have; empty for anything else.
    """
    if not found.of_clocks or any(row.period for row in found.rows):
        return ""
    have: dict[str, list[MeasureRow]] = {}
    for row in found.rows:
        if row.value is not None:
            have.setdefault(row.statistic, []).append(row)
    if not have:
        return ""
    statistic, rows = max(have.items(), key=lambda pair: len({row.label for row in pair[1]}))
    told = [
        say("several.figure", lang, name=found.called(row.label, lang), value=_told(row, lang))
        for row in rows[:SOME]
    ]
    n, some = len({row.label for row in rows}), say("mark.sentence", lang).join(told)
    named = found.named(statistic, lang)
    return say("several.many_found", lang, n=n, statistic=named, some=some)


def about(found: Measures, name: str, lang: str) -> str:
    """The first statistic of one metric: its value, from the first period to the last, the highest
    and the lowest group (over time those of the last period), or parts of a whole.
    """
    first = found.rows[0].statistic if found.rows else ""
    every = [row for row in found.rows if row.statistic == first]
    rows = [row for row in every if row.value is not None]
    periods = list(dict.fromkeys(row.period for row in rows if row.period))
    if len(periods) == 1:
        when = period_word(periods[0], lang)
        name = say("headline.in_period", lang, metric=name, period=when)
    groups = {tuple(pair for pair in row.groups if pair[0] != CLOCK) for row in rows}
    alone = len(rows) == 1 < len(every)  # which one has a value is told below
    if len(groups) == 1 and not alone and (kept := next(iter(groups))):
        words = [found.group_word(column, value, lang) for column, value in kept]
        name += say("headline.of_group", lang, group=say("mark.list", lang).join(words))
    statistic = found.named(first, lang)
    # a share is called one already
    if not name.lower().endswith(statistic.lower()):
        name = say("headline.of", lang, metric=name, statistic=statistic)
    asked = {"metric": name}
    if not rows:
        why = every[0].reasons[:1] if every else (Reason("no_cases"),)
        return say("headline.none", lang, **asked, why=why)
    if len(every) == 1:
        (row,) = rows
        bounds = interval(row.low, row.high, row.unit)
        counts = {"n": row.n, "open": row.n_open or 0}
        told = {"value": _told(row, lang), "bounds": bounds} | counts
        return say("headline.one", lang, **asked, **told)
    if len({row.groups for row in rows}) == 1 and len(periods) > 1:
        ends = {
            "first": period_word(rows[0].period, lang),
            "last": period_word(rows[-1].period, lang),
        }
        told = {"before": _told(rows[0], lang), "after": _told(rows[-1], lang)}
        return say("headline.periods", lang, **asked, **ends, **told)
    if len(periods) > 1:
        latest, _ = of_last(every, found.as_of, 1)
        if sum(row.value is not None for row in latest) > 1 and all(r.period for r in latest):
            return headline_of(found, latest[0].label, latest, lang)
    ordered = sorted(rows, key=lambda row: row.value or 0.0)
    low, high = ordered[0], ordered[-1]
    alone = len(periods) == 1
    whole, missing = sum(row.value or 0.0 for row in rows), unvalued(every)
    if (
        first == "sum"
        and len(periods) < 2
        and (low.value or 0) >= 0 < whole
        and len({r.unit for r in rows}) == 1
    ):
        # parts of one whole, of which the largest says most
        told = {"whole": amount(whole, high.unit, lang), "share": (high.value or 0) / whole}
        told |= {"most": found.named_row(high, lang, alone), "missing": missing}
        return say("headline.sums", lang, **asked, **told)
    names = {
        "most": found.named_row(high, lang, alone),
        "least": found.named_row(low, lang, alone),
    }
    told = {"high": _told(high, lang), "low": _told(low, lang), "n": len(every)}
    if len(rows) == 1:
        why = _why_not(found, [row for row in every if row.value is None], lang)
        return say("headline.only", lang, **asked, **names, **told, why=why)
    same = alike(high, low)
    if same and len(every) == len(rows) == 2:  # neither is the highest
        return say("headline.two_alike", lang, **asked, **names, **told)
    told |= {"alike": same, "missing": missing}
    return say("headline.groups", lang, **asked, **names, **told)


def _why_not(found: Measures, rows: Sequence[MeasureRow], lang: str) -> Reason | str:
    """Why the one group without a value has none: which of its cases are not used."""
    if len(rows) != 1:
        return ""
    why = next((reason for reason in rows[0].reasons if reason.code == "left_out"), None)
    name = found.named_row(rows[0], lang, alone=True)
    return Reason("headline.only_why", name=name, why=why) if why else ""


def _told(row: MeasureRow, lang: str) -> Reason:
    return amount(row.value or 0.0, row.unit, lang, whole=by_dates(row.n, row.reasons))


def _value(row: MeasureRow, lang: str) -> Reason:
    """The value, or why there is none."""
    return _told(row, lang) if row.value is not None else (*row.reasons, Reason("no_cases"))[0]
