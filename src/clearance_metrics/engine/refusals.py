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
        # what is a milestone was asked for as a column
        misplaced = name in log.milestones and name not in log.columns
        known = sorted(set(log.columns) if misplaced else log.milestones | set(log.columns))
        what = "milestone" if name in log.vocabulary.milestones else "column or milestone"
        of_lines = columns_of_lines(log)
        near, near_lines = closest(name, known), closest(name, of_lines)
        do = (
            f'ask it of charges: cm.measure(log, cm.Fee(), by="{name}")'
            if name in of_lines
            else near_lines
            if "instead" in near_lines and "instead" not in near
            else f"{near}; of charges (cm.Fee): {', '.join(of_lines)}"
            if of_lines
            else near
        )
        if misplaced:
            slip = f"{name!r} is a milestone, and no column of cases"
            super().__init__(slip, table or f"log {log.name!r}", do)
            return
        told = f"the log has no {what} {name!r}"
        told += ": it is a column of charge lines" if name in of_lines else ""
        super().__init__(told, table or f"log {log.name!r}", do)


def columns_of_lines(log: EventLog) -> list[str]:
    """The columns of charge lines, beside those of cases, that group charges."""
    lines = log.charges
    if lines is None:
        return []
    texts = [c for c, kind in lines.columns.items() if kind == "text"]
    return sorted({*texts} - {"case_id", "line_id", *log.columns})
