"""What every answer is: a table of frozen records that shows itself in the language asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.between import first_day
from ..errors import LogError, OutputError
from ..statistics.reasons import Reason
from .display import NONE as NONE
from .display import Display, displayed
from .words import LANGUAGES, check_language, joined, metric_word, say, unit_word

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from matplotlib.figure import Figure

LANG = "en"  # of records, where nobody says otherwise
START = "period_start"
# what a spreadsheet takes for a formula, full-width signs too; plain numbers are none
FORMULA, PLAIN = "^[=+\\-@\\t\\r\uff1d\uff0b\uff0d\uff20]", r"^[+-]?\d+([.,]\d+)?$"
SHEET = 2**20 - 2  # rows that a sheet holds below its header


class Record:
    """What the rows of all tables share; each is a frozen dataclass, made by keyword.

    Group values are attributes too: `row.port` of a table grouped by port. `reasons`, where a row
    has them, are said as `note` (English), `note_zh` and `note_en`.
    """

    labelled = False  # whether rows have a label in words beside their codes

    @classmethod
    def own_names(cls) -> frozenset[str]:
        """Fields and attributes of its own, which no column that groups it may be called."""
        told = {f"{head}_{lang}" for head in ("note", "label") for lang in LANGUAGES}
        return frozenset(
            {"note", START, *told, *dir(cls), *getattr(cls, "__dataclass_fields__", ())}
        )

    def __getattr__(self, name: str) -> object:
        if not name.startswith("_"):
            for group, value in self.__dict__.get("groups", ()):
                if group == name:
                    return value
            if name == "groups":
                return ()  # of rows that no column groups
            head, _, lang = name.partition("_")
            if head == "note" and lang in ("", *LANGUAGES) and "reasons" in self.__dict__:
                return self.said(lang or LANG)
        raise AttributeError(f"a {type(self).__name__} has no {name!r}")

    def said(self, lang: str = LANG) -> str:
        """What must be known of the row, or why it has no value, in one text."""
        return joined(getattr(self, "reasons", ()), lang)

    def to_dict(self) -> dict[str, Any]:
        """A flat record in the order of the fields: groups as columns, reasons also as notes."""
        record: dict[str, Any] = {}
        for name in (field.name for field in fields(self)):  # type: ignore[arg-type]
            value = getattr(self, name)
            if name == "groups":
                record |= dict(value)
            elif name == "reasons":
                record["reasons"] = [reason.to_dict() for reason in value]
                record |= {f"note_{lang}": joined(value, lang) for lang in LANGUAGES}
            else:
                record[name] = value.value if isinstance(value, Enum) else value
        if self.labelled:
            record |= {f"label_{lang}": self.label(lang) for lang in LANGUAGES}
        return record

    def label(self, lang: str = LANG) -> str:
        """What the row is about, in words."""
        raise AttributeError(f"a {type(self).__name__} has no label")


class ResultTable:
    """Rows and the day they are as of: iteration, records, frames, files and a display.

    `shown` names the columns of the display; groups stand before them.

    >>> from clearance_metrics import list_clocks
    >>> found = list_clocks()
    >>> found[1].name, found.to_dicts()[1]["start"], found.table("en").heads[-1]
    ('import_overall', 'conveyance_arrived', 'in words')
    """

    rows: tuple
    as_of: str
    shown: tuple[str, ...] = ()
    empty = "table.no_rows"
    unit: str = ""  # of the metric, in which limits of statistics are given
    excess: bool = False  # whether values are what exceeds an allowance
    _asked: tuple[object, ...] = ()  # the queries it rests on
    _behind: Callable[..., ResultTable] | None = None  # lists the cases behind a row

    @property
    def sql(self) -> str:
        """The queries it rests on, in DuckDB's SQL: run where the log's folder is at hand, they
        give the tallies from which every figure is made.
        """
        return ";\n\n".join(map(str, self._asked))

    def __getstate__(self) -> dict[str, Any]:
        """What is stored: not the log, which alone knows the cases."""
        return {name: value for name, value in vars(self).items() if name != "_behind"}

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator:
        return iter(self.rows)

    def __getitem__(self, place: int) -> Record:
        return self.rows[place]

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict per row."""
        return [row.to_dict() for row in self.rows]

    def _framed(self) -> list[dict[str, Any]]:
        """The records with what is nested as JSON text, and the first day of each period."""
        records = [{k: _flat(v) for k, v in row.items()} for row in self.to_dicts()]
        starts = [first_day(row.get("period")) for row in records]
        if not any(starts):
            return records
        framed = []
        for row, start in zip(records, starts, strict=True):
            names = list(row)
            place = names.index("period") + 1
            order = [*names[:place], START, *names[place:]]
            framed.append({n: start if n == START else row[n] for n in order})
        return framed

    def to_polars(self) -> pl.DataFrame:
        """A Polars DataFrame, one row per record; what is nested stands as JSON text.

        Beside `period`, the name of a month, quarter or year, `period_start` holds its first day as
        a date, so that frames sort, join and draw by time; so in every frame and file.
        """
        import polars as pl

        records = self._framed()
        if not records:
            return pl.DataFrame(schema=list(self.shown))
        return pl.DataFrame(records, infer_schema_length=None, strict=False)

    def to_pandas(self) -> pd.DataFrame:
        """A pandas DataFrame, one row per record; what is nested stands as JSON text."""
        import pandas as pd

        records = self._framed()
        frame = pd.DataFrame(records, columns=None if records else list(self.shown))
        if START in frame.columns:
            frame[START] = pd.to_datetime(frame[START])
        return frame

    def to_arrow(self) -> pa.Table:
        """An Arrow table, one row per record."""
        return self.to_polars().to_arrow()

    def to_csv(self, file: str | Path | None = None) -> str:
        """Comma-separated values with a header, one line per record; also written to `file`.

        A text that a spreadsheet would take for a formula has an apostrophe in front.
        """
        text = _harmless(self.to_polars()).write_csv()
        if file is not None:
            with _writing(file):
                # with the mark that Excel looks for
                Path(file).write_text(text, encoding="utf-8-sig")
        return text

    def to_excel(self, file: str | Path) -> None:
        """A workbook with one sheet; a text that begins like a formula stays a text."""
        from xlsxwriter import Workbook

        frame = self.to_polars()
        if len(frame) > SHEET:
            what = f"{len(frame):,} rows do not fit a sheet of {SHEET:,}"
            raise OutputError(what, str(file), "write them with to_csv")
        texts = {"strings_to_formulas": False, "strings_to_urls": False}
        with _writing(file), Workbook(str(file), texts | {"nan_inf_to_errors": True}) as book:
            frame.write_excel(book, autofit=True, freeze_panes=(1, 0))

    def chart(self, lang: str = LANG, title: str = "", source: str = "") -> Figure:
        """The natural picture, to go on with in matplotlib; LogError where there is none.

        Without a title it is called after what was asked; without a source the day stands below.
        """
        below = source or say("table.as_of", check_language(lang), as_of=self.as_of)
        return self._drawn(lang, title or self.caption(lang), below)

    def caption(self, lang: str = LANG) -> str:
        """What was asked, in short."""
        return metric_word(str(getattr(self, "metric", "")), lang)

    def asked(self, lang: str = LANG) -> str:
        """What was asked and the day it is as of, in one line above the table."""
        what = self.caption(lang)
        if not self.as_of:
            return what
        day = say("table.as_of", lang, as_of=self.as_of)
        return say("table.asked", lang, about=what, day=day) if what else day

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
            raise LogError(what, "cases", "ask measure, league, compare or assess")
        if isinstance(row, int):
            if not -len(self.rows) <= row < len(self.rows):
                raise LogError(f"there is no row {row}", "row", f"there are {len(self.rows)}")
            row = self.rows[row]
        asked = {"which": which, "beyond": beyond, "limit": limit, "publication": publication}
        return self._behind(row, **asked)

    def headline(self, lang: str = LANG) -> str:
        """The finding in a sentence; of an answer without one, how many rows it has."""
        about, n = self.asked(check_language(lang)), len(self.rows)
        return (
            say("headline.rows", lang, about=about, n=n) if about else say("headline.n", lang, n=n)
        )

    def _drawn(self, lang: str, title: str, source: str) -> Figure:
        what = f"{type(self).__name__} has no picture of its own"
        raise LogError(what, "chart", "draw one from to_pandas() or to_polars()")

    def worded(self, lang: str) -> list[dict[str, object]]:
        """The records as a table shows them; a table with columns of codes says these in words."""
        return self.to_dicts()

    def table(self, lang: str = LANG) -> Display:
        """The columns that are shown, in a language."""
        check_language(lang)
        records = self.worded(lang)
        if not records:
            return Display((say(self.empty, lang),), ())
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
        """The day, then the table, in a language."""
        head = say("table.as_of", check_language(lang), as_of=self.as_of)
        return f"{head}\n{self.table(lang)}"

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def amount(value: float, unit: str, lang: str) -> Reason:
    """A value with its unit, as sentences say it; a share as per cent."""
    if unit == "share":
        return Reason("headline.share", value=value)
    return Reason("headline.amount", value=value, unit=unit_word(unit, lang))


