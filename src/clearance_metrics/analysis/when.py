"""when(): on which weekdays and in which hours cases begin, are declared, are released."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ..domain.arguments import brief, check_groups, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.metrics import Condition, check_condition
from ..domain.zones import EPOCH
from ..engine.asking import asked_of_log
from ..engine.hours import by_hour
from ..engine.log import EventLog
from ..engine.refusals import MissingColumn
from ..errors import LogError, NothingToShow, closest
from ..results.display import NONE, Display, head_word
from ..results.table import LANG, Record
from ..results.words import figure, joined, say
from ..statistics.evenly import CHANCE, evenly
from ..statistics.reasons import Reason
from .parts import percent, plainly
from .several import clock_of
from .waiting import Groups, OfWaiting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WEEKDAYS, HOURS = range(1, 8), range(24)
# parts of a day in a table, which has no room for each hour
SPANS = ((0, 6), (6, 9), (9, 12), (12, 14), (14, 17), (17, 24))
SIDES = ("start", "stop")


@dataclass(frozen=True, kw_only=True)
class WhenRow(Record):
    """How many cases of a group reached the milestone on a weekday (1 is Monday) in the hour that
    begins at `hour`, local time; None where only the day is known. `share` is of all of the group.
    """

    groups: Groups
    weekday: int
    hour: int | None
    n: int
    share: float
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The weekday in words."""
        return say(f"waiting.weekday_{self.weekday}", lang)


