"""What every metric answers for itself, so that nobody asks which class it is of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ...errors import LogError, closest
from ..arguments import brief
from ..calendars import check_calendar
from ..statistic import Statistic
from .conditions import Condition, condition_columns

if TYPE_CHECKING:
    from ..calendars import WorkCalendar

FIRM = "enterprise"  # the column of cases that names the firm


class Stored:
    """A frozen definition that can be stored: what cannot, a read-only mapping, goes as a dict.

    >>> import pickle
    >>> from clearance_metrics import clock
    >>> pickle.loads(pickle.dumps(clock("import_overall"))) == clock("import_overall")
    True
    """

    def __reduce__(self) -> tuple:
        told = {f.name: _thawed(getattr(self, f.name)) for f in fields(self)}  # type: ignore[arg-type]
        return _remade, (type(self), told)


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _thawed(part) for key, part in value.items()}
    return tuple(map(_thawed, value)) if isinstance(value, tuple) else value


def _remade(kind: type, told: dict[str, Any]) -> object:
    return kind(**told)


class Metric(Stored, ABC):
    """A frozen definition of what to measure, per case or charge line."""

    kind: ClassVar[str]  # "duration", "share", "fee", "deferral", "formalities": which statistics
    default_statistics: ClassVar[tuple[str, ...]] = ("mean", "median", "p90")
    name: str
    __dataclass_fields__: ClassVar[dict[str, Any]]
    # what clocks alone have (`is_time`)
    start: str
    stop: str
    unit: str
    other_ends: tuple[str, ...]
    signed: bool | None
    calendar: str | WorkCalendar

    # what most metrics are not; those that are say so
    reads_lines: bool = False  # charge lines are read, not cases alone
    is_share: bool = False  # values are 0 or 1
    is_time: bool = False  # a clock, whose cases may be open
    is_ratio: bool = False  # a ratio of two sums: no value per case
    of_value: bool = False  # charges as a share of what the goods of a case are worth
    by_end: bool = False  # cases are dated by their end, so that none is open
    distinct: str | None = None  # the column whose values are counted in place of cases
    against: str | None = None  # what charge lines are held against
    ways: int = 1  # in how many ways a case may end

    @property
    @abstractmethod
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""

    @property
    def also_reads(self) -> frozenset[str]:
        """Milestones that are read where the log has them."""
        return frozenset()

    @property
    @abstractmethod
    def population(self) -> Condition:
        """The condition that says which cases it is about."""

    @abstractmethod
    def narrowed(self, condition: Condition) -> Self:
        """The same about fewer cases: `condition` is added to the population."""

    @property
    def scale(self) -> int:
        """Values of the tally per unit."""
        return 1

    @property
    def steps(self) -> int:
        """Steps of the tally's exact total per unit: seconds per hour, fen per yuan."""
        return self.scale

    @property
    def counts(self) -> str:
        """What n counts: "cases", "lines" or "types"."""
        return "types" if self.distinct else "cases"

    @abstractmethod
    def unit_in(self, currency: str) -> str:
        """The unit of its values; of money in this currency."""

    def unit_of(self, statistic: Statistic | str | None = None, currency: str = "CNY") -> str:
        """The unit of one statistic of its values, or of the values themselves."""
        if statistic is None:
            return self.unit_in(currency)
        unit = Statistic.parse(statistic).row.unit
        return {"": self.unit_in(currency), "counts": self.counts}.get(unit, unit)

    def accepts(self, statistic: Statistic) -> None:
        """LogError for a statistic that this metric does not have."""
        if self.kind not in statistic.row.of:
            if self.is_share:
                what = f"a share has no {statistic.kind}"
                raise LogError(what, "statistics", 'write "share"')
            what = f"{statistic} is a statistic of clocks"
            raise LogError(what, "statistics", "measure a Duration")

    def clusters(self, statistic: Statistic) -> bool:
        """Whether an interval of the statistic can allow for clusters of cases."""
        return statistic.row.clustered and not (self.distinct or self.is_ratio)

    def on(self, calendar: WorkCalendar | None) -> Self:
        """The same by another calendar of working days; without one, itself."""
        check_calendar(calendar)
        return self

    def to(self, resolution: str) -> Self:
        """The same tallied to the "second" or "minute"."""
        return self

    def but(self, **changes: Any) -> Self:
        """The same but for these parts, under a name made anew; LogError for a part it lacks.

        >>> from clearance_metrics import Duration
        >>> clock = Duration("refund_accepted", "refund_approved", allowance=("refund_class",
        ...     {"1": 5}), unit="working_days")
        >>> clock.but(allowance=None, dated_by="end").name
        'refund_accepted..refund_approved [working days per case]'
        """
        for name in changes:
            if name not in self.__dataclass_fields__:
                what = f"a {self.kind} has no {name!r}"
                raise LogError(what, "but", closest(name, self.__dataclass_fields__))
        return replace(self, **({"name": ""} | changes))


@dataclass(frozen=True)
class Flag:
    """A condition that cases are grouped by, like a column: true, false, or empty where it cannot
    be told.
    """

    name: str
    condition: Condition

    @property
    def needs(self) -> frozenset[str]:
        """Columns and milestones that the log must have."""
        return frozenset(condition_columns(self.condition))


def needed_by(groups: Iterable[str | Flag]) -> frozenset[str]:
    """The columns that groups rest on, those of a Flag included.

    >>> sorted(needed_by(["port", Flag("ahead", {"declared": {"before": "gate_in"}})]))
    ['declared', 'gate_in', 'port']
    """
    return frozenset().union(*(g.needs if isinstance(g, Flag) else {g} for g in groups))


def one_of(name: str, value: object, allowed: tuple) -> None:
    """LogError for a value that is none of those allowed."""
    if value not in allowed:
        remedy = f"write one of {', '.join(map(repr, allowed))}"
        raise LogError(f"{name}={brief(value)} is not known", name, remedy)


def fixed(frozen: object, **values: object) -> None:
    """Sets fields of a frozen record while it is made."""
    for name, value in values.items():
        object.__setattr__(frozen, name, value)
