"""Whole numbers, and what is true or false."""

from __future__ import annotations

from ..signs import FALSE, TRUE, bare, narrowed
from .field import Draft, Field, one_of

RANGES = {"waived_percent": (0, 100), "minutes": (1, 10**6)}
# commas only where thousands end: 1,2,3 is no number
GROUPED = r"(\d+|\d{1,3}(,\d{3})+)"
WHOLE = rf"[+-]?{GROUPED}(\.0*)?"


def whole(draft: Draft, text: str) -> Field:
    """A whole number, exact; any other text is a fault, or none where the column is lenient."""
    plain = f"regexp_full_match({text}, '-?[0-9]+')"
    usual = draft.add("usual", "p", f"TRY_CAST(CASE WHEN {plain} THEN {text} END AS BIGINT)")
    left = f"{usual} IS NULL AND {text} IS NOT NULL"
    mended = draft.add("mended", "m", f"CASE WHEN {left} THEN {bare(narrowed(text))} END")
    parts = draft.add("parts", "g", ungrouped(mended, draft.spec.decimal))
    digits = rf"regexp_replace(replace({parts}, ',', ''), '\.0*$', '')"
    number = f"regexp_full_match({parts}, '{WHOLE}')"
    slow = f"CASE WHEN {number} THEN TRY_CAST({digits} AS BIGINT) END"
    value = draft.add("found", "v", f"coalesce({usual}, {slow})")
    draft.wrong("bad_type", f"{text} IS NOT NULL AND {value} IS NULL", text)
    if draft.spec.name in RANGES:
        low, high = RANGES[draft.spec.name]
        outside = f"{text} IS NULL OR {value} NOT BETWEEN {low} AND {high}"
        draft.fault("bad_type", outside, f"coalesce({text}, '')")
    return draft.done(value)


def truth(draft: Draft, text: str) -> Field:
    """True or false; any other text is a fault, or none where the column is lenient."""
    usual = draft.add("usual", "p", _truth(f"lower({text})"))
    left = f"{usual} IS NULL AND {text} IS NOT NULL"
    clean = f"CASE WHEN {left} THEN {_truth(f'lower({bare(narrowed(text))})')} END"
    value = draft.add("found", "v", f"coalesce({usual}, {clean})")
    draft.wrong("bad_type", f"{text} IS NOT NULL AND {value} IS NULL", text)
    return draft.done(value)


def ungrouped(text: str, decimal: str) -> str:
    """SQL of a number's text with a decimal point; spaces go where they part thousands."""
    spaced = rf"regexp_matches({text}, '^[+-]?\d{{1,3}}( \d{{3}})+([.,]|$)')"
    turned = f"translate({text}, ',.', '.,')" if decimal == "," else text
    return f"CASE WHEN {spaced} THEN replace({turned}, ' ', '') ELSE {turned} END"


def _truth(text: str) -> str:
    return f"CASE WHEN {one_of(text, TRUE)} THEN true WHEN {one_of(text, FALSE)} THEN false END"
