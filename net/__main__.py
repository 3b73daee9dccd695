"""The command of the net; see the package."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import __doc__ as usage
from . import asked
from .prepare import prepare
from .record import Record
from .small import small
from .store import load, report, save


def main(argv: list[str] | None = None) -> int:
    """Run one command; 1 where numbers differ."""
    args = _parser().parse_args(argv)
    return args.run(args) or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m net",
        description=usage,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    making = commands.add_parser("prepare", help="the logs to ask, through intake")
    making.add_argument("work", type=Path)
    making.set_defaults(run=_prepare)
    writing = commands.add_parser("write", help="write down every value")
    writing.add_argument("file", type=Path)
    writing.add_argument("--demo", type=Path, required=True)
    writing.add_argument("--scms", type=Path)
    writing.set_defaults(run=_write)
    holding = commands.add_parser("compare", help="two files side by side")
    holding.add_argument("old", type=Path)
    holding.add_argument("new", type=Path)
    holding.add_argument("--words", action="store_true", help="sentences as well")
    holding.set_defaults(run=_compare)
    renewing = commands.add_parser("small", help="renew the file of the test")
    renewing.add_argument("file", type=Path)
    renewing.set_defaults(run=_small)
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _prepare(args: argparse.Namespace) -> None:
    print(*prepare(args.work), sep="\n")


def _write(args: argparse.Namespace) -> None:
    record = Record()
    asked.demo(record, args.demo, _say)
    if args.scms:
        asked.scms(record, args.scms, _say)
    save(record, args.file)
    print(f"{args.file}: {len(record.numbers):,} numbers, {len(record.words):,} words")


def _compare(args: argparse.Namespace) -> int:
    lines, good = report(load(args.old), load(args.new), args.words)
    print(*lines, sep="\n")
    return 0 if good else 1


def _small(args: argparse.Namespace) -> None:
    record = small()
    save(record, args.file)
    print(f"{args.file}: {len(record.numbers):,} numbers")


if __name__ == "__main__":
    sys.exit(main())