@dataclass(frozen=True, kw_only=True, repr=False)
class When(OfWaiting[WhenRow]):
    """What `when` answers: rows by group, weekday and hour, those without a case among them;
    `timed` of the `n` cases are timed to the hour. `first` and `last`: the days they lie between.
    """

    rows: tuple[WhenRow, ...]
    as_of: str
    milestone: str
    n: int
    timed: int
    first: str
    last: str
    shown = ("weekday", "hour", "n", "share")
    empty = "reason.no_cases"

    def _together(self) -> dict[Groups, list[WhenRow]]:
        found: dict[Groups, list[WhenRow]] = {}
        for row in self.rows:
            found.setdefault(row.groups, []).append(row)
        return found

    def _headline(self, lang: str) -> str:
        about = self._caption(lang)
        if not self.n:
            return say("headline.none", lang, metric=about, why=Reason(self.empty))
        if len(self._together()) > 1:
            return self._of_groups(about, lang)
        told: dict[str, Any] = {"about": about, "n": self.n}
        if not self.timed:
            most = max(self._days(self.rows).items(), key=lambda pair: pair[1])
            told |= {"weekday": Reason(f"waiting.weekday_{most[0]}"), "share": most[1] / self.n}
            told |= {"expected": self._weekdays()[most[0]] / sum(self._weekdays().values())}
            told |= {"apart": self._apart()}
            return say("waiting.when_days", lang, **told)
        top = max((row for row in self.rows if row.hour is not None), key=lambda row: row.n)
        told |= {"office": _office(self.rows)}
        told |= {"expected": self._in_office(), "apart": self._apart(top)}
        return say("waiting.when_hours", lang, **told)

    def _weekdays(self) -> dict[int, int]:
        """How many of each weekday there are from the first day to the last."""
        first, last = (date.fromisoformat(day) for day in (self.first, self.last))
        days = (last - first).days + 1
        ahead = {day: (day - first.isoweekday()) % 7 for day in WEEKDAYS}
        return {day: (days - ahead[day] + 6) // 7 for day in WEEKDAYS}

    def _in_office(self) -> float:
        """The share of all hours of these days that is usual office hours."""
        days = self._weekdays()
        return sum(days[day] for day in range(1, 6)) * 8 / (sum(days.values()) * 24)

    def evenness(self) -> tuple[str, float | None]:
        """What a chi-square test against cases that come at all hours of these days alike was made
        on ("hour" of the week, or "weekday" where hours are not known or have too few cases), and
        its p value; None where even weekdays have too few.
        """
        days = self._weekdays()
        if self.timed == self.n and self.n:
            cells = dict.fromkeys(((day, hour) for day in WEEKDAYS for hour in HOURS), 0)
            for row in self.rows:
                if row.hour is not None:
                    cells[row.weekday, row.hour] += row.n
            p = evenly(list(cells.values()), [days[day] for day, _ in cells])
            if p is not None:
                return "hour", p
        return "weekday", evenly(list(self._days(self.rows).values()), list(days.values()))

    def _apart(self, top: WhenRow | None = None) -> Reason:
        """What the test says: where most cases are, that none can be told, or that they are few."""
        what, p = self.evenness()
        if p is None:
            return Reason("waiting.too_few_to_tell")
        if p >= CHANCE:
            return Reason(f"waiting.no_{what}_apart", p=p)
        if what == "hour" and top is not None:
            facts: dict[str, Any] = {"weekday": Reason(f"waiting.weekday_{top.weekday}")}
            facts |= {"hour": top.hour, "following": (top.hour or 0) + 1}
            even = self._weekdays()[top.weekday] / (sum(self._weekdays().values()) * 24)
            return Reason("waiting.busiest", **facts, share=top.n / self.timed, expected=even)
        return Reason("waiting.weekdays_apart")

    def _of_groups(self, about: str, lang: str) -> str:
        """The groups with the largest and the smallest share in usual office hours."""
        together = self._together()
        shares = {
            self._group(key, lang): _office(rows)
            for key, rows in together.items()
            if any(row.n for row in rows if row.hour is not None)
        }
        if not shares:
            told: dict[str, Any] = {"n": self.n, "groups": len(together)}
            return say("waiting.when_day_groups", lang, about=about, **told)
        most, least = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
        told = {"most": most, "high": shares[most], "least": least, "low": shares[least]}
        return say("waiting.when_groups", lang, about=about, n=self.n, **told)

    @staticmethod
    def _days(rows: Iterable[WhenRow]) -> dict[int, int]:
        counts = dict.fromkeys(WEEKDAYS, 0)
        for row in rows:
            counts[row.weekday] += row.n
        return counts

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return Display((say(self.empty, lang),), ())
        groups = [name for name, _ in self.rows[0].groups]
        heads = [*(head_word(name, lang) for name in groups), say("waiting.weekday", lang)]
        heads += [head_word("n", lang), head_word("share", lang)]
        spans = SPANS if self.timed else ()
        heads += [say("waiting.span", lang, first=a, last=b) for a, b in spans]
        cells = []
        for key, rows in self._together().items():
            whole = sum(row.n for row in rows)
            timed = sum(row.n for row in rows if row.hour is not None)
            for weekday, n in self._days(rows).items():
                told = [self.group_word(column, value, lang) for column, value in key]
                told += [say(f"waiting.weekday_{weekday}", lang), figure(n, 0, lang)]
                told.append(percent(n / whole, lang) if whole else NONE)
                for a, b in spans:
                    inside = sum(
                        row.n
                        for row in rows
                        if row.weekday == weekday and row.hour is not None and a <= row.hour < b
                    )
                    told.append(percent(inside / timed, lang) if timed else NONE)
                cells.append(tuple(told))
        below = [say("waiting.spans", lang)] if spans else []
        left = len(groups) + 1
        caption = self.asked(lang)
        return Display(heads, cells, below, caption=caption, numbers=range(left, len(heads)))

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        from ..results.charts.heat import heat, weekdays

        if not self.n:
            raise NothingToShow("there is nothing to draw", "chart", "no case reached it")
        if len(self._together()) > 1:
            raise NothingToShow("several groups do not fit one picture", "chart", "ask for one")
        names = [say(f"waiting.weekday_{day}", lang) for day in WEEKDAYS]
        words = {"title": title, "source": source}
        if not self.timed:
            shares = [n / self.n for n in self._days(self.rows).values()]
            return weekdays(names, shares, unit=say("waiting.percent_of_all", lang), **words)
        cells = {(row.weekday, row.hour): row.n for row in self.rows if row.hour is not None}
        table = [[cells.get((day, hour), 0) / self.timed for hour in HOURS] for day in WEEKDAYS]
        below = say("waiting.heat_below", lang)
        return heat(names, table, below=below, **words)

    def _alt(self, lang: str) -> str:
        """The finding, and each weekday with its share."""
        told = super()._alt(lang)
        if not self.n or len(self._together()) > 1:
            return told
        days = [
            Reason("waiting.day_share", weekday=Reason(f"waiting.weekday_{day}"), share=n / self.n)
            for day, n in self._days(self.rows).items()
        ]
        return say("waiting.alt", lang, told=told, days=tuple(days))

    def _beware(self, lang: str) -> str:
        told = [*self._remarks, *([Reason("waiting.by_night")] if self.timed else [])]
        if self.n and self.timed < self.n:
            code = "waiting.none_timed" if not self.timed else "waiting.some_timed"
            told.append(Reason(code, n=self.n - self.timed))
        if self.n:
            told.append(Reason("waiting.even", p=f"{CHANCE:g}"))
        return joined(told, lang, "report.gap")

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"


def _office(rows: Iterable[WhenRow]) -> float:
    """The share of the cases timed to the hour that lies in usual office hours."""
    timed = [row for row in rows if row.hour is not None]
    inside = sum(r.n for r in timed if r.weekday < 6 and 9 <= (r.hour or 0) < 17)
    return inside / sum(row.n for row in timed)


@asked_of_log
def when(
    log: EventLog,
    what: Any,
    *,
    at: str = "start",
    as_of: object = None,
    by: str | Iterable[str] = (),
    where: Condition | None = None,
    between: Any = None,
) -> When:
    """How many cases reached a milestone on each weekday and in each hour of the local day, in the
    zone of the dataset.

    `what`: a milestone ("declared"), or a clock, of which `at` names the "start" or the "stop".
    `between`: first and last day, as of `measure`. Cases that are timed to the day have a weekday
    and no hour, and are counted. Repeated events count once, as the vocabulary says which.
    MissingColumn for a milestone that the log lacks, LogError for what is none.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog, when
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [30000]})
    >>> found = when(EventLog(events), "declared", as_of="1970-01-02")
    >>> [(row.label(), row.hour, row.n) for row in found if row.n]
    [('Thursday', 8, 1)]
    """
    by = names_of(by)
    check_groups(by, reserved=WhenRow.own_names())
    more = check_condition(where, "where of when")
    milestone, named, own = _milestone(log, what, at)
    moment = AsOf.of(as_of, log.timezone)
    asked: dict[str, Any] = {"as_of": moment, "where": {**own, **more}, "by": by}
    rows = by_hour(log, milestone, **asked, between=Between.of(between))
    counted = log.rows_of(rows).to_pylist()
    keys = dict.fromkeys(
        sorted(
            (tuple(row[f"by_{i}"] for i in range(len(by))) for row in counted),
            key=lambda k: tuple((v is None, str(v)) for v in k),
        )
    )
    made = [row for key in keys for row in _rows(tuple(zip(by, key, strict=True)), counted)]
    days = [row[end] for row in counted for end in ("first_day", "last_day")]
    first, last = (str(EPOCH + timedelta(days=f(days))) if days else "" for f in (min, max))
    found = When(
        rows=tuple(made),
        as_of=moment.text,
        milestone=milestone,
        n=sum(row["n"] for row in counted),
        timed=sum(row["n"] for row in counted if row["hour"] is not None),
        first=first,
        last=last,
    )
    remarks = (Reason("waiting.zone", zone=log.timezone, first=first, last=last),) * bool(days)
    told = {"_ends": (milestone,), "_where": (*plainly(own), *plainly(more)), "_label": named}
    return found._with(_remarks=remarks, **told)


def _milestone(log: EventLog, what: Any, at: str) -> tuple[str, str, Condition]:
    """The milestone that is asked for, and the cases of the clock that it is an end of."""
    if isinstance(what, str) and what not in log.vocabulary.clocks:
        if what in log.milestones:
            return what, "", {}
        if what in log.vocabulary.milestones:
            raise MissingColumn(what, log)
        known = sorted({*log.milestones, *log.vocabulary.clocks})
        raise LogError(f"{brief(what)} is no milestone and no clock", "what", closest(what, known))
    if at not in SIDES:
        raise LogError(f"at={brief(at)} is no end of a clock", "at", closest(str(at), SIDES))
    clock = clock_of(what, log)
    milestone = clock.start if at == "start" else clock.stop
    for end in (milestone, clock.start, clock.stop):
        if end not in log.milestones and (end == milestone or end not in log.vocabulary.milestones):
            raise MissingColumn(end, log)
    return milestone, "", clock.population


def _rows(groups: Groups, counted: Iterable[dict[str, Any]]) -> list[WhenRow]:
    """The rows of one group: each hour of the week where any is timed, and days without hours."""
    mine = [
        row
        for row in counted
        if all(row[f"by_{i}"] == value for i, (_, value) in enumerate(groups))
    ]
    whole = sum(row["n"] for row in mine)
    cells = {(row["weekday"] + 1, row["hour"]): row["n"] for row in mine}
    hours: list[int | None] = list(HOURS) if any(hour is not None for _, hour in cells) else []
    hours += [None] if any(hour is None for _, hour in cells) else []
    return [
        WhenRow(
            groups=groups,
            weekday=day,
            hour=hour,
            n=(n := cells.get((day, hour), 0)),
            share=n / whole,
        )
        for day in WEEKDAYS
        for hour in hours
    ]


__all__ = ["When", "WhenRow", "when"]
