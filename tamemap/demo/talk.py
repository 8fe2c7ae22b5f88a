"""What the demo's people say on the boards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from tamemap import clock
from tamemap.demo.seeds import load_topics
from tamemap.models import Person, Post, Reaction, Topic
from tamemap.services import answers, boards, posts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from tamemap.demo.seeds import PostSeed
    from tamemap.domain.actors import Actor


def write_talk(db: Session, cast: Mapping[str, Actor], flyers: Mapping[str, str], mascots: Mapping[str, str]) -> int:
    """Open all topics and write all posts at their hours; ``flyers`` are public ids by key, ``mascots`` voices by key.

    Answers how many topics.
    """
    now = clock.now()
    seeds = load_topics()
    for seed in seeds:
        opening, *more = seed.posts
        with clock.frozen_at(now - timedelta(hours=opening.hours_ago)):
            topic = boards.open_topic(
                db, cast[opening.author], board=seed.board, kind=seed.kind, title=seed.title, body=opening.body,
                flyer=flyers[seed.flyer] if seed.flyer else None, flyers=[flyers[key] for key in seed.flyers],
                lat=seed.place.get("lat"), lng=seed.place.get("lng"), place_name=seed.place.get("name", ""),
            ).public_id  # fmt: skip
        first = db.exec(select(Post.public_id).join(Topic).where(Topic.public_id == topic)).one()
        _react(db, cast, opening, first)
        for one in more:
            with clock.frozen_at(now - timedelta(hours=one.hours_ago)):
                written = _write(db, cast[one.author], topic, one, mascots)
            _react(db, cast, one, written)
    return len(seeds)


def _write(db: Session, author: Actor, topic: str, seed: PostSeed, mascots: Mapping[str, str]) -> str:
    if not seed.answer:
        return posts.write_post(db, author, topic=topic, body=seed.body, group=mascots.get(seed.voice, "")).public_id
    answers.answer(db, author, topic=topic, state=seed.answer, post_body=seed.body)
    official = select(Post.public_id).join(Topic).where(Topic.public_id == topic, col(Post.official))
    return db.exec(official.order_by(col(Post.id).desc())).first() or ""


def _react(db: Session, cast: Mapping[str, Actor], seed: PostSeed, post: str) -> None:
    for person, kind in seed.reactions:
        posts.react(db, cast[person], post=post, kind=kind, on=True)


def shift_talk(db: Session, mails: tuple[str, ...], by: timedelta) -> None:
    """Move what these people wrote by that much; a topic's latest post stays its latest, whoever wrote it."""
    authors = select(Person.id).where(col(Person.mail).in_(mails))
    for post in db.exec(select(Post).where(col(Post.author_id).in_(authors))).all():
        post.created_at += by
        db.add(post)
    for reaction in db.exec(select(Reaction).where(col(Reaction.person_id).in_(authors))).all():
        reaction.created_at += by
        db.add(reaction)
    db.flush()
    latest = dict(db.exec(select(Post.topic_id, func.max(Post.created_at)).group_by(col(Post.topic_id))).all())
    for topic in db.exec(select(Topic).where(col(Topic.author_id).in_(authors))).all():
        topic.created_at += by
        topic.answered_at = topic.answered_at and topic.answered_at + by
        topic.last_post_at = latest.get(topic.id or 0, topic.last_post_at + by)
        db.add(topic)
    db.flush()
