"""A sheet per measure of a notice: its indicators and what they count, their months, their values
by port and mode, and what breaks a rule; with all of it as tables for a workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..analysis.estimates import estimate, together
from ..domain import windows
from ..domain.as_of import AsOf
from ..domain.ends import OPEN
from ..domain.tariff import Tariff
from ..domain.verdicts import Verdict
from ..engine.log import EventLog
from ..engine.refusals import MissingColumn
from ..engine.sharing import Ask, tallies
from ..errors import ClearanceError
from ..notice import Indicator
from ..results.assessment import Assessment, AssessRow, check_scorecard
from ..results.block import Block, Text
from ..results.display import BAD, SIGNS, Display, tone
from ..results.findings import own_of
from ..results.fold import Filter, Fold, Folds
from ..results.measure_sheets import broken_sheet, grouped_sheet, whole_sheet
from ..results.measure_tables import Months, grouped_table, indicators_table, notes_table
from ..results.withheld import SINGLES, few
from ..results.wording import capital, text_of
from ..results.words import check_language, say, verdict_name
from .assess import every_ask, judged
from .context import Context, with_metric
from .violation_records import Violations
from .violations import violations
from .zeros import since

APART = ("port", "mode")  # what values are taken apart by where a log has it
ROWS = 100  # of what breaks one rule, on a page
LEAST = 10  # of each rule, however many rules there are
ALL_ROWS = 700  # of all rules together, so that a page stays readable and light
WHOLE = 100_000  # in a workbook
BY_GROUP = 700  # rows of a page by port, and by mode


def measure_sheets(
    log: EventLog,
    scorecard: Assessment,
    *,
    tariff: Tariff | None = None,
    lang: str | None = None,
) -> Block:
    """Every measure of the notice, to be opened: its indicators with verdicts, what each counts,
    further figures, the months since the baseline, values by port and by mode, and what breaks a
    rule, the first 100 of each. They can be chosen by part, department, verdict, port and mode.

    `scorecard` is what `assess` answers of this log. The block's `sheets` hold the same whole, for
    a workbook.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog, assess
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> log = EventLog(events).using(as_of="2022-12-31")
    >>> folds = measure_sheets(log, assess(log)).parts[-1]
    >>> len(folds.folds), [one.name for one in folds.filters]
    (27, ['part', 'department', 'verdict'])
    """
    check_scorecard(scorecard)
    lang = check_language(lang or scorecard.lang)
    notice = scorecard._notice
    if not scorecard.rows:
        return scorecard.measures(lang)
    broken = _broken(log, scorecard, tariff)
    months, apart = _taken_apart(log, scorecard, tariff)
    shown, left = {c: _fitting(found) for c, found in apart.items()}, {}
    folds, parts = [], {part.clause: text_of(part, "", lang) for part in notice.parts}
    names = {d.code: text_of(d, "", lang) for d in notice.departments}
    each = _each([rule.n for rule in broken.rules])
    for measure in notice.measures:
        rows = [row for row in scorecard.rows if row.measure == measure.no]
        if not rows:
            continue
        who = [names[code] for code in measure.departments]
        held, facets = _held(scorecard, rows, months, lang), {}
        for column, found in shown.items():
            here = [row for row in found.rows if row.measure == measure.no]
            facets[column] = _words(found, here, column, lang)
            held += _by(found, here, column, lang)
        held += _lines(broken, rows, each, lang)
        part = next((head for c, head in parts.items() if measure.clause.startswith(c)), "")
        head = say("judged.measure", lang, no=measure.no, title=text_of(measure, "title", lang))
        own = own_of(rows)
        folds.append(
            Fold(
                head,
                tuple(held),
                " · ".join(filter(None, [measure.clause, say("mark.list", lang).join(who)])),
                _badges(own, lang),
                anchor=f"m{measure.no}",
                group=part,
                facets={"part": (part,), "department": who, "verdict": _judged(own, lang)} | facets,
                opened=any(row.verdict in BAD for row in own),
            )
        )
    for column, found in apart.items():
        kept = {dict(row.groups)[column] for row in shown[column].rows}
        if {dict(row.groups)[column] for row in found.rows} - kept:
            left[column] = len(kept)
    filters = _filters(folds, shown, lang)
    told = [say("sheet.how", lang)]
    told += [say("sheet.filtered", lang)] if any(f.name in APART for f in filters) else []
    # where months are withheld there is no telling which: that would tell who has few
    told += [say("sheet.few_months", lang, k=log.withhold)] if log.withhold is not None else []
    told += [say("sheet.ports_left", lang, n=left["port"])] if "port" in left else []
    return Block(
        title=scorecard.tiles(lang=lang).title,
        parts=(*map(Text, told), Folds(tuple(folds), filters)),
        note=scorecard.beware(lang),
        source=scorecard.source(lang),
        sheets=_sheets(scorecard, apart, broken, lang),
    )


def _each(counts: Sequence[int]) -> int:
    """How many rows of each rule a page shows: as many of the first 100 as all have room.

    >>> _each([4837, 5, 83]), _each([500] * 20)
    (100, 35)
    """
    fits = (
        most for most in range(ROWS, LEAST, -5) if sum(min(n, most) for n in counts) <= ALL_ROWS
    )
    return next(fits, LEAST)


def _broken(log: EventLog, scorecard: Assessment, tariff: Tariff | None) -> Violations:
    return violations(log, scorecard._notice, as_of=scorecard.as_of, tariff=tariff, limit=WHOLE)


def _context(
    log: EventLog, scorecard: Assessment, tariff: Tariff | None, by: tuple[str, ...] = ()
) -> Context:
    return Context(
        log=log,
        notice=scorecard._notice,
        when=AsOf.of(scorecard.as_of, log.timezone),
        by=by,
        level=scorecard.level,
        calendar=log.calendar,
        tariff=tariff,
        resolution=scorecard.resolution,
    )


def _taken_apart(
    log: EventLog, scorecard: Assessment, tariff: Tariff | None
) -> tuple[dict[str, list[tuple[str, float]]], dict[str, Assessment]]:
    """The months of each indicator, and the assessment by each column that the log has, all from
    one tally of each case: by port and mode at once.
    """
    whole = _context(log, scorecard, tariff)
    parts = {c: _context(log, scorecard, tariff, (c,)) for c in APART if c in log.columns}
    asks = [ask for _, ask in _asks_by_month(whole, scorecard).values()]
    asks += [ask for part in parts.values() for ask in every_ask(part)]
    found = tallies(log, asks, as_of=whole.when, finest=True)
    apart = {column: scorecard._with(rows=()) for column in APART}
    for column, part in parts.items():
        apart[column] = _apart(log, scorecard, column, replace(part, tallies=found))
    return _months(replace(whole, tallies=found), scorecard), apart


def _apart(log: EventLog, scorecard: Assessment, column: str, part: Context) -> Assessment:
    """The assessment by a column: rows with a value of one of its values."""
    found: Assessment = judged(part)
    if log.withhold is not None:
        found = found.withholding(log.withhold, (), log.hidden)
    kept = [r for r in found.rows if r.value is not None and dict(r.groups)[column] is not None]
    kept.sort(key=lambda row: str(dict(row.groups)[column]))
    return scorecard._with(rows=tuple(kept))


def _fitting(found: Assessment) -> Assessment:
    """The rows that a page can show: those of the groups with most cases."""
    sizes: Counter[Any] = Counter()
    rows: Counter[Any] = Counter()
    for row in found.rows:
        sizes[row.groups] += row.n or 0
        rows[row.groups] += 1
    room = BY_GROUP
    kept: set[Any] = set()
    for group, _ in sizes.most_common():
        room -= rows[group]
        if room < 0 and kept:
            break
        kept.add(group)
    return found._with(rows=tuple(row for row in found.rows if row.groups in kept))


def months_of(
    log: EventLog, scorecard: Assessment, tariff: Tariff | None = None
) -> dict[str, list[tuple[str, float]]]:
    """The statistic of each indicator month by month, from the first month of the baseline to the
    last whole one; those of which the log has no months are left out, and where it withholds those
    of which a month has too few cases, or too few that break a rule.
    """
    context = _context(log, scorecard, tariff)
    asks = [ask for _, ask in _asks_by_month(context, scorecard).values()]
    return _months(replace(context, tallies=tallies(log, asks, as_of=context.when)), scorecard)


def _asks_by_month(context: Context, scorecard: Assessment) -> dict[str, tuple[Indicator, Ask]]:
    """The tally by month of each indicator that has a value."""
    known = {row.indicator for row in scorecard.rows if row.value is not None}
    asks = {}
    for one in context.notice.indicators:
        if one.id in known and one.metric.kind != "difference":
            zero = one.kind == "zero"
            ask = context.ask(since(one, context.day)[0]) if zero else context.asked_of(one)
            asks[one.id] = (one, ask)
    return asks


def _months(context: Context, scorecard: Assessment) -> dict[str, list[tuple[str, float]]]:
    """As `months_of`, by the tallies of the context."""
    log, notice = context.log, context.notice
    first, last = notice.baseline[0], windows.last_month(context.day)
    told: dict[str, list[tuple[str, float]]] = {}
    for name, (one, ask) in _asks_by_month(context, scorecard).items():
        try:
            cells = context.tallies.cells(ask)
            cells = tuple(together(cells)) if one.of_firms else cells
        except (MissingColumn, ClearanceError):
            continue
        judged = with_metric(one, ask.metric)
        kept = [cell for cell in cells if cell.period and first <= cell.period <= last]
        values = [
            (cell.period, estimate(judged.metric, cell, one.statistic, scorecard.level)[0].value)
            for cell in kept
        ]
        if log.withhold is not None and _small(kept, values, one.kind == "zero", log.withhold):
            continue
        told[name] = [(month, float(value)) for month, value in values if value is not None]
    return told


def _small(cells: Sequence[Any], values: Iterable[tuple], counts: bool, k: int) -> bool:
    """Whether a month rests on few cases, or on few finished ones, or is a count of few."""
    told = [int(cell.n.sum()) for cell in cells]
    told += [int(cell.n[cell.end != OPEN].sum()) for cell in cells]
    told += [round(value) for _, value in values if counts and value is not None]
    return any(few(n, k) for n in told)


def _held(
    found: Assessment, rows: Sequence[AssessRow], months: Mapping[str, Months], lang: str
) -> list[Any]:
    """The indicators, and below them what each counts."""
    notes = notes_table(found, rows, lang)
    held: list[Any] = [indicators_table(found, rows, months, lang)]
    if notes.cells:
        held.append(Fold(say("sheet.defined", lang), (notes,)))
    return held


def _by(found: Assessment, rows: Sequence[AssessRow], column: str, lang: str) -> list[Fold]:
    if not rows:
        return []
    n = len({row.groups for row in rows})
    table = grouped_table(found, rows, column, lang)
    return [Fold(say(f"sheet.by_{column}", lang, n=n), (table,), facet=column, printed=False)]


def _words(found: Assessment, rows: Sequence[AssessRow], column: str, lang: str) -> list[str]:
    groups = dict.fromkeys(dict(row.groups)[column] for row in rows)
    return [found.group_word(column, value, lang) for value in groups]


def _lines(broken: Violations, rows: Sequence[AssessRow], most: int, lang: str) -> Iterable[Fold]:
    """What breaks the rules of a measure, the largest excess first."""
    names = {row.indicator for row in rows}
    for rule in broken.rules:
        if rule.indicator not in names or not rule.n:
            continue
        one = broken.of(rule.indicator)
        title = say(f"sheet.{rule.counts}", lang, name=rule.name(lang), n=rule.n)
        if not broken.lists:
            yield Fold(title, (Text(capital(say(SINGLES, lang))),), rule.rests_on(lang))
            continue
        kept = one.rows[:most]
        table = one._with(rows=kept).table(lang)
        told = say("sheet.first_shown", lang, n=len(kept), all=rule.n)
        parts = (table,) if len(kept) >= rule.n else (Text(told), table)
        yield Fold(title, parts, rule.rests_on(lang), printed=False)


def _badges(rows: Sequence[AssessRow], lang: str) -> tuple[tuple[str, str], ...]:
    """The verdicts of a measure, each with how many of its indicators have it."""
    counts = Counter(row.verdict for row in rows)
    told = []
    for verdict in Verdict:
        if n := counts[verdict]:
            words = f"{SIGNS[verdict]} {verdict_name(verdict, lang)}"
            told.append((words if n == 1 else f"{words} × {n}", tone(verdict)))
    return tuple(told)


def _judged(rows: Sequence[AssessRow], lang: str) -> list[str]:
    """What a measure can be chosen by: kinds of verdicts, and verdicts."""
    seen = {row.verdict for row in rows}
    kinds = dict.fromkeys(tone(v) for v in Verdict if v in seen)
    told = [say(f"sheet.tone_{kind}", lang) for kind in kinds]
    return told + [f"{SIGNS[v]} {verdict_name(v, lang)}" for v in Verdict if v in seen]


def _filters(
    folds: Sequence[Fold], apart: Mapping[str, Assessment], lang: str
) -> tuple[Filter, ...]:
    """What folds can be chosen by, where there is a choice; values in a fixed order."""
    order = {"verdict": [say(f"sheet.tone_{kind}", lang) for kind in ("good", "bad", "unsure")]}
    order["verdict"] += [f"{SIGNS[v]} {verdict_name(v, lang)}" for v in Verdict]
    for column, found in apart.items():
        order[column] = _words(found, found.rows, column, lang)
    made = []
    for name in ("part", "department", "verdict", *APART):
        seen = dict.fromkeys(v for fold in folds for v in (fold.facets or {}).get(name, ()) if v)
        choices = [value for value in order.get(name, seen) if value in seen]
        if len(choices) > 1:
            made.append(Filter(name, capital(say(f"sheet.{name}", lang)), tuple(choices)))
    return tuple(made)


def _sheets(
    found: Assessment, apart: Mapping[str, Assessment], broken: Violations, lang: str
) -> tuple[Display, ...]:
    """Everything as tables for a workbook."""
    made = [whole_sheet(found, lang)]
    made += [grouped_sheet(one, column, lang) for column, one in apart.items() if one.rows]
    if broken.lists:
        made += [broken_sheet(broken, rule, lang) for rule in broken.rules if rule.n]
    return tuple(made)
