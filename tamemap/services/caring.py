"""Automatic care as something is written: what a town's rules hold waits for staff, whole, and a case says why (for services)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlmodel import Session, func, select

from tamemap import clock
from tamemap.domain.caring import (
    FLOOD_WITHIN,
    REPEAT_LEAST,
    REPEAT_WITHIN,
    SURGE_WITHIN,
    Hit,
    Wishes,
    repeat_key,
)
from tamemap.domain.trust import MAY, NEWCOMER, History, May, level
from tamemap.models import Post
from tamemap.queries.care_settings import hits, wishes_for
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.recent_posts import newcomers_posts, same_beginnings
from tamemap.queries.trust import history, levels
from tamemap.services import case_files, holding, notices
from tamemap.services.reports import who_decides

if TYPE_CHECKING:
    from tamemap.models import Map, Topic

DESK = "/desk/cases"


def care_for(db: Session, post: Post, topic: Topic, map_: Map, *, opening: bool = False) -> bool:
    """Look at a new post, or (``opening``) at a new topic with its first one; answers whether it waits for staff now.

    Called once, right after it was added and before it counts anywhere. What staff, groups and mascots write is not held.
    """
    if _free(post) or post.author_id is None:
        return False
    now = clock.now()
    known = history(db, post.author_id, map_.region_id)
    # the post itself stands already, and earns nobody trust
    known = replace(known, deeds=known.deeds - 1)
    may, wishes = MAY[level(known, now)], wishes_for(db, map_.id)
    if may.words:
        return False
    text = f"{topic.title}\n{post.body}" if opening else post.body
    hit = _by_words(text, wishes, may) or _by_number(db, post, map_, wishes, known)
    if hit is None:
        return False
    held: Post | Topic = topic if opening else post
    held.held_at = post.created_at
    db.add(held)
    db.flush()
    _open_case(db, held, map_, hit)
    return True


def care_again(db: Session, post: Post, topic: Topic, map_: Map, *, before: str) -> bool:
    """Look at what was changed in a post: what its words ``before`` did not have yet may hold it. Answers as ``care_for``."""
    if _free(post) or post.author_id is None or post.held_at is not None or topic.held_at is not None:
        return False
    may = MAY[level(history(db, post.author_id, map_.region_id), clock.now())]
    hit = None if may.words else _by_words(post.body, wishes_for(db, map_.id), may, before=before)
    if hit is None:
        return False
    holding.hold_written(db, post, clock.now())
    _open_case(db, post, map_, hit)
    return True


def _free(post: Post) -> bool:
    return post.author_kind != "member" or post.group_id is not None or post.official or post.mascot_id is not None


def _by_words(text: str, wishes: Wishes, may: May, *, before: str = "") -> Hit | None:
    return next(iter(hits(text, wishes, links=may.links, contacts=may.contacts, before=before)), None)


def _by_number(db: Session, post: Post, map_: Map, wishes: Wishes, known: History) -> Hit | None:
    """The rules that count, in their order."""
    now, who = clock.now(), post.author_id or 0
    mine = level(known, now)
    may = MAY[mine]
    if not may.first and known.deeds < wishes.hold_first:
        return Hit("newcomer", {"count": known.deeds, "limit": wishes.hold_first})
    if wishes.hold_repeats and not may.again and (hit := _repeats(db, post, map_, newcomer=mine == NEWCOMER)):
        return hit
    limit = wishes.flood * may.floods
    if limit and (count := _written_since(db, who)) > limit:
        return Hit("flood", {"count": count, "limit": limit})
    if wishes.surge and not may.surge:
        count = newcomers_posts(db, map_, since=now - SURGE_WITHIN, now=now)
        if count > wishes.surge:
            return Hit("surge", {"count": count, "limit": wishes.surge})
    return None


def _written_since(db: Session, person_id: int) -> int:
    recent = Post.author_id == person_id, Post.created_at > clock.now() - FLOOD_WITHIN
    return db.exec(select(func.count()).select_from(Post).where(*recent)).one()


def _repeats(db: Session, post: Post, map_: Map, *, newcomer: bool) -> Hit | None:
    """The same words by the same person, or by several newcomers."""
    if len(repeat_key(post.body)) < REPEAT_LEAST:
        return None
    now = clock.now()
    others = same_beginnings(db, map_, post, since=now - REPEAT_WITHIN)
    if post.author_id in others:
        return Hit("repeat", {"people": 1})
    if not newcomer or not others:
        return None
    known = levels(db, others, map_.region_id, now)
    people = sum(1 for one in others if known.get(one, NEWCOMER) == NEWCOMER)
    return Hit("repeat", {"people": people + 1}) if people else None


def _open_case(db: Session, held: Post | Topic, map_: Map, hit: Hit) -> None:
    """Put what is held before staff; they are told once, however much is held, until they have looked."""
    ground = ground_of_map(map_)
    thing = "post" if isinstance(held, Post) else "topic"
    row = case_files.opened(
        db, thing=thing, thing_id=held.public_id, ground=ground, at=held.held_at or clock.now(), source=hit.rule
    )
    row.why = hit.kept()
    db.add(row)
    db.flush()
    for person_id in who_decides(db, ground):
        notices.tell(db, person_id=person_id, code="care_held", params={"title": map_.name}, url=DESK)
