"""Identifiers of tables in memory: text, digit for digit, and never through a rounded number."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ..domain.identifiers import EXACT_BELOW
from ..errors import LogError
from .notes import Noted

FLOATS = (
    "read the column as text: dtype={{{column!r}: str}} in pandas, or cast it where it comes from"
)


def as_text(values: pa.ChunkedArray, called: str, column: str, notes: list[Noted]) -> pa.Array:
    """An identifier's column as text; LogError where it holds no names, or numbers that may have
    lost digits.

    Whole floating-point numbers below 2**53 are what pandas makes of whole numbers with gaps: they
    are exact, and are noted.
    """
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return values
    if pa.types.is_integer(kind):
        return values.cast(pa.string())
    if pa.types.is_decimal(kind):
        return _whole_decimals(values, called, column)
    if pa.types.is_floating(kind):
        found = _whole_floats(values, called, column)
        n = len(found) - found.null_count
        shown = pc.unique(found.drop_null()).slice(0, 5).to_pylist()
        notes.append(Noted(called, column, "read_from_number", n, tuple(shown)))
        return found
    shown = next((v.as_py() for v in values if v.is_valid), None)
    raise LogError(
        f"{called}.{column} holds {kind}" + (f", such as {shown}" if shown is not None else ""),
        f"{called}.{column}",
        "write identifiers as text",
    )


def digits_of(called: str, column: str, number: object) -> tuple[str, str, str]:
    """What is said of an identifier that went through a floating-point number."""
    return (
        f"{called}.{column} holds floating-point numbers, such as {number!r}, in which digits of"
        " identifiers are lost",
        f"{called}.{column}",
        FLOATS.format(column=column),
    )


def _whole_floats(values: pa.ChunkedArray, called: str, column: str) -> pa.ChunkedArray:
    below = EXACT_BELOW[values.type.bit_width]
    wide = values.cast(pa.float64())
    exact = pc.and_(pc.equal(wide, pc.floor(wide)), pc.less(pc.abs(wide), float(below)))
    if not pc.all(exact, min_count=0).as_py():
        number = wide.filter(pc.invert(exact))[0].as_py()
        raise LogError(*digits_of(called, column, number))
    return wide.cast(pa.int64()).cast(pa.string())


def _whole_decimals(values: pa.ChunkedArray, called: str, column: str) -> pa.ChunkedArray:
    """Decimals are exact; those without a fraction are whole numbers of any length."""
    whole = pc.equal(values, pc.floor(values))
    if not pc.all(whole, min_count=0).as_py():
        number = values.filter(pc.invert(whole))[0].as_py()
        raise LogError(
            f"{called}.{column} holds decimal fractions, such as {number}",
            f"{called}.{column}",
            "write identifiers as text",
        )
    return pa.chunked_array(
        [[None if v is None else f"{v:.0f}" for v in values.to_pylist()]], pa.string()
    )
