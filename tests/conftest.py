"""Where the third-party logs lie that some tests read; they are never part of the project."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support.demo import demos, stamps_of
from support.engine import instance, one_engine

from clearance_metrics.cli import main

# what is told must not hang on the locale of who runs the tests
os.environ["LC_ALL"] = "C.UTF-8"
# a change fails on what it changed, not on what was drawn that day; `make search` draws anew
# nor on how busy the machine is
patient = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, **patient)
settings.register_profile("anew", derandomize=False, database=None, print_blob=True, **patient)
settings.load_profile("same")
__all__ = ["demos", "instance", "one_engine"]  # fixtures, here for all tests
ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_finish():
    """What was loaded stays to the end, and need not be looked through for garbage each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20)


def pytest_unconfigure():
    """At the end all of it can go."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def shared_data():
    """A function from a folder's name to its path; skips the test where the data is absent."""
    base = Path(os.environ.get("CLEARANCE_METRICS_DATA", ROOT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        if not (base / name).exists():
            pytest.skip(
                f"third-party test data {name!r} is not here; set CLEARANCE_METRICS_DATA to its"
                " folder"
            )
        return base / name

    return find


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A small demonstration, through intake: to be read alone, all tests share it."""
    folder = tmp_path_factory.mktemp("cli")
    assert main(["simulate", "--out", str(folder / "raw"), "--size", "0.05"]) == 0
    assert main(["intake", str(folder / "raw" / "dataset.toml"), "--out", str(folder / "out")]) == 0
    before = stamps_of(folder)
    yield folder
    assert stamps_of(folder) == before, "a test wrote into what all share"
