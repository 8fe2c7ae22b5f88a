"""A person's ways in: mail, passkeys, accounts at other programs. How they change, who is told, and that the last one stays.

What lets somebody in, or locks somebody out, is changed only in a session that is fresh (``sessions.demand_fresh``), and its
person is told each time, by a notice and by mail: a phone that was picked up open must not silently become a stolen account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import i18n, urls
from tamemap.db import IntegrityError
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import check_text, reference
from tamemap.errors import Conflict, NotFound
from tamemap.gateways import oidc
from tamemap.models import Identity, Passkey, Person
from tamemap.queries.ways import Ways, ways_of
from tamemap.services import notices, outbox, sessions

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

PASSKEY_NAME = 40
HERE = "/me/ways"


def rename_passkey(db: Session, actor: Actor, *, public_id: str, name: str) -> Ways:
    """Call one of the actor's passkeys by another name (1 to 40 signs).

    Raises Unauthenticated, NotFound ``way_unknown``, Invalid at ``name`` (``text_empty``, ``text_too_long``).
    """
    person = _locked(db, demand_self(actor))
    row = _passkey(db, person, public_id)
    row.name = check_text(name, field="name", limit=PASSKEY_NAME)
    db.add(row)
    db.flush()
    return ways_of(db, person)


def remove_passkey(db: Session, actor: Actor, *, public_id: str) -> Ways:
    """Take one of the actor's passkeys away; the device may still show it, but it opens nothing.

    Raises Unauthenticated (``sign_in_first``, ``ways_need_proof``, ``desk_needs_proof``), NotFound ``way_unknown``, Conflict
    ``way_is_last``.
    """
    person = _locked(db, demand_self(actor))
    sessions.demand_fresh(db, actor)
    row = _passkey(db, person, public_id)
    _demand_another(db, person)
    db.delete(row)
    db.flush()
    tell(db, person, "way_passkey_removed", name=row.name)
    return ways_of(db, person)


def remove_identity(db: Session, actor: Actor, *, public_id: str) -> Ways:
    """Take an account at another program away from the actor's ways in. Raises as ``remove_passkey``."""
    person = _locked(db, demand_self(actor))
    sessions.demand_fresh(db, actor)
    wanted = Identity.public_id == reference(public_id), Identity.person_id == person.id
    row = db.exec(select(Identity).where(*wanted)).first()
    if row is None:
        raise NotFound("way_unknown")
    # one that does not work any more can always go
    if any(one.works for one in ways_of(db, person).identities if one.public_id == row.public_id):
        _demand_another(db, person)
    db.delete(row)
    db.flush()
    tell(db, person, "way_identity_removed", provider=row.provider)
    return ways_of(db, person)


def _locked(db: Session, person_id: int) -> Person:
    """The person, so that two who take away the last two ways wait for each other."""
    return db.exec(select(Person).where(Person.id == person_id).with_for_update()).one()


def _passkey(db: Session, person: Person, public_id: str) -> Passkey:
    row = db.exec(select(Passkey).where(Passkey.public_id == reference(public_id), Passkey.person_id == person.id)).first()
    if row is None:
        raise NotFound("way_unknown")
    return row


def _demand_another(db: Session, person: Person) -> None:
    if ways_of(db, person).working < 2:
        raise Conflict("way_is_last")


def take_mail(db: Session, *, person_id: int, mail: str) -> int | None:
    """Make this proved address the person's, and tell the old one; the id of the other person, unchanged, when it is theirs.

    For services that have asked already.
    """
    other = db.exec(select(Person.id).where(Person.mail == mail, col(Person.id) != person_id)).first()
    if other is not None:
        return other
    person = _locked(db, person_id)
    old = person.mail or ""
    try:
        with db.begin_nested():
            person.mail = mail
            db.add(person)
            db.flush()
    except IntegrityError:  # somebody came in with it at this moment
        db.refresh(person)
        return db.exec(select(Person.id).where(Person.mail == mail)).one()
    if old != mail:
        tell(db, person, "way_mail_changed" if old else "way_mail_added", also_to=old)
    return None


def tell(db: Session, person: Person, code: str, *, also_to: str = "", **params: str) -> None:
    """Tell a person that their ways in have changed, within the caller's transaction: a notice, and a mail.

    ``code``: ``way_mail_added``, ``way_mail_changed``, ``way_passkey_added`` and ``way_passkey_removed`` (``name``),
    ``way_identity_added`` and ``way_identity_removed`` (``provider``), ``way_merged``. ``also_to``: an address that was the
    person's until now.
    """
    if provider := params.get("provider"):
        params["provider"] = oidc.label_of(provider)
    notices.tell(db, person_id=person.id, code=code, params=params, url=HERE)
    text = i18n.t(
        "mail.way.text",
        name=person.name,
        words=i18n.t(f"notices.{code}", **params),
        devices=urls.absolute("/me/devices"),
        link=urls.absolute(HERE),
    )
    for address in dict.fromkeys(one for one in (person.mail, also_to) if one):
        outbox.put(db, "mail", {"to": address, "subject": i18n.t("mail.way.subject"), "text": text})
