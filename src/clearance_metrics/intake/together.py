"""Judging rows against other rows: exact copies, and a case's second row.

All of these are questions within one case. One pass over the parts sums every case up; only the
rows of cases in which something may be wrong are then looked at one by one. Row numbers stand in
for rows throughout, so that the answer depends on the files and their order alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .columns import DATED
from .mapping import FileSpec, Mapping
from .parts import Part
from .sql import name, quote
from .values import DAY, RESOLUTIONS, codes

if TYPE_CHECKING:
    import duckdb

Files = list[tuple[FileSpec, Part]]
ATTRIBUTES = ("cases", "wide")  # roles whose rows tell the attributes of a case


@dataclass(frozen=True)
class Judged:
    """What is known of the events: their number by milestone and resolution, the facts told on
    event rows, the milestones with fractions of a second, and between which epoch seconds they
    lie, those of rows set aside among them.
    """

    resolution: dict[str, dict[str, int]]
    facts: tuple[str, ...]
    aside: frozenset[int]
    fine: frozenset[str]
    span: tuple[int | None, int | None]


def judge(con: duckdb.DuckDBPyConnection, mapping: Mapping, files: Files) -> Judged:
    """Tables aside (rows set aside: file_no, row_, line_, rule, column_, text_) and spans (a row
    per case with events).

    rule is 'exact' for an exact copy. spans has lo_, hi_ and day_<milestone> as far as they are
    needed, and the facts told first on the case's event rows.
    """
    con.execute(
        "CREATE TEMP TABLE aside (file_no INTEGER, row_ BIGINT, line_ BIGINT, rule VARCHAR, column_"
        " VARCHAR, text_ VARCHAR)"
    )
    _copies(con, files, ("charges", *DATED))
    _copies(con, files, ATTRIBUTES)
    facts = _facts(mapping, files)
    told = happened(mapping, files, facts, with_aside(con, files))
    counts = con.execute(
        "SELECT milestone, time_resolution, count(*), min(time), max(time), count(fraction_) FROM"
        f" ({told}) GROUP BY 1, 2"
    ).fetchall()
    span = (
        min((low for *_, low, _, _ in counts), default=None),
        max((high for *_, high, _ in counts), default=None),
    )
    words = sorted(mapping.words.milestones)
    fine = frozenset(words[m] for m, *_, n in counts if n)
    found = sorted((words[m], RESOLUTIONS[kind], n) for m, kind, n, *_ in counts)
    seen = {m: any(k == "day" for w, k, _ in found if w == m) for m, _, _ in found}
    con.execute(f"CREATE TEMP TABLE spans AS {_summed(mapping, seen, fine, facts, told)}")
    removed = _repeats(con, mapping, seen, told)
    resolution: dict = {}
    for milestone, kind, n in found:
        n -= removed.get((milestone, kind), 0)
        if n:
            resolution.setdefault(milestone, {})[kind] = n
    return Judged(resolution, facts, with_aside(con, files), fine, span)


def with_aside(con: duckdb.DuckDBPyConnection, files: Files) -> frozenset[int]:
    """The numbers of the files of which rows are set aside, each marked row by row in the engine's
    variable gone_N.
    """
    numbers = [
        n for (n,) in con.execute("SELECT DISTINCT file_no FROM aside ORDER BY 1").fetchall()
    ]
    for n in numbers:
        rows = (
            f"SELECT bitstring_agg(row_, 0::BIGINT, {files[n][1].rows}::BIGINT) FROM aside WHERE"
            f" file_no = {n}"
        )
        con.execute(f"SET VARIABLE gone_{n} = ({rows})")
    return frozenset(numbers)


def accepted(number: int, aside: frozenset[int]) -> str:
    """SQL of a part's accepted rows, in order."""
    # a look-up, not a join: rows stay in their order, and nothing has to be sorted
    left = (
        f" AND get_bit(getvariable('gone_{number}'), CAST(row_ AS INTEGER)) = 0"
        if number in aside
        else ""
    )
    return f"part_{number} WHERE fault_ IS NULL{left}"


