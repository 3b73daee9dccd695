"""A metric but for some of its parts."""

import pytest

from clearance_metrics import Duration, Share
from clearance_metrics.errors import LogError


def test_a_variant_is_named_for_what_it_is():
    limited = Duration(
        "refund_accepted",
        "refund_approved",
        unit="working_days",
        allowance=("refund_class", {"1": 5}),
        name="my own",
        label="mine",
    )
    whole = limited.but(allowance=None, dated_by="end")
    assert whole == Duration(
        "refund_accepted", "refund_approved", unit="working_days", dated_by="end"
    )
    assert limited.but(dated_by="end", name="other").name == "other"
    assert limited.but() != limited and limited.allowance  # its own name is gone, no more
    share = Share(condition={"medium": "electronic"}, dated_by="filed")
    assert share.but(dated_by="declared").dated_by == "declared"


def test_a_part_that_a_metric_lacks_is_told():
    with pytest.raises(LogError, match="write 'dated_by' instead of 'dated'"):
        Duration("declared", "customs_released").but(dated="end")
    with pytest.raises(LogError, match="dated_by='never' is not known"):
        Duration("declared", "customs_released").but(dated_by="never")
