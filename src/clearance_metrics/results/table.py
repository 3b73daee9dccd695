"""What every answer is: a table of frozen records that shows itself in the language asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ..domain.arguments import brief
from ..domain.reader import Reader
from ..errors import LogError, NothingToShow
from ..statistics.reasons import Reason
from .block import Block, pictured
from .display import NONE as NONE
from .display import Display, displayed
from .frames import Framed
from .halves import Half
from .record import LANG as LANG
from .record import Record
from .withheld import Withheld
from .wording import capital, data_of, standing, unmet, word_of
from .words import check_language, has, joined, metric_word, say, unit_word

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Row = TypeVar("Row", bound=Record)

# units of what is counted one by one
COUNTS = frozenset({"cases", "lines", "types", "items", "bills"})
CARRIED = 1000  # rows whose data a page carries with their picture


class ResultTable(Framed, Half, Withheld, Generic[Row]):
    """Rows and the day they are as of: iteration, records, frames, files and a display.

    `shown` names the columns of the display; groups stand before them.

    >>> from clearance_metrics import list_clocks
    >>> found = list_clocks()
    >>> found[1].name, found.to_dicts()[1]["start"], found.table("en").heads[-1]
    ('import_overall', 'conveyance_arrived', 'in words')
    """

    rows: tuple[Row, ...]
    as_of: str
    shown: tuple[str, ...] = ()
    empty = "table.no_rows"
    unit: str = ""  # of the metric, in which limits of statistics are given
    excess: bool = False  # whether values are what exceeds an allowance
    _asked: tuple[object, ...] = ()  # the queries it rests on
    _behind: Callable[..., ResultTable] | None = None  # lists the cases behind a row
    _reader: Reader = Reader()  # of the log that was asked
    _remarks: tuple[Reason, ...] = ()  # what must be known of the whole
    _unmet: tuple[tuple[str, tuple, tuple], ...] = ()  # what is asked of cases and none has
    # the ends of its clock, and how the cases stand of which none can be timed
    _standing: tuple[str, str, tuple[tuple[str, int | None], ...]] | None = None
    _of_clock: str = ""  # the named clock that the metric is
    _stored: bool = False  # whether it comes from a file, without its log
    _words: Mapping[tuple[str, str], Mapping[str, str]] = {}  # what a notice calls its indicators

    @property
    def sql(self) -> str:
        """The queries it rests on, in DuckDB's SQL: run where the log's folder is at hand, they
        give the tallies from which every figure is made.
        """
        return ";\n\n".join(map(str, self._asked))

    def __getstate__(self) -> dict[str, Any]:
        """What is stored: not the log, which alone knows the cases."""
        left = {name: value for name, value in vars(self).items() if name != "_behind"}
        return left | {"_stored": self._stored or self._behind is not None}

    def __copy__(self) -> Self:
        made = object.__new__(type(self))
        vars(made).update(vars(self))
        return made

    def __deepcopy__(self, _memo: object) -> Self:
        return self.__copy__()  # nothing in it changes

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __getitem__(self, place: int) -> Row:
        return self.rows[place]

    @property
    def lang(self) -> str:
        """The language it speaks where a call names none: the log's."""
        return self._reader.lang

    def _in(self, lang: str | None) -> str:
        return check_language(lang or self.lang)

    def chart(
        self, lang: str | None = None, title: str = "", source: str = "", **more: Any
    ) -> Figure:
        """The natural picture, to go on with in matplotlib; LogError where there is none.

        Without a title it has the finding for one; without a source the data and their day stand
        below. Some answers take `more`: measure `beside` (published points), `marks` (days, or the
        notice) and `targets` (dated levels); the pictures of the others take nothing else.
        """
        lang = self._in(lang)
        told = title or capital(self._headline(lang)), source or self.source(lang)
        try:
            figure = self._drawn(lang, *told, **more)
        except NothingToShow as none:
            why = self._nobody_noted(lang)
            raise none.found(capital(self._headline(lang)), why) from None
        figure.alt, figure.note = self._alt(lang), self._noted(lang)
        figure.data = self.drawn_data()
        return figure

    def drawn_data(self) -> str:
        """The figures behind the picture as comma-separated values, which a page offers with it;
        nothing of more than a page should carry.
        """
        text = self._csv() if len(self.rows) <= CARRIED else ""
        return text if len(text) <= CARRIED * 100 else ""

    def _alt(self, lang: str) -> str:
        """What its picture says to those who do not see it."""
        return say("block.alt", lang, about=self.asked(lang), finding=self._headline(lang))

    def with_chart(self, lang: str | None = None, **more: Any) -> Block:
        """Its block with the picture, which takes `more`, above the table, if there is a value."""
        return pictured(self, self._in(lang), more)

    def caption(self, lang: str | None = None) -> str:
        """What was asked, in short."""
        return self._caption(self._in(lang))

    def _caption(self, lang: str) -> str:
        if self._of_clock:
            return self.word("clock", self._of_clock, lang)
        return metric_word(str(getattr(self, "metric", "")), lang)

    def asked(self, lang: str | None = None) -> str:
        """What was asked and the day it is as of, in one line above the table."""
        lang = self._in(lang)
        what = self.caption(lang)
        if not self.as_of:
            return what
        day = say("table.as_of", lang, as_of=self.as_of)
        return say("table.asked", lang, about=what, day=day) if what else day

    def source(self, lang: str | None = None) -> str:
        """Where it comes from: the data and their day, and that they are simulated if they are."""
        lang = self._in(lang)
        title = data_of(self._reader, lang)
        if not self.as_of:
            return ""
        if not title:
            return say("table.as_of", lang, as_of=self.as_of)
        code = "report.source_simulated" if self._reader.simulated else "report.source"
        return say(code, lang, data=title, day=self.as_of)

    def _origin(self) -> dict[str, str]:
        told = {"asked": self.caption(), "as_of": self.as_of, "source": self.source()}
        return {name: text for name, text in told.items() if text}

    def beware(self, lang: str | None = None) -> str:
        """What must be known to read it right, in one text; empty where nothing must."""
        lang = self._in(lang)
        said = [self._beware(lang), *self._why_nobody(lang)]
        return say("report.gap", lang).join(filter(None, said))

    def _why_nobody(self, lang: str) -> list[str]:
        """Where no case is what was asked for: by which column, what it holds, and what to do; of a
        clock none of whose cases can be timed, what to look at.
        """
        told = [capital(say(unmet(self._reader, *one), lang)) for one in self._unmet]
        if self._standing:
            why, look = standing(self._reader, *self._standing)
            cause = say(why, lang)
            # what the finding says already is not said twice
            if cause not in self._headline(lang):
                told.append(say("several.noted", lang, text=capital(cause)))
            told += [say(one, lang) for one in look]
        return told

    def _nobody_noted(self, lang: str | None) -> str:
        """The same in one text, which stands alone below a finding that says why there is none."""
        lang = self._in(lang)
        return say("report.gap", lang).join(self._why_nobody(lang))

    def _cause(self, why: str) -> Reason:
        """Why there is no figure: as the cases stand of which none can be timed, or else the code
        of what is known.
        """
        return standing(self._reader, *self._standing)[0] if self._standing else Reason(why)

    def _causes(self, why: Sequence[Reason]) -> tuple[Reason, ...]:
        """The same of an answer that has its own reasons, the first of which is to be said."""
        return (self._cause(""),) if self._standing else tuple(why)

    def _nothing(self, lang: str) -> Display:
        """The table of an answer without rows."""
        return Display((say(self._cause(self.empty), lang),), ())

    def _beware(self, lang: str) -> str:
        return joined(self._remarks, lang, "report.gap")

    def _noted(self, lang: str) -> str:
        """What must be known of a picture, which has no column of notes."""
        return self._beware(lang)

    def _with(self, **changes: Any) -> Self:
        """A copy that differs in these, and rests on the same queries and cases."""
        made = self.__copy__()
        if not changes.get("rows", True) and self.rows:
            changes["_columns"] = tuple(self.to_polars().columns)
        vars(made).update(changes)
        return made

    def word(self, kind: str, name: str, lang: str) -> str:
        """The word for a milestone, clock, column or value; the dataset's own goes first."""
        own = self._words.get((kind, name), {})
        return own.get(lang) or own.get("en") or word_of(self._reader, kind, name, lang)

    def group_word(self, column: str, value: object, lang: str) -> str:
        """The word for a value of a group column, such as a mode of transport; most stand as they
        are.
        """
        return (
            say("report.not_given", lang) if value is None else self.word(column, str(value), lang)
        )

    def block(self, lang: str | None = None) -> Block:
        """The finding, the table if it has rows, what to know and the source: what a cell of a
        notebook, and a page made from it, show of the answer.
        """
        lang = self._in(lang)
        return Block(
            title=capital(self._headline(lang)),
            parts=(self._table(lang),) if len(self) else (),
            note=self.beware(lang),
            source=self.source(lang),
        )

    def cases(
        self,
        row: Record | int = 0,
        *,
        which: str = "all",
        beyond: float | None = None,
        limit: int = 50,
        publication: bool = False,
    ) -> ResultTable:
        """The cases behind the figure of a row (or its number), the slowest first, with their
        milestones and the hours between them; at most `limit`, and never more than 1000.

        `which`: "all", "open", "finished", "left_out" (with why) or "past": those above `beyond`,
        in the metric's unit, or else above the target or the limit of the statistic. Of a share,
        those of which it does not hold come first. With `publication` identifiers are left out.
        `found.cases(row).to_excel(file)` makes a sheet of it. LogError for answers whose rows are
        not of cases, and for tables of which small cells are withheld.
        """
        if self._behind is None:
            what = f"{type(self).__name__} lists no cases behind its rows"
            do = "ask measure, league, compare or assess"
            if self._stored:
                what, do = "an answer that was stored has left its log behind", "ask the log again"
            raise LogError(what, "cases", do)
        asked = {"which": which, "beyond": beyond, "limit": limit, "publication": publication}
        found = self._behind(self._row(row), **asked)
        return found._with(_reader=self._reader)

    def _row(self, row: object) -> Row:
        """A row by its number, or as it is; LogError for what is none of this answer's."""
        if isinstance(row, int) and not isinstance(row, bool):
            if not -len(self.rows) <= row < len(self.rows):
                raise LogError(f"there is no row {row}", "row", f"there are {len(self.rows)}")
            return self.rows[row]
        if not isinstance(row, Record) or not any(row is one or row == one for one in self.rows):
            what = f"{brief(row)} is no row of this answer"
            raise LogError(what, "row", "give a number such as 0, or a row such as found[0]")
        return row  # type: ignore[return-value]  # as it equals one

    def headline(self, lang: str | None = None) -> str:
        """The finding in a sentence, with its day; without a finding, how many rows there are."""
        told = self._headline(lang := self._in(lang))
        if not self.as_of or not len(self):
            return told
        return say("headline.dated", lang, finding=told, as_of=self.as_of)

    def _headline(self, lang: str) -> str:
        about, n = self._caption(lang), len(self.rows)
        return say("headline.rows" if about else "headline.n", lang, about=about, n=n)

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        what = f"{type(self).__name__} has no picture of its own"
        raise LogError(what, "chart", "draw one from to_pandas() or to_polars()")

    def worded(self, lang: str) -> list[dict[str, object]]:
        """The records as a table shows them: groups in words; a table with columns of codes says
        these in words too.
        """
        told = []
        for row, record in zip(self.rows, self.to_dicts(), strict=True):
            groups = dict(getattr(row, "groups", ()))
            told.append(record | {c: self.group_word(c, v, lang) for c, v in groups.items()})
        return told

    def table(self, lang: str | None = None) -> Display:
        """The columns that are shown, in a language."""
        return self._table(self._in(lang))

    def _table(self, lang: str) -> Display:
        records = self.worded(lang)
        if not records:
            return self._nothing(lang)
        for row, record in zip(self.rows, records, strict=True):
            if "value" in self.shown and record.get("value") is None and f"note_{lang}" in record:
                # its first reason stands in place of the value
                record[f"note_{lang}"] = joined(getattr(row, "reasons", ())[1:], lang)
        groups = [name for name, _ in getattr(self.rows[0], "groups", ())]
        names = [n for n in records[0] if n in self.shown or n in groups]
        for told in ("label", "note"):
            names += [f"{told}_{lang}"] * (told in self.shown and f"{told}_{lang}" in records[0])
        kept = [n for n in names if n == "value" or any(r[n] not in (None, "") for r in records)]
        return displayed(
            kept,
            records,
            lang,
            unit=self.unit,
            excess=self.excess,
            caption=self.asked(lang),
            groups=groups,
        )

    def told(self, lang: str) -> str:
        """What was asked and the day, then the table, in a language."""
        return f"{self.asked(check_language(lang))}\n{self.table(lang)}"

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.block()._repr_html_()

    def _repr_mimebundle_(self, **_asked: object) -> dict[str, object]:
        return self.block().bundle(repr(self))


def amount(value: float, unit: str, lang: str, *, whole: bool = False) -> Reason:
    """A value with its unit, as sentences say it; a share as per cent, a count whole, and hours
    too where they are known from dates alone.
    """
    if whole and unit == "hours":
        told = {"unit": unit_word(unit, lang, counted=True)}
        return Reason("headline.count", n=round(value), **told)
    if unit == "share":
        return Reason("headline.share", value=value)
    if unit in COUNTS and value == int(value):
        n = int(value)
        if has(f"violations.{unit}"):
            return Reason(f"violations.{unit}", n=n)
        return Reason("headline.count", n=n, unit=unit_word(unit, lang, counted=True))
    return Reason("headline.amount", value=value, unit=unit_word(unit, lang, counted=True))


def interval(low: float | None, high: float | None, unit: str) -> Reason | str:
    """An interval in brackets, nothing where there is none."""
    if low is None or high is None:
        return ""
    return Reason(
        "headline.share_bounds" if unit == "share" else "headline.bounds", low=low, high=high
    )


class Single(Record, ResultTable[Any]):
    """An answer of one row: the record and its table at once."""

    @property
    def rows(self) -> tuple[Self, ...]:  # type: ignore[override]  # a table of itself
        """The record alone."""
        return (self,)

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"
