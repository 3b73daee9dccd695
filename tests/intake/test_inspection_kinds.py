"""Files of kinds that offices and carriers publish: what each column is taken for, and what not."""

import datetime as dt
import json
import tomllib

import openpyxl
import pytest

import clearance_metrics as cm
from clearance_metrics.intake import ingest

DAYS = [f"2021-09-{1 + i:02} 08:00" for i in range(28)]


def lines(*rows):
    return "\n".join(rows) + "\n"


def propose(folder, lang="en", **files):
    """The mapping proposed for small files, as data; and what was found."""
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content, "utf-8")
    found = cm.inspect_files(folder, lang=lang)
    return tomllib.loads(found.toml()), found


def asked(found, word):
    """The decisions that tell of a word."""
    return [told for told in found.decisions if word in told]


def test_codes_that_are_all_unknown_become_milestones_and_are_asked_for(tmp_path):
    """Left out, they would leave pages without a number, and nobody the wiser."""
    codes = ["Permit SUBMITTED by EMPLOYEE", "Permit FINAL_APPROVED", "Trip is over"]
    body = [f"C{i // 3},{codes[i % 3]},{DAYS[i // 3]}" for i in range(30)]
    made, found = propose(tmp_path, a__csv=lines("case id,activity,time", *body))
    (file,) = made["file"]
    assert "ignore" not in file
    assert set(file["milestones"]) == set(codes)
    assert {m["name"] for m in made["milestone"]} == set(file["milestones"].values())
    assert len(asked(found, "Permit SUBMITTED")) == 1
    assert ingest(found.write(tmp_path / "dataset.toml"), out=tmp_path / "out").totals[
        "accepted"
    ] == len(body)


def test_a_noun_is_no_milestone_and_hints_are_in_the_language(tmp_path):
    codes = ["Declaration SUBMITTED by EMPLOYEE", "Declaration REJECTED by MISSING", "Payment Done"]
    body = [f"C{i // 3},{codes[i % 3]},{DAYS[i // 3]}" for i in range(30)]
    made, found = propose(tmp_path, "zh", a__csv=lines("业务编号,环节,时间", *body))
    assert "declared" not in made["file"][0]["milestones"].values()
    assert "write" not in found.toml() and "instead" not in found.toml()


def test_hints_beside_left_out_codes_name_the_code(tmp_path):
    codes = ["申报", "放行", "查验通知单登记"]
    body = [f"C{i // 3},{codes[i % 3]},{DAYS[i // 3]}" for i in range(30)]
    made, found = propose(tmp_path, "zh", a__csv=lines("业务编号,环节,时间", *body))
    assert made["file"][0]["ignore"] == ["查验通知单登记"]
    assert "“查验通知单登记”或为 exam_" in found.toml()
    assert "write" not in found.toml()


def test_days_and_times_of_day_in_a_workbook_have_a_range(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["报关单号", "环节", "日期", "时间"])
    for i in range(12):
        day = dt.date(2021, 9, 1 + i)
        book.active.append([f"A{i // 2}", ("申报", "放行")[i % 2], day, dt.time(8, i)])
    book.save(tmp_path / "a.xlsx")
    made, found = propose(tmp_path)
    assert made["file"][0]["columns"]["time"] == {"columns": ["日期", "时间"]}
    assert made["dataset"]["as_of"] == dt.date(2021, 9, 12)
    assert made["dataset"]["plausible"] == [dt.date(2020, 1, 1), dt.date(2022, 12, 31)]
    assert "None" not in found.toml()


def test_charges_alone_have_a_last_day(tmp_path):
    body = [f"JK{i},保安费,{i}.50,人民币,{DAYS[i][:10]}" for i in range(20)]
    made, found = propose(tmp_path, a__csv=lines("业务编号,收费项目,金额,币种,计费日期", *body))
    assert made["file"][0]["role"] == "charges"
    assert made["dataset"]["as_of"] == dt.date(2021, 9, 20)
    assert made["dataset"]["plausible"] == [dt.date(2020, 1, 1), dt.date(2022, 12, 31)]
    assert asked(found, "2021-09-20")


@pytest.mark.parametrize(
    ("header", "name"),
    [("集装箱数", None), ("箱量", None), ("集装箱数（标箱）", "teu"), ("标箱数", "teu")],
)
def test_boxes_are_no_teu(tmp_path, header, name):
    body = [f"JK{i},{DAYS[i]},{DAYS[i + 1]},{1 + i % 3}" for i in range(20)]
    made, _ = propose(tmp_path, a__csv=lines(f"报关单号,申报时间,放行时间,{header}", *body))
    columns = {v: k for k, v in made["file"][0]["columns"].items() if isinstance(v, str)}
    assert columns.get(header) == name


