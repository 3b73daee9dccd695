"""Names of folders for any value, which parts of a log have pages, and what these say."""

import re
import shutil
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearance_metrics import EventLog, build_report, receipt
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import LogError
from clearance_metrics.intake import ingest
from clearance_metrics.notice import load_notice
from clearance_metrics.report.pack import (
    FEWEST,
    RESERVED,
    check_fewest,
    folders_of,
    pages_for,
    planned,
)


@given(st.lists(st.one_of(st.text(max_size=80), st.integers(), st.booleans()), unique_by=repr))
def test_every_value_has_a_folder_of_its_own_on_every_system(values):
    values = list({v: None for v in values})
    names = list(folders_of(values).values())
    assert len({name.casefold() for name in names}) == len(values)
    for name in names:
        assert name and not set(name) & set('<>:"/\\|?*. ') and len(name.encode()) <= 80
        assert name.casefold() not in RESERVED and min(map(ord, name)) >= 32


def test_plain_values_keep_their_names():
    assert folders_of(["海港甲", "SHA"]) == {"海港甲": "海港甲", "SHA": "SHA"}
    aa = folders_of(["aA", "Aa"])
    assert aa["aA"].startswith("aA-") and aa["Aa"].startswith("Aa-")


def log_of(counts):
    ports = [port for port, n in counts.items() for _ in range(n)]
    ids = [str(i) for i in range(len(ports))]
    events = pl.DataFrame({"case_id": ids, "time": 0, "milestone": "declared"})
    cases = pl.DataFrame({"case_id": ids, "port": ports, "kind": "import"})
    return EventLog(events, cases).using(as_of="2022-12-31")


@pytest.mark.parametrize(
    ("counts", "without"),
    [
        ({"a": 40, "b": 30, "c": 20}, {}),
        ({"a": 40, "b": 30, "c": 3}, {"c": "few", "b": "for_others"}),
        ({"a": 40, "b": 9, "c": 8}, {"b": "few", "c": "few"}),
    ],
)
def test_a_part_of_few_cases_has_no_pages_nor_has_who_would_give_it_back(counts, without):
    plan = planned(log_of(counts), load_notice("cn-2021-85"), "port", 10)
    assert {part.value: part.why for part in plan.parts if part.why} == without


def test_what_is_no_column_and_what_withholds_nothing():
    with pytest.raises(MissingColumn):
        planned(log_of({"a": 1}), load_notice("cn-2021-85"), "prt", 10)
    for none in (1, 0, True, "x"):
        with pytest.raises(LogError, match="withhold="):
            check_fewest(none, "port")
    check_fewest(None, "port")


def test_a_bound_without_parts_is_refused():
    with pytest.raises(LogError, match="for parts alone"):
        check_fewest(5, None)
    check_fewest(5, "port")
    check_fewest(FEWEST, None)


@pytest.mark.parametrize("withhold", [None, 10])
def test_a_part_of_which_nothing_counts_is_known(withhold):
    ports = ["a"] * 40 + ["b"] * 40
    ids = [str(i) for i in range(80)]
    kinds = ["import"] * 40 + ["pickup"] * 40
    times = [(i, step, START + 3600 * at) for i in ids for at, step in enumerate(STEPS)]
    events = pl.DataFrame(times, orient="row", schema=["case_id", "milestone", "time"])
    cases = pl.DataFrame({"case_id": ids, "port": ports, "kind": kinds})
    log = EventLog(events, cases).using(as_of="2022-12-31")
    parts = {p.value: p for p in planned(log, load_notice("cn-2021-85"), "port", withhold).parts}
    assert parts["a"].counts and not parts["b"].counts and not parts["b"].judges
    suite = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
    kept = {
        name: {path.stem for path in pages_for(part, load_notice("cn-2021-85"), suite)}
        for name, part in parts.items()
    }
    assert kept["b"] == {"01_data_quality"}
    assert {"index", "01_data_quality", "02_clearance_time", "05_scorecard"} <= kept["a"]


START = 1654041600  # 2022-06-01
STEPS = ("conveyance_arrived", "customs_released")
MAPPING = """[dataset]
name = "two"
timezone = "Asia/Shanghai"
as_of = 2022-12-31
[[file]]
path = "a.csv"
role = "wide"
[file.columns]
case_id = "id"
kind = { constant = "import" }
port = "port"
[file.milestones]
conveyance_arrived = "in"
customs_released = "out"
"""


