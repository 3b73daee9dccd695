"""What is looked for in a table before it is measured: a test per row, counted by whichever engine
holds the rows; a fault is refused, anything else is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from ..domain.cells import ABSENT
from ..domain.identifiers import IDENTIFIERS, marked, rounded, suspect, unmarked
from ..domain.sql import among, name, value
from ..domain.vocabulary import Column
from ..errors import LogError
from .notes import Noted
from .query import Query

Run = Callable[[Query], pa.Table]
SHOWN = 5  # values
# columns of which no row may be empty
FILLED = {
    "events": ("case_id", "milestone", "time"),
    "cases": ("case_id",),
    "charges": ("case_id", "item", "amount_fen", "charged_on"),
    "charge_list": ("port", "item", "valid_from"),
    "waivers": ("port", "item", "waived_percent", "valid_from"),
    "limits": ("port", "operation", "minutes", "valid_from"),
}
RESOLUTIONS = ("second", "minute", "day")


@dataclass(frozen=True)
class Check:
    """A test of a column's values: refused with `what` and the remedy, or noted as of a `kind`.

    `what` may say {n}, {example} or {such}, which is the example where it is more than nothing.
    """

    column: str
    test: str
    what: str = ""
    remedy: str = ""
    kind: str = ""


def looked_at(
    run: Run, rows: Query, called: str, checks: Iterable[Check], shown: int = SHOWN
) -> list[Noted]:
    """What the checks find; LogError for the first fault. One query, and one more per finding of
    which values are to be `shown`.
    """
    asked = list(checks)
    if not asked:
        return []
    counts = {f"n{i}": f"count(*) FILTER (WHERE {c.test})" for i, c in enumerate(asked)}
    (found,) = run(rows.grouped("looked_at", (), counts)).to_pylist()
    notes = []
    for i, check in enumerate(asked):
        if not (n := found[f"n{i}"]):
            continue
        few = _examples(run, rows, check) if shown or not check.kind else ()
        if not check.kind:
            example = repr(few[0]) if few else ""
            such = f", such as {example}" if any(few) else ""
            told = check.what.format(n=n, example=example, such=such)
            raise LogError(told, f"{called}.{check.column}", check.remedy)
        notes.append(Noted(called, check.column, check.kind, n, few))
    return notes


def _examples(run: Run, rows: Query, check: Check) -> tuple[str, ...]:
    text = f"CAST({name(check.column)} AS VARCHAR)"
    where = [check.test, f"{name(check.column)} IS NOT NULL"]
    found = rows.then("found", {"shown": text}, keep=(), where=where, distinct=True)
    few = found.then("few", order=["shown"], limit=SHOWN)
    return tuple(run(few)["shown"].to_pylist())


def identified(run: Run, rows: Query, called: str, notes: list[Noted]) -> Query:
    """The rows with bare identifiers: signs around them are taken off, and noted."""
    names = [c for c in IDENTIFIERS if rows.columns.get(c) == "text"]
    odd = [Check(c, suspect(name(c)), kind="suspect") for c in names]
    if not looked_at(run, rows, called, [*_filled(rows, called), *odd], shown=0):
        return rows
    signs = [Check(c, marked(name(c)), kind="mark_removed") for c in names]
    found = looked_at(run, rows, called, [*_rounded(names, called), *signs])
    if not found:
        return rows
    notes += found
    away = [note.column for note in found]
    for i, _ in enumerate(unmarked("text")):
        steps = {c: unmarked(name(c))[i] for c in away}
        if i == 0:
            # the other rows need no more than this
            told = {
                c: f"CASE WHEN {marked(name(c))} THEN {steps[c]} ELSE {name(c)} END" for c in away
            }
        else:
            told = steps
        rows = rows.then("unmarked", told, kinds=dict.fromkeys(told, "text"))
    looked_at(run, rows, called, [*_filled(rows, called), *_rounded(away, called)])
    return rows


def _filled(rows: Query, called: str) -> list[Check]:
    found = []
    for column in FILLED[called]:
        if column not in rows.columns:
            continue
        empty = f"{name(column)} IS NULL"
        if rows.columns[column] == "text":
            empty += f" OR {name(column)} = ''"
        if column == "case_id" and rows.columns[column] == "text":
            # as programs write that there is none: they would all become one case
            longest = max(map(len, ABSENT))
            empty += f" OR length(case_id) <= {longest} AND {among('lower(case_id)', ABSENT)}"
        what = f"{{n}} empty {column} in {called}{{such}}"
        found.append(Check(column, empty, what, "drop or mend these rows"))
    return found


def _rounded(names: Iterable[str], called: str) -> list[Check]:
    return [
        Check(
            column,
            rounded(name(column)),
            f"{{n}} of {called}.{column} went through a floating-point number, such as {{example}}:"
            " their last digits may be lost",
            "read the column as text where it comes from; what is written so cannot be mended",
        )
        for column in names
    ]


def of_words(rows: Query, known: Mapping[str, Column]) -> list[Check]:
    """What is noted of columns whose values the vocabulary lists: any others; amounts of money are
    refused where they are below zero or no whole fen.
    """
    found = [
        Check(c.name, f"NOT ({among(name(c.name), c.values)})", kind="unknown_value")
        for c in known.values()
        if c.values and rows.columns.get(c.name) == "text"
    ]
    for c in known.values():
        kind = rows.columns.get(c.name)
        if c.type == "amount" and kind in ("integer", "number"):
            what = f"{{n}} of {c.name} are negative, such as {{example}}"
            found.append(Check(c.name, f"{name(c.name)} < 0", what, "leave them empty"))
        if c.type == "amount" and kind == "number":
            what = f"{{n}} of {c.name} are not whole, such as {{example}}"
            found.append(Check(c.name, f"{name(c.name)} != floor({name(c.name)})", what, WHOLE))
    return found


def of_events(rows: Query) -> list[Check]:
    """What else is looked for in events as they were given."""
    if "resolution" not in rows.columns:
        return []
    known = ", ".join(map(value, RESOLUTIONS))
    what = "events.resolution holds {example}"
    remedy = f"write {' or '.join(RESOLUTIONS)}"
    return [Check("resolution", f"resolution NOT IN ({known})", what, remedy)]


def of_charges(run: Run, rows: Query) -> list[Check]:
    """What else is looked for in charge lines; LogError for a currency that nobody knows."""
    if "currency" in rows.columns:
        _check_currencies(run, rows)
    kind = rows.columns["amount_fen"]
    if kind not in ("integer", "number"):
        raise LogError(f"charges.amount_fen holds {kind}", "charges.amount_fen", WHOLE)
    what = "{n} of charges.amount_fen are negative, such as {example}"
    found = [Check("amount_fen", "amount_fen < 0", what, "book credits apart from charges")]
    if kind == "number":
        test = "amount_fen != floor(amount_fen)"
        what = "{n} of charges.amount_fen are not whole, such as {example}"
        found.insert(0, Check("amount_fen", test, what, WHOLE))
    return found


WHOLE = "give whole fen (hundredths): (yuan * 100).round() as whole numbers"


def _check_currencies(run: Run, rows: Query) -> None:
    if rows.columns["currency"] != "text":
        raise LogError(
            f"charges.currency holds {rows.columns['currency']}",
            "charges.currency",
            "write codes of ISO 4217 such as CNY",
        )
    # a list of every currency, which a log without charges need not load
    from ..domain.currencies import CURRENCIES

    told = rows.then("told", keep=["currency"], where=["currency IS NOT NULL"], distinct=True)
    for currency in run(told.then("sorted", order=["currency"]))["currency"].to_pylist():
        if currency not in CURRENCIES:
            bare = currency.strip().upper()
            raise LogError(
                f"unknown currency {currency!r} in charges",
                "charges.currency",
                f"write {bare!r}"
                if bare in CURRENCIES
                else "write the three letters of ISO 4217, such as CNY for yuan",
            )
