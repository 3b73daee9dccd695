"""Logs drawn from a world, straight as tallies: no engine is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clearance_metrics import Duration
from clearance_metrics.engine.cells import Cell
from clearance_metrics.statistics import Sample
from clearance_metrics.statistics.change import Side

from .worlds import World

CLOCKS = {
    "hours": Duration("declared", "customs_released"),
    "working_days": Duration("refund_accepted", "refund_approved", unit="working_days"),
}


@dataclass(frozen=True, eq=False)
class Log:
    """Cases of two sides, before and after: whole value, end (1, or 0 if open), port and
    enterprise.
    """

    value: np.ndarray
    end: np.ndarray
    side: np.ndarray
    port: np.ndarray
    enterprise: np.ndarray


def draw(world: World, rng: np.random.Generator) -> Log:
    """One log: n cases a side, ports and enterprises by chance."""
    size = 2 * world.n
    side = np.repeat([0, 1], world.n)
    port = (rng.random(size) >= np.array([s[0] for s in world.shares])[side]).astype("int64")
    noise = rng.standard_normal(size)
    enterprise = np.zeros(size, "int64")
    if world.clusters:
        # the largest enterprise has four times the cases of the smallest
        weight = np.linspace(1, 4, world.clusters)
        enterprise = rng.choice(world.clusters, size, p=weight / weight.sum())
        own = rng.standard_normal(world.clusters)
        noise = np.sqrt(world.alike) * own[enterprise] + np.sqrt(1 - world.alike) * noise
    length = np.array(world.medians)[side, port] * np.exp(world.sigma * noise)
    end = np.ones(size, "int64")
    if world.still:
        age = rng.uniform(0, world.horizon(), size)
        end, length = (length <= age).astype("int64"), np.minimum(length, age)
    value = np.ceil(length * world.scale).astype("int64")
    return Log(value, end, side, port, enterprise)


def cell_of(log: Log, clustered: bool = False, side: int = 1) -> Cell:
    """One side as the cell that the engine's tally would give: an entry per distinct outcome."""
    kept = log.side == side
    enterprise = log.enterprise[kept] * clustered
    many = int(enterprise.max(initial=0)) + 1
    key, n = np.unique(
        (log.value[kept] * 2 + log.end[kept]) * many + enterprise, return_counts=True
    )
    outcome, code = key // many, key % many
    value, end = outcome // 2, outcome % 2
    return Cell(
        (), None, value, end, n, value * n, cluster=code.astype(object) if clustered else None
    )


def sides_of(log: Log, world: World, clustered: bool = False) -> tuple[Side, Side]:
    """Both sides of a bridge by port."""
    made = []
    for side in (0, 1):
        kept = log.side == side
        names = log.enterprise[kept] if clustered else None
        made.append(
            Side.of(
                2,
                log.port[kept],
                np.ones(kept.sum()),
                log.value[kept] / world.scale,
                np.ones(kept.sum()),
                names,
                world.clusters,
            )
        )
    return made[0], made[1]


def samples_of(log: Log, world: World) -> tuple[list[Sample], list[Sample]]:
    """Both sides as a closed sample per port."""
    made = []
    for side in (0, 1):
        values = [log.value[(log.side == side) & (log.port == port)] for port in (0, 1)]
        made.append([Sample.of(v, np.ones(len(v)), np.ones(len(v)), world.scale) for v in values])
    return made[0], made[1]
