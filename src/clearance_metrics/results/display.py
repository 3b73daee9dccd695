"""A table of texts as it is looked at: in a terminal, or as HTML in a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import floor, isfinite, log10
from typing import Any

from ..domain.ends import ENOUGH
from ..domain.verdicts import Verdict
from ..statistics.reasons import Reason
from .words import figure, has, say, statistic_word, term, unit_word, verdict_word

NONE = "–"
SHORT = len("2022-12-31")  # what is not broken over lines
LONGEST = 200  # rows that HTML shows; frames and files hold all
# columns in the unit of their row, which are read together and so have the same decimals
MEASURED = frozenset(
    {"value", "low", "high", "target", "baseline", "bound", "mean", "pooled", "open_mean"}
    | {"part", "alone", "fitted", "excess"}
)
SHARES = frozenset({"share", "fall"})
ODDS = frozenset({"p", "p_adjusted", "difference_p"})
COUNTED = frozenset(
    {"n", "n_open", "n_true", "n_false", "n_before", "n_after", "n_late", "cases", "at_risk"}
    | {"left_out"}
)
DAYS = frozenset({"days", "working_days"})  # units of clocks that count whole days
OF_CASE = re.compile(r"(median|p\d[\d.]*)(:midpoint)?|min|max")  # statistics that a case has
GOOD = frozenset({Verdict.MET, Verdict.IMPROVED})
BAD = frozenset({Verdict.NOT_MET, Verdict.WORSE, Verdict.VIOLATIONS})
# stands before the words of a verdict, so that colour never stands alone
SIGNS = {
    Verdict.MET: "✓",
    Verdict.NOT_MET: "✗",
    Verdict.CANNOT_TELL: "?",
    Verdict.NOT_DUE: "…",
    Verdict.IMPROVED: "↑",
    Verdict.WORSE: "↓",
    Verdict.NO_CLEAR_CHANGE: "→",
    Verdict.REFERENCE: "≈",
    Verdict.NO_DATA: "∅",
    Verdict.NOT_COMPUTED: "·",
    Verdict.NOT_MEASURABLE: "–",
    Verdict.VIOLATIONS: "✗",
}
TONES = {"good": "#1d6b3c", "bad": "#a1261d", "unsure": "#5a6270"}


# the figures of a small line, and the level they are held against, if there is one
Line = tuple[Sequence[float], float | None] | None


class Display:
    """A table of texts that prints itself: in a terminal, wide signs allowed for, or as HTML.

    `below`: lines of text under it; `caption`: one above it, in HTML; `numbers`: the columns whose
    cells stand to the right; `tones`: "good", "bad" or "unsure" of the cells that are badges. Of a
    cell or caption of several lines the first is what it says, the others stand small below.
    `bars`: of a column how long a bar beside each figure is, as a part of the longest, on pages
    alone; `anchor`: the name by which a page can be opened at the table; `facets`: of each row what
    it can be chosen by, such as its port; `lines`: of a column the figures of a small line in each
    cell and the level they are held against, on pages alone; `name`: what its sheet is called;
    `open_columns`: those whose long texts a page shows whole.
    """

    def __init__(
        self,
        heads: Sequence[str],
        cells: Sequence[Sequence[str]],
        below: Sequence[str] = (),
        *,
        caption: str = "",
        numbers: Iterable[int] = (),
        tones: Mapping[tuple[int, int], str] | None = None,
        more: str = "",
        bars: Mapping[int, Sequence[float]] | None = None,
        anchor: str = "",
        facets: Mapping[str, Sequence[str]] | None = None,
        lines: Mapping[int, Sequence[Line]] | None = None,
        name: str = "",
        open_columns: Iterable[int] = (),
    ) -> None:
        self.heads, self.cells = tuple(heads), tuple(tuple(row) for row in cells)
        self.below, self.caption, self.more = tuple(below), caption, more
        self.numbers, self.tones = frozenset(numbers), dict(tones or {})
        self.bars = {column: tuple(parts) for column, parts in (bars or {}).items()}
        self.anchor, self.name, self.open_columns = anchor, name, frozenset(open_columns)
        self.facets = {facet: tuple(told) for facet, told in dict(facets or {}).items()}
        self.lines = {column: tuple(map(_line, told)) for column, told in (lines or {}).items()}

    def copy(self) -> Display:
        """The same table, to be changed."""
        made = object.__new__(type(self))
        vars(made).update(vars(self))
        return made

    def __str__(self) -> str:
        from tabulate import tabulate

        sides = ["right" if i in self.numbers else "left" for i in range(len(self.heads))]
        made = tabulate(
            self.cells,
            self.heads,
            tablefmt="plain",
            disable_numparse=True,
            colalign=sides if self.cells else None,
        )
        return "\n".join([*(line.rstrip() for line in made.splitlines()), *self.below])

    def _repr_html_(self) -> str:
        head = "".join(self._side("th", i, _lines(n)) for i, n in enumerate(self.heads))
        rows = [
            "".join(self._side("td", i, self._cell(r, i, text)) for i, text in enumerate(row))
            for r, row in enumerate(self.cells[:LONGEST])
        ]
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        left = '<caption style="caption-side:top;text-align:left">'
        caption = f"{left}{_lines(self.caption)}</caption>" if self.caption else ""
        below = [*([self.more] if len(self.cells) > LONGEST else []), *self.below]
        lines = "".join(f"<p>{escape(line)}</p>" for line in below)
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{lines}"

    def _side(self, tag: str, column: int, text: str) -> str:
        side = "right" if column in self.numbers else "left"
        figures = ";font-variant-numeric:tabular-nums" if side == "right" and tag == "td" else ""
        # a word, a date or a number is not broken over lines, however narrow its column
        whole = ";white-space:nowrap" if tag == "td" and len(text) <= SHORT else ""
        return f'<{tag} style="text-align:{side}{figures}{whole}">{text}</{tag}>'

    def _cell(self, row: int, column: int, text: str) -> str:
        return _lines(text, self.tones.get((row, column)))

    def to_dict(self) -> dict[str, Any]:
        """The table as plain data, which `Display.of` reads."""
        return {
            "kind": "table",
            "heads": list(self.heads),
            "cells": [list(row) for row in self.cells],
            "below": list(self.below),
            "caption": self.caption,
            "numbers": sorted(self.numbers),
            "tones": [[*place, tone] for place, tone in self.tones.items()],
            "more": self.more,
            "bars": [[column, list(parts)] for column, parts in self.bars.items()],
            "anchor": self.anchor,
            "facets": {facet: list(told) for facet, told in self.facets.items()},
            "lines": [[column, list(told)] for column, told in self.lines.items()],
            "name": self.name,
            "open_columns": sorted(self.open_columns),
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Display:
        """The table that `to_dict` made data of."""
        tones = {(row, column): tone for row, column, tone in data["tones"]}
        more = {name: data[name] for name in ("caption", "numbers", "more")}
        more |= {"bars": dict(data.get("bars", ())), "lines": dict(data.get("lines", ()))}
        more |= {"anchor": data.get("anchor", ""), "name": data.get("name", "")}
        more |= {name: data.get(name, ()) for name in ("facets", "open_columns")}
        return cls(data["heads"], data["cells"], data["below"], tones=tones, **more)


def _line(told: Line) -> Line:
    """A small line, as it is kept: its figures, and the level they are held against."""
    return None if told is None else (tuple(told[0]), told[1])


def _lines(text: str, tone: str | None = None) -> str:
    """A text whose first line is what it says, the others small below, as HTML."""
    first, *others = text.split("\n")
    shown = escape(first) if tone is None else badge(first, tone)
    return shown + "".join(f"<br><small>{escape(line)}</small>" for line in others if line)


def tone_colour(tone: str) -> str:
    """The colour of a tone; what is neither good nor bad is grey."""
    return TONES.get(tone, TONES["unsure"])


def badge(text: str, tone: str) -> str:
    """A text in a frame of its tone's colour, as HTML."""
    colour = tone_colour(tone)
    look = f"color:{colour};border:1px solid {colour};border-radius:3px;padding:0 5px"
    return f'<span style="{look};white-space:nowrap">{escape(text)}</span>'


