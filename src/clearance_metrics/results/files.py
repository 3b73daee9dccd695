"""What every file that an answer is written to is held to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OutputError

if TYPE_CHECKING:
    import polars as pl

# what a spreadsheet takes for a formula, full-width signs too; plain numbers are none
FORMULA, PLAIN = "^[=+\\-@\\t\\r\uff1d\uff0b\uff0d\uff20]", r"^[+-]?\d+([.,]\d+)?$"


@contextmanager
def writing(file: str | Path) -> Iterator[None]:
    """Tells a file that cannot be written as what the user can mend."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        yield
    except (OSError, FileCreateError) as error:
        told = error if isinstance(error, OSError) else error.args[0]
        why = getattr(told, "strerror", None) or told
        raise OutputError(f"cannot write: {why}", str(file), "name another file") from None


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """The same, where no text and no header begins like a formula; plain numbers stay."""
    import polars as pl

    def marked(name: str) -> pl.Expr:
        text = pl.col(name)
        formula = text.str.contains(FORMULA) & ~text.str.contains(PLAIN)
        return pl.when(formula).then(pl.lit("'") + text).otherwise(text).alias(name)

    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    safe = frame.with_columns(map(marked, texts))
    return safe.rename({name: f"'{name}" for name in safe.columns if re.match(FORMULA, name)})
