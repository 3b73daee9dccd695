"""Formulas in signs of a line, for print and for what cannot be drawn."""

import io

import docx
import pytest

from clearance_metrics.report.document import Paragraph, elements
from clearance_metrics.report.formulas import SIGNS, in_a_line
from clearance_metrics.report.outputs import Foreign, Page, Prose
from clearance_metrics.report.pdf import fonts, pdf_of
from clearance_metrics.report.prose import html_of_markdown
from clearance_metrics.report.word import word_of


@pytest.mark.parametrize(
    ("latex", "told"),
    [
        (r"x^2", "x²"),
        (r"x^{10}", "x^10"),
        (r"x_{ij}", "x_ij"),
        (r"\frac{1}{2x}", "1/(2x)"),
        (r"\frac{a+b}{c-d}", "(a+b)/(c-d)"),
        (r"\frac{1}{\frac{a}{b}}", "1/(a/b)"),
        (r"\sqrt{2\pi}", "√(2π)"),
        (r"\bar{x} \pm 1.96\,s", "x̄ ± 1.96 s"),
        (r"e^{-x}", "e^(-x)"),
        (r"\left(1-\frac{d_i}{n_i}\right)", "(1-d_i/n_i)"),
        (r"\text{压缩比}=1-\frac{\text{今}}{\text{2017年}}", "压缩比 = 1-今/(2017年)"),
        (r"95\%", "95%"),
        (r"\{t: F(t) \ge p\}", "{t: F(t) ≥ p}"),
    ],
)
def test_a_formula_reads_as_it_is_meant(latex, told):
    assert in_a_line(latex) == told


@pytest.mark.parametrize(
    "latex", [r"\unheard{x}", "a^", "a}", "{a", r"\frac{a}", r"\sqrt[3]{x}", ""]
)
def test_what_is_not_known_is_not_guessed(latex):
    assert in_a_line(latex) == ""


def test_every_sign_is_one_that_the_font_of_the_pdf_has():
    from pathlib import Path

    from matplotlib.ft2font import FT2Font

    (file,) = Path(fonts()[0]).glob("*Regular.ttf")
    known = FT2Font(str(file)).get_charmap()
    lacking = {sign for told in (*SIGNS.values(), "²³¹⁴√∑\u0304") for sign in told}
    assert {sign for sign in lacking if ord(sign) not in known} == set()


TEXT = (
    "均值 $\\bar{x}=\\frac{1}{n}$ 之比 $\\frac{\\text{甲}}{b}$。\n\n$$\\text{比}=1-a$$\n\n"
    "| $x_i$ | b |\n|---|---|\n| $\\frac{a}{b}$ | 02 |\n\n价 $5 或 $6"
)
PAGE = Page("t", (Prose(TEXT), Foreign("text/latex", r"$\text{和}\le 3$")))


def test_print_reads_a_formula_within_a_line_without_a_command_of_latex():
    told = list(elements(PAGE))
    assert Paragraph("均值 x̄ = 1/n 之比 甲/b。") in told and Paragraph("比 = 1-a") in told
    assert Paragraph("和 ≤ 3") in told and Paragraph("价 $5 或 $6") in told
    (table,) = (one for one in told if hasattr(one, "cells"))
    assert table.heads == ("x_i", "b") and table.cells == (("a/b", "02"),)


def test_word_and_pdf_hold_the_formula_in_signs():
    document = docx.Document(io.BytesIO(word_of([PAGE], title="t", about=[], lang="zh")))
    words = "\n".join(p.text for p in document.paragraphs)
    assert "x̄ = 1/n" in words and "\\" not in words and "frac" not in words
    assert pdf_of([PAGE], title="t", about=[], lang="zh").startswith(b"%PDF-")


def test_a_page_draws_a_formula_or_tells_it_in_signs():
    made = html_of_markdown(TEXT)
    assert made.count("<img") == 3, "those without Chinese words are drawn"
    assert '<span class="math">甲/b</span>' in made and '<span class="math">比 = 1-a</span>' in made
    assert "\\text" not in made and "价 $5 或 $6" in made
    assert "$\\unheard{x}$" in html_of_markdown("so $\\unheard{x}$ stays")
