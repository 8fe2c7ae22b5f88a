"""The only way in: opens the transaction, finds out who is calling, calls the service or the query.

``call`` blocks; ``acall`` does the same in a thread, for event loops. A function of ``tamemap.services`` gets a writing
transaction, one of ``tamemap.queries`` a reading one; both are ``fn(db, actor, *, …)``.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from tamemap import clock, session
from tamemap import db as database
from tamemap.errors import Unavailable
from tamemap.gateways import limits
from tamemap.queries import tokens
from tamemap.queries.people import actor_of_session, actor_of_token
from tamemap.services.tokens import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamemap.domain.actors import Actor

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)
# seconds after which to come again when the database is away
AGAIN = 5
# how PostgreSQL ends one of two that wait for each other (deadlock_detected, serialization_failure)
CROSSED = {"40P01", "40001"}
# a call of the API is up to three of ours; a program that sends a season of flyers needs hundreds
TOKEN_CALLS = 6000
# as many as the database has connections for; a queue in front of SQLite's one writer would gain nothing
_threads: list[CapacityLimiter] = []


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a caller shows: the session's token and the guest's key (both from cookies), and the network address.

    ``bearer`` is a program's token, from an ``Authorization`` header of the API; it stands above the cookies.
    """

    session_token: str = ""
    guest_key: str = ""
    client: str = ""
    bearer: str = ""

    @classmethod
    def from_cookies(cls, header: str, client: str = "") -> Credentials:
        """From a ``Cookie`` header, as HTTP requests and Reflex's socket handshake carry it."""
        jar = session.cookies(header)
        return cls(jar.get(session.COOKIE, ""), jar.get(session.GUEST_COOKIE, ""), client)


GUEST = Credentials()


def actor_of(db: database.Session, credentials: Credentials) -> Actor:
    """Who shows these credentials. Raises Unauthenticated for a program's token that does not count."""
    if credentials.bearer:
        return actor_of_token(db, token=credentials.bearer, client=credentials.client)
    return actor_of_session(db, token=credentials.session_token, guest_key=credentials.guest_key, client=credentials.client)


def call(
    function: Callable[Concatenate[database.Session, Actor, P], R],
    credentials: Credentials,
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Call a service or a query as whoever the credentials say. Raises what it raises; nothing is kept then.

    Raises Unavailable ``database_away`` while the database does not answer; the next call tries it anew. Where the database
    ended it because two writers waited for each other, nothing of it has happened, and it is done once more.
    """
    try:
        try:
            return _call(function, credentials, *args, **kwargs)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") not in CROSSED:
                raise
            log.warning("%s was ended by the database and is done again: %s", function.__name__, type(error.orig).__name__)
            return _call(function, credentials, *args, **kwargs)
    except (OperationalError, InterfaceError, NoConnectionLeft) as error:
        log.error("the database does not answer: %s", type(getattr(error, "orig", None) or error).__name__)
        raise Unavailable("database_away", retry_after=AGAIN) from error


def _call(
    function: Callable[Concatenate[database.Session, Actor, P], R],
    credentials: Credentials,
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    # one transaction, one moment: everything it writes says the same time
    with clock.frozen_at(clock.now()), database.transaction(write=function.__module__.startswith("tamemap.services")) as db:
        actor = actor_of(db, credentials)
        limits.demand(
            "token", f"token {actor.token_id}" if actor.token_id else "", amount=TOKEN_CALLS, seconds=3600, code="too_often"
        )
        answer = function(db, actor, *args, **kwargs)
        unmarked = tokens.unmarked(db, actor)
    if unmarked:
        # what was done stands, whether or not there is a moment to write down by which token
        with suppress(OperationalError), database.transaction(write=True) as db:
            mark(db, actor)
    return answer


async def acall(
    function: Callable[Concatenate[database.Session, Actor, P], R],
    credentials: Credentials,
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """As ``call``, in a thread, so that the event loop goes on."""
    if not _threads:
        _threads.append(CapacityLimiter(32))
    return await to_thread.run_sync(lambda: call(function, credentials, *args, **kwargs), limiter=_threads[0])
