"""The [[file]] that one file asks for: how it is read, which rows, which columns and milestones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...domain.synonyms import ROLE_COLUMNS, is_plan, meant
from ..columns import DATED, REQUIRED
from .column_proposed import Line, column_line, is_left_out, percent, sureness, time_line
from .columns_seen import ColumnSeen, as_text, footers
from .headers import looks_like_data
from .joined import Joined
from .layouts import Laid
from .milestones_proposed import Own, all_own, kind_line, perhaps, stones_of
from .names_meant import CODE_ENOUGH, assigned, shown
from .said import Said, one_line, shapes
from .sampling import named_kind
from .unmapped import Unmapped, keep_line, unmapped

ASKED = ("quote_open", "two_headers")
ONCE = ("ask_order", "ask_midnight", "ask_zone", "ask_half")
ROWS_REPEAT = 0.02  # more rows than cases by so much: a case stands on several rows
EMPTY_IDS = 0.1
LONG_AGO = "2000-01-01"


@dataclass(frozen=True)
class FilePlan:
    """What is proposed for one file: its lines, remarks on it, milestones of its own."""

    laid: Laid
    lines: tuple[Line, ...]
    remarks: tuple[Said, ...] = ()
    own: tuple[Own, ...] = ()
    shared: tuple[str, ...] = ()
    charges: tuple[Line, ...] = ()
    rest: tuple[Unmapped, ...] = ()

    @property
    def asks(self) -> list[Said]:
        """What a person must decide, line by line."""
        asked = (*(line.asks for line in self.lines), *(one.asks for one in self.rest))
        return [ask for asks in asked for ask in asks]

    def line(self, table: str, key: str) -> Line | None:
        """The line of a key."""
        return next(
            (one for one in self.lines if (one.table, one.key) == (table, key) and not one.off),
            None,
        )


def proposed(file: Joined, taken: dict[str, str]) -> FilePlan:
    """All that one file asks for. `taken` are names of milestones made up so far, with what
    each was made from."""
    laid = file.laid
    own: list[Own] = []
    lines = [*_reading(laid), *_rows(laid)]
    columns = list(_columns(file))
    stones = list(stones_of(laid, own, taken))
    if laid.role in ("wide", "events", "cases") and not any(c.key == "kind" for c in columns):
        columns += kind_line(laid, stones)
    shared = tuple(title for title, _ in file.shared)
    every = tuple(_asked_once([*lines, *columns, *stones]))
    rest, kept = unmapped(laid, every), keep_line(laid, every)
    charges = tuple(_charges(file)) if laid.role in ("wide", "cases") else ()
    remarks = tuple(_remarks(file))
    return FilePlan(laid, (*kept, *every), remarks, tuple(own), shared, charges, rest)


def _asked_once(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, a question that holds for the whole file asked at the first of them."""
    asked: set[str] = set()
    for line in lines:
        kept = tuple(a for a in line.asks if a.code not in asked)
        asked |= {a.code for a in line.asks if a.code in ONCE}
        yield replace(line, asks=kept)


def _reading(laid: Laid) -> Iterator[Line]:
    """Keys of how the file is read, where they are not what intake expects anyway."""
    sample = laid.sample
    asks = tuple(d for d in sample.doubts if d.code in ASKED)
    if laid.sure < 0.9:
        asks = (Said("ask_role", role=Said(f"role_{laid.role}")), *asks)
    yield Line("", "role", laid.role, sureness(laid.sure), (Said(f"role_{laid.role}"),), asks)
    if named_kind(sample.path) != sample.format:
        yield Line("", "format", sample.format, "sure", (Said("format_seen"),))
    if sample.format == "csv":
        doubts = tuple(d for d in sample.doubts if d.code.startswith("encoding"))
        if sample.encoding != "utf-8" or doubts:
            sure = "ask" if doubts else "sure"
            yield Line("", "encoding", sample.encoding, sure, (Said("decoded"),), doubts)
        tabbed = sample.path.name.lower().removesuffix(".gz").endswith(".tsv")
        if sample.delimiter != ("\t" if tabbed else ","):
            why = (Said("fields", n=len(sample.headers)),)
            yield Line("", "delimiter", sample.delimiter, "sure", why)
    if not sample.first_sheet:
        yield Line("", "sheet", sample.sheet, "sure", (Said("rows", n=sample.total),))
    if looks_like_data(sample.headers):
        first = one_line(" ".join(sample.headers[:4]))
        yield Line(
            "", "header_row", sample.header_row, "ask", (), (Said("ask_headers", row=first),)
        )
    elif sample.header_row != 1:
        first = one_line(" ".join(sample.headers[:4]))
        yield Line("", "header_row", sample.header_row, "sure", (Said("titles", row=first),))


