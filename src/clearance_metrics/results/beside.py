"""Published figures that stand beside those of a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import LogError

Point = Mapping[str, Any]
Points = Mapping[str, tuple[Point, ...]]
Beside = Any  # points by what a metric is called, or a published table that has them
NEEDED = frozenset({"period", "value"})
REMEDY = 'write {"import_overall": [{"period": "2021-06", "value": 36.68}]}'


def points_of(given: Beside, labels: Iterable[str]) -> Points:
    """Points (period, value) of each metric, from a mapping by what it is called, or from what
    `published` answers: the figure of its base year, then those of months. LogError for anything
    else.

    >>> points_of({"import_overall": [{"period": "2021-06", "value": 36.68}]}, ["import_overall"])
    {'import_overall': ({'period': '2021-06', 'value': 36.68},)}
    """
    if given is None:
        return {}
    if hasattr(given, "base") and hasattr(given, "points"):
        found: Mapping[Any, Any] = {label: _of_record(given, label) for label in labels}
    elif isinstance(given, Mapping):
        found = given
    else:
        raise LogError(f"{given!r} has no published points", "beside", REMEDY)
    made = {label: tuple(_checked(found[label])) for label in labels if label in found}
    return {label: points for label, points in made.items() if points}


def _of_record(given: Any, label: str) -> list[Point]:
    base = given.base(label)
    first = [] if base is None else [{"period": given[0].period, "value": base}]
    try:
        return [*first, *given.points(label)]
    except LogError:  # of this metric no months were published
        return list(first)


def _checked(points: Any) -> Iterable[Point]:
    whole = isinstance(points, Iterable) and not isinstance(points, str | Mapping)
    for point in points if whole else (points,):
        if not isinstance(point, Mapping) or NEEDED - set(point):
            raise LogError(f"{point!r} is no point", "beside", REMEDY)
        if point["value"] is not None:
            yield point
