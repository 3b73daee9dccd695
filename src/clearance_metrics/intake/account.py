"""What became of every row, file by file, worked out from the parts and from what was set aside."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from .left_out import MOST, clauses, malformed
from .mapping import FileSpec, Mapping
from .parts import Part, refused
from .receipt import Receipt, below, mostly_emptied
from .rules import REMEDY
from .together import Files, accepted
from .undecided import undecided

if TYPE_CHECKING:
    import duckdb

EXAMPLES = 5  # of each kind of note
CAUSES = 3  # of what a file has lost, and texts of each
TOTALS = ("rows_read", "accepted", "rejected", "duplicates", "left_out")


def receipt(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    files: Files,
    counts: dict,
    details: dict,
    layout: str,
) -> Receipt:
    """The receipt of a run whose tables are written."""
    gone = {n for (n,) in con.execute("SELECT DISTINCT file_no FROM aside").fetchall()}
    told = [_file(con, n, spec, part, frozenset(gone)) for n, (spec, part) in enumerate(files)]
    by_rule: Counter[str] = Counter()
    for file in told:
        by_rule.update(file["rejected_by_rule"])
    return Receipt(
        mapping.name,
        sha256(mapping.path.read_bytes()).hexdigest(),
        tuple(told),
        counts,
        totals={key: sum(file[key] for file in told) for key in TOTALS},
        rejected_by_rule={rule: by_rule[rule] for rule in REMEDY if by_rule[rule]},
        layout=layout,
        undecided=tuple({"line": n, "asks": asks} for n, asks in undecided(mapping.path)),
        **details,
    )


def _file(
    con: duckdb.DuckDBPyConnection,
    number: int,
    spec: FileSpec,
    part: Part,
    gone: frozenset[int],
) -> dict:
    """One file's entry; its rows must add up."""
    rules, left = _outcomes(con, number, part)
    broken, beside = malformed(spec, part)
    rules["malformed_row"] += len(broken)
    left.update(beside)
    exact, taken = rules.pop("exact", 0), rules.pop("", 0)
    entry: dict = {
        "path": part.name,
        "role": spec.role,
        "sha256": part.sha256,
        "rows_read": part.rows + len(part.malformed),
        "accepted": taken,
        "rejected": rules.total(),
        "duplicates": exact,
        "left_out": left.total(),
        "rejected_by_rule": {rule: rules[rule] for rule in REMEDY if rules[rule]},
        "least_accepted": spec.least_accepted,
    }
    if entry["rows_read"] != taken + exact + entry["rejected"] + entry["left_out"]:
        raise AssertionError(f"{part.name}: the rows read are not those accounted for: {entry}")
    if clauses(spec):
        entry["left_out_by"] = _listed(spec, left)
        entry["never_met"] = _never_met(con, number, spec, left)
    if part.notes:
        entry["noted"] = _noted(con, number, part, gone)
    if below(entry):
        lost = _causes(con, number, spec, part, broken)
        emptied = [
            _emptied(con, number, spec, part, gone, note["column"])
            for note in mostly_emptied(entry)
        ]
        causes = sorted([*emptied, *lost], key=lambda cause: -cause["n"])[:CAUSES]
        entry |= {"timezone": spec.timezone, "causes": causes}
    return entry


def _outcomes(
    con: duckdb.DuckDBPyConnection, number: int, part: Part
) -> tuple[Counter[str], Counter[tuple[int, str]]]:
    """The rows of a part by rule ('' accepted, 'exact' a copy); and those left out, by clause and
    text.
    """
    rules: Counter[str] = Counter()
    left: Counter[tuple[int, str]] = Counter()
    by_fault = f"SELECT fault_, count(*) FROM part_{number} GROUP BY 1"
    for fault, n in con.execute(by_fault).fetchall():
        if fault is None or fault >= 0:
            rules["" if fault is None else part.faults[fault][0]] += n
    by_text = f"SELECT fault_, text_, count(*) FROM part_{number} WHERE fault_ < 0 GROUP BY 1, 2"
    for fault, text, n in con.execute(by_text).fetchall():
        left[-1 - fault, text] += n
    aside = "SELECT rule, count(*) FROM aside WHERE file_no = ? GROUP BY 1"
    for rule, n in con.execute(aside, [number]).fetchall():
        rules[rule] += n
        rules[""] -= n
    return rules, left


