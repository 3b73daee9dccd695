"""What ports publish and ships pay: operating limits, waivers, port calls and their pilotage, with
planted breaches.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from ..notice.rates import PILOTAGE, factors, pilotage_caps, pilotage_tiers
from .cases import LOCAL, spread_starts
from .extras import hours, some

EPOCH = date(1970, 1, 1)
RULE_DAY = (date(2022, 4, 1) - EPOCH).days
WAIVER_PORT, WAIVER_FROM, WAIVER_TO, WAIVED = "海港丙", date(2022, 1, 1), date(2022, 12, 31), 50
# invented ports, and which port of the rule on pilotage each is ruled as; the mapping says the same
CALLED = {"引航港甲": "上海", "引航港乙": "深圳", "引航港丙": "青岛", "引航港丁": "天津"}
OPERATIONS, LIMITS, PROMISED = (
    ("提箱", "移位", "装卸", "调箱"),
    (60, 30, 240, 45),
    (80, 100, 75, 90),
)


def waivers() -> pl.DataFrame:
    """One port waives half of its cargo dues for a year."""
    return pl.DataFrame(
        {
            "口岸": [WAIVER_PORT],
            "项目": ["货物港务费"],
            "减免比例": [WAIVED],
            "起": [str(WAIVER_FROM)],
            "止": [str(WAIVER_TO)],
        }
    )


def limits(ports: tuple[str, ...]) -> pl.DataFrame:
    """Each port's published limits; one port halves its own for pick-up in 2022 and promises a
    share of 90 %.
    """
    rows = [
        {"口岸": p, "作业": o, "时限": m, "占比": share, "起": "2019-01-01", "止": ""}
        for p in ports
        for o, m, share in zip(OPERATIONS, LIMITS, PROMISED, strict=True)
    ]
    first = next(r for r in rows if r["口岸"] == ports[0] and r["作业"] == "提箱")
    first["止"] = "2021-12-31"
    rows.append(first | {"时限": LIMITS[0] // 2, "占比": 90, "起": "2022-01-01", "止": ""})
    return pl.DataFrame(rows)


def port_calls(rng: np.random.RandomState, n: int) -> tuple[pl.DataFrame, pl.DataFrame, dict]:
    """Port calls, a pilotage line for each, and how many of these lie above their ceiling.

    Ships up to 120 000 net tons rest on rates that nobody has verified: what was planted among them
    shows only with a verified tariff.
    """
    begun, _ = spread_starts(rng, n)
    n = len(begun)
    day = (begun + LOCAL) // 86400
    place = rng.randint(0, len(CALLED), n)
    port, ruled = np.array(list(CALLED))[place], np.array(list(CALLED.values()))[place]
    tons = np.where(
        rng.rand(n) < 0.35, rng.randint(120_001, 190_000, n), rng.randint(8_000, 120_001, n)
    )
    distance = np.where(rng.rand(n) < 0.85, rng.randint(3, 11, n), rng.randint(11, 40, n))
    moves = rng.randint(1, 3, n)
    ceiling = _ceilings(ruled, tons, day)
    near, new, large = distance <= 10, day >= RULE_DAY, tons > 120_000
    lawful = ceiling - ceiling // 20 * rng.randint(0, 3, n)
    dear, small = some(rng, near & new & large, 9), some(rng, near & new & ~large, 6)
    extra = np.where(dear | small, rng.randint(1, 50, n) * 1000, 0)
    paid = (np.where(dear | small, ceiling, lawful) + extra) * moves
    ids = [f"V{i:07}" for i in range(1, n + 1)]
    left = begun + hours(rng, np.full(n, 30.0))
    stamp = "%Y-%m-%d %H:%M"
    calls = pl.DataFrame(
        {
            "航次": ids,
            "口岸": port,
            "靠泊": pl.from_epoch(pl.Series(begun + LOCAL)).dt.strftime(stamp),
            "离港": pl.from_epoch(pl.Series(left + LOCAL)).dt.strftime(stamp),
        }
    )
    lines = pl.DataFrame(
        {
            "行号": [f"G{i:07}" for i in range(1, n + 1)],
            "业务编号": ids,
            "口岸": port,
            "项目": PILOTAGE,
            "金额": [f"{f // 100}.{f % 100:02}" for f in paid.tolist()],
            "币种": "CNY",
            "数量": moves,
            "净吨": tons,
            "距离": distance,
            "航线": "国际",
            "计费日": [str(EPOCH + timedelta(days=d)) for d in day.tolist()],
            "账单": [f"B{i}" for i in ids],
            "收费单位": [f"{p}引航站" for p in port],
        }
    )
    truth = {
        "pilotage_lines": int(dear.sum()),
        "pilotage_fen": int((extra * moves)[dear].sum()),
        "pilotage_small_lines": int(small.sum()),
        "pilotage_small_fen": int((extra * moves)[small].sum()),
        "pilotage_checked": int((near & new & large).sum()),
        "pilotage_not_verified": int((new & ~(near & large)).sum()),
    }
    return calls, lines, truth


def _ceilings(port: np.ndarray, tons: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whole fen of one movement abroad within 10 nautical miles, by port, net tons and day."""
    mills = sum(
        np.clip(np.minimum(tons, t["high"]) - t["low"], 0, None) * t["rate"]
        for t in pilotage_tiers()
    )
    share = np.full(len(tons), 1000)
    for row in factors():
        on = (day >= row["from"]) & (day <= row["to"])
        share = np.where(
            (row["item"] == PILOTAGE) & (port == row["port"]) & on, row["permille"], share
        )
    fen = mills * share // 10000
    for wanted in ("", *CALLED.values()):
        for row in pilotage_caps():
            on = (day >= row["from"]) & (day <= row["to"]) & (tons > row["low"])
            if row["port"] == wanted:
                fen = np.where(on & ((wanted == "") | (port == wanted)), row["rate"], fen)
    return fen.astype("int64")
