"""Makers of real rows for tests. The world: region 人吉球磨 with 人吉市 and 錦町, region 鹿行 with 鹿嶋市, as simple squares."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, select

from tamemap import clock
from tamemap.domain.actors import Actor
from tamemap.models import Board, Flyer, Map, Municipality, Person, Picture, Region, Role
from tamemap.queries.people import actor_of_person
from tamemap.services import boards, flyers, posts

if TYPE_CHECKING:
    from tamemap.queries.boards import TopicView
    from tamemap.queries.posts import PostView

HITOYOSHI, NISHIKI, KASHIMA = "432032", "435015", "082228"
# office positions; each town is the square of 0.1 degrees around its own, the two neighbours share an edge
OFFICES = {HITOYOSHI: (32.2169, 130.7394), NISHIKI: (32.2169, 130.8394), KASHIMA: (35.9658, 140.6450)}


def square(lat: float, lng: float, half: float = 0.05) -> dict[str, Any]:
    """A GeoJSON square around a point, counter-clockwise."""
    w, e, s, n = lng - half, lng + half, lat - half, lat + half
    return {"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]}


def region(db: Session, slug: str, name: str, towns: list[tuple[str, str, str, str]]) -> Region:
    """A region with its regional map, and per town ``(code, slug, name, prefecture)`` a resident map with its board 広場."""
    row = Region(slug=slug, name=name)
    db.add(row)
    db.flush()
    above = Map(slug=slug, kind="regional", name=f"{name}マップ", region_id=row.id, lat=32.2, lng=130.8, zoom=10,
                west=130.6, south=32.0, east=131.1, north=32.4)  # fmt: skip
    db.add(above)
    db.flush()
    db.add(Board(map_id=above.id, slug=f"{slug}-hiroba", name="広場"))
    for code, town_slug, town, prefecture in towns:
        lat, lng = OFFICES[code]
        db.add(
            Municipality(
                code=code,
                region_id=row.id,
                name=town,
                prefecture=prefecture,
                office_lat=lat,
                office_lng=lng,
                outline=square(lat, lng),
                display_outline=square(lat, lng),
            )
        )
        db.flush()
        made = Map(slug=town_slug, kind="resident", name=f"{town}マップ", municipality_code=code, region_id=row.id,
                   above_id=above.id, lat=lat, lng=lng, zoom=13,
                   west=lng - 0.05, south=lat - 0.05, east=lng + 0.05, north=lat + 0.05)  # fmt: skip
        db.add(made)
        db.flush()
        db.add(Board(map_id=made.id, slug=f"{town_slug}-hiroba", name="広場"))
    return row


def person(db: Session, name: str, *, residence: str | None = None, staff: str | None = None,
           operator: int | None = None) -> Actor:  # fmt: skip
    """Somebody with a mail address, as an actor; perhaps staff of a municipality or operator of a region."""
    row = Person(name=name, mail=f"{name.lower()}@example.jp", residence_code=residence, created_at=clock.now())
    db.add(row)
    db.flush()
    if staff:
        db.add(Role(person_id=row.id, role="staff", level="lead", municipality_code=staff, granted_at=clock.now()))
    if operator:
        db.add(Role(person_id=row.id, role="operator", region_id=operator, granted_at=clock.now()))
    db.flush()
    return actor_of_person(db, row)


def cast(db: Session) -> dict[str, Actor]:
    """The towns and the people of the tests."""
    kuma = region(db, "hitoyoshi-kuma", "人吉球磨", [
        (HITOYOSHI, "hitoyoshi", "人吉市", "熊本県"), (NISHIKI, "nishiki", "錦町", "熊本県")])  # fmt: skip
    region(db, "rokko", "鹿行", [(KASHIMA, "kashima", "鹿嶋市", "茨城県")])
    return {
        "aki": person(db, "Aki", residence=HITOYOSHI),
        "ben": person(db, "Ben", staff=HITOYOSHI),
        "chie": person(db, "Chie", residence=KASHIMA),
        "dai": Actor(guest_hash="d" * 64, client="192.0.2.4"),
        "emi": person(db, "Emi", operator=kuma.id),
        "fumi": person(db, "Fumi", staff=NISHIKI),
    }


def board(db: Session, slug: str) -> Board:
    """The board of that slug."""
    return db.exec(select(Board).where(Board.slug == slug)).one()


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def waiting_picture(db: Session, actor: Actor, *, original: str | None = None) -> Picture:
    """A small picture that this actor has sent and not posted yet; its files are names only."""
    token = secrets.token_hex(20)
    names = {name: f"{token[:-4]}{number:04d}.{name}" for number, name in enumerate(("avif", "jpeg"))}
    row = Picture(owner_hash=actor.owner_hash, original=original or f"{token}.jpg", width=240, height=320, blur="",
                  variants={"320": names | {"width": 240, "height": 320}}, resident_name=secrets.token_hex(16),
                  outside_name=secrets.token_hex(16), created_at=clock.now())  # fmt: skip
    db.add(row)
    db.flush()
    return row


def flyer(
    db: Session,
    actor: Actor,
    *,
    title: str = "秋の市",
    at: tuple[float, float] = OFFICES[HITOYOSHI],
    outside: bool = False,
    hidden: tuple[str, ...] = (),
    category: str = "market",
    pictures: int = 1,
    **fields: str,
) -> Flyer:
    """A flyer posted by this actor through the service, with pictures of their own; ``fields`` as the API takes them."""
    ids = tuple(waiting_picture(db, actor).public_id for _ in range(pictures))
    raw = {"title": title, "category": category, "lat": str(at[0]), "lng": str(at[1])} | fields
    posted = flyers.post(db, actor, raw=raw, picture_ids=ids, hidden=hidden, outside=outside, may_post=True)
    return db.exec(select(Flyer).where(Flyer.public_id == posted.public_id)).one()


def topic(db: Session, actor: Actor, *, board: str = "hitoyoshi-hiroba", title: str = "はじめまして", body: str = "よろしく。",
          kind: str = "talk") -> TopicView:  # fmt: skip
    """A topic that this actor has opened through the service."""
    return boards.open_topic(db, actor, board=board, kind=kind, title=title, body=body)


def post(db: Session, actor: Actor, topic: str, *, body: str = "こちらこそ。") -> PostView:
    """An answer that this actor has written through the service."""
    return posts.write_post(db, actor, topic=topic, body=body)
