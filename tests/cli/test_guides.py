"""The two guides to dataset.toml say the same, in English and in Chinese."""

import re
import tomllib
from pathlib import Path

import pytest

from clearance_metrics.intake import columns, keys
from clearance_metrics.intake.mapping import load_mapping
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


HEAD = '[dataset]\nname = "d"\ntimezone = "UTC"\n'
FILE = '[[file]]\npath = "*.csv"\nrole = "{role}"\n'
NEEDED = {
    "events": ("case_id", "milestone", "time"),
    "charges": ("case_id", "item", "amount", "currency", "charged_on"),
}


def whole(part):
    """A mapping around an example of the guides: tables, keys of a file, or columns of one."""
    tables = tomllib.loads(part)
    events = FILE.format(role="events")
    rest = '[file.columns]\ncase_id = "a"\nmilestone = "b"\ntime = "c"\n'
    if tables.keys() <= keys.TOP_KEYS.keys():
        return ("" if "dataset" in tables else HEAD) + part + events + rest
    if tables.keys() <= keys.FILE_KEYS.keys():
        return HEAD + events + part + rest
    role = "charges" if "amount" in tables else "events"
    lines = [f'{name} = "{name}"\n' for name in NEEDED[role] if name not in tables]
    return HEAD + FILE.format(role=role) + "[file.columns]\n" + part + "".join(lines)


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "zh"])
def test_every_example_is_a_mapping_that_loads(guide, tmp_path):
    found = 0
    for code in (code for kind, code in BLOCK.findall(guide) if kind == "toml"):
        # examples of columns of events and of charges, and several of one column, stand together
        for part in re.split(r"^(?=time = |amount = |normal = )", code, flags=re.M):
            if part.strip():
                file = tmp_path / "dataset.toml"
                file.write_text(whole(part), encoding="utf-8")
                assert load_mapping(file).files
                found += 1
    assert found >= 10
