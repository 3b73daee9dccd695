"""The indicators of a notice as a list to choose from."""

import pytest

from clearance_metrics import list_indicators, load_notice
from clearance_metrics.errors import NoticeError


def test_every_indicator_stands_there_with_where_it_is_shown():
    notice = load_notice()
    found = list_indicators(notice)
    assert [row.id for row in found] == [i.id for i in notice.indicators]
    assert {(r.page, r.role) for r in found} == {(i.page, i.role) for i in notice.indicators}
    assert notice.number in found.headline("en") and "27 measures" in found.headline("en")
    assert "27项措施" in found.headline("zh")
    assert all(notice.indicator(row.id).measure == row.measure for row in found)
    assert [r.to_dict() for r in list_indicators("cn-2021-85")] == [r.to_dict() for r in found]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_shows_itself(lang):
    found = list_indicators().on("refunds")
    table = found.table(lang)
    assert len(table.cells) == len(load_notice().on("refunds")) and len(table.heads) == 6
    assert "<table>" in found._repr_html_() and all(all(cells) for cells in table.cells)
    assert "refund_mean_2022" in str(table)
    targets = {row[1]: row[-1] for row in table.cells}
    said = {"en": "at most 6 working days by 2022-12-31", "zh": "不超过6个工作日，期限2022-12-31"}
    assert targets["refund_mean_2022"] == said[lang]
    none = {"en": "none from 2016-09-01 on", "zh": "2016-09-01起应为零"}
    assert targets["refund_class_limits"] == none[lang]


def test_a_page_or_a_notice_that_is_not_there_is_told():
    with pytest.raises(NoticeError, match="no page 'refund'"):
        list_indicators().on("refund")
    with pytest.raises(NoticeError):
        list_indicators("cn-1921-85")


def test_a_notice_says_in_a_line_what_it_is():
    said = repr(load_notice())
    assert said.startswith("<Notice cn-2021-85: ") and "27 measures" in said
    assert "list_indicators" in said and len(said) < 300
