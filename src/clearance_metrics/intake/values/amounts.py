"""Amounts of money, in fen."""

from __future__ import annotations

from ...domain.currencies import CURRENCIES
from ..columns import ColumnSpec
from ..signs import MONEY, any_of, bare, narrowed
from .field import Draft, Field, one_of
from .numbers import GROUPED, ungrouped

# places after the point of a yuan, and so on, down to the fen; and what binary numbers add to
# exact ones, of which a millionth of a yuan is more than enough
PLACES = {"fen": 0, "yuan": 2, "wan": 6}
NOISE = {"fen": "0.0001", "yuan": "0.000001", "wan": "0.0000000001"}
# what is read at once: figures that no unit makes too many of
FIGURES = {"fen": r"\d{1,15}", "yuan": r"\d{1,13}", "wan": r"\d{1,9}"}
NUMBER = rf"[+-]?({GROUPED}(\.\d*)?|\.\d+)"
# of a number as a power of ten: sign, figures before and after the point, power
POWER = r"^([+-]?)(\d)(?:\.(\d+))?[eE]\+?(\d\d?)$"
# in groups of other sizes, as lakh and crore are written
DOUBTFUL = r"[+-]?\d+(,\d+)+(\.\d*)?"
COMMA = r"[+-]?\d{1,3}(\.\d{3})*,\d\d?"


def amount(draft: Draft, text: str) -> Field:
    """Fen as a whole number, exact; another text is a fault, or no value in a lenient column."""
    spec = draft.spec
    places, factor = PLACES[spec.unit], 10 ** PLACES[spec.unit]
    plain = draft.add("usual", "p", _plain(spec, text))
    left = f"{plain} IS NULL AND {text} IS NOT NULL"
    mended = draft.add("mended", "m", f"CASE WHEN {left} THEN {bare(narrowed(text))} END")
    taken = draft.add("taken", "k", _without_marks(spec, mended))
    bared = draft.add("bared", "b", _signed(spec, taken))
    parts = draft.add("parts", "g", ungrouped(bared, spec.decimal))
    number = draft.add("moments", "a", _exact(parts))
    rounded = f"round({number}, {places})"
    noise = f"abs({number} - {rounded})"
    exact = f"CASE WHEN {noise} <= {NOISE[spec.unit]} THEN {rounded} * {factor} END"
    fen = f"coalesce(CAST({plain} * {factor} AS BIGINT), TRY_CAST({exact} AS BIGINT))"
    fen = draft.add("found", "v", fen)
    if spec.name == "amount":
        draft.fault("unparseable_amount", f"{text} IS NULL", "''")
    wrong = f"{text} IS NOT NULL AND {fen} IS NULL"
    comma = f"regexp_full_match({bared}, '{COMMA}')" if spec.decimal == "." else "false"
    grouping = f"regexp_full_match({parts}, '{DOUBTFUL}')"
    if spec.lenient:
        draft.note("emptied", f"{wrong} OR {fen} < 0", text)
        fen = draft.add("kept", "w", f"CASE WHEN {fen} >= 0 THEN {fen} END")
    else:
        draft.fault("decimal_comma", f"{wrong} AND {comma}", text)
        draft.fault("doubtful_grouping", f"{wrong} AND {grouping}", text)
        draft.fault("unparseable_amount", wrong, text)
        draft.fault("negative_amount", f"{fen} < 0", text)
    draft.note("amount_rounded", f"{noise} > 0 AND {fen} IS NOT NULL", text)
    return draft.done(fen)


def currency(draft: Draft, text: str) -> Field:
    """The code of ISO 4217 in capital letters, or a fault."""
    capital = f"CASE WHEN {text} = 'CNY' THEN {text} ELSE upper({narrowed(text)}) END"
    code = draft.add("found", "v", capital)
    known = one_of(code, CURRENCIES)
    draft.fault("unknown_currency", f"NOT {known}", f"coalesce({text}, '')")
    return draft.done(code)


def _plain(spec: ColumnSpec, text: str) -> str:
    """SQL of an amount in figures alone, null where there is more to it."""
    pattern = FIGURES[spec.unit]
    if spec.decimal == "." and PLACES[spec.unit]:
        pattern += r"(\.\d\d?)?"
    seen = f"regexp_full_match({text}, '{pattern}')"
    return f"TRY_CAST(CASE WHEN {seen} THEN {text} END AS DECIMAL(18, 2))"


def _without_marks(spec: ColumnSpec, text: str) -> str:
    """SQL of an amount's text without the currency and the unit.

    A unit other than the column's own stays, so that the text is no number.
    """
    signs, unit = any_of(MONEY["currency"]), any_of(MONEY[spec.unit])
    whole = rf"(?i)^(\(?[+-]?)(?:{signs})?\s*([^a-z]*?)\s*(?:{unit})?\s*(?:{signs})?(\)?)$"
    return rf"regexp_replace({text}, '{whole}', '\1\2\3')"


def _signed(spec: ColumnSpec, text: str) -> str:
    """SQL of the same with a sign, where brackets mean one."""
    if spec.negative != "brackets":
        return text
    return rf"regexp_replace({text}, '^\((.*)\)$', '-\1')"


def _exact(text: str) -> str:
    """SQL of a text as an exact number, null where it is none.

    A power of ten is a number where it shows the figure of the yuan; how many are hidden behind a
    shorter one cannot be known.
    """
    figures = f"length(regexp_extract({text}, '{POWER}', 3))"
    power = f"TRY_CAST(regexp_extract({text}, '{POWER}', 4) AS INTEGER)"
    shown = f"regexp_matches({text}, '{POWER}') AND {figures} >= {power}"
    plain = f"regexp_full_match({text}, '{NUMBER}')"
    return (
        f"TRY_CAST(CASE WHEN {plain} THEN replace({text}, ',', '') WHEN {shown} THEN {text} END AS"
        " DECIMAL(38, 18))"
    )
