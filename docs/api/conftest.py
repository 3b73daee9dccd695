"""The examples of these pages run beside the demonstration, as they do after `make report`."""

import pages
import pytest

# what is no page is not collected: another folder has a file of this name too
collect_ignore = ["conftest.py"]


@pytest.fixture(scope="session")
def beside_demo(tmp_path_factory):
    return pages.demo(tmp_path_factory.mktemp("api"))


@pytest.fixture(autouse=True)
def _here(beside_demo, monkeypatch):
    monkeypatch.chdir(beside_demo)
