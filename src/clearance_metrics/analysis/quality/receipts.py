"""receipt() and rejects(): what became of every row of every file."""

from __future__ import annotations

from ...engine.log import EventLog
from ...engine.rejects import Reject, first_rejects
from ...results.quality import FileRow, Receipt, RejectRow, Rejects
from .told import told_of

COUNTS = ("rows_read", "accepted", "rejected", "duplicates", "left_out")


def receipt(log: EventLog) -> Receipt:
    """What became of every row, by file: read, accepted, rejected, exact duplicates, left out by
    the mapping's own rule, and the file's checksum.

    `adds_up` says whether they add up, in each file and in all; `totals` has the sums. A log made
    from tables in memory has no receipt: the answer has no rows and says so.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    >>> print(receipt(EventLog(events)).headline())
    The tables were given in memory: no file was read, and so there is no receipt
    """
    rows = tuple(
        FileRow(
            file=file["path"],
            role=file.get("role", ""),
            sha256=file.get("sha256", ""),
            **{name: file.get(name, 0) for name in COUNTS},
        )
        for file in log.receipt.get("files", ())
    )
    totals = log.receipt.get("totals", {})
    sums = {name: totals.get(name, 0) for name in COUNTS}
    asked = len(log.receipt.get("undecided", ()))
    made, part = bool(log.receipt), bool(log.part)
    found = Receipt(rows=rows, totals=sums, made=made, undecided=asked, of_whole=part)
    return told_of(_whole(log), found)


def _whole(log: EventLog) -> EventLog:
    """What a log is a part of, read in its language and up to its day."""
    return log.whole.using(lang=log.lang, as_of=str(log.as_of or "") or None) if log.part else log


def rejects(log: EventLog) -> Rejects:
    """The rejected rows by rule: how many, the first of them as an example, and what to do.

    Every rejected row is in rejects.parquet of the log's folder. Of a log made from tables in
    memory nothing was rejected, since nothing was read; the answer says so.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
    >>> len(rejects(EventLog(events)))
    0
    """
    counts = log.receipt.get("rejected_by_rule", {})
    whole = _whole(log)
    firsts = first_rejects(whole) if counts else {}
    nowhere = Reject("", None, "", "")
    rows = tuple(
        RejectRow(rule=rule, n=n, **vars(firsts.get(rule, nowhere))) for rule, n in counts.items()
    )
    told = told_of(whole, Rejects(rows=rows, made=bool(log.receipt)))
    return told if log.withhold is None else told.withholding(log.withhold, ())
