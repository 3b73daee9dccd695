"""Figures, spans, statistics and verdicts as tables and sentences write them, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..domain.reader import Reader
from ..statistics.reasons import Reason
from .display import SIGNS, by_dates, too_few, whole_days
from .periods import period_word
from .words import figure as figure_of
from .words import has, joined, say, statistic_word, term, texts_of, unit_word, word
from .words.catalogue import FALLBACK

if TYPE_CHECKING:
    from .assessment import AssessRow, Further

NONE = "–"
YEAR = re.compile(r"(\d{4})-01(-01)?\.\.\1-12(-31)?")  # from its first month or day to its last
LISTED = 8  # values of a column that a sentence names
WHOLE = frozenset({"cases", "lines", "types"})  # units that are counted


def number(
    value: float | None, unit: str = "", *, lang: str, beside: Iterable[float | None] = ()
) -> str:
    """A figure as it is printed: shares as per cent, others with two decimals at most, as have all
    that stand `beside` it.

    >>> [number(x, lang="en") for x in (31.688, 7, None)], number(0.3592, "share", lang="en")
    (['31.69', '7', '–'], '35.9%')
    >>> number(7, lang="en", beside=(6.5, 7.5))
    '7.00'
    """
    if value is None:
        return NONE
    if unit == "share":
        return say("table.percent", lang, share=value)
    whole = all(one is None or isinstance(one, int) for one in (value, *beside))
    return figure_of(value, 0 if unit in WHOLE or whole else 2, lang)


def interval(
    low: float | None,
    high: float | None,
    unit: str = "",
    *,
    lang: str,
    beside: Iterable[float | None] = (),
) -> str:
    """The interval beside a figure, both ends with the decimals of one kind, which are those of
    what stands `beside` them.

    >>> interval(1, 2.5, lang="en"), interval(0.25, 0.5, "share", lang="en")
    ('1.00 to 2.50', '25.0% to 50.0%')
    """
    if low is None and high is None:
        return NONE
    every = (low, high, *beside)
    ends = (number(end, unit, lang=lang, beside=every) for end in (low, high))
    return say("figure.interval", lang, **dict(zip(("low", "high"), ends, strict=True)))


def figure(
    value: float | None,
    unit: str,
    lang: str,
    low: float | None = None,
    high: float | None = None,
) -> str:
    """A figure with its unit, and with its interval where it has one.

    >>> figure(7, "working_days", "en"), figure(5.5, "hours", "en", 5, 6)
    ('7 working days', '5.50 hours (5.00 to 6.00)')
    """
    every = (value, low, high) if low is not None and high is not None else ()
    told = number(value, unit, lang=lang, beside=every)
    if unit not in ("", "share") and value is not None:
        own = f"unit_one.{unit}"
        word = say(own, lang) if told == "1" and has(own) else unit_word(unit, lang, counted=True)
        told = say("figure.with_unit", lang, value=told, unit=word)
    if low is None or high is None:
        return told
    return say(
        "figure.with_interval",
        lang,
        value=told,
        interval=interval(low, high, unit, lang=lang, beside=every),
    )


def part_words(reader: Reader, lang: str) -> str:
    """Which part of the log was asked, in words; empty where all of it was.

    >>> from clearance_metrics.domain.reader import Reader
    >>> part_words(Reader(part=(("port", "X"), ("mode", "sea"))), "en")
    'only port = X, mode of transport = sea'
    """
    if not reader.part:
        return ""
    told = [
        Reason(
            "part.value",
            column=word_of(reader, "column", column, lang),
            value=word_of(reader, column, str(value), lang),
        )
        for column, value in reader.part
    ]
    return say("part.only", lang, told=joined(told, lang, "mark.list"))


def word_of(reader: Reader, kind: str, name: str, lang: str) -> str:
    """The word for a milestone, clock, column or value; the dataset's own goes first."""
    own = reader.words.get((kind, name), {})
    return own.get(lang) or own.get("en") or term(kind, name, lang)


