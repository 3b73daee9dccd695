"""Reading texts as values and rows as accepted or rejected, as SQL expressions over one raw table.

A row is judged whole and has one outcome. The first rule it breaks is booked, in this order:
malformed_row, missing_case_id, unknown_milestone, missing_time, unparseable_time,
time_outside_window, unknown_currency, unparseable_amount, negative_amount, unknown_value, bad_type;
then, against other rows: exact duplicate, duplicate. A stop before its start is no such rule: the
rows stay, and the case is listed as doubtful (domain/doubts.py).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from babel.numbers import list_currencies

from ..domain.zones import LAST_YEAR, last_second, offsets
from ..errors import InputError, closest
from .mapping import ColumnSpec, FileSpec, Mapping
from .readers import RawFile
from .sql import quote

REMEDY = {
    "malformed_row": "mend the quotes or the number of fields of this line",
    "missing_case_id": "give the case its number",
    "unknown_milestone": "add the code to [file.milestones], or correct it",
    "missing_time": "give the event a time, or leave the row out at the source",
    "unparseable_time": "add its format to formats, or the text to no_value",
    "time_outside_window": "correct the date, or widen plausible in [dataset]",
    "unknown_currency": "write the three-letter ISO 4217 code",
    "unparseable_amount": "write the amount as a number with at most two decimals",
    "negative_amount": "book credits apart from charges",
    "unknown_value": "add the text to values of this column",
    "bad_type": "correct the value, or declare the column as text",
    "duplicate": "keep one row per case",
}
DOUBTFUL = "correct one of the two times, or declare the clock signed"
# of ISO 4217 as Babel has it, withdrawn ones too, since old bills are in them; the usual one first,
# and none of the codes that stand for no money at all
CURRENCIES = ["CNY", *sorted(list_currencies() - {"CNY", "XXX", "XTS"})]
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
ISO_TIME = ISO_DAY + r"[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?"
ISO_SECOND = ISO_DAY + r"[T ]\d{2}:\d{2}:\d{2}"
NOON = "INTERVAL 12 HOUR"
# the sign after the ideographic space, the last of all spaces
CJK = "\u3001"
# resolutions as parts hold them, numbers being cheaper to write and compare than texts
RESOLUTIONS = ("second", "minute", "day")
SECOND, MINUTE, DAY = 0, 1, 2
# commas only where thousands end: 1,2,3 is no number
AMOUNT = r"[+-]?¥?\s?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?"
RANGES = {"waived_percent": (0, 100), "minutes": (1, 10**6)}
TRUTH = tomllib.loads(files(__package__).joinpath("truth.toml").read_text(encoding="utf-8"))
TRUE, FALSE = tuple(TRUTH["true"]), tuple(TRUTH["false"])


@dataclass(frozen=True)
class Field:
    """One of our columns: what it is made of step by step, its SQL value, and what can be wrong
    with it.

    `steps` are (level, alias, SQL): a level may name the aliases of those below it, so that each is
    worked out once. `faults` are (rule, SQL condition, SQL text).
    """

    name: str
    steps: tuple[tuple[int, str, str], ...]
    value: str
    faults: tuple[tuple[str, str, str], ...]
    resolution: str | None = None
    fraction: str | None = None


def one_of(value: str, words: Iterable[str]) -> str:
    """SQL of whether a value is one of these texts; false where it is null.

    Not IN: of five texts and more the engine makes a join, in which rows lose their order.
    """
    return (
        f"(CASE {value} {' '.join(f'WHEN {quote(word)} THEN true' for word in words)} ELSE false"
        " END)"
    )


def _raw(spec: ColumnSpec, file: RawFile) -> tuple[str, str]:
    """SQL of the column as it stands in the file, and its type there."""
    if spec.constant is not None:
        return quote(spec.constant), "CONSTANT"
    if spec.header not in file.headers:
        known = closest(str(spec.header), file.headers)
        raise InputError(
            f"the file has no column {spec.header!r} (for {spec.name})", str(file.path), known
        )
    place = file.headers.index(spec.header)
    return f"h{place}", file.types[place]


def _text(spec: ColumnSpec, raw: str, kind: str, mark: str) -> tuple[list, str]:
    """Steps to the column's text, null where it has no value, and the alias of it."""
    if kind == "CONSTANT":
        return [(0, f"t{mark}", raw)], f"t{mark}"
    if kind not in ("VARCHAR", "EXCEL"):
        raw = f"CAST({raw} AS VARCHAR)"
    # trim() is slow; plain ASCII without outer spaces needs none, nor does text from one CJK sign
    # to another
    plain = f"{raw} >= '!' AND strlen({raw}) = length({raw}) AND NOT suffix({raw}, ' ')"
    wide = f"{raw} >= '{CJK}' AND right({raw}, 1) >= '{CJK}'"
    steps = [
        (
            0,
            f"t{mark}",
            f"CASE WHEN {plain} THEN {raw} WHEN {wide} THEN {raw} ELSE nullif(trim({raw}), '') END",
        )
    ]
    if not spec.no_value:
        return steps, f"t{mark}"
    return [
        *steps,
        (
            1,
            f"n{mark}",
            f"CASE WHEN {one_of(f't{mark}', spec.no_value)} THEN NULL ELSE t{mark} END",
        ),
    ], f"n{mark}"


