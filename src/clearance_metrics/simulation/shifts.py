"""Changes with a known truth: cargo that moves between two airports, and ports that start ship-side
pick-up in turn.

No time of an import moves: only at which of the two airports it is cleared, so all else that was
planted stays.
"""

from __future__ import annotations

from calendar import monthrange

import numpy as np
import polars as pl

from .cases import END, LOCAL, MONTHS, PORTS, _first_days
from .held import _written

BEFORE, AFTER = ((2020, 9), (2021, 8)), ((2022, 1), (2022, 12))
SHARES, STEEP = (
    (0.65, 0.20),
    4.0,
)  # of air cargo at the first airport, before and after; how surely the slow goes there
TERMINALS = tuple(f"港{i:02}" for i in range(1, 17))
STARTS = {"2021-06": TERMINALS[:3], "2021-11": TERMINALS[3:6], "2022-03": TERMINALS[6:8]}
SPAN = ((2020, 4), (2022, 12))
STEP_MONTH, STEP, EFFECT = (2021, 9), -6.0, -8.0
EACH, SIGMA = 30, 0.35


def airports(
    rng: np.random.RandomState, events: pl.DataFrame, cases: pl.DataFrame
) -> tuple[pl.DataFrame, dict]:
    """Imports with their airports drawn anew, and the bridge of the overall mean by port as it is
    to be expected.

    The slower a case within its month of release, the likelier it goes to the first airport, whose
    share falls from `SHARES[0]` to `SHARES[1]`. The truth is the expectation over these draws, so
    it rests on no case's airport.
    """
    ends = events.filter(pl.col("milestone").is_in(["conveyance_arrived", "customs_released"]))
    wide = cases.select("case_id").join(
        ends.pivot("milestone", index="case_id", values="time", aggregate_function="first"),
        "case_id",
        "left",
        maintain_order="left",
    )
    begun, done = (
        _written(wide[m].fill_null(-1).to_numpy())
        for m in ("conveyance_arrived", "customs_released")
    )
    hours, settled = (done - begun) / 3600, (done >= 0) & (begun >= 0)
    month = np.searchsorted(_first_days(), (done + LOCAL) // 86400, side="right") - 1
    air, port = cases["mode"].to_numpy() == "air", cases["port"].to_numpy().astype(object)
    wanted = np.interp(
        np.arange(len(MONTHS)), (MONTHS.index(BEFORE[1]), MONTHS.index(AFTER[0])), SHARES
    )
    first = (port == PORTS["air"][0]).astype(float)
    for m in range(len(MONTHS)):
        here = np.flatnonzero(air & settled & (month == m))
        place = np.empty(len(here))
        place[np.argsort(hours[here], kind="stable")] = (np.arange(len(here)) + 0.5) / max(
            len(here), 1
        )
        first[here] = _likely(place, wanted[m])
    drawn = rng.rand(len(air)) < first
    moved = np.where(air & settled, np.where(drawn, *PORTS["air"]), port)
    chances = {
        p: (port == p).astype(float) for p in (*PORTS["sea"], *PORTS["rail"], *PORTS["road"])
    }
    chances |= {
        PORTS["air"][0]: np.where(air, first, 0.0),
        PORTS["air"][1]: np.where(air, 1 - first, 0.0),
    }
    inside = [
        settled & (month >= MONTHS.index(a)) & (month <= MONTHS.index(b))
        for a, b in (BEFORE, AFTER)
    ]
    every, flown = [
        _expected(chances, hours, [some & among for some in inside]) for among in (True, air)
    ]
    return cases.with_columns(port=pl.Series(moved.tolist(), dtype=pl.String)), {
        "before": _span(BEFORE),
        "after": _span(AFTER),
        "imports": every,
        "air": flown,
    }


def _likely(place: np.ndarray, share: float) -> np.ndarray:
    """A logistic chance that rises with the place among a month's cases (0 to 1), of the given
    mean.
    """
    even, offsets = (np.arange(400) + 0.5) / 400, np.linspace(-8, 8, 321)
    means = [(1 / (1 + np.exp(-(a + STEEP * (2 * even - 1))))).mean() for a in offsets]
    return 1 / (1 + np.exp(-(np.interp(share, means, offsets) + STEEP * (2 * place - 1))))


def _expected(
    chances: dict[str, np.ndarray], hours: np.ndarray, sides: list[np.ndarray]
) -> dict | None:
    """Kitagawa's terms from expected counts and hours;

    None where a port is expected on one side only.
    """
    n = np.array([[chance[side].sum() for chance in chances.values()] for side in sides])
    total = np.array(
        [[(chance * hours)[side].sum() for chance in chances.values()] for side in sides]
    )
    kept = n.sum(axis=0) > 0
    n, total = n[:, kept], total[:, kept]
    if not n.size or (n == 0).any():
        return None
    share, mean = n / n.sum(axis=1, keepdims=True), total / n
    own = (mean[1] - mean[0]) * share.mean(axis=0)
    return {
        "mean_before": float(total[0].sum() / n[0].sum()),
        "mean_after": float(total[1].sum() / n[1].sum()),
        "composition": float(((share[1] - share[0]) * mean.mean(axis=0)).sum()),
        "own": dict(zip(np.array(list(chances))[kept].tolist(), own.tolist(), strict=True)),
    }


def pickups(rng: np.random.RandomState, size: float) -> tuple[pl.DataFrame, dict]:
    """Hours from discharge to gate-out at invented ports, of which half take up ship-side pick-up
    in different months.

    Every port's mean falls by `-STEP` hours in the first whole month after the notice; a port's
    mean falls by `-EFFECT` more from its own start on.
    """
    begun = {port: month for month, ports in STARTS.items() for port in ports}
    span = [m for m in MONTHS if SPAN[0] <= m <= SPAN[1]]
    each = max(round(EACH * size), 2)
    level = dict(
        zip(TERMINALS, np.round(rng.uniform(44, 54, len(TERMINALS)), 1).tolist(), strict=True)
    )
    parts = []
    for port in TERMINALS:
        for year, month in span:
            name = f"{year}-{month:02}"
            season = 1.2 * np.cos(2 * np.pi * (month - 2) / 12)
            mean = level[port] + season + STEP * ((year, month) >= STEP_MONTH)
            mean += EFFECT * (port in begun and name >= begun[port])
            first = int(_first_days()[MONTHS.index((year, month))])
            # the last month's boxes land early, so that none is still there when the log ends
            days = 18 if (year, month) == MONTHS[-1] else monthrange(year, month)[1]
            arrived = np.sort(rng.randint(0, days * 86400, each)) + first * 86400
            took = mean * np.exp(rng.normal(0, SIGMA, each) - SIGMA**2 / 2)
            parts.append(
                pl.DataFrame(
                    {
                        "口岸": port,
                        "直提启用月": begun.get(port, ""),
                        "卸货": arrived,
                        "提离": arrived + np.round(took * 3600).astype("int64"),
                    }
                )
            )
    rows = pl.concat(parts)
    stamp = [
        pl.when(pl.col(c) <= END + LOCAL)
        .then(pl.from_epoch(pl.col(c)).dt.strftime("%Y-%m-%d %H:%M"))
        .otherwise(pl.lit(""))
        .alias(c)
        for c in ("卸货", "提离")
    ]
    numbered = pl.Series("提箱编号", [f"K{i:07}" for i in range(1, rows.height + 1)])
    truth = {
        "effect_hours": EFFECT,
        "starts": begun,
        "never": [p for p in TERMINALS if p not in begun],
        "level_hours": STEP,
        "level_month": "{}-{:02}".format(*STEP_MONTH),
        "months": _span(SPAN),
        "cases": rows.height,
    }
    return rows.with_columns(stamp).select(numbered, pl.all()), truth


def _span(ends: tuple[tuple[int, int], tuple[int, int]]) -> list[str]:
    return [f"{year}-{month:02}" for year, month in ends]
