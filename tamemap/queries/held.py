"""What waits for staff, in lists of topics: there for its author, their group and staff, for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import and_, col, or_, true

from tamemap.domain.permissions import allowed
from tamemap.models import Topic

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