def test_a_country_is_no_port(tmp_path):
    body = [f"JK{i},{DAYS[i]},{DAYS[i + 1]},{('Peru', 'Chad')[i % 2]}" for i in range(20)]
    made, _ = propose(tmp_path, a__csv=lines("entry no,declared,released,Country", *body))
    assert "port" not in made["file"][0]["columns"]


def test_the_time_of_an_event_is_not_that_of_its_record(tmp_path):
    """Also where only some rows have it."""
    body = [
        f"S{i // 4},{('ARRI', 'DISC', 'GTOT', 'DEPA')[i % 4]},"
        f"{DAYS[i].replace(' ', 'T') if i % 2 else ''},{DAYS[i]},{DAYS[i] if i % 3 else ''}"
        for i in range(28)
    ]
    head = "shipmentRef,eventTypeCode,eventDateTime,eventCreatedDateTime,eventUpdatedDateTime"
    made, found = propose(tmp_path, a__csv=lines(head, *body))
    columns = made["file"][0]["columns"]
    assert columns["time"] == "eventDateTime"
    assert columns["recorded_at"] == "eventCreatedDateTime"
    assert "eventUpdatedDateTime" not in columns.values()
    # moves alone do not tell whether the goods come or go
    assert columns["kind"] == {"constant": "import"} and asked(found, "import, export")


def test_milestones_under_chinese_headers_are_numbered(tmp_path):
    body = [f"JK{i},{DAYS[i]},{DAYS[i + 1]}" for i in range(20)]
    made, found = propose(tmp_path, a__csv=lines("业务编号,甲方确认时间,乙方盖章时间", *body))
    assert [m["name"] for m in made["milestone"]] == ["own_1", "own_2"]
    assert made["milestone"][0]["zh"] == "甲方确认时间"
    assert made["milestone"][0]["en"] == "own 1"


def test_a_number_of_the_row_is_no_case(tmp_path):
    """One column of times beside a column of few texts: a row is an event."""
    steps = ["Registration", "Triage", "X-Ray", "Discuss", "Check-out"]
    body = [
        f"{steps[i // 2 % 5]},P{i // 10},{('start', 'complete')[i % 2]},"
        f"2021-09-01 {i // 60 % 24:02}:{i % 60:02},{i + 1}"
        for i in range(900)
    ]
    head = "handling,patient,registration_type,time,.order"
    made, found = propose(tmp_path, a__csv=lines(head, *body))
    (file,) = made["file"]
    assert file["role"] == "events"
    assert file["columns"]["case_id"] == "patient"
    assert file["columns"]["milestone"] == "handling"
    assert set(file["milestones"]) == set(steps)


def test_a_ledger_whose_rows_are_numbered_keeps_its_cases(tmp_path):
    body = [f"{i + 1},JK{i},{DAYS[i]},{DAYS[i + 1]}" for i in range(20)]
    made, _ = propose(tmp_path, a__csv=lines("序号,关单,申报时间,放行时间", *body))
    assert made["file"][0]["columns"]["case_id"] == "关单"
    # where nothing else names a case, the number does
    body = [f"{i + 1},{DAYS[i]},{DAYS[i + 1]}" for i in range(20)]
    (tmp_path / "b").mkdir()
    made, _ = propose(tmp_path / "b", a__csv=lines("id,declared,released", *body))
    assert made["file"][0]["columns"]["case_id"] == "id"


def test_codes_of_ports_are_the_port(tmp_path):
    body = [
        f"V{i},{('CNSHA', 'NLRTM')[i % 2]},{('North', 'South')[i % 2]},{DAYS[i]},{DAYS[i + 1]}"
        for i in range(20)
    ]
    head = "voyage no,portToVisit,portAreaName,ata,atd"
    made, _ = propose(tmp_path, a__csv=lines(head, *body))
    assert made["file"][0]["columns"]["port"] == "portToVisit"


def test_a_published_list_of_fees_has_no_cases(tmp_path):
    body = [f'{i + 1},Lift {i},"RMB {i}0.00 per box",box,Terminal' for i in range(9)]
    made, found = propose(tmp_path, fees__csv=lines("no,item,rate_text,unit_text,payee", *body))
    (file,) = made["file"]
    assert file["role"] == "charge_list"
    assert file["columns"]["item"] == "item"
    assert asked(found, "port") and asked(found, "from which day")
    assert "case_id" not in file["columns"]


def test_columns_without_a_value_are_told(tmp_path):
    body = [f"V{i},{DAYS[i]},{DAYS[i + 1]}," for i in range(20)]
    _, found = propose(tmp_path, a__csv=lines("voyage no,ata,atb,atd", *body))
    assert "# no values: atd would be departed" in found.toml()


def test_an_ending_is_no_part_of_a_name(tmp_path):
    folder = tmp_path / "port_containers.csv"
    folder.mkdir()
    made, _ = propose(folder, a__csv=lines("id,declared,released", f"A,{DAYS[0]},{DAYS[1]}"))
    assert made["dataset"]["name"] == "port_containers"


