"""What cases are about, as staff see it: also what is held or removed, with what stands around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import urls
from tamemap.domain.writing import excerpt
from tamemap.models import Board, Flyer, Group, Person, Picture, Post, Topic
from tamemap.queries.pictures import PictureView, picture_view
from tamemap.queries.post_parts import picture_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

AROUND = 2
EXCERPT = 200


@dataclass(frozen=True, slots=True)
class LineView:
    """A post in its context; ``this`` is what the case is about. ``html`` is safe; empty when its words are forgotten.

    ``name`` is whose it is (empty for who has left), ``at`` when it was written; ``held``: it waits for staff, too.
    """

    html: str
    this: bool
    gone: bool
    name: str = ""
    at: datetime | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class ThingView:
    """A thing: its title (a post's is its topic's), its words in short, its page. ``state`` is up, held or gone.

    ``lines`` (the posts around it) and ``pictures`` (with whether they are hidden) are there for one alone, not in lists; there
    ``pictures`` is the first.
    """

    title: str
    excerpt: str
    url: str
    state: str
    lines: tuple[LineView, ...] = ()
    pictures: tuple[tuple[PictureView, bool], ...] = ()


GONE = ThingView("", "", "", "gone")


def things_of(db: Session, named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ThingView]:
    """All these things at once, in short; what is nowhere any more is ``GONE``."""
    wanted: dict[str, set[str]] = {}
    for kind, thing_id in named:
        wanted.setdefault(kind, set()).add(thing_id)
    found: dict[tuple[str, str], ThingView] = {}
    for kind, look in (("flyer", _flyers), ("group", _groups), ("topic", _topics), ("post", _posts)):
        ids = wanted.get(kind, set())
        known = look(db, ids) if ids else {}
        found |= {(kind, one): known.get(one, GONE) for one in ids}
    return found


def thing_view(db: Session, kind: str, thing_id: str) -> ThingView:
    """One thing in its context."""
    short = things_of(db, [(kind, thing_id)])[kind, thing_id]
    if kind == "flyer":
        flyer_id = db.exec(select(Flyer.id).where(Flyer.public_id == thing_id)).first()
        rows = db.exec(select(Picture).where(Picture.flyer_id == flyer_id).order_by(col(Picture.position), col(Picture.id)))
        return replace(short, pictures=tuple((picture_view(one, outside=False), one.hidden_at is not None) for one in rows))
    if kind == "group":
        html = db.exec(select(Group.html).where(Group.slug == thing_id)).first() or ""
        return replace(short, lines=(LineView(html, True, False),))
    lines, numbers = _lines(db, kind, thing_id)
    shown = tuple((picture_view(one, outside=False), one.hidden_at is not None) for _, one in picture_rows(db, numbers))
    return replace(short, lines=lines, pictures=shown)


def _lines(db: Session, kind: str, thing_id: str) -> tuple[tuple[LineView, ...], list[int | None]]:
    """A post between its neighbours, of a topic its first posts; and the numbers of those that the case is about."""
    if kind == "topic":
        topic_id = db.exec(select(Topic.id).where(Topic.public_id == thing_id)).first()
        first = select(Post).where(Post.topic_id == topic_id).order_by(col(Post.id)).limit(2 * AROUND + 1)
        rows = db.exec(first).all()
        return _named(db, [(one, True) for one in rows]), [one.id for one in rows]
    this = db.exec(select(Post).where(Post.public_id == thing_id)).first()
    if this is None:
        return (), []
    here = select(Post).where(Post.topic_id == this.topic_id)
    before = db.exec(here.where(col(Post.id) < this.id).order_by(col(Post.id).desc()).limit(AROUND)).all()
    after = db.exec(here.where(col(Post.id) > this.id).order_by(col(Post.id)).limit(AROUND)).all()
    return _named(db, [(one, one is this) for one in (*reversed(before), this, *after)]), [this.id]


def _named(db: Session, rows: Sequence[tuple[Post, bool]]) -> tuple[LineView, ...]:
    """These posts as lines, each with whether the case is about it."""
    people = dict(db.exec(select(Person.id, Person.name).where(col(Person.id).in_({row.author_id for row, _ in rows}))).all())
    groups = dict(db.exec(select(Group.id, Group.name).where(col(Group.id).in_({row.group_id for row, _ in rows}))).all())
    return tuple(
        LineView(
            row.html if this or row.deleted_at is None else "",
            this,
            row.deleted_at is not None,
            groups.get(row.group_id) or people.get(row.author_id, ""),
            row.created_at,
            row.held_at is not None,
        )
        for row, this in rows
    )


def _state(row: Post | Topic) -> str:
    return "gone" if row.deleted_at is not None else "held" if row.held_at is not None else "up"


def _flyers(db: Session, ids: set[str]) -> dict[str, ThingView]:
    rows = db.exec(select(Flyer).where(col(Flyer.public_id).in_(ids))).all()
    first = select(Picture).where(col(Picture.flyer_id).in_([row.id for row in rows]))
    shown = {one.flyer_id: one for one in db.exec(first.order_by(col(Picture.position).desc(), col(Picture.id).desc()))}
    return {
        row.public_id: ThingView(
            row.title,
            row.body[:EXCERPT],
            urls.flyer_page(row.public_id),
            "up" if row.deleted_at is None else "gone",
            pictures=((picture_view(shown[row.id], outside=False), shown[row.id].hidden_at is not None),)
            if row.id in shown
            else (),
        )
        for row in rows
    }


def _groups(db: Session, ids: set[str]) -> dict[str, ThingView]:
    rows = db.exec(select(Group).where(col(Group.slug).in_(ids)))
    return {
        row.slug: ThingView(row.name, excerpt(row.html), urls.group_page(row.slug), "up" if row.state == "active" else "gone")
        for row in rows
    }


def _topics(db: Session, ids: set[str]) -> dict[str, ThingView]:
    rows = db.exec(select(Topic, Board.slug).join(Board).where(col(Topic.public_id).in_(ids)))
    return {row.public_id: ThingView(row.title, "", urls.topic_page(slug, row.public_id), _state(row)) for row, slug in rows}


def _posts(db: Session, ids: set[str]) -> dict[str, ThingView]:
    rows = db.exec(
        select(Post, Topic.title, Topic.public_id, Board.slug)
        .join(Topic, col(Topic.id) == Post.topic_id)
        .join(Board, col(Board.id) == Topic.board_id)
        .where(col(Post.public_id).in_(ids))
    )
    found = rows.all()
    first: dict[int, tuple[PictureView, bool]] = {}
    for number, one in picture_rows(db, [row.id for row, *_ in found]):
        first.setdefault(number, (picture_view(one, outside=False), one.hidden_at is not None))
    return {
        row.public_id: ThingView(title, excerpt(row.html), urls.post_page(slug, topic, row.public_id), _state(row),
                                 pictures=(first[row.id],) if row.id in first else ())
        for row, title, topic, slug in found
    }  # fmt: skip
