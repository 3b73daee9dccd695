"""Instants of local times."""

from zoneinfo import available_timezones

import duckdb

from clearance_metrics.domain.instants import instant
from clearance_metrics.domain.zones import offsets
from clearance_metrics.errors import LogError


def test_a_time_that_is_not_there_is_none_in_any_zone():
    engine = duckdb.connect()
    # many zones have the same offsets; to plan one query of them all takes a minute
    for told in {instant("local", offsets(zone)) for zone in available_zones()}:
        asked = f"SELECT {told} FROM (SELECT NULL::BIGINT AS local)"
        assert engine.execute(asked).fetchall() == [(None,)]


def available_zones():
    for zone in available_timezones():
        try:
            offsets(zone)
        except LogError:
            continue
        yield zone
