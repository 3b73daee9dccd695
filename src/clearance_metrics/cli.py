"""The command line: simulate, intake, measure, assess, violations, report; none else prints.

Exit codes: 0 done; 2 the command itself is wrong; 3 dataset.toml; 4 a data file; 5 a log or metric;
6 a year without official working days; 7 a notice; 8 the output cannot be written; 9 a notebook
failed; 1 anything else.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from . import __version__
from .errors import ClearanceError, LogError, OutputError


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    args = _parser().parse_args(argv)
    try:
        if hasattr(args, "lang"):
            # told before the work, and also where rows are printed as they are
            from .results.words import check_language

            check_language(args.lang)
        return args.run(args) or 0
    except ClearanceError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clearance-metrics", description="Clearance, refund and fee metrics from event logs."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    making = commands.add_parser(
        "simulate", help="write the simulated demonstration: raw files and their mapping"
    )
    making.add_argument(
        "--out",
        type=Path,
        default=Path("data/raw/demo"),
        help="folder to write (default: %(default)s)",
    )
    making.add_argument(
        "--seed",
        type=int,
        default=20210820,
        help="another seed, another log (default: %(default)s)",
    )
    making.add_argument(
        "--size", type=float, default=1.0, help="share of the usual number of cases"
    )
    making.set_defaults(run=_simulate)

    reading = commands.add_parser(
        "intake", help="read, map, check and write a dataset; prints the receipt"
    )
    reading.add_argument("mapping", type=Path, help="dataset.toml")
    reading.add_argument(
        "--data", type=Path, help="folder of the owner's files (default: beside the mapping)"
    )
    reading.add_argument("--out", type=Path, help="folder to write (default: data/processed/NAME)")
    reading.add_argument(
        "--add", action="store_true", help="keep what is read, and read only new and changed files"
    )
    reading.add_argument(
        "--remove-missing", action="store_true", help="with --add: take out the rows of lost files"
    )
    reading.add_argument(
        "--verify",
        action="store_true",
        help="with --add: hash every file again, also unchanged ones",
    )
    reading.add_argument(
        "--layout",
        default="auto",
        help="whole, months, or auto: months from 20 million rows on (default: %(default)s)",
    )
    reading.add_argument(
        "--memory", metavar="SIZE", help="bound of the engine's memory, such as 6GB"
    )
    reading.add_argument("--threads", type=int, help="bound of the engine's threads")
    reading.set_defaults(run=_intake)

    measuring = commands.add_parser("measure", help="statistics of one clock by group and period")
    measuring.add_argument("log", type=Path, help="folder that intake wrote")
    measuring.add_argument("--start", required=True, help="milestone that starts the clock")
    measuring.add_argument("--stop", required=True, help="milestone that stops it")
    measuring.add_argument("--unit", default="hours", help="hours, working_days or working_hours")
    measuring.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="keep these cases; may be repeated",
    )
    measuring.add_argument(
        "--dated-by", default="start", help="start or end: which puts a case into a period"
    )
    measuring.add_argument(
        "--by", default="", metavar="COLUMN[,COLUMN]", help="group by these columns"
    )
    measuring.add_argument("--period", help="month, quarter or year")
    measuring.add_argument(
        "--statistics",
        default="",
        metavar="NAME[,NAME]",
        help="for example n,mean,median,p90,within:24",
    )
    _common(measuring)
    measuring.set_defaults(run=_measure)

    judging = commands.add_parser(
        "assess", help="the indicators of a notice, set against their targets"
    )
    judging.add_argument("log", type=Path, help="folder that intake wrote")
    _notice(judging)
    judging.add_argument(
        "--by", default="", metavar="COLUMN[,COLUMN]", help="group by these columns"
    )
    judging.add_argument(
        "--tariff", metavar="FILE", help="a tariff CSV in place of the one that ships"
    )
    judging.add_argument(
        "--resolution",
        help="of durations: second or minute (default: second up to a million cases, else minute)",
    )
    _common(judging)
    judging.set_defaults(run=_assess)

    finding = commands.add_parser(
        "violations", help="each line and case that breaks a rule of a notice"
    )
    finding.add_argument("log", type=Path, help="folder that intake wrote")
    _notice(finding)
    finding.add_argument("--indicator", metavar="ID", help="only this indicator")
    finding.add_argument(
        "--limit", type=int, metavar="N", help="the N largest of each indicator (default: all)"
    )
    finding.add_argument(
        "--tariff", metavar="FILE", help="a tariff CSV in place of the one that ships"
    )
    _common(finding).add_argument(
        "--csv", type=Path, metavar="FILE", help="write a table instead of printing it"
    )
    finding.set_defaults(run=_violations)

    telling = commands.add_parser("report", help="run the notebooks on a log and write the pages")
    telling.add_argument("log", type=Path, help="folder that intake wrote")
    _notice(telling)
    telling.add_argument(
        "--notebooks", type=Path, default=Path("notebooks"), help="folder of the notebooks"
    )
    telling.add_argument(
        "--out", type=Path, default=Path("reports"), help="folder to write (default: %(default)s)"
    )
    telling.add_argument(
        "--as-of",
        metavar="DAY",
        help="the day up to which the log is complete (default: the dataset's own)",
    )
    _days(telling)
    telling.add_argument(
        "--lang", default="zh", help="language of the pages: zh or en (default: %(default)s)"
    )
    telling.set_defaults(run=_report)
    return parser


def _notice(parser: argparse.ArgumentParser) -> None:
    told = "a notice's name or .toml file (default: %(default)s)"
    parser.add_argument("--notice", default="cn-2021-85", help=told)


def _days(parser: argparse.ArgumentParser) -> None:
    told = "a list of days for further years: CSV date,type"
    parser.add_argument("--calendar", type=Path, metavar="FILE", help=told)


def _common(parser: argparse.ArgumentParser) -> Any:
    """The options of every command that measures; what it prints instead of a table."""
    parser.add_argument(
        "--as-of", required=True, metavar="DAY", help="the day up to which the log is complete"
    )
    _days(parser)
    parser.add_argument(
        "--lang", default="en", help="language of the table: en or zh (default: %(default)s)"
    )
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--json", action="store_true", help="print rows as JSON")
    instead.add_argument(
        "--sql",
        action="store_true",
        help="print the queries behind the figures; they run in DuckDB from the log's folder",
    )
    return instead


def _calendar(args: argparse.Namespace) -> Any:
    if args.calendar is None:
        return None
    from .domain.calendars import load_calendar

    return load_calendar("CN").with_years(args.calendar)


def _intake(args: argparse.Namespace) -> None:
    from .intake import ingest

    print(
        ingest(
            args.mapping,
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
    )


def _conditions(log: Any, pairs: list[str]) -> dict:
    found: dict = {}
    for pair in pairs:
        column, mark, value = pair.partition("=")
        if not mark:
            raise LogError(
                f"--where {pair!r} is not COLUMN=VALUE", "--where", "write --where kind=import"
            )
        kind = log.vocabulary.columns[column].type if column in log.vocabulary.columns else "text"
        truth = {"true": True, "false": False}
        made: Any = {"integer": int, "boolean": truth.__getitem__, "text": str}[kind]
        try:
            found.setdefault(column, []).append(made(value))
        except (ValueError, KeyError):
            raise LogError(
                f"{value!r} is no {kind} for {column}",
                "--where",
                "true or false; or a whole number",
            ) from None
    return found


def _measure(args: argparse.Namespace) -> None:
    from .analysis.measure import measure
    from .domain.metrics import Duration
    from .engine.log import EventLog

    log = EventLog.open(args.log)
    metric = Duration(
        args.start,
        args.stop,
        unit=args.unit,
        where=_conditions(log, args.where),
        dated_by=args.dated_by,
    )
    names = [s for s in args.statistics.split(",") if s] or None
    by = [b for b in args.by.split(",") if b]
    found = measure(
        log,
        metric,
        as_of=args.as_of,
        by=by,
        period=args.period,
        statistics=names,
        calendar=_calendar(args),
    )
    _print(found, args)


def _assess(args: argparse.Namespace) -> None:
    from .assessment.assess import assess
    from .engine.log import EventLog

    by = [b for b in args.by.split(",") if b]
    log = EventLog.open(args.log)
    found = assess(
        log,
        args.notice,
        as_of=args.as_of,
        by=by,
        calendar=_calendar(args),
        tariff=_tariff(args),
        resolution=args.resolution,
    )
    if not args.json:
        _print(found, args)
        return
    head = {name: getattr(found, name) for name in ("notice", "as_of", "resolution", "queries")}
    print(json.dumps(head | {"rows": found.to_dicts()}, ensure_ascii=False, indent=1))


def _tariff(args: argparse.Namespace) -> Any:
    from .errors import NoticeError
    from .notice.tariff import load_tariff

    if args.tariff is not None and not args.tariff.endswith(".csv"):
        raise NoticeError(
            f"{args.tariff!r} is no tariff file", "--tariff", "give the path of a CSV file"
        )
    return load_tariff(args.tariff) if args.tariff is not None else None


def _violations(args: argparse.Namespace) -> None:
    from .assessment.violations import violations
    from .engine.log import EventLog

    if args.limit is not None and args.limit < 1:
        raise LogError(
            f"--limit {args.limit} lists nothing", "--limit", "write 1 or more, or leave it out"
        )
    found = violations(
        EventLog.open(args.log),
        args.notice,
        as_of=args.as_of,
        indicator=args.indicator,
        limit=args.limit,
        tariff=_tariff(args),
        calendar=_calendar(args),
    )
    if args.csv is None:
        _print(found, args)
        return
    try:
        # a spreadsheet takes UTF-8 for what it is only with the mark in front
        args.csv.write_bytes(b"\xef\xbb\xbf" + found.to_csv().encode("utf-8"))
    except OSError as error:
        raise OutputError(
            f"cannot write: {error.strerror}", str(args.csv), "name another file"
        ) from None
    print(f"{args.csv}: {len(found):,} lines and cases")


def _simulate(args: argparse.Namespace) -> None:
    from .simulation import simulate

    if not 0 <= args.seed < 2**32 - 2:
        raise LogError(f"--seed {args.seed} is no seed", "--seed", "write a whole number from 0")
    if not 0.01 <= args.size <= 100:
        what = f"--size {args.size} is not a share of the usual size"
        raise LogError(what, "--size", "write a number from 0.01 to 100")
    truth = simulate(args.out, args.seed, args.size)
    cases = ", ".join(f"{kind} {n:,}" for kind, n in truth["cases"].items())
    print(f"{args.out}: simulated cases: {cases}; what was planted is in truth.json")


def _report(args: argparse.Namespace) -> None:
    from .report import build_report

    page = build_report(
        args.log,
        notice=args.notice,
        notebooks=args.notebooks,
        out=args.out,
        as_of=args.as_of,
        calendar=args.calendar,
        lang=args.lang,
        progress=True,
    )
    print(page)


def _print(found: Any, args: argparse.Namespace) -> None:
    from .results.table import LANG

    lang = args.lang
    if args.sql:
        print(f"{found.sql};")
    elif args.json:
        print(json.dumps(found.to_dicts(), ensure_ascii=False, indent=1))
    elif lang == LANG:
        print(repr(found))
    else:
        print(found.told(lang))


if __name__ == "__main__":
    sys.exit(main())
