"""A column of a file as a field: its text first, then the kind of value the text stands for."""

from __future__ import annotations

from ..columns import IDENTIFIERS, ColumnSpec
from ..files import RawFile
from ..mapping import FileSpec, Mapping
from ..sql import quote
from .amounts import amount, currency
from .attributes import meant
from .field import Draft, Field
from .identifiers import identifier
from .numbers import truth, whole
from .texts import cell, failed, joined, text
from .times import time


def field(
    spec: ColumnSpec,
    file: RawFile,
    where: FileSpec,
    mapping: Mapping,
    mark: str,
    event: bool = False,
) -> Field:
    """The SQL of one column, of its faults and of what is told of it;

    `mark` keeps its aliases apart from those of other columns.
    """
    if spec.headers:
        draft = Draft(spec, mark, "VARCHAR")
        return time(draft, joined(draft, file), "", file, where, mapping, event=event)
    raw, kind = cell(spec, spec.header, file)
    draft = Draft(spec, mark, kind)
    if spec.name in IDENTIFIERS and spec.type == "text":
        return identifier(draft, raw, file)
    value = text(draft, raw)
    failed(draft, value, kind)
    if spec.type == "time":
        return time(draft, value, raw, file, where, mapping, event=event)
    value = meant(draft, value)
    if spec.type == "amount":
        return amount(draft, value)
    if spec.type == "integer":
        return whole(draft, value)
    if spec.type == "boolean":
        return truth(draft, value)
    if spec.name == "currency":
        return currency(draft, value)
    if spec.name == "milestone" and event:
        return _milestone(draft, value, where, mapping)
    return draft.done(value)


def _milestone(draft: Draft, text: str, where: FileSpec, mapping: Mapping) -> Field:
    """The number of the milestone that a code stands for, or a fault."""
    numbers = codes(mapping)
    words = where.codes or [(m, m) for m in numbers]
    cases = " ".join(f"WHEN {quote(k)} THEN {numbers[v]}" for k, v in words)
    found = draft.add("found", "v", f"CAST(CASE {text} {cases} END AS SMALLINT)")
    draft.fault("unknown_milestone", f"{found} IS NULL", f"coalesce({text}, '')")
    return draft.done(found)


def codes(mapping: Mapping) -> dict[str, int]:
    """The number by which parts know each milestone, in order of name."""
    return {m: i for i, m in enumerate(sorted(mapping.words.milestones))}
