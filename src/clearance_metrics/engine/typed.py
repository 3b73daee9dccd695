"""Columns of tables in memory as the vocabulary has them: whole numbers, truth, amounts, words."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from unicodedata import normalize

import pyarrow as pa
import pyarrow.compute as pc

from ..domain.cells import FALSE, TRUE
from ..domain.vocabulary import Column
from ..errors import LogError
from .notes import Noted

WHOLE = re.compile(r"-?[0-9]{1,18}")
# kinds of whole numbers, and what to do about one that is none
WHOLE_KINDS = {
    "integer": "round the numbers, or mend the texts",
    "amount": "give fen, the hundredths of the yuan: round yuan * 100",
}
NOISE = 1e-6  # fen: what sums and products of binary fractions leave behind


def typed(values: pa.ChunkedArray, called: str, told: Column) -> pa.ChunkedArray:
    """A column as the vocabulary says; LogError for a value that is none of its kind."""
    kind = values.type
    if told.type == "boolean" and not pa.types.is_boolean(kind):
        words = dict.fromkeys(TRUE, True) | dict.fromkeys(FALSE, False)
        found = {v: words.get(_word(v).lower()) for v in _values(values)}
        _check_all(found, called, told.name, "true or false", "give true and false, or 1 and 0")
        return _replaced(values, found, pa.bool_())
    if told.type in WHOLE_KINDS and not pa.types.is_integer(kind):
        if pa.types.is_boolean(kind):
            raise LogError(
                f"{called}.{told.name} holds {kind}", f"{called}.{told.name}", "give whole numbers"
            )
        found = {v: int(w) if WHOLE.fullmatch(w := _word(v)) else None for v in _values(values)}
        _check_all(found, called, told.name, "a whole number", WHOLE_KINDS[told.type])
        return _replaced(values, found, pa.int64())
    if told.type == "text" and told.values and not _is_text(kind):
        return _replaced(values, {v: _word(v) for v in _values(values)}, pa.string())
    return values


def fen(values: pa.ChunkedArray, notes: list[Noted]) -> pa.ChunkedArray:
    """Amounts as whole numbers. Those of a floating-point or decimal column must be whole but for
    the noise that arithmetic leaves, which is noted.
    """
    kind = values.type
    if pa.types.is_integer(kind):
        return values
    if not (pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise LogError(
            f"charges.amount_fen holds {kind}",
            "charges.amount_fen",
            "give whole numbers: fen, the hundredths of the currency",
        )
    wide = values.cast(pa.float64())
    nearest = pc.round(wide)
    off = pc.abs(pc.subtract(wide, nearest))
    # not a number is not near one either
    wrong = pc.invert(pc.and_(pc.less_equal(off, NOISE), pc.less(pc.abs(wide), 2.0**53)))
    if pc.any(wrong, min_count=0).as_py():
        raise LogError(
            f"charges.amount_fen holds {values.filter(wrong)[0]}, which is no whole number",
            "charges.amount_fen",
            "give fen, the hundredths of the currency: round yuan * 100",
        )
    if n := pc.sum(pc.greater(off, 0), min_count=0).as_py():
        shown = wide.filter(pc.greater(off, 0)).slice(0, 5).to_pylist()
        notes.append(Noted("charges", "amount_fen", "amount_rounded", n, tuple(map(repr, shown))))
    return nearest.cast(pa.int64())


def in_capitals(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Codes of currencies in capital letters of half width; an empty text tells none."""
    found = {v: normalize("NFKC", v).strip().upper() or None for v in _values(values)}
    if all(code == given for given, code in found.items()):
        return values
    return _replaced(values, found, pa.string())


def _values(values: pa.ChunkedArray) -> list:
    return pc.unique(values.drop_null()).to_pylist()


def _word(given: object) -> str:
    """A value as a text would write it: 1.0 is 1, since gaps make floats of whole numbers."""
    if isinstance(given, int | float | Decimal) and not isinstance(given, bool):
        return str(int(given)) if isfinite(given) and given == int(given) else str(given)
    return str(given).strip()


def _check_all(found: dict, called: str, column: str, what: str, remedy: str) -> None:
    wrong = [given for given, value in found.items() if value is None]
    if wrong:
        raise LogError(
            f"{called}.{column} holds {wrong[0]!r}, which is not {what}",
            f"{called}.{column}",
            remedy,
        )


def _replaced(values: pa.ChunkedArray, found: dict, kind: pa.DataType) -> pa.ChunkedArray:
    encoded = values.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    words = pa.array([found.get(v) for v in encoded.dictionary.to_pylist()], kind)
    return pa.chunked_array([words.take(encoded.indices)], kind)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
