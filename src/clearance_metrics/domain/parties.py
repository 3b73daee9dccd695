"""Whose time it is: who must act until a milestone is reached, or while a hold is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from .strict_toml import TABLE, Place

if TYPE_CHECKING:
    from .vocabulary import Vocabulary

GOVERNMENT, TRADER, TERMINAL, UNKNOWN = "government", "trader", "terminal", "unknown"
PARTIES = (GOVERNMENT, TRADER, TERMINAL, UNKNOWN)
SEVERAL = "several"
# the parts of a clock: each instant lies in one of them
PARTS = (GOVERNMENT, TRADER, TERMINAL, SEVERAL, UNKNOWN)
KEYS = {"until": TABLE.or_empty().optional({}), "holds": TABLE.or_empty().optional({})}


@dataclass(frozen=True)
class Stage:
    """What runs until the milestone `name` is reached, from when all of `after` are, and those of
    `also` that the case has. A `parallel` one may well be over before it was waited for.
    """

    name: str
    party: str
    after: tuple[str, ...]
    also: tuple[str, ...] = ()
    parallel: bool = False


@dataclass(frozen=True)
class Hold:
    """What suspends the stage that ends with `suspends`, from `raised` to any of `ended`; `unless`
    a log has this milestone.
    """

    name: str
    party: str
    suspends: str
    raised: str
    ended: tuple[str, ...]
    unless: str = ""


Owned = TypeVar("Owned", Stage, Hold)


def owned(rows: Mapping[str, Owned], parties: Mapping[str, str]) -> Mapping[str, Owned]:
    """The same rows, those that are named belonging to other parties."""
    made = {n: replace(row, party=parties.get(n, row.party)) for n, row in rows.items()}
    return MappingProxyType(made)


def read_parties(data: object, words: Vocabulary, place: Place) -> dict[str, dict[str, str]]:
    """A [parties] table, read strictly: `until` says by milestone, and `holds` by hold, who must
    act.

    >>> from clearance_metrics.domain.vocabulary import load_vocabulary
    >>> from clearance_metrics.errors import NoticeError
    >>> place = Place("my.toml", NoticeError).at("parties")
    >>> read_parties({"until": {"gate_out": "terminal"}}, load_vocabulary(), place)
    {'until': {'gate_out': 'terminal'}, 'holds': {}}
    """
    given = place.table(data, KEYS)
    stages = dict.fromkeys(name for rows in words.stages.values() for name in rows)
    for key, known in (("until", stages), ("holds", words.holds)):
        within = place.at(key)
        for name, party in given[key].items():
            with place.each():
                within.known(repr(name), name, known)
                within.known(f"{name} = {party!r}", party, PARTIES)
    return {key: dict(given[key]) for key in KEYS}


@dataclass(frozen=True)
class Plan:
    """What bears on a clock in a log: its stages, those ahead first, and its holds; `there` are the
    milestones that the log has.
    """

    start: str
    stop: str
    stages: tuple[Stage, ...]
    holds: tuple[Hold, ...]
    there: frozenset[str]

    @property
    def known(self) -> tuple[Stage, ...]:
        """The stages whose milestone the log has."""
        return tuple(stage for stage in self.stages if stage.name in self.there)

    @property
    def endless(self) -> tuple[str, ...]:
        """The milestones that begin a hold of which the log has no end."""
        return tuple(hold.raised for hold in self.holds if not hold.ended)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The milestones that its stages need and the log lacks."""
        needed = (name for stage in self.stages for name in stage.after)
        return tuple(n for n in dict.fromkeys(needed) if n not in self.there)

    @property
    def milestones(self) -> tuple[str, ...]:
        """The milestones to be read, the clock's ends outermost."""
        named = (n for s in self.stages for n in (*s.after, *s.also, s.name) if n in self.there)
        inner = [n for n in dict.fromkeys(named) if n not in (self.start, self.stop)]
        return (self.start, *inner, self.stop)


def plan_of(words: Vocabulary, start: str, stop: str, there: frozenset[str], kind: str) -> Plan:
    """The stages between two milestones, of what is cleared (`kind`), or else of whatever has
    both; without stages where none is told until the stop.

    >>> from clearance_metrics.domain.vocabulary import load_vocabulary
    >>> words = load_vocabulary()
    >>> ends = "conveyance_arrived", "customs_released"
    >>> found = plan_of(words, *ends, frozenset([*ends, "declared"]), "")
    >>> [(stage.name, stage.party) for stage in found.stages]
    [('discharged', 'terminal'), ('declared', 'trader'), ('customs_released', 'government')]
    >>> found.lacking
    ('discharged',)
    """
    tables = [words.stages[kind]] if kind in words.stages else list(words.stages.values())
    fitting = [rows for rows in tables if stop in rows]
    whole = [rows for rows in fitting if start in _named(rows)]
    stages = tuple(_ahead((whole or fitting)[0], stop, [start])) if fitting else ()
    return Plan(start, stop, stages, tuple(_holds(words, stages, there)), there)


def _holds(words: Vocabulary, stages: Iterable[Stage], there: frozenset[str]) -> Iterator[Hold]:
    """The holds that suspend a stage, with the ends that the log has; of one without any nobody
    knows how long it lasts, nor so whose time it is.
    """
    suspended = {stage.name for stage in stages}
    found = [
        replace(hold, ended=tuple(name for name in hold.ended if name in there))
        for hold in words.holds.values()
        if hold.suspends in suspended and hold.raised in there and hold.unless not in there
    ]
    over = {hold.raised for hold in found if hold.ended}
    for hold in found:
        if hold.ended:
            yield hold
        elif hold.raised not in over:
            over.add(hold.raised)
            yield replace(hold, party=UNKNOWN)


def _named(rows: Mapping[str, Stage]) -> set[str]:
    return {*rows, *(name for stage in rows.values() for name in stage.after)}


def _ahead(rows: Mapping[str, Stage], stop: str, seen: list[str]) -> Iterator[Stage]:
    """The stages that must be over for a milestone, and its own last; each once."""
    seen.append(stop)
    stage = rows[stop]
    for name in (*stage.after, *stage.also):
        if name in rows and name not in seen:
            yield from _ahead(rows, name, seen)
    yield stage


def told(plan: Plan) -> list[tuple[str, str, str]]:
    """From which milestone to which, and whose time that is: of a stage from the last of those that
    it usually waits for.
    """
    ends = [(h.raised, end, h.party) for h in plan.holds for end in h.ended]
    return [*((stage.after[-1], stage.name, stage.party) for stage in plan.known), *ends]
