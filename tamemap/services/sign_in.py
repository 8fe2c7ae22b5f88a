"""Signing in by mail, adding an address as a way in, and showing once more who one is: all by a code in a mail."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from email_validator import EmailNotValidError, validate_email
from sqlmodel import col, delete, select

from tamemap import clock, i18n, session
from tamemap.db import IntegrityError
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import tidied
from tamemap.errors import Conflict, Invalid
from tamemap.models import Person, SignedIn
from tamemap.services import mail_codes, merging, sessions, ways
from tamemap.services.mail_codes import CODE_LIFE, TRIES, Asked, is_known, known_mark
from tamemap.services.sessions import Entered

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import SignInCode

__all__ = ["CODE_LIFE", "TRIES", "Asked"]


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


def ask(
    db: Session, actor: Actor, *, mail: str, browser_key: str, then: str = "", lang: str = i18n.DEFAULT, known: str = ""
) -> Asked:
    """Send a code and a link to this address, good for fifteen minutes in the browser that holds ``browser_key``.

    ``then`` is a path of ours to go on to; any other address is forgotten. ``known``: the marks of earlier sign-ins that the
    browser holds. Nothing here looks whether the address is anybody's. Raises Invalid (``mail_missing``, ``mail_wrong``,
    ``browser_key_missing``) and TooMany ``sign_in_too_many``, see ``services.mail_codes``.
    """
    address = checked_mail(mail)
    before = actor.mail == address or is_known(address, browser_key, known)
    return mail_codes.send(
        db, actor, purpose="sign_in", mail=address, browser_key=browser_key, known=before, then=then, lang=lang
    )


def with_code(
    db: Session,
    actor: Actor,
    *,
    mail: str,
    code: str,
    browser_key: str,
    user_agent: str = "",
    lang: str = i18n.DEFAULT,
    known: str = "",
) -> Entered:
    """Sign in with the code from the mail, in the browser that asked.

    The problem ``sign_in_code_wrong`` is answered, not raised, because the wrong try must be kept. Raises Invalid for what is
    no address, TooMany ``sign_in_tries_over``.
    """
    address = checked_mail(mail)
    before = actor.mail == address or is_known(address, browser_key, known)
    checked = mail_codes.check(db, actor, purpose="sign_in", mail=address, code=code, browser_key=browser_key, known=before)
    if checked.row is None:
        return Entered(problem="sign_in_code_wrong", tries_left=checked.tries_left)
    return _sign_in(db, actor, checked.row, browser_key=browser_key, user_agent=user_agent, lang=lang)


def with_link(
    db: Session, actor: Actor, *, token: str, browser_key: str, user_agent: str = "", lang: str = i18n.DEFAULT
) -> Entered:
    """Sign in with the link from the mail. In another browser it is refused and not used up: mail programs open links too.

    Problems, answered: ``sign_in_link_over``, ``sign_in_other_browser`` (the code can be typed where it was asked for).
    """
    row = mail_codes.by_link(db, token)
    if row is None:
        return Entered(problem="sign_in_link_over")
    if not session.same(row.browser_hash, session.hashed(browser_key)):
        return Entered(problem="sign_in_other_browser", tries_left=TRIES - row.tries)
    mail_codes.use_up(db, row)
    return _sign_in(db, actor, row, browser_key=browser_key, user_agent=user_agent, lang=lang)


def _sign_in(db: Session, actor: Actor, row: SignInCode, *, browser_key: str, user_agent: str, lang: str) -> Entered:
    person, new = person_of_mail(db, row.mail, lang)
    token = sessions.begin(db, actor, person, way="mail", user_agent=user_agent, strong=True)
    return Entered(
        token=token, person_public_id=person.public_id, then=row.then, new_person=new, known=known_mark(row.mail, browser_key)
    )


def ask_again(db: Session, actor: Actor, *, browser_key: str, lang: str = i18n.DEFAULT) -> Asked:
    """Send the signed-in person a code to their own address, by which they show once more who they are.

    Raises Unauthenticated, Conflict ``again_no_mail`` (another way in must do), TooMany ``sign_in_too_many``.
    """
    demand_self(actor)
    if not actor.mail:
        raise Conflict("again_no_mail")
    return mail_codes.send(db, actor, purpose="again", mail=actor.mail, browser_key=browser_key, known=True, lang=lang)


def again_with_code(db: Session, actor: Actor, *, code: str, browser_key: str, user_agent: str = "") -> Entered:
    """The code of ``ask_again``: a new strong session in place of the present one (``token`` for the cookie).

    The problem ``sign_in_code_wrong`` (with ``tries_left``) is answered, not raised, because the wrong try must be kept: look
    at ``problem`` first. Raises Unauthenticated, TooMany ``sign_in_tries_over``.
    """
    person = db.get_one(Person, demand_self(actor))
    checked = mail_codes.check(db, actor, purpose="again", mail=actor.mail, code=code, browser_key=browser_key, known=True)
    if checked.row is None:
        return Entered(problem="sign_in_code_wrong", tries_left=checked.tries_left)
    token = sessions.begin(db, actor, person, way="mail", user_agent=user_agent, strong=True)
    return Entered(token=token, person_public_id=person.public_id, known=known_mark(actor.mail, browser_key))


def ask_to_add(db: Session, actor: Actor, *, mail: str, browser_key: str, lang: str = i18n.DEFAULT) -> Asked:
    """Send a code to an address that the signed-in person wants to come in by, in place of the one they had.

    Raises Unauthenticated (``sign_in_first``, ``ways_need_proof``), Invalid at ``mail`` (``mail_missing``, ``mail_wrong``,
    ``mail_is_yours``), TooMany ``sign_in_too_many``.
    """
    demand_self(actor)
    sessions.demand_fresh(db, actor)
    address = checked_mail(mail)
    if address == actor.mail:
        raise Invalid.at("mail", "mail_is_yours")
    return mail_codes.send(db, actor, purpose="add", mail=address, browser_key=browser_key, lang=lang)


def add_with_code(db: Session, actor: Actor, *, mail: str, code: str, browser_key: str) -> Entered:
    """The code of ``ask_to_add``: from now on this is the person's address; the old one is told.

    Of another account's address it is the proof: ``merge`` is the key for ``/me/merge`` then, and nothing has changed yet. The
    problem ``sign_in_code_wrong`` is answered as in ``again_with_code``. Raises Unauthenticated, Invalid, TooMany.
    """
    person_id = demand_self(actor)
    address = checked_mail(mail)
    checked = mail_codes.check(db, actor, purpose="add", mail=address, code=code, browser_key=browser_key)
    if checked.row is None:
        return Entered(problem="sign_in_code_wrong", tries_left=checked.tries_left)
    other_id = ways.take_mail(db, person_id=person_id, mail=address)
    if other_id is not None:
        return Entered(merge=merging.offer(db, actor, other_id=other_id, browser_key=browser_key, strong=True))
    return Entered(person_public_id=actor.public_id, known=known_mark(address, browser_key))


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
