"""A report speaks one language, and can be built for every notice."""

import gzip
import json
import re
import tomllib
from contextlib import suppress
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support.reports import built

from clearance_metrics import EventLog, assess, changepoints, clock
from clearance_metrics.cli import main
from clearance_metrics.errors import LogError
from clearance_metrics.notice import load_notice
from clearance_metrics.results.charts.policy import level_months

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
NOTICES = ROOT / "src" / "clearance_metrics" / "notice"
CHINESE = r"[\u3400-\u9fff]+"
WORDS = r"\b[A-Za-z][a-z'’-]*(?:[ ,;:]+[A-Za-z'’-]+){2,}"
# pages that a notice without refunds, charges and services has nothing to say of
WITHOUT = {"03_refunds"}


@pytest.fixture(scope="module")
def small(demos):
    """A small demonstration."""
    return demos(0.1).raw.parent


def pages(folder):
    return {p.stem: p.read_text(encoding="utf-8") for p in sorted(Path(folder).glob("*.html"))}


def said(page):
    """What a page says in words: without charts, styles and tags, with the labels of charts."""
    labels = re.findall(r'aria-label="(.*?)"', page)
    page = re.sub(r"<(svg|style)\b.*?</\1>", " ", page, flags=re.S)
    return unescape("\n".join([re.sub(r"<[^>]+>", "\n", page), *labels]))


def read(path):
    """A file of the demonstration in whichever of its two encodings it has."""
    content = path.read_bytes()
    content = gzip.decompress(content) if path.suffix == ".gz" else content
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            yield content.decode(encoding)


def data_of(folder):
    """What stands in data: the log's own values, published figures, tariffs, clauses, sources."""
    files = [*folder.glob("raw/*.csv*"), *NOTICES.glob("**/*.csv")]
    texts = [text for path in files for text in read(path)]
    notice = tomllib.loads((NOTICES / "cn-2021-85.toml").read_text(encoding="utf-8"))
    texts += [notice["notice"]["number"], notice["notice"]["source"]]
    for measure in notice["measure"]:
        texts.append(measure["clause"])
        targets = (i["target"] for i in measure["indicator"] if "target" in i)
        texts += [target[key] for target in targets for key in ("clause", "source")]
    log = EventLog.open(folder / "log")
    for column in ("port", "document_type", "function", "message_type", "licence_type"):
        values = log.cases_table.then("values", keep=[column], distinct=True)
        found = log.rows_of(values)[column].to_pylist()
        texts += [text for text in found if text]
    return "\n".join(texts)


def test_a_chinese_page_has_no_english_sentence(demo):
    known = data_of(demo)
    for name, page in pages(demo / "pages").items():
        assert '<html lang="zh-CN">' in page
        left = [text for text in re.findall(WORDS, said(page)) if text not in known]
        assert not left, (name, left[:5])


def test_an_english_page_has_no_chinese_but_that_of_the_data(small, tmp_path, capsys):
    run = ["report", str(small / "log"), "--notebooks", str(NOTEBOOKS), "--out", str(tmp_path)]
    assert main([*run, "--lang", "en", "--formats", "html"]) == 0, capsys.readouterr()
    known = data_of(small)
    (folder,) = tmp_path.glob("*/en")
    made = pages(folder)
    assert set(made) == {p.stem for p in NOTEBOOKS.glob("*.ipynb")}
    for name, page in made.items():
        assert '<html lang="en">' in page and "simulated data" in page
        left = [text for text in re.findall(CHINESE, said(page)) if text not in known]
        assert not left, (name, left[:5])
        titles = re.findall(r"<h3>(.*?)</h3>", page)
        assert [text for text in titles if text[:1].islower()] == [], name
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["lang"] == "en"


def one_indicator(folder, name):
    """A notice that has a single indicator of those that ship."""
    text = (NOTICES / "cn-2021-85.toml").read_text(encoding="utf-8")
    head, *measures = text.split("[[measure]]\n")
    first, *indicators = next(m for m in measures if f'id = "{name}"' in m).split(
        "[[measure.indicator]]\n"
    )
    chosen = next(i for i in indicators if f'id = "{name}"' in i)
    head = head.replace("measures = 27", "measures = 1").replace("cn-2021-85", "one")
    first = re.sub(r"no = \d+", "no = 1", first)
    clause = re.search(r'clause = "(.*)"', first)[1]
    head, *departments = head.split("[[department]]\n")
    head, *parts = head.split("[[part]]\n")
    own = [part for part in parts if clause.startswith(re.search(r'clause = "(.*)"', part)[1])]
    head = "[[part]]\n".join([head, *own])
    codes = re.search(r"departments = (.*)", first)[1]
    kept = [d for d in departments if re.search(r'code = (".*")', d)[1] in codes]
    head = "[[department]]\n".join([head, *kept])
    path = folder / f"{name}.toml"
    chosen, *_published = chosen.split("[[result]]\n")
    head = f"result = []\n{head}"
    path.write_text(f"{head}[[measure]]\n{first}[[measure.indicator]]\n{chosen}", encoding="utf-8")
    assert [i.id for i in load_notice(path).indicators] == [name]
    return path


