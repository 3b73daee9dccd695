"""The demonstration's port charges: mostly lawful, with planted lines that break a rule and are
counted.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from ..notice.rates import ceilings
from .extras import some
from .payees import billed_by, counted
from .ports import WAIVED, WAIVER_FROM, WAIVER_PORT, WAIVER_TO

EPOCH = date(1970, 1, 1)
NOTICE_DAY = (date(2021, 8, 20) - EPOCH).days
FOLDED_DAY = (date(2022, 4, 1) - EPOCH).days
PORTS = ("海港甲", "海港乙", "海港丙")
LUMP = "港口作业包干费"
SECURITY, DUES = "港口设施保安费", "货物港务费"
SUB_ITEM, TALLY, WASH = "港口作业包干费-保安子项", "理货服务费", "洗箱费"
ITEMS = (DUES, SECURITY, LUMP, SUB_ITEM, "库场使用费", TALLY, WASH)
TALLY_FEN = 3000
LUMP_SUM = {"20": 47000, "40": 70500}


def charge_list() -> pl.DataFrame:
    """Each seaport's published list: the security fee leaves it on 1 April 2022."""
    rows = []
    for port in PORTS:
        for item in ITEMS:
            until = "2022-03-31" if item == SECURITY else ""
            rate = f"{TALLY_FEN / 100:.2f}" if item == TALLY else ""
            rows.append({"口岸": port, "项目": item, "起": "2018-11-01", "止": until, "标准": rate})
    return pl.DataFrame(rows)


