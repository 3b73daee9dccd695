"""Page 01, data quality: what became of every row."""

from __future__ import annotations

from collections import Counter

import pyarrow.parquet as pq

from ..engine.doubts import doubts_of
from ..results.words import term
from .blocks import Block, Book, table
from .slips import slips as slips
from .wording import number

COUNTS = ("rows_read", "accepted", "rejected", "duplicates", "left_out")
RESOLUTIONS = ("second", "minute", "day")


def receipt(book: Book) -> Block:
    """Rows read, accepted, rejected, duplicate and left out, per file."""
    files, total = book.log.receipt["files"], book.log.receipt["totals"]
    share = total["accepted"] / total["rows_read"] if total["rows_read"] else 0
    # what the mapping leaves out has no column where it leaves nothing out
    counts = [k for k in COUNTS if k != "left_out" or total.get(k)]
    code = "quality.receipt_left_out" if "left_out" in counts else "quality.receipt"
    title = book.say(code, share=share, **{k: total[k] for k in counts})
    body = table(
        book.heads("quality.file", *(f"quality.{k}" for k in counts), "quality.sha256"),
        [(f["path"], *(number(f[k]) for k in counts), f["sha256"][:12]) for f in files]
        + [(book.say("quality.total"), *(number(total[k]) for k in counts), "")],
        range(1, len(counts) + 1),
    )
    return Block(title, body, book.source, book.say("quality.adds_up"))


def rejected(book: Book) -> Block:
    """Rejected rows by rule, with what to do and an example each."""
    counts = book.log.receipt["rejected_by_rule"]
    if not counts:
        return Block(book.say("quality.none_rejected"), "", book.source)
    first: dict[str, dict] = {}
    for row in pq.read_table(book.log.folder / "rejects.parquet").to_pylist():
        first.setdefault(row["rule"], row)
    worst = max(counts, key=counts.get)
    title = book.say("quality.commonest", rule=term("rule", worst, book.lang), n=counts[worst])
    rows = [
        (
            term("rule", rule, book.lang),
            number(n),
            book.say(
                "quality.example",
                place=f"{first[rule]['file']}:{first[rule]['line']}",
                value=first[rule]["value"] or "",
            ),
            term("remedy", rule, book.lang),
        )
        for rule, n in counts.items()
    ]
    body = table(book.heads("rule", "quality.rows", "quality.of", "quality.what_to_do"), rows, (1,))
    return Block(title, body, book.source, book.say("quality.where_rejects_are"))


def coverage(book: Book) -> Block:
    """Events by milestone, and how finely they are timed."""
    told, finest = book.log.receipt["resolution"], Counter[str]()
    for kinds in told.values():
        finest.update(kinds)
    events = sum(finest.values())
    by_day = finest["day"] / max(events, 1)
    title = book.say("quality.coverage", milestones=len(told), n=events, by_day=by_day)
    body = table(
        book.heads("quality.milestone", "quality.code", *(f"quality.{r}" for r in RESOLUTIONS)),
        [
            (book.term("milestone", m), m, *(number(kinds.get(r, 0)) for r in RESOLUTIONS))
            for m, kinds in told.items()
        ],
        (2, 3, 4),
    )
    cases, charges = (
        book.log.receipt[name] for name in ("cases_without_attributes", "charges_without_case")
    )
    note = book.say("quality.unmatched", cases=cases, charges=charges)
    return Block(title, body, book.source, note)


def doubted(book: Book, most: int = 10) -> Block:
    """Cases with a clock that stops before it starts: they stay, and that clock leaves them out."""
    counts = Counter(book.log.receipt.get("doubts", {}))
    if not counts.total():
        return Block(book.say("quality.no_doubts"), "", book.source)
    shown = doubts_of(book.log, most)
    pair, n = counts.most_common(1)[0]
    start, stop = (book.term("milestone", name) for name in pair.split(".."))
    facts = {"n": counts.total(), "start": start, "stop": stop, "most": n}
    body = table(
        book.heads(*(f"quality.{c}" for c in ("case", "clock", "from", "start", "to", "stop"))),
        [
            (
                d.case_id,
                _clocks(book, d.clock),
                book.term("milestone", d.start),
                d.start_time,
                book.term("milestone", d.stop),
                d.stop_time,
            )
            for d in shown
        ],
    )
    note = book.say("quality.doubts_note", n=len(shown))
    return Block(book.say("quality.doubts", **facts), body, book.source, note)


def _clocks(book: Book, names: str) -> str:
    """The words for clocks that share their two ends."""
    return book.say("quality.clocks", names=[book.term("clock", n) for n in names.split(", ")])
