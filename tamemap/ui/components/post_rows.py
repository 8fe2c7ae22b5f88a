"""What the States keep of what a post carries: its photos, the post that it quotes, the cards of its links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap import urls
from tamemap.domain.dates import date_label
from tamemap.domain.writing import excerpt
from tamemap.i18n import t
from tamemap.ui.components.words import author_words

if TYPE_CHECKING:
    from tamemap.queries.link_cards import LinkCard
    from tamemap.queries.pictures import PictureView
    from tamemap.queries.posts import PostView

SMALL, WIDE = 320, 960


@dataclass
class PhotoRow:
    """A photo in one size, and the address of its largest; ``avif`` is empty where there is none."""

    avif: str = ""
    jpeg: str = ""
    width: int = 0
    height: int = 0
    alt: str = ""
    large: str = ""


@dataclass
class QuoteRow:
    """A post that is quoted, in short; ``gone``: a line in its place."""

    id: str = ""
    who: str = ""
    words: str = ""
    gone: bool = False


@dataclass
class LinkRow:
    """What a post links to here: its kind in a word, where it leads, perhaps its dates and a small picture."""

    kind: str = ""
    url: str = ""
    title: str = ""
    when: str = ""
    thumb: str = ""


def photo_rows(view: PostView) -> list[PhotoRow]:
    """The photos of a post; one alone is shown wider."""
    shown = [one for one in view.pictures if one.sizes]
    return [_photo(view, one, at, WIDE if len(shown) == 1 else SMALL) for at, one in enumerate(shown, 1)]


def _photo(view: PostView, picture: PictureView, number: int, size: int) -> PhotoRow:
    found, largest = picture.at_least(size), picture.sizes[-1]
    key = "talk.photo_of_left" if view.author is None or view.author.left else "talk.photo_of"
    return PhotoRow(
        avif=urls.picture(picture.name, found.size, "avif") if "avif" in found.formats else "",
        jpeg=urls.picture(picture.name, found.size, "jpeg"),
        width=found.width,
        height=found.height,
        alt=t(key, name=author_words(view.author), number=number),
        large=urls.picture(picture.name, largest.size, "jpeg"),
    )


def quote_row(view: PostView) -> QuoteRow:
    """The post that a post quotes."""
    quote = view.quote
    if quote is None:
        return QuoteRow()
    return QuoteRow(quote.public_id, author_words(quote.author) if quote.author else "", quote.excerpt, quote.gone)


def quoting_row(public_id: str, who: str, html: str) -> QuoteRow:
    """The post that an answer is about to quote."""
    return QuoteRow(public_id, who, excerpt(html))


def link_rows(view: PostView) -> list[LinkRow]:
    """What a post links to."""
    return [_card(one) for one in view.cards]


def _card(view: LinkCard) -> LinkRow:
    label = date_label(view.when) if view.when else None
    small = view.picture.at_least(SMALL) if view.picture and view.picture.sizes else None
    return LinkRow(
        kind=t(f"talk.card_{view.kind}"),
        url=view.url,
        title=view.title,
        when=" ".join(filter(None, (label.text, label.time))) if label else "",
        thumb=urls.picture(view.picture.name, small.size, "jpeg") if view.picture and small else "",
    )
