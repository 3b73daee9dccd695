"""What a question takes from the log, and what was asked of the engine on the way to its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from ..domain.arguments import names_of
from ..domain.metrics import Condition
from ..errors import LogError
from .query import Query

if TYPE_CHECKING:
    from .log import EventLog
    from .read import Read
    from .standing import Timed

Given = ParamSpec("Given")
Result = TypeVar("Result")
Heard = TypeVar("Heard")
_FEWEST: ContextVar[list[int] | None] = ContextVar("fewest", default=None)
_ASKED: ContextVar[tuple[list[Query], ...]] = ContextVar("asked", default=())
_OF: ContextVar[tuple[list[tuple[EventLog, Condition]], ...]] = ContextVar("of", default=())
_TIMED: ContextVar[tuple[list[tuple[EventLog, Timed]], ...]] = ContextVar("timed", default=())


def noted(query: Query) -> None:
    """A query that was put to an engine, for whoever listens."""
    for heard in _ASKED.get():
        heard.append(query)


def noted_condition(log: EventLog, condition: Condition) -> None:
    """Which cases of a log are asked about, for whoever has to say why there are none."""
    for heard in _OF.get():
        heard.append((log, condition))


def noted_clock(log: EventLog, clock: Timed) -> None:
    """Which clock of a log's cases is asked about, for whoever has to say why none can be timed."""
    for heard in _TIMED.get():
        heard.append((log, clock))


def counted_cells(counts: Iterable[int]) -> None:
    """How many cases stand in the cells that an answer is made from, for whoever withholds some."""
    if (heard := _FEWEST.get()) is not None:
        heard += counts


@contextmanager
def counting() -> Iterator[list[int]]:
    """The cases of every cell that is asked for meanwhile."""
    heard: list[int] = []
    before = _FEWEST.set(heard)
    try:
        yield heard
    finally:
        _FEWEST.reset(before)


@contextmanager
def _hearing(channel: ContextVar[tuple[list[Heard], ...]]) -> Iterator[list[Heard]]:
    heard: list[Heard] = []
    before = channel.set((*channel.get(), heard))
    try:
        yield heard
    finally:
        channel.reset(before)


def listening() -> AbstractContextManager[list[Query]]:
    """Every query that is asked meanwhile, in turn."""
    return _hearing(_ASKED)


def hearing_conditions() -> AbstractContextManager[list[tuple[EventLog, Condition]]]:
    """Every condition on cases that is asked meanwhile, with its log."""
    return _hearing(_OF)


def hearing_clocks() -> AbstractContextManager[list[tuple[EventLog, Timed]]]:
    """Every clock that is asked meanwhile, with its log."""
    return _hearing(_TIMED)


def asked_of_log(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """A question to a log, its first argument: what is not given is as the log says (`as_of` its
    day, `calendar` its working days), and the answer keeps the queries that it rests on (see
    `ResultTable.sql`) and who reads it.
    """
    takes_calendar = "calendar" in signature(function).parameters

    @wraps(function)
    def asking(*args: Given.args, **named: Given.kwargs) -> Result:
        log: EventLog = args[0] if args else named["log"]  # type: ignore[assignment]
        if not hasattr(log, "reader"):
            what = f"{type(log).__name__} is no log"
            remedy = "give what EventLog.open or EventLog(events) answers, then what is asked"
            raise LogError(what, "log", remedy)
        if named.get("as_of") is None:
            named["as_of"] = day_of(log)
        if takes_calendar and named.get("calendar") is None:
            named["calendar"] = log.calendar
        with (
            listening() as heard,
            counting() as counts,
            hearing_conditions() as asked,
            hearing_clocks() as clocks,
        ):
            found = function(*args, **named)
        object.__setattr__(found, "_asked", tuple(dict.fromkeys(heard)))
        object.__setattr__(found, "_reader", log.reader)
        grouped: Any = named.get("by") or ()
        by = names_of(grouped)
        object.__setattr__(found, "_shape", (by, named.get("period") is not None))
        told: Any = found
        if asked and told.tells_nobody:
            from .values import unmet

            object.__setattr__(found, "_unmet", unmet(asked))
        if clocks and told.tells_nobody and not told._unmet:
            from .standing import standing

            object.__setattr__(found, "_standing", standing(clocks))
        if log.withhold is not None:
            found = told.withholding(log.withhold, counts, log.hidden)
        return found

    return asking


def day_of(log: EventLog | Read) -> object:
    """The day up to which the log says it is complete; LogError where it says none."""
    if log.as_of is None:
        raise LogError(
            "the day up to which the log is complete is not known",
            f"log {log.name!r}",
            'give as_of="2022-12-31", or add as_of to [dataset] in dataset.toml and run intake '
            "again",
        )
    return log.as_of
