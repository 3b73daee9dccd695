"""Any notebook in the folder becomes a page: each kind of output, run as a report runs it."""

import base64
import json
import re
from functools import partial
from html import unescape

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.reports import built, left

from clearance_metrics.errors import NoIndicator, NothingToShow, ReportError
from clearance_metrics.report.outputs import Prose, _once, shown
from clearance_metrics.results.block import Block, Text

PARAMETERS = 'log = "../nowhere"\nnotice = "cn-2021-85"\nlang = "en"\nport = "上海"  # hers'
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
OPENED = "import clearance_metrics as cm\nlog = cm.EventLog.open(log).using(lang=lang)"
SEVEN = "import pandas as pd\nframe = pd.DataFrame({'port': ['A', 'B'], 'n': [7, 11]})"


def text(source, *tags, **more):
    return new_markdown_cell(source, metadata={"tags": list(tags)} if tags else {}, **more)


def code(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


BOOKS = {
    "pictures": [
        text("# Pictures"),
        code("import matplotlib.pyplot as plt\n" + SEVEN),
        text("## Of pandas"),
        code("frame.plot(x='port', y='n')"),
        code("# ships by port\nax = frame.plot.bar(x='port', y='n')\nax"),
        code("frame.assign(m=3).plot(x='port', subplots=True)"),
        text("## Of pyplot"),
        code("plt.hist([1, 2, 2])"),
        code("fig, ax = plt.subplots()\nax.plot([1, 2])\nax.set_title('two')"),
        code("fig, ax = plt.subplots()\nfig"),
        code("ax"),
        code("plt.close('all')"),
        text("## Of a figure by itself"),
        code(
            "from matplotlib.figure import Figure\nown = Figure()\nown.subplots().plot([3, 1])\nown"
        ),
        code("own.axes[0]"),
        code("own.axes[0].bar([1], [2])"),
        code("plt.figure()"),
        code(
            "from IPython.display import SVG, Image\nimport base64\n"
            "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"><style>p {color: red}</style></svg>')"
        ),
        code(f"Image(base64.b64decode('{DOT}'))"),
        code(
            "import io\nout = io.BytesIO()\nown.savefig(out, format='jpg')\nImage(out.getvalue())"
        ),
    ],
    "tables": [
        text("# Tables"),
        code(SEVEN),
        code("frame"),
        code("frame.style.highlight_max(color='yellow', subset=['n'])"),
        code("import polars as pl\npl.DataFrame({'harbour': ['C'], 'n': [13]})"),
        code("frame.n"),
    ],
    "texts": [
        text("# **Texts** of `all` kinds"),
        code("print('printed 1')\nprint('printed 2')\n{'a': [1, 2], 'b': None}"),
        code(
            "from IPython.display import HTML, JSON, Latex, Markdown, Math, display, update_display"
        ),
        code(
            "display(Markdown('*marked* [on](tables.ipynb)'))\ndisplay(HTML('<b>bold</b>'))\n5 + 6"
        ),
        code("Math(r'\\frac{a}{b}')"),
        code("Latex(r'\\begin{array}{c} no \\end{array}')"),
        code("JSON({'port': '上海'})"),
        code("shown = display('before', display_id='it')"),
        code("update_display('after', display_id='it')"),
        code("print('10%', end='\\r')\nprint('100%')\nprint('\\x1b[31mred\\x1b[0m')"),
        code("object()"),
        code("HTML('<div id=1></div><script>draw()</script>')"),
        code(
            'HTML(\'<h1 onclick="x()">A <a href="javascript:x()">link</a></h1>'
            '<img src="https://a.b/c.png" alt="far"><iframe src="https://a.b"></iframe>\')'
        ),
        code(
            "import sys, warnings\nwarnings.warn('beware')\nprint('to the user', file=sys.stderr)"
        ),
        code("None"),
        code("'<&>'"),
    ],
    "our own": [
        text("## 本馆", "zh"),
        text("only here: $x^2$, $5 or $6", "zh"),
        code(PARAMETERS, "parameters"),
        code(OPENED),
        code(
            "found = cm.measure(log, 'import_overall', by='port', statistics='mean')\n"
            "found.headline()"
        ),
        code(
            "# a line more\nfigure = found.chart()\nfigure.axes[0].axvline(30, label='own')\n"
            "figure.axes[0].set_xlabel('own label')\nfigure"
        ),
        code("figure.axes[0]"),
        code("print(port, lang)"),
        code("found = cm.measure(log, 'import_overall', by='nowhere')"),
        code("found.headline()"),
        code("found = 3\nfound"),
    ],
    "本港 1#?": [code("1 + 1")],
    "with_pictures": [
        text(
            "text\n\n```\n# no title\n```\n\nThe title\n=========\n\n"
            "![own](dot%201.png) <img src='dot 1.png'>"
        ),
        text("![put](attachment:put.png)", attachments={"put.png": {"image/png": DOT}}),
        text("# Another\n\n[next](our%20own.ipynb) [none](none.ipynb) [far](https://a.b/c.ipynb)"),
        code("plt = 1\nimport matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 9"),
    ],
}


@pytest.fixture(scope="module")
def log(demos):
    return demos(0.1).folder


def put(folder, **books):
    folder.mkdir(exist_ok=True)
    for name, cells in books.items():
        write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    return folder


@pytest.fixture(scope="module")
def made(log, tmp_path_factory):
    """The pages of all these notebooks, by name."""
    folder = put(tmp_path_factory.mktemp("books"), **BOOKS)
    (folder / "dot 1.png").write_bytes(base64.b64decode(DOT))
    (folder / ".hidden.ipynb").write_text("no notebook")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "texts-checkpoint.ipynb").write_text("no notebook")
    out = tmp_path_factory.mktemp("pages")
    built(log, notebooks=folder, out=out)
    return {path.stem: path.read_text(encoding="utf-8") for path in out.glob("*.html")}


