"""What every verb of the table of permissions is done to: made anew for each try."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlmodel import select

from tamemap import clock, session
from tamemap.config import settings
from tamemap.domain.actors import SYSTEM, Actor, Ground
from tamemap.domain.permissions import PROVABLE
from tamemap.gateways.storage import storage_from
from tamemap.models import (
    AccessToken,
    CaseDecision,
    Flyer,
    GroupMember,
    Invitation,
    Map,
    Objection,
    Picture,
    Poll,
    PollOption,
    ResidenceCodeBatch,
    Role,
    Topic,
)
from tamemap.models.board import Post
from tamemap.queries.grounds import ground_of_map
from tamemap.services import case_files, cases, decisions, residence_codes
from tamemap.services.authority import record
from tamemap.services.placing import move
from tests import factories
from tests.factories import HITOYOSHI
from tests.gateways.photos import encoded, sheet
from tests.web.matrix_cast import DAYS, KEYS, Caller, club, named

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session


SMALL = encoded(sheet(40, 56), "PNG")


@dataclass
class Thing:
    """What something is done to: its ground, whose it is (names of callers), its group, and what a request needs to know."""

    ground: Ground
    authors: frozenset[str] = frozenset()
    group_id: int | None = None
    known: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return self.known[name]


def map_of(tx: Session, slug: str = "hitoyoshi", *, strict: bool = False) -> Map:
    """A map as at first, or one that asks for proof wherever it can."""
    row = tx.exec(select(Map).where(Map.slug == slug)).one()
    row.guests_may_post, row.hold_guests, row.proof_for = True, True, " ".join(PROVABLE) if strict else ""
    tx.add(row)
    tx.flush()
    return row


def ground(*, strict: bool = False) -> Callable[[Session, Caller], Thing]:
    """Nothing but the town, with a picture in case that it is needed."""

    def make(tx: Session, caller: Caller) -> Thing:
        return Thing(ground_of_map(map_of(tx, strict=strict)), known={"photo": _photo(tx, caller.actor)})

    return make


def in_groups_name(tx: Session, caller: Caller) -> Thing:
    """The town, and the club that speaks."""
    from_town = ground()(tx, caller)
    from_town.group_id = _club_id(tx)
    return from_town


def _club_id(tx: Session) -> int | None:
    member = tx.exec(select(GroupMember).where(GroupMember.person_id == named(tx, "Gin").id).order_by(GroupMember.id)).first()
    return member.group_id if member else None


def _photo(tx: Session, actor: Actor) -> str:
    return factories.waiting_picture(tx, actor).public_id


def flyer_of(whose: str, *, down: bool = False, outside: bool = False) -> Callable[[Session, Caller], Thing]:
    """A flyer of the author, of the guest who posted, or in the club's name (posted by its owner)."""

    def make(tx: Session, caller: Caller) -> Thing:
        here = map_of(tx)
        row = Flyer(municipality_code=HITOYOSHI, title="秋の市", category="market", lat=here.lat, lng=here.lng,
                    phone="0966-00-0000", hidden_outside=["phone"], created_at=clock.now(), updated_at=clock.now())  # fmt: skip
        if whose == "guest who posted":
            row.guest_hash = session.hashed(KEYS[whose])
        else:
            row.poster_id = named(tx, {"author": "Yui", "owner": "Gin"}[whose]).id
        row.group_id = _club_id(tx) if whose == "owner" else None
        tx.add(row)
        tx.flush()
        picture = tx.get_one(Picture, factories.waiting_picture(tx, caller.actor).id)
        picture.flyer_id, picture.original = row.id, storage_from(settings()).put(SMALL, ".png", private=True)
        tx.add(picture)
        move(tx, SYSTEM, row, here, "up")
        if outside:
            move(tx, SYSTEM, row, map_of(tx, "hitoyoshi-kuma"), "up")
        if down:
            decisions.decide(tx, SYSTEM, public_id=row.public_id, decision="recall", reason="下見")
        return Thing(ground_of_map(here), frozenset({whose}), row.group_id, {"id": row.public_id, "picture": picture.public_id})

    return make


