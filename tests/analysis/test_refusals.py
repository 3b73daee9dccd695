"""What is asked in the wrong words or types is refused in words."""

import pytest
from support.logs import log_of

from clearance_metrics.analysis.bridge import bridge
from clearance_metrics.analysis.measure import measure
from clearance_metrics.domain.metrics import Duration
from clearance_metrics.errors import LogError
from clearance_metrics.results.measures import MeasureRow

CLOCK = Duration("declared", "customs_released")
AS_OF = "2021-05-31"


@pytest.mark.parametrize("name", list(MeasureRow.__dataclass_fields__))
def test_a_group_column_named_like_a_field_is_refused(name):
    log = log_of([{"declared": 0, "customs_released": 5}] * 4, {name: ["a", "b"] * 2})
    with pytest.raises(LogError, match=f"my_{name}"):
        measure(log, CLOCK, as_of=AS_OF, by=name)


LOG = log_of([{"declared": 0, "customs_released": 5}] * 4, {"port": ["a", "b"] * 2})
MONTHS = {"before": "2021-04", "after": "2021-05", "as_of": AS_OF, "by": "port"}


@pytest.mark.parametrize("statistics", [(None,), (5,), 5, ("mean", 5), True])
def test_statistics_are_names(statistics):
    with pytest.raises(LogError, match="statistic"):
        measure(LOG, CLOCK, as_of=AS_OF, statistics=statistics)


@pytest.mark.parametrize("draws", [0, 1, 99, -5, "400", True, 200.0])
def test_a_bridge_needs_draws(draws):
    with pytest.raises(LogError, match="draws="):
        bridge(LOG, CLOCK, **MONTHS, draws=draws)


@pytest.mark.parametrize(
    "options", [{"by": "port"}, {"period": "month"}, {"by": "port", "period": "month"}]
)
def test_measures_without_cases_say_so(options):
    found = measure(LOG, CLOCK, as_of="2021-01-01", **options)
    assert (
        not len(found) and str(found) == "no cases" and repr(found) == "no cases, as of 2021-01-01"
    )
    assert "No cases" in found._repr_html_() and "<table" not in found._repr_html_()
    assert "no cases" not in str(measure(LOG, CLOCK, as_of=AS_OF, **options))
