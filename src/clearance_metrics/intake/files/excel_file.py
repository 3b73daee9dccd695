"""A sheet of a workbook as rows of texts: which sheet, which headers, and what stands below."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from ...errors import ClearanceError, InputError
from ..mapping import FileSpec
from .fill import Filler, Merged
from .header import ROWS, cleaned
from .ods import Ods
from .old_xls import OldXls
from .raw import asked, head_of, really
from .scratch import FILE, Scratch
from .sheets import Book, Row
from .xlsx import Xlsx
from .xml import Refused

WIDE = 1000  # of so many columns, those without a header are left aside
# all that a damaged workbook may raise, whichever part of it is read
DAMAGED = (
    ExpatError,
    BadZipFile,
    Refused,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    KeyError,
    IndexError,
    ValueError,
    OverflowError,
    ArithmeticError,
    RuntimeError,
)


def excel_rows(spec: FileSpec, path: Path, scratch: Path) -> tuple[Scratch, list[str]]:
    """The rows on their way to the engine, and the headers; InputError for what is no sheet."""
    try:
        book = _opened(path)
        try:
            sheet = _sheet(spec, path, book)
            return _rows(spec, path, book, sheet, scratch)
        finally:
            book.close()
    except ClearanceError:
        raise
    except DAMAGED as error:
        raise _damaged(path, error) from None
    except Exception as error:
        # what calamine raises has no class of its own in common
        if type(error).__module__.startswith(("python_calamine", "_python_calamine")):
            raise _damaged(path, error) from None
        raise


def _opened(path: Path) -> Book:
    head = head_of(path)
    if head.startswith(b"PK"):
        with ZipFile(path) as packed:
            names = packed.namelist()
        if "content.xml" in names:
            return Ods(path)
        return OldXls(path) if "xl/workbook.bin" in names else Xlsx(path)
    if head.startswith(b"\xd0\xcf\x11\xe0") or head[:2] == b"\t\x08":
        return OldXls(path)
    what = really(head)
    if what:
        raise InputError(f"not a workbook: it is {what}", str(path), "open it and save it as .xlsx")
    if b"\0" not in head:
        raise InputError(
            "not a workbook: it is plain text",
            str(path),
            'declare format = "csv", and its delimiter ("\\t"?) and encoding ("gb18030"?)',
        )
    raise InputError("not a workbook", str(path), "save it as .xlsx")


def refusal(path: Path, error: BaseException) -> InputError:
    """The error of a workbook that cannot be opened: what it is instead, or that it is damaged."""
    try:
        _opened(path).close()
    except ClearanceError as told:
        if isinstance(told, InputError):
            return told
    except Exception as again:  # the reader of each form raises its own kinds
        return _damaged(path, again)
    return _damaged(path, error)


def _damaged(path: Path, error: BaseException) -> InputError:
    told = str(error).splitlines()[0] if str(error) else type(error).__name__
    kept = head_of(path, 1 << 20)
    locked = "EncryptedPackage".encode("utf-16-le") in kept or "assword" in told
    if locked:
        return InputError(
            "the workbook is locked with a password", str(path), "save it without one"
        )
    if isinstance(error, Refused):
        return InputError(f"the workbook is not sound: {told}", str(path), "save it anew as .xlsx")
    return InputError(
        f"the workbook is damaged: {told}", str(path), "open it and save it anew as .xlsx"
    )


def _sheet(spec: FileSpec, path: Path, book: Book) -> int:
    """The number from zero of the sheet that the mapping means, by default the first that shows."""
    sheets = book.sheets
    if not sheets:
        raise InputError("the workbook holds no worksheet", str(path), "ask the owner for it again")
    names = [s.name for s in sheets]
    told = ", ".join(f"{s.name} (hidden)" if s.hidden else s.name for s in sheets)
    if isinstance(spec.sheet, int):
        if spec.sheet > len(sheets):
            what = f"no sheet {spec.sheet}: there are {len(sheets)}"
            raise InputError(what, str(path), f"sheets: {told}")
        return spec.sheet - 1
    if spec.sheet is not None:
        if spec.sheet not in names:
            raise InputError(f"no sheet {spec.sheet!r}", str(path), f"sheets: {told}")
        return names.index(spec.sheet)
    shown = [i for i, s in enumerate(sheets) if not s.hidden] or [0]
    named, alike = asked(spec), []
    for i in shown if len(shown) > 1 and named else ():
        if (row := next(_from(spec, book.rows(i)), None)) and named <= _texts(row):
            alike.append(names[i])
    if len(alike) > 1:
        raise InputError(
            f"{len(alike)} sheets hold these columns: {', '.join(alike)}",
            str(path),
            f'say which: sheet = "{alike[0]}", in a [[file]] of its own for each',
        )
    return shown[0]


def _rows(
    spec: FileSpec, path: Path, book: Book, sheet: int, scratch: Path
) -> tuple[Scratch, list[str]]:
    rows, above = book.rows(sheet), []
    head: Row | None = None
    for row in rows:
        if row[0] >= spec.header_row:
            head = row
            break
        above.append(row)
    place = f"{path}, {book.sheets[sheet].name}"
    if head is None:
        told = "the sheet is empty" if not above else f"no row stands at {spec.header_row} or below"
        raise InputError(told, place, "name another sheet")
    merged = list(book.merged(sheet)) if spec.fill_down or above else []
    texts = _headers(head, above, merged)
    if not asked(spec) <= set(texts.values()):
        _elsewhere(spec, path, book, sheet)
    if not texts:
        raise InputError(f"row {head[0]} holds no headers", place, "say header_row")
    width = max(texts) + 1
    columns = list(range(width)) if width <= WIDE else sorted(texts)
    names = [texts.get(i, "") for i in columns]
    fill = Filler(spec, names, path, _by_column(merged, columns))
    with Scratch(scratch / FILE, len(columns)) as out:
        for number, cells in rows:
            signs = sum(map(len, cells.values()))
            out.add(number, fill.filled(number, [*map(cells.get, columns)]), signs)
    return out, names


def _headers(head: Row, above: Sequence[Row], merged: Sequence) -> dict[int, str]:
    """Headers by column; those of a merged cell that reaches down into the row among them."""
    number, cells = head
    texts = {i: cleaned(text) for i, text in cells.items()}
    earlier = dict(above)
    for left, top, _, bottom in merged:
        if top < number <= bottom and not texts.get(left):
            texts[left] = cleaned(earlier.get(top, {}).get(left, ""))
    return {i: text for i, text in texts.items() if text}


def _by_column(merged: Sequence, columns: Sequence[int]) -> Merged:
    places = {c: i for i, c in enumerate(columns)}
    found: Merged = {}
    for left, top, _, bottom in merged:
        if bottom > top and left in places:
            found.setdefault(places[left], {})[top] = bottom
    return found


def _texts(row: Row) -> set[str]:
    return {cleaned(text) for text in row[1].values()}


def _from(spec: FileSpec, rows: Iterator[Row]) -> Iterator[Row]:
    return (row for row in rows if row[0] >= spec.header_row)


def _elsewhere(spec: FileSpec, path: Path, book: Book, sheet: int) -> None:
    """Where the headers that the mapping asks for stand in another row or sheet, say where."""
    order = sorted(range(len(book.sheets)), key=lambda i: (i != sheet, book.sheets[i].hidden))
    for i in order:
        first, merged = list(islice(book.rows(i), ROWS)), list(book.merged(i))
        for n, row in enumerate(first):
            if asked(spec) <= set(_headers(row, first[:n], merged).values()):
                name = book.sheets[i].name
                here = "" if i == sheet else f'sheet = "{name}"'
                down = "" if row[0] == 1 and here else f"header_row = {row[0]}"
                raise InputError(
                    f"the headers stand in row {row[0]} of sheet {name!r}",
                    f"{path}, {book.sheets[sheet].name}",
                    f"say {', '.join(filter(None, (here, down)))}",
                )
