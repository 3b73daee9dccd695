"""An assessment of every part of a log, made from one assessment by the column of the parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from ..analysis.withholding import withholding
from ..domain.verdicts import Verdict
from ..engine.log import EventLog
from ..engine.values import counts_of
from ..notice import Notice
from ..results.assessment import COUNTS, Assessment, AssessRow, blanked
from ..results.withheld import few
from ..statistics.reasons import Reason
from .assess import assess

# what is said of the log as a whole, whichever part is asked
OF_ALL = frozenset({Verdict.NOT_MEASURABLE, Verdict.NOT_COMPUTED})
LACKS = ("assess.log_lacks", "assess.log_lacks_both")
WHOLE = object()  # all parts together: no value of a column
Rows = Mapping[object, tuple[AssessRow, ...]]


def assess_parts(
    log: EventLog, notice: Notice, column: str, whole: Assessment, k: int | None = None
) -> tuple[dict[object, Assessment], dict[object, frozenset[str]], Assessment]:
    """The assessment of each part of the log by its value of the column, as `assess` answers of
    that part, from one assessment of all; the indicators that are withheld in each; and that of all
    as a part may see it.

    With `k` a count of cases, of finished or open ones, or of violations below k is withheld, and
    as many others with it as it takes so that the parts and the whole do not give it back. Where
    all other parts are zero, which they know of themselves, the whole's is withheld as well.
    """
    found = assess(log, notice, by=column)
    by_value: dict[object, dict[str, AssessRow]] = {}
    for row in found.rows:
        if row.groups:
            by_value.setdefault(row.groups[0][1], {})[row.indicator] = replace(row, groups=())
    values = list(counts_of(log, column))
    rows: Rows = {
        value: tuple(_of_part(row, by_value.get(value, {}), log) for row in whole.rows)
        for value in values
    }
    hidden: dict[object, frozenset[str]] = dict.fromkeys(values, frozenset())
    seen = whole
    if k is not None:
        rows, hidden, of_all = _guarded(rows, whole.rows, k)
        seen = whole._with(rows=of_all)
    made = {
        value: whole._with(rows=rows[value], _reader=log.only(column, value).reader)
        for value in values
        if value is not None
    }
    return made, hidden, seen


def _of_part(row: AssessRow, ours: Mapping[str, AssessRow], log: EventLog) -> AssessRow:
    """The part's row of an indicator, or one that says why there is none."""
    if row.indicator in ours:
        return ours[row.indicator]
    if row.verdict in OF_ALL or any(why.code in LACKS for why in row.reasons):
        return row
    early = row.due is not None and str(log.as_of) < row.due
    none = dict.fromkeys(
        ("value", "low", "high", "n", "n_open", "baseline", "violations", "period")
    )
    verdict = Verdict.NOT_DUE if early else Verdict.NO_DATA
    unmet = (one for one in row.reasons if one.code == "unmet.none")  # in the whole log neither
    why = (Reason("assess.none_of_kind"), *unmet)
    return replace(row, verdict=verdict, also=(), reasons=why, **none)


def _guarded(
    rows: Rows, whole: Sequence[AssessRow], k: int
) -> tuple[Rows, dict[object, frozenset[str]], tuple[AssessRow, ...]]:
    """The rows of the parts and of the whole without counts that are small, or would give small
    ones back.
    """
    out: set[tuple[object, int]] = set()
    still: set[tuple[object, int]] = set()
    for place in range(len(whole)):
        column = {value: some[place] for value, some in rows.items()}
        *counts, still_open = COUNTS
        for count in counts:
            out |= {(value, place) for value in _small(column, count, k)}
            # lines of several parts count in each: then the whole is not their sum
            out |= {(WHOLE, place)} if few(count(whole[place]), k) else set()
        still |= {(value, place) for value in _small(column, still_open, k)}

    def told(value: object, some: Sequence[AssessRow]) -> tuple[AssessRow, ...]:
        return tuple(
            blanked(row, k)
            if (value, place) in out
            else replace(row, n_open=None)
            if (value, place) in still
            else row
            for place, row in enumerate(some)
        )

    made = {value: told(value, some) for value, some in rows.items()}
    hidden = {
        value: frozenset(row.indicator for place, row in enumerate(some) if (value, place) in out)
        for value, some in rows.items()
    }
    return made, hidden, told(WHOLE, whole)


def _small(
    column: Mapping[object, AssessRow], count: Callable[[AssessRow], int], k: int
) -> Iterable[object]:
    """The parts of which a count is withheld, and the whole where that is."""
    found, total = withholding({(value,): count(row) for value, row in column.items()}, k)
    return [*(value for (value,) in found), *([WHOLE] if total else [])]
