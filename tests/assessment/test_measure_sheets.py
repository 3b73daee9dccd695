"""A sheet per measure: what it holds, what it is chosen by, its months, and all of it as tables."""

import polars as pl
import pytest

from clearance_metrics import EventLog, assess, load_notice, measure_sheets, violations
from clearance_metrics.assessment.measure_sheets import months_of
from clearance_metrics.results.block import Block
from clearance_metrics.results.definitions import definition_of
from clearance_metrics.results.display import Display
from clearance_metrics.results.fold import Fold
from clearance_metrics.results.words import term


@pytest.fixture(scope="module")
def log(small):
    return EventLog.open(small / "out").using(lang="zh")


@pytest.fixture(scope="module")
def card(log):
    return assess(log)


@pytest.fixture(scope="module")
def sheets(log, card):
    return measure_sheets(log, card)


def folds_of(sheets):
    return {fold.anchor: fold for fold in sheets.parts[-1].folds}


def test_every_measure_has_a_sheet_open_where_something_is_bad(sheets, card):
    folds = folds_of(sheets)
    assert list(folds) == [f"m{n}" for n in range(1, 28)]
    bad = {"not met", "worse", "violations"}
    for no in range(1, 28):
        own = [r for r in card.rows if r.measure == no and not r.companion_of]
        fold = folds[f"m{no}"]
        assert fold.opened is any(row.verdict.value in bad for row in own)
        table = fold.parts[0]
        place = table.heads.index("判断")
        told = [row[place] for row in table.cells]
        assert len(told) == sum(row.measure == no for row in card.rows)
        assert all("\n" not in text and len(text) < 16 for text in told)


def test_what_folds_are_chosen_by_is_what_they_hold(sheets):
    part, *_, port, mode = sheets.parts[-1].filters
    assert len(part.choices) == 5
    for one in (port, mode):
        for fold in sheets.parts[-1].folds:
            rows = [
                value
                for held in fold.parts
                if isinstance(held, Fold) and held.facet == one.name
                for value in held.parts[0].facets[one.name]
            ]
            assert set(rows) == set(fold.facets[one.name]) <= set(one.choices)


def test_months_are_plain_means_of_the_cases_released_in_them(log, card, small):
    """Of this clock a case may be released before it arrives: such cases count too."""
    events = pl.read_parquet(small / "out" / "events.parquet")
    cases = pl.read_parquet(small / "out" / "cases.parquet")
    first = events.group_by("case_id", "milestone").agg(pl.col("time").min())
    ends = [
        first.filter(pl.col("milestone") == name).select("case_id", pl.col("time").alias(name))
        for name in ("conveyance_arrived", "customs_released")
    ]
    told = cases.filter(pl.col("kind") == "import").join(ends[0], on="case_id")
    told = told.join(ends[1], on="case_id").with_columns(
        hours=(pl.col("customs_released") - pl.col("conveyance_arrived")).dt.total_seconds() / 3600,
        month=pl.col("customs_released").dt.convert_time_zone(log.timezone).dt.strftime("%Y-%m"),
    )
    means = dict(told.group_by("month").agg(pl.col("hours").mean()).iter_rows())
    months = dict(months_of(log, card)["import_overall_time"])
    assert list(months) == sorted(months) and min(months) == load_notice().baseline[0]
    assert months == pytest.approx({month: means[month] for month in months})


def test_a_workbook_holds_every_row_and_a_page_the_first(sheets, log):
    rules = [rule for rule in violations(log).rules if rule.n]
    broken = {sheet.name: sheet for sheet in sheets.sheets if sheet.name.startswith("违规")}
    assert len(broken) == len(rules) and sheets.sheets[0].name == "全部指标"
    for rule in rules:
        assert len(broken[f"违规 {rule.name('zh')}"].cells) == rule.n
    shown = [
        part
        for fold in sheets.parts[-1].folds
        for held in fold.parts
        if isinstance(held, Fold) and held.title.startswith("违规")
        for part in held.parts
        if isinstance(part, Display)
    ]
    assert len(shown) == len(rules) and max(len(table.cells) for table in shown) <= 100
    assert Block.of(sheets.to_dict()).to_dict() == sheets.to_dict()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["cn-2021-85", "in-ntfap"])
def test_every_indicator_is_defined_without_a_code(name, lang):
    for indicator in load_notice(name).indicators:
        told = definition_of(indicator, lang, term)
        assert bool(told) == (indicator.metric is not None)
        assert "_" not in told and "{" not in told and ".." not in told


def test_a_log_that_withholds_lists_no_line_and_no_month_of_few(log):
    guarded = log.using(withhold=10)
    card = assess(guarded)
    whole, months = months_of(log, card), months_of(guarded, card)
    assert 0 < len(months) < len(whole)
    counts = [i.id for i in card._notice.indicators if i.kind == "zero" and i.id in months]
    assert not [n for name in counts for _, n in months[name] if 0 < n < 10]
    made = measure_sheets(guarded, card)
    broken = violations(guarded, card._notice)
    names = [rule.name("zh") for rule in broken.rules]
    assert not [one for one in made.sheets for name in names if name in one.name]
    told = [
        p for f in made.parts[-1].folds for h in f.parts if isinstance(h, Fold) for p in h.parts
    ]
    assert any("\u4e0d\u9010\u4e00\u5217\u51fa" in str(one) for one in told)
    empty = violations(log, card._notice)._with(rows=()).table("zh")
    assert not [one for one in told if str(one) == str(empty)]
