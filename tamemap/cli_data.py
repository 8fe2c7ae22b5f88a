"""``demo``, ``install``, ``grant``, ``export`` and ``import``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from tamemap import db as database
from tamemap.cli_events import events_csv
from tamemap.cli_places import read_places
from tamemap.cli_words import words
from tamemap.demo.content import freshen_demo, load_demo, loaded_at, reset_demo
from tamemap.demo.regions import load_regions
from tamemap.domain.actors import SYSTEM, Actor
from tamemap.domain.asking import MOST, Wanted
from tamemap.migration import migrate
from tamemap.models import Flyer, SearchEntry
from tamemap.queries.flyer import flyer
from tamemap.queries.flyers import flyers_of_map
from tamemap.services import gazetteer, people, search_index
from tamemap.services.installation import install_region

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sqlmodel import Session

    from tamemap.queries.flyer import FlyerView

GUEST = Actor()


def demo(chosen: argparse.Namespace) -> int:
    """Load the demo into an empty database, bring its dates to today, or (``--reset``) begin anew."""
    migrate()
    if chosen.reset:
        loaded = reset_demo(sure=chosen.yes)
        print(words("cli.demo.reset", flyers=loaded.flyers, topics=loaded.topics))
        return 0
    if made := load_demo():
        print(words("cli.demo.loaded_short", flyers=made.flyers, topics=made.topics))
        return 0
    if loaded_at() is None:
        print(words("cli.demo.in_use"), file=sys.stderr)
        return 1
    freshen_demo(at_once=True)
    print(words("cli.demo.fresh"))
    return 0


def install(chosen: argparse.Namespace) -> int:
    """Create the named regions of the bundled seeds, or all; twice is once. Without a name: say which there are."""
    seeds = {seed.slug: seed for seed in load_regions()}
    slugs = list(seeds) if chosen.all else chosen.regions
    if not slugs or (unknown := [slug for slug in slugs if slug not in seeds]):
        if slugs:
            print(words("cli.install.unknown", regions=" ".join(unknown)), file=sys.stderr)
        print(words("cli.install.known"))
        for slug, seed in seeds.items():
            print(f"  {slug}  {seed.name}  ({' '.join(town.name for town in seed.municipalities)})")
        return 1
    migrate()
    for slug in slugs:
        with database.transaction(write=True) as db:
            done = install_region(db, SYSTEM, seed=seeds[slug])
        print(words("cli.install.done", region=seeds[slug].name, maps=done.maps, places=done.places, new=done.new))
    return 0


def grant(chosen: argparse.Namespace) -> int:
    """Give a person a role."""
    migrate()
    with database.transaction(write=True) as db:
        given = people.grant(
            db, SYSTEM, mail=chosen.mail, role=chosen.role, municipality_code=chosen.municipality, region_slug=chosen.region
        )
    where = given.municipality_code or given.region_slug or ""
    key = "cli.grant.new" if given.new else "cli.grant.had"
    print(words(key, mail=given.mail, role=words(f"cli.role.{given.role}"), where=where).strip())
    return 0


def search(chosen: argparse.Namespace) -> int:
    """Say how many things the search's index holds, or (``--rebuild``) make it anew while everything goes on."""
    migrate()
    if chosen.rebuild:
        print(words("cli.search.rebuilt", count=search_index.rebuild()))
        return 0
    with database.transaction(write=False) as db:
        print(words("cli.search.entries", count=db.exec(select(func.count(col(SearchEntry.id)))).one()))
    return 0


def export(chosen: argparse.Namespace) -> int:
    """The dated flyers that stand on a map as a municipal event list (CSV), on standard output or into a file."""
    with database.transaction(write=False) as db:
        table = events_csv(_standing(db, chosen.map))
    if chosen.to:
        chosen.to.write_bytes(table)
    else:
        sys.stdout.buffer.write(table)
        sys.stdout.flush()
    return 0


def _standing(db: Session, slug: str) -> Iterator[tuple[int, FlyerView]]:
    """Everything with dates on that map under its lasting number, as a stranger sees it: nothing that is for residents only."""
    cursor = ""
    while True:
        page = flyers_of_map(db, GUEST, slug=slug, wanted=Wanted(limit=MOST, cursor=cursor))
        ids = [card.public_id for card in page.items if card.when.starts_at is not None]
        numbers = dict(db.exec(select(Flyer.public_id, Flyer.id).where(col(Flyer.public_id).in_(ids))).all())
        yield from ((numbers[public_id] or 0, flyer(db, GUEST, public_id=public_id)) for public_id in ids)
        cursor = page.next
        if not cursor:
            return


def import_(chosen: argparse.Namespace) -> int:
    """A municipal list of facilities (CSV) into the gazetteer; rows that cannot be read are named and left out."""
    rows, refused = read_places(chosen.file)
    migrate()
    with database.transaction(write=True) as db:
        done = gazetteer.import_places(db, SYSTEM, places=rows, source=chosen.file.name)
    for line, code in refused:
        print(words("cli.import.refused", line=line, why=words(f"errors.{code}")), file=sys.stderr)
    print(words("cli.import.done", added=done.added, changed=done.changed, same=done.same, outside=done.outside))
    return 1 if refused and not rows else 0
