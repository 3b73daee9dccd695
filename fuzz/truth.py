"""What must come out, and what came out: the faults of one input in words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from clearance_metrics.errors import ClearanceError

from .texts import bare

# words of the engine about a query of ours: no owner of a file can do anything about them
INNER = re.compile(r"(Binder|Conversion|Catalog|Parser|Internal|Not implemented) Error")
TAKEN, REFUSED, LEFT, EITHER = "taken", "refused", "left out", "either"


@dataclass(frozen=True)
class Row:
    """A row as another reader sees it: the line it starts on, its cells, what must become of it.

    A case_id of None may come out in several ways; `second` is the instant of its time, where it
    has one that is known.
    """

    line: int
    case_id: str | None
    fate: str = EITHER
    kept: dict[str, str] = field(default_factory=dict)
    second: int | None = None


@dataclass(frozen=True)
class Truth:
    """What is known of a file. Without rows only the receipt is held against itself.

    `open_line` is where a quote opens that nothing closes: rows before it are as usual. Optional
    rows may be counted or not: those of white space alone, and the `loose` lines on which a row
    with broken quotes goes on, which may be told as rows of their own. A file is `sound` if it has
    to be read.
    """

    role: str
    rows: tuple[Row, ...] | None = None
    optional: int = 0
    loose: frozenset[int] = frozenset()
    open_line: int | None = None
    sound: bool = False


def refusal(truth: Truth | None, error: ClearanceError) -> list[str]:
    """Faults of an input that was refused whole."""
    if not str(error).strip() or not error.what or not error.remedy:
        return [f"bare refusal: {str(error)[:200]}"]
    if found := INNER.search(str(error)):
        return [f"inner: {found[0]}: {' / '.join(str(error).splitlines())[:300]}"]
    if truth is not None and truth.sound and "unknown key" in error.what:
        return [f"key: {error.what}"]
    if truth is not None and truth.sound:
        return [f"refused though sound: {' / '.join(str(error).splitlines())[:300]}"]
    return []


def reading(truth: Truth | None, receipt: Any, out: Path) -> list[str]:
    """Faults of what was read."""
    faults = sums(receipt)
    rejects = pq.read_table(out / "rejects.parquet").to_pylist()
    if len(rejects) != receipt.totals["rejected"]:
        faults.append(
            f"receipt: {receipt.totals['rejected']} rejected, {len(rejects)} of them listed"
        )
    if truth is None or truth.rows is None:
        return faults
    events = pq.read_table(out / "events.parquet").to_pylist()
    if truth.role == "events":
        faults += lines(truth, receipt.totals, events, rejects)
    else:
        cases = pq.read_table(out / "cases.parquet").to_pylist()
        faults += cells(truth, receipt.totals, events, cases, rejects)
    return faults


def sums(receipt: Any) -> list[str]:
    """Receipts that do not add up: rows read = accepted + rejected + duplicates + left out."""
    faults = []
    for told in [*receipt.files, receipt.totals]:
        parts = [told.get(k, 0) for k in ("accepted", "rejected", "duplicates", "left_out")]
        if told["rows_read"] != sum(parts) or min(parts) < 0:
            faults.append(f"receipt: {told['rows_read']} read, {parts} accounted for")
        by_rule = sum(told.get("rejected_by_rule", {}).values())
        if "rejected_by_rule" in told and by_rule != told["rejected"]:
            faults.append(f"receipt: {told['rejected']} rejected, {by_rule} by rule")
    return faults


def _counts(truth: Truth, totals: dict) -> list[str]:
    rows = len(truth.rows or ())
    if truth.open_line is None and not rows <= totals["rows_read"] <= rows + truth.optional:
        return [f"rows: {totals['rows_read']} read, csv reads {rows} (+{truth.optional})"]
    if truth.open_line is None and totals.get("left_out", 0):
        sure = sum(row.fate == LEFT for row in truth.rows or ())
        perhaps = sure + sum(row.fate == EITHER for row in truth.rows or ())
        if not sure <= totals["left_out"] <= perhaps:
            return [f"rows: {totals['left_out']} left out, {sure} are to be"]
    return []


def _unclosed(truth: Truth, rejected: set[int]) -> list[str]:
    if truth.open_line is None or truth.open_line in rejected:
        return []
    return [f"quote: opens on line {truth.open_line}, rejected are {sorted(rejected)[:9]}"]


def lines(truth: Truth, totals: dict, events: list[dict], rejects: list[dict]) -> list[str]:
    """Rows of an events file that came out otherwise than another reader read them."""
    rows = {row.line: row for row in truth.rows or ()}
    before = truth.open_line or 10**9
    taken = {e["source_line"]: e for e in events}
    refused = {r["line"] for r in rejects}
    faults = _counts(truth, totals) + _unclosed(truth, refused)
    if len(taken) != len(events):
        faults.append("lines: two events on one line")
    for line in sorted({*taken, *refused}):
        if line < before and line not in rows and line not in truth.loose:
            faults.append(f"lines: a row on line {line}, none starts there")
    seen = Counter(row.case_id for row in rows.values())
    for line, row in rows.items():
        if line >= before:
            continue
        known = row.case_id is not None and line in taken
        if known and bare(taken[line]["case_id"]) != bare(row.case_id):
            faults.append(f"cells: line {line}: {taken[line]['case_id']!r} is {row.case_id!r}")
        if row.fate == TAKEN and line in taken:
            faults += _moved(row, taken[line])
        if row.fate == TAKEN and line not in taken and seen[row.case_id] == 1:
            faults.append(f"rows: line {line} is sound, and not taken")
        if row.fate in (REFUSED, LEFT) and line in taken:
            faults.append(f"rows: line {line} is to be {row.fate}, and taken")
        if row.fate == REFUSED and line not in refused:
            faults.append(f"rows: line {line} is to be refused, and not listed")
    return faults[:5]


def cells(
    truth: Truth, totals: dict, events: list[dict], cases: list[dict], rejects: list[dict]
) -> list[str]:
    """Rows of a wide file that came out otherwise, cell by cell."""
    before = truth.open_line or 10**9
    rows = [row for row in truth.rows or () if row.line < before]
    seen = Counter(bare(row.case_id) for row in rows)
    refused = {r["line"] for r in rejects}
    told = {bare(case["case_id"]): case for case in cases}
    on_line = {e["source_line"]: e["case_id"] for e in events}
    moments = {e["source_line"]: e for e in events}
    faults = _counts(truth, totals) + _unclosed(truth, refused)
    known = {row.line: row for row in rows}
    for line, case_id in on_line.items():
        right = line in known and bare(known[line].case_id) == bare(case_id)
        if line < before and not right and line not in truth.loose:
            faults.append(f"lines: {case_id!r} is not on line {line}")
    for row in rows:
        case = told.get(bare(row.case_id))
        if row.fate == REFUSED and row.line not in refused:
            faults.append(f"rows: line {row.line} is to be refused, and not listed")
        if seen[bare(row.case_id)] > 1 or row.fate not in (TAKEN, REFUSED):
            continue
        if row.fate == TAKEN and case is None:
            faults.append(f"rows: line {row.line} is sound, and not taken")
        if row.fate == TAKEN and case is not None:
            faults += _moved(row, moments.get(row.line))
            faults += [
                f"cells: line {row.line}, {header}: {case.get(header)!r} is {text!r}"
                for header, text in row.kept.items()
                if _plain(case.get(header)) != _plain(text)
            ]
    return faults[:5]


def _moved(row: Row, event: dict | None) -> list[str]:
    """Whether a row's time came out as another instant, or one came out where it has none."""
    came = None if event is None else int(event["time"].timestamp() // 1)
    return [] if came == row.second else [f"times: line {row.line}: {came} is {row.second}"]


def _plain(text: str | None) -> str:
    """A text as tables hold it: line ends alike, no spaces around."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