def test_numbers_of_days_among_texts_are_read_too(tmp_path):
    """A spreadsheet leaves them where a cell lost its form."""
    told = ["2021/9/1 8:30", "2021年9月1日 8时30分", "44440.3541666667"]
    body = [f"JK{i},{told[i % 3]},{DAYS[i]}" for i in range(21)]
    made, found = propose(tmp_path, a__csv=lines("报关单号,申报时间,放行时间", *body))
    assert made["file"][0]["milestones"]["declared"]["number"] == "excel"
    # but numbers far from every other day are not guessed at
    receipt = ingest(found.write(tmp_path / "dataset.toml"), out=tmp_path / "out")
    assert receipt.totals["accepted"] == len(body)
    other = "\n".join(body).replace("44440.3541666667", "99440.3541666667")
    made, _ = propose(tmp_path, a__csv=lines("报关单号,申报时间,放行时间", other))
    assert "number" not in made["file"][0]["milestones"]["declared"]


def test_the_moves_of_a_terminal(tmp_path):
    """Codes that are known in part, under a header that tells little, beside places."""
    moves = ["DSCH", "YARD", "DLVR"]
    body = [
        f"TEMU{1000000 + i // 3};IMPRT;{moves[i % 3]};{DAYS[i % 28]};A{i % 5};B{i % 7}"
        for i in range(90)
    ]
    head = "unit_nbr;category;move_kind;move_time;pos_from;pos_to"
    made, found = propose(tmp_path, a__csv=lines(head, *body))
    (file,) = made["file"]
    assert file["columns"]["milestone"] == "move_kind"
    assert file["milestones"] == {"DSCH": "discharged", "DLVR": "gate_out"}
    assert file["ignore"] == ["YARD"] and asked(found, "YARD")


def test_merged_cells_of_a_case_with_several_boxes(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["报关单号", "柜号", "报关时间", "放行时间"])
    for i in range(20):
        row = sheet.max_row + 1
        for k in range(2):
            day = dt.datetime(2021, 9, 1 + i, 8 + k)
            number = f"0202202310000{i:05}" if k == 0 else None
            sheet.append([number, f"TCLU{2 * i + k:07}", day, day + dt.timedelta(1)])
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=1, end_column=1)
    book.save(tmp_path / "a.xlsx")
    made, found = propose(tmp_path)
    (file,) = made["file"]
    assert file["fill_down"] == ["报关单号"] and file["several_rows"] is True
    receipt = ingest(found.write(tmp_path / "dataset.toml"), out=tmp_path / "out")
    assert receipt.totals["accepted"] == 40


def test_the_same_code_in_two_files_is_one_milestone(tmp_path):
    texts = {}
    for part, codes in (("a", ("Pack", "Month", "打包")), ("b", ("Pack", "Weigh", "打包"))):
        body = [f"{part}{i // 3},{codes[i % 3]},{DAYS[i // 3]}" for i in range(30)]
        texts[f"{part}__csv"] = lines("case id,activity,time", *body)
    made, found = propose(tmp_path, **texts)
    one, other = (file["milestones"] for file in made["file"])
    assert one["Pack"] == other["Pack"] and one["打包"] == other["打包"] == "own_1"
    names = [m["name"] for m in made["milestone"]]
    assert len(names) == len(set(names)) == 4
    assert "month" not in names, "intake uses that name itself"
    receipt = ingest(found.write(tmp_path / "dataset.toml"), out=tmp_path / "out")
    assert receipt.totals["accepted"] == 60


def test_charges_with_short_headers(tmp_path):
    body = [f"JK{i},Lift,{i}.50,CNY,{DAYS[i][:10]}" for i in range(20)]
    made, found = propose(tmp_path, a__csv=lines("id,item,amt,cur,day", *body))
    (file,) = made["file"]
    assert file["role"] == "charges"
    assert file["columns"]["charged_on"] == "day" and asked(found, "day of the charge")
    assert file["columns"]["currency"] == "cur"


def test_a_share_that_may_be_a_waiver_is_asked_for(tmp_path):
    body = [f"P{i % 2},费{i},{10 * i},2022-0{1 + i}-01," for i in range(6)]
    made, found = propose(tmp_path, "zh", a__csv=lines("口岸,项目,比例,起,止", *body))
    (file,) = made["file"]
    assert file["role"] == "waivers" and file["columns"]["waived_percent"] == "比例"
    assert asked(found, "收费减免")


