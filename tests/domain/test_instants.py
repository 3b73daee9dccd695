"""Instants of local times."""

from zoneinfo import available_timezones

import duckdb

from clearance_metrics.domain.instants import instant
from clearance_metrics.domain.zones import offsets
from clearance_metrics.errors import LogError


def test_a_time_that_is_not_there_is_none_in_any_zone():
    words = [f"({instant('local', offsets(zone))})" for zone in sorted(available_zones())]
    asked = f"SELECT {', '.join(words)} FROM (SELECT NULL::BIGINT AS local)"
    assert set(duckdb.connect().execute(asked).fetchall()[0]) == {None}


def available_zones():
    for zone in available_timezones():
        try:
            offsets(zone)
        except LogError:
            continue
        yield zone
