"""Identifiers: texts that are the same digit for digit, or are refused."""

from __future__ import annotations

from ...domain.identifiers import rounded
from ...errors import InputError
from ..files import RawFile
from ..signs import ABSENT, bare, narrowed_letters
from .attributes import meant
from .field import Draft, Field, one_of
from .texts import failed, known, written

# how the cells of a workbook are told that hold no text and no number
FLAGS = ("true", "false")
CLOCK = r"\d{2}:\d{2}:\d{2}"
DATED = rf"\d{{4}}-\d{{2}}-\d{{2}}([T ]{CLOCK})?|{CLOCK}"
# types of columns that keep every digit of no identifier
UNFIT = ("FLOAT", "DOUBLE", "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL")


def identifier(draft: Draft, raw: str, file: RawFile) -> Field:
    """The text without marks around it; a fault where digits may be lost, or none is there."""
    _check_type(draft, file)
    raw = written(raw, draft.kind)
    alias = draft.add("texts", "t", unmarked(raw))
    draft.note("mark_removed", f"{alias} != {raw}", raw)
    failed(draft, alias, draft.kind)
    value = meant(draft, known(draft, alias, "n"))
    inexact = _inexact(value)
    if draft.kind == "EXCEL":
        inexact = f"({inexact} OR {_made_over(value)})"
    if draft.spec.name == "case_id":
        # rows that name none would all become one case
        longest = max(len(word.encode()) for word in ABSENT)
        absent = f"strlen({value}) <= {longest} AND {one_of(f'lower({value})', ABSENT)}"
        draft.fault("missing_case_id", f"{value} IS NULL OR {absent}", f"coalesce({value}, '')")
    draft.wrong("inexact_identifier", inexact, value)
    if draft.spec.lenient:
        value = draft.add("found", "v", f"CASE WHEN NOT {inexact} THEN {value} END")
    return draft.done(value)


def _inexact(value: str) -> str:
    """SQL of whether an identifier has been a number in floating point; patterns are slow, and few
    identifiers have a sign that makes one worth looking for.
    """
    return f"((contains({value}, '.') OR contains({value}, '+')) AND {rounded(value)})"


def _made_over(value: str) -> str:
    """SQL of whether a workbook's cell holds a flag, a day or a time of day: a spreadsheet makes
    dates of texts such as 3-4-5.
    """
    pattern = f"substr({value}, -3, 1) IN ('-', ':') AND regexp_full_match({value}, '{DATED}')"
    return f"({one_of(value, FLAGS)} OR {pattern})"


def unmarked(raw: str) -> str:
    """SQL of an identifier without the marks of programs around it, null if nothing is left.

    Plain ASCII that begins with a digit or letter and ends with no space has none, which is quicker
    to see.
    """
    plain = (
        f"{raw} >= '0' AND strlen({raw}) = length({raw}) AND substr({raw}, -1) >= '!'"
        f" AND NOT prefix({raw}, '=')"
    )
    return f"CASE WHEN {plain} THEN {raw} ELSE nullif({bare(narrowed_letters(raw))}, '') END"


def _check_type(draft: Draft, file: RawFile) -> None:
    """InputError where an identifier is stored as a number that may have lost digits, or as what
    no identifier is.
    """
    kind = draft.kind
    whole = kind.startswith("DECIMAL") and kind.endswith(",0)")
    # TIMESTAMP_NS and TIME WITH TIME ZONE too
    plain = kind.replace("_", " ").split(" ")[0]
    if plain in UNFIT or kind.startswith("DECIMAL") and not whole:
        raise InputError(
            f"the column {draft.spec.header!r} ({draft.spec.name}) is stored as {kind}, which does"
            " not keep every digit of an identifier",
            str(file.path),
            "store it as text or as whole numbers, from the source",
        )
