"""The text of a column's cell, without spaces around it, null where it has no value."""

from __future__ import annotations

from ...errors import InputError, closest
from ..columns import ColumnSpec
from ..files import RawFile
from ..signs import ERROR_CELLS, SPACES
from ..sql import quote
from .field import Draft, one_of

# the sign after the ideographic space, the last of all spaces
CJK = "\u3001"
# a spreadsheet's day may bring its midnight along, and its time of day the first of all days
MIDNIGHT = r"[T ]00:00(:00(\.0+)?)?$"
FIRST_DAYS = r"^(1899-12-3\d|1900-01-0\d)[T ]"


def cell(spec: ColumnSpec, header: str | None, file: RawFile) -> tuple[str, str]:
    """SQL of a column as it stands in the file, and its type there."""
    if spec.constant is not None:
        return quote(spec.constant), "CONSTANT"
    if header not in file.headers:
        known = closest(str(header), file.headers)
        raise InputError(
            f"the file has no column {header!r} (for {spec.name})", str(file.path), known
        )
    place = file.headers.index(str(header))
    return f"h{place}", file.types[place]


def text(draft: Draft, raw: str) -> str:
    """Steps to the text of a cell, null where it has no value; the alias of it."""
    if draft.kind == "CONSTANT":
        return draft.add("texts", "t", raw)
    alias = draft.add("texts", "t", trimmed(written(raw, draft.kind)))
    return known(draft, alias, "n")


def joined(draft: Draft, file: RawFile) -> str:
    """Steps to the texts of several columns, joined by spaces; null where all are empty."""
    pieces = []
    for i, header in enumerate(draft.spec.headers):
        raw, kind = cell(draft.spec, header, file)
        raw = written(raw, kind)
        if kind == "EXCEL" or kind.startswith("TIMESTAMP"):
            raw = f"regexp_replace({raw}, {quote(FIRST_DAYS if i else MIDNIGHT)}, '')"
        alias = draft.add("texts", f"t{i}", trimmed(raw))
        failed(draft, alias, kind)
        pieces.append(known(draft, alias, f"n{i}"))
    return draft.add("joined", "t", f"nullif(concat_ws(' ', {', '.join(pieces)}), '')")


def known(draft: Draft, alias: str, letter: str) -> str:
    """A step to null where the mapping says that a text means no value."""
    if not draft.spec.no_value:
        return alias
    nothing = one_of(alias, draft.spec.no_value)
    return draft.add("known", letter, f"CASE WHEN {nothing} THEN NULL ELSE {alias} END")


def failed(draft: Draft, alias: str, kind: str) -> None:
    """The fault of a cell whose formula failed, or was never worked out and stands there itself."""
    if kind == "EXCEL":
        wrong = f"{one_of(alias, ERROR_CELLS)} OR prefix({alias}, '=')"
        draft.fault("error_cell", wrong, alias)


def written(raw: str, kind: str) -> str:
    """SQL of a cell as text."""
    return raw if kind in ("VARCHAR", "EXCEL") else f"CAST({raw} AS VARCHAR)"


def trimmed(raw: str) -> str:
    """SQL of a text without spaces around it, null if nothing is left.

    trim() is slow; plain ASCII without outer spaces needs none, nor does text that begins with
    plain ASCII or a CJK sign and ends with a CJK sign.
    """
    plain = f"{raw} >= '!' AND strlen({raw}) = length({raw}) AND NOT suffix({raw}, ' ')"
    first = f"({raw} BETWEEN '!' AND '~' OR {raw} >= '{CJK}')"
    wide = f"{first} AND right({raw}, 1) >= '{CJK}'"
    trim = f"nullif(trim({raw}, {quote(SPACES)}), '')"
    return f"CASE WHEN {plain} THEN {raw} WHEN {wide} THEN {raw} ELSE {trim} END"
