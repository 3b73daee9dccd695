"""Each row of a file by itself: its mapped columns, whether the mapping leaves it out, the rule it
breaks if it breaks one, and what is to be told of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..errors import InputError
from .columns import DATED
from .files import RawFile
from .left_out import left_out
from .mapping import FileSpec, Mapping, reserved
from .sql import name
from .values import Field, field, staged, verdict


def judged(mapping: Mapping, spec: FileSpec, raw: RawFile) -> tuple[str, tuple, tuple]:
    """The mapped columns of each row, hash_ of all its fields, and fault_ and text_ where it breaks
    a rule or is left out (fault_ below 0); the faults, and the notes that notes_ numbers.
    """
    event = spec.role == "events"
    fields = [
        field(c, raw, spec, mapping, f"c{i}", event and c.name in ("time", "milestone"))
        for i, c in enumerate(spec.columns)
    ]
    fields = _in_order(fields)
    marks = [field(c, raw, spec, mapping, f"m{i}") for i, c in enumerate(spec.milestones)]
    fault, text, faults = verdict([*fields, *marks])
    chosen = [f"{f.value} AS {name(f.name)}" for f in fields]
    for f in fields:
        if event and f.name == "time":
            chosen += [f"{f.resolution} AS time_resolution", f"{f.fraction} AS fraction_"]
    for f in marks:
        chosen += [
            f"{f.value} AS {name('m_' + f.name)}",
            f"{f.resolution} AS {name('r_' + f.name)}",
            f"{f.fraction} AS {name('x_' + f.name)}",
        ]
    chosen += [
        f"nullif(CAST(h{i} AS VARCHAR), '') AS {name('k_' + header)}"
        for i, header in kept(spec, raw.headers, str(raw.path))
    ]
    texts = [f"CAST(h{i} AS VARCHAR)" for i in range(len(raw.headers))]
    # a copy is the same text that means the same: of another file's constants or zone it is another
    # row
    meant = [f.value for f in (*fields, *marks)]
    chosen.append(f"hash({', '.join([*texts, *meant])}) AS hash_")
    if spec.role in DATED:
        whole = " || chr(31) || ".join(
            f"coalesce(CAST({t} AS VARCHAR), chr(30))" for t in (*texts, *meant)
        )
        chosen.append(f"md5({whole}) AS key_")
    if raw.line:
        chosen.append("line_")
    notes = [(f.name, *note) for f in (*fields, *marks) for note in f.notes]
    chosen += noted(notes)
    relation = staged(raw.relation, [*fields, *marks])
    if out := left_out(spec, raw):
        # before all faults: what is left out is not looked at by any rule
        fault, text = f"coalesce({out.rule}, {fault})", f"coalesce({out.text}, {text})"
        chosen += [f"{sql} AS {alias}" for alias, sql in out.kept]
    rows = f"(SELECT *, {fault} AS fault_ FROM {relation})"
    query = f"SELECT {', '.join(chosen)}, fault_, {text} AS text_ FROM {rows}"
    return query, tuple(faults), tuple((column, kind) for column, kind, *_ in notes)


def _in_order(fields: list[Field]) -> list[Field]:
    """The columns; a row whose `valid_to` lies before its `valid_from` would never hold."""
    first = next((f.value for f in fields if f.name == "valid_from"), None)
    if first is None:
        return fields
    return [
        replace(f, faults=(*f.faults, ("ends_too_early", f"{f.value} < {first}", f.faults[0][2])))
        if f.name == "valid_to"
        else f
        for f in fields
    ]


def noted(notes: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """SQL of notes_: the number and the text of each thing to be told of a row, null where there is
    none; `notes` are (column, kind, SQL condition, SQL text).
    """
    if not notes:
        return []
    any_of = " OR ".join(f"({test})" for _, _, test, _ in notes)
    one_by_one = ", ".join(
        f"CASE WHEN {test} THEN {{'n': {i}::SMALLINT, 'text': CAST({text} AS VARCHAR)}} END"
        for i, (_, _, test, text) in enumerate(notes)
    )
    # sound rows are not looked at again
    return [f"CASE WHEN {any_of} THEN [{one_by_one}] END AS notes_"]


def kept(spec: FileSpec, headers: Sequence[str], place: str) -> list[tuple[int, str]]:
    """Other columns that go along under their own header; `place` is the file's name in errors."""
    if spec.role not in ("wide", "cases", "charges"):
        return []
    used = {header for c in (*spec.columns, *spec.milestones) for header in c.sources}
    ours = {c.name.lower() for c in (*spec.columns, *spec.milestones)}
    for header in spec.keep or ():
        if header not in headers:
            raise InputError(
                f"keep names {header!r}, which the file has not",
                place,
                f"headers: {', '.join(headers)}",
            )
    wanted = [
        (i, h)
        for i, h in enumerate(headers)
        if h and h not in used and (spec.keep is None or h in spec.keep)
    ]
    met: dict[str, str] = {}
    for _, header in wanted:
        if header.lower() in ours:
            raise InputError(
                f"the file's own column {header!r} has the name of a mapped one",
                place,
                "map or drop it with keep",
            )
        if twin := met.get(header.lower()):
            raise InputError(
                f"the columns {twin!r} and {header!r} differ in case alone",
                place,
                "drop one of them with keep",
            )
        if reserved(header):
            raise InputError(
                f"the column {header!r} has a name that intake uses itself",
                place,
                "map or drop it with keep",
            )
        met[header.lower()] = header
    return wanted
