"""What is supposed of cases: plain values that say which cases count like which others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import LogError, NothingToShow, closest
from .arguments import check_groups, check_number, names_of

Group = tuple[object, ...]  # the values of `columns`
Sizes = Callable[[np.ndarray], np.ndarray]  # cases of each group -> for how many it stands


@dataclass(frozen=True)
class Learnt:
    """A stratum whose `moved` cases shall count like the `n` of those that are like them there."""

    stratum: Group
    n: int
    moved: int


class Change:
    """What is supposed; `columns` are what its groups are told apart by, its own column last."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of cases that it reads."""
        return ()

    def keeps(self, group: Group) -> bool:
        """Whether a group takes part: nothing can be supposed where the column is not told."""
        return True

    def check(self, groups: Sequence[Group], counts: np.ndarray) -> None:
        """LogError where it names what no case has."""

    def sizes(self, groups: Sequence[Group], counts: np.ndarray) -> Sizes:
        """For how many cases each group stands, from its cases; smooth, and exact of fractions."""
        return lambda n: n

    def learnt(self, groups: Sequence[Group], counts: np.ndarray) -> list[Learnt]:
        """The strata that get another weight, and how many cases there are to learn from."""
        return []


@dataclass(frozen=True)
class ShareBecomes(Change):
    """The share of cases with `value` in `column` becomes `share`, alike in the columns `within`.

    A rise takes the same part of all other cases, stratum by stratum, and counts it like the cases
    of its own stratum that have the value; a fall is the same the other way round.
    """

    column: str
    value: Any
    share: float
    within: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of cases that it reads."""
        return (*self.within, self.column)

    def keeps(self, group: Group) -> bool:
        """Whether the column is told."""
        return group[-1] is not None

    def check(self, groups: Sequence[Group], counts: np.ndarray) -> None:
        """LogError where no case has the value."""
        _check_known(self.column, self.value, groups)

    def now(self, groups: Sequence[Group], counts: np.ndarray) -> float:
        """The share as it is."""
        return float(counts @ self._has(groups) / counts.sum())

    def _has(self, groups: Sequence[Group]) -> np.ndarray:
        return np.array([group[-1] == self.value for group in groups])

    def _gaining(self, groups: Sequence[Group], counts: np.ndarray) -> tuple[np.ndarray, Fraction]:
        """Which groups gain, and the share that these shall have."""
        has, share = self._has(groups), Fraction(str(self.share))
        if Fraction(int(counts @ has), int(counts.sum())) <= share:
            return has, share
        return ~has, 1 - share

    def sizes(self, groups: Sequence[Group], counts: np.ndarray) -> Sizes:
        """As of `Change`."""
        gaining, share = self._gaining(groups, counts)
        place = _strata(groups)

        def sizes(n: np.ndarray) -> np.ndarray:
            gain, lose = n * gaining, n * ~gaining
            wanted = share if n.dtype == object else float(share)
            whole, others = n.sum(), lose.sum()
            if not others:
                return n
            # the part of the others that moves
            part = (wanted * whole - gain.sum()) / others
            beside, like = _inside(place, lose), _inside(place, gain)
            # a group without any to learn from is refused before
            told = np.where(like == 0, 1, like)
            return gain * (1 + part * beside / told) + lose * (1 - part)

        return sizes

    def learnt(self, groups: Sequence[Group], counts: np.ndarray) -> list[Learnt]:
        """As of `Change`."""
        gaining, share = self._gaining(groups, counts)
        if Fraction(int(counts @ gaining), int(counts.sum())) == share:
            return []
        return _learnt(groups, counts, gaining, ~gaining)


@dataclass(frozen=True)
class WorksLike(Change):
    """The cases of group `a` of `column` take as long as those of group `b`, alike in the columns
    `within`.
    """

    column: str
    a: Any
    b: Any
    within: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of cases that it reads."""
        return (*self.within, self.column)

    def check(self, groups: Sequence[Group], counts: np.ndarray) -> None:
        """LogError where no case is of either group."""
        for value in (self.a, self.b):
            _check_known(self.column, value, groups)

    def _sides(self, groups: Sequence[Group]) -> tuple[np.ndarray, np.ndarray]:
        one, two = (np.array([g[-1] == value for g in groups]) for value in (self.a, self.b))
        return one, two

    def sizes(self, groups: Sequence[Group], counts: np.ndarray) -> Sizes:
        """As of `Change`."""
        from_, to = self._sides(groups)
        place = _strata(groups)

        def sizes(n: np.ndarray) -> np.ndarray:
            return n * ~from_ + _inside(place, n * from_) * to

        return sizes

    def learnt(self, groups: Sequence[Group], counts: np.ndarray) -> list[Learnt]:
        """As of `Change`."""
        from_, to = self._sides(groups)
        return _learnt(groups, counts, to, from_)


