"""Rows that the mapping leaves out by its own rule: `only`, `skip` and `ignore`."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from .files import RawFile
from .mapping import FileSpec
from .sql import quote
from .values.field import one_of

if TYPE_CHECKING:
    from .parts import Part

# different texts of a column that are told one by one; the others are summed up
MOST = 50


@dataclass(frozen=True)
class LeftOut:
    """SQL of `rule` (which clause leaves the row out, below 0; else null), of `text` (what stands
    in its column) by fault_, and of columns kept_N: which text of an `only` the row has.
    """

    rule: str
    text: str
    kept: tuple[tuple[str, str], ...]


def clauses(spec: FileSpec) -> list[tuple[str, str, tuple[str, ...]]]:
    """What leaves rows out, in the order it is looked at: (only or skip, header, texts)."""
    found = [(key, *row) for key in ("only", "skip") for row in getattr(spec, key)]
    milestone = next((c.header for c in spec.columns if c.name == "milestone"), None)
    if spec.ignore and milestone is not None:
        found.append(("skip", milestone, spec.ignore))
    return found


def left_out(spec: FileSpec, raw: RawFile) -> LeftOut | None:
    """How rows of this file are left out; None where all are taken."""
    rules: list[str] = []
    texts: list[str] = []
    kept: list[tuple[str, str]] = []
    for i, (key, header, words) in enumerate(clauses(spec)):
        if header not in raw.headers:
            raise InputError(
                f"{key} names {header!r}, which the file has not",
                str(raw.path),
                f"headers: {', '.join(raw.headers)}",
            )
        cell = _cell(raw, header)
        chosen = one_of(cell, words)
        rules.append(f"WHEN {chosen if key == 'skip' else f'NOT {chosen}'} THEN {-1 - i}")
        texts.append(f"WHEN {-1 - i} THEN {cell}")
        if key == "only":
            places = " ".join(f"WHEN {quote(word)} THEN {n}" for n, word in enumerate(words))
            kept.append((f"kept_{i}_", f"CAST(CASE {cell} {places} END AS SMALLINT)"))
    if not rules:
        return None
    return LeftOut(
        f"CAST(CASE {' '.join(rules)} END AS SMALLINT)",
        f"CASE WHEN fault_ < 0 THEN CASE fault_ {' '.join(texts)} END END",
        tuple(kept),
    )


def malformed(spec: FileSpec, part: Part) -> tuple[list[tuple], Counter[tuple[int, str]]]:
    """The malformed rows of a part; and of those that the mapping skips, how many by clause and
    text: a footer seldom has all fields.
    """
    skipped = [(i, h, words) for i, (key, h, words) in enumerate(clauses(spec)) if key == "skip"]
    if not skipped:
        return list(part.malformed), Counter()
    broken, left = [], Counter[tuple[int, str]]()
    tabs = part.name.lower().removesuffix(".gz").endswith(".tsv")
    delimiter = spec.delimiter or ("\t" if tabs else ",")
    for row in part.malformed:
        cells = next(csv.reader([row[2] or ""], delimiter=delimiter), [])
        found = dict(zip(part.headers, map(str.strip, cells), strict=False))
        hits = [(i, found[h]) for i, h, words in skipped if found.get(h) and found[h] in words]
        if hits:
            left[hits[0]] += 1
        else:
            broken.append(row)
    return broken, left


def _cell(raw: RawFile, header: str) -> str:
    """SQL of a cell's text as it stands, without spaces around it; '' where it is empty."""
    return f"coalesce(trim(CAST(h{raw.headers.index(header)} AS VARCHAR)), '')"
