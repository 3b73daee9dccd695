"""survival(): steps with numbers at risk, thinned for the eye, and their picture."""

from dataclasses import replace

import polars as pl
import pytest

from clearance_metrics import Duration, EventLog, compare_survival, measure, survival
from clearance_metrics.errors import LogError

ENDS = ("declared", "customs_released")
CLOCK = Duration(*ENDS)
DAY = "1970-03-31"


def log_of(minutes, still=(), port=None, start=0):
    ids = [str(i) for i in range(len(minutes) + len(still))]
    starts = [start + 60 * (i % 7) for i in range(len(minutes))] + list(still)
    events = pl.DataFrame(
        {
            "case_id": ids + ids[: len(minutes)],
            "milestone": [ENDS[0]] * len(ids) + [ENDS[1]] * len(minutes),
            "time": starts + [s + 60 * m for s, m in zip(starts, minutes, strict=False)],
        }
    )
    ports = {
        "case_id": ids,
        "port": port or ["上海", "宁波"] * (len(ids) // 2) + ["上海"] * (len(ids) % 2),
    }
    return EventLog(events, pl.DataFrame(ports))


@pytest.fixture(scope="module")
def log():
    """A thousand cases of 1 to 1000 minutes, and twelve that are open."""
    return log_of(list(range(1, 1001)), still=[86400 * 89 - 600 * i for i in range(12)])


def test_every_step_is_what_measure_says_of_its_time(log):
    found = survival(log, CLOCK, as_of=DAY, points=None)
    told = {r.statistic: r for r in measure(log, CLOCK, as_of=DAY, statistics="survival")}
    assert len(found) == len(told) + 1 == found.steps + 1
    assert (found[0].time, found[0].value, found[0].at_risk) == (0.0, 1.0, 1012)
    for row in found.rows[1:]:
        other = told[f"survival:{row.time:g}"]
        assert (row.value, row.low, row.high) == (other.value, other.low, other.high)


def test_those_at_risk_are_counted_just_before_each_time(log):
    found = survival(log, CLOCK, as_of=DAY, points=None)
    assert [row.at_risk for row in found.rows[1:4]] == [1012, 1011, 1010]
    # a third of an hour is no whole number of anything, but whole seconds
    (row,) = survival(log, CLOCK, as_of=DAY, times=(20 / 60,))
    assert row.at_risk == 1012 - 19


def test_a_thinned_curve_keeps_its_ends_and_falls_by_a_hundredth(log):
    found = survival(log, CLOCK, as_of=DAY, points=50)
    whole = survival(log, CLOCK, as_of=DAY, points=None)
    assert 45 <= len(found) <= 110
    assert (found[0], found[-1]) == (whole[0], whole[-1])
    kept = {row.time: row for row in whole}
    assert all(kept[row.time] == row for row in found)
    falls = [a.value - b.value for a, b in zip(found, found.rows[1:], strict=False)]
    assert max(falls) < 2 / 50


def test_times_are_answered_as_asked(log):
    found = survival(log, CLOCK, by="port", as_of=DAY, times=(12, 4, 4))
    assert [(row.port, row.time) for row in found] == [
        (port, time) for port in ("上海", "宁波") for time in (4.0, 12.0)
    ]
    frame = found.to_pandas()
    assert {"port", "time", "at_risk", "value", "low", "high"} <= set(frame.columns)
    assert "at risk" in str(found) and "%" in str(found)


def test_its_picture_counts_those_at_risk_below_the_axis(log):
    found = survival(log, CLOCK, by="port", as_of=DAY)
    for lang, word in (("zh", "在观察中"), ("en", "at risk")):
        figure = found.chart(lang)
        (axis,) = figure.axes
        texts = [text.get_text() for text in axis.texts]
        assert texts[0] == word and "上海" in texts and "506" in texts
        assert [line.get_label() for line in axis.lines] == ["上海", "宁波"]
        assert axis.lines[0].get_color() == "#0b5fa5", (
            "the style's own colour, wherever it is drawn"
        )


def test_the_headline_names_medians(log):
    found = survival(log, CLOCK, by="port", as_of=DAY)
    assert found.headline().startswith(
        "Median of declaration accepted to released by customs: 上海 8."
    )
    assert "的中位数：上海8." in found.headline("zh")
    early = survival(log_of([600] * 4, still=[0] * 9), CLOCK, as_of="1970-01-02")
    assert "all cases: beyond the last observation" in early.headline()


def test_what_cannot_be_asked_is_told(log):
    for asked in (
        {"metric": replace(CLOCK, dated_by="end")},
        {"points": 0},
        {"times": ()},
        {"times": ("x",)},
        {"times": float("nan")},
        {"by": "time"},
    ):
        with pytest.raises(LogError):
            survival(log, asked.pop("metric", CLOCK), as_of=DAY, **asked)


def test_groups_compared_have_tables_a_picture_and_a_sentence(log):
    found = compare_survival(log, CLOCK, by="port", as_of=DAY)
    assert found.sides.to_polars()["group"].to_list() == ["上海", "宁波"]
    assert found.sides[0].n == 506 and found.to_dict()["sides"][0]["n"] == 506
    assert "chi-square" in str(found) and "上海" in str(found)
    assert found._repr_html_().count("<table>") == 2
    assert len(found.chart("zh").axes[0].lines) == 2
    assert "上海 less 宁波" in found.headline() and "上海减宁波" in found.headline("zh")
    alone = compare_survival(log_of([1, 2], port=["x", "x"]), CLOCK, by="port", as_of=DAY)
    assert "no difference can be told: fewer than two groups" in alone.headline()


def test_a_table_of_a_curve_is_short_and_says_what_lies_before_the_start():
    hours = list(range(-3, 120))
    found = survival(log_of(hours), replace(CLOCK, signed=True), as_of=DAY)
    table = found.table("en")
    assert len(table.cells) == 12 and "12 steps" in table.below[0]
    assert "after … hours" in table.heads and "not yet ended" in table.heads[1]
    assert "3 cases ended before they started" in found.beware("en")
    assert "3件止点早于起点" in found.beware("zh")
    asked = survival(log_of(hours), CLOCK, as_of=DAY, times=range(20))
    assert len(asked.table("en").cells) == 20 and not asked.table("en").below
    assert "ended before they started" not in asked.beware("en")
