"""What one of our columns is made of in SQL, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..columns import ColumnSpec
from ..rules import ORDER
from ..sql import quote

# from the text of a cell to its value, in this order
STEPS = (
    "texts",  # without spaces around them
    "known",  # null where they mean no value
    "joined",  # those of several columns
    "cut",  # their first signs, where these are what is wanted
    "meanings",  # what the mapping says they stand for
    "fitting",  # null where they may not stand
    "usual",  # read in the way that nearly all can be
    "quick",  # whether that was right
    "formats",  # read by the first of the declared formats
    "shapes",  # the number of the shape that a time has
    "mended",  # what is not read yet, with its signs put right
    "halves",  # the half of the day that is named in it
    "taken",  # without it; without signs of currencies
    "bared",  # without an offset; without brackets
    "parts",  # its pieces
    "reshaped",  # the number of its shape
    "moments",
    "shifted",  # by half a day, or to the next
    "clocks",  # seconds on the local clock
    "found",
    "kept",  # null where it may not stand
)
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


@dataclass
class Draft:
    """A field in the making: `value` is the alias of what is known of it so far."""

    spec: ColumnSpec
    mark: str
    kind: str
    value: str = ""
    steps: list[Step] = field(default_factory=list)
    faults: list[Told] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)

    def add(self, step: str, letter: str, sql: str) -> str:
        """One more step; the alias of what it adds."""
        alias = f"{letter}{self.mark}"
        self.steps.append((step, alias, sql))
        return alias

    def fault(self, rule: str, test: str, text: str) -> None:
        """One more thing that can be wrong with the row."""
        self.faults.append((rule, test, text))

    def note(self, kind: str, test: str, text: str) -> None:
        """One more thing that is told of a row that stays."""
        self.notes.append((kind, test, text))

    def wrong(self, rule: str, test: str, text: str) -> None:
        """A fault, or no value and a note of it where the column is lenient."""
        if self.spec.lenient:
            self.note("emptied", test, text)
        else:
            self.fault(rule, test, text)

    def done(self, value: str, resolution: str | None = None, fraction: str | None = None) -> Field:
        """The field, whose value stands under that alias."""
        return Field(
            self.spec.name,
            tuple(self.steps),
            value,
            tuple(self.faults),
            resolution,
            fraction,
            tuple(self.notes),
        )


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
