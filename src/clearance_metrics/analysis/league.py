"""league(): groups side by side, with what can be said of their order and what cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.arguments import check_groups, check_level, check_metric, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.ends import ENOUGH
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..domain.tariff import Tariff
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.tally import tally
from ..errors import LogError
from ..results.table import LANG, Record, ResultTable, amount
from ..results.words import joined, say, statistic_word, unit_word
from ..statistics import NO_CASES, Estimate
from ..statistics.reasons import Reason
from .cases import behind
from .doubts import found_doubts
from .estimates import pooled, sample_of, unit_in
from .league_places import Asked, Entry, places
from .notes import left_out
from .withholding import check_suppression, withheld, withholding

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class LeagueRow(Record):
    """One group. `pooled` is its value drawn towards the centre of all groups, `rank` counts from
    the best.

    `p` tests the group against all other cases, `p_adjusted` allows for the number of groups. A
    group of `few` cases has no rank and no p; a withheld one has no figures at all.
    """

    label: str  # type: ignore[assignment]  # a column here; other rows word theirs from codes
    groups: tuple[tuple[str, object], ...]
    n: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    pooled: float | None = None
    pooled_low: float | None = None
    pooled_high: float | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    p: float | None = None
    p_adjusted: float | None = None
    few: bool = False
    unit: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class League(Record, ResultTable[LeagueRow]):
    """What `league` answers: the groups in order of rank, then those without one; `overall` is the
    row of all cases, `tau` the spread of true values between groups, in units.
    """

    rows: tuple[LeagueRow, ...]
    overall: LeagueRow
    metric: str
    statistic: str
    unit: str
    tau: float | None
    as_of: str
    reasons: tuple[Reason, ...] = ()
    shown = (
        "n",
        "value",
        "low",
        "high",
        "pooled",
        "rank",
        "rank_low",
        "rank_high",
        "p_adjusted",
        "few",
        "unit",
        "note",
    )

    def head(self, lang: str = LANG) -> str:
        """One line: what was asked, and the value of all groups together."""
        whole = self.overall
        told = joined(whole.reasons, lang) if whole.value is None else f"{whole.value:,.4g}"
        if whole.n is not None:
            told = say("league.whole", lang, value=told, n=whole.n)
        asked = {"metric": self.metric, "as_of": self.as_of, "whole": told}
        statistic = statistic_word(self.statistic, self.unit, lang)
        return say("league.head", lang, statistic=statistic, **asked)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.league import ranks

        unit = unit_word(self.rows[0].unit if self.rows else self.unit, lang)
        return ranks(self, lang=lang, title=title, source=source, unit=unit)

    def _headline(self, lang: str) -> str:
        """The first and the last that have a rank; whether any rank is certain."""
        ranked = [row for row in self.rows if row.rank is not None and row.value is not None]
        if len(ranked) < 2:
            return self.head(lang)
        first, last = ranked[0], ranked[-1]
        sure = sum(row.rank_low == row.rank_high for row in ranked)
        told = {"first": first.label, "last": last.label, "n": len(ranked), "sure": sure}
        values = {
            "best": amount(first.value or 0.0, first.unit, lang),
            "worst": amount(last.value or 0.0, last.unit, lang),
        }
        asked = {"statistic": statistic_word(self.statistic, self.unit, lang)}
        asked |= {"metric": self.caption(lang), "as_of": self.as_of}
        return say("headline.league", lang, **asked, **told, **values)

    def __repr__(self) -> str:
        return "\n".join(text for text in (self.head(), self.said(), str(self)) if text)


@asked_of_log
def league(
    log: EventLog,
    metric: Metric,
    *,
    by: str | Iterable[str],
    as_of: object = None,
    between: Any = None,
    statistic: str | None = None,
    best: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
    tariff: Tariff | None = None,
    suppress_below: int | None = None,
) -> League:
    """Groups side by side: value, interval, partially pooled value, rank with its interval,
    adjusted p, n. Values are in the metric's unit, shares from 0 to 1.

    `statistic`: "mean" (of a Share its share, per TEU a ratio of sums), "restricted_mean:168" or
    "within:24"; with open cases a plain mean is refused. `between` keeps cases of some days, as of
    `measure`. `best`: "low" or "high" is rank 1; by
    default low for times and charges, high for shares. Groups under 30 cases are flagged `few`:
    shown, pooled, but neither ranked nor tested. `cluster` names a column whose values belong
    together; it serves plain means. `suppress_below=k` withholds groups under k cases, and as many
    others as it takes so that totals do not give them back (one or two group columns). Snapshots
    have no values, and `note` tells of logs without their open cases, as `measure` does. Sources:
    see `statistics.leagues`. LogError for names the log does not have, CalendarError for years
    without official working days.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, league
    >>> hours = {"x": [1, 2, 3], "y": [5, 6, 7, 8] * 8, "z": [5, 6, 8, 9] * 8}
    >>> rows = [(f"{p}{i}", p, h) for p, found in hours.items() for i, h in enumerate(found)]
    >>> ids, ports, spent = zip(*rows)
    >>> events = pl.DataFrame({"case_id": ids * 2, "time": [0] * 67 + [3600 * h for h in spent],
    ...     "milestone": ["declared"] * 67 + ["customs_released"] * 67})
    >>> log = EventLog(events, pl.DataFrame({"case_id": ids, "port": ports}))
    >>> clock = Duration("declared", "customs_released")
    >>> found = league(log, clock, by="port", as_of="1970-01-03")
    >>> [(row.port, row.value, row.rank, row.rank_low, row.rank_high, row.few) for row in found]
    [('y', 6.5, 1, 1, 2, False), ('z', 7.0, 2, 1, 2, False), ('x', 2.0, None, None, None, True)]
    """
    check_metric(metric)
    by = names_of(by)
    asked = Asked(metric, _statistic(log, metric, statistic), level)
    _check(metric, by, asked.statistic, best, cluster)
    check_level(level)
    check_suppression(suppress_below, len(by))
    asked, when = asked._replace(metric=metric.on(calendar)), AsOf.of(as_of, log.timezone)
    rates, span = tariff_of(metric, tariff), Between.of(between)
    cells = tally(log, asked.metric, as_of=when, by=by, cluster=cluster, tariff=rates, between=span)
    doubts = found_doubts(log, asked.metric, cells, when, span)

    def entry_of(cell: Cell | None) -> Entry:
        if cell is None:
            return Entry(answer=NO_CASES, n=0)
        if doubts.snapshot:
            n = sample_of(asked.metric, cell).n
            return Entry(answer=Estimate.refused(*doubts.snapshot), n=n)
        return asked.entry(cell)

    entries = {cell.group: entry_of(cell) for cell in cells}
    hidden, total_hidden = withholding({g: e.n for g, e in entries.items()}, suppress_below)
    shown = {g: e for g, e in entries.items() if g not in hidden}
    found = places(asked, cells, shown, best == "high" or (best is None and asked.of_shares))
    unit = unit_in(log, metric, asked.statistic)
    why = withheld(suppress_below)

    def row(group: tuple, entry: Entry, cell: Cell | None = None) -> LeagueRow:
        groups = tuple(zip(by, group, strict=True))
        label = " / ".join("–" if v is None else str(v) for v in group) if cell else ""
        if group in hidden or (cell is None and total_hidden):
            return LeagueRow(label=label, groups=groups, unit=unit, reasons=(why,))
        few = entry.n < ENOUGH
        told = (Reason("league.few_not_ranked", fewest=ENOUGH),) if few else ()
        return LeagueRow(
            label=label,
            groups=groups,
            n=entry.n,
            value=entry.answer.value,
            low=entry.answer.low,
            high=entry.answer.high,
            **found.by_group.get(group, {}),
            few=few,
            unit=unit,
            reasons=(*entry.answer.reasons, *told, *(left_out(cell) if cell else ())),
        )

    rows = [row(cell.group, entries[cell.group], cell) for cell in cells]
    rows.sort(key=lambda r: (r.rank is None, r.rank or 0, r.value is None, r.label))
    answer = League(
        rows=tuple(rows),
        overall=row((None,) * len(by), entry_of(pooled(cells))),
        metric=metric.name,
        statistic=str(asked.statistic),
        unit=unit_in(log, metric),
        tau=found.tau,
        as_of=when.text,
        reasons=(*doubts.warning, *found.reasons),
    )
    if suppress_below is None:
        behind(answer, log, asked.metric, as_of=when, between=span, tariff=rates)
    return answer


def _statistic(log: EventLog, metric: Metric, asked: str | None) -> Statistic:
    """What is asked; LogError for what makes no league."""
    # what is no metric of cases has no such field
    if getattr(metric, "distinct", metric) is not None:
        what = f"{metric!r} has no groups of cases"
        raise LogError(what, "league", "give a Duration, a Fee, or a Share of cases")
    found = Statistic.parse(asked or ("share" if metric.is_share else "mean"))
    good = found.kind == "mean" or (found.kind == "share" and metric.is_share)
    if metric.is_time and found.kind in ("within", "restricted_mean"):
        good = found.limit is not None
    if not good:
        remedy = 'write "mean", or for times "restricted_mean:168" or "within:24"'
        raise LogError(f"{asked!r} of {metric.name} makes no league", "statistic", remedy)
    return found.cut(metric.is_time and log.is_signed(metric))


def _check(
    metric: Metric, by: tuple[str, ...], statistic: Statistic, best: object, cluster: object
) -> None:
    if not by:
        raise LogError("a league needs group columns", "by", 'write by="port"')
    check_groups(by, reserved=LeagueRow.own_names())
    if best not in (None, "low", "high"):
        raise LogError(f"best={best!r} is not known", "best", 'write best="low" or "high"')
    plain = statistic.kind == "mean" and not (metric.is_share or metric.is_ratio)
    if cluster and not plain:
        what = f"cluster={cluster!r} serves the league of a plain mean"
        raise LogError(what, "cluster", 'statistic="mean"')


__all__ = ["League", "LeagueRow", "league"]
