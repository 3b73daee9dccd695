"""By whose right a charge is priced: by hand, beside pandas, and bills that say otherwise."""

from datetime import date

import pandas as pd
import polars as pl
import pytest

from clearance_metrics import EventLog, legal_layers, load_tariff, misnamed_charges
from clearance_metrics.engine.refusals import MissingColumn
from clearance_metrics.errors import NothingToShow
from clearance_metrics.notice.rates import legal_layers as layers_of

DUES, SECURITY, LUMP = "货物港务费", "港口设施保安费", "港口作业包干费"
DAY = "2022-12-31"


def log_of(rows, lists=None, currencies=None):
    """Lines of (item, day, what the bill says of the price, its ground), in yuan unless said."""
    made = [
        {
            "case_id": f"c{i}",
            "line_id": f"L{i}",
            "item": item,
            "amount_fen": 100 * (i + 1),
            "charged_on": date.fromisoformat(day),
            "layer": says,
            "ground": ground,
            "payee": "T1",
            "port": "甲",
            "currency": "CNY" if currencies is None else currencies[i],
        }
        for i, (item, day, says, ground) in enumerate(rows)
    ]
    schema = {"layer": pl.String, "ground": pl.String}
    lines = pl.DataFrame(made, schema_overrides=schema)
    events = pl.DataFrame(
        {"case_id": lines["case_id"], "milestone": "customs_released", "time": 1_650_000_000}
    )
    listed = None if lists is None else pl.DataFrame(lists)
    return EventLog(events, charges=lines, charge_list=listed).using(as_of=DAY, lang="en")


ROWS = [
    (DUES, "2022-05-01", "set", "rules"),
    (DUES, "2022-05-01", "market", None),
    (SECURITY, "2022-03-31", "set", "rules"),
    (SECURITY, "2022-04-01", "set", "rules"),
    (LUMP, "2022-05-01", "guided", None),
    (LUMP, "2019-03-31", "guided", None),
    ("信息费", "2022-05-01", "market", None),
    ("信息费", "2022-05-01", None, None),
    ("信息费", "2022-05-01", "outside_list", None),
    ("港口建设费", "2019-12-01", "market", None),
]


def test_layers_by_hand():
    found = {row.layer: row for row in legal_layers(log_of(ROWS))}
    lines = {layer: row.lines for layer, row in found.items()}
    assert lines == {"set": 3, "ended": 1, "market": 1, "unknown": 1, "outside": 3, "fund": 1}
    otherwise = {layer: row.otherwise for layer, row in found.items()}
    assert otherwise == {"set": 1, "ended": 1, "market": 1, "unknown": 0, "outside": 0, "fund": 1}
    assert found["set"].amount == 1 + 2 + 3 and found["set"].no_ground == 1


def test_misnamed_by_hand():
    lists = [{"port": "甲", "item": LUMP, "valid_from": "2018-11-01"}]
    found = misnamed_charges(log_of(ROWS, lists))
    told = {(row.line_id, row.says, row.law) for row in found}
    assert told == {
        ("L1", "market", "set"),
        ("L3", "set", "ended"),
        ("L4", "guided", "market"),
        ("L6", "market", "unlisted"),
        ("L8", "outside_list", "unlisted"),
        ("L9", "market", "fund"),
    }
    assert [row.amount for row in found] == sorted((row.amount for row in found), reverse=True)
    assert (found.checked, found.not_said, found.no_law) == (9, 1, 1)
    assert sum(kind.n for kind in found.kinds) == len(found) == 6
    assert sum(kind.fen for kind in found.kinds) == 100 * (2 + 4 + 5 + 7 + 9 + 10)


def test_lines_in_another_currency_are_told_and_have_no_part_in_amounts():
    currencies = ["USD" if i == 1 else "CNY" for i in range(len(ROWS))]
    log = log_of(ROWS, currencies=currencies)
    found = legal_layers(log)
    row = next(row for row in found if row.layer == "set")
    assert (row.lines, row.amount, row.other) == (3, 1 + 3, 1)
    bills = misnamed_charges(log)
    assert sum(kind.fen for kind in bills.kinds) == 100 * (4 + 5 + 9 + 10) and bills.other == 1
    for told in (found, bills):
        assert "1 line in another currency has no part in the amounts" in told.beware("en")
    assert "another currency" not in legal_layers(log_of(ROWS)).beware("en")


def test_what_stands_on_a_list_is_a_service():
    lists = [{"port": "甲", "item": "信息费", "valid_from": "2018-11-01"}]
    assert "L6" not in {row.line_id for row in misnamed_charges(log_of(ROWS, lists))}
    without = misnamed_charges(log_of(ROWS))
    assert "L6" not in {row.line_id for row in without}
    assert "no published lists" in without.beware()
    # nobody can say that an item is on no list where no list is known, or where it stands on one
    for found in (without, misnamed_charges(log_of(ROWS, lists))):
        assert {row.line_id: row.law for row in found}["L8"] == "outside"
        told = str(found.block("en").to_dict()) + str(found.block("zh").to_dict())
        assert (
            "item not in the tariff" in told and "on no list" not in told and "不在任何" not in told
        )
        assert "unlisted" not in {kind.law for kind in found.kinds}


