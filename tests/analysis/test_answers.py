"""What answers do that are asked wrongly, have no rows, or have rows without a value."""

import pickle
from copy import copy, deepcopy
from dataclasses import replace

import polars as pl
import pytest

from clearance_metrics import (
    Duration,
    EventLog,
    changepoints,
    compare,
    compare_survival,
    exceedances,
    holds,
    league,
    load_notice,
    measure,
    stages,
    survival,
    violations,
)
from clearance_metrics.errors import LogError, NoIndicator, NothingToShow
from clearance_metrics.results.words import LANGUAGES

DAY = "2022-03-31"
START = 1609459200  # 2021-01-01
CLOCK = Duration("declared", "customs_released", label="import_customs_only")
ENDED = CLOCK.but(dated_by="end")


def log_of(open_at=(), months=range(6), each=6):
    """Cases a month of three ports, released after two hours and more; `open_at` names the ports
    of which nothing is released.
    """
    events, cases = [], []
    for month in months:
        for i in range(each):
            port, name = "甲乙丙"[i % 3], f"{month}-{i}"
            at = START + 86400 * (31 * month + i)
            cases.append((name, "import", port))
            events += [(name, "declared", at), (name, "exam_called", at + 600)]
            if port not in open_at:
                events.append((name, "exam_ended", at + 4200))
                events.append((name, "customs_released", at + 7200 + 600 * i + 60 * month))
    made = EventLog(
        pl.DataFrame(events, schema=["case_id", "milestone", "time"], orient="row"),
        pl.DataFrame(cases, schema=["case_id", "kind", "port"], orient="row"),
        timezone="UTC",
        name="测试",
    )
    return made.using(as_of=DAY, lang="zh")


@pytest.fixture(scope="module")
def log():
    return log_of()


# --- what is left out is not what is not there


@pytest.mark.parametrize("shown", [lambda x: x, lambda x: x.wide(), lambda x: x.across()])
def test_groups_that_are_all_small_are_not_said_to_have_no_cases(log, shown):
    found = shown(measure(log, ENDED, by="port", statistics="mean").enough(9999))
    assert found.headline() == "进口海关通关时间：共3组，均不足9999件，未列"
    assert str(found) == found.headline()
    assert found.block().parts == () and "each of the 3 groups" in found.headline("en")
    with pytest.raises(NothingToShow, match="finding: 进口海关通关时间：共3组"):
        found.chart()
    alone = shown(measure(log, ENDED, statistics="mean").enough(9999))
    assert "the only group has fewer than 9999 cases" in alone.headline("en")


def test_nothing_is_told_where_nothing_is_left_out(log):
    found = measure(log, ENDED, by="port", statistics="mean")
    assert found.enough(1).beware() == found.beware() == ""


@pytest.mark.parametrize("by", [(), "port", ("port", "kind")])
@pytest.mark.parametrize("period", [None, "year"])
def test_frames_of_an_empty_answer_have_the_columns_of_a_full_one(log, by, period):
    asked = {"by": by, "period": period}
    for full, empty in [
        (measure(log, ENDED, **asked), measure(log, ENDED, between=("1999", "1999"), **asked)),
        (measure(log, ENDED, **asked), measure(log, ENDED, **asked).enough(9999)),
        (measure(log, [CLOCK], **asked), measure(log, [CLOCK], **asked).enough(9999)),
    ]:
        if len(empty):  # of a whole there is always a row
            continue
        assert empty.to_polars().columns == full.to_polars().columns
        assert list(empty.to_pandas()) == list(full.to_pandas())


def test_several_metrics_without_a_case_keep_their_group(log):
    empty = measure(log, [CLOCK], by="port", between=("1999", "1999"))
    assert empty.to_polars().columns == measure(log, [CLOCK], by="port").to_polars().columns


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_answer_shows_no_empty_table(log, lang):
    span = {"between": ("1999", "1999")}
    for found in (
        measure(log, "import_customs_only", by="port", **span),
        stages(log, ("declared", "customs_released"), **span),
        holds(log, "import_customs_only", **span),
        compare_survival(log, CLOCK, by="kind"),
    ):
        block = found.block(lang)
        assert len(found) or not block.parts
        assert not {"(no rows)", "（无数据行）"} & {block.title}


# --- groups without a value


def test_a_headline_counts_the_groups_that_have_no_value():
    found = measure(log_of(open_at="丙"), CLOCK, by="port", statistics="mean")
    assert sum(row.value is None for row in found) == 1
    assert "共3组（1组没有数值）" in found.headline()
    assert "of 3 groups (1 without a value)" in found.headline("en")
    across = found.across()
    assert "（1组没有数值）" in across.headline()
    assert "(1 without a value)" in across.headline("en")
    full = measure(log_of(), ENDED, by="port", statistics="mean")
    assert "没有数值" not in full.headline() and "没有数值" not in full.across().headline()


