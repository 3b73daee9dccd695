"""A sample as counts: how many cases ended, in which way, or are open, at each whole value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .reasons import Reason

FROM_START = np.iinfo("int64").min  # the entry of a case that was watched from its start


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; None where it cannot be defended.

    `reasons` say why, or how it was made.

    >>> Estimate.refused(Reason("no_cases"))
    Estimate(value=None, low=None, high=None, reasons=(Reason('no_cases'),), se=None)
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reasons: tuple[Reason, ...] = ()
    se: float | None = None

    @classmethod
    def refused(cls, *reasons: Reason) -> Estimate:
        """No value, and why."""
        return cls(None, reasons=reasons)


@dataclass(frozen=True, eq=False)
class Sample:
    """Distinct values ascending, with the number of cases that ended and that are open at each.

    A value v stands for v / scale units, so seconds with a scale of 3600 are hours. `ended` counts
    end 1, each row of `others` a further end (2, 3, …: returned, seized, …); None where there is
    none. Cases that came under observation late (left truncation) are counted once more in
    `entered`, by the age `entries` at which they did: risk sets are differences of counts, so entry
    ages and leaving ages need not be kept together.

    >>> Sample.of([5, 3, 3], [1, 1, 0], [2, 1, 4]).n
    7
    >>> late = Sample.of([5, 3, 3], [1, 1, 2], [2, 1, 4], entry=[4, FROM_START, 1])
    >>> late.at_risk().tolist(), late.n_late
    ([5, 2], 6)
    """

    values: np.ndarray
    ended: np.ndarray
    open: np.ndarray
    scale: int = 1
    others: np.ndarray | None = None
    entries: np.ndarray | None = None
    entered: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        ends: ArrayLike,
        counts: ArrayLike,
        scale: int = 1,
        entry: ArrayLike | None = None,
        ways: int = 1,
    ) -> Sample:
        """From tally columns in any order; end 0 is open, 1 is ended, 2 and more are other ends,
        below 0 is left out.

        `entry` is the age at which each row's cases came under observation, FROM_START where from
        the start. `ways` keeps room for so many ends even where none of them was seen. ValueError
        where a case left before it entered.
        """
        values, ends, counts = (np.asarray(a, dtype="int64") for a in (values, ends, counts))
        kept = ends >= 0
        late = None
        if entry is not None:
            entry = np.asarray(entry, dtype="int64")
            late = kept & (entry > FROM_START)
            if (entry[late] >= values[late]).any():
                raise ValueError(
                    "a case that left before it came under observation cannot be in a sample"
                )
            late = _summed(entry[late], counts[late])
        values, ends, counts = values[kept], ends[kept], counts[kept]
        ways = max(ways, int(ends.max(initial=1)))
        distinct, (ended, still, *others) = _summed(
            values, *(np.where(ends == code, counts, 0) for code in (1, 0, *range(2, ways + 1)))
        )
        return cls._made(distinct, ended, still, scale, others, late)

    @classmethod
    def pooled(cls, samples: list[Sample]) -> Sample:
        """All cases of several samples of the same scale."""
        if not samples:
            return cls.of([], [], [])
        ways = max(s.ways for s in samples)
        columns = np.concatenate([s._columns(ways) for s in samples], axis=1)
        distinct, (ended, still, *others) = _summed(
            np.concatenate([s.values for s in samples]), *columns
        )
        late = None
        held = [s for s in samples if s.entries is not None]
        if held:
            late = _summed(
                *(
                    np.concatenate([getattr(s, name) for s in held])
                    for name in ("entries", "entered")
                )
            )
        return cls._made(distinct, ended, still, samples[0].scale, others, late)

    @classmethod
    def _made(
        cls,
        distinct: np.ndarray,
        ended: np.ndarray,
        still: np.ndarray,
        scale: int,
        others: list[np.ndarray],
        late: tuple[np.ndarray, list[np.ndarray]] | None,
    ) -> Sample:
        entries, entered = (
            (None, None) if late is None or not len(late[0]) else (late[0], late[1][0])
        )
        return cls(
            distinct, ended, still, scale, np.array(others) if others else None, entries, entered
        )

    def _columns(self, ways: int) -> np.ndarray:
        made = np.zeros((ways + 1, len(self.values)), "int64")
        made[0], made[1] = self.ended, self.open
        if self.others is not None:
            made[2 : 2 + len(self.others)] = self.others
        return made

    @cached_property
    def n(self) -> int:
        """All cases."""
        return int(self.leaving.sum())

    @cached_property
    def n_open(self) -> int:
        """Cases that have not ended."""
        return int(self.open.sum())

    @cached_property
    def n_late(self) -> int:
        """Cases that came under observation after their start."""
        return 0 if self.entered is None else int(self.entered.sum())

    @cached_property
    def n_other(self) -> int:
        """Cases that ended in another way than the first."""
        return 0 if self.others is None else int(self.others.sum())

    @property
    def ways(self) -> int:
        """How many ways to end there are."""
        return 1 if self.others is None else 1 + len(self.others)

    @cached_property
    def units(self) -> np.ndarray:
        """Values in units."""
        return self.values / self.scale

    @cached_property
    def any_end(self) -> np.ndarray:
        """Cases that ended at each value, in whichever way."""
        return self.ended if self.others is None else self.ended + self.others.sum(axis=0)

    @cached_property
    def leaving(self) -> np.ndarray:
        """Cases that ended or were last seen open at each value."""
        return self.any_end + self.open

    def at_risk(self) -> np.ndarray:
        """Cases under observation just before each value: entry < value <= leaving."""
        if self.entries is not None:
            return self.counter()(self.values)
        leaving = self.leaving
        return leaving.sum() - (np.cumsum(leaving) - leaving)

    def counter(self) -> Callable[[np.ndarray], np.ndarray]:
        """A function that counts the cases under observation just before any values.

        >>> Sample.of([5, 3, 3], [1, 1, 0], [2, 1, 4]).counter()(np.array([3, 4, 6])).tolist()
        [7, 2, 0]
        """
        gone = np.concatenate([[0], np.cumsum(self.leaving)])
        entries = np.array([], "int64") if self.entries is None else self.entries
        entered = np.concatenate(
            [[0], [] if self.entered is None else np.cumsum(self.entered)]
        ).astype("int64")

        def count(values: np.ndarray) -> np.ndarray:
            present = gone[-1] - gone[np.searchsorted(self.values, values, side="left")]
            return present - (entered[-1] - entered[np.searchsorted(entries, values, side="left")])

        return count


def _summed(keys: np.ndarray, *columns: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Distinct keys ascending, and each column summed by them."""
    # a tally comes in order already, and looking is cheaper than sorting it again
    if (keys[1:] < keys[:-1]).any():
        order = np.argsort(keys, kind="stable")
        keys, columns = keys[order], [column[order] for column in columns]
    first = np.flatnonzero(
        np.concatenate([np.ones(min(len(keys), 1), bool), keys[1:] != keys[:-1]])
    )
    return keys[first], [
        np.add.reduceat(column, first) if len(first) else column for column in columns
    ]
