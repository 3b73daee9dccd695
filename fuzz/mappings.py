"""dataset.toml: keys of the contract and others, right and wrong values, damaged text."""

from __future__ import annotations

from pathlib import Path
from random import Random

from .texts import garbled
from .truth import Truth

FILE = """编号,环节,时间,日期,金额,属性
1,申报,2021-09-01 08:30,2021-09-01,12.50,进口
1,放行,2021-09-01 10:30,2021-09-01,3,x
"""
WILD = (
    '""',
    '"a"',
    "1",
    "-1",
    "0",
    "true",
    "1.5",
    "nan",
    "inf",
    "[]",
    "{}",
    "[[]]",
    '["a"]',
    "[1]",
    '["a", 1]',
    "{ a = 1 }",
    "{ a = {} }",
    "2021-09-01",
    "2021-09-01T08:00:00",
    "08:00:00",
    "9" * 30,
    '"%Y-%m-%d"',
    '"%"',
    '"%Q"',
    '"%F %T"',
    '"\\u0000"',
    '"' + "长" * 300 + '"',
    '["%Y-%m"]',
    '["%I:%M"]',
    '["%Y-%m-%d %s"]',
    '"Asia/Shanghai"',
    '"CST"',
    '"../x"',
    '"编号"',
    '{ column = "编号" }',
    "{ constant = 1 }",
)
DATASET = {
    "name": ('"t"', '"t-1"'),
    "title_zh": ('"题"',),
    "timezone": ('"Asia/Shanghai"', '"UTC"', '"localtime"', '"EST"', '"America/New_York"'),
    "as_of": ("2022-12-31", "1850-01-01"),
    "plausible": ("[2018-01-01, 2023-06-30]", "[2023-01-01, 2018-01-01]"),
    "source": ('"s"',),
    "simulated": ("true",),
    "least_accepted": ("95", "0", "100", "101", "95.5"),
    "strict": ("true", "false"),
}
DEFAULTS = {
    "formats": ('["%Y年%m月%d日"]', '["%Y-%m-%d %H:%M"]', '["%I:%M"]'),
    "no_value": ('["无", "—"]', '[""]'),
    "encoding": ('"utf-8"', '"gbk"', '"gb2312"', '"latin-1"'),
    "delimiter": ('","', '";"', '";;"'),
    "timezone": ('"UTC"', '"+08:00"'),
    "decimal": ('","', '"."', '";"'),
    "negative": ('"brackets"', '"sign"'),
    "unit": ('"yuan"', '"fen"', '"jiao"'),
}
FILES = {
    "path": ('"a.csv"', '"*.csv"', '"b.csv"', '"[a"', '"**"'),
    "role": ('"events"',),
    "format": ('"csv"', '"parquet"', '"excel"'),
    "encoding": ('"utf-8"', '"gb18030"', '"gbk"', '"utf-16"'),
    "delimiter": ('","', '";"', '"\\t"'),
    "timezone": ('"UTC"', '"Asia/Tokyo"'),
    "keep": ('"all"', "[]", '["属性"]', '["没有"]'),
    "header_row": ("1", "2", "4", "1048577"),
    "sheet": ("1", '"a"', "0"),
    "fill_down": ('["编号"]', '["没有"]'),
    "only": ('{ "环节" = ["申报"] }', '{ "没有" = ["x"] }', '{ "环节" = [] }'),
    "skip": ('{ "编号" = ["合计"] }', '{ "环节" = ["放行", "申报"] }'),
    "ignore": ('["放行"]', '["没有"]'),
    "several_rows": ("true", "false"),
    "least_accepted": ("90", "0"),
    "strict": ("true",),
}
TIME = {
    "column": ('"时间"', '"日期"', '"没有"'),
    "columns": ('["日期", "时间"]', '["日期"]', "[]", '["日期", "没有"]'),
    "formats": ('["%Y-%m-%d %H:%M"]', '["%d.%m.%y %I:%M %p"]', '["%Y%j"]', '["%s"]', '["%F %T"]'),
    "no_value": ('["—"]', '["2021-09-01 08:30"]'),
    "zone_column": ('"属性"', '"没有"'),
    "number": ('"excel"', '"seconds"', '"milliseconds"', '"days"'),
    "constant": ('"2021-09-01"',),
}
TEXT = {
    "column": ('"属性"', '"编号"', '"金额"'),
    "values": ('{ "进口" = "import", x = "export" }', '{ "进口" = "imports" }', "{ a = 1 }"),
    "constant": ('"import"', "1", "true"),
    "prefix": ("2", "0", "-1", "100"),
    "no_value": ('["x"]',),
}
AMOUNT = {
    "column": ('"金额"', '"编号"'),
    "no_value": ('["3"]',),
    "unit": ('"fen"', '"yuan"', '"jiao"'),
    "decimal": ('","', '"."'),
    "negative": ('"brackets"',),
}
COLUMNS = {
    "case_id": ('"编号"',),
    "milestone": ('"环节"', '{ constant = "declared" }'),
    "time": ('"时间"',),
    "recorded_at": ('"日期"',),
    "item": ('"属性"',),
    "amount": ('"金额"', '{ column = "金额", unit = "fen" }'),
    "currency": ('{ constant = "CNY" }', '"属性"'),
    "charged_on": ('"日期"',),
    "kind": ('"属性"', '{ column = "属性", values = { "进口" = "import" } }'),
    "hs_chapter": ('"编号"', '{ column = "编号", prefix = 2 }'),
    "mode": ('"属性"',),
    "teu": ('"编号"',),
    "aeo": ('"属性"',),
    "port": ('"属性"',),
    "normal": ('"属性"',),
}
SHARED = ("kind", "hs_chapter", "mode", "teu", "aeo", "port")
MAY = {
    "events": ("recorded_at", *SHARED),
    "wide": ("normal", *SHARED),
    "cases": SHARED,
    "charges": ("port",),
}
ROLE_NEEDS = {
    "events": ("case_id", "milestone", "time"),
    "wide": ("case_id",),
    "cases": ("case_id",),
    "charges": ("case_id", "item", "amount", "currency", "charged_on"),
}


