"""Signing in by mail: a six-digit code and a link, once, for fifteen minutes, for the browser that asked."""

from __future__ import annotations

import math
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from email_validator import EmailNotValidError, validate_email
from sqlmodel import col, delete, func, select, update

from tamemap import clock, i18n, session, urls
from tamemap.db import IntegrityError
from tamemap.domain.writing import tidied
from tamemap.errors import Invalid, TooMany
from tamemap.gateways import limits
from tamemap.models import Person, SignedIn, SignInCode
from tamemap.services import outbox, sessions
from tamemap.services.turns import take_turn

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

CODE_LIFE = timedelta(minutes=15)
TRIES = 5
ASKS_PER_MAIL = 10
# a town hall or a school stands behind one address
ASKS_PER_CLIENT = 100
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A mail is on its way; the same answer whether or not the address is known. ``mail`` as it was understood."""

    mail: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt ended: signed in (``token`` for the session cookie, ``then`` the path to go on to), or ``problem``.

    A problem is an error code that is answered instead of raised, because the wrong try must be kept: ``sign_in_code_wrong``
    with ``tries_left`` (0: ask for a new mail), ``sign_in_link_over`` or ``sign_in_other_browser`` (type the code there).
    """

    token: str | None = None
    person_public_id: str = ""
    then: str = ""
    new_person: bool = False
    tries_left: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Whether there was a session to end."""

    ended: bool


def checked_mail(mail: object) -> str:
    """The address as it is kept: half-width, lower case, ASCII. Raises Invalid at ``mail``: ``mail_missing``, ``mail_wrong``."""
    if not isinstance(mail, str) or not mail.strip():
        raise Invalid.at("mail", "mail_missing")
    try:
        # phones type ａｋｉ＠… and Aki@…; nobody runs two mailboxes that differ in that
        found = validate_email(
            unicodedata.normalize("NFKC", tidied(mail[:400])), check_deliverability=False, allow_smtputf8=False
        )
    except EmailNotValidError:
        raise Invalid.at("mail", "mail_wrong") from None
    return (found.ascii_email or found.normalized).lower()


def ask(db: Session, actor: Actor, *, mail: str, browser_key: str, then: str = "", lang: str = i18n.DEFAULT) -> Asked:
    """Send a code and a link to this address, good for fifteen minutes in the browser that holds ``browser_key``.

    ``then`` is a path of ours to go on to; any other address is forgotten. Raises Invalid (``mail_missing``, ``mail_wrong``,
    ``browser_key_missing``) and TooMany ``sign_in_too_many``: five an hour for an address, twenty for a client.
    """
    address = checked_mail(mail)
    if not browser_key:
        raise Invalid.at("browser_key", "browser_key_missing")
    limits.demand("sign_in", actor.client, amount=ASKS_PER_CLIENT, seconds=int(HOUR.total_seconds()), code="sign_in_too_many")
    browser_hash = session.hashed(browser_key)
    take_turn(db, f"sign_in:{address}")
    _demand_rest(db, SignInCode.mail == address, ASKS_PER_MAIL)
    _demand_rest(db, SignInCode.browser_hash == browser_hash, ASKS_PER_CLIENT)
    code, token = session.new_code(), session.new_token()
    now = clock.now()
    db.add(
        SignInCode(
            mail=address,
            code_hash=session.hashed(code),
            link_hash=session.hashed(token),
            browser_hash=browser_hash,
            then=urls.own_path(then),
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
    )
    minutes = int(CODE_LIFE.total_seconds() // 60)
    link = urls.absolute(urls.with_query("/auth/mail", token=token))
    payload = {
        "to": address,
        "subject": i18n.t("mail.sign_in.subject", lang, code=code),
        "text": i18n.t("mail.sign_in.text", lang, code=code, link=link, minutes=minutes),
        "until": (now + CODE_LIFE).isoformat(),
    }
    outbox.put(db, "mail", payload)
    return Asked(mail=address, expires_at=now + CODE_LIFE)


def _demand_rest(db: Session, which: object, amount: int) -> None:
    since = clock.now() - HOUR
    count, oldest = db.exec(
        select(func.count(), func.min(SignInCode.created_at)).where(which, SignInCode.created_at > since)  # type: ignore[arg-type]
    ).one()
    if count >= amount:
        raise TooMany("sign_in_too_many", retry_after=max(1, math.ceil((oldest - since).total_seconds())))


def with_code(
    db: Session, actor: Actor, *, mail: str, code: str, browser_key: str, user_agent: str = "", lang: str = i18n.DEFAULT
) -> Attempt:
    """Sign in with the code from the mail, in the browser that asked.

    Any of the codes still on their way counts, since mails overtake each other. Expired, used, after five wrong tries or in
    another browser: all the same refusal. Raises Invalid for what is no address.
    """
    address = checked_mail(mail)
    typed = unicodedata.normalize("NFKC", str(code)[:40])
    digits = "".join(sign for sign in typed if sign.isdecimal())
    live = db.exec(
        select(SignInCode)
        .where(
            SignInCode.mail == address,
            SignInCode.browser_hash == session.hashed(browser_key),
            SignInCode.expires_at > clock.now(),
            SignInCode.tries < TRIES,
            col(SignInCode.used_at).is_(None),
        )
        .order_by(col(SignInCode.id))
        .with_for_update()
    ).all()
    wanted = session.hashed(digits)
    for row in live:
        if session.same(row.code_hash, wanted):
            return _sign_in(db, actor, row, user_agent, lang)
    for row in live:
        row.tries += 1
        db.add(row)
    db.flush()
    return Attempt(problem="sign_in_code_wrong", tries_left=max((TRIES - row.tries for row in live), default=0))


def with_link(
    db: Session, actor: Actor, *, token: str, browser_key: str, user_agent: str = "", lang: str = i18n.DEFAULT
) -> Attempt:
    """Sign in with the link from the mail. In another browser it is refused and not used up: mail programs open links too."""
    row = db.exec(select(SignInCode).where(SignInCode.link_hash == session.hashed(str(token)[:200])).with_for_update()).first()
    if row is None or row.used_at or row.expires_at <= clock.now() or row.tries >= TRIES:
        return Attempt(problem="sign_in_link_over")
    if not session.same(row.browser_hash, session.hashed(browser_key)):
        return Attempt(problem="sign_in_other_browser", tries_left=TRIES - row.tries)
    return _sign_in(db, actor, row, user_agent, lang)


def _sign_in(db: Session, actor: Actor, row: SignInCode, user_agent: str, lang: str) -> Attempt:
    now = clock.now()
    # the other codes of this browser end too: one mail, one way in
    db.exec(
        update(SignInCode)
        .where(
            col(SignInCode.mail) == row.mail,
            col(SignInCode.browser_hash) == row.browser_hash,
            col(SignInCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    person, new = person_of_mail(db, row.mail, lang)
    token = sessions.begin(db, actor, person, way="mail", user_agent=user_agent, strong=True)
    return Attempt(token=token, person_public_id=person.public_id, then=row.then, new_person=new)


def person_of_mail(db: Session, mail: str, lang: str = i18n.DEFAULT) -> tuple[Person, bool]:
    """The person of a checked address, and whether it was made just now (with a friendly name of ours to begin with)."""
    if found := db.exec(select(Person).where(Person.mail == mail)).first():
        return found, False
    name = i18n.t("people.first_name", lang, number=f"{secrets.randbelow(10_000):04d}")
    made = Person(mail=mail, name=name, created_at=clock.now())
    try:
        with db.begin_nested():
            db.add(made)
            db.flush()
    except IntegrityError:  # two browsers at the same moment: the other one made it
        return db.exec(select(Person).where(Person.mail == mail)).one(), False
    return made, True


def sign_out(db: Session, actor: Actor, *, token: str) -> SignedOut:
    """End the session of this token, whoever shows it; one that has ended already is no error."""
    ended = db.exec(delete(SignedIn).where(col(SignedIn.token_hash) == session.hashed(str(token)[:200]))).rowcount
    return SignedOut(ended=bool(ended))