@dataclass(frozen=True)
class SlowestAtMedian(Change):
    """The slowest `part` of all cases takes as long as the median case."""

    part: float = 0.1


def share_becomes(
    column: str, value: object, share: float, *, within: str | Iterable[str] = ()
) -> ShareBecomes:
    """Suppose that the share of cases with `value` in `column` becomes `share`, from 0 to 1: for
    `what_if`.

    A rise takes the same part of all other cases and counts it like the cases that have the value
    and are alike in the columns `within` (port, mode…); a fall the other way round. LogError for a
    share that is none, and for names that are no columns.

    >>> share_becomes("declaration_mode", "advance", 0.6, within=("port", "mode")).columns
    ('port', 'mode', 'declaration_mode')
    """
    check_number(share, "share")
    if not 0 <= share <= 1:
        raise LogError(f"share={share!r} is no share", "share", "write 0.6 for 60 %")
    within = _columns(column, within)
    _check_value(value, "value")
    return ShareBecomes(column, value, float(share), within)


def works_like(column: str, a: object, b: object, *, within: str | Iterable[str] = ()) -> WorksLike:
    """Suppose that the cases of group `a` of `column` take as long as those of group `b` that are
    alike in the columns `within`: for `what_if`. LogError for names that are no columns.

    >>> works_like("port", "north", "south", within="mode").columns
    ('mode', 'port')
    """
    within = _columns(column, within)
    for value, name in ((a, "a"), (b, "b")):
        _check_value(value, name)
    if a == b:
        raise LogError(f"a and b are both {a!r}", "a, b", "name two groups")
    return WorksLike(column, a, b, within)


def slowest_at_median(part: float = 0.1) -> SlowestAtMedian:
    """Suppose that the slowest `part` of cases, below a half, takes as long as the median case: for
    `what_if`. LogError for a part that is none.

    >>> slowest_at_median(0.05)
    SlowestAtMedian(part=0.05)
    """
    check_number(part, "part")
    if not 0 < part < 0.5:
        what = f"part={part!r} is not between 0 and 0.5"
        raise LogError(what, "part", "write 0.1 for the slowest tenth")
    return SlowestAtMedian(float(part))


def check_change(change: object) -> None:
    """LogError for what is no change that can be supposed.

    >>> check_change("faster")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: 'faster' is nothing that can be supposed
      where: change
      do: give share_becomes(…), slowest_at_median(…) or works_like(…)
    """
    if not isinstance(change, Change):
        remedy = "give share_becomes(…), slowest_at_median(…) or works_like(…)"
        raise LogError(f"{change!r} is nothing that can be supposed", "change", remedy)


def _columns(column: object, within: str | Iterable[str]) -> tuple[str, ...]:
    if not isinstance(column, str):
        raise LogError(f"{column!r} is no name of a column", "column", 'write "port"')
    names = names_of(within)
    check_groups((*names, column))
    return names


def _check_value(value: object, name: str) -> None:
    if value is None or isinstance(value, list | tuple | dict | set):
        what = f"{name}={value!r} is no value of a column"
        raise LogError(what, name, "name one value that cases have")


def _check_known(column: str, value: object, groups: Sequence[Group]) -> None:
    known = dict.fromkeys(str(group[-1]) for group in groups if group[-1] is not None)
    if not any(group[-1] == value for group in groups):
        what = f"no case has {column} = {value!r} among those that count"
        raise NothingToShow(what, "change", closest(str(value), known))


def _strata(groups: Sequence[Group]) -> np.ndarray:
    """The number of each group's stratum."""
    strata = [group[:-1] for group in groups]
    codes = {stratum: i for i, stratum in enumerate(dict.fromkeys(strata))}
    return np.array([codes[stratum] for stratum in strata])


def _inside(place: np.ndarray, n: np.ndarray) -> np.ndarray:
    """For each group the sum over its stratum."""
    found = np.zeros(len(place), dtype=n.dtype)
    np.add.at(found, place, n)
    return found[place]


def _learnt(
    groups: Sequence[Group], counts: np.ndarray, to: np.ndarray, from_: np.ndarray
) -> list[Learnt]:
    place = _strata(groups)
    sides = zip(_inside(place, counts * to), _inside(place, counts * from_), strict=True)
    told = {group[:-1]: side for group, side in zip(groups, sides, strict=True)}
    return [Learnt(group, int(n), int(moved)) for group, (n, moved) in told.items() if moved]
