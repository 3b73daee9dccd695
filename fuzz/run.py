"""One input: made, read, judged."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from random import Random

from clearance_metrics import ingest
from clearance_metrics.errors import ClearanceError

from . import csv_files, data_frames, excel_files, mappings, parquet_files, truth

MAKERS = {
    "csv": csv_files.make,
    "excel": excel_files.make,
    "parquet": parquet_files.make,
    "mapping": mappings.make,
}
# how often each comes: of 20
TURNS = ("csv",) * 9 + ("excel",) * 3 + ("parquet",) * 3 + ("mapping",) * 3 + ("frames",) * 2


@dataclass(frozen=True)
class Outcome:
    """How an input went: read, refused or broken, and its faults."""

    number: int
    kind: str
    how: str
    faults: tuple[str, ...] = ()


def kind_of(number: int) -> str:
    """The kind of an input.

    >>> kind_of(0), kind_of(19)
    ('csv', 'frames')
    """
    return TURNS[number % len(TURNS)]


def one(seed: int, number: int, keep: Path | None = None) -> Outcome:
    """Make and read one input; with `keep` it is left there."""
    kind = kind_of(number)
    rng = Random(f"{seed} {number}")
    if kind == "frames":
        return _frames(rng, number)
    work = Path(tempfile.mkdtemp(prefix="fuzz-"))
    folder = keep or work / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        known = MAKERS[kind](rng, folder)
        how, faults = _read(folder, work / "log", known)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Outcome(number, kind, how, tuple(faults))


def _read(folder: Path, out: Path, known: truth.Truth) -> tuple[str, list[str]]:
    try:
        receipt = ingest(folder / "dataset.toml", out=out, threads=1)
    except ClearanceError as error:
        return "refused", truth.refusal(known, error)
    except Exception as error:
        return "broken", [_told(error)]
    return "read", truth.reading(known, receipt, out)


def _frames(rng: Random, number: int) -> Outcome:
    try:
        how, faults = data_frames.check(rng)
    except Exception as error:
        how, faults = "broken", [_told(error)]
    return Outcome(number, "frames", how, tuple(faults))


def _told(error: BaseException) -> str:
    """The error and where in the library it was last seen."""
    ours = [
        f for f in traceback.extract_tb(error.__traceback__) if "clearance_metrics" in f.filename
    ]
    at = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"traceback: {type(error).__name__}{at}: {' / '.join(str(error).splitlines())[:200]}"
