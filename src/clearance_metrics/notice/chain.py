"""Documents that follow each other: which target of which one holds on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .loader import load_notice, shipped
from .model import Indicator, Notice, Target

IN_FORCE, NOT_YET, RUN_OUT, ENDED = "in_force", "not_yet", "run_out", "ended"
ADAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """A target with the days it holds: from `first` to `last` (None: without an end), as it is
    `standing` on the day that was asked for.
    """

    notice: Notice
    indicator: Indicator
    target: Target
    first: date
    last: date | None
    standing: str


def chain(notice: Notice) -> tuple[Notice, ...]:
    """The notice and those that ship and stand in one line with it, the earliest first.

    >>> [found.id for found in chain(load_notice("cn-2021-85"))]
    ['cn-2021-85', 'cn-2022-83', 'cn-2023-1054']
    """
    known = {name: load_notice(name) for name in shipped()} | {notice.id: notice}
    line, seen = [notice.id], {notice.id}
    for name in line:  # grows as neighbours are found
        earlier = (*known[name].extends, *known[name].supersedes)
        later = [k for k, n in known.items() if name in (*n.extends, *n.supersedes)]
        line += [k for k in (*earlier, *later) if k in known and k not in seen]
        seen.update(line)
    return tuple(sorted((known[name] for name in line), key=lambda n: (n.issued, n.id)))


def steps(notice: Notice, day: date) -> tuple[Step, ...]:
    """Each target of the line that the notice stands in, in the order in which they hold.

    A target that must be reached by a day holds from the document's issue, or from the day after
    the one before it in the same document was due, up to its day; one that holds since a day, up to
    its `until`. All end with their document, and with the one that supersedes it. What a notice
    borrows from other documents, and companions, which count the same another way, are no targets
    of its own.

    >>> found = steps(load_notice("cn-2021-85"), date(2024, 5, 1))
    >>> [(step.notice.id, step.target.value) for step in found
    ...  if step.standing == "in_force" and step.target.unit == "working_days"]
    [('cn-2023-1054', 6), ('cn-2023-1054', 3)]
    """
    line = chain(notice)
    made = [step for held in line for step in _of(held, _end(held, line), day)]
    return tuple(sorted(made, key=lambda s: (s.notice.issued, s.indicator.measure, s.first)))


def _end(notice: Notice, line: Sequence[Notice]) -> date | None:
    """The last day of a document: its own, or the day before another took its place."""
    ends = [notice.until] if notice.until else []
    ends += [later.issued - ADAY for later in line if notice.id in later.supersedes]
    return min(ends, default=None)


def _of(notice: Notice, end: date | None, day: date) -> list[Step]:
    made: list[Step] = []
    own = [i for i in notice.indicators if i.origin == "notice" and not i.companion_of]
    asked = [i for i in own if i.target is not None]
    for indicator in sorted(asked, key=lambda i: i.target.due if i.target else notice.issued):
        target = indicator.target
        assert target is not None
        since = target.over == "since"
        before = [s.target.due for s in made if _same(s.indicator, indicator)]
        first = target.due if since else max(before) + ADAY if before else notice.issued
        last = target.until if since else target.due
        if end is not None and (last is None or last > end):
            last = end
        made.append(Step(notice, indicator, target, first, last, _standing(first, last, end, day)))
    return made


def _same(one: Indicator, other: Indicator) -> bool:
    """Whether two targets are about one figure."""
    return (one.metric, one.statistic) == (other.metric, other.statistic)


def _standing(first: date, last: date | None, end: date | None, day: date) -> str:
    if day < first:
        return NOT_YET
    if last is None or day <= last:
        return IN_FORCE
    return ENDED if end is not None and day > end else RUN_OUT
