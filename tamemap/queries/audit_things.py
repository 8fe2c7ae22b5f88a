"""What the entries of the audit trail were done to, by the names that things have today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from tamemap import urls
from tamemap.models import (
    AccessToken,
    Board,
    Flyer,
    Group,
    Invitation,
    Map,
    Mascot,
    Person,
    Post,
    ReplyTemplate,
    ResidenceCodeBatch,
    Topic,
)
from tamemap.queries.invitations import in_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing by its kind and id; ``name`` is empty for what is not there any more, ``url`` for what has no page."""

    kind: str
    id: str
    name: str = ""
    url: str = ""


def things_of(db: Session, named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Thing]:
    """All these things at once: one query for each kind."""
    wanted: dict[str, set[str]] = {}
    for kind, thing_id in named:
        wanted.setdefault(kind, set()).add(thing_id)
    found: dict[tuple[str, str], Thing] = {}
    for kind, ids in wanted.items():
        known = _LOOKUPS[kind](db, ids) if kind in _LOOKUPS else {}
        found |= {(kind, one): Thing(kind, one, *known.get(one, ("", ""))) for one in ids}
    return found


Names = dict[str, tuple[str, str]]


def _flyers(db: Session, ids: set[str]) -> Names:
    rows = db.exec(select(Flyer).where(col(Flyer.public_id).in_(ids)))
    return {row.public_id: (row.title, "" if row.deleted_at else urls.flyer_page(row.public_id)) for row in rows}


def _topics(db: Session, ids: set[str]) -> Names:
    rows = db.exec(select(Topic, Board.slug).join(Board).where(col(Topic.public_id).in_(ids)))
    return {row.public_id: (row.title, "" if row.deleted_at else urls.topic_page(slug, row.public_id)) for row, slug in rows}


def _posts(db: Session, ids: set[str]) -> Names:
    query = select(Post.public_id, Topic, Board.slug).join(Topic, col(Topic.id) == Post.topic_id).join(Board)
    rows = db.exec(query.where(col(Post.public_id).in_(ids)))
    return {one: (topic.title, "" if topic.deleted_at else urls.topic_page(slug, topic.public_id)) for one, topic, slug in rows}


def _people(db: Session, ids: set[str]) -> Names:
    rows = db.exec(select(Person).where(col(Person.public_id).in_(ids), col(Person.left_at).is_(None)))
    return {row.public_id: (row.name, "") for row in rows}


def _invitations(db: Session, ids: set[str]) -> Names:
    rows = db.exec(select(Invitation).where(col(Invitation.public_id).in_(ids)))
    return {row.public_id: (in_part(row.mail), "") for row in rows}


def _named(table: Any, key: Any, page: str = "") -> Callable[[Session, set[str]], Names]:
    """For tables whose rows have a ``name``; ``page`` is where the page of a key begins."""

    def names(db: Session, ids: set[str]) -> Names:
        rows = db.exec(select(key, table.name).where(col(key).in_(ids)))
        return {one: (name, page + one if page else "") for one, name in rows}

    return names


_LOOKUPS: dict[str, Callable[[Session, set[str]], Names]] = {
    "flyer": _flyers,
    "topic": _topics,
    "post": _posts,
    "person": _people,
    "invitation": _invitations,
    "group": _named(Group, Group.slug, "/g/"),
    "board": _named(Board, Board.slug, "/b/"),
    "mascot": _named(Mascot, Mascot.public_id),
    "map": _named(Map, Map.slug, "/m/"),
    "template": _named(ReplyTemplate, ReplyTemplate.public_id),
    "token": _named(AccessToken, AccessToken.public_id),
    "residence_code_batch": _named(ResidenceCodeBatch, ResidenceCodeBatch.public_id),
}
