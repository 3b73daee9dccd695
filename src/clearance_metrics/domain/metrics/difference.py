"""The difference of two groups of cases within strata."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import LogError
from .base import Flag, Stored, fixed, needed_by
from .conditions import Condition, check_condition, condition_text
from .duration import Duration


@dataclass(frozen=True)
class MatchedDifference(Stored):
    """Mean duration where `split` is true less where it is false, within strata and month: a
    difference, no effect.

    `split` is a true-or-false column, or a condition.

    >>> clock = Duration("declared", "customs_released")
    >>> MatchedDifference(clock, "aeo", ("port", "mode")).name
    'declared..customs_released [hours per case]: aeo less others, same port, mode, month'
    """

    duration: Duration
    split: str | Condition
    strata: tuple[str, ...]
    name: str = ""

    kind = "difference"

    def __post_init__(self) -> None:
        fixed(self, strata=tuple(self.strata))
        if not isinstance(self.split, str):
            fixed(self, split=check_condition(self.split, "split of MatchedDifference"))
        if not self.strata or self.split in self.strata or not self.split:
            raise LogError(
                "a matched difference needs strata, and its split is none of them",
                "MatchedDifference",
                '("port", "mode")',
            )
        if not self.name:
            strata = ", ".join((*self.strata, "month"))
            split = self.split if isinstance(self.split, str) else condition_text(self.split)
            fixed(self, name=f"{self.duration.name}: {split} less others, same {strata}")

    @property
    def groups(self) -> tuple[str | Flag, ...]:
        """What its tally is grouped by: the strata, and the split last."""
        return (
            *self.strata,
            self.split if isinstance(self.split, str) else Flag("split", self.split),
        )

    @property
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""
        return self.duration.needs | needed_by(self.groups)

    def unit_of(self, statistic: object = None, currency: str = "CNY") -> str:
        """The unit of its clock."""
        return self.duration.unit
