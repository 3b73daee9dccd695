"""Cases that the tests of survival statistics share."""

import numpy as np

from clearance_metrics.statistics import FROM_START, Sample

MAINTAINED = [
    (9, 1),
    (13, 1),
    (13, 0),
    (18, 1),
    (23, 1),
    (28, 0),
    (31, 1),
    (34, 1),
    (45, 0),
    (48, 1),
    (161, 0),
]
OTHER = [
    (5, 1),
    (5, 1),
    (8, 1),
    (8, 1),
    (12, 1),
    (16, 0),
    (23, 1),
    (27, 1),
    (30, 1),
    (33, 1),
    (43, 1),
    (45, 1),
]
FLAT = [(9, 1), (1, 1), (1, 0), (6, 1), (6, 1), (8, 0), (10, 0)]


def sample(pairs, **more):
    values, ends = zip(*pairs, strict=True)
    return Sample.of(values, ends, [1] * len(values), **more)


def drawn(seed, ways=1, late=True, ties=True):
    """Random cases as arrays: entry, value, end; tied, censored, and seen only where they outlast
    their entry.
    """
    rng = np.random.default_rng(seed)
    size = int(rng.integers(30, 400))
    value = np.ceil(
        rng.weibull(rng.uniform(0.7, 2), size) * rng.uniform(5, 80) * (1 if ties else 1e7)
    ).astype("int64")
    limit = np.ceil(rng.uniform(1, 150, size) * (1 if ties else 1e7)).astype("int64")
    end = np.where(value <= limit, rng.integers(1, ways + 1, size), 0)
    value = np.minimum(value, limit)
    entry = np.where(rng.random(size) < 0.4, rng.integers(0, 30, size) * (1 if ties else 10**7), -1)
    entry = entry if late else np.full(size, -1)
    kept = entry < value
    return entry[kept], value[kept], end[kept]


def made(entry, value, end, ways=1):
    return Sample.of(
        value,
        end,
        np.ones(len(value), "int64"),
        entry=np.where(entry < 0, FROM_START, entry),
        ways=ways,
    )
