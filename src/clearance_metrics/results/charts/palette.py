"""The colours of charts, each on light paper and on dark: a page that has both follows its reader,
and everything else shows the light ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# papers that a chart lies on, by scheme: a page's own and that of its cards
PAPERS = {"light": ("#ffffff", "#ffffff"), "dark": ("#14181e", "#1b2027")}
COLOUR = re.compile(r"""(?<=[:"])#[0-9a-f]{6}(?=[;}"])""")  # in a look, a rule or an attribute
# where colours can stand in a drawing; a text of it stays as it is, whatever it says
LOOKS = re.compile(r"<style>[^<]*</style>|<[^<>]*>")


@dataclass(frozen=True)
class Shade:
    """A colour on light paper and on dark. A `faint` one carries no meaning by itself."""

    light: str
    dark: str
    faint: bool = False


SHADES: Mapping[str, Shade] = {
    "paper": Shade("#ffffff", PAPERS["dark"][0], faint=True),
    "ink": Shade("#1f2430", "#e6e9ee"),
    "label": Shade("#3c4250", "#c3cad4"),
    "quiet": Shade("#5a6270", "#aeb6c2"),
    "edge": Shade("#8a8f98", "#8d96a3"),
    "grid": Shade("#e3e6ea", "#2f3640", faint=True),
    "behind": Shade("#c9ced6", "#4a525e", faint=True),
    "rule": Shade("#b0162b", "#ff8a98"),
    "blue": Shade("#0b5fa5", "#6fb3f0"),
    "orange": Shade("#b3541e", "#f0935a"),
    "green": Shade("#2f7d4f", "#63c58d"),
    "violet": Shade("#7a4b94", "#c79be0"),
    "olive": Shade("#8a6d00", "#d9b93b"),
    "slate": Shade("#4a5568", "#a3afc2"),
    "bad": Shade("#a1261d", "#ff928a"),
    "good": Shade("#1d6b3c", "#6fd096"),
    "state": Shade("#2b5c8a", "#7fb2e6"),
    "trader": Shade("#c8772e", "#eba75f"),
    "terminal": Shade("#3f8f6b", "#6cc49b"),
    "several": Shade("#8a5fa8", "#c8a6e4"),
    "unknown": Shade("#868d98", "#9aa1ab"),
}
NAMES = {shade.light: name for name, shade in SHADES.items()}


def following(svg: str) -> str:
    """The drawing with its colours as properties, which a page sets by its scheme (`rules`).

    >>> following('<svg><path style="fill:#0b5fa5"/><text>fill:#0b5fa5;</text></svg>')
    '<svg><path style="fill:var(--c-blue)"/><text>fill:#0b5fa5;</text></svg>'
    """

    def named(colour: re.Match[str]) -> str:
        name = NAMES.get(colour[0])
        return f"var(--c-{name})" if name else colour[0]

    return LOOKS.sub(lambda look: COLOUR.sub(named, look[0]), svg)


def rules() -> str:
    """The colours as rules of a page: light ones, and on a screen in the dark the dark ones."""
    light, dark = (
        ";".join(f"--c-{name}:{getattr(shade, scheme)}" for name, shade in SHADES.items())
        for scheme in PAPERS
    )
    card = f".card{{--c-paper:{PAPERS['dark'][1]}}}"
    dark = f":root{{{dark}}}{card}.chart svg{{fill:var(--c-ink)}}"
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{{dark}}}\n"
