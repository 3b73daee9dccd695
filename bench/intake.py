"""Time intake of an events file against the engine's own reading and writing of the same file.

    python bench/events.py --cases 500000 --out bench/data && python bench/intake.py bench/data

The two are run in turn; medians of seconds on the clock and of processor seconds are told, and
their ratios.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PLAIN = """
import duckdb
con = duckdb.connect()
con.execute("SET enable_progress_bar = false")
con.execute("COPY (FROM read_csv('{files}', {how})) TO '{out}/plain.parquet'")
"""
OURS = """
from pathlib import Path
from clearance_metrics.intake import ingest
ingest(Path('{data}/dataset.toml'), out=Path('{out}/log'), add={add})
"""
IMPORTS = "import duckdb\nfrom clearance_metrics.intake import ingest"


def seconds(code: str) -> tuple[float, float]:
    """Clock and processor seconds of a fresh interpreter that runs `code`."""
    from time import perf_counter

    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return perf_counter() - begun, used


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="intake against plain reading and writing")
    parser.add_argument("data", type=Path, help="folder that bench/events.py wrote")
    parser.add_argument("--times", type=int, default=5, help="runs of each (default: %(default)s)")
    args = parser.parse_args()
    runs: dict[str, list[tuple[float, float]]] = {}
    for _ in range(args.times):
        with tempfile.TemporaryDirectory(dir=args.data) as out:
            files = f"{args.data}/events*.csv"
            for label, code in (
                ("start of the interpreter", IMPORTS),
                ("plain, as text", PLAIN.format(files=files, how="all_varchar=true", out=out)),
                ("plain, with types", PLAIN.format(files=files, how="auto_detect=true", out=out)),
                ("intake", OURS.format(data=args.data, out=out, add=False)),
                ("intake --add", OURS.format(data=args.data, out=f"{out}/add", add=True)),
            ):
                runs.setdefault(label, []).append(seconds(code))
    base = [statistics.median(r[i] for r in runs["plain, as text"]) for i in (0, 1)]
    for label, found in runs.items():
        clock, used = (statistics.median(r[i] for r in found) for i in (0, 1))
        print(
            f"{label:26}{clock:8.2f} s clock ({clock / base[0]:.2f}) {used:8.2f} s processor"
            f" ({used / base[1]:.2f})"
        )


if __name__ == "__main__":
    main()
