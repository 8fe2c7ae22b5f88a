"""What waits for staff, in lists: there for its author, their group and staff, for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Integer, bindparam
from sqlmodel import and_, col, or_, select

from tamemap.domain.caring import RULES
from tamemap.domain.permissions import allowed
from tamemap.models import Case, Post, Topic

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor, Ground


def seeing(actor: Actor, ground: Ground | None) -> dict[str, Any]:
    """The values for the conditions below, for this actor on that ground; None: one who has no office anywhere, so that the
    ground does not matter."""
    themselves = not actor.is_guest and actor.scopes is None
    return {
        "sees_all": ground is not None and allowed(actor, "post.see_held", ground),
        "sees_own": actor.person_id if themselves else None,
        "sees_groups": sorted(actor.groups) if themselves else [],
    }


def _all() -> Any:
    return bindparam("sees_all", type_=Boolean)


def _own(author: Any, group: Any) -> Any:
    return and_(author == bindparam("sees_own", type_=Integer), group.is_(None))


def seen_topics() -> Any:
    """The condition under which a topic is in the actor's lists; as ``queries.boards.sees_held``. Its values: ``seeing``."""
    ours = col(Topic.group_id).in_(bindparam("sees_groups", expanding=True, type_=Integer))
    return or_(_all(), col(Topic.held_at).is_(None), ours, _own(col(Topic.author_id), col(Topic.group_id)))


def seen_posts() -> Any:
    """The condition under which a post has a line in what the actor reads: what a rule held as it was written, so that nobody
    has seen or answered it, has none (also when it was removed then); what was seen leaves a line. Its values: ``seeing``."""
    held = select(Case.id).where(
        Case.thing == "post",
        Case.thing_id == Post.public_id,
        col(Case.source).in_(RULES),
        Case.opened_at == Post.created_at,
    )
    seen = or_(col(Post.held_at).is_(None), Post.held_at != Post.created_at, ~held.exists())
    return or_(_all(), seen, _own(col(Post.author_id), col(Post.group_id)))
