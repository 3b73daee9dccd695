"""Notebook 02 on logs of other kinds, by its parameters alone."""

import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from support.reports import built

from clearance_metrics.intake import ingest

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "02_clearance_time.ipynb"
HEAD = (
    '[dataset]\nname = "own"\ntitle_zh = "自有"\ntitle_en = "Own"\ntimezone = "Asia/Shanghai"\n'
    'as_of = 2022-12-31\n[[file]]\npath = "e.csv"\nrole = "events"\n[file.columns]\n'
    'case_id = "id"\nmilestone = "m"\ntime = "t"\n[[file]]\npath = "c.csv"\nrole = "cases"\n'
    '[file.columns]\ncase_id = "id"\nkind = "kind"\nmode = "mode"\nport = "port"\n'
)


def page_of(folder, lang):
    """The page of the notebook, run with the parameters that the report gives it, as text."""
    (folder / "notebooks").mkdir()
    shutil.copy(NOTEBOOK, folder / "notebooks")
    built(folder / "log", notebooks=folder / "notebooks", out=folder / "pages", lang=lang)
    text = (folder / "pages" / NOTEBOOK.with_suffix(".html").name).read_text(encoding="utf-8")
    text = re.sub(r"<(style|script|svg).*?</\1>", "", text[text.index("<main") :], flags=re.S)
    return unescape(re.sub(r"<[^>]+>", " ", text))


@pytest.fixture
def imports(tmp_path):
    """Imports alone, forty a month of two years, one in four declared in advance."""
    rows, cases = ["id,m,t"], ["id,kind,mode,port"]
    for month in range(24):
        day = f"{2021 + month // 12}-{month % 12 + 1:02}"
        for i in range(40):
            at, name = f"{day}-{i % 20 + 3:02}", f"{month}-{i}"
            before = f"{day}-{i % 20 + 2:02} 20:00"
            rows += [
                f"{name},conveyance_arrived,{at} 01:00",
                f"{name},declared,{at + ' 03:00' if i % 4 else before}",
                f"{name},customs_released,{at} {5 + i % 9:02}:30",
            ]
            cases.append(
                f"{name},import,{'sea' if i % 3 else 'air'},{'海港甲' if i % 2 else '海港乙'}"
            )
    (tmp_path / "e.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("\n".join(cases) + "\n", encoding="utf-8")
    (tmp_path / "dataset.toml").write_text(HEAD, encoding="utf-8")
    ingest(tmp_path / "dataset.toml", out=tmp_path / "log")
    return tmp_path


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "zh",
            (
                "出口整体通关时间未列：本数据集没有“运抵（进港）”",
                "进口整体通关时间（2022年）",
                "25.0%",
                "按2020年9月至2021年8月的口岸、运输方式构成",
                "无数据：本数据集没有“申报模式”",
            ),
        ),
        (
            "en",
            (
                "Left out: export, overall, as the log lacks",
                "import, overall",
                "25.0%",
                "at the composition by port and mode of transport of 2020-09 to 2021-08",
                "No data: the log lacks “declaration mode”",
            ),
        ),
    ],
)
def test_an_import_only_log_runs_top_to_bottom_and_tells_what_it_lacks(imports, lang, told):
    text = page_of(imports, lang)
    for part in told:
        assert part in text, part
    # no empty finding, no code in place of a word, nothing said of exports that were never there
    assert not re.search(
        r"import_overall|export_|nan\b|None\b", re.sub(r"\(\w+\)|（\w+）", "", text)
    )
    assert "出口整体通关时间，均值" not in text
