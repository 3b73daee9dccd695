"""judge_target(): two rules on the same cases, the mean at most a limit and a share of them within
it.

A mean within a target and a share of cases within it can disagree on the same cargo, so both are
shown, and which one the rule names is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..analysis.doubts import Doubts, found_doubts
from ..analysis.estimates import estimate
from ..analysis.several import clock_of
from ..domain.arguments import check_groups, check_level, check_number, names_of
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Duration
from ..domain.statistic import Statistic
from ..domain.verdicts import Verdict
from ..engine.asking import asked_of_log
from ..engine.cells import Cell
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError
from ..results.table import Record, ResultTable
from ..statistics import Estimate
from ..statistics.reasons import Reason
from .verdicts import decide, deciding, long_tail, one_sided, resting, rests_on


@dataclass(frozen=True, kw_only=True)
class Judgement(Record):
    """One rule: `statistic` `rule` `target`, its value, the one-sided bound that decides, and the
    verdict.
    """

    groups: tuple[tuple[str, object], ...]
    statistic: str
    rule: str
    target: float
    value: float | None
    bound: float | None
    n: int
    n_open: int
    unit: str
    verdict: Verdict
    own: bool
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Judgements(ResultTable[Judgement]):
    """What `judge_target` answers: both rules per group; `own` marks the one that was set."""

    rows: tuple[Judgement, ...]
    as_of: str
    unit: str = ""
    shown = (
        "statistic",
        "rule",
        "target",
        "value",
        "bound",
        "n",
        "n_open",
        "unit",
        "verdict",
        "own",
    )

    def __repr__(self) -> str:
        return f"as of {self.as_of}\n{self}"


@asked_of_log
def judge_target(
    log: EventLog,
    duration: Duration | str,
    *,
    within: float,
    share: float,
    as_of: object = None,
    own: str = "mean",
    by: str | Iterable[str] = (),
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Judgements:
    """Both rules on the same cases: the mean is at most `within` units, and at least `share` of the
    cases are within it.

    `own` is the rule that was set, "mean" or "share". Verdicts rest on one-sided bounds at `level`,
    and on 30 cases that ended or, for the share, were followed to the limit; with open cases the
    mean cannot be told and the share is Kaplan-Meier's. Snapshots have no values, and logs without
    their open cases no verdict, as `measure` says of them. A share of all is broken by one.

    >>> import polars as pl
    >>> ids = [str(i) for i in range(50)]
    >>> events = pl.DataFrame({"case_id": ids * 2,
    ...     "milestone": ["declared"] * 50 + ["customs_released"] * 50,
    ...     "time": [0] * 50 + [36000] * 45 + [3600000] * 5})
    >>> clock = Duration("declared", "customs_released")
    >>> asked = {"within": 48, "share": 0.75, "as_of": "1970-03-01"}
    >>> found = judge_target(EventLog(events), clock, **asked)
    >>> [(row.statistic, row.value, row.verdict.value, row.own) for row in found]
    [('mean', 109.0, 'cannot tell', True), ('within:48', 0.9, 'met', False)]
    """
    if own not in ("mean", "share"):
        raise LogError(f"own={own!r} is no rule", "own", 'write "mean" or "share"')
    duration = clock_of(duration, log)
    check_number(within, "within")
    check_number(share, "share")
    # a one-sided bound at a half or less would lie on the wrong side of the figure
    check_level(level, above=0.5)
    if not 0 < share <= 1:
        raise LogError(f"share={share!r} is no share", "share", "write 0.9 for 90 %")
    by = names_of(by)
    check_groups(by, reserved=Judgement.own_names())
    when, duration = AsOf.of(as_of, log.timezone), duration.on(calendar)
    cells = tally(log, duration, as_of=when, by=by)
    doubts = found_doubts(log, duration, cells, when)
    rules = (
        _Rule("mean", Statistic("mean"), "at_most", within),
        _Rule("share", Statistic("within", float(within)), "at_least", share),
    )
    rows = tuple(
        _judged(duration, cell, rule, level, doubts, by=by, own=own == rule.kind)
        for cell in cells
        for rule in rules
    )
    return Judgements(rows=rows, as_of=when.text, unit=duration.unit_of())


@dataclass(frozen=True)
class _Rule:
    kind: str
    statistic: Statistic
    rule: str
    target: float


def _judged(
    duration: Duration,
    cell: Cell,
    rule: _Rule,
    level: float,
    doubts: Doubts,
    *,
    by: tuple[str, ...],
    own: bool,
) -> Judgement:
    answer, sample = estimate(duration, cell, rule.statistic, level)
    bounds = one_sided(duration, cell, rule.statistic, level)
    rests = resting(sample, rule.statistic)
    if doubts.snapshot:
        answer = bounds = Estimate(None, reasons=doubts.snapshot)
    # a share that must be all is counted, where every case was followed to the limit
    counted = rule.kind == "share" and rule.target == 1 and rests == sample.n
    verdict = decide(bounds, rests, rule.target, rule.rule, counted=counted)
    why = long_tail(bounds, rule.rule) or answer.reasons
    return Judgement(
        groups=tuple(zip(by, cell.group, strict=True)),
        statistic=str(rule.statistic),
        rule=rule.rule,
        target=rule.target,
        value=answer.value,
        bound=deciding(bounds, rule.rule),
        n=sample.n,
        n_open=sample.n_open,
        unit=duration.unit_of(rule.statistic),
        # of a log without its open cases the finished ones are the quick ones
        verdict=Verdict.CANNOT_TELL if doubts.warning else verdict,
        own=own,
        reasons=(*why, *rests_on(answer, sample, rests), *doubts.warning),
    )
