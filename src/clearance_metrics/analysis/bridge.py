"""bridge(): from an old mean (or percentile) to a new one, term by term: who is in it, and how each
group changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.arguments import check_groups, check_level, check_metric, names_of
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Condition, Metric
from ..domain.statistic import Statistic
from ..engine.asking import asked_of_log
from ..engine.log import EventLog
from ..errors import LogError
from ..statistics.change import MOST
from ..statistics.quantile_change import METHOD
from ..statistics.reasons import Reason
from .bridge_records import Bridge, BridgeRow
from .bridge_rows import Made
from .bridge_sides import check_parts, gathered, gathered_stages, narrowed, overlap, part
from .bridges import Bridges, within_each
from .caution import about
from .estimates import unit_in
from .several import metric_of
from .split_lines import check_cases_once
from .stages import SPLITS

ONE, MANY = "Kitagawa (1955)", "Das Gupta (1993), Shapley"
FEWEST_DRAWS = 100
# what the bridges within each value are asked with
SHARED = ("before", "after", "as_of", "by", "statistic", "stages", "cluster", "level")
SHARED += ("draws", "seed", "calendar")


@asked_of_log
def bridge(
    log: EventLog,
    metric: Metric | str,
    *,
    before: str | tuple[str, str] | Condition,
    after: str | tuple[str, str] | Condition,
    as_of: object = None,
    by: str | Iterable[str] = (),
    statistic: str | None = None,
    stages: str | tuple[str, ...] | None = None,
    within: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    draws: int = 400,
    seed: int = 0,
    calendar: WorkCalendar | None = None,
) -> Bridge:
    """The way from a statistic before to the same one after: groups that left, composition, each
    group's own change, groups that entered. The terms add up exactly.

    `before` and `after`: months ("2021-06", "2021-Q2", "2021", or first and last: ("2020-09",
    "2021-08")), or two conditions that share no case ({"mode": "sea"}). `by`: one column or more;
    with several, composition is told apart by column. `statistic`: "mean" (a share for a Share; per
    TEU a ratio of sums), "median" or a percentile ("p90"). `stages`: cut a clock of finished cases
    at these milestones ("import", "export" or names) and bridge the mean stage by stage. Intervals
    of means are linearised, by `cluster` where cases belong together; those of percentiles come
    from `draws` seeded bootstrap draws, at least 100.

    `within`: a column; the same bridge is found within each of its values (`.of(value)` gives one),
    which tells whether a whole moved against every one of its groups there.

    Means: Kitagawa (1955), Das Gupta (1993); percentiles: Shapley's value over counterfactual
    mixtures. A mean of a clock with open cases is not bridged, nor are months that stand on both
    sides: the answer says so. LogError for conditions that share cases, and for what does not fit
    together.

    >>> import polars as pl
    >>> from clearance_metrics import Duration, EventLog, bridge
    >>> hours = [10, 10, 80, 80, 12, 12, 12, 12, 84]
    >>> day = [0] * 4 + [31 * 86400] * 5
    >>> events = pl.DataFrame({
    ...     "case_id": [*range(9)] * 2, "milestone": ["declared"] * 9 + ["customs_released"] * 9,
    ...     "time": [*day, *(d + 3600 * h for d, h in zip(day, hours))]})
    >>> cases = pl.DataFrame({"case_id": range(9), "port": list("xxyyxxxxy")})
    >>> log, clock = EventLog(events, cases), Duration("declared", "customs_released")
    >>> sides = {"before": "1970-01", "after": "1970-02"}
    >>> found = bridge(log, clock, by="port", as_of="1970-03-01", **sides)
    >>> [(row.term, round(row.value, 4)) for row in found]
    [('before', 45.0), ('composition', -21.3), ('own', 1.3), ('own', 1.4), ('after', 26.4)]
    >>> found.warnings
    (Reason('bridge.simpson'),)
    """
    same = {name: given for name, given in locals().items() if name in SHARED}
    metric = metric_of(metric, log)
    check_metric(metric)
    by = names_of(by)
    chain = SPLITS.get(stages, ()) if isinstance(stages, str) else tuple(stages or ())
    asked = Statistic.parse(statistic or ("share" if metric.is_share else "mean"))
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < FEWEST_DRAWS:
        raise LogError(
            f"draws={draws!r} make no interval",
            "draws",
            f"write a whole number from {FEWEST_DRAWS}",
        )
    p = _checked(metric, by, asked, stages, chain, cluster, level)
    parts = part(before, "before"), part(after, "after")
    columns = {"by": by, "within": () if within is None else (str(within),)}
    columns |= {"before": tuple(parts[0].condition or ()), "after": tuple(parts[1].condition or ())}
    for name, told in columns.items():
        check_cases_once(log, metric, told, "bridge", name)
    if within is not None:
        if not isinstance(within, str) or within in by:
            raise LogError(f"within={within!r} is no column beside by", "within", 'write "mode"')
        whole = metric
        every = within_each(log, within, lambda case: bridge(log, narrowed(whole, case), **same))
        return about(every, metric, level)
    metric = metric.on(calendar)
    made = Made(metric, asked, by, level, unit_in(log, metric, asked))
    warnings: list[Reason] = []
    if shared := overlap(parts):
        rows = made.refused_for(shared)
    else:
        check_parts(log, metric, parts, as_of)
        if chain:
            sides = gathered_stages(log, metric, chain, parts, by, as_of)
        else:
            sides = {"": gathered(log, metric, parts, by, as_of, cluster)}
        rows, warnings = made.percentile(*sides[""], p, draws, seed) if p else made.means(sides)
    method = METHOD if p else MANY if len(by) > 1 else ONE
    found = Bridge(
        rows=tuple(rows),
        metric=metric.name,
        statistic=str(asked),
        before=parts[0].words,
        after=parts[1].words,
        method=method,
        as_of=str(as_of),
        warnings=tuple(warnings),
    )
    return about(found._with(_own=tuple(made.own_ends) or (None, None)), metric, level)


def _checked(
    metric: Metric,
    by: tuple[str, ...],
    statistic: Statistic,
    stages: str | tuple[str, ...] | None,
    chain: tuple[str, ...],
    cluster: str | None,
    level: float,
) -> float | None:
    """The percentile asked for, None for a mean; LogError for what does not fit together."""
    if metric.distinct:
        raise LogError(
            "values of a column are no cases, they have no groups to bridge",
            "Share",
            "leave each out",
        )
    check_level(level)
    check_groups(by, reserved=BridgeRow.own_names())
    if not by and not stages:
        raise LogError(
            "a bridge needs groups or stages", "by", 'write by="port" or stages="import"'
        )
    if len(by) > MOST:
        raise LogError(f"group columns {', '.join(by)}", "by", f"name at most {MOST}")
    p = None if statistic.midpoint else statistic.place
    plain = not (metric.is_share or metric.is_ratio)
    if (p is None and statistic.kind not in ("mean", "share")) or (p and not plain):
        what = f"{str(statistic)!r} of {metric.name} cannot be bridged"
        raise LogError(what, "statistic", 'write "mean", or for durations and charges "median"')
    if statistic.kind == "share" and not metric.is_share:
        raise LogError(f"{metric.name} is no share", "statistic", 'write "mean"')
    if cluster and (p or stages):
        raise LogError("cluster serves the bridge of a mean by groups", "cluster", "leave it out")
    if stages:
        if p or not (metric.by_end and metric.unit_of() == "hours"):
            raise LogError(
                "stages are cut from the mean hours of finished cases",
                "stages",
                'a Duration in hours with dated_by="end", statistic="mean"',
            )
        if len(chain) < 2 or (chain[0], chain[-1]) != (metric.start, metric.stop):
            raise LogError(
                f"stages {stages!r} do not lead from {metric.start} to {metric.stop}",
                "stages",
                "name the milestones of the clock in order, its ends included",
            )
    return p


__all__ = ["Bridge", "BridgeRow", "Bridges", "bridge"]
