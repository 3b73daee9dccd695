"""describe(): which clocks and indicators a log can carry, and what is missing for the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ..analysis.contents import contents
from ..domain.as_of import AsOf
from ..domain.zones import LAST_YEAR
from ..engine.contents import cases_with
from ..engine.log import EventLog
from ..engine.refusals import MissingColumn
from ..engine.tally import outcomes
from ..notice import Indicator, Notice, load_notice
from ..results.table import LANG, Record, ResultTable
from ..results.withheld import few
from ..results.wording import unmet
from ..results.words import lacking, say, term, texts_of
from ..statistics.reasons import Reason
from .assess import asks_of
from .context import Context

CLOCK, INDICATOR = "clock", "indicator"


@dataclass(frozen=True, kw_only=True)
class DescribeRow(Record):
    """One clock or indicator: whether the log can carry it, `n` cases that have both ends of a
    clock, and by name what it lacks.
    """

    what: str
    name: str
    measure: int | None = None
    carried: bool
    n: int | None = None
    lacks: tuple[str, ...] = ()
    titles: Mapping[str, str]
    reasons: tuple[Reason, ...] = ()
    labelled = True

    def label(self, lang: str = LANG) -> str:
        """The clock or indicator in words."""
        return self.titles.get(lang) or self.titles.get("en") or self.name

    def to_dict(self) -> dict[str, object]:
        """A flat record; words stand as label_zh and label_en."""
        return {name: value for name, value in super().to_dict().items() if name != "titles"}


@dataclass(frozen=True, kw_only=True, repr=False)
class Description(ResultTable[DescribeRow]):
    """What `describe` answers: clocks, then the indicators of a notice; those that the log can
    carry first.
    """

    rows: tuple[DescribeRow, ...]
    as_of: str
    log: str
    notice: str
    shown = ("what", "measure", "name", "carried", "n", "label", "note")

    def withholding(self, k: int, cells: Iterable[int], hidden: Collection[str] = ()) -> Any:
        """As of any answer; a clock of few cases keeps its place and loses their number."""
        gone: dict[str, Any] = {"n": None, "reasons": (Reason("withheld", k=k),)}
        rows = tuple(replace(row, **gone) if few(row.n, k) else row for row in self.rows)
        return self._with(rows=rows)

    def _caption(self, lang: str) -> str:
        """The log and the notice."""
        return say("describe.caption", lang, log=self.log, notice=self.notice)

    def _headline(self, lang: str) -> str:
        """How many of each the log can carry, and what most of the others lack."""
        told: dict[str, Any] = {"log": self.log}
        for what in (CLOCK, INDICATOR):
            some = [row for row in self.rows if row.what == what]
            told |= {f"{what}s": len(some), f"carried_{what}s": sum(row.carried for row in some)}
        return say("describe.headline", lang, **told)

    def worded(self, lang: str) -> list[dict[str, object]]:
        """The records as a table shows them."""
        return [row.to_dict() | {"what": say(f"describe.{row.what}", lang)} for row in self.rows]

    def __repr__(self) -> str:
        return f"{self.headline()}\n{self}"


def describe(log: EventLog, notice: Notice | str = "cn-2021-85") -> Description:
    """Which named clocks and which indicators of a notice the log can carry, and what is missing
    for the others: milestones, columns, tables, kinds of cases.

    A clock counts the cases that have both its ends. Whether figures can be defended (open cases,
    too few) is told once they are asked for. Indicators that leave no trace in logs name the record
    that could show them. Errors as of `load_notice`.

    >>> import polars as pl
    >>> from clearance_metrics import EventLog, describe
    >>> events = pl.DataFrame({"case_id": ["a", "a"], "time": [0, 7200],
    ...     "milestone": ["declared", "customs_released"]})
    >>> found = describe(EventLog(events, pl.DataFrame({"case_id": ["a"], "kind": ["import"]})))
    >>> [(row.name, row.n) for row in found if row.what == "clock" and row.carried]
    [('import_customs_only', 1)]
    >>> next(row for row in found if row.name == "import_overall").lacks
    ('conveyance_arrived',)
    """
    notice = notice if isinstance(notice, Notice) else load_notice(notice)
    rows = [*_clocks(log), *_indicators(log, notice)]
    day = str(log.as_of or "")
    named = notice.number or notice.id
    found = Description(rows=tuple(rows), as_of=day, log=log.name, notice=named)
    found = found._with(_reader=log.reader)
    return found if log.withhold is None else found.withholding(log.withhold, ())


def _clocks(log: EventLog) -> list[DescribeRow]:
    kinds, asked, lacks = _kinds(log), {}, {}
    for clock in log.vocabulary.clocks.values():
        missing = [m for m in (clock.start, clock.stop) if m not in log.milestones]
        if clock.kind and clock.kind not in kinds:
            missing.append("kind" if kinds is NO_KINDS else f"{OF_KIND}{clock.kind}")
        lacks[clock.name] = tuple(missing)
        if not missing:
            asked[clock.name] = (clock.start, clock.stop, clock.kind)
    counts = cases_with(log, dict.fromkeys(asked.values()))
    rows = [
        DescribeRow(
            what=CLOCK,
            name=name,
            carried=name in asked and counts[asked[name]] > 0,
            n=counts[asked[name]] if name in asked else None,
            lacks=missing,
            titles={lang: term(CLOCK, name, lang, log.vocabulary.clocks[name]) for lang in SAID},
            reasons=_said(log, missing),
        )
        for name, missing in lacks.items()
    ]
    return sorted(rows, key=lambda row: not row.carried)


def _indicators(log: EventLog, notice: Notice) -> list[DescribeRow]:
    context = Context(
        log=log,
        notice=notice,
        when=AsOf.of(log.as_of or date(LAST_YEAR, 12, 31), log.timezone),
        by=(),
        level=0.95,
        calendar=None,
        tariff=None,
        resolution="second",
    )
    rows = []
    for indicator in notice.indicators:
        missing = _lacks(context, indicator)
        silent = indicator.status != "computed"
        record = texts_of(indicator, "record")
        why = (Reason("describe.record", record=record),) if silent else _said(log, missing)
        rows.append(
            DescribeRow(
                what=INDICATOR,
                name=indicator.id,
                measure=indicator.measure,
                carried=not silent and not missing,
                lacks=missing,
                titles=texts_of(indicator, "title"),
                reasons=why,
            )
        )
    return sorted(rows, key=lambda row: not row.carried)


def _lacks(context: Context, indicator: Indicator) -> tuple[str, ...]:
    """What an indicator needs and the log does not have: all that its metric names, else what
    stands in the way of its query first.
    """
    if indicator.status != "computed":
        return ()
    log, metric = context.log, indicator.metric
    known = log.milestones | set(log.columns)
    known |= set() if log.charges is None else set(log.charges.columns)
    needs = metric.needs if hasattr(metric, "needs") else frozenset()
    missing = sorted(needs - known) if not getattr(metric, "reads_lines", False) else []
    try:
        for ask in asks_of(context, indicator):
            outcomes(
                log,
                ask.metric,
                as_of=context.when,
                by=ask.by,
                period=ask.period,
                tariff=ask.tariff,
            )
    except MissingColumn as found:
        missing = missing or [found.name]
    kinds = _kinds(log)
    wanted = getattr(metric, "population", {}).get("kind", ())
    wanted = (wanted,) if isinstance(wanted, str) else wanted
    if not missing and isinstance(wanted, tuple) and wanted and not kinds.intersection(wanted):
        missing = [OF_KIND + " | ".join(wanted)]
    return tuple(missing)


NO_KINDS: frozenset[str] = frozenset()
SAID = ("zh", "en")
OF_KIND = "kind = "  # before the kinds of cases of which a log has none


def _kinds(log: EventLog) -> frozenset[str]:
    """The kinds of cases that the log has."""
    found = frozenset(str(kind) for kind, _ in contents(log).kinds)
    return found or NO_KINDS


def _said(log: EventLog, missing: tuple[str, ...]) -> tuple[Reason, ...]:
    if not missing:
        return ()
    told = Reason("describe.lacks", columns=tuple(lacking(m, log.vocabulary) for m in missing))
    asked = [m.removeprefix(OF_KIND).split(" | ") for m in missing if m.startswith(OF_KIND)]
    if not asked:
        return (told,)
    small = log.withhold is not None
    kinds = [(kind, None if small else n) for kind, n in contents(log).kinds]
    kinds = kinds or [(None, None)]
    return (told, *(unmet(log.reader, "kind", one, kinds) for one in asked))


__all__ = ["DescribeRow", "Description", "describe"]
