"""Search over topics, posts and flyers, the newest first: what this reader may see, and only by words that they may see."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tamemap.db import is_sqlite
from tamemap.domain.asking import read_cursor, write_cursor
from tamemap.domain.bigrams import read_query
from tamemap.errors import Invalid
from tamemap.queries.flyers import shows_resident_face
from tamemap.queries.maps import map_view, maps
from tamemap.queries.search_entries import MOST_ROWS, marked, newest, saying
from tamemap.queries.search_items import SearchItem, load_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

KINDS = ("topic", "post", "flyer")
MOST = 50
# one request looks at no more entries than this: flyers that are over and posts that are held stand in the index, too
MOST_LOOKED_AT = 4000


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was found, the newest first; ``words`` are the folded words that were looked for (none: there was nothing to look
    for), ``next`` the cursor of the following page, None on the last."""

    items: tuple[SearchItem, ...]
    words: tuple[str, ...]
    next: str | None


def search(
    db: Session,
    actor: Actor,
    *,
    q: str,
    map_slug: str = "",
    kinds: Sequence[str] = (),
    cursor: str | None = None,
    limit: int = 20,
) -> SearchPage:
    """Things in which all words of ``q`` stand (in quotes: in a row), on one map or all, of these ``KINDS`` or all.

    Words are folded for width, kana and case, and may be a part of a longer word or a single sign; the name of a town or a 町字
    also finds the flyers that stand there. Whatever ``q`` holds is words. Raises NotFound for the map, Invalid at ``kind`` or
    ``cursor``.
    """
    if any(kind not in KINDS for kind in kinds):
        raise Invalid.at("kind", "search_kind_wrong")
    before = _before(cursor)
    map_id = map_view(db, actor, slug=map_slug).id if map_slug else None
    words = read_query(q)
    if not words:
        return SearchPage((), (), None)
    towns = sorted(here.municipality_code or "" for here in maps(db, actor) if shows_resident_face(actor, here))
    wanted = _wanted(is_sqlite(db), words, map_id, tuple(kinds), towns)
    size = max(1, min(limit, MOST))
    found: list[tuple[int, SearchItem]] = []
    looked, step = 0, size + 5
    entries = newest(db, wanted, before, step)
    more = True
    while more and len(found) <= size and looked < MOST_LOOKED_AT:
        rows = list(islice(entries, step))
        more, looked = len(rows) == step, looked + len(rows)
        items = load_items(db, actor, [(row.thing, row.thing_id) for row in rows], words=words, map_id=map_id)
        found += [(row.id, item) for row in rows if (item := items.get((row.thing, row.thing_id))) is not None]
        before, step = rows[-1].id if rows else before, step * 4
    if len(found) > size:
        return SearchPage(tuple(item for _, item in found[:size]), words, write_cursor(found[size - 1][0]))
    return SearchPage(tuple(item for _, item in found), words, write_cursor(before) if more else None)


def _before(cursor: str | None) -> int:
    if not cursor:
        return MOST_ROWS - 1
    (before,) = read_cursor(cursor, int)
    if not 0 <= before < MOST_ROWS:
        raise Invalid.at("cursor", "cursor_wrong")
    return before


def _wanted(sqlite: bool, words: Sequence[str], map_id: int | None, kinds: Sequence[str], towns: Sequence[str]) -> str:
    """The question in the database's language."""
    both, either, no = (" AND ", " OR ", " NOT ") if sqlite else (" & ", " | ", " & !")
    parts = [saying(word, sqlite=sqlite) for word in words]
    if map_id is not None:
        parts.append(marked([f"m{map_id}"], sqlite=sqlite))
    if kinds:
        parts.append(marked([f"k{kind}" for kind in kinds], sqlite=sqlite))
    asked = f"({both.join(parts)})"
    # a flyer has two entries: in the reader's own towns the resident face is looked through, elsewhere the outside face
    others = f"({asked}{no}{marked(['resident', *(f'outside{code}' for code in towns)], sqlite=sqlite)})"
    insiders = marked([f"resident{code}" for code in towns], sqlite=sqlite)
    return f"{others}{either}({asked}{both}{insiders})" if towns else others
