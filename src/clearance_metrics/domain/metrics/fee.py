"""Charges: per case, TEU or declaration, line by line, or as a share of what goods are worth."""

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


# what a ratio of sums divides by: a column of cases, and how it is said
DIVIDED = {"teu": ("teu", "TEU"), "declaration": ("declarations", "declaration")}
PER = ("case", *DIVIDED, "line", "value")
MILLION = 10**6


@dataclass(frozen=True)
class Fee(Metric):
    """Charges in the currency of the log: per case, per TEU or per declaration (ratios of sums),
    line by line, or as a share of the value of the goods.

    `per="value"` is about the cases whose goods_value is known and above zero: others are left out
    and counted. The value of a case is its charges in yuan divided by the value of its goods, in
    per cent, to the nearest millionth of that value (0.0001 %), so that tallies stay whole: mean,
    median and percentiles are about cases, each alike. "ratio_of_sums" divides all their charges by
    the value of all their goods, fen by fen, without that rounding.
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
        one_of("per", self.per, PER)
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
            what = REFERENCES[self.against] if self.against else "charges"
            if self.counting:
                what = f"distinct {self.counting}s"
            per = f"per {DIVIDED[self.per][1] if self.is_ratio else self.per}"
            per = "as % of goods value" if self.of_value else per
            listed = f": {', '.join(self.items)}" if self.items else ""
            fixed(self, name=f"{what} {per}{listed}")

    kind = "fee"
    reads_lines = True

    @property
    def default_statistics(self) -> tuple[str, ...]:
        """Of a ratio of sums the mean alone."""
        if self.of_value:
            return ("ratio_of_sums", *Metric.default_statistics)
        return ("mean",) if self.is_ratio else Metric.default_statistics

    @property
    def is_ratio(self) -> bool:
        """Whether it is a ratio of two sums, which has no value per case."""
        return self.per in DIVIDED

    @property
    def of_value(self) -> bool:
        """Whether charges are divided by the value of the goods, case by case."""
        return self.per == "value"

    @property
    def divisor(self) -> str:
        """The column of the cases by which their charges are divided, empty without one."""
        return "goods_value" if self.of_value else DIVIDED[self.per][0] if self.is_ratio else ""

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
        if self.of_value:
            return "percent_of_value"
        return f"{currency} per {DIVIDED[self.per][1]}" if self.is_ratio else currency

    def unit_of(self, statistic: Statistic | str | None = None, currency: str = "CNY") -> str:
        """The unit of one statistic of its values; a sum is money, also of a ratio."""
        if statistic is not None and Statistic.parse(statistic).kind == "sum":
            return f"{self.counting}s" if self.counting else currency
        return super().unit_of(statistic, currency)

    def accepts(self, statistic: Statistic) -> None:
        """LogError for a statistic that charges do not have."""
        if self.is_ratio and not statistic.row.of_ratio:
            what = (
                f"charges per {DIVIDED[self.per][1]} are a ratio of sums: they have no {statistic}"
            )
            raise LogError(what, "statistics", "write n, mean or sum")
        if self.of_value and statistic.kind == "sum":
            what = "shares of the value of goods cannot be summed"
            raise LogError(what, "statistics", 'write "ratio_of_sums"')
        if statistic.kind == "ratio_of_sums" and not self.of_value:
            what = "ratio_of_sums is a statistic of charges as a share of the value of goods"
            raise LogError(what, "statistics", 'measure Fee(per="value")')
        super().accepts(statistic)

    @property
    def needs(self) -> frozenset[str]:
        """Columns that the log must have."""
        own = {self.counting} if self.counting else set()
        own |= {"goods_value"} if self.of_value else set()
        own |= {DIVIDED[self.per][0]} if self.is_ratio else set()
        return frozenset({*condition_columns(self.population), *own})

    @property
    def scale(self) -> int:
        """Tally values per unit: fen in a yuan, millionths in a hundredth, or counted things."""
        return 1 if self.counting else MILLION // 100 if self.of_value else 100
