"""`run` and `inspect`: from unknown files to pages, without make."""

import sys
from types import SimpleNamespace

import pytest

from clearance_metrics import intake
from clearance_metrics.cli import main
from clearance_metrics.errors import InputError


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A folder with a file of events and its mapping, in which commands are given."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "e.csv").write_text("id,code,at\n1,declared,2022-01-01 08:00\n")
    (tmp_path / "raw" / "dataset.toml").write_text(
        '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nas_of = 2022-12-31\n'
        '[[file]]\npath = "e.csv"\nrole = "events"\n[file.columns]\n'
        'case_id = "id"\nmilestone = "code"\ntime = "at"\n'
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
    assert told.splitlines()[1].split()[:3] == ["e.csv", "1", "1"]
    assert told.splitlines()[-1] == "reports/index.html"
    ((log, how),) = pages
    assert log == "data/processed/t" and how["as_of"] == "2022-06-30" and how["lang"] == "zh"
    assert (office / log / "receipt.json").is_file()


@pytest.mark.parametrize("command", ["run", "report"])
def test_nothing_is_written_where_too_little_was_accepted(
    office, pages, capsys, monkeypatch, command
):
    def enough(log):
        raise InputError("of e.csv 12 % were accepted", str(log), "mend the causes")

    if command == "report":
        assert main(["intake", "raw/dataset.toml"]) == 0
    monkeypatch.setattr(intake, "enough", enough, raising=False)
    folder = "raw" if command == "run" else "data/processed/t"
    assert main([command, folder]) == 4
    told = capsys.readouterr()
    assert "of e.csv 12 % were accepted" in told.err and not pages
    assert "tables: events 1" in told.out, "the receipt is told before"


def test_run_says_what_to_do_where_no_mapping_is(tmp_path, capsys):
    assert main(["run", str(tmp_path), "--lang", "zh"]) == 3
    told = capsys.readouterr().err
    assert f"先运行clearance-metrics inspect FILE… --out {tmp_path / 'dataset.toml'}" in told


@pytest.fixture
def proposal(monkeypatch):
    """An inspection that finds two things to decide."""

    class Found:
        decisions = ("a", "b")

        def toml(self, lang):
            return f"# {lang}"

        def write(self, path):
            path.write_text("# written")

    module = SimpleNamespace(inspect_files=lambda files, name, lang: Found())
    monkeypatch.setitem(sys.modules, "clearance_metrics.intake.inspection", module)


def test_inspect_prints_or_writes_and_counts_what_is_to_decide(office, proposal, capsys):
    assert main(["inspect", "raw/e.csv", "--lang", "en"]) == 0
    assert capsys.readouterr().out == "# en\n"
    out = office / "new" / "dataset.toml"
    assert main(["inspect", "raw/e.csv", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: 2 decisions are left to you\n"
    assert out.read_text() == "# written"


def test_inspect_never_writes_over_a_file(office, capsys):
    before = (office / "raw" / "dataset.toml").read_text()
    assert main(["inspect", "raw/e.csv", "--out", "raw/dataset.toml"]) == 8
    assert "the file is there already" in capsys.readouterr().err
    assert (office / "raw" / "dataset.toml").read_text() == before
