"""The commands that ask something of a log, simulate one, or write its pages."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from ..errors import LogError, NoticeError, OutputError
from .language import said


def _calendar(args: argparse.Namespace) -> Any:
    if args.calendar is None:
        return None
    from ..domain.calendars import load_calendar

    return load_calendar("CN").with_years(args.calendar)


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
        made: Any = {"boolean": truth.__getitem__, "text": str}.get(kind, int)
        try:
            found.setdefault(column, []).append(made(value))
        except (ValueError, KeyError):
            raise LogError(
                f"{value!r} is no {kind} for {column}",
                "--where",
                "true or false; or a whole number",
            ) from None
    return found


def measure(args: argparse.Namespace) -> None:
    from ..analysis.measure import measure as measured
    from ..domain.metrics import Duration
    from ..engine.log import EventLog

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
    found = measured(
        log,
        metric,
        as_of=args.as_of,
        by=by,
        period=args.period,
        statistics=names,
        calendar=_calendar(args),
    )
    _print(found, args)


def assess(args: argparse.Namespace) -> None:
    from ..assessment.assess import assess as assessed
    from ..engine.log import EventLog

    by = [b for b in args.by.split(",") if b]
    log = EventLog.open(args.log)
    found = assessed(
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
    from ..notice.tariff import load_tariff

    if args.tariff is not None and not args.tariff.endswith(".csv"):
        raise NoticeError(
            f"{args.tariff!r} is no tariff file", "--tariff", "give the path of a CSV file"
        )
    return load_tariff(args.tariff) if args.tariff is not None else None


def violations(args: argparse.Namespace) -> None:
    from ..assessment.violations import violations as violating
    from ..engine.log import EventLog

    if args.limit is not None and args.limit < 1:
        raise LogError(
            f"--limit {args.limit} lists nothing", "--limit", "write 1 or more, or leave it out"
        )
    found = violating(
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
    print(said(f"{args.csv}: {len(found):,} lines and cases", args.told))


def watch(args: argparse.Namespace) -> int:
    """Write what changed since an earlier run; the exit code says how grave it is."""
    from ..assessment.watch import watch as watched
    from ..domain.work_folders import work_folder
    from ..engine.log import EventLog

    before = args.since
    if before is not None and not before.exists():
        # a job that names the same file twice has none the first time
        print(said(f"{before} is not there: this is the first run", args.told), file=sys.stderr)
        before = None
    log = EventLog.open(args.log).using(lang=args.lang)
    print(said(f"looking at {args.log}", args.told), file=sys.stderr)
    found = watched(
        log,
        args.notice,
        as_of=args.as_of,
        before=before,
        tariff=_tariff(args),
        calendar=_calendar(args),
    )
    if args.out is None:
        print(found.to_json(), end="")
        return found.exit_code
    try:
        # whole or not at all, also where two runs write at once or one is killed
        with work_folder(args.out.parent, f".{args.out.name}-") as work:
            part = work / args.out.name
            part.write_text(found.to_json(), encoding="utf-8", newline="\n")
            part.replace(args.out)
    except OSError as error:
        raise OutputError(
            f"cannot write: {error.strerror}", str(args.out), "name another file"
        ) from None
    print(found.text())
    return found.exit_code


def simulate(args: argparse.Namespace) -> None:
    from ..simulation import simulate as simulated

    if not 0 <= args.seed < 2**32 - 2:
        raise LogError(f"--seed {args.seed} is no seed", "--seed", "write a whole number from 0")
    if not 0.01 <= args.size <= 100:
        what = f"--size {args.size} is not a share of the usual size"
        raise LogError(what, "--size", "write a number from 0.01 to 100")
    truth = simulated(args.out, args.seed, args.size)
    cases = ", ".join(f"{kind} {n:,}" for kind, n in truth["cases"].items())
    told = f"{args.out}: simulated cases: {cases}; what was planted is in truth.json"
    print(said(told, args.told))


def report(args: argparse.Namespace) -> None:
    """Write the pages; not where of a file less was accepted than its mapping asks for, or
    where the mapping still asks something.
    """
    from .light import import_without

    # its schemas have no such addresses, whose grammar takes a second to make
    import_without("nbformat", "rfc3987_syntax")
    from ..report.kernels import Kernels

    with Kernels() as begun:  # they start beside what is loaded and looked at first
        _built(args, begun)


def _built(args: argparse.Namespace, begun: Any) -> None:
    """The pages, by kernels that have begun to start."""
    from ..intake.enough import enough
    from ..intake.undecided import check_answered
    from ..report import build_report
    from ..report.pack import FEWEST

    if (args.log / "receipt.json").is_file():
        enough(args.log)
        check_answered(args.log)
    carried = _carried(args)
    page = build_report(
        args.log,
        notice=args.notice,
        notebooks=args.notebooks,
        out=args.out,
        as_of=args.as_of,
        calendar=args.calendar,
        languages=(args.languages or args.lang).split(","),
        formats=args.formats.split(","),
        by=args.by,
        withhold=FEWEST if args.withhold is None else args.withhold or None,
        progress=True,
        begun=begun,
    )
    print(*carried, page, sep="\n")


def lab(args: argparse.Namespace) -> None:
    """Write an analyst's own copies of the notebooks, and tell which of hers are kept."""
    from ..report.copies import copy_notebooks
    from ..report.notebooks import suite

    own = args.notebooks or suite()
    # the suite of an installed library is no place for what somebody works in
    to = args.to or (args.notebooks or Path("notebooks")) / "mine" / args.log.resolve().name
    made = copy_notebooks(args.log, notebooks=own, to=to, notice=args.notice, lang=args.lang)
    print(said(f"{made.folder}: {len(made.written)} notebooks written", args.told))
    if made.kept:
        print(said(f"kept, for they are changed there: {', '.join(made.kept)}", args.told))


