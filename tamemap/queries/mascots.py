"""Reads about towns' mascots: their faces beside what they wrote, who may write as them, the desk's page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap.domain.mascots import voice_name
from tamemap.domain.permissions import allowed, demand
from tamemap.domain.writing import reference
from tamemap.errors import Forbidden, Invalid
from tamemap.models import Map, Mascot, MascotVoice, Municipality, Person, Picture, Post, Topic
from tamemap.queries.grounds import ground_of
from tamemap.queries.pictures import PictureView, picture_view
from tamemap.queries.staff import DeskTown, StaffView, desk, staff_of
from tamemap.queries.together import Question, among, ask, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class MascotRef:
    """A mascot as others see it: its name, its town's, its face where it has one."""

    public_id: str
    name: str
    town: str
    face: PictureView | None
    municipality_code: str


@dataclass(frozen=True, slots=True)
class SpokenMascot:
    """A mascot as which somebody may write; ``voice`` is what ``group`` says then."""

    voice: str
    name: str


@dataclass(frozen=True, slots=True)
class MascotView:
    """A mascot at the desk; ``voices`` are the names of those who may write as it, ``voice_ids`` their public ids."""

    ref: MascotRef
    description: str
    voices: tuple[str, ...]
    voice_ids: tuple[str, ...]
    retired: bool


@dataclass(frozen=True, slots=True)
class TownMascots:
    """A town of the desk, its mascots (the retired ones last) and its staff."""

    town: DeskTown
    mascots: tuple[MascotView, ...]
    staff: tuple[StaffView, ...]


# with the region, and the proof that the town's map asks for
MASCOTS = Question(
    select(Mascot, Municipality.name, Picture, Municipality.region_id, Map.proof_for)
    .join(Municipality, col(Municipality.code) == Mascot.municipality_code)
    .outerjoin(Map, col(Map.municipality_code) == Municipality.code)
    .outerjoin(Picture, col(Picture.id) == Mascot.picture_id)
    .where(among(col(Mascot.id), "mascot_ids")),
    "mascot_ids",
)


def mascot_refs(db: Session, ids: Iterable[int | None]) -> dict[int | None, MascotRef]:
    """The mascots of these row numbers, the retired ones too."""
    (found,) = read(db, ask(MASCOTS, list(ids)))
    return {row[0].id: mascot_ref(*row[:3]) for row in found}


def mascot_ref(row: Mascot, town: str, picture: Picture | None) -> MascotRef:
    """The view of a mascot of that town, with its face (for queries)."""
    # one name for its face on all maps: it says nothing that not everybody may know
    shown = picture_view(picture, outside=True) if picture is not None and picture.hidden_at is None else None
    return MascotRef(row.public_id, row.name, town, shown, row.municipality_code)


def is_voice(db: Session, actor: Actor, row: Mascot) -> bool:
    """Whether the actor may write as this mascot: named for it, and of its town's office at this moment."""
    if actor.is_guest or not allowed(actor, "post.write_as_mascot", ground_of(db, row.municipality_code)):
        return False
    named = MascotVoice.mascot_id == row.id, MascotVoice.person_id == actor.person_id
    return db.exec(select(MascotVoice.id).where(*named)).first() is not None


def still_voice(db: Session, actor: Actor, row: Topic | Post) -> bool:
    """Whether what the actor wrote as a mascot is still theirs to change; what they wrote as themselves is (for queries)."""
    mascot_id = row.mascot_id if isinstance(row, Post) else _opened_as(db, row)
    mascot = db.get(Mascot, mascot_id) if mascot_id is not None else None
    return mascot is None or is_voice(db, actor, mascot)


def _opened_as(db: Session, row: Topic) -> int | None:
    return db.exec(select(Post.mascot_id).where(Post.topic_id == row.id).order_by(col(Post.id)).limit(1)).first()


def speaking_mascot(db: Session, actor: Actor, public_id: str, here: Map) -> Mascot:
    """The mascot as which the actor writes on this map's boards (for services): its town's map, or the regional map above.

    Raises Invalid at ``group`` (``mascot_unknown``, ``mascot_retired``, ``mascot_elsewhere``), Unauthenticated, Forbidden
    (``mascot_not_yours`` for staff who are not named).
    """
    row = db.exec(select(Mascot).where(Mascot.public_id == reference(public_id))).first()
    if row is None:
        raise Invalid.at("group", "mascot_unknown")
    ground = ground_of(db, row.municipality_code)
    demand(actor, "post.write_as_mascot", ground)
    if not is_voice(db, actor, row):
        raise Forbidden("mascot_not_yours", mascot=row.name)
    if row.retired_at is not None:
        raise Invalid.at("group", "mascot_retired", mascot=row.name)
    if here.municipality_code not in {None, row.municipality_code} or here.region_id != ground.region_id:
        raise Invalid.at("group", "mascot_elsewhere", mascot=row.name)
    return row


def spoken_mascots(db: Session, actor: Actor, *, slug: str) -> tuple[SpokenMascot, ...]:
    """The mascots as which the actor may write on the boards of this map, by name."""
    if not actor.may_enter_desk:
        return ()
    query = (
        select(Mascot, Map)
        .join(MascotVoice, col(MascotVoice.mascot_id) == Mascot.id)
        .join(Municipality, col(Municipality.code) == Mascot.municipality_code)
        .join(Map, col(Map.region_id) == Municipality.region_id)
        .where(MascotVoice.person_id == actor.person_id, Map.slug == reference(slug), col(Mascot.retired_at).is_(None))
        .order_by(Mascot.name, col(Mascot.id))
    )
    return tuple(
        SpokenMascot(voice_name(row.public_id), row.name)
        for row, here in db.exec(query).all()
        if here.municipality_code in {None, row.municipality_code} and is_voice(db, actor, row)
    )


def mascots_desk(db: Session, actor: Actor) -> tuple[TownMascots, ...]:
    """The mascots of the actor's towns with who may write as them. Raises as ``queries.staff.desk``."""
    towns = [one for one in desk(db, actor).towns if allowed(actor, "mascot.see", ground_of(db, one.code))]
    codes = tuple(one.code for one in towns)
    staff = staff_of(db, actor, municipality_codes=codes)
    rows = db.exec(
        select(Mascot)
        .where(col(Mascot.municipality_code).in_(codes))
        .order_by(col(Mascot.retired_at).is_not(None), Mascot.name, col(Mascot.id))
    ).all()
    refs = mascot_refs(db, (row.id for row in rows))
    named = select(MascotVoice, Person).join(Person).where(col(MascotVoice.mascot_id).in_([row.id for row in rows]))
    voices: dict[int, list[Person]] = defaultdict(list)
    for voice, person in db.exec(named.order_by(Person.name, col(Person.id))):
        voices[voice.mascot_id].append(person)
    made: dict[str, list[MascotView]] = defaultdict(list)
    for row in rows:
        # who is staff no longer is no voice any more
        now = {one.public_id for one in staff.get(row.municipality_code, ())}
        mine = [one for one in voices[row.id or 0] if one.public_id in now]
        names, ids = tuple(one.name for one in mine), tuple(one.public_id for one in mine)
        made[row.municipality_code].append(MascotView(refs[row.id], row.description, names, ids, row.retired_at is not None))
    return tuple(TownMascots(one, tuple(made[one.code]), staff.get(one.code, ())) for one in towns)
