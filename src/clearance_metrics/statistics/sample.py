"""A sample as counts: how many cases ended, in which way, or are open, at each whole value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from itertools import pairwise
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from .reasons import Reason

Given = ParamSpec("Given")
Found = TypeVar("Found")
FROM_START = np.iinfo("int64").min  # the entry of a case that was watched from its start
NOBODY = (np.zeros(0, "int64"), np.zeros(0, "int64"))  # the ages and counts where none came late


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
        return cls.each(values, ends, counts, [0], scale, entry, ways)[0]

    @classmethod
    def each(
        cls,
        values: ArrayLike,
        ends: ArrayLike,
        counts: ArrayLike,
        starts: ArrayLike,
        scale: int = 1,
        entry: ArrayLike | None = None,
        ways: int = 1,
    ) -> list[Sample]:
        """A sample per stretch of tally columns: one pass over all cells of a table.

        Every stretch begins at one of `starts` and ends where the next begins.

        >>> [sample.n for sample in Sample.each([5, 3, 3], [1, 1, 0], [2, 1, 4], starts=[0, 2])]
        [3, 4]
        """
        values, ends, counts = (np.asarray(a, dtype="int64") for a in (values, ends, counts))
        sizes = np.diff(np.asarray(starts, dtype="int64"), append=len(values))
        owner = np.repeat(np.arange(len(sizes)), sizes)
        kept = ends >= 0
        late = [NOBODY] * len(sizes)
        if entry is not None:
            entry = np.asarray(entry, dtype="int64")
            came = kept & (entry > FROM_START)
            if (entry[came] >= values[came]).any():
                raise ValueError(
                    "a case that left before it came under observation cannot be in a sample"
                )
            of, ages, entered = _summed(owner[came], entry[came], counts[came][None])
            bounds = np.searchsorted(of, np.arange(len(sizes) + 1)).tolist()
            late = [(ages[a:b], entered[0, a:b]) for a, b in pairwise(bounds)]
        if not kept.all():
            owner, values, ends, counts = owner[kept], values[kept], ends[kept], counts[kept]
        ways = max(ways, int(ends.max(initial=1)))
        codes = np.array([1, 0, *range(2, ways + 1)])
        of, distinct, columns = _summed(owner, values, np.where(ends == codes[:, None], counts, 0))
        bounds = np.searchsorted(of, np.arange(len(sizes) + 1))
        made = [
            cls._made(distinct[a:b], columns[:, a:b], scale, entries)
            for (a, b), entries in zip(pairwise(bounds.tolist()), late, strict=True)
        ]
        _count(made, bounds, distinct / scale, columns)
        return made

    @classmethod
    def pooled(cls, samples: list[Sample]) -> Sample:
        """All cases of several samples of the same scale."""
        if not samples:
            return cls.of([], [], [])
        ways = max(s.ways for s in samples)
        values = np.concatenate([s.values for s in samples])
        columns = np.concatenate([s._columns(ways) for s in samples], axis=1)
        _, distinct, columns = _summed(np.zeros_like(values), values, columns)
        late = NOBODY
        if held := [(s.entries, s.entered) for s in samples if s.entries is not None]:
            ages, entered = (np.concatenate(column) for column in zip(*held, strict=True))
            _, ages, entered = _summed(np.zeros_like(ages), ages, entered[None])
            late = (ages, entered[0])
        return cls._made(distinct, columns, samples[0].scale, late)

    @classmethod
    def _made(
        cls, distinct: np.ndarray, columns: np.ndarray, scale: int, late: tuple[np.ndarray, ...]
    ) -> Sample:
        others = columns[2:] if len(columns) > 2 else None
        entries, entered = late if len(late[0]) else (None, None)
        return cls(distinct, columns[0], columns[1], scale, others, entries, entered)

    def __getstate__(self) -> dict[str, object]:
        """What is stored: not the answers that stay with it, which are found again."""
        return {name: value for name, value in vars(self).items() if name != "_known"}

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

    @cached_property
    def running(self) -> np.ndarray:
        """Cases of end 1 up to each value."""
        return np.cumsum(self.ended)

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


def kept(
    function: Callable[Concatenate[Sample, Given], Found],
) -> Callable[Concatenate[Sample, Given], Found]:
    """The function, whose answers stay with their sample: several statistics rest on one curve."""

    @wraps(function)
    def asked(sample: Sample, *given: Given.args, **named: Given.kwargs) -> Found:
        known = vars(sample).setdefault("_known", {})
        key = (function, given, *named.items())
        if key not in known:
            known[key] = function(sample, *given, **named)
        return known[key]

    return asked


def _summed(
    owner: np.ndarray, keys: np.ndarray, columns: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct keys of each owner ascending, and each row of `columns` summed by them."""
    one = owner[1:] == owner[:-1]
    # a tally comes in order already, and looking is cheaper than sorting it again
    if (one & (keys[1:] < keys[:-1])).any():
        several = owner[0] != owner[-1]
        # whole numbers sum to the same in any order
        order = np.lexsort((keys, owner)) if several else np.argsort(keys)
        owner, keys, columns = owner[order], keys[order], columns[:, order]
    if not len(keys):
        return owner, keys, columns
    first = np.flatnonzero(np.concatenate([[True], ~one | (keys[1:] != keys[:-1])]))
    return owner[first], keys[first], np.add.reduceat(columns, first, axis=1)


def _count(
    samples: list[Sample], bounds: np.ndarray, units: np.ndarray, columns: np.ndarray
) -> None:
    """What every statistic asks of a sample, found for all of them at once."""
    leaving = columns.sum(axis=0)
    upto = np.zeros((3, len(units) + 1), "int64")
    np.cumsum([leaving, columns[1], columns[0]], axis=1, out=upto[:, 1:])
    n, n_open, _ = np.diff(upto[:, bounds]).tolist()
    running = upto[2, 1:] - np.repeat(upto[2, bounds[:-1]], np.diff(bounds))
    for i, (a, b) in enumerate(pairwise(bounds.tolist())):
        found = {"units": units[a:b], "leaving": leaving[a:b], "running": running[a:b]}
        vars(samples[i]).update(found, n=n[i], n_open=n_open[i])
