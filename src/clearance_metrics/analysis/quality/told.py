"""What the answers about a log's quality share: they are of the log as it is, and speak as it
does.
"""

from __future__ import annotations

from typing import TypeVar

from ...engine.log import EventLog
from ...results.quality import Quality

Told = TypeVar("Told", bound=Quality)


def told_of(log: EventLog, found: Told, asked: tuple[object, ...] = ()) -> Told:
    """The answer with the log's reader, the day up to which it is complete, and its queries."""
    made = found._with(_reader=log.reader, as_of=str(log.as_of or ""), _asked=asked)
    return made if log.withhold is None else made.withholding(log.withhold, ())
