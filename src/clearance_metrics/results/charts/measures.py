"""What `measure` answers, drawn: lines by period, or a dot per group; a panel per metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ...domain.between import first_day, last_day
from ...errors import LogError, NothingToShow
from ..periods import listed
from ..wide import CLOCK
from ..words import figure, say, unit_word
from .groups import dots
from .months import clearance_months, months_with_steps
from .over_time import LINES, PICTURES, lines_over_time, pictures_over_time
from .small import dots_small, months_small

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..measures import MeasureRow, Measures


DOTS = 60  # of one picture
BESIDE_ONE = (
    "targets stand beside one statistic of one metric and group",
    "targets",
    'ask one statistic of one metric, and of several groups take one: found.of("A")',
)


def drawn(
    found: Measures,
    lang: str,
    title: str,
    source: str,
    *,
    beside: Mapping[str, Sequence[Mapping[str, Any]]],
    marks: Mapping[date, str],
    targets: Sequence[tuple[date, date, float, str]],
) -> Figure:
    """The picture of an answer; LogError where it has no value to draw."""
    if not found.rows:
        raise NothingToShow("there is no value to draw", "chart", "see the notes of the table")
    firsts = {label: next(r for r in found if r.label == label) for label in found.labels or ("",)}
    if len({row.unit for row in firsts.values()}) > 1:
        what = "metrics of different units do not fit one picture"
        raise LogError(what, "chart", 'draw one of them: found.of("import_overall").chart()')
    # a count has no place on an axis of hours
    units = {label: row.unit for label, row in firsts.items()}
    known = [r for r in found.rows if r.value is not None and r.unit == units[r.label]]
    if not known:
        raise NothingToShow("there is no value to draw", "chart", "see the notes of the table")
    first = found.rows[0].statistic
    panels = {name: [r for r in known if r.label == name] for name in (found.labels or ("",))}
    panels = {name: rows for name, rows in panels.items() if rows}
    periods = sorted({row.period or "" for row in known})
    share, told = known[0].unit == "share", found.named(first, lang)
    unit = "%" if share else unit_word(known[0].unit, lang)
    words = {name: found.called(name, lang) if name else told for name in panels}
    look: dict[str, Any] = {"title": title, "source": source, "unit": unit}
    by_time = all(periods) and all(len({r.groups for r in rows}) == 1 for rows in panels.values())
    if not by_time and len(periods) > 1 and all(periods):
        if targets:
            raise LogError(*BESIDE_ONE)
        look["unit"] = say("table.in_unit", lang, about=told, unit=unit)
        look["marker"] = next((mark for mark in marks.items() if _within(mark[0], periods)), None)
        return _over_time(found, panels, words, beside, lang, look)
    if not by_time or len(periods) == 1:
        alone = len(periods) == 1
        shown = {
            words[name]: _dots(found, rows, firsts[name].statistic, lang, alone)
            for name, rows in panels.items()
        }
        if (most := max(map(len, shown.values()))) > DOTS:
            what = f"{most} groups do not fit one picture"
            raise NothingToShow(what, "chart", "take large ones with found.enough(100), or where=")
        return dots(shown, **look)
    marker = next((mark for mark in marks.items() if _within(mark[0], periods)), None)
    single = len(panels) == 1 and len({row.statistic for row in known}) == 1
    points = {words[n]: _seen(beside.get(n or found._named, ()), r) for n, r in panels.items()}
    if targets and not single:
        raise LogError(*BESIDE_ONE)
    if single and not any(points.values()):
        (rows,) = panels.values()
        drawn_rows = [_drawn_as(row) for row in rows]
        name = found.called(rows[0].label, lang) if rows[0].label else told
        return months_with_steps(
            drawn_rows, lang=lang, label=name, steps=targets, marker=marker, **look
        )
    lines = {
        words[name]: [_drawn_as(r) | {"statistic": found.named(r.statistic, lang)} for r in rows]
        for name, rows in panels.items()
    }
    return clearance_months(lines, lang=lang, published=points, marker=marker, **look)


def _over_time(
    found: Measures,
    panels: Mapping[str, Sequence[MeasureRow]],
    words: Mapping[str, str],
    beside: Mapping[str, Sequence[Mapping[str, Any]]],
    lang: str,
    look: Mapping[str, Any],
) -> Figure:
    """Groups over time, of the first statistic: as lines, or of one metric as small pictures."""
    lines: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name, rows in panels.items():
        of_groups = lines.setdefault(name, {})
        for row in rows:
            if row.statistic == rows[0].statistic:
                group = listed(
                    [found.group_word(*g, lang) for g in row.groups if g[0] != CLOCK], lang
                )
                of_groups.setdefault(group or words[name], []).append(_drawn_as(row))
    points = {words[n]: _seen(beside.get(n or found._named, ()), r) for n, r in panels.items()}
    most = max(map(len, lines.values()))
    if most <= LINES:
        told = {words[name]: of_groups for name, of_groups in lines.items()}
        return lines_over_time(told, lang=lang, points=points, **look)
    if len(lines) > 1 or most > PICTURES:
        what = f"{most} groups over time do not fit one picture"
        if len(lines) > 1:
            what += f" of {len(lines)} metrics"
        do = 'narrow them with where={"port": [...]}, take one with found.of(...), '
        raise NothingToShow(what, "chart", do + "or one period with found.last()")
    ((name, alone),) = lines.items()
    return pictures_over_time(alone, lang=lang, points=points[words[name]], **look)


def drawn_small(found: Measures, lang: str, *, marks: Mapping[date, str]) -> Figure:
    """The small picture of the first statistic: a line by period, else a dot per group."""
    known = shown_small(found)
    if not known:
        raise NothingToShow("there is no value to draw", "half", "see the notes of the table")
    periods = sorted({row.period or "" for row in known})
    if all(periods) and len(periods) > 1 and len({row.groups for row in known}) == 1:
        marker = next((mark for mark in marks.items() if _within(mark[0], periods)), None)
        return months_small(
            [_drawn_as(row) for row in known], lang=lang, last=told(known[-1], lang), marker=marker
        )
    rows = _dots(found, known, known[0].statistic, lang, len(periods) == 1)
    share = known[0].unit == "share"
    for row in rows:
        value = say("table.percent", lang, share=row["value"] / 100) if share else ""
        value = value or figure(row["value"], 2, lang)
        row["told"] = say("overview.with_n", lang, value=value, n=row["n"])
    return dots_small(rows)


def told(row: MeasureRow, lang: str) -> str:
    """The value of a row as it stands at a line's end."""
    if row.unit == "share":
        return say("table.percent", lang, share=row.value)
    return figure(row.value or 0.0, 2, lang)


