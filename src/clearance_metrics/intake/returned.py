"""What goes back to suppliers: the rows that were rejected, read again as they stand in the files,
under the suppliers' own headers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

import duckdb

from ..errors import InputError
from .again import rows_again
from .columns import ColumnSpec
from .mapping import FileSpec, load_mapping
from .sql import parquet

MOST = 5000  # rows of a sheet; what is beyond is counted
BROKEN = "malformed_row"  # the rule of rows that have no columns
KNOWN = 12  # values that are named as good ones
ISO = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")  # what is read without formats
# rules of which it helps to say what would have been taken
HELPED = ("unknown_milestone", "unknown_value", "unparseable_time", "number_as_time")
AGAIN = "run intake again"


@dataclass(frozen=True)
class Row:
    """A rejected row: the line it stands on, its cells (of a malformed row the whole line as one),
    the places of the faulty ones, their headers, and the value that was refused.
    """

    line: int
    cells: tuple[str | None, ...]
    faulty: tuple[int, ...]
    headers: tuple[str, ...]
    column: str
    value: str


@dataclass(frozen=True)
class Sheet:
    """The rows of one file that break one rule: the first `MOST` of them in order of line.

    `known` are, by our column, the values or formats that would have been taken.
    """

    file: str
    rule: str
    total: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    known: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Returned:
    """A dataset's rejected rows, with the receipt's counts of each file."""

    dataset: str
    titles: Mapping[str, str]
    files: tuple[dict, ...]
    sheets: tuple[Sheet, ...]


def returned(log: Path, data: Path | None = None, most: int = MOST) -> Returned:
    """The rejected rows of the log in `log`, read again under `data` (default: where intake read).

    Raises InputError where the files or their mapping are not as intake read them: their lines
    would no longer be the right ones.
    """
    log = Path(log)
    head, receipt = _json(log / "dataset.json"), _json(log / "receipt.json")
    mapping, data = _found(log, head, receipt, data)
    spec = load_mapping(mapping)
    groups: dict[str, dict[str, list[tuple]]] = {}
    for file, rule, *rest in _rejected(log, most):
        groups.setdefault(file, {}).setdefault(rule, []).append(tuple(rest))
    digests = {f["path"]: f["sha256"] for f in receipt["files"]}
    made: list[Sheet] = []
    for file, rules in groups.items():
        _unchanged(data / file, digests[file])
        specs = [f for f in spec.files if data / file in set(data.glob(f.path))]
        made += _sheets(specs, data / file, file, rules)
    titles = {lang: head.get(f"title_{lang}") or head["name"] for lang in ("zh", "en")}
    return Returned(head["name"], titles, tuple(receipt["files"]), tuple(made))


def _sheets(
    specs: list[FileSpec], path: Path, file: str, rules: dict[str, list[tuple]]
) -> Iterable[Sheet]:
    """The file's sheets, its rows being read once for all of them."""
    wanted = {line for rows in rules.values() for line, *_ in rows}
    broken = {line for line, *_ in rules.get(BROKEN, ())}
    headers, cells = rows_again(specs[0], path, wanted - broken, broken)
    for rule, rows in rules.items():
        columns = {column for _, column, *_ in rows} if rule in HELPED else set()
        known = {column: _known(specs, column) for column in sorted(columns)}
        told = tuple(
            _row(specs, headers, cells.get(line), line, column, value)
            for line, column, value, _ in rows
        )
        yield Sheet(file, rule, rows[0][3], headers, told, known)


def _row(
    specs: list[FileSpec],
    headers: tuple[str, ...],
    cells: tuple[str | None, ...] | None,
    line: int,
    column: str,
    value: str,
) -> Row:
    if not column:
        # a malformed row has no columns: it is shown as it stands in the file
        return Row(line, cells or (value,), (0,), (), column, "")
    own = _headers(specs, column)
    places = tuple(i for i, header in enumerate(headers) if header in own)
    wide = (cells or ()) + (None,) * (len(headers) - len(cells or ()))
    return Row(line, wide, places, tuple(headers[i] for i in places), column, value)


