"""Texts that metrics group by: what the mapping says they mean, and whether they may stand."""

from __future__ import annotations

from ..signs import narrowed
from ..sql import quote
from .field import Draft


def meant(draft: Draft, text: str) -> str:
    """Steps from a text to the one that it stands for, null where it stands for none; its alias."""
    spec = draft.spec
    found = text
    if spec.prefix:
        found = draft.add("cut", "c", _first_signs(draft, found))
    if draft.kind != "CONSTANT" and (spec.values or spec.allowed):
        found = draft.add("meanings", "u", _looked_up(draft, found))
    if spec.pattern:
        fits = f"regexp_full_match({found}, '{spec.pattern}')"
        found = draft.add("fitting", "o", f"CASE WHEN {fits} THEN {found} END")
    if found != text:
        draft.wrong("unknown_value", f"{text} IS NOT NULL AND {found} IS NULL", text)
    return found


def _looked_up(draft: Draft, text: str) -> str:
    """SQL of what the mapping says a text means, else of the vocabulary's own word for it; codes of
    currencies, numbers and yes or no stay as they are, to be looked at as such.
    """
    spec = draft.spec
    cases = "".join(f" WHEN {quote(k)} THEN {quote(v)}" for k, v in spec.values)
    own = "".join(f" WHEN {quote(word)} THEN {quote(word)}" for word in spec.allowed)
    rest = f" ELSE CASE lower({text}){own} END" if own else ""
    if spec.name == "currency" or spec.type != "text":
        rest = f" ELSE {text}"
    return f"CASE {text}{cases}{own}{rest} END"


def _first_signs(draft: Draft, text: str) -> str:
    """SQL of the first signs of a text, null where it is none that they may be taken from."""
    narrow = f"CASE WHEN strlen({text}) = length({text}) THEN {text} ELSE {narrowed(text)} END"
    signs = f"left({narrow}, {draft.spec.prefix})"
    if not draft.spec.whole:
        return signs
    return f"CASE WHEN regexp_full_match({narrow}, '{draft.spec.whole}') THEN {signs} END"
