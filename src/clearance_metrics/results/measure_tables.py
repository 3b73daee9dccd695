"""The tables of one measure: its indicators, their values by port or mode, their definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..statistics.reasons import Reason
from .assessed import against_words, change_of, open_beside
from .definitions import definition_of
from .display import NONE, Display, tone
from .wording import (
    also_words,
    ends_of,
    figure,
    judged_statistic,
    number,
    period_words,
    signed_of,
    text_of,
)
from .words import say

if TYPE_CHECKING:
    from .assessment import Assessment, AssessRow

Months = Sequence[tuple[str, float]]  # of one indicator, in order


def indicators_table(
    found: Assessment, rows: Sequence[AssessRow], months: Mapping[str, Months], lang: str
) -> Display:
    """The indicators of a measure: value with interval, n, what it is held against, what decides,
    its months as a small line, and the verdict.
    """
    names = ("indicator", "value", "n", "against", "decided", "months", "verdict")
    told = [_told(found, row, months.get(row.indicator, ()), lang) for row in rows]
    kept = [n for n in names if any(cells[n] not in ("", NONE) for cells in told)]
    place = {name: column for column, name in enumerate(kept)}
    lines = {}
    if "months" in place:
        drawn = [_line(row, months.get(row.indicator, ())) for row in rows]
        lines = {place["months"]: drawn}
    return Display(
        [_head(name, found, lang) for name in kept],
        [tuple(cells[name] or NONE for name in kept) for cells in told],
        numbers=[place[name] for name in ("value", "n") if name in place],
        tones={(r, place["verdict"]): tone(row.verdict) for r, row in enumerate(rows)},
        lines=lines,
        open_columns=(0,),
    )


def grouped_table(found: Assessment, rows: Sequence[AssessRow], column: str, lang: str) -> Display:
    """Values of a measure's indicators by a column, a row per value and indicator."""
    names = ("indicator", "value", "n", "decided", "verdict")
    told = [_told(found, row, (), lang) for row in rows]
    words = [found.group_word(column, dict(row.groups)[column], lang) for row in rows]
    heads = [say(f"sheet.{column}", lang), *(_head(name, found, lang) for name in names)]
    cells = [
        (word, cells["indicator"].split("\n")[0], *(cells[name] or NONE for name in names[1:]))
        for word, cells in zip(words, told, strict=True)
    ]
    return Display(
        heads,
        cells,
        numbers=(2, 3),
        tones={(r, 5): tone(row.verdict) for r, row in enumerate(rows)},
        facets={column: words},
        open_columns=(1,),
    )


def notes_table(found: Assessment, rows: Sequence[AssessRow], lang: str) -> Display:
    """What each indicator of a measure counts, its further figures, and what must be known of it;
    definitions of one text stand once.
    """
    cells: list[tuple[str, str, str]] = []
    for row in rows:
        name = text_of(row, "title", lang)
        told = {
            "definition": defined(found, row, lang),
            "further": also_words(row, found.clock_unit(row), lang, found.level),
            "notes": row.said(lang),
        }
        for what, text in told.items():
            if text:
                cells.append((name, say(f"sheet.{what}", lang), text))
                name = ""
    heads = [say(f"sheet.{name}", lang) for name in ("indicator", "note", "text")]
    return Display(heads, cells, open_columns=(0, 2))


def defined(found: Assessment, row: AssessRow, lang: str) -> str:
    """What the indicator of a row counts."""
    return definition_of(found._notice.indicator(row.indicator), lang, found.word)


def decided(found: Assessment, row: AssessRow, lang: str) -> str:
    """What the verdict rests on: the change with its interval, or the one-sided bound."""
    if (change := change_of(row)) is not None:
        return _moved(change, lang)
    bound = next((one.value for one in row.also if one.statistic == "bound"), None)
    if bound is None:
        return ""
    words = judged_statistic("bound", rule=row.rule, lang=lang, level=found.level)
    return f"{number(bound, row.unit, lang=lang)}\n{words}"


def _moved(change: Reason, lang: str) -> str:
    """A change, and its interval below it."""
    if "low" not in change.facts:
        return say(change, lang)
    points = change.code.startswith("assess.change_points")
    fine = "_fine" if change.code.endswith("_fine") else ""
    told = say(f"sheet.moved_points{fine}" if points else "sheet.moved", lang, **change.facts)
    code = f"sheet.between_points{fine}" if points else "sheet.between"
    return f"{told}\n{say(code, lang, **change.facts)}"


def _told(found: Assessment, row: AssessRow, months: Months, lang: str) -> dict[str, str]:
    statistic = judged_statistic(row.statistic, found.clock_unit(row), row.rule, lang=lang)
    period = period_words(row.period, lang) if row.period else ""
    beside = say("judged.is_beside", lang) if row.companion_of else ""
    below = " · ".join(
        part for part in (beside, statistic if row.statistic else "", period) if part
    )
    value = figure(row.value, row.unit, lang)
    ends = "" if row.low is None else ends_of(row, lang)
    opened = open_beside(row, found.as_of)
    still = say("overview.open", lang, n=opened) if opened else ""
    return {
        "indicator": "\n".join(filter(None, [text_of(row, "title", lang), below])),
        "value": "\n".join(filter(None, [value, ends])),
        "n": "\n".join(filter(None, [number(row.n, lang=lang), still])),
        "against": against_words(found, row, lang),
        "decided": decided(found, row, lang),
        "months": months_words(row, months, lang),
        "verdict": signed_of(row, lang),
    }


def months_words(row: AssessRow, months: Months, lang: str) -> str:
    """The first and the last month of an indicator with their values."""
    if len(months) < 2:
        return ""
    facts = {"first": months[0][0], "last": months[-1][0]}
    told = [number(months[i][1], row.unit, lang=lang) for i in (0, -1)]
    return say("sheet.months_cell", lang, **facts | dict(zip(("begin", "end"), told, strict=True)))


def _line(row: AssessRow, months: Months) -> tuple[list[float], float | None] | None:
    if len(months) < 2:
        return None
    return [value for _, value in months], row.target


def _head(name: str, found: Assessment, lang: str) -> str:
    if name == "against":
        return say("judged.against", lang)
    if name == "value":
        told = say("judged.interval", lang, level=100 * found.level)
        return f"{say('sheet.value', lang)}\n{told}"
    return say(f"sheet.{name}", lang)
