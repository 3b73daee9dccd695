"""Parts of a page as HTML: escaped, named for who reads it line by line, chapters found."""

from clearance_metrics.report.document import Heading, Paragraph, elements
from clearance_metrics.report.filters import rules_of
from clearance_metrics.report.outputs import Page, Prose
from clearance_metrics.report.typeset import _block, _chapters, _part
from clearance_metrics.results.block import Block, Picture, Point, Points, Text
from clearance_metrics.results.display import Display
from clearance_metrics.results.fold import Filter, Fold, Folds


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
    assert "--h1:&#x27;口岸&#x27;;--h2:&#x27;n&#x27;" in made
    assert '><span>A &amp; B<small class="s">2022</small></span></td>' in made
    assert '<span class="v good">✓ 达标</span>' in made
    assert "<caption>甲<small>乙</small></caption>" in made
    assert 'role="group" tabindex="0" aria-label="甲"' in made


def test_points_and_pictures_have_words():
    made = _block(Block(parts=(Points((Point("✗ 未达标", "bad", "a < b", "c"),)),)), {}, "zh")
    assert "<span" in made and "a &lt; b<small>c</small>" in made
    drawn = _block(Block(parts=(Picture("<svg/>", 'a & "b"', "x\n1\n"),)), {}, "zh")
    assert 'aria-label="a &amp; &quot;b&quot;"' in drawn
    assert 'href="data:text/csv;charset=utf-8,\ufeffx%0A1%0A"' in drawn


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


def folds():
    """Three measures of two parts, one of them with values by port."""
    by_port = Display(
        ("口岸", "n"), [("甲港", "1"), ("乙港", "2")], facets={"port": ("甲港", "乙港")}
    )
    opened = Fold("分口岸", (by_port,), facet="port")
    one, two, three = (
        Fold(f"第{n}项", parts, anchor=f"m{n}", group=group, facets=facets, opened=n == 2)
        for n, parts, group, facets in (
            (1, (opened,), "通关", {"part": ("通关",), "port": ("甲港", "乙港")}),
            (2, (), "通关", {"part": ("通关",), "port": ()}),
            (3, (), "收费", {"part": ("收费",), "port": ("乙港",)}),
        )
    )
    filters = (Filter("part", "部分", ("通关", "收费")), Filter("port", "口岸", ("甲港", "乙港")))
    return Block("逐项", (Folds((one, two, three), filters),))


def test_folds_are_chosen_from_lists_with_counts_and_know_their_values():
    made = _block(folds(), {}, "zh")
    assert '<select class="by-port"><option value="0">全部（3）</option>' in made
    assert '<option value="1">甲港（1）</option><option value="2">乙港（2）</option>' in made
    assert '<details class="fold" data-part="1" data-port="1 2"><summary><h5>第1项</h5>' in made
    assert '<details class="fold" data-part="1" data-port="" open>' in made
    assert '<tr role="row" data-port="2">' in made and '<div id="m3">' in made
    assert made.count("<h4") == 2 and "没有措施同时符合" in made
    assert "<script" not in made


def test_rules_of_a_choice_name_no_value_and_stand_for_screens_alone():
    rules = rules_of(Page("p", (folds(),)))
    assert rules.startswith("@supports selector(:has(*)){@media screen{")
    assert rules.count("[data-part]:not(") == 2 == rules.count("[data-port]:not(")
    assert "甲港" not in rules and "::details-content" in rules
    assert rules_of(Page("p", (Block("a", (Text("b"),)),))) == ""


def test_a_fold_is_printed_under_a_heading_and_told_where_a_workbook_holds_it():
    block = folds()
    hidden = Fold("违规行", (Text("x"),), printed=False)
    made = Block("逐项", (*block.parts, hidden))
    assert Block.of(made.to_dict()) == made or Block.of(made.to_dict()).to_dict() == made.to_dict()
    told = list(elements(Page("p", (made,)), "zh"))
    assert [e.text for e in told if isinstance(e, Heading) and e.level == 3][1:] == ["通关", "收费"]
    assert Heading(4, "第3项") in told and Paragraph("x") not in told
    assert Paragraph("全部内容见Excel文件。", "source") in told


def test_a_long_cell_folds_and_one_that_may_not_stands_open():
    long = "海关总署公告，" * 12 + "https://a.b/c"
    table = Display(("a", "b", "c"), [("短", long, long)], open_columns=(2,))
    made = _block(Block(parts=(table,)), {}, "zh")
    assert made.count('<details class="long"><summary>海关总署公告') == 1
    assert made.count('<a href="https://a.b/c">') == 2
    in_print = [e for e in elements(Page("p", (Block(parts=(table,)),))) if isinstance(e, Display)]
    assert in_print[0].cells == table.cells


def test_what_many_rows_share_is_said_once_below_them():
    same = "国新办政策吹风会2018年9月27日，网页转载，原文未见" * 3
    table = Display(("n", "来源"), [(str(n), f"见\n{same}") for n in range(3)])
    made = _block(Block(parts=(table,)), {}, "zh")
    assert made.count(same) == 1 and made.count("注1") == 4
    (printed,) = [
        e for e in elements(Page("p", (Block(parts=(table,)),)), "zh") if isinstance(e, Display)
    ]
    assert printed.cells[2] == ("2", "见\n注1") and printed.below == (f"注1：{same}",)
    whole = [
        e
        for e in elements(Page("p", (Block(parts=(table,)),)), "zh", sheets=True)
        if isinstance(e, Display)
    ]
    assert whole[0].cells == table.cells


def test_a_small_line_has_its_first_and_last_in_words_and_its_target():
    words = "2021-01 7.0→2021-03 5.0"
    table = Display(("逐月",), [(words,), ("–",)], lines={0: [((7.0, 6.0, 5.0), 6.0), None]})
    made = _block(Block(parts=(table,)), {}, "zh")
    assert f'role="img" aria-label="{words}"' in made and made.count("<svg") == 1
    assert 'points="3,3 58,13 113,23"' in made and '<path d="M3 13H113"/>' in made