def interval(low: float | None, high: float | None, unit: str) -> Reason | str:
    """An interval in brackets, nothing where there is none."""
    if low is None or high is None:
        return ""
    return Reason(
        "headline.share_bounds" if unit == "share" else "headline.bounds", low=low, high=high
    )


class Single(Record, ResultTable):
    """An answer of one row: the record and its table at once."""

    @property
    def rows(self) -> tuple[Record, ...]:  # type: ignore[override]  # a table of itself
        """The record alone."""
        return (self,)

    def __repr__(self) -> str:
        return f"{self.asked()}\n{self}"


@contextmanager
def _writing(file: str | Path) -> Iterator[None]:
    """Tells a file that cannot be written as what the user can mend."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        yield
    except (OSError, FileCreateError) as error:
        told = error if isinstance(error, OSError) else error.args[0]
        why = getattr(told, "strerror", None) or told
        raise OutputError(f"cannot write: {why}", str(file), "name another file") from None


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """The same, where no text and no header begins like a formula; plain numbers stay."""
    import polars as pl

    def marked(name: str) -> pl.Expr:
        text = pl.col(name)
        formula = text.str.contains(FORMULA) & ~text.str.contains(PLAIN)
        return pl.when(formula).then(pl.lit("'") + text).otherwise(text).alias(name)

    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    safe = frame.with_columns(map(marked, texts))
    return safe.rename({name: f"'{name}" for name in safe.columns if re.match(FORMULA, name)})


def _flat(value: object) -> object:
    """Plain values as they are, what is nested as JSON text."""
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
