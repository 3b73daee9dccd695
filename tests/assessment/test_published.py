"""The published record: nothing unverified is shown, and every figure says its source."""

import pytest

import clearance_metrics as cm
from clearance_metrics.errors import LogError, NoticeError
from clearance_metrics.notice.published import published as every_row
from clearance_metrics.notice.published import tables

LANGS = ("en", "zh")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("table", tables())
def test_every_table_shows_itself_and_what_is_left_out(table, lang):
    found = cm.published(table, lang=lang)
    assert {row.confidence for row in found} <= {"V", "V2", "D"}
    assert all(row.source for row in found)
    assert found.left_out == sum(row["confidence"] == "K" for row in every_row(table))
    shown = found.table()
    assert len(shown.cells) == len({row.entry for row in found})
    assert not any("_" in head for head in shown.heads), shown.heads
    for column in range(len(shown.heads)):
        assert any(row[column] != "–" and row[column] for row in shown.cells)
    assert found.headline() and found.caption() and "_" not in found.headline()
    assert found.to_pandas().shape[0] == len(found) == found.to_polars().height
    assert ("could not be verified" in found.beware("en")) == bool(found.left_out)


def test_a_chinese_table_brings_its_notes_in_chinese():
    for table in tables():
        for row in cm.published(table):
            texts = (row.note_zh, row.about_zh, row.where_zh)
            assert all(text in ("", *("RCEP",)) or not text.isascii() for text in texts), row


def test_figures_of_one_statement_are_rows_that_share_its_entry():
    rows = [r for r in cm.published("national_clearance") if r.period == "2021-06"]
    assert [(r.figure, r.value, r.unit) for r in rows] == [
        ("import", 36.68, "hours"),
        ("export", 1.83, "hours"),
    ]
    assert len({r.entry for r in rows}) == 1
    (duty,) = (r for r in cm.published("operating_limits") if r.value is None)
    assert duty.note_en.startswith("a duty")


def test_the_finding_says_where_levels_stood_before_the_notice():
    found = cm.published("national_clearance", notice="cn-2021-85")
    assert found.headline().startswith("In June 2021, before the notice, import took 36.68 h")
    assert found.headline("zh").startswith("通知印发前的2021年6月")
    assert "The notice sets no target in hours." in found.beware()
    alone = cm.published("national_clearance")
    assert alone.headline() == (
        "Published overall clearance time, 2022: import 32.02 h, export 1.03 h"
    )
    assert "notice" not in alone.beware()
    # one that came before every level, or that sets hours, is told nothing of the sort
    other = cm.published("national_clearance", notice=cm.load_notice("in-ntfap"))
    assert "The notice sets no target" not in other.beware()


def test_points_beside_a_measured_clock_are_single_months():
    national = cm.published("national_clearance")
    points = national.points("export")
    assert points[0] == {"period": "2019-12", "value": 2.6}
    assert "2017" not in {p["period"][:4] for p in points}
    assert "2018-12" not in {p["period"] for p in points}
    assert national.points("export_overall") == points
    assert national.points("export", between=("2021", None))[0]["period"] == "2021-05"
    assert national.points("import", between=(None, "2018-09")) == []
    for table, side in (("national_clearance", "transit"), ("regional_clearance", "import")):
        with pytest.raises(LogError, match="no monthly figures"):
            cm.published(table).points(side)
    with pytest.raises(LogError, match="no monthly figures"):
        cm.published("refunds").points("import")


def test_the_base_year_has_a_figure_for_each_of_the_three_clocks():
    base = cm.published("national_clearance").base
    clocks = ("overall", "customs_only", "port_release")
    assert [base(f"import_{name}") for name in clocks] == [97.39, 16.7, 156.3]
    assert [base(f"export_{name}") for name in clocks] == [12.29, 1.13, 125.2]
    assert base("refund_tax") is None


@pytest.mark.parametrize("lang", LANGS)
def test_what_has_a_natural_picture_is_drawn(lang):
    for found in (
        cm.published("national_clearance", lang=lang),
        cm.published("certificates", lang=lang),
        cm.compressions(lang=lang),
    ):
        figure = found.chart()
        assert found.headline() in figure.alt
    with pytest.raises(LogError, match="no picture"):
        cm.published("targets", lang=lang).chart()


def test_cuts_are_recomputed_from_citable_levels_alone():
    found = cm.compressions()
    assert "2018-12" not in {row.period for row in found} and found.left_out == 1
    row = next(r for r in found if (r.period, r.direction) == ("2021-06", "import"))
    assert (round(row.computed, 2), row.announced) == (62.34, 62.34)
    assert "62.34%" in str(found) and "97.39" in found.source()
    assert (
        found.headline("zh")
        == "公布的14个压缩率中，11个按公布的小时数复算得出；至2022年进口67.1%、出口91.6%"
    )


def test_contradictions_are_told_also_where_there_are_none():
    found = cm.contradictions()
    assert [(r.period, r.direction, round(r.implied, 2)) for r in found] == [
        ("2019-12", "export", 2.73)
    ]
    assert found.headline().startswith("1 published figure contradicts")
    none = found._with(rows=())
    assert none.headline() == "No published figure contradicts another"
    assert str(none) and none.block("zh").title == "公布数字之间未发现矛盾"


def test_the_list_counts_what_is_left_out():
    found = cm.list_published()
    assert {row.name for row in found} == set(tables())
    assert sum(row.left_out for row in found) == 6
    assert "6 further statements" in found.headline() and "另有6条" in found.headline("zh")


def test_names_and_languages_that_are_not_there_are_told_with_the_closest():
    with pytest.raises(NoticeError, match="refunds"):
        cm.published("refund")
    with pytest.raises(LogError, match="zh"):
        cm.published("refunds", lang="zn")
