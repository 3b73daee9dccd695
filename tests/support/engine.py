"""One DuckDB for the logs of many tests: to start one takes longer than to ask it."""

from typing import Any

import duckdb
import pytest

from clearance_metrics.engine.backends import in_process

OWN = {"engine", "intake"}  # whose tests have an instance for each log, as users have


class Shared:
    """DuckDB as the engine sees it, whose connections are cursors of one instance.

    What a log keeps there is temporary, and so its cursor's alone.
    """

    def __init__(self) -> None:
        self._instance = duckdb.connect()

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection that shares no table with others."""
        return self._instance.cursor()

    def __getattr__(self, name: str) -> Any:
        return getattr(duckdb, name)


@pytest.fixture(scope="session")
def instance():
    """The one that is shared."""
    return Shared()


@pytest.fixture(scope="module", autouse=True)
def one_engine(request, instance):
    """The logs of a module's tests share an instance, but those of the rooms that make them."""
    with pytest.MonkeyPatch.context() as patch:
        if request.path.parent.name not in OWN:
            patch.setattr(in_process, "duckdb", instance)
        yield
