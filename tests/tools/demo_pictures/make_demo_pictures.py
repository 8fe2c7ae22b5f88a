"""Draws the pictures of the demo's flyers once, with a headless Chromium, and makes smaller copies of the dev photographs.

Not a part of the product: its results are committed under ``tamemap/demo/pictures``. To draw them again, bring the fonts (all
under the SIL Open Font License) into any folder and name it; without them the system's Japanese fonts are used::

    npm install @fontsource/{dela-gothic-one,kaisei-opti,kiwi-maru,m-plus-rounded-1c,mochiy-pop-one,shippori-mincho-b1}
    npm install @fontsource/{yomogi,yusei-magic,zen-kaku-gothic-new,zen-kurenaido,zen-maru-gothic,zen-old-mincho,dotgothic16}
    python -m tests.tools.demo_pictures.make_demo_pictures --fonts that-folder [--photos dev-photographs] [KEY …]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tamemap.demo.seeds import PICTURES, FlyerSeed, load_flyers
from tests.tools.demo_pictures.photographs import small_photographs

HERE = Path(__file__).parent
PORTRAIT, LANDSCAPE = (877, 1240), (1240, 877)
QUALITY = 80
WEIGHTS = ("400", "700", "800", "900")


def styles(fonts: Path | None) -> list[str]:
    """The style sheets of all font packages below a folder, as addresses."""
    if fonts is None:
        return []
    packages = sorted((fonts / "node_modules" / "@fontsource").iterdir())
    return [sheet.as_uri() for package in packages for weight in WEIGHTS if (sheet := package / f"{weight}.css").exists()]


def draw(page: Page, template: Template, seed: FlyerSeed, design: dict[str, Any], folder: Path) -> bytes:
    """One flyer as WebP; its document is written into the folder."""
    width, height = LANDSCAPE if design.get("landscape") else PORTRAIT
    colors = design.get("colors", {})
    document = template.render(f=seed, d=design, w=width, h=height, layout=design["layout"], colors=colors)
    path = folder / f"{seed.key}.html"
    path.write_text(document, encoding="utf-8")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(path.as_uri())
    page.wait_for_selector("body[data-ready]", state="attached")
    made = BytesIO()
    Image.open(BytesIO(page.screenshot())).convert("RGB").save(made, "WEBP", quality=QUALITY, method=6)
    return made.getvalue()


def main() -> None:
    """Draw all flyers that have a design, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("keys", nargs="*")
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--photos", type=Path)
    chosen = parser.parse_args()
    designs = json.loads((HERE / "designs.json").read_text(encoding="utf-8"))
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True)
    environment.globals["fonts"] = styles(chosen.fonts)
    template = environment.get_template("base.html")
    PICTURES.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_default_timeout(180_000)
        for seed in load_flyers():
            if seed.key in designs and (not chosen.keys or seed.key in chosen.keys):
                made = draw(page, template, seed, designs[seed.key], folder)
                (PICTURES / seed.picture).write_bytes(made)
                print(f"{seed.picture} {len(made) // 1024} kB")
        browser.close()
    shutil.rmtree(folder)
    if chosen.photos:
        small_photographs(chosen.photos, PICTURES)


if __name__ == "__main__":
    main()
