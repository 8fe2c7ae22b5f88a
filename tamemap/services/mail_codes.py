"""Six-digit codes by mail: each for one purpose, once, for fifteen minutes, for the browser that asked; and how often.

All limits are counted in rows, so they hold across workers and restarts. They are made so that nobody can lock somebody else
out for long, who is only known by their address:

- A browser in which an address has come in before is *known* for it: it holds a mark (``known_mark``, keep it in a cookie) and
  has an allowance of its own, whatever strangers ask for.
- Strangers share two allowances for an address: a small one for each household, and one for all together, so that no mailbox
  is flooded. Only requests that were never used count: who signs in has shown that they may.
- Wrong tries are counted for the code, the browser, the household and, over a day, the address. When strangers have guessed
  too often at an address, their codes count no more that day, but the link in the mail does: nobody can guess that.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select, update

from tamemap import clock, i18n, session, urls
from tamemap.errors import Invalid, TooMany
from tamemap.models import SignInCode
from tamemap.services import outbox
from tamemap.services.handshakes import client_hash
from tamemap.services.turns import take_turn

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

CODE_LIFE = timedelta(minutes=15)
TRIES = 5
DIGITS = 6  # as session.new_code makes them
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# mails within an hour to one address: to one household of strangers, or one known browser; and to all strangers together
ASKS_PER_MAIL = 6
ASKS_PER_MAIL_IN_ALL = 20
# mails within an hour to all addresses; a town hall or a school stands behind one client
ASKS_PER_CLIENT = 100
ASKS_PER_BROWSER = 30
# wrong tries (one at two codes counts twice) within an hour; and within a day at one address, of all strangers together or of
# one known browser: with 30 of them a guesser needs some 60 years for an even chance
WRONG_PER_BROWSER = 30
WRONG_PER_CLIENT = 60
WRONG_PER_MAIL = 30
KNOWN_MOST = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A mail is on its way; the same answer whether or not the address is known. ``mail`` as it was understood."""

    mail: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """``row``: the request whose code was right, used up now; or None, and how often it can still be tried."""

    row: SignInCode | None
    tries_left: int = 0


def known_mark(mail: str, browser_key: str) -> str:
    """By what a browser shows that this address has come in with it before; says nothing to anybody else."""
    return session.hashed(f"known:{mail}:{browser_key}")[:32]


def is_known(mail: str, browser_key: str, known: str) -> bool:
    """Whether ``known`` (marks with dots between them, from outside) holds the one of this address and browser."""
    wanted = known_mark(mail, browser_key)
    return any(session.same(wanted, mark) for mark in known[:400].split(".")[:KNOWN_MOST])