def body(page):
    return page[page.index("<main") : page.index("</main>")]


def test_every_notebook_is_a_page_of_the_menu_and_a_first_page_lists_them(made):
    assert set(made) == {*BOOKS, "index"}
    for page in made.values():
        start = page.index('<nav class="pages"')
        menu = unescape(page[start : page.index("</nav>", start)])
        assert re.findall(r"<a [^>]*>(.*?)</a>", menu) == [
            "总览",
            "本馆",
            "Pictures",
            "Tables",
            "Texts of all kinds",
            "The title",
            "本港 1#?",
        ]
    assert "%E6%9C%AC%E6%B8%AF%201%23%3F.html" in made["tables"]
    assert "%E6%9C%AC%E6%B8%AF%201%23%3F.html" in body(made["index"])
    assert "<h1>本港 1#?</h1>" in made["本港 1#?"] and "<pre>2</pre>" in made["本港 1#?"]


def test_pictures_stand_once_without_the_name_of_what_was_drawn(made):
    page = body(made["pictures"])
    kinds = re.findall(r'<img src="data:image/([a-z+]+);base64,', page)
    assert kinds == ["png"] * 10 + ["svg+xml", "png", "jpeg"]
    assert not re.search("Axes|Text\\(|BarContainer|Line2D|array\\(", unescape(page))
    about = re.findall(r'alt="([^"]*)"', page)
    assert about[:5] == ["Of pandas", "ships by port", "Of pandas", "Of pyplot", "Of pyplot"]
    assert "<style>" not in page and re.search(r'alt="Of pandas" width="\d+"', page)


def test_tables_of_pandas_and_polars_keep_their_style(made):
    page = body(made["tables"])
    assert "<td>11</td>" in page and "background-color: yellow" in page and "harbour" in page
    ids = re.findall(r'<table id="(\w+)"', page)
    assert len(ids) == 1 and f"#{ids[0]}_row1_col1" in page and ids[0].startswith("T_1_")
    assert "Name: n, dtype: int64" in page


def test_texts_of_every_kind_stand_as_they_were_shown(made):
    page = body(made["texts"])
    assert "<h1>Texts of all kinds</h1>" in made["texts"]
    assert "printed 1\nprinted 2" in page and "{&#x27;a&#x27;: [1, 2]" in page
    assert '<em>marked</em> <a href="tables.html">on</a>' in page and "<b>bold</b>" in page
    assert "<pre>11</pre>" in page and 'class="math" alt="\\frac{a}{b}"' in page
    assert "begin{array}" in page and "&quot;port&quot;: &quot;上海&quot;" in page
    assert page.count("after") == 1 and "before" not in page
    assert "<pre>100%\nred\n</pre>" in page and "10%\r" not in page
    assert "&lt;object&gt;" in page and " at 0x" not in page
    assert "<script" not in page and page.count("本页不含脚本") == 2
    assert '<h3>A <a>link</a></h3><img alt="far">' in page
    assert "onclick" not in page and "javascript" not in page and "<iframe" not in page
    assert "beware" not in page and "to the user" not in page and "None</pre>" not in page
    assert "&lt;&amp;&gt;" in page


def test_parameters_are_filled_in_and_her_own_stay(made):
    assert "<pre>上海 zh\n</pre>" in body(made["our own"])


def test_a_chart_of_the_library_keeps_its_words_with_what_is_added(made):
    page = body(made["our own"])
    labels = re.findall(r'role="img" aria-label="([^"]*)"', page)
    assert len(labels) == 2 and labels[0] == labels[1] and "小时" in labels[0]
    assert "Text(" not in page


def test_what_the_log_lacks_is_told_for_the_answer_and_all_that_rests_on_it(made):
    page = body(made["our own"])
    assert (
        page.count("无数据：") == 1  # of two that stand one below the other for the same cause
        and "nowhere" in page
        and page.rstrip().count("<pre>3</pre>") == 1
    )