def test_the_month_before_the_day_gives_the_right_last_day(tmp_path):
    """Also of a column that leaves the order open, beside one that tells it."""
    days = [dt.date(2022, 5, 1) + dt.timedelta(i) for i in range(62)]
    body = [
        f"E{i},{d:%m/%d/%Y} 08:30,{d.replace(day=5):%m/%d/%Y} 09:30" for i, d in enumerate(days)
    ]
    made, _ = propose(tmp_path, a__csv=lines("Entry No,Declared,Released", *body))
    assert made["file"][0]["milestones"]["declared"]["formats"] == ["%m/%d/%Y %H:%M"]
    assert made["file"][0]["milestones"]["customs_released"]["formats"] == ["%m/%d/%Y %H:%M"]
    assert made["dataset"]["as_of"] == dt.date(2022, 7, 5)
    assert made["dataset"]["plausible"] == [dt.date(2021, 1, 1), dt.date(2023, 12, 31)]


def test_the_share_of_common_cases_is_of_the_file_that_it_is_told_of(tmp_path):
    head = "entry no,declared time,released time\n"
    rows = [f"E{n:04},2022-01-01 08:00,2022-01-01 09:00\n" for n in range(40)]
    (tmp_path / "cases.csv").write_text(head + "".join(rows))
    fees = [f"E{n:04},THC,12.50,CNY,2022-01-02\n" for n in range(20)]
    (tmp_path / "fees.csv").write_text("entry no,item,amount,currency,charged on\n" + "".join(fees))
    told = cm.inspect_files([tmp_path / "cases.csv", tmp_path / "fees.csv"], lang="en").toml("en")
    assert "has 50 % of its cases in common with fees.csv" in told
    assert "has 100 % of its cases in common with cases.csv" in told


@pytest.mark.parametrize("names", [("a__csv", "z__csv"), ("z__csv", "a__csv")])
def test_two_files_of_the_same_cases_are_read_together_as_they_are_proposed(tmp_path, names):
    """What an examination tells is no second declaration, whichever file's name comes first."""
    declared = [f"JK{i},{DAYS[i]},{DAYS[i + 1]}" for i in range(20)]
    examined = [f"JK{i},{DAYS[i]},{DAYS[i]}" for i in range(0, 20, 2)]
    texts = (
        lines("报关单号,抵港时间,放行时间", *declared),
        lines("报关单号,查验通知,查验完成", *examined),
    )
    made, found = propose(tmp_path, **dict(zip(names, texts, strict=True)))
    first, second = made["file"]
    assert "conveyance_arrived" in first["milestones"] and "exam_called" in second["milestones"]
    assert "several_rows" not in first and second["several_rows"] is True
    assert "kind" in first["columns"] and "kind" not in second["columns"]
    decided = [row for row in found.toml().splitlines() if "DECIDE" not in row]
    (tmp_path / "dataset.toml").write_text(lines(*decided), encoding="utf-8")
    ingest(tmp_path / "dataset.toml", out=tmp_path / "log")
    totals = json.loads((tmp_path / "log" / "receipt.json").read_text("utf-8"))["totals"]
    assert (totals["rows_read"], totals["accepted"]) == (30, 30)


def test_a_column_of_midnights_in_a_workbook_is_read_as_dates(tmp_path):
    """Programs write dates as midnights; as times they would crowd the first hour of the day."""
    book = openpyxl.Workbook()
    book.active.append(["申报流水号", "受理日期", "核准日期", "备注时间"])
    for i in range(28):
        day = dt.datetime(2021, 9, 1 + i)
        noted = day + dt.timedelta(hours=i % 3)
        book.active.append([f"TS{i:05}", day, day + dt.timedelta(3), noted])
    book.save(tmp_path / "退税.xlsx")
    made, found = propose(tmp_path)
    stones = made["file"][0]["milestones"]
    assert stones["refund_accepted"] == {"columns": ["受理日期"]}
    assert [told for told in stones.values() if told == "备注时间"]  # midnight is one of its times
    ingest(found.write(tmp_path / "dataset.toml"), out=tmp_path / "out")
    events = cm.EventLog.open(tmp_path / "out").using(as_of="2021-12-31")
    assert (when := cm.when(events, "refund_accepted")).n == 28 and when.timed == 0
    assert sum(row.n for row in cm.when(events, "refund_approved") if row.hour is not None) == 0


def test_the_same_header_in_two_files_is_one_milestone_of_the_owner(tmp_path):
    texts = {}
    for part in ("import", "export"):
        body = [f"{part}{i},{DAYS[i]},{DAYS[i]},{DAYS[i]}" for i in range(28)]
        texts[f"{part}__csv"] = lines("报关单号,申报时间,接单时间,放行时间", *body)
    made, found = propose(tmp_path, **texts)
    assert [file["milestones"]["own_1"] for file in made["file"]] == ["接单时间"] * 2
    assert [stone["name"] for stone in made["milestone"]] == ["own_1"]
    assert len(asked(found, "接单时间")) == 2  # each file's line is to be named
