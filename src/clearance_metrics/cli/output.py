"""What becomes of an answer: a table, JSON or its queries on the terminal, or a file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ..domain.as_of import AsOf
from ..domain.work_folders import work_folder
from ..errors import LogError, OutputError
from .language import said

HEAD = ("notice", "as_of", "resolution", "queries")  # of JSON, in front of its rows
MARK = b"\xef\xbb\xbf"  # a spreadsheet takes UTF-8 for what it is only with the mark in front


def day_of(log: Any, args: argparse.Namespace) -> str:
    """The day that --as-of names, else the dataset's own; LogError where it is none, or is not
    known.
    """
    if args.as_of is not None:
        return AsOf.of(args.as_of, log.timezone).text
    if log.as_of is None:
        raise day_unknown(log.name)
    return str(log.as_of)


def day_unknown(name: str) -> LogError:
    """The error where neither an option nor the dataset says the day."""
    what = "the day up to which the log is complete is not known"
    remedy = (
        "write --as-of 2022-12-31, or add as_of to [dataset] in dataset.toml and run intake again"
    )
    return LogError(what, f"log {name!r}", remedy)


def show(found: Any, args: argparse.Namespace) -> None:
    """Print an answer as it is asked for, or write it as CSV; each form says its day."""
    if args.csv is not None:
        write_whole(args.csv, MARK + found.to_csv().encode("utf-8"))
        told = f"{args.csv}: {len(found.to_dicts()):,} rows, as of {found.as_of}"
        print(said(told, args.told))
    elif args.sql:
        print(f"-- as of {found.as_of}\n{found.sql};")
    elif args.json:
        head = {name: value for name in HEAD if isinstance(value := _of(found, name), str | int)}
        print(json.dumps(head | {"rows": found.to_dicts()}, ensure_ascii=False, indent=1))
    else:
        print(found.told(args.lang))
    if found.tells_nobody and (why := found.beware(args.lang)):
        # beside a form that a program reads, not in it
        print(why, file=sys.stderr if args.csv or args.sql or args.json else sys.stdout)


def _of(found: Any, name: str) -> object:
    return getattr(found, name, None)


def write_whole(file: Path, content: bytes) -> None:
    """Put a file in place at once when it is whole, with the folders above it; OutputError where
    that cannot be.
    """
    try:
        # also where two runs write at once or one is killed
        with work_folder(file.parent, f".{file.name}-") as work:
            part = work / file.name
            part.write_bytes(content)
            part.replace(file)
    except OSError as error:
        what = f"cannot write: {error.strerror}"
        raise OutputError(what, str(file), "name another file") from None
