"""How a case stands in a tally: the codes of the column `end`. Below zero it is left out, and says
why.

From 2 on they are a Duration's other ends, in the order in which it names them.
"""

from __future__ import annotations

ENOUGH = 30  # cases, below which nothing is judged
OPEN, ENDED = 0, 1
BACKWARDS, NO_CALENDAR, UNKNOWN, NOT_VERIFIED, NO_CEILING, NO_LIST = -1, -2, -3, -4, -5, -6
LATE = -7
FROM_START = -(1 << 63)  # the entry of a case that was watched from its start
LEFT_OUT = {
    BACKWARDS: "stop before start",
    UNKNOWN: "not known (a needed value is missing, or it is too early to tell)",
    NOT_VERIFIED: "ceiling not verified",
    NO_CEILING: "no ceiling applies",
    NO_LIST: "no published list of that port for that day",
    LATE: "ended, or was last seen, before the log could show it",
}
LEFT_OUT_ZH = {
    BACKWARDS: "止点早于起点",
    UNKNOWN: "所需数值缺失，或尚不能判断",
    NOT_VERIFIED: "标准尚未核实",
    NO_CEILING: "无政府定价",
    NO_LIST: "该口岸当日无公示清单",
    LATE: "在数据起始日之前或当时已结束（或已无后续记录）",
}
