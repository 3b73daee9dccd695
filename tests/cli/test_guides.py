"""The two guides to dataset.toml say the same, in English and in Chinese."""

import re
import tomllib
from pathlib import Path

import pytest

from clearance_metrics.intake import columns, keys
from clearance_metrics.intake.rules import REMEDY

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = [(DOCS / name).read_text(encoding="utf-8") for name in ("dataset.md", "dataset.zh.md")]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)


def blocks(text):
    """Code as it is meant, without comments."""
    return [
        (kind, [re.sub(r"\s*#.*", "", line) for line in code.splitlines() if line.strip()])
        for kind, code in BLOCK.findall(text)
    ]


def test_guides_have_the_same_sections_tables_and_code():
    english, chinese = GUIDES
    heads = [re.findall(r"^#+", text, re.M) for text in (BLOCK.sub("", g) for g in GUIDES)]
    rows = [re.findall(r"^\|.*?\|", text, re.M) for text in GUIDES]
    assert heads[0] == heads[1] and len(rows[0]) == len(rows[1])
    strip = [[(k, [line for line in code if line]) for k, code in blocks(g)] for g in GUIDES]
    assert strip[0] == strip[1]
    names = [set(re.findall(r"`([a-z_]+)`", text)) for text in GUIDES]
    assert names[0] - names[1] == set()


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "zh"])
def test_every_example_is_toml(guide):
    for kind, code in BLOCK.findall(guide):
        if kind == "toml":
            for part in re.split(r"^(?=time = )", code, flags=re.M):
                tomllib.loads(part)


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "zh"])
def test_every_key_of_a_mapping_and_every_rule_is_in_the_guide(guide):
    tables = (keys.TOP_KEYS, keys.DATASET_KEYS, keys.DEFAULT_KEYS, keys.FILE_KEYS)
    known = {name for table in (*tables, columns.COLUMN_KEYS, REMEDY) for name in table}
    # simulated data are made by a command of their own
    lost = {k for k in known - {"simulated"} if not re.search(rf"(?<!\w){k}(?!\w)", guide, re.A)}
    assert lost == set()
