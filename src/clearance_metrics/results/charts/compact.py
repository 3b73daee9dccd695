"""A drawing in fewer signs: what nobody sees of it is left out, what is said often is said once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from math import hypot
from typing import Any

Step = tuple[str, str]  # the letter of a path and its numbers

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
USED = re.compile(r"#([\w-]+)")
POINT = re.compile(r"([MLHVCQAZz])([^MLHVCQAZz]*)")
PLACES = ("x", "y", "width", "height")
JOINED = "stroke-linejoin:round;stroke-linecap:butt"  # what matplotlib says of every part
PARTS = (f"{SVG}g", f"{SVG}path", f"{SVG}use", f"{SVG}text", f"{SVG}tspan", f"{SVG}rect")
MANY = 400  # points of a path, of which single ones are not seen
RING = ("MCCCCCCCC", "MCCCCCCCCz")
OFTEN = 2  # times from which a look has a name


def compacted(svg: str, own: str) -> str:
    """The drawing without remarks, empty groups and unused names; its looks are classes of the
    drawing `own`, and its places are told to a hundredth of a point.

    >>> made = '<svg xmlns="http://www.w3.org/2000/svg"><g id="a"><path d="M 1 2 L 1 3.456"/></g>'
    >>> compacted(made + "</svg>", "f0")
    '<svg xmlns="http://www.w3.org/2000/svg" id="f0" style="...;..."><path d="M1 2V3.46"/></svg>'
    """
    from lxml import etree

    parser = etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False)
    root = etree.fromstring(svg.encode(), parser)
    for gone in (*root.iter(f"{SVG}metadata"), *root.iter(f"{SVG}style")):
        gone.getparent().remove(gone)
    root.attrib.pop("version", None)
    root.set("id", own)
    said = root.get("style")
    root.set("style", f"{said};{JOINED}" if said else JOINED)
    _names(root, own)
    for part in root.iter(f"{SVG}*"):
        _smaller(part)
    _groups(root)
    _looks(root, own)
    etree.cleanup_namespaces(root)
    made: str = etree.tostring(root, encoding="unicode")
    return made


def _names(root: Any, own: str) -> None:
    """Short names for what is referred to, and none for the rest."""
    told = {value for part in root.iter() for key, value in part.items() if "#" in value}
    used = {name for value in told for name in USED.findall(value)}
    numbers, short = count(1), {}
    for part in root.iter():
        name = part.get("id")
        if name in used:
            short[name] = f"{own}-{next(numbers)}"
            part.set("id", short[name])
        elif name is not None and part is not root:
            del part.attrib["id"]
    for part in root.iter():
        for key, value in part.items():
            if "#" in value and key != "id":
                part.set(key, USED.sub(lambda one: f"#{short.get(one[1], one[1])}", value))


def _smaller(part: Any) -> None:
    if (drawn := part.get("d")) is not None:
        part.set("d", path_of(drawn))
    for name in PLACES:
        if (value := part.get(name)) is not None:
            part.set(name, _number(value))
    if (look := part.get("style")) is not None:
        part.set("style", ";".join(one.replace(": ", ":") for one in look.rstrip("; ").split("; ")))
    if part.tag != f"{SVG}text" and part.tag != f"{SVG}tspan" and not (part.text or "").strip():
        part.text = None
    if part.getparent() is not None and not (part.tail or "").strip():
        part.tail = None


def _number(text: str, places: int = 2) -> str:
    try:
        value = f"{float(text):.{places}f}"
    except ValueError:
        return text
    value = value.rstrip("0").rstrip(".")
    return "0" if value == "-0" else value


def path_of(drawn: str) -> str:
    """A path in as few signs; steps go along or up, and one of many points is told to a tenth of a
    point.

    >>> path_of("M 0 383.0449 \\nL 633.6 383.0449 \\nL 633.6 0 \\nz")
    'M0 383.04H633.6V0z'
    """
    steps = [one for told in _rings(POINT.findall(drawn)) for one in told]
    places = 2 if len(steps) < MANY else 1
    made: list[str] = []
    at = ("", "")
    for letter, told in steps:
        numbers = [_number(one, places) for one in told.split()]
        if letter == "L" and len(numbers) == len(at):
            x, y = numbers
            if (x, y) == at and len(made) > 1:
                continue
            made.append(f"V{y}" if x == at[0] else f"H{x}" if y == at[1] else f"L{x} {y}")
        else:
            made.append(letter + " ".join(numbers))
        at = (numbers[-2], numbers[-1]) if len(numbers) > 1 else ("", "")
    return "".join(made)


def _rings(steps: list[Step]) -> Iterator[list[Step]]:
    """The steps of each line of a path; circles, which matplotlib draws in eight bows, in two."""
    lines: list[list[Step]] = []
    for step in steps:
        if step[0] == "M" or not lines:
            lines.append([])
        lines[-1].append(step)
    for line in lines:
        yield _ring(line) or line


def _ring(line: list[Step]) -> list[Step]:
    if "".join(letter for letter, _ in line) not in RING:
        return []
    ends = [tuple(map(float, told.split()[-2:])) for letter, told in line if letter in "MC"]
    left, right = min(x for x, _ in ends), max(x for x, _ in ends)
    x, y = (left + right) / 2, sum(y for _, y in ends[1:]) / (len(ends) - 1)
    radius = (right - left) / 2
    if any(abs(hypot(a - x, b - y) - radius) > radius / 100 for a, b in ends):
        return []
    bow = f"{radius} {radius} 0 1 0"
    return [("M", f"{left} {y}"), ("A", f"{bow} {right} {y}"), ("A", f"{bow} {left} {y}")]


def _groups(root: Any) -> None:
    """Groups that say nothing give way to what they hold."""
    for group in [*root.iter(f"{SVG}g", f"{SVG}defs")]:
        above = group.getparent()
        if above is None or group.attrib or (group.tag == f"{SVG}defs" and len(group)):
            if group.tag == f"{SVG}g" and not len(group) and above is not None:
                above.remove(group)
            continue
        place = above.index(group)
        above[place : place + 1] = [*group]


def _looks(root: Any, own: str) -> None:
    """Looks that are said several times become classes of this drawing alone."""
    from lxml import etree

    found: dict[str, list[Any]] = {}
    for part in root.iter(*PARTS):
        if look := part.get("style"):
            found.setdefault(look, []).append(part)
    rules: list[str] = []
    for look, parts in found.items():
        if len(parts) < OFTEN:
            continue
        name = f"l{len(rules)}"
        rules.append(f"#{own} .{name}{{{look}}}")
        for part in parts:
            del part.attrib["style"]
            part.set("class", name)
    if rules:
        style = etree.Element(f"{SVG}style")
        style.text = "".join(rules)
        root.insert(0, style)
