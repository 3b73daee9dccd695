"""The figures that were asked for, and how what was measured stands to them.

Pure functions of the measured rows.
"""

from __future__ import annotations

from math import log
from statistics import median

LARGE, LARGER = 2_000_000, 20_000_000


def summary(seconds: list[float]) -> dict[str, float]:
    """Median, least and most of several runs.

    >>> summary([3.0, 1.0, 2.0])
    {'median': 2.0, 'least': 1.0, 'most': 3.0}
    """
    return {"median": median(seconds), "least": min(seconds), "most": max(seconds)}


def slope(sizes: list[int], values: list[float]) -> float | None:
    """The exponent of growth: the slope of a straight line through the logarithms; None with fewer
    than two sizes.

    >>> round(slope([10, 100, 1000], [2.0, 20.0, 200.0]), 6)
    1.0
    """
    if len(set(sizes)) < 2:
        return None
    x, y = [log(s) for s in sizes], [log(v) for v in values]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    spread = sum((a - mx) ** 2 for a in x)
    return sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True)) / spread


def at_most(name: str, found: float | None, asked: float, unit: str = "") -> dict:
    """A goal that is an upper bound.

    >>> at_most("SQL", 1.07, 1.2)["verdict"]
    'reached: 1.07, asked at most 1.2'
    """
    return _goal(name, found, asked, unit, "at most", found is not None and found <= asked)


def at_least(name: str, found: float | None, asked: float, unit: str = "") -> dict:
    """A goal that is a lower bound.

    >>> at_least("lifelines", 4.0, 30)["verdict"]
    'not reached: 4, asked at least 30'
    """
    return _goal(name, found, asked, unit, "at least", found is not None and found >= asked)


def _goal(name, found, asked, unit, rule, good) -> dict:
    if found is None:
        verdict = "not measured"
    else:
        verdict = (
            f"{'reached' if good else 'not reached'}: {found:.3g}{unit}, asked {rule}"
            f" {asked:g}{unit}"
        )
    return {
        "goal": name,
        "value": found,
        "asked": asked,
        "rule": rule,
        "reached": None if found is None else good,
        "verdict": verdict,
    }


def goals(rows: list[dict], scaling: list[dict], size: int) -> list[dict]:
    """Every goal with its verdict.

    `rows` are contenders at tasks, `scaling` ours at several sizes under a limit.
    """
    whole = {(r["task"], r["contender"]): r["seconds"]["median"] for r in rows if r["seconds"]}
    inside = {(r["task"], r["contender"]): r["inside"]["median"] for r in rows if r["inside"]}
    worked = {(r["task"], r["contender"]): r["processor"]["median"] for r in rows if r["processor"]}

    def ratio(times: dict, task: str, over: str, under: str) -> float | None:
        top, base = times.get((task, over)), times.get((task, under))
        return top / base if top and base else None

    # on a larger log start-up weighs less
    asked = 1.2 if size >= LARGER else 1.8
    found = []
    for how, times in (
        ("whole process", whole),
        ("without start-up", inside),
        ("processor time", worked),
    ):
        bound = asked if times is whole else 1.2
        found += [
            at_most(
                f"clearance against SQL, {how}",
                ratio(times, "clearance", "ours", "sql"),
                bound,
                "x",
            ),
            at_most(
                f"clearance to the minute against SQL, {how}",
                ratio(times, "clearance_minute", "ours", "sql"),
                bound,
                "x",
            ),
            at_least(
                f"intake's speed against the engine's own reader, {how}",
                ratio(times, "intake", "sql", "ours"),
                0.5,
                "x",
            ),
            at_least(
                f"Kaplan-Meier against lifelines, {how}",
                ratio(times, "survival", "lifelines_km", "ours"),
                40,
                "x",
            ),
        ]
    cards = {r["cases"]: r for r in rows if r["task"] == "scorecard" and r["seconds"]}
    for at, name, within in ((LARGE, "2 million", 9), (LARGER, "20 million", 60)):
        card = cards.get(at)
        time, memory = f"scorecard of {name} cases, time", f"scorecard of {name} cases, memory"
        found += [
            at_most(time, card and card["seconds"]["median"], within, " s"),
            at_most(memory, card and card["peak"]["median"] / 1e9, 5, " GB"),
        ]
    for task in dict.fromkeys(r["task"] for r in scaling):
        done = sorted(
            (r for r in scaling if r["task"] == task and r["seconds"]), key=lambda r: r["cases"]
        )
        sizes = [r["cases"] for r in done]
        # below that, start-up is most of the time and the slope says nothing about growth
        grown = (
            slope(sizes, [r["seconds"]["median"] for r in done])
            if sizes and sizes[-1] >= LARGE
            else None
        )
        at = {r["cases"]: r["peak"]["median"] for r in done}
        flat = at[LARGER] / at[LARGE] if LARGE in at and LARGER in at else None
        found.append(at_most(f"{task}: memory at 200 against 20 million events", flat, 1.25, "x"))
        found.append(
            at_most(
                f"{task}: exponent of time over {', '.join(f'{s:,}' for s in sizes)} cases",
                grown,
                1.05,
            )
        )
    bare = whole.get(("import", "python"))
    # the library loads its parts when first asked, so the bare import alone would flatter it
    for who, what in (
        ("ours", "import clearance_metrics"),
        ("ours with names", "import of its main names"),
    ):
        loaded = whole.get(("import", who))
        found.append(at_most(f"{what}, above bare Python", loaded and loaded - bare, 0.5, " s"))
    return found
