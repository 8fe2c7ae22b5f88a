"""Who may do what: one table. Everything else asks ``allowed`` or ``demand``.

A row names the relations of which any one suffices. A relation says how the actor stands to the thing:
``anyone`` · ``member`` (signed in) · ``author`` (posted or wrote it, with or without an account) · ``resident`` (says they live
in the thing's municipality) · ``staff`` (of the thing's municipality) · ``operator`` (of the thing's region, or of all).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor, Ground

TABLE: dict[str, frozenset[str]] = {
    verb: frozenset(relations.split())
    for verb, relations in {
        # flyers (whether a guest's flyer is held is the map's setting, see domain.placements)
        "flyer.post": "anyone",
        "flyer.see": "anyone",
        "flyer.see_resident_face": "author resident staff operator",
        "flyer.see_down": "author staff operator",  # held, recalled, withdrawn
        "flyer.change": "author staff operator",
        "flyer.delete": "author staff operator",
        "flyer.place_outside": "author staff operator",
        "flyer.decide": "staff operator",
        "flyer.see_history": "author staff operator",
        # boards
        "board.read": "anyone",
        "topic.open": "member",
        "topic.open_theme": "staff operator",
        "topic.close": "author staff operator",
        "topic.remove": "staff operator",
        "post.write": "member",
        "post.write_residents": "resident staff operator",
        "post.write_staff": "staff operator",
        "post.change": "author",
        "post.remove": "author staff operator",
        "post.react": "member",
        "report.make": "anyone",
        "report.see": "staff operator",
        # the desk
        "desk.see": "staff operator",
    }.items()
}


def relations(actor: Actor, ground: Ground, *, author: bool = False) -> frozenset[str]:
    """All relations in which the actor stands to a thing on that ground."""
    kind = actor.kind_on(ground)
    found = {"anyone"}
    if not actor.is_guest:
        found.add("member")
    if author:
        found.add("author")
    if actor.residence_code is not None and actor.residence_code == ground.municipality_code:
        found.add("resident")
    if kind in {"staff", "operator"}:
        found.add(kind)
    return frozenset(found)


def allowed(actor: Actor, verb: str, ground: Ground, *, author: bool = False) -> bool:
    """Whether the actor may. Raises KeyError for a verb that is not in the table."""
    return bool(TABLE[verb] & relations(actor, ground, author=author))


def demand(actor: Actor, verb: str, ground: Ground, *, author: bool = False) -> None:
    """Raise Unauthenticated (when signing in could help) or Forbidden unless the actor may."""
    if allowed(actor, verb, ground, author=author):
        return
    if actor.is_guest:
        raise Unauthenticated("sign_in_first")
    raise Forbidden("not_allowed_" + ("staff_only" if TABLE[verb] <= {"staff", "operator"} else "here"))
