"""Charge items that code asks for by what they are: their names stand in charge_items.csv."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from .tariff import load_tariff


@cache
def items_of(role: str) -> tuple[str, ...]:
    """The charge items of a role: "pilotage", or "outside_tariff".

    >>> len(items_of("pilotage")), len(items_of("outside_tariff"))
    (1, 3)
    """
    text = files(__package__).joinpath("charge_items.csv").read_text(encoding="utf-8")
    return tuple(row["item"] for row in csv.DictReader(text.splitlines()) if row["role"] == role)


def known_items() -> tuple[str, ...]:
    """Every charge item that a notice may name: those of the port tariff and a few beside it."""
    return (*load_tariff().items, *items_of("outside_tariff"))


@cache
def item_words() -> dict[str, dict[str, str]]:
    """Every charge item that is known, in words: in English with the name it has in the data.

    >>> sorted({len(words) for words in item_words().values()}), len(item_words()) >= 16
    ([2], True)
    """
    text = files(__package__).joinpath("charge_items.csv").read_text(encoding="utf-8")
    beside = {row["item"]: row["item_en"] for row in csv.DictReader(text.splitlines())}
    named = beside | {row.item: row.item_en for row in load_tariff().rows}
    return {item: {"zh": item, "en": f"{en} ({item})"} for item, en in named.items()}
