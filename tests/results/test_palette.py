"""Colours of charts: each is read on light paper and on dark, and a drawing says no other."""

import re
from itertools import product

import pytest
from results.test_narrow import several

from clearance_metrics.results.charts.canvas import drawings, to_svg
from clearance_metrics.results.charts.groups import bars
from clearance_metrics.results.charts.ladder import ladder
from clearance_metrics.results.charts.look import _settings
from clearance_metrics.results.charts.palette import (
    NAMES,
    PAPERS,
    SHADES,
    following,
    rules,
)
from clearance_metrics.results.charts.parties import LOOKS
from clearance_metrics.results.charts.small import stack_small
from clearance_metrics.results.display import TONES

HEX = re.compile(r"(?<![\w(])#[0-9a-f]{6}(?!\w)")
WORDS = {"title": "", "source": ""}
SHAPES = 3.0  # of WCAG: what a drawing is made of
TEXTS = 4.5


def luminance(colour):
    """How light a colour is, as WCAG 2 has it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # known as just too low


@pytest.mark.parametrize("name", [name for name, shade in SHADES.items() if not shade.faint])
def test_a_colour_is_seen_on_each_paper(name):
    for scheme, papers in PAPERS.items():
        for paper in papers:
            assert contrast(getattr(SHADES[name], scheme), paper) >= SHAPES, (scheme, paper)


@pytest.mark.parametrize("name", ["ink", "label", "quiet", "rule", "blue"])
def test_a_colour_of_texts_is_read_on_each_paper(name):
    for scheme, papers in PAPERS.items():
        assert all(contrast(getattr(SHADES[name], scheme), paper) >= TEXTS for paper in papers)


def test_a_figure_in_the_deepest_field_is_read_on_each_paper():
    from clearance_metrics.results.charts.heat import DEEPEST

    def mixed(colour, paper):
        pairs = [(int(colour[i : i + 2], 16), int(paper[i : i + 2], 16)) for i in (1, 3, 5)]
        parts = [round(DEEPEST * c + (1 - DEEPEST) * p) for c, p in pairs]
        return "#" + "".join(f"{part:02x}" for part in parts)

    for scheme, papers in PAPERS.items():
        # the field is a picture: its colour is the light one on both
        cell = mixed(SHADES["blue"].light, papers[0])
        assert contrast(getattr(SHADES["ink"], scheme), cell) >= TEXTS


def test_colours_of_a_chart_are_told_apart_in_the_dark_as_in_the_light():
    names = ["blue", "orange", "green", "violet", "olive", "slate"]
    for scheme in PAPERS:
        colours = [getattr(SHADES[name], scheme) for name in names]
        for one, other in product(colours, repeat=2):
            far = sum(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) for i in (1, 3, 5))
            assert one == other or far >= 60, (scheme, one, other)


def test_a_drawing_has_no_colour_that_stays_as_it_is_in_the_dark():
    parts = [("一", 3.0, "3.00", "30%"), ("二", 7.0, "7.00", "70%")]
    rungs = [("a", 2.0, True, "2"), ("more", 3.0, False, "+3"), ("b", 5.0, True, "5")]
    figures = [*several("zh"), stack_small(parts), ladder(rungs, unit="h", **WORDS)]
    for figure in figures:
        for svg in filter(None, drawings(figure)):
            assert HEX.findall(svg), "there are colours"
            assert not set(HEX.findall(following(svg)))
    cycle = [one["color"] for one in _settings()["axes.prop_cycle"]]
    fixed = [*cycle, *TONES.values(), *(colour for colour, _ in LOOKS.values())]
    assert set(fixed) <= set(NAMES)


def test_a_name_that_looks_like_a_colour_stays_a_name():
    name = 'style="fill:#0b5fa5" fill:#0b5fa5;'
    figure = bars([{"label": name, "value": 3}], unit="h", **WORDS)
    svg = to_svg(figure)
    assert svg.count(name) == following(svg).count(name) >= 1
    assert "var(--c-blue)" in following(svg)


def test_a_page_knows_every_colour_in_both_schemes():
    light, dark = rules().split("@media screen and (prefers-color-scheme:dark)")
    for name, shade in SHADES.items():
        assert f"--c-{name}:{shade.light}" in light and f"--c-{name}:{shade.dark}" in dark
