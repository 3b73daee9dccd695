"""Answers as records, frames and files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from ..domain.between import first_day
from ..errors import OutputError
from .record import LANG, START, Record
from .words import LANGUAGES, rounded, say

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

# what a spreadsheet takes for a formula, full-width signs too; plain numbers are none
FORMULA, PLAIN = "^[=+\\-@\\t\\r\uff1d\uff0b\uff0d\uff20]", r"^[+-]?\d+([.,]\d+)?$"
SHEET = 2**20 - 2  # rows that a sheet holds below its header


class Framed:
    """Rows that become dicts, frames and files."""

    rows: tuple
    shown: tuple[str, ...]
    _columns: tuple[str, ...] = ()  # where the rows that it had are gone
    _shape: tuple[tuple[str, ...], bool] = ((), False)  # grouped by what, and whether by period

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict per row."""
        return [row.to_dict() for row in self.rows]

    def _heads(self) -> tuple[str, ...]:
        """The columns of an answer without rows: those that rows would have, if that is known."""
        if self._columns:
            return self._columns
        made = (get_args(base) for base in getattr(type(self), "__orig_bases__", ()))
        kind: Any = next((found[0] for found in made if found), None)
        plain = isinstance(kind, type) and issubclass(kind, Record)
        if not plain or kind.to_dict is not Record.to_dict:
            return self.shown
        by, period = self._shape
        return kind.columns(by, period)

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
            return pl.DataFrame(schema=list(self._heads()))
        return pl.DataFrame(records, infer_schema_length=None, strict=False)

    def to_pandas(self) -> pd.DataFrame:
        """A pandas DataFrame, one row per record; what is nested stands as JSON text."""
        import pandas as pd

        records = self._framed()
        frame = pd.DataFrame(records, columns=None if records else list(self._heads()))
        if START in frame.columns:
            frame[START] = pd.to_datetime(frame[START])
        return frame

    def to_arrow(self) -> pa.Table:
        """An Arrow table, one row per record."""
        return self.to_polars().to_arrow()

    def _filed(self, lang: str) -> list[dict[str, Any]]:
        """The records as a workbook holds them: what there is to know in one language, no codes of
        reasons, and limits as they are spoken of.
        """
        filed = []
        for record in self._framed():
            kept: dict[str, Any] = {}
            for name, value in record.items():
                head, _, told = name.rpartition("_")
                if head in ("note", "label") and told in LANGUAGES:
                    if told == lang:
                        kept[head] = value
                elif name != "reasons":
                    kept[name] = rounded(value) if name == "statistic" else value
            filed.append(kept)
        return filed

    def _origin(self) -> dict[str, str]:
        """What was asked, the day and the source, as columns of a file that has no other place."""
        return {}

    def _csv(self) -> str:
        """The records as comma-separated values."""
        return _harmless(self.to_polars()).write_csv()

    def to_csv(self, file: str | Path | None = None) -> str:
        """Comma-separated values with a header, one line per record; also written to `file`.

        The last columns say what was `asked`, `as_of` which day, and the `source`. A text that a
        spreadsheet would take for a formula has an apostrophe in front.
        """
        import polars as pl

        frame = self.to_polars()
        origin = {n: text for n, text in self._origin().items() if n not in frame.columns}
        if len(frame):
            frame = frame.with_columns([pl.lit(text).alias(n) for n, text in origin.items()])
        text = _harmless(frame).write_csv()
        if file is not None:
            with writing(file):
                # with the mark that Excel looks for
                Path(file).write_text(text, encoding="utf-8-sig")
        return text

    def to_excel(self, file: str | Path) -> None:
        """A workbook with the records on its first sheet and, on a second one, what was asked, the
        finding, the unit, the day and the source; a text that begins like a formula stays a text.

        Several answers in one workbook: `write_excel`.
        """
        from .workbook import write_excel

        lang = str(getattr(self, "lang", LANG))
        write_excel(file, {say("about.data", lang): self})  # type: ignore[dict-item]


@contextmanager
def writing(file: str | Path) -> Iterator[None]:
    """Tells a file that cannot be written as what the user can mend."""
    from xlsxwriter.exceptions import FileCreateError, XlsxInputError

    try:
        yield
    except XlsxInputError as error:  # what a sheet cannot be called
        raise OutputError(f"cannot write: {error}", str(file), "name the sheet otherwise") from None
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
