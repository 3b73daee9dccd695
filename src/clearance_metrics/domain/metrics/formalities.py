"""Time from the first formal step of a case to the last agency's clearance."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...errors import LogError
from .base import Metric, fixed
from .conditions import Condition, check_condition, condition_columns

# the first of each a case must have; of the others those that it has
FORMAL = ("declared", "licence_applied")
CLEARED = ("customs_released", "other_agency_cleared")


@dataclass(frozen=True)
class Formalities(Metric):
    """Days of 24 hours from the first of some milestones to the last of others, as firms are asked
    for them: from the first formal step (the declaration, or a certificate applied for before it)
    to the last clearance (customs' release, or another agency's after it).

    A case must have the first of `starts` and of `stops`; of the others those count that it has. It
    is dated by its last clearance; what is not cleared yet is left out and counted. Half-day rule:
    where an end is known to the day only and both fall on one day, half a day is counted. A case in
    which customs alone (from the first of `starts` to the first of `stops`, by the same rule) takes
    longer than the whole is left out and counted. Source: World Bank, Business Ready methodology
    handbook (2026), International Trade, pillar III.

    >>> Formalities(where={"kind": "import"}).name
    'declared or licence_applied..customs_released and other_agency_cleared [days per case]'
    """

    where: Condition | None = None
    starts: tuple[str, ...] = FORMAL
    stops: tuple[str, ...] = CLEARED
    name: str = ""

    def __post_init__(self) -> None:
        for key in ("starts", "stops"):
            given = getattr(self, key)
            names = (given,) if isinstance(given, str) else tuple(given)
            if not names or not all(isinstance(m, str) and m for m in names):
                what = f"{key}={given!r} names no milestones"
                raise LogError(what, "Formalities", 'write ("declared", "licence_applied")')
            fixed(self, **{key: names})
        twice = [m for m in self.starts if m in self.stops]
        if twice or len({*self.starts, *self.stops}) < len((*self.starts, *self.stops)):
            what = f"a milestone stands twice in {(*self.starts, *self.stops)}"
            raise LogError(what, "Formalities", "name each milestone once")
        fixed(self, where=check_condition(self.where, "where of Formalities"))
        if not self.name:
            first, last = " or ".join(self.starts), " and ".join(self.stops)
            fixed(self, name=f"{first}..{last} [days per case]")

    kind = "formalities"
    by_end = True

    @property
    def needs(self) -> frozenset[str]:
        """Milestones and columns that the log must have."""
        return frozenset({self.starts[0], self.stops[0], *condition_columns(self.population)})

    @property
    def also_reads(self) -> frozenset[str]:
        """Milestones that are read where the log has them."""
        return frozenset({*self.starts[1:], *self.stops[1:]})

    @property
    def scale(self) -> int:
        """Seconds in a day."""
        return 86400

    @property
    def population(self) -> Condition:
        """The condition that says which cases it is about."""
        return self.where or {}

    def narrowed(self, condition: Condition) -> Formalities:
        """The same about fewer cases."""
        return replace(self, where={**self.population, **condition})

    def unit_in(self, currency: str) -> str:
        """Days of 24 hours."""
        return "days"
