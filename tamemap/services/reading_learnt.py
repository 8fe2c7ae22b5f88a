"""What people made of a reading when they posted: by it the rules are measured, venues are learnt, pictures get their words."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from tamemap import clock
from tamemap.domain.actors import SYSTEM
from tamemap.domain.dates import When, said_when
from tamemap.domain.flyers import cleaned
from tamemap.domain.folding import fold_place
from tamemap.domain.geography import Point, distance_metres
from tamemap.domain.picture_edits import stored_edit
from tamemap.domain.reading_kept import still_said
from tamemap.domain.reading_private import MOBILE, PLATE
from tamemap.domain.reading_shown import blurred, private_shown, shown_sheets
from tamemap.models import KnownVenue, Picture, Reading, ReadingOutcome
from tamemap.queries.pictures import WORDS_LIMIT
from tamemap.services import readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.picture_edits import Edit
    from tamemap.models import Flyer

log = logging.getLogger(__name__)
COMPARED = ("title", "starts_at", "ends_at", "venue", "address", "fee", "phone", "organiser")
MOST_LETTERS = 200
SAME_PLACE = 300.0  # metres
HIDDEN = "＊"
KEPT = "kept"  # in Picture.edit, while a blurred picture is read again: its words before, and how it was shown then


def learn(db: Session, actor: Actor, *, flyer: Flyer) -> bool:
    """Take from the readings of a posted flyer's pictures what there is to take, and forget them (for services); answers
    whether a picture has got its words.

    Never raises: a flyer is worth more than a figure about it. A reading that is not done yet is taken from when it is.
    """
    try:
        with db.begin_nested():
            return _learn(db, actor, flyer)
    except Exception as error:
        log.warning("nothing learnt from flyer %s: %s", flyer.public_id, type(error).__name__)
        return False


def _learn(db: Session, actor: Actor, flyer: Flyer) -> bool:
    placed = select(Picture).where(Picture.flyer_id == flyer.id).order_by(col(Picture.position), col(Picture.id))
    pictures = db.exec(placed).all()
    before = [picture.words for picture in pictures]
    done: list[Reading] = []
    for picture in pictures:
        mine = (Reading.original == picture.original, Reading.owner_hash == picture.owner_hash)
        row = db.exec(select(Reading).where(*mine, col(Reading.state).not_in(readings.UNDONE))).first()
        if row is None:
            continue
        picture.words = picture.words or words_of(row, picture)
        picture.edit = {name: value for name, value in picture.edit.items() if name != KEPT}
        db.add(picture)
        if row not in done:
            done.append(row)
    # of several pictures a late one alone would be compared with what stood on the others
    fresh = [row for row in done if row.state == "read" and row.asked_at <= flyer.created_at]
    if fresh and (actor is not SYSTEM or len(pictures) == 1):
        _compare(db, flyer, done)
        if flyer.venue and not flyer.guest_hash and not {"venue", "address"} & set(flyer.hidden_outside):
            _know(db, flyer)
    db.flush()
    for row in done:
        # what may not be meant for everybody is still to be looked at by whoever was quicker than the reader
        if actor is not SYSTEM or not _seen(row, pictures):
            readings.forget_upload(db, owner_hash=row.owner_hash, original=row.original)
    return [picture.words for picture in pictures] != before


def _seen(row: Reading, pictures: Sequence[Picture]) -> bool:
    mine = [one for one in pictures if one.original == row.original]
    return any(private_shown(row.sheets, one.page, stored_edit(one.edit)) for one in mine)


def words_of(row: Reading, picture: Picture) -> str:
    """What stands on a picture as it is shown, line by line: nothing of what was cut off or blurred, no mobile numbers and number
    plates either, for they are pointed out, not spread.
    """
    lines = _lines(row, picture.page)
    seen = _shown(row, picture.page, stored_edit(picture.edit))
    text = "\n".join(lines[at] for at in lines if at in seen)
    kept = picture.edit.get(KEPT)
    if kept and lines:
        earlier = _shown(row, picture.page, stored_edit(kept["edit"]))
        known = [(lines[at], at in earlier) for at in lines if at in seen]
        text = still_said(kept["words"], known, [lines[at] for at in lines if at not in seen])
    return cleaned(text, lines=True)[:WORDS_LIMIT]


def _lines(row: Reading, page: int) -> dict[tuple[int, int], str]:
    """All lines that were read of a page, by sheet and place, mobile numbers and number plates left out."""
    said: dict[tuple[int, int], str] = {}
    for number, sheet in enumerate(row.sheets):
        for at, line in enumerate(sheet["lines"] if sheet["page"] == page else ()):
            said[number, at] = PLATE.sub(HIDDEN * 4, MOBILE.sub(HIDDEN * 4, line["text"]))
    return said


def _shown(row: Reading, page: int, edit: Edit) -> set[tuple[int, int]]:
    """Which of them can be read in the picture as it is shown with this edit."""
    sheets = [(number, one) for number, one in enumerate(row.sheets) if one in shown_sheets(row.sheets, page, edit)]
    return {
        (number, at)
        for number, one in sheets
        for at, line in enumerate(one["lines"])
        if not blurred(line["box"], one["corners"], edit)
    }


def _compare(db: Session, flyer: Flyer, done: Sequence[Reading]) -> None:
    """A row per field that was read or posted; none where it tells of a person (a mobile number) or is for residents only."""
    posted = _posted(flyer)
    for name in COMPARED:
        found = next((one for row in done for sheet in row.sheets[:1] if (one := sheet["fields"].get(name))), None)
        read, confirmed = (str(found["value"]) if found else ""), posted[name]
        if not (read or confirmed) or name in flyer.hidden_outside or MOBILE.search(read) or MOBILE.search(confirmed):
            continue
        said: dict[str, Any] = {"confidence": found["confidence"], "reason": found["reason"]} if found else {}
        row = ReadingOutcome(
            field=name, read=read[:MOST_LETTERS], confirmed=confirmed[:MOST_LETTERS], made_at=clock.now(), **said
        )
        db.add(row)


def _posted(flyer: Flyer) -> dict[str, str]:
    first, last = said_when(When(flyer.starts_at, flyer.ends_at, flyer.all_day))
    moments = {"starts_at": first or "", "ends_at": "" if last == first else last or ""}
    return moments | {name: getattr(flyer, name) for name in COMPARED if name not in moments}


def _know(db: Session, flyer: Flyer) -> None:
    """Count a confirmation of a venue's place. Those who say otherwise count against it, until it moves."""
    folded = fold_place(flyer.venue)[:120]
    if not folded:
        return
    same = (KnownVenue.municipality_code == flyer.municipality_code, KnownVenue.folded == folded)
    row = db.exec(select(KnownVenue).where(*same).with_for_update()).first()
    now = clock.now()
    if row is None:
        row = KnownVenue(municipality_code=flyer.municipality_code, name=flyer.venue[:120], folded=folded, lat=flyer.lat,
                         lng=flyer.lng, confirmed_at=now)  # fmt: skip
    elif distance_metres(Point(row.lat, row.lng), Point(flyer.lat, flyer.lng)) <= SAME_PLACE:
        row.times, row.confirmed_at = row.times + 1, now
    elif row.times > 1:
        row.times -= 1
    else:
        row.lat, row.lng, row.confirmed_at = flyer.lat, flyer.lng, now
    db.add(row)
