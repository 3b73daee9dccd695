"""The examples of these pages run beside the demonstration, as they do after `make report`."""

import pytest
from support.demo import beside, demos

__all__ = ["demos"]  # a fixture, which the tests have too
# what is no page is not collected: another folder has a file of this name too
collect_ignore = ["conftest.py"]


@pytest.fixture(scope="session")
def beside_demo(demos, tmp_path_factory):
    return beside(demos(), tmp_path_factory.mktemp("api"))


@pytest.fixture(autouse=True)
def _here(beside_demo, monkeypatch):
    monkeypatch.chdir(beside_demo)
