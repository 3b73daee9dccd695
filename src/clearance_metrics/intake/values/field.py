"""What one of our columns is made of in SQL, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..rules import ORDER
from ..sql import quote


@dataclass(frozen=True)
class Field:
    """One of our columns: what it is made of step by step, its SQL value, and what can be wrong
    with it.

    `steps` are (level, alias, SQL): a level may name the aliases of those below it, so that each is
    worked out once. `faults` are (rule, SQL condition, SQL text); `notes` are (kind, SQL condition,
    SQL text) of what is told of a row without refusing it.
    """

    name: str
    steps: tuple[tuple[int, str, str], ...]
    value: str
    faults: tuple[tuple[str, str, str], ...]
    resolution: str | None = None
    fraction: str | None = None
    notes: tuple[tuple[str, str, str], ...] = ()


def one_of(value: str, words: Iterable[str]) -> str:
    """SQL of whether a value is one of these texts; false where it is null.

    Not IN: of five texts and more the engine makes a join, in which rows lose their order.
    """
    return (
        f"(CASE {value} {' '.join(f'WHEN {quote(word)} THEN true' for word in words)} ELSE false"
        " END)"
    )


def staged(relation: str, fields: list[Field]) -> str:
    """A query on `relation` that adds every field's aliases, level by level."""
    steps = [step for f in fields for step in f.steps]
    for level in sorted({level for level, _, _ in steps}):
        added = ", ".join(f"{sql} AS {alias}" for n, alias, sql in steps if n == level)
        relation = f"(SELECT *, {added} FROM {relation})"
    return relation


def verdict(fields: list[Field]) -> tuple[str, str, list]:
    """SQL of the number of the first fault (null: none) and, by fault_, of its text; and each
    fault's (rule, column).
    """
    faults = [(rule, test, text, f.name) for f in fields for rule, test, text in f.faults]
    faults.sort(key=lambda fault: ORDER.index(fault[0]))
    if not faults:
        return "CAST(NULL AS SMALLINT)", "CAST(NULL AS VARCHAR)", []
    number = " ".join(f"WHEN {test} THEN {i}" for i, (_, test, _, _) in enumerate(faults))
    told = " ".join(
        f"WHEN {i} THEN CAST({text} AS VARCHAR)" for i, (_, _, text, _) in enumerate(faults)
    )
    # sound rows are not looked at again
    text = f"CASE WHEN fault_ IS NOT NULL THEN CASE fault_ {told} END END"
    return (
        f"CAST(CASE {number} END AS SMALLINT)",
        text,
        [(rule, column) for rule, _, _, column in faults],
    )
