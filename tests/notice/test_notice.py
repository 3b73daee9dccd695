"""The notice file against the notice's own text; its loader against every key changed or removed;
the published figures.
"""

import copy
import re
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from clearance_metrics.errors import NoIndicator, NoticeError
from clearance_metrics.notice import (
    citable,
    compressions,
    contradictions,
    load_notice,
    loader,
    published,
)
from clearance_metrics.notice.indicators import SHORT, SHOWN
from clearance_metrics.notice.loader import MERGED_KEYS, NOTICE_KEYS, notice_from
from clearance_metrics.notice.metrics import METRIC_KEYS, MORE_KEYS
from clearance_metrics.notice.model import KINDS, ROLES
from clearance_metrics.notice.published import tables as table_names
from clearance_metrics.notice.rates import ceilings
from clearance_metrics.notice.targets import TARGET_KEYS

ROOT = Path(__file__).resolve().parents[2]
NOTICE = load_notice()
RAW = tomllib.loads(
    files("clearance_metrics.notice").joinpath("cn-2021-85.toml").read_text(encoding="utf-8")
)


def test_all_measures_and_indicators_are_there():
    kinds = Counter(i.status for i in NOTICE.indicators if not i.companion_of)
    assert [m.no for m in NOTICE.measures] == list(range(1, 28))
    assert sum(kinds.values()) == 80 and kinds["not_measurable"] == 16
    computed = {i.measure for i in NOTICE.indicators if i.status == "computed"}
    assert {2, 5, 6, 10, 11, 12} <= computed
    for i in NOTICE.indicators:
        assert i.status == "computed" or (
            i.reason_zh and i.reason_en and i.record_zh and i.record_en
        )


def test_titles_clauses_and_departments_are_the_notices_own(shared_data):
    text = (shared_data("").parent / "notice" / "notice_zh.txt").read_text(encoding="utf-8")
    paragraphs = dict(re.findall(r"^\s*(\d+)[.．]\s*(.+)$", text, re.M))
    names = {d.code: d.zh for d in NOTICE.departments}
    groups = re.findall(
        r"^\s*\(([一二三四五])\)|^\s*(\d+)[.．]",
        text.split("二、重点任务")[1].split("三、实施保障")[0],
        re.M,
    )
    clause, clauses = "", {}
    for group, number in groups:
        clause = group or clause
        if number:
            clauses[int(number)] = f"二（{clause}）{number}"
    for measure in NOTICE.measures:
        paragraph = paragraphs[str(measure.no)]
        assert paragraph.split("。")[0].strip() == measure.title_zh
        assert clauses[measure.no] == measure.clause
        duty = re.findall(r"\(([^()]*负责)\)", paragraph)[-1]
        for code in measure.departments:
            assert names[code] in duty, (measure.no, code)
        for code in set(names) - set(measure.departments):
            assert names[code] not in duty, (measure.no, code)


def test_the_notice_itself_sets_three_figures_and_none_in_hours():
    own = [
        i
        for i in NOTICE.indicators
        if i.target and i.kind == "level" and i.origin == "notice" and not i.companion_of
    ]
    assert {(i.measure, i.target.value, i.target.due.isoformat()) for i in own} == {
        (5, 7, "2021-12-31"),
        (5, 6, "2022-12-31"),
        (6, 1.0, "2021-12-31"),
    }
    assert not [
        i
        for i in NOTICE.indicators
        if i.target and i.target.unit == "hours" and i.origin == "notice"
    ]


def paths(data, at=()):
    """Every key of the file: a path of table keys and list places."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*at, key)
            yield from paths(value, (*at, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from paths(value, (*at, i))


def mutated(path, change):
    """The file with a key changed; what is not on the way to it is the file's own."""
    data = table = dict(RAW)
    for step in path[:-1]:
        table[step] = copy.copy(table[step])
        table = table[step]
    change(table, path[-1])
    return data


