"""Every address that Tamemap hands out is made here."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from tamemap.config import settings

API = "/api/v1"


def absolute(path: str) -> str:
    """The whole address of a path of ours."""
    return settings().origin + path


def with_query(path: str, **params: object) -> str:
    """The path with those parameters that are set."""
    query = urlencode([(key, value) for key, value in params.items() if value not in (None, "", ())], doseq=True)
    return f"{path}?{query}" if query else path


def map_page(slug: str, **params: object) -> str:
    """The public map document."""
    return with_query(f"/m/{quote(slug)}", **params)


def flyer_page(public_id: str) -> str:
    """The public page of a flyer."""
    return f"/f/{public_id}"


def flyer_preview(public_id: str) -> str:
    """The preview image of a flyer (JPEG, 1200×630) for those who share its page."""
    return f"/f/{public_id}.jpg"


def map_preview(slug: str) -> str:
    """The preview image of a map (JPEG, 1200×630) for those who share its page or its boards."""
    return f"/m/{quote(slug)}.jpg"


def flyer_words(public_id: str) -> str:
    """The form in which what stands on its pictures is corrected."""
    return f"/f/{public_id}/words"


def flyer_blur(public_id: str) -> str:
    """The form in which places on its pictures are made unreadable."""
    return f"/f/{public_id}/blur"


def flyer_calendar(public_id: str) -> str:
    """The flyer as an iCalendar file."""
    return f"/f/{public_id}.ics"


def board_page(slug: str) -> str:
    """The public page of a board."""
    return f"/b/{quote(slug)}"


def answers_page(slug: str) -> str:
    """What was said on a board and what the town did."""
    return f"/b/{slug}/answers"


def topic_page(board: str, public_id: str) -> str:
    """The public page of a topic."""
    return f"/b/{quote(board)}/{public_id}"


def post_page(board: str, topic: str, public_id: str) -> str:
    """The address of one post: it leads to the page of its topic on which it stands."""
    return f"{topic_page(board, topic)}/p/{public_id}"


def post_history(board: str, topic: str, public_id: str) -> str:
    """What a post said before it was changed."""
    return f"{post_page(board, topic, public_id)}/history"


def post_edit(public_id: str) -> str:
    """The page on which its author changes a post."""
    return f"/posts/{public_id}/edit"


def post_report(public_id: str) -> str:
    """The page on which somebody points staff at a post."""
    return f"/posts/{public_id}/report"


def topic_report(public_id: str) -> str:
    """The page on which somebody points staff at a topic."""
    return f"/topics/{public_id}/report"


def post_anchor(public_id: str) -> str:
    """Where a post stands within its page."""
    return f"p-{public_id}"


def search_page(**params: object) -> str:
    """The page that searches topics, posts and flyers."""
    return with_query("/search", **params)


def group_page(slug: str) -> str:
    """The public page of a group."""
    return f"/g/{quote(slug)}"


def group_room(slug: str) -> str:
    """The page on which a group's members look after it."""
    return f"/g/{quote(slug)}/manage"


def picture(name: str, size: int, suffix: str) -> str:
    """One size (long side in pixels) and format of a picture; ``name`` is that of one face, see ``models.picture``."""
    return f"/p/{name}/{size}.{suffix}"


def sign_in(then: str = "") -> str:
    """The sign-in page; afterwards it leads to ``then``."""
    return with_query("/sign-in", then=then)


def own_path(then: object) -> str:
    """The path if it leads nowhere but to ourselves, else nothing: sign-in sends nobody to a stranger's page."""
    if not isinstance(then, str) or len(then) > 300 or not then.isprintable():
        return ""
    return then if then.startswith("/") and not then.startswith(("//", "/\\")) else ""
