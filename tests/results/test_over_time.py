"""Groups over time: lines or small pictures on one scale, and what does not fit."""

from datetime import date

import pytest

from clearance_metrics.errors import LogError, NothingToShow
from clearance_metrics.results.measures import MeasureRow, Measures
from clearance_metrics.statistics.reasons import Reason

MONTHS = [f"2021-{m:02}" for m in range(1, 13)]


def answer(groups, labels=("",), periods=MONTHS, statistics=("mean",), **more):
    """Values that grow by group, month and statistic, each with an interval."""
    rows = [
        MeasureRow(
            metric="declared..customs_released [hours per case]",
            statistic=statistic,
            groups=((("clock", label),) if label else ()) + (("port", f"港{g}"),),
            period=period,
            value=float(value := 10 * k + 5 * g + 2 * s + i + 1),
            low=value - 1.0,
            high=value + 1.0,
            n=100,
            n_open=0,
            unit="hours",
        )
        for k, label in enumerate(labels)
        for g in range(groups)
        for i, period in enumerate(periods)
        for s, statistic in enumerate(statistics)
    ]
    return Measures(rows=tuple(rows), as_of="2022-12-31", unit="hours")._with(**more)


def texts(axis):
    return [text.get_text() for text in axis.texts]


def test_a_few_groups_are_lines_with_their_names_at_the_ends():
    figure = answer(3, statistics=("mean", "median")).chart(marks={date(2021, 6, 1): "day"})
    (axis,) = figure.axes
    ends = [line for line in axis.lines if len(line.get_xdata()) == len(MONTHS)]
    assert len(ends) == 3, "one statistic, the first"
    assert {"港0", "港1", "港2", "day"} <= {*texts(axis)} and axis.get_ylabel() == "mean (hours)"
    assert figure.get_figheight() < 6 and axis.get_ylim()[0] == 0


def test_names_of_near_lines_stand_apart():
    near = answer(4)
    rows = [row for row in near.rows if row.groups[0][1] == "港0"]
    same = tuple(
        MeasureRow(**{**vars(row), "groups": (("port", f"港{g}"),)})
        for g in range(4)
        for row in rows
    )
    (axis,) = near._with(rows=same).chart().axes
    ys = sorted(text.xyann[1] for text in axis.texts)
    assert all(after - before >= 10 for before, after in zip(ys, ys[1:], strict=False))


@pytest.mark.parametrize("groups", [5, 7, 12])
def test_more_groups_have_a_small_picture_each_on_one_scale(groups):
    figure = answer(groups).chart("zh", marks={date(2021, 6, 1): "印发"})
    assert [axis.get_title(loc="left") for axis in figure.axes] == [f"港{g}" for g in range(groups)]
    assert len({axis.get_ylim() for axis in figure.axes}) == 1
    assert all(len(axis.collections) == 1 for axis in figure.axes), "one interval each"
    assert figure.get_figheight() < 8


def test_what_does_not_fit_says_how_to_narrow():
    with pytest.raises(NothingToShow, match="13 groups over time .*\n.*\n.*where="):
        answer(13).chart()
    with pytest.raises(NothingToShow, match="5 groups over time do not fit one picture of 2 metri"):
        answer(5, labels=("a", "b")).chart()
    with pytest.raises(NothingToShow, match="61 groups do not fit .*\n.*\n.*enough"):
        answer(61, periods=[None]).chart()
    with pytest.raises(LogError, match="targets stand beside"):
        answer(2).chart(targets=[(date(2021, 1, 1), date(2021, 12, 31), 3.0, "")])


def test_panels_of_one_unit_have_one_scale():
    for found in (
        answer(2, labels=("a", "b")),
        answer(1, labels=("a", "b")),
        answer(1, labels=("a", "b"), statistics=("mean", "median")),
    ):
        first, second = found.chart().axes
        assert first.get_ylim() == second.get_ylim() and first.get_ylabel()
    first, second = answer(2, labels=("a", "b"), periods=[None]).chart().axes
    assert first.get_xlim() == second.get_xlim()


