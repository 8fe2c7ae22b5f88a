"""Boards, topics and posts as the JSON of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tamemap import urls
from tamemap.domain.dates import said_when
from tamemap.domain.quiet import closed_words
from tamemap.i18n import DEFAULT, t
from tamemap.web.serial import card_json, group_ref_json, moment, picture_json, thumb_json

if TYPE_CHECKING:
    from tamemap.queries.authors import AuthorView
    from tamemap.queries.boards import BoardView, TopicView
    from tamemap.queries.introductions import IntroductionView
    from tamemap.queries.link_cards import LinkCard
    from tamemap.queries.polls import PollView
    from tamemap.queries.post_history import HistoryView
    from tamemap.queries.post_parts import QuoteView
    from tamemap.queries.posts import PostView
    from tamemap.queries.town_answers import AnswerView

DECIMALS = 5


def board_json(view: BoardView) -> dict[str, Any]:
    """A board; ``writers`` is members, residents or staff."""
    return {
        "slug": view.slug,
        "url": urls.absolute(urls.board_page(view.slug)),
        "name": view.name,
        "description": view.description,
        "writers": view.writers,
        "map": {"slug": view.map_slug, "name": view.map_name},
        "topics_count": view.topics_count,
        "may_write": view.may_write,
        "may_open": view.may_open,
        "may_open_theme": view.may_open_theme,
        "needs_proof": view.needs_proof,
        "closed": view.closed,
        "writing_closed": {
            "reason": view.quiet.reason,
            "until": moment(view.quiet.until) if view.quiet.until else None,
            "words": closed_words(view.quiet),
        }
        if view.quiet
        else None,
    }


def author_json(view: AuthorView) -> dict[str, Any]:
    """Who wrote, and as what; name and id are empty for somebody who has left.

    For a group or a mascot it is that one's name; ``by`` is the person, for the group's members and staff.
    """
    data = {
        "id": view.public_id,
        "name": view.name,
        "kind": view.kind,
        "municipality": view.municipality,
        "department": view.department,
        "resident": view.resident,
        "is_me": view.is_me,
        "left": view.left,
        "group": group_ref_json(view.group),
        "mascot": {"id": view.mascot.public_id, "town": view.mascot.town, "face": thumb_json(view.mascot.face)}
        if view.mascot
        else None,
    }
    return data | ({"by": view.by} if view.by else {})


def photo_words(view: AuthorView | None, number: int) -> str:
    """What stands for a photo in a post until its text is known: whose it is."""
    if view is None or view.left:
        return t("talk.photo_of_left", name=t("people.left"), number=number)
    return t("talk.photo_of", name=view.name, number=number)


def topic_json(view: TopicView, lang: str = DEFAULT) -> dict[str, Any]:
    """A topic; ``flyer`` and ``flyers`` only while they stand on the board's map."""
    theme = view.theme
    return {
        "id": view.public_id,
        "url": urls.absolute(urls.topic_page(view.board, view.public_id)),
        "board": view.board,
        "kind": view.kind,
        "title": view.title,
        "author": author_json(view.author),
        "excerpt": view.excerpt,
        "flyer": {"id": view.flyer.public_id, "title": view.flyer.title} if view.flyer else None,
        "flyers": [card_json(one, lang) for one in view.cards],
        "place": {"name": view.place.name, "lat": view.place.lat, "lng": view.place.lng} if view.place else None,
        "posts_count": view.posts_count,
        "created_at": moment(view.created_at),
        "last_post_at": moment(view.last_post_at),
        "pinned": view.pinned,
        "closed": view.closed,
        "held": view.held,
        "may_write": view.may_write,
        "may_close": view.may_close,
        "may_change": view.may_change,
        "may_remove": view.may_remove,
        "answer": answer_json(view.answer),
        "may_answer": view.may_answer,
        "poll": poll_json(view.poll),
        "may_poll": view.may_poll,
        "opens_at": moment(theme.period.opens_at) if theme and theme.period.opens_at else None,
        "ends_at": moment(theme.period.ends_at) if theme and theme.period.ends_at else None,
        "cover": picture_json(theme.cover, view.title) if theme and theme.cover else None,
        "closing_html": theme.closing_html if theme else "",
    }


def answer_json(view: AnswerView | None) -> dict[str, Any] | None:
    """The town's answer; null where the town answers nothing."""
    if view is None:
        return None
    by = author_json(view.by) if view.by else None
    return {"state": view.state, "words": view.words, "at": moment(view.at) if view.at else None, "by": by}


def poll_json(view: PollView | None) -> dict[str, Any] | None:
    """A poll; counts and shares are null while results are not shown."""
    if view is None:
        return None
    options = [
        {"position": one.position, "words": one.words, "count": one.count, "share": one.share, "mine": one.mine}
        for one in view.options
    ]
    return {
        "id": view.public_id,
        "question": view.question,
        "options": options,
        "several": view.several,
        "results": view.results,
        "ends_at": moment(view.ends_at) if view.ends_at else None,
        "over": view.over,
        "total": view.total,
        "may_vote": view.may_vote,
        "may_close": view.may_close,
    }


def post_json(view: PostView) -> dict[str, Any]:
    """A post: ``html`` is safe to show, ``body`` the Markdown for whoever may change it; a deleted one is a tombstone."""
    return {
        "id": view.public_id,
        "topic": view.topic,
        "author": author_json(view.author) if view.author else None,
        "html": view.html,
        "body": view.body,
        "pictures": [picture_json(one, photo_words(view.author, at)) for at, one in enumerate(view.pictures, 1)],
        "quote": quote_json(view.quote),
        "cards": [link_json(one) for one in view.cards],
        "created_at": moment(view.created_at),
        "edited": view.edited,
        "deleted": view.deleted,
        "official": view.official,
        "held": view.held,
        "reactions": [{"kind": one.kind, "count": one.count, "mine": one.mine} for one in view.reactions],
        "may_change": view.may_change,
        "may_remove": view.may_remove,
    }


def quote_json(view: QuoteView | None) -> dict[str, Any] | None:
    """The post that a post answers; without author and words when it is gone."""
    if view is None:
        return None
    author = author_json(view.author) if view.author else None
    return {"id": view.public_id, "author": author, "excerpt": view.excerpt, "gone": view.gone}


def link_json(view: LinkCard) -> dict[str, Any]:
    """What a post links to on this installation."""
    starts_at, ends_at = said_when(view.when) if view.when else (None, None)
    dates = {"starts_at": starts_at, "ends_at": ends_at}
    return {"kind": view.kind, "url": urls.absolute(view.url), "title": view.title, "thumb": thumb_json(view.picture)} | dates


def history_json(view: HistoryView) -> dict[str, Any]:
    """A post and all that it said, the latest first."""
    versions = [{"html": one.html, "written_at": moment(one.written_at)} for one in view.versions]
    return {"post": post_json(view.post), "versions": versions}


def introduction_json(view: IntroductionView) -> dict[str, Any]:
    """An introduction as the map shows it (assets/map/introductions.js); a metre is exact enough for a sign."""
    return {
        "id": view.public_id,
        "url": urls.topic_page(view.board, view.public_id),
        "board": view.board,
        "title": view.title,
        "place": view.place.name,
        "excerpt": view.excerpt,
        "lat": round(view.place.lat, DECIMALS),
        "lng": round(view.place.lng, DECIMALS),
    }
