"""What must be known of a figure: which end it is about, how long cases were watched, who is
missing.
"""

from __future__ import annotations

from dataclasses import replace

from .. import statistics as st
from ..domain.ends import ENOUGH, LEFT_OUT, UNKNOWN
from ..domain.metrics import Fee, Metric, condition_columns
from ..domain.statistic import Statistic
from ..domain.vocabulary import Vocabulary
from ..engine.cells import Cell
from ..results.words import word
from ..statistics.reasons import Reason

# estimates that open cases take part in
WATCHED = frozenset(
    {
        "median",
        "percentile",
        "within",
        "survival",
        "restricted_mean",
        "incidence",
        "time_lost",
    }
)


def left_out(cell: Cell, metric: Metric | None = None) -> list[Reason]:
    """The cases that are in no statistic, by cause, and those timed to the day only; of charges
    per something the cause names what is not recorded.
    """
    why = {code: Reason(told) for code, told in LEFT_OUT.items()}
    if isinstance(metric, Fee) and (column := metric.divisor):
        why[UNKNOWN] = Reason("end.lacks", column=word("column", column))
    elif metric is not None and metric.is_share and metric.reads_lines:
        # of lines nothing is still to come: what is not known is not recorded
        told = [getattr(metric, name, None) or {} for name in ("condition", "of")]
        asked = set().union(*map(condition_columns, told))
        columns = tuple(word("charge_column", name) for name in sorted(asked))
        why[UNKNOWN] = Reason("end.lacks", column=columns)
    found = [Reason("left_out", n=n, why=why[code]) for code, n in cell.left_out]
    found += [Reason("other_currency", n=n, currency=c) for c, n in cell.other_currencies]
    return found + ([Reason("to_the_day", n=cell.date_only)] if cell.date_only else [])


def left_out_of(cell: Cell) -> int:
    """How many cases, or lines, of a cell are in no statistic."""
    return sum(n for _, n in (*cell.left_out, *cell.other_currencies))


def used_none(answer: st.Estimate, n: int) -> st.Estimate:
    """The answer of a cell whose `n` cases are all left out: they are there, and none is used."""
    why = tuple(Reason("none_used", n=n) if r.code == "no_cases" else r for r in answer.reasons)
    return replace(answer, reasons=why)


def meaning(
    metric: Metric,
    sample: st.Sample,
    statistic: Statistic,
    words: Vocabulary,
) -> list[Reason]:
    """What a clock's values are, which end a statistic is about, and how long its cases were
    watched.
    """
    if not metric.is_time:
        return []
    beyond = _beyond(metric, words)
    if not (metric.other_ends or sample.n_open or sample.n_late):
        return beyond
    ends = _which_end(metric, statistic, words)
    return [*beyond, *ends, *_how_long(metric, sample, statistic)]


def _beyond(metric: Metric, words: Vocabulary) -> list[Reason]:
    """Said of a clock with an allowance, whose values would else be taken for whole times."""
    allowance = getattr(metric, "allowance", None)
    if allowance is None:
        return []
    column = word("column", allowance[0], words.columns.get(allowance[0]))
    return [Reason("beyond_allowance", column=column)]


def allowed(metric: Metric, words: Vocabulary) -> tuple[Reason, ...]:
    """What a clock with an allowance allows, value by value."""
    allowance = getattr(metric, "allowance", None)
    if allowance is None:
        return ()
    column, values = allowance
    told = [
        Reason("allowed.each", name=word(column, value), days=days)
        for value, days in values.items()
    ]
    about = word("column", column, words.columns.get(column))
    return (Reason("allowed.told", column=about, told=tuple(told)),)


def _which_end(metric: Metric, statistic: Statistic, words: Vocabulary) -> list[Reason]:
    if not metric.other_ends:
        return []
    stop, *others = (
        word("milestone", name, words.milestones.get(name))
        for name in (metric.stop, *metric.other_ends)
    )
    if statistic.place is not None or statistic.kind == "within":
        return [Reason("reaching", stop=stop)]
    if statistic.kind in ("survival", "restricted_mean"):
        return [Reason("until_first", ends=(stop, *others))]
    return [Reason("reached_only", stop=stop)] if statistic.kind in ("sum", "count_above") else []


def _how_long(metric: Metric, sample: st.Sample, statistic: Statistic) -> list[Reason]:
    if not (sample.n_open or sample.n_late) or statistic.kind not in WATCHED:
        return []
    found, watched = [], st.follow_up(sample)
    if watched.value is not None:
        unit = Reason(f"unit.{metric.unit_of()}")
        found.append(Reason("watched", value=round(watched.value, 1), unit=unit))
    elif sample.n_open:
        found.append(Reason("not_watched", why=watched.reasons))
    if sample.n_late:
        found.append(Reason("began_before", n=sample.n_late, total=sample.n))
        at_risk = sample.at_risk()[sample.any_end > 0]
        least = int(at_risk[: int(at_risk.argmax()) + 1].min()) if len(at_risk) else ENOUGH
        if least < ENOUGH:
            found.append(Reason("few_at_risk", n=least))
    return found
