"""The cases or charge lines whose value of one metric lies above a bound."""

from __future__ import annotations

from ..analysis.several import metric_of
from ..domain.arguments import check_count, check_metric, check_number
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar
from ..domain.metrics import Metric
from ..domain.tariff import Tariff
from ..engine.asking import asked_of_log
from ..engine.log import EventLog
from ..engine.references import tariff_of
from ..engine.tally import outcomes
from ..results.words import LANGUAGES, metric_word
from ..statistics.reasons import Reason
from .violation_records import Violations
from .violation_rows import Rule
from .violations import behind, counted, in_own_currency, limited_by, listed


@asked_of_log
def exceedances(
    log: EventLog,
    metric: Metric | str,
    *,
    as_of: object = None,
    above: float = 0,
    limit: int | None = None,
    tariff: Tariff | None = None,
    calendar: WorkCalendar | None = None,
) -> Violations:
    """The lines or cases of one metric whose value lies above a bound, the largest first.

    `above` counts whole units of the tally: fen, seconds of hours, working days, 1 or 0 of a share.
    `limit` keeps the largest; all are counted. The picture shows how many there are by month, or by
    item; `.cases(row)` is the case of a row.

    >>> import polars as pl
    >>> from clearance_metrics import Fee, load_tariff
    >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["customs_released"], "time": [0]})
    >>> cases = pl.DataFrame({"case_id": ["a"], "kind": ["import"]})
    >>> item = load_tariff().checkable[0].item
    >>> line = {"case_id": "a", "line_id": "1", "item": item, "amount_fen": 3550,
    ...     "charged_on": "2022-04-02", "quantity": 1, "size": "20", "cargo_class": "general"}
    >>> log = EventLog(events, cases, pl.DataFrame([line]))
    >>> found = exceedances(log, Fee("line", against="tariff"), as_of="2022-12-31")
    >>> [(row.line_id, row.rule, row.rate, row.excess) for row in found]
    [('1', 'above_set_price', 34.0, 1.5)]
    """
    metric = metric_of(metric, log)
    check_metric(metric)
    check_number(above, "above")
    check_count(limit, "limit")
    when, metric = AsOf.of(as_of, log.timezone), metric.on(calendar)
    apart, rates = in_own_currency(log, metric), tariff_of(metric, tariff)
    # a share without a date of its own falls into no month
    period = None if metric.is_share and not getattr(metric, "dated_by", None) else "month"
    by = (*apart, *limited_by(metric))
    rows = outcomes(log, metric, as_of=when, by=by, period=period, tariff=rates)
    checked, broken = counted(log, metric, rows, above)
    rule = Rule(
        indicator=metric.name,
        names={lang: metric_word(metric.name, lang) for lang in LANGUAGES},
        counts=metric.counts,
        checked=checked,
        broken=broken,
        why=None if checked else Reason("violations.nothing_to_check", as_of=when.text),
    )
    found = tuple(listed(log, metric, rows, above=above, limit=limit, tariff=tariff))
    made = Violations(rows=found, as_of=when.text, rules=(rule,))
    behind(made, log, when, {metric.name: (metric, rates)})
    return made
