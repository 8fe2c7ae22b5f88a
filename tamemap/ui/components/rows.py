"""What the States keep for the screens: plain, small, made of views. Nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamemap import urls
from tamemap.domain.quiet import closed_words
from tamemap.domain.themes import period_words
from tamemap.i18n import t
from tamemap.ui.components.card_rows import CardRow, PictureRow, card_row, picture_row
from tamemap.ui.components.post_rows import LinkRow, PhotoRow, QuoteRow, link_rows, photo_rows, quote_row
from tamemap.ui.components.words import author_words, badge_words, is_official, moment_iso, moment_words

if TYPE_CHECKING:
    from tamemap.queries.boards import BoardView, TopicView
    from tamemap.queries.posts import PostView

# how the badge of the town's answer looks
ANSWER_LOOKS = {"waiting": "past", "received": "info", "considering": "held", "adopted": "up", "declined": "past"}


@dataclass
class BoardRow:
    """A board; ``writers`` is members, residents or staff."""

    slug: str = ""
    name: str = ""
    description: str = ""
    writers: str = "members"
    may_open: bool = False
    may_open_theme: bool = False
    needs_proof: bool = False
    quiet: str = ""  # why nobody writes at present, in words
    news: int = 0  # topics that one follows there with something unread


@dataclass
class TopicRow:
    """A topic in a list, or the one that is open; ``url`` is its public page."""

    id: str = ""
    board: str = ""
    kind: str = "talk"
    kind_words: str = ""
    title: str = ""
    who: str = ""
    badge: str = ""
    official: bool = False  # written as staff or as operator
    count: int = 0
    when: str = ""
    when_iso: str = ""
    excerpt: str = ""
    pinned: bool = False
    closed: bool = False
    may_write: bool = False
    needs_proof: bool = False
    flyer: str = ""
    flyer_title: str = ""
    url: str = ""
    answer: str = ""  # the town's, in a word; empty where it answers nothing
    answer_look: str = ""  # the end of the badge's class
    answer_words: str = ""
    answer_by: str = ""
    answer_when: str = ""
    may_answer: bool = False
    may_poll: bool = False
    quiet: str = ""  # why nobody writes at present, in words
    held: bool = False  # waits for staff; only its author and they see it
    period: str = ""  # of a theme, in words
    coming: bool = False
    cover: PictureRow = field(default_factory=PictureRow)
    closing: str = ""  # safe HTML, when a theme is over
    unread: int = 0  # posts of others since one was here last
    seen: bool = False  # one has been here, and there is nothing new
    cards: list[CardRow] = field(default_factory=list)
    place: str = ""  # of an introduction, in words
    place_url: str = ""  # the map there; empty: no place
    spot: str = ""  # "lat,lng"
    may_change: bool = False


@dataclass
class VoiceRow:
    """A group in whose name somebody may write, or a mascot as which they may."""

    slug: str = ""
    name: str = ""


@dataclass
class ReactionRow:
    """One kind of tap on a post."""

    kind: str = ""
    words: str = ""
    count: int = 0
    mine: bool = False


@dataclass
class PostRow:
    """A post; a deleted one is a line in its place. ``html`` was made safe by the server."""

    id: str = ""
    who: str = ""
    badge: str = ""
    official: bool = False  # written as staff or as operator
    when: str = ""
    when_iso: str = ""
    html: str = ""
    edited: bool = False
    deleted: bool = False
    held: bool = False  # waits for staff: a quiet line for others, marked for its author and for staff
    held_words: str = ""  # that it waits, and for those who see it which check it is
    mine: bool = False
    may_change: bool = False
    fresh: bool = False  # it came while the topic was open
    may_remove: bool = False
    group_url: str = ""  # its page, as long as it has one
    by: str = ""  # who wrote it for the group or as the mascot, for its members and staff
    face: PictureRow = field(default_factory=PictureRow)  # a mascot's
    answer: str = ""  # 町の返事, where it is the town's answer
    reactions: list[ReactionRow] = field(default_factory=list)
    photos: list[PhotoRow] = field(default_factory=list)
    quote: QuoteRow = field(default_factory=QuoteRow)
    cards: list[LinkRow] = field(default_factory=list)


def board_row(view: BoardView) -> BoardRow:
    """From a board."""
    return BoardRow(
        slug=view.slug,
        name=view.name,
        description=view.description,
        writers=view.writers,
        may_open=view.may_open,
        may_open_theme=view.may_open_theme,
        needs_proof=view.needs_proof,
        quiet=closed_words(view.quiet),
    )


def topic_row(view: TopicView) -> TopicRow:
    """From a topic."""
    place, place_url, spot = _place(view)
    answer = view.answer
    return TopicRow(
        id=view.public_id,
        board=view.board,
        kind=view.kind,
        kind_words=t(f"topic_kinds.{view.kind}"),
        title=view.title,
        who=author_words(view.author),
        badge=badge_words(view.author),
        official=is_official(view.author),
        count=view.posts_count,
        when=moment_words(view.last_post_at),
        when_iso=moment_iso(view.last_post_at),
        excerpt=view.excerpt,
        pinned=view.pinned,
        closed=view.closed,
        may_write=view.may_write,
        needs_proof=view.needs_proof,
        flyer=view.flyer.public_id if view.flyer else "",
        flyer_title=view.flyer.title if view.flyer else "",
        url=urls.topic_page(view.board, view.public_id),
        answer=t(f"answers.state.{answer.state}") if answer else "",
        answer_look=ANSWER_LOOKS[answer.state] if answer else "",
        answer_words=answer.words if answer else "",
        answer_by=" ".join([author_words(answer.by), badge_words(answer.by)]) if answer and answer.by else "",
        answer_when=moment_words(answer.at) if answer and answer.at else "",
        may_answer=view.may_answer,
        may_poll=view.may_poll,
        quiet=closed_words(view.quiet),
        held=view.held,
        period=period_words(view.theme.period) if view.theme else "",
        coming=view.theme is not None and view.theme.coming,
        cover=picture_row(view.theme.cover, 960) if view.theme else PictureRow(),
        closing=view.theme.closing_html if view.theme else "",
        cards=[card_row(one) for one in view.cards],
        may_change=view.may_change,
        place=place,
        place_url=place_url,
        spot=spot,
    )


def _place(view: TopicView) -> tuple[str, str, str]:
    """An introduction's place in words, the map there, and its position; all empty without one."""
    place = view.place
    if place is None:
        return "", "", ""
    spot = f"{place.lat:.5f},{place.lng:.5f}"
    address = urls.map_page(place.map_slug) + f"#17/{place.lat:.5f}/{place.lng:.5f}"
    return place.name or t("introduction.unnamed"), address, spot


