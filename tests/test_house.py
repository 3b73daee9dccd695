"""The house: which module may import which, what the repository holds, and that its lists agree."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import house
import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "clearance_metrics"
# which rooms each room may import from; a room is a folder of the package, or errors.py and cli.py
BELOW = {
    "errors": set(),
    "statistics": set(),
    "domain": {"errors"},
    "intake": {"domain", "errors"},
    "notice": {"domain", "errors"},
    "results": {"domain", "statistics", "errors"},
    "engine": {"domain", "notice", "errors"},
    "simulation": {"domain", "notice", "errors"},
    "analysis": {"engine", "statistics", "results", "domain", "errors"},
    "assessment": {"analysis", "engine", "statistics", "results", "notice", "domain", "errors"},
    "report": {
        "assessment",
        "analysis",
        "engine",
        "statistics",
        "results",
        "notice",
        "domain",
        "errors",
        "",
    },
    "cli": {
        "report",
        "assessment",
        "analysis",
        "engine",
        "simulation",
        "results",
        "notice",
        "intake",
        "domain",
        "errors",
        "",
    },
    "__init__": {""},
}
# of a room that may be imported in part only, that part
PARTS = {("engine", "notice"): {"rates"}}


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        inside = path.relative_to(SOURCE).with_suffix("").parts
        yield inside[0], inside, path


def imports(path, inside):
    """What a module imports of ours, as (room, part of it); the package itself is ("", "")."""
    package = inside[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = [*base, *(node.module.split(".") if node.module else ())]
            for alias in node.names:
                inner = (
                    SOURCE.joinpath(*target, alias.name).with_suffix(".py").exists()
                    or SOURCE.joinpath(*target, alias.name).is_dir()
                )
                whole = [*target, alias.name] if inner else target
                yield (whole[0] if whole else "", whole[1] if len(whole) > 1 else "")
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names = (
                [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            )
            assert not any(n and n.startswith("clearance_metrics") for n in names), (
                f"{path}: import relatively"
            )


def test_arrows_point_down():
    for room, inside, path in modules():
        assert room in BELOW, f"say in BELOW which rooms {room} may import from"
        for other, part in set(imports(path, inside)):
            if other == room:
                continue
            assert other in BELOW[room], f"{path}: {room} may not import from {other}"
            allowed = PARTS.get((room, other))
            assert allowed is None or part in allowed, (
                f"{path}: of {other} only {sorted(allowed)}, not {part!r}"
            )


def test_no_circle_of_modules():
    arrows = {}
    for _, inside, path in modules():
        name = inside[:-1] if inside[-1] == "__init__" else inside
        arrows[name] = set()
        package = inside[:-1]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.level:
                base = (
                    *package[: len(package) - node.level + 1],
                    *(node.module.split(".") if node.module else ()),
                )
                for alias in node.names:
                    at = SOURCE.joinpath(*base, alias.name)
                    inner = at.with_suffix(".py").exists() or at.is_dir()
                    arrows[name].add((*base, alias.name) if inner and base != name else base)
    done, path = set(), []

    def walk(name):
        assert name not in path, " → ".join(".".join(n) for n in (*path[path.index(name) :], name))
        if name in done or name not in arrows:
            return
        path.append(name)
        for other in sorted(arrows[name]):
            if other != name:
                walk(other)
        path.pop()
        done.add(name)

    for name in arrows:
        walk(name)


FRAMES = {"polars", "pandas", "ibis", "duckdb", "pyarrow"}


@pytest.mark.parametrize(
    ("room", "banned"),
    [
        ("statistics", FRAMES),
        ("domain", FRAMES),
        ("notice", FRAMES | {"numpy"}),
        ("results", {"ibis", "duckdb", "numpy", "scipy"}),
        ("assessment", {"polars", "pandas", "scipy", "statsmodels"}),
    ],
)
def test_rooms_stay_what_they_are(room, banned):
    for owner, _, path in modules():
        if owner == room:
            words = {
                n.split(".")[0]
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                for n in (
                    [a.name for a in node.names]
                    if isinstance(node, ast.Import)
                    else (
                        [node.module or ""]
                        if isinstance(node, ast.ImportFrom) and not node.level
                        else []
                    )
                )
            }
            assert not words & banned, f"{path}: {words & banned}"


def test_only_the_command_line_may_know_what_day_it_is():
    for _, _, path in modules():
        assert not re.search(
            r"\b(date\.today|datetime\.now|time\.time)\(", path.read_text(encoding="utf-8")
        ), path


def plain(requirement):
    name, bound = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?\s*(.*)", requirement).groups()
    return name.lower(), bound


def test_environment_equals_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = dict(map(plain, project["dependencies"])) | {"python": project["requires-python"]}
    lines = [
        line.strip("- ").strip()
        for line in (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
        if re.match(r"\s+- ", line)
    ]
    conda_names = {"python-duckdb": "duckdb"}
    listed = dict(
        map(
            plain,
            [
                x
                for x in lines
                if x not in ("conda-forge", "pip", "pip:") and not x.startswith("e .")
            ],
        )
    )
    assert {conda_names.get(k, k): v for k, v in listed.items()} == wanted


def test_lock_file_names_every_dependency_with_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = set(re.findall(r"^([\w.-]+)==", text, re.M))
    for name, _ in map(plain, project["dependencies"] + project["optional-dependencies"]["dev"]):
        assert name in locked, name
    assert text.count("--hash=sha256:") >= len(locked)


@pytest.mark.parametrize(
    ("lock", "names", "moved"),
    [
        ("requirements-engines.lock", ("ibis", "spark", "postgres"), set()),
        ("requirements-oracles.lock", ("oracles",), {"pandas"}),
        ("bench/requirements.txt", ("oracles",), {"pandas"}),
    ],
)
def test_a_further_lock_adds_its_extras_and_moves_no_version_but_those_named(lock, names, moved):
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", lock)]
    assert "://" not in texts[1]
    base, more = (dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.M)) for text in texts)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert {plain(r)[0] for name in names for r in extras[name]} <= set(more)
    assert {name for name in set(base) & set(more) if base[name] != more[name]} <= moved
    assert texts[1].count("--hash=sha256:") >= len(more)


def test_importing_the_library_is_quick():
    """Nothing heavy comes along until it is asked for; the command line's help needs none of it
    either.
    """
    code = (
        "import sys, clearance_metrics.cli as c\ntry: c.main(['--help'])\nexcept SystemExit:"
        " pass\nprint(*sorted({'ibis', 'duckdb', 'polars', 'pandas', 'pyarrow', 'numpy', 'scipy',"
        " 'matplotlib'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE.parent)},
    )
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
            # a question may be asked of each of several indicators
            asked = [
                n for one in tree.body for n in (one.body if isinstance(one, ast.For) else [one])
            ]
            assert all(
                isinstance(n, ast.Import | ast.ImportFrom | ast.Assign | ast.Expr) for n in asked
            ), path
            assert not any(
                isinstance(n, ast.BinOp | ast.Lambda | ast.ListComp | ast.IfExp)
                for n in ast.walk(tree)
            ), path


def test_make_help_lists_the_readmes_commands():
    told = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in ("report", "test"):
        assert f"make {target}" in told and re.search(rf"^make {target}\b", readme, re.M)
    for target in re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M):
        assert f"make {target}" in told


def test_files_functions_and_types_keep_their_measure():
    """What `make house` counts: no file over 400 lines, at most 8 positional parameters, public
    functions typed, no formatter switched off.
    """
    found = house.measured(ROOT)
    assert found["rooms"] <= 13 and found["floors"] <= 9
    assert found["fmt: skip"] == 0
    assert found["asking a metric for its class"] <= 1
    assert found["parameters of public functions without a type"] == 0
    for name in ("src", "tests", "bench", "study", "net", "fuzz"):
        for path in sorted((ROOT / name).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                assert house.positional(node) <= 8, (
                    f"{path}: {node.name} takes too many by position"
                )


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda p: p.stem)
def test_no_file_of_the_package_is_over_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")


def test_chinese_stands_in_catalogues_and_data_only():
    """Docstrings apart, whose examples show what a page says or what a file holds."""
    for owner, _, path in modules():
        if owner == "simulation":
            continue
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                written = "" if id(node) in docs else ast.get_source_segment(text, node) or ""
                assert not CJK.search(written), f"{path}: {written} belongs into results/words"


def resolved(code):
    """What a fresh Python prints."""
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE.parent)},
    )
    return told.stdout.split()


MODULES = """
import importlib, pkgutil, sys
def every():
    import clearance_metrics as cm
    for found in pkgutil.walk_packages(cm.__path__, "clearance_metrics."):
        importlib.import_module(found.name)
