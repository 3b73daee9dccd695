"""What a log or an engine cannot give; an assessment turns these into verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import LogError, closest

if TYPE_CHECKING:
    from .log import EventLog


class MissingColumn(LogError):
    """The log lacks a column or milestone; an assessment turns this into the verdict "no data"."""

    def __init__(self, name: str, log: EventLog, table: str = "") -> None:
        self.name = name
        known = sorted(log.milestones | set(log.columns))
        what = "milestone" if name in log.vocabulary.milestones else "column or milestone"
        super().__init__(
            f"the log has no {what} {name!r}", table or f"log {log.name!r}", closest(name, known)
        )
