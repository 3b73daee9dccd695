"""Names of time zones: places, and never the short names that several of them share."""

import pytest

from clearance_metrics.domain.zones import AMBIGUOUS, zone
from clearance_metrics.errors import LogError, MappingError
from clearance_metrics.intake import ingest


@pytest.mark.parametrize(
    "name", ["CST", "IST", "BST", "EST", "MST", "HST", "EST5EDT", "CET", "cst"]
)
def test_short_names_are_refused_with_the_places_they_may_mean(name):
    with pytest.raises(LogError, match=f"time zone '{name}' is ambiguous") as error:
        zone(name)
    assert error.value.remedy.startswith("name the place: ") and "/" in error.value.remedy


def test_every_place_that_is_offered_is_known():
    for places in AMBIGUOUS.values():
        assert [zone(place).key for place in places] == list(places)


@pytest.mark.parametrize("name", ["UTC", "PRC", "Asia/Shanghai", "Etc/GMT-8", "Hongkong"])
def test_names_of_one_place_are_known(name):
    assert zone(name).key == name


def test_a_mapping_is_held_to_the_same_names(tmp_path):
    (tmp_path / "dataset.toml").write_text(
        '[dataset]\nname = "t"\ntimezone = "CST"\n[[file]]\npath = "c.csv"\nrole = "cases"\n'
        '[file.columns]\ncase_id = "id"\n'
    )
    with pytest.raises(MappingError, match="'CST' is ambiguous"):
        ingest(tmp_path / "dataset.toml", out=tmp_path / "out")
