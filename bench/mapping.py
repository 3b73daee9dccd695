"""The generated log's dataset.toml."""

from __future__ import annotations

TITLE_ZH, TITLE_EN = "模拟基准数据（非真实业务）", "Simulated benchmark (not real)"
SOURCE = "clearance-metrics bench"
HEAD = f"""# A generated log for benchmarks: one row per event, times local,
# refunds dated to the day.
[dataset]
name = "bench"
title_zh = "{TITLE_ZH}"
title_en = "{TITLE_EN}"
simulated = true
timezone = "Asia/Shanghai"
as_of = 2022-12-31
plausible = [2018-06-01, 2023-06-30]
source = "{SOURCE}"
"""
CHARGES = (
    "case_id",
    "line_id",
    "item",
    "currency",
    "quantity",
    "charged_on",
    "payee",
    "port",
    "bill",
    "channel",
    "size",
    "cargo_class",
    "place",
    "net_tons",
    "distance_nm",
    "voyage",
    "box",
    "ground",
    "layer",
)


def _in_fen(told: str) -> str:
    """The columns of a file, those that are money in whole fen."""
    for name in ("goods_value", "duty"):
        plain = f'{name} = "{name}"'
        told = told.replace(plain, f'{name} = {{ column = "{name}", unit = "fen" }}')
    return told


def mapping(facts: list[str], milestones: list[str]) -> str:
    """The text of dataset.toml for these case columns and milestones."""
    parts = [
        HEAD,
        _file("events.csv", "events", {name: name for name in ("case_id", "milestone", "time")}),
        # every code is declared, so that a milestone which never happened is known to be absent
        "[file.milestones]\n" + "".join(f'"{m}" = "{m}"\n' for m in milestones),
        _in_fen(_file("cases.csv", "cases", {name: name for name in ("case_id", *facts)})),
        _file("charges.csv", "charges", {name: name for name in CHARGES})
        + 'amount = { column = "amount_fen", unit = "fen" }\n',
        _file(
            "charge-list.csv",
            "charge_list",
            {name: name for name in ("port", "item", "valid_from", "valid_to")},
        )
        + 'rate = { column = "rate_fen", unit = "fen" }\n',
    ]
    return "\n".join(parts)


def _file(path: str, role: str, columns: dict[str, str]) -> str:
    lines = "".join(f'{name} = "{header}"\n' for name, header in columns.items())
    return f'[[file]]\npath = "{path}"\nrole = "{role}"\n\n[file.columns]\n{lines}'
