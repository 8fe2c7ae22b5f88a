"""Everybody who tries every door: the columns of ``docs/permissions.md`` as browsers and programs, and who else there is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap import clock, db, session
from tamemap.domain.actors import Actor
from tamemap.models import AccessToken, Group, GroupMember, Person, Region, Role
from tests import factories
from tests.factories import HITOYOSHI, NISHIKI
from tests.web.browsers import browser, signed_in

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.testclient import TestClient

CLUB = "odori"
KEYS = {"guest": "the-key-of-a-guest", "guest who posted": "the-key-of-the-guest-who-posted"}
DAYS = timedelta(days=30)


@dataclass
class Caller:
    """Somebody at a door: as ``actor`` the table of permissions is asked about them, with ``client`` they try.

    ``role`` is what they are in the thing's group; ``program`` says that they show a token, which only the API takes.
    """

    name: str
    actor: Actor
    client: TestClient = field(repr=False)
    role: str = ""
    program: bool = False

    def standing(self, group_id: int | None, *, api: bool) -> Actor:
        """The actor, as a member of that group; a program is nobody where tokens do not count."""
        if self.program and not api:
            return Actor()
        if self.program or not self.role or group_id is None:
            return self.actor
        mine = frozenset({group_id})
        return replace(self.actor, groups=mine, owns=mine if self.role == "owner" else frozenset())


def club(tx: Session, slug: str, *, state: str = "active") -> Group:
    """A group of 人吉市 with Gin as owner and Eda as editor; one that is only asked for has no members yet."""
    row = Group(slug=slug, name=f"団体{slug}", municipality_code=HITOYOSHI, state=state, asked_at=clock.now())
    row.asked_by = named(tx, "Gin").id
    tx.add(row)
    tx.flush()
    for name, role in (("Gin", "owner"), ("Eda", "editor")) if state == "active" else ():
        tx.add(GroupMember(group_id=row.id, person_id=named(tx, name).id, role=role, since=clock.now()))
    tx.flush()
    return row


def named(tx: Session, name: str) -> Person:
    """The person of that name."""
    return tx.exec(select(Person).where(Person.name == name)).one()


def callers(world) -> dict[str, Caller]:
    """Everybody, signed in and with their tokens."""
    with db.transaction(write=True) as tx:
        rokko = tx.exec(select(Region).where(Region.slug == "rokko")).one()
        people = {
            "resident": factories.person(tx, "Rin", residence=HITOYOSHI),
            "proven": _proven(tx, "Sora", HITOYOSHI),
            "proven elsewhere": _proven(tx, "Nao", NISHIKI),
            "editor": factories.person(tx, "Eda"),
            "owner": factories.person(tx, "Gin"),
            "curator": _curator(tx, "Kei"),
            "far operator": factories.person(tx, "Hiro", operator=rokko.id),
            "operator of all": _operator_of_all(tx, "Iku"),
        }
        people |= {"member": world.chie, "author": factories.person(tx, "Yui"), "lead": world.ben, "next lead": world.fumi,
                   "operator": world.emi}  # fmt: skip
        group = club(tx, CLUB)
        tokens = dict(_tokens(tx, people["owner"], people["lead"], group))
    found = {name: Caller(name, actor, browser(actor)) for name, actor in people.items()}
    found["owner"].role, found["editor"].role = "owner", "editor"
    found["waiting staff"] = _waiting(world.ben)
    found |= {name: _guest(name) for name in KEYS}
    return found | tokens


def _proven(tx: Session, name: str, code: str) -> Actor:
    person = tx.get_one(Person, factories.person(tx, name).person_id)
    person.residence_code, person.proved_code, person.proved_at = code, code, clock.now() - DAYS
    tx.add(person)
    tx.flush()
    return factories.actor_of_person(tx, person)


def _curator(tx: Session, name: str) -> Actor:
    actor = factories.person(tx, name, staff=HITOYOSHI)
    role = tx.exec(select(Role).where(Role.person_id == actor.person_id)).one()
    role.level = "curator"
    tx.add(role)
    return replace(actor, leads=frozenset())


def _operator_of_all(tx: Session, name: str) -> Actor:
    actor = factories.person(tx, name)
    tx.add(Role(person_id=actor.person_id, role="operator", granted_at=clock.now()))
    return replace(actor, operator_of_all=True)


def _waiting(lead: Actor) -> Caller:
    client = browser()
    client.cookies.set(session.COOKIE, signed_in(lead, strong=False))
    nobody = frozenset()
    return Caller("waiting staff", replace(lead, staff_of=nobody, leads=nobody, waiting=True), client)


def _guest(name: str) -> Caller:
    client = browser()
    client.cookies.set(session.GUEST_COOKIE, KEYS[name])
    return Caller(name, Actor(guest_hash=session.hashed(KEYS[name])), client)


def _tokens(tx: Session, owner: Actor, lead: Actor, group: Group):
    for scopes in ("", "flyers", "boards", "desk"):
        if scopes != "desk":
            actor = Actor(person_id=owner.person_id, groups=frozenset({group.id or 0}))
            yield _token(tx, f"group's program: {scopes}", actor, scopes, group_id=group.id)
        actor = Actor(person_id=lead.person_id, staff_of=frozenset({HITOYOSHI}))
        yield _token(tx, f"town's program: {scopes}", actor, scopes, municipality_code=HITOYOSHI)


def _token(tx: Session, name: str, actor: Actor, scopes: str, **place: object) -> tuple[str, Caller]:
    text = session.new_token()
    # used later than now, so that using it writes nothing down
    row = AccessToken(token_hash=session.hashed(text), name=name, person_id=actor.person_id, scopes=scopes,
                      created_at=clock.now(), used_at=clock.now() + DAYS, expires_at=clock.now() + DAYS, **place)  # fmt: skip
    tx.add(row)
    tx.flush()
    program = replace(actor, scopes=frozenset(scopes.split()), token_id=row.id)
    return name, Caller(name, program, browser(authorization=f"Bearer {text}"), program=True)