def test_many_periods_across_are_drawn_over_time_and_few_are_not():
    figure = answer(2).across().chart()
    assert [len(line.get_xdata()) for line in figure.axes[0].lines] == [12, 12]
    labels = answer(2, periods=MONTHS[:2]).across().chart().axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["港1", "港0"]


def test_published_points_stand_beside_groups():
    points = {"a": [{"period": "2021-03", "value": 9.0}, {"period": "2019-03", "value": 50.0}]}
    first, second = answer(2, labels=("a", "b")).chart(beside=points).axes
    stars = [[line.get_marker() for line in axis.lines].count("*") for axis in (first, second)]
    assert stars == [1, 0]


def test_the_finding_over_time_is_of_the_last_period_that_is_over():
    found = answer(7)
    assert "2021-12: highest 港6 with 42.00 hours, lowest 港0 with 12.00 hours, of 7" in (
        found.headline()
    )
    running = found._with(as_of="2021-12-15")
    assert "2021-11: highest" in running.headline()
    assert "2021年12月最高港6" in found.headline("zh")


def test_limits_in_legends_are_words_with_two_decimals():
    found = answer(1, statistics=("restricted_mean:236.16666666666666", "median"))
    told = [text.get_text() for text in found.chart().axes[0].get_legend().get_texts()]
    assert told == ["mean restricted to 236.17 hours (95 % interval)", "median"]
    assert "236.17 hours" in found.headline() and "236.166" not in str(found) + found.headline()


def test_of_takes_what_a_group_is_called_and_says_what_there_is():
    found = answer(3)
    assert {row.port for row in found.of("港1")} == {"港1"} and len(found.of("港1")) == 12
    assert found._with(_named="import_overall").of("import_overall").rows == found.rows
    with pytest.raises(NothingToShow, match="no metric or group '港9'(.|\n)*known: 港0, 港1, 港2"):
        found.of("港9")
    several = answer(2, labels=("import_overall", "export_overall"))
    assert several.of("import_overall").labels == ("import_overall",)
    assert several.of("import, overall").labels == ("import_overall",)
    assert {row.port for row in several.of("港0")} == {"港0"} and len(several.of("港0")) == 24


def test_what_exceeds_an_allowance_is_said_of_that_metric_alone():
    found = answer(1, labels=("a", "b"), periods=[None])
    why = Reason("beyond_allowance", column="class")
    rows = [
        MeasureRow(**{**vars(row), "reasons": (why,) if row.label == "b" else ()}) for row in found
    ]
    mixed = found._with(rows=tuple(rows))
    told = [cells[0] for cells in mixed.table("en").cells]
    assert told[0] == "mean" and "excess" in told[1]
    assert not mixed.excess and mixed.of("b").excess
    assert mixed.table("en").heads[1] == "metric", "they are no clocks"


def test_a_target_stands_beside_its_statistic():
    found = answer(1, labels=("a", "b"), periods=[None], statistics=("mean", "median"))
    aimed = found._with(_targets={"a": ("mean", 6.0, Reason("figure.by", day="2022-12-31"))})
    shown = aimed.table("en")
    place = shown.heads.index("target")
    assert [cells[place] for cells in shown.cells] == ["6 by 2022-12-31", "–", "–", "–"]
    assert "target" in aimed.wide().table("en").heads
    assert "6（期限2022-12-31）" in str(aimed.wide().table("zh"))
    assert "target" not in found.table("en").heads + found.wide().table("en").heads


def test_a_share_beyond_an_allowance_is_no_excess():
    found = answer(1, labels=("b",), periods=[None])
    why = Reason("beyond_allowance", column="class")
    rows = [MeasureRow(**{**vars(row), "reasons": (why,), "unit": "share"}) for row in found]
    told = found._with(rows=tuple(rows)).wide().beware("en")
    assert "hares are of cases beyond the allowance" in told and "exceeds" not in told
