"""A log that has a flag for normal refunds is measured as one that has the query itself."""

import polars as pl
import pytest

from clearance_metrics.assessment.assess import assess
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import NoticeError
from clearance_metrics.notice import load_notice
from clearance_metrics.notice.loader import notice_from

DAY = 86400
START = 1667232000  # 2022-11-01


def logs():
    """One set of refunds, told with the query and with the flag."""
    events, cases = [], []
    for i in range(60):
        accepted, queried = START + i * DAY, i % 4 == 0
        took = (12 if queried else 3 + i % 3) * DAY
        events += [("accepted", i, accepted), ("approved", i, accepted + took)]
        events += [("query_raised", i, accepted + 3600)] if queried else []
        cases.append({"case_id": str(i), "kind": "refund", "normal": not queried})
    rows = [{"case_id": str(i), "milestone": f"refund_{m}", "time": t} for m, i, t in events]
    queries, cases = pl.DataFrame(rows), pl.DataFrame(cases)
    plain = queries.filter(pl.col("milestone") != "refund_query_raised")
    return (
        EventLog(queries, cases.drop("normal"), timezone="Asia/Shanghai"),
        EventLog(plain, cases, timezone="Asia/Shanghai"),
        EventLog(queries, cases, timezone="Asia/Shanghai"),
    )


def told(log):
    rows = assess(log, as_of="2022-12-31")
    return {r.indicator: (r.value, r.n, r.verdict) for r in rows if r.measure == 5}


def test_the_flag_gives_the_same_figures_as_the_query():
    by_query, by_flag, both = map(told, logs())
    assert by_query["refund_mean_2022"][0] is not None
    for indicator in ("refund_mean_2021", "refund_mean_2022", "refund_dropped_share"):
        assert by_flag[indicator] == by_query[indicator] == both[indicator], indicator
    # how long queries were open is not told by a flag
    assert by_flag["refund_mean_2022_net"][0] is None


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"column": "port", "absent": "declared"}, "column = 'port' is not known"),
        ({"column": "normal", "absent": "query"}, "absent = 'query' is not known"),
        ({"column": "normal"}, "key 'absent' is missing"),
    ],
)
def test_a_flag_of_a_notice_is_a_truth_value_and_stands_for_a_milestone(row, says):
    import tomllib
    from importlib.resources import files

    text = files("clearance_metrics.notice").joinpath("cn-2021-85.toml").read_text("utf-8")
    data = tomllib.loads(text) | {"flag": [row]}
    with pytest.raises(NoticeError, match=says):
        notice_from(data, "x.toml")
    assert notice_from(data | {"flag": []}, "x.toml").flags == ()
    assert load_notice().flags[0].column == "normal"
