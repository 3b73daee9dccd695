"""The benchmark at a tiny size: its log is the one intake makes, its contenders agree, its figures
are what they say.
"""

import doctest
import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from support.oracles import LIFELINES

from bench import answers, chart, goals, measure, runner, tables
from bench.generate import generate
from bench.tasks import TASKS, Task, lacking
from clearance_metrics.intake import ingest
from clearance_metrics.results.charts.canvas import to_svg

ROOT = Path(__file__).resolve().parent.parent

CASES = 3000
PARTS = ("cases", "milestones", "charges", "charge_list")


def rows(folder, table):
    return duckdb.sql(f"SELECT * FROM read_parquet('{folder / table}.parquet')").to_arrow_table()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A tiny log: its folder, and what was written."""
    folder = tmp_path_factory.mktemp("bench")
    return folder, generate(folder, CASES)


def test_the_direct_layout_is_what_intake_makes_of_the_raw_files(made, tmp_path):
    folder, told = made
    receipt = ingest(folder / "raw" / "dataset.toml", out=tmp_path / "taken")
    assert receipt.totals["rejected"] == receipt.totals["duplicates"] == 0
    for table in PARTS:
        direct, taken = rows(folder / "log", table), rows(tmp_path / "taken", table)
        assert direct.schema == taken.schema and direct.equals(taken), table
    for name in ("dataset.json", "receipt.json"):
        direct, taken = (
            json.loads((f / name).read_text(encoding="utf-8"))
            for f in (folder / "log", tmp_path / "taken")
        )
        for file in [*direct.get("files", ()), *taken.get("files", ())]:
            file.pop("sha256")
            assert not file.pop("noted", [])
        # where the raw files lie is another place each time
        for key in ("mapping", "data"):
            assert (direct.pop(key, None) is None) == (taken.pop(key, None) is None)
        # the files were never written, so no run could have read them
        assert direct.pop("history", []) == [] and (name != "receipt.json" or taken.pop("history"))
        # nor was there a mapping to decide about
        assert taken.pop("undecided", []) == []
        assert direct == taken
    assert (told.cases, told.events) == (CASES, receipt.tables["events"])


def test_the_log_is_mostly_trade_with_about_ten_events_and_some_cases_open(made):
    folder, told = made
    both = f"read_parquet('{folder}/log/milestones.parquet')"
    trade, still, kinds = duckdb.sql(
        "SELECT count(*) FILTER (kind IN ('import', 'export')), count(*) FILTER (customs_released"
        " IS NULL AND coalesce(conveyance_arrived, gate_in) IS NOT NULL), count(DISTINCT kind)"
        f" FROM {both}"
    ).fetchall()[0]
    assert trade / CASES > 0.8 and kinds == 16
    assert 8 < told.events / CASES < 11
    assert 0.03 < still / trade < 0.10


def test_blocks_change_no_row_and_another_seed_does(made, tmp_path, monkeypatch):
    folder, _ = made
    monkeypatch.setattr("bench.generate.BLOCK", 1)
    generate(tmp_path / "again", CASES, raw=False)
    for table in PARTS:
        assert rows(tmp_path / "again" / "log", table).equals(rows(folder / "log", table)), table
    generate(tmp_path / "other", CASES, raw=False, seed=7)
    assert not rows(tmp_path / "other" / "log", "milestones").equals(
        rows(folder / "log", "milestones")
    )


def test_contenders_agree(made):
    from bench.contenders import ours, pandas_frames, polars_lazy, sql

    folder, _ = made
    mine = ours.clearance(folder, "1GB")
    assert len(mine) == 2 * 7 * 5
    for other in (sql, polars_lazy, pandas_frames):
        assert answers.difference(mine, other.clearance(folder, None)) is None, other.__name__
    assert answers.difference(ours.intake(folder, None), sql.intake(folder, None)) is None
    changed = mine | {"import 海港甲 n": mine["import 海港甲 n"] + 1}
    assert answers.difference(changed, sql.clearance(folder, None)).startswith("import 海港甲 n is")


@pytest.mark.lifelines
def test_survival_agrees_with_lifelines_where_it_is_installed(made):
    pytest.importorskip("lifelines", reason=LIFELINES)
    from bench.contenders import lifelines_km, ours

    folder, _ = made
    mine, other = ours.survival(folder, None), lifelines_km.survival(folder, None)
    assert mine["import open"] > 50 and mine["import steps"] > 200
    assert answers.difference(mine, other) is None


def test_answers_differ_in_words():
    same = {"n": 3, "mean": 1.0, "curve": [1.0, None]}
    assert (
        answers.difference(same, {"n": 3, "mean": 1.0 + 5e-10, "curve": [1.0 + 5e-9, None]}) is None
    )
    for changed, told in (
        ({"n": 4}, "n is 3 against 4"),
        ({"mean": 1.0 + 1e-8}, "mean is 1.0 against"),
        ({"curve": [1.0]}, "curve has 2 values against 1"),
        ({"curve": [1.0, 2.0]}, "curve at place 1 is None against 2.0"),
        ({"more": 1}, "more is in one answer only"),
        ({"mean": [1.0]}, "mean is a list in one answer only"),
    ):
        assert answers.difference(same, same | changed).startswith(told)
    assert answers.difference({"a": 1}, {"b": 1}, common=True) == "nothing to compare"


def test_a_mismatch_stops_the_run_before_any_time_is_kept(monkeypatch, tmp_path):
    task, calls = Task("clearance", "", "", ("ours", "sql"), "log"), []

    def fake(name, _task, _folder, _memory=""):
        calls.append(name)
        return runner.Ran(1.0, 0.9, 10, 0.5, {"n": 1 if name == "ours" else wrong})

    monkeypatch.setattr(measure, "ran", fake)
    wrong = 1
    made = measure.contend(task, tmp_path, 10, 2, lambda _: None)
    assert calls == ["ours", "sql"] * 3 and [r["contender"] for r in made] == ["ours", "sql"]
    wrong = 2
    with pytest.raises(
        runner.BenchError,
        match="DuckDB SQL and clearance-metrics differ on clearance: n is 1 against 2",
    ):
        measure.contend(task, tmp_path, 10, 2, lambda _: None)
    assert len(calls) == 8


def test_who_has_no_room_is_left_out_with_a_word(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.tasks._memory", lambda: 4 << 30)
    assert lacking("pandas_frames", "clearance", 1000, tmp_path) is None
    assert (
        lacking("pandas_frames", "clearance", 20_000_000, tmp_path)
        == "not run: needs more than 4 GB of memory"
    )
    assert lacking("ours", "intake", 10**12, tmp_path).startswith("not run: needs more than")


def test_processes_are_measured_whole_and_fail_in_a_sentence():
    # asked from a slim process, as the benchmark does: a child's peak starts at its parent's
    lines = (
        "import sys; from bench.runner import timed; print(*timed([sys.executable, '-c', 'pass'],"
        " 60, 'lean'), *timed([sys.executable, '-c', 'import time; x = bytes([1]) * 200_000_000;"
        " time.sleep(0.3)'], 60, 'fat'))"
    )
    told = subprocess.run(
        [sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    _, _, lean, seconds, worked, fat = map(float, told.split())
    assert seconds >= 0.3 and worked > 0 and 200e6 < fat < 250e6 and lean < 50e6
    with pytest.raises(runner.BenchError, match="it failed: ValueError: no such port"):
        runner.timed([sys.executable, "-c", "raise ValueError('no such port')"], 60, "it")
    with pytest.raises(runner.BenchError, match="it was stopped"):
        runner.timed([sys.executable, "-c", "import time; time.sleep(30)"], 0.5, "it")


def test_the_process_that_measures_stays_slim():
    heavy = {"duckdb", "numpy", "pandas", "polars", "pyarrow", "sqlglot", "matplotlib", "scipy"}
    line = f"import sys, bench.__main__; sys.exit(bool({heavy!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", line], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("task", ["clearance", "survival", "scorecard"])
def test_what_a_task_needs_is_loaded_before_its_clock_starts(made, task):
    heavy = ("clearance_metrics", "duckdb", "numpy", "scipy", "pyarrow", "pandas", "polars")
    code = (
        "import sys; from importlib import import_module; from pathlib import Path\n"
        "from bench.contenders import ours\n"
        f"for name in ours.LOADS[{task!r}]: import_module(name)\n"
        f"loaded = set(sys.modules); ours.TASKS[{task!r}](Path({str(made[0])!r}), '1GB')\n"
        f"print([m for m in set(sys.modules) - loaded if m.split('.')[0] in {heavy}])"
    )
    argv = [sys.executable, "-c", code]
    assert subprocess.run(argv, cwd=ROOT, capture_output=True, text=True).stdout.strip() == "[]"


def sample(cases=1000):
    def row(task, who, seconds, peak, at=cases):
        runs = [runner.Ran(s, 2 * s, peak, s / 2, {}) for s in seconds]
        return measure.row(task, who, at, runs, None)

    times = {
        "clearance": {"ours": [2.0, 2.4, 2.2], "sql": [2.0, 1.9, 2.1]},
        "survival": {"ours": [1.0], "lifelines_km": [29.0]},
        "intake": {"ours": [10.0], "sql": [6.0]},
        "scorecard": {"ours": [100.0]},
        "import": {"python": [0.02], "ours": [0.10], "ours with names": [0.72]},
    }
    made = [
        row(task, who, s, 5_000_000_000)
        for task, who_s in times.items()
        for who, s in who_s.items()
    ]
    grown = [
        row("clearance", "ours", [t], peak, n)
        for n, t, peak in ((200_000, 1.0, 900), (2_000_000, 10.0, 1000), (20_000_000, 100.0, 1240))
    ]
    return {
        "size": cases,
        "events": 9 * cases,
        "runs": 3,
        "machine": {"processors": 2, "memory_gb": 8.0, "system": "Linux"},
        "versions": dict.fromkeys(("python", "duckdb", "polars", "pandas"), "1"),
        "rows": made,
        "scaling": grown,
        "goals": goals.goals(made, grown, cases),
    }


def test_goals_are_said_in_words():
    found = {g["goal"]: g["verdict"] for g in sample(20_000_000)["goals"]}
    assert found["clearance against SQL, whole process"] == "reached: 1.1x, asked at most 1.2x"
    assert (
        found["Kaplan-Meier against lifelines, whole process"]
        == "not reached: 29x, asked at least 40x"
    )
    assert (
        found["intake's speed against the engine's own reader, without start-up"]
        == "reached: 0.6x, asked at least 0.5x"
    )
    assert found["scorecard of 20 million cases, time"] == "not reached: 100 s, asked at most 60 s"
    assert found["scorecard of 20 million cases, memory"] == "reached: 5 GB, asked at most 5 GB"
    assert found["scorecard of 2 million cases, time"] == "not measured"
    assert (
        found["clearance: memory at 200 against 20 million events"]
        == "reached: 1.24x, asked at most 1.25x"
    )
    assert (
        found["clearance: exponent of time over 200,000, 2,000,000, 20,000,000 cases"]
        == "reached: 1, asked at most 1.05"
    )
    assert (
        found["import clearance_metrics, above bare Python"]
        == "reached: 0.08 s, asked at most 0.5 s"
    )
    assert (
        found["import of its main names, above bare Python"]
        == "not reached: 0.7 s, asked at most 0.5 s"
    )
    few = [r | {"cases": r["cases"] // 100} for r in sample()["scaling"]]
    assert (
        goals.goals([], few, 1000)[-3]["verdict"] == "not measured"
        and "exponent" in goals.goals([], few, 1000)[-3]["goal"]
    )
    small = {g["goal"]: g["verdict"] for g in sample(1000)["goals"]}
    assert small["scorecard of 20 million cases, time"] == "not measured"
    # start-up is a larger part of a smaller log's time
    assert small["clearance against SQL, whole process"] == "reached: 1.1x, asked at most 1.8x"
    middle = {g["goal"]: g["verdict"] for g in sample(2_000_000)["goals"]}
    assert middle["scorecard of 2 million cases, time"] == "not reached: 100 s, asked at most 9 s"


def test_the_result_is_shown_whole_and_drawn_the_same_every_time():
    result = sample()
    shown = tables.text(result)
    for word in ("DuckDB SQL", "lifelines", "1.90-2.10", "not counted", "asked at least 40x"):
        assert word in shown
    assert to_svg(chart.chart(result)) == to_svg(chart.chart(result))


def test_examples_in_the_benchmarks_modules_hold():
    for module in (answers, goals, tables):
        failed, tried = doctest.testmod(module)
        assert tried and not failed, module.__name__


def test_the_benchmarks_own_packages_are_pinned_with_hashes_and_no_address():
    text = (ROOT / "bench" / "requirements.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==", text, re.M)
    asked = (ROOT / "bench" / "requirements.in").read_text(encoding="utf-8").split()
    assert (
        "://" not in text
        and set(asked) <= set(pinned)
        and text.count("--hash=sha256:") >= len(pinned)
    )
    lock = set(
        re.findall(
            r"^([\w.-]+==\S+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M
        )
    )
    ours = {line.split("==")[0] for line in lock}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.M):
        # what both lists name is one version, so that the library is timed as it is installed; but
        # for pandas, which lifelines keeps below 3
        assert name in ("pandas",) or name not in ours or f"{name}=={version}" in lock, name


def test_every_task_says_itself_in_both_languages():
    assert len({t.name for t in TASKS}) == len(TASKS)
    for task in TASKS:
        assert task.zh and task.en and task.contenders[0] == "ours"


def test_growth_keeps_what_did_not_finish_and_clears_what_was_spilled(monkeypatch, tmp_path):
    def fake(_who, task, folder, limit=""):
        assert limit == "2GB" and task in ("clearance", "scorecard", "intake")
        if task == "scorecard":
            raise runner.BenchError("ours at scorecard failed: Out of Memory Error: nothing left")
        (folder / "taken").mkdir(parents=True)
        return runner.Ran(1.0, 1.5, 100, 0.5, {"queries": 7})

    monkeypatch.setattr(measure, "ran", fake)
    monkeypatch.setattr(measure, "make_log", lambda work, cases, raw, log: work / str(cases))
    made = measure.scale(tmp_path, [10, 100], "2GB", 1, lambda _: None)
    assert [(r["task"], r["cases"]) for r in made] == [
        (t, n) for n in (10, 100) for t in ("clearance", "scorecard", "intake")
    ]
    assert made[1]["seconds"] is None and made[1]["note"] == "ours at scorecard failed"
    assert (
        made[0]["queries"] == 7
        and made[0]["memory_limit"] == "2GB"
        and made[2]["memory_limit"] == "2GB"
    )
    assert not list(tmp_path.rglob("taken"))


def test_the_command_writes_the_result_or_stops_with_a_sentence(monkeypatch, tmp_path, capsys):
    from bench import __main__ as command

    monkeypatch.setattr(command, "run", lambda asked, work: sample(asked.size))
    assert (
        command.main(
            ["--size", "4_000", "--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
        )
        == 0
    )
    told = (tmp_path / "out" / "bench.json").read_text(encoding="utf-8")
    assert json.loads(told) == json.loads(json.dumps(sample(4000))) and str(tmp_path) not in told
    assert (tmp_path / "out" / "bench.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert "asked at most 1.2x" in capsys.readouterr().out

    def broken(asked, work):
        raise runner.BenchError("they differ; no times are shown")

    monkeypatch.setattr(command, "run", broken)
    assert command.main(["--work", str(tmp_path / "work"), "--out", str(tmp_path / "none")]) == 1
    assert (
        capsys.readouterr().err == "they differ; no times are shown\n"
        and not (tmp_path / "none").exists()
    )
    with pytest.raises(SystemExit):
        command.main(["--size", "0"])
