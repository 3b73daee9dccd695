"""Several metrics in one question: sides, periods, what is left out, published points, pictures."""

from copy import copy

import polars as pl
import pytest

from clearance_metrics import (
    EventLog,
    Share,
    clock,
    list_clocks,
    load_notice,
    measure,
    published,
    stages,
)
from clearance_metrics.domain.vocabulary import Clock
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError, NothingToShow

DAY = "2022-03-31"
START = 1609459200  # 2021-01-01
BOTH = ["import_overall", "export_overall"]
ARRIVED = {"import": "conveyance_arrived", "export": "gate_in"}


def log_of(sides=("import", "export"), months=range(15), each=40, **more):
    """Cases a month of each side, released two to six hours after their arrival, one in four
    declared an hour before it; the last of each side is still open.
    """
    events, cases = [], []
    for side in sides:
        for month in months:
            for i in range(each):
                name, at = f"{side}-{month}-{i}", START + 86400 * (30 * month + i % 25)
                cases.append((name, side, "sea" if i else "air", "海港甲" if i % 2 else "海港乙"))
                events += [
                    (name, ARRIVED[side], at),
                    (name, "declared", at + (1800 if i % 4 else -3600)),
                ]
                if month < months[-1] or i:
                    events.append((name, "customs_released", at + 3600 * (2 + i % 5)))
    return EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(cases, schema=["case_id", "kind", "mode", "port"], orient="row"),
        timezone="UTC",
        **more,
    ).using(as_of=DAY)


@pytest.fixture(scope="module")
def log():
    return log_of()


@pytest.fixture(scope="module")
def imports():
    return log_of(("import",))


def by_end(*names):
    return {name: clock(name, dated_by="end") for name in names}


def test_each_metric_is_asked_by_itself_and_told_by_its_name(log):
    found = measure(log, BOTH, statistics=("median", "p90"))
    assert found.labels == tuple(BOTH) and found.statistics == ("median", "p90")
    for name in BOTH:
        alone = measure(log, name, statistics=("median", "p90"))
        assert [row.value for row in found.of(name)] == [row.value for row in alone]
        assert all(dict(row.groups)["clock"] == name for row in found.of(name))
    assert found.headline("zh").startswith("中位数：进口整体通关时间")
    # a name that the vocabulary lacks stands, the known ones are words
    told = measure(log, {"own": clock(BOTH[0]), "import_lead": clock(BOTH[1])}, statistics="n")
    assert [cells[1] for cells in told.table("zh").cells] == ["own", "进口提前申报的提前量"]


def test_the_cases_of_a_row_are_those_of_its_metric(log):
    found = measure(log, BOTH, statistics="median")
    for row in found.last().enough(1).wide():
        cases = found.wide().cases(row, limit=5)
        side = dict(row.groups)["clock"].partition("_")[0]
        assert len(cases) and all(case.case_id.startswith(side) for case in cases)


def test_a_side_that_the_log_lacks_is_left_out_and_told(imports):
    found = measure(imports, BOTH, statistics="median")
    assert found.labels == ("import_overall",)
    assert "出口整体通关时间未列：本数据集没有“运抵（进港）”" in found.beware("zh")
    assert "Left out: export, overall, as the log lacks" in found.beware("en")
    with pytest.raises(MissingColumn):
        measure(imports, ["export_overall", "export_port_release"])


def test_a_side_without_cases_is_told_too(log):
    early = measure(log, by_end(*BOTH), period="month", as_of="2020-12-31")
    assert not len(early) and "没有业务" in early.headline("zh")
    with pytest.raises(NothingToShow):
        early.chart()
    only = {
        "import_overall": clock("import_overall"),
        "none": clock("export_overall", where={"mode": "rail"}),
    }
    found = measure(log, only, period="year", statistics="n")
    assert found.labels == ("import_overall",) and "Left out: none (no cases)" in found.beware()