def _rows(laid: Laid) -> Iterator[Line]:
    """Keys of which rows are read: merged cells, plans, footers, codes without a meaning."""
    case = laid.found.get("case_id")
    empty = case.column.n - case.column.rows_told if case else 0
    filled = (
        case is not None
        and laid.sample.format == "excel"
        and empty > max(1, EMPTY_IDS * case.column.n)
    )
    if case and filled:
        merged = case.column.header in laid.sample.merged
        why = (Said("merged" if merged else "empty_ids", n=empty),)
        asks = () if merged else (Said("ask_fill", header=case.column.header),)
        yield Line("", "fill_down", [case.column.header], "likely", why, asks)
    if laid.classifier:
        _, values = laid.classifier.meaning("classifier")
        told = {as_text(v): n for v, n in laid.classifier.told.items()}
        kept = [text for text, name in values.items() if name == "actual"]
        gone = [f"{t} ×{told[t]:,}" for t in values if t not in kept]
        why = (Said("plans_out", values=gone),)
        yield Line("", "only", {laid.classifier.header: kept}, "sure", why)
    skipped = _skipped(laid)
    if skipped:
        yield Line("", "skip", skipped, "likely", (Said("footers", n=len(footers(laid.sample))),))
    if laid.role == "events":
        yield from _ignored(laid)
    exact = case is not None and not case.column.inexact
    if laid.role == "wide" and case and exact and (filled or _repeats(laid, case.column)):
        boxed = any(c.boxes for c in laid.columns)
        rows = case.column.n if filled else case.column.rows_told
        why = (Said("several_rows", rows=rows, cases=case.column.distinct),)
        asks = () if boxed else (Said("ask_several"),)
        yield Line("", "several_rows", True, "likely", why, asks)


def _repeats(laid: Laid, case: ColumnSeen) -> bool:
    """Whether cases stand on several rows that differ; exact copies are taken out anyway."""
    rows = set(laid.sample.rows)
    ids = [as_text(r[case.place]).strip() for r in rows if r[case.place] not in (None, "")]
    return len(ids) - len(set(ids)) > ROWS_REPEAT * len(ids)


def _skipped(laid: Laid) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in footers(laid.sample):
        place = next(i for i, c in enumerate(row) if c is not None and as_text(c).strip())
        header = laid.sample.headers[place] if place < len(laid.sample.headers) else ""
        if header:
            found.setdefault(header, []).append(as_text(row[place]).strip())
    return {header: list(dict.fromkeys(texts)) for header, texts in found.items()}


def _ignored(laid: Laid) -> Iterator[Line]:
    """Codes that mean no milestone we know: left out and counted until a person decides."""
    code = laid.found["milestone"].column
    told = {as_text(v): n for v, n in code.told.items()}
    unknown = [text for text in told if text not in laid.codes]
    if unknown and not all_own(laid):
        some = [f"{one_line(t, 24)} ×{told[t]:,}" for t in unknown[:5]]
        asks = (Said("ask_codes", n=len(unknown), values=some),)
        near = [hint for text in unknown if (hint := perhaps(text, text))]
        why = tuple(near[:3])
        yield Line("", "ignore", unknown, "ask", why, asks)


