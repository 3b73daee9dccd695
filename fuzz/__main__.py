"""python -m fuzz: make inputs, read them, count faults, and say which number makes one again."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

from tqdm import tqdm

from .run import TURNS, Outcome, kind_of, one
from .workers import outcomes

SHOWN = 5


def main(argv: list[str] | None = None) -> int:
    """0 when nothing went wrong, else 1."""
    asked = _arguments().parse_args(argv)
    if asked.replay is not None:
        return _replayed(asked)
    since = time.monotonic()
    numbers = [
        number
        for number in range(asked.start, asked.start + asked.inputs)
        if not asked.only or kind_of(number) in asked.only
    ]
    run = outcomes(asked.seed, numbers, asked.jobs)
    found = list(tqdm(run, total=len(numbers), disable=asked.quiet))
    found.sort(key=lambda outcome: outcome.number)
    print(text(found, asked.seed, time.monotonic() - since))
    if asked.out:
        Path(asked.out).write_text(
            json.dumps(summary(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    return int(any(outcome.faults for outcome in found))


def summary(found: list[Outcome]) -> dict:
    """Counts by kind of input and by kind of fault, and every input at fault."""
    kinds = sorted({outcome.kind for outcome in found})
    hows = {k: Counter(o.how for o in found if o.kind == k) for k in kinds}
    bad = [o for o in found if o.faults]
    return {
        "inputs": len(found),
        "by_kind": {k: {"inputs": sum(hows[k].values()), **hows[k]} for k in kinds},
        "faults": {k: _by_fault([o for o in bad if o.kind == k]) for k in kinds},
        "at_fault": [{"number": o.number, "kind": o.kind, "faults": list(o.faults)} for o in bad],
    }


def _by_fault(bad: list[Outcome]) -> dict[str, int]:
    return dict(Counter(fault.split(":")[0] for o in bad for fault in o.faults[:1]).most_common())


def text(found: list[Outcome], seed: int, seconds: float) -> str:
    """The summary as lines."""
    told = summary(found)
    lines = [f"{told['inputs']} inputs of seed {seed} in {seconds:.0f} s"]
    for kind, counts in told["by_kind"].items():
        faults = told["faults"][kind]
        parts = [f"{n} {how}" for how, n in counts.items()]
        lines.append(f"  {kind}: {', '.join(parts)}")
        for fault, n in faults.items():
            lines.append(f"    {n} {fault}")
            shown = [
                o for o in found if o.kind == kind and o.faults and o.faults[0].startswith(fault)
            ]
            lines += [f"      --replay {o.number}: {o.faults[0][:150]}" for o in shown[:SHOWN]]
    at_fault = len(told["at_fault"])
    lines.append(f"{at_fault} of {told['inputs']} inputs at fault")
    return "\n".join(lines)


def _replayed(asked: argparse.Namespace) -> int:
    keep = Path(asked.keep) if asked.keep else None
    outcome = one(asked.seed, asked.replay, keep)
    print(f"{outcome.kind} {outcome.number}: {outcome.how}")
    for fault in outcome.faults:
        print(f"  {fault}")
    return int(bool(outcome.faults))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m fuzz", description="odd and damaged inputs for every reader"
    )
    parser.add_argument("--inputs", type=int, default=50_000, help="how many (default 50000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other inputs")
    parser.add_argument("--start", type=int, default=0, help="number of the first input")
    parser.add_argument(
        "--only", nargs="+", choices=sorted(set(TURNS)), help="of these inputs some kinds"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="processes (default: a processor each)",
    )
    parser.add_argument("--replay", type=int, metavar="NUMBER", help="read this one input again")
    parser.add_argument("--keep", metavar="FOLDER", help="with --replay: leave its files there")
    parser.add_argument("--out", metavar="FILE", help="write counts and faults as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser


if __name__ == "__main__":
    sys.exit(main())
