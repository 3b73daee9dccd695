"""Whether enough of every file was accepted for its figures to mean anything, and if not, why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..domain.synonyms import has_table, meant
from ..errors import ClearanceError, InputError
from .receipt import Receipt, below, mostly_emptied, share
from .rules import REMEDY

SHOWN = 3  # causes of a file
SURE = 0.7  # how sure a meaning has to be to be proposed


def enough(told: Receipt | str | Path) -> None:
    """InputError unless of every file at least `least_accepted` per cent of the rows were accepted.

    `told` is the receipt of a run, or the folder that the run wrote. Rows left out and exact
    copies count on neither side. A file of which no row at all was accepted is always too little,
    and so is one with a column of which more than half the values were unknown and emptied, unless
    its least_accepted is 0.

    >>> file = {"path": "a.csv", "rows_read": 4, "accepted": 1, "rejected": 3, "duplicates": 0}
    >>> told = Receipt("d", "", (file | {"least_accepted": 95},), {}, {}, 0, 0)
    >>> enough(told)
    Traceback (most recent call last):
    clearance_metrics.errors.InputError: 25.0% of 4 rows accepted, less than least_accepted = 95
      where: a.csv
      do: look into the file
    """
    if isinstance(told, Receipt):
        files, place = told.files, told.dataset
    else:
        files, place = _kept(Path(told)), str(told)
    short = [_short(file) for file in files if below(file)]
    if short:
        raise InputError.several(short, place)


def _kept(folder: Path) -> tuple[dict, ...]:
    """The files of the receipt in a folder."""
    try:
        return tuple(json.loads((folder / "receipt.json").read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"the receipt cannot be read: {error!r}", str(folder), "run intake again"
        ) from None


def _short(file: dict) -> ClearanceError:
    """The error of one file of which too little was accepted."""
    rows = file["accepted"] + file["rejected"]
    what = (
        f"{share(file):.1%} of {rows:,} rows accepted, less than least_accepted ="
        f" {file['least_accepted']:g}"
    )
    if empty := mostly_emptied(file):
        columns = ", ".join(f"{n['column']} ({n['n']:,} / {file['accepted']:,})" for n in empty)
        what = f"most values are unknown of {columns}"
    if not rows:
        what = f"all {file['rows_read']:,} rows are left out by the mapping"
    told = list(causes_told(file))
    return InputError(what, file["path"], "\n      ".join(told) or "look into the file")


def causes_told(file: dict) -> Iterator[str]:
    """The largest causes of what a file has lost, a line each, with what to write.

    >>> cause = {"rule": "unknown_value", "column": "kind", "header": "IE", "n": 3, "line": 2}
    >>> cause["values"] = [{"value": "inbound", "n": 3}]
    >>> (line,) = causes_told({"causes": [cause]})
    >>> line.split(": ", 1)[0], line.rpartition("; ")[2]
    ("1. kind ('IE')", 'write values = { "inbound" = "import" }')
    """
    number = 0
    for number, cause in enumerate(file.get("causes", ()), 1):
        column, header = cause["column"], cause["header"]
        called = f"{column} ({header!r})" if header else column
        texts = ", ".join(f"{v['value']!r} {v['n']:,}" for v in cause["values"])
        zone = f" (read in {file['timezone']})" if "time" in cause["rule"] else ""
        yield (
            f"{number}. {called + ': ' if called else ''}{_rows(cause['n'])},"
            f" {cause['rule'].replace('_', ' ')}: {texts}{zone}, first on line {cause['line']};"
            f" {remedy(cause)}"
        )
    for left in (file.get("left_out_by") or ())[: SHOWN - number]:
        number += 1
        text = "other texts" if left["value"] is None else repr(left["value"])
        yield f"{number}. {left['column']} {text}: {left['n']:,} rows left out; see only and skip"


def remedy(cause: dict) -> str:
    """What to write in the mapping so that the texts of a cause are understood: by meaning where
    that is known, else what the rule says.
    """
    rule, column = cause["rule"], cause["column"]
    table, key = {
        "unknown_milestone": ("milestone", "[file.milestones]"),
        "unknown_currency": ("currency", "values"),
        "unknown_value": (column, "values"),
        "bad_type": (column if has_table(column) else "boolean", "values"),
    }.get(rule, ("", ""))
    usual, texts = REMEDY.get(rule, ""), [v["value"] for v in cause["values"] if v["value"]]
    if rule == "unparseable_time" and texts and not any(map(_has_digit, texts)):
        return f"write no_value = {json.dumps(texts, ensure_ascii=False)}"
    if not table or not has_table(table):
        return usual
    found = [(text, name, sure) for text in texts for name, sure in meant(text, table)[:1]]
    pairs = ", ".join(f'"{text}" = "{name}"' for text, name, sure in found if sure >= SURE)
    if not pairs:
        return usual
    return f"write {key} = {{ {pairs} }}" if key == "values" else f"add {pairs} to {key}"


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _rows(n: int) -> str:
    return f"{n:,} row" if n == 1 else f"{n:,} rows"