def unmet(reader: Reader, column: str, asked: Iterable, found: Sequence[tuple]) -> Reason:
    """That no case has in `column` what was `asked`, which values there are, with their cases where
    these may be told, and what mends it.

    >>> from clearance_metrics.domain.reader import Reader
    >>> why = unmet(Reader(), "mode", ["sea"], [("rail", 40), (None, 2)])
    >>> say(why, "en").split(".")[0]
    'no case has sea as “mode of transport” (mode); there are: rail 40, no value 2'
    """

    def named(value: object) -> Reason | str:
        if value is None:
            return Reason("unmet.without")
        code = str(value).lower() if isinstance(value, bool) else str(value)
        told: Any = word("table" if isinstance(value, bool) else column, code)
        told = reader.words.get((column, code), told)
        same = told == code or say(told, FALLBACK) == code if isinstance(told, Reason) else True
        return told if same else Reason("unmet.named", word=told, name=code)

    told: list[Reason | str] = [
        named(value) if n is None else Reason("unmet.counted", value=named(value), n=n)
        for value, n in found[:LISTED]
    ]
    if len(found) > LISTED:
        told.append(Reason("unmet.more", n=len(found) - LISTED))
    about = reader.words.get(("column", column)) or word("column", column)
    facts = {"column": Reason("assess.lacking", word=about, name=column), "name": column}
    return Reason("unmet.none", asked=tuple(map(named, asked)), found=tuple(told), **facts)


def standing(
    reader: Reader, start: str, stop: str, told: Sequence[tuple[str, int | None]]
) -> tuple[Reason, tuple[Reason, ...]]:
    """Why none of a clock's cases can be timed, by how many of them stand how (None where that is
    withheld), and what to look at.

    >>> from clearance_metrics.domain.reader import Reader
    >>> why, look = standing(Reader(), "declared", "gate_out", [("backwards", 9), ("open", 1)])
    >>> say(why, "en")
    'none of 10 cases can be timed: 9 stop before they start, 1 is open'
    """
    counts = [n for _, n in told if n is not None]
    if len(counts) < len(told):
        parts: tuple[Reason, ...] = tuple(Reason(f"standing.some_{state}") for state, _ in told)
        why = Reason("standing.hidden", told=parts)
    elif len(told) == 1:
        why = Reason(f"standing.{told[0][0]}", n=counts[0])
    else:
        parts = tuple(Reason(f"standing.n_{state}", n=n) for state, n in told)
        why = Reason("standing.mixed", n=sum(counts), told=parts)
    ends = {"start_name": start, "stop_name": stop}
    for end, name in (("start", start), ("stop", stop)):
        ends[end] = reader.words.get(("milestone", name)) or word("milestone", name)  # type: ignore[assignment]
    return why, tuple(Reason(f"standing.look_{state}", **ends) for state, _ in told)


def data_of(reader: Reader, lang: str) -> str:
    """The dataset's title, and which part of it was asked if not all."""
    title, part = reader.title(lang), part_words(reader, lang)
    return say("part.data", lang, data=title, part=part) if title and part else title or part


def period_words(period: str | None, lang: str) -> str:
    """A period or a span of months; one without an end began on its day, and one that is a calendar
    year is called by it.

    >>> period_words("2021-09..2022-08", "en"), period_words("2021-09-01..", "en")
    ('2021-09 to 2022-08', 'since 2021-09-01')
    >>> period_words("2022-01..2022-12", "en")
    '2022'
    """
    found = re.fullmatch(r"(\S+)\.\.(\S*?)(?: \((\d+) months\))?", period or "")
    if not found:
        return period_word(period, lang)
    first, last, months = found.groups()
    if not months and YEAR.fullmatch(f"{first}..{last}"):
        return period_word(first[:4], lang)
    code = "figure.since" if not last else "figure.span_months" if months else "figure.span"
    ends = {"first": period_word(first, lang), "last": period_word(last, lang)}
    return say(code, lang, **ends, months=int(months or 0))


def holds(target: Any) -> Reason:
    """When a target holds: by its day, from it on, or from day to day.

    >>> from clearance_metrics import load_notice
    >>> from clearance_metrics.results.words import say
    >>> say(holds(load_notice().indicator("refund_mean_2022").target), "en")
    'by 2022-12-31'
    """
    if target.over != "since":
        return Reason("figure.by", day=str(target.due))
    if target.until:
        return Reason("figure.span", first=str(target.due), last=str(target.until))
    return Reason("figure.since", first=str(target.due))


def text_of(owner: object, name: str, lang: str) -> str:
    """A text that data brings, such as a notice's `title` or an indicator's `short` name, in the
    language or else in English; empty without one. Without a `name` its own, `zh` and `en`.
    """
    told = texts_of(owner, name)
    return told[lang] or told["en"]