def _listed(spec: FileSpec, left: Counter[tuple[int, str]]) -> list[dict]:
    """Rows left out by column and text, most first; beyond MOST texts the others as one."""
    headers = [header for _, header, _ in clauses(spec)]
    by_text = Counter[tuple[str, str]]()
    for (clause, text), n in left.items():
        by_text[headers[clause], text] += n
    ranked = sorted(by_text.items(), key=lambda pair: (-pair[1], pair[0]))
    told: list[dict] = [{"column": h, "value": text, "n": n} for (h, text), n in ranked[:MOST]]
    for header in dict.fromkeys(headers):
        rest = sum(n for (h, _), n in ranked[MOST:] if h == header)
        told += [{"column": header, "value": None, "n": rest}] if rest else []
    return told


def _never_met(
    con: duckdb.DuckDBPyConnection, number: int, spec: FileSpec, left: Counter[tuple[int, str]]
) -> list[dict]:
    """Texts of only, skip and ignore that no row was found with: perhaps they are misspelt."""
    never = []
    for i, (key, header, words) in enumerate(clauses(spec)):
        met = {text for clause, text in left if clause == i}
        if key == "only":
            kept = f"SELECT DISTINCT kept_{i}_ FROM part_{number} WHERE kept_{i}_ IS NOT NULL"
            met = {words[n] for (n,) in con.execute(kept).fetchall()}
        never += [{"column": header, "value": word} for word in words if word not in met]
    return never


def _noted(
    con: duckdb.DuckDBPyConnection, number: int, part: Part, gone: frozenset[int]
) -> list[dict]:
    """What is told of accepted rows, by column and kind, with the first examples."""
    notes = (
        f"SELECT line_, row_, unnest(notes_) AS note FROM {accepted(number, gone)} AND notes_ IS"
        " NOT NULL"
    )
    found = con.execute(
        "SELECT note.n, count(*), arg_min({'line': line_, 'value': note.text}, row_,"
        f" {EXAMPLES}) FROM ({notes}) WHERE note IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [
        {"column": part.notes[i][0], "kind": part.notes[i][1], "n": n, "examples": examples}
        for i, n, examples in found
    ]


def _causes(
    con: duckdb.DuckDBPyConnection, number: int, spec: FileSpec, part: Part, broken: list[tuple]
) -> list[dict]:
    """The rules and columns by which most rows of a file were lost, with their commonest texts."""
    refusals = (
        f"SELECT rule, column_, text_, line_ FROM ({refused(part, number)}) UNION ALL SELECT rule,"
        f" column_, text_, line_ FROM aside WHERE file_no = {number} AND rule != 'exact'"
    )
    ranked = con.execute(
        f"WITH lost AS ({refusals}), texts AS (SELECT rule, column_, text_, count(*) AS n,"
        " min(line_) AS line FROM lost GROUP BY ALL) SELECT rule, column_, sum(n)::BIGINT,"
        f" min(line), arg_max({{'value': text_, 'n': n}}, (n, -line), {CAUSES}) FROM texts"
        f" GROUP BY 1, 2 ORDER BY 3 DESC, 4 LIMIT {CAUSES}"
    ).fetchall()
    headers = {c.name: c.header for c in (*spec.columns, *spec.milestones)}
    found = [
        {"rule": r, "column": c, "header": headers.get(c), "n": n, "line": line, "values": values}
        for r, c, n, line, values in ranked
    ]
    if broken:
        line, _, text = broken[0]
        values = [{"value": text, "n": 1}]
        told = {"rule": "malformed_row", "column": "", "header": None, "n": len(broken)}
        found.append(told | {"line": line, "values": values})
    return sorted(found, key=lambda cause: -cause["n"])[:CAUSES]


def _emptied(
    con: duckdb.DuckDBPyConnection,
    number: int,
    spec: FileSpec,
    part: Part,
    gone: frozenset[int],
    column: str,
) -> dict:
    """The commonest texts of a column that were unknown, as a cause."""
    places = ", ".join(str(i) for i, note in enumerate(part.notes) if note == (column, "emptied"))
    notes = f"SELECT line_, unnest(notes_) AS note FROM {accepted(number, gone)}"
    n, line, values = con.execute(
        f"WITH texts AS (SELECT note.text, count(*) AS n, min(line_) AS line FROM ({notes}) WHERE"
        f" note.n IN ({places}) GROUP BY 1) SELECT sum(n)::BIGINT, min(line), arg_max({{'value':"
        f" text, 'n': n}}, (n, -line), {CAUSES}) FROM texts"
    ).fetchall()[0]
    header = next((c.header for c in spec.columns if c.name == column), None)
    told = {"rule": "unknown_value", "column": column, "header": header, "n": n, "line": line}
    return told | {"values": values}