def field(
    spec: ColumnSpec,
    file: RawFile,
    where: FileSpec,
    mapping: Mapping,
    mark: str,
    event: bool = False,
) -> Field:
    """The SQL of one column and of its faults;

    `mark` keeps its aliases apart from those of other columns.
    """
    raw, kind = _raw(spec, file)
    steps, text = _text(spec, raw, kind, mark)
    if spec.type == "time":
        return _time(spec, raw, steps, text, kind, where, mapping, mark, event=event)
    faults = []
    value = f"v{mark}"
    if spec.values:
        cases = " ".join(f"WHEN {quote(k)} THEN {quote(v)}" for k, v in spec.values)
        steps.append((2, f"u{mark}", f"CASE {text} {cases} END"))
        faults.append(("unknown_value", f"{text} IS NOT NULL AND u{mark} IS NULL", text))
        text = f"u{mark}"
    if spec.type == "amount":
        plain = (
            f"CASE WHEN regexp_full_match({text}, '{AMOUNT}') THEN replace(replace({text}, ',',"
            " ''), '¥', '') END"
        )
        number = f"a{mark}"
        steps.append(
            (
                3,
                number,
                f"TRY_CAST({plain} AS DECIMAL(24, 6))" + (" * 100" if spec.unit == "yuan" else ""),
            )
        )
        steps.append((4, value, f"TRY_CAST({number} AS BIGINT)"))
        wrong = f"{text} IS NOT NULL AND ({value} IS NULL OR {number} != round({number}, 0))"
        faults.append(("unparseable_amount", wrong, text))
        faults.append(("negative_amount", f"{number} < 0", text))
        if spec.name == "amount":
            faults.insert(0, ("unparseable_amount", f"{text} IS NULL", "''"))
        return Field(spec.name, tuple(steps), value, tuple(faults))
    if spec.type in ("integer", "boolean"):
        number = (
            f"TRY_CAST(CASE WHEN regexp_full_match({text}, '-?[0-9]+') THEN {text} END AS BIGINT)"
        )
        low = f"lower({text})"
        truth = f"CASE WHEN {one_of(low, TRUE)} THEN true WHEN {one_of(low, FALSE)} THEN false END"
        steps.append((4, value, number if spec.type == "integer" else truth))
        faults.append(("bad_type", f"{text} IS NOT NULL AND {value} IS NULL", text))
        if spec.name in RANGES:
            low, high = RANGES[spec.name]
            outside = f"{text} IS NULL OR {value} NOT BETWEEN {low} AND {high}"
            faults.append(("bad_type", outside, f"coalesce({text}, '')"))
        return Field(spec.name, tuple(steps), value, tuple(faults))
    if spec.name == "case_id":
        faults.insert(0, ("missing_case_id", f"{text} IS NULL", "''"))
    if spec.name == "currency":
        faults.append(
            ("unknown_currency", f"NOT {one_of(text, CURRENCIES)}", f"coalesce({text}, '')")
        )
    if spec.name == "milestone" and event:
        numbers = codes(mapping)
        words = where.codes or [(m, m) for m in numbers]
        cases = " ".join(f"WHEN {quote(k)} THEN {numbers[v]}" for k, v in words)
        steps.append((4, value, f"CAST(CASE {text} {cases} END AS SMALLINT)"))
        faults.append(("unknown_milestone", f"{value} IS NULL", f"coalesce({text}, '')"))
        text = value
    return Field(spec.name, tuple(steps), text, tuple(faults))


