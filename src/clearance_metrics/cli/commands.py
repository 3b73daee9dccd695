"""The commands that ask something of a log, simulate one, or write its pages."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from ..errors import LogError, NoticeError
from .language import said
from .output import day_of, show, write_whole


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
        as_of=day_of(log, args),
        by=by,
        period=args.period,
        statistics=names,
        calendar=_calendar(args),
    )
    show(found, args)


def assess(args: argparse.Namespace) -> None:
    from ..assessment.assess import assess as assessed
    from ..engine.log import EventLog

    by = [b for b in args.by.split(",") if b]
    log = EventLog.open(args.log)
    found = assessed(
        log,
        args.notice,
        as_of=day_of(log, args),
        by=by,
        calendar=_calendar(args),
        tariff=_tariff(args),
        resolution=args.resolution,
    )
    show(found, args)


def _tariff(args: argparse.Namespace) -> Any:
    from ..notice.tariff import load_tariff

    if args.tariff is not None and args.tariff.suffix != ".csv":
        what = f"{str(args.tariff)!r} is no tariff file"
        raise NoticeError(what, "--tariff", "give the path of a CSV file")
    return load_tariff(args.tariff) if args.tariff is not None else None


def violations(args: argparse.Namespace) -> None:
    from ..assessment.violations import violations as violating
    from ..engine.log import EventLog

    if args.limit is not None and args.limit < 1:
        raise LogError(
            f"--limit {args.limit} lists nothing", "--limit", "write 1 or more, or leave it out"
        )
    log = EventLog.open(args.log)
    found = violating(
        log,
        args.notice,
        as_of=day_of(log, args),
        indicator=args.indicator,
        limit=args.limit,
        tariff=_tariff(args),
        calendar=_calendar(args),
    )
    show(found, args)


def watch(args: argparse.Namespace) -> int:
    """Write what changed since an earlier run; the exit code says how grave it is."""
    from ..assessment.watch import watch as watched
    from ..engine.log import EventLog

    before = args.since
    if before is not None and not before.exists():
        # a job that names the same file twice has none the first time
        print(said(f"{before} is not there: this is the first run", args.told), file=sys.stderr)
        before = None
    log = EventLog.open(args.log).using(lang=args.lang)
    day = day_of(log, args)
    print(said(f"looking at {args.log}", args.told), file=sys.stderr)
    found = watched(
        log,
        args.notice,
        as_of=day,
        before=before,
        tariff=_tariff(args),
        calendar=_calendar(args),
    )
    if args.out is None:
        print(found.to_json(), end="")
        return found.exit_code
    write_whole(args.out, found.to_json().encode("utf-8"))
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


def check_pages(args: argparse.Namespace, timezone: str) -> None:
    """An error where pages are asked for that cannot be made, whatever the log holds."""
    from ..domain.as_of import AsOf
    from ..notice import load_notice
    from ..report.forms import check_forms
    from ..report.notebooks import notebooks_in, suite
    from ..report.pack import check_fewest
    from ..results.words import check_language

    notebooks_in(args.notebooks or suite())
    load_notice(args.notice)
    check_forms(args.formats.split(","))
    check_fewest(_withheld(args), args.by)
    for lang in _languages(args):
        check_language(lang)
    _calendar(args)
    if args.as_of is not None:
        AsOf.of(args.as_of, timezone)


def _withheld(args: argparse.Namespace) -> int | None:
    """The bound of small cells; None where none are withheld."""
    from ..report.pack import FEWEST

    return FEWEST if args.withhold is None else args.withhold or None


def _languages(args: argparse.Namespace) -> list[str]:
    found: list[str] = (args.languages or args.lang).split(",")
    return found


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
        languages=_languages(args),
        formats=args.formats.split(","),
        by=args.by,
        withhold=_withheld(args),
        progress=True,
        begun=begun,
    )
    print(*carried, page, sep="\n")


def lab(args: argparse.Namespace) -> None:
    """Write an analyst's own copies of the notebooks, and tell which of hers are kept."""
    from ..engine.log import EventLog
    from ..report.copies import copy_notebooks
    from ..report.notebooks import suite

    own = args.notebooks or suite()
    # the suite of an installed library is no place for what somebody works in
    to = args.out or (args.notebooks or Path("notebooks")) / "mine" / args.log.resolve().name
    day = day_of(EventLog.open(args.log), args)
    made = copy_notebooks(
        args.log,
        notebooks=own,
        to=to,
        notice=args.notice,
        lang=args.lang,
        as_of=args.as_of,
        calendar=args.calendar,
    )
    n = len(made.written)
    print(said(f"{made.folder}: {n} notebooks written, as of {day}", args.told))
    if made.kept:
        print(said(f"kept, for they are changed there: {', '.join(made.kept)}", args.told))


def _carried(args: argparse.Namespace) -> list[str]:
    """The day, and how much of the notice the log can show, in words; an error where pages would
    be empty.
    """
    from ..assessment.describe import OF_KIND, describe
    from ..engine.log import EventLog
    from ..notice import load_notice
    from ..results.words import lacking, say

    log = EventLog.open(args.log)
    check_pages(args, log.timezone)
    day = day_of(log, args)
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
    return [said(f"as of {day}", args.told), found.headline(args.told), *others]


def _kinds(log: Any) -> str:
    """The kinds of cases that a log has, with their cases where these may be told."""
    from ..analysis.contents import contents

    told = dict(contents(log).kinds)
    kinds = (f"{kind}: {n}" if log.withhold is None else str(kind) for kind, n in told.items())
    return "kind = " + (", ".join(kinds) or "-")
