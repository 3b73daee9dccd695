"""What is asked in the wrong words or types is refused in words."""

import pytest
from log_cases import log_of

from clearance_metrics.bridging import bridge
from clearance_metrics.contrasting import contrast
from clearance_metrics.errors import LogError
from clearance_metrics.measuring import measure
from clearance_metrics.metrics import Duration
from clearance_metrics.results import MeasureRow

CLOCK = Duration("declared", "customs_released")
AS_OF = "2021-05-31"


@pytest.mark.parametrize("name", list(MeasureRow.__dataclass_fields__))
def test_a_group_column_named_like_a_field_is_refused(name):
    log = log_of([{"declared": 0, "customs_released": 5}] * 4, {name: ["a", "b"] * 2})
    with pytest.raises(LogError, match=f"my_{name}"):
        measure(log, CLOCK, as_of=AS_OF, by=name)
