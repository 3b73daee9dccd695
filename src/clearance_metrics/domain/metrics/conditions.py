"""Conditions on cases: a mapping whose keys are case columns or milestones, joined by AND.

In Python as in a notice file:

    {"kind": "import", "mode": ["sea", "air"], "teu": {"at_least": 1},
     "declared": {"before": "conveyance_arrived"}, "any": [{...}, {...}]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from ...errors import LogError, closest

VALUE_TESTS = ("at_least", "at_most", "above", "below", "not")
MILESTONE_TESTS = ("present", "before", "not_after", "within_days_of", "within_minutes_of")

Condition = Mapping[str, Any]


def check_condition(condition: object, where: str = "condition") -> Condition:
    """A frozen copy of a well-formed condition; LogError names the key that is not.

    >>> dict(check_condition({"kind": "import", "teu": {"at_least": 1}}))["kind"]
    'import'
    >>> check_condition({"teu": {"atleast": 1}})
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: unknown test 'atleast' for 'teu'
      where: condition
      do: write 'at_least' instead of 'atleast'; known: ...
    """
    if condition is None:
        return MappingProxyType({})
    if not isinstance(condition, Mapping):
        raise LogError(
            f"a condition is a mapping, not {condition!r}",
            where,
            'write for example {"kind": "import"}',
        )
    checked: dict[str, Any] = {}
    for key, test in condition.items():
        if key == "any":
            if not isinstance(test, list | tuple) or not test:
                raise LogError(
                    "'any' takes a list of conditions", where, 'write {"any": [{…}, {…}]}'
                )
            checked[key] = tuple(check_condition(part, where) for part in test)
        elif isinstance(test, Mapping):
            if not test:
                raise LogError(
                    f"{key!r} is empty: it tests nothing",
                    where,
                    "write for example { present = true }",
                )
            for name, value in test.items():
                _check_test(key, name, value, where)
            checked[key] = MappingProxyType({k: _frozen(v) for k, v in test.items()})
        else:
            _check_values(key, test, where)
            checked[key] = _frozen(test)
    return MappingProxyType(checked)


def _check_test(key: str, name: str, value: object, where: str) -> None:
    if name not in VALUE_TESTS + MILESTONE_TESTS:
        remedy = closest(name, VALUE_TESTS + MILESTONE_TESTS)
        raise LogError(f"unknown test {name!r} for {key!r}", where, remedy)
    good = {
        "present": isinstance(value, bool),
        "before": isinstance(value, str),
        "not_after": isinstance(value, str),
        "within_days_of": (
            isinstance(value, list | tuple)
            and len(value) == 2
            and isinstance(value[0], str)
            and isinstance(value[1], int)
        ),
        "within_minutes_of": (
            isinstance(value, list | tuple)
            and len(value) == 2
            and isinstance(value[0], str)
            and isinstance(value[1], int | str)
        ),
    }.get(name)
    if good is False:
        raise LogError(
            f"test {name!r} for {key!r} cannot take {value!r}",
            where,
            "present: true or false; before, not_after: a milestone; within_days_of: [milestone,"
            " whole days]; within_minutes_of: [milestone, minutes or a column of minutes]",
        )
    if good is None:
        _check_values(key, value, where)


def _check_values(key: str, value: object, where: str) -> None:
    values = value if isinstance(value, list | tuple) else [value]
    if not values or not all(isinstance(v, str | int | float | bool | date) for v in values):
        raise LogError(
            f"{key!r} cannot be compared with {value!r}",
            where,
            "give a text, a number, true/false or a list",
        )


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def condition_columns(condition: Condition) -> Iterator[str]:
    """Every column and milestone that a condition reads.

    >>> sorted(condition_columns({"declared": {"before": "gate_in"}, "any": [{"kind": "export"}]}))
    ['declared', 'gate_in', 'kind']
    """
    for key, test in condition.items():
        if key == "any":
            for part in test:
                yield from condition_columns(part)
            continue
        yield key
        if isinstance(test, Mapping):
            yield from (test[name] for name in ("before", "not_after") if name in test)
            for name in ("within_days_of", "within_minutes_of"):
                if name in test:
                    yield from (part for part in test[name] if isinstance(part, str))


def condition_text(condition: Condition) -> str:
    """A condition in one line, for the names of metrics.

    >>> condition_text({"kind": "import", "teu": {"at_least": 1}})
    'kind import, teu at least 1'
    """

    def one(key: str, test: Any) -> str:
        if key == "any":
            return " or ".join(f"({condition_text(part)})" for part in test)
        if isinstance(test, Mapping):
            return " and ".join(
                f"{key} {name.replace('_', ' ')} {_plain(value)}" for name, value in test.items()
            )
        return f"{key} {_plain(test)}"

    return ", ".join(one(key, test) for key, test in condition.items())


def _plain(value: object) -> str:
    return "|".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
