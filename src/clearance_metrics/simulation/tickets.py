"""What firms ask and complain of at the problem desks and online, and when they were helped."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from ..domain.calendars import load_calendar
from .cases import END, EPOCH, LOCAL, MONTHS, spread_starts
from .charges import PORTS
from .extras import NOTICE_MONTH, hours
from .services import _minutes

TOPICS, SHARES = (
    ("单证与申报", "查验与放行", "收费", "出口退税", "系统故障", "政策咨询"),
    (0.26, 0.2, 0.16, 0.12, 0.11, 0.15),
)
WITHIN = 2  # working days, of which the truth says how many were answered in
SPANS = {
    "before": (date(2020, 9, 1), date(2021, 8, 31)),
    "after": (date(2021, 9, 1), date(2022, 8, 31)),
}


def tickets(rng: np.random.RandomState, size: float) -> tuple[pl.DataFrame, dict]:
    """A row per ticket, times to the minute, empty where not yet; and the truth of it."""
    opened, month = spread_starts(rng, max(round(2600 * size), 60))
    n, p, late = len(opened), month / (len(MONTHS) - 1), month >= NOTICE_MONTH
    online = rng.rand(n) < 0.35 + 0.45 * p
    # from the notice on a question put online may be answered by the system at once
    by_system = online & late & (rng.rand(n) < 0.3)
    answer = hours(rng, np.where(late, 34.0, 58.0), 0.8)
    answered = opened + np.where(by_system, 60, answer)
    closed = answered + hours(rng, np.where(late, 70.0, 130.0), 0.9)
    answered = np.where(rng.rand(n) < 0.01, END + 1, answered)
    closed = np.where((rng.rand(n) < 0.02) | (answered > END), END + 1, closed)
    frame = pl.DataFrame(
        {
            "工单号": [f"G{i:07}" for i in range(1, n + 1)],
            "受理渠道": np.where(online, "单一窗口", "现场专窗"),
            "问题主题": np.array(TOPICS)[rng.choice(len(TOPICS), n, p=SHARES)],
            "口岸": np.array(PORTS)[rng.randint(0, len(PORTS), n)],
            "问题受理": _minutes(opened),
            "问题答复": _minutes(answered),
            "问题办结": _minutes(closed),
        }
    )
    truth: dict = {
        "tickets": n,
        "not_answered": int((answered > END).sum()),
        "not_closed": int((closed > END).sum()),
        "within_working_days": WITHIN,
    }
    day = (opened + LOCAL) // 86400
    for name, (first, last) in SPANS.items():
        here = (day >= (first - EPOCH).days) & (day <= (last - EPOCH).days)
        truth[name] = _told(opened[here], answered[here], closed[here], online[here])
    return frame, truth


def _told(opened: np.ndarray, answered: np.ndarray, closed: np.ndarray, online: np.ndarray) -> dict:
    """Of tickets opened within a span: working days to answer and close, by the calendar."""
    days = load_calendar("CN").day_table()
    first = int(days["day"][0])
    number = np.cumsum(np.array(days["working"]))

    def worked(done: np.ndarray) -> np.ndarray:
        at = [number[(when + LOCAL) // 86400 - first] for when in (opened, done)]
        return (at[1] - at[0])[done <= END]

    told: dict = {"opened": len(opened), "online": int(online.sum())}
    for name, done in (("answer", answered), ("close", closed)):
        took = np.sort(worked(np.minimum(done, END + 1)))
        told[name] = {
            "done": len(took),
            "working_days": int(took.sum()),
            "median": int(took[(len(took) - 1) // 2]) if len(took) else None,
            "within": int((took <= WITHIN).sum()),
        }
    return told