def _columns(file: Joined) -> Iterator[Line]:
    """[file.columns]: the columns a role needs first, then the others as they stand."""
    laid = file.laid
    order = {name: i for i, name in enumerate(REQUIRED[laid.role])}
    found = sorted(
        laid.found.values(), key=lambda f: (order.get(f.name, len(order)), f.column.place)
    )
    for one in found:
        line = column_line(laid, one)
        if one.name == "case_id" and file.others and laid.role != "cases":
            others = [c.header for c in file.others[:3]]
            line = _with(line, Said("or_by", headers=others))
        yield line
    missing = [name for name in REQUIRED[laid.role] if name not in laid.found]
    for name in missing:
        yield _missing(laid, name)


def _charges(file: Joined) -> Iterator[Line]:
    """The same file as charges, where it has amounts beside its milestones; off until wanted."""
    laid = file.laid
    case = laid.found.get("case_id")
    others = [c for c in laid.columns if case is None or c is not case.column]
    found = assigned(others, "charge_column", ("amount", "currency", "item"))
    if case and "amount" in found and found["amount"].score >= CODE_ENOUGH:
        fee = replace(laid, role="charges", found={**found, "case_id": case})
        reading = [x for x in _reading(fee) if x.key != "role"]
        lines = [Line("", "role", "charges"), *reading, Line("", "keep", [])]
        skipped = _skipped(laid)
        lines += [Line("", "skip", skipped)] if skipped else []
        yield from (*lines, *_columns(Joined(fee)))


def _with(line: Line, *why: Said) -> Line:
    return replace(line, why=(*line.why, *why))


def _missing(laid: Laid, name: str) -> Line:
    """A column that the role needs and that was not found."""
    if name == "currency":
        headers = " ".join(laid.sample.headers).casefold()
        code = re.search(r"\b(usd|eur|hkd|jpy)\b", headers)
        marks = [m for m in shapes()["yuan"] if not m.isascii()]
        sure = "likely" if code or any(m in headers for m in marks) else "ask"
        asks = () if sure == "likely" else (Said("ask_currency"),)
        constant = code[1].upper() if code else "CNY"
        return Line("columns", name, {"constant": constant}, sure, (Said("no_column"),), asks)
    if name == "item":
        amount = laid.found.get("amount")
        text = amount.column.header if amount else laid.sample.path.stem
        return Line("columns", name, {"constant": text}, "ask", (), (Said("ask_item"),))
    if name in ("port", "valid_from") and laid.role in DATED:
        # a list tells them in its title, if at all
        value = {"constant": LONG_AGO if name == "valid_from" else laid.sample.path.stem}
        return Line("columns", name, value, "ask", (), (Said(f"ask_{name}"),))
    if name == "charged_on":
        times = [c for c in laid.columns if c.times and not is_left_out(c)]
        if times:
            line = time_line(laid, "columns", name, times[0], CODE_ENOUGH)
            return replace(line, sure="ask", asks=(Said("ask_day"), *line.asks))
    header = laid.sample.headers[0]
    asks = (Said("ask_missing", name=name),)
    return Line("columns", name, header, "ask", (), asks)


def _remarks(file: Joined) -> Iterator[Said]:
    """What is told above the file."""
    sample = file.laid.sample
    yield Said(
        "looked_at" if not sample.whole else "looked_at_all", n=len(sample.rows), of=sample.total
    )
    if sample.files > 1:
        yield Said("series", n=sample.files)
    for title, share in file.shared[:4]:
        yield Said("shares", file=title, share=percent(share))
    told = (d for d in sample.doubts if d.code not in ASKED)
    yield from (d for d in told if not d.code.startswith("encoding"))
    yield from _empty(file.laid)


def _empty(laid: Laid) -> Iterator[Said]:
    """Columns without any value that would be milestones or columns of ours."""
    table = ROLE_COLUMNS.get(laid.role, "column")
    for column in laid.columns:
        if column.rows_told or is_plan(column.header):
            continue
        found = [(n, s, t) for t in ("milestone", table) for n, s in meant(column.header, t)[:1]]
        name, score, where = max(found, key=lambda f: f[1], default=("", 0.0, ""))
        if score >= CODE_ENOUGH:
            yield Said("empty", header=one_line(column.header), name=shown(name, where))
