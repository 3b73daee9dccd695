"""populations(): of each month the cases finished in it, those still open at its end, and those
that began in it, side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import statistics as st
from ..domain.arguments import check_groups, check_level, check_limit, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between, last_day
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED, OPEN
from ..domain.metrics import Condition
from ..engine.asking import asked_of_log
from ..engine.cells import PERIODS, Cell, cells_of, check_period, period_name, period_number
from ..engine.log import EventLog
from ..engine.tally import check
from ..engine.waiting import BEGUN, FINISHED, STILL, cases_in_time
from ..engine.waiting import populations as counted_populations
from ..errors import LogError
from ..statistics.reasons import Reason
from .doubts import found_doubts
from .estimates import sample_of
from .notes import left_out
from .populations_records import KINDS, PopulationRow, Populations
from .waiting import asked_clock, with_reasons

PERCENTILES = {"median": 0.5, "p90": 0.9, "p95": 0.95}
LATEST = {"month": 12, "quarter": 4, "year": 3}  # periods, where none are asked for


@asked_of_log
def populations(
    log: EventLog,
    clock: Any,
    *,
    as_of: object = None,
    period: str | None = None,
    between: Any = None,
    target: float | None = None,
    by: str | Iterable[str] = (),
    where: Condition | None = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Populations:
    """The cases of each period in three ways: finished in it, still open at its end, begun in it;
    of each n, median, P90, P95 and, with a `target` in units of the clock, the share within it.

    Three populations answer three questions: how long those took that are done, how long those have
    waited that are not, and how long it takes one who begins. Of open cases values are ages at the
    end of the period and no durations. Those begun are told as of the day of the answer, by
    Kaplan-Meier while some are open: a percentile that is not reached yet has no value, and the
    reason says beyond what it lies. Periods ("month", as None stands for, "quarter", "year") are
    those that are over, `between` as of `measure`, or else the latest year (three years). Cases
    that leave by another end (as of `flow`) are open no longer; they are none of those finished,
    and are counted beside. Source: the three populations of referral-to-treatment statistics
    (completed, incomplete, new). LogError for a clock that pauses, has an allowance or a late
    start, CalendarError for years without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, populations
    >>> events = pl.DataFrame({"case_id": ["a", "b", "a"], "time": [0, 0, 7200],
    ...     "milestone": ["declared", "declared", "customs_released"]})
    >>> clock = Duration("declared", "customs_released")
    >>> found = populations(EventLog(events), clock, as_of="1970-01-31", between=("1970-01",) * 2)
    >>> [(r.population, r.n, r.value) for r in found if r.statistic == "median"]
    [('finished', 1, 2.0), ('open', 1, 743.9997222222222), ('begun', 2, 2.0)]
    """
    by = names_of(by)
    check_groups(by, reserved=PopulationRow.own_names())
    check_period(period)
    check_level(level)
    period = period or "month"
    asked, told = asked_clock(log, clock, where, calendar)
    if target is not None:
        check_limit(target, "target", signed=bool(asked.signed))
    if asked.pause or asked.allowance or asked.log_starts:
        what = "ages of a clock that pauses, has an allowance or a late start are not told"
        raise LogError(what, "clock", "leave these out of the clock")
    when = AsOf.of(as_of, log.timezone)
    names = _names(period, Between.of(between), when)
    rows = cases_in_time(log, asked, as_of=when, by=by)
    about: dict[str, Any] = {"as_of": when, "period": period, "names": names}
    table = log.rows_of(counted_populations(log, asked, rows, **about))
    check(asked, table)
    cells = {(*c.group, c.period): c for c in cells_of(table, len(by) + 1, period)}
    groups = dict.fromkeys(key[: len(by)] for key in cells)
    made: list[PopulationRow] = []
    for key in groups:
        for name in names:
            for kind in KINDS:
                cell = cells.get((*key, kind, name))
                sample = st.Sample.of([], [], []) if cell is None else sample_of(asked, cell)
                of: dict[str, Any] = {"groups": tuple(zip(by, key, strict=True))}
                of |= {"period": name, "population": kind, "unit": asked.unit_of()}
                made += _rows(sample, kind, target, level, **of)
    everything: Any = tuple(cells)
    doubts = found_doubts(log, asked, everything, when, Between(None, when.date))
    out = [why for key, cell in cells.items() if key[len(by)] == BEGUN for why in left_out(cell)]
    remarks = (Reason("waiting.what_populations"),) * bool(made)
    remarks += _otherwise(cells, len(by))
    remarks += _longest(cells.values(), len(by), names[-1])
    remarks += with_reasons((*doubts.snapshot, *doubts.warning, *_summed(out)))
    found = Populations(
        rows=tuple(made),
        as_of=when.text,
        metric=asked.name,
        unit=asked.unit_of(),
        target=target,
    )
    return found._with(_remarks=remarks, **told)


def _otherwise(cells: Mapping[tuple, Cell], kind: int) -> tuple[Reason, ...]:
    """How many cases left in these periods by another end than the stop."""
    left = (c for key, c in cells.items() if key[kind] == FINISHED)
    n = sum(int(c.n[c.end > ENDED].sum()) for c in left)
    return (Reason("waiting.left_otherwise", n=n),) if n else ()


def _longest(cells: Iterable[Cell], kind: int, last: str) -> tuple[Reason, ...]:
    """How many were open at the end of the last period for longer than any case took that finished
    in these periods.
    """
    found: dict[str, list[Cell]] = {name: [] for name in KINDS}
    for cell in cells:
        found[str(cell.group[kind])].append(cell)
    done = (int(c.value[c.end == ENDED].max(initial=-1)) for c in found[FINISHED])
    longest = max(done, default=-1)
    still = (c for c in found[STILL] if c.period == last)
    n = sum(int(c.n[(c.end == OPEN) & (c.value > longest)].sum()) for c in still)
    return (Reason("waiting.longer_than_any", n=n),) if n and longest >= 0 else ()


def _summed(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """What was left out of all periods together, by cause."""
    counts: dict[tuple, int] = {}
    for why in reasons:
        key = (why.code, *sorted((k, v) for k, v in why.facts.items() if k != "n"))
        counts[key] = counts.get(key, 0) + why.facts["n"]
    return tuple(Reason(code, n=n, **dict(facts)) for (code, *facts), n in counts.items())


def _names(period: str, span: Between | None, when: AsOf) -> list[str]:
    """The periods that are asked for and over on the day, in order."""
    day = when.date
    last = period_number(_of_day(day, period), period)
    if last_day(str(period_name(last, period))) > day:
        last -= 1
    first = last - LATEST[period] + 1
    if span is not None:
        if span.last is not None:
            last = min(last, period_number(_of_day(span.last, period), period))
        if span.first is None:
            what = "between leaves its first day open"
            raise LogError(what, "between", 'write between=("2022-01", None)')
        first = period_number(_of_day(span.first, period), period)
    if first > last:
        what = f"no {period} of these is over on {day}"
        raise LogError(what, "between", "name earlier ones")
    return [str(period_name(number, period)) for number in range(max(first, 0), last + 1)]


def _of_day(day: Any, period: str) -> str:
    if period == "year":
        return f"{day.year}"
    months = PERIODS[period]
    part = (day.month - 1) // months + 1
    return f"{day.year}-Q{part}" if period == "quarter" else f"{day.year}-{part:02}"


def _rows(
    sample: st.Sample, kind: str, target: float | None, level: float, **told: Any
) -> Iterable[PopulationRow]:
    """The statistics of one population."""
    n, n_open = sample.n, sample.n_open
    seen = sample
    if kind == STILL:
        # ages are taken as they are: nothing of them is censored
        seen = st.Sample.of(sample.values, [1] * len(sample.values), sample.open, sample.scale)
    elif kind == FINISHED and n:
        seen = st.Sample.of(sample.values, [1] * len(sample.values), sample.ended, sample.scale)
        n = seen.n  # what left in another way is no case of these figures
    for name, p in PERCENTILES.items():
        yield _row(name, _percentile(seen, p, level), n, n_open, **told)
    if target is not None:
        share = st.share_within(seen, target, level)
        yield _row(f"within:{target:g}", share, n, n_open, **told)


def _percentile(sample: st.Sample, p: float, level: float) -> st.Estimate:
    found = st.quantile(sample, p, level)
    if found.value is not None or not sample.n:
        return found
    # nobody was watched for longer
    beyond = Reason("waiting.greater", value=float(sample.units[-1]))
    return st.Estimate(None, found.low, None, (beyond, *found.reasons))


def _row(name: str, found: st.Estimate, n: int, n_open: int, **told: Any) -> PopulationRow:
    return PopulationRow(
        statistic=name,
        value=found.value,
        low=found.low,
        high=found.high,
        n=n,
        n_open=n_open,
        reasons=found.reasons,
        **told,
    )


__all__ = ["PopulationRow", "Populations", "populations"]