FLYERS = {whose: flyer_of(whose) for whose in ("author", "guest who posted", "owner")}


def board(
    writers: str = "members", *, regional: bool = False, strict: bool = False, kind: str = "talk", poll: bool = False
) -> Callable[[Session, Caller], Thing]:
    """A board with a topic and a post of the author, by rows: nobody is told to rest."""

    def make(tx: Session, _: Caller) -> Thing:
        here = map_of(tx, "hitoyoshi-kuma" if regional else "hitoyoshi", strict=strict and not regional)
        row = factories.board(tx, f"{here.slug}-hiroba")
        row.writers = writers
        author, now = named(tx, "Yui").id, clock.now()
        topic = Topic(board_id=row.id, title="はなし", kind=kind, author_id=author, posts_count=1, created_at=now,
                      last_post_at=now)  # fmt: skip
        tx.add_all([row, topic])
        tx.flush()
        post = Post(topic_id=topic.id, author_id=author, body="はじめ", html="<p>はじめ</p>", created_at=now)
        tx.add(post)
        tx.flush()
        if poll:
            _poll(tx, topic)
        known = {"board": row.slug, "topic": topic.public_id, "post": post.public_id}
        return Thing(ground_of_map(here), frozenset({"author"}), None, known)

    return make


def _poll(tx: Session, topic: Topic) -> None:
    row = Poll(topic_id=topic.id or 0, question="どれ", created_at=clock.now())
    tx.add(row)
    tx.flush()
    tx.add_all([PollOption(poll_id=row.id or 0, position=at, words=one) for at, one in enumerate(("川", "山"))])
    tx.flush()


def open_town(tx: Session, caller: Caller) -> Thing:
    """The town, with its boards open to writing by day and by night."""
    here = map_of(tx)
    here.writing_closed_at, here.writing_closed_words, here.night_from, here.night_to = None, "", "", ""
    return ground()(tx, caller)


def closed_topic(tx: Session, caller: Caller) -> Thing:
    """A topic that its author has closed."""
    return _topic(tx, caller, closed_at=clock.now())


def removed_topic(tx: Session, caller: Caller) -> Thing:
    """A topic that staff have just taken away."""
    return _topic(tx, caller, deleted_at=clock.now())


def _topic(tx: Session, caller: Caller, **changed: Any) -> Thing:
    made = board()(tx, caller)
    row = tx.exec(select(Topic).where(Topic.public_id == made.known["topic"])).one()
    for name, value in changed.items():
        setattr(row, name, value)
    tx.add(row)
    tx.flush()
    return made


def group_board(tx: Session, caller: Caller) -> Thing:
    """A board on which the club speaks."""
    made = board()(tx, caller)
    made.group_id, made.authors = _club_id(tx), frozenset()
    return made


def held_topic(tx: Session, caller: Caller) -> Thing:
    """A topic of the author's that waits for staff."""
    made = board()(tx, caller)
    row = tx.exec(select(Topic).where(Topic.public_id == made.topic)).one()
    row.held_at = clock.now()
    tx.add(row)
    return made


def case_of(state: str = "open") -> Callable[[Session, Caller], Thing]:
    """A case about a post of the author's: open, decided by the installation, or objected to besides."""

    def make(tx: Session, caller: Caller) -> Thing:
        made = board()(tx, caller)
        topic = tx.exec(select(Topic).where(Topic.public_id == made.topic)).one()
        topic.title = secrets.token_hex(6)
        # a guest's network may report ten times an hour: the case is opened as a report would
        row = case_files.opened(tx, thing="post", thing_id=made.post, ground=made.ground, at=clock.now())
        made.known |= {"case": row.public_id, "name": topic.title}
        tx.add_all([topic, row])
        if state != "open":
            done = cases.decide(tx, SYSTEM, public_ids=(row.public_id,), decision="hold", rule="off_topic")
            made.known |= {"made": done.done[0][1]}
        if state == "objected":
            decision = tx.exec(select(CaseDecision).where(CaseDecision.public_id == made.made)).one()
            tx.add(Objection(decision_id=decision.id, person_id=row.author_id, words="いいえ", made_at=clock.now()))
        tx.flush()
        return made

    return make


