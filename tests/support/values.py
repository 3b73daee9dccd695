"""One column of a small file taken in: what each text becomes, or by which rule it is refused."""

import csv
import json

import polars as pl

from clearance_metrics.intake import ingest

HEAD = (
    '[dataset]\nname = "t"\ntimezone = "{zone}"\nplausible = [2015-01-01, 2023-12-31]\n'
    "least_accepted = 0\n"
)
FILE = '[[file]]\npath = "a.csv"\nrole = "{role}"\n[file.columns]\ncase_id = "id"\n'
EVENTS = FILE.format(role="events") + 'milestone = {{ constant = "declared" }}\ntime = {time}\n'
CASES = FILE.format(role="cases") + "{column} = {spec}\n"
CHARGES = (
    FILE.format(role="charges")
    + 'item = {{ constant = "THC" }}\ncharged_on = {{ constant = "2021-09-01" }}\n{rest}'
)


def taken(folder, mapping, rows, header):
    """The receipt, and the rejects by the place of their row."""
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    (folder / "dataset.toml").write_text(mapping, encoding="utf-8")
    ingest(folder / "dataset.toml", out=folder / "out")
    receipt = json.loads((folder / "out" / "receipt.json").read_text(encoding="utf-8"))
    rejects = pl.read_parquet(folder / "out" / "rejects.parquet").to_dicts()
    noted = {note["kind"]: note["n"] for note in receipt["files"][0].get("noted", ())}
    return noted, {r["line"] - 2: r["rule"] for r in rejects}


def times(folder, texts, spec='"at"', zone="Asia/Shanghai", header=("at",)):
    """The local text of each time and its resolution, or the rule that refuses it; the notes."""
    rows = [(f"c{i}", *((t,) if isinstance(t, str) else t)) for i, t in enumerate(texts)]
    mapping = HEAD.format(zone=zone) + EVENTS.format(time=spec)
    noted, refused = taken(folder, mapping, rows, ("id", *header))
    events = pl.read_parquet(folder / "out" / "events.parquet").to_dicts()
    found = {
        int(r["case_id"][1:]): (r["time"].strftime("%Y-%m-%d %H:%M:%S"), r["resolution"])
        for r in events
    }
    return [found.get(i) or refused.get(i) for i in range(len(texts))], noted


def attributes(folder, texts, column, spec='"x"', head=""):
    """The value of an attribute for each text, or the rule that refuses it; the notes."""
    rows = [(f"c{i}", text) for i, text in enumerate(texts)]
    mapping = HEAD.format(zone="UTC") + head + CASES.format(column=column, spec=spec)
    noted, refused = taken(folder, mapping, rows, ("id", "x"))
    cases = pl.read_parquet(folder / "out" / "cases.parquet").to_dicts()
    found = {int(r["case_id"][1:]): r[column] for r in cases}
    return [refused.get(i, found.get(i)) for i in range(len(texts))], noted


def amounts(folder, texts, more=""):
    """The fen of each amount, or the rule that refuses it; the notes."""
    rows = [(f"c{i}", text) for i, text in enumerate(texts)]
    rest = f'currency = {{ constant = "CNY" }}\namount = {{ column = "x"{more} }}\n'
    mapping = HEAD.format(zone="UTC") + CHARGES.format(rest=rest)
    noted, refused = taken(folder, mapping, rows, ("id", "x"))
    charges = pl.read_parquet(folder / "out" / "charges.parquet").to_dicts()
    found = {int(r["case_id"][1:]): r["amount_fen"] for r in charges}
    return [found.get(i, refused.get(i)) for i in range(len(texts))], noted
