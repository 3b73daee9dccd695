"""The demonstration's port charges: mostly lawful, with planted lines that break a rule and are counted."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from ..notice.tariff import ceilings

EPOCH = date(1970, 1, 1)
NOTICE_DAY = (date(2021, 8, 20) - EPOCH).days
FOLDED_DAY = (date(2022, 4, 1) - EPOCH).days
PORTS = ("海港甲", "海港乙", "海港丙")
SECURITY, DUES = "港口设施保安费", "货物港务费"
ITEMS = (DUES, SECURITY, "港口作业包干费", "库场使用费", "理货服务费")
LUMP_SUM = {"20": 47000, "40": 70500}


def charge_list() -> pl.DataFrame:
    """Each seaport's published list: the security fee leaves it on 1 April 2022."""
    rows = []
    for port in PORTS:
        for item in ITEMS:
            until = "2022-03-31" if item == SECURITY else ""
            rows.append({"口岸": port, "项目": item, "起": "2018-11-01", "止": until})
    return pl.DataFrame(rows)


def charges(rng, cases: pl.DataFrame) -> tuple[pl.DataFrame, dict]:
    """Charge lines of finished sea cases as text columns, and the planted violations."""
    sea = cases.filter((pl.col("mode") == "sea") & (pl.col("done") >= 0)).sort("done", "case_id")
    n = sea.height
    day, boxes, size = sea["done"].to_numpy(), sea["boxes"].to_numpy(), sea["size"].to_numpy()
    kind = sea["kind"].to_numpy()
    cargo = np.where(rng.rand(n) < 0.08, "dangerous_or_reefer", "general")
    rate = _rates(ceilings(), kind, size, cargo, day)
    new = day >= NOTICE_DAY
    parts: list[pl.DataFrame] = []

    def add(item: str, fen: np.ndarray, kept: np.ndarray, quantity: np.ndarray = boxes) -> None:
        parts.append(sea.filter(kept).select("case_id", "port", "done").with_columns(
            item=pl.lit(item), fen=pl.Series(fen[kept].astype("int64")), quantity=pl.Series(quantity[kept]),
            size=pl.Series(size[kept]), cargo=pl.Series(cargo[kept]),
        ))  # fmt: skip

    over = _some(rng, new, 52)
    extra = np.where(over, rng.randint(1, 40, n) * 100 * boxes, 0)
    dues = rate[DUES] * boxes + extra
    add(DUES, dues, np.ones(n, bool))
    alone = _some(rng, day >= FOLDED_DAY, 37)
    add(SECURITY, np.where(size == "20", 800, 1200) * boxes, alone)
    add(SECURITY, rate[SECURITY] * boxes, day < FOLDED_DAY)
    # folded into the lump sum, so that what a box pays does not fall by the abolished line
    folded = np.where(day >= FOLDED_DAY, np.where(size == "20", 800, 1200), 0)
    base = np.array([LUMP_SUM[s] for s in size])
    drift = 1 - 0.04 * (day >= NOTICE_DAY) * np.minimum((day - NOTICE_DAY) / 365, 1)
    add("港口作业包干费", (np.round(base * drift / 100) * 100 + folded) * boxes, np.ones(n, bool))
    nights = np.maximum(np.round(sea["dwell"].to_numpy() / 24) - 2, 0)
    add("库场使用费", nights * 500 * boxes, nights > 0)
    add("理货服务费", np.full(n, 3000) * boxes, rng.rand(n) < 0.5)
    before, after = _some(rng, ~new, 60), _some(rng, new, 46)
    add("港口信息费", np.full(n, 5000), before | after, np.ones(n, "int64"))
    lines = pl.concat(parts).sort("done", "case_id", "item", maintain_order=True)
    days = [str(EPOCH + timedelta(days=d)) for d in lines["done"].to_list()]
    amounts = [f"{f // 100:,}.{f % 100:02}" for f in lines["fen"].to_list()]
    shown = lines.select(
        行号=pl.format("F{}", pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)),
        业务编号="case_id", 口岸="port", 项目="item", 金额=pl.Series(amounts),
        币种=pl.lit("CNY"), 数量="quantity", 箱型="size", 货类=pl.col("cargo").replace_strict(
            {"general": "普货", "dangerous_or_reefer": "危冷"}),
        收费单位=pl.format("{}码头", "port"), 计费日=pl.Series(days), 账单=pl.format("B{}", "case_id"),
    )  # fmt: skip
    off_list = after.sum() + alone.sum()
    alone_fen = int((np.where(size == "20", 800, 1200) * boxes)[alone].sum())
    truth = {
        "security_lines": int(alone.sum()), "security_fen": alone_fen,
        "outside_list_lines": int(off_list), "outside_list_fen": int(after.sum()) * 5000 + alone_fen,
        "above_ceiling_lines": int(over.sum()), "above_ceiling_fen": int(extra[over].sum()),
    }  # fmt: skip
    return shown, truth


def _some(rng, among: np.ndarray, count: int) -> np.ndarray:
    """A mask of `count` (or all, if fewer) of the places in `among`."""
    places = np.flatnonzero(among)
    mask = np.zeros(len(among), bool)
    mask[rng.choice(places, min(count, len(places)), replace=False)] = True
    return mask


def _rates(
    rows: tuple, kind: np.ndarray, size: np.ndarray, cargo: np.ndarray, day: np.ndarray
) -> dict[str, np.ndarray]:
    """The set rate of each case's day per container, in fen, by item; 0 where none is set."""
    found = {item: np.zeros(len(day), "int64") for item in (DUES, SECURITY)}
    for row in rows:
        fits = (kind == row["kind"]) & (size == row["size"]) & (cargo == row["class"])
        found[row["item"]][fits & (day >= row["from"]) & (day <= row["to"])] = row["rate"]
    return found
