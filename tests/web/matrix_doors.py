"""For every verb of the table of permissions: the request that does it, and to what."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tamemap import clock
from tests.factories import HITOYOSHI
from tests.web.browsers import API, form
from tests.web.matrix_cast import CLUB, Caller
from tests.web.matrix_mascots import mascot
from tests.web.matrix_things import (
    BOARDS,
    FLYERS,
    Thing,
    batch,
    board,
    case_of,
    closed_topic,
    curator,
    deed,
    flyer_of,
    ground,
    group,
    group_board,
    held_topic,
    in_groups_name,
    invited,
    key_of,
    open_town,
    removed_topic,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from sqlmodel import Session


@dataclass(frozen=True)
class Door:
    """How a verb is tried: ``things`` are makers of its thing, by name; ``ask`` sends the request.

    ``sees``: the answer counts as yes only when it holds what is sought. ``as_group``: under this verb a group's program, which
    speaks for its group and nobody else, does the same. ``reads``: a yes changes nothing.
    """

    ask: Callable[[Caller, Thing], httpx.Response]
    things: dict[str, Callable[[Session, Caller], Thing]]
    sees: Callable[[httpx.Response, Thing], bool] | None = None
    as_group: str = ""
    reads: bool = False
    api: bool = True


def api(method: str, path: str, **sent: Any) -> Callable[[Caller, Thing], httpx.Response]:
    """A call of the API; ``{name}`` in the path and in what is sent is the thing's, ``{new}`` a new word."""

    def ask(caller: Caller, thing: Thing) -> httpx.Response:
        known = thing.known | {"new": secrets.token_hex(5)}
        wish = {name: value.format(**known) for name, value in sent.items()}
        return caller.client.request(method, API + path.format(**thing.known), **({"json": wish} if wish else {}))

    return ask


def page(path: str) -> Callable[[Caller, Thing], httpx.Response]:
    """A page of one's own."""
    return lambda caller, thing: caller.client.get(path.format(**thing.known))


def sent(path: str, **fields: str) -> Callable[[Caller, Thing], httpx.Response]:
    """A form of such a page. ``{new}`` is a word that was never said before."""

    def ask(caller: Caller, thing: Thing) -> httpx.Response:
        known = thing.known | {"new": f"n{secrets.token_hex(5)}", "today": clock.today().isoformat()}
        wish = {name: value.format(**known) for name, value in fields.items()}
        return caller.client.post(path.format(**known), data=wish)

    return ask


def post_flyer(**fields: str) -> Callable[[Caller, Thing], httpx.Response]:
    """A flyer with a photo that was sent before."""

    def ask(caller: Caller, thing: Thing) -> httpx.Response:
        return caller.client.post(f"{API}/flyers", data=form(photo_id=thing.photo, **fields))

    return ask


def hide_on_picture(caller: Caller, thing: Thing) -> httpx.Response:
    """A place on the flyer's picture made unreadable."""
    return caller.client.put(f"{API}/photos/{thing.picture}/edit", json={"blur": [[0.1, 0.1, 0.2, 0.2]]})


def names(answer: httpx.Response, thing: Thing) -> bool:
    """Whether the page names what only this town's may see."""
    return thing.name in answer.text


