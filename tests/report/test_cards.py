"""Cards, tiles and what a page says first, as HTML and as tables of the printed forms."""

from clearance_metrics.report.cards import cards_html as cards_of
from clearance_metrics.report.cards import in_rows, lead_of, lines_of, tables_of, tiles_html
from clearance_metrics.report.document import Heading, elements
from clearance_metrics.report.outputs import Page, Prose
from clearance_metrics.report.tables import table_html
from clearance_metrics.results.block import Block, Text
from clearance_metrics.results.display import Display
from clearance_metrics.results.parts import Card, Cards, Tile, Tiles

CARDS = Cards(
    (
        Card("A <b>", "5.76", "days", "✓ met", "good", "n=3", "<svg/>", "a line", "rule", "turns"),
        Card("B", "–", "", "∅ no data", "none", "the log lacks it"),
    ),
    ("what", "figure", "verdict", "details", "rule"),
)
TILES = Tiles(
    (
        ("One", (Tile("1", "refunds", "✓ 2/2", "good", "Measure 1", "05_score.ipynb#m1"),)),
        ("", (Tile("2", "other", "–", "none"),)),
    ),
    ("part", "no", "measure", "state"),
)


def test_a_card_is_an_article_with_its_verdict_in_words():
    html = cards_of(CARDS, "en")
    assert html.count("<article") == 2
    assert "A &lt;b&gt;" in html
    assert 'role="img" aria-label="a line"' in html
    assert html.count("role=") == 1
    assert ">✓ met</span>" in html


def test_a_tile_leads_on_only_where_the_report_has_the_page():
    assert 'href="05_score.html#m1"' in tiles_html(TILES, {"05_score.html"})
    assert "href" not in tiles_html(TILES, {"index.html"})


def test_printed_forms_have_tables_of_both():
    cards, tiles = tables_of(CARDS), tables_of(TILES)
    assert cards.cells[0] == ("A <b>", "5.76 days", "✓ met", "n=3", "rule\nturns")
    assert cards.tones == {(0, 2): "good", (1, 2): "none"}
    assert tiles.heads == ("part", "no", "measure", "state")
    assert tiles.cells == (("One", "1", "refunds", "✓ 2/2"), ("", "2", "other", "–"))
    alone = tables_of(Tiles((("", TILES.groups[1][1]),), TILES.heads))
    assert alone.heads == ("no", "measure", "state")


def test_what_a_page_says_first_is_taken_from_its_place():
    lead = Block("The finding", (Text("what carries it"),), role="lead")
    halves = [Block(f"half {n}", role="half") for n in (1, 2)]
    page = Page("Overview", (Prose("first"), lead, *halves, Block("whole")))
    found, others = lead_of(page)
    assert found is lead
    assert lines_of(found) == ["what carries it"]
    html = in_rows(others, lambda part: f"[{getattr(part, 'title', 'prose')}]")
    assert html == '[prose]\n<div class="pair">[half 1][half 2]</div>\n[whole]'
    assert lines_of(None) == []
    assert Heading(3, "The finding") in list(elements(page))


def test_a_bar_stands_on_pages_alone_and_survives_as_data():
    table = Display(["a", "n"], [["x", "2"]], numbers=[1], bars={1: [0.5]}, anchor="m1")
    same = Display.of({k: v for k, v in table.to_dict().items() if k != "kind"})
    assert (same.bars, same.anchor) == ({1: (0.5,)}, "m1")
    assert "bar" not in str(table)


def test_notes_below_a_table_are_one_note_and_an_interval_in_a_text_is_not_broken():
    found = Display(
        ("a", "b"),
        [("中位数 5（-3～1,204.5）", "x (1.0% to 2.0%)")],
        ["note 1: this", "note 2: see https://example.org/a(1 to 2)"],
    )
    page = table_html(found, "en")
    whole = '<span style="white-space:nowrap">'
    assert f"中位数 5{whole}（-3～1,204.5）</span>" in page
    assert f"x {whole}(1.0% to 2.0%)</span>" in page
    assert page.count('<p class="note">') == 1 and "this<br>note 2" in page
    assert page.count(whole) == 2, "an address stays whole"


def test_the_figures_that_a_card_draws_can_be_taken_along():
    card = Card("A", "1", "h", "✓", "good", svg="<svg/>", alt="a", data='a,"b"\n5%,1 2#\n')
    html = cards_of(Cards((card,), CARDS.heads), "en")
    assert 'href="data:text/csv;charset=utf-8,\ufeffa,&quot;b&quot;%0A5%25,1%202%23%0A"' in html
    assert html.count("<a ") == 1 and "<a " not in cards_of(CARDS, "en")
