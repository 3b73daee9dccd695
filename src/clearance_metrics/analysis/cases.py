"""From a figure to its cases: the slowest, the open, those past a limit, with their milestones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ..domain.arguments import check_count, check_number
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.ends import ENDED, LEFT_OUT, OPEN
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..domain.zones import zone
from ..engine.asking import listening
from ..engine.behind import WHICH, Groups, parts_behind, rows_behind, times_of
from ..engine.log import EventLog
from ..engine.query import Query
from ..errors import LogError, closest
from ..results.block import LIST, Block
from ..results.table import LANG, Record, ResultTable
from ..results.words import joined, say, term
from ..statistics.reasons import Reason
from .estimates import unit_in
from .parts import LONG_AGE

MOST = 1000  # cases of one list: a log in full is no answer to a question
PAST = "past"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One milestone of a case: its local time, as text, and the hours since the one before it."""

    milestone: str
    time: str
    hours: float | None


@dataclass(frozen=True, kw_only=True)
class CaseRow(Record):
    """One case (or charge line) behind a figure; without its identifiers where the list is for
    publication.

    `value` of an open case is its time so far. `past`: whether the value lies above the limit.
    """

    place: int
    groups: Groups
    case_id: str | None
    line_id: str | None
    state: Reason
    value: float | None
    past: bool | None
    unit: str
    steps: tuple[Step, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A flat record: the state in words, steps as a list of records."""
        told = super().to_dict()
        told["state"] = say(self.state, LANG)
        told["steps"] = [dict(vars(step)) for step in self.steps]
        return told


@dataclass(frozen=True, kw_only=True, repr=False)
class Cases(ResultTable[CaseRow]):
    """What `found.cases(row)` answers; `limit` is the value beyond which a case is past, `listed`
    how many rows were asked for at most.
    """

    rows: tuple[CaseRow, ...]
    as_of: str
    metric: str
    which: str
    limit: float | None
    listed: int
    publication: bool
    words: Any = None
    shown = ("place", "case_id", "line_id", "state", "value", "past", "unit", "steps")

    def _headline(self, lang: str) -> str:
        """How many are listed, and of what."""
        which = say(f"cases.{self.which}", lang)
        return say("cases.headline", lang, n=len(self.rows), which=which, about=self.caption(lang))

    def block(self, lang: str | None = None) -> Block:
        """As of any answer: a list to look things up in, and no finding."""
        return replace(super().block(lang), role=LIST)

    def worded(self, lang: str) -> list[dict[str, object]]:
        """The records as a table shows them: states and steps in words."""
        return [
            told | {"state": say(row.state, lang), "steps": self._way(row, lang)} | self._aged(row)
            for row, told in zip(self.rows, super().worded(lang), strict=True)
        ]

    def _aged(self, row: CaseRow) -> dict[str, object]:
        """An age of more than ten days in days, where hours are too many to read."""
        long = row.unit == "hours" and row.value is not None and row.value >= LONG_AGE
        if self.which != "open" or not long or row.value is None:
            return {}
        return {"value": row.value / 24, "unit": "days"}

    def _way(self, row: CaseRow, lang: str) -> str:
        own = getattr(self.words, "milestones", {})
        told = []
        for step in row.steps:
            word = term("milestone", step.milestone, lang, own.get(step.milestone))
            code = "cases.first" if step.hours is None else "cases.then"
            told.append(Reason(code, milestone=word, time=step.time, hours=step.hours))
        return joined(told, lang, "mark.list")

    def __repr__(self) -> str:
        return f"{self.headline()}\n{self}"


Behind = Callable[..., Cases]


def behind(
    found: ResultTable,
    log: EventLog,
    metric: Metric,
    *,
    as_of: AsOf,
    period: str | None = None,
    between: Between | None = None,
    tariff: Mapping = MappingProxyType({}),
) -> None:
    """Lets a result list the cases behind its rows: see `ResultTable.cases`."""

    def cases(row: Any, **asked: Any) -> Cases:
        kind = period if getattr(row, "period", None) else None
        about: dict[str, Any] = {"period": (kind, getattr(row, "period", None)), "between": between}
        return cases_of(log, metric, row, as_of=as_of, tariff=tariff, **about, **asked)

    object.__setattr__(found, "_behind", cases)


def cases_of(
    log: EventLog,
    metric: Metric,
    row: Any,
    *,
    as_of: AsOf,
    period: tuple[str | None, str | None],
    between: Between | None,
    tariff: Mapping,
    which: str,
    beyond: float | None,
    limit: int,
    publication: bool,
    case: str | None = None,
) -> Cases:
    """The cases behind one row, or only this `case`; LogError where they are withheld."""
    _check(row, which, beyond, limit)
    bound = _bound(row) if beyond is None else beyond
    if which == PAST and bound is None:
        raise LogError("the figure has no limit to be past", "beyond", "write beyond=48")
    above = None if which != PAST or bound is None else bound * metric.scale
    groups: Groups = getattr(row, "groups", ())
    with listening() as heard:
        rows = rows_behind(
            log,
            metric,
            as_of=as_of,
            groups=groups,
            period=period,
            between=between,
            tariff=tariff,
            which="all" if which == PAST else which,
            above=above,
            # of a share those of which the condition does not hold come first
            rising=metric.is_share,
            limit=limit,
            case=case,
        )
    return _told(
        log,
        metric,
        rows,
        groups=groups,
        heard=heard,
        as_of=as_of,
        which=which,
        bound=bound,
        limit=limit,
        publication=publication,
    )


def cases_of_part(
    log: EventLog,
    clock: Metric,
    row: Any,
    rows: Query,
    seconds: str,
    there: str,
    *,
    as_of: AsOf,
    period: str | None,
    which: str,
    beyond: float | None,
    limit: int,
    publication: bool,
) -> Cases:
    """The finished cases behind one part of a clock, `there` the test that they have it and
    `seconds` how long it took.
    """
    _check(row, which, beyond, limit)
    if which not in ("all", "finished", PAST):
        what = f"which={which!r}: parts are of finished cases"
        raise LogError(what, "which", 'write "all"')
    if which == PAST and beyond is None:
        raise LogError("the figure has no limit to be past", "beyond", "write beyond=48")
    above = [] if which != PAST else [f"{seconds} > {float(beyond or 0) * clock.scale!r}"]
    told = (period if row.period else None, row.period)
    with listening() as heard:
        found = parts_behind(
            log, rows, seconds, [there, *above], groups=row.groups, period=told, limit=limit
        )
    return _told(
        log,
        clock,
        [one | {"end": ENDED} for one in found],
        groups=row.groups,
        heard=heard,
        as_of=as_of,
        which="finished" if which == "all" else which,
        bound=beyond,
        limit=limit,
        publication=publication,
    )


def cases_waiting(
    log: EventLog,
    clock: Metric,
    row: Any,
    rows: Query,
    tests: Sequence[str],
    *,
    as_of: AsOf,
    which: str,
    beyond: float | None,
    limit: int,
    publication: bool,
) -> Cases:
    """The cases among `rows` (case_id, value, end) that pass the tests and are open, the oldest
    first; finished ones are none of these.
    """
    _check(row, which, beyond, limit)
    if which not in ("all", "open", PAST):
        raise LogError(f"which={which!r}: the rows are of open cases", "which", 'write "open"')
    if which == PAST and beyond is None:
        raise LogError("the figure has no limit to be past", "beyond", "write beyond=48")
    above = [] if which != PAST else [f"value > {float(beyond or 0) * clock.scale!r}"]
    kept, order = ["case_id", "value", "end"], ["value DESC", "case_id"]
    listed = rows.then("behind", keep=kept, where=[*tests, *above], order=order, limit=limit)
    with listening() as heard:
        found = log.rows_of(listed).to_pylist()
    about: dict[str, Any] = {"groups": row.groups, "heard": heard, "as_of": as_of, "bound": beyond}
    about |= {"which": "open" if which == "all" else which, "limit": limit}
    return _told(log, clock, found, publication=publication, **about)


def _told(
    log: EventLog,
    metric: Metric,
    rows: Sequence[Mapping[str, Any]],
    *,
    groups: Groups,
    heard: Sequence[Query],
    as_of: AsOf,
    which: str,
    bound: float | None,
    limit: int,
    publication: bool,
) -> Cases:
    """The rows of the engine as cases with their milestones."""
    times = times_of(log, (r["case_id"] for r in rows if r.get("case_id") is not None), as_of)
    unit = unit_in(log, metric)
    made = [
        CaseRow(
            place=i,
            groups=groups,
            case_id=None if publication else _text(r.get("case_id")),
            line_id=None if publication else _text(r.get("line_id")),
            state=_state(metric, log, r["end"]),
            value=None if r["end"] < OPEN else r["value"] / metric.scale,
            past=None if bound is None or r["end"] < OPEN else r["value"] > bound * metric.scale,
            unit=unit,
            steps=_steps(log, metric, times.get(r.get("case_id"), ())),
        )
        for i, r in enumerate(rows, start=1)
    ]
    found = Cases(
        rows=tuple(made),
        as_of=as_of.text,
        metric=metric.name,
        which=which,
        limit=bound,
        listed=limit,
        publication=publication,
        words=log.vocabulary,
    )
    told = getattr(metric, "label", "")
    return found._with(_asked=tuple(heard), _of_clock=told if isinstance(told, str) else "")


def _check(row: Any, which: str, beyond: object, limit: int) -> None:
    if which not in (*WHICH, PAST):
        raise LogError(f"which={which!r} is not known", "which", closest(which, (*WHICH, PAST)))
    if beyond is not None:
        check_number(beyond, "beyond")
    check_count(limit, "limit")
    if limit is None or limit > MOST:
        what = f"limit={limit!r}: a list has at most {MOST} cases"
        raise LogError(what, "limit", "narrow the question, or read the log's own files")
    codes = {reason.code for reason in getattr(row, "reasons", ())}
    if codes & {"withheld", "withheld_finished", "one_table"}:
        what = "small cells are withheld in this table: its cases would give them back"
        raise LogError(what, "cases", "ask without suppress_below, and publish neither")


def _bound(row: Any) -> float | None:
    """The limit that the figure itself is about: its target, or that of its statistic."""
    if getattr(row, "target", None) is not None:
        target: float = row.target
        return target if getattr(row, "unit", "") != "share" else _limit(row)
    return _limit(row)


def _limit(row: Any) -> float | None:
    try:
        found = Statistic.parse(getattr(row, "statistic", ""))
    except LogError:
        return None
    return (
        found.limit if found.kind in ("within", "survival", "count_above", "share_above") else None
    )


def _text(identifier: object) -> str | None:
    return None if identifier is None else str(identifier)


def _state(metric: Metric, log: EventLog, end: int) -> Reason:
    """How a case stands: open, finished, ended in another way, or why it is left out."""
    if end < OPEN:
        return Reason("cases.out", why=Reason(LEFT_OUT[end]))
    if end == OPEN:
        return Reason("cases.is_open")
    if end > ENDED:
        other = metric.other_ends[end - ENDED - 1]
        own = log.vocabulary.milestones.get(other)
        return Reason(
            "cases.ended", end={lang: term("milestone", other, lang, own) for lang in SAID}
        )
    return Reason("cases.counted" if not metric.is_time else "cases.is_finished")


SAID = ("zh", "en")


def _steps(
    log: EventLog, metric: Metric, times: Sequence[tuple[str, int, bool]]
) -> tuple[Step, ...]:
    """The case's milestones in time, of a clock those from its start to its stop."""
    if metric.is_time:
        known = {milestone: second for milestone, second, _ in times}
        ends = [known[m] for m in (metric.start, metric.stop) if m in known]
        low, high = (min(ends), max(ends)) if len(ends) == 2 else (min(ends, default=0), None)
        times = [t for t in times if low <= t[1] and (high is None or t[1] <= high)]
    there, made, before = zone(log.timezone), [], None
    for milestone, second, dated in times:
        moment = datetime.fromtimestamp(second, there)
        hours = None if before is None else (second - before) / 3600
        text = f"{moment:%Y-%m-%d}" if dated else f"{moment:%Y-%m-%d %H:%M}"
        made.append(Step(milestone=milestone, time=text, hours=hours))
        before = second
    return tuple(made)


__all__ = ["CaseRow", "Cases", "Step", "behind", "cases_of", "cases_of_part", "cases_waiting"]