def _facts(mapping: Mapping, files: Files) -> tuple[str, ...]:
    """The attributes of cases that event rows tell, in order of the mapping."""
    found = [
        c.name
        for spec, _ in files
        if spec.role == "events"
        for c in spec.columns
        if c.name in mapping.words.columns
    ]
    return tuple(dict.fromkeys(found))


def happened(
    mapping: Mapping,
    files: Files,
    facts: tuple[str, ...],
    aside: frozenset[int],
    only: int | None = None,
) -> str:
    """SQL of the events in order of file, row and milestone; those of rows set aside are left
    out.
    """
    rows = [
        "SELECT 0 AS file_no, 0::BIGINT AS row_, 0::BIGINT AS line_, 0::BIGINT AS seq_, false AS"
        " event_, false AS spoken_, '' AS case_id, 0::SMALLINT AS milestone, 0::BIGINT AS time,"
        " 0::TINYINT AS time_resolution, 0::BIGINT AS recorded_at, '' AS location, 0::BIGINT AS"
        " fraction_, '' AS source_file, 0::UBIGINT AS hash_ WHERE false"
    ]
    numbers = codes(mapping)
    for number, (spec, part) in enumerate(files):
        if only not in (None, number) or spec.role not in ("events", "wide"):
            continue
        at = f"{number} AS file_no, row_, line_, seq_"
        if spec.role == "events":
            has = {c.name for c in spec.columns}
            own = [f for f in facts if f in has]
            recorded = "recorded_at" if "recorded_at" in has else "NULL::BIGINT AS recorded_at"
            location = "location" if "location" in has else "NULL::VARCHAR AS location"
            told = "".join(f", {name(f)}" for f in own)
            rows.append(
                f"SELECT {at}, true AS event_, {bool(own)} AS spoken_, case_id, milestone, time,"
                f" time_resolution, fraction_, {recorded}, {location}, {quote(part.name)} AS"
                f" source_file, hash_{told} FROM {accepted(number, aside)}"
            )
            continue
        marks = ", ".join(
            f"{{'milestone': {numbers[m]}::SMALLINT, 'time': {name('m_' + m)}, 'kind':"
            f" {name('r_' + m)}, 'x': {name('x_' + m)}}}"
            for m in sorted(c.name for c in spec.milestones)
        )
        rows.append(
            f"SELECT {at}, false AS event_, false AS spoken_, case_id, e.milestone AS milestone,"
            " e.time AS time, e.kind AS time_resolution, e.x AS fraction_, NULL::BIGINT AS"
            f" recorded_at, NULL::VARCHAR AS location, {quote(part.name)} AS source_file, hash_"
            f" FROM (SELECT *, unnest([{marks}]) AS e FROM {accepted(number, aside)}) WHERE e.time"
            " IS NOT NULL"
        )
    return " UNION ALL BY NAME ".join(rows)


def _copies(con: duckdb.DuckDBPyConnection, files: Files, roles: tuple[str, ...]) -> None:
    """Set aside exact copies, and in case tables all but the first row of a case; where a case may
    stand on several rows, those after its first go to table later and stay.
    """
    rows, several = [], []
    for number, (spec, _) in enumerate(files):
        if spec.role in roles:
            key = "key_" if spec.role in DATED else "case_id"
            rows.append(
                f"SELECT {number} AS file_no, row_, line_, seq_, {quote(spec.role)} AS role, {key}"
                f" AS key_, hash_ FROM part_{number} WHERE fault_ IS NULL"
            )
            several += [str(number)] if spec.several_rows else []
    if not rows:
        return
    once = "cases" in roles
    twice = "key_" if once else "role, key_, hash_"
    second = (
        "row_number() OVER (PARTITION BY key_, copy > 1 ORDER BY seq_) > 1" if once else "false"
    )
    may = f"WHEN {second} AND file_no IN ({', '.join(several)}) THEN 'later' " if several else ""
    ruled = (
        f"WITH every AS ({' UNION ALL '.join(rows)}), twice AS (SELECT {twice}"
        " FROM every GROUP BY ALL HAVING count(*) > 1), counted AS (SELECT *, row_number() OVER"
        " (PARTITION BY role, key_, hash_ ORDER BY seq_) AS copy FROM every SEMI JOIN twice USING"
        f" ({twice})) SELECT *, CASE WHEN copy > 1 THEN 'exact' {may}WHEN {second} THEN"
        " 'duplicate' END AS rule FROM counted"
    )
    if several:
        con.execute(f"CREATE TEMP TABLE ruled AS {ruled}")
        con.execute(
            "CREATE TEMP TABLE later AS SELECT file_no, row_ FROM ruled WHERE rule = 'later'"
        )
        ruled = "FROM ruled WHERE rule != 'later'"
    con.execute(
        "INSERT INTO aside SELECT file_no, row_, line_, rule, 'case_id', key_ FROM"
        f" ({ruled}) WHERE rule IS NOT NULL"
    )
    con.execute("DROP TABLE IF EXISTS ruled")


