"""watch(): what changed in a log since it was looked at last, by rules that are quiet on noise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..analysis.flow import flow
from ..analysis.measure import measure
from ..domain.as_of import AsOf
from ..domain.between import last_day
from ..domain.calendars import WorkCalendar
from ..domain.tariff import Tariff
from ..domain.verdicts import Verdict
from ..domain.windows import last_month
from ..engine.asking import asked_of_log
from ..engine.cells import month_number
from ..engine.log import EventLog
from ..engine.refusals import MissingColumn
from ..errors import LogError
from ..notice import Indicator, Notice, load_notice
from ..results.assessment import AssessRow
from ..results.words import texts_of
from ..statistics.own_past import beside_own_past
from ..statistics.reasons import Reason
from .assess import assess
from .broken_lines import BrokenLine, broken_lines
from .violations import rules_of
from .watch_before import library_version, state_of
from .watch_records import Severity, Signal, Watch

FALSE_ALARMS = 0.01  # of a run, the chance that any steady figure is told as outside its limits
ENOUGH = 30  # cases that a month's figure rests on
LEADING = "headline"  # the role of indicators whose clocks are watched, port by port
ALARM = frozenset({Verdict.NOT_MET, Verdict.VIOLATIONS})


@asked_of_log
def watch(
    log: EventLog,
    notice: Notice | str = "cn-2021-85",
    *,
    as_of: object = None,
    before: str | Path | Mapping[str, Any] | Watch | None = None,
    tariff: Tariff | None = None,
    calendar: WorkCalendar | None = None,
) -> Watch:
    """What changed since an earlier run, each change a signal with its severity, the gravest first.

    `before` is that run: its file, what it held, or the answer itself; without it this run is the
    first, says so, and only keeps what the next is compared with (`state`). Told are:

    - verdicts that turned: to "not met" or "violations" an alarm, to "worse" a warning, else a
      notice;
    - charge lines that break a rule and were not known before, by case and line, each once: a
      warning;
    - the mean of the latest whole month of each clock that leads a page, port by port, outside the
      limits of its own past: at least 12 and at most 24 earlier months of 30 cases or more, a
      prediction interval by Student's t. All figures of a run together are outside by chance in one
      of a hundred runs where nothing changed: slower is a warning, quicker a notice. A month is
      told once.
    - open cases of these clocks, all ports together, above the 95th percentile of the days of the
      year before, where a steady backlog is on one day in twenty: a warning when it begins, none
      while it lasts.

    Equal logs give equal answers: no clock is read. Raises InputError where `before` cannot be read
    or is of another log, notice, version or a later day, LogError of a log that withholds.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ["a"], "kind": ["import"]}))
    >>> first = watch(log, as_of="2022-11-30")
    >>> first.first, first.exit_code, len(watch(log, as_of="2022-12-31", before=first))
    (True, 0, 0)
    """
    if log.withhold is not None:
        what = "small cells are withheld: what changed would give single cases back"
        raise LogError(what, "watch", "ask a log that withholds nothing")
    notice = (notice if isinstance(notice, Notice) else load_notice(notice)).suited(log)
    when = AsOf.of(as_of, log.timezone)
    known = state_of(before, log, notice, when)
    mute: list[Reason] = []
    card = assess(log, notice, as_of=as_of, tariff=tariff, calendar=calendar)
    judged = {row.indicator: row for row in card if not row.companion_of}
    verdicts = {name: row.verdict.value for name, row in judged.items()}
    try:
        every = rules_of(notice, None)  # also what is only suspected: each is told by its name
        broken, rules = broken_lines(
            log, notice, when, indicator=every, tariff=tariff, calendar=calendar
        )
    except MissingColumn:
        broken, rules = [], ()
        mute.append(Reason("signal.no_charges"))
    clocks = _clocks(notice)
    figures = _figures(log, clocks, when, calendar)
    if figures is None:
        mute.append(Reason("signal.no_clock"))
    outside = list(_outside(figures or [], when))
    outside += _backlogs(log, clocks, when)
    state = {
        "verdicts": verdicts,
        "outside": sorted(one.key for one in outside),
        "lines": sorted([line.case_id or "", line.line_id] for line in broken),
    }
    found: list[Signal] = []
    if known is not None:
        found += _turned(known["verdicts"], judged, notice)
        found += _new_lines(known["lines"], broken, {rule.indicator: rule.names for rule in rules})
        found += [one for one in outside if one.key not in set(known["outside"])]
    found.sort(key=lambda one: (-one.severity, one.kind, one.key))
    return Watch(
        rows=tuple(found),
        as_of=when.text,
        log=log.name,
        notice=notice.id,
        number=notice.number,
        since=None if known is None else known["as_of"],
        state=state,
        watched=len(figures or []),
        sha256=notice.sha256,
        release=library_version(),
        _remarks=tuple(mute),
    )


def _turned(
    before: Mapping[str, str], now: Mapping[str, AssessRow], notice: Notice
) -> Iterator[Signal]:
    """The verdicts that are not as they were, of indicators that were there before."""
    known = {verdict.value: verdict for verdict in Verdict}
    for name, row in now.items():
        was, verdict = known.get(before.get(name, row.verdict.value)), row.verdict
        if was is None or was is verdict:
            continue
        called: Any = _name(notice.indicator(name))
        if row.kind == "level" and row.due:
            called = Reason("signal.of_target", name=called, day=row.due)
        severity = Severity.ALARM if verdict in ALARM else Severity.NOTICE
        severity = Severity.WARNING if verdict is Verdict.WORSE else severity
        words = {"before": _said(was), "now": _said(verdict, row.violations)}
        yield Signal(
            kind="verdict",
            severity=severity,
            key=name,
            indicator=name,
            before=was.value,
            now=verdict.value,
            reasons=(Reason("signal.turned", name=called, **words),),
        )


def _said(verdict: Verdict, violations: int | None = None) -> Reason:
    """A verdict, of violations with how many, where that is known."""
    if verdict is Verdict.VIOLATIONS and violations is None:
        return Reason("headline.violations")
    return Reason(verdict.code, n=violations or 0)


def _new_lines(
    before: Iterable[Any], broken: Iterable[BrokenLine], names: Mapping[str, Mapping[str, str]]
) -> Iterator[Signal]:
    """The lines that were not known to break a rule, by the first rule that each breaks."""
    known = {tuple(pair) for pair in before}
    new: dict[str, list[BrokenLine]] = defaultdict(list)
    for line in broken:
        if (line.case_id or "", line.line_id) not in known:
            new[line.rules[0]].append(line)
    for rule, lines in new.items():
        told = tuple((line.case_id or "", line.line_id) for line in lines)
        n = Reason("violations.lines", n=len(lines))
        yield Signal(
            kind="violations",
            severity=Severity.WARNING,
            key=rule,
            indicator=rule,
            n=len(lines),
            lines=told,
            reasons=(Reason("signal.new_lines", name=dict(names[rule]), lines=n),),
        )


Figure = tuple[Indicator, str | None, dict[str, float]]


def _clocks(notice: Notice) -> list[Indicator]:
    """The indicators whose clocks lead a page, each clock once."""
    made: list[Indicator] = []
    for one in notice.indicators:
        if (
            one.status == "computed"
            and one.role == LEADING
            and getattr(one.metric, "is_time", False)
        ):
            # the same clock against several targets is one clock
            made += [] if any(one.metric == other.metric for other in made) else [one]
    return made


def _figures(
    log: EventLog, clocks: Iterable[Indicator], when: AsOf, calendar: WorkCalendar | None
) -> list[Figure] | None:
    """The monthly means of each clock, by port; None where the log has none of them."""
    by = ("port",) if "port" in log.columns else ()
    found: list[Figure] = []
    asked = 0
    for indicator in clocks:
        about: dict[str, Any] = {"as_of": when.date, "calendar": calendar, "statistics": "mean"}
        try:
            rows = measure(log, indicator.metric, by=by, period="month", **about)
        except MissingColumn:
            continue
        asked += 1
        series: dict[str | None, dict[str, float]] = defaultdict(dict)
        for row in rows:
            whole = row.period is not None and last_day(row.period) <= when.date
            if whole and row.value is not None and (row.n or 0) >= ENOUGH:
                series[dict(row.groups).get("port")][row.period] = row.value  # type: ignore[index]
        found += [(indicator, port, series[port]) for port in sorted(series, key=str)]
    return found if asked else None


def _outside(figures: list[Figure], when: AsOf) -> Iterator[Signal]:
    """The figures of the latest whole month that lie outside the limits of their own past."""
    month = last_month(when.date)
    watched = [one for one in figures if month in one[2]]
    for indicator, port, series in watched:
        past = [series[m] for m in sorted(series, key=month_number) if m < month]
        limits = beside_own_past(past, series[month], FALSE_ALARMS / len(watched))
        if not limits.outside:
            continue
        slower = limits.outside > 0
        words = {"name": _name(indicator), "port": port or "", "month": month}
        told = {"value": series[month], "low": limits.low, "high": limits.high, "n": limits.n}
        unit = Reason(f"unit.{indicator.metric.unit}")
        code = f"signal.{'slower' if slower else 'quicker'}{'_at' if port else ''}"
        yield Signal(
            kind="limits",
            severity=Severity.WARNING if slower else Severity.NOTICE,
            key=f"{indicator.id}|{port or ''}|{month}",
            indicator=indicator.id,
            port=port,
            period=month,
            value=series[month],
            low=limits.low,
            high=limits.high,
            n=limits.n,
            reasons=(Reason(code, unit=unit, **words, **told),),
        )


def _backlogs(log: EventLog, clocks: Iterable[Indicator], when: AsOf) -> Iterator[Signal]:
    """The clocks of which more cases are open than on 95 of 100 days of the year before. Not port
    by port: a steady backlog is there one day in twenty, and many of them nearly always.
    """
    for indicator in clocks:
        try:
            found = flow(log, indicator.metric, as_of=when.date, period="month")
        except MissingColumn:
            continue
        for one in found.backlogs:
            if not one.unusual:
                continue
            told = {"n": one.open, "high": one.p95, "days": one.days}
            yield Signal(
                kind="backlog",
                severity=Severity.WARNING,
                key=f"{indicator.id}|open",
                indicator=indicator.id,
                n=one.open,
                high=one.p95,
                reasons=(Reason("signal.backlog", name=_name(indicator), **told),),
            )


def _name(indicator: Indicator) -> dict[str, str]:
    """What an indicator is called, by language."""
    short, title = texts_of(indicator, "short"), texts_of(indicator, "title")
    return {lang: short[lang] or title[lang] for lang in short}
