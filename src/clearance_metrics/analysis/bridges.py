"""The same bridge within each value of a column, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..engine.log import EventLog
from ..engine.values import counts_of
from ..errors import LogError, NothingToShow
from ..results.display import Display, head_word
from ..results.words import joined, say, statistic_word, unit_word
from ..statistics.reasons import Reason
from .bridge_records import Bridge, BridgeRow
from .caution import Figures, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 40  # values that are bridged one by one
FEWEST = 2  # groups on both sides without which nothing is split


@dataclass(frozen=True, kw_only=True, repr=False)
class Bridges(Bridge):
    """What `bridge` answers with `within`: the rows of each value's bridge, one after the other,
    the value as their first group. `of` gives one of the bridges.
    """

    _column: ClassVar[str] = ""
    _inside: ClassVar[tuple[tuple[object, Bridge], ...]] = ()

    def of(self, value: object) -> Bridge:
        """The bridge within one value; LogError for a value that there is none of."""
        for name, found in self._inside:
            if name == value:
                return found
        known = ", ".join(repr(name) for name, _ in self._inside)
        raise LogError(f"there is no bridge within {value!r}", "value", f"there are: {known}")

    @property
    def split(self) -> dict[object, Bridge]:
        """The bridges that have terms to read: of two groups or more on both sides."""
        return {name: found for name, found in self._inside if len(_own(found)) >= FEWEST}

    @property
    def refused(self) -> tuple[Reason, ...]:
        """Why nothing is split within any value; empty where something is."""
        if self.split:
            return ()
        told = [why for _, found in self._inside for why in found.refused]
        shared = [why for why in told if why.code == "bridge.overlap"]
        return tuple(shared[:1]) or (Reason("change.no_value_split"),)

    def _caption(self, lang: str) -> str:
        column = head_word(self._column, lang)
        return say("change.within", lang, about=super()._caption(lang), column=column)

    def _headline(self, lang: str) -> str:
        """Within which values the whole moved against every one of its groups."""
        if self.refused:
            return super()._headline(lang)
        against = [self._word(name, lang) for name, found in self.split.items() if found.warnings]
        code = "change.within_against" if against else "change.within_alike"
        told = {"metric": self.named(lang), "column": head_word(self._column, lang)}
        return say(code, lang, **told, values=tuple(against))

    def _word(self, value: object, lang: str) -> str:
        return self.group_word(self._column, value, lang)

    def _groups(self, row: BridgeRow, lang: str) -> str:
        return "/".join(self.group_word(column, value, lang) for column, value in row.groups)

    def _table(self, lang: str) -> Display:
        """A row per value: both sides, composition, and the own change of each group."""
        if self.refused:
            return Display((joined(self.refused, lang),), ())
        records = [row.to_dict() for found in self.split.values() for row in found.rows]
        figures, unit = Figures(records, lang), self.rows[0].unit
        statistic = statistic_word(self.statistic, "", lang)
        heads = [head_word(self._column, lang)]
        heads += [say(f"change.level_{s}", lang, statistic=statistic) for s in ("before", "after")]
        heads += [say("change.n", lang), self._headed(say("bridge.composition", lang), lang)]
        heads += [say("bridge.own", lang)]
        rows = []
        for name, found in self.split.items():
            first, *terms, last = found.rows
            mix = [row for row in terms if row.term == "composition"]
            whole = sum(row.value or 0.0 for row in mix)
            ends = (mix[0].low, mix[0].high) if len(mix) == 1 else ()
            moves = [
                Reason("figure.named", name=self._groups(row, lang), value=_signed(row))
                for row in _own(found)
            ]
            n = {"before": first.n_before, "after": last.n_after}
            rows.append(
                (
                    self._word(name, lang),
                    *(figures(unit, end.value) for end in (first, last)),
                    say("change.counts", lang, **n),
                    figures(unit, whole, *ends, signed=True),
                    say("change.list", lang, parts=tuple(moves)),
                )
            )
        asked = say("table.in_unit", lang, about=self.asked(lang), unit=unit_word(unit, lang))
        return Display(heads, rows, caption=asked, numbers=range(1, 5))

    def _warned(self, lang: str) -> Iterable[Reason]:
        yield Reason("change.within_note")
        if left := [self._word(n, lang) for n, _ in self._inside if n not in self.split]:
            yield Reason("change.within_left", values=tuple(left))

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        """The part of composition within each value, with its interval."""
        from ..results.charts.groups import gaps

        if self.refused:
            raise NothingToShow("there is no bridge to draw", "chart", "see the table")
        rows = []
        for name, found in self.split.items():
            (row, *_) = [row for row in found.rows if row.term == "composition"]
            told = {"label": self._word(name, lang), "n": row.n_before + row.n_after}
            rows.append(told | {"value": row.value, "low": row.low, "high": row.high})
        unit = unit_word(self.rows[0].unit, lang)
        head = say("change.composition_in", lang, unit=unit)
        return gaps(rows, title=title, source=source, unit=head)


def within_each(log: EventLog, column: str, ask: Callable[[Mapping[str, Any]], Bridge]) -> Bridges:
    """The bridge that `ask` finds under a condition, within each value of the column that has
    cases.
    """
    values = counts_of(log, column)
    if len(values) > MOST:
        what = f"within={column!r} has {len(values)} values, more than {MOST}"
        raise LogError(what, "within", "name a column of fewer, or narrow the metric")
    asked = {value: {column: {"present": False} if value is None else value} for value in values}
    every = [(value, ask(condition)) for value, condition in asked.items()]
    some = [(v, found) for v, found in every if any(r.n_before or r.n_after for r in found.rows)]
    inside = tuple(some or every)
    if not inside:
        raise LogError(f"column {column!r} has no value", "within", "leave it out")
    first = inside[0][1]
    rows: list[BridgeRow] = []
    for value, found in inside:
        rows += (replace(row, groups=((column, value), *row.groups)) for row in found.rows)
    made = Bridges(
        rows=tuple(rows),
        metric=first.metric,
        statistic=first.statistic,
        before=first.before,
        after=first.after,
        method=first.method,
        as_of=first.as_of,
        warnings=tuple(dict.fromkeys(why for _, found in inside for why in found.warnings)),
    )
    return made._with(_column=column, _inside=inside)


def _own(found: Bridge) -> list[BridgeRow]:
    return [] if found.refused else [row for row in found.rows if row.term == "own"]


def _signed(row: BridgeRow) -> Reason:
    return signed(row.value or 0.0, row.unit, row.low, row.high)


__all__ = ["Bridges", "within_each"]