@pytest.mark.parametrize(
    ("n", "periods"),
    [(1, ["2022-Q1"]), (2, ["2021-Q4", "2022-Q1"]), (9, ["2021-Q1", "2022-Q1"])],
)
def test_the_last_periods_are_those_that_are_over(log, n, periods):
    found = measure(log, by_end(*BOTH), period="quarter", statistics="n").last(n)
    seen = sorted({row.period for row in found})
    assert (seen[:1] + seen[-1:])[-len(periods) or 9 :] == periods
    assert found.beware() == ""


def test_a_period_that_is_not_over_is_told(imports):
    found = measure(
        imports, "import_overall", period="year", statistics="n", between=("2022", None)
    )
    last = found.last()
    assert [row.period for row in last] == ["2022"]
    assert "2022 is not over" in last.beware() and "2022在截至日尚未结束" in last.beware("zh")
    cut = stages(imports, ("conveyance_arrived", "customs_released"), period="year")
    assert [row.period for row in cut.last()] == ["2021"] and cut.last().finished == cut.finished


def test_small_groups_are_left_out_and_counted(log):
    found = measure(log, BOTH, by="mode", statistics="median")
    kept = found.enough(100)
    assert {dict(row.groups)["mode"] for row in kept} == {"sea"}
    assert "2 groups of fewer than 100 cases are left out" in kept.beware()
    assert "不足100件的组不列（2组）" in kept.beware("zh")
    assert found.enough(1).beware() == found.beware()
    assert "1 group of" in found.of(BOTH[0]).enough(100).beware("en")


def test_a_wide_table_has_a_column_per_statistic_and_notes_below(log):
    found = measure(log, by_end(*BOTH), period="year", statistics=("mean", "median")).last().wide()
    shown = found.table("zh")
    assert shown.heads == ("时钟", "期间", "均值", "中位数", "n")
    first = shown.cells[0]
    assert first[0] == "进口整体通关时间\n运输工具进境（抵港）至海关放行" and "\n" in first[2]
    assert "（小时）" in shown.caption
    assert "中位数：Hyndman-Fan" in found.beware("zh")
    # with open cases a mean is refused: why stands small in its place
    open_ones = measure(log, BOTH, statistics=("mean", "median")).wide()
    assert open_ones.table().cells[0][1].startswith("–\nnot measurable")
    assert open_ones.table().heads[-1] == "open at as-of"


def test_published_figures_stand_beside_by_what_a_metric_is_called(log):
    found = measure(log, by_end(*BOTH), period="year", statistics="mean").last()
    shown = found.wide(beside=published("national_clearance")).table()
    assert "97.39 (2017)" in shown.cells[0] and "12.29 (2017)" in shown.cells[1]
    assert "published national figure" in shown.heads
    own = {"export_overall": [{"period": "2021", "value": 2.5}, {"period": "2020", "value": None}]}
    cells = found.wide(beside=own).table().cells
    assert cells[0][3] == "–" and cells[1][3] == "2.50 (2021)"
    alone = measure(log, clock("import_overall", dated_by="end"), statistics="mean")
    assert "97.39 (2017)" in alone.wide(published("national_clearance")).table().cells[0]
    assert found.wide(beside={}).table().heads == found.wide().table().heads
    for wrong in (5, {"import_overall": 97.39}, {"import_overall": [{"period": "2021"}]}):
        with pytest.raises(LogError, match="point"):
            found.wide(beside=wrong)


