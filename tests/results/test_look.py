"""The look of charts: Chinese labels are signs, and nobody's settings are changed unasked."""

import io
import subprocess
import sys
import warnings

import matplotlib
import pytest
from matplotlib import pyplot

from clearance_metrics import style
from clearance_metrics.results.charts.canvas import to_svg
from clearance_metrics.results.charts.groups import dots

ROWS = [{"label": "上海", "value": 2.0, "low": 1.0, "high": 3.0, "n": 9}]
WORDS = {"title": "标题", "source": "来源", "unit": "小时"}


@pytest.fixture(autouse=True)
def _as_it_was():
    matplotlib.use("agg")
    before = dict(matplotlib.rcParams)
    yield
    pyplot.close("all")
    assert dict(matplotlib.rcParams) == before


def drawn(figure):
    """The figure as pixels; a sign that no font has is a warning of matplotlib's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(out := io.BytesIO(), format="png")
    return out.getvalue()


def test_a_chart_of_ones_own_has_signs_also_once_the_block_is_left():
    with style():
        figure, axis = pyplot.subplots()
        axis.bar(["上海", "宁波"], [1, 2], label="平均")
        axis.plot([0, 1], [1, 2], label="线")
        axis.set_title("整体通关时间")
        axis.legend()
    assert axis.get_xticklabels()[0].get_fontname() == "Noto Sans SC"
    assert drawn(figure)
    assert axis.lines[0].get_color() != "C0"


def test_without_it_signs_are_boxes_which_the_test_would_notice():
    figure, axis = pyplot.subplots()
    axis.set_title("整体")
    with pytest.raises(UserWarning, match="[Gg]lyph"):
        drawn(figure)


def test_what_is_added_to_a_chart_of_ours_has_its_look():
    figure = dots({"均值": ROWS}, **WORDS)
    (axis,) = figure.axes
    axis.annotate("新措施", (1, 0))
    axis.text(0.5, 0, "说明")
    axis.set_xticks([0, 1], ["零", "一"])
    axis.plot([0, 1], [0, 0], label="线")
    axis.legend(title="图例")
    axis.set_xlabel("工作日")
    figure.suptitle("另一标题")
    figure.add_subplot(339).set_title("小图")
    assert drawn(figure) and to_svg(figure)


def test_figures_that_were_open_before_are_left_alone():
    first, axis = pyplot.subplots()
    axis.plot([0, 1], [0, 1], color="C0")
    with style():
        second, _ = pyplot.subplots()
    assert axis.lines[0].get_color() == "C0"
    assert pyplot.gcf() is second and pyplot.get_fignums() == [1, 2]
    assert first.axes


def test_for_good_only_where_it_is_asked_for():
    before = dict(matplotlib.rcParams)
    try:
        style(stay=True)
        assert matplotlib.rcParams["font.family"] == ["Noto Sans SC"]
        figure, axis = pyplot.subplots()
        axis.set_title("标题")
        assert drawn(figure)
    finally:
        dict.update(matplotlib.rcParams, before)


def test_importing_the_charts_changes_no_setting():
    code = (
        "import matplotlib; before = dict(matplotlib.rcParams)\n"
        "import clearance_metrics.results.charts.months, clearance_metrics as cm; cm.style\n"
        "assert dict(matplotlib.rcParams) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
