"""How a case stands in a tally: the codes of the column `end`. Below zero it is left out, and says
why.

From 2 on they are a Duration's other ends, in the order in which it names them.
"""

from __future__ import annotations

# Cases below which nothing is judged or ranked: of 30 one case moves a share by about 3 points, and
# a mean has an interval that holds unless its tail is long, which is tested apart. Others ask for
# 50: more would then go unsaid, while the intervals shown tell what few cases can say.
ENOUGH = 30
OPEN, ENDED = 0, 1
BACKWARDS, NO_CALENDAR, UNKNOWN, NOT_VERIFIED, NO_CEILING, NO_LIST = -1, -2, -3, -4, -5, -6
LATE = -7
# a charge line in another currency than the tally's; which one stands with the cell
OTHER_CURRENCY = -8
NO_RATE = -9
# goods that are said to be worth nothing: no share of that can be told; what is not paid yet
NO_VALUE, NOT_YET = -10, -11
FROM_START = -(1 << 63)  # the entry of a case that was watched from its start
# why a case is in no statistic, as a code of the catalogues of words
LEFT_OUT = {
    BACKWARDS: "end.backwards",
    UNKNOWN: "end.unknown",
    NOT_VERIFIED: "end.not_verified",
    NO_CEILING: "end.no_ceiling",
    NO_LIST: "end.no_list",
    NO_RATE: "end.no_rate",
    LATE: "end.late",
    NO_VALUE: "end.no_value",
    NOT_YET: "end.not_yet",
}
