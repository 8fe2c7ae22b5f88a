"""Who may do what: one table. Everything else asks ``allowed`` or ``demand``.

A row names the relations of which any one suffices. A relation says how the actor stands to the thing:
``anyone`` · ``member`` (signed in) · ``author`` (posted or wrote it, with or without an account) · ``resident`` (says they live
in the thing's municipality) · ``proven`` (has proved it within a year) · ``editor`` and ``owner`` (of the group in whose name
the thing stands) · ``staff`` and ``lead`` (of the thing's municipality; a lead is staff, too) · ``operator`` (of the thing's
region, or of all).

Two things narrow the table: a map may ask for proof of residence (``PROVABLE``), and a program's token has ``SCOPES``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.clock import tokyo
from tamemap.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor, Ground

TABLE: dict[str, frozenset[str]] = {
    verb: frozenset(relations.split())
    for verb, relations in {
        # flyers (whether a guest's flyer is held is the map's setting, see domain.placements)
        "flyer.post": "anyone",
        "flyer.post_as_group": "editor owner",
        "flyer.see": "anyone",
        "flyer.see_resident_face": "author editor owner resident proven staff operator",
        "flyer.see_down": "author editor owner staff operator",  # held, recalled, withdrawn
        "flyer.change": "author editor owner staff operator",
        "flyer.delete": "author editor owner staff operator",
        "flyer.place_outside": "author editor owner staff operator",
        "flyer.decide": "staff operator",
        "flyer.see_history": "author editor owner staff operator",
        # boards
        "board.read": "anyone",
        "board.make": "staff operator",
        "board.close_writing": "staff operator",
        "topic.open": "member",
        "topic.open_theme": "staff operator",
        "topic.close": "author editor owner staff operator",
        "topic.change": "author editor owner staff operator",  # its cards, its place
        "topic.remove": "staff operator",
        "topic.answer": "staff operator",
        "poll.open": "author editor owner staff operator",
        "poll.close": "author editor owner staff operator",
        "poll.vote": "member",
        "post.write": "member",
        "post.write_residents": "resident proven staff operator",
        "post.write_staff": "staff operator",
        "post.write_as_group": "editor owner",
        "post.write_as_mascot": "staff operator",  # and among the staff who are named for it
        "post.change": "author",
        "post.remove": "author editor owner staff operator",
        "post.react": "member",
        "report.make": "anyone",
        "report.see": "staff operator",
        # moderation
        "case.see": "staff operator",
        "case.decide": "staff operator",
        "objection.make": "author",
        "objection.decide": "staff operator",
        "template.make": "staff operator",
        "post.see_held": "author editor owner staff operator",
        # oneself: who one is, ways in, devices, taking everything along, leaving
        "me.manage": "member",
        # groups
        "group.see": "anyone",
        "group.ask": "member",
        "group.change": "editor owner staff operator",
        "group.see_members": "editor owner staff operator",
        "group.invite": "owner",
        "group.remove_member": "owner staff operator",
        "group.hand_over": "owner staff operator",
        "group.close": "owner staff operator",
        "group.decide": "staff operator",
        "group.make_token": "owner",
        # the desk
        "desk.see": "staff operator",
        "staff.see": "staff operator",
        "staff.invite": "lead operator",
        "staff.change": "lead operator",
        "residence_code.see": "staff operator",
        "residence_code.make": "lead operator",
        "map.set": "lead operator",
        "care.set": "lead operator",
        "town.make_token": "lead operator",
        "mascot.see": "staff operator",
        "mascot.make": "lead operator",
        "audit.read": "lead operator",
    }.items()
}

OFFICE = frozenset({"staff", "lead", "operator"})
"""The relations by which somebody acts for the town: what is done by them alone stands in the audit trail."""

PROVABLE: dict[str, frozenset[str]] = {
    "flyers": frozenset({"flyer.post"}),
    "topics": frozenset({"topic.open"}),
    "posts": frozenset({"post.write"}),
    "residents": frozenset({"post.write_residents"}),
}
"""What a map may ask proof of residence for. Reading is not among it, and never will be."""

_PROOF = frozenset({"proven"}) | OFFICE

STOPPED = frozenset(
    [
        *("flyer.post", "flyer.post_as_group", "flyer.change", "flyer.place_outside"),
        *(
            "topic.open",
            "topic.open_theme",
            "topic.close",
            "topic.change",
            "post.write",
            "post.write_residents",
            "post.write_staff",
        ),
        *(
            "post.write_as_group",
            "post.write_as_mascot",
            "post.change",
            "post.react",
            "poll.open",
            "poll.vote",
            "group.ask",
            "group.change",
            "group.invite",
            "group.make_token",
        ),
    ]
)
"""What a suspended person may not: all that puts something before others. Reading, taking one's own away, reporting, objecting
and leaving stay."""

READING = frozenset({"flyer.see", "board.read", "group.see"})
"""What every token may: what anybody may."""

SCOPES: dict[str, frozenset[str]] = {
    "flyers": frozenset(
        [
            "flyer.post",
            "flyer.post_as_group",
            "flyer.see_resident_face",
            "flyer.see_down",
            "flyer.change",
            "flyer.delete",
            "flyer.place_outside",
            "flyer.see_history",
        ]
    ),
    "boards": frozenset(
        [
            "topic.open",
            "topic.open_theme",
            "topic.close",
            "topic.change",
            "post.write",
            "post.write_residents",
            "post.write_staff",
            "post.write_as_group",
            "post.change",
        ]
    ),
    "desk": frozenset(
        ["desk.see", "flyer.decide", "flyer.see_down", "flyer.see_history", "topic.remove", "post.remove", "report.see"]
    ),
}
"""What a program's token may be good for, beyond reading, within what its organisation may. Accounts and a tap of
one's own are for people."""