def shown_small(found: Measures) -> list[MeasureRow]:
    """The values of the first statistic, of periods that are over on the day of the answer."""
    statistics = found.statistics[:1]
    known = [r for r in found.rows if r.value is not None and r.statistic in statistics]
    day = date.fromisoformat(found.as_of[:10])
    over = [row for row in known if not row.period or last_day(row.period) <= day]
    return over or known


def about_small(found: Measures, lang: str) -> str:
    """Statistic, unit and band of a small picture, and what it leaves out."""
    rows = shown_small(found)
    if not rows:
        return ""
    unit = "%" if rows[0].unit == "share" else unit_word(rows[0].unit, lang)
    name = found.named(rows[0].statistic, lang)
    several = len({row.period for row in rows}) > 1
    code = "by_month" if several else "by_group" if len(rows) > 1 else "by_one"
    about = say(f"overview.{code}", lang, statistic=name, unit=unit)
    periods = {row.period for row in found.rows if row.value is not None}
    left = len(periods - {row.period for row in rows})
    return about + (say("overview.running", lang) if left else "")


def _within(day: date, periods: Sequence[str]) -> bool:
    first = first_day(periods[0])
    return first is not None and first <= day <= last_day(periods[-1])


def _dots(
    found: Measures, rows: Sequence[MeasureRow], statistic: str, lang: str, alone: bool
) -> list[dict[str, Any]]:
    """A dot per group, in the order of the values."""
    kept = sorted((r for r in rows if r.statistic == statistic), key=lambda r: r.value or 0.0)
    return [
        _drawn_as(row) | {"label": found.named_row(row, lang, alone), "n": row.n or 0}
        for row in kept
    ]


def _seen(
    points: Sequence[Mapping[str, Any]], rows: Sequence[MeasureRow]
) -> list[Mapping[str, Any]]:
    """The points of the periods that are drawn."""
    seen = {row.period for row in rows}
    return [point for point in points if str(point["period"]) in seen]


def _drawn_as(row: MeasureRow) -> dict[str, Any]:
    """A row as charts take it; a share in percent."""
    record = row.to_dict()
    if row.unit != "share":
        return record
    scaled = {k: 100 * record[k] for k in ("value", "low", "high") if record[k] is not None}
    return record | scaled
