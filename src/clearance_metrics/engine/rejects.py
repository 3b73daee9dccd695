"""The rows that intake did not accept: the first of each rule."""

from __future__ import annotations

from dataclasses import dataclass

from .log import EventLog


@dataclass(frozen=True)
class Reject:
    """Where a rejected row stands, and the value that was not accepted."""

    file: str
    line: int | None
    column: str
    value: str


def first_rejects(log: EventLog) -> dict[str, Reject]:
    """Of each rule the first row it rejected, in the order of the files and their lines; empty for
    a log that no files were read for. One engine query.

    >>> import polars as pl
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    >>> first_rejects(EventLog(events))
    {}
    """
    rejects = log._table("rejects")
    if rejects is None:
        return {}
    firsts = rejects.grouped("firsts", ["rule", "file"], {"line": "min(line)"})
    rows = rejects.then(
        "first_ones",
        source=f"{rejects.name} SEMI JOIN firsts USING (rule, file, line)",
        beside=[firsts],
    )
    order = {file["path"]: place for place, file in enumerate(log.receipt.get("files", ()))}
    told = log.rows_of(rows.titled("the first rejected rows"), aside=True).to_pylist()
    told.sort(key=lambda row: (order.get(row["file"], len(order)), row["line"] or 0))
    found: dict[str, Reject] = {}
    for row in told:
        first = Reject(row["file"], row["line"], row["column"] or "", row["value"] or "")
        found.setdefault(row["rule"], first)
    return found
