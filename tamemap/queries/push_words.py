"""What a device shows of a notice, as things are at that moment: nothing of what the person may not see any more."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, select

from tamemap import clock
from tamemap.domain.dates import date_label, day_words
from tamemap.domain.placements import HELD, UP
from tamemap.domain.pushing import kind_of
from tamemap.errors import TamemapError
from tamemap.i18n import t, words
from tamemap.models import Case, Flyer, Municipality, Notice, Placement, Post, TopicMark
from tamemap.queries.boards import load_topic
from tamemap.queries.cases import for_actor
from tamemap.queries.flyer import flyer

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor

SAID_MOST, BODY_MOST = 200, 360
# a flyer that was taken away is named to whose it was: the words are what staff told them
TAKEN_AWAY = frozenset({"flyer_recalled", "flyer_deleted"})
UNSEEN = frozenset({"topic_news", "topic_answered"})
QUEUE = frozenset({"report_made", "care_held", "flyer_held"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A message: ``body`` says what, when and where; ``url`` is the path that it opens; of two with one ``tag`` the later one
    stays."""

    kind: str
    title: str
    body: str
    url: str
    tag: str
    at: datetime


def shown(db: Session, actor: Actor, notice: Notice, lang: str) -> Shown | None:
    """What a device says of this notice of the actor's; None when there is nothing left to tell them of it."""
    params: dict[str, Any] = json.loads(notice.params)
    kind, path = kind_of(notice.code), notice.url.partition("#")[0].strip("/").split("/")
    place = ""
    try:
        if path[0] == "f" and len(path) == 2 and notice.code not in TAKEN_AWAY:
            place = _flyer_words(db, actor, notice, path[1], lang)
        elif path[0] == "b" and len(path) > 2:
            place, params = _talk_words(db, actor, notice, path, params)
        elif kind == "office":
            return _office(db, actor, notice, params, lang)
    except (TamemapError, LookupError):
        return None
    try:
        said = words(lang)[f"notices.{notice.code}"].format(**params)
    except (KeyError, IndexError):
        return None
    body = "\n".join(part for part in (said[:SAID_MOST], place, _moment(notice, lang)) if part)
    title, url = t(f"push.title.{kind}", lang), notice.url or "/notices"
    return Shown(kind, title, body[:BODY_MOST], url, notice.url or str(notice.id), notice.created_at)


def _flyer_words(db: Session, actor: Actor, notice: Notice, public_id: str, lang: str) -> str:
    """When and where a flyer invites to. Raises LookupError where it does not stand and the notice says that it does."""
    view = flyer(db, actor, public_id=public_id)
    if notice.code == "flyer_up" and view.state != UP:
        raise LookupError(public_id)
    label = date_label(view.when, lang)
    when = f"{label.text} {label.time}".strip() if label else ""
    return " · ".join(part for part in (when, view.venue, view.municipality_name) if part)


def _talk_words(db: Session, actor: Actor, notice: Notice, path: list[str], params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """On which board of which town it was said, and the words' parameters, counted anew. Raises LookupError, TamemapError."""
    topic, board, map_ = load_topic(db, path[2], actor=actor)
    if topic.held_at is not None or any(region == map_.region_id for region, _ in actor.suspended):
        raise LookupError(path[2])
    if len(path) > 4:
        post = db.exec(select(Post).where(Post.public_id == path[4], Post.topic_id == topic.id)).first()
        if post is None or post.deleted_at or post.held_at:
            raise LookupError(path[4])
    if notice.code in UNSEEN:
        params = params | {"title": topic.title, "count": _unseen(db, actor, topic.id, params)}
    return f"{board.name} · {map_.name}", params


def _unseen(db: Session, actor: Actor, topic_id: int | None, params: dict[str, Any]) -> int:
    """How many standing posts of others the actor has not read. Raises LookupError for none."""
    read = select(TopicMark.read_to).where(TopicMark.person_id == actor.person_id, TopicMark.topic_id == topic_id)
    others = Post.topic_id == topic_id, col(Post.author_id).is_distinct_from(actor.person_id)
    standing = *others, col(Post.deleted_at).is_(None), col(Post.held_at).is_(None)
    new = db.exec(select(func.count()).select_from(Post).where(*standing, col(Post.id) > (db.exec(read).first() or 0))).one()
    # what was held at first may stand above what was read since
    upto = int(params["upto"][1]) if "upto" in params else 0
    if not new and db.exec(select(Post.id).where(*standing, Post.id == upto)).first() is None:
        raise LookupError(topic_id)
    return new or 1


def _office(db: Session, actor: Actor, notice: Notice, params: dict[str, Any], lang: str) -> Shown | None:
    """What waits at the desk; None for who has no desk any more, or where nothing waits. The queue is counted as it is now and
    quotes nothing: what it was about may have been taken back."""
    if not actor.may_enter_desk:
        return None
    if notice.code not in QUEUE:
        said = words(lang)[f"notices.{notice.code}"].format(**params)
        return _desk(notice, said, notice.url or "/desk", lang)
    cases = db.exec(select(func.count()).select_from(Case).where(col(Case.closed_at).is_(None), for_actor(actor))).one()
    flyers = _held_flyers(db, actor)
    if not cases + flyers:
        return None
    parts = [t("push.office.cases", lang, count=cases)] * bool(cases) + [t("push.office.flyers", lang, count=flyers)] * bool(
        flyers
    )
    towns = db.exec(select(Municipality.name).where(col(Municipality.code).in_(actor.staff_of)).order_by(Municipality.code))
    body = "\n".join(part for part in (t("push.office.and", lang).join(parts), " · ".join(towns), _moment(notice, lang)) if part)
    return _desk(notice, body, "/desk/cases" if cases else "/desk", lang)


def _desk(notice: Notice, body: str, url: str, lang: str) -> Shown:
    return Shown("office", t("push.title.office", lang), body[:BODY_MOST], url, url, notice.created_at)


def _moment(notice: Notice, lang: str) -> str:
    local = clock.tokyo(notice.created_at)
    return f"{day_words(local.date(), lang)} {local.hour}:{local.minute:02d}"


def _held_flyers(db: Session, actor: Actor) -> int:
    towns = select(Municipality.code)
    if not actor.operator_of_all:
        mine = col(Municipality.code).in_(actor.staff_of) | col(Municipality.region_id).in_(actor.operator_of)
        towns = towns.where(mine)
    waiting = select(func.count(func.distinct(Flyer.id))).join(Placement, col(Placement.flyer_id) == Flyer.id)
    here = Placement.state == HELD, col(Flyer.deleted_at).is_(None), col(Flyer.municipality_code).in_(towns)
    return int(db.exec(waiting.where(*here)).one())
