"""targets_in_force(), back_tests(): what documents that follow each other ask for on a day, and
published figures judged by the rule they were set.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from ..domain.as_of import AsOf
from ..domain.reader import Reader
from ..domain.verdicts import Verdict
from ..notice import Notice, load_notice
from ..notice.chain import steps
from ..notice.model import Indicator, Target
from ..notice.result import Result
from ..results.in_force import BackTestRow, BackTests, TargetRow, TargetsInForce
from ..results.table import ResultTable
from ..results.words import check_language, texts_of
from ..statistics import Estimate
from .verdicts import decide

Told = TypeVar("Told", bound=ResultTable)


def targets_in_force(
    as_of: date | str, notice: Notice | str = "cn-2021-85", *, page: str = "", lang: str = "en"
) -> TargetsInForce:
    """The targets of a notice, and of those that ship and extend or supersede it, with the days
    each holds and how it stands on the day `as_of`; `.holding()` keeps those that hold. `page`:
    those of one page of a report alone.

    No log is needed: `lang` is that of the answer. Targets that nobody could verify are not there;
    the notice says so where it stops. LogError for what is no day, NoticeError for a name that
    there is none of.

    >>> found = targets_in_force("2022-10-01").holding()
    >>> [(row.notice, row.target) for row in found if row.unit == "working_days"]
    [('cn-2021-85', 6), ('cn-2022-83', 3)]
    """
    when = AsOf.of(as_of, "Asia/Shanghai").date  # a day stays what it is in any zone
    held = notice if isinstance(notice, Notice) else load_notice(notice)
    if page:
        held.on(page)  # a page that there is none of is an error
    rows = tuple(
        TargetRow(
            notice=step.notice.id,
            number=step.notice.number,
            indicator=step.indicator.id,
            titles=texts_of(step.indicator, "title"),
            statistic=step.indicator.statistic,
            rule=step.target.rule,
            target=step.target.value,
            unit=step.target.unit,
            first=step.first.isoformat(),
            last=step.last.isoformat() if step.last else "",
            standing=step.standing,
            clause=step.target.clause,
            source=step.target.source,
            confidence=step.target.confidence,
        )
        for step in sorted(steps(held, when), key=lambda step: step.indicator.kind == "zero")
        if page in ("", step.indicator.page)
    )
    return _for(lang, TargetsInForce(rows=rows, day=when.isoformat()))


def back_tests(notice: Notice | str = "cn-2021-85", *, lang: str = "en") -> BackTests:
    """The figures that a notice's own authority published for its indicators, judged by the rule of
    the notice, beside the verdict that was published with them.

    A published figure is taken as a count of all cases, as its authority gives it: no interval
    stands about it. Figures of indicators without a target are set beside and not judged; one that
    came without a verdict, of a time before its target was due, is not due: nobody had to reach it.
    NoticeError for a name that there is none of.

    >>> found = back_tests("au-import-standards")
    >>> [(row.value, row.verdict.value, row.agrees) for row in found][:2]
    [(0.94, 'not met', True), (0.91, 'not met', True)]
    """
    held = notice if isinstance(notice, Notice) else load_notice(notice)
    rows = tuple(_judged(held.indicator(found.indicator), found) for found in held.results)
    return _for(lang, BackTests(rows=rows, number=held.number))


def _judged(indicator: Indicator, found: Result) -> BackTestRow:
    target = indicator.target
    told: dict[str, Any] = {"target": None, "rule": "", "verdict": Verdict.REFERENCE}
    if target is not None:
        early = not found.stated and found.last < target.due
        verdict = Verdict.NOT_DUE if early else _by_rule(found.value, target)
        told = {"target": target.value, "rule": target.rule, "verdict": verdict}
    return BackTestRow(
        indicator=indicator.id,
        titles=texts_of(indicator, "title"),
        period=found.period,
        statistic=indicator.statistic,
        value=found.value,
        unit=target.unit if target else indicator.metric.unit_of(indicator.statistic),
        clock_unit=indicator.metric.unit_of(),
        stated=found.stated,
        agrees=found.stated == told["verdict"].value if found.stated else None,
        source=found.source,
        confidence=found.confidence,
        **told,
    )


def _by_rule(value: float, target: Target) -> Verdict:
    return decide(Estimate(value), 1, target.value, target.rule, counted=True, enough=1)


def _for(lang: str, found: Told) -> Told:
    """The answer in that language; LogError for one that there is none of."""
    return found._with(_reader=Reader(lang=check_language(lang)))


__all__ = ["back_tests", "targets_in_force"]
