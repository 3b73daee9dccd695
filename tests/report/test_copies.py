"""An analyst's own copies of the notebooks: filled in, in one language, never written over."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.reports import built

from clearance_metrics.cli import main
from clearance_metrics.errors import OutputError
from clearance_metrics.report.copies import copy_notebooks

NOTICE = "in-ntfap"  # on clearance, not on refunds
CELLS = [
    new_markdown_cell("# 通关", metadata={"tags": ["zh"]}, id="zh"),
    new_markdown_cell("# Clearance", metadata={"tags": ["en"]}, id="en"),
    new_code_cell(
        'log = "../data/processed/demo"  # folder\nnotice = "cn-2021-85"\nas_of = None\n'
        'lang = "zh"\nassessment = None',
        metadata={"tags": ["parameters"]},
        id="values",
    ),
    new_code_cell(
        "import clearance_metrics as cm\n\nlog = cm.EventLog.open(log).using(lang=lang)\n"
        "cm.measure(log, 'import_overall', statistics='mean')",
        metadata={"tags": ["raises-exception"]},
        id="asked",
    ),
]


@pytest.fixture(scope="module")
def log(demos, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "data" / "demo"
    return shutil.copytree(demos(0.1).folder, folder)


@pytest.fixture
def books(tmp_path):
    """Two notebooks, and a third on what no notice knows."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    about = {"clearance_metrics": {"page": "clearance"}}
    nbformat.write(new_notebook(cells=CELLS, metadata=about), folder / "02_time.ipynb")
    nbformat.write(new_notebook(cells=CELLS), folder / "index.ipynb")
    gone = {"clearance_metrics": {"page": "refunds", "needs": ["nothing"]}}
    nbformat.write(new_notebook(cells=CELLS, metadata=gone), folder / "09_gone.ipynb")
    return folder


def test_a_copy_is_for_one_log_in_one_language_and_runs(log, books, tmp_path, monkeypatch):
    made = copy_notebooks(log, notice=NOTICE, notebooks=books, lang="en")
    assert made.folder == books / "mine" / "demo"
    assert made.written == ("index.ipynb", "02_time.ipynb") and made.kept == ()
    copy = nbformat.read(made.folder / "02_time.ipynb", as_version=4)
    assert [cell.id for cell in copy.cells] == ["en", "values", "asked"]
    values = copy.cells[1].source.splitlines()
    assert values[0] == f'log = "{log.as_posix()}"  # folder' and 'lang = "en"' in values
    assert "as_of = None" in values and copy.cells[2].metadata.tags == ["raises-exception"]
    page = built(log, notebooks=made.folder, out=tmp_path / "out", lang="en")
    assert "mean" in page.read_text(encoding="utf-8")
    monkeypatch.chdir(log.parent.parent)
    copy_notebooks(Path("data/demo"), notice=NOTICE, notebooks=books, to="mine")
    copy = nbformat.read("mine/02_time.ipynb", as_version=4)
    assert copy.cells[1].source.startswith('log = "../data/demo"  # folder')


def test_what_she_has_changed_is_kept_and_what_she_has_run_too(log, books):
    first = copy_notebooks(log, notice=NOTICE, notebooks=books)
    changed, ran = (first.folder / name for name in ("02_time.ipynb", "index.ipynb"))
    book = nbformat.read(changed, as_version=4)
    book.cells[-1].source += "\n# hers"
    nbformat.write(book, changed)
    book = nbformat.read(ran, as_version=4)
    book.cells[-1].execution_count = 3
    book.cells[-1].outputs = [nbformat.v4.new_output("stream", text="kept")]
    nbformat.write(book, ran)
    before = [path.read_bytes() for path in (changed, ran)]
    again = copy_notebooks(log, notice=NOTICE, notebooks=books)
    assert again.written == () and again.kept == ("02_time.ipynb",)
    assert [path.read_bytes() for path in (changed, ran)] == before
    # another text of the suite takes the place of what was only run
    other = copy_notebooks(log, notice=NOTICE, notebooks=books, lang="en")
    assert other.written == ("index.ipynb",) and other.kept == ("02_time.ipynb",)
    ran.write_text("hers, and no notebook")
    assert copy_notebooks(log, notice=NOTICE, notebooks=books).kept == (
        "index.ipynb",
        "02_time.ipynb",
    )


def test_the_suite_itself_is_never_written_over(log, books):
    with pytest.raises(OutputError, match="written over"):
        copy_notebooks(log, notice=NOTICE, notebooks=books, to=books)


def test_the_command_says_what_it_wrote_and_what_it_kept(log, books, capsys):
    run = ["lab", str(log), "--notice", NOTICE, "--notebooks", str(books)]
    run += ["--to", str(books / "own"), "--lang"]
    assert main([*run, "zh"]) == 0
    assert capsys.readouterr().out == f"{books / 'own'}：写出2个笔记本，截至2022-12-31\n"
    (books / "own" / "index.ipynb").write_text("{}")
    assert main([*run, "en"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [
        f"{books / 'own'}: 1 notebooks written, as of 2022-12-31",
        "kept, for they are changed there: index.ipynb",
    ]
    assert main(["lab", str(books)]) == 4 and "no log is here" in capsys.readouterr().err
    assert main([*run, "xx"]) == 5
