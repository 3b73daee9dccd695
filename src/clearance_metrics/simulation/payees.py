"""Who billed each charge line, on what ground and at what kind of price; two terminals bill too
dear again and again.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

TERMINALS, SHARES = ("一号码头", "二号码头", "三号码头"), (0.5, 0.3, 0.2)
# ports whose second or third terminal has most of what lies above the ceiling, and how surely
REPEATED, CONCENTRATED = {"海港甲": "海港甲二号码头", "海港乙": "海港乙三号码头"}, 0.75
ELSEWHERE = {"理货服务费": "理货公司", "洗箱费": "堆场"}
NO_PAYEE, NO_GROUND, NO_LAYER = 0.012, 0.03, 0.02
RULES, OWN, NOTHING = "《港口收费计费办法》", "企业自主定价公示", ""
# of each item what a bill says: its ground, and how it is priced
SAID = {
    "货物港务费": (RULES, "政府定价"),
    "港口设施保安费": (RULES, "政府定价"),
    "港口作业包干费-保安子项": (RULES, "政府指导价"),
    "港口信息费": (NOTHING, "市场调节价"),
}
OTHERWISE = (OWN, "市场调节价")


def billed_by(
    rng: np.random.RandomState, lines: pl.DataFrame, above: Mapping[str, int], item: str
) -> tuple[pl.DataFrame, dict]:
    """The lines with columns payee, ground and layer, and what was planted by payee.

    `above` are the fen above the ceiling on the line of `item` by case. A case has one terminal, so
    that no line moves and none changes: only who billed it is drawn.
    """
    cases = lines.select("case_id", "port").unique(maintain_order=True)
    n = cases.height
    ports = cases["port"].to_numpy()
    dear = np.isin(cases["case_id"].to_numpy(), list(above))
    drawn = np.array(TERMINALS)[rng.choice(len(TERMINALS), n, p=SHARES)]
    usual = ports.astype(object) + drawn.astype(object)
    repeated = np.array([REPEATED.get(port, "") for port in ports], dtype=object)
    again = dear & (repeated != "") & (rng.rand(n) < CONCENTRATED)
    cases = cases.with_columns(terminal=pl.Series(np.where(again, repeated, usual).tolist()))
    m = lines.height
    gone, silent, unsaid = (rng.rand(m) < share for share in (NO_PAYEE, NO_GROUND, NO_LAYER))
    called = lines["item"].to_list()
    told = [SAID.get(name, OTHERWISE) for name in called]
    place = pl.Series([ELSEWHERE.get(name, "") for name in called])
    found = lines.join(cases, ["case_id", "port"], "left", maintain_order="left").with_columns(
        payee=pl.when(pl.lit(pl.Series(gone)))
        .then(pl.lit(""))
        .when(place != "")
        .then(pl.format("{}{}", "port", place))
        .otherwise("terminal"),
        ground=pl.Series(np.where(silent, "", [ground for ground, _ in told]).tolist()),
        layer=pl.Series(np.where(unsaid, "", [layer for _, layer in told]).tolist()),
    )
    found = found.drop("terminal")
    over = found.filter((pl.col("item") == item) & pl.col("case_id").is_in(list(above)))
    by: dict[str, dict[str, int]] = {}
    for case, payee in zip(over["case_id"].to_list(), over["payee"].to_list(), strict=True):
        entry = by.setdefault(payee, {"lines": 0, "fen": 0})
        entry["lines"] += 1
        entry["fen"] += above[case]
    return found, {"repeated": sorted(REPEATED.values()), "above_ceiling": dict(sorted(by.items()))}


def counted(lines: pl.DataFrame) -> dict:
    """How many lines each payee has, and how many name none, no ground, or no kind of price."""
    named = lines.group_by("payee").len().sort("payee")
    return {
        "lines": dict(zip(named["payee"].to_list(), named["len"].to_list(), strict=True)),
        "no_payee": int((lines["payee"] == "").sum()),
        "no_ground": int((lines["ground"] == "").sum()),
        "no_layer": int((lines["layer"] == "").sum()),
    }
