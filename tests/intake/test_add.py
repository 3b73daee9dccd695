"""Intake for large logs: files added to what is there, tables cut by month, and nothing half
written.
"""

import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clearance_metrics import intake as package
from clearance_metrics.analysis.measure import measure
from clearance_metrics.cli import main
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError, MappingError, OutputError
from clearance_metrics.intake import files as readers
from clearance_metrics.intake import history, ingest, tables

ROOT = Path(__file__).resolve().parents[2]
HEAD = (
    '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nas_of = 2021-12-31\nplausible ='
    " [2015-01-01, 2023-12-31]\n"
)
EVENTS = (
    '[[file]]\npath = "e*.csv"\nrole = "events"\n[file.columns]\ncase_id = "id"\nmilestone ='
    ' "code"\ntime = "at"\nport = "port"\n[file.milestones]\nD = "declared"\nR ='
    ' "customs_released"\nG = "gate_out"\n'
)
OTHERS = (
    '[[file]]\npath = "w*.csv"\nrole = "wide"\n[file.columns]\ncase_id ='
    ' "id"\n[file.milestones]\ndeclared = "d"\ndischarged = "u"\n[[file]]\npath = "c*.csv"\nrole ='
    ' "cases"\n[file.columns]\ncase_id = "id"\nkind = "kind"\n'
)
MAPPING = HEAD + EVENTS
SAME = dict(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TIMES = (
    "2021-05-01 08:00:00",
    "2021-05-01 12:00:00",
    "2021-05-01",
    "2021-05-02 07:30",
    "2021-06-30 23:59:59",
    "2021-07-01",
    "soon",
    "",
)
event = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from("DRGX"),
    st.sampled_from(TIMES),
    st.sampled_from(["p", "q", ""]),
)
wide = st.tuples(st.sampled_from("abcd"), st.sampled_from(TIMES), st.sampled_from(TIMES))
case = st.tuples(st.sampled_from("abce"), st.sampled_from(["import", "export"]))
HEADS = {"e": "id,code,at,port", "w": "id,d,u", "c": "id,kind"}
state = st.fixed_dictionaries(
    {
        "e1.csv": st.lists(event, max_size=6),
        "w1.csv": st.lists(wide, max_size=3),
        "c1.csv": st.lists(case, max_size=3),
    },
    optional={
        "e2.csv": st.lists(event, max_size=6),
        "e0.csv": st.lists(event, max_size=6),
        "w2.csv": st.lists(wide, max_size=3),
    },
)


def put(folder, files, mapping=MAPPING):
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.csv"):
        if old.name not in files:
            old.unlink()
    for name, rows in files.items():
        text = (
            rows
            if isinstance(rows, str)
            else "\n".join([HEADS[name[0]], *(",".join(r) for r in rows)]) + "\n"
        )
        (folder / name).write_text(text, encoding="utf-8", newline="")
    (folder / "dataset.toml").write_text(mapping, encoding="utf-8")
    return folder / "dataset.toml"


def content(out):
    """Bytes of all tables; the receipt without its history."""
    found = {
        str(p.relative_to(out)): p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.is_file() and "parts" not in p.parts
    }
    receipt = json.loads(found.pop("receipt.json"))
    receipt.pop("history")
    return found, receipt


@settings(max_examples=12, **SAME)
@example(
    states=[
        {"e1.csv": [], "w1.csv": [("b", TIMES[0], TIMES[0])], "c1.csv": []},
        {
            "e1.csv": [],
            "w1.csv": [("b", TIMES[0], TIMES[0])],
            "c1.csv": [],
            "e0.csv": [],
            "e2.csv": [],
            "w2.csv": [],
        },
    ],
    layout="months",
)
@given(states=st.lists(state, min_size=2, max_size=3), layout=st.sampled_from(["whole", "months"]))
def test_adding_files_gives_what_one_run_over_all_gives(tmp_path_factory, states, layout):
    folder = tmp_path_factory.mktemp("add")
    for files in states:
        mapping = put(folder / "raw", files, MAPPING + OTHERS)
        ingest(
            mapping, out=folder / "grown", add=True, remove_missing=True, layout=layout, verify=True
        )
    ingest(mapping, out=folder / "once", layout=layout)
    assert content(folder / "grown") == content(folder / "once")


CODES = {"D": "declared", "R": "customs_released", "G": "gate_out"}


