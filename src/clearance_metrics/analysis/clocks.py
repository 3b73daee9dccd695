"""clock() and list_clocks(): the named clocks of the vocabulary, as metrics and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..domain.metrics import Duration
from ..domain.metrics.conditions import Condition
from ..domain.vocabulary import Clock, Vocabulary, load_vocabulary
from ..engine.log import EventLog
from ..errors import LogError, closest
from ..results.table import LANG, Record, ResultTable
from ..results.words import term


@dataclass(frozen=True, kw_only=True)
class ClockRow(Record):
    """One named clock: the milestones it runs between, of which cases, and its words."""

    name: str
    start: str
    stop: str
    kind: str
    unit: str
    signed: bool
    own: Clock
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The clock in words; of a dataset's own clock, the dataset's."""
        return term("clock", self.name, lang, self.own)

    def to_dict(self) -> dict[str, Any]:
        """A flat record; words stand as label_zh and label_en."""
        return {name: value for name, value in super().to_dict().items() if name != "own"}


@dataclass(frozen=True, kw_only=True, repr=False)
class Clocks(ResultTable[ClockRow]):
    """What `list_clocks` answers."""

    rows: tuple[ClockRow, ...]
    as_of: str = ""
    shown = ("name", "start", "stop", "unit", "label")
    _there: frozenset[str] | None = None  # the milestones of the log that was asked

    def carried(self) -> Clocks:
        """Those whose two milestones the log has.

        >>> import polars as pl
        >>> from clearance_metrics import EventLog
        >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200],
        ...     "milestone": ["exam_started", "exam_ended"]})
        >>> [row.name for row in list_clocks(EventLog(events)).carried()]
        ['exam']
        """
        there = self._of_log()
        return self._with(rows=tuple(r for r in self.rows if {r.start, r.stop} <= there))

    def named(self, *names: str) -> Clocks:
        """Those of these names, in their order; what is not there is left out.

        >>> [row.name for row in list_clocks().named("refund_tax", "import_overall", "x")]
        ['refund_tax', 'import_overall']
        """
        rows = {row.name: row for row in self.rows}
        return self._with(rows=tuple(rows[name] for name in names if name in rows))

    def own(self) -> Clocks:
        """Those that the dataset brings with it."""
        self._of_log()
        shared = load_vocabulary().clocks
        return self._with(rows=tuple(row for row in self.rows if row.name not in shared))

    def _of_log(self) -> frozenset[str]:
        if self._there is None:
            raise LogError("no log was asked", "list_clocks", "write list_clocks(log)")
        return self._there


def clock(
    name: str,
    log: EventLog | None = None,
    *,
    dated_by: str = "start",
    where: Condition | None = None,
) -> Duration:
    """A named clock of the vocabulary as a metric; with a log, also the clocks of its dataset.

    The metric measures in the clock's unit (hours or working days), over cases of the clock's kind,
    and may be negative where the clock is signed. `dated_by="end"` puts cases into the month of
    their end, as officials count; `where` narrows the cases ({"mode": "sea"}). `list_clocks()`
    lists the names; for anything else write a `Duration`. The overall import time that officials
    publish is "import_overall", which ends at release; `stages(log, "import")` goes on to gate-out,
    so its whole is "import_port_release". Raises LogError for a name that is not
    there, with the closest that is.

    >>> clock("import_overall").where["kind"], clock("refund_tax").unit
    ('import', 'working_days')
    """
    found = _words(log).clocks
    if name not in found:
        raise LogError(f"there is no clock {name!r}", "clock", closest(str(name), found))
    named = found[name]
    return Duration(
        named.start,
        named.stop,
        unit=named.unit,
        where=({"kind": named.kind} if named.kind else {}) | dict(where or {}) or None,
        dated_by=dated_by,
        signed=named.signed,
        label=name,
    )


def list_clocks(log: EventLog | None = None) -> Clocks:
    """The named clocks: name, start, stop, unit and words; with a log, also those of its dataset.

    `list_clocks().table("zh")` shows them in Chinese.

    >>> [row.name for row in list_clocks() if row.unit == "working_days"]
    ['refund_tax', 'ticket_answer', 'ticket_close']
    """
    rows = (
        ClockRow(
            name=c.name,
            start=c.start,
            stop=c.stop,
            kind=c.kind,
            unit=c.unit,
            signed=c.signed,
            own=c,
        )
        for c in _words(log).clocks.values()
    )
    found = Clocks(rows=tuple(rows), _there=None if log is None else log.milestones)
    return found if log is None else found._with(_reader=log.reader)


def _words(log: EventLog | None) -> Vocabulary:
    return load_vocabulary() if log is None else log.vocabulary
