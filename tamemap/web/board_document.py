"""``/b/{board}`` and ``/b/{board}/{topic}``: boards to read for everybody, without script. Writing happens at home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap import clock, door, urls
from tamemap.domain.care import RULES
from tamemap.domain.dates import day_words
from tamemap.domain.quiet import closed_words
from tamemap.domain.resting import rest_link, rest_words
from tamemap.domain.themes import period_words
from tamemap.domain.writing import reference
from tamemap.i18n import t
from tamemap.queries.board_pages import TopicReadings, board_page
from tamemap.queries.board_pages import topic_page as topic_readings
from tamemap.queries.held_why import rules_of
from tamemap.queries.marks import board_marks
from tamemap.queries.suspensions import rest_on_map
from tamemap.web.callers import credentials_of
from tamemap.web.cards import card_values
from tamemap.web.flyer_document import cache_for
from tamemap.web.own_pages import said_words
from tamemap.web.problems import words_of
from tamemap.web.respond import document, language, page, policy
from tamemap.web.templating import CARD_SIZE, Head, render

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.actors import Actor
    from tamemap.domain.resting import Rest
    from tamemap.errors import TamemapError
    from tamemap.queries.authors import AuthorView

TOPICS, POSTS = 20, 50


@dataclass(frozen=True, slots=True)
class OwnReadings:
    """All that a topic's page reads, in one transaction: what everybody reads, and what is the reader's own."""

    topic: TopicReadings
    rest: Rest | None
    signed_in: bool
    held_by: str = ""


@page
def board_document(request: Request) -> Response:
    """The topics of a board, the latest first."""
    lang, cursor = language(request), request.query_params.get("cursor", "")
    slug = reference(request.path_params["board"])
    found = door.call(board_page, door.GUEST, slug=slug, cursor=cursor or None, limit=TOPICS)
    here, credentials = found.board, credentials_of(request)
    listed = [one.public_id for one in found.topics.items]
    own = door.call(board_marks, credentials, board=here.slug, map_slug=here.map_slug, topics=listed)
    body = render(
        "board.html",
        lang,
        head=Head(
            title=t("board.head_title", lang, board=here.name, map=here.map_name),
            description=here.description or t("board.description", lang, map=here.map_name),
            path=urls.board_page(here.slug),
            index=not cursor,
            image=urls.map_preview(here.map_slug),
            image_size=CARD_SIZE,
            place="boards",
        ),
        maps=found.all_maps,
        here_slug=here.map_slug,
        board=here,
        beside=found.beside,
        topics=found.topics.items,
        own=own,
        signed_in=own.signed_in,
        done=said_words(request, lang),
        invite=request.query_params.get("push") == "1",
        resting=closed_words(here.quiet, lang),
        period=lambda theme: period_words(theme.period, lang),
        more=_more(urls.board_page(here.slug), found.topics.next),
        said=lambda moment: said(moment, lang),
        who=lambda author: who(author, lang),
    )
    return document(request, body, policy=policy(), cache=cache_for(request))


@page
def topic_document(request: Request) -> Response:
    """What is written in a topic, the oldest first; for those who may, with the doors to close it or take it away."""
    return topic_page(request)


def topic_page(request: Request, *, error: TamemapError | None = None) -> Response:
    """A topic's page as its reader sees it, perhaps with what was wrong about a form on it. Raises NotFound, Gone."""
    lang, cursor = language(request), request.query_params.get("cursor", "")
    asked = {name: reference(request.path_params[name]) for name in ("board", "topic")}
    own = door.call(_read_topic, credentials_of(request), **asked, cursor=cursor)
    found = own.topic
    here, shown = found.board, found.topic
    body = render(
        "topic.html",
        lang,
        head=Head(
            title=t("board.topic_title", lang, title=shown.title, board=here.name, map=here.map_name),
            description=shown.excerpt,
            path=urls.topic_page(here.slug, shown.public_id),
            index=not cursor,
            kind="article",
            image=urls.map_preview(here.map_slug),
            image_size=CARD_SIZE,
            place="boards",
        ),
        maps=found.all_maps,
        here_slug=here.map_slug,
        board=here,
        topic=shown,
        held_by=own.held_by,
        revision=found.revision,
        resting=closed_words(shown.quiet, lang),
        period=lambda theme: period_words(theme.period, lang),
        reopenable=found.may_reopen,
        rest=(rest_words(own.rest, lang), *rest_link(own.rest, lang)) if own.rest else (),
        rules=RULES,
        done=said_words(request, lang),
        invite=request.query_params.get("push") == "1",
        problem=words_of(error.code, lang, error.params) if error else "",
        posts=found.posts.items,
        signed_in=own.signed_in,
        mark=found.mark,
        later=bool(cursor),
        more=_more(urls.topic_page(here.slug, shown.public_id), found.posts.next),
        said=lambda moment: said(moment, lang),
        said_at=lambda moment: said(moment, lang),
        who=lambda author: who(author, lang),
        cards=[card_values(card, lang, at) for at, card in enumerate(shown.cards)],
    )
    return document(request, body, policy=policy(), cache=cache_for(request), status=error.status if error else 200)


def _read_topic(db: Session, actor: Actor, *, board: str, topic: str, cursor: str) -> OwnReadings:
    read = topic_readings(db, actor, board=board, topic=topic, cursor=cursor or None, limit=POSTS)
    return OwnReadings(
        topic=read,
        rest=rest_on_map(db, actor, slug=read.board.map_slug),
        signed_in=not actor.is_guest,
        held_by=rules_of(db, "topic", [topic] if read.topic.held else []).get(topic, ""),
    )


def _more(path: str, cursor: str | None) -> str:
    return urls.with_query(path, cursor=cursor) if cursor else ""


def said(moment: datetime, lang: str) -> str:
    """When something was written, as people say it: 11月22日（日） 9:05."""
    local = clock.tokyo(moment)
    return f"{day_words(local.date(), lang)} {local.hour}:{local.minute:02d}"


def who(author: AuthorView, lang: str) -> str:
    """The name that stands at a post; somebody who has left has none any more."""
    return t("people.left", lang) if author.left else author.name
