"""The arguments that many questions share, called and checked the same everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable
from math import isfinite
from numbers import Real
from typing import Any, TypeGuard

from ..errors import LogError
from .windows import months

SHORT = 60  # signs of a value that an error names as it is
MOST = 2**63  # no engine counts further
LONGEST = 10**9  # minutes, hours or days that a limit may have: longer than any calendar
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def brief(value: object) -> str:
    """A value as an error names it: what would fill lines by its kind, and its name if it has one.

    >>> brief(5), brief("x" * 99)
    ('5', 'a str')
    """
    told = repr(value)
    if len(told) <= SHORT and "\n" not in told:
        return told
    name = getattr(value, "id", None) or getattr(value, "name", None)
    kind = f"a {type(value).__name__}"
    return f"{kind} ({name})" if isinstance(name, str) and len(name) <= SHORT else kind


def names_of(by: str | Iterable[str]) -> tuple[str, ...]:
    """Group columns as a tuple: one name, or several.

    >>> names_of("port"), names_of(["port", "mode"])
    (('port',), ('port', 'mode'))
    """
    names = (by,) if isinstance(by, str) else tuple(by) if isinstance(by, Iterable) else (by,)
    for name in names:
        if not isinstance(name, str):
            raise LogError(f"{name!r} is no name of a column", "by", 'write "port"')
    return names


def check_groups(by: tuple[str, ...], reserved: Container[str] = ()) -> None:
    """LogError where a group column is named twice, or as a field that results have themselves."""
    if len(set(by)) < len(by):
        raise LogError(f"a group column stands twice in {', '.join(by)}", "by", "name each once")
    for name in by:
        if name in reserved:
            what = f"results have a field {name!r} of their own"
            raise LogError(what, "by", f"rename the column, to my_{name} say")


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number that a float can hold; True and False are none.

    >>> is_number(10**400), is_number(24)
    (False, True)
    """
    try:
        return not isinstance(value, bool) and isinstance(value, Real) and isfinite(value)
    except OverflowError:
        return False


def check_level(level: Any, above: float = 0) -> None:
    """LogError where a level of confidence is not between `above` and 1.

    >>> check_level(95)
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: level 95 is not between 0 and 1
      where: level
      do: write 0.95
    """
    if not is_number(level) or not above < float(level) < 1:
        what = f"level {brief(level)} is not between {above:g} and 1"
        raise LogError(what, "level", "write 0.95")


def check_number(value: object, name: str) -> None:
    """LogError where an argument is no finite number.

    >>> check_number("24", "within")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: within='24' is no number
      where: within
      do: write a number such as 24
    """
    if not is_number(value):
        raise LogError(f"{name}={brief(value)} is no number", name, "write a number such as 24")


def check_limit(value: object, name: str, *, signed: bool = False) -> None:
    """LogError where a limit that times are held against is no number, lies beyond what a log can
    hold, or is not above zero; `signed` for a clock that may run backwards.

    >>> check_limit(-3, "limit")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: limit=-3 is not above zero
      where: limit
      do: write limit=24
    """
    check_number(value, name)
    number = float(value)  # type: ignore[arg-type]  # checked above
    if number <= 0 and not signed:
        raise LogError(f"{name}={value!r} is not above zero", name, f"write {name}=24")
    if abs(number) > LONGEST:
        what = f"{name}={value!r} is longer than any case can take"
        raise LogError(what, name, f"write {name}=24")


def check_count(value: object, name: str) -> None:
    """LogError where an argument that counts is no whole number from 1 on; None means no bound.

    >>> check_count(None, "limit"), check_count(3, "limit")
    (None, None)
    """
    bad = isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < MOST
    if value is not None and bad:
        raise LogError(f"{name}={value!r} is no whole number from 1", name, f"write {name}=100")


def check_many(value: object, name: str) -> None:
    """The same for one that must be given.

    >>> check_many(None, "n")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: n=None is no whole number from 1
      where: n
      do: write n=100
    """
    if value is None:
        raise LogError(f"{name}=None is no whole number from 1", name, f"write {name}=100")
    check_count(value, name)


def check_metric(metric: object, *, of_cases: bool = False) -> None:
    """LogError for what is no metric, such as the name of a clock; `of_cases`: no Fee is asked.

    >>> check_metric("import_overall")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: 'import_overall' is no metric
      where: metric
      do: give a Duration, Share or Fee; clock("import_overall") makes a Duration of a name
    """
    if isinstance(metric, type) or not hasattr(metric, "default_statistics"):
        remedy = "give a Duration or a Share" if of_cases else "give a Duration, Share or Fee"
        if isinstance(metric, str):
            remedy += f"; clock({json.dumps(metric)}) makes a Duration of a name"
        raise LogError(f"{brief(metric)} is no metric", "metric", remedy)


def check_clock(metric: object) -> None:
    """LogError where a question about times is asked of a share or of charges.

    >>> check_clock("import_overall")
    Traceback (most recent call last):
    clearance_metrics.errors.LogError: 'import_overall' is no clock
      where: metric
      do: give a Duration, the name of a clock ("import_overall"), or its two milestones
    """
    if isinstance(metric, type) or not getattr(metric, "is_time", False):
        remedy = 'give a Duration, the name of a clock ("import_overall"), or its two milestones'
        raise LogError(f"{brief(metric)} is no clock", "metric", remedy)


def months_of(pair: Any, name: str) -> list[str]:
    """Every month from the first to the last of a pair; LogError where it is none.

    >>> months_of(("2021-11", "2022-01"), "window")
    ['2021-11', '2021-12', '2022-01']
    """
    remedy = f'write {name}=("2022-01", "2022-12")'
    good = isinstance(pair, tuple | list) and len(pair) == 2
    if not good or not all(isinstance(m, str) and MONTH.fullmatch(m) for m in pair):
        raise LogError(f"{name}={pair!r} is no pair of months", name, remedy)
    found = months(*pair)
    if not found:
        what = f"{name}={pair!r} ends before it begins"
        raise LogError(what, name, "put the earlier month first")
    return found