def send(
    db: Session,
    actor: Actor,
    *,
    purpose: str,
    mail: str,
    browser_key: str,
    known: bool = False,
    then: str = "",
    lang: str = i18n.DEFAULT,
) -> Asked:
    """Send a code to a checked address. ``purpose``: ``sign_in`` (with a link, too), ``add`` or ``again`` (of this actor).

    ``known``: the browser is known for the address. Raises Invalid ``browser_key_missing``, TooMany ``sign_in_too_many``.
    """
    if not browser_key:
        raise Invalid.at("browser_key", "browser_key_missing")
    browser_hash, who = session.hashed(browser_key), client_hash(actor.client)
    take_turn(db, f"sign_in:{mail}")
    _demand_rest(db, browser_hash, who, mail, known=known)
    code, token, now = session.new_code(), session.new_token(), clock.now()
    db.add(
        SignInCode(
            mail=mail,
            purpose=purpose,
            person_id=None if purpose == "sign_in" else actor.person_id,
            code_hash=session.hashed(code),
            link_hash=session.hashed(token),
            browser_hash=browser_hash,
            client_hash=who,
            then=urls.own_path(then),
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
    )
    said = {
        "code": code,
        "minutes": int(CODE_LIFE.total_seconds() // 60),
        "link": urls.absolute(urls.with_query("/auth/mail", token=token, lang="" if lang == i18n.DEFAULT else lang)),
    }
    payload = {
        "to": mail,
        "subject": i18n.t(f"mail.{purpose}.subject", lang, code=code),
        "text": i18n.t(f"mail.{purpose}.text", lang, **said),
        "until": (now + CODE_LIFE).isoformat(),
    }
    outbox.put(db, "mail", payload)
    return Asked(mail=mail, expires_at=now + CODE_LIFE)


def _demand_rest(db: Session, browser_hash: str, who: str, mail: str, *, known: bool) -> None:
    to_it = SignInCode.mail == mail
    if known:
        _demand_fewer(db, ASKS_PER_MAIL, to_it, SignInCode.browser_hash == browser_hash)
        return
    _demand_fewer(db, ASKS_PER_MAIL, to_it, SignInCode.client_hash == who)
    _demand_fewer(db, ASKS_PER_MAIL_IN_ALL, to_it)
    _demand_fewer(db, ASKS_PER_BROWSER, SignInCode.browser_hash == browser_hash)
    if who:
        _demand_fewer(db, ASKS_PER_CLIENT, SignInCode.client_hash == who)


def _demand_fewer(db: Session, amount: int, *which: Any) -> None:
    since = clock.now() - HOUR
    count, oldest = db.exec(
        select(func.count(), func.min(SignInCode.created_at)).where(
            *which, SignInCode.created_at > since, col(SignInCode.used_at).is_(None)
        )
    ).one()
    if count >= amount:
        raise TooMany("sign_in_too_many", retry_after=max(1, math.ceil((oldest - since).total_seconds())))


def check(db: Session, actor: Actor, *, purpose: str, mail: str, code: str, browser_key: str, known: bool = False) -> Checked:
    """Hold a code against the live ones of this purpose, address, browser and (but for ``sign_in``) person; use it up.

    Any of the codes still on their way counts, since mails overtake each other. Expired, used, after five wrong tries or in
    another browser: all the same. What is no code of ours is wrong, but no try. A wrong try is kept in the caller's transaction,
    which must be committed. Raises TooMany ``sign_in_tries_over`` (the link in the mail still counts).
    """
    browser_hash = session.hashed(browser_key)
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", str(code)[:40]) if sign.isdecimal())
    live = db.exec(
        select(SignInCode)
        .where(
            SignInCode.purpose == purpose,
            SignInCode.mail == mail,
            SignInCode.browser_hash == browser_hash,
            col(SignInCode.person_id) == (None if purpose == "sign_in" else actor.person_id),
            SignInCode.expires_at > clock.now(),
            SignInCode.tries < TRIES,
            col(SignInCode.used_at).is_(None),
        )
        .order_by(col(SignInCode.id))
        .with_for_update()
    ).all()
    if live:
        _demand_patience(db, browser_hash, client_hash(actor.client), mail, known=known)
    wanted = session.hashed(digits)
    for row in live:
        if session.same(row.code_hash, wanted):
            use_up(db, row)
            return Checked(row)
    # what is no code of ours guesses nothing: a slip of the finger costs no try
    for row in live if len(digits) == DIGITS else ():
        row.tries += 1
        db.add(row)
    db.flush()
    return Checked(None, tries_left=max((TRIES - row.tries for row in live), default=0))


def _demand_patience(db: Session, browser_hash: str, who: str, mail: str, *, known: bool) -> None:
    _demand_fewer_wrong(db, WRONG_PER_BROWSER, HOUR, SignInCode.browser_hash == browser_hash)
    if known:
        # a browser in a library may have let in many: what is guessed there counts there
        _demand_fewer_wrong(db, WRONG_PER_MAIL, DAY, col(SignInCode.mail) == mail, col(SignInCode.browser_hash) == browser_hash)
        return
    _demand_fewer_wrong(db, WRONG_PER_MAIL, DAY, SignInCode.mail == mail)
    if who:
        _demand_fewer_wrong(db, WRONG_PER_CLIENT, HOUR, SignInCode.client_hash == who)


def _demand_fewer_wrong(db: Session, amount: int, within: timedelta, *which: Any) -> None:
    since = clock.now() - within
    wrong, oldest = db.exec(
        select(func.coalesce(func.sum(SignInCode.tries), 0), func.min(SignInCode.created_at)).where(
            *which, SignInCode.created_at > since, SignInCode.tries > 0
        )
    ).one()
    if wrong >= amount:
        raise TooMany("sign_in_tries_over", retry_after=max(1, math.ceil((oldest - since).total_seconds())))


def by_link(db: Session, token: str) -> SignInCode | None:
    """The live request for signing in to which this link belongs, locked; not used up yet."""
    row = db.exec(select(SignInCode).where(SignInCode.link_hash == session.hashed(str(token)[:200])).with_for_update()).first()
    if row is None or row.purpose != "sign_in" or row.used_at or row.expires_at <= clock.now() or row.tries >= TRIES:
        return None
    return row


def use_up(db: Session, row: SignInCode) -> None:
    """This request has done its work, and with it the others of its browser for the same: one mail, one way in."""
    db.exec(
        update(SignInCode)
        .where(
            col(SignInCode.mail) == row.mail,
            col(SignInCode.purpose) == row.purpose,
            col(SignInCode.browser_hash) == row.browser_hash,
            col(SignInCode.used_at).is_(None),
        )
        .values(used_at=clock.now())
    )
