"""Why one office says hours and another days: four clocks on the same cases, every shipment or
every firm counting once, and the way from the shortest to the longest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..domain.arguments import check_level
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.metrics import CLEARED, FIRM, FORMAL, Condition, check_condition
from ..domain.metrics.base import one_of
from ..engine.asking import asked_of_log
from ..engine.log import EventLog
from ..engine.reconciled import (
    AGENCY_AFTER,
    BACKWARDS,
    ISSUED_AFTER,
    LACKS,
    NOT_ISSUED,
    OUTSIDE,
    RECORDED,
    USED,
    Ends,
    sums_by_firm,
)
from ..notice.published import citable
from ..statistics.firms import firm_weighted
from ..statistics.moments import mean_of_sums
from ..statistics.reasons import Reason
from ..statistics.sample import Estimate
from .reconcile_records import (
    FIRMS,
    LEVEL,
    SHIPMENTS,
    STEP,
    UNITS,
    ClockRow,
    LadderStep,
    Reconciled,
    Reference,
)

HOUR, DAY = 3600, 86400
RELEASED = CLEARED[0]
ARRIVAL = {"import": ("conveyance_arrived", "gate_out"), "export": ("gate_in", "departed")}
SIDES = tuple(ARRIVAL)
ISSUED = "licence_issued"  # which ends no clock: a certificate is issued before it is needed
SCALES = {"hours": HOUR, "days": DAY, "working_days": 1}


@asked_of_log
def reconcile(
    log: EventLog,
    direction: str,
    *,
    as_of: object = None,
    calendar: WorkCalendar | None = None,
    where: Condition | None = None,
    between: Any = None,
    level: float = 0.95,
) -> Reconciled:
    """Four clocks of "import" or "export" on the same cases: customs only (declared to released),
    overall (arrival to release), port release (arrival to gate-out or departure), and all agencies
    with preparation (the first formal step, a certificate applied for or the declaration, to the
    last of customs' release and other agencies' clearance).

    Each is a mean in hours, in days of 24 hours, and in working days (the start's day is day 0), of
    shipments and of firms (column enterprise: the mean of each firm's own mean, from six firms on),
    with t intervals. Only cases with every milestone count; the others are counted by the milestone
    that they lack. `between`: first and last day of release. `.steps` lead from the shortest to the
    longest mean and sum exactly; published figures of other definitions stand beside as reference.
    Where no certificate and no other agency is recorded, the clock of all agencies is no rung.
    `agency_after` cases were cleared by another agency after customs, which the first two clocks do
    not show; `issued_after` ones got a certificate after all clocks had stopped, and `not_issued`
    ones applied for one whose issue is not recorded: these lie outside every clock.
    LogError for another direction, MissingColumn for a milestone that the log lacks, and for
    `kind`, which says which cases are imports. Source: World Bank, Business Ready methodology
    handbook (2026), International Trade: firm as unit.

    >>> import polars as pl
    >>> marks = {"conveyance_arrived": 0, "declared": 4, "customs_released": 6, "gate_out": 9}
    >>> events = pl.DataFrame({"case_id": ["a"] * 4, "milestone": list(marks),
    ...     "time": [3600 * hour for hour in marks.values()]})
    >>> cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    >>> found = reconcile(EventLog(events, cases), "import", as_of="1970-01-02")
    >>> [(rung.kind, rung.value) for rung in found.steps]
    [('level', 2.0), ('step', 4.0), ('level', 6.0), ('step', 3.0), ('level', 9.0)]
    """
    one_of("direction", direction, SIDES)
    check_level(level)
    when = AsOf.of(as_of, log.timezone)
    where = check_condition(where, "where of reconcile")
    where = {"kind": direction, **where}
    clocks = _clocks(log, direction)
    firm = FIRM if FIRM in log.columns else None
    asked = sums_by_firm(
        log,
        clocks,
        as_of=when,
        where=where,
        dated_by=RELEASED,
        firm=firm,
        calendar=calendar or "CN",
        between=Between.of(between),
        beside=(ISSUED,) if ISSUED in log.milestones else (),
    )
    told = log.rows_of(asked).to_pylist()
    return _gathered(told, clocks, direction, firm, str(as_of), level)


def _clocks(log: EventLog, direction: str) -> tuple[Ends, ...]:
    """The four clocks, of the milestones that the log has."""
    there, out = ARRIVAL[direction]
    formal = tuple(m for m in FORMAL if m == FORMAL[0] or m in log.milestones)
    cleared = tuple(m for m in CLEARED if m == RELEASED or m in log.milestones)
    return (
        Ends("customs_only", FORMAL[:1], (RELEASED,)),
        Ends("overall", (there,), (RELEASED,), signed=True),
        Ends("port_release", (there,), (out,)),
        Ends("all_agencies", formal, cleared),
    )


def _gathered(
    told: list[dict],
    clocks: Sequence[Ends],
    direction: str,
    firm: str | None,
    as_of: str,
    level: float,
) -> Reconciled:
    sums = {
        clock.name: [r for r in told if (r["state"], r["what"]) == (USED, clock.name)]
        for clock in clocks
    }
    rows = [
        row
        for clock in clocks
        for weighting in (SHIPMENTS, FIRMS)
        for row in _rows(clock.name, weighting, sums[clock.name], firm, level)
    ]
    first = sums[clocks[0].name]
    cases = sum(row["n"] for row in first)
    found = {clock.name: _whole(sums[clock.name]) for clock in clocks}
    lacking = {r["what"]: r["n"] for r in told if r["state"] == LACKS}
    same = ("seconds", "begun", "done")
    outside = {r["what"]: r["n"] for r in told if r["state"] == OUTSIDE}
    recorded = outside.get(RECORDED, 0)
    alike = all(found["all_agencies"][c] == found["customs_only"][c] for c in same) and not recorded
    told_apart = clocks[:-1] if alike else clocks
    steps = _steps(told_apart, found, rows) if cases else ()
    return Reconciled(
        rows=tuple(rows),
        as_of=as_of,
        direction=direction,
        used=cases,
        steps=steps,
        missing=tuple((m, lacking[m]) for m in _needed(clocks) if lacking.get(m)),
        backwards=sum(r["n"] for r in told if r["state"] == BACKWARDS),
        agency_after=outside.get(AGENCY_AFTER, 0),
        issued_after=outside.get(ISSUED_AFTER, 0),
        not_issued=outside.get(NOT_ISSUED, 0),
        no_firm=sum(r["n"] for r in first if r["firm"] is None) if firm else 0,
        ends=tuple((clock.name, clock.starts, clock.stops) for clock in clocks),
        references=references_of(direction),
        alike=alike,
    )


def _needed(clocks: Sequence[Ends]) -> tuple[str, ...]:
    """The milestones that a case must have."""
    return tuple(dict.fromkeys(end for c in clocks for end in (c.starts[0], c.stops[0])))


def _whole(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The sums over all firms."""
    names = ("n", "seconds", "days", "begun", "done", "seconds_squared", "days_squared")
    return {name: sum(int(row[name]) for row in rows) for name in names}


def _rows(
    clock: str, weighting: str, sums: Sequence[Mapping[str, Any]], firm: str | None, level: float
) -> list[ClockRow]:
    """A clock in its three units, each with why it has no value."""
    whole = _whole(sums)
    years = [int(row["year"]) for row in sums if row["year"]]
    # in an order that no engine can change, or the last digit of a spread might hang on it
    by_firm = sorted((row for row in sums if row["firm"] is not None), key=lambda r: str(r["firm"]))
    many = len(by_firm) if firm else None
    made = []
    for unit in UNITS:
        column = "days" if unit == "working_days" else "seconds"
        if unit == "working_days" and years:
            found = Estimate.refused(Reason("reconcile.no_calendar", year=str(min(years))))
        elif weighting == SHIPMENTS:
            squares = whole[f"{column}_squared"]
            found = mean_of_sums(whole["n"], whole[column], squares, SCALES[unit], level)
        elif firm is None:
            found = Estimate.refused(Reason("reconcile.no_firms"))
        else:
            found = firm_weighted([int(r[column]) / r["n"] / SCALES[unit] for r in by_firm], level)
            if found.value is None:
                (why,) = found.reasons
                found = Estimate.refused(Reason("reconcile.few_firms", **why.facts))
        made.append(
            ClockRow(
                clock=clock,
                weighting=weighting,
                unit=unit,
                value=found.value,
                low=found.low,
                high=found.high,
                n=whole["n"] if weighting == SHIPMENTS else sum(r["n"] for r in by_firm),
                firms=many,
                reasons=found.reasons,
            )
        )
    return made


def _steps(
    clocks: Sequence[Ends], found: Mapping[str, Mapping[str, int]], rows: Sequence[ClockRow]
) -> tuple[LadderStep, ...]:
    """From the shortest clock to the longest: what an earlier start and a later stop add, and at
    the end what it changes to let each firm count once.
    """
    ordered = sorted(clocks, key=lambda clock: found[clock.name]["seconds"])
    n = found[ordered[0].name]["n"]

    def rung(kind: str, what: Reason, seconds: int) -> LadderStep:
        return LadderStep(kind=kind, what=what, value=seconds / n / HOUR, seconds=seconds)

    steps: list[LadderStep] = []
    before: Ends | None = None
    for clock in ordered:
        own = found[clock.name]
        if before is not None:
            last = found[before.name]
            moved = (("start", last["begun"] - own["begun"]), ("stop", own["done"] - last["done"]))
            for end, seconds in moved:
                if seconds:
                    ends = [_ends(which, end) for which in (before, clock)]
                    what = Reason(f"reconcile.{end}", before=ends[0], after=ends[1])
                    steps.append(rung(STEP, what, seconds))
        steps.append(rung(LEVEL, Reason(f"reconcile.{clock.name}"), own["seconds"]))
        # of two that are the same on every case the first names the ends
        before = clock if before is None or steps[-2].kind == STEP else before
    longest = ordered[-1].name
    by_firm = next(r for r in rows if (r.clock, r.weighting) == (longest, FIRMS))
    if by_firm.value is not None:
        gap = by_firm.value - steps[-1].value
        what = Reason("reconcile.each_firm")
        steps.append(LadderStep(kind=STEP, what=what, value=gap, seconds=None))
        what = Reason("reconcile.by_firm", clock=Reason(f"reconcile.{longest}"))
        steps.append(LadderStep(kind=LEVEL, what=what, value=by_firm.value, seconds=None))
    return tuple(steps)


def _ends(clock: Ends, which: str) -> Reason:
    """An end of a clock, as a step names it."""
    names = clock.starts if which == "start" else clock.stops
    if len(names) == 1:
        return Reason(f"milestone.{names[0]}")
    return Reason("reconcile.formal" if which == "start" else "reconcile.last_agency")


def references_of(direction: str, surveys: bool = False) -> tuple[Reference, ...]:
    """What firms told a survey, and (unless `surveys` alone are asked) what customs published."""
    told = [
        Reference(
            value=float(row["value"]),
            unit=row["unit"],
            period=str(row["period_label"]).replace(" to ", ".."),
            **{k: row[k] for k in ("about_zh", "about_en", "confidence", "source")},
            note_zh=row["note_zh"] or "",
            note_en=row["note"] or "",
        )
        for row in citable("surveys")
        if row["direction"] == direction
    ]
    if surveys:
        return tuple(told)
    last = [row for row in citable("national_clearance") if row[f"{direction}_hours"]][-1:]
    national = [
        Reference(
            value=float(row[f"{direction}_hours"]),
            unit="hours",
            period=str(row["period_label"]),
            about_zh="",
            about_en="",
            confidence=row["confidence"],
            source=row["source"],
            note_zh=row["note_zh"] or "",
            note_en=row["note"] or "",
        )
        for row in last
    ]
    return (*national, *told)