BOARDS = {"town": board(), "region": board(regional=True), "strict": board(strict=True)}


def group(state: str = "active") -> Callable[[Session, Caller], Thing]:
    """A group of its own, with one more editor, Mio."""

    def make(tx: Session, _: Caller) -> Thing:
        row = club(tx, f"g{secrets.token_hex(6)}", state=state)
        mio = factories.person(tx, f"Mio{secrets.token_hex(4)}")
        tx.add(GroupMember(group_id=row.id, person_id=mio.person_id, role="editor", since=clock.now()))
        known = {"slug": row.slug, "mio": mio.public_id, "name": mio.name}
        return Thing(ground_of_map(map_of(tx)), frozenset(), row.id, known)

    return make


def curator(tx: Session, _: Caller) -> Thing:
    """Somebody new in the staff of the town."""
    lou = factories.person(tx, f"Lou{secrets.token_hex(4)}", staff=HITOYOSHI)
    role = tx.exec(select(Role).where(Role.person_id == lou.person_id)).one()
    role.level = "curator"
    tx.add(role)
    return Thing(ground_of_map(map_of(tx)), known={"person": lou.public_id, "name": lou.name})


def batch(tx: Session, _: Caller) -> Thing:
    """A batch of one printed code."""
    made = residence_codes.make(tx, SYSTEM, municipality_code=HITOYOSHI, kind="household", name=secrets.token_hex(4), amount=1,
                                uses_each=1, ends_on=clock.today().isoformat())  # fmt: skip
    assert tx.exec(select(ResidenceCodeBatch).where(ResidenceCodeBatch.public_id == made.public_id)).one()
    return Thing(ground_of_map(map_of(tx)), known={"batch": made.public_id, "name": made.public_id})


def key_of(place: str) -> Callable[[Session, Caller], Thing]:
    """A key of a program, of the town or of a group."""

    def make(tx: Session, caller: Caller) -> Thing:
        made = group()(tx, caller) if place == "group" else curator(tx, caller)
        where = {"group_id": made.group_id} if place == "group" else {"municipality_code": HITOYOSHI}
        row = AccessToken(token_hash=secrets.token_hex(20), name=secrets.token_hex(6), person_id=named(tx, "Ben").id,
                          scopes="flyers", created_at=clock.now(), expires_at=clock.now() + DAYS, **where)  # fmt: skip
        tx.add(row)
        tx.flush()
        made.known |= {"token": row.public_id, "name": row.name}
        return made

    return make


def invited(place: str) -> Callable[[Session, Caller], Thing]:
    """An invitation that waits, into the town's staff or into a group."""

    def make(tx: Session, caller: Caller) -> Thing:
        made = group()(tx, caller) if place == "group" else curator(tx, caller)
        where = {"group_id": made.group_id} if place == "group" else {"municipality_codes": HITOYOSHI}
        role = "editor" if place == "group" else "curator"
        row = Invitation(token_hash=secrets.token_hex(20), mail="lou@example.jp", role=role,
                         created_at=clock.now(), expires_at=clock.now() + DAYS, **where)  # fmt: skip
        tx.add(row)
        tx.flush()
        made.known |= {"invitation": row.public_id}
        return made

    return make


def deed(tx: Session, caller: Caller) -> Thing:
    """A deed in the trail, about a flyer that can be told from all others."""
    made = flyer_of("author")(tx, caller)
    row = tx.exec(select(Flyer).where(Flyer.public_id == made.id)).one()
    row.title = secrets.token_hex(6)
    tx.add(row)
    record(tx, SYSTEM, "flyer.decide", made.ground, thing="flyer", thing_id=made.id, detail={"decision": "up"})
    return Thing(made.ground, known={"name": row.title})
