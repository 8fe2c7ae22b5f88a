"""The sizes in which a picture is shown: made of its original, as edited, and put into the store; the large ones by the worker.

Decoding takes up to a second and never happens inside a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import select

from tamemap import db as database
from tamemap.config import settings
from tamemap.domain.picture_edits import Edit, stored_edit
from tamemap.gateways import imaging, imaging_flat
from tamemap.gateways.looks import look_of
from tamemap.gateways.storage import storage_from
from tamemap.models import Picture

AT_ONCE = (320, 960)  # pixels of the long side; there before the first answer
LATER = (2048,)


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """One page as a picture in the store: its size in pixels and the stored variants."""

    width: int
    height: int
    blur: str
    variants: dict[str, Any]
    look: str


def rendered(data: bytes, page: int, edit: Edit) -> PreparedPage:
    """One page of an original as edited, in its first sizes, in the store (for services). No transaction.

    Raises as ``imaging_flat.render_edit``.
    """
    made = imaging_flat.render_edit(data, edit, sizes=AT_ONCE, page=page)
    return in_store(made)


def in_store(page: imaging.Page) -> PreparedPage:
    """A page that was made, in the store, with its look. No transaction."""
    smallest = min((one for one in page.variants if one.format == "jpeg"), key=lambda one: one.size)
    return PreparedPage(page.width, page.height, page.blur, stored(page), look_of(smallest.data))


def stored(page: imaging.Page) -> dict[str, Any]:
    """A page's files, put into the store: what ``Picture.variants`` keeps."""
    store = storage_from(settings())
    variants: dict[str, Any] = {}
    for variant in page.variants:
        entry = variants.setdefault(str(variant.size), {"width": variant.width, "height": variant.height})
        suffix = "jpg" if variant.format == "jpeg" else variant.format
        entry[variant.format] = store.put(variant.data, f".{suffix}", private=False)
    return variants


def finish(public_id: str) -> None:
    """Make the large sizes of a picture, and of all that came with it, as edited (for the worker; opens its own transactions).

    A picture that is gone meanwhile costs nothing, one that is finished (or that its poster has left behind) costs one read,
    and one that is edited anew meanwhile is left to the worker's next round.
    """
    with database.transaction(write=False) as db:
        row = db.exec(select(Picture).where(Picture.public_id == public_id)).first()
        if row is None or not row.original or _finished(row):
            return
        original = row.original
        rows = db.exec(select(Picture).where(Picture.original == original)).all()
        wanted = {(one.page, stored_edit(one.edit)) for one in rows if not _finished(one)}
    data = storage_from(settings()).get(original)
    made = {
        which: stored(imaging_flat.render_edit(data, which[1], sizes=LATER, page=which[0]))
        for which in wanted
        if which[1] != Edit()
    }
    if any(edit == Edit() for _, edit in wanted):
        pages = imaging.render(data, sizes=LATER, max_pages=imaging.MOST_PAGES).pages
        made |= {(number, Edit()): stored(page) for number, page in enumerate(pages)}
    with database.transaction(write=True) as db:
        for row in db.exec(select(Picture).where(Picture.original == original).with_for_update()).all():
            row.variants = row.variants | made.get((row.page, stored_edit(row.edit)), {})
            db.add(row)


def _finished(row: Picture) -> bool:
    return all(str(size) in row.variants for size in LATER)