def test_a_refusal_stands_once_and_names_what_to_ask_in_words():
    found = measure(log_of(open_at="丙"), CLOCK, statistics=("mean", "median"))
    shown = str(found.table())
    assert shown.count("无法计算") == 1 and "请改用限定均值" in shown
    assert "restricted_mean" not in shown and "_" not in str(found.wide().table())


def test_counts_are_whole(log):
    for lang, n in (("zh", "36件"), ("en", "36 cases")):
        assert f" {n}".strip() in measure(log, ENDED, statistics="n").headline(lang)
    told = measure(log, ENDED, by="port", statistics="count_above:0").headline()
    assert "12件" in told and "12.00" not in told
    one = measure(log, ENDED.narrowed({"port": "甲"}), statistics="n", between=("2021-01-01",) * 2)
    assert "1 case," in one.headline("en")


# --- columns per period


@pytest.mark.parametrize("lang", LANGUAGES)
def test_across_without_periods_has_no_gap_in_its_sentence(log, lang):
    for by in ((), "port"):
        told = measure(log, ENDED, by=by, statistics="mean").across().headline(lang)
        assert ", :" not in told and "：为" not in told and "  " not in told


def test_metrics_whose_last_periods_differ_are_all_drawn(log):
    found = measure(log, {"a": ENDED, "b": CLOCK}, by="port", period="quarter", statistics="mean")
    early = tuple(r for r in found if r.label == "b" or r.period < "2021-Q2")
    across = found._with(rows=early).across()
    drawn = across.chart()
    assert sum(bool(axes.get_yticklabels()) for axes in drawn.axes) == 2
    names = {text.get_text() for axes in drawn.axes for text in axes.get_yticklabels()}
    assert {"甲、2021-Q1", "甲、2021-Q2"} <= names
    assert [row[0][0] for row in across.table().cells] == [*"aaabbb"]


# --- what is asked wrongly


@pytest.mark.parametrize("row", ["x", 1.0, None, True, object(), 99, -99])
def test_what_is_no_row_has_no_cases(log, row):
    for found in (measure(log, CLOCK, by="port"), league(log, ENDED, by="port")):
        with pytest.raises(LogError, match="row"):
            found.cases(row)


def test_a_row_of_another_answer_has_no_cases_here(log):
    found = measure(log, CLOCK, by="port", statistics="n")
    other = measure(log, CLOCK, statistics="median")
    with pytest.raises(LogError, match="no row of this answer"):
        found.cases(other[0])
    assert len(found.cases(found[1])) == len(found.cases(1)) == 12


@pytest.mark.parametrize("n", [0, -1, "2", 2.5, None, True])
def test_periods_and_cases_are_counted_in_whole_numbers(log, n):
    found = measure(log, ENDED, by="port", period="month", statistics="mean")
    cut = stages(log, ("declared", "customs_released"), period="month")
    for asked in (found.last, found.enough, cut.last):
        with pytest.raises(LogError, match="whole number"):
            asked(n)


def test_a_metric_that_was_not_asked_for_is_told(log):
    found = measure(log, {"a": ENDED, "b": CLOCK}, by="port", statistics="mean")
    with pytest.raises(LogError, match="'nope'"):
        found.of("nope")
    # what was asked for and left out is no mistake
    assert len(found.enough(9999).of("a")) == 0


@pytest.mark.parametrize("lang", ["fr", 5, "zh-CN", "ZH", ""])
def test_a_language_without_words_is_refused_at_once(log, lang):
    with pytest.raises(LogError, match="no catalogue of words"):
        log.using(lang=lang)


@pytest.mark.parametrize("calendar", [5, [], {}, True])
def test_what_is_no_calendar_is_refused(log, calendar):
    with pytest.raises(LogError, match="neither a calendar nor a file"):
        log.using(calendar=calendar)


@pytest.mark.parametrize("empty", [[], (), {}, iter(())])
def test_no_metric_is_told_as_what_the_notice_lacks(log, empty):
    with pytest.raises(NoIndicator, match="no metric is given"):
        measure(log, empty)


def test_a_long_thing_is_named_by_its_kind(log):
    notice = load_notice()
    for asked in (exceedances, measure, survival, league):
        more = {"by": "port"} if asked is league else {}
        with pytest.raises(LogError) as told:
            asked(log, notice, **more)
        assert len(str(told.value)) < 300
    with pytest.raises(LogError, match="nothing is measured for the indicator") as told:
        measure(log, next(i for i in notice.indicators if i.metric is None))
    assert len(str(told.value)) < 200


