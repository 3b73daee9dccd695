"""The queries as text: short, in named steps, and the same tallies wherever they are run."""

import os
import pickle
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearance_metrics.analysis.measure import measure
from clearance_metrics.assessment.assess import assess
from clearance_metrics.assessment.violations import violations
from clearance_metrics.domain import sql
from clearance_metrics.domain.as_of import AsOf
from clearance_metrics.domain.metrics import Duration, Fee, Share
from clearance_metrics.engine.log import EventLog
from clearance_metrics.engine.query import Query, indented
from clearance_metrics.engine.references import tariff_of
from clearance_metrics.engine.tally import counted, outcomes
from clearance_metrics.errors import LogError

AS_OF = "2022-12-31"
REFUNDS = {"kind": "refund"}
METRICS = [
    Duration("conveyance_arrived", "customs_released", where={"kind": "import"}),
    Duration(
        "refund_accepted",
        "refund_approved",
        unit="working_days",
        where=REFUNDS,
        pause=("refund_query_raised", "refund_query_cleared"),
    ),
    Duration("declared", "customs_released", unit="working_hours", where={"kind": "export"}),
    Duration("declared", "gate_out", other_ends=("exam_called",), where={"kind": "import"}),
    Share({"declared": {"before": "conveyance_arrived"}}, of={"kind": "import"}),
    Fee(per="teu"),
    Fee(per="line", against="tariff"),
    Fee(per="line", against="pilotage"),
    Fee(per="line", against="list_rate"),
    Fee(per="line", against="repeated"),
]


@pytest.fixture(scope="module")
def folder(small):
    """What intake wrote of a small simulated log."""
    return small / "out"


