"""Duty deferred and problems of firms, as a notice spells them out and as an old log lacks them."""

import tomllib
from importlib.resources import files

import polars as pl
import pytest

from clearance_metrics import Deferral, EventLog, assess, load_notice
from clearance_metrics.errors import NoticeError
from clearance_metrics.notice.loader import notice_from

NOTICE = load_notice()
TEXT = files("clearance_metrics.notice").joinpath("cn-2021-85.toml").read_text(encoding="utf-8")


def changed(indicator, **changes):
    """The notice's tables with other keys of one indicator."""
    data = tomllib.loads(TEXT)
    for measure in data["measure"]:
        for row in measure["indicator"]:
            if row["id"] == indicator:
                row.update(changes)
    return data


def test_the_notice_spells_a_deferral_out():
    metric = NOTICE.indicator("duty_deferred").metric
    guaranteed = {"kind": "import", "guaranteed": {"present": True}}
    assert metric == Deferral("duty", "customs_released", "duty_paid", where=guaranteed)


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"statistic": "within:5"}, "does not suit a deferral"),
        ({"needs": ["customs_released", "duty_paid", "guaranteed", "kind"]}, "duty"),
        ({"metric": {"type": "deferral", "amount": "duty"}}, "start"),
        ({"metric": {"type": "deferral", "amount": "dutty", "start": "customs_released",
          "stop": "duty_paid", "where": {"kind": "import"}}}, "dutty"),
    ],
)  # fmt: skip
def test_a_deferral_that_is_none_is_named(changes, told):
    with pytest.raises(NoticeError, match=told):
        notice_from(changed("duty_deferred", **changes), "cn.toml")


def test_charges_per_value_are_a_metric_of_a_notice():
    metric = {"type": "fee", "per": "value", "items": [], "against": "none"}
    metric["where"] = {"kind": ["import", "export"]}
    more = {"needs": ["goods_value", "kind"], "statistic": "ratio_of_sums", "also": ["mean"]}
    data = changed("charges_per_teu", metric=metric, role="row", **more)
    for row in (r for m in data["measure"] for r in m["indicator"]):
        if row["id"] == "charges_per_teu":
            del row["short_zh"], row["short_en"]
    found = notice_from(data, "cn.toml")
    assert found.indicator("charges_per_teu").metric.per == "value"


def test_an_old_log_says_what_it_lacks():
    events = pl.DataFrame(
        {
            "case_id": ["a"] * 3,
            "milestone": ["customs_released", "duty_paid", "guaranteed"],
            "time": [0, 90000, 0],
        }
    )
    log = EventLog(events, pl.DataFrame({"case_id": ["a"], "kind": ["import"]}))
    rows = {r.indicator: r for r in assess(log, as_of="2022-12-31")}
    assert (
        rows["duty_deferred"].verdict.value == "no data" and "(duty)" in rows["duty_deferred"].note
    )
    for name in ("tickets_online", "ticket_answer", "ticket_close"):
        assert rows[name].verdict.value == "no data" and "the log lacks" in rows[name].note
    assert rows["problem_desks"].verdict.value == "not measurable from logs"
