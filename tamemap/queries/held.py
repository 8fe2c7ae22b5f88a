"""What waits for staff, in lists: there for its author, their group and staff, for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import and_, col, or_, select, true

from tamemap.domain.caring import RULES
from tamemap.domain.permissions import allowed
from tamemap.models import Case, Post, Topic

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor, Ground


def not_held(actor: Actor, ground: Ground) -> Any:
    """The condition under which a topic on that ground is in the actor's lists; as ``queries.boards.sees_held``."""
    if allowed(actor, "post.see_held", ground):
        return true()
    free = col(Topic.held_at).is_(None)
    if actor.is_guest or actor.scopes is not None:
        return free
    ours = col(Topic.group_id).in_(actor.groups)
    return or_(free, ours, and_(Topic.author_id == actor.person_id, col(Topic.group_id).is_(None)))


def not_unseen(actor: Actor, ground: Ground) -> Any:
    """The condition under which a post on that ground has a line in what the actor reads: what a rule held as it was written,
    so that nobody has seen or answered it, has none (also when it was removed then); what was seen leaves a line."""
    if allowed(actor, "post.see_held", ground):
        return true()
    held = select(Case.id).where(
        Case.thing == "post",
        Case.thing_id == Post.public_id,
        col(Case.source).in_(RULES),
        Case.opened_at == Post.created_at,
    )
    seen = or_(col(Post.held_at).is_(None), Post.held_at != Post.created_at, ~held.exists())
    if actor.is_guest or actor.scopes is not None:
        return seen
    return or_(seen, and_(Post.author_id == actor.person_id, col(Post.group_id).is_(None)))
