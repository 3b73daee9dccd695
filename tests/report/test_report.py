"""Pages: what they must say, the same bytes twice, and nothing on a failure."""

import hashlib
import json
import os
import re
from pathlib import Path
from shutil import copy

import pytest
from support.reports import built, left

import clearance_metrics as cm
from clearance_metrics.analysis.policy import CAVEAT
from clearance_metrics.errors import LogError, ReportError
from clearance_metrics.intake import ingest
from clearance_metrics.report import build
from clearance_metrics.report.notebooks import notebooks_in, read_notebook, said_of
from clearance_metrics.results.charts.canvas import to_svg
from clearance_metrics.results.words import say
from clearance_metrics.simulation import simulate

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
PAGES = [
    "00_published_record",
    "01_data_quality",
    "02_clearance_time",
    "03_refunds",
    "04_port_fees",
    "05_scorecard",
    "06_services",
    "07_change",
    "08_waiting",
    "index",
]


def digests(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def read(folder):
    """The pages of a folder by name, each what it says between its tags."""
    texts = {p.stem: p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.html"))}
    return {
        name: re.sub(r"<[^>]+>", "\n", re.sub(r"<(svg|style|code)\b.*?</\1>", "", text, flags=re.S))
        for name, text in texts.items()
    }


def test_every_page_is_there_and_says_that_it_is_simulated(demo):
    for name in PAGES:
        text = (demo / "pages" / f"{name}.html").read_text(encoding="utf-8")
        assert "模拟数据" in text and "</html>" in text
        assert str(demo) not in text and "Traceback" not in text and "无数据：" not in text, name
        assert "notice clearance target" not in text
    assert sorted(p.stem for p in (demo / "pages").glob("*.html")) == sorted(PAGES)


def test_scorecard_and_run_record(demo):
    rows = json.loads((demo / "pages" / "scorecard.json").read_text(encoding="utf-8"))
    keys = {
        "measure",
        "indicator",
        "kind",
        "statistic",
        "value",
        "low",
        "high",
        "n",
        "n_open",
        "target",
        "due",
        "verdict",
    }
    assert all(keys <= set(r) for r in rows) and {r["measure"] for r in rows} == set(range(1, 28))
    run = json.loads((demo / "pages" / "run.json").read_text(encoding="utf-8"))
    for file in run["inputs"]:
        assert (
            file["sha256"] == hashlib.sha256((demo / "raw" / file["path"]).read_bytes()).hexdigest()
        )
        assert file["rows_read"] == file["accepted"] + file["rejected"] + file["duplicates"]
    assert (
        run["as_of"] == "2022-12-31"
        and run["notice"]["id"] == "cn-2021-85"
        and run["versions"]["duckdb"]
        and run["simulated"]
    )
    page = (demo / "pages" / "03_refunds.html").read_text(encoding="utf-8")
    for row in rows:
        if row["indicator"] in ("refund_mean_2021", "refund_dropped_share"):
            shown = (
                f"{row['value']:.2f}"
                if row["unit"] == "working_days"
                else f"{100 * row['value']:.1f}%"
            )
            assert shown in page and f"{row['n']:,}" in page


def test_a_rebuild_gives_the_same_bytes(demo, tmp_path):
    simulate(tmp_path / "raw", size=0.2)
    ingest(tmp_path / "raw" / "dataset.toml", out=tmp_path / "log")
    built(tmp_path / "log", notebooks=NOTEBOOKS, out=tmp_path / "pages")
    assert digests(tmp_path / "pages") == digests(demo / "pages")
    assert digests(tmp_path / "log") == digests(demo / "log")


def test_a_log_without_what_a_page_needs_says_no_data(tmp_path):
    (tmp_path / "dataset.toml").write_text(
        '[dataset]\nname = "own"\ntitle_zh = "自有"\ntimezone = "Asia/Shanghai"\nas_of ='
        ' 2022-12-31\n[[milestone]]\nname = "weighed"\nzh = "过磅"\n[[clock]]\nname ='
        ' "weighing"\nstart = "gate_in"\nstop = "weighed"\nzh = "过磅用时"\n[[file]]\npath ='
        ' "e.csv"\nrole = "events"\n[file.columns]\ncase_id = "id"\nmilestone = "code"\ntime ='
        ' "at"\n',
        encoding="utf-8",
    )
    rows = [
        f"{i},gate_in,2022-01-01 08:00\n{i},weighed,2022-01-01 {9 + i % 3:02}:30" for i in range(40)
    ]
    (tmp_path / "e.csv").write_text("id,code,at\n" + "\n".join(rows) + "\n")
    ingest(tmp_path / "dataset.toml", out=tmp_path / "log")
    built(tmp_path / "log", notebooks=NOTEBOOKS, out=tmp_path / "pages")
    pages = read(tmp_path / "pages")
    for name, page in pages.items():
        assert "模拟数据" not in page and not re.search(r"\b(None|nan)\b", page), name
    # what its own clock says stands beside what is not there
    for name in ("02_clearance_time", "03_refunds", "04_port_fees", "07_change"):
        if name in pages:
            assert "无数据：" in pages[name], name
    assert "02_clearance_time" in pages and "03_refunds" in pages
    assert "过磅用时" in pages["02_clearance_time"] and "2.48" in pages["02_clearance_time"]
    assert "读入80行" in pages["01_data_quality"]


def test_a_failing_notebook_leaves_the_old_report_alone(demo, tmp_path):
    (tmp_path / "notebooks").mkdir()
    book = json.loads((NOTEBOOKS / "01_data_quality.ipynb").read_text(encoding="utf-8"))
    book["cells"][-1]["source"] = (
        f"import os\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ncm.nothing(log)"
    )
    (tmp_path / "notebooks" / "01_x.ipynb").write_text(json.dumps(book), encoding="utf-8")
    before = digests(demo / "pages")
    with pytest.raises(ReportError, match="nothing") as error:
        built(demo / "log", notebooks=tmp_path / "notebooks", out=demo / "pages")
    assert "01_x.ipynb" in str(error.value) and digests(demo / "pages") == before
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_the_as_of_day_is_never_today(tmp_path):
    simulate(tmp_path / "raw", size=0.01)
    mapping = tmp_path / "raw" / "dataset.toml"
    mapping.write_text(
        re.sub(r"as_of = .*\n", "", mapping.read_text(encoding="utf-8")), encoding="utf-8"
    )
    ingest(mapping, out=tmp_path / "log")
    (tmp_path / "notebooks").mkdir()
    copy(NOTEBOOKS / "01_data_quality.ipynb", tmp_path / "notebooks")
    how = {"notebooks": tmp_path / "notebooks", "out": tmp_path / "pages"}
    with pytest.raises(LogError, match="up to which"):
        built(tmp_path / "log", **how)
    built(tmp_path / "log", **how, as_of="2022-06-30")
    run = json.loads((tmp_path / "pages" / "run.json").read_text(encoding="utf-8"))
    assert run["as_of"] == "2022-06-30"
    assert "截至2022-06-30" in read(tmp_path / "pages")["01_data_quality"]


def test_the_published_page_holds_without_a_log_and_shows_no_unverified_figure():
    text = "".join(
        b._repr_html_()
        for b in (
            *(cm.published(table, lang="zh") for table in ("national_clearance", "refunds")),
            cm.published("certificates", lang="zh"),
            cm.compressions(lang="zh"),
            cm.contradictions(lang="zh"),
            cm.list_published(lang="zh"),
        )
    )
    tables = re.sub(r' style="[^"]*"', "", text)
    for figure in ("97.39", "36.68", "62.34%", "2.73"):
        assert figure in tables
    # the level of December 2018 and the refund mean of 2020 could not be verified
    assert (
        "42.5" not in tables
        and "2018-12<" not in tables
        and not re.search(r"<td>2020</td><td>公布", tables)
    )


def test_the_notebook_of_published_figures_runs_without_any_log(monkeypatch):
    book = json.loads((NOTEBOOKS / "00_published_record.ipynb").read_text(encoding="utf-8"))
    monkeypatch.chdir(NOTEBOOKS.parent / "docs")  # where no log is
    names = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert names["notice"].id == "cn-2021-85"


def test_charts_draw_chinese_as_letters_with_every_glyph_there():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        svg = to_svg(cm.published("national_clearance", lang="zh").chart())
    assert svg.count("<text") > 20 and "进口" in svg and "'Noto Sans SC'" in svg


def test_pages_hold_before_anything_is_due(small, tmp_path):
    built(small / "out", notebooks=NOTEBOOKS, out=tmp_path, as_of="2021-06-30")
    pages = read(tmp_path)
    for name in ("02_clearance_time", "03_refunds", "04_port_fees", "05_scorecard"):
        page = pages[name]
        assert "本数据集没有" not in page and "None" not in page and "–元" not in page, name
    rows = json.loads((tmp_path / "scorecard.json").read_text(encoding="utf-8"))
    verdicts = {row["verdict"] for row in rows}
    assert "met" not in verdicts and "not due" in verdicts and "未到期" in pages["05_scorecard"]
    assert "未到期" in pages["04_port_fees"]
    # no case of the latest year is after the notice, and no target to reach
    change = pages["07_change"]
    assert (
        "尚不能分解变化" in change
        and "截至2021-06-30尚未到期" in change
        and "每侧至少要有" in change
    )


def test_the_page_on_change_gives_terms_with_intervals_refuses_in_words_and_keeps_its_sentence(
    demo,
):
    page = (demo / "pages" / "07_change.html").read_text(encoding="utf-8")
    assert not re.search(r"\b(None|nan)\b", read(demo / "pages")["07_change"])
    assert say(CAVEAT, "zh") in page
    for word in (
        "构成变化：口岸",
        "阶段：申报准备",
        "名次区间",
        "最慢的一成（自",
        "水平变化（首月）",
        "政策日期",
    ):
        assert word in page
    # at a fifth of its size a port has 6 cases a month, too few for its series: no effect is drawn
    # or printed
    assert "实施的口岸都没有完整的月度序列，不给出结果" in page
    log = cm.EventLog.open(demo / "log")
    where = {"kind": "pickup", "measure_from": {"present": False}}
    never = cm.Duration("discharged", "gate_out", where=where)
    found = cm.interrupted_series(log, never, date="2021-08-20")
    rows = {(r.term, r.period): r for r in found}
    level = rows["level", None]
    low, high = (f"{bound:,.2f}" for bound in (level.low, level.high))
    assert re.search(rf">{level.value:,.2f}<[^/]*/?[^0-9]*{low}～{high}<", page)


def test_notebooks_share_kernels_but_no_names(demo, tmp_path):
    """Each shows what it finds of the one before; two kernels at most, none of them left behind."""
    (tmp_path / "notebooks").mkdir()
    source = json.loads((NOTEBOOKS / "01_data_quality.ipynb").read_text(encoding="utf-8"))
    first = next(c for c in source["cells"] if "parameters" in c["metadata"].get("tags", ()))
    for i in range(5):
        own = [
            "import os",
            "left = 'mine' in globals() or not os.path.exists('00.ipynb')",
            "mine = 1",
            "os.chdir('/')",
            "print('left', left, 'kernel', os.getpid())",
        ]
        cell = {
            "cell_type": "code",
            "id": "own",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": "\n".join(own),
        }
        (tmp_path / "notebooks" / f"0{i}.ipynb").write_text(
            json.dumps(source | {"cells": [source["cells"][0], first, cell]}), encoding="utf-8"
        )
    built(demo / "log", notebooks=tmp_path / "notebooks", out=tmp_path / "pages")
    told = [
        re.search(
            r"left (\w+) kernel (\d+)",
            (tmp_path / "pages" / f"0{i}.html").read_text(encoding="utf-8"),
        )
        for i in range(5)
    ]
    assert {found[1] for found in told} == {"False"}
    kernels = {int(found[2]) for found in told}
    assert len(kernels) <= 2
    for pid in kernels:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_notebooks_that_say_they_need_no_scorecard_need_none():
    early = 0
    for path in notebooks_in(NOTEBOOKS):
        book = read_notebook(path)
        codes = [c.source for c in book.cells if c.cell_type == "code"][1:]
        needs = any("assessment" in code or "cm.assess" in code for code in codes)
        assert needs != said_of(book).get("without_scorecard", False), path
        early += not needs
    assert early


def test_a_scorecard_that_fails_fails_the_build(demo, tmp_path, monkeypatch):
    def broken(*_args, **_more):
        raise LogError("no scorecard today", "assess", "mend it")

    monkeypatch.setattr(build, "assess", broken)
    with pytest.raises(LogError, match="no scorecard today"):
        built(demo / "log", notebooks=NOTEBOOKS, out=tmp_path / "pages")
    assert left(tmp_path / "pages") == []


def test_chinese_notes_hold_no_column_names(demo):
    rows = json.loads((demo / "pages" / "scorecard.json").read_text(encoding="utf-8"))
    told = [row["note_zh"] for row in rows if "同层" in row["note_zh"]]
    assert told and not [note for note in told if re.search(r"[a-z]+_?[a-z]+", note)]