def _carried(args: argparse.Namespace) -> list[str]:
    """How much of the notice the log can show, in words; an error where pages would be empty."""
    from ..assessment.describe import OF_KIND, describe
    from ..engine.log import EventLog
    from ..notice import load_notice
    from ..results.words import lacking, say

    log = EventLog.open(args.log)
    found = describe(log, load_notice(args.notice).suited(log))
    wanted = Counter(name for row in found.rows if not row.carried for name in row.lacks)
    listed = []
    for name, n in wanted.most_common(3):
        word: Any = lacking(name, log.vocabulary)
        listed.append(f"{word if isinstance(word, str) else say(word, args.told)} ({n})")
        if name.startswith(OF_KIND):
            listed[-1] += f" [{_kinds(log)}]"
    most = ", ".join(listed)
    if not any(row.carried for row in found.rows):
        what = "no clock and no indicator can be computed from this log"
        raise LogError(what, str(args.log), f"most of them lack: {most}")
    others = [said(f"the others lack most often: {most}", args.told)] if most else []
    return [found.headline(args.told), *others]


def _kinds(log: Any) -> str:
    """The kinds of cases that a log has, with their cases where these may be told."""
    from ..analysis.contents import contents

    told = dict(contents(log).kinds)
    kinds = (f"{kind}: {n}" if log.withhold is None else str(kind) for kind, n in told.items())
    return "kind = " + (", ".join(kinds) or "-")


def _print(found: Any, args: argparse.Namespace) -> None:
    from ..results.table import LANG

    lang = args.lang
    if args.sql:
        print(f"{found.sql};")
    elif args.json:
        print(json.dumps(found.to_dicts(), ensure_ascii=False, indent=1))
    elif lang == LANG:
        print(repr(found))
    else:
        print(found.told(lang))
    if not (args.sql or args.json) and found.tells_nobody and (why := found.beware(lang)):
        print(why)
