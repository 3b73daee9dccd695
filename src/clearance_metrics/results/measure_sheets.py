"""The tables of a scorecard as a workbook holds them: a figure a cell, nothing left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .display import NONE, Display, tone, too_few
from .measure_tables import decided, defined
from .wording import also_words, judged_statistic, number, period_words, signed_of, text_of
from .words import joined, say, unit_word

if TYPE_CHECKING:
    from .assessment import Assessment, AssessRow

FIGURES = ("value", "low", "high", "n", "n_open", "baseline", "target")
HEADS = ("no", "measure", "indicator", "statistic", "unit", *FIGURES)
MORE = ("due", "period", "decided", "verdict", "further", "notes")


def whole_sheet(found: Assessment, lang: str) -> Display:
    """Every indicator of a notice: part, measure, figures, verdict, definition, departments."""
    notice = found._notice
    parts = {part.clause: text_of(part, "", lang) for part in notice.parts}
    names = {d.code: text_of(d, "", lang) for d in notice.departments}
    measures = {measure.no: measure for measure in notice.measures}
    cells = []
    for row in found.rows:
        measure = measures[row.measure]
        part = next((h for clause, h in parts.items() if measure.clause.startswith(clause)), NONE)
        who = say("mark.list", lang).join(names[code] for code in measure.departments)
        last = (defined(found, row, lang), row.clause, who)
        cells.append((part, *_row(found, row, lang), *last))
    heads = ["part", *HEADS, *MORE, "definition", "clause", "departments"]
    return _sheet(found, cells, heads, "all_indicators", lang)


def grouped_sheet(found: Assessment, column: str, lang: str) -> Display:
    """Every value by port or mode."""
    cells = [
        (found.group_word(column, dict(row.groups)[column], lang), *_row(found, row, lang))
        for row in found.rows
    ]
    return _sheet(found, cells, [column, *HEADS, *MORE], f"sheet_{column}", lang)


def _sheet(
    found: Assessment, cells: Sequence[tuple], heads: Sequence[str], name: str, lang: str
) -> Display:
    verdict = heads.index("verdict")
    figures = [heads.index(one) for one in ("no", *FIGURES, "decided")]
    return Display(
        [say(f"sheet.{head}", lang) for head in heads],
        cells,
        caption=f"{say(f'sheet.{name}', lang)}\n{found.asked(lang)}",
        numbers=figures,
        tones={(r, verdict): tone(row.verdict) for r, row in enumerate(found.rows)},
        name=say(f"sheet.{name}", lang),
    )


def _row(found: Assessment, row: AssessRow, lang: str) -> tuple[str, ...]:
    clock = found.clock_unit(row)
    (measure,) = (m for m in found._notice.measures if m.no == row.measure)

    def cell(value: float | None, unit: str = "") -> str:
        return number(value, unit, lang=lang)

    told: dict[str, Any] = {name: cell(getattr(row, name), row.unit) for name in FIGURES}
    why = too_few(row.statistic, row.value, row.low, row.n)
    told |= {"low": NONE, "high": NONE} if why else {}
    told |= {"n": cell(row.n), "n_open": cell(row.n_open)}
    told |= {"no": str(row.measure), "measure": text_of(measure, "title", lang)}
    name = text_of(row, "title", lang)
    told["indicator"] = say("sheet.beside", lang, name=name) if row.companion_of else name
    told["statistic"] = (
        judged_statistic(row.statistic, clock, row.rule, lang=lang) if row.statistic else NONE
    )
    told["unit"] = unit_word(row.unit, lang) if row.unit else NONE
    told |= {"due": row.due or NONE, "period": period_words(row.period, lang) or NONE}
    told["decided"] = decided(found, row, lang) or NONE
    told["verdict"] = signed_of(row, lang)
    told["further"] = also_words(row, clock, lang, found.level) or NONE
    told["notes"] = joined((*row.reasons, *([why] if why else [])), lang) or NONE
    return tuple(str(told[name]) for name in (*HEADS, *MORE))


def broken_sheet(found: Any, rule: Any, lang: str) -> Display:
    """All lines or cases that break a rule, or the first of very many."""
    one = found.of(rule.indicator)
    table = one.table(lang)
    told = [rule.told(len(one.rows), lang), rule.rests_on(lang)]
    if len(one.rows) < rule.n:
        told.append(say("sheet.cut", lang, n=len(one.rows), all=rule.n))
    made = table.copy()
    made.caption = "\n".join(filter(None, told))
    made.name = say("sheet.sheet_broken", lang, name=rule.name(lang))
    return made