def capital(text: str) -> str:
    """A sentence that begins with a capital, in languages that have them."""
    return text[:1].upper() + text[1:]


def judged_statistic(
    name: str, unit: str = "", rule: str = "", *, lang: str, level: float = 0.95
) -> str:
    """A statistic of an assessment; `unit` is the clock's, `rule` says which side a bound is on,
    `level` how sure it is.

    >>> judged_statistic("within:7", "working_days", lang="en")
    'within 7 working days'
    >>> judged_statistic("bound", rule="at_most", lang="en")
    'one-sided 95 % upper bound'
    """
    own = f"page_statistic.{f'bound_{rule}' if name == 'bound' else name}"
    return say(own, lang, level=100 * level) if has(own) else statistic_word(name, unit, lang)


def told_value(row: AssessRow, lang: str, clock: str = "") -> str:
    """The statistic and value of a row, whose clock is in this unit, within a sentence: mean 7.20
    hours.
    """
    code = f"told_value.{row.statistic}"
    words = judged_statistic(row.statistic, clock or row.unit, row.rule, lang=lang)
    value = figure(row.value, row.unit, lang)
    return say(code if has(code) else "told_value.any", lang, statistic=words, value=value)


def ends_of(row: AssessRow, lang: str) -> str:
    """The interval of a row, or why there is none to show."""
    if why := too_few(row.statistic, row.value, row.low, row.n):
        return say(why, lang)
    return interval(row.low, row.high, row.unit, lang=lang, beside=(row.value,))


def counted_statistic(row: AssessRow, clock: str, lang: str) -> str:
    """The statistic of a row, whose clock is in this unit; of a count what is counted."""
    own = f"page_statistic.count_{row.unit}"
    if row.statistic == "count_above:0" and has(own):
        return say(own, lang)
    return judged_statistic(row.statistic, clock, row.rule, lang=lang)


def also_words(row: AssessRow, clock: str, lang: str, level: float = 0.95) -> str:
    """The further figures of a row whose clock is in this unit, in one text."""
    return say("mark.sentence", lang).join(also_told(row, clock, lang, level))


def also_told(
    row: AssessRow, clock: str, lang: str, level: float = 0.95, *, bound: bool = True
) -> list[str]:
    """The further figures of a row whose clock is in this unit, each with its interval where it has
    one; the `bound` that decides on a verdict is one of them.
    """
    told = []
    for one in row.also:
        if one.statistic == "bound" and not bound:
            continue
        words = judged_statistic(one.statistic, clock, row.rule, lang=lang, level=level)
        if one.statistic == "count_above:0" and has(own := f"page_statistic.count_{one.unit}"):
            words = say(own, lang)
        told_alone = one.statistic == "sum"  # of money, where the row counts lines
        value, low, high = _whole(row, one)
        shown = (figure if told_alone else _plain)(value, one.unit, lang)
        if value is not None and low is not None and high is not None:
            between = interval(low, high, one.unit, lang=lang)
            shown = say("figure.with_interval", lang, value=shown, interval=between)
        told.append(say("figure.named", lang, name=words, value=shown))
    return list(dict.fromkeys(told))


def _whole(row: AssessRow, one: Further) -> list[float | None]:
    """A further figure with its interval, as whole numbers where it is some days by nature."""
    ends = [one.value, one.low, one.high]
    dated = one.unit == "hours" and by_dates(row.n, row.reasons)  # then hours are days too
    unit = "days" if dated else one.unit
    whole = whole_days({}, one.statistic, unit, *ends).get(unit) == 0
    return [int(end) if whole and end is not None else end for end in ends]


def _plain(value: float | None, unit: str, lang: str) -> str:
    return number(value, unit, lang=lang)


def signed_of(row: AssessRow, lang: str) -> str:
    """The verdict of a row with its sign, violations by what is counted."""
    return f"{SIGNS[row.verdict]} {say(judged(row), lang)}"


def judged(row: Any) -> Reason:
    """The verdict of a row as a reason, which a sentence may hold."""
    own = f"{row.verdict.code}_{getattr(row, 'unit', '')}"
    return Reason(own if has(own) else row.verdict.code, n=getattr(row, "violations", None))
