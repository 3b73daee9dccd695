"""What `watch` answers: signals, the paragraph that tells them, and what the next run needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from ..results.display import NONE, Display
from ..results.table import Record, ResultTable
from ..results.wording import capital
from ..results.words import joined, say
from ..statistics.reasons import Reason

FORMAT, VERSION = "clearance-metrics watch", 1
TOLD = 8  # signals of the paragraph, beyond which they are counted
TONES = {2: "bad", 1: "unsure", 0: "good"}


class Severity(IntEnum):
    """How grave a signal is; the command line exits with 10 more than the gravest."""

    NOTICE = 0
    WARNING = 1
    ALARM = 2


@dataclass(frozen=True, kw_only=True)
class Signal(Record):
    """One thing that changed: `kind` is "verdict", "violations", "limits" or "backlog"; `key` names
    it once and for all.

    Of a verdict `before` and `now`; of violations `n` new ones and their `lines` (case, line); of a
    clock's month its `value` and the limits `low` and `high` of the `n` months before.
    """

    kind: str
    severity: Severity
    key: str
    indicator: str
    port: str | None = None
    period: str | None = None
    before: str | None = None
    now: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    lines: tuple[tuple[str, str], ...] = ()
    reasons: tuple[Reason, ...] = ()
    groups = ()

    def to_dict(self) -> dict[str, Any]:
        """A flat record; the severity by its name, lines as pairs."""
        record = super().to_dict()
        record["severity"] = self.severity.name.lower()
        record["lines"] = [list(pair) for pair in self.lines]
        return record


@dataclass(frozen=True, kw_only=True, repr=False)
class Watch(ResultTable[Signal]):
    """What `watch` answers: the signals, the gravest first. `since` is the day of the run before,
    None of a first run; `state` is what the next run is compared with; `watched` figures were set
    beside their own past.
    """

    rows: tuple[Signal, ...]
    as_of: str
    log: str
    notice: str
    number: str
    since: str | None
    state: Mapping[str, Any] = field(repr=False)
    watched: int
    sha256: str
    release: str
    _remarks: tuple[Reason, ...] = ()
    empty = "signal.nothing"

    @property
    def first(self) -> bool:
        """Whether there was no run before."""
        return self.since is None

    @property
    def severity(self) -> Severity | None:
        """That of the gravest signal; None where nothing changed."""
        return max((row.severity for row in self.rows), default=None)

    @property
    def exit_code(self) -> int:
        """0 where nothing changed, else 10 (notice), 11 (warning) or 12 (alarm)."""
        return 0 if self.severity is None else 10 + self.severity

    def _caption(self, lang: str) -> str:
        return say("signal.caption", lang, notice=self.number)

    def _headline(self, lang: str) -> str:
        """That it is the first run, that nothing changed, or how many signals there are."""
        if self.first:
            return say("signal.first", lang, n=len(self.state.get("verdicts", ())))
        if not self.rows:
            return say("signal.none", lang, since=self.since)
        counts = tuple(
            Reason(f"signal.{severity.name.lower()}", n=n)
            for severity in sorted(Severity, reverse=True)
            if (n := sum(row.severity is severity for row in self.rows))
        )
        return say("signal.found", lang, since=self.since, counts=counts)

    def _beware(self, lang: str) -> str:
        told = [Reason("signal.rule", n=self.watched)] if self.watched else []
        return joined((*told, *self._remarks), lang, "report.gap")

    def text(self, lang: str | None = None) -> str:
        """The whole in one paragraph."""
        lang = self._in(lang)
        head = say("signal.head", lang, log=self.log, notice=self.number, day=self.as_of)
        told = [f"{head}{self._headline(lang)}"]
        told += [capital(row.said(lang)) for row in self.rows[:TOLD]]
        if len(self.rows) > TOLD:
            told.append(capital(say("signal.more", lang, n=len(self.rows) - TOLD)))
        stop = say("signal.stop", lang)
        rest = joined(self._remarks, lang, "report.gap")
        return stop.join(told) + stop.rstrip() + (say("report.gap", lang) + rest if rest else "")

    def to_state(self, lang: str | None = None) -> dict[str, Any]:
        """All of it as plain data, which the next run takes as `before`."""
        lang = self._in(lang)
        severity = None if self.severity is None else self.severity.name.lower()
        signals = []
        for row in self.rows:
            record = row.to_dict()
            for name in [n for n in record if n == "reasons" or n.startswith("note_")]:
                del record[name]
            signals.append(record | {"text": capital(row.said(lang))})
        return {
            "format": FORMAT,
            "version": VERSION,
            "library": self.release,
            "log": self.log,
            "notice": self.notice,
            "notice_sha256": self.sha256,
            "as_of": self.as_of,
            "since": self.since,
            "first": self.first,
            "severity": severity,
            "exit_code": self.exit_code,
            "language": lang,
            "text": self.text(lang),
            "signals": signals,
            "not_watched": [say(why, lang) for why in self._remarks],
            "state": dict(self.state),
        }

    def to_json(self, lang: str | None = None) -> str:
        """The same as text: equal answers have equal bytes."""
        return json.dumps(self.to_state(lang), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def _table(self, lang: str) -> Display:
        if not self.rows:
            return Display((self._headline(lang),), ())
        heads = [say(f"signal.{name}", lang) for name in ("severity", "what")]
        cells = [
            (say(f"signal.is_{row.severity.name.lower()}", lang), capital(row.said(lang)) or NONE)
            for row in self.rows
        ]
        tones = {(i, 0): TONES[row.severity] for i, row in enumerate(self.rows)}
        return Display(heads, cells, caption=self.asked(lang), tones=tones)
