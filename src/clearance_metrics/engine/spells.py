"""When something stands open: raised and ended events of a case, counted and not paired, so that
repeats are exact.
"""

from __future__ import annotations

from ..domain.sql import name, when, whole
from .query import Query


def opened(marks: Query, owner: tuple[str, ...]) -> Query:
    """How many stand open from each moment on, per owner (case, or case and hold).

    `marks` has the owner's columns, key (a second or a day), raised (1 raised, 0 ended) and day
    (known to the day only). The answer has a row per owner and key: open and before (how many from
    then on, and until then), until (the next key, null at the last), begun_once (whether any was
    raised by then), unmatched (an end came while none was open), day (0 or 1). At one key the
    raised come first; an end with nothing open takes nothing away.
    """
    owners = ", ".join(map(name, owner))
    in_turn = f"OVER (PARTITION BY {owners} ORDER BY key)"
    # a row per key, so that no order within a moment can matter to any engine; a sum over the keys
    # in turn is therefore the sum so far
    sums = {
        "up": whole("sum(raised)"),
        "down": whole("sum(1 - raised)"),
        "day": f"max({when(('coalesce(day, FALSE)', 1), otherwise=0)})",
    }
    moments = marks.grouped("moments", [*owner, "key"], sums)
    balances = moments.then(
        "balances",
        {"balance": whole(f"sum(up - down) {in_turn}"), "begun_once": f"sum(up) {in_turn} > 0"},
        kinds={"begun_once": "boolean"},
    )
    lowest = balances.then("lowest", {"least": f"least(min(balance) {in_turn}, 0)"})
    # the count reflected at zero: what the balance lies above its lowest so far
    return lowest.then(
        "spells",
        {
            "until": f"lead(key) {in_turn}",
            "open": "balance - least",
            "before": f"coalesce(lag(balance - least) {in_turn}, 0)",
            "unmatched": f"least < coalesce(lag(least) {in_turn}, 0)",
        },
        kinds={"unmatched": "boolean"},
        keep=[*owner, "key", "begun_once", "day"],
    )


def clipped(spans: Query) -> Query:
    """`key` to `until` (to the end, where null) cut to `begun` and `done` of the clock, as `since`
    and `till`.
    """
    cut = "least(greatest({}, begun), done)".format
    return spans.then("clipped", {"since": cut("key"), "till": cut("coalesce(until, done)")})
