"""Cases of a clock that may run backwards whose stop lies implausibly far ahead of its start: the
figure keeps them, and says so beside itself.
"""

from __future__ import annotations

from dataclasses import replace

from ..domain.ends import ENDED
from ..domain.metrics import Metric
from ..domain.statistic import Statistic
from ..domain.vocabulary import FAR_AHEAD
from ..engine.cells import Cell
from ..statistics.reasons import Reason
from .estimates import estimate

MEANS = frozenset({"mean", "restricted_mean"})
ARRAYS = ("value", "end", "n", "total", "weight", "cluster", "entry")


def far_ahead(
    metric: Metric, cell: Cell, statistic: Statistic | str, *, told: bool = True
) -> list[Reason]:
    """What is said beside a mean in hours that such cases are part of: how many they are, and the
    mean without them; without the figures where these may not be `told`.
    """
    asked = Statistic.parse(statistic)
    if not metric.is_time or metric.unit_of() != "hours" or asked.kind not in MEANS:
        return []
    far = (cell.end == ENDED) & (cell.value < -FAR_AHEAD * 24 * metric.scale)
    n = int(cell.n[far].sum())
    if not n:
        return []
    if not told:
        return [Reason("far_ahead.withheld", days=FAR_AHEAD)]
    held = {name: getattr(cell, name) for name in ARRAYS}
    kept = {name: None if column is None else column[~far] for name, column in held.items()}
    without = estimate(metric, replace(cell, **kept), asked)[0].value
    facts = {"n": n, "days": FAR_AHEAD}
    if without is None:
        return [Reason("far_ahead.counted", **facts)]
    return [Reason("far_ahead.without", **facts, value=without, unit=Reason("unit.hours"))]
