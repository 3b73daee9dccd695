"""list_indicators(): what a notice asks for, as a table to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..notice import Indicator, Notice, load_notice
from ..results.display import NONE, Display, head_word
from ..results.table import Record, ResultTable
from ..results.wording import holds, text_of
from ..results.words import figure, say, unit_word


@dataclass(frozen=True, kw_only=True)
class IndicatorRow(Record):
    """One indicator: its measure, its id (`notice.indicator(id)` gives it), what it is called,
    where a report shows it (`notice.on(page, role)` gives those), and what it is set against.
    """

    measure: int
    id: str
    title_zh: str
    title_en: str
    page: str
    role: str
    kind: str
    status: str
    target: float | None = None
    rule: str = ""
    unit: str = ""
    due: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Indicators(ResultTable[IndicatorRow]):
    """What `list_indicators` answers, in the order of the notice."""

    rows: tuple[IndicatorRow, ...]
    as_of: str = ""
    notice: Notice
    _titles: ClassVar[tuple[str, ...]] = ("measure", "id", "title", "page", "role", "target")

    def on(self, page: str, *roles: str) -> Indicators:
        """Those of a page, or of these roles on it."""
        kept = {indicator.id for indicator in self.notice.on(page, *roles)}
        return self._with(rows=tuple(row for row in self.rows if row.id in kept))

    def _caption(self, lang: str) -> str:
        told = {"number": self.notice.number, "title": text_of(self.notice, "title", lang)}
        return say("report.notice", lang, **told)

    def _headline(self, lang: str) -> str:
        """How many indicators there are, under how many measures."""
        measures = len({row.measure for row in self.rows})
        facts = {"n": len(self.rows), "measures": measures, "number": self.notice.number}
        return say("listed.headline", lang, **facts)

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return Display((say(self.empty, lang),), ())
        heads = [say(f"listed.{name}", lang) for name in ("measure", "id")]
        heads += [head_word("title", lang)]
        heads += [say(f"listed.{name}", lang) for name in ("page", "role")]
        heads += [head_word("target", lang)]
        rows = [
            (
                str(row.measure),
                row.id,
                text_of(row, "title", lang),
                row.page,
                row.role,
                _target(row, self.notice, lang),
            )
            for row in self.rows
        ]
        return Display(heads, rows, caption=self.asked(lang), numbers=(0,))


def _target(row: IndicatorRow, notice: Notice, lang: str) -> str:
    """What it is set against: a level and its day, or in which way it is judged."""
    if row.target is None:
        return say("listed.direction", lang) if row.kind == "direction" else NONE
    if row.kind == "zero":
        return say("listed.zero", lang, day=row.due)
    if row.unit == "share":
        value = say("table.percent", lang, share=row.target)
    else:
        value = figure(row.target, 0 if float(row.target).is_integer() else 2, lang)
        value = say(
            "figure.with_unit", lang, value=value, unit=unit_word(row.unit, lang, counted=True)
        )
    told = {
        "rule": say(f"table.{row.rule}", lang),
        "value": value,
        "when": holds(notice.indicator(row.id).target),
    }
    return say("listed.level", lang, **told)


def list_indicators(notice: Notice | str = "cn-2021-85") -> Indicators:
    """The indicators of a notice: measure, id, title, page, role and target. `notice` is one that
    `load_notice` gave, or its name; NoticeError for a name that there is none of.

    `.on("refunds", "headline")` keeps those of a page and role, as `notice.on` gives them to
    questions; `notice.indicator(id)` gives one.

    >>> [row.id for row in list_indicators().on("refunds", "headline")]
    ['refund_mean_2021', 'refund_mean_2022']
    >>> [row[-1] for row in list_indicators().on("refunds", "headline").table("en").cells]
    ['at most 7 working days by 2021-12-31', 'at most 6 working days by 2022-12-31']
    """
    held = notice if isinstance(notice, Notice) else load_notice(notice)
    return Indicators(rows=tuple(_row(indicator) for indicator in held.indicators), notice=held)


def _row(one: Indicator) -> IndicatorRow:
    target = one.target
    return IndicatorRow(
        measure=one.measure,
        id=one.id,
        title_zh=one.title_zh,
        title_en=one.title_en,
        page=one.page,
        role=one.role,
        kind=one.kind,
        status=one.status,
        target=None if target is None else target.value,
        rule="" if target is None else target.rule,
        unit="" if target is None else target.unit,
        due="" if target is None else target.due.isoformat(),
    )


__all__ = ["IndicatorRow", "Indicators", "list_indicators"]