DESK = "/desk/groups"
TOKEN = {"name": "{new}", "scopes": "flyers", "days": "30", "once": "{new}"}
BATCH = {"municipality": HITOYOSHI, "kind": "household", "name": "{new}", "amount": "1", "uses_each": "1", "ends_on": "{today}"}
TOPIC = {"title": "{new}", "body": "どうぞ"}
ROOM = "/g/{slug}/manage"
INTRODUCED = {"town": board(kind="introduction"), "region": board(regional=True, kind="introduction")}
POLL = "/b/{board}/{topic}/poll"
DOORS: dict[str, Door] = {
    "flyer.post": Door(post_flyer(), {"town": ground(), "strict": ground(strict=True)}, as_group="flyer.post_as_group"),
    "flyer.post_as_group": Door(post_flyer(group=CLUB), {"group": in_groups_name}),
    "flyer.see": Door(api("GET", "/flyers/{id}"), FLYERS, reads=True),
    "flyer.see_resident_face": Door(
        api("GET", "/flyers/{id}"), FLYERS, reads=True, sees=lambda answer, _: answer.json()["face"] == "resident"
    ),
    "flyer.see_down": Door(api("GET", "/flyers/{id}"), {whose: flyer_of(whose, down=True) for whose in FLYERS}, reads=True),
    "flyer.change": Door(api("PATCH", "/flyers/{id}", title="冬の市"), FLYERS),
    "flyer.delete": Door(api("DELETE", "/flyers/{id}?reason=x"), FLYERS),
    "flyer.place_outside": Door(api("PUT", "/flyers/{id}/outside"), FLYERS),
    "flyer.decide": Door(api("POST", "/desk/flyers/{id}/decision", decision="recall", placement="all", reason="x"), FLYERS),
    "flyer.see_history": Door(api("GET", "/flyers/{id}/history"), FLYERS, reads=True),
    "board.read": Door(api("GET", "/topics/{topic}/posts"), BOARDS, reads=True),
    "board.make": Door(
        sent("/desk/boards/edit", map="hitoyoshi", name="移住", slug="{new}", writers="members"), {"town": ground()}, api=False
    ),
    "board.close_writing": Door(
        sent("/desk/boards", map="hitoyoshi", deed="close_writing", words="{new}"), {"town": open_town}, api=False
    ),
    "topic.close": Door(sent("/b/{board}/{topic}", deed="close"), BOARDS, api=False),
    "topic.change": Door(
        sent("/b/{board}/{topic}/place", lat="32.2170", lng="130.7400", place_name="{new}"), INTRODUCED, api=False
    ),
    "topic.remove": Door(sent("/b/{board}/{topic}", deed="remove", reason="x"), BOARDS, api=False),
    "topic.open": Door(api("POST", "/boards/{board}/topics", **TOPIC), BOARDS, as_group="post.write_as_group"),
    "topic.open_theme": Door(api("POST", "/boards/{board}/topics", kind="theme", **TOPIC), BOARDS),
    "topic.answer": Door(
        api("PUT", "/topics/{topic}/answer", state="considering"),
        {"town": board(kind="proposal"), "region": board(regional=True, kind="question")},
    ),
    "poll.open": Door(sent(POLL, deed="open", question="どれ", options="川\n山", results="after"), BOARDS, api=False),
    "poll.close": Door(
        sent(POLL, deed="close"), {"town": board(poll=True), "region": board(regional=True, poll=True)}, api=False
    ),
    "poll.vote": Door(sent(POLL, option="1"), {"town": board(poll=True), "strict": board(strict=True, poll=True)}, api=False),
    "post.write": Door(api("POST", "/topics/{topic}/posts", body="はい"), BOARDS, as_group="post.write_as_group"),
    "post.write_residents": Door(
        api("POST", "/topics/{topic}/posts", body="はい"),
        {"town": board("residents"), "strict": board("residents", strict=True)},
        as_group="post.write_as_group",
    ),
    "post.write_staff": Door(api("POST", "/topics/{topic}/posts", body="はい"), {"town": board("staff")}),
    "post.write_as_group": Door(api("POST", "/topics/{topic}/posts", body="はい", group=CLUB), {"group": group_board}),
    "post.write_as_mascot": Door(api("POST", "/topics/{topic}/posts", body="はい", group="mascot:{mascot}"), {"town": mascot}),
    "post.change": Door(api("PATCH", "/posts/{post}", body="あらためて"), BOARDS),
    "post.remove": Door(api("DELETE", "/posts/{post}?reason=x"), BOARDS),
    "post.react": Door(api("POST", "/posts/{post}/reactions", kind="like"), BOARDS),
    "report.make": Door(api("POST", "/reports", thing="flyer", thing_id="{id}", reason="rude"), {"town": FLYERS["author"]}),
    "me.manage": Door(sent("/me/about", gender="{new}"), {"oneself": ground()}, api=False),
    "group.see": Door(page("/g/{slug}"), {"active": group()}, reads=True, api=False),
    "group.ask": Door(
        sent("/groups/new", name="会", slug="{new}", municipality_code=HITOYOSHI, words="活動します"),
        {"town": ground()},
        api=False,
    ),
    "group.change": Door(sent(ROOM, deed="text", description="{new}"), {"active": group()}, api=False),
    "group.see_members": Door(page(ROOM), {"active": group()}, reads=True, api=False, sees=names),
    "group.invite": Door(sent(ROOM, deed="invite", mail="{new}@example.jp", role="editor"), {"active": group()}, api=False),
    "group.remove_member": Door(sent(ROOM, deed="remove", person="{mio}"), {"active": group()}, api=False),
    "group.hand_over": Door(sent(ROOM, deed="hand_over", person="{mio}"), {"active": group()}, api=False),
    "group.close": Door(sent(ROOM, deed="close"), {"active": group()}, api=False),
    "group.make_token": Door(sent("/g/{slug}/tokens", **TOKEN), {"active": group()}, api=False),
    "staff.see": Door(page("/desk/staff?town=" + HITOYOSHI), {"town": curator}, reads=True, api=False, sees=names),
    "staff.invite": Door(
        sent("/desk/staff/invite", mail="{new}@example.jp", role="curator", municipality=HITOYOSHI), {"town": curator}, api=False
    ),
    "staff.change": Door(
        sent(f"/desk/staff/{HITOYOSHI}/{{person}}", level="lead", department="{new}"), {"town": curator}, api=False
    ),
    "residence_code.see": Door(page("/desk/residence-codes/{batch}.csv"), {"town": batch}, api=False),
    "residence_code.make": Door(sent("/desk/residence-codes", deed="end", batch="{batch}"), {"town": batch}, api=False),
    "map.set": Door(sent("/desk/maps", map="hitoyoshi", guests_may_post="1", proof_for="topics"), {"town": ground()}, api=False),
    "care.set": Door(
        sent("/desk/care", map="hitoyoshi", words="{new}", hold_first="0", flood="15", surge="20", reports="3"),
        {"town": ground()},
        api=False,
    ),
    "town.make_token": Door(
        sent("/desk/tokens?town=" + HITOYOSHI, **TOKEN),
        {"town": ground()},
        api=False,
    ),
    "group.decide": Door(sent(DESK, group="{slug}", deed="approve"), {"asked": group("asked")}, api=False),
    "case.see": Door(page("/desk/cases"), {"town": case_of()}, reads=True, api=False, sees=names),
    "case.decide": Door(sent("/desk/cases/{case}", decision="keep"), {"town": case_of()}, api=False),
    "objection.make": Door(sent("/decisions/{made}", words="{new}"), {"decided": case_of("decided")}, api=False),
    "objection.decide": Door(
        sent("/desk/cases/{case}", deed="answer", made="{made}", outcome="declined", words="{new}"),
        {"objected": case_of("objected")},
        api=False,
    ),
    "template.make": Door(
        sent("/desk/templates", municipality=HITOYOSHI, name="{new}", words="{new}"), {"town": ground()}, api=False
    ),
    "post.see_held": Door(api("GET", "/topics/{topic}/posts"), {"topic": held_topic}, reads=True),
    # other doors of the same verbs
    "case.decide: bulk": Door(sent("/desk/cases", case="{case}", decision="keep"), {"town": case_of()}, api=False),
    "case.decide: undo": Door(sent("/desk/cases/{case}", deed="undo", made="{made}"), {"decided": case_of("decided")}, api=False),
    "board.make: page": Door(
        page("/desk/boards?map=hitoyoshi"),
        {"town": ground()},
        reads=True,
        api=False,
        sees=lambda got, _: "人吉市マップ" in got.text,
    ),
    "board.make: change": Door(
        sent("/desk/boards/edit", board="{board}", name="{new}", writers="members"), {"town": board()}, api=False
    ),
    "board.close_writing: nights": Door(
        sent("/desk/boards", map="hitoyoshi", deed="nights", night_from="22:00", night_to="06:00"), {"town": open_town}, api=False
    ),
    "topic.open_theme: page": Door(
        sent("/desk/themes", map="hitoyoshi", board="{board}", title="{new}", body="どうぞ"), {"town": board()}, api=False
    ),
    "topic.close: reopen": Door(sent("/b/{board}/{topic}", deed="reopen"), {"town": closed_topic}, api=False),
    "topic.remove: restore": Door(
        sent("/desk/boards", map="hitoyoshi", deed="restore", topic="{topic}"), {"town": removed_topic}, api=False
    ),
    "report.make: page": Door(sent("/f/{id}/report", reason="rude"), {"town": FLYERS["author"]}, api=False),
    "topic.answer: page": Door(
        sent("/b/{board}/{topic}/answer", state="declined", words="{new}"), {"town": board(kind="question")}, api=False
    ),
    "flyer.change: picture": Door(hide_on_picture, FLYERS),
    "flyer.change: blur": Door(page("/f/{id}/blur"), FLYERS, reads=True, api=False),
    "post.react: off": Door(api("DELETE", "/posts/{post}/reactions?kind=like"), {"town": board()}, reads=True),
    "flyer.place_outside: off": Door(api("DELETE", "/flyers/{id}/outside"), {"author": flyer_of("author", outside=True)}),
    "flyer.decide: delete": Door(
        api("POST", "/desk/flyers/{id}/decision", decision="delete", reason="x"), {"author": FLYERS["author"]}
    ),
    "group.decide: decline": Door(sent(DESK, group="{slug}", deed="decline", reason="x"), {"asked": group("asked")}, api=False),
    "group.decide: appoint": Door(sent(DESK, group="{slug}", deed="appoint", person="{mio}"), {"active": group()}, api=False),
    "group.decide: page": Door(
        page(DESK), {"asked": group("asked")}, reads=True, api=False, sees=lambda got, thing: thing.slug in got.text
    ),
    "group.hand_over: role": Door(sent(ROOM, deed="role", person="{mio}", role="owner"), {"active": group()}, api=False),
    "group.hand_over: withdraw an invitation": Door(
        sent(ROOM, deed="withdraw", invitation="{invitation}"), {"active": invited("group")}, api=False
    ),
    "group.make_token: page": Door(page("/g/{slug}/tokens"), {"active": key_of("group")}, reads=True, api=False, sees=names),
    "group.make_token: end": Door(sent("/g/{slug}/tokens/end", token="{token}"), {"active": key_of("group")}, api=False),
    "town.make_token: page": Door(
        page("/desk/tokens?town=" + HITOYOSHI), {"town": key_of("town")}, reads=True, api=False, sees=names
    ),
    "town.make_token: end": Door(sent("/desk/tokens/end", token="{token}"), {"town": key_of("town")}, api=False),
    "town.make_token: end by another page": Door(
        sent(f"/g/{CLUB}/tokens/end", token="{token}"), {"town": key_of("town")}, api=False
    ),
    "staff.invite: withdraw": Door(sent("/desk/staff/withdraw", invitation="{invitation}"), {"town": invited("town")}, api=False),
    "staff.change: page": Door(page(f"/desk/staff/{HITOYOSHI}/{{person}}"), {"town": curator}, reads=True, api=False, sees=names),
    "staff.change: end": Door(sent(f"/desk/staff/{HITOYOSHI}/{{person}}/end"), {"town": curator}, api=False),
    "residence_code.see: page": Door(page("/desk/residence-codes"), {"town": batch}, reads=True, api=False, sees=names),
    "residence_code.see: print": Door(page("/desk/residence-codes/{batch}/print"), {"town": batch}, api=False),
    "residence_code.make: new": Door(sent("/desk/residence-codes", deed="make", **BATCH), {"town": ground()}, api=False),
    "map.set: page": Door(
        page("/desk/maps?map=hitoyoshi"),
        {"town": ground()},
        reads=True,
        api=False,
        sees=lambda got, _: "人吉市マップ" in got.text,
    ),
    "mascot.see": Door(page("/desk/mascots"), {"town": mascot}, reads=True, api=False, sees=names),
    "mascot.make": Door(sent("/desk/mascots", municipality=HITOYOSHI, name="{new}"), {"town": ground()}, api=False),
    "mascot.make: change": Door(sent("/desk/mascots", mascot="{mascot}", name="{new}"), {"town": mascot}, api=False),
    "mascot.make: retire": Door(sent("/desk/mascots", mascot="{mascot}", deed="retire"), {"town": mascot}, api=False),
    "topic.change: api": Door(api("PUT", "/topics/{topic}/place", lat="32.2170", lng="130.7400", place_name="{new}"), INTRODUCED),
    "audit.read": Door(page("/desk/audit"), {"town": deed}, reads=True, api=False, sees=names),
}
NO_DOOR = {
    "desk.see": "the desk is a screen: tried by raw events in tests/e2e/test_socket.py; its documents have verbs of their own",
    "report.see": "the desk's screen, as desk.see",
}
