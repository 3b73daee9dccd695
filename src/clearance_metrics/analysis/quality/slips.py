"""slips(): slips that no rule refuses, each with its count and what it does to the headline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...domain.as_of import AsOf
from ...engine.asking import asked_of_log
from ...engine.log import EventLog
from ...engine.suspects import CLOCK, Suspect, sound, suspects_of
from ...results.doubted import SlipRow, Slips
from ...statistics.describe import quantile
from ...statistics.sample import Sample

# what the receipt tells of rows that were taken
NOTED = ("mark_removed", "time_cut", "amount_rounded", "clock_change", "emptied")
HOUR = 3600


@asked_of_log
def slips(log: EventLog, *, as_of: object = None) -> Slips:
    """What looks like a slip of the log's making and stays in it: the same event twice, files of
    another time zone, days written as times, sums taken for cases; and what intake noted while it
    read (signs taken off identifiers, times cut, amounts rounded, rows left out by the mapping).

    Each kind that was found has its count, an example, and the median time from declaration to
    release with its cases and without them (None where it has no say in it); `absent` names the
    kinds that were looked for and not found. Of tables in memory only the log itself can be looked
    through. A few small engine queries.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog
    >>> events = pl.DataFrame({"case_id": ["a"] * 3, "time": [0, 30, 7200],
    ...     "milestone": ["declared", "declared", "customs_released"]})
    >>> found = slips(EventLog(events), as_of="2022-12-31")
    >>> [(row.kind, row.n, row.median) for row in found], len(found.absent)
    ([('within_a_minute', 1, 2.0)], 5)
    """
    when = AsOf.of(as_of, log.timezone)
    told = [*map(_suspected, suspects_of(log, when.text)), *_noted(log.receipt)]
    found = sorted((slip for slip in told if slip.n), key=lambda slip: -slip.n)
    absent = tuple(slip.kind for slip in told if not slip.n)
    return Slips(rows=tuple(found), as_of=when.text, absent=absent, clock=CLOCK)


def _suspected(suspect: Suspect) -> SlipRow:
    """A slip that the log itself shows, with the headline's median."""
    every = [(seconds, n) for seconds, n, _ in suspect.values]
    return SlipRow(
        kind=suspect.kind,
        n=suspect.n,
        median=_median(every),
        median_without=_median(sound(suspect.values)),
        file=suspect.file,
        line=suspect.line,
        case_id=suspect.case_id,
        milestone=suspect.milestone,
        time=suspect.time,
        others=suspect.others,
    )


def _median(values: list[tuple[int, int]]) -> float | None:
    """The median in hours of (seconds, cases)."""
    if not values:
        return None
    seconds, counts = zip(*values, strict=True)
    return quantile(Sample.of(seconds, [1] * len(counts), counts, HOUR), 0.5).value


def _noted(receipt: Mapping[str, Any]) -> Iterator[SlipRow]:
    """Slips that intake noted on the receipt; none where there is no receipt."""
    if not receipt:
        return
    files = receipt.get("files", ())
    for kind in NOTED:
        ours = [(f["path"], note) for f in files for note in f.get("noted", ())]
        ours = [(path, note) for path, note in ours if note["kind"] == kind]
        n = sum(note["n"] for _, note in ours)
        if kind == "time_cut":
            n = max(n, receipt.get("times_cut", 0))
        yield SlipRow(kind=kind, n=n, **_first(ours))
    left = [(f["path"], row) for f in files for row in f.get("left_out_by", ())]
    most = max(left, key=lambda pair: pair[1]["n"], default=None)
    place = (
        {"file": most[0], "column": most[1]["column"], "value": most[1]["value"]} if most else {}
    )
    yield SlipRow(kind="left_out", n=sum(row["n"] for _, row in left), **place)


def _first(notes: list[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Where the first example of what intake noted stands."""
    for path, note in notes:
        for example in note["examples"]:
            told = {"line": example["line"], "column": note["column"], "value": example["value"]}
            return {"file": path, **told}
    return {}
