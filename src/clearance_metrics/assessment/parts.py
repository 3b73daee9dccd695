"""An assessment of every part of a log, made from one assessment by the column of the parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ..analysis.withholding import withholding
from ..domain.verdicts import Verdict
from ..engine.log import EventLog
from ..notice import Notice
from ..results.assessment import Assessment, AssessRow, blanked
from ..statistics.reasons import Reason
from .assess import assess

# what is said of the log as a whole, whichever part is asked
OF_ALL = frozenset({Verdict.NOT_MEASURABLE, Verdict.NOT_COMPUTED})
LACKS = ("assess.log_lacks", "assess.log_lacks_both")
Rows = Mapping[object, tuple[AssessRow, ...]]


def assess_parts(
    log: EventLog, notice: Notice, column: str, whole: Assessment, k: int | None = None
) -> tuple[dict[object, Assessment], dict[object, frozenset[str]]]:
    """The assessment of each part of the log by its value of the column, as `assess` answers of
    that part, from one assessment of all; and the indicators that are withheld in each.

    With `k` a count of cases, of finished or open ones, or of violations below k is withheld, and
    as many others with it as it takes so that the parts and the whole do not give it back.
    """
    found = assess(log, notice, by=column)
    by_value: dict[object, dict[str, AssessRow]] = {}
    for row in found.rows:
        if row.groups:
            by_value.setdefault(row.groups[0][1], {})[row.indicator] = replace(row, groups=())
    values = [value for value in log.values(column)]
    rows: Rows = {
        value: tuple(_of_part(row, by_value.get(value, {}), log) for row in whole.rows)
        for value in values
    }
    hidden: dict[object, frozenset[str]] = dict.fromkeys(values, frozenset())
    if k is not None:
        rows, hidden = _guarded(rows, k)
    made = {
        value: whole._with(rows=rows[value], _reader=log.only(column, value).reader)
        for value in values
        if value is not None
    }
    return made, hidden


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
    why = (Reason("assess.none_of_kind"),)
    return replace(row, verdict=verdict, also=(), reasons=why, **none)


def _guarded(rows: Rows, k: int) -> tuple[Rows, dict[object, frozenset[str]]]:
    """The rows without counts that are small, or would give small ones back."""
    places = range(len(next(iter(rows.values()), ())))
    out: set[tuple[object, int]] = set()
    still: set[tuple[object, int]] = set()
    for place in places:
        column = {value: some[place] for value, some in rows.items()}
        for count in (_cases, _finished, _broken):
            out |= {(value, place) for value in _small(column, count, k)}
        still |= {(value, place) for value in _small(column, _open, k)}
    made = {
        value: tuple(
            blanked(row, k)
            if (value, place) in out
            else replace(row, n_open=None)
            if (value, place) in still
            else row
            for place, row in enumerate(some)
        )
        for value, some in rows.items()
    }
    hidden = {
        value: frozenset(row.indicator for place, row in enumerate(some) if (value, place) in out)
        for value, some in rows.items()
    }
    return made, hidden


def _small(
    column: Mapping[object, AssessRow], count: Callable[[AssessRow], int], k: int
) -> Iterable[object]:
    """The parts of which a count is withheld."""
    found, _ = withholding({(value,): count(row) for value, row in column.items()}, k)
    return [value for (value,) in found]


def _cases(row: AssessRow) -> int:
    return row.n or 0


def _finished(row: AssessRow) -> int:
    return max((row.n or 0) - (row.n_open or 0), 0)


def _open(row: AssessRow) -> int:
    return row.n_open or 0


def _broken(row: AssessRow) -> int:
    return row.violations or 0
