"""The receipt in words: what was left out, what was noted, the history."""

from clearance_metrics.cli.receipts import receipt_text

COUNTS = {"rows_read": 9, "accepted": 5, "rejected": 1, "duplicates": 0, "left_out": 3}
FILE = COUNTS | {
    "path": "e.csv",
    "left_out_by": [
        {"column": "类型", "value": "PLN", "n": 2},
        {"column": "类型", "value": None, "n": 1},
    ],
    "never_met": [{"column": "编号", "value": "合计"}],
    "noted": [
        {
            "column": "case_id",
            "kind": "mark_removed",
            "n": 4,
            "examples": [{"line": 2, "value": "'1"}],
        }
    ],
}
RECEIPT = {
    "files": [FILE],
    "totals": COUNTS,
    "rejected_by_rule": {"missing_time": 1},
    "doubts": {"declared..gate_out": 2},
    "times_cut": 7,
    "history": [{}, {"run": 2, "files": [{"action": "kept"}, {"action": "read again"}]}],
    "tables": {"events": 5},
}


def test_everything_of_a_receipt_is_told_in_chinese():
    assert receipt_text(RECEIPT, "zh").splitlines() == [
        "文件   读入  接受  拒绝  重复  剔除",
        "e.csv     9     5     1     0     3",
        "合计      9     5     1     0     3",
        "  缺时间 (missing_time)：拒绝1行；补上时间，或用 skip 略去该行",
        "  e.csv：剔除3行：类型 'PLN' 2, 类型 其他文本 1",
        "  e.csv：没有一行含编号 '合计'；更正该文本，或从only、skip、ignore中去掉",
        """  e.csv：case_id：去掉多余符号4处；第2行："'1\"""",
        "  declared..gate_out：2件止点早于起点；更正其中一个时间，或声明该时钟可为负",
        "截到整秒的时间：7",
        "第2次运行：文件保留 1, 重新读取 1",
        "表：events 5",
    ]


def test_a_receipt_of_an_earlier_version_is_told_too():
    counts = {k: COUNTS[k] for k in ("rows_read", "accepted", "rejected", "duplicates")}
    old = {"files": [counts | {"path": "e.csv"}], "totals": counts, "rejected_by_rule": {}}
    told = receipt_text(old | {"tables": {}}, "en")
    assert told.splitlines()[0].split() == ["file", "read", "accepted", "rejected", "duplicates"]


def test_too_little_accepted_is_told_in_chinese_and_in_english():
    few = FILE | {"accepted": 1, "rejected": 5, "least_accepted": 95, "noted": []}
    told = receipt_text(RECEIPT | {"files": [few]}, "zh").splitlines()
    assert "  e.csv：接受16.7%，低于least_accepted的95%：report到此会停下" in told
    told = receipt_text(RECEIPT | {"files": [few]}, "en").splitlines()
    line = "  e.csv: 16.7% accepted, below the 95 % of least_accepted: a report would stop here"
    assert line in told


def test_a_column_mostly_emptied_is_told_in_chinese():
    note = {"column": "kind", "kind": "emptied", "n": 4, "examples": [{"line": 2, "value": "其他"}]}
    told = receipt_text(
        RECEIPT | {"files": [FILE | {"least_accepted": 50, "noted": [note]}]}, "zh"
    ).splitlines()
    assert "  e.csv：kind大半为未知取值，已作空值：report到此会停下" in told
    assert "  e.csv：kind：未知取值作空值4处；第2行：'其他'" in told
    never = FILE | {"least_accepted": 0, "noted": [note]}
    assert "会停下" not in receipt_text(RECEIPT | {"files": [never]}, "zh")
