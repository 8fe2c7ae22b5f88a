"""Reads about pictures: what a face shows of them, and which stored file an address may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, select

from tamemap import urls
from tamemap.domain.permissions import allowed
from tamemap.domain.placements import UP
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Board, Flyer, Map, Mascot, Picture, Placement, Post, PostPicture, Topic
from tamemap.queries.grounds import ground_of, ground_of_map, is_author, still_speaks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

# where a picture stands that is on no flyer
PLACES: tuple[Any, ...] = (Topic.cover_id, Mascot.picture_id, PostPicture.picture_id)
# the long side of a small picture in a list or at a point
THUMB = 320
AT_A_TIME = 5000  # flyers named in one question
WORDS_LIMIT = 8000  # signs of what stands on one picture
FORMATS = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class SizeView:
    """One size of a picture: long side in pixels, its width and height, and the formats it exists in, best first."""

    size: int
    width: int
    height: int
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture under the name of one face; ``urls.picture(name, size, format)`` is its address."""

    public_id: str
    name: str
    width: int
    height: int
    blur: str
    sizes: tuple[SizeView, ...]
    words: str = ""  # what stands on it, where this face may say so

    def at_least(self, size: int) -> SizeView:
        """The smallest size that is at least that large, else the largest there is."""
        return next((one for one in self.sizes if one.size >= size), self.sizes[-1])


def picture_view(picture: Picture, *, outside: bool, words: bool = False) -> PictureView:
    """A picture as the outside or the resident map shows it, with ``words`` also what stands on it."""
    sizes = tuple(
        SizeView(int(size), made["width"], made["height"], tuple(name for name in FORMATS if name in made))
        for size, made in sorted(picture.variants.items(), key=lambda item: int(item[0]))
    )
    name = picture.outside_name if outside else picture.resident_name
    said = picture.words if words else ""
    return PictureView(picture.public_id, name, picture.width, picture.height, picture.blur, sizes, said)


def first_pictures(db: Session, flyer_ids: Iterable[int]) -> dict[int, Picture]:
    """The first picture of each flyer that is not hidden."""
    flyer_ids = list(flyer_ids)
    if not flyer_ids:
        return {}
    query = select(Picture).where(Picture.flyer_id.in_(flyer_ids), Picture.hidden_at.is_(None))  # type: ignore[union-attr]
    return first_of(db.execute(query).scalars())


def first_of(pictures: Iterable[Picture]) -> dict[int, Picture]:
    """The first of these pictures for each flyer."""
    last_first = sorted(pictures, key=lambda one: (one.position, one.id or 0), reverse=True)
    return {picture.flyer_id: picture for picture in last_first if picture.flyer_id is not None}


def thumb_address(name: str, sizes: Iterable[int]) -> str:
    """Where the JPEG of a picture is that is at least ``THUMB`` large, else of its largest; empty without any size."""
    there = sorted(sizes)
    return urls.picture(name, next((one for one in there if one >= THUMB), there[-1]), "jpeg") if there else ""


def thumbs_of(db: Session, flyer_ids: Sequence[int], *, outside: bool) -> dict[int, str]:
    """The small picture's address for each flyer that has one, be they ever so many."""
    name = Picture.outside_name if outside else Picture.resident_name
    query = (
        select(Picture.flyer_id, name, Picture.variants)  # type: ignore[call-overload]
        .where(Picture.hidden_at.is_(None))  # type: ignore[union-attr]
        .order_by(Picture.position.desc(), Picture.id.desc())  # type: ignore[attr-defined, union-attr]
    )
    parts = (flyer_ids[at : at + AT_A_TIME] for at in range(0, len(flyer_ids), AT_A_TIME))
    found = (row for part in parts for row in db.execute(query.where(Picture.flyer_id.in_(part))))  # type: ignore[union-attr]
    return {row[0]: thumb_address(row[1], map(int, row[2])) for row in found}


def pictures_of(db: Session, flyer_id: int) -> list[Picture]:
    """The pictures of a flyer in their order, without hidden ones."""
    query = select(Picture).where(Picture.flyer_id == flyer_id, Picture.hidden_at.is_(None))  # type: ignore[union-attr]
    query = query.order_by(Picture.position, Picture.id)
    return list(db.execute(query).scalars())


