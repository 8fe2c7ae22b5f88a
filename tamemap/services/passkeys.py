"""Passkeys (W3C Web Authentication Level 3): made once on a device, then one touch instead of typing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import webauthn
from sqlmodel import col, select
from webauthn.helpers import bytes_to_base64url, generate_challenge, parse_client_data_json
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tamemap import clock, i18n
from tamemap.config import settings
from tamemap.db import IntegrityError
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import tidied
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound
from tamemap.gateways import limits
from tamemap.models import Passkey, Person
from tamemap.services import handshakes, sessions, ways

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

    T = TypeVar("T")

log = logging.getLogger(__name__)

NEW, USE = "passkey_new", "passkey"
LIFE = timedelta(minutes=5)
MOST = 20
# in base64url; section 4 of the standard ends credential ids at 1023 bytes
ID_MOST = 1364
# answers that are checked for one household in an hour; a town hall or a school stands behind one address
PER_CLIENT = 200


@dataclass(frozen=True, slots=True)
class Added:
    """A passkey that was just made, and the name by which its owner will know it."""

    public_id: str
    name: str


def new_options(db: Session, actor: Actor, *, browser_key: str, lang: str = i18n.DEFAULT) -> dict[str, Any]:
    """What ``navigator.credentials.create`` needs, as JSON (PublicKeyCredentialCreationOptionsJSON), good for five minutes.

    Raises Unauthenticated (``sign_in_first``, ``ways_need_proof``, ``desk_needs_proof``), Forbidden for a program, Invalid
    ``passkey_too_many``, and as ``handshakes.begin``.
    """
    person_id = demand_self(actor)
    sessions.demand_fresh(db, actor)
    own = _own(db, person_id)
    if len(own) >= MOST:
        raise Invalid("passkey_too_many", limit=MOST)
    challenge = _begin(db, actor, kind=NEW, purpose="add", browser_key=browser_key)
    made = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=i18n.t("shell.brand", lang),
        # the handle is kept in the authenticator, and no secret there: random letters, no address
        user_id=actor.public_id.encode(),
        user_name=actor.name or actor.public_id,
        challenge=challenge,
        timeout=_milliseconds(),
        # discoverable, so that nobody has to type who they are; "preferred" each time, since a key without a screen lock or a
        # PIN is still better than none: what only a verified person may do asks for it by itself (see ``enter``)
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=own,
    )
    return options_to_json_dict(made)


def add(
    db: Session,
    actor: Actor,
    *,
    credential: Any,
    browser_key: str,
    user_agent: str = "",
    name: str = "",
    lang: str = i18n.DEFAULT,
) -> Added:
    """Keep the passkey that the browser has just made (RegistrationResponseJSON). Without a ``name`` it gets the device's.

    Its person is told, also by mail. Raises as ``new_options``, Invalid (``handshake_over``, ``passkey_refused``), Conflict
    ``passkey_known``, TooMany.
    """
    person_id = demand_self(actor)
    sessions.demand_shown(db, actor)
    _count(actor)
    challenge = _challenge_of(credential)
    handshakes.take(db, actor, kind=NEW, key=bytes_to_base64url(challenge), browser_key=browser_key)
    found = _checked(
        webauthn.verify_registration_response,
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=_host(),
        expected_origin=_origin(),
    )
    transports = credential["response"].get("transports")
    row = Passkey(
        person_id=person_id,
        credential_id=bytes_to_base64url(found.credential_id),
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        name=tidied(name)[: ways.PASSKEY_NAME] or _named(user_agent, lang),
        transports=[one.value for one in AuthenticatorTransport if isinstance(transports, list) and one.value in transports],
        created_at=clock.now(),
    )
    if len(row.credential_id) > ID_MOST:
        raise Invalid("passkey_refused")
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError:
        raise Conflict("passkey_known") from None
    ways.tell(db, db.get_one(Person, person_id), "way_passkey_added", name=row.name)
    return Added(row.public_id, row.name)


def options(db: Session, actor: Actor, *, browser_key: str, purpose: str = "sign_in", then: str = "") -> dict[str, Any]:
    """What ``navigator.credentials.get`` needs, as JSON (PublicKeyCredentialRequestOptionsJSON), good for five minutes.

    ``purpose``: ``sign_in``, by whichever passkey the browser finds; or ``again``, by one of the signed-in person's own. ``then``
    is where ``enter`` will lead. Raises Invalid ``request_wrong``, Unauthenticated, NotFound ``passkey_none``, and as
    ``handshakes.begin``.
    """
    own: list[PublicKeyCredentialDescriptor] = []
    if purpose == "again":
        own = _own(db, demand_self(actor))
        if not own:
            raise NotFound("passkey_none")
    elif purpose != "sign_in":
        raise Invalid.at("purpose", "request_wrong")
    verification = UserVerificationRequirement.REQUIRED if own else UserVerificationRequirement.PREFERRED
    made = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=_begin(db, actor, kind=USE, purpose=purpose, browser_key=browser_key, then=then),
        timeout=_milliseconds(),
        allow_credentials=own,
        user_verification=verification,
    )
    return options_to_json_dict(made)


def enter(db: Session, actor: Actor, *, credential: Any, browser_key: str, user_agent: str = "") -> sessions.Entered:
    """Sign in, or show once more who one is, with a passkey's answer (AuthenticationResponseJSON): a new session either way.

    It opens the desk when the authenticator has verified its owner (fingerprint, face, screen lock); the purpose ``again`` wants
    that. Raises Invalid (``handshake_over``, ``passkey_refused``, ``passkey_needs_lock``, ``passkey_copied``), NotFound
    ``passkey_unknown``, Forbidden ``passkey_not_yours``, TooMany. A refused answer leaves everything as it was.
    """
    _count(actor)
    challenge = _challenge_of(credential)
    taken = handshakes.take(db, actor, kind=USE, key=bytes_to_base64url(challenge), browser_key=browser_key)
    row, person = _known(db, credential)
    if taken.purpose == "again" and row.person_id != actor.person_id:
        raise Forbidden("passkey_not_yours")
    # the user handle is not compared: after two accounts became one, a passkey still holds the handle of the other
    found = _checked(
        webauthn.verify_authentication_response,
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=_host(),
        expected_origin=_origin(),
        credential_public_key=row.public_key,
        credential_current_sign_count=0,  # looked at below, where it has words of its own
    )
    if taken.purpose == "again" and not found.user_verified:
        raise Invalid("passkey_needs_lock")
    # section 7.2, step 22: passkeys that are kept in sync between devices do not count, and say 0 for ever
    if (found.new_sign_count or row.sign_count) and found.new_sign_count <= row.sign_count:
        log.warning("the count of passkey %s went back", row.public_id)
        raise Invalid("passkey_copied")
    row.sign_count, row.used_at = found.new_sign_count, clock.now()
    db.add(row)
    token = sessions.begin(db, actor, person, way="passkey", user_agent=user_agent, strong=found.user_verified)
    return sessions.Entered(token=token, then=taken.then, person_public_id=person.public_id)


def _begin(db: Session, actor: Actor, *, kind: str, purpose: str, browser_key: str, then: str = "") -> bytes:
    challenge = generate_challenge()
    key = bytes_to_base64url(challenge)
    handshakes.begin(db, actor, kind=kind, key=key, browser_key=browser_key, purpose=purpose, then=then, life=LIFE)
    return challenge


def _own(db: Session, person_id: int) -> list[PublicKeyCredentialDescriptor]:
    rows = db.exec(select(Passkey).where(Passkey.person_id == person_id).order_by(col(Passkey.id)))
    return [
        PublicKeyCredentialDescriptor(
            id=webauthn.base64url_to_bytes(row.credential_id),
            transports=[AuthenticatorTransport(one) for one in row.transports] or None,
        )
        for row in rows
    ]


def _known(db: Session, credential: Any) -> tuple[Passkey, Person]:
    key = credential.get("id")
    found = db.exec(
        select(Passkey, Person)
        .join(Person, col(Person.id) == Passkey.person_id)
        .where(Passkey.credential_id == (key[:ID_MOST] if isinstance(key, str) else ""), col(Person.left_at).is_(None))
        .with_for_update(of=Passkey)  # type: ignore[call-overload]  # a mapped class is as good as its table
    ).first()
    if found is None:
        raise NotFound("passkey_unknown")
    return found


def _count(actor: Actor) -> None:
    limits.demand("passkey", actor.client, amount=PER_CLIENT, seconds=3600, code="too_often")


def _challenge_of(credential: Any) -> bytes:
    """The challenge that an answer says it answers; the handshake then knows whether it was ours."""
    if not isinstance(credential, dict) or not isinstance(credential.get("response"), dict):
        raise Invalid.at("credential", "passkey_refused")
    sent = credential["response"].get("clientDataJSON")
    if not isinstance(sent, str):
        raise Invalid.at("credential", "passkey_refused")
    return _checked(lambda: parse_client_data_json(webauthn.base64url_to_bytes(sent)).challenge)


def _checked(check: Callable[..., T], **given: Any) -> T:
    """Have the library read or check an answer. Raises Invalid ``passkey_refused``, whatever it does not like."""
    try:
        return check(**given)
    except Exception as error:  # bytes of strangers: what is broken inside them raises errors of many kinds
        # without the message: it may hold what was sent
        log.info("a passkey was refused: %s", type(error).__name__)
        raise Invalid("passkey_refused") from None


def _named(user_agent: str, lang: str) -> str:
    label = sessions.device(user_agent)
    return i18n.t("passkey.named", lang, device=label) if label else i18n.t("passkey.unnamed", lang)


def _host() -> str:
    """The relying party's id: the host of our public address, as browsers write it (lower case, Punycode)."""
    return (urlsplit(settings().origin).hostname or "").encode("idna").decode()


def _origin() -> str:
    """The one origin that may answer: our public address, as browsers write it (without the port that goes without saying)."""
    parts = urlsplit(settings().origin)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return f"{parts.scheme}://{_host()}{port}"


def _milliseconds() -> int:
    return int(LIFE.total_seconds() * 1000)
