"""Figures, units, spans, statistics and verdicts as a page writes them, in one language."""

from __future__ import annotations

import re
from decimal import Decimal
from html import escape

from ..domain.verdicts import Verdict
from ..results.assessment import AssessRow
from ..results.words import has, say, term
from ..statistics.reasons import Reason

NONE = "–"
# the sign and the colour of each verdict; its words stand beside, so that neither stands alone
SIGNS = {
    Verdict.MET: ("✓", "good"),
    Verdict.NOT_MET: ("✗", "bad"),
    Verdict.CANNOT_TELL: ("?", "open"),
    Verdict.NOT_DUE: ("…", "open"),
    Verdict.IMPROVED: ("↑", "good"),
    Verdict.WORSE: ("↓", "bad"),
    Verdict.NO_CLEAR_CHANGE: ("→", "open"),
    Verdict.NO_DATA: ("∅", "none"),
    Verdict.NOT_COMPUTED: ("·", "none"),
    Verdict.NOT_MEASURABLE: ("–", "none"),
    Verdict.VIOLATIONS: ("✗", "bad"),
}


class Html(str):
    """Text that is markup already."""


def number(value: float | None, unit: str = "") -> str:
    """A figure as it is printed: shares in percent, others with two decimals at most.

    >>> number(0.3592, "share"), number(31.688), number(4721.0, "cases"), number(None)
    ('35.9%', '31.69', '4,721', '–')
    """
    if value is None:
        return NONE
    if unit == "share":
        return f"{100 * value:.1f}%"
    if unit in ("cases", "lines", "types") or isinstance(value, int):
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def interval(low: float | None, high: float | None, unit: str = "", *, lang: str) -> str:
    """The interval beside a figure.

    >>> interval(1, 2.5, lang="en"), interval(0.25, 0.5, "share", lang="en")
    ('1 to 2.50', '25.0% to 50.0%')
    """
    if low is None and high is None:
        return NONE
    return say("figure.interval", lang, low=number(low, unit), high=number(high, unit))


def figure(
    value: float | None,
    unit: str,
    lang: str,
    low: float | None = None,
    high: float | None = None,
) -> str:
    """A figure with its unit, and with its interval where it has one.

    >>> figure(7, "working_days", "en"), figure(5.5, "hours", "en", 5, 6)
    ('7 working days', '5.50 hours (5 to 6)')
    """
    told = number(value, unit)
    if unit not in ("", "share") and value is not None:
        told = say("figure.with_unit", lang, value=told, unit=unit_words(unit, lang, counted=True))
    if low is None or high is None:
        return told
    between = interval(low, high, unit, lang=lang)
    return say("figure.with_interval", lang, value=told, interval=between)


def unit_words(unit: str, lang: str, *, counted: bool = False) -> str:
    """A unit; `counted`: as it is written after a number. Of money the unit is a currency.

    >>> unit_words("working_days", "en"), unit_words("ZAR per TEU", "en")
    ('working days', 'ZAR per TEU')
    """
    if counted and has(f"unit_counted.{unit}"):
        return say(f"unit_counted.{unit}", lang)
    if has(f"unit.{unit}"):
        return say(f"unit.{unit}", lang)
    money, _, per = unit.partition(" per ")
    told = term("currency", money, lang)
    return say("figure.per_teu", lang, unit=told) if per == "TEU" else told


def period_words(period: str | None, lang: str) -> str:
    """A period or a span of months; one without an end began on its day.

    >>> period_words("2021-09..2022-08", "en"), period_words("2021-09-01..", "en")
    ('2021-09 to 2022-08', 'since 2021-09-01')
    """
    found = re.fullmatch(r"(\S+)\.\.(\S*?)(?: \((\d+) months\))?", period or "")
    if not found:
        return period or ""
    first, last, months = found.groups()
    code = "figure.since" if not last else "figure.span_months" if months else "figure.span"
    return say(code, lang, first=first, last=last, months=int(months or 0))


def title_of(owner: object, lang: str) -> str:
    """The title that data brings, in the language or else in English."""
    return str(getattr(owner, f"title_{lang}", "") or getattr(owner, "title_en", ""))


def short_of(owner: object, lang: str) -> str:
    """The name for headings that a notice gives an indicator, in the language or else in English;
    empty without one.
    """
    return str(getattr(owner, f"short_{lang}", "") or getattr(owner, "short_en", ""))


def capital(text: str) -> str:
    """A sentence that begins with a capital, in languages that have them."""
    return text[:1].upper() + text[1:]


def judged(row: AssessRow) -> Reason:
    """The verdict of a row as a reason, which a sentence may hold."""
    return Reason(row.verdict.code, n=getattr(row, "violations", None))


def verdict(row: AssessRow, lang: str) -> Html:
    """A row's verdict as sign and words, so that colour never stands alone."""
    sign, colour = SIGNS[row.verdict]
    return Html(f'<span class="v {colour}">{sign} {escape(say(judged(row), lang))}</span>')


def statistic_words(name: str, unit: str = "", rule: str = "", *, lang: str) -> str:
    """A statistic; `unit` is the clock's, `rule` says which side a bound is on.

    >>> statistic_words("within:7", "working_days", lang="en"), statistic_words("p90", lang="en")
    ('within 7 working days', 'P90')
    >>> statistic_words("bound", rule="at_most", lang="en")
    'one-sided 95 % upper bound'
    """
    own = f"page_statistic.{f'bound_{rule}' if name == 'bound' else name}"
    if has(own):
        return say(own, lang, level=95)
    head, _, limit = name.partition(":")
    if re.fullmatch(r"p\d+", head):
        head, limit = "percentile", head[1:]
    if not has(f"statistic.{head}"):
        return name
    after = "" if unit in ("", "share") else unit_words(unit, lang, counted=True)
    return say(f"statistic.{head}", lang, limit=Decimal(limit or 0), unit=after).strip()


def told_value(row: AssessRow, lang: str) -> str:
    """A row's statistic and value within a sentence: mean 7.20 hours."""
    code = f"told_value.{row.statistic}"
    words = statistic_words(row.statistic, row.unit, row.rule, lang=lang)
    value = figure(row.value, row.unit, lang)
    return say(code if has(code) else "told_value.any", lang, statistic=words, value=value)


def also_words(row: AssessRow, lang: str) -> str:
    """The further figures of a row, each with its interval where it has one."""
    told = []
    for one in row.also:
        words = statistic_words(one.statistic, row.unit, row.rule, lang=lang)
        told_alone = one.statistic == "sum"  # of money, where the row counts lines
        shown = figure(one.value, one.unit, lang) if told_alone else number(one.value, one.unit)
        if one.value is not None and one.low is not None and one.high is not None:
            between = interval(one.low, one.high, one.unit, lang=lang)
            shown = say("figure.with_interval", lang, value=shown, interval=between)
        told.append(say("figure.named", lang, name=words, value=shown))
    return say("mark.sentence", lang).join(dict.fromkeys(told))
