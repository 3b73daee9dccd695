"""Files of repeated events: second letters on refunds, queries and second examinations on imports,
with their truth.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .cases import LOCAL

# 2021-01-01 in local time: from then on the feed of imports is written to the minute
MINUTES_FROM = 1609430400
NEEDED = (
    "conveyance_arrived",
    "declared",
    "exam_called",
    "exam_ended",
    "duty_assessed",
    "duty_paid",
    "guaranteed",
    "customs_released",
)
AGAIN = ("再次发函", "再次回函")


def letters(refunds: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The refunds without their second letters, and these as events, a row each."""
    rows = refunds.unpivot(AGAIN, index="退税编号", variable_name="事项", value_name="日期").filter(
        pl.col("日期") != ""
    )
    rows = rows.with_columns(pl.col("事项").str.strip_prefix("再次"))
    return refunds.drop(AGAIN), rows.sort("退税编号", "事项")


def import_holds(rng: np.random.RandomState, events: pl.DataFrame) -> tuple[pl.DataFrame, dict]:
    """Queries (some of them two at once) and second examinations of released imports, and what all
    holds come to.

    The truth covers the overall clock of every import: seconds with two or more of examination,
    query and duty open, and cases with such a time, worked out interval by interval.
    """
    wide = events.pivot(
        "milestone", index="case_id", values="time", aggregate_function="first", sort_columns=True
    )
    wide = wide.filter(pl.col("customs_released").is_not_null()).sort("case_id")
    ids, n = wide["case_id"].to_numpy(), wide.height
    # a small log may lack a milestone altogether
    at = {
        m: wide[m].fill_null(-1).to_numpy() if m in wide.columns else np.full(n, -1) for m in NEEDED
    }
    declared, released, ended = at["declared"], at["customs_released"], at["exam_ended"]
    room = released - declared
    queried = (rng.rand(n) < 0.06) & (room > 7200)
    double = queried & (rng.rand(n) < 0.4)
    twice = (ended >= 0) & (rng.rand(n) < 0.3) & (released - ended > 3600)
    share = (
        rng.uniform(0.05, 0.3, n),
        rng.uniform(0.35, 0.9, n),
        rng.uniform(0.1, 0.5, n),
        rng.uniform(0.55, 0.95, n),
    )
    asked, answered, also_asked, also_answered = (
        declared + (room * s).astype("int64") for s in share
    )
    called, done = (ended + ((released - ended) * s).astype("int64") for s in (0.3, 0.8))
    steps = (
        ("退单", asked, queried),
        ("补充资料", answered, queried),
        ("退单", also_asked, double),
        ("补充资料", also_answered, double),
        ("查验通知", called, twice),
        ("查验开始", called + 60, twice),
        ("查验完成", done, twice),
    )
    shape = {"业务编号": pl.String, "环节": pl.String, "s": pl.Int64}
    made = pl.concat(
        [
            pl.DataFrame(
                {"业务编号": ids[kept].tolist(), "环节": [code] * int(kept.sum()), "s": when[kept]},
                shape,
            )
            for code, when, kept in steps
        ]
    )
    made = made.sort("s", "业务编号", "环节").select(
        "业务编号", "环节", 时间=pl.from_epoch(pl.col("s") + LOCAL).dt.strftime("%Y-%m-%d %H:%M:%S")
    )
    feed = {m: _written(when) for m, when in at.items()}
    settled = np.where(
        feed["guaranteed"] >= 0,
        np.where(
            feed["duty_paid"] >= 0,
            np.minimum(feed["guaranteed"], feed["duty_paid"]),
            feed["guaranteed"],
        ),
        feed["duty_paid"],
    )
    spans = {
        "exam": ((feed["exam_called"], feed["exam_ended"], ended >= 0), (called, done, twice)),
        "query": ((asked, answered, queried), (also_asked, also_answered, double)),
        "duty": (
            (
                feed["duty_assessed"],
                np.where(settled >= 0, settled, feed["customs_released"]),
                feed["duty_assessed"] >= 0,
            ),
        ),
    }
    both = _shared(spans, feed["conveyance_arrived"], feed["customs_released"])
    return made, {
        "imports_with_query": int(queried.sum()),
        "imports_with_two_queries": int(double.sum()),
        "imports_examined_twice": int(twice.sum()),
        "seconds_two_or_more": int(both.sum()),
        "cases_two_or_more": int((both > 0).sum()),
    }


def _written(when: np.ndarray) -> np.ndarray:
    """Times as the feed gives them: cut to the minute from 2021 on."""
    return np.where(when >= MINUTES_FROM, when // 60 * 60, when)


def _shared(spans: dict, begun: np.ndarray, done: np.ndarray) -> np.ndarray:
    """Seconds per case with two or more kinds open, from the elementary intervals between all cut
    ends.
    """
    cut = {
        kind: [
            (np.clip(a, begun, done), np.clip(b, begun, done), there & (b > a))
            for a, b, there in parts
        ]
        for kind, parts in spans.items()
    }
    every = [e for parts in cut.values() for a, b, _ in parts for e in (a, b)]
    edges = np.sort(np.stack(every), axis=0)
    total = np.zeros(len(begun), "int64")
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        kinds = sum(
            np.any([there & (a <= low) & (b >= high) for a, b, there in parts], axis=0).astype(int)
            for parts in cut.values()
        )
        total += np.where((kinds > 1) & (done > begun), high - low, 0)
    return total
