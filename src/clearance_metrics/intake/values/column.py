"""A column of a file as a field: its text first, then the kind of value the text stands for."""

from __future__ import annotations

from ...errors import InputError, closest
from ..columns import ColumnSpec
from ..files import RawFile
from ..mapping import FileSpec, Mapping
from ..sql import quote
from .amounts import CURRENCIES, amount
from .field import Field, one_of
from .numbers import whole_or_truth
from .times import time

# the sign after the ideographic space, the last of all spaces
CJK = "\u3001"


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
        return [("texts", f"t{mark}", raw)], f"t{mark}"
    if kind not in ("VARCHAR", "EXCEL"):
        raw = f"CAST({raw} AS VARCHAR)"
    # trim() is slow; plain ASCII without outer spaces needs none, nor does text from one CJK sign
    # to another
    plain = f"{raw} >= '!' AND strlen({raw}) = length({raw}) AND NOT suffix({raw}, ' ')"
    wide = f"{raw} >= '{CJK}' AND right({raw}, 1) >= '{CJK}'"
    steps = [
        (
            "texts",
            f"t{mark}",
            f"CASE WHEN {plain} THEN {raw} WHEN {wide} THEN {raw} ELSE nullif(trim({raw}), '') END",
        )
    ]
    if not spec.no_value:
        return steps, f"t{mark}"
    return [
        *steps,
        (
            "known",
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
        return time(spec, raw, steps, text, kind, where, mapping, mark, event=event)
    faults = []
    if spec.values:
        cases = " ".join(f"WHEN {quote(k)} THEN {quote(v)}" for k, v in spec.values)
        steps.append(("meanings", f"u{mark}", f"CASE {text} {cases} END"))
        faults.append(("unknown_value", f"{text} IS NOT NULL AND u{mark} IS NULL", text))
        text = f"u{mark}"
    if spec.type == "amount":
        return amount(spec, steps, faults, text, mark)
    if spec.type in ("integer", "boolean"):
        return whole_or_truth(spec, steps, faults, text, mark)
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
        value = f"v{mark}"
        steps.append(("found", value, f"CAST(CASE {text} {cases} END AS SMALLINT)"))
        faults.append(("unknown_milestone", f"{value} IS NULL", f"coalesce({text}, '')"))
        text = value
    return Field(spec.name, tuple(steps), text, tuple(faults))


def codes(mapping: Mapping) -> dict[str, int]:
    """The number by which parts know each milestone, in order of name."""
    return {m: i for i, m in enumerate(sorted(mapping.words.milestones))}
