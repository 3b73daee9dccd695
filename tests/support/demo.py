"""Simulated demonstrations through intake, each made once for all tests that read it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pages
import pytest

from clearance_metrics import EventLog
from clearance_metrics.intake import ingest
from clearance_metrics.intake.receipt import Receipt
from clearance_metrics.simulation import simulate

MADE = pytest.StashKey[dict[tuple[int, float], "Demo"]]()
SEED = 20210820  # the simulation's own


@dataclass(frozen=True)
class Demo:
    """A demonstration: raw files, what was planted, what intake wrote and booked."""

    raw: Path
    folder: Path
    truth: dict
    receipt: Receipt
    stamps: dict[Path, int]

    @property
    def log(self) -> EventLog:
        """The log, opened anew."""
        return EventLog.open(self.folder)


def stamps_of(*folders: Path) -> dict[Path, int]:
    """When each file below was written last, in nanoseconds."""
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {path: path.stat().st_mtime_ns for path in found}


@pytest.fixture(scope="session")
def demos(pytestconfig, tmp_path_factory):
    """A function from a size and a seed to a demonstration, to be read alone: all tests share it.

    A test that writes makes or copies its own. What was written to fails at the end of the run.
    """
    made = pytestconfig.stash.setdefault(MADE, {})

    def demo(size: float = 1.0, seed: int = SEED) -> Demo:
        if (seed, size) not in made:
            base = tmp_path_factory.mktemp(f"demo-{seed}-{size:g}-")
            raw, folder = base / "raw", base / "log"
            truth = simulate(raw, seed, size)
            receipt = ingest(raw / "dataset.toml", out=folder)
            made[seed, size] = Demo(raw, folder, truth, receipt, stamps_of(raw, folder))
        return made[seed, size]

    yield demo
    for one in made.values():
        assert stamps_of(one.raw, one.folder) == one.stamps, f"a test wrote into {one.raw.parent}"


def beside(demo: Demo, folder: Path) -> Path:
    """`folder` as one has it after `make report` without data of one's own, with a copy."""
    shutil.copytree(demo.folder, folder / pages.DEMO)
    return folder
