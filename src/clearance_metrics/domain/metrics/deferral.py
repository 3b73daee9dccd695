"""Money that may be paid later: an amount times the days from one milestone to another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...errors import LogError
from .base import Metric, fixed
from .conditions import Condition, check_condition, condition_columns


@dataclass(frozen=True)
class Deferral(Metric):
    """An amount of a case times the calendar days from `start` to `stop`, in yuan-days: what a
    trader may keep, and for how long.

    `amount` is a case column of whole fen. Days are counted by local dates, as interest is, so that
    values stay whole (fen times days) and a payment on the day of release defers nothing; a case
    paid before its release, or on the same day, has the value 0. Cases are dated by their stop;
    those without it, and those whose amount is not known, are left out and counted. Duty deferred
    under a guarantee: `where={"kind": "import", "guaranteed": {"present": True}}`.

    >>> Deferral("duty", "customs_released", "duty_paid").name
    'duty x days, customs_released..duty_paid'
    """

    amount: str
    start: str
    stop: str
    where: Condition | None = None
    name: str = ""

    def __post_init__(self) -> None:
        for given in (self.amount, self.start, self.stop):
            if not isinstance(given, str) or not given:
                what = f"{given!r} is the name of no column or milestone"
                raise LogError(what, "Deferral", 'write "duty", "customs_released", "duty_paid"')
        if self.start == self.stop:
            what = f"start and stop are both {self.start!r}"
            raise LogError(what, "Deferral", "name two milestones")
        fixed(self, where=check_condition(self.where, "where of Deferral"))
        if not self.name:
            fixed(self, name=f"{self.amount} x days, {self.start}..{self.stop}")

    kind = "deferral"
    by_end = True
    default_statistics = ("sum", "mean")

    @property
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""
        return frozenset({self.amount, self.start, self.stop, *condition_columns(self.population)})

    @property
    def scale(self) -> int:
        """Tally values per unit: fen-days in a yuan-day."""
        return 100

    @property
    def population(self) -> Condition:
        """The condition that says which cases it is about."""
        return self.where or {}

    def narrowed(self, condition: Condition) -> Deferral:
        """The same about fewer cases."""
        return replace(self, where={**self.population, **condition})

    def unit_in(self, currency: str) -> str:
        """Yuan-days: amounts of cases are in yuan, whatever charges are in."""
        return "yuan_days"
