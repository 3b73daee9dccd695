"""Time from one milestone to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from types import MappingProxyType

from ...errors import LogError
from ..calendars import WorkCalendar, check_calendar
from .base import Metric, fixed, one_of
from .conditions import Condition, check_condition, condition_columns

UNITS = ("hours", "working_days", "working_hours")
DATED_BY = ("start", "end")


@dataclass(frozen=True)
class Duration(Metric):
    """Time from one milestone to another, per case.

    `unit`: "hours" (calendar hours, around the clock), "working_days" (official Chinese calendar;
    the start's day is day 0, or day 1 with `start_day=1`) or "working_hours" (`hours` on working
    days). `dated_by`: which end puts a case into a period: "start" is a cohort and keeps open
    cases, "end" is how officials count and has none. `resolution` of the tally: "second", or
    "minute" for very large logs. `allowance`: a column and what each of its values is allowed; the
    value is then what exceeds it, in whole units. `signed`: whether the stop may precede the start;
    by default as the vocabulary says for this clock. `pause`: two milestones between which the
    clock stands still. Every pause counts, repeated and overlapping ones once; one that is not
    ended lasts to the end of the clock, and a case with an end but no beginning is left out as not
    known. A working day is paused if a pause is open as it begins; the start's own day never is.
    `other_ends`: milestones that end a case in another way (returned, seized, abandoned,
    transferred); the earliest of these and the stop ends it. `log_starts`: the log's first day,
    where cases begun before it are known only if they lasted into it; they count from that day on
    (left truncation). It is for clocks dated by their start. `label`: what answers about several
    clocks call this one.

    >>> Duration("conveyance_arrived", "customs_released").name
    'conveyance_arrived..customs_released [hours per case]'
    """

    start: str
    stop: str
    unit: str = "hours"
    where: Condition | None = None
    dated_by: str = "start"
    start_day: int = 0
    hours: tuple[str, str] = ("09:00", "17:00")
    calendar: str | WorkCalendar = "CN"
    resolution: str = "second"
    signed: bool | None = None
    allowance: tuple[str, Mapping[str, int]] | None = None
    pause: tuple[str, str] | None = None
    other_ends: tuple[str, ...] = ()
    log_starts: date | None = None
    name: str = field(default="")
    label: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        one_of("unit", self.unit, UNITS)
        one_of("dated_by", self.dated_by, DATED_BY)
        one_of("start_day", self.start_day, (0, 1))
        one_of("resolution", self.resolution, ("second", "minute"))
        if self.start == self.stop:
            raise LogError(
                f"start and stop are both {self.start!r}", "Duration", "name two milestones"
            )
        self.day_window()
        fixed(self, where=check_condition(self.where, f"where of {self.start}..{self.stop}"))
        if isinstance(self.allowance, Mapping):
            fixed(self, allowance=(self.allowance.get("column"), self.allowance.get("values")))
        if self.allowance is not None:
            column, values = self.allowance
            if not isinstance(column, str) or not isinstance(values, Mapping) or not values:
                raise LogError(
                    "allowance is a column and its values", "Duration", '("refund_class", {"1": 5})'
                )
            if self.unit != "working_days":
                raise LogError(
                    "an allowance is counted in working days", "Duration", 'unit="working_days"'
                )
            fixed(self, allowance=(column, MappingProxyType(dict(values))))
        if self.pause is not None:
            pair = tuple(self.pause) if isinstance(self.pause, list | tuple) else (self.pause,)
            if len(pair) != 2 or not all(isinstance(m, str) for m in pair) or pair[0] == pair[1]:
                raise LogError(
                    f"pause={self.pause!r} is no pair of milestones",
                    "pause of Duration",
                    '("refund_query_raised", "refund_query_cleared")',
                )
            fixed(self, pause=pair)
            if self.log_starts is not None:
                what = "what stood still before the log starts is not known"
                raise LogError(what, "pause, log_starts", "leave one of them out")
        fixed(
            self,
            other_ends=(self.other_ends,)
            if isinstance(self.other_ends, str)
            else tuple(self.other_ends),
        )
        for i, end in enumerate(self.other_ends):
            if end in (self.start, self.stop, *self.other_ends[:i]):
                raise LogError(
                    f"{end!r} stands twice in the clock", "other_ends", "name each milestone once"
                )
        if self.log_starts is not None:
            if not isinstance(self.log_starts, date) or isinstance(self.log_starts, datetime):
                raise LogError(
                    f"log_starts {self.log_starts!r} is not a date",
                    "log_starts",
                    "date(2021, 1, 1)",
                )
            if self.dated_by == "end":
                raise LogError(
                    "cases dated by their end are all seen, however late the log starts",
                    "log_starts",
                    'leave it out, or write dated_by="start"',
                )
        if not self.name:
            counted = self.unit.replace("_", " ")
            counted += ", acceptance day is day 1" if self.start_day else ""
            counted += f" beyond the allowance by {self.allowance[0]}" if self.allowance else ""
            counted += " per case"
            counted += f", or until {', '.join(self.other_ends)}" if self.other_ends else ""
            counted += f", log from {self.log_starts}" if self.log_starts else ""
            counted += f", net of {'..'.join(self.pause)}" if self.pause else ""
            fixed(self, name=f"{self.start}..{self.stop} [{counted}]")

    def day_window(self) -> tuple[int, int]:
        """Opening and closing in seconds of the day.

        >>> Duration("declared", "customs_released").day_window()
        (32400, 61200)
        """
        try:
            opens, closes = (time.fromisoformat(text) for text in self.hours)
        except (TypeError, ValueError):
            raise LogError(
                f"hours {self.hours!r} are not two times of day", "Duration", '("09:00", "17:00")'
            ) from None
        seconds = [t.hour * 3600 + t.minute * 60 + t.second for t in (opens, closes)]
        if seconds[0] >= seconds[1]:
            raise LogError(
                f"hours {self.hours!r} close before they open", "Duration", '("09:00", "17:00")'
            )
        return seconds[0], seconds[1]

    kind = "duration"
    is_time = True

    @property
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""
        extra = {self.allowance[0]} if self.allowance else set()
        conditions = condition_columns(self.population)
        return frozenset(
            {self.start, self.stop, *self.other_ends, *extra, *(self.pause or ()), *conditions}
        )

    @property
    def scale(self) -> int:
        """Tally values per unit."""
        if self.unit == "working_days":
            return 1
        return 3600 if self.resolution == "second" else 60

    @property
    def steps(self) -> int:
        """Steps of the tally's exact total per unit: totals of hours are in seconds always."""
        return 3600 if self.unit == "hours" else self.scale

    @property
    def by_end(self) -> bool:
        """Whether cases are dated by their end, so that none is open."""
        return self.dated_by == "end"

    @property
    def ways(self) -> int:
        """In how many ways a case may end."""
        return 1 + len(self.other_ends)

    @property
    def population(self) -> Condition:
        """The condition that says which cases it is about."""
        return self.where or {}

    def narrowed(self, condition: Condition) -> Duration:
        """The same about fewer cases."""
        return replace(self, where={**self.population, **condition})

    def unit_in(self, currency: str) -> str:
        """The unit of its values, whatever the currency."""
        return self.unit

    def on(self, calendar: WorkCalendar | None) -> Duration:
        """The same by another calendar of working days; without one, itself."""
        check_calendar(calendar)
        return self if calendar is None else replace(self, calendar=calendar)

    def to(self, resolution: str) -> Duration:
        """The same tallied to the "second" or "minute"."""
        return replace(self, resolution=resolution)
