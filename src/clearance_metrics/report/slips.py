"""Page 01, data quality: slips that no rule refuses, each with its count and what it does to the
headline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..engine.suspects import CLOCK, Suspect, sound, suspects_of
from ..results.words import term
from ..statistics.describe import quantile
from ..statistics.sample import Sample
from .blocks import Block, Book, table
from .wording import NONE, number

# what the receipt tells of rows that were taken, and of those that the mapping leaves out
NOTED = ("mark_removed", "time_cut", "amount_rounded", "clock_change", "emptied")
HOUR = 3600


@dataclass(frozen=True)
class Slip:
    """One kind of slip: its count, its effect and an example, as they are printed."""

    kind: str
    n: int
    effect: str
    example: str


def slips(book: Book) -> Block:
    """What looks like a slip: what was found as a table, what was not in a line."""
    told = [*_suspected(book), *_noted(book)]
    found = sorted((slip for slip in told if slip.n), key=lambda slip: -slip.n)
    absent = [term("suspect", slip.kind, book.lang) for slip in told if not slip.n]
    note = book.say("quality.not_found", names=book.say("quality.names", names=absent))
    if not found:
        return Block(book.say("quality.no_slips", n=len(told)), "", book.source, note)
    most = found[0]
    facts = {"n": len(found), "of": len(told), "kind": term("suspect", most.kind, book.lang)}
    rows = [
        (
            term("suspect", slip.kind, book.lang),
            number(slip.n),
            slip.effect,
            slip.example,
            term("suspect_remedy", slip.kind, book.lang),
        )
        for slip in found
    ]
    heads = book.heads(*(f"quality.{k}" for k in ("slip", "count", "effect", "of", "what_to_do")))
    title = book.say("quality.slips", most=most.n, **facts)
    start, stop = (book.term("milestone", name) for name in CLOCK)
    clock = book.say("quality.effect_note", start=start, stop=stop)
    return Block(title, table(heads, rows, (1,)), book.source, f"{clock} {note if absent else ''}")


def _suspected(book: Book) -> Iterator[Slip]:
    """Slips that the log itself shows."""
    for suspect in suspects_of(book.log, book.as_of):
        yield Slip(suspect.kind, suspect.n, _effect(book, suspect), _example(book, suspect))


def _effect(book: Book, suspect: Suspect) -> str:
    """The headline's median with the cases in question and without them."""
    every = [(seconds, n) for seconds, n, _ in suspect.values]
    medians = [_median(values) for values in (every, sound(suspect.values))]
    if None in medians:
        return NONE
    return book.say("quality.effect_of", both=number(medians[0]), without=number(medians[1]))


def _median(values: list[tuple[int, int]]) -> float | None:
    """The median in hours of (seconds, cases)."""
    if not values:
        return None
    seconds, counts = zip(*values, strict=True)
    return quantile(Sample.of(seconds, [1] * len(counts), counts, HOUR), 0.5).value


def _example(book: Book, suspect: Suspect) -> str:
    """Where the first one stands, in the owner's own time."""
    place = suspect.file and f"{suspect.file}:{suspect.line}"
    milestone = suspect.milestone and book.term("milestone", suspect.milestone)
    case = suspect.case_id
    return " ".join(text for text in (place, case, milestone, suspect.time) if text)


def _noted(book: Book) -> Iterator[Slip]:
    """Slips that intake noted on the receipt."""
    receipt = book.log.receipt
    for kind in NOTED:
        notes = [(f["path"], n) for f in receipt.get("files", ()) for n in f.get("noted", ())]
        ours = [(path, note) for path, note in notes if note["kind"] == kind]
        n = sum(note["n"] for _, note in ours)
        if kind == "time_cut":
            n = max(n, receipt.get("times_cut", 0))
        yield Slip(kind, n, term("suspect_effect", kind, book.lang), _first(book, ours))
    left = [(f["path"], row) for f in receipt.get("files", ()) for row in f.get("left_out_by", ())]
    n = sum(row["n"] for _, row in left)
    path, row = max(left, key=lambda pair: pair[1]["n"], default=("", {"column": "", "value": ""}))
    example = book.say("quality.in_column", place=path, column=row["column"], value=row["value"])
    effect = term("suspect_effect", "left_out", book.lang)
    yield Slip("left_out", n, effect, example if n else "")


def _first(book: Book, notes: list[tuple[str, dict]]) -> str:
    """The first example of what intake noted."""
    for path, note in notes:
        for example in note["examples"]:
            place, column = f"{path}:{example['line']}", note["column"]
            facts = {"place": place, "column": column, "value": example["value"]}
            return book.say("quality.in_column", **facts)
    return ""
