"""python -m bench: generate, compare, time, show.

Heavy libraries are loaded only after the last timing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from . import measure, tables
from .goals import goals
from .machine import machine, versions
from .runner import BenchError
from .tasks import TASKS


def main(argv: list[str] | None = None) -> int:
    """0 when every answer agreed and the result is written, 1 when the run stopped with a
    sentence.
    """
    asked = _arguments().parse_args(argv)
    made = None if asked.work else tempfile.mkdtemp(prefix="bench-")
    work = Path(asked.work or made).resolve()
    work.mkdir(parents=True, exist_ok=True)
    try:
        result = run(asked, work)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if made:
            shutil.rmtree(made, ignore_errors=True)
    print(tables.text(result))
    _write(result, Path(asked.out))
    return 0


def run(asked: argparse.Namespace, work: Path) -> dict:
    """The whole benchmark as plain data."""

    def say(what: str) -> None:
        print(f"  {what}", file=sys.stderr, flush=True)

    chosen = [t for t in TASKS if not asked.only or t.name in asked.only]
    say(f"making the log: {asked.size:,} cases")
    folder = measure.make_log(work, asked.size, raw=any(t.reads == "raw" for t in chosen))
    rows = []
    for task in chosen:
        rows += measure.contend(task, folder, asked.size, asked.runs, say)
    scaling = []
    if not asked.only or "growth" in asked.only:
        sizes = sorted(
            {n for n in (asked.size // 100, asked.size // 10, asked.size) if n >= 10_000}
            | {asked.size}
        )
        scaling = measure.scale(work, sizes, asked.memory, min(asked.runs, 3), say)
    if not asked.only or "import" in asked.only:
        rows += measure.imports(2 * asked.runs + 1, say)
    receipt = json.loads((folder / "log" / "receipt.json").read_text(encoding="utf-8"))
    return {
        "size": asked.size,
        "events": receipt["tables"]["events"],
        "runs": asked.runs,
        "machine": machine(),
        "versions": versions(),
        "rows": rows,
        "scaling": scaling,
        "goals": goals(rows, scaling, asked.size),
    }


def _write(result: dict, out: Path) -> None:
    from clearance_metrics.results.charts.canvas import to_svg

    from .chart import chart

    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
    (out / "bench.json").write_text(text, encoding="utf-8")
    if any(r["task"] != "import" for r in result["rows"]):
        (out / "bench.svg").write_text(to_svg(chart(result)), encoding="utf-8")
    print(f"\nwritten: {out / 'bench.json'}, {out / 'bench.svg'}")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="clearance-metrics beside other ways to the same numbers",
    )
    parser.add_argument(
        "--size", type=_count, default=100_000, help="cases, up to 20 million (default 100,000)"
    )
    parser.add_argument(
        "--runs",
        type=_count,
        default=5,
        help="timed runs of each contender after its warm-up (default 5)",
    )
    parser.add_argument(
        "--memory",
        default="1GB",
        help="the engine's memory limit where growth is measured (default 1GB)",
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        choices=[*(t.name for t in TASKS), "growth", "import"],
        help="some of the tasks",
    )
    parser.add_argument(
        "--work", help="folder for the generated logs, kept afterwards (default: a temporary one)"
    )
    parser.add_argument(
        "--out", default="reports", help="folder for bench.json and bench.svg (default reports)"
    )
    return parser


def _count(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
