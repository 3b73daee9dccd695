"""One log through the engine and the same cases as a tally: the numbers must be the same."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from clearance_metrics import EventLog, bridge, load_calendar, measure
from clearance_metrics.domain.as_of import AsOf

from .cover import answers
from .draws import CLOCKS, Log, draw
from .scenarios import SCENARIOS
from .worlds import LIMITS

AS_OF, ZONE = "2023-12-31", "Asia/Shanghai"
FIRST = (
    date(2021, 3, 1),
    date(2021, 6, 1),
)  # cases of the two sides begin here, unless some are to be open
IDS = ("plain", "ties", "clusters", "open-20")


def differences(seed: int, ids: tuple[str, ...] = IDS) -> dict[str, float]:
    """Largest difference per scenario between `measure` and `bridge` on a log and the answers the
    study uses.
    """
    worst = {}
    for place, scenario in enumerate(SCENARIOS):
        if scenario.id in ids:
            log = draw(scenario.world, np.random.default_rng((seed, 80, place)))
            mine, theirs = answers(scenario, log), _through_the_engine(scenario, log)
            pairs = [(mine[name][i], theirs[name][i]) for name in theirs for i in range(3)]
            worst[scenario.id] = max(0.0 if a == b else abs(a - b) for a, b in pairs)
    return worst


def _through_the_engine(scenario, log: Log) -> dict[str, tuple[float, float, float]]:
    world, clock = scenario.world, CLOCKS[scenario.world.unit]
    starts, stops = _times(world.unit, log)
    names = [f"{i:05}" for i in range(len(log.value))]
    done = log.end == 1
    events = pl.DataFrame(
        {
            "case_id": [*names, *np.array(names)[done]],
            "milestone": [clock.start] * len(names) + [clock.stop] * int(done.sum()),
            "time": [*starts, *np.array(stops, dtype=object)[done]],
        }
    )
    cases = pl.DataFrame(
        {
            "case_id": names,
            "port": [["x", "y"][p] for p in log.port],
            "side": log.side,
            "enterprise": [f"{e:03}" for e in log.enterprise],
        }
    )
    made = EventLog(events, cases, timezone=ZONE)
    cluster = "enterprise" if scenario.clustered else None
    limit, tau = LIMITS[world.unit]
    asked = [*(() if world.still else ("mean",)), "median", "p90", f"within:{limit}"]
    asked += [] if scenario.clustered else [f"restricted_mean:{tau}"]
    found = {}
    for row in measure(made, clock, as_of=AS_OF, by="side", statistics=asked, cluster=cluster):
        if dict(row.groups)["side"] == 1:
            found[row.statistic] = _plain(row)
    if not world.still:
        sides = {"side": 0}, {"side": 1}
        for row in bridge(
            made, clock, before=sides[0], after=sides[1], by="port", as_of=AS_OF, cluster=cluster
        ):
            if row.term in ("composition", "own"):
                name = row.term if row.term == "composition" else f"own: {dict(row.groups)['port']}"
                found[name] = _plain(row)
    return found


def _plain(row) -> tuple[float, float, float]:
    return (
        np.nan if row.value is None else row.value,
        -np.inf if row.low is None else row.low,
        np.inf if row.high is None else row.high,
    )


def _times(unit: str, log: Log) -> tuple[list, list]:
    """Starts and stops that give these durations: seconds since 1970, or days."""
    if unit == "hours":
        moment = AsOf.of(AS_OF, ZONE).second
        start = moment - log.value if (log.end == 0).any() else None
        if start is None:
            start = np.array([(d - date(1970, 1, 1)).days * 86400 for d in FIRST])[log.side]
        else:
            # finished cases may have begun at any time before
            start = start - np.where(log.end == 1, 86400, 0)
        return start.tolist(), (start + log.value).tolist()
    official = load_calendar("CN")
    starts, stops = [], []
    for first in FIRST:
        days, day = [first], first
        while len(days) <= int(log.value.max()):
            day += timedelta(days=1)
            days += [day] * official.working_days(days[-1] if len(days) > 1 else first, day)
        starts.append(first)
        stops.append(days)
    return [starts[s] for s in log.side], [
        stops[s][v] for s, v in zip(log.side, log.value, strict=True)
    ]
