"""The posting page as a person meets it: what they tap, pick and read."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

PHOTOS = Path(__file__).parents[1] / "data" / "photos"
IN_TOWN = PHOTOS / "d15.heic"  # its own position lies in 人吉市
GRAPHIC = PHOTOS / "d10.png"  # has no position
STRANGE = PHOTOS / "d20.jpg"  # says 0,0


def picture(colour: str, form: str = "JPEG", pages: int = 1) -> bytes:
    """A plain sheet of one colour; as PDF with so many pages."""
    buffer = io.BytesIO()
    sheets = [Image.new("RGB", (300, 420), colour) for _ in range(pages)]
    sheets[0].save(buffer, form, **({"save_all": True, "append_images": sheets[1:]} if form == "PDF" else {}))
    return buffer.getvalue()


def file(name: str, data: bytes, kind: str = "image/jpeg") -> dict:
    """A file as Playwright picks it."""
    return {"name": name, "mimeType": kind, "buffer": data}


class PostPage:
    """Drives /post. ``taps`` counts what a thumb does."""

    def __init__(self, page) -> None:
        self.page = page
        self.taps = 0

    def open(self, address: str = "/post") -> PostPage:
        """Open the page and wait until it has looked for a draft."""
        self.page.goto(address)
        self.page.wait_for_selector("form[data-ready]")
        return self

    def tap(self, name: str, exact: bool = True) -> None:
        """Tap the button or link of that name."""
        found = self.page.get_by_role("button", name=name, exact=exact).or_(self.page.get_by_role("link", name=name, exact=exact))
        found.first.click()
        self.taps += 1

    def pick(self, *files) -> None:
        """Tap 写真をえらぶ (or 写真をたす) and pick these files: two taps on a phone, however many files."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_text(re.compile("^写真を(えらぶ|たす)$")).click()
        chooser.value.set_files([str(one) if isinstance(one, Path) else one for one in files])
        self.taps += 2

    def go_on(self, *files) -> None:
        """Tap 続けてえらぶ on the page that says thanks, and pick."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_text("続けてえらぶ").click()
        chooser.value.set_files([str(one) for one in files])
        self.taps += 2

    def arrived(self, count: int = 1) -> None:
        """Wait until so many photographs are with the server."""
        self.page.wait_for_function(f"document.querySelectorAll('.post-form__sent').length === {count}")

    def write(self, name: str, words: str) -> None:
        """Tap a field and type."""
        self.page.locator(f"#pf-{name}").fill(words)
        self.taps += 1

    def agree(self) -> None:
        """Tick わたしが貼ってもよいチラシです."""
        self.page.get_by_label("わたしが貼ってもよいチラシです").check()
        self.taps += 1

    def place(self, name: str) -> None:
        """Look for a place by name and take the first."""
        self.page.locator("#pf-place").fill(name)
        self.page.locator("[role=option]").first.click()
        self.goes_on()

    def goes_on(self, words: str = "人吉市マップに貼ります") -> None:
        """Wait until the page says on which map it goes."""
        self.page.get_by_text(words).wait_for()

    def filled(self, title: str = "朝市") -> PostPage:
        """A flyer with all that it needs, photographed without position, not yet sent."""
        self.pick(GRAPHIC)
        self.arrived()
        self.write("title", title)
        self.place("九日町")
        self.agree()
        return self

    def database(self, script: str, given: object = None) -> object:
        """What a script finds with the open database ``db``, the promise-maker ``of(request)`` and ``given`` at hand."""
        return self.page.evaluate(
            """async ([script, given]) => {
              const of = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
              const db = await of(indexedDB.open("tamemap"));
              try { return await new Function("db", "of", "given", `return (async () => { ${script} })()`)(db, of, given); }
              finally { db.close(); }
            }""",
            [script, given],
        )

    def saved(self) -> None:
        """Wait until the draft on the disk is the one on the page."""
        self.page.wait_for_function(
            """async () => {
              const of = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
              const db = await of(indexedDB.open("tamemap"));
              const draft = await of(db.transaction("drafts").objectStore("drafts").get("post"));
              db.close();
              const title = document.querySelector("#pf-title").value;
              const photos = document.querySelectorAll(".post-form__photo").length;
              return draft?.form.title === title && draft.photos.length === photos;
            }"""
        )

    def heading(self, words: str) -> None:
        """Wait for the page's heading."""
        self.page.get_by_role("heading", level=1, name=words).wait_for()