def make(rng: Random, folder: Path) -> Truth:
    """Write dataset.toml beside one small file."""
    (folder / "a.csv").write_text(FILE, encoding="utf-8")
    wild = rng.choice([0.0, 0.0, 0.0, 0.01, 0.05])
    text = "\n".join(_lines(rng, wild))
    raw = text.encode("utf-8")
    if rng.random() < 0.08:
        raw = garbled(rng, raw, 2)
    (folder / "dataset.toml").write_bytes(raw)
    return Truth("events")


def _lines(rng: Random, wild: float) -> list[str]:
    lines = ["[dataset]", *_some(rng, DATASET, ("name", "timezone"), wild)]
    if rng.random() < 0.4:
        lines += ["[defaults]", *_some(rng, DEFAULTS, (), wild)]
    if rng.random() < 0.08:
        named = rng.choice(["weighed", "declared", "Declared", "时", "time"])
        lines += [rng.choice(["[[milestone]]", "[[column]]", "[[clock]]"]), f'name = "{named}"']
        lines += rng.choice([[], ['start = "declared"', 'stop = "weighed"'], ['type = "flag"']])
    for _ in range(rng.choice([1] * 12 + [2, 2, 2, 0])):
        lines += _file(rng, wild)
    return lines


def _file(rng: Random, wild: float) -> list[str]:
    role = rng.choice(["events", "events", "wide", "cases", "charges"])
    few = {k: v for k, v in FILES.items() if k not in ("path", "role")}
    lines = ["[[file]]", 'path = "a.csv"', f'role = "{role}"', *_some(rng, few, (), wild)]
    lines += ["[file.columns]"]
    for name in COLUMNS:
        may = 0.15 if name in MAY[role] else wild
        if name in ROLE_NEEDS[role] or rng.random() < may:
            lines.append(f"{_key(rng, name, wild)} = {_value(rng, COLUMNS[name], name, wild)}")
    if role == "wide" or (role == "events" and rng.random() < 0.97) or rng.random() < wild:
        lines += ["[file.milestones]"]
        if role == "wide":
            lines.append("declared = " + _value(rng, COLUMNS["time"], "time", wild))
        else:
            lines += ['"申报" = "declared"', '"放行" = "customs_released"']
        if rng.random() < 2 * wild:
            code = rng.choice(["arrived", '"抵港"', "declraed"])
            lines.append(f"{code} = {rng.choice(WILD)}")
    return lines


def _some(rng: Random, keys: dict, needed: tuple, wild: float) -> list[str]:
    lines = []
    for key, values in keys.items():
        if (key in needed and rng.random() > wild / 4) or rng.random() < 0.07:
            known = values[:1] if rng.random() < 0.9 else values
            value = rng.choice(WILD) if rng.random() < wild else rng.choice(known)
            lines.append(f"{_key(rng, key, wild)} = {value}")
    if rng.random() < wild:
        key = rng.choice(["x", "colour", '"长"', "Path"])
        lines.append(f"{key} = {rng.choice(WILD)}")
    return lines


def _key(rng: Random, key: str, wild: float) -> str:
    if rng.random() < wild / 4:
        return rng.choice([key[:-1] or "x", key.upper(), f'"{key} "', "direction", "x.y"])
    return key


def _value(rng: Random, known: tuple, name: str, wild: float) -> str:
    if rng.random() < wild:
        return rng.choice(WILD)
    if rng.random() < 0.25:
        times = ("time", "recorded_at", "charged_on")
        keys = TIME if name in times else AMOUNT if name == "amount" else TEXT
        column = [] if rng.random() < 0.2 else [f"column = {keys['column'][0]}"]
        more = [
            f"{key} = {rng.choice(values if rng.random() < 0.3 else values[:1])}"
            for key, values in keys.items()
            if key != "column" and rng.random() < 0.2
        ]
        return "{ " + ", ".join([*column, *more]) + " }"
    return rng.choice(known if rng.random() < 0.5 else known[:1])
