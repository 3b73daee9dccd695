"""Times: text in any of the shapes that a time may have, as epoch seconds and a resolution.

What nearly every text is, is read first and as it stands; only what is left is looked at sign by
sign.
"""

from __future__ import annotations

from ...domain.instants import changed, instant
from ...domain.zones import last_second, offsets
from ...errors import InputError
from ..files import RawFile
from ..mapping import FileSpec, Mapping
from ..sql import quote
from . import shapes
from .field import Draft, Field, one_of
from .shapes import DAY, SECOND, Shape
from .time_texts import Read, read
from .zone_columns import Zones, by_row, zone_text

# years that stand for "not known" or "never"; dates of zeros alone
SENTINELS = (1, 1000, 1753, 1899, 1900, 1970, 2099, 2199, 2999, 9999)
ZEROS = r"[0:./\sT-]+"
ENDS_IN_NAME = r":\d{2}([.,]\d+)?\s?\(?[A-Z]{2,5}\)?$|\[[^\]]+\]$"
# days as a spreadsheet counts them, seconds and milliseconds since 1970
COUNTED = r"(\d{5}|\d{10}|\d{13})(\.\d+)?"
NEEDED = ("charged_on", "valid_from")


def time(
    draft: Draft,
    text: str,
    raw: str,
    file: RawFile,
    where: FileSpec,
    mapping: Mapping,
    *,
    event: bool,
) -> Field:
    """Epoch seconds and resolution; a date stands for local noon and says so, never for
    midnight.
    """
    kind, spec = draft.kind, draft.spec
    if kind.startswith("TIME") and not kind.startswith("TIMESTAMP"):
        raise InputError(
            f"the column {spec.header!r} (for {spec.name}) is a time of day without a date",
            str(file.path),
            f'join it to the date: {spec.name} = {{ columns = ["its date", "{spec.header}"] }}',
        )
    typed = kind.startswith("TIMESTAMP") or kind == "DATE"
    found = _typed(draft, text, raw) if typed else read(draft, text, where.timezone)
    resolution = draft.add("shifted", "r", _by_shape(found, [s.resolution for s in found.shapes]))
    clock = draft.add("clocks", "c", _second(found.moment))
    zones = zone_text(draft, file)
    seconds = _instant(clock, zones, where.timezone)
    if found.offset:
        seconds = (
            f"CASE WHEN {found.offset} IS NOT NULL THEN {clock} - {found.offset} ELSE {seconds} END"
        )
    value = draft.add("found", "v", seconds)
    # the microseconds after the second, null where there are none
    rest = f"((epoch_us({found.moment}) % 1000000) + 1000000) % 1000000"
    fraction = draft.add("found", "x", f"nullif({rest}, 0)")
    if event or spec.name in NEEDED:
        draft.fault("missing_time", f"{text} IS NULL", "''")
    _faults(draft, text, found, value, where, mapping, typed=typed)
    if zones:
        local = f"{found.offset} IS NULL AND " if found.offset else ""
        told = f"coalesce({zones.alias}, '')"
        draft.fault("unknown_zone", f"{local}{clock} IS NOT NULL AND {value} IS NULL", told)
    draft.note("time_cut", f"{fraction} IS NOT NULL", text)
    _note_changes(
        draft, text, found, clock, value, resolution, zones=zones, where=where, mapping=mapping
    )
    return draft.done(value, resolution, fraction)


def _typed(draft: Draft, text: str, raw: str) -> Read:
    """A column that is stored as times or days."""
    moment, offset, resolution = f"CAST({raw} AS TIMESTAMP)", "", SECOND
    if draft.kind == "DATE":
        moment, resolution = f"{moment} + {shapes.NOON}", DAY
    elif draft.kind.endswith("_NS"):
        # a cast would round to the next microsecond
        whole = f"epoch_ns({raw}) - ((epoch_ns({raw}) % 1000) + 1000) % 1000"
        moment = f"make_timestamp(({whole}) // 1000)"
    elif draft.kind.startswith("TIMESTAMP WITH"):
        moment = f"make_timestamp(epoch_us({raw}))"
    if draft.kind.startswith(("TIMESTAMP WITH", "TIMESTAMPTZ")):
        offset = "0"
    shape = draft.add("shapes", "s", f"CASE WHEN {text} IS NOT NULL THEN 0 END")
    made = draft.add("moments", "j", f"CASE WHEN {shape} = 0 THEN {moment} END")
    return Read([Shape("true", moment, resolution, offset)], shape, made, offset)


def _by_shape(found: Read, values: list[int | str]) -> str:
    cases = " ".join(f"WHEN {i} THEN {value}" for i, value in enumerate(values))
    return f"CAST(CASE {found.shape} {cases} END AS TINYINT)"


def _second(moment: str) -> str:
    return f"CAST(floor(epoch_us({moment}) / 1000000.0) AS BIGINT)"


def _instant(clock: str, zones: Zones | None, zone: str) -> str:
    """SQL of the epoch seconds of a local time, in the row's zone or the file's."""
    if zones:
        return by_row(zones, lambda shifts: instant(clock, shifts), "NULL")
    return instant(clock, offsets(zone))


def _faults(
    draft: Draft,
    text: str,
    found: Read,
    value: str,
    where: FileSpec,
    mapping: Mapping,
    *,
    typed: bool,
) -> None:
    first, last = mapping.plausible
    low, high = last_second(first, where.timezone) - 86399, last_second(last, where.timezone)
    outside = f"{value} NOT BETWEEN {low} AND {high}"
    unread = f"{text} IS NOT NULL AND {value} IS NULL"
    if not typed:
        if not draft.spec.number:
            number = f"regexp_full_match({text}, '{COUNTED}')"
            draft.fault("number_as_time", f"{unread} AND {number}", text)
        named = f"regexp_matches({found.worded}, {quote(ENDS_IN_NAME)})"
        draft.fault("unknown_zone", f"{unread} AND {named}", text)
        zeros = f"regexp_full_match({text}, {quote(ZEROS)})"
        draft.fault("sentinel_date", f"{unread} AND {zeros}", text)
    draft.fault("unparseable_time", unread, text)
    # as text, since of numbers in a list the engine makes a join
    year = one_of(f"CAST(year({found.moment}) AS VARCHAR)", map(str, SENTINELS))
    draft.fault("sentinel_date", f"{outside} AND {year}", text)
    draft.fault("time_outside_window", outside, text)


def _note_changes(
    draft: Draft,
    text: str,
    found: Read,
    clock: str,
    value: str,
    resolution: str,
    *,
    zones: Zones | None,
    where: FileSpec,
    mapping: Mapping,
) -> None:
    """A note of times that the clock told twice or skipped, where it changed in the time that the
    data may be of.
    """
    if zones:
        test = by_row(zones, lambda shifts: changed(clock, shifts), "FALSE")
    else:
        first, last = (last_second(day, "UTC") for day in mapping.plausible)
        moves = [second for second, _ in offsets(where.timezone)[1:]]
        if not any(first - 2 * 86400 <= second <= last + 86400 for second in moves):
            return
        # most times are later than the last change of all, which is quick to see
        shifts = offsets(where.timezone)
        after = shifts[-1][0] + max(shift for _, shift in shifts)
        test = f"{clock} < {after} AND {changed(clock, shifts)}"
    local = f"{found.offset} IS NULL AND " if found.offset else ""
    told = f"{test} AND {local}{value} IS NOT NULL AND {resolution} != {DAY}"
    draft.note("clock_change", told, text)
