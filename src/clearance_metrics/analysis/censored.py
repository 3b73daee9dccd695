"""What `measure` says of clocks beyond plain descriptions: incidence by end, time lost, follow-up,
and the words.
"""

from __future__ import annotations

from collections.abc import Callable

from .. import statistics as st
from ..domain.metrics import Duration

FEW = 30
WATCHED = (
    "median",
    "within",
    "survival",
    "restricted_mean",
    "incidence",
    "time_lost",
)  # estimates of open cases too


def answers_of(
    metric: Duration, sample: st.Sample, head: str, bound: float | None, level: float
) -> list[tuple[str, st.Estimate]]:
    """Labelled answers to incidence, time_lost (one per end:

    `incidence:24 returned`) and follow_up; else none.
    """
    if head == "follow_up":
        return [(head, st.follow_up(sample, level))]
    if head not in ("incidence", "time_lost"):
        return []
    name = head if bound is None else f"{head}:{bound:g}"
    ends = list(enumerate((metric.stop, *metric.other_ends), start=1))
    if head == "time_lost":
        return [(f"{name} {end}", st.time_lost(sample, i, bound, level)) for i, end in ends]
    if not sample.n:
        return [(f"{name} {end}", st.Estimate(None, note="no cases")) for _, end in ends]
    if not sample.n_open and not sample.n_late:
        ended = (sample.ended, *(() if sample.others is None else sample.others))
        within = [int(counts[sample.units <= bound].sum()) for counts in ended]
        return [
            (f"{name} {end}", st.wilson(k, sample.n, level))
            for (_, end), k in zip(ends, within, strict=True)
        ]
    found = st.aalen_johansen(sample, level)
    return [(f"{name} {end}", st.incidence_at(found, i, bound)) for i, end in ends]


def meaning(
    metric: Duration, sample: st.Sample, head: str, follow_up: Callable[[], st.Estimate]
) -> str:
    """What the reader of a statistic must know: which end it is about, and how long cases were
    watched.

    `follow_up` gives the sample's median time of observation, and is asked only where it is told.
    """
    quantile = head == "median" or head[:1] == "p" and head[1:2].isdigit()
    said = []
    if metric.other_ends:
        ends = ", ".join((metric.stop, *metric.other_ends))
        if quantile or head == "within":
            said.append(f"reaching {metric.stop}, of all cases: other ends stay in the denominator")
        elif head in ("survival", "restricted_mean"):
            said.append(f"until the first of {ends}")
        elif head in ("sum", "count_above"):
            said.append(f"cases that reached {metric.stop} only")
    if (sample.n_open or sample.n_late) and (quantile or head in WATCHED):
        watched = follow_up()
        if watched.value is not None:
            said.append(
                f"median follow-up {round(watched.value, 1):g} {metric.unit.replace('_', ' ')}"
            )
        elif sample.n_open:
            said.append(f"median follow-up: {watched.note}")
        if sample.n_late:
            said.append(
                f"{sample.n_late} of {sample.n} cases began before the log and count from its first day"
            )
            at_risk = sample.at_risk()[sample.any_end > 0]
            least = int(at_risk[: int(at_risk.argmax()) + 1].min()) if len(at_risk) else FEW
            said += (
                [f"only {least} cases were at risk at one of the first ends"] if least < FEW else []
            )
    return "; ".join(said)
