"""The receipt: what became of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from .rules import DOUBTFUL, NOTED, REMEDY

MOSTLY = 0.5  # share of a column's values from which it was not understood
OPEN = "not decided, read as guessed"
SHOWN = 5  # texts of rows left out that are printed


@dataclass(frozen=True)
class Receipt:
    """What became of every row: per file, rows read = accepted + rejected + exact duplicates + left
    out by the mapping.

    `doubts`: of accepted rows, the cases that stop before they start, by clock; they are listed in
    doubts.parquet. `times_cut`: times of events recorded more finely than to the second, which the
    tables hold in whole seconds, and their fractions beside, so that order is not lost.
    `undecided`: what the mapping still asks a person, by line.
    """

    dataset: str
    mapping_sha256: str
    files: tuple[dict, ...]
    tables: dict[str, int]
    resolution: dict[str, dict[str, int]]
    cases_without_attributes: int
    charges_without_case: int
    totals: dict[str, int] = field(default_factory=dict)
    rejected_by_rule: dict[str, int] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)
    times_cut: int = 0
    currencies: dict[str, int] = field(default_factory=dict)
    layout: str = "whole"
    history: tuple[dict, ...] = ()
    undecided: tuple[dict, ...] = ()

    def to_dict(self) -> dict:
        """The content of receipt.json."""
        return asdict(self)

    def __str__(self) -> str:
        lines = [*_table(self.files, self.totals)]
        lines += [
            f"  {rule}: {n:,} rejected; {REMEDY[rule]}" for rule, n in self.rejected_by_rule.items()
        ]
        for file in self.files:
            lines += [f"  {file['path']}: {text}" for text in _of_file(file)]
        lines += [
            f"  {clock}: {n:,} doubts: stop before start; {DOUBTFUL}"
            for clock, n in self.doubts.items()
        ]
        if self.times_cut:
            lines.append(f"times cut to the second: {self.times_cut:,}")
        if len(self.history) > 1:
            done = Counter(f["action"] for f in self.history[-1]["files"])
            lines.append(
                f"run {self.history[-1]['run']}: files "
                + ", ".join(f"{action} {n:,}" for action, n in sorted(done.items()))
            )
        lines += [f"  line {one['line']}: {OPEN}: {one['asks']}" for one in self.undecided]
        lines += ["tables: " + ", ".join(f"{name} {n:,}" for name, n in self.tables.items())]
        return "\n".join(lines)


def _table(files: Sequence[dict], totals: dict[str, int]) -> list[str]:
    """The counts of each file, in columns; what no file has, rows left out, has no column."""
    counts = {"rows_read": "read", "accepted": "accepted", "rejected": "rejected"}
    counts |= {"duplicates": "duplicates"} | ({"left_out": "left out"} if left(totals) else {})
    rows: list[tuple[str, ...]] = [("file", *counts.values())]
    for name, told in (*((f["path"], f) for f in files), ("total", totals)):
        rows.append((name, *(f"{told[k]:,}" for k in counts)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [
                first.ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)),
            ]
        )
        for first, *cells in rows
    ]


def share(file: dict) -> float:
    """The share of a file's rows that was accepted, of those not left out and no exact copies.

    >>> share({"accepted": 3, "rejected": 1}), share({"accepted": 0, "rejected": 0})
    (0.75, 1.0)
    """
    rows = file["accepted"] + file["rejected"]
    return file["accepted"] / rows if rows else 1.0


def below(file: dict) -> bool:
    """Whether too little of a file was accepted, or a column was mostly not understood; a file that
    adds nothing of its own but exact copies, or has no rows, is sound.

    >>> file = {"rows_read": 4, "accepted": 3, "rejected": 1, "duplicates": 0}
    >>> below(file | {"least_accepted": 95}), below(file | {"least_accepted": 75})
    (True, False)
    """
    least = file.get("least_accepted", 0)
    if not least:
        return False
    nothing = not file["accepted"] and file["rows_read"] > file["duplicates"]
    return nothing or share(file) * 100 < least or bool(mostly_emptied(file))


def mostly_emptied(file: dict) -> list[dict]:
    """The notes of columns of which more than half the values were unknown, and emptied.

    >>> note = {"column": "kind", "kind": "emptied", "n": 3}
    >>> mostly_emptied({"accepted": 5, "noted": [note]}) == [note]
    True
    """
    notes = file.get("noted", ())
    return [n for n in notes if n["kind"] == "emptied" and n["n"] > file["accepted"] * MOSTLY]


def left(told: dict) -> int:
    """The rows left out of a file or in all; none before there was a rule for it.

    >>> left({"rows_read": 3}), left({"left_out": 2})
    (0, 2)
    """
    return told.get("left_out", 0)


def _of_file(file: dict) -> Iterator[str]:
    """What is told of one file beside its counts, in short lines."""
    for note in mostly_emptied(file) if below(file) else ():
        yield f"most of {note['column']} is unknown and emptied: a report would stop here"
    if below(file) and not mostly_emptied(file):
        told = share(file) if file["accepted"] else 0
        yield (
            f"{told:.1%} accepted, below the {file['least_accepted']:g} % of least_accepted:"
            " a report would stop here"
        )
    if by_value := file.get("left_out_by"):
        told = ", ".join(f"{_where(row)} {row['n']:,}" for row in by_value[:SHOWN]) + (
            f" and {len(by_value) - SHOWN} more" if len(by_value) > SHOWN else ""
        )
        yield f"{left(file):,} rows left out: {told}"
    if never := file.get("never_met"):
        told = ", ".join(_where(row) for row in never)
        yield f"no row has {told}; correct the text, or remove it from only, skip or ignore"
    for note in file.get("noted", ()):
        first = note["examples"][0]
        yield (
            f"{note['column']}: {note['n']:,} {NOTED.get(note['kind'], note['kind'])}, first on"
            f" line {first['line']}: {first['value']!r}"
        )


def _where(row: dict) -> str:
    value = "other texts" if row["value"] is None else repr(row["value"])
    return f"{row['column']} {value}"
