"""The demonstration's cases: imports, exports, refunds and licences drawn from stated
distributions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from ..domain.calendars import load_calendar
from ..notice.published import citable
from .extras import NOTICE_MONTH, exports, imports

FIRST, AS_OF = date(2019, 1, 1), date(2022, 12, 31)
EPOCH = date(1970, 1, 1)
LOCAL = 8 * 3600
END = ((AS_OF - EPOCH).days + 1) * 86400 - LOCAL - 1
MONTHS = [(y, m) for y in range(2019, 2023) for m in range(1, 13)]
PORTS = {
    "sea": ("海港甲", "海港乙", "海港丙"),
    "air": ("空港甲", "空港乙"),
    "rail": ("铁路口岸甲",),
    "road": ("公路口岸甲",),
}
MODES, MODE_SHARES = ("sea", "air", "rail", "road"), (0.58, 0.22, 0.08, 0.12)
SLOWNESS = {"import": (1.35, 0.35, 0.85, 0.25), "export": (1.2, 0.7, 1.0, 0.5)}
CLASS_SHARES, CLASS_FACTORS, CLASS_LIMITS = (
    (0.30, 0.50, 0.15, 0.05),
    (0.7, 1.0, 1.35, 1.75),
    (5, 10, 15, 20),
)
# means of normal refunds in working days, constant over each span, so that a month's completions
# have that mean
REFUND_MEANS = (
    ((2019, 1), 9.5),
    ((2020, 1), 8.0),
    ((2021, 1), 7.4),
    ((2021, 9), 6.5),
    ((2022, 8), 5.6),
)


def levels(direction: str) -> np.ndarray:
    """National hours per month 2019 to 2022: published points, straight lines between them.

    >>> round(float(levels("import")[MONTHS.index((2021, 6))]), 2)
    36.68
    """
    points = []
    for row in citable("national_clearance"):
        hours = row[f"{direction}_hours"]
        if hours is not None:
            day = date.fromisoformat(row["from"])
            points.append(
                (day.year * 12 + (6 if row["kind"] == "annual" else day.month - 1), hours)
            )
    places, values = zip(*sorted(points), strict=True)
    return np.interp([y * 12 + m - 1 for y, m in MONTHS], places, values)


def spread_starts(rng: np.random.RandomState, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Ascending start times (epoch seconds) spread over the four years, and the month each lies
    in.
    """
    days = (AS_OF - FIRST).days + 1
    seconds = np.sort(rng.randint(0, days * 86400, n)) + (FIRST - EPOCH).days * 86400 - LOCAL
    day = (seconds + LOCAL) // 86400
    return seconds, np.searchsorted(_first_days(), day, side="right") - 1


def _first_days() -> np.ndarray:
    return np.array([(date(y, m, 1) - EPOCH).days for y, m in MONTHS])


def _spread(rng: np.random.RandomState, mean: np.ndarray, sigma: float = 0.75) -> np.ndarray:
    """Long-tailed positive hours with the given means."""
    return mean * np.exp(rng.normal(0, sigma, len(mean)) - sigma * sigma / 2)


def _pick(
    rng: np.random.RandomState, names: tuple, n: int, shares: Sequence[float] | None = None
) -> np.ndarray:
    return np.array(names)[rng.choice(len(names), n, p=shares)]


