"""The day up to which a log is complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..errors import LogError
from .days import read_day
from .zones import EPOCH, FIRST_YEAR, LAST_YEAR, day_number, last_second, zone


@dataclass(frozen=True)
class AsOf:
    """The last UTC second that counts, its local day as days since 1970-01-01, and the text of it.

    >>> AsOf.of("2022-12-31", "Asia/Shanghai")
    AsOf(second=1672502399, day=19357, text='2022-12-31')
    """

    second: int
    day: int
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def date(self) -> date:
        """The local day."""
        return EPOCH + timedelta(days=self.day)

    @classmethod
    def of(cls, value: object, timezone: str) -> AsOf:
        """From a date (the whole day counts), its text, or a moment; LogError for anything else."""
        text = str(value)
        if isinstance(value, str):
            day = read_day(value)
            if day is None:
                what = f"as_of {value!r} is not a date"
                raise LogError(what, "as_of", "write it as 2022-12-31")
            value = day
        if isinstance(value, datetime) and value == value:  # pandas has a time that is none
            moment = value if value.tzinfo else value.replace(tzinfo=zone(timezone))
            local = moment.astimezone(zone(timezone)).date()
            return cls(int(moment.timestamp()), day_number(local), text)
        if not isinstance(value, date) or value != value:
            what = f"as_of {value!r} is not a date"
            raise LogError(what, "as_of", "give the day up to which the log is complete")
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            remedy = f"write a day of {FIRST_YEAR} to {LAST_YEAR}"
            raise LogError(f"as_of {value} is no day of a log", "as_of", remedy)
        return cls(last_second(value, timezone), day_number(value), text)
