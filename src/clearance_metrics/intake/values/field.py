"""What one of our columns is made of in SQL, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..rules import ORDER
from ..sql import quote

# from the text of a cell to its value, in this order
STEPS = ("texts", "known", "meanings", "usual", "shapes", "moments", "found")
Step = tuple[str, str, str]
Told = tuple[str, str, str]


@dataclass(frozen=True)
class Field:
    """One of our columns: what it is made of step by step, its SQL value, and what can be wrong
    with it.

    `steps` are (step, alias, SQL): a step may name the aliases of those before it, so that each is
    worked out once. `faults` are (rule, SQL condition, SQL text); `notes` are (kind, SQL condition,
    SQL text): what is told of a row that stays.
    """

    name: str
    steps: tuple[Step, ...]
    value: str
    faults: tuple[Told, ...]
    resolution: str | None = None
    fraction: str | None = None
    notes: tuple[Told, ...] = ()


def one_of(value: str, words: Iterable[str]) -> str:
    """SQL of whether a value is one of these texts; false where it is null.

    Not IN: of five texts and more the engine makes a join, in which rows lose their order.
    """
    return (
        f"(CASE {value} {' '.join(f'WHEN {quote(word)} THEN true' for word in words)} ELSE false"
        " END)"
    )


def staged(relation: str, fields: list[Field]) -> str:
    """A query on `relation` that adds every field's aliases, step by step."""
    steps = [step for f in fields for step in f.steps]
    queries = []
    for named in STEPS:
        added = [f"{sql} AS {alias}" for step, alias, sql in steps if step == named]
        if added:
            queries.append(f"{named} AS (SELECT *, {', '.join(added)} FROM {relation})")
            relation = named
    return f"(WITH {', '.join(queries)} FROM {relation})" if queries else relation


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
