"""Reads about automatic care: what a map's town wishes, and what the rules would do with a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from tamemap import urls
from tamemap.domain.caring import Hit, Wishes, contacts_in, links_in
from tamemap.domain.lookalikes import held_words
from tamemap.domain.permissions import allowed, demand
from tamemap.domain.writing import POST_LIMIT, check_text, reference
from tamemap.errors import NotFound
from tamemap.models import CareSetting, Map
from tamemap.queries.board_rooms import maps_where
from tamemap.queries.grounds import ground_of_map

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class CareDesk:
    """The settings of one map, and the viewer's ``maps`` (slug, name). ``may_set``: they may change them."""

    map_slug: str
    map_name: str
    maps: tuple[tuple[str, str], ...]
    wishes: Wishes
    may_set: bool


def wishes_for(db: Session, map_id: int | None) -> Wishes:
    """What the town of a map wishes; the defaults where it has said nothing."""
    row = db.exec(select(CareSetting).where(CareSetting.map_id == map_id)).first()
    if row is None:
        return Wishes()
    return Wishes(
        words=tuple(row.words.splitlines()),
        hold_words=row.hold_words,
        hold_links=row.hold_links,
        hold_contacts=row.hold_contacts,
        hold_first=row.hold_first,
        flood=row.flood,
        hold_repeats=row.hold_repeats,
        surge=row.surge,
        reports=row.reports,
    )


def care_desk(db: Session, actor: Actor, *, map_slug: str = "") -> CareDesk:
    """The settings of that map, or of the actor's first one: staff read, leads and operators change.

    Raises NotFound for a map that is none, and as ``demand`` for ``case.see``.
    """
    mine = maps_where(db, actor, "case.see")
    here = _map(db, actor, map_slug) if map_slug else mine[0]
    may_set = allowed(actor, "care.set", ground_of_map(here))
    return CareDesk(here.slug, here.name, tuple((one.slug, one.name) for one in mine), wishes_for(db, here.id), may_set)


def _map(db: Session, actor: Actor, slug: str) -> Map:
    found = db.exec(select(Map).where(Map.slug == reference(slug))).first()
    if found is None:
        raise NotFound("map_unknown")
    demand(actor, "case.see", ground_of_map(found))
    return found


def try_text(db: Session, actor: Actor, *, map_slug: str, text: str) -> tuple[Hit, ...]:
    """Which rules would hold this text, if a newcomer wrote it now, and what they see in it; nothing is kept.

    Raises NotFound, Invalid at ``text``, and as ``demand`` for ``case.see``.
    """
    here = _map(db, actor, map_slug)
    return hits(check_text(text, field="text", limit=POST_LIMIT, lines=True), wishes_for(db, here.id))


def hits(text: str, wishes: Wishes, *, links: bool = False, contacts: bool = False, before: str = "") -> tuple[Hit, ...]:
    """What the rules about words see in a text; ``links`` and ``contacts``: who wrote it may write these. What stood in the
    text ``before`` already is not seen again."""
    found: list[Hit] = []
    if wishes.hold_words and (words := held_words(text, wishes.words)):
        old = held_words(before, words)
        if words := tuple(one for one in words if one not in old):
            found.append(Hit("words", {"word": words[0], "more": len(words) - 1}))
    if wishes.hold_links and not links and (hosts := links_in(text, own=own_host()) - links_in(before)):
        found.append(Hit("links", {"host": min(hosts)[:100], "count": len(hosts)}))
    if wishes.hold_contacts and not contacts and (ways := contacts_in(text) - contacts_in(before)):
        found.append(Hit("contacts", {"count": len(ways)}))
    return tuple(found)


def own_host() -> str:
    """The name of this installation in addresses: links to itself lead nowhere else."""
    return urls.absolute("").partition("://")[2].partition(":")[0].lower()