def displayed(
    names: Sequence[str],
    records: Sequence[Mapping[str, Any]],
    lang: str,
    *,
    unit: str = "",
    excess: bool = False,
    caption: str = "",
    groups: Iterable[str] = (),
) -> Display:
    """The columns `names` of the records as texts of a language.

    `unit` is that of the metric, in which limits of statistics are given; `excess` says that
    its values are what exceeds an allowance; `groups` the columns whose numbers are names.
    """
    digits = digits_of(records)
    apart = frozenset(groups)
    cells = []
    for r in records:
        ends = [r.get(end) for end in ("value", "low", "high")]
        placed = whole_days(digits, str(r.get("statistic", "")), str(r.get("unit", "")), *ends)
        cells.append(tuple(_cell(n, r, lang, unit, placed, apart, excess) for n in names))
    numbers = [i for i, name in enumerate(names) if name not in apart and _numeric(name, records)]
    tones = {
        (r, names.index("verdict")): tone(record["verdict"])
        for r, record in enumerate(records)
        if "verdict" in names and record["verdict"]
    }
    heads = [head_word(name.removesuffix(f"_{lang}"), lang) for name in names]
    more = say("table.more", lang, n=len(records) - LONGEST)
    return Display(heads, cells, caption=caption, numbers=numbers, tones=tones, more=more)


