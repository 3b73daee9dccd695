"""A small demonstration that the tests of the command line share."""

import pytest

from clearance_metrics.cli import main


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A small demonstration, through intake."""
    folder = tmp_path_factory.mktemp("cli")
    assert main(["simulate", "--out", str(folder / "raw"), "--size", "0.05"]) == 0
    assert main(["intake", str(folder / "raw" / "dataset.toml"), "--out", str(folder / "out")]) == 0
    return folder
