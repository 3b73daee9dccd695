"""A figure that a notice's own authority published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ..domain.between import last_day

OVER_TWO_YEARS = re.compile(r"(?P<first>\d{4})-(?P<second>\d\d)")


@dataclass(frozen=True)
class Result:
    """A figure that the notice's own authority published for an indicator, in the unit of its
    statistic, and what it said of it: "met", "not met", or "" where it said nothing.
    """

    indicator: str
    period: str
    value: float
    stated: str
    source: str
    checked: date
    confidence: str

    @property
    def last(self) -> date:
        """The last day of its period; of a year that runs over two ("2020-21") the latest that its
        last day can be. LogError where the period is none.

        >>> told = {"value": 1.0, "stated": "", "source": "", "checked": None, "confidence": "V"}
        >>> [str(Result("x", period, **told).last) for period in ("2020-05", "2020-21")]
        ['2020-05-31', '2021-12-31']
        """
        name = self.period.rpartition("..")[2]
        years = OVER_TWO_YEARS.fullmatch(name)
        if years and int(years["second"]) == (int(years["first"]) + 1) % 100:
            # the months of a year are read as months: 2011-12 is December
            name = name if 1 <= int(years["second"]) <= 12 else str(int(years["first"]) + 1)
        return last_day(name)
