"""What the worker does with each kind of outbox entry."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tamemap import clock
from tamemap import db as database
from tamemap.config import settings
from tamemap.gateways.mail import mail_from_settings
from tamemap.services import fan_out, leaving, picture_sizes, pictures, push_sending, search_index

if TYPE_CHECKING:
    from collections.abc import Callable


def send_mail(payload: dict[str, Any]) -> None:
    """Send ``to``, ``subject``, ``text`` (``stop``: where mails like it are ended); what comes too late (``until``: a code
    that has expired) is dropped. ``once`` names the entry: a mailbox that gets it twice can tell.
    """
    until = payload.get("until")
    if until and datetime.fromisoformat(until) <= clock.now():
        return
    more = {name: payload[name] for name in ("stop", "once") if name in payload}
    mail_from_settings(settings()).send(payload["to"], payload["subject"], payload["text"], **more)


def finish_pictures(payload: dict[str, Any]) -> None:
    """Make the larger sizes of ``picture``."""
    picture_sizes.finish(payload["picture"])


def forget_picture_files(payload: dict[str, Any]) -> None:
    """Delete the files ``names`` that an edited picture shows no longer."""
    pictures.forget_files(payload["names"])


def finish_leaving(payload: dict[str, Any]) -> None:
    """Take away the traces of who has left; then say goodbye to the address that was theirs, as the very last thing."""
    leaving.finish(payload)
    if goodbye := payload.get("goodbye"):
        send_mail(goodbye | {"once": payload.get("once", "")})
    database.checkpoint()


def tell_followers(payload: dict[str, Any]) -> None:
    """Tell the followers of a topic or a board of a new ``post``, announced ``at`` that moment."""
    fan_out.tell_followers(post=payload["post"], at=payload["at"])


def show_on_devices(payload: dict[str, Any]) -> None:
    """Show a ``person`` what waits for them; or send the test message with this ``proof`` to one ``device``."""
    if "proof" in payload:
        push_sending.send_proof(payload["device"], payload["proof"])
    else:
        push_sending.send_waiting(payload["person"])


def index_for_search(payload: dict[str, Any]) -> None:
    """Index everything for the search: what was there before there was a search (migration 0004); or only the flyers numbered
    ``after`` that one, in their places (migration 0012)."""
    if "after" in payload:
        search_index.index_flyers(payload["after"])
    else:
        search_index.rebuild()


HANDLERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "mail": send_mail,
    "pictures": finish_pictures,
    "picture_files": forget_picture_files,
    "leave": finish_leaving,
    "search": index_for_search,
    "followers": tell_followers,
    "push": show_on_devices,
}