@pytest.mark.parametrize("name", ["in-ntfap", "refund_mean_2022", "security_fee_lines"])
def test_a_report_is_built_for_every_notice(small, tmp_path, name):
    shipped = (NOTICES / f"{name}.toml").exists()
    notice = name if shipped else one_indicator(tmp_path, name)
    built(small / "log", notebooks=NOTEBOOKS, out=tmp_path / "out", notice=notice)
    made, found = pages(tmp_path / "out"), load_notice(notice)
    every = {path.stem for path in NOTEBOOKS.glob("*.ipynb")}
    assert set(made) == every - (set() if found.on("refunds") else WITHOUT)
    for stem, page in made.items():
        body = page[page.index("<main") : page.index("</main>")]
        assert len(said(body).strip()) > 100 and "<section" in body, stem
        assert "Traceback" not in page and "None" not in said(page), stem
        told = said(page)
        assert not re.search(r"\d\.\.(\s|\d|$)|；；|；。|。。|（通知以外）（通知以外）", told), stem
        assert not re.search(r"–</?small(?!>无法计算)|–<small>(小时|工作日|件|行)", page), stem
        for cell in re.findall(r"<small class='why'>(.*?)</small>", page):
            parts = cell.split("；")
            assert len(parts) == len(set(parts)), (stem, cell)
        links = re.findall(r'<a href="(\w+)\.html"', page[: page.index("<main")])
        assert set(links) == set(made), stem
    for indicator in found.indicators:
        assert indicator.title_zh in unescape(made["05_scorecard"])
    assert f"{len(found.measures)}项措施" in said(made["index"])


def test_a_language_without_a_catalogue_is_refused(small, tmp_path):
    with pytest.raises(LogError, match="no catalogue of words is called 'xx'"):
        built(small / "log", notebooks=NOTEBOOKS, out=tmp_path, lang="xx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("lang", "word"), [("zh", "无数据：本数据集没有"), ("en", "No data: ")])
def test_a_log_without_what_a_page_asks_for_is_told_so_in_words(small, tmp_path, lang, word):
    """Milestones and tables have their word first; no unit stands without a number."""
    ask = "import clearance_metrics as cm\nlog = cm.EventLog.open(log)\n"
    ask += "cm.measure(log, cm.Duration('declared', 'refund_lost'))"
    values = new_code_cell("log = 1", metadata={"tags": ["parameters"]})
    (tmp_path / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=[values, new_code_cell(ask)]), tmp_path / "notebooks/a.ipynb")
    how = {"notebooks": tmp_path / "notebooks", "out": tmp_path / "out", "lang": lang}
    built(small / "log", **how)
    page = pages(tmp_path / "out")["a"]
    assert word in page and "refund_lost" in page


@pytest.mark.parametrize("notice", ["cn-2021-85", "in-ntfap"])
def test_a_share_within_a_limit_names_the_unit_of_the_limit_and_a_sum_its_money(small, notice):
    html = assess(EventLog.open(small / "log").using(lang="en"), notice)._repr_html_()
    assert not re.search(r">within \d+<", html)
    assert not re.search(r"\bsum [\d,.]+(?! CNY)[;<]", html)
    assert not re.search(r"–</?small|–<small", html)


def test_a_date_outside_the_months_of_a_chart_is_not_drawn_in_it(demo):
    log = EventLog.open(demo / "log").using(lang="en")
    found = changepoints(log, clock("import_overall", dated_by="end"))
    words = {"title": "", "source": "", "lang": "en"}
    for day, lines in (("2017-07-20", 0), ("2021-08-20", 1)):
        figure = level_months(found, dates=((day, "notice"),), **words)
        assert sum(t.get_text() == "notice" for t in figure.axes[0].texts) == lines
