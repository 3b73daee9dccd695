"""A command imports what it uses, and no more."""

import subprocess
import sys

from clearance_metrics.cli.light import import_without


def test_a_module_that_is_not_used_is_left_out_and_can_be_imported_later(tmp_path, monkeypatch):
    (tmp_path / "heavy_part.py").write_text("loaded = True\n")
    (tmp_path / "light_whole.py").write_text(
        "try:\n    import heavy_part\nexcept ImportError:\n    heavy_part = None\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import_without("light_whole", "heavy_part")
    assert sys.modules["light_whole"].heavy_part is None
    assert "heavy_part" not in sys.modules
    import heavy_part

    assert heavy_part.loaded
    # what is there already stays
    import_without("light_whole", "heavy_part")
    assert sys.modules["heavy_part"] is heavy_part


def test_what_is_missing_is_said_by_who_needs_it():
    import_without("no_such_module_at_all", "heavy_part")
    assert "no_such_module_at_all" not in sys.modules


def test_notebooks_are_read_without_a_grammar_of_addresses():
    code = (
        "import sys\n"
        "from clearance_metrics.cli.light import import_without\n"
        "import_without('nbformat', 'rfc3987_syntax')\n"
        "import nbformat\n"
        "nbformat.validate(nbformat.v4.new_notebook())\n"
        "assert 'lark' not in sys.modules and 'rfc3987_syntax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
