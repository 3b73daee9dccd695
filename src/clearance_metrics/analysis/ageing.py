"""ageing(): open cases by age, beside the percentiles of those that finished lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ..domain.arguments import check_groups, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENDED, OPEN
from ..domain.metrics import Condition, Duration
from ..engine.asking import asked_of_log
from ..engine.behind import in_group
from ..engine.cells import Cell, cells_of
from ..engine.log import EventLog
from ..engine.query import Query
from ..engine.refusals import MissingColumn
from ..engine.tally import check
from ..engine.waiting import STAGE, ages, cases_in_time
from ..errors import LogError, NothingToShow
from ..results.display import NONE, Display, head_word
from ..results.table import LANG, Record
from ..results.wording import capital
from ..results.words import figure, say, unit_word
from ..statistics.ageing import CUTS, FEWEST, bands, exact_percentile
from ..statistics.reasons import Reason
from .cases import Cases, cases_waiting
from .doubts import found_doubts
from .gap_to_target import inner_of
from .parts import percent
from .waiting import Groups, OfWaiting, asked_clock, with_reasons

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# the youngest first
BANDS = ("below_median", "median_to_p75", "p75_to_p90", "p90_to_p95", "over_p95")
ALL = "all"  # where too few are finished to tell one age from another
BARS = 40  # of one picture


@dataclass(frozen=True, kw_only=True)
class AgeingRow(Record):
    """The open cases of one group in one band: older than `above`, at most `at_most` (in units;
    None where the band has no such end).

    `share`: of the `n_open` cases of the group that are open; `oldest`: the largest age in the
    band; `n_finished`: the finished cases whose percentiles part the bands.
    """

    groups: Groups
    band: str
    above: float | None
    at_most: float | None
    n: int
    share: float | None
    oldest: float | None
    n_open: int
    n_finished: int
    unit: str
    reasons: tuple[Reason, ...] = ()
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The band in words."""
        return say(f"waiting.{self.band}", lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class Ageing(OfWaiting[AgeingRow]):
    """What `ageing` answers: of each group the bands, the oldest first, so that `.cases()` lists
    the cases that have waited longest. `past`: the first and last day of the finished cases.
    """

    rows: tuple[AgeingRow, ...]
    as_of: str
    metric: str
    unit: str
    past: str
    shown = ("band", "n", "share", "oldest", "n_open", "n_finished", "unit")
    empty = "waiting.none_open"

    _doubted: tuple[Reason, ...] = ()  # why its open cases seem to be missing

    def cases(self, row: Any = 0, **asked: Any) -> Any:
        """The open cases of a band, the oldest first, as of `ResultTable.cases`: without a row
        those of the oldest band that has any. NothingToShow where no case is open.
        """
        if not self.rows:
            none = NothingToShow("no case is open", "cases", "look at what is finished")
            raise none.found(capital(self._headline(self.lang)))
        first = next((i for i, one in enumerate(self.rows) if one.n), 0)
        return super().cases(first if row == 0 and isinstance(row, int) else row, **asked)

    def _together(self) -> dict[Groups, list[AgeingRow]]:
        found: dict[Groups, list[AgeingRow]] = {}
        for row in self.rows:
            found.setdefault(row.groups, []).append(row)
        return found

    def _headline(self, lang: str) -> str:
        about = self._caption(lang)
        told: dict[str, Any]
        together = self._together()
        n = sum(rows[0].n_open for rows in together.values())
        if not n:
            told = {"about": about, "why": self._doubted}
            return say(f"waiting.headline_{'unsure' if self._doubted else 'none'}", lang, **told)
        late = [row for row in self.rows if row.band == BANDS[-1]]
        if not late:
            return say("waiting.headline_few", lang, about=about, n=n)
        told = {"about": about, "n": n, "late": sum(row.n for row in late)}
        told["share"] = told["late"] / n
        if len(together) == 1:
            told |= {"limit": late[0].above, "unit": self._unit(lang)}
            return say("waiting.headline", lang, **told)
        most = max(late, key=lambda row: (row.n, row.n_open))
        if not most.n:
            return say("waiting.headline_no_late", lang, **told)
        told |= {"group": self._group(most.groups, lang), "most": most.n}
        return say("waiting.headline_groups", lang, **told)

    def _range(self, row: AgeingRow, lang: str) -> str:
        unit = self._unit(lang)
        if row.above is None and row.at_most is None:
            return ""
        if row.at_most is None:
            return say("waiting.over", lang, low=row.above, unit=unit)
        if row.above is None:
            return say("waiting.up_to", lang, high=row.at_most, unit=unit)
        return say("waiting.between", lang, low=row.above, high=row.at_most, unit=unit)

    def _told(self, row: AgeingRow, lang: str) -> str:
        """A band with its limits."""
        limits, band = self._range(row, lang), row.label(lang)
        return say("parts.of_cases", lang, about=band, cases=limits) if limits else band

    def _table(self, lang: str) -> Display:
        together = self._together()
        if not together:
            return Display((say(self.empty, lang),), ())
        several = len(together) > 1 or bool(self.rows[0].groups)
        unit = unit_word(self.unit, lang)
        asked = self.asked(lang)
        oldest = say("waiting.oldest", lang, unit=unit)
        if not several:
            heads = [say(f"waiting.{c}", lang) for c in ("band", "limits")]
            heads += [say("waiting.open_cases", lang), head_word("share", lang), oldest]
            single = [
                (row.label(lang), self._range(row, lang), *self._counted(row, lang))
                for row in self.rows
            ]
            return Display(heads, single, caption=asked, numbers=range(2, 5))
        groups = [name for name, _ in self.rows[0].groups]
        known = [b for b in (*reversed(BANDS), ALL) if any(r.band == b for r in self.rows)]
        heads = [head_word(name, lang) for name in groups] + [say("waiting.open_cases", lang)]
        heads += [say(f"waiting.{band}", lang) for band in known] + [oldest]
        cells = []
        for key, rows in together.items():
            by_band = {row.band: row for row in rows}
            told = [self.group_word(column, value, lang) for column, value in key]
            told.append(figure(rows[0].n_open, 0, lang))
            for band in known:
                row = by_band.get(band)
                told.append(NONE if row is None else figure(row.n, 0, lang))
            ages_ = [row.oldest for row in rows if row.oldest is not None]
            told.append(figure(max(ages_), self._places(), lang) if ages_ else NONE)
            cells.append(tuple(told))
        return Display(heads, cells, caption=asked, numbers=range(len(groups), len(heads)))

    def _counted(self, row: AgeingRow, lang: str) -> tuple[str, str, str]:
        share = NONE if row.share is None else percent(row.share, lang)
        oldest = NONE if row.oldest is None else figure(row.oldest, self._places(), lang)
        return figure(row.n, 0, lang), share, oldest

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.groups import bars, stacked

        together = self._together()
        if not any(row.n for row in self.rows):
            raise NothingToShow("there is nothing to draw", "chart", "no case is open")
        if len(together) > BARS:
            what = f"{len(together)} bars do not fit one picture"
            raise NothingToShow(what, "chart", "ask for fewer groups")
        unit = say("waiting.open_cases", lang)
        if len(together) == 1:
            told = [{"label": self._told(row, lang), "value": row.n} for row in self.rows]
            return bars(told, title=title, source=source, unit=unit)
        parts = {
            self._group(key, lang): [(r.label(lang), float(r.n)) for r in reversed(rows)]
            for key, rows in together.items()
        }
        return stacked(parts, title=title, source=source, unit=unit, digits=0)

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"


@asked_of_log
def ageing(
    log: EventLog,
    clock: Any,
    *,
    as_of: object = None,
    by: str | Iterable[str] = (),
    where: Condition | None = None,
    window: Any = None,
    calendar: WorkCalendar | None = None,
) -> Ageing:
    """The cases open at the end of the day `as_of` by age, in bands that are parted by the median
    and the 75th, 90th and 95th percentile of the cases that reached the stop within `window`.

    `clock`: a Duration, its name, or an indicator. `window`: first and last day, as `between` of
    `measure`; by default the latest twelve whole months. `by`: columns, each group beside its own
    finished cases, and "stage": how far an open case has come on the official way between the
    clock's ends, beside the finished cases of all stages. Ages and percentiles are whole numbers
    of the clock's resolution, percentiles of type 7 exactly; an age that equals one lies below it.
    A group with fewer than 20 finished cases has one band. An age is no duration: the case goes
    on. `.cases(row)` lists the open cases of a band, the oldest first. LogError for names that the
    log does not have and for stages of a clock without inner milestones, CalendarError for years
    without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, ageing
    >>> done = [str(i) for i in range(21)]
    >>> events = pl.DataFrame({"case_id": [*done, *done, "x"],
    ...     "milestone": ["declared"] * 21 + ["customs_released"] * 21 + ["declared"],
    ...     "time": [0] * 21 + [3600 * i for i in range(21)] + [0]})
    >>> found = ageing(EventLog(events), Duration("declared", "customs_released"),
    ...     as_of="1970-01-01", window=("1970-01-01", "1970-01-01"))
    >>> [(row.band, row.above, row.n) for row in found][:2]
    [('over_p95', 19.0, 1), ('p90_to_p95', 18.0, 0)]
    """
    by = names_of(by)
    check_groups(by, reserved=AgeingRow.own_names())
    asked, told = asked_clock(log, clock, where, calendar)
    when = AsOf.of(as_of, log.timezone)
    span = Between.of(log.latest_year(when.date) if window is None else window)
    if span is None or span.first is None or span.last is None:
        what = f"window={window!r} leaves an end open"
        raise LogError(what, "window", 'write window=("2022-01", "2022-12")')
    chain = _chain(log, asked) if STAGE in by else ()
    rows = cases_in_time(log, asked, as_of=when, by=by, chain=chain)
    table = log.rows_of(ages(rows, (span.first, span.last)))
    check(asked, table)
    cells = cells_of(table, len(by))
    made, cuts = _rows(cells, by, asked)
    if STAGE in by:  # in the order in which a case passes them
        places = {f"{a}..{b}": i for i, (a, b) in enumerate(zip(chain, chain[1:], strict=False))}
        made.sort(key=lambda row: places.get(str(dict(row.groups)[STAGE]), 0))
    doubts = found_doubts(log, asked, cells, when, Between(None, when.date))
    remarks = (Reason("waiting.past", first=str(span.first), last=str(span.last)),)
    remarks += (Reason("waiting.ages"),)
    # where no case is open, the finding itself says it
    remarks += with_reasons((*doubts.snapshot, *(doubts.warning if made else ())))
    remarks += (Reason("waiting.own_past"),) * any(column != STAGE for column in by)
    remarks += _few(made) + _longest(cells)
    found = Ageing(
        rows=tuple(made),
        as_of=when.text,
        metric=asked.name,
        unit=asked.unit_of(),
        past=str(span),
    )
    listing = partial(_cases, log, asked, rows, cuts, when)
    return found._with(_remarks=remarks, _behind=listing, _doubted=doubts.warning, **told)


def _chain(log: EventLog, clock: Duration) -> tuple[str, ...]:
    """The milestones of the official way between the clock's ends, as far as the log has them;
    MissingColumn where it has none of them.
    """
    inner = inner_of(clock, log.vocabulary.milestones)  # LogError of a clock that has none
    for end in (clock.start, clock.stop):
        if end not in log.milestones:
            raise MissingColumn(end, log)
    there = [milestone for milestone in inner if milestone in log.milestones]
    if not there:
        raise MissingColumn(inner[-1], log)
    return (clock.start, *there, clock.stop)


def _longest(cells: Iterable[Cell]) -> tuple[Reason, ...]:
    """How many have been open longer than any case took that finished."""
    kept = list(cells)
    longest = max((int(c.value[c.end == ENDED].max(initial=-1)) for c in kept), default=-1)
    n = sum(int(c.n[(c.end == OPEN) & (c.value > longest)].sum()) for c in kept)
    return (Reason("waiting.longer_than_any", n=n),) if n and longest >= 0 else ()


def _few(rows: list[AgeingRow]) -> tuple[Reason, ...]:
    few = {row.groups for row in rows if row.band == ALL}
    return (Reason("waiting.few_finished", n=len(few), fewest=FEWEST),) if few else ()


def _rows(
    cells: Iterable[Cell], by: tuple[str, ...], clock: Duration
) -> tuple[list[AgeingRow], dict[Groups, tuple[int, ...]]]:
    """The bands of each group that has an open case, and the cuts by which they are parted."""
    finished: dict[tuple, dict[int, int]] = {}
    kept = list(cells)
    for cell in kept:
        counts = finished.setdefault(_yardstick(cell.group, by), {})
        done = cell.end == ENDED
        for age, n in zip(cell.value[done].tolist(), cell.n[done].tolist(), strict=True):
            counts[age] = counts.get(age, 0) + n
    limits = {key: _cuts(counts) for key, counts in finished.items()}
    rows, cuts = [], {}
    for cell in kept:
        still = cell.end == OPEN
        n_open = int(cell.n[still].sum())
        if not n_open:
            continue
        key = _yardstick(cell.group, by)
        groups = tuple(zip(by, cell.group, strict=True))
        cuts[groups] = limits[key]
        told: dict[str, Any] = {"groups": groups, "n_open": n_open, "unit": clock.unit_of()}
        told["n_finished"] = sum(finished[key].values())
        found = bands(cell.value[still], cell.n[still], limits[key])
        names = BANDS if limits[key] else (ALL,)
        for name, band in reversed(list(zip(names, found, strict=True))):
            low, high = (
                None if cut is None else cut / 100 / clock.scale for cut in (band.low, band.high)
            )
            oldest = None if band.oldest is None else band.oldest / clock.scale
            more: dict[str, Any] = {"above": low, "at_most": high, "oldest": oldest}
            more["reasons"] = (Reason("waiting.few", fewest=FEWEST),) if name == ALL else ()
            rows.append(AgeingRow(band=name, n=band.n, share=band.n / n_open, **told, **more))
    return rows, cuts


def _yardstick(group: tuple, by: tuple[str, ...]) -> tuple:
    """The finished cases that a group stands beside: a finished case is in no stage."""
    return tuple(value for column, value in zip(by, group, strict=True) if column != STAGE)


def _cuts(counts: dict[int, int]) -> tuple[int, ...]:
    if sum(counts.values()) < FEWEST:
        return ()
    values = sorted(counts)
    numbers = [counts[value] for value in values]
    return tuple(exact_percentile(values, numbers, percent) for percent in CUTS)


def _cases(
    log: EventLog,
    clock: Duration,
    rows: Query,
    cuts: dict[Groups, tuple[int, ...]],
    when: AsOf,
    row: AgeingRow,
    **asked: Any,
) -> Cases:
    """The open cases of a band, the oldest first."""
    tests = [f'"end" = {OPEN}', *in_group(row.groups, (None, None))]
    if row.band != ALL:
        ends = [None, *cuts[row.groups], None]
        place = BANDS.index(row.band)
        low, high = ends[place], ends[place + 1]
        tests += [] if low is None else [f"value * 100 > {low}"]
        tests += [] if high is None else [f"value * 100 <= {high}"]
    return cases_waiting(log, clock, row, rows, tests, as_of=when, **asked)


__all__ = ["Ageing", "AgeingRow", "ageing"]