def judged_by_hand(files):
    """Outcome of every event row as docs and rules say, row by row: {(file, line): rule or
    None}.
    """
    outcome, seen = {}, set()
    for name in sorted(files):
        for line, (who, code, at, port) in enumerate(files[name], 2):
            row = (name, line)
            if code not in CODES:
                outcome[row] = "unknown_milestone"
            elif not at:
                outcome[row] = "missing_time"
            elif at == "soon":
                outcome[row] = "unparseable_time"
            elif (who, code, at, port) in seen:
                outcome[row] = "exact"
            else:
                seen.add((who, code, at, port))
                outcome[row] = None
    return outcome


def doubted_by_hand(files, outcome):
    """The cases whose last release lies before their first declaration, in epoch seconds."""
    met = {}
    for (name, line), rule in outcome.items():
        who, code, at, _ = files[name][line - 2]
        if rule is None:
            moment = datetime.fromisoformat(at) + timedelta(hours=12 if len(at) == 10 else 0)
            met.setdefault((who, CODES[code]), []).append((moment, len(at) == 10))
    found = []
    for who in sorted({who for who, _ in met}):
        begun, done = met.get((who, "declared")), met.get((who, "customs_released"))
        if not begun or not done:
            continue
        start, stop = min(begun)[0], max(done)[0]
        # a date and a time of one day cannot say which came first
        coarse = any(day for _, day in (*begun, *done)) and start.date() == stop.date()
        if stop < start and not coarse:
            found.append((who, start, stop))
    return found