def test_pages_of_a_part_say_how_they_stand_beside_all_and_how_it_was_measured(tmp_path):
    hours = {"甲": 2, "乙": 4}
    rows = []
    for port, after in hours.items():
        for i in range(36):
            day = f"2022-{1 + i % 12:02}-03"
            rows.append(f"{port}{i},{port},{day} 01:00,{day} 0{1 + after}:00")
    (tmp_path / "a.csv").write_text("\n".join(["id,port,in,out", *rows]) + "\n", "utf-8")
    (tmp_path / "dataset.toml").write_text(MAPPING, "utf-8")
    ingest(tmp_path / "dataset.toml", out=tmp_path / "log")
    part = EventLog.open(tmp_path / "log").using(lang="zh").only("port", "甲")
    assert receipt(part).headline().startswith("就整个数据集而言：读入72行，")
    books = tmp_path / "books"
    books.mkdir()
    suite = Path(__file__).resolve().parents[2] / "notebooks"
    shutil.copy(suite / "index.ipynb", books)
    first = build_report(
        tmp_path / "log", notebooks=books, out=tmp_path / "out", formats=("html",), by="port"
    )
    pack = first.parent / "by-port"
    told = unescape((pack / "index.html").read_text("utf-8"))
    for port, mean in hours.items():
        finding = f"进口整体通关：此处{mean}.00小时，全部3.00小时"
        assert re.search(
            rf">{port}</a></td><td class=\"num\">36</td><td>{finding}；没有一项指标可以判断</td>",
            told,
        )
        page = unescape((pack / port / "index.html").read_text("utf-8"))
        assert finding in page and f"只含口岸为{port}的业务" in page
        assert "怎样测量" in page and "<summary>用语" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_part_of_which_nothing_counts_says_so_and_leads_to_the_page_on_its_data(tmp_path, lang):
    rows = [
        f"{port}{i},{port},{kind},2022-01-03 01:00,2022-01-03 0{2 + i % 3}:00"
        for port, kind in (("A", "import"), ("B", "pickup"))
        for i in range(1234 if kind == "pickup" else 36)
    ]
    text = "\n".join(["id,port,what,in,out", *rows]) + "\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    mapping = MAPPING.replace('kind = { constant = "import" }', 'kind = "what"')
    (tmp_path / "dataset.toml").write_text(mapping, "utf-8")
    ingest(tmp_path / "dataset.toml", out=tmp_path / "log")
    books = tmp_path / "books"
    books.mkdir()
    suite = Path(__file__).resolve().parents[2] / "notebooks"
    for name in ("index", "01_data_quality", "07_change"):
        shutil.copy(suite / f"{name}.ipynb", books)
    first = build_report(
        tmp_path / "log",
        notebooks=books,
        out=tmp_path / "out",
        languages=(lang,),
        formats=("html",),
        by="port",
    )
    pack = first.parent / "by-port"
    beside, finding, why = {
        "zh": (
            "没有一项指标可以判断：业务都不在统计范围之内",
            "B：没有一项指标可以判断",
            "这里的1,234件业务（业务类型：提箱）都不在",
        ),
        "en": (
            "No indicator can be judged: none counts these cases",
            "B: no indicator can be judged",
            "None of its 1,234 cases (kind of case: container pick-ups)",
        ),
    }[lang]
    told = unescape((pack / "index.html").read_text("utf-8"))
    assert re.search(
        rf'href="B/index.html">B</a></td><td class="num">1,234</td><td>{beside}</td>', told
    )
    page = unescape((pack / "B" / "index.html").read_text("utf-8"))
    assert re.search(rf"<h1>{finding}</h1>\s*<p class=\"lede\">{re.escape(why)}", page)
    assert re.search(r'<main.*<a href="01_data_quality.html">', page, re.DOTALL)
    names = {path.name for path in (pack / "B").iterdir()}
    assert names == {"index.html", "01_data_quality.html", "run.json", "scorecard.json"}
    assert (pack / "A" / "07_change.html").is_file()
