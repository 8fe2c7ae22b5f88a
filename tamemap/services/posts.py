"""Posts: answering in a topic, changing and taking away what was written, tapping a reaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, delete, func, select, update

from tamemap import clock
from tamemap.db import IntegrityError
from tamemap.domain.trust import MAY, NEWCOMER, level
from tamemap.domain.writing import POST_LIMIT, check_text, render_markdown
from tamemap.errors import Gone, Invalid, TooMany
from tamemap.models import Post, Reaction, Topic
from tamemap.queries.boards import WRITE_VERBS, is_author, load_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.posts import REACTIONS, PostView, load_post, post_views
from tamemap.queries.trust import history
from tamemap.services import caring, case_outside, following, post_mentions, post_parts, reports
from tamemap.services.authority import demand
from tamemap.services.case_outside import Deed
from tamemap.services.openness import demand_open
from tamemap.services.turns import take_turn
from tamemap.services.voices import Voice, note_mascot, voice_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

REASON_LIMIT = 500
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken away; ``again`` when it already had been."""

    public_id: str
    again: bool


def demand_rest(db: Session, person_id: int, region_id: int) -> None:
    """Six posts a minute of a newcomer, ten of others (``domain.trust``; for services). Raises TooMany ``posts_too_many``."""
    since = clock.now() - MINUTE
    count, oldest = db.exec(
        select(func.count(), func.min(Post.created_at)).where(Post.author_id == person_id, Post.created_at > since)
    ).one()
    if count < MAY[NEWCOMER].per_minute:
        return
    if count >= MAY[level(history(db, person_id, region_id), clock.now())].per_minute:
        raise TooMany("posts_too_many", retry_after=max(1, round((oldest - since).total_seconds())))


def add_post(db: Session, voice: Voice, topic: Topic, body: str) -> Post:
    """The row of a post with these checked words (for services)."""
    post = Post(
        topic_id=topic.id,  # type: ignore[arg-type]  # flushed
        author_id=voice.person_id,
        group_id=voice.group_id,
        author_kind=voice.kind,
        author_municipality=voice.municipality_code,
        mascot_id=voice.mascot_id,
        body=body,
        html=render_markdown(body),
        created_at=clock.now(),
    )
    db.add(post)
    db.flush()
    return post


def write_post(
    db: Session, actor: Actor, *, topic: str, body: str, group: str = "", pictures: Sequence[str] = (), quoted: str = ""
) -> PostView:
    """Answer in a topic and follow it; the others who follow it are told. ``body`` is Markdown, 1 to 8000 signs. What a rule of
    automatic care holds (``held``) waits for staff; it counts, and people are told, when they let it go.

    ``group`` is the slug of the group in whose name it is written (or ``mascot:`` and the id of the mascot that says it),
    ``pictures`` are up to four waiting ones of the actor's own, ``quoted`` is a post of the same topic that it answers. Who is
    called in it (@名前) gets a notice.

    The very same twice within a minute (a double tap) is one post. Raises NotFound, Gone, Unauthenticated, Forbidden, Conflict
    as ``demand_open``, Invalid at ``body``, ``group``, ``pictures`` or ``quoted``, and TooMany ``posts_too_many``.
    """
    row, board, map_ = load_topic(db, topic, lock=True, actor=actor)
    voice = voice_of(db, actor, board, map_, group)
    person_id = voice.person_id
    demand_open(actor, board, map_, row)
    body = check_text(body, field="body", limit=POST_LIMIT, lines=True)
    take_turn(db, f"write:{person_id}")
    same = _said_just_now(db, row, voice, body)
    if same and post_parts.carries(db, same, wanted=pictures, quoted=quoted):
        return post_views(db, actor, [same], row, map_)[0]
    demand_rest(db, person_id, map_.region_id)
    parts = post_parts.checked(db, actor, row, wanted=pictures, quoted=quoted)
    post = add_post(db, voice, row, body)
    called = post_parts.add(db, post, row, parts)
    note_mascot(db, actor, voice, thing="post", thing_id=post.public_id)
    if voice.own:
        demand(db, actor, WRITE_VERBS[board.writers], ground_of_map(map_), thing="post", thing_id=post.public_id)
    following.wrote(db, actor, post, row)
    if caring.care_for(db, post, row, map_):
        return post_views(db, actor, [post], row, map_)[0]
    row.posts_count += 1
    row.last_post_at = post.created_at
    db.add(row)
    db.flush()
    post_mentions.tell(db, post, row, board, name=voice.name, people=called)
    return post_views(db, actor, [post], row, map_)[0]


