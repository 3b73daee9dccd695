"""The logs that are asked: the demonstration, and the deliveries of SCMS where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

from .names import ingest, simulate

ROOT = Path(__file__).resolve().parent.parent
SCMS = "SCMS_Delivery_History_Dataset.csv.gz"


def shared() -> Path:
    """The folder of third-party data; never part of the project."""
    return Path(os.environ.get("CLEARANCE_METRICS_DATA", ROOT.parent / "shared" / "data"))


def prepare(work: Path) -> list[Path]:
    """Simulate and read the demonstration, and read SCMS; returns the folders that can be asked."""
    raw = work / "raw" / "demo"
    simulate(raw)
    ingest(raw / "dataset.toml", out=work / "demo")
    made = [work / "demo"]
    if (shared() / "scms" / SCMS).exists():
        ingest(ROOT / "examples" / "scms" / "dataset.toml", shared() / "scms", work / "scms")
        made.append(work / "scms")
    return made
