"""python -m study: simulate, count, say what is outside and why."""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np
from tqdm import tqdm

from . import cover, oracles, reasons, route, tables, verdicts, what_if
from .scenarios import SCENARIOS, Scenario

BATCH = 50
SUPPOSED, RUNS = "what-if", 500  # what is supposed of cases, and how many logs it is asked of


def main(argv: list[str] | None = None) -> int:
    """0 when the study is written, whatever it found."""
    asked = _arguments().parse_args(argv)
    result = run(
        asked.seed,
        asked.logs,
        asked.only or [*(s.id for s in SCENARIOS), SUPPOSED],
        asked.jobs,
        quiet=asked.quiet,
    )
    print(tables.text(result))
    _write(result, Path(asked.out))
    return 0


def run(seed: int, logs: int, only: list[str], jobs: int, quiet: bool = False) -> dict:
    """The whole study as plain data: the same seed and number of logs, the same data, whatever the
    number of jobs.
    """
    chosen = [(i, s) for i, s in enumerate(SCENARIOS) if s.id in only]
    todo = [
        (_batch, i, s, first, min(first + BATCH, _logs(s, logs)), seed)
        for i, s in chosen
        for first in range(0, _logs(s, logs), BATCH)
    ]
    settings = [
        (kind, truth, n)
        for truth, sizes in verdicts.SIZES.items()
        for kind in verdicts.KINDS
        for n in sizes
    ]
    todo += [(_verdict, i, *one, seed, 5 * logs // 2) for i, one in enumerate(settings)]
    runs = min(RUNS, logs) if SUPPOSED in only else 0
    todo += [(_supposed, k, min(k + BATCH, runs), seed) for k in range(0, runs, BATCH)]
    found = _answered(todo, jobs, quiet)
    covers = []
    for i, scenario in chosen:
        truths, rows = scenario.world.truths(), {}
        for job, answers in zip(todo, found, strict=True):
            if job[:2] == (_batch, i):
                for name, some in answers.items():
                    rows.setdefault(name, []).extend(some)
        covers += [
            cover.summary(scenario.id, name, truths[name], np.array(some))
            for name, some in rows.items()
        ]
    judged = [answer for job, answer in zip(todo, found, strict=True) if job[0] is _verdict]
    supposed = [one for job, a in zip(todo, found, strict=True) if job[0] is _supposed for one in a]
    shares = [
        {"target": q, "n": n, "wrong_met": verdicts.share_rule(q, n)}
        for q in (0.5, 0.75, 0.9, 0.95)
        for n in (30, 100, 500, 2000)
    ]
    return _rounded(
        {
            "seed": seed,
            "logs": logs,
            "scenarios": [{"id": s.id, "zh": s.zh, "en": s.en, "n": s.world.n} for _, s in chosen],
            "coverage": [c.to_dict() for c in covers],
            "outside": [
                {
                    "scenario": c.scenario,
                    "statistic": c.statistic,
                    "coverage": c.coverage,
                    "why": reasons.why(c),
                }
                for c in covers
                if c.outside
            ],
            "verdicts": [v.to_dict() for v in judged],
            "share_rule": shares,
            "what_if": [c.to_dict() for c in what_if.covers(supposed)] if supposed else [],
            "route": route.differences(seed, tuple(s.id for _, s in chosen if s.id in route.IDS)),
            "survival": oracles.survival(seed, min(200, logs)),
            "sicily": oracles.sicily(),
            "staggered": oracles.staggered(),
        }
    )


def _logs(scenario: Scenario, logs: int) -> int:
    return max(1, round(scenario.part * logs))


def _batch(place: int, scenario: Scenario, first: int, last: int, seed: int) -> dict:
    return cover.batch(scenario, [(seed, place, k) for k in range(first, last)])


def _verdict(
    place: int, kind: str, truth: float, n: int, seed: int, runs: int
) -> verdicts.Verdicts:
    return verdicts.simulate(kind, truth, n, (seed, 70, place), runs)


def _supposed(first: int, last: int, seed: int) -> list[dict]:
    return what_if.batch(seed, first, last)


def _answered(todo: list[tuple], jobs: int, quiet: bool) -> list:
    """Answers in the order of the jobs."""
    bar = tqdm(total=len(todo), unit="batch", disable=quiet)
    if jobs == 1:
        found = []
        for ask, *more in todo:
            found.append(ask(*more))
            bar.update()
        return found
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(ask, *more) for ask, *more in todo]
        for _ in as_completed(waiting):
            bar.update()
        return [one.result() for one in waiting]


def _rounded(value):
    """Nine digits: more would differ with the linear algebra of the machine."""
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    return float(f"{value:.9g}") if isinstance(value, float | np.floating) else value


def _write(result: dict, out: Path) -> None:
    from clearance_metrics.results.charts.canvas import to_svg

    from .chart import chart

    out.mkdir(parents=True, exist_ok=True)
    (out / "study.json").write_text(
        json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (out / "study.svg").write_text(to_svg(chart(result)), encoding="utf-8")
    print(f"\nwritten: {out / 'study.json'}, {out / 'study.svg'}")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m study",
        description="the library's intervals and verdicts against known truth",
    )
    parser.add_argument(
        "--logs",
        type=_count,
        default=2000,
        help="simulated logs per scenario, fewer where intervals are drawn (default 2000)",
    )
    parser.add_argument(
        "--seed", type=int, default=85, help="the same seed, the same files (default 85)"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        choices=[*(s.id for s in SCENARIOS), SUPPOSED],
        help="some of the scenarios",
    )
    parser.add_argument(
        "--jobs",
        type=_count,
        default=os.cpu_count() or 1,
        help="processes (default: one per processor)",
    )
    parser.add_argument(
        "--out", default="reports", help="folder for study.json and study.svg (default reports)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser


def _count(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
