"""The front page: its picture is small, its lines draw its chart, both languages agree."""

import re

import pages
import pytest
from matplotlib.figure import Figure
from support.demo import beside
from test_gallery import GALLERY

from clearance_metrics.notice import load_notice

FRONT = {lang: pages.ROOT / f"README{end}.md" for lang, end in (("zh", ""), ("en", ".en"))}
SMALL = 300_000  # bytes of the picture
PICTURE = re.compile(r"!\[([^\]]+)\]\((\S+?)\)")
CHINESE = re.compile("[\u4e00-\u9fff]")


def text(lang):
    return FRONT[lang].read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", FRONT)
def test_the_picture_of_the_overview_is_there_and_small(lang):
    overview = pages.ROOT / "docs" / f"overview_{lang}.png"
    shown = [(about, pages.ROOT / name) for about, name in PICTURE.findall(text(lang))]
    assert shown[0][1] == overview and overview.read_bytes().startswith(b"\x89PNG")
    assert all(about and 0 < path.stat().st_size < SMALL for about, path in shown)


@pytest.mark.parametrize("lang", FRONT)
def test_how_many_indicators_it_names_is_how_many_there_are(lang):
    own = [one for one in load_notice("cn-2021-85").indicators if not one.companion_of]
    silent = sum(one.kind == "action" for one in own)
    (line,) = (row for row in text(lang).splitlines() if str(silent) in row and row[:2] == "- ")
    told = {int(n) for n in re.findall(r"\d+", line)}
    assert told == {len(own), silent, len(own) - silent}


@pytest.mark.parametrize("lang", FRONT)
def test_what_it_links_to_is_there(lang):
    names = re.findall(r"\]\(([^)#:]+)\)", text(lang))
    assert names and [name for name in names if not (pages.ROOT / name).exists()] == []


def test_both_languages_say_the_same():
    chinese, english = text("zh"), text("en")
    for pattern in (r"^#+", r"^- ", r"^make \w+", r"^(clearance-metrics \w+ .*?|\$.*?) +#"):
        found = [re.findall(pattern, told, re.M) for told in (chinese, english)]
        assert found[0] == found[1] and found[0], pattern
    assert len(chinese.splitlines()) < 90, "it is read in half a minute"
    assert CHINESE.search(chinese.splitlines()[4]) and not CHINESE.search(english.splitlines()[4])


@pytest.mark.parametrize("lang", FRONT)
def test_five_lines_of_python_draw_the_chart_below_them(lang, demos, tmp_path, monkeypatch):
    monkeypatch.chdir(beside(demos(0.1), tmp_path))
    (code,) = pages.BLOCK.findall(text(lang))
    *setup, line = code.strip().splitlines()
    assert len(list(filter(None, setup))) == 4 and len(code) < 400
    names = {}
    exec("\n".join(setup), names)
    figure = eval(line, names)
    page = next(page for page in GALLERY.PAGES if (".zh" in page.name) == (lang == "zh"))
    shown = PICTURE.findall(text(lang))[1][1].removeprefix("docs/")
    draw = next(draw for name, draw in GALLERY.drawn(page) if name == shown)
    assert isinstance(figure, Figure) and figure.alt
    assert GALLERY.png(figure) == GALLERY.png(draw())


def test_the_commands_it_names_are_those_there_are():
    from clearance_metrics.cli.parser import make_parser

    listed = next(a for a in make_parser()._actions if a.dest == "command").choices
    for path in (*FRONT.values(), *sorted((pages.ROOT / "docs").glob("commands*.md"))):
        named = re.findall(r"clearance-metrics ([a-z]+) ", path.read_text(encoding="utf-8"))
        assert named and set(named) <= set(listed)
        for flag in re.findall(r" (--[a-z-]+)", path.read_text(encoding="utf-8")):
            assert any(flag in command._option_string_actions for command in listed.values()), flag
    every = (pages.ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in listed if f"clearance-metrics {name} " not in every] == []
