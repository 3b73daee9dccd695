"""The receipt of an intake, in the language of who reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..intake.receipt import below, mostly_emptied, share
from ..intake.rules import NOTED
from ..results.words import term
from .language import said

COUNTS = {
    "rows_read": "read",
    "accepted": "accepted",
    "rejected": "rejected",
    "duplicates": "duplicates",
    "left_out": "left out",
}
SHOWN = 5  # texts of rows left out that are printed
# what an intake with --add did with a file
ACTIONS = {
    "added": "added",
    "replaced": "replaced",
    "kept": "kept",
    "removed": "removed",
    "read again": "read again",
}


def receipt_text(receipt: dict, lang: str) -> str:
    """What became of every row: a table of files, then rules, doubts and tables.

    >>> counts = {"rows_read": 2, "accepted": 1, "rejected": 1, "duplicates": 0}
    >>> files = [{"path": "a.csv", **counts}]
    >>> told = {"files": files, "totals": counts, "rejected_by_rule": {"missing_time": 1}}
    >>> print(receipt_text(told | {"tables": {"events": 1}}, "en"))
    file   read  accepted  rejected  duplicates
    a.csv     2         1         1           0
    total     2         1         1           0
      missing_time: 1 rejected; fill in the time, or leave the row out with skip
    tables: events 1
    """
    lines = [*_table(receipt, lang), *_rules(receipt, lang)]
    for file in receipt["files"]:
        lines += _of_file(file, lang)
    lines += _doubts(receipt, lang)
    if receipt.get("times_cut"):
        lines.append(said(f"times cut to the second: {receipt['times_cut']:,}", lang))
    lines += _history(receipt, lang)
    for one in receipt.get("undecided", ()):
        lines.append(
            said(f"  line {one['line']}: not decided, read as guessed: {one['asks']}", lang)
        )
    tables = ", ".join(f"{name} {n:,}" for name, n in receipt["tables"].items())
    return "\n".join([*lines, said(f"tables: {tables}", lang)])


def _table(receipt: dict, lang: str) -> list[str]:
    totals = receipt["totals"]
    # what no file has, rows left out, has no column
    kept = [key for key in COUNTS if key in totals and (key != "left_out" or totals[key])]
    rows = [[said("file", lang), *(said(COUNTS[key], lang) for key in kept)]]
    rows += [[f["path"], *(f"{f[key]:,}" for key in kept)] for f in receipt["files"]]
    rows.append([said("total", lang), *(f"{totals[key]:,}" for key in kept)])
    return list(_aligned(rows))


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """The first column to the left, numbers to the right; a Chinese sign is two wide."""
    from wcwidth import wcswidth

    wide = [[max(wcswidth(cell), len(cell)) for cell in row] for row in rows]
    widths = [max(column) for column in zip(*wide, strict=True)]
    for row, own in zip(rows, wide, strict=True):
        pads = [" " * (w - o) for w, o in zip(widths, own, strict=True)]
        yield "  ".join(
            [row[0] + pads[0], *(p + c for p, c in zip(pads[1:], row[1:], strict=True))]
        )


def _rules(receipt: dict, lang: str) -> list[str]:
    return [
        said(f"  {_rule(rule, lang)}: {n:,} rejected; {term('remedy', rule, lang)}", lang)
        for rule, n in receipt["rejected_by_rule"].items()
    ]


def _rule(rule: str, lang: str) -> str:
    """The rule's code, with its word where that is in another language than the code."""
    word = term("rule", rule, lang)
    return rule if lang == "en" or word == rule else f"{word} ({rule})"


def _of_file(file: dict, lang: str) -> Iterable[str]:
    """What is told of one file beside its counts: too little of it accepted, rows left out, texts
    never met, notes.
    """
    path = file["path"]
    if below(file):
        yield from _too_little(file, lang)
    if by_value := file.get("left_out_by"):
        told = ", ".join(f"{_met(row, lang)} {row['n']:,}" for row in by_value[:SHOWN])
        if len(by_value) > SHOWN:
            told = said(f"{told} and {len(by_value) - SHOWN} more", lang)
        yield said(f"  {path}: {file['left_out']:,} rows left out: {told}", lang)
    if never := file.get("never_met"):
        told = ", ".join(_met(row, lang) for row in never)
        remedy = said("correct the text, or remove it from only, skip or ignore", lang)
        yield said(f"  {path}: no row has {told}; {remedy}", lang)
    for note in file.get("noted", ()):
        column, kind, n = note["column"], note["kind"], note["n"]
        told = said(NOTED.get(kind, kind), lang)
        first = note["examples"][0]
        line, value = first["line"], first["value"]
        yield said(f"  {path}: {column}: {n:,} {told}; line {line}: {value!r}", lang)


def _too_little(file: dict, lang: str) -> Iterable[str]:
    path, emptied = file["path"], mostly_emptied(file)
    for note in emptied:
        column = note["column"]
        yield said(
            f"  {path}: most of {column} is unknown and emptied: a report would stop here", lang
        )
    if not emptied:
        accepted, least = (
            f"{share(file) if file['accepted'] else 0:.1%}",
            f"{file['least_accepted']:g}",
        )
        yield said(
            f"  {path}: {accepted} accepted, below the {least} % of least_accepted: a report would"
            " stop here",
            lang,
        )


def _met(row: dict, lang: str) -> str:
    value = said("other texts", lang) if row["value"] is None else repr(row["value"])
    return f"{row['column']} {value}"


def _doubts(receipt: dict, lang: str) -> list[str]:
    remedy = term("remedy", "stop_before_start", lang)
    return [
        said(f"  {clock}: {n:,} doubts: stop before start; {remedy}", lang)
        for clock, n in receipt.get("doubts", {}).items()
    ]


def _history(receipt: dict, lang: str) -> list[str]:
    history = receipt.get("history", ())
    if len(history) < 2:
        return []
    done = Counter(f["action"] for f in history[-1]["files"])
    files = ", ".join(f"{said(ACTIONS[action], lang)} {n:,}" for action, n in sorted(done.items()))
    return [said(f"run {history[-1]['run']}: files {files}", lang)]
