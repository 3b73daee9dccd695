"""Kinds of case beside goods: documents, operations, trucks, trains, messages, filings, returns.

One small file each.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .cases import END, LOCAL, MONTHS, spread_starts
from .extras import hours, yes
from .ports import LIMITS, OPERATIONS

PORTS = ("海港甲", "海港乙", "海港丙")
DOCUMENTS = ("设备交接单", "装箱单", "提货单", "海运提单", "空运运单", "铁路运单")
MESSAGES = ("抵港", "卸货", "放行", "提离")
FUNCTIONS = ("船舶联合登临检查", "邮轮旅客申报", "出口退税申报", "进口关税配额")


def services(rng: np.random.RandomState, size: float) -> dict[str, pl.DataFrame]:
    """Every file under its name, times to the minute in local time, empty where they lie after the
    log's end.
    """
    made = {}

    def start(n: int) -> tuple[np.ndarray, np.ndarray]:
        begun, month = spread_starts(rng, max(round(n * size), 60))
        return begun, month / (len(MONTHS) - 1)

    def pick(names: tuple, n: int) -> np.ndarray:
        return np.array(names)[rng.randint(0, len(names), n)]

    parts = []
    for kind, mark, n, names in (
        ("document", "D", 3000, DOCUMENTS),
        ("tonnage_tax", "N", 900, ("吨税证明",)),
        ("certificate", "Z", 1200, ("检验检疫证书",)),
    ):
        begun, p = start(n)
        paper = rng.rand(len(begun)) > 0.35 + 0.5 * p
        parts.append(
            pl.DataFrame(
                {
                    "单证编号": [f"{mark}{i:07}" for i in range(1, len(begun) + 1)],
                    "种类": kind,
                    "单证": pick(names, len(begun)),
                    "介质": np.where(paper, "纸质", "电子"),
                    "口岸": pick(PORTS, len(begun)),
                    "签发": _minutes(begun),
                }
            )
        )
    made["documents.csv"] = pl.concat(parts)
    begun, p = start(3000)
    which = rng.randint(0, 4, len(begun))
    limit = np.array(LIMITS)[which]
    made["operations.csv"] = pl.DataFrame(
        {
            "作业编号": _ids("O", begun),
            "作业": np.array(OPERATIONS)[which],
            "口岸": pick(PORTS, len(begun)),
            "公布时限": limit,
            "下单": _minutes(begun),
            "完成": _minutes(begun + hours(rng, limit / 60 * (0.75 - 0.2 * p), 0.5)),
        }
    )
    begun, p = start(4000)
    booked, passed = rng.rand(len(begun)) < 0.4 + 0.4 * p, begun + hours(rng, 0.4 - 0.2 * p)
    slot = np.where(booked, begun + rng.choice([1800, 3600], len(begun)), END + 1)
    made["trucks.csv"] = pl.DataFrame(
        {
            "车次": _ids("T", begun),
            "口岸": pick(PORTS, len(begun)),
            "闸口": np.where(rng.rand(len(begun)) < 0.3 + 0.5 * p, "自动", "人工"),
            "预约": yes(booked),
            "时段止": _minutes(slot),
            "排队": _minutes(begun),
            "过闸": _minutes(passed),
            "离场": _minutes(passed + hours(rng, 1.4 - 0.4 * p)),
        }
    )
    begun, p = start(900)
    made["trains.csv"] = pl.DataFrame(
        {
            "班列": _ids("B", begun),
            "口岸": "铁路口岸甲",
            "到达": _minutes(begun),
            "发车": _minutes(begun + hours(rng, 20 - 7 * p)),
        }
    )
    begun, p = start(3000)
    came = np.where(
        rng.rand(len(begun)) < 0.9 + 0.08 * p, begun + hours(rng, 3 - 2 * p, 1.0), END + 1
    )
    made["messages.csv"] = pl.DataFrame(
        {
            "信息编号": _ids("M", begun),
            "状态": np.array(MESSAGES)[np.arange(len(begun)) % len(MESSAGES)],
            "口岸": pick(PORTS, len(begun)),
            "状态发生": _minutes(begun),
            "信息到达": _minutes(came),
        }
    )
    begun, p = start(3000)
    made["filings.csv"] = pl.DataFrame(
        {
            "办理编号": _ids("S", begun),
            "功能": pick(FUNCTIONS, len(begun)),
            "渠道": np.where(rng.rand(len(begun)) < 0.4 + 0.45 * p, "单一窗口", "部门系统"),
            "办理": _minutes(begun),
        }
    )
    begun, p = start(900)
    made["returns.csv"] = pl.DataFrame(
        {
            "退货编号": _ids("C", begun),
            "口岸": pick(PORTS, len(begun)),
            "申报": _minutes(begun),
            "放行": _minutes(begun + hours(rng, 30 - 12 * p)),
        }
    )
    return made


def _ids(mark: str, begun: np.ndarray) -> list[str]:
    return [f"{mark}{i:07}" for i in range(1, len(begun) + 1)]


def _minutes(seconds: np.ndarray) -> pl.Series:
    """Local time to the minute; empty after the end of the log."""
    frame = pl.DataFrame({"s": seconds})
    shown = pl.from_epoch(pl.col("s") + LOCAL).dt.strftime("%Y-%m-%d %H:%M")
    return frame.select(pl.when(pl.col("s") <= END).then(shown).otherwise(pl.lit(""))).to_series()
