"""Charges: per case, per TEU or line by line, alone or beside what a tariff allows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...errors import LogError
from ..statistic import Statistic
from .base import Metric, fixed, one_of
from .conditions import Condition, check_condition, condition_columns

REFERENCES = {
    "tariff": "excess over the ceiling",
    "pilotage": "excess over the pilotage ceiling",
    "charge_list": "charges outside the list",
    "list_rate": "excess over the published rate",
    "repeated": "charges billed twice",
}


@dataclass(frozen=True)
class Fee(Metric):
    """Charges in the currency of the log: per case, per TEU (a ratio of sums) or line by line.

    `items` keeps only these charge items. `against` sets each line beside a reference of its day:
    "tariff" (value = what exceeds the government-set or guided rate per container, waivers of the
    port taken off), "pilotage" (the same for pilotage by net tons), "charge_list" (the amount where
    the port's published list does not name the item), "list_rate" (what exceeds the rate that list
    gives) or "repeated" (the amount of a line that repeats an earlier one of the same shipment).
    `counting` = "item" or "bill" counts the distinct items or bills of a case in place of money.
    Conditions may name case or charge columns.

    >>> Fee(per="teu", items=("THC",)).name
    'charges per TEU: THC'
    """

    per: str = "case"
    items: tuple[str, ...] | None = None
    where: Condition | None = None
    against: str | None = None
    counting: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        one_of("per", self.per, ("case", "teu", "line"))
        one_of("against", self.against, (None, *REFERENCES))
        one_of("counting", self.counting, (None, "item", "bill"))
        if self.counting and (self.per != "case" or self.against):
            raise LogError(
                f"{self.counting}s are counted per case", "Fee", 'write per="case" and no against'
            )
        if self.against and self.per != "line":
            raise LogError(
                f"against={self.against!r} is checked line by line", "Fee", 'write per="line"'
            )
        items = (self.items,) if isinstance(self.items, str) else self.items
        fixed(self, items=tuple(items) if items else None)
        fixed(self, where=check_condition(self.where, "where of Fee"))
        if not self.name:
            per = {"case": "case", "teu": "TEU", "line": "line"}[self.per]
            what = REFERENCES[self.against] if self.against else "charges"
            if self.counting:
                what = f"distinct {self.counting}s"
            listed = f": {', '.join(self.items)}" if self.items else ""
            fixed(self, name=f"{what} per {per}{listed}")

    kind = "fee"
    reads_lines = True

    @property
    def default_statistics(self) -> tuple[str, ...]:
        """Of a ratio of sums the mean alone."""
        return ("mean",) if self.is_ratio else Metric.default_statistics

    @property
    def is_ratio(self) -> bool:
        """Whether it is a ratio of two sums, which has no value per case."""
        return self.per == "teu"

    @property
    def counts(self) -> str:
        """What n counts."""
        return "lines" if self.per == "line" else "cases"

    @property
    def population(self) -> Condition:
        """The condition that says which cases and lines it is about."""
        return self.where or {}

    def narrowed(self, condition: Condition) -> Fee:
        """The same about fewer cases and lines."""
        return replace(self, where={**self.population, **condition})

    def unit_in(self, currency: str) -> str:
        """The currency, or what is counted."""
        if self.counting:
            return f"{self.counting}s"
        return f"{currency} per TEU" if self.is_ratio else currency

    def unit_of(self, statistic: Statistic | str | None = None, currency: str = "CNY") -> str:
        """The unit of one statistic of its values; a sum is money, also of a ratio."""
        if statistic is not None and Statistic.parse(statistic).kind == "sum":
            return f"{self.counting}s" if self.counting else currency
        return super().unit_of(statistic, currency)

    def accepts(self, statistic: Statistic) -> None:
        """LogError for a statistic that charges do not have."""
        if self.is_ratio and not statistic.row.of_ratio:
            what = f"charges per TEU are a ratio of sums: they have no {statistic}"
            raise LogError(what, "statistics", "write n, mean or sum")
        super().accepts(statistic)

    @property
    def needs(self) -> frozenset[str]:
        """Columns that the log must have."""
        own = {"teu"} if self.per == "teu" else {self.counting} if self.counting else set()
        return frozenset({*condition_columns(self.population), *own})

    @property
    def scale(self) -> int:
        """Tally values per unit: fen in a yuan, or counted things."""
        return 1 if self.counting else 100
