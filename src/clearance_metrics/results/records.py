"""Immutable records of what was measured and judged. They render themselves and decide nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class MeasureRow:
    """One statistic of one group and period.

    `value` is None where nothing defensible can be said; `note` says why.
    """

    metric: str
    statistic: str
    groups: tuple[tuple[str, object], ...]
    period: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    n_open: int | None
    unit: str
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """A flat record: metric, statistic, the group columns, period, value, low, high, n, n_open,
        unit, note.
        """
        head = {
            "metric": self.metric,
            "statistic": self.statistic,
            **dict(self.groups),
            "period": self.period,
        }
        tail = ("value", "low", "high", "n", "n_open", "unit", "note")
        return head | {name: getattr(self, name) for name in tail}


@dataclass(frozen=True)
class AssessRow:
    """One indicator of a notice, computed and judged, or the reason why not.

    `value` with its interval is the indicator's `statistic` over `period`; `baseline` the same
    statistic before the notice; `also` holds further statistics of the same cases. `companion_of`
    names the indicator it stands beside.
    """

    measure: int
    indicator: str
    kind: str
    origin: str
    companion_of: str
    statistic: str
    unit: str
    groups: tuple[tuple[str, object], ...]
    period: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    n_open: int | None
    baseline: float | None
    target: float | None
    rule: str
    due: str | None
    verdict: str
    also: tuple[tuple[str, float | None, float | None, float | None, str], ...]
    title_zh: str
    title_en: str
    clause: str
    note_zh: str
    note: str

    def to_dict(self) -> dict[str, object]:
        """A flat record; the group columns stand after `unit`, `also` is a list of records."""
        record = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "groups"
        }
        names = ("measure", "indicator", "kind", "origin", "companion_of", "statistic", "unit")
        head = {name: record.pop(name) for name in names}
        keys = ("statistic", "value", "low", "high", "unit")
        record["also"] = [dict(zip(keys, row, strict=True)) for row in self.also]
        return {**head, **dict(self.groups), **record}


def assess_row(record: dict[str, object]) -> AssessRow:
    """The row that `to_dict` made a record of, without groups."""
    keys = ("statistic", "value", "low", "high", "unit")
    also = tuple(tuple(row[key] for key in keys) for row in record["also"])
    return AssessRow(**{**record, "groups": (), "also": also})


class _Rows:
    """What all result tables share: iteration, records, frames and a display."""

    rows: tuple
    shown: tuple[str, ...]
    empty = "(no rows)"

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator:
        return iter(self.rows)

    def to_dicts(self) -> list[dict[str, object]]:
        """One dict per row."""
        return [row.to_dict() for row in self.rows]

    def to_pandas(self):
        """A pandas DataFrame, one row per record."""
        import pandas as pd

        return pd.DataFrame(self.to_dicts())

    def to_polars(self):
        """A Polars DataFrame, one row per record."""
        import polars as pl

        return pl.DataFrame(self.to_dicts(), infer_schema_length=None, strict=False)

    def to_csv(self) -> str:
        """A table of comma-separated values with a header, one line per record."""
        records = self.to_dicts()
        names = list(records[0]) if records else list(self.shown)
        text = io.StringIO()
        writer = csv.DictWriter(text, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        return text.getvalue()

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        records = self.to_dicts()
        if not records:
            return [self.empty], []
        groups = [name for name, _ in self.rows[0].groups]
        names = [n for n in records[0] if n in self.shown or n in groups]
        names = [n for n in names if any(r[n] not in (None, "") for r in records) or n == "value"]
        return names, [[_shown(name, r) for name in names] for r in records]

    def __str__(self) -> str:
        names, cells = self._cells()
        widths = [max([len(n), *(len(row[i]) for row in cells)]) for i, n in enumerate(names)]
        lines = ["  ".join(n.ljust(w) for n, w in zip(names, widths, strict=True)).rstrip()]
        lines += [
            "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        names, cells = self._cells()
        head = "".join(f"<th>{escape(n)}</th>" for n in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in cells
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


@dataclass(frozen=True, repr=False)
class Measures(_Rows):
    """What `measure` answers: rows by group, period and statistic, in that order."""

    rows: tuple[MeasureRow, ...]
    as_of: str
    shown = ("statistic", "period", "value", "low", "high", "n", "n_open", "unit", "note")
    empty = "no cases"

    def __repr__(self) -> str:
        if not self.rows:
            return f"{self}, as of {self.as_of}"
        return f"{self.rows[0].metric}, as of {self.as_of}\n{self}"


@dataclass(frozen=True, repr=False)
class Assessment(_Rows):
    """What `assess` answers: a row per indicator of the notice (and group), companions marked as
    such.

    `queries` engine queries were asked; durations in hours were tallied to the `resolution`.
    """

    rows: tuple[AssessRow, ...]
    as_of: str
    notice: str
    queries: int
    resolution: str
    shown = (
        "measure",
        "indicator",
        "statistic",
        "value",
        "low",
        "high",
        "n",
        "n_open",
        "unit",
        "target",
        "due",
        "verdict",
    )

    def __repr__(self) -> str:
        return f"{self.head()}\n{self}"

    def head(self) -> str:
        """One line: the notice, the day, the resolution of durations, the engine queries."""
        return f"{self.notice}, as of {self.as_of}; durations to the {self.resolution}; {self.queries} engine queries"


def _shown(name: str, record: dict) -> str:
    value = record[name]
    if name == "value" and value is None:
        # a statistic that does not exist is answered in words, never by an empty or a zero
        return str(record.get("note") or record.get("verdict") or "–").split(";")[0]
    if isinstance(value, bool) or value is None:
        return "–" if value is None else str(value).lower()
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"
    return str(value)
