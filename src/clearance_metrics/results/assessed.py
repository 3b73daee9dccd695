"""An assessment as it is read: its table, its findings in a sentence, and what to beware of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..domain.verdicts import Verdict
from ..statistics.reasons import Reason
from .display import LONGEST, Display, by_dates, head_word, tone
from .periods import reaches
from .wording import (
    NONE,
    also_told,
    capital,
    counted_statistic,
    ends_of,
    figure,
    holds,
    judged,
    number,
    period_words,
    signed_of,
    text_of,
    told_value,
)
from .words import has, in_words, joined, say, unit_word

if TYPE_CHECKING:
    from .assessment import Assessment, AssessRow

COLUMNS = (
    *("indicator", "statistic", "value", "interval", "n", "n_open", "against", "further"),
    "verdict",
)
NUMBERS = frozenset({"value", "interval", "n", "n_open"})
# what a title tells where the indicators that lead a page have no value
FEW = 4
COMPARED = frozenset({Verdict.IMPROVED, Verdict.WORSE, Verdict.NO_CLEAR_CHANGE})
# reasons that hold the change on which a verdict rests
AGAINST = frozenset({"assess.against", "assess.against_baseline", "assess.against_baseline_size"})


def table_of(found: Assessment, lang: str, caption: str) -> Display:
    """The rows: indicator, value with interval and n, what it is held against, further figures, and
    the verdict with what it rests on; what must be known of rows stands once below the table.

    Columns that none of the rows fills are left out.
    """
    if not found.rows:
        return Display((say(found.empty, lang),), ())
    groups = [name for name, _ in found.rows[0].groups]
    notes = [_notes(found, row, lang) for row in found.rows]
    marks, below = _marked(notes, lang)
    cells = [
        _cells(found, row, [mark for text, mark in marks.items() if text in said], lang)
        for row, said in zip(found.rows, notes, strict=True)
    ]
    names = [n for n in COLUMNS if any(told[n] not in ("", NONE) for told in cells)]
    left = [[found.group_word(n, v, lang) for n, v in row.groups] for row in found.rows]
    place = len(groups) + names.index("verdict")
    return Display(
        [*(head_word(n, lang) for n in groups), *(_head(n, found, lang) for n in names)],
        [
            (*of, *(told[name] or NONE for name in names))
            for of, told in zip(left, cells, strict=True)
        ],
        below,
        caption=caption,
        open_columns=[len(groups)],
        numbers=[len(groups) + i for i, name in enumerate(names) if name in NUMBERS],
        tones={(r, place): tone(row.verdict) for r, row in enumerate(found.rows)},
        more=say("table.more", lang, n=len(cells) - LONGEST),
    )


def _head(name: str, found: Assessment, lang: str) -> str:
    if name == "further":
        return say("sheet.further", lang)
    own = f"judged.{name}"
    return say(own, lang, level=100 * found.level) if has(own) else head_word(name, lang)


def _notes(found: Assessment, row: AssessRow, lang: str) -> list[str]:
    """What must be known of a row, but for the change, which stands beside its verdict."""
    told = []
    metric = found._notice.indicator(row.indicator).metric
    lines = "lines" in (getattr(metric, "counts", ""), getattr(metric, "over", ""))
    for why in row.reasons:
        if why.code == "left_out" and lines:
            told.append(say("judged.lines_left_out", lang, **why.facts))
        elif why.code == "assess.against":
            months = why.facts["months"]
            code = "judged.months" if isinstance(months, Reason) else "judged.one_month"
            told.append(say(code, lang, months=months))
        elif why.code == "assess.against_baseline_size":
            told.append(say("judged.nearer_zero", lang))
        elif why.code != "assess.against_baseline":
            every = by_dates(row.n, [why])
            told.append(say("judged.to_the_day" if every else in_words(why), lang))
    return list(dict.fromkeys(filter(None, told)))


def _marked(notes: Sequence[Collection[str]], lang: str) -> tuple[dict[str, str], list[str]]:
    """The mark of each note, and the notes; what holds of each of several rows needs no mark."""
    texts = dict.fromkeys(text for said in notes for text in said)
    every = [text for text in texts if len(notes) > 1 and all(text in said for said in notes)]
    some = [text for text in texts if text not in every]
    marks = {text: say("note.mark", lang, n=place) for place, text in enumerate(some, 1)}
    lines = [say("judged.every_row", lang, text=text) for text in every]
    return marks, [
        *lines,
        *(say("note.line", lang, mark=mark, text=text) for text, mark in marks.items()),
    ]


def _cells(found: Assessment, row: AssessRow, marks: Sequence[str], lang: str) -> dict[str, str]:
    clock = found.clock_unit(row)
    small = [say("judged.is_beside", lang)] if row.companion_of else []
    small += [period_words(row.period, lang)] if row.period else []
    small += [say("mark.list", lang).join(marks)] if marks else []
    unit = "" if row.value is None or row.unit in ("", "share") else unit_word(row.unit, lang)
    return {
        "indicator": _under(text_of(row, "title", lang), " · ".join(small)),
        "statistic": counted_statistic(row, clock, lang),
        "value": _under(number(row.value, row.unit, lang=lang), unit),
        "interval": ends_of(row, lang),
        "n": number(row.n, lang=lang),
        "n_open": number(open_beside(row, found.as_of), lang=lang),
        "against": against_words(found, row, lang),
        "further": "\n".join(also_told(row, clock, lang, found.level, bound=False)),
        "verdict": _under(signed_of(row, lang), rests_on(row, lang, found.level)),
    }


def change_of(row: AssessRow) -> Reason | None:
    """The change on which the verdict of a row rests, with its interval, if there is one."""
    told = (why.facts.get("change") for why in row.reasons if why.code in AGAINST)
    return next((change for change in told if isinstance(change, Reason)), None)


def rests_on(row: AssessRow, lang: str, level: float) -> str:
    """What decides the verdict of a row: the change with its interval, or the one-sided bound."""
    if (change := change_of(row)) is not None:
        return say(change, lang)
    bound = [one for one in row.also if one.statistic == "bound" and one.value is not None]
    return "".join(also_told(replace(row, also=tuple(bound)), "", lang, level))


def open_beside(row: AssessRow, as_of: str) -> int | None:
    """The open cases that may stand beside a row: those of the day of the answer, which tell
    nothing of a period that was over before.
    """
    return row.n_open if reaches(row.period, as_of) else None


def against_words(found: Assessment, row: AssessRow, lang: str) -> str:
    """The target that a row is held against and when it holds, or the baseline."""
    if row.target is not None:
        sign = "≤" if row.rule == "at_most" else "≥"
        own = "" if row.origin == "notice" else say("judged.outside", lang)
        when = say(holds(found._notice.indicator(row.indicator).target), lang)
        return _under(f"{sign} {number(row.target, row.unit, lang=lang)}", when, own)
    if row.baseline is not None:
        cases = [why.facts["n"] for why in row.reasons if why.code == "assess.against"]
        told = say("judged.baseline_n", lang, n=cases[0]) if cases else say("field.baseline", lang)
        return _under(number(row.baseline, row.unit, lang=lang), told)
    return NONE


def _under(text: str, *below: str) -> str:
    """A cell with small lines under it."""
    return "\n".join([text, *(line for line in below if line)])


def headline_of(found: Assessment, lang: str) -> str:
    """What the indicators that lead a page, or else those that have a value, say; where nothing is
    measured, why.
    """
    if not found.rows:
        return say("judged.no_indicator", lang, number=found.named(lang))
    leading = [row for row in found.rows if row.indicator in found.leading]
    told = [row for row in leading if row.value is not None]
    missing = [] if told else leading
    if not told:
        known = [row for row in found.rows if row.value is not None and not row.companion_of]
        told = known[:FEW]
        missing = leading or ([] if told else list(found.rows))
    said = [*_causes(missing, lang), *_told_together(found, told, lang)]
    return capital(say("mark.sentence", lang).join(dict.fromkeys(said)))


def _told_together(found: Assessment, rows: Sequence[AssessRow], lang: str) -> list[str]:
    """Rows in sentences; several rules of charge lines are one, that with most lines in breach
    first, and the period of rows that are compared over the same one is said once.
    """
    if len(rows) > FEW and all(row.kind == "zero" and row.unit == "lines" for row in rows):
        broken = sorted((r for r in rows if r.violations), key=lambda r: -(r.violations or 0))
        names = tuple(
            Reason("judged.lines_of", name=found.name_of(row, lang), n=row.violations)
            for row in broken
        )
        code = "judged.rules_broken" if broken else "judged.rules_kept"
        return [say(code, lang, n=len(rows), broken=len(broken), told=names)]
    said, period = [], None
    for row in rows:
        again = row.verdict in COMPARED and row.target is None and row.period == period
        period = row.period
        said.append(told_of(found, row, lang, again=again))
    return said


def _causes(rows: Sequence[AssessRow], lang: str) -> list[str]:
    """Why rows have no value: each verdict with its reasons."""
    reasons: dict[Verdict, list[Reason]] = {}
    for row in rows:
        reasons.setdefault(row.verdict, []).extend(row.reasons)
    told = []
    for verdict, why in reasons.items():
        facts: dict[str, Any] = {"verdict": Reason(verdict.code, n=0)}
        causes = joined(in_words(why), lang)
        code = "judged.cause" if causes else "judged.alone"
        told.append(say(code, lang, **facts, **({"why": causes} if causes else {})))
    return told


def told_of(found: Assessment, row: AssessRow, lang: str, *, again: bool = False) -> str:
    """A row in a sentence: of violations, against its target, or against its baseline; `again`:
    over the period of the sentence before.
    """
    facts: dict[str, Any] = {"name": found.name_of(row, lang), "verdict": judged(row)}
    facts |= {"period": period_words(row.period, lang), "cases": row.n or 0}
    if found.role_of(row) == "left_out":
        return say("judged.left_out", lang, **facts, value=figure(row.value, row.unit, lang))
    if row.kind == "zero":
        n = row.n or 0
        return say(f"judged.checked_{row.unit}", lang, **facts, n=n)
    facts["value"] = told_value(row, lang, found.clock_unit(row))
    if row.target is not None:
        facts |= {
            "interval": ends_of(row, lang),
            "target": figure(row.target, row.unit, lang),
        }
        return say(f"judged.{row.rule}", lang, **facts)
    if row.verdict in COMPARED:
        return say("judged.compared_too" if again else "judged.compared", lang, **facts)
    if row.verdict is Verdict.REFERENCE:
        del facts["verdict"]
        # of firms the figure has as many as there are firms, and not cases
        firms = next((why.facts["n"] for why in row.reasons if why.code == "firms.over"), None)
        if firms is not None:
            return say(
                "judged.set_beside_firms", lang, **facts, firms=Reason("judged.firms", n=firms)
            )
        return say("judged.set_beside", lang, **facts)
    return say("judged.not_compared", lang, **facts)


def beware_of(found: Assessment, lang: str) -> str:
    """What must be known to read the rows right, as far as they are there."""
    rows, notice = found.rows, found._notice
    roles = {found.role_of(row) for row in rows if row.value is not None}
    directions = [row for row in rows if row.verdict in COMPARED]
    days = any(row.unit == "working_days" and row.value is not None for row in rows)
    level = [row for row in rows if row.kind == "level" and row.value is not None]
    codes = {
        "no_hours": not notice.sets_hours and any(row.unit == "hours" for row in directions),
        "directions": bool(directions),
        "left_out_too": "left_out" in roles,
        "day_zero": days,
        "class_limits": "limits" in roles,
        "how_sure": "lines" in roles and not found._own_tariff,
        "sample": bool(level),
        "beside": any(row.companion_of for row in rows),
    }
    facts = {"level": 100 * found.level, "n": sum(not row.companion_of for row in rows)}
    told = (Reason(f"judged.{code}", **facts) for code, holds in codes.items() if holds)
    return joined(told, lang, "report.gap")
