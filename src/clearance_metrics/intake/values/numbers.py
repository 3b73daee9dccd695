"""Whole numbers, and what is true or false."""

from __future__ import annotations

from ...domain.truth import FALSE, TRUE
from ..columns import ColumnSpec
from .field import Field, one_of

RANGES = {"waived_percent": (0, 100), "minutes": (1, 10**6)}


def whole_or_truth(spec: ColumnSpec, steps: list, faults: list, text: str, mark: str) -> Field:
    """A whole number, or true or false; any other text is a fault."""
    value = f"v{mark}"
    number = f"TRY_CAST(CASE WHEN regexp_full_match({text}, '-?[0-9]+') THEN {text} END AS BIGINT)"
    low = f"lower({text})"
    truth = f"CASE WHEN {one_of(low, TRUE)} THEN true WHEN {one_of(low, FALSE)} THEN false END"
    steps.append((4, value, number if spec.type == "integer" else truth))
    faults.append(("bad_type", f"{text} IS NOT NULL AND {value} IS NULL", text))
    if spec.name in RANGES:
        low, high = RANGES[spec.name]
        outside = f"{text} IS NULL OR {value} NOT BETWEEN {low} AND {high}"
        faults.append(("bad_type", outside, f"coalesce({text}, '')"))
    return Field(spec.name, tuple(steps), value, tuple(faults))
