"""One family of errors. Each says what is wrong, where, and what to do about it.

The command line prints the message without a traceback and exits with the class's code, so that a
script can tell a wrong mapping from an unreadable file. Code 2 is left to the argument parser.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Self


class ClearanceError(Exception):
    """A mistake that the user can mend.

    >>> print(ClearanceError("the file is empty", "data/a.csv", "ask the owner for it again"))
    the file is empty
      where: data/a.csv
      do: ask the owner for it again
    """

    exit_code = 1
    mistakes: tuple[ClearanceError, ...] = ()  # each by itself, where one error tells several

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        lines = [what, f"  where: {where}" if where else "", f"  do: {remedy}" if remedy else ""]
        super().__init__("\n".join(line for line in lines if line))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: the mistake and its remedy, not the way through the code."""
        return str(self).splitlines()

    @classmethod
    def several(cls, mistakes: Sequence[ClearanceError], where: str) -> ClearanceError:
        """One error of this class that tells all of these, numbered; a single one stays as it is.

        >>> twice = [LogError("no 'a'", "x.toml", "write b"), LogError("no 'c'", "x.toml")]
        >>> print(LogError.several(twice, "x.toml"))
        2 mistakes
          where: x.toml
          1. no 'a'
             where: x.toml
             do: write b
          2. no 'c'
             where: x.toml
        """
        if len(mistakes) == 1:
            return mistakes[0]
        error = cls(f"{len(mistakes)} mistakes", where, "mend each of these")
        error.mistakes = tuple(mistakes)
        told = [f"{len(mistakes)} mistakes", f"  where: {where}"]
        for number, mistake in enumerate(mistakes, 1):
            first, *rest = str(mistake).splitlines()
            told += [f"  {number}. {first}", *(f"   {line}" for line in rest)]
        error.args = ("\n".join(told),)
        return error


class MappingError(ClearanceError):
    """dataset.toml is wrong (exit code 3)."""

    exit_code = 3


class InputError(ClearanceError):
    """A data file is missing or cannot be read as declared (exit code 4)."""

    exit_code = 4


class LogError(ClearanceError):
    """A log or a metric names a column, milestone or type that is not there (exit code 5)."""

    exit_code = 5
    finding = ""

    def found(self, finding: str, why: str = "") -> Self:
        """The same with what the answer says for itself, and why, in the language of who asked.

        >>> print(NothingToShow("there is no value to draw", "chart").found("no cases"))
        there is no value to draw
          where: chart
          finding: no cases
        """
        self.finding = finding
        told = [self.args[0], f"  finding: {finding}", *([f"  why: {why}"] if why else [])]
        self.args = ("\n".join(told),)
        return self


class NothingToShow(LogError):
    """An answer without a value has no picture or sentence of its own (exit code as LogError)."""


class NoIndicator(NothingToShow):
    """A notice has no indicator for what a page asks about (exit code as LogError)."""


class CalendarError(ClearanceError):
    """A date lies outside the years whose official working days are known (exit code 6)."""

    exit_code = 6


class NoticeError(ClearanceError):
    """A notice file, or a table it rests on, is wrong (exit code 7)."""

    exit_code = 7


class OutputError(ClearanceError):
    """The result cannot be written (exit code 8)."""

    exit_code = 8


class ReportError(ClearanceError):
    """A notebook could not be run (exit code 9)."""

    exit_code = 9


def closest(word: str, known: Iterable[str]) -> str:
    """A remedy for a misspelt name: the nearest known names, or all of them.

    >>> closest("declraed", ["declared", "gate_in"])
    "write 'declared' instead of 'declraed'; known: declared, gate_in"
    """
    names = sorted(str(k) for k in known)
    near = get_close_matches(word, names, n=1)
    listed = f"known: {', '.join(names)}" if names else "nothing is known here"
    return f"write {near[0]!r} instead of {word!r}; {listed}" if near else listed
