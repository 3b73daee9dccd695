"""How a log is read: in which language, up to which day, and as what it shows itself."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, ClassVar, Self

from ..domain.arguments import brief
from ..domain.as_of import AsOf
from ..domain.calendars import WorkCalendar, load_calendar
from ..domain.opening import Opening
from ..domain.reader import Reader
from ..domain.vocabulary import Vocabulary, load_vocabulary
from ..domain.windows import A_YEAR, last_month, months
from ..errors import LogError, closest
from ..notice.rates import item_words
from .asking import day_of
from .folder import opening_of


class Read:
    """What a log tells of itself to whoever asks it, and how it shows itself."""

    name: str
    timezone: str
    vocabulary: Vocabulary
    milestones: frozenset[str]
    simulated: bool
    as_of: date | None
    title_zh: str
    title_en: str
    notes: Sequence[object]
    _place: Path | None
    upstairs: ClassVar[Any] = None  # who says in words what a log holds; the package gives itself
    languages: ClassVar[tuple[str, ...]] = ()  # that answers can speak; the package tells them
    lang: str = "en"  # of what answers say
    calendar: WorkCalendar | None = None  # None: the one that ships
    part: tuple[tuple[str, object], ...] = ()  # the columns and values of its cases, if not all
    hidden: frozenset[str] = frozenset()  # indicators whose counts are withheld in this part
    withhold: int | None = None  # answers leave out what rests on fewer cases than this

    def using(
        self,
        *,
        lang: str | None = None,
        as_of: object = None,
        calendar: WorkCalendar | str | Path | None = None,
        withhold: int | None = None,
    ) -> Self:
        """The same log, whose answers speak `lang`, are as of the day `as_of` and count the working
        days of `calendar` (or of the one that ships with the official days in this CSV file),
        unless a question says otherwise. With `withhold=k` they leave out, and say so, what rests
        on fewer than k cases, and show no single case. What is None stays as it is.

        >>> import polars as pl
        >>> from clearance_metrics import EventLog
        >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
        >>> log = EventLog(events).using(lang="zh", as_of="1970-01-31")
        >>> log.lang, log.as_of
        ('zh', datetime.date(1970, 1, 31))
        """
        made = copy(self)
        told: dict[str, Any] = {}
        if lang is not None:
            if self.languages and lang not in self.languages:
                what = f"no catalogue of words is called {brief(lang)}"
                raise LogError(what, "lang", closest(str(lang), self.languages))
            told["lang"] = lang
        if as_of is not None:
            told["as_of"] = AsOf.of(as_of, self.timezone).date
        if calendar is not None:
            if not isinstance(calendar, WorkCalendar | str | Path):
                what = f"calendar={brief(calendar)} is neither a calendar nor a file"
                raise LogError(what, "calendar", 'write load_calendar("CN"), or the path of a CSV')
            if not isinstance(calendar, WorkCalendar):
                calendar = load_calendar("CN").with_years(Path(calendar))
            told["calendar"] = calendar
        if withhold is not None:
            if isinstance(withhold, bool) or not isinstance(withhold, int) or withhold < 2:
                what = f"withhold={brief(withhold)} withholds nothing"
                raise LogError(what, "withhold", "write a whole number from 2")
            told["withhold"] = withhold
        for name_, given in told.items():
            object.__setattr__(made, name_, given)
        made.__dict__.pop("reader", None)
        return made

    @cached_property
    def reader(self) -> Reader:
        """Who reads what is asked of it, and the dataset's title and words."""
        shared = load_vocabulary()
        words = {
            (kind, name): {"zh": word.zh, "en": word.en}
            for kind in ("milestone", "clock", "column")
            for name, word in getattr(self.vocabulary, f"{kind}s").items()
            if word != getattr(shared, f"{kind}s").get(name)
        }
        # charge items that the tariff knows; others stand as they are written
        words |= {("item", item): told for item, told in item_words().items()}
        titles = {"zh": self.title_zh or self.name, "en": self.title_en or self.name}
        return Reader(self.lang, titles, self.simulated, words, self.part)

    @cached_property
    def opening(self) -> Opening | None:
        """When offices are open, where the dataset says it; None where it does not.

        >>> import polars as pl
        >>> from clearance_metrics import EventLog
        >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
        >>> EventLog(events).opening is None
        True
        """
        return opening_of(self._place)

    def latest_year(self, as_of: object = None) -> tuple[str, str]:
        """The first and the last of the latest twelve months that are over on the log's day (or on
        the day `as_of`), as `before=` and `after=` take them. LogError where no day is known.

        >>> import polars as pl
        >>> from clearance_metrics import EventLog
        >>> events = pl.DataFrame({"case_id": ["a"], "milestone": ["declared"], "time": [0]})
        >>> EventLog(events).using(as_of="2022-12-30").latest_year()
        ('2021-12', '2022-11')
        """
        day = AsOf.of(day_of(self) if as_of is None else as_of, self.timezone).date
        last = last_month(day)
        return months(f"{int(last[:4]) - 1}{last[4:]}", last)[-A_YEAR], last

    def __repr__(self) -> str:
        try:
            shown = repr(self._shown())
            return f"{shown}\n{len(self.notes)} notes" if self.notes else shown
        except Exception:  # whatever the engine says: what shows a log must not fail
            return self._in_brief()

    def _repr_html_(self) -> str:
        try:
            return str(self._shown()._repr_html_())
        except Exception:  # as above
            return escape(self._in_brief())

    def _repr_mimebundle_(self, **_asked: object) -> dict[str, object]:
        try:
            return dict(self._shown()._repr_mimebundle_())
        except Exception:  # as above
            return {"text/plain": self._in_brief()}

    def _shown(self) -> Any:
        return self.upstairs.contents(self)

    def _in_brief(self) -> str:
        return f"<EventLog {self.name}: {len(self.milestones)} milestones>"

    def describe(self, notice: object = "cn-2021-85") -> Any:
        """Which clocks and indicators the log can carry, and what is missing for the others: see
        `clearance_metrics.describe`.
        """
        return self.upstairs.describe(self, notice)
