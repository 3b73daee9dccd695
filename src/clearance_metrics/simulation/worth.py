"""What goods are worth, the duty on them, and their class; and what firms weigh.

No time of a case and no choice of who trades is drawn here: values stand beside what is there.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .cases import END, LOCAL
from .held import _written

# median worth of a shipment in yuan, by mode
MEDIANS = {"sea": 260_000, "air": 420_000, "rail": 310_000, "road": 140_000}
FIRM_SIGMA, SIGMA = 0.5, 0.8  # of the logarithm: between firms, and between a firm's shipments
FIRMS = 400
UNKNOWN, NONE_AT_ALL = 0.015, 9  # share without a value; shipments said to be worth nothing
# duty and import value-added tax together, per mille of the value, by chapter
PER_MILLE = {"39": 198, "61": 212, "84": 163, "85": 158, "87": 295, "90": 151, "02": 232, "22": 276}
DUTY_UNKNOWN = 0.01
EXPRESS, FRESH, OTHER_FRESH = 0.18, 0.75, 0.004
CLASSES = ("一般货物", "易腐货物", "快运货物")
HOURS = {"general": 48, "perishable": 6, "express": 6}


def priced(
    cases: pl.DataFrame, values: np.random.RandomState, duties: np.random.RandomState
) -> tuple[pl.DataFrame, pl.Series, dict]:
    """The cases with columns of value and duty as a customs system prints them, the duty in fen
    (-1: not known), and what was planted.
    """
    n, mode = cases.height, cases["mode"].to_numpy()
    firm = cases["enterprise"].str.extract("([0-9]+)").cast(pl.Int64).to_numpy()
    between = values.normal(0, FIRM_SIGMA, FIRMS)
    median = np.array([MEDIANS[m] for m in mode])
    teu = cases["teu"].fill_null(0).to_numpy()
    median = np.where(mode == "sea", median * np.maximum(teu, 1) / 2, median)
    drawn = np.exp(np.log(median) + between[firm] + values.normal(0, SIGMA, n))
    fen = np.round(drawn * 100).astype("int64")
    known = values.rand(n) >= UNKNOWN
    nothing = np.zeros(n, bool)
    nothing[values.choice(n, min(NONE_AT_ALL, n), replace=False)] = True
    nothing &= known
    rate = np.array([PER_MILLE[c] for c in cases["hs_chapter"].to_list()])
    dutiable = (cases["dutiable"].fill_null("否") == "是").to_numpy()
    sure = dutiable & (duties.rand(n) >= DUTY_UNKNOWN)
    # relief and preference: what is paid is mostly the full rate
    relief = np.where(duties.rand(n) < 0.2, duties.randint(700, 1000, n), 1000)
    duty = np.where(sure, fen * rate // 1000 * relief // 1000, -1)
    stated = np.where(nothing, 0, fen)
    shown = cases.with_columns(货值=_yuan(stated, known), 税款=_yuan(duty, sure))
    told = known & ~nothing
    truth = {
        "known": int(told.sum()),
        "unknown": int((~known).sum()),
        "zero": int(nothing.sum()),
        "sum_fen": int(stated[known].sum()),
        "median_fen_by_mode": {
            m: int(np.quantile(fen[told & (mode == m)], 0.5, method="inverted_cdf"))
            for m in MEDIANS
            if (told & (mode == m)).any()
        },
        "duty_known": int(sure.sum()),
        "duty_fen": int(duty[sure].sum()),
    }
    return shown, pl.Series("duty", duty), truth


def _yuan(fen: np.ndarray, known: np.ndarray) -> pl.Series:
    """Yuan with two decimals and commas; empty where nothing is known."""
    texts = [f"{f // 100:,}.{f % 100:02}" for f in np.maximum(fen, 0).tolist()]
    return pl.Series([t if k else "" for t, k in zip(texts, known.tolist(), strict=True)])


def classed(cases: pl.DataFrame, rng: np.random.RandomState) -> pl.DataFrame:
    """The cases with their class: express goods go by air, perishable are meat and cold chains."""
    n = cases.height
    fresh = (
        (cases["hs_chapter"] == "02") | (cases["cold_chain"] == "是").fill_null(False)
    ).to_numpy()
    perishable = rng.rand(n) < np.where(fresh, FRESH, OTHER_FRESH)
    express = ~perishable & (cases["mode"].to_numpy() == "air") & (rng.rand(n) < EXPRESS)
    which = np.where(perishable, 1, np.where(express, 2, 0))
    return cases.with_columns(货物类型=pl.Series(np.array(CLASSES)[which].tolist()))


def traded_by(cases: pl.DataFrame, events: dict[str, pl.DataFrame], duty: pl.Series) -> dict:
    """What rests on values, firms and classes together: worked out from the files' own times."""
    found: dict = {"firms": {}, "release_hours": {}}
    cases = cases.with_columns(duty=duty)
    for kind, begin in (("import", "conveyance_arrived"), ("export", "gate_in")):
        wide = _beside(cases.filter(pl.col("kind") == kind), events[kind], kind == "import")
        settled = (wide[begin] >= 0) & (wide["customs_released"] >= 0)
        took = wide.filter(settled).with_columns(took=pl.col("customs_released") - pl.col(begin))
        found["firms"][kind] = _weighed(took)
        found["release_hours"][kind] = {
            name: {
                "cases": rows.height,
                "within": int((rows["took"] <= 3600 * HOURS[name]).sum()),
            }
            for name, shown in zip(HOURS, CLASSES, strict=True)
            if (rows := took.filter(pl.col("货物类型") == shown)).height
        }
        if kind == "import":
            found["deferred"] = _deferred(wide)
    return found


