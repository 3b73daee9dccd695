"""The command line: from raw files to pages, and each step on its own; no other room prints.

Exit codes: 0 done; 2 the command itself is wrong; 3 dataset.toml; 4 a data file; 5 a log, a metric
or the value of an option; 6 a year without official working days; 7 a notice; 8 the output cannot
be written; 9 a notebook failed; 1 anything else. `watch` says with 10, 11 or 12 that a notice, a
warning or an alarm is told.
"""

from __future__ import annotations

import argparse
import sys
from errno import ENAMETOOLONG
from pathlib import Path

from ..errors import ClearanceError, InputError
from .language import TOLD, asked, by_locale, error_text, languages, said
from .parser import make_parser

NO_OPTIONS = ("command", "run", "told", "written", "log", "folder", "mapping", "files")


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    _unbroken()
    usual = by_locale()
    lang = asked(argv) or usual or TOLD
    args = make_parser(lang).parse_args(argv)
    # what is told and what is written speak one language; where neither option nor locale says
    # which, each keeps its own
    args.told = args.lang if args.lang in languages() else usual or TOLD
    args.lang = args.lang or usual or args.written
    try:
        # told before the work, and also where rows are printed as they are
        from ..results.words import check_language

        check_language(args.lang)
        _check_names(args)
        return args.run(args) or 0
    except ClearanceError as error:
        print(error_text(_by_option(error, args), args.told), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        told = "stopped; nothing was written"
        if args.command == "run":
            told = "stopped; no page was written, a finished intake stays"
        print(said(told, args.told), file=sys.stderr)
        return 130


def _by_option(error: ClearanceError, args: argparse.Namespace) -> ClearanceError:
    """The error, its place as the option that a user wrote where it names a parameter."""
    if error.where in vars(args) and error.where not in NO_OPTIONS:
        error.where = f"--{error.where.replace('_', '-')}"
    return error


def _check_names(args: argparse.Namespace) -> None:
    """An error where a name is longer than any file can have, which no command need ask for."""
    for value in vars(args).values():
        for path in value if isinstance(value, list) else [value]:
            try:
                _ = path.stat() if isinstance(path, Path) else None
            except OSError as error:
                if error.errno == ENAMETOOLONG:
                    what = "no file can have so long a name"
                    raise InputError(what, str(path), "write a shorter one") from None


def _unbroken() -> None:
    """A sign that a terminal's own encoding lacks is printed as its number."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
