"""The house: which module may import which, what the repository holds, and that its lists agree."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "clearance_metrics"
# what each part may import of ours; a part is a module or a folder
ALLOWED = {
    "errors": set(), "ends": set(), "vocabulary": set(), "zones": {"errors"}, "calendars": {"errors", "zones"},
    "metrics": {"errors", "calendars"}, "results": set(), "statistics": set(),
    "frames": {"errors", "vocabulary", "zones"}, "engines": {"errors"},
    "log": {"engines", "errors", "vocabulary", "zones", "frames", "days"},
    "conditions": {"errors", "log"}, "priced": {"ends", "log"}, "charges": {"errors", "ends", "log", "metrics", "conditions", "priced"},
    "cells": {"errors", "ends", "zones"}, "spells": set(), "endings": {"errors", "ends", "log", "metrics", "calendars", "zones"},
    "days": {"calendars", "cells", "errors", "zones"},
    "clocks": {"errors", "conditions", "days", "endings", "ends", "log", "metrics", "spells"},
    "tally": {"errors", "cells", "ends", "log", "metrics", "conditions", "charges", "calendars", "zones", "clocks", "days"},
    "notice": {"errors", "metrics", "vocabulary"},
    "censored": {"metrics", "statistics"}, "asking": {"errors", "censored", "log", "metrics"},
    "completeness": {"conditions", "endings", "log", "metrics", "statistics", "tally", "zones", "days"},
    "measuring": {"errors", "ends", "log", "metrics", "results", "statistics", "tally", "cells", "calendars", "notice",
                  "withholding", "asking", "censored", "completeness"},
    "contrasting": {"errors", "asking", "cells", "log", "metrics", "statistics", "tally", "calendars", "measuring"},
    "withholding": {"errors", "statistics"}, "sharing": {"errors", "cells", "log", "metrics", "tally"},
    "assessing": {"errors", "ends", "log", "metrics", "results", "statistics", "tally", "calendars", "notice", "measuring",
                  "comparing", "windows", "findings", "cells", "sharing", "judging"},
    "comparing": {"errors", "cells", "log", "metrics", "statistics", "tally", "calendars", "measuring"}, "windows": set(),
    "staging": {"errors", "log", "metrics", "results", "conditions", "tally", "days"},
    "findings": {"errors", "cells", "ends", "log", "metrics", "results", "tally", "calendars", "notice", "measuring", "windows"},
    "baskets": {"errors", "cells", "ends", "log", "metrics", "measuring", "statistics", "tally", "windows"},
    "judging": {"asking", "cells", "ends", "errors", "log", "measuring", "metrics", "results", "statistics", "tally"},
    "gapping": {"asking", "errors", "log", "metrics", "results", "calendars", "measuring", "staging", "statistics", "tally", "windows"},
    "limits": {"ends", "log", "notice", "results", "statistics", "tally", "conditions", "days"},
    "holding": {"errors", "log", "metrics", "results", "conditions", "tally", "spells", "days"},
    "sides": {"errors", "cells", "ends", "log", "metrics", "measuring", "staging", "tally", "windows"},
    "bridge_rows": {"metrics", "results", "statistics", "measuring", "sides", "staging"},
    "bridging": {"asking", "errors", "log", "metrics", "calendars", "staging", "statistics", "sides", "bridge_rows"},
    "leagues": {"errors", "ends", "cells", "log", "metrics", "results", "statistics", "tally", "calendars", "measuring", "withholding"},
    "figures_change": {"canvas"},
    "intake": {"errors", "vocabulary", "zones"}, "canvas": set(), "figures": {"canvas"}, "figures_policy": {"canvas"},
    "policy": {"errors", "log", "metrics", "results", "statistics", "tally", "calendars", "measuring", "windows"},
    "simulate": {"errors", "calendars", "notice"},
    "report": {"", "errors", "log", "metrics", "results", "calendars", "notice", "measuring", "assessing", "figures", "vocabulary",
               "staging", "baskets", "findings", "limits", "windows", "statistics", "conditions", "holding", "bridging", "leagues",
               "gapping", "policy", "canvas", "figures_change", "figures_policy"},
    "cli": {"", "errors", "log", "metrics", "calendars", "measuring", "assessing", "findings", "notice", "intake", "simulate", "report"},
    "__init__": {""},
}  # fmt: skip


def parts():
    for path in sorted(SOURCE.rglob("*.py")):
        inside = path.relative_to(SOURCE).with_suffix("").parts
        yield inside[0], inside, path


def imports(path, inside):
    """Our own parts that a module imports; the package itself is ""."""
    package = inside[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = [*base, *(node.module.split(".") if node.module else ())]
            if target:
                yield target[0]
            else:
                for alias in node.names:
                    yield alias.name if (SOURCE / f"{alias.name}.py").exists() or (SOURCE / alias.name).is_dir() else ""
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            assert not any(n and n.startswith("clearance_metrics") for n in names), f"{path}: import relatively"


def test_arrows_point_one_way():
    for part, inside, path in parts():
        assert part in ALLOWED, f"say in ALLOWED what {part} may import"
        found = set(imports(path, inside)) - {part}
        assert found <= ALLOWED[part], f"{path}: {sorted(found - ALLOWED[part])}"


@pytest.mark.parametrize(("part", "banned"), [
    ("statistics", {"polars", "pandas", "ibis", "duckdb", "pyarrow"}), ("notice", {"polars", "pandas", "ibis", "duckdb", "pyarrow", "numpy"}),
    ("figures", {"polars", "pandas", "ibis", "duckdb", "numpy", "scipy"}), ("canvas", {"polars", "pandas", "ibis", "duckdb", "numpy", "scipy"}),
    ("figures_policy", {"polars", "pandas", "ibis", "duckdb", "numpy", "scipy"}),
    ("policy", {"polars", "pandas", "ibis", "duckdb", "pyarrow", "scipy", "statsmodels"}), ("results", {"ibis", "duckdb", "numpy", "scipy"}),
])  # fmt: skip
def test_parts_stay_what_they_are(part, banned):
    for owner, _, path in parts():
        if owner == part:
            words = {n.split(".")[0] for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                     for n in ([a.name for a in node.names] if isinstance(node, ast.Import)
                               else [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else [])}  # fmt: skip
            assert not words & banned, f"{path}: {words & banned}"


def test_only_the_command_line_may_know_what_day_it_is():
    for _, _, path in parts():
        assert not re.search(r"\b(date\.today|datetime\.now|time\.time)\(", path.read_text(encoding="utf-8")), path


def plain(requirement):
    name, bound = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?\s*(.*)", requirement).groups()
    return name.lower(), bound


def test_environment_equals_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = dict(map(plain, project["dependencies"])) | {"python": project["requires-python"]}
    lines = [line.strip("- ").strip() for line in (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
             if re.match(r"\s+- ", line)]  # fmt: skip
    conda_names = {"ibis-duckdb": "ibis-framework", "python-duckdb": "duckdb"}
    listed = dict(map(plain, [x for x in lines if x not in ("conda-forge", "pip", "pip:") and not x.startswith("e .")]))
    assert {conda_names.get(k, k): v for k, v in listed.items()} == wanted


def test_lock_file_names_every_dependency_with_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = set(re.findall(r"^([\w.-]+)==", text, re.M))
    for name, _ in map(plain, project["dependencies"] + project["optional-dependencies"]["dev"]):
        assert name in locked, name
    assert text.count("--hash=sha256:") >= len(locked)


def test_the_engines_lock_adds_the_extras_and_moves_no_version():
    locks = [(ROOT / f"requirements{part}.lock").read_text(encoding="utf-8") for part in ("", "-engines")]
    assert "://" not in locks[1]
    base, more = (dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.M)) for text in locks)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {plain(r)[0] for r in extras["spark"] + extras["postgres"]} <= set(more)
    assert all(base[name] == more[name] for name in set(base) & set(more))
    assert locks[1].count("--hash=sha256:") >= len(more)


def test_importing_the_library_is_quick():
    """Nothing heavy comes along until it is asked for; the command line's help needs none of it either."""
    code = ("import sys, clearance_metrics.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\n"
            "print(*sorted({'ibis', 'duckdb', 'polars', 'pandas', 'pyarrow', 'numpy', 'scipy', 'matplotlib'} & set(sys.modules)))")  # fmt: skip
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(SOURCE.parent)})  # fmt: skip
    assert told.stdout.splitlines()[-1] == "", told.stdout.splitlines()[-1]


def test_notebooks_hold_no_outputs_and_no_logic():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        book = json.loads(path.read_text(encoding="utf-8"))
        tags = [c["metadata"].get("tags", []) for c in book["cells"] if c["cell_type"] == "code"]
        assert sum("parameters" in t for t in tags) == 1
        for cell in book["cells"]:
            if cell["cell_type"] != "code":
                continue
            assert cell["outputs"] == [] and cell["execution_count"] is None, path
            tree = ast.parse("".join(cell["source"]))
            assert all(isinstance(n, ast.Import | ast.ImportFrom | ast.Assign | ast.Expr) for n in tree.body), path
            assert not any(isinstance(n, ast.BinOp | ast.Lambda | ast.ListComp | ast.IfExp) for n in ast.walk(tree)), (
                path
            )


def test_make_help_lists_the_readmes_commands():
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in ("report", "test"):
        assert f"make {target}" in told and re.search(rf"^make {target}\b", readme, re.M)
    for target in re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M):
        assert f"make {target}" in told


def test_public_names_are_there():
    import clearance_metrics

    for name in clearance_metrics.__all__:
        assert getattr(clearance_metrics, name) is not None
    with pytest.raises(AttributeError):
        clearance_metrics.nothing  # noqa: B018
