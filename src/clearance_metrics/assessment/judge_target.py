"""judge_target(): two rules on the same cases, the mean at most a limit and a share of them within
it.

A mean within a target and a share of cases within it can disagree on the same cargo, so both are
shown, and which one the rule names is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..analysis.doubts import Doubts, found_doubts
from ..analysis.estimates import estimate
from ..analysis.several import clock_of
from ..analysis.told import noted
from ..domain.arguments import check_groups, check_level, check_limit, check_number, names_of
from ..domain.as_of import AsOf
from ..domain.between import Between
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Duration
from ..domain.statistic import Statistic
from ..domain.verdicts import Verdict
from ..engine.asking import asked_of_log
from ..engine.cells import Cell, check_period
from ..engine.log import EventLog
from ..engine.tally import tally
from ..errors import LogError
from ..results.table import Record, ResultTable
from ..results.wording import figure, period_words
from ..results.words import joined, metric_word, say, statistic_word, texts_of
from ..statistics import Estimate
from ..statistics.reasons import Reason
from .verdicts import decide, deciding, long_tail, one_sided, resting, rests_on

RULES = ("mean", "share")


@dataclass(frozen=True, kw_only=True)
class Judgement(Record):
    """One rule: `statistic` `rule` `target`, its value, the one-sided bound that decides, and the
    verdict.
    """

    groups: tuple[tuple[str, object], ...]
    period: str | None = None
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
    """What `judge_target` answers: both rules per group and period; `own` marks the one that was
    set.
    """

    rows: tuple[Judgement, ...]
    as_of: str
    unit: str = ""
    metric: str = ""
    between: str = ""
    shown = (
        "period",
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

    empty = "reason.no_cases"
    _label: ClassVar[str | Mapping[str, str]] = ""  # what its clock is called, or the words for it

    def _caption(self, lang: str) -> str:
        """The clock and, where one was asked for, the span of days."""
        label = self._label
        if isinstance(label, Mapping):
            told = label.get(lang) or label["en"]
        else:
            told = self.word("clock", label, lang) if label else metric_word(self.metric, lang)
        if not self.between:
            return told
        span = period_words(self.between, lang)
        return say("judge.during", lang, about=told, period=span)

    def _headline(self, lang: str) -> str:
        """Both rules with their figures and verdicts; of several groups or periods how many keep
        the rule that was set.
        """
        about = self._caption(lang)
        if not self.rows:
            return say("headline.none", lang, metric=about, why=self._cause("no_cases"))
        if len(self.rows) == len(RULES):
            told = joined([self._told(row, lang) for row in self.rows], lang)
            about = self._of_period(about, self.rows[0].period, lang)
            return say("judge.both", lang, about=about, told=told)
        own = [row for row in self.rows if row.own]
        counts = Counter(row.verdict for row in own)
        told = tuple(
            Reason("judge.count", verdict=Reason(verdict.code), n=counts[verdict])
            for verdict in (Verdict.MET, Verdict.NOT_MET, Verdict.CANNOT_TELL)
            if counts[verdict]
        )
        facts = {"rule": self._rule(own[0], lang), "n": len(own), "told": told}
        return say("judge.several", lang, about=about, **facts)

    def _of_period(self, about: str, period: str | None, lang: str) -> str:
        if period is None:
            return about
        return say("judge.during", lang, about=about, period=period_words(period, lang))

    def _rule(self, row: Judgement, lang: str) -> Reason:
        statistic = statistic_word(row.statistic, self.unit, lang)
        target = figure(row.target, row.unit, lang)
        return Reason(f"judge.{row.rule}", statistic=statistic, target=target)

    def _told(self, row: Judgement, lang: str) -> Reason:
        rule, verdict = self._rule(row, lang), Reason(row.verdict.code)
        if row.value is None:
            return Reason("judge.silent", rule=rule, verdict=verdict, why=row.reasons[:1])
        value = figure(row.value, row.unit, lang)
        return Reason("judge.told", rule=rule, verdict=verdict, value=value)

    def _beware(self, lang: str) -> str:
        """How a verdict is found, over which days, and what the rows have to say."""
        names = [" / ".join(self._groups(row, lang)) for row in self.rows]
        said = noted(zip(names, (row.reasons for row in self.rows), strict=True))
        span = not self.between and any(row.period is None for row in self.rows)
        told = [Reason("judge.all_days")] if span else []
        told += [Reason("judge.one_sided")] if self.rows else []
        return joined((*self._remarks, *told, *said), lang, "report.gap")

    def _groups(self, row: Judgement, lang: str) -> list[str]:
        told = [self.group_word(column, value, lang) for column, value in row.groups]
        return [*told, *([row.period] if row.period else [])]

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"


@asked_of_log
def judge_target(
    log: EventLog,
    duration: Duration | str,
    *,
    within: float | None = None,
    share: float | None = None,
    as_of: object = None,
    own: str | None = None,
    by: str | Iterable[str] = (),
    period: str | None = None,
    between: Any = None,
    level: float = 0.95,
    calendar: WorkCalendar | None = None,
) -> Judgements:
    """Both rules on the same cases: the mean is at most `within` units, and at least `share` of the
    cases are within it.

    `duration`: a Duration, the name of a clock, or an indicator of a notice. `between`: the first
    and the last day that count, and `period`: "month", "quarter" or "year", as of `measure`;
    without either all cases of the log are judged together, whatever their date.
    `own` is the rule that was set, "mean" (also where nothing is said) or "share". What an
    indicator sets need not be said again: of a mean `within`, of a share of cases within a limit
    all three. Verdicts rest on one-sided bounds at `level`,
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
    within, share, own = _set_by(duration, within, share, own)
    if own not in RULES:
        raise LogError(f"own={own!r} is no rule", "own", 'write "mean" or "share"')
    named, duration = duration, clock_of(duration, log)
    check_limit(within, "within", signed=log.is_signed(duration))
    check_number(share, "share")
    # a one-sided bound at a half or less would lie on the wrong side of the figure
    check_level(level, above=0.5)
    if not 0 < share <= 1:
        raise LogError(f"share={share!r} is no share", "share", "write 0.9 for 90 %")
    by = names_of(by)
    check_groups(by, reserved=Judgement.own_names())
    check_period(period)
    when, span = AsOf.of(as_of, log.timezone), Between.of(between)
    label, duration = duration.label, duration.on(calendar)
    cells = tally(log, duration, as_of=when, by=by, period=period, between=span)
    doubts = found_doubts(log, duration, cells, when, span)
    cells = tuple(cell for cell in cells if cell.period is not None or not period)
    rules = (
        _Rule("mean", Statistic("mean"), "at_most", within),
        _Rule("share", Statistic("within", float(within)), "at_least", share),
    )
    rows = tuple(
        _judged(duration, cell, rule, level, doubts, by=by, own=own == rule.kind)
        for cell in cells
        for rule in rules
    )
    asked = {"metric": duration.name, "between": "" if span is None else str(span)}
    found = Judgements(rows=rows, as_of=when.text, unit=duration.unit_of(), **asked)
    return found._with(_label=texts_of(named, "short") if hasattr(named, "short_zh") else label)


def _set_by(
    asked: object, within: float | None, share: float | None, own: str | None
) -> tuple[float, float, str]:
    """What is not given, as the indicator sets it; LogError for what nobody says."""
    target = getattr(asked, "target", None)
    statistic = str(getattr(asked, "statistic", "") or "")
    if target is not None and statistic == "mean":
        within = target.value if within is None else within
    elif target is not None and statistic.startswith("within:"):
        within = float(statistic.partition(":")[2]) if within is None else within
        share, own = target.value if share is None else share, own or "share"
    if within is None:
        remedy = "write within=48, the most that the mean may be, in the units of the clock"
        raise LogError("within=None: no limit is set", "within", remedy)
    check_number(within, "within")
    if share is None:
        told = "share=None: no share is set"
        if target is not None:
            told = f"a mean of at most {within:g} and no share of cases is set"
        remedy = f"write share=0.9: at least 90 % of the cases are to be within {within:g}"
        raise LogError(told, "share", remedy)
    return within, share, own or "mean"


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
        period=cell.period,
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
