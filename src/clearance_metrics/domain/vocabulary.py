"""The words of the field: milestones, clocks and columns, read from milestones.toml beside this
module.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

# days that the stop of a clock that may run backwards lies ahead of its start at most: goods are
# declared during the voyage, which takes weeks; beyond, one of the two dates is more likely wrong
FAR_AHEAD = 60


@dataclass(frozen=True)
class Milestone:
    """An observed fact in the life of a case;

    `occurrence` says which of several equal events counts.
    """

    name: str
    zh: str = ""
    en: str = ""
    occurrence: str = "first"
    group: str = "own"


@dataclass(frozen=True)
class Clock:
    """A named pair of milestones; `signed` clocks may lawfully stop before they start."""

    name: str
    start: str
    stop: str
    kind: str = ""
    signed: bool = False
    unit: str = "hours"
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Column:
    """A case or charge column of text, "integer", "boolean" or "amount" (money, in whole fen).

    `values` is empty where any value may stand, else `pattern` says which. `whole` is the pattern
    of the longer text whose first signs may be taken.
    """

    name: str
    type: str = "text"
    zh: str = ""
    en: str = ""
    values: tuple[str, ...] = ()
    pattern: str = ""
    whole: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """The shared words, and what a dataset adds to them.

    >>> load_vocabulary().milestones["customs_released"].occurrence
    'last'
    >>> load_vocabulary().is_signed("conveyance_arrived", "customs_released")
    True
    """

    milestones: Mapping[str, Milestone]
    clocks: Mapping[str, Clock]
    columns: Mapping[str, Column]
    charge_columns: Mapping[str, Column]

    def extended(
        self,
        milestones: Iterable[Milestone] = (),
        clocks: Iterable[Clock] = (),
        columns: Iterable[Column] = (),
    ) -> Vocabulary:
        """A new vocabulary with a dataset's own words beside the shared ones."""
        return replace(
            self,
            milestones=_joined(self.milestones, milestones),
            clocks=_joined(self.clocks, clocks),
            columns=_joined(self.columns, columns),
        )

    def is_signed(self, start: str, stop: str) -> bool:
        """Whether any clock between these milestones may run backwards."""
        return any(c.signed for c in self.clocks.values() if (c.start, c.stop) == (start, stop))

    def forward(self) -> dict[tuple[str, str], list[str]]:
        """Pairs of milestones of which the second may not come first, with the clocks between them.

        >>> load_vocabulary().forward()["declared", "customs_released"]
        ['export_customs_only', 'import_customs_only']
        """
        found: dict[tuple[str, str], list[str]] = {}
        for name, clock in sorted(self.clocks.items()):
            if not self.is_signed(clock.start, clock.stop):
                found.setdefault((clock.start, clock.stop), []).append(name)
        return dict(sorted(found.items()))


def _joined(old: Mapping, new: Iterable) -> Mapping:
    return MappingProxyType({**old, **{item.name: item for item in new}})


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary that ships with the library: milestones, clocks and columns by name.

    >>> load_vocabulary().clocks["import_overall"].start
    'conveyance_arrived'
    """
    data = tomllib.loads(files(__package__).joinpath("milestones.toml").read_text(encoding="utf-8"))
    build = {"milestone": Milestone, "clock": Clock, "column": Column, "charge_column": Column}
    parts = {
        table: MappingProxyType(
            {
                name: build[table](
                    name=name, **{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
                )
                for name, row in rows.items()
            }
        )
        for table, rows in data.items()
    }
    return Vocabulary(parts["milestone"], parts["clock"], parts["column"], parts["charge_column"])
