"""Which column of each file names its case: by header, and by the values that files share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...domain.synonyms import ROLE_COLUMNS, meant
from .columns_seen import ColumnSeen, as_text
from .layouts import UNIQUE, Laid
from .names_meant import ENOUGH, Found

CASED = ("events", "wide", "cases", "charges")
_DECIMAL = re.compile(r"-?\d+[.,]\d+")
LEAST_SHARED, WEIGHT, MOST_VALUES = 0.3, 0.7, 5_000


@dataclass(frozen=True)
class Joined:
    """A file with the column of its cases, and the files that have some of the same cases."""

    laid: Laid
    shared: tuple[tuple[str, float], ...] = ()
    others: tuple[ColumnSeen, ...] = ()


def joined(files: Sequence[Laid]) -> list[Joined]:
    """The files, each with the identifier that fits its header and the other files best."""
    cased = [i for i, file in enumerate(files) if file.role in CASED]
    choices = {i: _choices(files[i]) for i in cased}
    values = {
        (i, c.header): {as_text(v).strip() for v in list(c.told)[:MOST_VALUES]}
        for i in cased
        for c, _ in choices[i]
    }
    best = {i: _best(i, choices, values, files[i]) for i in cased}
    found = []
    for i, file in enumerate(files):
        column, score = best.get(i, (None, 0.0))
        if column is None:
            found.append(Joined(file))
            continue
        shared = []
        for j in cased:
            other = best[j][0]
            if j != i and other is not None:
                own, others = values[i, column.header], values[j, other.header]
                if _overlap(own, others) >= LEAST_SHARED:
                    # of this file's cases, whichever is the larger
                    shared.append((files[j].sample.title, len(own & others) / len(own)))
        names = {n: f for n, f in file.found.items() if f.column.header != column.header}
        names["case_id"] = Found("case_id", column, score)
        timed = tuple(t for t in file.timed if t[0].header != column.header)
        rest = tuple(c for c, s in choices[i] if c is not column and s >= ENOUGH)
        found.append(Joined(replace(file, found=names, timed=timed), tuple(shared), rest))
    return found


def _choices(file: Laid) -> list[tuple[ColumnSeen, float]]:
    """Columns that can name a case, each with how well its header says so."""
    table = ROLE_COLUMNS.get(file.role, "column")
    found = []
    for column in file.columns:
        if column.times and not column.times.number or not column.rows_told:
            continue
        some = [as_text(v) for v in list(column.told)[:50]]
        if sum(bool(_DECIMAL.fullmatch(text)) for text in some) > len(some) / 2:
            continue
        score = dict(meant(column.header, table)).get("case_id", 0.0)
        own = next((f for f in file.found.values() if f.column is column), None)
        if own and own.name != "case_id" and own.score > score:
            continue
        # of what happens, a case may have many rows
        often = file.role == "events" and not column.few and column.unique < UNIQUE
        if score or often or column.unique > 0.3 and column.distinct > 3:
            found.append((column, score))
    return found


def _best(
    i: int,
    choices: dict[int, list[tuple[ColumnSeen, float]]],
    values: dict[tuple[int, str], set[str]],
    file: Laid,
) -> tuple[ColumnSeen | None, float]:
    """The likeliest of the columns of one file."""
    ranked = []
    for column, score in choices[i]:
        shares = [
            max(
                (_overlap(values[i, column.header], values[j, c.header]) for c, s in told if s),
                default=0.0,
            )
            for j, told in choices.items()
            if j != i
        ]
        most = max(shares, default=0.0)
        join = WEIGHT * most if most >= LEAST_SHARED and score + most > ENOUGH else 0.0
        repeats = file.role == "events" and column.rows_told > 20
        again = 0.4 * (column.unique < UNIQUE) if repeats else 0.0
        alone = 0.5 * column.unique**3 if file.role in ("wide", "cases") else 0.0
        full = column.rows_told / max(column.n, 1)
        if column.running and len(choices[i]) > 1:
            # a number of the row names a case only where nothing else does
            full, alone = 0.0, 0.0
        ranked.append(
            ((score + join + alone + again) * (0.5 + 0.5 * full), -column.place, column, score)
        )
    if not ranked:
        return None, 0.0
    top = max(ranked, key=lambda r: r[:2])
    joined_up = top[0] - top[3] > LEAST_SHARED
    return top[2], min(1.0, top[3] + (0.3 if joined_up and top[3] else 0.0))


def _overlap(one: set[str], other: set[str]) -> float:
    least = min(len(one), len(other))
    return len(one & other) / least if least > 2 else 0.0
