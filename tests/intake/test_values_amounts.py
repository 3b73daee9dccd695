"""Amounts are exact to the fen, or refused by a rule that leads out; currencies are of ISO 4217."""

import polars as pl
import pytest
from support.values import CHARGES, HEAD, amounts, attributes, taken

YUAN = {
    "1,234.50元": 123450,
    "￥1,234.50": 123450,
    "¥ 1,234.50": 123450,
    "RMB 1234.5": 123450,
    "cny1234.50": 123450,
    "1234.50 CNY": 123450,
    "人民币1,234.50元": 123450,
    "1，234.50": 123450,
    "１２３４．５０": 123450,
    "1 234.50": 123450,
    "1\u00a0234\u202f567.5": 123456750,
    "1234.5000": 123450,
    "1234.": 123400,
    ".50": 50,
    "+1234.5": 123450,
    "1.2345E+03": 123450,
    "1234.4999999999998": 123450,
    "0.30000000000000004": 30,
    "9999999999999.99": 999999999999999,
    '="1234.50"': 123450,
    "1.2E+03": "unparseable_amount",
    "4.21021E+17": "unparseable_amount",
    "1234.505": "unparseable_amount",
    "0.123万元": "unparseable_amount",
    "1234分": "unparseable_amount",
    "USD 12": "unparseable_amount",
    "(1234.50)": "unparseable_amount",
    "1 2 3": "unparseable_amount",
    "-": "unparseable_amount",
    "": "unparseable_amount",
    "99999999999999999999999": "unparseable_amount",
    "-1234.50": "negative_amount",
    "1,23,456.50": "doubtful_grouping",
    "12,3456.00": "doubtful_grouping",
    "1.234,50": "decimal_comma",
    "1234,5": "doubtful_grouping",
}


def test_yuan(tmp_path):
    found, noted = amounts(tmp_path, list(YUAN))
    assert dict(zip(YUAN, found, strict=True)) == YUAN
    assert noted == {"amount_rounded": 2}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        (
            ', decimal = ","',
            {
                "1.234,50": 123450,
                "1234,5": 123450,
                "1 234,50元": 123450,
                "1.234": 123400,
                "1,234.50": "unparseable_amount",
            },
        ),
        (
            ', negative = "brackets"',
            {"(1,234.50)": "negative_amount", "（12）": "negative_amount", "12": 1200},
        ),
        (
            ', unit = "fen"',
            {
                "1234": 1234,
                "1,234分": 1234,
                "1234.0": 1234,
                "1234元": "unparseable_amount",
                "12.5": "unparseable_amount",
            },
        ),
        (
            ', unit = "wan"',
            {
                "0.1234": 123400,
                "1.5万元": 1500000,
                "0.123456": 123456,
                "1500元": "unparseable_amount",
                "0.1234567": "unparseable_amount",
            },
        ),
    ],
)
def test_what_the_mapping_says_of_amounts(tmp_path, more, wanted):
    found, _ = amounts(tmp_path, list(wanted), more)
    assert dict(zip(wanted, found, strict=True)) == wanted


CURRENCIES = {
    **{code: code for code in ("CNY", "XOF", "UYU", "ZMW", "TWD", "HRK")},
    "cny": "CNY",
    " usd ": "USD",
    "ＵＳＤ": "USD",
    "RMB": "unknown_currency",
    "人民币": "unknown_currency",
    "156": "unknown_currency",
    "XXX": "unknown_currency",
    "": "unknown_currency",
}


def test_currencies(tmp_path):
    rest = 'currency = "x"\namount = { constant = 1 }\n'
    rows = [(f"c{i}", text) for i, text in enumerate(CURRENCIES)]
    mapping = HEAD.format(zone="UTC") + CHARGES.format(rest=rest)
    _, refused = taken(tmp_path, mapping, rows, ("id", "x"))
    charges = pl.read_parquet(tmp_path / "out" / "charges.parquet").to_dicts()
    found = {int(r["case_id"][1:]): r["currency"] for r in charges} | refused
    assert {text: found[i] for i, text in enumerate(CURRENCIES)} == CURRENCIES


def test_what_goods_are_worth_is_read_as_charges_are(tmp_path):
    """An attribute that cannot be read is emptied and counted, so that its case stays."""
    texts = ["1,234.50", "￥2", "", "0", "-5", "见附件", "1.234,50"]
    found, noted = attributes(tmp_path, texts, "goods_value")
    assert found == [123450, 200, None, 0, None, None, None] and noted["emptied"] == 3
    kinds = pl.read_parquet_schema(tmp_path / "out" / "cases.parquet")
    assert kinds["goods_value"] == pl.Int64
    wan, _ = attributes(tmp_path, ["1.5", "0.000001"], "duty", '{ column = "x", unit = "wan" }')
    assert wan == [1500000, 1]
    fen, _ = attributes(tmp_path, ["7"], "duty", '{ column = "x", unit = "fen" }')
    comma, _ = attributes(tmp_path, ["1.234,5"], "duty", '{ column = "x", decimal = "," }')
    assert (fen, comma) == ([7], [123450])


def test_strict_amounts_of_cases_refuse_their_rows(tmp_path):
    texts = ["10", "-5", "abc", "1234,5"]
    head = "[defaults]\nno_value = []\n"
    mapping = HEAD.format(zone="UTC").replace("least_accepted", "strict = true\nleast_accepted")
    mapping += head + '[[file]]\npath = "a.csv"\nrole = "cases"\n[file.columns]\n'
    mapping += 'case_id = "id"\ngoods_value = "x"\n'
    _, refused = taken(tmp_path, mapping, [(f"c{i}", t) for i, t in enumerate(texts)], ("id", "x"))
    assert refused == {1: "negative_amount", 2: "unparseable_amount", 3: "doubtful_grouping"}


def test_an_amount_of_ones_own_is_declared(tmp_path):
    head = '[[column]]\nname = "freight"\ntype = "amount"\n'
    found, _ = attributes(tmp_path, ["12.34", "x"], "freight", head=head)
    assert found == [1234, None]


def test_a_bill_says_its_ground_and_how_it_is_priced(tmp_path):
    rows = [("c0", "文件", "政府定价"), ("c1", "", "不明"), ("c2", "", "")]
    rest = 'currency = { constant = "CNY" }\namount = { constant = "5" }\nground = "g"\n'
    rest += 'layer = { column = "l", values = { "政府定价" = "set" } }\n'
    noted, refused = taken(
        tmp_path, HEAD.format(zone="UTC") + CHARGES.format(rest=rest), rows, ("id", "g", "l")
    )
    assert not refused and noted == {"emptied": 1}
    lines = pl.read_parquet(tmp_path / "out" / "charges.parquet").sort("case_id")
    assert lines["ground"].to_list() == ["文件", None, None]
    assert lines["layer"].to_list() == ["set", None, None]