def _summed(
    mapping: Mapping, seen: dict[str, bool], fine: frozenset[str], facts: tuple[str, ...], rows: str
) -> str:
    """SQL of one row per case: of each milestone the first and last time and whether it is a date,
    and first facts.
    """
    columns = [
        f"arg_min({name(f)}, seq_) FILTER ({name(f)} IS NOT NULL) AS {name(f)}" for f in facts
    ]
    columns += ["count(*) AS n_", "bool_or(spoken_) AS spoken_"]
    for milestone, dated in seen.items():
        columns += _times(mapping, milestone, dated, milestone in fine)
    return f"SELECT case_id, {', '.join(columns)} FROM ({rows}) GROUP BY case_id"


def _times(mapping: Mapping, milestone: str, dated: bool, fine: bool) -> list[str]:
    """SQL of one milestone's time of a case, its fraction and whether it is a date, so far as they
    can differ.
    """

    # a CASE takes half the time of a FILTER, which cuts the rows anew for each milestone
    def of(value: str) -> str:
        return f"CASE WHEN milestone = {codes(mapping)[milestone]} THEN {value} END"

    pick = "min" if mapping.words.milestones[milestone].occurrence == "first" else "max"
    columns = [f"{pick}({of('time')}) AS {name(_end(mapping, milestone))}"]
    if fine:
        exact = of("time * 1000000 + coalesce(fraction_, 0)")
        columns.append(f"{pick}({exact}) % 1000000 AS {name('frac_' + milestone)}")
    if dated:
        day = of(f"time_resolution = {DAY}")
        columns.append(f"bool_or({day}) AS {name('day_' + milestone)}")
    return columns


def _repeats(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, seen: dict[str, bool], rows: str
) -> dict[tuple, int]:
    """Set aside exact copies of events; the number of events taken away, by kind."""
    known = " + ".join(f"({name(_end(mapping, m))} IS NOT NULL)::INTEGER" for m in seen) or "0"
    con.execute(f"CREATE TEMP TABLE several AS SELECT case_id FROM spans WHERE n_ > {known}")
    if not con.execute("SELECT count(*) FROM several").fetchall()[0][0]:
        return {}
    con.execute(
        f"CREATE TEMP TABLE repeats AS SELECT * FROM ({rows}) SEMI JOIN several USING (case_id)"
    )
    con.execute(
        "INSERT INTO aside WITH twice AS (SELECT case_id, hash_ FROM repeats WHERE event_ GROUP BY"
        " ALL HAVING count(*) > 1) SELECT file_no, row_, line_, 'exact', NULL, NULL FROM (SELECT *,"
        " row_number() OVER (PARTITION BY case_id, hash_ ORDER BY seq_) AS copy FROM repeats SEMI"
        " JOIN twice USING (case_id, hash_) WHERE event_) WHERE copy > 1"
    )
    gone = con.execute(
        "SELECT d.milestone, d.time_resolution, count(*) FROM repeats d JOIN aside a"
        " ON a.file_no = d.file_no AND a.row_ = d.row_ GROUP BY 1, 2"
    ).fetchall()
    con.execute("DROP TABLE repeats")
    by_number = sorted(mapping.words.milestones)
    return {(by_number[milestone], RESOLUTIONS[kind]): n for milestone, kind, n in gone}


def _end(mapping: Mapping, milestone: str) -> str:
    """The column of spans that holds a milestone's first or last time, as the vocabulary says."""
    return (
        "lo_" if mapping.words.milestones[milestone].occurrence == "first" else "hi_"
    ) + milestone