def test_every_key_renamed_or_removed_is_caught_and_named(monkeypatch):
    def renamed(table, key):
        table[key + "x"] = table.pop(key)

    own, read = {id(row) for row in RAW["measure"]}, {}

    def once(row, due, *more):
        """The measures beside the one that is changed are read once for all changes."""
        if path[0] != "measure" or id(row) not in own:
            return whole(row, due, *more)
        if due not in read:
            read[due] = whole(row, due, *more)
        return read[due]

    whole, before = loader._measure, copy.deepcopy(RAW)
    monkeypatch.setattr(loader, "_measure", once)
    tried = caught = 0
    for path in paths(RAW):
        for change in (renamed, lambda table, key: table.pop(key)):
            tried += 1
            with pytest.raises(NoticeError) as error:
                notice_from(mutated(path, change), "cn.toml")
            told = str(error.value)
            assert "cn.toml" in told
            if path[0] == "measure" and len(path) > 2:
                assert f"measure {RAW['measure'][path[1]]['no']}" in told or path[2] == "no", (
                    path,
                    told,
                )
            # a table that lost its only key is named by the table
            assert (
                path[-1] in told or path[-1] == "id" or re.search(f"'?{path[-2]}'? is empty", told)
            ), (path, told)
            caught += 1
    print(f"{tried} mutations, {caught} caught")
    assert tried == caught > 1500 and before == RAW


def test_a_lost_measure_is_noticed():
    data = copy.deepcopy(RAW)
    data["measure"].pop()
    with pytest.raises(NoticeError, match="26 are here"):
        notice_from(data, "cn.toml")


def test_every_shipped_notice_is_strict_too():
    text = files("clearance_metrics.notice").joinpath("in-ntfap.toml").read_text(encoding="utf-8")
    raw, tried = tomllib.loads(text), 0
    for path in paths(raw):
        data = copy.deepcopy(raw)
        table = data
        for step in path[:-1]:
            table = table[step]
        table.pop(path[-1])
        tried += 1
        with pytest.raises(NoticeError):
            notice_from(data, "in.toml")
    assert tried > 200
    notice = load_notice("in-ntfap")
    assert [m.no for m in notice.measures] == [1, 2] and notice.sets_hours
    assert {i.target.value for i in notice.indicators if i.target} == {48, 24, 12}


def test_the_guide_names_every_key():
    guide = (ROOT / "docs" / "notice.md").read_text(encoding="utf-8")
    for key in (
        *NOTICE_KEYS,
        *TARGET_KEYS,
        *MERGED_KEYS,
        *SHOWN,
        *SHORT,
        *{k for keys in METRIC_KEYS.values() for k in keys},
        *KINDS,
        *{k for keys in MORE_KEYS.values() for k in keys},
    ):
        assert f"`{key}`" in guide or f"{key} = " in guide or f"`{key}" in guide, key
    for page, roles in ROLES.items():
        row = re.search(rf"^\| `{page}` \|(.*)$", guide, re.M).group(1)
        assert re.findall(r"`(\w+)`:", row) == list(roles), page


def test_the_guides_indicator_can_be_added_as_it_stands():
    guide = (ROOT / "docs" / "notice.md").read_text(encoding="utf-8")
    block = guide.split("## Adding an indicator")[1].split("```toml\n")[1].split("```")[0]
    text = files("clearance_metrics.notice").joinpath("cn-2021-85.toml").read_text("utf-8")
    before, after = text.split("[[measure]]\nno = 3\n")
    data = tomllib.loads(f"{before}{block}\n[[measure]]\nno = 3\n{after}")
    notice = notice_from(data, "my.toml")
    added = notice.on("clearance", "headline")[-1]
    assert added.id == "export_within_a_day" and added.measure == 2 and added.short_en
    assert len(notice.indicators) == len(NOTICE.indicators) + 1