def charges(
    rng: np.random.RandomState,
    cases: pl.DataFrame,
    later: np.random.RandomState,
    payees: np.random.RandomState,
) -> tuple[pl.DataFrame, dict]:
    """Charge lines of finished sea cases as text columns, and the planted violations.

    `later` and `payees` are generators of their own for what was planted later, so that earlier
    figures stay as they were.
    """
    sea = cases.filter((pl.col("mode") == "sea") & (pl.col("done") >= 0)).sort("done", "case_id")
    n = sea.height
    day, boxes, size = sea["done"].to_numpy(), sea["boxes"].to_numpy(), sea["size"].to_numpy()
    kind = sea["kind"].to_numpy()
    cargo = np.where(rng.rand(n) < 0.08, "dangerous_or_reefer", "general")
    rate = _rates(ceilings(), kind, size, cargo, day)
    new = day >= NOTICE_DAY
    parts: list[pl.DataFrame] = []

    def add(item: str, fen: np.ndarray, kept: np.ndarray, quantity: np.ndarray = boxes) -> None:
        parts.append(
            sea.filter(kept)
            .select("case_id", "port", "done")
            .with_columns(
                item=pl.lit(item),
                fen=pl.Series(fen[kept].astype("int64")),
                quantity=pl.Series(quantity[kept]),
                size=pl.Series(size[kept]),
                cargo=pl.Series(cargo[kept]),
            )
        )

    over = some(rng, new, 52)
    extra = np.where(over, rng.randint(1, 40, n) * 100 * boxes, 0)
    span = [(d - EPOCH).days for d in (WAIVER_FROM, WAIVER_TO)]
    waived = (sea["port"].to_numpy() == WAIVER_PORT) & (day >= span[0]) & (day <= span[1])
    unapplied = some(later, waived & ~over, 23)
    saved = rate[DUES] * boxes * WAIVED // 100
    dues = rate[DUES] * boxes - np.where(waived & ~unapplied, saved, 0) + extra
    # too dear for the waived rate and still within the full one: it looks like a waiver not
    # applied, and is told as one
    looks = unapplied | (over & waived & (extra <= saved))
    add(DUES, dues, np.ones(n, bool))
    alone = some(rng, day >= FOLDED_DAY, 37)
    add(SECURITY, np.where(size == "20", 800, 1200) * boxes, alone)
    add(SECURITY, rate[SECURITY] * boxes, day < FOLDED_DAY)
    # folded into the lump sum as a sub-item, so that what a box pays does not fall by the abolished
    # line
    swollen = some(rng, day >= FOLDED_DAY, 21)
    swelling = np.where(swollen, 100 * boxes, 0)
    add(SUB_ITEM, np.where(size == "20", 800, 1200) * boxes + swelling, day >= FOLDED_DAY)
    base = np.array([LUMP_SUM[s] for s in size])
    drift = 1 - 0.04 * (day >= NOTICE_DAY) * np.minimum((day - NOTICE_DAY) / 365, 1)
    add(LUMP, np.round(base * drift / 100) * 100 * boxes, np.ones(n, bool))
    nights = np.maximum(np.round(sea["dwell"].to_numpy() / 24) - 2, 0)
    add("库场使用费", nights * 500 * boxes, nights > 0)
    tallied = rng.rand(n) < 0.5
    dear = some(rng, new & tallied, 18)
    add(TALLY, (TALLY_FEN + 500 * dear) * boxes, tallied)
    add(WASH, np.round(2600 * drift) * boxes, rng.rand(n) < 0.05)
    before, after = some(rng, ~new, 60), some(rng, new, 46)
    add("港口信息费", np.full(n, 5000), before | after, np.ones(n, "int64"))
    lines = pl.concat(parts).sort("done", "case_id", "item", maintain_order=True)
    above = np.where(over, extra, 0) + np.where(unapplied, saved, 0)
    dear_cases = dict(zip(sea["case_id"].to_list(), above.tolist(), strict=True))
    dear_cases = {case: fen for case, fen in dear_cases.items() if fen}
    lines, payee_truth = billed_by(payees, lines, dear_cases, DUES)
    # the same service on a second bill
    twice = lines[
        np.flatnonzero(
            some(later, ((lines["item"] == LUMP) & (lines["done"] >= NOTICE_DAY)).to_numpy(), 17)
        )
    ]
    lines = pl.concat(
        [lines.with_columns(again=pl.lit("")), twice.with_columns(again=pl.lit("补"))]
    )
    days = [str(EPOCH + timedelta(days=d)) for d in lines["done"].to_list()]
    amounts = [f"{f // 100:,}.{f % 100:02}" for f in lines["fen"].to_list()]
    shown = lines.select(
        行号=pl.format("F{}", pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)),
        业务编号="case_id",
        口岸="port",
        项目="item",
        金额=pl.Series(amounts),
        币种=pl.lit("CNY"),
        数量="quantity",
        箱型="size",
        货类=pl.col("cargo").replace_strict({"general": "普货", "dangerous_or_reefer": "危冷"}),
        收费单位="payee",
        计费日=pl.Series(days),
        账单=pl.format("B{}{}", "case_id", "again"),
    )
    shown = shown.with_columns(
        缴费渠道=np.where(
            rng.rand(shown.height)
            < np.interp(lines["done"].to_numpy(), (18000, 19400), (0.1, 0.6)),
            "单一窗口",
            "柜台",
        ),
        地点=pl.when(pl.col("项目") == WASH).then(pl.lit("港外")).otherwise(pl.lit("码头")),
        收费依据=lines["ground"],
        定价方式=lines["layer"],
    )
    off_list = after.sum() + alone.sum()
    alone_fen = int((np.where(size == "20", 800, 1200) * boxes)[alone].sum())
    truth = {
        "security_lines": int(alone.sum()),
        "security_fen": alone_fen,
        "outside_list_lines": int(off_list),
        "outside_list_fen": int(after.sum()) * 5000 + alone_fen,
        "sub_item_lines": int(swollen.sum()),
        "sub_item_fen": int(swelling.sum()),
        "above_published_lines": int(dear.sum()),
        "above_published_fen": int((500 * boxes)[dear].sum()),
        "above_ceiling_lines": int(over.sum() + unapplied.sum()),
        "above_ceiling_fen": int(extra[over].sum() + saved[unapplied].sum()),
        "waiver_not_applied_lines": int(looks.sum()),
        "waiver_not_applied_fen": int(saved[unapplied].sum() + extra[looks & ~unapplied].sum()),
        "billed_twice_lines": twice.height,
        "billed_twice_fen": int(twice["fen"].sum()),
        "payees": payee_truth | counted(lines),
    }
    return shown, truth


def _rates(
    rows: tuple, kind: np.ndarray, size: np.ndarray, cargo: np.ndarray, day: np.ndarray
) -> dict[str, np.ndarray]:
    """The set rate of each case's day per container, in fen, by item; 0 where none is set."""
    found = {item: np.zeros(len(day), "int64") for item in (DUES, SECURITY)}
    for row in rows:
        if row["item"] not in found:
            continue
        fits = (kind == row["kind"]) & (size == row["size"]) & (cargo == row["class"])
        found[row["item"]][fits & (day >= row["from"]) & (day <= row["to"])] = row["rate"]
    return found
