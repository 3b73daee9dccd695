"""What indicators count, in sentences: of each notice that ships, in each language."""

from __future__ import annotations

import pytest

from clearance_metrics import load_notice
from clearance_metrics.notice.loader import shipped
from clearance_metrics.results.definitions import definition_of
from clearance_metrics.results.words import LANGUAGES, term


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", shipped())
def test_each_indicator_of_each_notice_is_defined_in_words(name, lang):
    for indicator in load_notice(name).indicators:
        told = definition_of(indicator, lang, term)
        assert bool(told) == (indicator.metric is not None), indicator.id
        assert "_" not in told and "{" not in told, (indicator.id, told)


def test_minutes_that_are_hours_are_said_as_hours():
    told = definition_of(load_notice("rcep-tfa").indicator("rcep_48_hours"), "en", term)
    assert "within 48 hours of" in told and "2880" not in told


def test_an_amount_over_days_names_both_ends():
    told = definition_of(load_notice().indicator("duty_deferred"), "en", term)
    assert told.startswith("Duties and taxes assessed times the calendar days from “released by")


def test_where_a_charge_was_made_is_no_number_and_a_share_of_lines_is_a_share():
    washing = next(i for i in load_notice().indicators if "港外堆场洗箱" in i.title_zh)
    assert "收费地点为港外堆场" in definition_of(washing, "zh", term)
    again = next(i for i in load_notice().indicators if "疑似重复收费的收费行占比" in i.title_zh)
    assert definition_of(again, "zh", term).endswith("统计量：占比")
