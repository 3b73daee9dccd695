"""The commands about the owner's files: inspect, intake, run, and what goes back to suppliers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..errors import InputError, MappingError, OutputError
from . import commands
from .language import error_text, said
from .output import day_unknown

MAPPING = "dataset.toml"


def intake(args: argparse.Namespace) -> None:
    """Read, map, check and write a dataset; print the receipt."""
    from ..intake import ingest

    receipt = ingest(
        args.mapping / MAPPING if args.mapping.is_dir() else args.mapping,
        args.data,
        args.out,
        progress=True,
        add=args.add,
        remove_missing=args.remove_missing,
        verify=args.verify,
        layout=args.layout,
        memory=args.memory,
        threads=args.threads,
    )
    _tell(receipt.to_dict(), args.told)


def _tell(receipt: dict, lang: str) -> None:
    from .receipts import receipt_text

    print(receipt_text(receipt, lang))


def run(args: argparse.Namespace) -> None:
    """Intake and report in one go; stops between them where too little of a file was accepted."""
    from ..intake import ingest
    from ..intake.mapping import load_mapping
    from ..intake.undecided import check_decided

    if args.folder.name == MAPPING and args.folder.is_file():
        args.folder = args.folder.parent  # who gives the file means its folder
    mapping = args.folder / MAPPING
    if not mapping.is_file():
        raise MappingError(
            "no dataset.toml is here",
            str(args.folder),
            f"run clearance-metrics inspect FILE… --out {mapping} first",
        )
    spec = load_mapping(mapping)
    args.log = Path("data/processed") / spec.name
    # a guess below a mark is nobody's answer
    check_decided(mapping)
    if args.as_of is None and spec.as_of is None:
        raise day_unknown(spec.name)
    # before the work of intake, as all that follows
    commands.check_pages(args, spec.timezone)
    receipt = ingest(mapping, out=args.log, progress=True)
    _tell(receipt.to_dict(), args.told)
    # which looks first whether enough of each file was accepted
    commands.report(args)


def demo(args: argparse.Namespace) -> None:
    """A simulated log and its report, all in one folder."""
    from ..intake import ingest
    from ..simulation import simulate

    raw, args.log, args.out = (args.out / name for name in ("raw", "processed", "reports"))
    commands.check_pages(args, "Asia/Shanghai")
    if not (raw / MAPPING).is_file():
        simulate(raw)
    receipt = ingest(raw / MAPPING, out=args.log, progress=True)
    _tell(receipt.to_dict(), args.told)
    commands.report(args)


def inspect(args: argparse.Namespace) -> None:
    """Print or write a proposal of a mapping, and say how much of it a person must decide."""
    if args.out is not None and args.out.exists():
        raise OutputError(
            "the file is there already", str(args.out), "name another file, or move it away"
        )
    from ..intake.inspection import inspect_files

    found = inspect_files(args.files, name=args.name, lang=args.lang)
    for error in found.unread:
        print(error_text(error, args.told), file=sys.stderr)
    if args.out is None:
        print(found.toml(args.lang))
        return
    try:
        args.out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot write: {error.strerror}"
        raise OutputError(what, str(args.out), "name another file") from None
    found.write(args.out, args.lang)
    print(said(f"{args.out}: {len(found.decisions):,} decisions are left to you", args.told))


def rejects(args: argparse.Namespace) -> None:
    """Write the workbook of rejected rows."""
    from ..intake.returned import returned
    from .supplier import write_workbook

    if args.out.suffix.lower() != ".xlsx":
        raise OutputError(f"{args.out.name!r} is no workbook", "--out", "write a name in .xlsx")
    found = returned(args.log, args.data)
    if not any(sheet.total for sheet in found.sheets):
        raise InputError("no row was rejected", str(args.log), "there is nothing to send back")
    write_workbook(found, args.out, args.lang)
    rows = sum(sheet.total for sheet in found.sheets)
    print(said(f"{args.out}: {rows:,} rejected rows on {len(found.sheets):,} sheets", args.told))
