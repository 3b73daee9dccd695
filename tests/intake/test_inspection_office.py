"""The files of a port office, as its systems write them: proposed, read unchanged, and right."""

import csv
import random
import tomllib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from openpyxl import Workbook

import clearance_metrics as cm
from clearance_metrics.intake import ingest

HERE = ZoneInfo("Asia/Shanghai")
RATES = {"货物港务费": 3400, "港口作业包干费": 48000, "理货费": 1525}  # fen per box
MODES = {"水路运输": "sea", "航空运输": "air", "公路运输": "road"}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The folder, and what is true of its cases: declared, released, gates, bills in fen."""
    folder = tmp_path_factory.mktemp("base") / "某口岸"
    folder.mkdir()
    rng, cases, bills = random.Random(17), {}, []
    for n in range(200):
        declared = datetime(2022, 1, 3, 8) + timedelta(minutes=rng.randrange(200 * 24 * 60))
        released = declared + timedelta(minutes=rng.randrange(20, 3000))
        cases[f"2202{20220000000000 + n:014d}"] = {
            "kind": rng.choice(["进口", "出口"]),
            "mode": rng.choice(list(MODES)),
            "declared": declared,
            "customs_released": released if rng.random() < 0.97 else None,
            "gate_in": declared - timedelta(hours=5),
            "gate_out": released + timedelta(hours=9) if rng.random() < 0.9 else None,
        }
        for item, rate in RATES.items():
            if rng.random() < 0.8:
                bills.append((list(cases)[-1], item, rng.randrange(1, 4), rate, released))
    book = Workbook()
    sheet = book.active
    sheet.append(["某口岸进出口报关单明细"])
    sheet.append(["报关单号", "进出口标志", "运输方式", "申报时间", "放行时间", "口岸"])
    for no, one in cases.items():
        told = ("kind", "mode", "declared", "customs_released")
        sheet.append([no, *(one[name] for name in told), "东港"])
    book.save(folder / "报关单.xlsx")
    with (folder / "闸口.csv").open("w", encoding="gbk", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["报关单号", "事件", "时间"])
        for no, one in cases.items():
            for word, name in (("进闸", "gate_in"), ("出闸", "gate_out")):
                if one[name]:
                    rows.writerow([no, word, f"{one[name]:%Y/%m/%d %H:%M}"])
    with (folder / "收费.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["费用行号", "报关单号", "收费项目", "金额", "币种", "数量", "收费日期"])
        for n, (no, item, boxes, rate, day) in enumerate(bills):
            paid = f"{boxes * rate / 100:,.2f}"
            rows.writerow([f"F{n:05d}", no, item, paid, "人民币", boxes, f"{day:%Y-%m-%d}"])
    return folder, cases, bills


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_proposed_is_read_unchanged_and_is_right(office, tmp_path, lang):
    folder, cases, bills = office
    found = cm.inspect_files(folder, lang=lang)
    receipt = ingest(found.write(tmp_path / f"{lang}.toml"), folder, tmp_path / "log")
    assert receipt.totals["accepted"] == receipt.totals["rows_read"]
    assert len(found.decisions) == 1, "the last day alone"
    times = {
        (row["case_id"], row["milestone"]): row["time"].astimezone(HERE).replace(tzinfo=None)
        for row in pl.read_parquet(tmp_path / "log" / "events.parquet").to_dicts()
    }
    stones = ("declared", "customs_released", "gate_in", "gate_out")
    assert times == {
        (no, name): one[name] for no, one in cases.items() for name in stones if one[name]
    }
    told = pl.read_parquet(tmp_path / "log" / "cases.parquet").to_dicts()
    kinds = {"进口": "import", "出口": "export"}
    assert {row["case_id"]: (row["kind"], row["mode"], row["port"]) for row in told} == {
        no: (kinds[one["kind"]], MODES[one["mode"]], "东港") for no, one in cases.items()
    }
    lines = pl.read_parquet(tmp_path / "log" / "charges.parquet").to_dicts()
    # in the order of the file
    paid = [
        (row["case_id"], row["item"], row["amount_fen"])
        for row in sorted(lines, key=lambda r: r["line_id"])
    ]
    assert paid == [(no, item, boxes * rate) for no, item, boxes, rate, _ in bills]


def test_titles_are_proposed_and_stand_on_the_pages(office, tmp_path):
    folder = office[0]
    found = cm.inspect_files(folder)
    head = tomllib.loads(found.toml())["dataset"]
    assert (head["title_zh"], head["title_en"]) == ("某口岸", "Clearance data (某口岸)")
    named = tomllib.loads(cm.inspect_files(folder, name="east").toml())["dataset"]
    assert (named["title_zh"], named["title_en"]) == ("通关数据（east）", "Clearance data (east)")
    ingest(found.write(tmp_path / "dataset.toml"), folder, tmp_path / "log")
    log = cm.EventLog.open(tmp_path / "log")
    for lang, title in (("zh", "某口岸"), ("en", "Clearance data (某口岸)")):
        told = cm.measure(log.using(lang=lang), cm.clock("import_customs_only"), statistics=["n"])
        assert title in told.source()


def test_what_stands_as_a_comment_reads_once_it_is_filled_in(office, tmp_path):
    folder = office[0]
    text = cm.inspect_files(folder, lang="en").toml()
    for line in ('# source = "…"', "# [opening]", '# hours = ["09:00", "17:00"]'):
        assert text.count(line) == 1
        text = text.replace(line, line.removeprefix("# "))
    (tmp_path / "dataset.toml").write_text(text.replace("…", "某口岸信息中心", 1), "utf-8")
    ingest(tmp_path / "dataset.toml", folder, tmp_path / "log")
    log = cm.EventLog.open(tmp_path / "log")
    assert log.opening.hours == ("09:00", "17:00")
