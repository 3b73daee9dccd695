"""How a case stands in a tally: the codes of the column `end`. Below zero it is left out, and says
why.

From 2 on they are a Duration's other ends, in the order in which it names them.
"""

from __future__ import annotations

# Cases below which nothing is judged or ranked: a mean of 30 is near enough to normal for its
# interval, and one case moves a share by about 3 points. Statistical offices use 30 (Eurostat,
# SILC) to 50 (health surveys): with 50 more would go unsaid, not be said better.
ENOUGH = 30
OPEN, ENDED = 0, 1
BACKWARDS, NO_CALENDAR, UNKNOWN, NOT_VERIFIED, NO_CEILING, NO_LIST = -1, -2, -3, -4, -5, -6
LATE = -7
# a charge line in another currency than the tally's; which one stands with the cell
OTHER_CURRENCY = -8
FROM_START = -(1 << 63)  # the entry of a case that was watched from its start
# why a case is in no statistic, as a code of the catalogues of words
LEFT_OUT = {
    BACKWARDS: "end.backwards",
    UNKNOWN: "end.unknown",
    NOT_VERIFIED: "end.not_verified",
    NO_CEILING: "end.no_ceiling",
    NO_LIST: "end.no_list",
    LATE: "end.late",
}
