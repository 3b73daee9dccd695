"""What docs/queries.md shows is what the library writes, and its ways to run a query work."""

import contextlib
import io
import re
import subprocess
import sys

import pytest
import queries
from support.demo import beside

from clearance_metrics import Duration, EventLog, measure

PAGE = queries.PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def base(demos, tmp_path_factory):
    """A folder beside a small simulated log; its queries are those of the demonstration."""
    return beside(demos(0.1), tmp_path_factory.mktemp("queries"))


@pytest.fixture(scope="module")
def folder(base):
    return base / "data" / "processed" / "demo"


@pytest.fixture(scope="module")
def written(folder):
    return queries.whole(EventLog.open(folder))


def without_last_day(text):
    """The last day of the official calendar moves with the library that brings it."""
    return re.sub(r" OR day > \d+ ", " OR day > … ", text)


@pytest.mark.parametrize("name", queries.ASKED)
def test_the_page_shows_the_query_that_is_written(written, name):
    shown = queries.shown(PAGE)[name]
    assert without_last_day(shown) == without_last_day(queries.shortened(written[name])), (
        "python tests/queries.py renews the page"
    )


@pytest.mark.parametrize("name", queries.ASKED)
def test_the_page_says_of_each_step_what_it_is(written, name):
    told = PAGE.split(f"<!-- {name} -->")[0].rsplit("## ", 1)[1]
    cells = re.findall(r"^\| (`.*?`) \|", told, re.M)
    steps = re.findall(r"^(?:WITH |\), )(\w+) AS \($", written[name], re.M)
    assert [step for cell in cells for step in re.findall(r"`(\w+)`", cell)] == steps


def test_the_pages_commands_give_the_figures(base, folder, written, monkeypatch):
    (line,) = re.findall(r"^clearance-metrics (.*) > clock\.sql$", PAGE, re.M)
    told = subprocess.run(
        [sys.executable, "-m", "clearance_metrics.cli", *line.split()],
        cwd=base,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told == f"-- as of {queries.AS_OF}\n{written['clock']};\n"
    (base / "clock.sql").write_text(told, encoding="utf-8")
    monkeypatch.chdir(folder)
    names, said = {}, io.StringIO()
    with contextlib.redirect_stdout(said):
        for block in re.findall(r"```python\n(.*?)```", PAGE, re.S):
            exec(block, names)
    assert "date_only" in said.getvalue() and "within_24" in said.getvalue()
    clock = Duration("declared", "customs_released")
    found = measure(EventLog.open("."), clock, as_of=queries.AS_OF, by="mode", statistics="n")
    last = said.getvalue().rsplit("within_24", 1)[1]
    rows = re.findall(r"│ (\w+) +│ +(\d+) │ +\d+ │", last)
    assert [(row.mode, row.n) for row in found] == [(mode, int(n)) for mode, n in rows]
