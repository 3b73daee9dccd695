"""A demonstration with its report, which the tests of pages read."""

from pathlib import Path

import pytest
from support import browser
from support.reports import built

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@pytest.fixture(scope="session")
def demo(demos):
    """A demonstration at a fifth of its size, with its report in Chinese beside it."""
    folder = demos(0.2).raw.parent
    built(folder / "log", notebooks=NOTEBOOKS, out=folder / "pages")
    return folder


@pytest.fixture(scope="session")
def tab(tmp_path_factory):
    """A page of a browser that all tests drive, one after the other."""
    with browser.browser(tmp_path_factory.mktemp("browser")) as found:
        yield found
