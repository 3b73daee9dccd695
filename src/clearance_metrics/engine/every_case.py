"""Every case in every table: what one table of a log knows of cases that another does not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import count

from ..domain.vocabulary import Vocabulary
from ..errors import LogError
from .backends import Engine
from .checks import looked_at, of_words
from .notes import Noted
from .query import KINDS, Query, Source

_NUMBERS = count()


def called_anew(table: str) -> str:
    """What the engine calls a table: it may hold those of several logs."""
    return f"given_{table}_{next(_NUMBERS)}"


def kept(engine: Engine, table: str, query: Query) -> Query:
    """The rows of a query as a table of the engine, so that metrics read columns and never what
    they were made of.
    """
    called = called_anew(table)
    engine.backend.keep(called, engine.text(query))
    return Source(table, query.columns, called, partial(str, query)).query


def check_twice(engine: Engine, cases: Query) -> None:
    twice = cases.grouped("counted", (), {"twice": "count(*) - count(DISTINCT case_id)"})
    if engine.rows_of(twice)["twice"][0].as_py():
        counted = cases.grouped("counted", ["case_id"], {"n": "count(*)"})
        first = counted.then("twice", where=["n > 1"], order=["case_id"], limit=1)
        shown = engine.rows_of(first)["case_id"][0].as_py()
        raise LogError(
            f"a case_id stands twice in cases: {shown!r}",
            "cases.case_id",
            "keep one row per case_id",
        )


def of_every_case(
    engine: Engine, milestones: Query, cases: Query, notes: list[Noted]
) -> tuple[Query, Query]:
    """Both tables with a row for each case that either has, as intake writes them: else a case
    would be counted in one question and not in the next.
    """
    eventless = _absent(cases, milestones)
    unknown = _absent(milestones, cases)
    found = []
    for kind, query, absent in (
        ("no_events", milestones, eventless),
        ("no_attributes", cases, unknown),
    ):
        n = engine.rows_of(absent.grouped("counted", (), {"n": "count(*)"}))["n"][0].as_py()
        if n:
            few = engine.rows_of(absent.then("few", order=["case_id"], limit=5))
            notes.append(Noted("cases", "case_id", kind, n, tuple(few["case_id"].to_pylist())))
            query = kept(engine, query.name, _with_more(query, absent))
        found.append(query)
    return found[0], found[1]


def check_charges(
    engine: Engine, ready: Mapping[str, Query], words: Vocabulary, notes: list[Noted]
) -> None:
    """What is noted of charge lines: words unknown, and cases that nothing else tells of."""
    charges = ready["charges"]
    checks = of_words(charges, words.charge_columns)
    notes += looked_at(engine.rows_of, charges, "charges", checks)
    strange = _absent(charges, ready["cases"]).then("once", distinct=True)
    n = engine.rows_of(strange.grouped("counted", (), {"n": "count(*)"}))["n"][0].as_py()
    if n:
        few = engine.rows_of(strange.then("few", order=["case_id"], limit=5))
        shown = tuple(few["case_id"].to_pylist())
        notes.append(Noted("charges", "case_id", "charges_without_case", n, shown))


def _absent(rows: Query, other: Query) -> Query:
    """The cases of one table that another does not have."""
    return rows.then(
        "absent",
        {"case_id": f"{rows.name}.case_id"},
        kinds={"case_id": "text"},
        keep=(),
        source=f"{rows.name} LEFT JOIN {other.name} ON {rows.name}.case_id = {other.name}.case_id",
        beside=[other],
        where=[f"{other.name}.case_id IS NULL"],
    )


def _with_more(rows: Query, absent: Query) -> Query:
    """A table and, below it, cases of which nothing is known in it."""
    empty = {
        c: f"CAST(NULL AS {KINDS[kind]})" if kind in KINDS else "NULL"
        for c, kind in rows.columns.items()
        if c != "case_id"
    }
    more = absent.then("more", empty, kinds=rows.columns)
    return rows.stacked("of_every_case", more)