def test_the_largest_of_each_are_kept_and_all_counted():
    rows = [(DUES, "2022-05-01", "market", None)] * 4 + [(LUMP, "2022-05-01", "set", None)] * 2
    found = misnamed_charges(log_of(rows), limit=1)
    assert [row.line_id for row in found] == ["L5", "L3"]
    assert [kind.n for kind in found.kinds] == [4, 2]
    assert found.headline().startswith("On 6 lines (21.00 CNY) the name on the bill and the law")


def test_agreeing_bills_are_told_as_such():
    found = misnamed_charges(log_of(ROWS[:1]))
    assert not found.rows and found.headline("en").startswith("On none of 1 line")
    assert len(found.block().parts) == 0


def test_a_log_whose_bills_do_not_say():
    log = log_of(ROWS[:1])
    lines = pl.from_arrow(log.rows_of(log.charges)).drop("layer", "charged_day")
    silent = EventLog(
        pl.DataFrame({"case_id": ["c0"], "milestone": "customs_released", "time": 0}),
        charges=lines.select("case_id", "line_id", "item", "amount_fen", "charged_on"),
    )
    with pytest.raises(MissingColumn, match="layer"):
        misnamed_charges(silent, as_of=DAY)
    (row,) = legal_layers(silent, as_of=DAY)
    assert (row.otherwise, row.no_ground) == (None, None)
    assert "cannot be compared" in legal_layers(silent, as_of=DAY).beware("en")


def test_every_day_of_the_tariff_has_the_kind_of_its_rows():
    tariff = load_tariff()
    words = {"set": "set", "ceiling": "guided", "market": "market", "fund": "fund"}
    for day in (
        date(2018, 6, 1),
        date(2019, 12, 1),
        date(2021, 6, 1),
        date(2022, 3, 31),
        date(2022, 4, 1),
    ):
        number = (day - date(1970, 1, 1)).days
        spans = [r for r in layers_of() if r["from"] <= number <= r["to"]]
        assert len({r["item"] for r in spans}) == len(spans)
        for span in spans:
            rows = [r for r in tariff.rows if r.item == span["item"] and r.in_force(day)]
            if span["layer"] == "ended":
                assert all(row.pricing == "fund" and row.rate_fen == 0 for row in rows)
            else:
                assert {words[row.pricing] for row in rows} == {span["layer"]}


def test_the_demonstration_beside_pandas(small):
    lines = pd.read_csv(small / "raw" / "charges.csv.gz", dtype=str, keep_default_na=False)
    lines = lines[~lines["行号"].str.startswith("X")].drop_duplicates()
    ended = lines[(lines["项目"] == SECURITY) & (lines["计费日"] >= "2022-04-01")]
    said = ended[ended["定价方式"] != ""]
    log = EventLog.open(small / "out")
    found = {row.layer: row for row in legal_layers(log)}
    assert found["ended"].lines == len(ended) and found["ended"].otherwise == len(said) > 0
    kinds = {(kind.item, kind.law): kind for kind in misnamed_charges(log).kinds}
    assert kinds[SECURITY, "ended"].n == len(said)
    fees = lines[(lines["项目"] == "港口信息费") & (lines["定价方式"] != "")]
    assert kinds["港口信息费", "unlisted"].n == len(fees)
    assert kinds["港口信息费", "unlisted"].no_ground == len(fees)


def test_small_counts_and_single_lines_are_withheld():
    rows = [(DUES, "2022-05-01", "market", None)] * 6
    found = misnamed_charges(log_of(rows).using(withhold=5))
    assert not found.rows and [kind.n for kind in found.kinds] == [6]
    assert len(found.block().parts) == 1 and found.beware()
    for ask in (misnamed_charges, legal_layers):
        with pytest.raises(NothingToShow, match="withheld"):
            ask(log_of(rows[:4]).using(withhold=5))


def test_periods_sum_to_the_whole():
    log = log_of(ROWS)
    whole = {row.layer: row for row in legal_layers(log)}
    for period in ("month", "quarter", "year"):
        parts = legal_layers(log, period=period)
        for layer, row in whole.items():
            own = [part for part in parts if part.layer == layer]
            for column in ("lines", "amount", "broken", "otherwise"):
                assert sum(getattr(part, column) for part in own) == getattr(row, column)
    assert parts.headline() == legal_layers(log).headline()
    assert len(parts.table().cells) == len(parts) and parts.chart("zh").get_axes()
