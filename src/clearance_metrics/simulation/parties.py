"""Whose time the demonstration's imports took: the truth, worked out from their times interval by
interval, and not by the query that is to find it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .cases import LOCAL
from .held import _written

STEPS = ("conveyance_arrived", "discharged", "declared", "customs_released", "delivery_order")
MARKS = (*STEPS, "gate_out", "exam_called", "exam_started", "exam_ended")
DUTY = ("duty_assessed", "duty_paid", "guaranteed")
LATE = np.iinfo("int64").max // 4  # of what never comes
Span = tuple[np.ndarray, np.ndarray]


def import_parties(events: pl.DataFrame, held: pl.DataFrame, agencies: pl.DataFrame) -> dict:
    """Seconds of each party in the overall and the port release clock of all finished imports, and
    their shares.

    `events` are the imports' own in epoch seconds, `held` the file of repeated ones, `agencies`
    that of other agencies.
    """
    wide = events.pivot("milestone", index="case_id", values="time", aggregate_function="first")
    wide = wide.sort("case_id")
    none, known = np.full(wide.height, -1), wide["case_id"]
    at = {
        m: _written(wide[m].fill_null(-1).to_numpy()) if m in wide.columns else none
        for m in (*MARKS, *DUTY)
    }
    at["other_agency_cleared"] = _listed(agencies, known, "办理事项", "办理时间", "检疫放行")
    never = {m: np.where(when < 0, LATE, when) for m, when in at.items()}
    settled = np.minimum(never["duty_paid"], never["guaranteed"])
    wait = [
        (at["exam_called"], never["exam_started"]),
        *_again(held, known, "查验通知", "查验开始"),
    ]
    work = [(at["exam_started"], never["exam_ended"]), *_again(held, known, "查验开始", "查验完成")]
    holds = {
        "unknown": wait,
        "government": work,
        "trader": [
            *_again(held, known, "退单", "补充资料"),
            (at["duty_assessed"], settled),
        ],
    }
    return {
        "import_overall": _told(at, never, holds, "customs_released"),
        "import_port_release": _told(at, never, holds, "gate_out"),
    }


def _again(held: pl.DataFrame, known: pl.Series, raised: str, ended: str) -> list[Span]:
    """The first and the second pair of such events of each case, in the order of their times."""
    rows = held.filter(pl.col("环节").is_in([raised, ended])).select(
        case_id="业务编号",
        code="环节",
        time=pl.col("时间").str.to_datetime("%Y-%m-%d %H:%M:%S").dt.epoch("s") - LOCAL,
    )
    rows = rows.sort("case_id", "code", "time").with_columns(
        place=pl.col("time").cum_count().over("case_id", "code")
    )
    found = []
    for place in (1, 2):
        ends = [
            known.to_frame("case_id")
            .join(
                rows.filter((pl.col("place") == place) & (pl.col("code") == code)),
                "case_id",
                "left",
            )
            .sort("case_id")["time"]
            .fill_null(-1)
            .to_numpy()
            for code in (raised, ended)
        ]
        found.append((ends[0], ends[1]))
    return found


def _listed(rows: pl.DataFrame, known: pl.Series, event: str, time: str, code: str) -> np.ndarray:
    """The time of an event of each case, -1 where it has none."""
    told = rows.filter(pl.col(event) == code).select(
        case_id="业务编号",
        s=pl.col(time).str.to_datetime("%Y-%m-%d %H:%M:%S").dt.epoch("s") - LOCAL,
    )
    beside = known.to_frame("case_id").join(told, "case_id", "left").sort("case_id")
    return beside["s"].fill_null(-1).to_numpy()


def _told(at: dict, never: dict, holds: dict[str, list[Span]], stop: str) -> dict:
    """The seconds by party between arrival and `stop`."""
    begun, done = at["conveyance_arrived"], at[stop]
    kept = (begun >= 0) & (done >= begun)
    released = never["customs_released"]
    held = {
        party: [(a, np.minimum(b, released)) for a, b in spans] for party, spans in holds.items()
    }
    landed, declared = at["discharged"], at["declared"]
    fetched = np.maximum(np.maximum(landed, released), never["delivery_order"])
    # another agency works beside customs, and goods that it must clear are not fetched before
    agency = at["other_agency_cleared"]
    beside = stop == "gate_out"
    if beside:
        fetched = np.maximum(fetched, agency)
    runs = {
        "terminal": [(begun, landed), (np.maximum(landed, released), never["delivery_order"])],
        "trader": [(landed, declared), (fetched, never["gate_out"])],
    }
    every = [
        e
        for spans in (*held.values(), *runs.values(), [(declared, released), (declared, agency)])
        for s in spans
        for e in s
    ]
    edges = np.sort(
        np.clip(np.stack([begun, done, *every]), begun, np.maximum(done, begun)), axis=0
    )
    sums = dict.fromkeys(("government", "trader", "terminal", "several", "unknown"), 0)

    def inside(spans: list[Span], low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.any([(a >= 0) & (a <= low) & (b >= high) for a, b in spans], axis=0)

    for low, high in zip(edges[:-1], edges[1:], strict=True):
        stops = {party: inside(spans, low, high) for party, spans in held.items()}
        customs = inside([(declared, released)], low, high) & ~np.any(list(stops.values()), axis=0)
        if beside:
            customs |= inside([(declared, agency)], low, high)
        acts = {
            "government": stops["government"] | customs,
            "trader": stops["trader"] | inside(runs["trader"], low, high),
            "terminal": inside(runs["terminal"], low, high),
        }
        many, took = sum(a.astype(int) for a in acts.values()), np.where(kept, high - low, 0)
        blind = stops["unknown"] | (many == 0)
        for party, acting in acts.items():
            sums[party] += int(took[acting & (many == 1) & ~blind].sum())
        sums["several"] += int(took[(many > 1) & ~blind].sum())
        sums["unknown"] += int(took[blind].sum())
    whole = sum(sums.values())
    return {
        "cases": int(kept.sum()),
        "seconds": sums,
        "shares": {party: seconds / whole if whole else 0.0 for party, seconds in sums.items()},
    }