def needed(verb: str, ground: Ground) -> frozenset[str]:
    """The relations of which any one suffices for this verb on that ground. Raises KeyError for an unknown verb."""
    if any(verb in PROVABLE[name] for name in ground.proof_for if name in PROVABLE):
        return _PROOF
    return TABLE[verb]


def relations(actor: Actor, ground: Ground, *, author: bool = False, group_id: int | None = None) -> frozenset[str]:
    """All relations in which the actor stands to a thing on that ground, which may stand in a group's name."""
    kind = actor.kind_on(ground)
    found = {"anyone"}
    if not actor.is_guest:
        found.add("member")
    if author:
        found.add("author")
    if ground.municipality_code is not None:
        if actor.residence_code == ground.municipality_code:
            found.add("resident")
        if actor.proved_code == ground.municipality_code:
            found.add("proven")
        if ground.municipality_code in actor.leads:
            found.add("lead")
    if group_id is not None and group_id in actor.groups:
        found.add("owner" if group_id in actor.owns else "editor")
    if kind in {"staff", "operator"}:
        found.add(kind)
    return frozenset(found)


def allowed(actor: Actor, verb: str, ground: Ground, *, author: bool = False, group_id: int | None = None) -> bool:
    """Whether the actor may. Raises KeyError for a verb that is not in the table."""
    if not in_scope(actor, verb) or stopped_until(actor, verb, ground):
        return False
    return bool(needed(verb, ground) & relations(actor, ground, author=author, group_id=group_id))


def stopped_until(actor: Actor, verb: str, ground: Ground) -> datetime | None:
    """Until when the actor is suspended from this on that ground; None: not at all."""
    return (
        max((until for region_id, until in actor.suspended if region_id == ground.region_id), default=None)
        if verb in STOPPED
        else None
    )


def in_scope(actor: Actor, verb: str) -> bool:
    """Whether a token covers the verb; a person's session covers all."""
    return actor.scopes is None or verb in READING or any(verb in SCOPES[name] for name in actor.scopes)


def by_office(actor: Actor, verb: str, ground: Ground, *, author: bool = False, group_id: int | None = None) -> bool:
    """Whether it is only as staff or as operator that the actor may: then the deed is the town's."""
    if not allowed(actor, verb, ground, author=author, group_id=group_id):
        return False
    return (needed(verb, ground) & relations(actor, ground, author=author, group_id=group_id)) <= OFFICE


def demand(actor: Actor, verb: str, ground: Ground, *, author: bool = False, group_id: int | None = None) -> None:
    """Raise Unauthenticated (when signing in, or showing a passkey or a code again, helps) or Forbidden unless the actor may.

    The code says what would be needed: ``sign_in_first``, ``desk_needs_proof``, ``token_scope_missing``, ``not_allowed_<who>``,
    ``suspended`` (``until``, in Tokyo).
    """
    if allowed(actor, verb, ground, author=author, group_id=group_id):
        return
    if until := stopped_until(actor, verb, ground):
        raise Forbidden("suspended", until=f"{tokyo(until):%Y-%m-%d %H:%M}")
    if not in_scope(actor, verb):
        raise Forbidden("token_scope_missing")
    who = needed(verb, ground)
    if actor.waiting and who & OFFICE:
        raise Unauthenticated("desk_needs_proof")
    if actor.is_guest:
        raise Unauthenticated("sign_in_first")
    raise Forbidden("not_allowed_" + _lacking(who))


def _lacking(who: frozenset[str]) -> str:
    """The nearest thing that would have been enough, as the end of an error code."""
    if who <= {"lead", "operator"}:
        return "lead_only"
    if who <= OFFICE:
        return "staff_only"
    if "resident" in who:
        return "residents_only"
    if "proven" in who:
        return "proof_only"
    if who <= {"editor", "owner"} | OFFICE:
        return "owner_only" if "editor" not in who else "group_only"
    return "here"


def demand_self(actor: Actor) -> int:
    """The actor's person id, for what people do about themselves. Raises Unauthenticated for a guest, Forbidden for a token."""
    if actor.scopes is not None:
        raise Forbidden("token_scope_missing")
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    return actor.person_id
