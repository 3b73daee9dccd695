"""`run` and `inspect`: from unknown files to pages, without make."""

import re
import tomllib

import pytest

import clearance_metrics as cm
from clearance_metrics.cli import main


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A folder with a file of events and its mapping, in which commands are given."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_page.ipynb").touch()
    (tmp_path / "raw" / "e.csv").write_text(
        "id,code,at,kind\n1,declared,2022-01-01 08:00,import\n"
        "1,customs_released,2022-01-01 10:00,import\n"
    )
    (tmp_path / "raw" / "dataset.toml").write_text(
        '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nas_of = 2022-12-31\n'
        '[[file]]\npath = "e.csv"\nrole = "events"\n[file.columns]\n'
        'case_id = "id"\nmilestone = "code"\ntime = "at"\nkind = "kind"\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pages(monkeypatch):
    """What the report was asked for, in place of making it."""
    asked = []

    def build(log, **how):
        asked.append((log.as_posix(), how))
        return "reports/index.html"

    monkeypatch.setattr("clearance_metrics.report.build_report", build)
    return asked


def test_run_reads_the_folder_and_writes_the_pages(office, pages, capsys):
    assert main(["run", "raw", "--as-of", "2022-06-30", "--notice", "cn-2021-85"]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[1].split()[:3] == ["e.csv", "2", "2"]
    assert told.splitlines()[-1] == "reports/index.html"
    ((log, how),) = pages
    assert log == "data/processed/t" and how["as_of"] == "2022-06-30" and how["languages"] == ["zh"]
    assert (office / log / "receipt.json").is_file()


def test_run_takes_the_mapping_for_its_folder(office, pages):
    assert main(["run", "raw/dataset.toml"]) == 0
    assert len(pages) == 1


@pytest.mark.parametrize("command", ["run", "report"])
def test_nothing_is_written_where_too_little_was_accepted(office, pages, capsys, command):
    lines = ["id,code,at,kind", *(f"{n},released?,2022-01-01 08:00,import" for n in range(9))]
    (office / "raw" / "e.csv").write_text("\n".join(lines) + "\n")
    if command == "report":
        assert main(["intake", "raw/dataset.toml"]) == 0
    folder = "raw" if command == "run" else "data/processed/t"
    assert main([command, folder, "--lang", "zh"]) == 4
    told = capsys.readouterr()
    assert "错误：9行中接受0.0%，低于least_accepted = 95" in told.err and not pages
    assert "1. milestone ('code'): 9行，状态代码未知：'released?' 9，首见于第2行；" in told.err
    assert "  unknown_milestone" in told.out or "状态代码未知" in told.out, "after the receipt"


def test_run_says_what_to_do_where_no_mapping_is(tmp_path, capsys):
    assert main(["run", str(tmp_path), "--lang", "zh"]) == 3
    told = capsys.readouterr().err
    assert f"先运行clearance-metrics inspect FILE… --out {tmp_path / 'dataset.toml'}" in told


def test_inspect_prints_or_writes_and_counts_what_is_to_decide(office, capsys):
    (office / "raw" / "dataset.toml").unlink()
    assert main(["inspect", "raw/e.csv", "--lang", "en"]) == 0
    assert tomllib.loads(capsys.readouterr().out)["file"][0]["path"].endswith("e.csv")
    out = office / "raw" / "dataset.toml"
    assert main(["inspect", "raw/e.csv", "--out", str(out), "--lang", "zh"]) == 0
    assert re.fullmatch(f"{out}：还有\\d+处需要您决定\n", capsys.readouterr().out)
    assert main(["intake", str(out)]) == 0, "what is proposed can be read"


def test_a_file_that_cannot_be_looked_at_is_told_and_the_others_are_proposed(office, capsys):
    (office / "raw" / "empty.csv").write_bytes(b"")
    assert main(["inspect", "raw/e.csv", "raw/empty.csv", "--lang", "zh"]) == 0
    told = capsys.readouterr()
    assert told.err.startswith("错误：文件是空的") and "empty.csv" in told.err
    assert "e.csv" in told.out


def test_inspect_never_writes_over_a_file(office, capsys):
    before = (office / "raw" / "dataset.toml").read_text()
    assert main(["inspect", "raw/e.csv", "--out", "raw/dataset.toml"]) == 8
    assert "the file is there already" in capsys.readouterr().err
    assert (office / "raw" / "dataset.toml").read_text() == before


@pytest.mark.parametrize(("command", "kept"), [("run", True), ("report", False)])
def test_stopped_by_the_keyboard_is_told_without_a_traceback(
    office, capsys, monkeypatch, command, kept
):
    def stopped(log, **how):
        raise KeyboardInterrupt

    monkeypatch.setattr("clearance_metrics.report.build_report", stopped)
    assert main(["intake", "raw/dataset.toml"]) == 0
    assert main([command, "raw" if command == "run" else "data/processed/t"]) == 130
    told = capsys.readouterr().err
    assert ("a finished intake stays" in told) == kept and told.startswith("stopped; no")


def test_what_the_log_can_show_is_said_and_a_log_that_shows_nothing_makes_no_pages(
    office, pages, capsys
):
    assert main(["run", "raw", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "1 of 20 clocks" in told and "the others lack most often: " in told
    (office / "raw" / "e.csv").write_text("id,code,at,kind\n1,declared,2022-01-01 08:00,import\n")
    pages.clear()
    assert main(["run", "raw", "--lang", "zh"]) == 5
    assert "此日志算不出任何时钟和指标" in capsys.readouterr().err and not pages


def test_notebooks_are_looked_for_before_the_work_of_intake(office, pages, capsys):
    assert main(["run", "raw", "--notebooks", "elsewhere"]) == 4
    assert "no notebooks are here" in capsys.readouterr().err
    assert not (office / "data").exists()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_run_stops_at_open_decisions_and_lists_them(office, pages, capsys, lang):
    mapping = office / "raw" / "dataset.toml"
    mapping.unlink()
    assert main(["inspect", "raw/e.csv", "--out", str(mapping), "--lang", lang]) == 0
    text = mapping.read_text("utf-8")
    mark = "# 请确定：" if lang == "zh" else "# DECIDE: "
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith(mark)]
    assert len(lines) > 1
    capsys.readouterr()
    assert main(["run", "raw", "--lang", "zh"]) == 3 and not pages
    told = capsys.readouterr()
    assert not told.out and not (office / "data").exists(), "before the work of intake"
    assert [f"第{n}行" in told.err for n in lines] == [True] * len(lines)
    assert told.err.count("请确定：") == len(lines)
    answered = "\n".join(line for line in text.splitlines() if not line.startswith(mark))
    mapping.write_text(answered, "utf-8")
    assert main(["run", "raw"]) == 0 and pages


def test_intake_reads_what_is_guessed_and_says_that_nobody_decided_it(office, pages, capsys):
    mapping = office / "raw" / "dataset.toml"
    mapping.write_text("# DECIDE: which zone?\n" + mapping.read_text())
    assert main(["intake", "raw/dataset.toml", "--lang", "zh"]) == 0
    assert "第1行：尚未确定，按猜测读入：which zone?" in capsys.readouterr().out
    assert main(["report", "data/processed/t", "--lang", "zh"]) == 3 and not pages
    told = capsys.readouterr().err
    assert "请确定：which zone?" in told and "第1行" in told and "再运行intake" in told
    log = cm.EventLog.open(office / "data" / "processed" / "t").using(lang="zh")
    assert "还有1处“请确定”没有回答" in cm.receipt(log).beware()