def _specs(specs: list[FileSpec], column: str) -> list[ColumnSpec]:
    return [c for f in specs for c in (*f.columns, *f.milestones) if c.name == column]


def _headers(specs: list[FileSpec], column: str) -> set[str]:
    """The headers that one of our columns is read from."""
    found = _specs(specs, column)
    each = (h for c in found for h in (c.header, *c.headers, c.zone_column))
    return {header for header in each if header}


def _known(specs: list[FileSpec], column: str) -> tuple[str, ...]:
    """What would have been taken in a column: values as the mapping lists them, times written out
    by its formats.
    """
    found = _specs(specs, column)
    listed = [value for c in found for value, _ in c.values]
    times = [c for c in found if c.type == "time"]
    listed += [_written(text) for c in times for text in c.formats or ISO]
    if column == "milestone":
        listed += [code for f in specs for code, _ in f.codes]
    listed = list(dict.fromkeys(listed))
    return tuple(listed[:KNOWN] + ["…"] * (len(listed) > KNOWN))


def _written(text: str) -> str:
    """A moment written by a format of times.

    >>> _written("%d.%m.%Y %H:%M")
    '31.03.2022 14:05'
    """
    try:
        return datetime(2022, 3, 31, 14, 5, 9).strftime(text)
    except ValueError:
        return text


def _rejected(log: Path, most: int) -> list[tuple]:
    """File, rule, line, column, value and the rule's count in the file: the first of each."""
    con = duckdb.connect()
    try:
        return con.execute(
            f"""
            WITH numbered AS (
              SELECT *,
                row_number() OVER (PARTITION BY file, rule ORDER BY line) AS place,
                count(*) OVER (PARTITION BY file, rule) AS total,
                min(seq) OVER (PARTITION BY file) AS first_of_file
              FROM (SELECT *, row_number() OVER () AS seq FROM {parquet(log / "rejects.parquet")})
            )
            SELECT file, rule, line, coalesce("column", ''), coalesce(value, ''), total
            FROM numbered WHERE place <= ?
            ORDER BY first_of_file, total DESC, rule, line
            """,
            [most],
        ).fetchall()
    except duckdb.Error as error:
        told = str(error).splitlines()[0]
        raise InputError(f"rejects.parquet cannot be read: {told}", str(log), AGAIN) from None
    finally:
        con.close()


def _found(log: Path, head: dict, receipt: dict, data: Path | None) -> tuple[Path, Path]:
    """The mapping that intake read, and the folder of the files."""
    before = {key: log / head[key] for key in ("mapping", "data") if head.get(key)}
    places = [data / "dataset.toml"] if data else []
    places += [before["mapping"]] if "mapping" in before else []
    there = [path for path in places if path.is_file()]
    if not there or not (data or "data" in before):
        raise InputError(
            "the mapping of this log is not found",
            str(places[0] if places else log),
            "give --data FOLDER, where the files and dataset.toml are",
        )
    same = [p for p in there if _digest(p) == receipt["mapping_sha256"]]
    if not same:
        raise InputError("the mapping has changed since intake", str(there[0]), AGAIN)
    return same[0], data or before["data"]


def _unchanged(path: Path, digest: str) -> None:
    if not path.is_file():
        raise InputError("the file is not there", str(path), "give --data FOLDER, where it is")
    if _digest(path) != digest:
        raise InputError("the file has changed since intake", str(path), AGAIN)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _json(path: Path) -> dict:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            "no log is here: dataset.json or receipt.json is missing", str(path.parent), AGAIN
        ) from None
    except (ValueError, OSError) as error:
        raise InputError(f"{path.name} cannot be read: {error}", str(path.parent), AGAIN) from None
    if not isinstance(found, dict):
        raise InputError(f"{path.name} holds no table", str(path.parent), AGAIN)
    return found
