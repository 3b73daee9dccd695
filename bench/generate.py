"""A log of any size, written as it is made: the demonstration's cases many times over, each copy a
little different.

The demonstration (simulated, seeded) goes through the real intake once; its cases are then copied
block by block. A copy has its own case number, every span of it is stretched by up to 5 % in whole
thousandths, and every fifth trade case is moved to the last two days of the log, so that a part of
them is still open. Order within a case never changes, so no clock that cannot run backwards does.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow.csv as pc
import pyarrow.parquet as pq

from clearance_metrics.intake import ingest
from clearance_metrics.simulation import simulate
from clearance_metrics.simulation.cases import END, LOCAL

from .mapping import SOURCE, TITLE_EN, TITLE_ZH, mapping

SEED = 20210820
BLOCK = 200_000  # cases held at a time
GROUP = 122_880  # rows of a Parquet row group, as the engine writes them
DAY = "__day"
# steps that the demonstration leaves out, to come to about ten events a trade case: from which
# step, seconds after it
ADDED = {
    "channel_assigned": ("declared", 45),
    "load_authorised": ("loaded", -7200),
    "terminal_released": ("gate_out", -3600),
    "customs_closed": ("coalesce(gate_out, departed)", 5400),
}
# a copy's numbers are spread by multiplication in 31 bits, twice: the same on every version of the
# engine
MIXED = (
    "xor(({0}) % 2147483648 * 2654435761 % 4294967296, ({0}) % 2147483648 * 2654435761 % 4294967296"
    " // 65536)"
)


@dataclass(frozen=True)
class Made:
    """What was written: counts, and the folders."""

    cases: int
    events: int
    charges: int
    raw: Path | None
    log: Path | None


def generate(
    out: Path, cases: int, *, raw: bool = True, log: bool = True, seed: int = SEED
) -> Made:
    """Write `cases` cases to `out`/raw (CSV files with their dataset.toml) and `out`/log (what
    intake makes of them).

    The same number and seed give the same rows. Memory stays at one block of cases, whatever the
    size.
    """
    if cases < 1:
        raise ValueError("a log has at least one case")
    out = Path(out)
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    with tempfile.TemporaryDirectory() as scratch:
        con.execute("SET temp_directory = ?", [scratch])
        base = _base(con, Path(scratch), cases, seed)
        folders = [out / name if wanted else None for name, wanted in (("raw", raw), ("log", log))]
        for folder in filter(None, folders):
            folder.mkdir(parents=True, exist_ok=True)
        made = _write(con, base, cases, *folders)
    con.close()
    return made


def _base(con: duckdb.DuckDBPyConnection, scratch: Path, cases: int, seed: int) -> dict:
    """Tables base (cases with milestones and their rank) and lines (charges with the rank of their
    case).
    """
    # fewer cases than the whole demonstration need only a part of it; a tenth holds every kind and
    # milestone
    simulate(scratch / "demo", seed=seed, size=min(1.0, max(0.1, cases / 30_000)))
    ingest(scratch / "demo" / "dataset.toml", out=scratch / "done")
    done = scratch / "done"
    con.execute(f"CREATE TABLE facts AS SELECT * FROM read_parquet('{done / 'cases.parquet'}')")
    facts = [r[0] for r in con.execute("DESCRIBE facts").fetchall() if r[0] != "case_id"]
    con.execute(
        # a day on which goods of a refund left is no time of an export: the generated log has times
        # alone
        "CREATE TABLE times AS SELECT * REPLACE (CASE WHEN kind != 'refund' THEN departed END AS"
        f" departed) FROM read_parquet('{done / 'milestones.parquet'}')"
    )
    con.execute(
        "CREATE OR REPLACE TABLE times AS SELECT * EXCLUDE (departed__day, "
        + ", ".join(facts)
        + ") FROM times"
    )
    told = [r[0] for r in con.execute("DESCRIBE times").fetchall() if r[0] != "case_id"]
    names = sorted({*(m for m in told if not m.endswith(DAY)), *ADDED})
    flags = [m for m in told if m.endswith(DAY)]
    steps = ", ".join(f"{start} + {after} AS {name}" for name, (start, after) in ADDED.items())
    con.execute(
        # nine in ten of the kinds beside goods stay away, so that the log is mostly trade
        f"CREATE TABLE base AS WITH kept AS (SELECT facts.*, times.* EXCLUDE (case_id), {steps}"
        " FROM facts JOIN times USING (case_id) WHERE kind IN ('import', 'export') OR"
        " CAST(substr(case_id, 2) AS INTEGER) % 10 = 0) SELECT *, row_number() OVER (ORDER BY"
        f" case_id) AS rank, least({', '.join(names)}) AS began, coalesce(conveyance_arrived,"
        " gate_in) AS anchor FROM kept"
    )
    con.execute(
        "CREATE TABLE lines AS SELECT c.*, row_number() OVER () AS file_row, rank FROM"
        f" read_parquet('{done / 'charges.parquet'}') c JOIN base USING (case_id)"
    )
    con.execute(f"CREATE MACRO mixed(x) AS {MIXED.format('x')}")
    con.execute(
        "CREATE MACRO spread(rank, copy, salt) AS mixed(mixed(rank * 7919 + copy * 104729 + salt)"
        f" + {seed % 65536})"
    )
    n = con.execute("SELECT count(*) FROM base").fetchall()[0][0]
    # the last copy takes its cases by spread, so that every kind is in it
    con.execute(
        "CREATE TABLE turn AS SELECT rank, row_number() OVER (ORDER BY spread(rank, 0, 9), rank) -"
        " 1 AS turn FROM base"
    )
    con.execute(
        "CREATE TABLE listed AS SELECT * FROM read_parquet(?)", [str(done / "charge_list.parquet")]
    )
    head = json.loads((done / "dataset.json").read_text(encoding="utf-8"))
    head.pop("opening", None)  # the mapping of this log states no hours
    return {"n": n, "facts": facts, "names": names, "flags": flags, "head": head}


def _block(base: dict, first: int, last: int, cases: int) -> tuple[str, str, str]:
    """SQL of the copies first to last - 1: cases, milestones, charges, each in the order of case
    numbers.
    """
    copies = (
        "SELECT b.*, copy, printf('%05d', copy) || b.case_id AS number, 950 + spread(b.rank, copy,"
        " 1) % 101 AS stretch, kind IN ('import', 'export') AND spread(b.rank, copy, 2) % 5 = 0 AS"
        " moved, spread(b.rank, copy, 3) % 172800 AS age FROM base b JOIN turn USING (rank) CROSS"
        f" JOIN (SELECT range AS copy FROM range({first}, {last})) WHERE copy * {base['n']} + turn"
        f" < {cases}"
    )
    shifted = (
        f"SELECT *, CASE WHEN moved THEN {END} - age - (began + (anchor - began) * stretch // 1000)"
        f" ELSE 0 END AS shift FROM ({copies})"
    )
    columns = []
    for m in base["names"]:
        now = f"began + ({m} - began) * stretch // 1000 + shift"
        if m + DAY in base["flags"]:
            columns += [m, m + DAY]  # days are dates of the office: they stay
        else:
            columns.append(f"CASE WHEN {now} <= {END} THEN {now} END AS {m}")
    facts = ", ".join(base["facts"])
    order = "ORDER BY number"
    lines = (
        "SELECT printf('%05d', copy) || case_id AS case_id, printf('%05d', copy) || line_id AS"
        " line_id, * EXCLUDE (case_id, line_id, file_row, rank, copy, turn) FROM lines JOIN turn"
        f" USING (rank) CROSS JOIN (SELECT range AS copy FROM range({first}, {last})) WHERE copy *"
        f" {base['n']} + turn < {cases} AND spread(rank, copy, 2) % 5 != 0 ORDER BY copy, file_row"
    )
    return (
        f"SELECT number AS case_id, {facts} FROM ({copies}) {order}",
        f"SELECT number AS case_id, {', '.join(columns)} FROM ({shifted}) {order}",
        lines,
    )


class _Parquet:
    """A Parquet file that grows by blocks."""

    def __init__(self, path: Path) -> None:
        self.path, self.writer = path, None

    def add(self, table) -> None:
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.path, table.schema, compression="zstd")
        self.writer.write_table(table, row_group_size=GROUP)

    def close(self) -> None:
        self.writer.close()


class _Csv(_Parquet):
    """A CSV file that grows by blocks."""

    def add(self, table) -> None:
        if self.writer is None:
            self.writer = pc.CSVWriter(
                self.path, table.schema, write_options=pc.WriteOptions(quoting_style="none")
            )
        self.writer.write_table(table)


def _write(con, base: dict, cases: int, raw: Path | None, log: Path | None) -> Made:
    files = {}
    if raw:
        files |= {f"raw_{t}": _Csv(raw / f"{t}.csv") for t in ("events", "cases", "charges")}
    if log:
        files |= {
            f"log_{t}": _Parquet(log / f"{t}.parquet") for t in ("cases", "milestones", "charges")
        }
    counts, events = {"cases": 0, "milestones": 0, "charges": 0}, dict.fromkeys(base["names"], 0)
    step, whole = max(1, BLOCK // base["n"]), -(-cases // base["n"])
    for first in range(0, whole, step):
        parts = _block(base, first, min(first + step, whole), cases)
        for table, query in zip(("cases", "milestones", "charges"), parts, strict=True):
            con.execute(f"CREATE OR REPLACE TEMP TABLE block_{table} AS {query}")
            if log:
                files[f"log_{table}"].add(con.sql(f"FROM block_{table}").to_arrow_table())
            counts[table] += con.execute(f"SELECT count(*) FROM block_{table}").fetchall()[0][0]
        seen = con.execute(
            f"SELECT {', '.join(f'count({m})' for m in events)} FROM block_milestones"
        ).fetchall()[0]
        events = {m: n + more for (m, n), more in zip(events.items(), seen, strict=True)}
        if raw:
            for table, query in _texts(base).items():
                files[f"raw_{table}"].add(con.sql(query).to_arrow_table())
    for file in files.values():
        file.close()
    if log:
        _beside(con, base["facts"], log)
    _charge_list(con, raw, log)
    # written last: a folder that has it is whole
    if raw:
        (raw / "dataset.toml").write_text(mapping(base["facts"], base["names"]), encoding="utf-8")
    if log:
        _receipt(con, base, counts, events, log)
    return Made(cases, sum(events.values()), counts["charges"], raw, log)


def _beside(con, facts: list[str], log: Path) -> None:
    """Attributes beside the milestones, cases of a kind together, as intake lays them."""
    chosen = ", ".join(["m.case_id", *(f"a.{f}" for f in facts)])
    done = log / "beside.parquet"
    con.execute(f"SET memory_limit = '4GB'; SET temp_directory = '{log / 'spill'}'")
    con.execute(
        f"COPY (SELECT {chosen}, m.* EXCLUDE (case_id) FROM"
        f" read_parquet('{log / 'milestones.parquet'}') m JOIN"
        f" read_parquet('{log / 'cases.parquet'}') a USING (case_id) ORDER BY kind, case_id) TO"
        f" '{done}' (FORMAT parquet, COMPRESSION zstd)"
    )
    con.execute("RESET memory_limit")
    shutil.rmtree(log / "spill", ignore_errors=True)
    done.replace(log / "milestones.parquet")


def _texts(base: dict) -> dict[str, str]:
    """SQL of a block as the owner's files hold it: events in order of time, local times, dates
    where only a day is known.
    """
    dated = ", ".join(f"'{f.removesuffix(DAY)}'" for f in base["flags"])
    local = f"make_timestamp((time + {LOCAL}) * 1000000)"
    names = ", ".join(base["names"])
    return {
        "events": (
            f"SELECT case_id, milestone, CASE WHEN milestone IN ({dated}) THEN CAST(CAST({local} AS"
            f" DATE) AS VARCHAR) ELSE CAST({local} AS VARCHAR) END AS time FROM (UNPIVOT (SELECT"
            f" case_id, {names} FROM block_milestones) ON {names} INTO NAME milestone VALUE time) e"
            " ORDER BY e.time, case_id, milestone"
        ),
        "cases": "FROM block_cases",
        "charges": "SELECT * EXCLUDE (charged_day, unit, payer, kind, teu) FROM block_charges",
    }


def _charge_list(con, raw: Path | None, log: Path | None) -> None:
    if log:
        con.execute(
            f"COPY listed TO '{log / 'charge_list.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )
    if raw:
        chosen = "SELECT * EXCLUDE (from_day, to_day, unit) FROM listed"
        con.execute(f"COPY ({chosen}) TO '{raw / 'charge-list.csv'}' (FORMAT csv, HEADER)")


def _receipt(con, base: dict, counts: dict, events: dict, log: Path) -> None:
    """dataset.json and receipt.json as intake would write them; the files were never written, so
    they have no sum.
    """
    text = mapping(base["facts"], base["names"])
    listed = con.execute("SELECT count(*) FROM listed").fetchall()[0][0]
    rows = {
        "events.csv": ("events", sum(events.values())),
        "cases.csv": ("cases", counts["cases"]),
        "charges.csv": ("charges", counts["charges"]),
        "charge-list.csv": ("charge_list", listed),
    }
    files = [
        {
            "path": path,
            "role": role,
            "sha256": None,
            "rows_read": n,
            "accepted": n,
            "rejected": 0,
            "duplicates": 0,
            "left_out": 0,
            "rejected_by_rule": {},
            "least_accepted": 95,
        }
        for path, (role, n) in rows.items()
    ]
    total = sum(n for _, n in rows.values())
    dated = {f.removesuffix(DAY) for f in base["flags"]}
    receipt = {
        "dataset": "bench",
        "mapping_sha256": sha256(text.encode()).hexdigest(),
        "files": files,
        "tables": {
            "events": sum(events.values()),
            **counts,
            "charge_list": listed,
            "rejects": 0,
            "doubts": 0,
        },
        "resolution": {m: {"day" if m in dated else "second": n} for m, n in events.items() if n},
        "cases_without_attributes": 0,
        "charges_without_case": 0,
        "totals": dict.fromkeys(("rows_read", "accepted"), total)
        | dict.fromkeys(("rejected", "duplicates", "left_out"), 0),
        "rejected_by_rule": {},
        "doubts": {},
        "times_cut": 0,
        "currencies": {"CNY": counts["charges"]},
        "layout": "whole",
        "history": [],
    }
    head = base["head"] | {
        "name": "bench",
        "title_zh": TITLE_ZH,
        "title_en": TITLE_EN,
        "source": SOURCE,
    }
    for name, content in (("dataset.json", head), ("receipt.json", receipt)):
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        (log / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import sys

    generate(
        Path(sys.argv[1]), int(sys.argv[2]), raw="raw" in sys.argv[3:], log="log" in sys.argv[3:]
    )