@settings(max_examples=25, **SAME)
@given(
    files=st.fixed_dictionaries(
        {"e1.csv": st.lists(event, max_size=10), "e2.csv": st.lists(event, max_size=6)}
    )
)
@example(
    files={
        "e1.csv": [("a", "R", TIMES[0], "p")],
        "e2.csv": [("a", "D", TIMES[3], "p"), ("a", "R", TIMES[0], "p")],
    }
)
def test_rows_are_judged_as_by_hand(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("hand")
    receipt = ingest(put(folder / "raw", files), out=folder / "out")
    expected = judged_by_hand(files)
    events = pl.read_parquet(folder / "out" / "events.parquet")
    assert list(zip(events["source_file"], events["source_line"], strict=True)) == [
        k for k, v in expected.items() if v is None
    ]
    rejects = pl.read_parquet(folder / "out" / "rejects.parquet")
    told = dict(
        zip(zip(rejects["file"], rejects["line"], strict=True), rejects["rule"], strict=True)
    )
    assert told == {k: v for k, v in expected.items() if v not in (None, "exact")}
    assert receipt.totals["duplicates"] == sum(v == "exact" for v in expected.values())
    doubts = pl.read_parquet(folder / "out" / "doubts.parquet").with_columns(
        pl.col("start_time", "stop_time")
        .dt.convert_time_zone("Asia/Shanghai")
        .dt.replace_time_zone(None)
    )
    doubted = doubted_by_hand(files, expected)
    assert list(doubts.select("case_id", "start_time", "stop_time").iter_rows()) == doubted
    clock = "declared..customs_released"
    assert receipt.doubts == ({clock: len(doubted)} if doubted else {})
    # a case tells the first port named on its accepted rows
    ports = {}
    for (name, line), rule in expected.items():
        who, _, _, port = files[name][line - 2]
        if rule is None:
            ports[who] = ports.get(who) or port or None
    cases = pl.read_parquet(folder / "out" / "cases.parquet")
    assert dict(zip(cases["case_id"], cases["port"], strict=True)) == ports


FIRST = [("a", "D", "2021-05-01 08:00:00", "p"), ("a", "R", "2021-05-01 12:00:00", "p")]
SECOND = [("b", "D", "2021-06-01 08:00:00", "p"), ("a", "R", "2021-05-01 12:00:00", "p")]


def actions(receipt):
    return [{f["path"]: f["action"] for f in run["files"]} for run in receipt.history]


def test_history_and_corrections(tmp_path):
    out = tmp_path / "out"
    first = ingest(put(tmp_path / "raw", {"e1.csv": FIRST}), out=out, add=True)
    assert actions(first) == [{"e1.csv": "added"}] and first.history[0]["run"] == 1
    ingest(put(tmp_path / "raw", {"e1.csv": FIRST, "e2.csv": SECOND}), out=out, add=True)
    assert pl.read_parquet(out / "events.parquet").height == 3
    # the corrected file says that a was declared after its release: the copy in e2 is a row of its
    # own again, and late
    corrected = [("a", "D", "2021-05-03 08:00:00", "p")]
    last = ingest(put(tmp_path / "raw", {"e1.csv": corrected, "e2.csv": SECOND}), out=out, add=True)
    assert actions(last)[1:] == [
        {"e1.csv": "kept", "e2.csv": "added"},
        {"e1.csv": "replaced", "e2.csv": "kept"},
    ]
    assert [r["run"] for r in last.history] == [1, 2, 3]
    assert [f["rows"] for f in last.history[2]["files"]] == [1, 2]
    assert (
        last.history[2]["files"][0]["sha256"] == last.files[0]["sha256"] != first.files[0]["sha256"]
    )
    assert pl.read_parquet(out / "rejects.parquet").is_empty()
    doubts = pl.read_parquet(out / "doubts.parquet").to_dicts()
    assert [(r["case_id"], r["start"], r["stop"]) for r in doubts] == [
        ("a", "declared", "customs_released")
    ]
    assert "run 3: files kept 1, replaced 1" in str(last)
    assert json.loads((out / "receipt.json").read_text())["history"] == json.loads(
        json.dumps(last.history)
    )


def test_a_file_that_is_gone_is_an_error_unless_told(tmp_path, capsys):
    out = tmp_path / "out"
    mapping = put(tmp_path / "raw", {"e1.csv": FIRST, "e2.csv": SECOND})
    words = ["intake", str(mapping), "--out", str(out), "--add"]
    assert main(words) == 0
    before = content(out)
    put(tmp_path / "raw", {"e1.csv": FIRST})
    capsys.readouterr()
    assert main(words) == 4
    told = capsys.readouterr().err
    assert (
        "e2.csv" in told
        and "do: put the file back, or give --remove-missing" in told
        and content(out) == before
    )
    assert main([*words, "--remove-missing"]) == 0
    last = json.loads((out / "receipt.json").read_text())["history"][-1]
    assert last["run"] == 2 and {f["path"]: f["action"] for f in last["files"]} == {
        "e1.csv": "kept",
        "e2.csv": "removed",
    }
    assert set(pl.read_parquet(out / "events.parquet")["source_file"]) == {"e1.csv"}


@pytest.mark.parametrize("layout", ["whole", "months"])
def test_old_files_are_not_read_again(tmp_path, monkeypatch, layout):
    out, read = tmp_path / "out", []
    mapping = put(tmp_path / "raw", {"e1.csv": FIRST})
    ingest(mapping, out=out, add=True, layout=layout)
    scan, prepare = readers.scan, readers.prepare
    monkeypatch.setattr(
        readers, "scan", lambda spec, path: (read.append(path.name), scan(spec, path))[1]
    )
    monkeypatch.setattr(
        history, "scan", lambda spec, path: (read.append(path.name), scan(spec, path))[1]
    )
    monkeypatch.setattr(
        readers,
        "prepare",
        lambda con, spec, path, *rest: (read.append(path.name), prepare(con, spec, path, *rest))[1],
    )
    put(tmp_path / "raw", {"e2.csv": SECOND[:1], "e1.csv": FIRST})
    stat = json.loads((out / "parts" / "parts.json").read_text())["parts"]
    os.utime(tmp_path / "raw" / "e1.csv", ns=(0, next(iter(stat.values()))["stands"][1]))
    old = [p for p in out.rglob("*.parquet") if "month=" in str(p.parent) and "events" in str(p)]
    inodes = {p.relative_to(out): p.stat().st_ino for p in old}
    ingest(mapping, out=out, add=True, layout=layout)
    assert set(read) == {"e2.csv"}
    # the events of old months are taken over as they lie
    assert all((out / path).stat().st_ino == inode for path, inode in inodes.items())
    read.clear()
    os.utime(tmp_path / "raw" / "e1.csv")
    receipt = ingest(mapping, out=out, add=True, layout=layout)
    assert read == ["e1.csv"] and set(actions(receipt)[-1].values()) == {"kept"}


def test_another_mapping_reads_files_again(tmp_path):
    out = tmp_path / "out"
    ingest(put(tmp_path / "raw", {"e1.csv": FIRST}), out=out, add=True)
    later = ingest(
        put(
            tmp_path / "raw",
            {"e1.csv": FIRST},
            MAPPING.replace("as_of = 2021-12-31", "as_of = 2022-01-31"),
        ),
        out=out,
        add=True,
    )
    assert actions(later)[-1] == {"e1.csv": "kept"}
    changed = put(
        tmp_path / "raw", {"e1.csv": FIRST}, MAPPING.replace('D = "declared"', 'D = "discharged"')
    )
    again = ingest(changed, out=out, add=True)
    assert actions(again)[-1] == {"e1.csv": "read again"}
    assert set(pl.read_parquet(out / "events.parquet")["milestone"]) == {
        "discharged",
        "customs_released",
    }


def test_one_file_read_in_two_ways(tmp_path):
    twice = MAPPING + EVENTS.replace('time = "at"', 'time = "port"').replace('port = "port"\n', "")
    rows = [
        ("a", "D", "2021-05-01 08:00:00", "2021-06-01 09:00:00"),
        ("b", "D", "2021-05-01 08:00:00", "2021-06-01"),
    ]
    for name, add in (("once", False), ("grown", True), ("grown", True)):
        ingest(
            put(tmp_path / "raw", {"e1.csv": rows}, twice),
            out=tmp_path / name,
            layout="months",
            add=add,
        )
    assert content(tmp_path / "once") == content(tmp_path / "grown")
    found = duckdb.sql(
        f"SELECT count(*) FROM read_parquet('{tmp_path}/grown/events/*/*.parquet')"
    ).fetchall()
    assert found == [
        (4,)
    ]  # the second reading takes another time from the same rows, which are no copies then


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_run_leaves_the_old_state(tmp_path, monkeypatch, error):
    out = tmp_path / "out"
    mapping = put(tmp_path / "raw", {"e1.csv": FIRST})
    ingest(mapping, out=out, add=True)
    before = {p: p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
    put(tmp_path / "raw", {"e1.csv": FIRST, "e2.csv": SECOND})

    def stop(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(tables, "_rejects", stop)
        with pytest.raises(error):
            ingest(mapping, out=out, add=True)
    with monkeypatch.context() as patch:
        rename = Path.rename
        patch.setattr(
            Path,
            "rename",
            lambda self, to: (
                stop()
                if self.name.startswith(".out-") and "old" not in self.name
                else rename(self, to)
            ),
        )
        with pytest.raises(error):
            ingest(mapping, out=out, add=True)
    assert {p: p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "raw"]
    # killed between moving the old folder aside and the new one in: the next run begins with the
    # old one
    aside = tmp_path / ".out-old-abcd_123"
    aside.mkdir()
    out.rename(aside / "was")
    assert actions(ingest(mapping, out=out, add=True))[-1] == {"e1.csv": "kept", "e2.csv": "added"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "raw"]


def test_state_that_cannot_be_understood_is_one_error(tmp_path):
    mapping = put(tmp_path / "raw", {"e1.csv": FIRST})
    ingest(mapping, out=tmp_path / "out", add=True)
    (tmp_path / "out" / "parts" / "parts.json").write_text("{")
    with pytest.raises(OutputError, match="without --add"):
        ingest(mapping, out=tmp_path / "out", add=True)
    assert ingest(mapping, out=tmp_path / "out").history[-1]["run"] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--memory", "lots"], "6GB"),
        (["--threads", "0"], "threads"),
        (["--layout", "month"], "months"),
        (["--remove-missing"], "--add"),
        (["--threads", "100000"], "1024"),
        (["--memory", "99999999999TB"], "6GB"),
    ],
)
def test_options_are_checked(tmp_path, capsys, words, says):
    mapping = put(tmp_path / "raw", {"e1.csv": FIRST})
    assert (
        main(["intake", str(mapping), "--out", str(tmp_path / "out"), *words]) == LogError.exit_code
    )
    assert says in capsys.readouterr().err and not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """The generator for timing, kept small: three files of 30,000 rows."""
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        import events
    finally:
        sys.path.pop(0)
    folder = tmp_path_factory.mktemp("bench")
    events.write(folder / "raw", cases=9_000, files=3)
    return folder


def test_a_larger_log_in_little_memory_and_by_month(bench):
    mapping = bench / "raw" / "dataset.toml"
    plain = ingest(mapping, out=bench / "plain")
    assert plain.totals["rows_read"] == sum(
        plain.totals[k] for k in ("accepted", "rejected", "duplicates")
    )
    assert (
        set(plain.rejected_by_rule) == {"unknown_milestone"}
        and plain.doubts["declared..customs_released"] > 0
        and plain.totals["duplicates"] > 0
    )
    small = ingest(mapping, out=bench / "small", memory="120MB", threads=1)
    assert content(bench / "plain") == content(bench / "small") and small.totals == plain.totals
    with pytest.raises(OutputError, match="--memory"):
        ingest(mapping, out=bench / "none", memory="1MB")
    cut = ingest(mapping, out=bench / "cut", layout="months")
    assert cut.totals == plain.totals and cut.tables == plain.tables and cut.layout == "months"
    for table in ("events", "milestones"):
        rows = (
            f"SELECT * EXCLUDE (month) FROM read_parquet('{bench}/cut/{table}/*/*.parquet',"
            " hive_partitioning=true)"
        )
        whole = f"FROM '{bench}/plain/{table}.parquet'"
        assert (
            duckdb.sql(
                f"({rows} EXCEPT ALL {whole}) UNION ALL ({whole} EXCEPT ALL {rows})"
            ).fetchall()
            == []
        )
    # the month is that of the event, on the local calendar
    wrong = duckdb.sql(
        f"SELECT count(*) FROM read_parquet('{bench}/cut/events/*/*.parquet',"
        " hive_partitioning=true) WHERE strftime(timezone('Asia/Shanghai', time), '%Y-%m') !="
        " month"
    )
    assert wrong.fetchall() == [(0,)]


def test_months_are_passed_over_and_answers_stay(bench):
    if not (bench / "cut").exists():
        ingest(bench / "raw" / "dataset.toml", out=bench / "cut", layout="months")
        ingest(bench / "raw" / "dataset.toml", out=bench / "plain")
    cut, plain = EventLog.open(bench / "cut"), EventLog.open(bench / "plain")
    assert cut.milestones == plain.milestones and cut.columns == plain.columns
    day = int(datetime(2023, 3, 15, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
    query = cut.engine.text(cut.case_table(frozenset({"declared", "port"}), day))
    plan = cut.engine.backend.connection.sql(f"EXPLAIN ANALYZE {query}").fetchall()[0][1]
    months = sorted(p.name for p in (bench / "cut" / "milestones").iterdir())
    assert len(months) == 12 and months[0] == "month=2023-01"
    assert "3/12" in plan.replace(" ", "")
    metric = Duration("declared", "customs_released")
    answers = [
        measure(log, metric, as_of="2023-03-15", by=["port"], period="month").to_dicts()
        for log in (cut, plain)
    ]
    assert answers[0] == answers[1] and len(answers[0]) > 10


def test_a_milestone_named_month_cannot_be_cut_by_month(tmp_path):
    own = (
        MAPPING.replace('G = "gate_out"', 'G = "month"')
        + '[[milestone]]\nname = "month"\nzh = "月"\n'
    )
    mapping = put(tmp_path / "raw", {"e1.csv": [("a", "G", "2021-05-01", "p")]}, own)
    with pytest.raises(MappingError, match="month"):
        ingest(mapping, out=tmp_path / "out", layout="months")
    assert ingest(mapping, out=tmp_path / "out").totals["accepted"] == 1


line = st.sampled_from(
    [
        "a,D,2021-05-01,p",
        "b,R,2021-05-02,q",
        "c,D",
        "d,D,2021-05-01,p,more",
        'e,D,2021-05-01,"x\ny"',
        "",
        'f,D,"2021"-05-01,p',
    ]
)


@settings(max_examples=25, **SAME)
@given(lines=st.lists(line, max_size=12), end=st.sampled_from(["\n", "\r\n"]), last=st.booleans())
@example(lines=["c,D"] * 3 + ["a,D,2021-05-01,p"] * 2, end="\r\n", last=True)
@example(lines=["c,D"] * 120 + ["a,D,2021-05-01,p"], end="\n", last=True)
def test_rows_keep_their_physical_lines(tmp_path_factory, lines, end, last):
    folder = tmp_path_factory.mktemp("lines")
    text = end.join([HEADS["e"], *(x.replace("\n", end) for x in lines)]) + (end if last else "")
    receipt = ingest(put(folder / "raw", {"e1.csv": text}), out=folder / "out")
    at, good, bad = 2, [], []
    for x in lines:
        if x in ("c,D", "d,D,2021-05-01,p,more"):
            bad.append(at)
        elif x:
            good.append((x[0], at))
        at += 1 + x.count("\n")
    firsts = [g for i, g in enumerate(good) if g[0] not in [w for w, _ in good[:i]]]
    events = pl.read_parquet(folder / "out" / "events.parquet")
    assert sorted(zip(events["case_id"], events["source_line"], strict=True)) == sorted(firsts)
    rejects = pl.read_parquet(folder / "out" / "rejects.parquet")
    assert rejects["line"].to_list() == bad and set(rejects["rule"]) <= {"malformed_row"}
    assert receipt.totals["duplicates"] == len(good) - len(firsts)


ODD = [
    "2021-05-01  8:00:00",
    "2021-5-01 08:00:00",
    "2021-05-01 08:00: 0",
    "+2021-05-1 08:00:00",
    "2021-05-01 24:00:01",
    "2021-02-30 08:00:00",
    "2021-05-01 08:00:0Z",
    "infinity",
    "2021-05-01 08",
    "epoch",
]
EVEN = {
    "2021-05-01\t08:00:00": ("00:00:00", "second"),
    "2021-05-01T08:00:00": ("00:00:00", "second"),
    " 2021-05-01 08:00:00 ": ("00:00:00", "second"),
    "\u30002021-05-01 08:00\u00a0": ("00:00:00", "minute"),
    "2021-05-01 08:00:00,9": ("00:00:00", "second"),
    "2021-05-01T08:00:00Z": ("08:00:00", "second"),
    "2021-05-01": ("04:00:00", "day"),
    "2021-05-01T08:00+05:30": ("02:30:00", "minute"),
}


def test_only_iso_times_are_times(tmp_path):
    quoted = [f'{i},D,"{text}",p' for i, text in enumerate([*ODD, *EVEN])]
    ingest(
        put(tmp_path / "raw", {"e1.csv": "\n".join([HEADS["e"], *quoted]) + "\n"}),
        out=tmp_path / "out",
    )
    rejects = pl.read_parquet(tmp_path / "out" / "rejects.parquet")
    assert rejects["line"].to_list() == list(range(2, 2 + len(ODD))) and set(rejects["rule"]) == {
        "unparseable_time"
    }
    rows = pl.read_parquet(tmp_path / "out" / "events.parquet").to_dicts()
    assert [
        (r["time"].astimezone(UTC).strftime("%H:%M:%S"), r["resolution"]) for r in rows
    ] == list(EVEN.values())


@settings(max_examples=15, **SAME)
@given(
    moments=st.lists(
        st.datetimes(datetime(1980, 1, 1), datetime(2068, 12, 31)), min_size=1, max_size=40
    ),
    place=st.sampled_from(
        ["Asia/Shanghai", "Asia/Kolkata", "Europe/Amsterdam", "UTC", "America/Sao_Paulo"]
    ),
)
@example(
    moments=[datetime(1986, 6, 1, 12), datetime(1991, 7, 1, 12), datetime(1992, 7, 1, 12)],
    place="Asia/Shanghai",
)
def test_local_times_are_those_of_the_zone(tmp_path_factory, moments, place):
    zone = ZoneInfo(place)
    # on days when the clocks are changed some local times happen twice or never
    moments = sorted(
        {
            m.replace(microsecond=0)
            for m in moments
            if zone.utcoffset(m - timedelta(1)) == zone.utcoffset(m + timedelta(1))
        }
    )
    mapping = MAPPING.replace("Asia/Shanghai", place).replace(
        "[2015-01-01, 2023-12-31]", "[1980-01-01, 2068-12-31]"
    )
    folder = tmp_path_factory.mktemp("zone")
    rows = [(str(i), "D", m.isoformat(sep=" "), "p") for i, m in enumerate(moments)]
    ingest(put(folder / "raw", {"e1.csv": rows}, mapping), out=folder / "out")
    found = pl.read_parquet(folder / "out" / "events.parquet")["time"].dt.epoch("s").to_list()
    assert found == [int(m.replace(tzinfo=zone).timestamp()) for m in moments]


def test_auto_decides_by_rows(tmp_path, monkeypatch):
    mapping = put(tmp_path / "raw", {"e1.csv": FIRST})
    assert ingest(mapping, out=tmp_path / "out").layout == "whole" and package.BIG == 20_000_000
    monkeypatch.setattr(package, "BIG", 2)
    assert ingest(mapping, out=tmp_path / "out").layout == "months"
    assert Counter(p.name for p in (tmp_path / "out" / "events").iterdir()) == {"month=2021-05": 1}
