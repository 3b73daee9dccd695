"""An assessment for who has one minute: the dated targets as cards, and what must be known before
the findings are used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..analysis.measure import measure
from ..domain.between import last_day
from ..domain.tariff import Tariff
from ..domain.verdicts import Verdict
from ..engine.log import EventLog
from ..engine.refusals import MissingColumn
from ..errors import LogError
from ..notice.tariff import load_tariff
from ..results.assessed import open_beside
from ..results.assessment import Assessment, AssessRow, check_scorecard
from ..results.block import Block, Point, Points
from ..results.charts.canvas import to_svg
from ..results.charts.small import months_small
from ..results.display import tone
from ..results.findings import SILENT
from ..results.overview import UNSURE, dated, deciding, missed_beside, turned
from ..results.parts import Card, Cards
from ..results.periods import period_word
from ..results.wording import (
    capital,
    ends_of,
    figure,
    holds,
    judged,
    judged_statistic,
    number,
    period_words,
    signed_of,
)
from ..results.words import check_language, in_words, joined, say, unit_word
from ..statistics.reasons import Reason

if TYPE_CHECKING:
    from ..results.measures import MeasureRow, Measures

FEW = 4  # names that a sentence lists


def target_cards(log: EventLog, scorecard: Assessment, lang: str | None = None) -> Block:
    """The notice's own targets by a day, a card each: the figure with its verdict, interval and
    cases, its months up to then, the rule, and the readings that are judged otherwise.

    `scorecard` is what `assess` answers of this log. Without any such target the block says so.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog, assess
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> log = EventLog(events).using(as_of="2022-12-31")
    >>> [card.badge for card in target_cards(log, assess(log)).parts[0].cards][0]
    '∅ no data'
    """
    check_scorecard(scorecard)
    lang = check_language(lang or scorecard.lang)
    # of one measure the target that is due last stands first
    rows = sorted(dated(scorecard), key=lambda row: str(row.due), reverse=True)
    rows.sort(key=lambda row: row.measure)
    if not rows:
        return Block(say("overview.no_target", lang, number=scorecard._notice.number))
    months: dict[Any, Measures | None] = {}
    cards = tuple(_card(log, scorecard, row, months, lang) for row in rows)
    names = ("indicator", "value", "verdict", "details", "rule")
    card, value, verdict, details, rule = (say(f"overview.head_{name}", lang) for name in names)
    return Block(
        parts=(Cards(cards, (card, value, verdict, details, rule)),), source=scorecard.source(lang)
    )


def _card(
    log: EventLog,
    found: Assessment,
    row: AssessRow,
    months: dict[Any, Measures | None],
    lang: str,
) -> Card:
    name = found.name_of(row, lang)
    groups = [found.group_word(n, value, lang) for n, value in row.groups]
    when = period_word(row.period, lang) if row.period and ".." not in row.period else ""
    when = when or period_words(row.period, lang)
    target = found._notice.indicator(row.indicator).target
    due = not when and target.over != "since"
    when = when or (str(row.due) if due else say(holds(target), lang))
    title = say("mark.list", lang).join([name, *groups])
    title = capital(
        say("overview.card_due" if due else "overview.card", lang, name=title, period=when)
    )
    unit = "" if row.unit in ("", "share") else unit_word(row.unit, lang, counted=True)
    share = row.unit == "share"
    told = number(row.value, row.unit, lang=lang)
    plain = {"figure": told, "unit": unit if row.value is not None else ""}
    if share and told.endswith("%"):  # the sign stands small beside the figure, as units do
        plain = {"figure": told.removesuffix("%").strip(), "unit": "%"}
    verdict = {"badge": signed_of(row, lang), "tone": _tone(row)}
    svg = alt = data = ""
    if row.value is not None and not row.groups:
        answer = _months(log, found, row, months)
        shown = answer.rows if answer else ()
        # a line takes two months
        if answer and len(shown) > 1 and row.target is not None:
            level = 100 * row.target if share else row.target
            words = say("overview.target", lang, target=_plainly(row, lang))
            issued = found._notice.issued
            seen = str(shown[0].period) <= f"{issued:%Y-%m}" <= str(shown[-1].period)
            drawn = months_small(
                [_scaled(one, share) for one in shown],
                lang=lang,
                target=(level, words),
                marker=(issued, say("overview.notice", lang)) if seen else None,
                card=True,
            )
            svg, data = to_svg(drawn), answer.drawn_data()
            first, last = (period_word(shown[i].period, lang) for i in (0, -1))
            facts = {"name": name, "first": first, "last": last, "target": words}
            value = figure(shown[-1].value, row.unit, lang)
            alt = say("overview.card_alt", lang, **facts, value=value)
    return Card(
        title=title,
        **plain,
        **verdict,
        below=_below(found, row, lang),
        svg=svg,
        alt=alt,
        rule=_rule(found, row, lang),
        turns=_turns(found, row, lang),
        data=data,
    )


def _plainly(row: AssessRow, lang: str) -> str:
    """A target as it is set: a whole number of per cent without decimals."""
    percent = 100 * (row.target or 0.0)
    if row.unit == "share" and math.isclose(percent, round(percent)):
        return say("overview.percent", lang, value=round(percent))
    return number(row.target, row.unit, lang=lang)


def _tone(row: AssessRow) -> str:
    if row.verdict in UNSURE:
        return "open"
    return "none" if row.verdict in SILENT else tone(row.verdict)


def _scaled(row: MeasureRow, share: bool) -> dict[str, Any]:
    """A row as small pictures take it."""
    record = row.to_dict()
    if share:
        record |= {n: 100 * record[n] for n in ("value", "low", "high") if record[n] is not None}
    return record


def _months(
    log: EventLog, found: Assessment, row: AssessRow, known: dict[Any, Measures | None]
) -> Measures | None:
    """The months of a row's indicator up to the end of what it is judged by; of one metric they
    are asked once.
    """
    indicator = found._notice.indicator(row.indicator)
    asked = (indicator.metric, row.statistic)
    last = (row.period or "").rpartition("..")[2] or found.as_of[:7]
    place = repr(asked)
    if place not in known:
        try:
            known[place] = measure(
                log,
                indicator.metric,
                period="month",
                statistics=row.statistic,
                as_of=found.as_of,
                level=found.level,
            )
        except (MissingColumn, LogError):
            known[place] = None  # the card says what it can without them
    if (answer := known[place]) is None:
        return None
    end = min(last_day(last).isoformat(), found.as_of)
    rows = [one for one in answer.rows if one.value is not None]
    kept = tuple(one for one in rows if last_day(str(one.period)).isoformat() <= end)
    months: Measures = answer._with(rows=kept)
    return months


def _below(found: Assessment, row: AssessRow, lang: str) -> str:
    """Interval, cases and open ones; without a value why there is none."""
    if row.value is None:
        return joined(in_words(deciding(row.reasons)), lang)
    told = []
    if row.low is not None and row.high is not None:
        ends = ends_of(row, lang)
        told.append(say("overview.interval", lang, level=100 * found.level, interval=ends))
    share = row.statistic == "share"
    k = {"k": round((row.n or 0) * row.value)} if share else {}
    told.append(say("overview.cases_of" if share else "overview.cases", lang, n=row.n or 0, **k))
    if opened := open_beside(row, found.as_of):
        told.append(say("overview.open", lang, n=opened))
    why = deciding(row.reasons) if row.verdict in SILENT else ()
    return " · ".join([*told, *([joined(why, lang)] if why else [])])


def _rule(found: Assessment, row: AssessRow, lang: str) -> str:
    """What is asked, and the bound that decides."""
    statistic = judged_statistic(row.statistic, found.clock_unit(row), row.rule, lang=lang)
    target = _plainly(row, lang) if row.unit == "share" else figure(row.target, row.unit, lang)
    facts: dict[str, Any] = {"statistic": statistic, "target": target}
    facts |= {"when": holds(found._notice.indicator(row.indicator).target), "clause": row.clause}
    told = say(f"overview.rule_{row.rule}", lang, **facts)
    bound = next((one.value for one in row.also if one.statistic == "bound"), None)
    if bound is None:
        return told
    words = judged_statistic("bound", rule=row.rule, lang=lang, level=found.level)
    told += say("overview.bound", lang, bound=words, value=number(bound, row.unit, lang=lang))
    return told + (say("overview.none_apart", lang) if _whole(row) else "")


def _whole(row: AssessRow) -> bool:
    """Whether what all cases must keep is kept by each of them: no bound is asked for then."""
    met = row.verdict is Verdict.MET and row.value == row.target
    return met and row.unit == "share" and row.target in (0, 1)


def _turns(found: Assessment, row: AssessRow, lang: str) -> str:
    """The readings that are judged otherwise."""
    told = [_mate(found, mate, lang) for mate in turned(found, row)]
    return say("overview.turns", lang, n=len(told), told=joined(told, lang)) if told else ""


def _mate(found: Assessment, mate: AssessRow, lang: str) -> Reason:
    value = number(mate.value, mate.unit, lang=lang)
    return Reason("judged.mate", name=found.name_of(mate, lang), value=value, verdict=judged(mate))


def before_use(
    log: EventLog, scorecard: Assessment, *, tariff: Tariff | None = None, lang: str | None = None
) -> Block:
    """What an official must know before the findings are used: what "met" means and which readings
    turn it, that directions are no effects, which tariffs are not verified, and what became of the
    rows. What does not concern this log is left out.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog, assess
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> log = EventLog(events).using(as_of="2022-12-31")
    >>> [point.text for point in before_use(log, assess(log)).parts[0].points]
    ['The tables were given in memory: there is no account of the rows read.']
    """
    check_scorecard(scorecard)
    lang = check_language(lang or scorecard.lang)
    told = [
        *_of_met(scorecard, lang),
        *_of_others(scorecard, lang),
        *_of_directions(scorecard, lang),
        *_of_tariffs(log, scorecard, tariff or load_tariff(), lang),
        _of_rows(log, lang),
    ]
    points = tuple(Point("", "", text) for text in told)
    title = say("overview.before_use", lang, n=len(points))
    return Block(title, (Points(points),), role="half")


def _of_met(found: Assessment, lang: str) -> Iterator[str]:
    rows = [row for row in dated(found) if row.value is not None]
    if not rows:
        return
    sentence = say("overview.met_means", lang, level=100 * found.level)
    turning = [mate for row in rows for mate in turned(found, row)]
    names = list(dict.fromkeys(found.name_of(mate, lang) for mate in turning))
    days = [
        found.name_of(mate, lang)
        for mate in turning
        if found.role_of(mate) == "beside" and mate.unit == "working_days"
    ]
    if names:
        first = list(dict.fromkeys([*days, *names]))
        more = Reason("overview.and_more", n=len(first) - FEW) if len(first) > FEW else ""
        listed = say("mark.list", lang).join(first[:FEW])
        sentence += say("overview.met_turns", lang, n=len(names), names=listed, more=more)
    else:
        shown = {row.indicator for row in rows}
        mates = [r for r in found.rows if r.companion_of in shown and r.kind == "level"]
        known = any(mate.value is not None for mate in mates)
        sentence += say("overview.met_holds" if known else "overview.met_stop", lang)
    yield sentence
    if any(_whole(row) for row in rows):
        yield say("overview.met_whole", lang)


def _of_others(found: Assessment, lang: str) -> Iterator[str]:
    """What other documents in force ask for and is not kept, each with its figure and its cases."""
    told = []
    for row in missed_beside(found):
        facts: dict[str, Any] = {"name": _titled(found, row, lang), "clause": row.clause}
        if row.violations is not None:
            facts |= {"n": row.n or 0, "k": row.violations}
            told.append(say("overview.other_zero", lang, **facts))
            continue
        value, target = (figure(v, row.unit, lang) for v in (row.value, row.target))
        facts |= {"value": value, "target": target, "n": row.n or 0}
        told.append(say(f"overview.other_{row.rule}", lang, **facts))
    if told:
        listed = say("mark.sentence", lang).join(told)
        yield say("overview.others", lang, n=len(told), told=listed)


def _titled(found: Assessment, row: AssessRow, lang: str) -> str:
    groups = [found.group_word(n, value, lang) for n, value in row.groups]
    return say("mark.list", lang).join([found.name_of(row, lang), *groups])


def _of_directions(found: Assessment, lang: str) -> Iterator[str]:
    judged_rows = [r for r in found.rows if r.kind == "direction" and r.verdict not in SILENT]
    if judged_rows:
        first, last = (period_word(month, lang) for month in found._notice.baseline)
        yield say("overview.no_effect", lang, first=first, last=last)


def _of_tariffs(log: EventLog, found: Assessment, tariff: Tariff, lang: str) -> Iterator[str]:
    """Of the items that were charged and judged by a tariff, those whose rates are not read in an
    original.
    """
    used = [
        row
        for row in found.rows
        if row.value is not None
        and getattr(found._notice.indicator(row.indicator).metric, "against", "") == "tariff"
    ]
    if log.charges is None or not used:
        return
    own = "item_en" if lang == "en" else "item"
    worked = dict.fromkeys(
        getattr(r, own) for r in tariff.rows if r.verified and r.confidence == "D"
    )
    unknown = dict.fromkeys(getattr(r, own) for r in tariff.rows if not r.verified)
    told = []
    for code, names in (("worked_out", [*worked]), ("not_verified", [*unknown])):
        more = Reason("overview.and_more", n=len(names) - FEW) if len(names) > FEW else ""
        listed = say("mark.list", lang).join(names[:FEW])
        told += [Reason(f"overview.{code}", n=len(names), names=listed, more=more)] if names else []
    if told:
        yield capital(joined(told, lang)) + say("overview.met_stop", lang)


def _of_rows(log: EventLog, lang: str) -> str:
    totals = log.receipt.get("totals", {})
    if not totals:
        return say("overview.no_receipt", lang)
    names = ("rows_read", "accepted", "rejected", "duplicates", "left_out")
    facts = {name: totals.get(name, 0) for name in names}
    apart = [Reason(f"overview.rows_{name}", n=facts[name]) for name in names[2:] if facts[name]]
    listed = say("overview.comma_list", lang).join(say(one, lang) for one in apart)
    if apart:
        told = say("overview.rows", lang, **facts, apart=listed)
    else:
        told = say("overview.rows_all", lang, n=facts["rows_read"])
    return say("part.of_whole", lang, told=told) if log.part else told