@pytest.mark.parametrize(
    ("indicator", "key", "change", "told"),
    [
        ("refund_mean_2021", "target", {"unit": "hours"}, "does not fit"),
        ("refund_mean_2021", "target", {"due": "soon"}, "is no day of the calendar"),
        ("refund_mean_2021", "target", {"until": "2022-02-30"}, "is no day of the calendar"),
        ("refund_mean_2021", "target", {"due": "2021-12-31"}, "is text"),
        (
            "refund_mean_2021",
            "target",
            {"due": NOTICE.issued.replace(year=2020)},
            "before the notice",
        ),
        ("refund_mean_2021", "target", {"due": NOTICE.issued}, "does not end a month"),
        ("refund_mean_2021", "target", {"confidence": "K"}, "'K' is not known"),
        ("refund_mean_2021", "target", {"value": -1}, "negative"),
        ("licence_single_window", "target", {"value": 100}, "between 0 and 1"),
        ("outside_list", "target", {"value": 3}, "zero target"),
        ("refund_class_1_2", "target", {"until": NOTICE.issued}, "before due"),
        ("import_overall_time", "compression", {"confidence": "K"}, "'K' is not known"),
        ("import_overall_time", "compression", {"base": float("nan")}, "no number"),
        ("refund_mean_2021", "target", {"value": float("nan")}, "no number"),
        ("refund_mean_2021", "target", {"due": datetime(2021, 12, 31)}, "time of day"),
        ("refund_mean_2021", "target", {"clause": "  "}, "empty"),
        ("security_fee_lines", "metric", {"items": ["港口设施保安"]}, "unknown charge item"),
        ("security_fee_lines", "", {"statistic": "count_above:5000"}, "does not suit kind"),
        ("refund_mean_2021", "", {"statistic": "count_above:0"}, "does not suit kind"),
        ("refund_mean_2021", "", {"also": 5}, "wrong type"),
        ("refund_mean_2021", "", {"needs": [["kind"]]}, "is not a text"),
        ("refund_mean_2021", "metric", {"type": ["duration"]}, "is not known"),
        (
            "refund_mean_2021",
            "target",
            {"due": NOTICE.issued.replace(year=9999, month=12, day=31)},
            "no day of a notice",
        ),
        ("refund_mean_2021", "", {"statistic": "within:7"}, "is not known"),
        ("refund_mean_2021", "", {"page": "refund"}, "write 'refunds' instead of 'refund'"),
        ("refund_mean_2021", "", {"page": "refunds "}, "page = 'refunds ' is not known"),
        ("refund_mean_2021", "", {"role": "headlin"}, "write 'headline' instead of 'headlin'"),
        ("refund_mean_2021", "", {"role": "by_kind"}, "'by_kind' on page 'refunds' is not known"),
        ("refund_mean_2021", "", {"role": ["row"]}, "role = .* has the wrong type"),
        ("refund_mean_2021", "", {"role": "row"}, "unknown key 'short_zh'"),
        ("refund_mean_2021", "", {"role": "limits"}, "it needs allowance"),
        ("refund_mean_2021", "", {"role": "left_out"}, 'it needs type = "share"'),
        ("refund_mean_2021_all", "", {"role": "net"}, "it needs pause"),
        ("billed_twice", "", {"role": "lines", "short_zh": "a", "short_en": "a"}, "kind"),
        ("electronic_documents", "", {"by": "document_tpye"}, "write 'document_type'"),
        ("refund_cash", "", {"role": "headline", "short_zh": "a", "short_en": "a"}, '"level"'),
    ],
)
def test_wrong_values_are_caught(indicator, key, change, told):
    data = copy.deepcopy(RAW)
    found = next(i for m in data["measure"] for i in m["indicator"] if i["id"] == indicator)
    (found[key] if key else found).update(change)
    with pytest.raises(NoticeError, match=told) as error:
        notice_from(data, "cn.toml")
    assert indicator in str(error.value)


def test_what_is_not_computed_stands_on_the_scorecard_alone():
    for notice in (NOTICE, load_notice("in-ntfap")):
        for i in notice.indicators:
            assert i.role in ROLES[i.page]
            assert bool(i.short_zh and i.short_en) == (i.role != "row")
            assert bool(i.by) == (i.role == "by_kind")
            assert i.status == "computed" or (i.page, i.role) == ("scorecard", "row")
    data = copy.deepcopy(RAW)
    silent = next(i for m in data["measure"] for i in m["indicator"] if i["kind"] == "action")
    silent["page"] = "scorecard"
    with pytest.raises(NoticeError, match="unknown key 'page'"):
        notice_from(data, "cn.toml")


