"""What can be written after `clearance-metrics`, explained in the user's language."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import __version__
from . import commands, reading
from .explained import Parser, Say
from .language import TOLD


def make_parser(lang: str = TOLD) -> Parser:
    """The parser of every command; its help is in the language.

    >>> make_parser().parse_args(["intake", "dataset.toml", "--lang", "zh"]).lang
    'zh'
    >>> make_parser().parse_args(["--lang", "zh", "intake", "dataset.toml"]).lang
    'zh'
    """
    say = Say(lang)
    parser = Parser(
        prog="clearance-metrics",
        description=say("Clearance, refund and fee metrics from event logs."),
        lang=lang,
    )
    parser.add_argument(
        "--version", action="version", version=__version__, help=say("show the version and exit")
    )
    _lang(parser, say, default=None)
    parser.set_defaults(written="en")
    listed = parser.add_subparsers(
        required=True, metavar=say("COMMAND"), title=say("commands"), dest="command"
    )
    for add in (_run, _demo, _inspect, _intake, _rejects, _report, _lab, *ASKING):
        _lang(add(listed, say), say, default=argparse.SUPPRESS)
    return parser


def _add(listed: Any, say: Say, name: str, told: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = listed.add_parser(
        name, lang=say.lang, help=told, description=told
    )
    return parser


def _lang(parser: argparse.ArgumentParser, say: Say, default: str | None) -> None:
    told = "language of what is told and written: zh or en (default: your locale's)"
    parser.add_argument("--lang", default=default, metavar="zh|en", help=say(told))


def _run(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("files and their mapping in, pages out: intake and report in one go")
    parser = _add(listed, say, "run", told)
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help=say("folder of dataset.toml and the files")
    )
    _notice(parser, say)
    _pages(parser, say)
    parser.set_defaults(run=reading.run, written="zh")
    return parser


def _inspect(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("look into unknown files and propose a dataset.toml for them")
    parser = _add(listed, say, "inspect", told)
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help=say("the owner's files")
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=say("new file to write, such as FOLDER/dataset.toml (default: print it)"),
    )
    told = say("name of the dataset (default: the folder's)")
    parser.add_argument("--name", metavar="NAME", help=told)
    parser.set_defaults(run=reading.inspect, written="zh")
    return parser


def _intake(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("read, map, check and write a dataset; prints the receipt")
    parser = _add(listed, say, "intake", told)
    told = say("the mapping, or its folder")
    parser.add_argument("mapping", type=Path, metavar="dataset.toml", help=told)
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help=say("folder of the owner's files (default: beside the mapping)"),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help=say("folder to write (default: data/processed/NAME)"),
    )
    for name, told in (
        ("--add", say("keep what is read, and read only new and changed files")),
        ("--remove-missing", say("with --add: take out the rows of lost files")),
        ("--verify", say("with --add: hash every file again, also unchanged ones")),
    ):
        parser.add_argument(name, action="store_true", help=told)
    parser.add_argument(
        "--layout",
        default="auto",
        metavar="whole|months|auto",
        help=say("whole, months, or auto: months from 20 million rows on (default: %(default)s)"),
    )
    parser.add_argument(
        "--memory", metavar="SIZE", help=say("bound of the engine's memory, such as 6GB")
    )
    parser.add_argument(
        "--threads", type=int, metavar="N", help=say("bound of the engine's threads")
    )
    parser.set_defaults(run=reading.intake)
    return parser


def _rejects(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("a workbook of rejected rows to send back to who supplied them")
    parser = _add(listed, say, "rejects", told)
    _log(parser, say)
    parser.add_argument(
        *("--out", "--excel"),
        type=Path,
        required=True,
        metavar="FILE",
        help=say("workbook to write (.xlsx)"),
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help=say("folder of the owner's files (default: where intake read them)"),
    )
    parser.set_defaults(run=reading.rejects, written="zh")
    return parser


def _demo(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("simulate a log and write its report: nothing else is needed")
    parser = _add(listed, say, "demo", told)
    _notice(parser, say)
    _pages(parser, say, Path("clearance-demo"), "--to")
    parser.set_defaults(run=reading.demo, written="zh")
    return parser


def _report(listed: Any, say: Say) -> argparse.ArgumentParser:
    parser = _add(listed, say, "report", say("run the notebooks on a log and write the pages"))
    _log(parser, say)
    _notice(parser, say)
    _pages(parser, say)
    parser.set_defaults(run=commands.report, written="zh")
    return parser


def _lab(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("write copies of the notebooks for a log, to work in with JupyterLab")
    parser = _add(listed, say, "lab", told)
    _log(parser, say)
    _notice(parser, say)
    _notebooks(parser, say)
    parser.add_argument(
        *("--out", "--to"),
        type=Path,
        metavar="FOLDER",
        help=say("folder to write (default: mine/NAME in that of the notebooks)"),
    )
    _as_of(parser, say)
    _days(parser, say)
    parser.set_defaults(run=commands.lab, written="zh")
    return parser


def _measure(listed: Any, say: Say) -> argparse.ArgumentParser:
    parser = _add(listed, say, "measure", say("statistics of one clock by group and period"))
    _log(parser, say)
    parser.add_argument(
        "--start", required=True, metavar="MILESTONE", help=say("milestone that starts the clock")
    )
    parser.add_argument(
        "--stop", required=True, metavar="MILESTONE", help=say("milestone that stops it")
    )
    parser.add_argument(
        "--unit",
        default="hours",
        metavar="hours|working_days|working_hours",
        help=say("what time is counted in (default: %(default)s)"),
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help=say("keep these cases; may be repeated"),
    )
    parser.add_argument(
        "--dated-by",
        default="start",
        metavar="start|end",
        help=say("which end of the clock puts a case into a period (default: %(default)s)"),
    )
    _by(parser, say)
    parser.add_argument(
        "--period",
        metavar="month|quarter|year",
        help=say("one row for each of these (default: one for all)"),
    )
    parser.add_argument(
        "--statistics",
        default="",
        metavar="NAME[,NAME]",
        help=say("such as n,mean,median,p90,within:24 (default: those usual for a clock)"),
    )
    _common(parser, say)
    parser.set_defaults(run=commands.measure)
    return parser


def _assess(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("the indicators of a notice, set against their targets")
    parser = _add(listed, say, "assess", told)
    _log(parser, say)
    _notice(parser, say)
    _by(parser, say)
    _tariff(parser, say)
    parser.add_argument(
        "--resolution",
        metavar="second|minute",
        help=say("of durations (default: second up to a million cases, else minute)"),
    )
    _common(parser, say)
    parser.set_defaults(run=commands.assess)
    return parser


def _violations(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("each line and case that breaks a rule of a notice")
    parser = _add(listed, say, "violations", told)
    _log(parser, say)
    _notice(parser, say)
    parser.add_argument("--indicator", metavar="ID", help=say("only this indicator"))
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help=say("the N largest of each indicator (default: all)"),
    )
    _tariff(parser, say)
    _common(parser, say)
    parser.set_defaults(run=commands.violations)
    return parser


def _watch(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("what changed since an earlier run, for make and cron: JSON, and an exit code")
    parser = _add(listed, say, "watch", told)
    _log(parser, say)
    _notice(parser, say)
    parser.add_argument(
        "--since", type=Path, metavar="FILE", help=say("what an earlier run wrote (default: none)")
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=say("file to write (default: print it)")
    )
    _as_of(parser, say)
    _tariff(parser, say)
    _days(parser, say)
    parser.set_defaults(run=commands.watch)
    return parser


def _simulate(listed: Any, say: Say) -> argparse.ArgumentParser:
    told = say("write the simulated demonstration: raw files and their mapping")
    parser = _add(listed, say, "simulate", told)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("data/raw/demo"),
        metavar="FOLDER",
        help=say("folder to write (default: %(default)s)"),
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=20210820,
        metavar="N",
        help=say("another seed, another log (default: %(default)s)"),
    )
    told = say("share of the usual number of cases (default: %(default)s)")
    parser.add_argument("--size", type=float, default=1.0, metavar="SHARE", help=told)
    parser.set_defaults(run=commands.simulate)
    return parser


def _notebooks(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument(
        "--notebooks",
        type=Path,
        metavar="FOLDER",
        help=say("folder of the notebooks (default: notebooks here, or the suite's)"),
    )


def _pages(
    parser: argparse.ArgumentParser, say: Say, out: Path = Path("reports"), *older: str
) -> None:
    _notebooks(parser, say)
    parser.add_argument(
        "--by",
        metavar="COLUMN",
        help=say("also the same pages for each value of this column, such as port"),
    )
    parser.add_argument(
        "--withhold",
        type=int,
        metavar="N",
        help=say("with --by: withhold cells of fewer cases; 0 for none (default: 10)"),
    )
    parser.add_argument(
        "--languages",
        metavar="LANGUAGE[,LANGUAGE]",
        help=say("languages of the pages: zh, en, or zh,en (default: that of --lang)"),
    )
    parser.add_argument(
        "--formats",
        default="html,pdf,word,excel",
        metavar="FORM[,FORM]",
        help=say("forms of the report (default: %(default)s)"),
    )
    parser.add_argument(
        *("--out", *older),
        type=Path,
        default=out,
        metavar="FOLDER",
        help=say("folder to write (default: %(default)s)"),
    )
    _as_of(parser, say)
    _days(parser, say)


def _by(parser: argparse.ArgumentParser, say: Say) -> None:
    told = say("group by these columns")
    parser.add_argument("--by", default="", metavar="COLUMN[,COLUMN]", help=told)


def _tariff(parser: argparse.ArgumentParser, say: Say) -> None:
    told = say("a tariff CSV in place of the one that ships")
    parser.add_argument("--tariff", type=Path, metavar="FILE", help=told)


def _notice(parser: argparse.ArgumentParser, say: Say) -> None:
    told = say("a notice's name or .toml file (default: %(default)s)")
    parser.add_argument("--notice", default="cn-2021-85", metavar="NAME", help=told)


def _days(parser: argparse.ArgumentParser, say: Say) -> None:
    told = say("a list of days for further years: CSV date,type")
    parser.add_argument("--calendar", type=Path, metavar="FILE", help=told)


def _as_of(parser: argparse.ArgumentParser, say: Say) -> None:
    told = say("the day up to which the log is complete (default: the dataset's own)")
    parser.add_argument("--as-of", metavar="DAY", help=told)


def _log(parser: argparse.ArgumentParser, say: Say) -> None:
    told = say("folder that intake wrote")
    parser.add_argument("log", type=Path, metavar="FOLDER", help=told)


def _common(parser: argparse.ArgumentParser, say: Say) -> None:
    """The options of every command that measures; what it prints or writes instead of a table."""
    _as_of(parser, say)
    _days(parser, say)
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--json", action="store_true", help=say("print rows as JSON"))
    instead.add_argument(
        "--sql",
        action="store_true",
        help=say("print the queries behind the figures; they run in DuckDB from the log's folder"),
    )
    told = say("write rows to this file instead of printing them")
    instead.add_argument("--csv", type=Path, metavar="FILE", help=told)


ASKING = (_measure, _assess, _violations, _watch, _simulate)
