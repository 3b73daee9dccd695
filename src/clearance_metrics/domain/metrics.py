"""What to measure: frozen definitions that know which columns they need, and nothing about any
engine.

A condition is a mapping, in Python as in a notice file; its keys are case columns or milestones,
joined by AND:

    {"kind": "import", "mode": ["sea", "air"], "teu": {"at_least": 1},
     "declared": {"before": "conveyance_arrived"}, "any": [{...}, {...}]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType

from ..errors import LogError, closest
from .calendars import WorkCalendar

VALUE_TESTS = ("at_least", "at_most", "above", "below", "not")
MILESTONE_TESTS = ("present", "before", "not_after", "within_days_of", "within_minutes_of")
UNITS = ("hours", "working_days", "working_hours")
DATED_BY = ("start", "end")
REFERENCES = {
    "tariff": "excess over the ceiling",
    "pilotage": "excess over the pilotage ceiling",
    "charge_list": "charges outside the list",
    "list_rate": "excess over the published rate",
    "repeated": "charges billed twice",
}

Condition = Mapping[str, object]


def check_condition(condition: object, where: str = "condition") -> Condition:
    """A frozen copy of a well-formed condition; LogError names the key that is not.

    >>> dict(check_condition({"kind": "import", "teu": {"at_least": 1}}))["kind"]
    'import'
    >>> check_condition({"teu": {"atleast": 1}})
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: unknown test 'atleast' for 'teu'
      where: condition
      do: write 'at_least' instead of 'atleast'; known: above, at_least, at_most, before, below, not, not_after, present, within_days_of, within_minutes_of
    """
    if condition is None:
        return MappingProxyType({})
    if not isinstance(condition, Mapping):
        raise LogError(
            f"a condition is a mapping, not {condition!r}",
            where,
            'write for example {"kind": "import"}',
        )
    checked = {}
    for key, test in condition.items():
        if key == "any":
            if not isinstance(test, list | tuple) or not test:
                raise LogError(
                    "'any' takes a list of conditions", where, 'write {"any": [{…}, {…}]}'
                )
            checked[key] = tuple(check_condition(part, where) for part in test)
        elif isinstance(test, Mapping):
            if not test:
                raise LogError(
                    f"{key!r} is empty: it tests nothing",
                    where,
                    "write for example { present = true }",
                )
            for name, value in test.items():
                _check_test(key, name, value, where)
            checked[key] = MappingProxyType({k: _frozen(v) for k, v in test.items()})
        else:
            _check_values(key, test, where)
            checked[key] = _frozen(test)
    return MappingProxyType(checked)


def _check_test(key: str, name: str, value: object, where: str) -> None:
    if name not in VALUE_TESTS + MILESTONE_TESTS:
        remedy = closest(name, VALUE_TESTS + MILESTONE_TESTS)
        raise LogError(f"unknown test {name!r} for {key!r}", where, remedy)
    good = {
        "present": isinstance(value, bool),
        "before": isinstance(value, str),
        "not_after": isinstance(value, str),
        "within_days_of": isinstance(value, list | tuple)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], int),
        "within_minutes_of": isinstance(value, list | tuple)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], int | str),
    }.get(name)
    if good is False:
        raise LogError(
            f"test {name!r} for {key!r} cannot take {value!r}",
            where,
            "present: true or false; before, not_after: a milestone; within_days_of: [milestone, whole days];"
            " within_minutes_of: [milestone, minutes or a column of minutes]",
        )
    if good is None:
        _check_values(key, value, where)


def _check_values(key: str, value: object, where: str) -> None:
    values = value if isinstance(value, list | tuple) else [value]
    if not values or not all(isinstance(v, str | int | float | bool | date) for v in values):
        raise LogError(
            f"{key!r} cannot be compared with {value!r}",
            where,
            "give a text, a number, true/false or a list",
        )


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def condition_columns(condition: Condition) -> Iterator[str]:
    """Every column and milestone that a condition reads.

    >>> sorted(condition_columns({"declared": {"before": "gate_in"}, "any": [{"kind": "export"}]}))
    ['declared', 'gate_in', 'kind']
    """
    for key, test in condition.items():
        if key == "any":
            for part in test:
                yield from condition_columns(part)
            continue
        yield key
        if isinstance(test, Mapping):
            yield from (test[name] for name in ("before", "not_after") if name in test)
            for name in ("within_days_of", "within_minutes_of"):
                if name in test:
                    yield from (part for part in test[name] if isinstance(part, str))


@dataclass(frozen=True)
class Duration:
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
    (left truncation). It is for clocks dated by their start.

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

    def __post_init__(self) -> None:
        _one_of("unit", self.unit, UNITS)
        _one_of("dated_by", self.dated_by, DATED_BY)
        _one_of("start_day", self.start_day, (0, 1))
        _one_of("resolution", self.resolution, ("second", "minute"))
        if self.start == self.stop:
            raise LogError(
                f"start and stop are both {self.start!r}", "Duration", "name two milestones"
            )
        self.day_window()
        _set(self, "where", check_condition(self.where, f"where of {self.start}..{self.stop}"))
        if isinstance(self.allowance, Mapping):
            _set(self, "allowance", (self.allowance.get("column"), self.allowance.get("values")))
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
            _set(self, "allowance", (column, MappingProxyType(dict(values))))
        if self.pause is not None:
            pair = tuple(self.pause) if isinstance(self.pause, list | tuple) else (self.pause,)
            if len(pair) != 2 or not all(isinstance(m, str) for m in pair) or pair[0] == pair[1]:
                raise LogError(
                    f"pause={self.pause!r} is no pair of milestones",
                    "pause of Duration",
                    '("refund_query_raised", "refund_query_cleared")',
                )
            _set(self, "pause", pair)
            if self.log_starts is not None:
                what = "what stood still before the log starts is not known"
                raise LogError(what, "pause, log_starts", "leave one of them out")
        _set(
            self,
            "other_ends",
            (self.other_ends,) if isinstance(self.other_ends, str) else tuple(self.other_ends),
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
            _set(self, "name", f"{self.start}..{self.stop} [{counted}]")

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

    @property
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""
        extra = {self.allowance[0]} if self.allowance else set()
        conditions = condition_columns(self.where)
        return frozenset(
            {self.start, self.stop, *self.other_ends, *extra, *(self.pause or ()), *conditions}
        )

    @property
    def scale(self) -> int:
        """Tally values per unit."""
        if self.unit == "working_days":
            return 1
        return 3600 if self.resolution == "second" else 60


@dataclass(frozen=True)
class Share:
    """Share of the cases `of` a population for which a condition holds, 0 to 1, per case.

    Cases for which the condition cannot be told (a column is empty, a milestone not there yet) are
    left out of the share, counted, and named in the note. `dated_by` is the milestone that puts a
    case into a period. `each` names a column whose values are counted in place of cases: a
    certificate type counts if any of its cases does. `over="lines"` counts charge lines, dated by
    the day they were charged.

    >>> sorted(Share({"channel": "single_window"}, of={"kind": "licence"}).needs)
    ['channel', 'kind']
    """

    condition: Condition
    of: Condition | None = None
    dated_by: str | None = None
    each: str | None = None
    over: str = "cases"
    name: str = ""

    def __post_init__(self) -> None:
        _one_of("over", self.over, ("cases", "lines"))
        if self.over == "lines" and (self.dated_by or self.each):
            raise LogError(
                "charge lines are dated by their own day", "Share", "leave dated_by and each out"
            )
        _set(self, "condition", check_condition(self.condition, "condition of Share"))
        _set(self, "of", check_condition(self.of, "of of Share"))
        if not self.condition:
            raise LogError("a Share needs a condition", "Share", '{"channel": "single_window"}')
        if not self.name:
            counted = (
                f"values of {self.each}"
                if self.each
                else "charge lines"
                if self.over == "lines"
                else "cases"
            )
            of = f" of {counted} with {_text(self.of)}" if self.of else f" of {counted}"
            _set(self, "name", f"share{of}: {_text(self.condition)}")

    @property
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""
        dated = {name for name in (self.dated_by, self.each) if name}
        return frozenset({*condition_columns(self.condition), *condition_columns(self.of), *dated})


@dataclass(frozen=True)
class Fee:
    """Charges in yuan: per case, per TEU (a ratio of sums) or line by line.

    `items` keeps only these charge items. `against` sets each line beside a reference of its day:
    "tariff" (value = what exceeds the government-set or guided rate per container, waivers of the
    port taken off), "pilotage" (the same for pilotage by net tons), "charge_list" (the amount where
    the port's published list does not name the item), "list_rate" (what exceeds the rate that list
    gives) or "repeated" (the amount of a line that repeats an earlier one of the same shipment).
    `counting` = "item" or "bill" counts the distinct items or bills of a case in place of yuan.
    Conditions may name case or charge columns.

    >>> Fee(per="teu", items=("港口作业包干费",)).name
    'charges per TEU [CNY]: 港口作业包干费'
    """

    per: str = "case"
    items: tuple[str, ...] | None = None
    where: Condition | None = None
    against: str | None = None
    counting: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        _one_of("per", self.per, ("case", "teu", "line"))
        _one_of("against", self.against, (None, *REFERENCES))
        _one_of("counting", self.counting, (None, "item", "bill"))
        if self.counting and (self.per != "case" or self.against):
            raise LogError(
                f"{self.counting}s are counted per case", "Fee", 'write per="case" and no against'
            )
        if self.against and self.per != "line":
            raise LogError(
                f"against={self.against!r} is checked line by line", "Fee", 'write per="line"'
            )
        items = (self.items,) if isinstance(self.items, str) else self.items
        _set(self, "items", tuple(items) if items else None)
        _set(self, "where", check_condition(self.where, "where of Fee"))
        if not self.name:
            per = {"case": "case", "teu": "TEU", "line": "line"}[self.per]
            what = REFERENCES[self.against] if self.against else "charges"
            if self.counting:
                what = f"distinct {self.counting}s"
            listed = f": {', '.join(self.items)}" if self.items else ""
            _set(self, "name", f"{what} per {per}{'' if self.counting else ' [CNY]'}{listed}")

    @property
    def needs(self) -> frozenset[str]:
        """Columns that the log must have."""
        own = {"teu"} if self.per == "teu" else {self.counting} if self.counting else set()
        return frozenset({*condition_columns(self.where), *own})

    @property
    def scale(self) -> int:
        """Tally values per unit: fen in a yuan, or counted things."""
        return 1 if self.counting else 100


@dataclass(frozen=True)
class Flag:
    """A condition that cases are grouped by, like a column: true, false, or empty where it cannot
    be told.
    """

    name: str
    condition: Condition

    @property
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""
        return frozenset(condition_columns(self.condition))


def needed_by(groups: Iterable[str | Flag]) -> frozenset[str]:
    """The columns that groups rest on, those of a Flag included.

    >>> sorted(needed_by(["port", Flag("ahead", {"declared": {"before": "gate_in"}})]))
    ['declared', 'gate_in', 'port']
    """
    return frozenset().union(*(g.needs if isinstance(g, Flag) else {g} for g in groups))


@dataclass(frozen=True)
class Gap:
    """Mean duration where `split` is true less where it is false, within strata and month: a
    difference, no effect.

    `split` is a true-or-false column, or a condition.

    >>> Gap(Duration("declared", "customs_released"), "aeo", ("port", "mode")).name
    'declared..customs_released [hours per case]: aeo less others, same port, mode, month'
    """

    duration: Duration
    split: str | Condition
    strata: tuple[str, ...]
    name: str = ""

    def __post_init__(self) -> None:
        _set(self, "strata", tuple(self.strata))
        if not isinstance(self.split, str):
            _set(self, "split", check_condition(self.split, "split of Gap"))
        if not self.strata or self.split in self.strata or not self.split:
            raise LogError(
                "a Gap needs strata, and its split is none of them", "Gap", '("port", "mode")'
            )
        if not self.name:
            strata = ", ".join((*self.strata, "month"))
            split = self.split if isinstance(self.split, str) else _text(self.split)
            _set(self, "name", f"{self.duration.name}: {split} less others, same {strata}")

    @property
    def groups(self) -> tuple[str | Flag, ...]:
        """What its tally is grouped by: the strata, and the split last."""
        return (
            *self.strata,
            self.split if isinstance(self.split, str) else Flag("split", self.split),
        )

    @property
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""
        return self.duration.needs | needed_by(self.groups)


Metric = Duration | Share | Fee


def metric_from(spec: Mapping[str, object]) -> Metric | Gap:
    """The metric that a notice file spells out.

    >>> metric_from({"type": "duration", "start": "declared", "stop": "customs_released"}).unit
    'hours'
    """
    kinds = {"duration": Duration, "share": Share, "line_share": Share, "fee": Fee}
    fields = dict(spec)
    kind = fields.pop("type", None)
    if kind == "matched_difference":
        split, strata = fields.pop("split", ""), fields.pop("strata", ())
        return Gap(metric_from({"type": "duration", **fields}), split, tuple(strata))
    if kind == "line_share":
        fields["over"] = "lines"
    if kind not in kinds:
        raise LogError(f"unknown metric type {kind!r}", "metric", closest(str(kind), kinds))
    known = kinds[kind].__dataclass_fields__
    for key in fields:
        if key not in known:
            raise LogError(f"a {kind} has no {key!r}", "metric", closest(key, known))
    return kinds[kind](**{k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()})


def _one_of(name: str, value: object, allowed: tuple) -> None:
    if value not in allowed:
        raise LogError(
            f"{name}={value!r} is not known", name, f"write one of {', '.join(map(repr, allowed))}"
        )


def _set(frozen: object, name: str, value: object) -> None:
    object.__setattr__(frozen, name, value)


def _text(condition: Condition) -> str:
    def one(key: str, test: object) -> str:
        if key == "any":
            return " or ".join(f"({_text(part)})" for part in test)
        if isinstance(test, Mapping):
            return " and ".join(
                f"{key} {name.replace('_', ' ')} {_plain(value)}" for name, value in test.items()
            )
        return f"{key} {_plain(test)}"

    return ", ".join(one(key, test) for key, test in condition.items())


def _plain(value: object) -> str:
    return "|".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
