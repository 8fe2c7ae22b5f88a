"""Forgetting what posts carried, and the names of people who have left in what others wrote (for the worker and services)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, delete, select

from tamemap import db as database
from tamemap import i18n
from tamemap.domain.calling import renamed
from tamemap.domain.writing import render_calling
from tamemap.models import Mention, Person, Post, PostPicture, PostVersion

if TYPE_CHECKING:
    from collections.abc import Collection

AT_ONCE = 200


def forget_parts(db: Session, which: Any) -> None:
    """Forget earlier words, calls and pictures of the posts that this SQL condition names; the pictures' files go with the next
    sweep, as of all pictures that stand nowhere.
    """
    posts = select(Post.id).where(which)
    for table in (PostVersion, Mention, PostPicture):
        db.exec(delete(table).where(col(table.post_id).in_(posts)).execution_options(synchronize_session=False))


def let_pictures_go(which: Any) -> None:
    """Take the pictures out of these posts: they wait again, for nobody but whoever erases them. Opens its own transaction."""
    with database.transaction(write=True) as db:
        posts = select(Post.id).where(which)
        db.exec(delete(PostPicture).where(col(PostPicture.post_id).in_(posts)).execution_options(synchronize_session=False))


def forget_name(name: str) -> None:
    """Where somebody who has left is called by name (@名前) in posts, and in what these said before, it becomes nobody's name.

    A post in which somebody else of that name is called keeps it. Opens its own transactions; twice is once.
    """
    html, called = render_calling(f"@{name}", {name}) if name else ("", ())
    if not called:
        return
    needle = html.removeprefix("<p>").removesuffix("</p>")
    _rename(Post, Post.id, name, needle)
    _rename(PostVersion, PostVersion.post_id, name, needle)


def _rename(table: Any, post_id: Any, name: str, needle: str) -> None:
    nobody = f"（{i18n.t('people.left')}）"
    said, last = f"<strong>@{nobody}</strong>", 0
    while True:
        with database.transaction(write=True) as db:
            here = col(table.html).contains(needle, autoescape=True), col(table.id) > last
            rows = db.exec(select(table).where(*here).order_by(table.id).limit(AT_ONCE)).all()
            names = _called(db, [getattr(row, post_id.key) for row in rows])
            for row in rows:
                last, others = row.id or 0, names.get(getattr(row, post_id.key), set())
                if name not in others:
                    row.body = renamed(row.body, name, others, nobody)
                    row.html = row.html.replace(needle, said)
                    db.add(row)
        if len(rows) < AT_ONCE:
            return


def _called(db: Session, post_ids: Collection[int]) -> dict[int, set[str]]:
    """The names of those who are called in these posts, of whoever is still here."""
    query = select(Mention.post_id, Person.name).join(Person, col(Person.id) == Mention.person_id)
    found: dict[int, set[str]] = {}
    for post_id, one in db.exec(query.where(col(Mention.post_id).in_(post_ids), col(Person.left_at).is_(None))):
        found.setdefault(post_id, set()).add(one)
    return found
