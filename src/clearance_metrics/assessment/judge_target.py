"""Verdicts on a level: the one-sided bound, the other rule beside the one that was set, the way
come and the pace.

A mean within a target and a share of cases within it can disagree on the same cargo, so both are
shown, and which one the rule names is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from .. import statistics as st
from ..analysis.doubts import found_doubts
from ..analysis.estimates import estimate, pooled
from ..domain.arguments import check_groups, check_level, check_number
from ..domain.as_of import AsOf
from ..domain.ends import ENOUGH
from ..domain.metrics import Duration, Metric, Share
from ..engine.cells import Cell, month_number
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.tally import tally
from ..errors import LogError
from ..results.table import ResultTable
from ..statistics.progress import distance_travelled, pace
from ..statistics.skewed import TAIL, mean_bounds

Words = tuple[str, str]
PACES = {
    "on track": "按期可达",
    "progress made, acceleration needed": "有进展，须加快",
    "limited progress": "进展有限",
    "deterioration": "倒退",
    "target reached": "已达目标值",
    "cannot tell": "无法判断",
}


def verdict(bounds: st.Estimate, n: int, target: float, rule: str) -> str:
    """Met, not met or cannot tell, by one-sided bounds: the estimate's interval holds each at its
    own level.

    >>> verdict(st.Estimate(5.8, 5.6, 5.95), 400, 6, "at_most"), verdict(st.Estimate(5.8, 5.6, 6.01), 400, 6, "at_most")
    ('met', 'cannot tell')
    """
    if bounds.value is None or n < ENOUGH:
        return "cannot tell"
    # a bound that does not exist decides nothing
    low, high = (
        (-inf if bounds.low is None else bounds.low),
        (inf if bounds.high is None else bounds.high),
    )
    if rule == "at_most":
        return "met" if high <= target else "not met" if low > target else "cannot tell"
    return "met" if low >= target else "not met" if high < target else "cannot tell"


def one_sided(metric: Metric, cell: Cell, statistic: str, level: float) -> st.Estimate:
    """The statistic with a lower and an upper bound that each hold at `level`; those of a mean
    allow for its tail.
    """
    answer, sample = estimate(metric, cell, statistic, 2 * level - 1)
    plain = cell.weight is None and cell.cluster is None and not isinstance(metric, Share)
    if statistic != "mean" or not plain or answer.low is None:
        return answer
    return mean_bounds(sample, level, answer.value)


def long_tail(bounds: st.Estimate, rule: str) -> Words | None:
    """What must be said where the tail leaves no bound by which a target could be met;

    None where there is one.
    """
    side = bounds.high if rule == "at_most" else bounds.low
    if side is not None or TAIL not in bounds.note:
        return None
    return "长尾：以现有件数均值尚无可靠界限", bounds.note


def resting(sample: st.Sample, statistic: str) -> int:
    """How many cases a figure rests on: those that ended, and for a share within a limit those
    followed to it as well.

    >>> found = st.Sample.of([5, 9, 30], [1, 0, 0], [2, 40, 3])
    >>> resting(found, "mean"), resting(found, "within:24")
    (2, 5)
    """
    head, _, limit = statistic.partition(":")
    if head != "within":
        return int(sample.ended.sum() if head == "mean" else sample.any_end.sum())
    return int(sample.any_end.sum() + sample.open[sample.units >= float(limit)].sum())


def number(limit: float) -> str:
    """A limit in full: rounded, it would be another one.

    >>> number(10000.25), number(48.0)
    ('10000.25', '48')
    """
    return str(int(limit)) if limit == int(limit) else repr(float(limit))


def beside(
    metric: Metric,
    cell: Cell,
    statistic: str,
    target: float,
    rule: str,
    level: float,
    before: Iterable[Cell],
) -> tuple[list[tuple], list[Words]]:
    """Further figures of a level and what must be said: bound, share in time, distance travelled
    since `before`.
    """
    also, said = [], []
    bounds = one_sided(metric, cell, statistic, level)
    side = bounds.high if rule == "at_most" else bounds.low
    if side is not None:
        also.append(("bound", side, None, None, metric.unit_of(statistic)))
    elif words := long_tail(bounds, rule):
        said.append(words)
    if isinstance(metric, Duration) and statistic == "mean":
        name = f"within:{number(target)}"
        share = estimate(metric, cell, name, level)[0]
        also.append((name, share.value, share.low, share.high, "share"))
        said.append(
            (
                "规则为均值，限时内占比并列供参考",
                "the rule is about the mean; the share in time stands beside",
            )
        )
    old = pooled(before)
    if old is not None and not (isinstance(metric, Share) and target == 1):
        was, now = (estimate(metric, c, statistic, level)[0] for c in (old, cell))
        if was.value is not None and (
            (was.value <= target) if rule == "at_most" else (was.value >= target)
        ):
            said.append(
                ("基期已达目标值，不计算完成进度", "the baseline already stood at the target")
            )
        else:
            way = distance_travelled(was, now, target, level, lower_is_better=rule == "at_most")
            if way.value is not None:
                also.append(("distance", way.value, way.low, way.high, "share"))
    return also, said


def on_the_way(
    metric: Metric,
    cell: Cell,
    statistic: str,
    target: float,
    rule: str,
    before: list[Cell],
    due: str,
) -> list[Words]:
    """Before the due month: whether the pace since the baseline would arrive, in the words of Open
    SDG.
    """
    old = pooled(before)
    if old is None:
        return [
            ("通知前没有数据，无法判断进度", "no data before the notice: the pace cannot be told")
        ]
    was, now = (estimate(metric, c, statistic)[0].value for c in (old, cell))
    if was is None or now is None:
        return [("无法判断进度", "the pace cannot be told")]
    start = sum(month_number(c.period) for c in before) / len(before)
    years = [(month_number(m) - start) / 12 for m in (cell.period, due)]
    found = pace(was, now, target, *years, lower_is_better=rule == "at_most")
    ratio = "" if found.ratio is None else f"，进度比{found.ratio:.2f}"
    told = "" if found.ratio is None else f", pace {found.ratio:.2f} of what is needed"
    return [(f"按目前速度：{PACES[found.band]}{ratio}", f"at the pace so far: {found.band}{told}")]


@dataclass(frozen=True)
class Judgement:
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
    verdict: str
    own: bool
    note: str

    def to_dict(self) -> dict[str, object]:
        """A flat record."""
        record = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "groups"
        }
        return dict(self.groups) | record


@dataclass(frozen=True, repr=False)
class Judgements(ResultTable):
    """What `judge` answers: both rules per group; `own` marks the one that was set."""

    rows: tuple[Judgement, ...]
    as_of: str
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


def judge(
    log: EventLog,
    duration: Duration,
    *,
    within: float,
    share: float,
    as_of,
    own: str = "mean",
    by: str | Iterable[str] = (),
    level: float = 0.95,
) -> Judgements:
    """Both rules on the same cases: the mean is at most `within` units, and at least `share` of the
    cases are within it.

    `own` is the rule that was set, "mean" or "share". Verdicts rest on one-sided bounds at `level`,
    and on 30 cases that ended or, for the share, were followed to the limit; with open cases the
    mean cannot be told and the share is Kaplan-Meier's. Snapshots have no values, and logs without
    their open cases no verdict, as `measure` says of them.

    >>> import polars as pl
    >>> ids = [str(i) for i in range(50)]
    >>> events = pl.DataFrame({"case_id": ids * 2, "milestone": ["declared"] * 50 + ["customs_released"] * 50,
    ...     "time": [0] * 50 + [36000] * 45 + [3600000] * 5})
    >>> found = judge(EventLog(events), Duration("declared", "customs_released"), within=48, share=0.75, as_of="1970-03-01")
    >>> [(row.statistic, row.value, row.verdict, row.own) for row in found]
    [('mean', 109.0, 'cannot tell', True), ('within:48', 0.9, 'met', False)]
    """
    if own not in ("mean", "share"):
        raise LogError(f"own={own!r} is no rule", "own", 'write "mean" or "share"')
    check_number(within, "within")
    check_number(share, "share")
    # a one-sided bound at a half or less would lie on the wrong side of the figure
    check_level(level, above=0.5)
    if not 0 < share <= 1:
        raise LogError(f"share={share!r} is no share", "share", "write 0.9 for 90 %")
    by = (by,) if isinstance(by, str) else tuple(by)
    check_groups(by)
    when = AsOf.of(as_of, log.timezone)
    cells = tally(log, duration, as_of=when, by=by, tariff=tariff_of(duration))
    doubts = found_doubts(log, duration, cells, when)
    rules = (
        ("mean", "mean", "at_most", within),
        ("share", f"within:{number(within)}", "at_least", share),
    )
    rows = [
        _judged(duration, cell, by, name, rule, target, level, own == kind, doubts)
        for cell in cells
        for kind, name, rule, target in rules
    ]
    return Judgements(tuple(rows), str(as_of))


def _judged(duration, cell, by, name, rule, target, level, own: bool, doubts) -> Judgement:
    answer, sample = estimate(duration, cell, name, level)
    bounds, rests = one_sided(duration, cell, name, level), resting(sample, name)
    if doubts.snapshot:
        answer = bounds = st.Estimate(None, note=doubts.snapshot)
    side = bounds.high if rule == "at_most" else bounds.low
    # of a log without its open cases the finished ones are the quick ones
    found = "cannot tell" if doubts.warning else verdict(bounds, rests, target, rule)
    note = (long_tail(bounds, rule) or ("", answer.note))[1]
    counted = (
        f"rests on {rests:,} of {sample.n:,} cases"
        if answer.value is not None and rests < sample.n
        else ""
    )
    return Judgement(
        tuple(zip(by, cell.group, strict=True)),
        name,
        rule,
        target,
        answer.value,
        side,
        sample.n,
        sample.n_open,
        duration.unit_of(name),
        found,
        own,
        "; ".join(filter(None, [note, counted, doubts.warning])),
    )


__all__ = [
    "Judgement",
    "Judgements",
    "beside",
    "judge",
    "long_tail",
    "number",
    "on_the_way",
    "one_sided",
    "resting",
    "verdict",
]
