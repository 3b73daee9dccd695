"""Share of cases, of charge lines or of kinds for which a condition holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...errors import LogError
from .base import Metric, fixed, one_of
from .conditions import Condition, check_condition, condition_columns, condition_text


@dataclass(frozen=True)
class Share(Metric):
    """Share of the cases `of` a population for which a condition holds, 0 to 1, per case.

    Cases for which the condition cannot be told (a column is empty, a milestone not there yet) are
    left out of the share, counted, and named in the note. `dated_by` is the milestone that puts a
    case into a period. `each` names a column whose values are counted in place of cases: a
    certificate type counts if any of its cases does. `over="lines"` counts charge lines, dated by
    the day they were charged.

    >>> sorted(Share({"channel": "single_window"}, of={"kind": "licence"}).needs)
    ['channel', 'kind']
    """

    condition: Condition
    of: Condition | None = None
    dated_by: str | None = None
    each: str | None = None
    over: str = "cases"
    name: str = ""

    def __post_init__(self) -> None:
        one_of("over", self.over, ("cases", "lines"))
        if self.over == "lines" and (self.dated_by or self.each):
            raise LogError(
                "charge lines are dated by their own day", "Share", "leave dated_by and each out"
            )
        fixed(self, condition=check_condition(self.condition, "condition of Share"))
        fixed(self, of=check_condition(self.of, "of of Share"))
        if not self.condition:
            raise LogError("a Share needs a condition", "Share", '{"channel": "single_window"}')
        if not self.name:
            counted = (
                f"values of {self.each}"
                if self.each
                else "charge lines"
                if self.over == "lines"
                else "cases"
            )
            of = f" of {counted} with {condition_text(self.of)}" if self.of else f" of {counted}"
            fixed(self, name=f"share{of}: {condition_text(self.condition)}")

    kind = "share"
    default_statistics = ("share",)
    is_share = True

    @property
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""
        dated = {name for name in (self.dated_by, self.each) if name}
        return frozenset(
            {*condition_columns(self.condition), *condition_columns(self.population), *dated}
        )

    @property
    def reads_lines(self) -> bool:
        """Whether charge lines are counted, not cases."""
        return self.over == "lines"

    @property
    def distinct(self) -> str | None:
        """The column whose values are counted in place of cases."""
        return self.each

    @property
    def population(self) -> Condition:
        """The condition that says which cases it is about."""
        return self.of or {}

    def narrowed(self, condition: Condition) -> Share:
        """The same about fewer cases."""
        return replace(self, of={**self.population, **condition})

    def unit_in(self, currency: str) -> str:
        """Shares are from 0 to 1."""
        return "share"
