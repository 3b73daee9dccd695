"""Scorecards made by hand: rows of the notice's indicators with any value and verdict."""

from clearance_metrics.domain.verdicts import Verdict
from clearance_metrics.notice import load_notice
from clearance_metrics.results.assessment import Assessment, AssessRow
from clearance_metrics.statistics.reasons import Reason

NOTICE = load_notice()
LACKS = Reason("assess.log_lacks", column="kind")


def row(name, value=None, verdict=Verdict.NO_DATA, **more):
    """A row of one of the notice's indicators."""
    i = NOTICE.indicator(name)
    (measure,) = (m for m in NOTICE.measures if m.no == i.measure)
    known = value is not None
    told = {
        "measure": i.measure,
        "indicator": i.id,
        "kind": i.kind,
        "origin": i.origin,
        "companion_of": i.companion_of,
        "statistic": i.statistic,
        "unit": i.target.unit if i.target else "hours",
        "groups": (),
        "period": "2022-12" if known else None,
        "value": value,
        "low": value - 1 if known else None,
        "high": value + 1 if known else None,
        "n": 400 if known else None,
        "n_open": 3 if known else None,
        "baseline": None,
        "target": i.target.value if i.target else None,
        "rule": i.target.rule if i.target else i.better,
        "due": str(i.target.due) if i.target else None,
        "verdict": verdict,
        "violations": None,
        "also": (),
        "title_zh": i.title_zh,
        "title_en": i.title_en,
        "clause": measure.clause,
        "reasons": () if known else (LACKS,),
    }
    return AssessRow(**told | more)


def found(*rows, **more):
    made = {"as_of": "2022-12-31", "notice": NOTICE.id, "queries": 3, "resolution": "second"}
    return Assessment(rows=rows, _notice=NOTICE, **made | more)
