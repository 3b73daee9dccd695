"""Targets of a notice, and levels that stand beside a mean, as TOML tables read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ..domain.arguments import LONGEST
from ..domain.strict_toml import DAY, NUMBER, TEXT, Key, Place
from .model import CONFIDENCE, RULES, WINDOWS, Compression, Reference, Target

FIRST_YEAR, LAST_YEAR = 1900, 2069
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
TIMES = ("duration", "formalities", "matched_difference", "difference")
UNITS_OF = {
    "duration": ("hours", "working_days", "working_hours"),
    "share": ("share",),
    "line_share": ("share",),
    "fee": ("CNY", "CNY per TEU", "CNY per declaration", "percent_of_value"),
    "deferral": ("yuan_days",),
    "formalities": ("days",),
    "matched_difference": ("hours", "working_days"),
}


def compression_from(data: object, unit: str, place: Place) -> Compression:
    """The level that a mean in this unit is set beside."""
    made = Compression(**place.table(data, COMPRESSION_KEYS))
    if made.unit != unit:
        raise place.fail(f"unit {made.unit!r} does not fit the metric", "use the metric's unit")
    if not 0 < made.base <= LONGEST:
        raise place.fail(f"base = {made.base}", "give a positive level")
    return made


def reference_from(data: object, place: Place) -> Reference:
    """What a figure is set beside."""
    made = Reference(**place.table(data, REFERENCE_KEYS))
    check_days(vars(made), place)
    return made


def check_days(data: Mapping[str, object], place: Place) -> None:
    """An error where a day lies beyond the years that a notice can speak of."""
    for key, day in data.items():
        if isinstance(day, date) and not FIRST_YEAR <= day.year <= LAST_YEAR:
            remedy = f"name a day from {FIRST_YEAR} to {LAST_YEAR}"
            raise place.fail(f"{key} = {day} is no day of a notice", remedy)


def check_result(value: float, statistic: str, metric: Any, place: Place) -> None:
    """An error where a published figure cannot be one of this statistic of the metric."""
    head = statistic.partition(":")[0]
    if head in ("within", "share_above", "share"):
        if not 0 <= value <= 1:
            what = f"value = {value}: a share lies between 0 and 1"
            raise place.fail(what, "write 0.94 for 94 %")
        return
    if head in ("n", "count_above") and value != int(value):
        raise place.fail(f"value = {value} counts no whole cases", "correct it")
    signed = head == "difference" or getattr(metric, "signed", None)
    if value < 0 and not signed:
        raise place.fail(f"value = {value} is negative", "correct it")
    if metric.kind in TIMES and abs(value) > LONGEST:
        raise place.fail(f"value = {value} is longer than any case can take", "correct it")


def target_from(data: object, indicator: dict, head: dict, place: Place) -> Target:
    """The target of an indicator: its type of metric, kind, statistic, origin and unit must fit."""
    made = Target(**place.table(data, TARGET_KEYS))
    check_days(vars(made), place)
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
            not share and kind in TIMES and made.value > LONGEST,
            f"value = {made.value} is longer than any case can take",
            "correct it",
        ),
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
    if until and until < due:
        raise place.fail(f"until = {until} lies before due = {due}", "put the days in order")
    if over != "since" and until:
        raise place.fail('until belongs to over = "since"', 'write until = ""')
    if over != "since" and not _ends(due, over):
        raise place.fail(f"due = {due} does not end a {over}", "name its last day")
    return Target(**vars(target) | {"until": until})


def _ends(day: date, period: str) -> bool:
    following = date.fromordinal(day.toordinal() + 1)
    return following.day == 1 and (period == "month" or following.month == 1)
