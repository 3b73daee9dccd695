"""From judged rows to the tables of the contract: events, cases, milestones, charges, charge_list, rejects."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from ..errors import InputError
from .checks import REMEDY, field, name, quote, verdict
from .mapping import FileSpec, Mapping
from .readers import RawFile

CHARGE_TEXT = ("unit", "payee", "payer", "port", "bill", "channel", "size", "cargo_class", "place", "voyage")
CHARGE_NUMBERS = ("quantity", "net_tons", "distance_nm")
# beside the days in force: each dated table's columns, in the order it is sorted by
DATED_COLUMNS = {
    "charge_list": {"port": "VARCHAR", "item": "VARCHAR", "rate": "BIGINT", "unit": "VARCHAR"},
    "waivers": {"port": "VARCHAR", "item": "VARCHAR", "waived_percent": "BIGINT"},
    "limits": {"port": "VARCHAR", "operation": "VARCHAR", "minutes": "BIGINT", "share_percent": "BIGINT"},
}
RENAMED = {"rate": "rate_fen"}


def classify(con, mapping: Mapping, spec: FileSpec, raw: RawFile, number: int) -> None:
    """Table checked_<number>: the mapped columns of each row, with rule_, column_, text_ where it breaks a rule."""
    event = spec.role == "events"
    fields = [field(c, raw, spec, mapping, event and c.name in ("time", "milestone")) for c in spec.columns]
    marks = [field(c, raw, spec, mapping) for c in spec.milestones]
    clashes = []
    for clock in _unsigned(mapping):
        pair = {f.name: f for f in marks}
        if clock[0] in pair and clock[1] in pair:
            start, stop = pair[clock[0]], pair[clock[1]]
            test = _backwards(f"({start.value})", f"({stop.value})", f"({start.resolution})", f"({stop.resolution})")
            clashes.append(("stop_before_start", test, f"CAST(to_timestamp({stop.value}) AS VARCHAR)", clock[1]))
    rule, column, text = verdict([*fields, *marks], clashes)
    chosen = [f"{f.value} AS {name(f.name)}" for f in fields]
    chosen += [f"{f.resolution} AS {name(f.name + '_resolution')}" for f in fields if f.resolution and event]
    for f in marks:
        chosen += [f"{f.value} AS {name('m_' + f.name)}", f"{f.resolution} AS {name('r_' + f.name)}"]
    chosen += [f"nullif(CAST(h{i} AS VARCHAR), '') AS {name('k_' + header)}" for i, header in kept(spec, raw)]
    con.execute(
        f"CREATE TEMP TABLE checked_{number} AS SELECT {', '.join(chosen)}, row_, line_,"
        f" {rule} AS rule_, {column} AS column_, {text} AS text_ FROM {raw.table} ORDER BY row_"
    )


def kept(spec: FileSpec, raw: RawFile) -> list[tuple[int, str]]:
    """Other columns that go along under their own header."""
    if spec.role not in ("wide", "cases", "charges"):
        return []
    used = {c.header for c in (*spec.columns, *spec.milestones)}
    ours = {c.name for c in (*spec.columns, *spec.milestones)}
    for header in spec.keep or ():
        if header not in raw.headers:
            raise InputError(
                f"keep names {header!r}, which the file has not", str(raw.path), f"headers: {', '.join(raw.headers)}"
            )
    wanted = [
        (i, h) for i, h in enumerate(raw.headers) if h and h not in used and (spec.keep is None or h in spec.keep)
    ]
    for _, header in wanted:
        if header in ours:
            raise InputError(
                f"the file's own column {header!r} has the name of a mapped one",
                str(raw.path),
                "map or drop it with keep",
            )
    return wanted


def _unsigned(mapping: Mapping) -> list[tuple[str, str]]:
    signed = {(c.start, c.stop) for c in mapping.words.clocks.values() if c.signed}
    pairs = {(c.start, c.stop) for c in mapping.words.clocks.values()} - signed
    return sorted(pairs)


def _backwards(start: str, stop: str, start_res: str, stop_res: str) -> str:
    """Certainly backwards: a date beside a time of day may be half a day off."""
    slack = f"CASE WHEN ({start_res} = 'day') != ({stop_res} = 'day') THEN 43200 ELSE 0 END"
    return f"{stop} < {start} - {slack}"


def judge_together(con, mapping: Mapping, raws: list[tuple[FileSpec, RawFile]]) -> None:
    """Table judged: file_no, row_, line_, rule (null accepted, 'exact' an exact duplicate), column_, text_."""
    rows = []
    for number, (spec, raw) in enumerate(raws):
        key = " || chr(31) || ".join(f"coalesce(CAST(h{i} AS VARCHAR), chr(30))" for i in range(len(raw.headers)))
        case = "case_id" if spec.role in ("cases", "wide") else "NULL"
        rows.append(
            f"SELECT {number} AS file_no, c.row_, c.line_, rule_, column_, text_, {case} AS once, {quote(spec.role)} AS role,"
            f" md5({key}) AS content FROM checked_{number} c JOIN {raw.table} r USING (row_)"
        )
    con.execute(
        "CREATE TEMP TABLE judged AS WITH every AS (" + " UNION ALL ".join(rows) + "), first AS (SELECT *,"
        " row_number() OVER (PARTITION BY role, content, rule_ IS NULL ORDER BY file_no, row_) AS copy FROM every),"
        " own AS (SELECT *, CASE WHEN rule_ IS NULL AND copy > 1 THEN 'exact' ELSE rule_ END AS ruled FROM first)"
        " SELECT file_no, row_, line_, role, CASE WHEN ruled IS NULL AND once IS NOT NULL AND row_number() OVER"
        " (PARTITION BY once, ruled IS NULL ORDER BY file_no, row_) > 1 THEN 'duplicate' ELSE ruled END AS rule,"
        " CASE WHEN ruled IS NULL THEN 'case_id' ELSE column_ END AS column_, coalesce(text_, once) AS text_ FROM own"
    )
    parts = []
    for number, (spec, _) in enumerate(raws):
        columns = "case_id, milestone, time, time_resolution"
        if spec.role == "events":
            extra = [c.name for c in spec.columns]
            recorded = "recorded_at" if "recorded_at" in extra else "CAST(NULL AS BIGINT)"
            location = "location" if "location" in extra else "CAST(NULL AS VARCHAR)"
            parts.append(f"SELECT {number} AS file_no, row_, line_, {columns}, {recorded} AS recorded_at, {location} AS location"
                         f" FROM checked_{number} JOIN judged j USING (row_, line_) WHERE j.file_no = {number} AND j.rule IS NULL")  # fmt: skip
        for c in spec.milestones:
            parts.append(
                f"SELECT {number}, row_, line_, case_id, {quote(c.name)}, {name('m_' + c.name)}, {name('r_' + c.name)},"
                f" CAST(NULL AS BIGINT), CAST(NULL AS VARCHAR) FROM checked_{number} JOIN judged j USING (row_, line_)"
                f" WHERE j.file_no = {number} AND j.rule IS NULL AND {name('m_' + c.name)} IS NOT NULL"
            )
    shape = ("SELECT 0 AS file_no, 0::BIGINT AS row_, 0::BIGINT AS line_, '' AS case_id, '' AS milestone, 0::BIGINT AS time,"
             " '' AS time_resolution, 0::BIGINT AS recorded_at, '' AS location WHERE false")  # fmt: skip
    con.execute("CREATE TEMP TABLE happened AS " + " UNION ALL ".join([shape, *parts]))
    pairs = _unsigned(mapping)
    starts = sorted({start for start, _ in pairs})
    firsts = ", ".join(
        f"min(time) FILTER (milestone = {quote(s)}) AS {name('s_' + s)},"
        f" arg_min(time_resolution, time) FILTER (milestone = {quote(s)}) AS {name('q_' + s)}" for s in starts
    )  # fmt: skip
    con.execute(f"CREATE TEMP TABLE begun AS SELECT case_id, {firsts} FROM happened GROUP BY case_id")
    tests = " OR ".join(
        f"(milestone = {quote(stop)} AND {_backwards(name('s_' + start), 'time', name('q_' + start), 'time_resolution')})"
        for start, stop in pairs
    )
    con.execute(
        f"CREATE TEMP TABLE late AS SELECT file_no, row_, time FROM happened JOIN begun USING (case_id) WHERE {tests}"
    )
    con.execute(
        "UPDATE judged SET rule = 'stop_before_start', column_ = 'time', text_ = CAST(to_timestamp(late.time) AS VARCHAR)"
        " FROM late WHERE judged.file_no = late.file_no AND judged.row_ = late.row_ AND judged.role = 'events'"
    )
    con.execute(
        "DELETE FROM happened USING judged j WHERE happened.file_no = j.file_no AND happened.row_ = j.row_ AND j.rule IS NOT NULL"
    )


def write(con, mapping: Mapping, raws: list, out: Path) -> tuple[dict[str, int], dict]:
    """Write the Parquet tables into `out`; row counts, and what the receipt says beside them."""
    names = pa.table(
        {"file_no": pa.array(range(len(raws)), pa.int32()), "file": pa.array([r.name for _, r in raws], pa.string())}
    )
    con.register("file_names", names)
    counts = {}

    def save(table: str, query: str) -> None:
        path = quote(str(out / f"{table}.parquet"))
        con.execute(f"COPY ({query}) TO {path} (FORMAT parquet, COMPRESSION zstd)")
        counts[table] = con.execute(f"SELECT count(*) FROM read_parquet({path})").fetchall()[0][0]

    save("events", "SELECT case_id, milestone, make_timestamp(time * 1000000) AT TIME ZONE 'UTC' AS time, time_resolution AS resolution,"
         " make_timestamp(recorded_at * 1000000) AT TIME ZONE 'UTC' AS recorded_at, location, file AS source_file, line_ AS source_line"
         " FROM happened JOIN file_names USING (file_no) ORDER BY file_no, row_, milestone")  # fmt: skip
    _cases(con, mapping, raws)
    save("cases", "SELECT * FROM all_cases ORDER BY case_id")
    seen = {row[0] for row in con.execute("SELECT DISTINCT milestone FROM happened").fetchall()}
    # a milestone that the owner records but that never happened is known to be absent, not unknown
    for spec, _ in raws:
        seen |= {c.name for c in spec.milestones} | {milestone for _, milestone in spec.codes}
    dated = {
        r[0] for r in con.execute("SELECT DISTINCT milestone FROM happened WHERE time_resolution = 'day'").fetchall()
    }
    columns = []
    for m in sorted(seen):
        pick = "min" if mapping.words.milestones[m].occurrence == "first" else "max"
        columns.append(f"{pick}(time) FILTER (milestone = {quote(m)}) AS {name(m)}")
        if m in dated:
            columns.append(f"bool_or(time_resolution = 'day') FILTER (milestone = {quote(m)}) AS {name(m + '__day')}")
    chosen = ", ".join(["case_id", *columns])
    facts = [r[0] for r in con.execute("DESCRIBE all_cases").fetchall() if r[0] != "case_id"]
    beside = [] if {f.lower() for f in facts} & {*seen, *(m + "__day" for m in dated)} else facts
    # attributes go beside the milestones, and cases of a kind together: a query then joins nothing and reads one kind
    order = [name("kind"), "case_id"] if "kind" in beside else ["case_id"]
    save(
        "milestones",
        f"SELECT {', '.join(['m.case_id', *(f'a.{name(f)}' for f in beside)])}, m.* EXCLUDE (case_id) FROM (SELECT {chosen}"
        " FROM happened RIGHT JOIN (SELECT case_id FROM all_cases) USING (case_id) GROUP BY case_id) m"
        f" JOIN all_cases a USING (case_id) ORDER BY {', '.join(order)}",
    )
    _charges(con, raws, save)
    malformed = [(n, line, "malformed_row", "", text[:500], REMEDY["malformed_row"])
                 for n, (_, raw) in enumerate(raws) for line, _, text in raw.malformed]  # fmt: skip
    lists = list(zip(*malformed, strict=True)) or [[]] * 6
    kinds = (pa.int32(), pa.int64(), *(pa.string(),) * 4)
    con.register(
        "broken",
        pa.table(
            {
                k: pa.array(v, t)
                for k, v, t in zip(("file_no", "line", "rule", "column", "value", "remedy"), lists, kinds, strict=True)
            }
        ),
    )
    remedies = " ".join(f"WHEN {quote(r)} THEN {quote(text)}" for r, text in REMEDY.items())
    save("rejects", 'SELECT file, line, rule, "column", value, remedy FROM (SELECT file_no, line_ AS line, rule, column_ AS "column",'
         f" text_ AS value, CASE rule {remedies} END AS remedy FROM judged WHERE rule IS NOT NULL AND rule != 'exact'"
         " UNION ALL SELECT * FROM broken) JOIN file_names USING (file_no) ORDER BY file_no, line")  # fmt: skip
    resolution: dict = {}
    for milestone, kind, n in con.execute(
        "SELECT milestone, time_resolution, count(*) FROM happened GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall():
        resolution.setdefault(milestone, {})[kind] = n
    bare = con.execute(
        "SELECT count(*) FROM all_cases WHERE NOT EXISTS (SELECT 1 FROM told t WHERE t.case_id = all_cases.case_id)"
    ).fetchall()[0][0]
    lost = 0
    if "charges" in counts:
        lost = con.execute(
            "SELECT count(*) FROM charged WHERE case_id NOT IN (SELECT case_id FROM all_cases)"
        ).fetchall()[0][0]
    details = {"resolution": resolution, "cases_without_attributes": bare, "charges_without_case": lost}
    return counts, details


def _accepted(number: int) -> str:
    return f"checked_{number} JOIN judged j USING (row_, line_) WHERE j.file_no = {number} AND j.rule IS NULL"


def _cases(con, mapping: Mapping, raws: list) -> None:
    """Attributes from cases and wide rows, or the first known value on event rows; every case seen has a row."""
    told, spoken = [], []
    for number, (spec, raw) in enumerate(raws):
        if spec.role in ("cases", "wide"):
            columns = [name(c.name) for c in spec.columns]
            columns += [f"{name('k_' + h)} AS {name(h)}" for _, h in kept(spec, raw)]
            told.append(f"SELECT {', '.join(columns)} FROM {_accepted(number)}")
        if spec.role == "events":
            facts = [c.name for c in spec.columns if c.name in mapping.words.columns]
            if facts:
                firsts = ", ".join(
                    f"arg_min({name(f)}, row_) FILTER ({name(f)} IS NOT NULL) AS {name(f)}" for f in facts
                )
                spoken.append(f"SELECT case_id, {firsts} FROM {_accepted(number)} GROUP BY case_id")
    con.execute("CREATE TEMP TABLE told AS " + (" UNION ALL BY NAME ".join(told) or "SELECT '' AS case_id WHERE false"))
    if spoken:
        con.execute("CREATE TEMP TABLE spoken_rows AS " + " UNION ALL BY NAME ".join(spoken))
        facts = [r[0] for r in con.execute("DESCRIBE spoken_rows").fetchall() if r[0] != "case_id"]
        picked = ", ".join(f"any_value({name(f)}) AS {name(f)}" for f in facts)
        con.execute(
            "CREATE TEMP TABLE extra AS SELECT * FROM spoken_rows WHERE case_id NOT IN (SELECT case_id FROM told)"
        )
        con.execute(
            f"CREATE TEMP TABLE told2 AS SELECT * FROM told UNION ALL BY NAME SELECT case_id, {picked} FROM extra GROUP BY case_id"
        )
        con.execute("DROP TABLE told; ALTER TABLE told2 RENAME TO told")
    con.execute(
        "CREATE TEMP TABLE all_cases AS SELECT * FROM told UNION ALL BY NAME SELECT DISTINCT case_id FROM happened"
        " WHERE case_id NOT IN (SELECT case_id FROM told)"
    )


def _charges(con, raws: list, save) -> None:
    lines: list[str] = []
    dated: dict[str, list[str]] = {role: [] for role in DATED_COLUMNS}
    for number, (spec, raw) in enumerate(raws):
        zone = quote(spec.timezone)

        def local(column: str, zone: str = zone) -> str:
            moment = f"timezone({zone}, to_timestamp({column}))"
            return f"CAST({moment} AS DATE)"

        def day(value: str) -> str:
            return f"CAST({value} - DATE '1970-01-01' AS INTEGER)"

        has = {c.name for c in spec.columns}

        def known(column: str, kind: str, has: set = has) -> str:
            found = name(column) if column in has else f"CAST(NULL AS {kind})"
            return f"{found} AS {name(RENAMED.get(column, column))}"

        if spec.role == "charges":
            extra = [known(t, "VARCHAR") for t in CHARGE_TEXT] + [known(t, "BIGINT") for t in CHARGE_NUMBERS]
            extra += [f"{name('k_' + h)} AS {name(h)}" for _, h in kept(spec, raw)]
            line = "line_id" if "line_id" in has else f"{quote(raw.name)} || ':' || line_"
            lines.append(
                f"SELECT case_id, {line} AS line_id, item, amount AS amount_fen, currency,"
                f" {local('charged_on')} AS charged_on, {day(local('charged_on'))} AS charged_day,"
                f" {', '.join(extra)}, {number} AS file_no, row_ FROM {_accepted(number)}"
            )
        if spec.role in dated:
            first = local("valid_from")
            until = local("valid_to") if "valid_to" in has else "CAST(NULL AS DATE)"
            told = ", ".join(known(c, kind) for c, kind in DATED_COLUMNS[spec.role].items())
            dated[spec.role].append(
                f"SELECT {told}, {first} AS valid_from, {until} AS valid_to, {day(first)} AS from_day, {day(until)} AS to_day"
                f" FROM {_accepted(number)}"
            )
    if lines:
        con.execute("CREATE TEMP TABLE charged AS " + " UNION ALL BY NAME ".join(lines))
        held = {r[0].lower() for r in con.execute("DESCRIBE charged").fetchall()}
        facts = {r[0] for r in con.execute("DESCRIBE all_cases").fetchall()}
        # what nearly every question about charges asks of the case
        beside = "".join(f", a.{f}" for f in ("kind", "teu") if f in facts and f not in held)
        save("charges", f"SELECT c.* EXCLUDE (file_no, row_){beside} FROM charged c LEFT JOIN all_cases a USING (case_id)"
             " ORDER BY file_no, row_")  # fmt: skip
    for role, parts in dated.items():
        if parts:
            save(role, f"SELECT * FROM ({' UNION ALL BY NAME '.join(parts)}) ORDER BY ALL")
