"""The words of the field: milestones, clocks and columns, read from milestones.toml beside this
module.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from .parties import Hold, Stage, owned

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
    stages: Mapping[str, Mapping[str, Stage]] = field(default_factory=dict)  # by what is cleared
    holds: Mapping[str, Hold] = field(default_factory=dict)

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

    def belonging(self, parties: Mapping[str, Mapping[str, str]]) -> Vocabulary:
        """A new vocabulary in which stages (`until` a milestone) and holds belong to the parties of
        a [parties] table.

        >>> words = load_vocabulary().belonging({"until": {"gate_out": "terminal"}})
        >>> words.stages["import"]["gate_out"].party
        'terminal'
        """
        until, holds = parties.get("until", {}), parties.get("holds", {})
        stages = {kind: owned(rows, until) for kind, rows in self.stages.items()}
        return replace(self, stages=MappingProxyType(stages), holds=owned(self.holds, holds))

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
    stages = {kind: _made(Stage, rows) for kind, rows in data["stage"].items()}
    return Vocabulary(
        milestones=_made(Milestone, data["milestone"]),
        clocks=_made(Clock, data["clock"]),
        columns=_made(Column, data["column"]),
        charge_columns=_made(Column, data["charge_column"]),
        stages=MappingProxyType(stages),
        holds=_made(Hold, data["hold"]),
    )


def _made(kind: type, rows: Mapping[str, Mapping]) -> Mapping:
    """The rows of one table as records by name, their lists as tuples."""
    fields = {
        name: {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
        for name, row in rows.items()
    }
    return MappingProxyType({name: kind(name=name, **row) for name, row in fields.items()})
