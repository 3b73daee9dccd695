"""What a look at files says of columns that mean none of ours, and of shares that are not whole."""

import csv
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clearance_metrics as cm
from clearance_metrics.intake import ingest
from clearance_metrics.intake.inspection.column_proposed import percent


@pytest.fixture
def written(tmp_path):
    def write(name, rows):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return path

    return write


def refunds(odd, values, n=60):
    head = ["退税编号", "受理日期", "办结日期", odd]
    return [
        head,
        *(
            [f"T{i:04}", f"2022-03-{i % 9 + 1:02}", "2022-03-20", values[i % len(values)]]
            for i in range(n)
        ),
    ]


def test_normal_and_not_normal_are_the_flag_of_a_refund(written):
    path = written("退税.csv", refunds("正常/非正常", ["正常"] * 9 + ["非正常"]))
    found = tomllib.loads(cm.inspect_files(path).toml())["file"][0]["columns"]
    told = {"正常": "true", "非正常": "false"}
    assert found["normal"] == {"column": "正常/非正常", "values": told}


def test_in_other_columns_a_normal_state_is_no_yes(written):
    path = written("退税.csv", refunds("是否查验", ["正常", "非正常"]))
    found = cm.inspect_files(path)
    assert "inspected" not in tomllib.loads(found.toml())["file"][0]["columns"]
    asked = [text for text in found.decisions if "是否查验" in text]
    assert len(asked) == 1 and "inspected" in asked[0]


def test_every_column_ends_somewhere_and_the_proposal_can_be_read(written, tmp_path):
    """Kept, twice there, without a header, without values, and one with a name of intake's own."""
    rows = [
        ["单号", "申报时间", "放行时间", "船名", "备注", "备注", "", "空列", "seq_"],
        *(
            [f"D{i}", "2022-03-01 08:00", "2022-03-01 10:00", f"船{i % 2}", "a", "b", "x", "", i]
            for i in range(40)
        ),
    ]
    found = cm.inspect_files(written("进口.csv", rows))
    (plan,) = found.files
    told = {one.header: one.told.code for one in plan.rest}
    codes = ("rest_kept", "rest_twice", "rest_unnamed", "rest_empty", "rest_unread")
    assert told == dict(zip(("船名", "备注", "", "空列", "seq_"), codes, strict=True))
    text = found.toml()
    assert "#   船名: 未对应，照原样保留；船0 ×20、船1 ×20" in text
    assert "#   -: 第 7 列没有列名，不读入；x" in text
    assert tomllib.loads(text)["file"][0]["keep"] == ["船名", "空列"]
    assert "照原样保留" in str(found) and "照原样保留" in found._repr_html_()
    mapping = found.write(tmp_path / "dataset.toml")
    receipt = ingest(mapping, out=tmp_path / "out")
    assert receipt.files[0]["accepted"] == 40


def test_a_file_of_events_says_that_other_columns_are_not_read(written):
    rows = [["单号", "环节", "时间", "经办人"]]
    for i in range(30):
        rows += [
            [f"D{i}", code, f"2022-03-0{n} 08:00", "某"] for n, code in ((1, "申报"), (2, "放行"))
        ]
    (plan,) = cm.inspect_files(written("日志.csv", rows)).files
    assert {one.header: one.told.code for one in plan.rest} == {"经办人": "rest_unread"}


def test_values_that_are_no_numbers_are_told(written):
    head = ["单号", "费目", "金额", "币种", "收费日期"]
    rows = [
        [f"D{i}", "文件费", "面议" if i == 3 else "34.00", "CNY", "2022-03-01"] for i in range(50)
    ]
    found = cm.inspect_files(written("收费.csv", [head, *rows]))
    assert found.toml().count("1 个值不是数：面议 ×1") == 1
    assert "1 values are no numbers: 面议 ×1" in found.toml("en")


def test_a_column_of_which_one_value_is_not_read_is_no_hundred_percent(written):
    rows = refunds("备注", ["a"], n=4000)
    rows[7][1] = "2022-13-45"
    text = cm.inspect_files(written("退税.csv", rows)).toml()
    line = next(
        line for line in text.splitlines() if "refund_accepted" in line or "1 个值不是" in line
    )
    assert "4,000 个值中 99.9% 可读" in text and "100% 可读" not in line


def test_what_was_looked_at_in_part_is_said_to_be_so(written):
    text = cm.inspect_files(written("退税.csv", refunds("备注", ["a"], n=13_000))).toml()
    assert "看了其中" in text and "所看 " in text
    assert all("所看 " in line for line in text.splitlines() if "可读" in line or "有值，" in line)


def test_the_milestones_of_a_file_go_before_a_word_in_its_name(written):
    head = ["提单号", "抵港时间", "申报时间", "海关放行"]
    rows = [
        [f"B{i}", "2022-03-01 08:00", "2022-03-01 09:00", "2022-03-01 10:00"] for i in range(30)
    ]
    found = tomllib.loads(cm.inspect_files(written("进口箱信息.csv", [head, *rows])).toml())
    assert found["file"][0]["columns"]["kind"] == {"constant": "import"}


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**7), st.data(), st.integers(0, 2))
def test_all_and_nothing_are_said_of_nothing_else(of, data, digits):
    part = data.draw(st.integers(0, of))
    told = percent(part / of, digits)
    assert (told == "100") == (part == of) and (told == "0") == (part == 0)
    assert abs(float(told) - 100 * part / of) <= 10.0**-digits