def test_pictures_and_links_in_prose_need_no_other_file(made):
    page = body(made["with_pictures"])
    assert page.count(f"data:image/png;base64,{DOT}") == 3 and "attachment" not in page
    assert 'href="our%20own.html"' in page and 'href="none.ipynb"' in page
    assert 'href="https://a.b/c.ipynb"' in page and "<h2" in page and page.count("<h1") == 1
    assert page.count("The title") == 1 and "# no title" in page
    own = body(made["our own"])
    assert 'class="math" alt="x^2"' in own and "$5 or $6" in own


def test_prose_of_one_language_stands_in_a_page_of_the_other(log, tmp_path):
    folder = put(tmp_path / "books", only=BOOKS["our own"][:4], index=[text("# First"), code("9")])
    page = built(log, notebooks=folder, out=tmp_path / "out", lang="en")
    own = (tmp_path / "out" / "only.html").read_text(encoding="utf-8")
    assert "<h1>本馆</h1>" in own and "only here" in own
    assert "<h1>First</h1>" in page.read_text(encoding="utf-8") and "<pre>9</pre>" in own.replace(
        own, page.read_text(encoding="utf-8")
    )


BROKEN = {
    "empty": ("", "no notebook"),
    "text": ("# not JSON", "no notebook"),
    "list": ("[1]", "no notebook"),
    "cells": ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}', "no notebook"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_notebook_is_named(log, tmp_path, name):
    folder = put(tmp_path / "books", good=[code("1")])
    (folder / "bad.ipynb").write_text(BROKEN[name][0])
    with pytest.raises(ReportError, match=BROKEN[name][1]) as error:
        built(log, notebooks=folder, out=tmp_path / "out")
    assert error.value.where.endswith("bad.ipynb")
    assert left(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("cells", "what", "where"),
    [
        ([code("1"), code("# why\nundefined + 1")], "NameError: name 'undefined'", "undefined + 1"),
        ([code("x = (")], "SyntaxError", "x = ("),
        ([code("raise ValueError")], "ValueError", "raise ValueError"),
        ([code("1/0", "raises-exception")], "ZeroDivisionError", "1/0"),
        ([code("import os\nos._exit(1)")], "died", "import os"),
        ([text("![a](no.png)")], "picture 'no.png'", "bad.ipynb"),
    ],
)
def test_a_notebook_that_fails_is_told_with_the_cell_and_leaves_no_page(
    log, tmp_path, cells, what, where
):
    folder = put(tmp_path / "books", bad=cells, good=[code("1")])
    with pytest.raises(ReportError) as error:
        built(log, notebooks=folder, out=tmp_path / "out")
    assert what in error.value.what and error.value.where.endswith(where)
    assert "bad.ipynb" in error.value.where and left(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("about", "runs"),
    [
        ({"kernelspec": {"name": "conda-own", "display_name": "x", "language": "python"}}, True),
        ({"language_info": {"name": "python"}}, True),
        ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, False),
        ({"kernelspec": {"name": "julia-1.10", "display_name": "Julia"}}, False),
    ],
)
def test_a_notebook_runs_in_python_whatever_its_kernel_is_called(log, tmp_path, about, runs):
    book = json.loads(json.dumps(new_notebook(cells=[code("2 + 3")])))
    for cell in book["cells"]:
        del cell["id"]  # as other programs write them
    (tmp_path / "own.ipynb").write_text(json.dumps(book | {"metadata": about}))
    if not runs:
        with pytest.raises(ReportError, match="not in Python"):
            built(log, notebooks=tmp_path, out=tmp_path / "out")
        return
    built(log, notebooks=tmp_path, out=tmp_path / "out")
    assert "<pre>5</pre>" in (tmp_path / "out" / "own.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "lang", "told"),
    [
        (NothingToShow("no value", "chart").found("各组均不足30件"), "zh", "各组均不足30件"),
        (NothingToShow("no value", "chart"), "zh", "没有可以显示的数值"),
        (NothingToShow("no value", "chart"), "en", "there is no value to show"),
        (NoIndicator("the notice '〔2021〕85' has none"), "zh", "〔2021〕85没有列入本页的指标"),
        (NoIndicator("no metric is given", "metric"), "zh", "所用通知没有这一项的指标"),
        (NoIndicator("no metric is given"), "en", "The notice has no indicator for this"),
    ],
)
def test_a_page_says_why_an_answer_has_nothing_to_show(error, lang, told):
    output = {"output_type": "error", "ename": type(error).__name__, "evalue": str(error)}
    (block,) = shown([output], lang)
    assert block.title == told


def test_a_note_stands_once_in_a_chapter():
    noted = partial(Block, parts=(Text("a picture"),), note="what to beware of")
    parts = [Prose("## One"), noted("first"), noted("second"), Prose("more"), noted("third")]
    parts += [Prose("## Two"), noted("fourth"), Block("no answer", note="what to beware of")]
    made = [part for part in _once(parts) if isinstance(part, Block)]
    assert [part.title for part in made if part.note] == ["first", "fourth", "no answer"]
    assert [part.title for part in made if part.parts] == ["first", "second", "third", "fourth"]