def test_months_are_lines_in_a_panel_per_metric_with_points_and_marks(log):
    found = measure(log, by_end(*BOTH), period="month", statistics=("mean", "median"))
    points = {
        "import_overall": [{"period": "2021-06", "value": 4.0}, {"period": "1999", "value": 9}]
    }
    figure = found.chart("en", beside=points, marks=load_notice())
    assert [axis.get_title(loc="left") for axis in figure.axes] == [
        "import, overall",
        "export, overall",
    ]
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["mean (95 % interval)", "median", "published national figure"]
    star = next(line for line in figure.axes[0].lines if line.get_marker() == "*")
    assert list(star.get_ydata()) == [4.0]
    assert any(text.get_text() == "notice issued" for text in figure.axes[1].texts)
    # a day outside of the months is not drawn
    early = found.chart("en", marks={load_notice().issued.replace(year=2019): "early"})
    assert not any(text.get_text() == "early" for text in early.axes[0].texts)
    assert "Hyndman-Fan" in figure.note and figure.note in str(figure._repr_mimebundle_())


def test_points_are_drawn_beside_a_single_metric(log):
    months = measure(
        log, clock("import_overall", dated_by="end"), period="month", statistics="mean"
    )
    figure = months.chart(beside=published("national_clearance"))
    assert any(line.get_marker() == "*" for line in figure.axes[0].lines)


def test_groups_are_dots_and_shares_percent(log):
    figure = measure(log, BOTH, by="port", statistics="median").chart("zh")
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert sorted(names) == ["海港乙", "海港甲"] and figure.axes[0].get_xlabel() == "小时"
    advance = {
        f"{side}_advance": Share({"declared": {"before": there}}, of={"kind": side})
        for side, there in ARRIVED.items()
    }
    shares = measure(log, advance)
    assert "imports declared in advance 25.0%" in shares.headline("en")
    dots = measure(log, advance, by="mode").chart("en")
    assert dots.axes[0].get_xlabel() == "%" and "100.00" in dots.axes[0].texts[-1].get_text() + (
        dots.axes[0].texts[0].get_text()
    )


def test_what_does_not_fit_one_picture_is_refused(log):
    months = measure(log, by_end(*BOTH), period="month", statistics="mean")
    step = (load_notice().issued, load_notice().issued, 5.0, "5")
    with pytest.raises(LogError, match="one statistic of one metric"):
        months.chart(targets=[step])
    assert months.of("import_overall").chart(targets=[step]).axes
    share = Share({"mode": "sea"}, of={"kind": "import"})
    mixed = measure(log, {"hours": clock("import_overall"), "sea": share})
    with pytest.raises(LogError, match="different units"):
        mixed.chart()


def test_indicators_of_a_notice_are_asked_as_they_are(log):
    notice = load_notice().suited(log)
    found = measure(log, notice.on("clearance", "advance"), period="quarter", statistics="share")
    assert found.headline("zh").startswith("进口提前申报占比：由2021年第1季度的25.0%")
    assert "第4季度" not in found.headline("en")
    with pytest.raises(NothingToShow):
        measure(log, [])


def test_the_clocks_that_a_log_carries_and_those_of_its_own(log):
    carried = list_clocks(log).carried()
    assert [row.name for row in carried] == [
        "import_customs_only",
        "import_overall",
        "export_customs_only",
        "export_overall",
    ]
    assert not len(list_clocks(log).own())
    wait = Clock("wait", "declared", "customs_released", zh="等待")
    brought = copy(log.using(lang="zh"))
    object.__setattr__(brought, "vocabulary", log.vocabulary.extended(clocks=[wait]))
    assert [row.name for row in list_clocks(brought).own()] == ["wait"]
    told = measure(brought, list_clocks(brought).own(), statistics="median")
    assert (
        told.headline("zh").startswith("等待，中位数")
        and told.wide().table("zh").heads[0] == "时钟"
    )
    found = measure(log, carried, statistics="median")
    assert found.labels == tuple(row.name for row in carried)
    assert measure(log, carried[1], statistics="median")[0].value == found[1].value
    for ask in (list_clocks().carried, list_clocks().own):
        with pytest.raises(LogError, match="no log was asked"):
            ask()


def test_many_metrics_are_counted_in_the_finding(log):
    many = {f"m{i}": clock("import_overall") for i in range(9)}
    assert measure(log, many, statistics="n").headline("zh").startswith("共9项（m0；m1等）")
