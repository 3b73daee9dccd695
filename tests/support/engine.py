"""One DuckDB for the logs of many tests: to start one takes longer than to ask it."""

from importlib import import_module
from typing import Any

import pytest

OWN = {"engine", "intake"}  # whose tests have an instance for each log, as users have
ENGINE = "clearance_metrics.engine.backends.in_process"


class Shared:
    """DuckDB as the engine sees it, whose connections are cursors of one instance.

    What a log keeps there is temporary, and so its cursor's alone.
    """

    def __init__(self) -> None:
        # not with this file, which stays to the end: DuckDB would complain of what is left of it
        self._duckdb = import_module("duckdb")
        self._instance = self._duckdb.connect()

    def connect(self) -> Any:
        """A connection that shares no table with others."""
        return self._instance.cursor()

    def close(self) -> None:
        """Ends it, once no test asks any more."""
        self._instance.close()
        del self._instance, self._duckdb

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_duckdb"], name)


@pytest.fixture(scope="session")
def instance():
    """The one that is shared."""
    made = Shared()
    yield made
    made.close()


@pytest.fixture(scope="module", autouse=True)
def one_engine(request, instance):
    """The logs of a module's tests share an instance, but those of the rooms that make them."""
    with pytest.MonkeyPatch.context() as patch:
        if request.path.parent.name not in OWN:
            patch.setattr(import_module(ENGINE), "duckdb", instance)
        yield