def _numeric(name: str, records: Sequence[Mapping[str, Any]]) -> bool:
    values = [record[name] for record in records]
    return any(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def tone(verdict: object) -> str:
    """Whether a verdict is "good", "bad" or "unsure"."""
    found = Verdict(str(getattr(verdict, "value", verdict)))
    return "good" if found in GOOD else "bad" if found in BAD else "unsure"


def signed(verdict: Verdict | str, lang: str, violations: int | None = None) -> str:
    """A verdict's sign and words.

    >>> signed("violations", "en", 1204), signed(Verdict.MET, "en")
    ('✗ violations: 1,204', '✓ met')
    """
    return f"{SIGNS[Verdict(verdict)]} {verdict_word(verdict, lang, violations)}"


def digits_of(records: Sequence[Mapping[str, Any]]) -> dict[object, int]:
    """How many decimals the figures of each unit have: three digits of the largest; none of hours
    that are known from dates alone.
    """
    largest: dict[object, float] = {}
    for record in records:
        unit = record.get("unit")
        for name in MEASURED.intersection(record):
            value = record[name]
            if isinstance(value, float) and isfinite(value):
                largest[unit] = max(largest.get(unit, 0.0), abs(value))
    found = {unit: decimals(most) for unit, most in largest.items()}
    hours = [r for r in records if r.get("unit") == "hours" and r.get("value") is not None]
    if hours and all(by_dates(r.get("n"), map(Reason.of, r.get("reasons") or ())) for r in hours):
        found["hours"] = 0
    return found


def whole_days(
    digits: Mapping[object, int], statistic: str, unit: str, *values: float | None
) -> Mapping[object, int]:
    """The decimals (`digits_of`) for figures that are whole days by nature: a median or another
    value of one case is told without any, where nothing lies between two cases.

    >>> whole_days({"working_days": 2}, "median", "working_days", 6.0, 5.0)
    {'working_days': 0}
    >>> whole_days({"working_days": 2}, "mean", "working_days", 6.0)
    {'working_days': 2}
    """
    known = [value for value in values if value is not None]
    of_case = unit in DAYS and OF_CASE.fullmatch(statistic)
    if not of_case or not all(float(value).is_integer() for value in known):
        return digits
    return {**digits, unit: 0}


def too_few(
    statistic: object, value: float | None, low: float | None, n: float | None
) -> Reason | None:
    """Why a mean is shown without its interval: one of few cases that reaches below zero, though
    their mean does not, takes the mean of so few to be normal, which it is not.

    >>> too_few("mean", 63.8, -21.4, 3), too_few("mean", 63.8, 60.1, 3)
    (Reason('few_for_interval'), None)
    """
    below = value is not None and low is not None and low < 0 <= value
    few = statistic == "mean" and n is not None and n < ENOUGH
    return Reason("few_for_interval") if below and few else None


def by_dates(n: object, reasons: Iterable[Reason]) -> bool:
    """Whether every one of `n` cases is known to the day only.

    >>> by_dates(3, [Reason("to_the_day", n=3)]), by_dates(3, [Reason("to_the_day", n=2)])
    (True, False)
    """
    return bool(n) and any(r.code == "to_the_day" and r.facts["n"] == n for r in reasons)


def decimals(largest: float) -> int:
    """The decimals that figures up to this size are shown with: two, as officials publish hours,
    and three digits of what is smaller than one.

    >>> [decimals(x) for x in (0.0123, 7.53, 37.8, 420, 1204.5)]
    [4, 2, 2, 2, 2]
    """
    if largest >= 1 or not largest:
        return 2
    return min(2 - floor(log10(largest)), 6)


def fine_places(values: Iterable[float]) -> int:
    """The decimals with which none of several figures that stand together reads as nothing.

    >>> fine_places((5.1, 0.0019, 10.2)), fine_places((0.08, 0.039, 0.14)), fine_places((0, 7))
    (3, 2, 1)
    """
    least = min((abs(value) for value in values if value), default=1.0)
    return max(1, -floor(log10(least)))


def head_word(name: str, lang: str) -> str:
    """What stands over a column."""
    for kind in ("field", "column", "charge_column"):
        if has(f"{kind}.{name}"):
            return say(f"{kind}.{name}", lang)
    return name


def _cell(
    name: str,
    record: Mapping[str, Any],
    lang: str,
    unit: str,
    digits: Mapping[object, int],
    groups: frozenset[str],
    excess: bool,
) -> str:
    value = record[name]
    if name == "value" and value is None:
        # a statistic that does not exist is answered in words, never by an empty or a zero
        why = record.get("reasons")
        return say(Reason.of(why[0]), lang) if why else NONE
    if value is None:
        return NONE
    if name == "statistic" and value:
        return statistic_word(str(value), unit, lang, record.get("beyond", excess))
    if name in WORDED and value and not isinstance(value, bool):
        return WORDED[name](value, record, lang)
    if isinstance(value, bool):
        return say(f"table.{str(value).lower()}", lang)
    if isinstance(value, int | float) and name not in groups:
        return _number(name, value, record.get("unit"), digits, lang)
    return str(value)


def _number(name: str, value: float, unit: object, digits: Mapping[object, int], lang: str) -> str:
    """A figure: shares as per cent, p with three decimals, counts whole, others as their unit."""
    if name in ODDS:
        return say("table.p_small" if value < 0.001 else "table.p", lang, p=value)
    if name in SHARES or (unit == "share" and name in MEASURED):
        return say("table.percent", lang, share=value)
    if isinstance(value, int):
        return figure(value, 0, lang) if name in COUNTED | MEASURED else str(value)
    if not isfinite(value):
        return str(value)
    return figure(value, digits.get(unit, 1) if name in MEASURED else decimals(abs(value)), lang)


def measured(value: float | None, unit: str, digits: Mapping[object, int], lang: str) -> str:
    """A figure of a unit, with the decimals of its unit (`digits_of`)."""
    return NONE if value is None else _number("value", value, unit, digits, lang)


def _rule(value: object, _record: Mapping[str, Any], lang: str) -> str:
    kept = value in ("at_most", "at_least")
    return term("table" if kept else "breach", str(value), lang)


WORDED = {
    "unit": lambda value, _record, lang: unit_word(str(value), lang),
    "rule": _rule,
    "mode": lambda value, _record, lang: term("mode", str(value), lang),
    "verdict": lambda value, record, lang: signed(str(value), lang, record.get("violations")),
}
