"""Targets of a notice, and levels that stand beside a mean, as TOML tables read strictly."""

from __future__ import annotations

from datetime import date

from ..domain.strict_toml import DAY, NUMBER, TEXT, Key, Place
from .model import CONFIDENCE, RULES, WINDOWS, Compression, Reference, Target

LAST_YEAR = 2069
TARGET_KEYS = {
    "value": NUMBER,
    "unit": TEXT,
    "rule": TEXT.one_of(*RULES),
    "due": DAY,
    "until": Key((date, str), 'date, or "" while it runs on').or_empty(),
    "over": TEXT.one_of(*WINDOWS),
    "clause": TEXT,
    "source": TEXT,
    "checked": DAY,
    "confidence": TEXT.one_of(*CONFIDENCE),
}
COMPRESSION_KEYS = {
    "base": NUMBER,
    "unit": TEXT,
    "period": TEXT,
    "source": TEXT,
    "confidence": TEXT.one_of(*CONFIDENCE),
}
REFERENCE_KEYS = {
    "text_zh": TEXT,
    "text_en": TEXT,
    "clause": TEXT,
    "source": TEXT,
    "checked": DAY,
    "confidence": TEXT.one_of(*CONFIDENCE),
}
UNITS_OF = {
    "duration": ("hours", "working_days", "working_hours"),
    "share": ("share",),
    "line_share": ("share",),
    "fee": ("CNY", "CNY per TEU", "CNY per declaration", "percent_of_value"),
    "deferral": ("yuan_days",),
    "matched_difference": ("hours", "working_days"),
}


def compression_from(data: object, unit: str, place: Place) -> Compression:
    """The level that a mean in this unit is set beside."""
    made = Compression(**place.table(data, COMPRESSION_KEYS))
    if made.unit != unit:
        raise place.fail(f"unit {made.unit!r} does not fit the metric", "use the metric's unit")
    if made.base <= 0:
        raise place.fail(f"base = {made.base}", "give a positive level")
    return made


def reference_from(data: object, place: Place) -> Reference:
    """What a figure is set beside."""
    return Reference(**place.table(data, REFERENCE_KEYS))


def target_from(data: object, indicator: dict, head: dict, place: Place) -> Target:
    """The target of an indicator: its type of metric, kind, statistic, origin and unit must fit."""
    made = Target(**place.table(data, TARGET_KEYS))
    kind, zero = indicator["metric"]["type"], indicator["kind"] == "zero"
    in_time = not zero and indicator["statistic"].startswith("within:")
    unit = indicator["metric"].get("unit")
    units = ("cases", "lines", "types") if zero else ("share",) if in_time else UNITS_OF[kind]
    place.known(f"unit = {made.unit!r}", made.unit, units)
    share = kind in ("share", "line_share") or in_time
    for wrong, what, remedy in (
        (
            kind == "duration" and not zero and not in_time and made.unit != unit,
            f"unit {made.unit!r} does not fit a clock in {unit}",
            "use one unit",
        ),
        (
            zero and (made.value != 0 or made.rule != "at_most"),
            "value and rule of a zero target are 0 and at_most",
            'or write kind = "level"',
        ),
        (
            share and not 0 <= made.value <= 1,
            f"value = {made.value}: a share lies between 0 and 1",
            "write 1.0 for 100 %",
        ),
        (made.value < 0, f"value = {made.value} is negative", "correct it"),
        (
            made.checked < head["issued"],
            f"checked = {made.checked} lies before the notice was issued",
            "correct it",
        ),
    ):
        if wrong:
            raise place.fail(what, remedy)
    if indicator["origin"] == "notice":
        _own(made, unit if kind == "duration" else "", head, place)
    return _days(made, place)


def _own(target: Target, clock: str | None, head: dict, place: Place) -> None:
    """What the notice itself cannot have said."""
    if clock == "hours" and not head["sets_hours"]:
        raise place.fail(
            'unit: a target in hours cannot have origin "notice": the notice sets none',
            'write origin = "outside" and name its source',
        )
    if target.due < head["issued"]:
        raise place.fail(
            f"due = {target.due} lies before the notice ({head['issued']})", "correct it"
        )


def _days(target: Target, place: Place) -> Target:
    due, until, over = target.due, target.until or None, target.over
    if isinstance(until, str):
        raise place.fail(f"until = {until!r} is no date", 'write a date, or "" while it runs on')
    if until and until < due:
        raise place.fail(f"until = {until} lies before due = {due}", "put the days in order")
    if due.year > LAST_YEAR:
        raise place.fail(f"due = {due} is no day that comes", f"name a day up to {LAST_YEAR}")
    if over != "since" and until:
        raise place.fail('until belongs to over = "since"', 'write until = ""')
    if over != "since" and not _ends(due, over):
        raise place.fail(f"due = {due} does not end a {over}", "name its last day")
    return Target(**vars(target) | {"until": until})


def _ends(day: date, period: str) -> bool:
    following = date.fromordinal(day.toordinal() + 1)
    return following.day == 1 and (period == "month" or following.month == 1)