def test_every_page_finds_what_it_shows():
    assert [i.measure for i in NOTICE.on("refunds")] == [5] * 15
    assert {i.measure for i in NOTICE.on("fees")} == {10, 11, 12}
    assert {i.measure for i in NOTICE.on("services")} == {6, 13, 14, 20, 21, 25}
    assert {i.measure for i in NOTICE.on("clearance")} == {2}
    assert {i.by for i in NOTICE.on("services", "by_kind")} == {
        "document_type",
        "function",
        "licence_type",
        "message_type",
    }
    assert [i.target.value for i in NOTICE.on("refunds", "headline")] == [7, 6]
    assert len(NOTICE.on("clearance", "headline", "advance")) == 4
    assert not load_notice("in-ntfap").on("refunds", "headline")
    with pytest.raises(NoticeError, match="write 'headline' instead of 'headlines'"):
        NOTICE.on("refunds", "headlines")
    with pytest.raises(NoticeError, match="write 'refunds' instead of 'refund'"):
        NOTICE.on("refund")


def test_merged_items_are_charge_items():
    (fee,) = NOTICE.merged
    assert len(fee.items) == 2 and fee.day.isoformat() == "2022-04-01" and fee.source
    for change, told in (
        ({"items": ["港口设施保安"]}, "unknown charge item"),
        ({"items": [fee.items[0]] * 2}, "stands twice"),
        ({"confidence": "K"}, "'K' is not known"),
    ):
        data = copy.deepcopy(RAW)
        data["merged"][0] |= change
        with pytest.raises(NoticeError, match=told) as error:
            notice_from(data, "cn.toml")
        assert "merged 1" in str(error.value)


def test_clearance_hours_can_never_be_a_target_of_the_notice():
    data = copy.deepcopy(RAW)
    clock = next(
        i for m in data["measure"] for i in m["indicator"] if i["id"] == "import_overall_time"
    )
    refund = next(
        i for m in data["measure"] for i in m["indicator"] if i["id"] == "refund_mean_2021"
    )
    clock.pop("better")
    clock |= {"kind": "level", "target": refund["target"] | {"unit": "hours", "value": 48.7}}
    with pytest.raises(NoticeError, match="hours cannot have origin"):
        notice_from(data, "cn.toml")


def test_published_compressions_reproduce_within_rounding():
    rows = {(r["period"], r["direction"]): r for r in compressions()}
    assert round(rows["2020-12", "import"]["computed"], 1) == 64.2
    assert round(rows["2022", "export"]["computed"], 1) == 91.6
    for row in rows.values():
        if row["stated"] is not None:
            assert abs(row["computed"] - row["stated"]) <= 0.5, row
    assert [(r["period"], r["direction"]) for r in contradictions()] == [("2019-12", "export")]


def test_figures_not_verified_are_never_citable():
    for name in ("national_clearance", "refunds", "certificates", "regional_clearance", "targets"):
        assert all(r["confidence"] != "K" for r in citable(name))
        assert all(r["source"] for r in citable(name))
    assert len(citable("refunds")) < len(published("refunds"))


def test_stage_split_of_qingdao_adds_up():
    sums = Counter()
    for row in published("stage_split"):
        sums[row["direction"]] += row["hours"]
    assert {k: round(v, 1) for k, v in sums.items()} == {"import": 148.0, "export": 84.1}


def test_one_rate_per_item_direction_size_class_and_day():
    rows = ceilings()
    for a in rows:
        same = [b for b in rows if all(a[k] == b[k] for k in ("item", "kind", "size", "class"))]
        assert sum(b["from"] <= a["from"] <= b["to"] for b in same) == 1
    last = (date(2022, 3, 31) - date(1970, 1, 1)).days
    assert not any(r["item"] == "港口设施保安费" and r["to"] > last for r in rows)


def test_months_merged_items_and_their_days_are_told_as_questions_take_them():
    merged = NOTICE.merged[0]
    assert NOTICE.baseline == ("2020-09", "2021-08")
    for lang in ("zh", "en"):
        assert NOTICE.concordance(lang) == dict.fromkeys(merged.items, getattr(merged, lang))
        assert NOTICE.marks(lang) == {merged.day: getattr(merged, f"event_{lang}")}
    # without a text in the language, English; two events of a day are both told
    twice = replace(NOTICE, merged=(merged, replace(merged, event_en="another", items=("x",))))
    assert NOTICE.concordance("fr") == NOTICE.concordance("en")
    assert twice.marks("fr") == {merged.day: f"{merged.event_en}\nanother"}
    assert replace(NOTICE, merged=()).concordance() == {} == replace(NOTICE, merged=()).marks()