def trade(rng: np.random.RandomState, kind: str, n: int) -> tuple[pl.DataFrame, pl.DataFrame, dict]:
    """Imports or exports: events in epoch seconds, one row of attributes per case, and what was
    planted.
    """
    start, month = spread_starts(rng, n)
    mode_no = rng.choice(4, n, p=MODE_SHARES)
    slow = np.array(SLOWNESS[kind]) / np.dot(SLOWNESS[kind], MODE_SHARES)
    mean = levels(kind)[month] * slow[mode_no]
    progress = month / (len(MONTHS) - 1)
    drawn = rng.rand(n)
    two_step = (drawn < 0.10 * progress) & (kind == "import")
    advance = ~two_step & (rng.rand(n) < 0.22 + 0.20 * progress)
    firm = rng.zipf(1.6, n) % 400
    aeo = firm % 5 == 2
    inspected = rng.rand(n) < np.where(aeo, 0.01, 0.05)
    weight = (
        np.where(advance, 0.75, 1.1) * np.where(inspected, 2.2, 0.95) * np.where(aeo, 0.9, 1.02)
    )
    took = _spread(rng, mean * weight)
    early = advance & ~inspected & (rng.rand(n) < 0.06) & (kind == "import")
    took = np.where(early, -0.1 * took, took)
    # the month's mean is the published one, whatever the mix of the cases drawn
    for m in range(len(MONTHS)):
        here = month == m
        if here.any():
            took[here] *= levels(kind)[m] / took[here].mean()
    released = start + np.round(took * 3600).astype("int64")
    customs = np.minimum(_spread(rng, 5.5 - 3 * progress, 0.9), 0.8 * np.abs(took))
    lead = rng.uniform(2, 60, n)
    declared = np.where(
        advance,
        np.minimum(start, released) - np.round(lead * 3600),
        released - np.round(customs * 3600),
    )
    declared = declared.astype("int64")
    never = rng.rand(n) < 0.002
    ids = np.array([f"{kind[0].upper()}{i:07}" for i in range(1, n + 1)])
    sea = mode_no == 0

    def after(base: np.ndarray, mean_hours: object) -> np.ndarray:
        hours = _spread(rng, np.broadcast_to(np.asarray(mean_hours, float), (n,)), 0.8)
        return base + np.round(hours * 3600).astype("int64")

    exam_start = declared + ((released - declared) * 0.4).astype("int64")
    exam_end = declared + ((released - declared) * 0.8).astype("int64")
    always = np.ones(n, bool)
    if kind == "import":
        landed = after(start, 5)
        out = after(np.maximum(released, landed), 34 - 12 * progress)
        second = start + np.round(
            np.where(rng.rand(n) < 0.03, rng.uniform(15, 25, n), rng.uniform(1, 13, n)) * 86400
        )
        steps = {
            "conveyance_arrived": (start, always),
            "berthed": (after(start, 1.5), sea),
            "discharged": (landed, always),
            "cargo_reported_in": (after(landed, 1), always),
            "declared": (declared, always),
            "declared_summary": (declared, two_step),
            "declared_full": (second.astype("int64"), two_step),
            "exam_called": (exam_start - 600, inspected),
            "exam_started": (exam_start, inspected),
            "exam_ended": (exam_end, inspected),
            "customs_released": (released, ~never),
            "gate_out": (out, ~never),
        }
    else:
        out = after(released, 44 - 10 * progress)
        steps = {
            "stuffed": (start - 6 * 3600, sea),
            "gate_in": (start, always),
            "declared": (declared, always),
            "exam_called": (exam_start - 60, inspected),
            "exam_started": (exam_start, inspected),
            "exam_ended": (exam_end, inspected),
            "customs_released": (released, ~never),
            "loaded": (out - 3600, ~never & sea),
            "departed": (out, ~never),
        }
    settled = ~never & (released <= END)
    released_month = np.searchsorted(_first_days(), (released + LOCAL) // 86400, side="right") - 1
    told = {
        "p": progress,
        "mode": np.array(MODES)[mode_no],
        "settled": settled,
        "after": released_month >= NOTICE_MONTH,
    }
    if kind == "import":
        more, columns, planted = imports(
            rng, inspected=inspected, released=released, landed=landed, out=out, **told
        )
    else:
        more, columns, planted = exports(rng, start=start, **told)
    steps |= more
    events = pl.concat(
        [
            pl.DataFrame(
                {
                    "case_id": ids[kept],
                    "milestone": [name] * int(kept.sum()),
                    "time": when[kept].astype("int64"),
                }
            )
            for name, (when, there) in steps.items()
            if (kept := there & (when <= END)).any()
        ]
    )
    size = np.where(rng.rand(n) < 0.4, 20, 40)
    boxes = rng.randint(1, 4, n)
    done = np.where(never | (out > END), -1, (out + LOCAL) // 86400)
    cases = pl.DataFrame(
        {
            "case_id": ids,
            "kind": [kind] * n,
            "mode": np.array(MODES)[mode_no],
            "port": [
                PORTS[MODES[m]][k % len(PORTS[MODES[m]])]
                for m, k in zip(mode_no, rng.randint(0, 6, n), strict=True)
            ],
            "hs_chapter": _pick(rng, ("39", "61", "84", "85", "87", "90", "02", "22"), n),
            "declaration_mode": np.where(
                two_step, "two_step", np.where(advance, "advance", "ordinary")
            ),
            "aeo": np.where(aeo, "是", "否"),
            "enterprise": [f"企业{f:03}" for f in firm],
            "teu": np.where(sea, boxes * (size // 20), 0),
            "inspected": np.where(inspected, "是", "否"),
            "size": np.where(sea, size.astype(str), ""),
            "boxes": np.where(sea, boxes, 0),
            "done": done,
            "dwell": np.maximum((out - np.maximum(released, start)) / 3600, 0),
        }
    ).with_columns(teu=pl.when(pl.col("teu") > 0).then("teu"))
    return events, cases.with_columns(**columns), planted


def refunds(rng: np.random.RandomState, n: int) -> tuple[pl.DataFrame, dict]:
    """Refunds by day, and what they were drawn from."""
    days = load_calendar("CN").day_table()
    day, working = np.array(days["day"]), np.array(days["working"])
    open_days = day[working == 1]
    low, high = (FIRST - EPOCH).days, (AS_OF - EPOCH).days
    pool = open_days[(open_days >= low) & (open_days <= high)]
    accepted = np.sort(pool[rng.randint(0, len(pool), n)])
    starts = np.array([(date(y, m, 1) - EPOCH).days for (y, m), _ in REFUND_MEANS])
    mean = np.array([v for _, v in REFUND_MEANS])[
        np.searchsorted(starts, accepted, side="right") - 1
    ]
    grade = rng.choice(4, n, p=CLASS_SHARES)
    took = 1 + rng.poisson(mean * np.array(CLASS_FACTORS)[grade] - 1)
    queried = rng.rand(n) < 0.11 - 0.03 * (accepted - low) / (high - low)
    extra = np.where(queried, rng.randint(8, 26, n), 0)
    own, took = took, took + extra
    place = np.searchsorted(open_days, accepted)
    approved = open_days[place + took]
    paid = approved + rng.randint(2, 8, n)
    # goods leave five to forty days before the filing is accepted
    departed = accepted - 5 - np.arange(n) * 7919 % 36
    # an inquiry stands open for `extra` working days, so that the net time is the one drawn; every
    # third has a second letter that overlaps the first, every third one that follows it after a
    # gap, if there is room
    style, whole = np.arange(n) % 3, place + np.minimum(2, own)
    gap = np.where(style == 2, np.minimum(2, own - np.minimum(2, own)), 0)
    first_end = np.where(style == 0, extra, extra // 2)
    raised, cleared = open_days[whole], open_days[whole + first_end]
    again = open_days[whole + np.where(style == 1, extra // 3, first_end + gap)]
    cleared_again = open_days[whole + extra + gap]
    twice = queried & (style > 0)
    done = approved <= high
    over = done & ~queried & (took > np.array(CLASS_LIMITS)[grade])

    def text(values: np.ndarray, there: np.ndarray) -> list[str]:
        # the older half is written in Chinese, the newer in ISO
        shown = []
        for value, known in zip(values, there & (values <= high), strict=True):
            moment = EPOCH + timedelta(days=int(value))
            older = f"{moment.year}年{moment.month}月{moment.day}日"
            shown.append("" if not known else older if moment.year < 2021 else moment.isoformat())
        return shown

    every = np.ones(n, bool)
    frame = pl.DataFrame(
        {
            "退税编号": [f"R{i:07}" for i in range(1, n + 1)],
            "企业": [f"企业{f:03}" for f in rng.zipf(1.6, n) % 400],
            "类别": (grade + 1).astype(str),
            "方式": _pick(rng, ("免抵退", "免退"), n, (0.55, 0.45)),
            "渠道": _pick(rng, ("税务系统", "单一窗口"), n, (0.6, 0.4)),
            "离港": text(departed, every),
            "受理": text(accepted, every),
            "疑点": text(raised, queried),
            "疑点排除": text(cleared, queried),
            "办结": text(approved, every),
            "到账": text(paid, every),
            "再次发函": text(again, twice),
            "再次回函": text(cleared_again, twice),
            "自动调用": np.where(
                rng.rand(n) < 0.3 + 0.5 * (accepted - low) / (high - low), "是", "否"
            ),
        }
    )
    truth = {
        "mean_normal_2021_12": REFUND_MEANS[3][1],
        "mean_normal_2022_12": REFUND_MEANS[4][1],
        "normal_over_class_limit": int(over.sum()),
        "open": int((~done).sum()),
        "completed_with_query": int((queried & done).sum()),
        "completed": int(done.sum()),
        "with_query": int((queried & (raised <= high)).sum()),
        "second_letters": int((twice & (again <= high)).sum()),
        "paused_working_days_completed": int(extra[done].sum()),
        "net_working_days_completed": int(own[done].sum()),
    }
    return frame, truth


def licences(rng: np.random.RandomState, n: int) -> tuple[pl.DataFrame, dict]:
    """Certificate applications, and how many passed by the single window in the month it was
    due.
    """
    start, month = spread_starts(rng, n)
    online = np.interp(month, (0, 24, 35, 47), (0.20, 0.50, 0.97, 1.0))
    window = rng.rand(n) < online
    secret = rng.rand(n) < 0.02
    types = rng.randint(1, 24, n)
    issued = start + np.round(_spread(rng, np.full(n, 90.0) - 30 * month / 47, 0.6) * 3600).astype(
        "int64"
    )
    channel = np.where(window, "单一窗口", np.where(rng.rand(n) < 0.7, "部门系统", "柜台"))
    shown = pl.DataFrame({"a": start, "b": np.where(issued <= END, issued, -1)}).select(
        pl.from_epoch(pl.col("a") + LOCAL).dt.strftime("%Y-%m-%d %H:%M"),
        pl.when(pl.col("b") >= 0).then(
            pl.from_epoch(pl.col("b") + LOCAL).dt.strftime("%Y-%m-%d %H:%M")
        ),
    )
    frame = pl.DataFrame(
        {
            "证件编号": [f"L{i:07}" for i in range(1, n + 1)],
            "证件种类": [f"证件{k:02}" for k in types],
            "渠道": channel,
            "介质": np.where(rng.rand(n) < 0.3 + 0.5 * month / 47, "电子", "纸质"),
            "口岸验核": np.where(types <= np.where(month < 24, 14, 11), "是", "否"),
            "涉密": np.where(secret, "是", "否"),
            "申请时间": shown["a"],
            "签发时间": shown["b"].fill_null("--"),
        }
    )
    december = (month == MONTHS.index((2021, 12))) & ~secret
    last = (month == len(MONTHS) - 1) & ~secret & ~window
    return frame, {
        "types_outside_2022_12": len(set(types[last].tolist())),
        "applied_2021_12": int(december.sum()),
        "outside_single_window_2021_12": int((december & ~window).sum()),
    }
