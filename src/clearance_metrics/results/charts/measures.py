"""What `measure` answers, drawn: lines by period, or a dot per group; a panel per metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ...errors import NothingToShow
from ..words import unit_word
from .groups import dots
from .months import clearance_months, months_with_steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..measures import Measures


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
    known = [row for row in found.rows if row.value is not None]
    if not known:
        raise NothingToShow("there is no value to draw", "chart", "see the notes of the table")
    first = found.rows[0].statistic
    panels = {name: [r for r in known if r.label == name] for name in (found.labels or ("",))}
    panels = {name: rows for name, rows in panels.items() if rows}
    periods = sorted({row.period or "" for row in known})
    unit, told = unit_word(known[0].unit, lang), found.named(first, lang)
    words = {name: found.called(name, lang) if name else told for name in panels}
    by_time = all(periods) and all(len({r.groups for r in rows}) == 1 for rows in panels.values())
    marker = next(
        ((day, text) for day, text in marks.items() if periods[0] <= str(day)[:7] <= periods[-1]),
        None,
    )
    if by_time and len(periods) > 1:
        if len(panels) == 1 and len({row.statistic for row in known}) == 1:
            (rows,) = panels.values()
            share = rows[0].unit == "share"
            shown = [_in_percent(r.to_dict()) if share else r.to_dict() for r in rows]
            return months_with_steps(
                shown,
                lang=lang,
                title=title,
                source=source,
                label=told,
                unit="%" if share else unit,
                steps=targets,
                marker=marker,
            )
        return clearance_months(
            {words[name]: [r.to_dict() for r in rows] for name, rows in panels.items()},
            lang=lang,
            title=title,
            source=source,
            published={
                words[name]: _seen(beside.get(name or found._named, ()), rows)
                for name, rows in panels.items()
            },
            unit=unit,
            marker=marker,
        )
    alone = len(periods) == 1
    points = {
        words[name]: [
            {
                "label": found.named_row(row, lang, alone),
                "value": row.value,
                "low": row.low,
                "high": row.high,
                "n": row.n or 0,
            }
            for row in sorted(rows, key=lambda r: r.value or 0.0)
            if row.statistic == first
        ]
        for name, rows in panels.items()
    }
    return dots(points, title=title, source=source, unit=unit)


def _seen(points: Sequence[Mapping[str, Any]], rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    """The points of the periods that are drawn."""
    seen = {row.period for row in rows}
    return [point for point in points if str(point["period"]) in seen]


def _in_percent(record: dict[str, Any]) -> dict[str, Any]:
    scaled = {k: 100 * record[k] for k in ("value", "low", "high") if record[k] is not None}
    return record | scaled
