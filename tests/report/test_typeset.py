"""Parts of a page as HTML: escaped, named for who reads it line by line, chapters found."""

from clearance_metrics.report.outputs import Page, Prose
from clearance_metrics.report.typeset import _block, _chapters, _part
from clearance_metrics.results.block import Block, Picture, Point, Points, Text
from clearance_metrics.results.display import Display


def test_a_block_shows_its_parts_and_escapes_them():
    shown = _block(Block("A < B", (Text("body & soul"),), "read & beware", "data & day"), {}, "en")
    assert "<h3>A &lt; B</h3><p>body &amp; soul</p>" in shown
    assert '<p class="note">read &amp; beware</p>' in shown
    assert '<p class="source">data &amp; day</p>' in shown
    assert _block(Block(parts=(Text("x"),)), {}, "en") == "<section><p>x</p></section>"


def test_a_cell_knows_its_head_and_its_verdict_and_keeps_small_lines():
    table = Display(
        ("口岸", "n", "判断"),
        [("A & B\n2022", "3", "✓ 达标")],
        caption="甲\n乙",
        numbers=(1,),
        tones={(0, 2): "good"},
    )
    made = _block(Block(parts=(table,)), {}, "zh")
    assert '<th role="columnheader" scope="col" class="n">n</th>' in made
    assert 'data-head="口岸"' in made
    assert '><span class="c">A &amp; B<small>2022</small></span></td>' in made
    assert '<span class="v good">✓ 达标</span>' in made
    assert "<caption>甲<small>乙</small></caption>" in made
    assert 'role="group" tabindex="0" aria-label="甲"' in made


def test_points_and_pictures_have_words():
    made = _block(Block(parts=(Points((Point("✗ 未达标", "bad", "a < b", "c"),)),)), {}, "zh")
    assert "<span" in made and "a &lt; b<small>c</small>" in made
    drawn = _block(Block(parts=(Picture("<svg/>", 'a & "b"', "x\n1\n"),)), {}, "zh")
    assert 'aria-label="a &amp; &quot;b&quot;"' in drawn
    assert 'href="data:text/csv;charset=utf-8;base64,77u/eAoxCg=="' in drawn


def test_chapters_have_names_and_are_listed():
    body = _part(Prose("## One <b>\n\n### Three\n\n## Two"), {"x.html": Page("x")}, "en")
    made, chapters = _chapters(body)
    assert [text for _, text in chapters][1] == "Two" and chapters[0][0] == "s1"
    assert made.count('<h2 id="s') == 2


def test_addresses_in_cells_lead_there():
    table = Display(
        ("来源",), [("海关总署2020；https://a.b/c_d?x=1&y=2；后\nhttps://e.f/g/h.html。",)]
    )
    made = _block(Block(parts=(table,)), {}, "zh")
    assert '<a href="https://a.b/c_d?x=1&amp;y=2">https://a.b/c_d?x=1&amp;y=2</a>；后' in made
    assert '<small><a href="https://e.f/g/h.html">https://e.f/g/h.html</a>。</small>' in made


def test_many_tables_can_be_filtered_by_their_verdicts_without_a_script():
    one, two = (
        Display(("判断",), [(word,)], caption=name, tones={(0, 0): tone}, anchor=name)
        for name, word, tone in (("m1", "✓ 达标", "good"), ("m2", "✗ 未达标", "bad"))
    )
    made = _block(Block(parts=(one, two)), {}, "zh")
    assert made.count('name="held"') == 4 and 'id="only-all" checked' in made
    assert "✗ 未达标、变差或违规（1）" in made and '<div class="held" data-tones="good">' in made
    assert "fieldset" not in _block(Block(parts=(one,)), {}, "zh")