def test_whose_target_it_is_is_told_however_indicators_come(log):
    known = load_notice().indicators
    outside = next(i for i in known if i.origin != "notice" and i.target and i.metric)
    one = replace(outside, metric=CLOCK)
    several = [[one], (one,), {"x": one}, one, (i for i in [one]), [one, "import_customs_only"]]
    told = {measure(log, asked, statistics="n").beware("en") for asked in several}
    assert len(told) == 1 and "not the notice's own" in told.pop()
    own = replace(next(i for i in known if i.origin == "notice" and i.target), metric=CLOCK)
    assert "notice's own" not in measure(log, own, statistics="n").beware("en")


# --- cases: their language, copies, parts


def test_cases_speak_as_the_log_does(log):
    for found in (
        measure(log, CLOCK, by="port"),
        measure(log, [CLOCK]),
        league(log, ENDED, by="port"),
        compare(log, ENDED, by="port", a="甲", b="乙"),
        survival(log, CLOCK, by="port"),
        holds(log, "import_customs_only"),
        stages(log, ("declared", "exam_called", "customs_released")),
    ):
        cases = found.cases(0, limit=1)
        assert cases.lang == "zh" and "测试" in cases.source()
        assert cases.headline().startswith("列出1件业务")
        assert cases.headline().count("截至") == 1


def test_a_copy_lists_its_cases_and_what_was_stored_says_why_not(log):
    for found in (measure(log, CLOCK), survival(log, CLOCK), holds(log, "import_customs_only")):
        assert len(copy(found).cases(0, limit=2)) == len(deepcopy(found).cases(0, limit=2)) == 2
        again = pickle.loads(pickle.dumps(found))
        assert again.headline() == found.headline()
        with pytest.raises(LogError, match="left its log behind"):
            again.cases(0)
    assert pickle.loads(pickle.dumps(survival(log, CLOCK))).chart().axes


@pytest.mark.parametrize("by", [(), "port"])
@pytest.mark.parametrize("period", [None, "quarter"])
def test_cases_behind_a_part_are_those_that_it_counts(log, by, period):
    asked = {"by": by, "period": period}
    chain = ("declared", "exam_called", "exam_ended", "customs_released")
    for found in (stages(log, chain, **asked), holds(log, "import_customs_only", **asked)):
        for row in found:
            cases = found.cases(row, limit=1000)
            assert len(cases) == row.n
            assert sum(case.value for case in cases) * 3600 == pytest.approx(row.seconds)
            values = [case.value for case in cases]
            assert values == sorted(values, reverse=True)


def test_cases_of_parts_can_be_those_past_a_limit(log):
    found = stages(log, ("declared", "exam_ended", "customs_released"))
    rest = found.cases(1, which="past", beyond=1.2, limit=1000)
    every = found.cases(1, limit=1000)
    assert 0 < len(rest) < len(every) and all(case.past for case in rest)
    for wrong in ({"which": "open"}, {"which": "left_out"}, {"which": "past"}, {"which": "x"}):
        with pytest.raises(LogError):
            found.cases(0, **wrong)
    assert found.cases(0, publication=True, limit=1)[0].case_id is None


def test_the_case_of_a_rule_on_cases_is_shown():
    late = pl.DataFrame(
        {
            "case_id": ["r1"] * 2 + ["r2"] * 2,
            "milestone": ["refund_accepted", "refund_approved"] * 2,
            "time": [1646092800, 1648684800, 1646092800, 1646179200],
        }
    )
    cases = {"case_id": ["r1", "r2"], "kind": ["refund"] * 2, "port": ["甲", "乙"]}
    log = EventLog(late, pl.DataFrame(cases), timezone="UTC").using(as_of="2022-12-30")
    found = exceedances(log, Duration("refund_accepted", "refund_approved"), above=200000)
    assert [row.case_id for row in found] == ["r1"]
    assert [case.case_id for case in found.cases(0)] == ["r1"]


# --- months


def test_months_without_a_case_are_listed_as_unusable():
    found = changepoints(log_of(months=[0, 1, 2, 4, 5], each=30), ENDED)
    (weak,) = [fact for fact in found.facts if fact.name == "not_usable"]
    assert "2021-04" in weak.said("en") and "no cases" in weak.said("en")


def test_charges_that_are_not_there_are_named_where_nothing_can_be_drawn(log):
    found = violations(log, indicator=load_notice().on("fees", "lines"))
    with pytest.raises(NothingToShow, match="finding: .*收费"):
        found.chart()
