"""The cells of one notebook, run by IPython as in Jupyter; what they show becomes HTML."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config


class Screen(io.TextIOBase):
    """What a cell shows, in order; it stands in the place of the standard output."""

    def __init__(self) -> None:
        self.outputs: list[dict] = []
        self._stale = False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._renew()
        if not (self.outputs and "printed" in self.outputs[-1]):
            self.outputs.append({"printed": ""})
        self.outputs[-1]["printed"] += text
        return len(text)

    def show(self, data: dict, name: str | None = None) -> None:
        """One object by its media types; under a `name` it may be shown anew later."""
        self._renew()
        self.outputs.append({"data": dict(data), "name": name})

    def update(self, data: dict, name: str | None) -> None:
        """Another content for what this cell has shown under the name."""
        for output in self.outputs:
            if name is not None and output.get("name") == name:
                output["data"] = dict(data)

    def clear(self, wait: bool) -> None:
        """Forget what was shown: now, or with `wait` as soon as something new is."""
        self._stale = True
        if not wait:
            self._renew()

    def take(self) -> list[str]:
        """What was shown since the last time, as HTML."""
        taken, self.outputs, self._stale = self.outputs, [], False
        return [html for output in taken if (html := _html(output))]

    def _renew(self) -> None:
        if self._stale:
            self.outputs, self._stale = [], False


def _html(output: dict) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return data["text/html"]
    text = output.get("printed", data.get("text/plain"))
    return f"<pre>{escape(text)}</pre>" if text else ""


class _Hook(DisplayHook):
    """Shows the value of a cell's last line."""

    def write_output_prompt(self) -> None:
        """No prompt stands on a page."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        self.shell.screen.show(format_dict)

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Publisher(DisplayPublisher):
    """Shows what a cell gives to display()."""

    def publish(
        self,
        data: dict,
        metadata: dict | None = None,
        source: Any = None,
        *,
        transient: dict | None = None,
        update: bool = False,
        **_more: Any,
    ) -> None:
        screen = self.shell.screen
        (screen.update if update else screen.show)(data, (transient or {}).get("display_id"))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.screen.clear(wait)


class Shell(InteractiveShell):
    """IPython with a screen; it neither prints tracebacks nor keeps a history on disk."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **more: Any) -> None:
        self.screen = Screen()
        settings = Config()
        settings.HistoryManager.enabled = False
        super().__init__(config=settings, **more)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list) -> None:
        """The caller is told the error."""


def run_cells(cells: Sequence[tuple[str, Sequence[str]]]) -> Iterator[list[str]]:
    """What each cell shows, as HTML; raises the error of the first that has one.

    A cell is its source and its tags. Those that Jupyter's own tools heed count here too:
    skip-execution and raises-exception.
    """
    shell = Shell.instance()
    sys.stdout, sys.stderr = shell.screen, io.StringIO()
    for source, tags in cells:
        if source.strip() and "skip-execution" not in tags:
            done = shell.run_cell(source, store_history=True)
            error = done.error_before_exec or done.error_in_exec
            if error is not None and "raises-exception" not in tags:
                raise error
        yield shell.screen.take()
