"""A small log's numbers are those written down, to the last digit: a difference is a change,
wanted or not.
"""

from pathlib import Path

import pytest

from net.small import small
from net.store import differences, load

HERE = Path(__file__).resolve().parent
RENEW = "if the change is wanted: python -m net small tests/net.json"


@pytest.fixture(scope="module")
def both() -> tuple[dict, dict]:
    pytest.importorskip(
        "statsmodels", reason="statsmodels is not installed: models of series cannot be fitted"
    )
    return load(HERE / "net.json")["numbers"], small().numbers


def test_no_number_changed(both):
    found = differences(*both)
    assert not found, "\n".join([f"{len(found)} numbers differ; {RENEW}", *found[:20]])


def test_no_number_came_or_went(both):
    old, new = both
    gone, come = sorted(set(old) - set(new)), sorted(set(new) - set(old))
    assert not gone and not come, f"gone: {gone[:20]}; new: {come[:20]}; {RENEW}"


def test_the_net_would_notice(both):
    numbers = both[0]
    assert len(numbers) > 1000 and sum(v is not None for v in numbers.values()) > len(numbers) / 2
    key = next(k for k, v in numbers.items() if isinstance(v, float))
    assert differences(numbers, numbers | {key: numbers[key] * (1 + 1e-15) + 1e-15}) != []
