"""The suite's notebooks as they are committed: without outputs, with their parameters, in both
languages, through the public API alone, and running from top to bottom.
"""

import ast
import json
import re
from pathlib import Path

import pytest

import clearance_metrics as cm
from clearance_metrics.report.notebooks import PARAMETERS, languages_of, notebooks_in, read_notebook
from clearance_metrics.results.words import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
SUITE = notebooks_in(ROOT / "notebooks")
GIVEN = {"log", "notice", "as_of", "calendar", "lang", "assessment"}
CHINESE = re.compile(r"[\u3400-\u9fff]")
each = pytest.mark.parametrize("path", SUITE, ids=lambda path: path.stem)


def sources(path):
    return [c.source for c in read_notebook(path).cells if c.cell_type == "code"]


@each
def test_nothing_that_a_run_leaves_is_committed(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        assert cell["id"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None, cell["source"]


@each
def test_the_first_code_cell_holds_the_parameters(path):
    codes = [c for c in read_notebook(path).cells if c.cell_type == "code"]
    assert [PARAMETERS in c.metadata.tags for c in codes] == [True] + [False] * (len(codes) - 1)
    values = ast.parse(codes[0].source).body
    named = {node.targets[0].id: ast.literal_eval(node.value) for node in values}
    assert named.keys() >= GIVEN
    assert [named[name] for name in ("log", "lang")] == ["../data/processed/demo", "zh"]
    assert [named[name] for name in ("as_of", "calendar", "assessment")] == [None] * 3


@each
def test_prose_is_there_in_every_language_and_states_it_with_a_tag(path):
    cells = [c for c in read_notebook(path).cells if c.cell_type == "markdown"]
    assert cells[0].source.startswith("# ")
    # each text once per language, one after the other
    for place in range(0, len(cells), 2):
        pair = cells[place : place + 2]
        assert [languages_of(cell) for cell in pair] == [{"zh"}, {"en"}], pair
        heads = [re.findall(r"^#+", cell.source, re.MULTILINE) for cell in pair]
        assert heads[0] == heads[1], pair
        assert CHINESE.search(pair[0].source)
        assert not CHINESE.search(pair[1].source)
    assert len(LANGUAGES) == 2


@each
def test_cells_use_the_public_names_alone(path):
    for source in sources(path)[1:]:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("clearance_metrics"), source
            elif isinstance(node, ast.Import):
                ours = [n for n in node.names if n.name.startswith("clearance_metrics")]
                assert all((n.name, n.asname) == ("clearance_metrics", "cm") for n in ours), source
            elif isinstance(node, ast.Attribute):
                assert not node.attr.startswith("_"), source
                if isinstance(node.value, ast.Name) and node.value.id == "cm":
                    assert node.attr in cm.__all__, (node.attr, source)
    assert sources(path)[1].startswith("import clearance_metrics as cm")


@each
def test_a_cell_is_a_question_of_a_few_lines(path):
    for source in sources(path)[2:]:
        lines = [line for line in source.splitlines() if line.strip()]
        assert len(lines) <= 8, source
        assert all(len(line) <= 120 for line in lines), source


@each
def test_it_runs_from_top_to_bottom(demo, path):
    """The page that the report made of it holds an answer or a word on its lack for each cell."""
    page = (demo / "pages" / f"{path.stem}.html").read_text(encoding="utf-8")
    body = page[page.index("<main") : page.index("</main>")]
    asked = [s for s in sources(path)[2:] if isinstance(ast.parse(s).body[-1], ast.Expr)]
    assert body.count("<section") >= len(asked) and "Traceback" not in body


GUIDES = [
    (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("notebooks.md", "notebooks.zh.md")
]


def test_the_guides_say_the_same_and_their_first_cells_are_those_of_the_suite():
    blocks = [re.findall(r"^```(\w*)\n(.*?)^```", guide, re.M | re.S) for guide in GUIDES]
    assert blocks[0] == blocks[1]
    for sign in (r"^#+ ", r"^\|", r"^- "):
        assert len(re.findall(sign, GUIDES[0], re.M)) == len(re.findall(sign, GUIDES[1], re.M))
    python = [text for kind, text in blocks[0] if kind == "python"]
    values = {n.targets[0].id for n in ast.parse(python[0]).body}
    assert values == GIVEN
    cells = [text for path in SUITE for text in sources(path)]
    assert python[0].rstrip() in cells and python[1].rstrip() in [c.split("  #")[0] for c in cells]


def test_the_cells_of_the_guide_run(demo):
    python = re.findall(r"^```python\n(.*?)^```", GUIDES[0], re.M | re.S)
    names = {}
    exec(python[0], names)
    names |= {"log": demo / "log", "assessment": demo / "pages" / "scorecard.json"}
    exec(python[1], names)
    assert "均值" in str(eval(python[2], names))