def rows_in_a_shell(text, folder):
    """What DuckDB by itself makes of a text, from the log's folder."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        return sorted(map(str, duckdb.connect().execute(text).fetchall()))
    finally:
        os.chdir(before)


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
def test_the_text_runs_as_it_stands_and_gives_the_tally(folder, metric):
    log, day = EventLog.open(folder), AsOf.of(AS_OF, "Asia/Shanghai")
    rates = tariff_of(metric) if metric.kind == "fee" else {}
    by = ("port",) if metric.kind != "fee" else ()
    query = counted(outcomes(log, metric, as_of=day, by=by, tariff=rates))
    here = log.rows_of(query).to_pylist()
    assert here and rows_in_a_shell(str(query), folder) == sorted(
        str(tuple(row.values())) for row in here
    )


def test_a_result_shows_its_queries_and_each_runs(folder):
    log = EventLog.open(folder)
    found = measure(log, METRICS[0], as_of=AS_OF, by="port", period="month")
    assert found.sql.count("WITH") == 1 and rows_in_a_shell(found.sql, folder)
    card = assess(log, as_of=AS_OF)
    texts = card.sql.split(";\n\n")
    assert len(texts) >= 3 and all(rows_in_a_shell(text, folder) for text in texts)


def test_several_queries_say_what_each_answers(folder):
    card = assess(EventLog.open(folder), as_of=AS_OF).sql
    asked = set(re.findall(r"^-- ask (\d+): \S", card, re.M))
    assert asked == set(re.findall(r"\b(\d+) AS ask\b", card)) and len(asked) > 50
    lists = violations(EventLog.open(folder), as_of=AS_OF).sql.split(";\n\n")
    assert len(lists) > 3 and all(text.startswith("-- ") for text in lists)


def test_results_of_tables_in_memory_can_be_pickled():
    found = measure(EventLog(released("a", "b")), clock(), as_of="1970-01-02")
    again = pickle.loads(pickle.dumps(found))
    assert again == found and again.sql == found.sql and "WITH" in again.sql


def test_the_command_line_prints_what_runs(folder):
    told = subprocess.run(
        [sys.executable, "-m", "clearance_metrics.cli", "measure", str(folder), "--start"]
        + ["declared", "--stop", "customs_released", "--as-of", AS_OF, "--sql"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert rows_in_a_shell(told.stdout, folder)


def test_a_query_is_a_handful_of_short_steps(folder):
    query = counted(
        outcomes(EventLog.open(folder), METRICS[0], as_of=AsOf.of(AS_OF, "Asia/Shanghai"))
    )
    assert [step for step, _ in query.steps] == ["known", "asked", "timed", "judged"] + [
        "outcomes",
        "counted",
    ]
    assert max(text.count("\n") for _, text in query.steps) < 12
    assert max(map(len, str(query).split("\n"))) <= 110


def test_words_that_the_engine_keeps_for_itself_are_quoted():
    kept = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
    words = {row[0] for row in duckdb.connect().execute(kept).fetchall()}
    con = duckdb.connect()
    for word in map(sql.name, words):
        con.execute(f"SELECT 1 AS {word}, x.{word} FROM (SELECT 2 AS {word}) AS x")


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda t: "\x00" not in t))
def test_any_name_and_any_text_stay_what_they_are(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    found = duckdb.connect().execute(f"SELECT {sql.value(text)} AS {sql.name(text)}")
    assert found.description[0][0] == text and found.fetchone() == (text,)


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_division_rounds_down_below_zero(number, by):
    (found,) = duckdb.connect().execute(f"SELECT {sql.floored(f'({number})', by)}").fetchone()
    assert found == number // by


def test_text_of_several_lines_is_not_moved():
    rows = Query("cases", {"case_id": "text"}).then("kept", where=["case_id = 'a\n  b'"])
    assert "'a\n  b'" in str(rows.then("all"))
    assert indented("a = 'x\ny' AND\nb") == "  a = 'x\ny' AND\n  b"


def test_two_steps_of_one_name_are_refused():
    cases = Query("cases", {"case_id": "text"})
    one, other = cases.then("kept", where=["TRUE"]), cases.then("kept", where=["FALSE"])
    with pytest.raises(ValueError, match="two steps are called kept"):
        one.using(other)


def test_nothing_of_ibis_or_pandas_is_imported_on_the_way(folder):
    code = (
        "import sys, clearance_metrics as cm\n"
        f"log = cm.EventLog.open({str(folder)!r})\n"
        "clock = cm.Duration('declared', 'customs_released')\n"
        f"cm.measure(log, clock, as_of={AS_OF!r}, by='port')\n"
        f"cm.assess(log, as_of={AS_OF!r})\n"
        "print(*sorted({'ibis', 'pandas', 'polars', 'sqlglot', 'matplotlib'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


def released(*ids):
    """Each case declared at 0 and released a minute later."""
    return pl.DataFrame(
        {
            "case_id": [i for i in ids for _ in (0, 1)],
            "milestone": ["declared", "customs_released"] * len(ids),
            "time": [0, 60] * len(ids),
        }
    )


def clock(where=None):
    return Duration("declared", "customs_released", where=where)


def test_literals_of_several_lines_beside_odd_names_stay():
    cases = pl.DataFrame(
        {"case_id": ["a", "b"], "it's": ["a", "b"], "port": ["a\nb", "c"], "x\ny": ["p", "q"]}
    )
    log = EventLog(released("a", "b"), cases)
    kept = clock({"it's": "a", "port": "a\nb"})
    assert measure(log, kept, as_of="1970-01-02", statistics="n")[0].value == 1
    found = measure(log, clock(), as_of="1970-01-02", by="x\ny", statistics="n")
    assert [row.value for row in found] == [1, 1]


def test_times_of_a_zone_and_numbers_without_end_are_what_they_say():
    eight = timezone(timedelta(hours=8))
    cases = pl.DataFrame(
        {
            "case_id": ["a", "b"],
            "seen": [datetime(2021, 3, 1, hour, tzinfo=UTC) for hour in (3, 5)],
            "small": pl.Series([0.1, 0.2], dtype=pl.Float32),
            "large": [1.5, float("inf")],
        }
    )
    log = EventLog(released("a", "b"), cases, timezone="Asia/Shanghai")
    asked = [
        ({"seen": {"at_least": datetime(2021, 3, 1, 12, tzinfo=eight)}}, 1),
        ({"small": 0.1}, 1),
        ({"small": {"at_most": 0.2}}, 2),
        ({"large": {"above": 2}}, 1),
        ({"large": float("inf")}, 1),
    ]
    for where, n in asked:
        found = measure(log, clock(where), as_of="1970-01-02", statistics="n")
        assert found[0].value == n, where


@pytest.mark.parametrize(
    ("column", "where"),
    [
        ("number", {"number": {"at_least": "x"}}),
        ("number", {"number": {"at_least": True}}),
        ("day", {"day": "nonsense"}),
        ("day", {"day": {"at_least": 3}}),
        ("early_", None),
        ("Declared", None),
        ("declared__day", None),
        ("weight", None),
        ("several", None),
    ],
)
def test_what_a_query_cannot_hold_is_refused_in_words(column, where):
    held = {"number": [1, 2], "day": [date(2021, 1, 1)] * 2, "several": [[1], [2]]}
    cases = pl.DataFrame({"case_id": ["a", "b"], column: held.get(column, ["x", "y"])})
    log = EventLog(released("a", "b"), cases)
    asked = {} if where else {"by": column}
    with pytest.raises(LogError):
        measure(log, clock(where), as_of="1970-01-02", **asked)


def test_threads_share_a_log(folder):
    log = EventLog.open(folder)
    alone = measure(log, METRICS[0], as_of=AS_OF)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: measure(log, METRICS[0], as_of=AS_OF), range(8)))
    assert found == [alone] * 8


def test_a_log_stays_open_wherever_the_process_goes(folder, tmp_path, monkeypatch):
    alone = measure(EventLog.open(folder), METRICS[0], as_of=AS_OF)
    monkeypatch.chdir(folder.parent)
    log = EventLog.open(folder.name)
    monkeypatch.chdir(tmp_path)
    assert measure(log, METRICS[0], as_of=AS_OF) == alone and log.charges is not None


def test_columns_of_any_name_can_be_asked_for():
    names = ['a "quoted" name', "order", "Größe", "口岸", "x; DROP TABLE cases", "it's"]
    cases = pl.DataFrame({"case_id": ["a", "b"], **{n: ["it's", "x"] for n in names}})
    events = pl.DataFrame(
        {
            "case_id": ["a", "a", "b", "b"],
            "milestone": ["declared", "customs_released"] * 2,
            "time": [0, 60, 0, 120],
        }
    )
    log, clock = EventLog(events, cases), Duration("declared", "customs_released")
    for name in names:
        found = measure(log, clock, as_of="1970-01-02", by=name, statistics="n")
        assert [row.groups[0][1] for row in found] == ["it's", "x"]
        kept = Duration("declared", "customs_released", where={name: "it's"})
        (row,) = measure(log, kept, as_of="1970-01-02", statistics="n")
        assert row.n == 1


def test_ibis_and_sqlglot_are_named_only_where_other_engines_are():
    for path in Path(sql.__file__).parents[1].rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.parent.name != "backends":
            assert "import sqlglot" not in text and "import ibis" not in text, path