def words_on(db: Session | Connection, flyer_ids: Iterable[int]) -> dict[int, str]:
    """What stands on the pictures of each flyer, without hidden ones; flyers without any text are left out."""
    query = (
        select(Picture.flyer_id, Picture.words)  # type: ignore[call-overload]
        .where(Picture.flyer_id.in_(list(flyer_ids)), Picture.hidden_at.is_(None), Picture.words != "")  # type: ignore[union-attr]
        .order_by(Picture.position, Picture.id)
    )
    found: dict[int, str] = {}
    for number, words in db.execute(query):
        found[number] = f"{found[number]}\n{words}" if number in found else words
    return found


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store and whether anyone may see it (else only this actor may, and no cache may keep it)."""

    name: str
    media_type: str
    public: bool


def stored_picture(db: Session, actor: Actor, *, name: str, size: int, suffix: str) -> Stored:
    """The stored file behind a picture's address.

    Public while the flyer stands on a map of that face (past flyers too); else for its author and staff only.
    Raises NotFound for everybody else: a flyer that has left leaves no picture
    behind. One that staff have hidden is for its author and them alone, too.
    """
    query = select(Picture).where(or_(Picture.resident_name == name, Picture.outside_name == name))
    picture = db.execute(query).scalars().first()
    suffix = "jpeg" if suffix == "jpg" else suffix
    made = (picture.variants.get(str(size)) if picture else None) or {}
    if picture is None or suffix not in made:
        raise NotFound("picture_gone")
    if picture.flyer_id is None:
        stored = Stored(made[suffix], FORMATS[suffix], public=True)
        return _stored_in_post(db, actor, picture, name, stored) or _stored_elsewhere(db, picture, name, stored)
    flyer = db.get_one(Flyer, picture.flyer_id)
    stored = Stored(made[suffix], FORMATS[suffix], public=True)
    if flyer.deleted_at is None and picture.hidden_at is None:
        kind = "regional" if name == picture.outside_name else "resident"
        standing = (
            select(Placement.id)
            .join(Map, Map.id == Placement.map_id)
            .where(Placement.flyer_id == flyer.id, Placement.state == UP, Map.kind == kind)
        )
        if db.execute(standing.limit(1)).first():
            return stored
    ground = ground_of(db, flyer.municipality_code)
    mine = is_author(db, actor, flyer)
    if flyer.deleted_at is None and allowed(actor, "flyer.see_down", ground, author=mine, group_id=flyer.group_id):
        return Stored(stored.name, stored.media_type, public=False)
    raise NotFound("picture_gone")


def _stored_in_post(db: Session, actor: Actor, picture: Picture, name: str, stored: Stored) -> Stored | None:
    """The file of a picture in a post, None for one that is in none. All readers have it under one name, that of residents.

    Public while the post and its topic can be read. While one of them is held, and where staff have hidden it, for its author,
    their group and staff; from a removed one for staff alone, as evidence until it is forgotten. Raises NotFound for others.
    """
    found = db.execute(
        select(Post, Topic, Map)
        .join(PostPicture, PostPicture.post_id == Post.id)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .join(Map, Map.id == Board.map_id)
        .where(PostPicture.picture_id == picture.id)
    ).first()
    if found is None:
        return None
    post, topic, map_ = found
    if name == picture.resident_name:
        if not (picture.hidden_at or post.deleted_at or post.held_at or topic.deleted_at or topic.held_at):
            return stored
        ground = ground_of_map(map_)
        mine = post.author_id is not None and post.author_id == actor.person_id and actor.scopes is None
        mine = mine and still_speaks(db, actor, post.group_id)
        gone = post.deleted_at or topic.deleted_at
        if allowed(actor, "case.see", ground) or (
            not gone and allowed(actor, "post.see_held", ground, author=mine, group_id=post.group_id)
        ):
            return Stored(stored.name, stored.media_type, public=False)
    raise NotFound("picture_gone")


def _stored_elsewhere(db: Session, picture: Picture, name: str, stored: Stored) -> Stored:
    """The file of a theme's cover, under the name of its map's face, as long as the theme stands; or of a mascot's face, under
    that of outside. Raises NotFound.
    """
    kind = "regional" if name == picture.outside_name else "resident"
    standing = (
        select(Topic.id)
        .join(Board, Board.id == Topic.board_id)
        .join(Map, Map.id == Board.map_id)
        .where(Topic.cover_id == picture.id, Topic.deleted_at.is_(None), Map.kind == kind)  # type: ignore[union-attr]
    )
    mascot = select(Mascot.id).where(Mascot.picture_id == picture.id, name == picture.outside_name)
    if picture.hidden_at is None and any(db.execute(one.limit(1)).first() for one in (standing, mascot)):
        return stored
    raise NotFound("picture_gone")


def waiting_picture(db: Session, actor: Actor, *, public_id: str, size: int) -> Stored:
    """The JPEG of a picture that its owner has uploaded but not posted yet. Raises NotFound for everybody else."""
    picture = db.execute(select(Picture).where(Picture.public_id == reference(public_id))).scalars().first()
    made = (picture.variants.get(str(size)) if picture else None) or {}
    if picture is None or not actor.owner_hash or picture.owner_hash != actor.owner_hash or "jpeg" not in made:
        raise NotFound("picture_gone")
    return Stored(made["jpeg"], FORMATS["jpeg"], public=False)


def waiting_ones() -> Any:
    """The SQL condition for pictures that stand nowhere: on no flyer, no theme as its cover, no mascot, in no post."""
    places = (~exists().where(place == Picture.id) for place in PLACES)
    return and_(Picture.flyer_id.is_(None), *places)  # type: ignore[union-attr]


def is_waiting(db: Session, row: Picture) -> bool:
    """Whether a picture stands nowhere."""
    return db.execute(select(Picture.id).where(Picture.id == row.id, waiting_ones())).first() is not None  # type: ignore[call-overload]