def names():
    import clearance_metrics as cm
    return {n: getattr(cm, n) for n in cm.__all__ if n != "__version__"}
"""


def test_no_public_name_is_shadowed_by_a_module():
    """Each public name is the object of its home, whatever is imported before or after it."""
    told = resolved(
        MODULES + "every(); print(*(f'{n}:{type(o).__name__}' for n, o in names().items()))"
    )
    first = resolved(
        MODULES + "found = names(); every(); again = names()\n"
        "assert all(again[n] is o for n, o in found.items())\n"
        "print(*(f'{n}:{type(o).__name__}' for n, o in again.items()))"
    )
    assert told == first and not any(name.endswith(":module") for name in told)


def test_dir_lists_public_names_only():
    import clearance_metrics

    assert dir(clearance_metrics) == clearance_metrics.__all__


def test_editors_know_the_same_names():
    """The stub that editors and type checkers read names what __init__ does, from the same
    homes.
    """
    import clearance_metrics

    stub = ast.parse((SOURCE / "__init__.pyi").read_text(encoding="utf-8"))
    listed = {
        alias.asname: node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert listed == clearance_metrics._HOME


def test_every_public_name_has_a_help_with_an_example():
    import clearance_metrics

    for name in clearance_metrics.__all__:
        told = getattr(clearance_metrics, name)
        assert name == "__version__" or ">>>" in (told.__doc__ or ""), name


def test_public_names_are_there():
    import clearance_metrics

    for name in clearance_metrics.__all__:
        assert getattr(clearance_metrics, name) is not None
    with pytest.raises(AttributeError):
        clearance_metrics.nothing  # noqa: B018
