"""お題: themes that staff open for a time, with a cover picture, and with closing words when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.domain.themes import Period, read_period, said_period
from tamemap.domain.writing import check_text, render_markdown
from tamemap.errors import Conflict, NotFound
from tamemap.queries.boards import TopicView, load_topic
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.services import boards, pictures
from tamemap.services.authority import ask_first, demand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Topic

CLOSING_LIMIT = 2000
TIMES = ("opens_on", "opens_time", "ends_on", "ends_time")


def open_theme(
    db: Session,
    actor: Actor,
    *,
    board: str,
    title: str,
    body: str,
    period: Mapping[str, str],
    cover: str = "",
    closing_words: str = "",
) -> TopicView:
    """Open a theme on a board, pinned. ``period`` as ``domain.themes.read_period`` takes it; ``cover`` is a waiting picture of
    the actor's own; ``closing_words`` (Markdown) stand on top when it is over.

    Raises as ``boards.open_topic``, Invalid at the fields of ``period``, at ``photo`` and at ``closing_words``.
    """
    when, closing = _period(period), _closing(closing_words)
    made = boards.open_topic(db, actor, board=board, kind="theme", title=title, body=body)
    row, _, _ = load_topic(db, made.public_id, lock=True)
    row.closing_words, row.closing_html = closing
    _set(db, actor, row, when, cover)
    return read_topic(db, actor, public_id=row.public_id)


def change_theme(
    db: Session,
    actor: Actor,
    *,
    topic: str,
    period: Mapping[str, str],
    cover: str = "",
    without_cover: bool = False,
    closing_words: str = "",
) -> TopicView:
    """Another period, cover or other closing words. A later end opens a theme again that was over. An empty ``cover`` leaves
    the picture as it is, ``without_cover`` takes it away.

    Raises NotFound (also for what is no theme), Gone, Conflict ``topic_closed`` for one closed by hand whose period changes,
    Invalid as ``open_theme``, and as ``demand`` for ``topic.open_theme``.
    """
    row, _, map_ = load_topic(db, topic, lock=True)
    ask_first(actor, "topic.open_theme", ground_of_map(map_))
    if row.kind != "theme":
        raise NotFound("topic_unknown")
    before, closing = Period(row.opens_at, row.ends_at), _closing(closing_words)
    # a period that is over stays as it is while only words or picture change
    when = before if _same(before, period) else _period(period)
    if row.closed_at is not None and when != before:
        raise Conflict("topic_closed")
    if without_cover:
        row.cover_id = None
    row.pinned = row.closed_at is None
    row.closing_words, row.closing_html = closing
    _set(db, actor, row, when, cover)
    demand(db, actor, "topic.open_theme", ground_of_map(map_), thing="topic", thing_id=row.public_id, detail={"changed": True})
    return read_topic(db, actor, public_id=row.public_id)


def _period(sent: Mapping[str, str]) -> Period:
    return read_period(**{name: sent.get(name, "") for name in TIMES})


def _same(period: Period, sent: Mapping[str, str]) -> bool:
    return said_period(period) == {name: sent.get(name, "").strip() for name in TIMES}


def _closing(words: str) -> tuple[str, str]:
    if not words.strip():
        return "", ""
    said = check_text(words, field="closing_words", limit=CLOSING_LIMIT, lines=True)
    return said, render_markdown(said)


def _set(db: Session, actor: Actor, row: Topic, when: Period, cover: str) -> None:
    row.opens_at, row.ends_at = when.opens_at, when.ends_at
    if cover:
        row.cover_id = pictures.take_cover(db, actor, public_id=cover).id
    db.add(row)
    db.flush()
