"""How often intervals hold the truth: coverage, which side is missed, bias and width."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from clearance_metrics.analysis.estimates import estimate
from clearance_metrics.statistics.change import interval, mean_change
from clearance_metrics.statistics.quantile_change import quantile_change

from .draws import CLOCKS, Log, cell_of, draw, samples_of, sides_of
from .scenarios import Scenario
from .worlds import LIMITS

BAND = (0.93, 0.97)
Answer = tuple[
    float, float, float
]  # value, low, high: nan where there is none, infinite where a side is left open


@dataclass(frozen=True)
class Cover:
    """One statistic in one scenario. Rates are among logs with an interval, `told` is their share
    of all logs.

    `above` and `below`: how often the truth lies above and below the interval; `one_sided`: how
    often a bound is left open. `bias` is the mean error, `spread` the standard deviation of the
    values, `width` the median width of closed intervals; None where there is nothing to take them
    from.
    """

    scenario: str
    statistic: str
    truth: float
    logs: int
    told: float
    coverage: float | None
    above: float | None
    below: float | None
    one_sided: float | None
    bias: float | None
    spread: float | None
    width: float | None

    @property
    def outside(self) -> bool:
        """Whether the coverage lies outside 93 to 97 %."""
        return self.coverage is not None and not BAND[0] <= self.coverage <= BAND[1]

    def to_dict(self) -> dict[str, object]:
        """A flat record."""
        return asdict(self) | {"outside": self.outside}


def answers(scenario: Scenario, log: Log) -> dict[str, Answer]:
    """What the library says of one log, statistic by statistic."""
    world, metric = scenario.world, CLOCKS[scenario.world.unit]
    if scenario.percentiles:
        split = quantile_change(*samples_of(log, world), 0.5)
        held = (("median: composition", "composition"), ("median: own", "within"))
        return {
            name: _answer(getattr(split, key), *(float(b) for b in split.intervals[key]))
            for name, key in held
        }
    cell, (limit, tau) = cell_of(log, scenario.clustered), LIMITS[world.unit]
    found = {}
    for name in ("mean", "median", "p90", f"within:{limit}", f"restricted_mean:{tau}"):
        # means with open cases are refused, restricted means know no clusters
        if not (world.still and name == "mean") and not (
            scenario.clustered and name.startswith("restricted")
        ):
            said = estimate(metric, cell, name)[0]
            found[name] = _answer(said.value, said.low, said.high)
    if world.still:
        return found
    terms = mean_change([[0], [1]], *sides_of(log, world, scenario.clustered))
    for name, value, error in (
        ("composition", terms.composition[0], terms.error["composition"][0]),
        *((f"own: {p}", terms.own[g], terms.error["own"][g]) for g, p in enumerate("xy")),
    ):
        found[name] = _answer(float(value), *interval(float(value), float(error)))
    return found


def _answer(value: float | None, low: float | None, high: float | None) -> Answer:
    nothing = low is None and high is None
    return (
        np.nan if value is None else value,
        np.nan if nothing else -np.inf if low is None else low,
        np.nan if nothing else np.inf if high is None else high,
    )


def summary(scenario: str, statistic: str, truth: float, rows: np.ndarray) -> Cover:
    """Coverage and the rest from answers (logs x value, low, high).

    >>> rows = [[1.0, 0.0, 2.0], [3.0, 2.5, np.inf], [np.nan, np.nan, np.nan], [2.0, 0.0, 1.5]]
    >>> found = summary("by hand", "mean", 2.0, np.array(rows))
    >>> round(found.coverage, 3), round(found.above, 3), round(found.below, 3)
    (0.333, 0.333, 0.333)
    >>> found.told, found.bias, found.width
    (0.75, 0.0, 1.75)
    """
    value, low, high = np.asarray(rows, "float64").T
    held = ~np.isnan(low)
    known = ~np.isnan(value)
    rates = dict.fromkeys(("coverage", "above", "below", "one_sided", "width"))
    if held.any():
        above, below = float((high[held] < truth).mean()), float((low[held] > truth).mean())
        wide = (high - low)[held]
        closed = np.isfinite(wide)
        rates = {
            "coverage": float(((low <= truth) & (truth <= high))[held].mean()),
            "above": above,
            "below": below,
            "one_sided": float((~closed).mean()),
            "width": float(np.median(wide[closed])) if closed.any() else None,
        }
    middle = float(value[known].mean() - truth) if known.any() else None
    spread = float(value[known].std(ddof=1)) if known.sum() > 1 else None
    return Cover(
        scenario,
        statistic,
        truth,
        len(value),
        float(held.mean()),
        bias=middle,
        spread=spread,
        **rates,
    )


def batch(scenario: Scenario, seeds: list[tuple[int, ...]]) -> dict[str, list[Answer]]:
    """Answers over some logs, each log with a seed of its own."""
    made: dict[str, list[Answer]] = {}
    for seed in seeds:
        log = draw(scenario.world, np.random.default_rng(seed))
        for name, answer in answers(scenario, log).items():
            made.setdefault(name, []).append(answer)
    return made
