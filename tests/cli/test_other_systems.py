"""What files and folders of a Windows machine are like: ends of lines, spaces, Chinese names."""

from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from clearance_metrics import simulation
from clearance_metrics.cli import main

CODE = [
    'log = ""\nlang = "zh"',
    "import clearance_metrics as cm\nopened = cm.EventLog.open(log).using(lang=lang)",
    'clock = cm.Duration("declared", "customs_released")\ncm.measure(opened, clock)',
]
EVENTS = (
    "编号,code,at,kind\n1,declared,2022-01-01 08:00,import\n"
    "1,customs_released,2022-01-01 10:30,import\n"
)
MAPPING = (
    '[dataset]\nname = "t"\ntimezone = "Asia/Shanghai"\nas_of = 2022-12-31\n'
    'title_zh = "某口岸"\n[[file]]\npath = "记录 1.csv"\nrole = "events"\n[file.columns]\n'
    'case_id = "编号"\nmilestone = "code"\ntime = "at"\nkind = "kind"\n'
)


def book(end="\n"):
    """A notebook of one question, whose cells end their lines so."""
    first = new_code_cell(CODE[0].replace("\n", end), metadata={"tags": ["parameters"]})
    cells = [new_markdown_cell(f"# 题目{end}{end}说明"), first]
    cells += [new_code_cell(code.replace("\n", end)) for code in CODE[1:]]
    return nbformat.writes(new_notebook(cells=cells))


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "空 文件夹"
    (folder / "notebooks").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_of_windows_are_lines_in_every_file(here, capsys, end):
    raw = here / "原始 数据"
    raw.mkdir()
    for path, text in (
        (raw / "记录 1.csv", EVENTS),
        (raw / "dataset.toml", MAPPING),
        (here / "notebooks" / "01_页.ipynb", book(end)),
    ):
        path.write_bytes(text.replace("\n", end).encode())
    asked = ["run", str(raw), "--languages", "zh,en", "--formats", "html,excel"]
    assert main([*asked, "--lang", "zh"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(Path("reports/t/zh/index.html"))
    page = (here / "reports" / "t" / "zh" / "01_页.html").read_text(encoding="utf-8")
    assert "<h1>题目</h1>" in page and "2.50" in page and "\r" not in page
    assert (here / "reports" / "t" / "en" / "tables.xlsx").is_file()


def test_the_demonstration_needs_nothing_and_stands_in_one_folder(here, capsys, monkeypatch):
    monkeypatch.setattr(simulation, "simulate", partial(simulation.simulate, size=0.02))
    (here / "notebooks" / "index.ipynb").write_text(book(), encoding="utf-8")
    for _ in range(2):  # again, on what is there
        assert main(["demo", "--to", "演示 1", "--languages", "en", "--formats", "html"]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told == str(Path("演示 1/reports/demo/en/index.html")) and Path(told).is_file()
    assert sorted(path.name for path in here.iterdir()) == ["notebooks", "演示 1"]


def test_a_page_that_another_program_holds_open_is_told(here, capsys, monkeypatch):
    (here / "记录 1.csv").write_text(EVENTS, encoding="utf-8")
    (here / "dataset.toml").write_text(MAPPING, encoding="utf-8")
    (here / "notebooks" / "index.ipynb").write_text(book(), encoding="utf-8")

    def held(source, target):
        raise PermissionError(13, "Permission denied", str(source), None, str(target))

    monkeypatch.setattr("clearance_metrics.report.build.os.replace", held)
    assert main(["run", ".", "--formats", "html", "--lang", "zh"]) == 8
    told = capsys.readouterr().err
    assert "无法写入" in told and "index.html" in told and "关闭正在使用该文件的程序" in told
    assert not [path for path in (here / "reports").iterdir() if path.name.startswith(".")]
