"""From judged parts to the tables of the contract: events, cases, milestones, charges, dated
tables, rejects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..domain.doubts import backwards
from ..domain.instants import FRACTION
from ..domain.zones import offsets
from .judged import kept
from .left_out import malformed
from .mapping import Mapping
from .parts import refused
from .rules import REMEDY
from .sql import name, quote
from .together import ATTRIBUTES, Files, Judged, accepted, happened

if TYPE_CHECKING:
    import duckdb

    from .layout import Whole

CHARGE_TEXT = (
    "unit",
    "payee",
    "payer",
    "port",
    "bill",
    "channel",
    "size",
    "cargo_class",
    "place",
    "voyage",
    "box",
    "ground",
    "layer",
)
CHARGE_RARE = ("tariff_port",)  # in the table only where a file tells it
CHARGE_NUMBERS = ("quantity", "net_tons", "distance_nm")
# of each dated table its columns beside the days in force, in the order it is sorted by
DATED_COLUMNS = {
    "charge_list": {"port": "VARCHAR", "item": "VARCHAR", "rate": "BIGINT", "unit": "VARCHAR"},
    "waivers": {"port": "VARCHAR", "item": "VARCHAR", "waived_percent": "BIGINT"},
    "limits": {
        "port": "VARCHAR",
        "operation": "VARCHAR",
        "minutes": "BIGINT",
        "share_percent": "BIGINT",
    },
}
RENAMED = {"rate": "rate_fen"}


def write(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, files: Files, judged: Judged, layout: Whole
) -> tuple[dict[str, int], dict]:
    """Write the Parquet tables through `layout`; row counts, and what the receipt says beside
    them.
    """
    counts = {"events": layout.events(con, mapping, files, judged)}
    _sides(con, files, judged)
    con.execute(f"CREATE VIEW all_cases AS {_told(files, judged)}")
    counts["cases"] = layout.save(
        con, "cases", "SELECT * EXCLUDE (bare_) FROM all_cases ORDER BY case_id"
    )
    con.execute(f"CREATE VIEW all_milestones AS {_milestones(mapping, files, judged)}")
    query, order = _beside(con, "FROM all_milestones")
    counts["milestones"] = layout.milestones(con, mapping, query, judged, order)
    doubts = _doubts(con, mapping, layout, counts)
    _charges(con, files, judged, layout, counts)
    counts["rejects"] = layout.save(con, "rejects", _rejects(con, files))
    bare = con.execute("SELECT count(*) FROM all_cases WHERE bare_").fetchall()[0][0]
    lost = 0
    if "charges" in counts:
        lost = con.execute(
            f"SELECT count(*) FROM {layout.table('charges')} ANTI JOIN {layout.table('cases')}"
            " USING (case_id)"
        ).fetchall()[0][0]
    details = {
        "resolution": judged.resolution,
        "doubts": doubts,
        "times_cut": _cut(con, mapping, files, judged),
        "currencies": _currencies(con, layout) if "charges" in counts else {},
        "cases_without_attributes": bare,
        "charges_without_case": lost,
    }
    return counts, details


def _sides(con: duckdb.DuckDBPyConnection, files: Files, judged: Judged) -> None:
    """Tables untold (cases with events and no row of attributes) and unseen (the other way
    round).
    """
    names = [
        f"SELECT case_id FROM {accepted(number, judged.aside)}"
        for number, (spec, _) in enumerate(files)
        if spec.role in ATTRIBUTES
    ]
    told = " UNION ALL ".join(names or ["SELECT '' AS case_id WHERE false"])
    # anti joins, which may spill to disk; NOT IN may not
    con.execute(
        f"CREATE TEMP TABLE untold AS SELECT case_id FROM spans ANTI JOIN ({told}) USING (case_id)"
    )
    con.execute(
        f"CREATE TEMP TABLE unseen AS SELECT case_id FROM ({told}) ANTI JOIN spans USING (case_id)"
    )


def _told(files: Files, judged: Judged) -> str:
    """Attributes from cases and wide rows, or the first known value on event rows; every case seen
    has a row.
    """
    told = []
    for number, (spec, part) in enumerate(files):
        if spec.role in ATTRIBUTES:
            others = kept(spec, part.headers, part.name)
            columns = {c.name: f"r.{name(c.name)}" for c in spec.columns}
            columns |= {h: f"r.{name('k_' + h)}" for _, h in others}
            rows = f"(SELECT * FROM {accepted(number, judged.aside)}) r"
            if spec.several_rows:
                later = f"(SELECT row_ FROM later WHERE file_no = {number})"
                rows += f" ANTI JOIN {later} USING (row_)"
            known = {column.lower() for _, column in others}
            facts = [f for f in judged.facts if f.lower() not in known]
            if facts:
                # what event rows say of a case holds where its own row says nothing
                rows += " LEFT JOIN spans s ON s.case_id = r.case_id"
                columns |= {
                    f: f"coalesce({columns[f]}, s.{name(f)})" if f in columns else f"s.{name(f)}"
                    for f in facts
                }
            listed = ", ".join(f"{value} AS {name(column)}" for column, value in columns.items())
            told.append(f"SELECT {listed}, false AS bare_ FROM {rows}")
    facts = "".join(f", {name(f)}" for f in judged.facts)
    others = (
        f"SELECT case_id{facts}, NOT spoken_ AS bare_ FROM spans SEMI JOIN untold USING (case_id)"
    )
    return " UNION ALL BY NAME ".join([*told, others])


def _milestones(mapping: Mapping, files: Files, judged: Judged) -> str:
    """One row per case: of each milestone its first or last time, and whether that is a date."""
    seen = set(judged.resolution)
    # a milestone that the owner records but that never happened is known to be absent, not unknown
    for spec, _ in files:
        seen |= {c.name for c in spec.milestones} | {milestone for _, milestone in spec.codes}
    columns = []
    for m in sorted(seen):
        if m not in judged.resolution:
            columns.append(f"NULL::BIGINT AS {name(m)}")
            continue
        pick = "lo_" if mapping.words.milestones[m].occurrence == "first" else "hi_"
        columns.append(f"{name(pick + m)} AS {name(m)}")
        if "day" in judged.resolution[m]:
            columns.append(f"{name('day_' + m)} AS {name(m + '__day')}")
        if m in judged.fine:
            columns.append(f"{name('frac_' + m)} AS {name(m + FRACTION)}")
    return (
        f"SELECT {', '.join(['case_id', *columns])} FROM spans UNION ALL BY NAME SELECT case_id"
        " FROM unseen"
    )


def _beside(con: duckdb.DuckDBPyConnection, milestones: str) -> tuple[str, str]:
    """Attributes beside the milestones, cases of a kind together: a query then joins nothing and
    reads one kind.
    """
    facts, times = (
        {r[0] for r in con.execute(f"DESCRIBE {t}").fetchall()} - {"case_id", "bare_"}
        for t in ("all_cases", milestones)
    )
    if {f.lower() for f in facts} & {*times, "month"}:
        return milestones, "case_id"
    listed = [r[0] for r in con.execute("DESCRIBE all_cases").fetchall() if r[0] in facts]
    chosen = ", ".join(["m.case_id", *(f"a.{name(f)}" for f in listed)])
    query = (
        f"SELECT {chosen}, m.* EXCLUDE (case_id) FROM ({milestones}) m JOIN all_cases a USING"
        " (case_id)"
    )
    return query, "kind, case_id" if "kind" in facts else "case_id"


def _doubts(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, layout: Whole, counts: dict
) -> dict[str, int]:
    """Write the cases with a clock that stops before it starts; their number by clock."""
    columns = {column for column, *_ in con.execute("DESCRIBE all_milestones").fetchall()}
    shifts = offsets(mapping.timezone, mapping.plausible[0])
    found = backwards("all_milestones", columns, mapping.words, shifts)
    if found is None:
        return {}
    moments = (f"make_timestamptz({c} * 1000000) AS {c}" for c in ("start_time", "stop_time"))
    counts["doubts"] = layout.save(
        con,
        "doubts",
        f"SELECT * REPLACE ({', '.join(moments)}) FROM ({found}) ORDER BY case_id, start, stop",
    )
    by_clock = (
        f"SELECT start || '..' || stop, count(*) FROM {layout.table('doubts')} GROUP BY 1 ORDER"
        " BY 1"
    )
    return dict(con.execute(by_clock).fetchall())


def _cut(con: duckdb.DuckDBPyConnection, mapping: Mapping, files: Files, judged: Judged) -> int:
    """How many times of events were cut to the second."""
    if not judged.fine:
        return 0
    rows = happened(mapping, files, (), judged.aside)
    return con.execute(f"SELECT count(fraction_) FROM ({rows})").fetchall()[0][0]


def _currencies(con: duckdb.DuckDBPyConnection, layout: Whole) -> dict[str, int]:
    """The charge lines of each currency, most first."""
    lines = (
        f"SELECT currency, count(*) FROM {layout.table('charges')} GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return dict(con.execute(lines).fetchall())


def _charges(
    con: duckdb.DuckDBPyConnection, files: Files, judged: Judged, layout: Whole, counts: dict
) -> None:
    rows: dict[str, list[str]] = {role: [] for role in ("charges", *DATED_COLUMNS)}
    mapped = {c.name for spec, _ in files if spec.role == "charges" for c in spec.columns}
    rare = [column for column in CHARGE_RARE if column in mapped]
    for number, (spec, part) in enumerate(files):
        if spec.role not in rows:
            continue
        has = {c.name for c in spec.columns}

        def local(column: str, zone: str = spec.timezone) -> str:
            return f"CAST(timezone({quote(zone)}, to_timestamp({column})) AS DATE)"

        def known(column: str, kind: str, has: set = has) -> str:
            found = name(column) if column in has else f"CAST(NULL AS {kind})"
            return f"{found} AS {name(RENAMED.get(column, column))}"

        if spec.role == "charges":
            told = [known(t, "BIGINT") for t in CHARGE_NUMBERS] + [
                known(t, "VARCHAR") for t in (*CHARGE_TEXT, *rare)
            ]
            told += [
                f"{name('k_' + h)} AS {name(h)}" for _, h in kept(spec, part.headers, part.name)
            ]
            line = "line_id" if "line_id" in has else f"{quote(part.name)} || ':' || line_"
            told = [f"case_id, {line} AS line_id, item, amount AS amount_fen, currency", *told]
            days = {"charged_on": local("charged_on"), "charged_day": _day(local("charged_on"))}
        else:
            told = [known(c, kind) for c, kind in DATED_COLUMNS[spec.role].items()]
            first, until = (
                local("valid_from"),
                local("valid_to") if "valid_to" in has else "CAST(NULL AS DATE)",
            )
            days = {
                "valid_from": first,
                "valid_to": until,
                "from_day": _day(first),
                "to_day": _day(until),
            }
        told += [f"{value} AS {column}" for column, value in days.items()]
        rows[spec.role].append(
            f"SELECT {', '.join(told)}, seq_ FROM {accepted(number, judged.aside)}"
        )
    for table, parts in rows.items():
        if not parts:
            continue
        query = f"SELECT * EXCLUDE (seq_) FROM ({' UNION ALL BY NAME '.join(parts)}) ORDER BY ALL"
        if table == "charges":
            # what nearly every question about charges asks of the case
            held = {r[0].lower() for r in con.execute(f"DESCRIBE {parts[0]}").fetchall()}
            facts = {r[0] for r in con.execute("DESCRIBE all_cases").fetchall()}
            beside = "".join(f", a.{f}" for f in ("kind", "teu") if f in facts and f not in held)
            query = (
                f"SELECT c.* EXCLUDE (seq_){beside} FROM ({' UNION ALL BY NAME '.join(parts)}) c"
                " LEFT JOIN all_cases a USING (case_id) ORDER BY c.seq_"
            )
        counts[table] = layout.save(con, table, query)


def _day(value: str) -> str:
    return f"CAST({value} - DATE '1970-01-01' AS INTEGER)"


def _rejects(con: duckdb.DuckDBPyConnection, files: Files) -> str:
    """Every row not accepted, with what to do about it, in order of file and line."""
    names = pa.table(
        {
            "file_no": pa.array(range(len(files)), pa.int32()),
            "file": pa.array([p.name for _, p in files], pa.string()),
        }
    )
    con.register("file_names", names)
    broken = [
        (n, line, "malformed_row", "", text, f"{error}: {REMEDY['malformed_row']}")
        for n, (spec, part) in enumerate(files)
        for line, error, text in malformed(spec, part)[0]
    ]
    lists: list[Any] = list(zip(*broken, strict=True)) or [[]] * 6
    kinds = (pa.int32(), pa.int64(), *(pa.string(),) * 4)
    heads = ("file_no", "line", "rule", "column", "value", "remedy")
    con.register(
        "broken", pa.table({h: pa.array(v, k) for h, v, k in zip(heads, lists, kinds, strict=True)})
    )
    remedies = " ".join(f"WHEN {quote(r)} THEN {quote(text)}" for r, text in REMEDY.items())
    rows = [refused(part, n) for n, (_, part) in enumerate(files)]
    rows.append("SELECT file_no, line_, rule, column_, text_ FROM aside WHERE rule != 'exact'")
    return (
        'SELECT file, line, rule, "column", value, remedy FROM (SELECT file_no, line_ AS line,'
        ' rule, column_ AS "column",'
        f" text_ AS value, CASE rule {remedies} END AS remedy FROM ({' UNION ALL '.join(rows)})"
        " UNION ALL SELECT * FROM broken) JOIN file_names USING (file_no) ORDER BY file_no, line"
    )