def test_each_measure_belongs_to_one_of_the_parts_of_the_notice():
    notice = load_notice("cn-2021-85")
    assert [part.clause[-2] for part in notice.parts] == ["一", "二", "三", "四", "五"]
    sizes = [sum(m.clause.startswith(p.clause) for m in notice.measures) for p in notice.parts]
    assert sizes == [9, 3, 6, 7, 2] and load_notice("in-ntfap").parts == ()
    assert all(m.short_zh and m.short_en for m in notice.measures)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('clause = "二（五）"\nzh', 'clause = "二（六）"\nzh', "belongs to 0 parts"),
        ('clause = "二（五）"\nzh', 'clause = "二（四）2"\nzh', "belongs to 2 parts"),
        ('clause = "二（五）"\nzh', 'clause = "二（四）"\nzh', "stands twice"),
    ],
)
def test_parts_that_do_not_hold_the_measures_are_refused(tmp_path, old, new, told):
    text = (files("clearance_metrics.notice") / "cn-2021-85.toml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "odd.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(NoticeError, match=told):
        load_notice(tmp_path / "odd.toml")


def test_a_page_asks_for_the_first_of_a_role_and_hears_where_there_is_none():
    assert NOTICE.first("refunds", "headline").id == "refund_mean_2021"
    with pytest.raises(NoIndicator, match="has no indicator on the page 'refunds'"):
        load_notice("in-ntfap").first("refunds", "headline")
    with pytest.raises(NoIndicator, match="in the role 'by_kind'"):
        load_notice("in-ntfap").carried(None, "services", "by_kind")
    with pytest.raises(NoticeError, match="no page"):
        NOTICE.first("refund")


def test_targets_by_a_day_are_steps_one_after_the_other():
    """Those of another clock, and those that hold since a day, are no steps of it."""
    (first, due, level, words), second = NOTICE.steps("refunds", "headline")
    assert (first, due, level, words) == (NOTICE.issued, date(2021, 12, 31), 7, "")
    assert second[:3] == (date(2022, 1, 1), date(2022, 12, 31), 6)
    assert NOTICE.steps("refunds") == NOTICE.steps("refunds", "headline")
    assert NOTICE.steps("refunds", "limits") == [] == load_notice("in-ntfap").steps("refunds")


def test_indicators_that_a_log_carries_or_all_where_it_carries_none():
    class Log:
        milestones, columns = {"filed"}, {"kind", "channel", "function"}

    assert [i.by for i in NOTICE.carried(Log, "services", "by_kind")] == ["function"]
    Log.columns = set()
    assert NOTICE.carried(Log, "services", "by_kind") == NOTICE.on("services", "by_kind")


def test_a_rule_that_began_after_the_baseline_has_no_direction():
    later = [i for i in NOTICE.indicators if "2022年起" in i.title_zh]
    assert {i.id for i in later} >= {"rcep_release"}
    assert {i.kind for i in later} <= {"reference", "zero"}


# pages that carry what others published
COPIES = ("4ll.net", "cqjyts", "heqiaoli", "ebookservicepro", "mdta.org", "up-most", "zhoukan")


def test_what_was_read_in_a_copy_is_never_said_to_be_read_in_the_original():
    def walk(data):
        if isinstance(data, dict):
            yield data
            data = list(data.values())
        for value in data if isinstance(data, list) else ():
            yield from walk(value)

    folder = files("clearance_metrics.notice")
    notices = [f for f in folder.iterdir() if f.name.endswith(".toml")]
    tables = [t for f in notices for t in walk(tomllib.loads(f.read_text(encoding="utf-8")))]
    rows = [row for name in table_names() for row in published(name)]
    seen = [t for t in (*tables, *rows) if any(c in str(t.get("source")) for c in COPIES)]
    told = [t["confidence"] for t in seen if "confidence" in t]
    assert len(told) > 15 and "V" not in told
