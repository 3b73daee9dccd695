"""Where the pages of the PDF break."""

import json
from importlib.resources import files

import pytest

from clearance_metrics.report.pdf import _table, fonts
from clearance_metrics.results.display import Display

typst = pytest.importorskip("typst", reason="typst is not installed: no PDF can be set")
HEAD = files("clearance_metrics.report").joinpath("report.typ").read_text(encoding="utf-8")


def test_a_heading_and_the_lines_under_it_stay_with_their_table(tmp_path):
    table = Display(("a", "b"), [("x", "y")] * 20, caption="Measure 1\nclause and departments")
    rules = [line for line in HEAD.split("\n") if line.startswith(("#let", "#show", "#set par"))]
    rules = [line for line in rules if not line.startswith(("#let title", "#let about"))]
    split, file = [], tmp_path / "page.typ"
    for space in range(80, 118, 2):
        file.write_text(
            "\n".join(
                [
                    '#set page(paper: "a6", margin: 10mm)',
                    *rules,
                    f"#v({space}mm)",
                    "=== Heading",
                    _table(table, "en"),
                    "#context [#metadata((query(heading), query(table)).map(found => "
                    "found.first().location().page())) <at>]",
                ]
            ),
            encoding="utf-8",
        )
        asked = {"field": "value", "font_paths": fonts(), "ignore_system_fonts": True}
        ((heading, first),) = json.loads(typst.query(str(file), "<at>", **asked))
        split += [space] if heading != first else []
    assert not split
