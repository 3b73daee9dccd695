"""What was seen while a log was read and does no harm, counted: nothing is mended in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SENTENCES = {
    "mark_removed": "{n} with signs around the identifier, which were taken off",
    "read_from_number": "{n} read from whole floating-point numbers",
    "amount_rounded": "{n} with binary noise, rounded to the whole fen",
    "clock_change": "{n} of an hour that a change of the clock repeats or skips",
    "before_1990": "{n} before 1990",
    "unknown_value": "{n} that the vocabulary does not know",
    "emptied": "{n} emptied, since the vocabulary does not know them",
    "no_attributes": "{n} with events and without a row of attributes",
    "no_events": "{n} without any event",
    "charges_without_case": "{n} of charge lines alone, without events or attributes",
    "without_value": "{n} without a value, which are in no part",
    "time_cut": "{n} cut to the second",
}


@dataclass(frozen=True)
class Noted:
    """What was noted of a column: a kind such as `mark_removed`, how many rows, some of the values.

    >>> print(Noted("cases", "case_id", "no_attributes", 2, ("A1", "A2")))
    cases.case_id: 2 with events and without a row of attributes (A1, A2)
    """

    table: str
    column: str
    kind: str
    n: int
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = SENTENCES.get(self.kind, f"{{n}} {self.kind}").format(n=self.n)
        shown = f" ({', '.join(self.examples)})" if self.examples else ""
        return f"{self.table}.{self.column}: {told}{shown}"


def of_receipt(receipt: Mapping[str, Any]) -> Iterator[Noted]:
    """What intake noted of each file."""
    for file in receipt.get("files", ()):
        for told in file.get("noted", ()):
            shown = tuple(str(one.get("value", "")) for one in told.get("examples", ()))
            yield Noted(str(file.get("path", "")), told["column"], told["kind"], told["n"], shown)
