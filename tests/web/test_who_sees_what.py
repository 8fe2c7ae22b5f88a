"""One table: who sees what of a topic in which one post stands, one waits for staff and one was removed, and at which door."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import db
from tamemap.models import Case
from tamemap.services import boards, cases, posts, reports
from tamemap.ui.screens.home_state import HomeState
from tests import factories
from tests.ui.harness import Tab
from tests.web.browsers import API
from tests.web.pages import read

pytestmark = pytest.mark.one_database

BOARD = "hitoyoshi-hiroba"
STANDS, HELD, REMOVED = "みずうみのことば", "ゆきやまのことば", "すなはまのことば"
ALL = (STANDS, HELD, REMOVED)
FEW, MORE = {STANDS}, {STANDS, HELD}
# by whoever looks: what they see of the posts, and the answer of the page of a topic that is held and of one that was removed
TABLE = {
    "guest": (FEW, 404, 410),
    "stranger": (FEW, 404, 410),
    "suspended": (FEW, 404, 410),
    "author": (MORE, 200, 410),
    "staff": (MORE, 200, 410),
    "operator": (MORE, 200, 410),
    "staff of another town": (FEW, 404, 410),
}


def decide(tx, world, kind, thing_id, decision, **more):
    reports.make(tx, world.emi, thing=kind, thing_id=thing_id, reason="rude")
    case = tx.exec(select(Case.public_id).where(Case.thing_id == thing_id)).one()
    cases.decide(tx, world.ben, public_ids=(case,), decision=decision, rule="harassment", **more)


@pytest.fixture
def town(world):
    """The topic with the three posts, all Aki's; the held topic; the removed one."""
    with db.transaction(write=True) as tx:
        talk = factories.topic(tx, world.chie, title="みんなの話").public_id
        for words in ALL:
            made = factories.post(tx, world.aki, talk, body=words).public_id
            if words == HELD:
                decide(tx, world, "post", made, "hold")
            if words == REMOVED:
                posts.remove_post(tx, world.ben, post=made, reason="x")
        held = factories.topic(tx, world.aki, title="こだまの話題").public_id
        decide(tx, world, "topic", held, "hold")
        gone = factories.topic(tx, world.aki, title="きりの話題").public_id
        boards.remove_topic(tx, world.ben, topic=gone, reason="x")
        # Gina has been told to rest for something else
        gina = factories.person(tx, "Gina")
        decide(tx, world, "post", factories.post(tx, gina, talk, body="ちがう").public_id, "suspend", days=7)
    people = {"guest": None, "stranger": world.chie, "suspended": gina, "author": world.aki, "staff": world.ben,
              "operator": world.emi, "staff of another town": world.fumi}  # fmt: skip
    return talk, held, gone, people


@pytest.mark.parametrize("who", TABLE)
def test_posts_are_the_same_at_every_door(world, visit, town, who):
    talk, _, _, people = town
    sees, _, _ = TABLE[who]
    reader, tab = visit(people[who]), Tab(HomeState, people[who], path=f"/?map=hitoyoshi&tab=boards&topic={talk}").send("enter")
    page = reader.get(f"/b/{BOARD}/{talk}").text
    api = reader.get(f"{API}/topics/{talk}/posts").json()["items"]
    doors = {"document": page, "API": " ".join(one["html"] for one in api), "home": " ".join(one.html for one in tab.posts)}
    for door, text in doors.items():
        # the document and the API are one text for all readers and the signed-in one; nobody reads what was removed
        assert {words for words in ALL if words in text} == sees, door
    found = {words for words in ALL if reader.get(f"{API}/search", params={"q": words}).json()["items"]}
    # the search holds only what stands for everybody
    assert found == FEW
    pages = {words: read(reader.get("/search", params={"q": words})) for words in ALL}
    assert {words for words, page in pages.items() if page.all("li", class_="tm-topic")} == FEW
    # a tombstone says neither whose nor what it was
    (tomb,) = [one for one in api if one["deleted"] and not one["held"]]
    assert (tomb["author"], tomb["html"], tomb["body"]) == (None, "", "")


@pytest.mark.parametrize("who", TABLE)
def test_topics_are_the_same_at_every_door(world, visit, town, who):
    _, held, gone, people = town
    _, held_status, gone_status = TABLE[who]
    reader = visit(people[who])
    for topic, status in ((held, held_status), (gone, gone_status)):
        assert reader.get(f"/b/{BOARD}/{topic}").status_code == status
        assert reader.get(f"{API}/topics/{topic}/posts").status_code == status
    listed = {one["id"] for one in reader.get(f"{API}/boards/{BOARD}/topics").json()["items"]}
    tab = Tab(HomeState, people[who], path="/?map=hitoyoshi&tab=boards").send("enter")
    assert (held in listed, gone in listed) == (held_status == 200, False)
    assert {one.id for one in tab.topics} == listed
    # a board's page is one text for everybody
    assert "こだまの話題" not in reader.get(f"/b/{BOARD}").text
    for words in ("こだまの話題", "きりの話題"):
        assert reader.get(f"{API}/search", params={"q": words}).json()["items"] == []


def test_counts_and_excerpts_tell_nothing_of_what_is_held_or_gone(world, visit, town):
    talk, held, _, _ = town
    for reader in (visit(), visit(world.chie)):
        (topic,) = [one for one in reader.get(f"{API}/boards/{BOARD}/topics").json()["items"] if one["id"] == talk]
        assert topic["excerpt"] == "よろしく。"
        assert held not in reader.get(f"/b/{BOARD}").text
    boards_seen = visit().get(f"{API}/maps/hitoyoshi/boards").json()["items"]
    assert boards_seen[0]["topics_count"] == 1


def test_what_was_decided_is_read_by_its_author_and_nobody_else(world, visit, town):
    with db.transaction(write=False) as tx:
        decisions = [one.public_id for row in tx.exec(select(Case)) for one in cases.standing_decisions(tx, row)]
    _, _, _, people = town
    for who, person in people.items():
        answers = sorted(visit(person).get(f"/decisions/{one}").status_code for one in decisions)
        # five decisions: four about Aki's, one about Gina's
        expected = {"guest": [303] * 5, "author": [200] * 4 + [404], "suspended": [200] + [404] * 4}
        assert answers == expected.get(who, [404] * 5), who