def _said_just_now(db: Session, topic: Topic, voice: Voice, body: str) -> Post | None:
    by = Post.author_id == voice.person_id, col(Post.group_id).is_not_distinct_from(voice.group_id)
    own = Post.topic_id == topic.id, *by, col(Post.mascot_id).is_not_distinct_from(voice.mascot_id), Post.body == body
    just_now = select(Post).where(*own, Post.created_at > clock.now() - MINUTE, col(Post.deleted_at).is_(None))
    return db.exec(just_now.order_by(col(Post.id).desc())).first()


def edit_post(db: Session, actor: Actor, *, post: str, body: str) -> PostView:
    """Change the actor's own words; what stood there before stays to be read, pictures and quote stay as they are.

    Raises NotFound, Gone, Unauthenticated, Forbidden, Conflict (as ``demand_open``, ``post_changes_many``), Invalid at ``body``.
    """
    row, topic, board, map_ = load_post(db, post, lock=True, actor=actor)
    demand(db, actor, "post.change", ground_of_map(map_), author=is_author(db, actor, row))
    if row.deleted_at is not None:
        raise Gone("post_gone")
    demand_open(actor, board, map_, topic)
    body = check_text(body, field="body", limit=POST_LIMIT, lines=True)
    called: tuple[int, ...] = ()
    if body != row.body:
        before = row.body
        called = post_parts.change_words(db, row, topic, body)
        if caring.care_again(db, row, topic, map_, before=before):
            called = ()
    view = post_views(db, actor, [row], topic, map_)[0]
    post_mentions.tell(db, row, topic, board, name=view.author.name if view.author else "", people=called)
    return view


def remove_post(db: Session, actor: Actor, *, post: str, reason: str = "", rule: str = "", told: bool = False) -> Removed:
    """Take a post away: a tombstone stays; its words are shown to nobody and forgotten by the sweep after 30 days.

    Staff give a ``reason`` and one of ``domain.care.RULES`` (else ``other``): a decision, of which its author is told and may
    object to it (unless ``told`` says that it was decided already).

    Raises NotFound, Gone ``topic_gone``, Unauthenticated, Forbidden, and Invalid at ``reason`` (``reason_missing``) or ``rule``.
    """
    row, topic, _, map_ = load_post(db, post, lock=True, actor=actor)
    # what was said in a group's name is its members' to take back, also when its officers have changed
    mine = is_author(db, actor, row) or row.group_id in actor.groups
    demand(db, actor, "post.remove", ground_of_map(map_), author=is_author(db, actor, row), group_id=row.group_id,
           thing="post", thing_id=row.public_id)  # fmt: skip
    if row.deleted_at is not None:
        return Removed(row.public_id, again=True)
    reason, rule = ("", "") if mine else (checked_reason(reason), case_outside.checked_rule(rule))
    row.deleted_at = clock.now()
    db.add(row)
    db.flush()
    if row.held_at is None:
        # counted in the database, not in Python: somebody may be answering at this moment
        fewer = update(Topic).where(col(Topic.id) == topic.id).values(posts_count=col(Topic.posts_count) - 1)
        db.exec(fewer.execution_options(synchronize_session=False))
    if not mine and not told:
        deed = Deed("post", row.public_id, ground_of_map(map_), topic.title, "remove", rule, reason)
        case_outside.decided(db, actor, deed)
    reports.settle(db, thing="post", thing_id=row.public_id)
    return Removed(row.public_id, again=False)


def react(db: Session, actor: Actor, *, post: str, kind: str, on: bool) -> PostView:
    """Tap a reaction on (or off); doing it twice changes nothing.

    Raises NotFound, Gone, Unauthenticated, and Invalid at ``kind`` (``reaction_wrong``).
    """
    row, topic, _, map_ = load_post(db, post, actor=actor)
    demand(db, actor, "post.react", ground_of_map(map_))
    if row.deleted_at is not None:
        raise Gone("post_gone")
    if kind not in REACTIONS:
        raise Invalid.at("kind", "reaction_wrong")
    mine = col(Reaction.post_id) == row.id, col(Reaction.person_id) == actor.person_id, col(Reaction.kind) == kind
    if not on:
        db.exec(delete(Reaction).where(*mine))
    elif db.exec(select(Reaction.id).where(*mine)).first() is None:
        try:
            with db.begin_nested():
                db.add(Reaction(post_id=row.id, person_id=actor.person_id, kind=kind, created_at=clock.now()))  # type: ignore[arg-type]
                db.flush()
        except IntegrityError:  # two taps at the same moment: the other one counts
            pass
    return post_views(db, actor, [row], topic, map_)[0]


def checked_reason(reason: object) -> str:
    """Why staff take something away. Raises Invalid at ``reason``."""
    if not isinstance(reason, str) or not reason.strip():
        raise Invalid.at("reason", "reason_missing")
    return check_text(reason, field="reason", limit=REASON_LIMIT)
