"""What a Word document computes or follows: fields, bookmarks, references to them, and links."""

from __future__ import annotations

import re
from typing import Any

ADDRESS = re.compile(r"https?://[\w\-./~%?=&;#+:@!$*]*[\w/]", re.ASCII)
COLOUR = "0B5FA5"


def field(line: Any, code: str, shown: str) -> None:
    """A field of Word's: what it computes, and what stands there until it does."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement("w:fldSimple")
    made.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    for i, told in enumerate(shown.split("\n")):
        if i:
            run.append(OxmlElement("w:br"))
        text = OxmlElement("w:t")
        text.text = told
        run.append(text)
    made.append(run)
    line._p.append(made)


def marked(name: str, number: int) -> tuple[Any, Any]:
    """The two ends of a bookmark."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for tag in (start, end):
        tag.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    return start, end


def refer(line: Any, mark: str, shown: str) -> None:
    """A reference to a caption: it leads there, and shows the number that Word gives it."""
    field(line, f"REF {mark} \\h", shown)


def written(line: Any, text: str) -> list[Any]:
    """A text in runs, which are given back; each address in it leads where it says."""
    runs, last = [], 0
    for found in ADDRESS.finditer(text):
        if before := text[last : found.start()]:
            runs.append(line.add_run(before))
        runs.append(_linked(line, found[0]))
        last = found.end()
    if text[last:] or not runs:
        runs.append(line.add_run(text[last:]))
    return runs


def _linked(line: Any, address: str) -> Any:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    run = line.add_run(address)
    run.font.underline, run.font.color.rgb = True, RGBColor.from_string(COLOUR)
    link = OxmlElement("w:hyperlink")
    # one relation for each address, however often it stands in the document
    part = line.part
    link.set(qn("r:id"), part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run._r.getparent().replace(run._r, link)
    link.append(run._r)
    return run
