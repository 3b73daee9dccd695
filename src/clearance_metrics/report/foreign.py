"""HTML that the library did not write: what acts, loads or reaches into the page is taken out."""

from __future__ import annotations

import base64
import re
from functools import cache
from html import escape, unescape
from typing import Any

# these go with all that is in them; the others that are not known go by themselves
GONE = ("script", "iframe", "object", "applet", "noscript", "template", "button", "select")
GONE += ("textarea", "audio", "video", "canvas", "title")
ACTS = re.compile(
    rf"<(?P<tag>{'|'.join(GONE)})\b.*?(?:</(?P=tag)\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
QUIET = ("script", "noscript", "template", "title")  # what they leave behind says what they did
STYLE = re.compile(r"<style\b[^>]*>(.*?)(?:</style\s*>|\Z)", re.DOTALL | re.IGNORECASE)
TAGS = (
    "a abbr article b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div"
    " dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p pre"
    " q rp rt ruby s samp section small span strong sub summary sup table tbody td tfoot th thead"
    " time tr u ul var wbr"
)
ATTRIBUTES = (
    "abbr align alt aria-label border class colspan datetime dir headers height hreflang id lang"
    " open reversed rowspan scope span start style title valign value width"
)
OURS = re.compile(r"main|s\d+")  # names that the page itself leads to
PROPERTIES = (
    "background background-color background-image border-collapse border-radius border-spacing"
    " caption-side color direction display font font-family font-size font-style font-variant"
    " font-variant-numeric font-weight height letter-spacing line-height max-height max-width"
    " min-height min-width opacity overflow overflow-wrap overflow-x table-layout text-align"
    " text-decoration text-indent text-overflow text-transform vertical-align white-space width"
    " word-break"
)
SIDES = re.compile(r"(border|margin|padding)(-(top|right|bottom|left))?(-(color|style|width))?")
ADDRESS = re.compile(r"url\s*\(|@import|expression\s*\(", re.IGNORECASE)
DRAWING = re.compile(r"</?svg\b[^>]*>", re.IGNORECASE)
NAMED = re.compile(r"<title[^>]*>(.*?)</title>|aria-label=[\"']([^\"']+)", re.DOTALL)
NO_HEAD = re.compile(r"<th\b([^>]*)>(?:\s|&nbsp;|\u00a0)*</th>")  # a corner: the head of nothing
RANK = re.compile(r"<(/?)h([1-6])\b")


def cleaned(html: str, about: str = "") -> str:
    """HTML of another library as a page may hold it: drawings become pictures, for which `about`
    speaks; its styles reach no further than itself; its headings stand below those of the page.

    >>> cleaned('<h1 onclick="x()">A <a href="javascript:x()">b</a></h1><script>x()</script>')
    '<h3>A <a>b</a></h3>'
    """
    still = ACTS.sub("", _drawn(html, about))
    styles = "".join(_style(found[1]) for found in STYLE.finditer(still))
    still = NO_HEAD.sub(r"<td\1></td>", safe(still, about))
    ranks = sorted({found[2] for found in RANK.finditer(still)})
    still = RANK.sub(lambda found: f"<{found[1]}h{min(3 + ranks.index(found[2]), 6)}", still)
    return f"<style>{styles}</style>{still}" if styles else still


def shows_less(html: str) -> bool:
    """Whether a page cannot show part of it: other pages in frames, films, what is drawn upon."""
    return any(not tag["tag"].lower().startswith(QUIET) for tag in ACTS.finditer(html))


def safe(html: str, about: str = "") -> str:
    """The HTML without what acts or loads.

    >>> safe('<p onclick="x()">a<img src="https://a.b/c.png" alt="d"></p><iframe src="e"></iframe>')
    '<p>a<img alt="d"></p>'
    """
    made: str = _cleaner().clean(STYLE.sub("", ACTS.sub("", _drawn(html, about))))
    return made


@cache
def _cleaner() -> Any:
    from bleach.sanitizer import Cleaner

    return Cleaner(
        tags=frozenset(TAGS.split()),
        attributes=_kept,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
        css_sanitizer=_Declared(),
    )


def _kept(tag: str, name: str, value: str) -> bool:
    """Whether a tag keeps an attribute."""
    if name == "href":
        return tag == "a" and not value.strip().lower().startswith("data:")
    if name == "src":
        return tag == "img" and value.strip().lower().startswith(("data:image/", "picture-"))
    if name == "id":
        return not OURS.fullmatch(value)
    return name in ATTRIBUTES.split()


class _Declared:
    """Of a style what says how its element looks, not where it stands nor what it loads."""

    def sanitize_css(self, style: str) -> str:
        """The declarations that may stand."""
        import tinycss2

        return "; ".join(
            f"{one.lower_name}: {tinycss2.serialize(one.value).strip()}"
            + (" !important" if one.important else "")
            for one in tinycss2.parse_declaration_list(style)
            if one.type == "declaration" and _looks(one.lower_name, tinycss2.serialize(one.value))
        )


def _looks(name: str, value: str) -> bool:
    known = name in PROPERTIES.split() or SIDES.fullmatch(name)
    return bool(known) and not ADDRESS.search(value) and "<" not in value and "\\" not in value


def _style(text: str) -> str:
    """The rules of a style sheet, each for the other library's part of the page alone."""
    import tinycss2

    made = []
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        if any(token.type == "error" for token in rule.prelude):
            continue
        told = _Declared().sanitize_css(tinycss2.serialize(rule.content))
        asked = tinycss2.serialize(rule.prelude).strip()
        if told and "<" not in asked and "\\" not in asked:
            made.append(f":where(.own) :is({' '.join(asked.split())}) {{ {told} }}\n")
    return "".join(made)


def _drawn(html: str, about: str) -> str:
    """The HTML with its drawings as pictures, within which nothing runs and nothing is named."""
    made, depth, start, end = [], 0, 0, 0
    for tag in DRAWING.finditer(html):
        closing = tag[0].startswith("</")
        if depth == 0 and not closing:
            made.append(html[end : tag.start()])
            start = tag.start()
        depth = max(depth + (-1 if closing else not tag[0].endswith("/>")), 0)
        if depth == 0:
            made += [_picture(html[start : tag.end()], about)] if start >= end else []
            end = tag.end()
    return "".join(made) + ("" if depth else html[end:])


def _picture(svg: str, about: str) -> str:
    named = NAMED.search(svg)
    alt = unescape(next(filter(None, named.groups()), "")) if named else ""
    if "xmlns=" not in svg:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    data = base64.b64encode(svg.encode()).decode()
    label = escape(alt.strip() or about, quote=True)
    return f'<img alt="{label}" src="data:image/svg+xml;base64,{data}">'