def post_row(view: PostView) -> PostRow:
    """From a post."""
    group = view.author.group if view.author else None
    return PostRow(
        id=view.public_id,
        who=author_words(view.author),
        badge=badge_words(view.author),
        official=is_official(view.author),
        when=moment_words(view.created_at),
        when_iso=moment_iso(view.created_at),
        html=view.html,
        edited=view.edited,
        deleted=view.deleted,
        held=view.held,
        held_words=held_words(view),
        mine=bool(view.author and view.author.is_me),
        may_change=view.may_change,
        may_remove=view.may_remove and bool(view.author and view.author.is_me),
        group_url=urls.group_page(group.slug) if group and group.active else "",
        answer=t("answers.label") if view.official else "",
        by=t("group.by", name=view.author.by) if view.author and view.author.by else "",
        face=picture_row(view.author.mascot.face, 320) if view.author and view.author.mascot else PictureRow(),
        reactions=[ReactionRow(one.kind, t(f"reactions.{one.kind}"), one.count, one.mine) for one in view.reactions],
        photos=photo_rows(view),
        quote=quote_row(view),
        cards=link_rows(view),
    )


def held_words(view: PostView) -> str:
    """That staff look at it; for who may see it, why, and for who wrote it that nothing is lost. Empty for what stands."""
    if not view.held:
        return ""
    why = [t(f"care.told.{view.held_by}")] if view.held_by else []
    mine = [t("care.told.wait")] if view.held_by and view.author and view.author.is_me else []
    return " ".join([t("care.held_line"), *why, *mine])
