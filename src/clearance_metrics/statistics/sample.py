"""A sample as counts: how many cases ended, or are still open, at each whole value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; None where it cannot be defended, and `note` says why, or how it was made."""

    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Sample:
    """Distinct values ascending, with the number of cases that ended and that are open at each.

    A value v stands for v / scale units, so seconds with a scale of 3600 are hours.

    >>> Sample.of([5, 3, 3], [1, 1, 0], [2, 1, 4]).n
    7
    """

    values: np.ndarray
    ended: np.ndarray
    open: np.ndarray
    scale: int = 1

    @classmethod
    def of(cls, values, ends, counts, scale: int = 1) -> Sample:
        """From tally columns in any order; end 0 is open, 1 or more is ended, below 0 is left out."""
        values, ends, counts = (np.asarray(a, dtype="int64") for a in (values, ends, counts))
        kept = ends >= 0
        values, ends, counts = values[kept], ends[kept], counts[kept]
        distinct, place = np.unique(values, return_inverse=True)
        ended, still = np.zeros(len(distinct), "int64"), np.zeros(len(distinct), "int64")
        np.add.at(ended, place, np.where(ends > 0, counts, 0))
        np.add.at(still, place, np.where(ends == 0, counts, 0))
        return cls(distinct, ended, still, scale)

    @classmethod
    def pooled(cls, samples: list[Sample]) -> Sample:
        """All cases of several samples of the same scale."""
        if not samples:
            return cls.of([], [], [])
        values = np.concatenate([np.tile(s.values, 2) for s in samples])
        ends = np.concatenate([np.repeat([1, 0], len(s.values)) for s in samples])
        counts = np.concatenate([np.concatenate([s.ended, s.open]) for s in samples])
        kept = counts > 0
        return cls.of(values[kept], ends[kept], counts[kept], samples[0].scale)

    @property
    def n(self) -> int:
        """All cases."""
        return int(self.ended.sum() + self.open.sum())

    @property
    def n_open(self) -> int:
        """Cases that have not ended."""
        return int(self.open.sum())

    @property
    def units(self) -> np.ndarray:
        """Values in units."""
        return self.values / self.scale
