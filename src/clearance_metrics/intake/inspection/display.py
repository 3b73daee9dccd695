"""An inspection as a person sees it: a table for a notebook, lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from .column_proposed import Line
from .columns_seen import ColumnSeen
from .file_proposed import FilePlan
from .said import Said, one_line

if TYPE_CHECKING:
    from .proposal import Inspection

COLUMNS = ("header", "values", "proposal", "level")
SHADES = {"sure": "#1a7f37", "likely": "#9a6700", "ask": "#cf222e", "": "#57606a"}
WIDTH = 46


def html(found: Inspection, lang: str) -> str:
    """A table a file: columns, first values, what is proposed and how sure; decisions below."""
    parts = [f"<p><b>{escape(_top(found, lang))}</b></p>"]
    for plan in found.files:
        parts.append(f"<p><b>{escape(_title(plan, lang))}</b></p><table><thead><tr>")
        parts += [f"<th>{escape(Said(f'show_{c}').text(lang))}</th>" for c in COLUMNS]
        parts.append("</tr></thead><tbody>")
        for header, values, proposal, level in _rows(plan, lang):
            shade = SHADES[level]
            word = Said(f"level_{level}").text(lang) if level else ""
            cells = "".join(f"<td>{escape(text)}</td>" for text in (header, values, proposal))
            parts.append(f'<tr>{cells}<td style="color:{shade}">{escape(word)}</td></tr>')
        parts.append("</tbody></table>")
    asked = "".join(f"<li>{escape(text)}</li>" for text in found.decisions)
    if asked:
        parts.append(f"<p><b>{escape(Said('to_decide').text(lang))}</b></p><ol>{asked}</ol>")
    return "".join(parts)


def plain(found: Inspection, lang: str) -> str:
    """The same in lines of text."""
    lines = [_top(found, lang)]
    for plan in found.files:
        lines += ["", _title(plan, lang)]
        for header, values, proposal, level in _rows(plan, lang):
            word = Said(f"level_{level}").text(lang) if level else ""
            lines.append(f"  {header}: {values}  ->  {proposal or '-'}  {word}".rstrip())
    asked = found.decisions
    if asked:
        lines += ["", Said("to_decide").text(lang)]
        lines += [f"  {i}. {text}" for i, text in enumerate(asked, 1)]
    return "\n".join(lines)


def _top(found: Inspection, lang: str) -> str:
    return Said("top", files=len(found.files), n=len(found.decisions)).text(lang)


def _title(plan: FilePlan, lang: str) -> str:
    sample = plan.laid.sample
    role = Said(f"role_{plan.laid.role}").text(lang)
    rows = Said("rows", n=sample.total).text(lang)
    return f"{one_line(sample.title, 120)} · {plan.laid.role} ({role}) · {rows}"


def _rows(plan: FilePlan, lang: str) -> Iterator[tuple[str, str, str, str]]:
    """Header, first values, proposal and sureness of each column of a file."""
    by_header: dict[str, list[Line]] = {}
    for line in plan.lines:
        if line.column and not line.off:
            by_header.setdefault(line.column.header, []).append(line)
    rest = {one.header: Said(f"{one.told.code}_short").text(lang) for one in plan.rest}
    for column in plan.laid.columns:
        lines = by_header.get(column.header, [])
        proposal = ", ".join(line.key for line in lines) or rest.get(column.header, "")
        level = lines[0].sure if lines else ""
        yield one_line(column.header), _values(column), proposal, level


def _values(column: ColumnSeen) -> str:
    return one_line(" | ".join(one_line(text, 20) for text in column.examples()), WIDTH)
