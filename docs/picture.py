"""Draws the pictures of the front page: the first screen of the overview, as the report makes it of
the simulated demonstration. `make picture` runs it; it needs Chromium.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PICTURES = {lang: HERE / f"overview_{lang}.png" for lang in ("zh", "en")}
WIDTH, SECTIONS = 1200, 2  # of the page in pixels, and how many sections are shown
COLOURS = 240  # of a picture: enough to read, and small


def small(picture: bytes) -> bytes:
    """A picture with few colours: the same bytes for the same picture."""
    from PIL import Image

    few, made = Image.open(io.BytesIO(picture)).convert("RGB"), io.BytesIO()
    few = few.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(made, format="png", optimize=True)
    return made.getvalue()


def screen(tab: Any, page: Path) -> bytes:
    """The page down to where its third section begins."""
    tab.open(page, width=WIDTH)
    script = f"document.querySelectorAll('h2')[{SECTIONS}].getBoundingClientRect().top"
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": int(tab.run(script)) - 30, "scale": 1}
    told = tab.send("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    return base64.b64decode(told["data"])


def main() -> None:
    """Draws one for each language."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    import pages
    from support import browser

    import clearance_metrics as cm

    if browser.found() is None:
        sys.exit("Chromium is needed, and none was found")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pages.demo(Path(name))
        cm.build_report(
            folder / pages.DEMO,
            notebooks=HERE.parent / "notebooks",
            out=folder / "reports",
            languages=PICTURES,
        )
        with browser.browser(folder / "browser") as tab:
            for lang, picture in PICTURES.items():
                page = folder / "reports" / "demo" / lang / "index.html"
                picture.write_bytes(small(screen(tab, page)))


if __name__ == "__main__":
    main()
