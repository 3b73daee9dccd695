"""The one place where names and values become SQL, in DuckDB's dialect, and the few phrases that
are needed often.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite

PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
# what DuckDB keeps for itself: quoted where a column is called so
RESERVED = frozenset(
    re.findall(
        r"\w+",
        """
        all analyse analyze and anti any array as asc asof asymmetric at authorization binary
        both by case cast check collate collation column concurrently constraint create cross
        default deferrable desc describe distinct do else end except false fetch for foreign
        freeze from full glob group having ilike in initially inner intersect into is isnull
        join lambda lateral leading left like limit map natural not notnull null offset on
        only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary
        qualify references returning right select semi show similar some struct summarize
        symmetric table tablesample then to trailing true try_cast union unique unpivot using
        variadic verbose when where window with
        """,
    )
)


def name(text: str) -> str:
    """An identifier, quoted where it has to be.

    >>> name("port"), name("end"), name('Port of "X"')
    ('port', '"end"', '"Port of ""X\"""')
    """
    if PLAIN.match(text) and text not in RESERVED:
        return text
    return '"' + text.replace('"', '""') + '"'


def value(given: object) -> str:
    """A literal: None, a truth value, a number, a text, a day.

    >>> value("it's"), value(True), value(None), value(date(2022, 4, 1))
    ("'it''s'", 'TRUE', 'NULL', "DATE '2022-04-01'")
    """
    match given:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if given else "FALSE"
        case int() | Decimal():
            return str(given)
        case float():
            return repr(given) if isfinite(given) else f"CAST('{given!r}' AS DOUBLE)"
        case datetime():
            if given.tzinfo is None:
                return f"TIMESTAMP '{given.isoformat(sep=' ')}'"
            return f"TIMESTAMPTZ '{given.astimezone(UTC).isoformat(sep=' ')}'"
        case date():
            return f"DATE '{given.isoformat()}'"
        case str():
            return "'" + given.replace("'", "''") + "'"
    raise TypeError(f"{given!r} is no value that a query can hold")


def every(tests: Iterable[str]) -> str:
    """All of the tests hold; TRUE where there are none.

    >>> every(["a > 1", "b IS NULL OR b < 2"]), every([])
    ('a > 1 AND (b IS NULL OR b < 2)', 'TRUE')
    """
    return _joined(tests, " AND ", " OR ") or "TRUE"


def some(tests: Iterable[str]) -> str:
    """Any of the tests holds; FALSE where there are none.

    >>> some(["a > 1", "b IS NULL AND c"])
    'a > 1 OR (b IS NULL AND c)'
    """
    return _joined(tests, " OR ", " AND ") or "FALSE"


def _joined(tests: Iterable[str], word: str, other: str) -> str:
    kept = list(tests)
    if len(kept) == 1:
        return kept[0]
    # a test that holds the other word stands in brackets; one too many does no harm
    return word.join(f"({test})" if other in test else test for test in kept)


def among(column: str, values: Iterable[object]) -> str:
    """The column has one of these values.

    >>> among("mode", ["sea"]), among("mode", ["sea", "air"])
    ("mode = 'sea'", "mode IN ('sea', 'air')")
    """
    told = [value(v) for v in values]
    return f"{column} = {told[0]}" if len(told) == 1 else f"{column} IN ({', '.join(told)})"


def when(*choices: tuple[str, object], otherwise: object = "NULL") -> str:
    """The first choice whose test holds.

    >>> when(("a < 0", -1), otherwise=1)
    'CASE WHEN a < 0 THEN -1 ELSE 1 END'
    """
    if not choices:
        return str(otherwise)
    told = " ".join(f"WHEN {test} THEN {then}" for test, then in choices)
    last = "" if otherwise == "NULL" else f" ELSE {otherwise}"
    return f"CASE {told}{last} END"


def whole(text: str) -> str:
    """As a whole number of 64 bits: sums are wider on some engines, on others they are decimals.

    >>> whole("sum(n)")
    'CAST(sum(n) AS BIGINT)'
    """
    return f"CAST({text} AS BIGINT)"


def floored(number: str, by: int) -> str:
    """The whole part of a division, rounded down below zero as well, where `//` cuts.

    >>> floored("x", 60)
    '(x - ((x % 60) + 60) % 60) // 60'
    """
    return f"({number} - (({number} % {by}) + {by}) % {by}) // {by}"