def codes(mapping: Mapping) -> dict[str, int]:
    """The number by which parts know each milestone, in order of name."""
    return {m: i for i, m in enumerate(sorted(mapping.words.milestones))}


def _time(
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
            steps.append((2, moment, f"try_strptime({text}, {quote(text_format)})"))
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
            (2, usual, f"CASE WHEN strlen({text}) = 19 THEN TRY_CAST({text} AS TIMESTAMP) END")
        )
    shape = f"s{mark}"
    tests = " ".join(f"WHEN {test} THEN {i}" for i, (test, *_) in enumerate(parts))
    steps.append((3, shape, f"CAST(CASE WHEN {text} IS NULL THEN NULL {tests} END AS TINYINT)"))
    seconds, moments = [], []
    for zoned in (False, True):
        of_kind = " ".join(
            f"WHEN {i} THEN {moment}" for i, (_, moment, z, _) in enumerate(parts) if z == zoned
        )
        if of_kind:
            alias = f"{'z' if zoned else 'l'}{mark}"
            steps.append((4, alias, f"CASE {shape} {of_kind} END"))
            moments.append(alias)
            seconds.append(_second(alias) if zoned else _local_second(alias, where.timezone))
    value, resolution = f"v{mark}", f"r{mark}"
    steps.append((5, value, f"coalesce({', '.join(seconds)})"))
    steps.append(
        (
            5,
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
        (5, f"x{mark}", f"nullif(((coalesce({micros}) % 1000000) + 1000000) % 1000000, 0)")
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


ORDER = tuple(REMEDY)


def staged(relation: str, fields: list[Field]) -> str:
    """A query on `relation` that adds every field's aliases, level by level."""
    steps = [step for f in fields for step in f.steps]
    for level in sorted({level for level, _, _ in steps}):
        added = ", ".join(f"{sql} AS {alias}" for n, alias, sql in steps if n == level)
        relation = f"(SELECT *, {added} FROM {relation})"
    return relation


def verdict(fields: list[Field]) -> tuple[str, str, list]:
    """SQL of the number of the first fault (null: none) and, by fault_, of its text; and each
    fault's (rule, column).
    """
    faults = [(rule, test, text, f.name) for f in fields for rule, test, text in f.faults]
    faults.sort(key=lambda fault: ORDER.index(fault[0]))
    if not faults:
        return "CAST(NULL AS SMALLINT)", "CAST(NULL AS VARCHAR)", []
    number = " ".join(f"WHEN {test} THEN {i}" for i, (_, test, _, _) in enumerate(faults))
    told = " ".join(
        f"WHEN {i} THEN CAST({text} AS VARCHAR)" for i, (_, _, text, _) in enumerate(faults)
    )
    # sound rows are not looked at again
    text = f"CASE WHEN fault_ IS NOT NULL THEN CASE fault_ {told} END END"
    return (
        f"CAST(CASE {number} END AS SMALLINT)",
        text,
        [(rule, column) for rule, _, _, column in faults],
    )
