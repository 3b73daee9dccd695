"""A parser that explains itself and complains in one language."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

from .language import TOLD, said


@dataclass(frozen=True)
class Say:
    """Tells a text in one language."""

    lang: str

    def __call__(self, text: str) -> str:
        return said(text, self.lang)


class Parser(argparse.ArgumentParser):
    """A parser that explains itself and complains in one language."""

    def __init__(self, *args: Any, lang: str = TOLD, **kwargs: Any) -> None:
        self._lang = lang
        super().__init__(*args, **kwargs | {"add_help": False})
        self._positionals.title = said("arguments", lang)
        self._optionals.title = said("options", lang)
        told = said("show this help and exit", lang)
        self.add_argument("-h", "--help", action="help", help=told)

    def format_usage(self) -> str:
        """How the command is written."""
        return self._named(super().format_usage())

    def format_help(self) -> str:
        """What the command does and takes."""
        return self._named(super().format_help())

    def _named(self, text: str) -> str:
        return said("usage: ", self._lang) + text.removeprefix("usage: ")

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong with the command itself, and exit with 2."""
        self.print_usage(sys.stderr)
        name, mark, rest = message.partition(": ")
        parts = [name, rest] if name.startswith("argument ") and mark else [message]
        told = ": ".join(said(part, self._lang) for part in parts)
        self.exit(2, f"{self.prog}: {said('error: ', self._lang)}{told}\n")
