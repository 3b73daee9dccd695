"""Certificates that imports need, and other agencies that clear them: the steps before the
declaration and beside customs, from a system of their own, with their truth.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .cases import END, LOCAL
from .extras import hours
from .held import _written

# share of imports that need a certificate, and that another agency clears, by chapter of the goods
CERTIFIED = {"02": 0.9, "22": 0.6, "90": 0.3, "87": 0.25, "85": 0.12}
CLEARED = {"02": 0.85, "22": 0.4}
OTHERS_CERTIFIED, OTHERS_CLEARED = 0.05, 0.03
LEAD = 300.0  # mean hours from the application to the declaration
LATER, AFTER = 0.4, 14.0  # how many are cleared after customs' release, and mean hours by then
STEPS = ("conveyance_arrived", "declared", "customs_released", "gate_out")


def import_agencies(
    rng: np.random.RandomState, cases: pl.DataFrame, events: pl.DataFrame
) -> tuple[pl.DataFrame, dict]:
    """A row per event, in the codes of that system, and what was planted.

    The truth covers the imports that were declared and released: seconds from the first formal
    step to the last clearance.
    """
    wide = events.filter(pl.col("milestone").is_in(STEPS)).pivot(
        "milestone", index="case_id", values="time", aggregate_function="first"
    )
    rows = cases.filter(pl.col("kind") == "import").select("case_id", "hs_chapter")
    rows = rows.join(wide, "case_id", "left").sort("case_id")
    n, chapter = rows.height, rows["hs_chapter"].to_list()
    none = np.full(n, -1)
    at = {m: rows[m].fill_null(-1).to_numpy() if m in rows.columns else none for m in STEPS}
    declared, released = at["declared"], at["customs_released"]
    needs = rng.rand(n) < np.array([CERTIFIED.get(c, OTHERS_CERTIFIED) for c in chapter])
    lead = 7200 + hours(rng, np.full(n, LEAD))
    applied = declared - lead
    issued = applied + (lead * rng.uniform(0.5, 0.95, n)).astype("int64")
    seen = rng.rand(n) < np.array([CLEARED.get(c, OTHERS_CLEARED) for c in chapter])
    later = rng.rand(n) < LATER
    early = declared + ((released - declared) * rng.uniform(0.3, 0.95, n)).astype("int64")
    passed = np.where(later, released + 60 + hours(rng, np.full(n, AFTER)), early)
    # what another agency has not cleared has not left
    passed = np.where(at["gate_out"] >= 0, np.minimum(passed, at["gate_out"]), passed)
    needs &= declared >= 0
    seen &= (declared >= 0) & (released >= 0) & (passed <= END)
    steps = (("申请证件", applied, needs), ("签发证件", issued, needs), ("检疫放行", passed, seen))
    shape = {"业务编号": pl.String, "办理事项": pl.String, "s": pl.Int64}
    ids = rows["case_id"].to_numpy()
    made = pl.concat(
        [
            pl.DataFrame(
                {
                    "业务编号": ids[kept].tolist(),
                    "办理事项": [code] * int(kept.sum()),
                    "s": when[kept],
                },
                shape,
            )
            for code, when, kept in steps
        ]
    )
    made = made.sort("s", "业务编号", "办理事项").select(
        "业务编号",
        "办理事项",
        办理时间=pl.from_epoch(pl.col("s") + LOCAL).dt.strftime("%Y-%m-%d %H:%M:%S"),
    )
    feed = {m: _written(when) for m, when in at.items()}
    done = (declared >= 0) & (released >= 0)
    start = np.where(needs, np.minimum(applied, feed["declared"]), feed["declared"])
    stop = np.where(seen, np.maximum(passed, feed["customs_released"]), feed["customs_released"])
    truth = {
        "certificates": int(needs.sum()),
        "cleared": int(seen.sum()),
        "cleared_after_release": int((seen & (passed > feed["customs_released"])).sum()),
        "finished": int(done.sum()),
        "seconds": int((stop - start)[done].sum()),
        "seconds_customs_only": int((feed["customs_released"] - feed["declared"])[done].sum()),
    }
    return made, truth
