"""What the commands share: the day, the forms of an answer, where it is written, how it is told."""

import csv
import json
import re

import pytest

from clearance_metrics.cli import main
from clearance_metrics.cli.parser import make_parser

CLOCK = ("--start", "gate_in", "--stop", "customs_released", "--statistics", "n,median")
DAY = "2022-12-31"  # of the small dataset
NONE_KNOWN = '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\n'
EVENTS = (
    '[[file]]\npath = "e.csv"\nrole = "events"\n[file.columns]\ncase_id = "id"\n'
    'milestone = "code"\ntime = "at"\n'
)
ASKING = ("measure", "assess", "violations")
WITH_DAY = (*ASKING, "watch", "report", "lab")


def asked(command, log):
    return [command, str(log), *(CLOCK if command == "measure" else ())]


def commands():
    return make_parser()._subparsers._group_actions[0].choices


def options(command):
    return {name: a for a in commands()[command]._actions for name in a.option_strings}


@pytest.fixture
def dayless(tmp_path):
    """A log whose dataset says no day, and the folder of its files."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "dataset.toml").write_text(NONE_KNOWN + EVENTS)
    (raw / "e.csv").write_text("id,code,at\n1,gate_in,2022-01-01\n1,customs_released,2022-01-02\n")
    assert main(["intake", str(raw), "--out", str(tmp_path / "log")]) == 0
    return tmp_path


@pytest.mark.parametrize("command", ASKING)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_day_the_datasets_own_is_taken_and_told_in_every_form(
    small, tmp_path, capsys, command, lang
):
    words = [*asked(command, small / "out"), "--lang", lang]
    assert main(words) == main([*words, "--as-of", DAY]) == 0
    told = capsys.readouterr().out
    half = len(told) // 2
    assert told[:half] == told[half:]
    assert {"zh": f"截至{DAY}", "en": f"as of {DAY}"}[lang] in told.splitlines()[0]
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["as_of"] == DAY and found["rows"]
    assert main([*words, "--sql"]) == 0
    assert capsys.readouterr().out.startswith(f"-- as of {DAY}\n")
    file = tmp_path / "new" / "folder" / "rows.csv"
    assert main([*words, "--csv", str(file)]) == 0
    assert DAY in capsys.readouterr().out
    assert len(list(csv.DictReader(file.open(encoding="utf-8-sig")))) == len(found["rows"])
    assert [p.name for p in file.parent.iterdir()] == ["rows.csv"]


@pytest.mark.parametrize("command", WITH_DAY)
def test_where_no_day_is_known_the_error_says_what_to_write(dayless, capsys, command):
    assert main([*asked(command, dayless / "log"), "--lang", "en"]) == 5
    told = capsys.readouterr().err
    assert "the day up to which the log is complete is not known" in told
    assert "do: write --as-of 2022-12-31, or add as_of to [dataset]" in told
    assert main([*asked(command, dayless / "log"), "--as-of", "2022-13-01"]) == 5
    assert "where: --as-of" in capsys.readouterr().err


def test_run_asks_for_the_day_before_the_work_of_intake(dayless, capsys, monkeypatch):
    monkeypatch.chdir(dayless)
    assert main(["run", "raw", "--lang", "zh"]) == 5
    assert "写上--as-of 2022-12-31" in capsys.readouterr().err
    assert main(["run", "raw", "--as-of", "2022-02-30", "--lang", "zh"]) == 5
    assert not (dayless / "data").exists()


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (["--formats", "doc"], 9, "--formats"),
        (["--languages", "fr"], 5, "'fr'"),
        (["--notice", "none"], 7, "'none'"),
        (["--withhold", "5"], 5, "--withhold"),
        (["--calendar", "none.csv"], 6, "there is no list of days 'none.csv'"),
    ],
)
def test_what_pages_are_asked_for_is_looked_at_before_the_work_of_intake(
    dayless, capsys, monkeypatch, more, code, says
):
    monkeypatch.chdir(dayless)
    for words in (["run", "raw", "--as-of", DAY], ["demo", "--out", "demo"], ["report", "log"]):
        assert main([*words, *more, "--lang", "en"]) == code
        told = capsys.readouterr()
        assert says in told.err and not told.out
    assert sorted(p.name for p in dayless.iterdir()) == ["log", "raw"]


def test_the_day_of_the_copies_is_that_asked_for(small, tmp_path, capsys):
    words = ["lab", str(small / "out"), "--out", str(tmp_path / "mine"), "--lang", "en"]
    assert main([*words, "--as-of", "2022-06-30"]) == 0
    assert capsys.readouterr().out.strip().endswith("as of 2022-06-30")
    text = (tmp_path / "mine" / "02_clearance_time.ipynb").read_text("utf-8")
    assert 'as_of = \\"2022-06-30\\"' in text and "calendar = None" in text


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_names_the_same_thing_alike(command):
    known = options(command)
    assert "--out" in known or command in ASKING, "where it writes"
    assert ("--csv" in known and "--json" in known) == (command in ASKING)
    assert ("--as-of" in known) == ("--calendar" in known)
    assert not any(a.required for name, a in known.items() if name == "--as-of")
    for action in commands()[command]._actions:
        if not action.option_strings:
            assert action.metavar in ("FOLDER", "FILE", "dataset.toml"), action.dest
        elif action.nargs != 0:
            assert action.metavar, f"{command} {action.option_strings[0]} has no word for its value"


@pytest.mark.parametrize("command", list(commands()))
def test_help_tells_each_default(command):
    """A value that is taken where an option is left out stands in its help."""
    for action in commands()[command]._actions:
        if action.option_strings and action.default not in (None, "", [], False, "==SUPPRESS=="):
            assert "%(default)s" in action.help, action.option_strings[0]


def test_a_wrong_value_is_told_with_its_option(small, capsys):
    log = str(small / "out")
    for words in (
        ["measure", log, *CLOCK, "--unit", "days"],
        ["measure", log, *CLOCK, "--dated-by", "stop"],
        ["measure", log, *CLOCK, "--period", "week"],
        ["assess", log, "--resolution", "day"],
        ["intake", log, "--layout", "wide"],
        ["intake", log, "--verify"],
        ["violations", log, "--limit", "0"],
        ["simulate", "--size", "0"],
    ):
        assert main(words) == 5
        option = [word for word in words if word.startswith("--")][-1]
        told = capsys.readouterr().err
        assert f"where: {option}" in told and re.search(r"^  do: ", told, re.M), told


def test_a_log_is_no_option(tmp_path, capsys, monkeypatch):
    """A folder that is called as a parameter keeps its name."""
    monkeypatch.chdir(tmp_path)
    assert main(["measure", "log", *CLOCK]) == 4
    assert "where: log\n" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_one_error(small, tmp_path, capsys):
    (tmp_path / "file").write_text("kept")
    for words in (
        [*asked("measure", small / "out"), "--csv", str(tmp_path / "file" / "x.csv")],
        ["watch", str(small / "out"), "--out", str(tmp_path / "file" / "x.json")],
        ["inspect", str(small / "raw" / "cases.csv"), "--out", str(tmp_path / "file" / "x.toml")],
    ):
        assert main(words) == 8
        assert "error: cannot write" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "kept"
