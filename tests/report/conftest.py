"""A demonstration with its report, which the tests of pages read."""

from pathlib import Path

import pytest
from support.reports import built

from clearance_metrics.intake import ingest
from clearance_metrics.simulation import simulate

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A demonstration at a fifth of its size, with its report in Chinese."""
    folder = tmp_path_factory.mktemp("report")
    simulate(folder / "raw", size=0.2)
    ingest(folder / "raw" / "dataset.toml", out=folder / "log")
    built(folder / "log", notebooks=NOTEBOOKS, out=folder / "pages")
    return folder
