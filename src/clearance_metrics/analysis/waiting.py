"""What answers about waiting share: what their clock and cases are called, and how a question names
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..domain.metrics import Condition, Duration, check_condition
from ..domain.parties import PARTS
from ..engine.log import EventLog
from ..engine.waiting import PARTY, STAGE
from ..results.periods import listed
from ..results.table import ResultTable, Row
from ..results.words import figure, joined, say, unit_word
from ..statistics.reasons import Reason
from .caution import stage_said
from .parts import LONG_AGE, plainly
from .several import clock_of

Groups = tuple[tuple[str, object], ...]
# what ends a case otherwise than by the stop of its clock: it waits no longer
OTHER_ENDS = ("returned", "seized", "abandoned", "transferred")


class OfWaiting(ResultTable[Row]):
    """An answer about one clock: it is called as the clock is, with the cases it is narrowed to."""

    _label = ""  # the clock, where it has a name
    _ends: tuple[str, ...] = ()  # its milestones
    _where: tuple[tuple[str, str], ...] = ()  # of which cases, in single values
    _every: tuple[Any, ...] = ()  # the rows before the last periods were taken

    def _caption(self, lang: str) -> str:
        if self._label:
            about = self.word("clock", self._label, lang)
        else:
            ends = [self.word("milestone", name, lang) for name in self._ends]
            about = ends[0] if len(ends) == 1 else ""
            if len(ends) == 2:
                about = say("stage.between", lang, start=ends[0], stop=ends[1])
        cases = listed([self.group_word(name, given, lang) for name, given in self._where], lang)
        return say("parts.of_cases", lang, about=about, cases=cases) if cases else about

    def group_word(self, column: str, value: object, lang: str) -> str:
        """The word for a value of a group column; a stage by its official name or its ends."""
        if column == STAGE and value is not None and ".." in str(value):
            return say(stage_said(str(value)), lang)
        if column == PARTY and value in PARTS:
            return say(f"party.{value}", lang)
        return super().group_word(column, value, lang)

    def _group(self, groups: Groups, lang: str) -> str:
        return listed([self.group_word(column, value, lang) for column, value in groups], lang)

    def _beware(self, lang: str) -> str:
        return joined(self._remarks, lang, "report.gap")

    def _drawable(self) -> tuple[Row, ...]:
        """The rows that a picture shows: also those that `last` took out of the table."""
        return self._every or self.rows

    def drawn_data(self) -> str:
        """The figures behind the picture."""
        if len(self._drawable()) == len(self.rows):
            return super().drawn_data()
        return self._with(rows=self._drawable(), _every=()).drawn_data()

    def _places(self) -> int:
        """Decimals of ages: hours have two, days none."""
        return 2 if self.unit.endswith("hours") else 0

    def _age(self, value: float, lang: str) -> str:
        """An age of an open case; in hours over ten days it is said in days."""
        if self.unit == "hours" and value >= LONG_AGE:
            return say("waiting.in_days", lang, value=value / 24)
        return figure(value, self._places(), lang)

    def _unit(self, lang: str) -> str:
        return unit_word(self.unit, lang, counted=True)


def asked_clock(
    log: EventLog, given: Any, where: Condition | None, calendar: Any = None
) -> tuple[Duration, Mapping[str, Any]]:
    """The clock that a question is about, dated by its start and narrowed, and what its answer is
    called. Unless it says which other ends it has, a case leaves it as well when it is returned,
    seized, abandoned or transferred, as far as the log tells.
    """
    more = check_condition(where, "where")
    clock = replace(clock_of(given, log).on(calendar), dated_by="start")
    if not clock.other_ends and not clock.pause:
        own = (clock.start, clock.stop)
        ends = tuple(m for m in OTHER_ENDS if m in log.milestones and m not in own)
        clock = replace(clock, other_ends=ends)
    own = {} if clock.label else clock.population  # a named clock says by its name whose it is
    cases = plainly({**own, **more})
    told = {"_label": clock.label, "_ends": (clock.start, clock.stop), "_where": cases}
    return (clock.narrowed(more) if more else clock), told


def with_reasons(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """What must be known, each as a sentence."""
    return tuple(Reason("several.noted", text=why) for why in dict.fromkeys(reasons))
