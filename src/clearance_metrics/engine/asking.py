"""What was asked of the engine on the way to a result, kept beside it as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from .query import Query

Given = ParamSpec("Given")
Result = TypeVar("Result")
_ASKED: ContextVar[tuple[list[Query], ...]] = ContextVar("asked", default=())


def noted(query: Query) -> None:
    """A query that was put to an engine, for whoever listens."""
    for heard in _ASKED.get():
        heard.append(query)


@contextmanager
def listening() -> Iterator[list[Query]]:
    """Every query that is asked meanwhile, in turn."""
    heard: list[Query] = []
    before = _ASKED.set((*_ASKED.get(), heard))
    try:
        yield heard
    finally:
        _ASKED.reset(before)


def shows_sql(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """The function, whose result gets the queries that it rests on: see `ResultTable.sql`."""

    @wraps(function)
    def asking(*args: Given.args, **named: Given.kwargs) -> Result:
        with listening() as heard:
            found = function(*args, **named)
        object.__setattr__(found, "_asked", tuple(dict.fromkeys(heard)))
        return found

    return asking
