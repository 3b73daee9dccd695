"""What is installed without the repository: the suite is inside, and is found from anywhere."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SUITE = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, unpacked as an installer does."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_holds_every_notebook_of_the_suite(installed):
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert listed == {f"notebooks/{n}": f"clearance_metrics/suite/{n}" for n in SUITE}
    packed = installed / "clearance_metrics" / "suite"
    assert sorted(path.name for path in packed.iterdir()) == SUITE
    for name in SUITE:
        assert (packed / name).read_bytes() == (ROOT / "notebooks" / name).read_bytes()


def test_copies_of_the_installed_suite_are_written_where_one_stands(installed, small, tmp_path):
    command = [sys.executable, "-m", "clearance_metrics.cli", "lab", str(small / "out")]
    env = os.environ | {"PYTHONPATH": str(installed)}
    subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True)
    written = sorted(path.name for path in (tmp_path / "notebooks" / "mine" / "out").iterdir())
    assert written == SUITE
    packed = installed / "clearance_metrics" / "suite"
    assert sorted(path.name for path in packed.iterdir()) == SUITE


def test_the_wheel_holds_every_file_of_the_package(installed):
    source = ROOT / "src" / "clearance_metrics"
    wanted = {
        path.relative_to(source)
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    package = installed / "clearance_metrics"
    assert [path for path in wanted if not (package / path).is_file()] == []


def test_the_suite_is_found_from_an_empty_folder(installed, tmp_path):
    empty = tmp_path / "空 文件夹"
    empty.mkdir()
    ask = (
        "from clearance_metrics.report.build import _commit\n"
        "from clearance_metrics.report.notebooks import notebooks_in, suite\n"
        "print(_commit(), *(path.name for path in notebooks_in(suite())))"
    )
    # a repository around the installed library is not the library's own
    subprocess.run(["git", "init", "-q", str(installed)], check=True)
    told = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=empty,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert told[0] == "None" and sorted(told[1:]) == SUITE