def _beside(cases: pl.DataFrame, events: pl.DataFrame, minutes: bool) -> pl.DataFrame:
    """A column of seconds per milestone beside each case, -1 where it has not come."""
    wanted = ["conveyance_arrived", "gate_in", "customs_released", "guaranteed", "duty_paid"]
    times = events.filter(pl.col("milestone").is_in(wanted)).pivot(
        "milestone", index="case_id", values="time", aggregate_function="first"
    )
    wide = cases.join(times, "case_id", "left", maintain_order="left")
    empty = {m: pl.lit(-1, pl.Int64) for m in wanted if m not in wide.columns}
    wide = wide.with_columns(**empty).with_columns(pl.col(wanted).fill_null(-1))
    if not minutes:
        return wide
    return wide.with_columns(**{m: pl.Series(_written(wide[m].to_numpy())) for m in wanted})


def _weighed(took: pl.DataFrame) -> dict:
    """Few firms have many shipments: their number, what the ten largest have, both means."""
    by = took.group_by("enterprise").agg(pl.len().alias("n"), pl.col("took").mean().alias("own"))
    largest = by.sort(["n", "enterprise"], descending=[True, False]).head(10)
    return {
        "firms": by.height,
        "cases": took.height,
        "cases_of_ten_largest": int(largest["n"].sum()),
        "seconds": int(took["took"].sum()),
        "mean_hours_by_firm": float(by.sort("enterprise")["own"].to_numpy().mean() / 3600),
    }


def _deferred(wide: pl.DataFrame) -> dict:
    """Duty times calendar days from release under a guarantee to payment."""
    released, paid = wide["customs_released"].to_numpy(), wide["duty_paid"].to_numpy()
    duty = wide["duty"].to_numpy()
    asked = (wide["guaranteed"].to_numpy() >= 0) & (released >= 0)
    later = asked & (paid > released)
    days = (paid + LOCAL) // 86400 - (released + LOCAL) // 86400
    good = later & (duty >= 0)
    return {
        "cases": int(good.sum()),
        "duty_unknown": int((later & (duty < 0)).sum()),
        "open": int((asked & (paid < 0) & (released <= END)).sum()),
        "days": int(days[good].sum()),
        "fen_days": int((duty[good] * days[good]).sum()),
    }
