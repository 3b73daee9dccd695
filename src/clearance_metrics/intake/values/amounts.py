"""Amounts of money, in fen, and the currencies they may be in."""

from __future__ import annotations

from ...domain.currencies import CURRENCIES as CURRENCIES
from ..columns import ColumnSpec
from .field import Field

# commas only where thousands end: 1,2,3 is no number
AMOUNT = r"[+-]?¥?\s?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?"


def amount(spec: ColumnSpec, steps: list, faults: list, text: str, mark: str) -> Field:
    """Fen as a whole number, exact, or a fault."""
    value = f"v{mark}"
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
