"""市の返事: staff say for the town what becomes of a proposal or a question.

Every change is an official post in the topic as well: so everybody can read, in their place among the others' words, how the
answer came about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import clock, urls
from tamemap.domain.answers import BODY_LIMIT, DECLINED, KINDS, STATES, WORDS_LIMIT, may_follow
from tamemap.domain.writing import check_text, render_markdown
from tamemap.errors import Conflict, Invalid, Unauthenticated
from tamemap.i18n import t
from tamemap.models import Post
from tamemap.queries.boards import TopicView, load_topic
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.services import following, notices
from tamemap.services.authority import ask_first, demand

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Map, Topic


def answer(db: Session, actor: Actor, *, topic: str, state: str, words: str = "", post_body: str = "") -> TopicView:
    """Set the town's answer; ``words`` (at most 1000 signs) stand beside it, ``post_body`` (Markdown, at most 6000) goes on in
    the official post. ``declined`` needs words. A closed topic is answered, too.

    Its author and all who wrote in it are told once, as are its followers of the post. The very same answer again changes
    nothing. Raises NotFound, Gone, Unauthenticated, Forbidden, Conflict ``answer_not_here`` or ``answer_not_back``, and Invalid
    at ``state``, ``words`` or ``post_body``.
    """
    row, board, map_ = load_topic(db, topic, lock=True)
    ground = ground_of_map(map_)
    ask_first(actor, "topic.answer", ground)
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    if row.kind not in KINDS:
        raise Conflict("answer_not_here")
    words, post_body = _checked(state, words, post_body)
    if not may_follow(row.answer_state, state):
        raise Conflict("answer_not_back")
    text = _official_words(state, words, post_body)
    if (state, words) == (row.answer_state, row.answer_words) and (not post_body or _said_last(db, row) == text):
        return read_topic(db, actor, public_id=row.public_id)
    demand(db, actor, "topic.answer", ground, thing="topic", thing_id=row.public_id, detail={"decision": state})
    now = clock.now()
    row.answer_state, row.answer_words, row.answered_at = state, words, now
    row.posts_count, row.last_post_at = row.posts_count + 1, now
    db.add(row)
    db.add(post := _official_post(actor, row, map_, text))
    db.flush()
    following.wrote(db, actor, post, row)
    _tell(db, actor, row, state, urls.topic_page(board.slug, row.public_id))
    return read_topic(db, actor, public_id=row.public_id)


def _checked(state: str, words: str, post_body: str) -> tuple[str, str]:
    if state not in STATES:
        raise Invalid.at("state", "answer_state_wrong")
    if words.strip() or state == DECLINED:
        words = check_text(words, field="words", limit=WORDS_LIMIT)
    if post_body.strip():
        post_body = check_text(post_body, field="post_body", limit=BODY_LIMIT, lines=True)
    return words.strip(), post_body.strip()


def _official_words(state: str, words: str, post_body: str) -> str:
    line = t("answers.post_line", state=t(f"answers.state.{state}"))
    return "\n\n".join(filter(None, [line, words, post_body]))


def _said_last(db: Session, row: Topic) -> str:
    last = select(Post.body).where(Post.topic_id == row.id, col(Post.official)).order_by(col(Post.id).desc())
    return db.exec(last).first() or ""


def _official_post(actor: Actor, row: Topic, map_: Map, text: str) -> Post:
    kind = actor.kind_on(ground_of_map(map_))
    return Post(
        topic_id=row.id,  # type: ignore[arg-type]  # it is stored
        author_id=actor.person_id,
        author_kind=kind,
        author_municipality=map_.municipality_code if kind == "staff" else None,
        official=True,
        body=text,
        html=render_markdown(text),
        created_at=clock.now(),
    )


def _tell(db: Session, actor: Actor, row: Topic, state: str, url: str) -> None:
    wrote = db.exec(select(Post.author_id).where(Post.topic_id == row.id, col(Post.deleted_at).is_(None)).distinct())
    for person_id in sorted({row.author_id, *wrote} - {None, actor.person_id}, key=lambda one: one or 0):
        notices.tell(db, person_id=person_id, code=f"town_answer_{state}", params={"title": row.title}, url=url)
