"""Times: each shape a text may have, as epoch seconds and a resolution."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ...domain.zones import LAST_YEAR, last_second, offsets
from ..columns import ColumnSpec
from ..mapping import FileSpec, Mapping
from ..sql import quote
from .field import Field

ISO_DAY = r"\d{4}-\d{2}-\d{2}"
ISO_TIME = ISO_DAY + r"[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?"
ISO_SECOND = ISO_DAY + r"[T ]\d{2}:\d{2}:\d{2}"
NOON = "INTERVAL 12 HOUR"
# resolutions as parts hold them, numbers being cheaper to write and compare than texts
RESOLUTIONS = ("second", "minute", "day")
SECOND, MINUTE, DAY = 0, 1, 2


def time(
    spec: ColumnSpec,
    raw: str,
    steps: list,
    text: str,
    kind: str,
    where: FileSpec,
    mapping: Mapping,
    mark: str,
    *,
    event: bool,
) -> Field:
    """Epoch seconds and resolution; a date stands for local noon and says so, never for
    midnight.
    """
    plain = f"regexp_matches({text}, '^{ISO_DAY}[T ]\\d{{2}}:\\d{{2}}([^:\\d]|[+-]|$)')"
    by_text = f"CASE WHEN {plain} THEN {MINUTE} ELSE {SECOND} END"
    usual = f"i{mark}"
    iso = [
        # the usual shape first: to read it and to write it again takes less time than to look at it
        # by a pattern
        (f"CAST({usual} AS VARCHAR) = {text}", usual, False, SECOND),
        (
            f"regexp_full_match({text}, '{ISO_SECOND}')",
            f"TRY_CAST({text} AS TIMESTAMP)",
            False,
            SECOND,
        ),
        (
            f"regexp_full_match({text}, '{ISO_DAY}')",
            f"TRY_CAST({text} AS TIMESTAMP) + {NOON}",
            False,
            DAY,
        ),
        (
            f"regexp_full_match({text}, '{ISO_TIME}')",
            f"TRY_CAST(replace(replace({text}, 'T', ' '), ',', '.') AS TIMESTAMP)",
            False,
            by_text,
        ),
        (
            f"regexp_full_match({text}, '{ISO_TIME}([Zz]|[+-]\\d{{2}}:?\\d{{2}})')",
            f"TRY_CAST(replace({text}, ',', '.') AS TIMESTAMPTZ)",
            True,
            SECOND,
        ),
    ]
    # (test, moment, whether the moment has a zone, resolution)
    parts: list[tuple[str, str, bool, Any]] = []
    for i, text_format in enumerate(spec.formats):
        shape, moment = _shape(text_format), f"f{mark}_{i}"
        if i == 0:
            steps.append(("usual", moment, f"try_strptime({text}, {quote(text_format)})"))
        else:
            moment = f"try_strptime({text}, {quote(text_format)})"
        resolution = MINUTE if "minute" in shape else DAY if shape == "day" else SECOND
        local = f"{moment} + {NOON}" if shape == "day" else moment
        parts.append((f"{moment} IS NOT NULL", local, shape.startswith("zoned"), resolution))
    if kind.startswith("TIMESTAMP WITH"):
        parts = [("true", raw, True, SECOND)]
    elif kind == "DATE":
        parts = [("true", f"CAST({text} AS TIMESTAMP) + {NOON}", False, DAY)]
    elif kind.startswith("TIMESTAMP"):
        parts = [("true", f"CAST({raw} AS TIMESTAMP)", False, by_text)]
    elif not spec.formats or kind == "EXCEL":
        parts += iso
        steps.append(
            (
                "usual",
                usual,
                f"CASE WHEN strlen({text}) = 19 THEN TRY_CAST({text} AS TIMESTAMP) END",
            )
        )
    shape = f"s{mark}"
    tests = " ".join(f"WHEN {test} THEN {i}" for i, (test, *_) in enumerate(parts))
    steps.append(
        ("shapes", shape, f"CAST(CASE WHEN {text} IS NULL THEN NULL {tests} END AS TINYINT)")
    )
    seconds, moments = [], []
    for zoned in (False, True):
        of_kind = " ".join(
            f"WHEN {i} THEN {moment}" for i, (_, moment, z, _) in enumerate(parts) if z == zoned
        )
        if of_kind:
            alias = f"{'z' if zoned else 'l'}{mark}"
            steps.append(("moments", alias, f"CASE {shape} {of_kind} END"))
            moments.append(alias)
            seconds.append(_second(alias) if zoned else _local_second(alias, where.timezone))
    value, resolution = f"v{mark}", f"r{mark}"
    steps.append(("found", value, f"coalesce({', '.join(seconds)})"))
    steps.append(
        (
            "found",
            resolution,
            (
                f"CAST(CASE {shape}"
                f" {' '.join(f'WHEN {i} THEN {r}' for i, (*_, r) in enumerate(parts))} END AS"
                " TINYINT)"
            ),
        )
    )
    # the microseconds after the second, null where there are none
    micros = ", ".join(f"epoch_us({alias})" for alias in moments)
    steps.append(
        ("found", f"x{mark}", f"nullif(((coalesce({micros}) % 1000000) + 1000000) % 1000000, 0)")
    )
    first, last = mapping.plausible
    low, high = last_second(first, where.timezone) - 86399, last_second(last, where.timezone)
    faults = [
        ("unparseable_time", f"{text} IS NOT NULL AND {value} IS NULL", text),
        ("time_outside_window", f"{value} NOT BETWEEN {low} AND {high}", text),
    ]
    if event or spec.name in ("charged_on", "valid_from"):
        faults.insert(0, ("missing_time", f"{text} IS NULL", "''"))
    return Field(spec.name, tuple(steps), value, tuple(faults), resolution, f"x{mark}")


def _second(moment: str) -> str:
    return f"CAST(floor(epoch_us({moment}) / 1000000.0) AS BIGINT)"


def _local_second(moment: str, zone: str) -> str:
    """Epoch seconds of a local time; where the zone's clock has long stood still, by plain
    subtraction.
    """
    asked = _second(f"timezone({quote(zone)}, {moment})")
    since, shift = offsets(zone)[-1]
    still = datetime.fromtimestamp(since + shift, UTC) + timedelta(days=2)
    if still.year >= LAST_YEAR:
        return asked
    within = (
        f"{moment} >= TIMESTAMP '{still:%Y-%m-%d}' AND {moment} < TIMESTAMP '{LAST_YEAR}-12-31'"
    )
    return f"CASE WHEN {within} THEN {_second(moment)} - {shift} ELSE {asked} END"


def _shape(text: str) -> str:
    if not any(code in text for code in ("%H", "%I", "%-H", "%-I", "%T", "%X", "%c")):
        return "day"
    minute = not any(code in text for code in ("%S", "%-S", "%T", "%X", "%c"))
    if "%z" in text or "%Z" in text:
        return "zoned minute" if minute else "zoned"
    return "minute" if minute else "second"
