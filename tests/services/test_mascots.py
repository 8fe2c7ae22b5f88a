"""A town's mascot speaks: by named staff of that town only, on its own boards, and who it was is known to the town alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, delete, select

from tamemap import clock
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import AuditEntry, MascotVoice, Person, Picture, Post, Role
from tamemap.queries.boards import topic, topics
from tamemap.queries.mascots import mascots_desk, spoken_mascots
from tamemap.queries.people import actor_of_person
from tamemap.queries.pictures import stored_picture
from tamemap.queries.posts import posts as read_posts
from tamemap.queries.search import search
from tamemap.services import boards, invitations, leaving, mascots, pictures, posts, staff
from tests import factories
from tests.factories import DAY, HITOYOSHI, NISHIKI

TOWN, REGION = "hitoyoshi-hiroba", "hitoyoshi-kuma-hiroba"


@pytest.fixture
def voice(tx, world):
    """As whom Ben writes for the mascot."""
    return f"mascot:{made(tx, world).public_id}"


def made(tx, world, **more):
    wanted = {"name": "きりもこ", "voices": (world.ben.public_id,)} | more
    return mascots.make(tx, world.ben, municipality_code=HITOYOSHI, **wanted)


def gina(tx):
    """Gina, a curator of 人吉市."""
    one = factories.person(tx, "Gina")
    invitations.give_staff(tx, person_id=one.person_id, municipality_code=HITOYOSHI, level="curator")
    tx.flush()
    return actor_of_person(tx, tx.get_one(Person, one.person_id))


def said(tx, who, on, group, body="やあ"):
    return posts.write_post(tx, who, topic=on, body=body, group=group)


def test_ben_answers_as_the_mascot_and_only_the_town_hall_learns_that_it_was_he(tx, world, voice):
    on = factories.topic(tx, world.aki).public_id
    mine = said(tx, world.ben, on, voice)
    assert (mine.author.name, mine.author.kind, mine.author.public_id, mine.author.by, mine.author.is_me, mine.may_change) == (
        "きりもこ", "mascot", "", "Ben", True, True)  # fmt: skip
    for reader, by in ((world.dai, ""), (world.aki, ""), (world.fumi, ""), (gina(tx), "Ben"), (world.emi, "Ben")):
        author = read_posts(tx, reader, topic=on).items[1].author
        assert (author.name, author.by, author.mascot.town) == ("きりもこ", by, "人吉市")
    assert "Ben" not in str(read_posts(tx, world.dai, topic=on).items[1])
    (deed,) = [row for row in tx.exec(select(AuditEntry)) if row.verb == "post.write_as_mascot"]
    assert (deed.actor_id, deed.municipality_code, deed.thing, deed.thing_id) == (
        world.ben.person_id, HITOYOSHI, "post", mine.public_id)  # fmt: skip


def test_it_opens_topics_but_no_theme(tx, world, voice):
    found = boards.open_topic(tx, world.ben, board=TOWN, kind="talk", title="朝の霧", body="見た？", group=voice)
    assert (found.author.name, topics(tx, world.dai, board=TOWN).items[0].author.by) == ("きりもこ", "")
    with pytest.raises(Invalid) as refused:
        boards.open_topic(tx, world.ben, board=TOWN, kind="theme", title="お題", body="どうぞ", group=voice)
    assert refused.value.code == "group_opens_no_theme"


def test_it_speaks_on_the_regional_board_too_and_nowhere_else(tx, world, voice):
    on = factories.topic(tx, world.chie, board=REGION).public_id
    assert said(tx, world.ben, on, voice).author.name == "きりもこ"
    for board in ("nishiki-hiroba", "kashima-hiroba"):
        with pytest.raises(Invalid) as refused:
            said(tx, world.ben, factories.topic(tx, world.chie, board=board).public_id, voice)
        assert refused.value.code == "mascot_elsewhere"
    assert [one.voice for one in spoken_mascots(tx, world.ben, slug="hitoyoshi")] == [voice]
    assert [one.voice for one in spoken_mascots(tx, world.ben, slug="hitoyoshi-kuma")] == [voice]
    assert spoken_mascots(tx, world.ben, slug="nishiki") == spoken_mascots(tx, world.aki, slug="hitoyoshi") == ()


def test_nobody_else_speaks_for_it(tx, world, voice):
    on = factories.topic(tx, world.aki).public_id
    waiting = replace(world.ben, staff_of=frozenset(), leads=frozenset(), waiting=True)
    program = replace(world.ben, scopes=frozenset({"boards"}))
    tries = (
        (world.dai, Unauthenticated, "sign_in_first"),
        (world.aki, Forbidden, "not_allowed_staff_only"),
        (world.fumi, Forbidden, "not_allowed_staff_only"),
        (gina(tx), Forbidden, "mascot_not_yours"),
        (world.emi, Forbidden, "mascot_not_yours"),
        (waiting, Unauthenticated, "desk_needs_proof"),
        (program, Forbidden, "token_scope_missing"),
    )
    for who, error, code in tries:
        with pytest.raises(error) as refused:
            said(tx, who, on, voice)
        assert refused.value.code == code
    with pytest.raises(Invalid):
        said(tx, world.ben, on, "mascot:2222222222zz")
    assert tx.exec(select(Post).where(col(Post.mascot_id).is_not(None))).all() == []


def test_who_is_staff_no_longer_loses_its_voice_and_its_words_at_once(tx, world):
    one = gina(tx)
    voice = f"mascot:{made(tx, world, voices=(one.public_id,)).public_id}"
    on = boards.open_topic(tx, one, board=TOWN, kind="talk", title="朝の霧", body="見た？", group=voice).public_id
    post = read_posts(tx, one, topic=on).items[0].public_id
    staff.end(tx, world.ben, person=one.public_id, municipality_code=HITOYOSHI)
    later = actor_of_person(tx, tx.get_one(Person, one.person_id))
    with pytest.raises(Forbidden):
        said(tx, later, on, voice)
    for deed in (
        lambda: posts.edit_post(tx, later, post=post, body="ちがう"),
        lambda: posts.remove_post(tx, later, post=post),
        lambda: boards.close_topic(tx, later, topic=on),
    ):
        with pytest.raises(Forbidden):
            deed()
    view = topic(tx, later, public_id=on)
    assert (view.author.name, view.author.by, view.may_close) == ("きりもこ", "", False)
    assert mascots_desk(tx, world.ben)[0].mascots[0].voices == ()


def test_the_same_words_in_two_voices_are_two_posts_and_in_one_voice_one(tx, world, voice):
    on = factories.topic(tx, world.aki).public_id
    first, second, own = said(tx, world.ben, on, voice), said(tx, world.ben, on, voice), said(tx, world.ben, on, "")
    assert first.public_id == second.public_id != own.public_id
    assert (own.author.name, own.author.kind) == ("Ben", "staff")


def test_at_rest_it_keeps_what_it_wrote_and_writes_no_more(tx, world, voice):
    on = factories.topic(tx, world.aki).public_id
    said(tx, world.ben, on, voice)
    public_id = voice.removeprefix("mascot:")
    for _ in range(2):
        mascots.retire(tx, world.ben, mascot=public_id)
    with pytest.raises(Invalid) as refused:
        said(tx, world.ben, on, voice, body="また")
    assert (refused.value.code, read_posts(tx, world.dai, topic=on).items[1].author.name) == ("mascot_retired", "きりもこ")
    assert spoken_mascots(tx, world.ben, slug="hitoyoshi") == ()
    mascots.bring_back(tx, world.ben, mascot=public_id)
    assert said(tx, world.ben, on, voice, body="また").author.name == "きりもこ"
    deeds = [row.detail for row in tx.exec(select(AuditEntry).order_by(AuditEntry.id)) if row.verb == "mascot.make"]
    assert deeds == [{}, {"ended": True}, {"restored": True}]


def test_a_search_finds_the_mascots_words_under_its_name(tx, world, voice):
    on = factories.topic(tx, world.aki).public_id
    said(tx, world.ben, on, voice, body="霧のなかの汽車")
    (found,) = [one for one in search(tx, world.dai, q="汽車").items if one.kind == "post"]
    assert (found.who.name, found.who.public_id, found.who.by) == ("きりもこ", "", "")


def test_its_lead_makes_it_a_curator_only_looks(tx, world):
    one = gina(tx)
    for who, error in ((one, Forbidden), (world.aki, Forbidden), (world.fumi, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            mascots.make(tx, who, municipality_code=HITOYOSHI, name="きりもこ")
    ref = made(tx, world)
    with pytest.raises(Forbidden):
        mascots.change(tx, one, mascot=ref.public_id, name="もこ")
    (town,) = mascots_desk(tx, one)
    assert [(view.ref.name, view.voices, town.town.leads) for view in town.mascots] == [("きりもこ", ("Ben",), False)]
    assert mascots.change(tx, world.ben, mascot=ref.public_id, name="もこ", description="霧の子").name == "もこ"
    assert tx.exec(select(MascotVoice)).all() == []
    with pytest.raises(NotFound):
        mascots.retire(tx, world.ben, mascot="2222222222zz")
    with pytest.raises(Forbidden):
        mascots_desk(tx, world.aki)


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"name": " "}, "name", "text_empty"),
        ({"name": "あ" * 41}, "name", "text_too_long"),
        ({"description": "あ" * 201}, "description", "text_too_long"),
        ({"face": "2222222222zz"}, "photo", "photo_unknown"),
        ({"voices": ("2222222222zz",)}, "voices", "mascot_voice_not_staff"),
    ],
)
def test_a_wrong_mascot_names_its_field(tx, world, wrong, field, code):
    with pytest.raises(Invalid) as refused:
        made(tx, world, **wrong)
    assert [(one.field, one.code) for one in refused.value.errors] == [(field, code)]


def test_only_the_towns_own_staff_are_voices_and_ten_mascots_are_enough(tx, world):
    with pytest.raises(Invalid):
        made(tx, world, voices=(world.fumi.public_id,))
    for number in range(10):
        made(tx, world, name=f"きりもこ{number}")
    with pytest.raises(Conflict) as refused:
        made(tx, world)
    assert refused.value.code == "mascots_too_many"


def test_its_face_is_public_stays_and_is_nobody_elses(tx, world):
    waiting = factories.waiting_picture(tx, world.ben)
    ref = made(tx, world, face=waiting.public_id)
    assert ref.face.name == waiting.outside_name
    assert stored_picture(tx, world.dai, name=waiting.outside_name, size=320, suffix="jpeg").public
    with pytest.raises(NotFound):
        stored_picture(tx, world.dai, name=waiting.resident_name, size=320, suffix="jpeg")
    mascots.retire(tx, world.ben, mascot=ref.public_id)
    assert tx.exec(select(Picture).where(pictures.waiting_ones())).all() == []
    with pytest.raises(Invalid):
        made(tx, world, face=waiting.public_id)
    with pytest.raises(NotFound):
        pictures.discard(tx, world.ben, public_id=waiting.public_id)


def test_staff_of_two_towns_speak_for_each_on_its_own_board(tx, world, voice):
    tx.add(Role(person_id=world.ben.person_id, role="staff", level="lead", municipality_code=NISHIKI, granted_at=clock.now()))
    tx.flush()
    both = actor_of_person(tx, tx.get_one(Person, world.ben.person_id))
    other = mascots.make(tx, both, municipality_code=NISHIKI, name="にしきん", voices=(both.public_id,))
    assert [one.name for one in spoken_mascots(tx, both, slug="hitoyoshi-kuma")] == ["きりもこ", "にしきん"]
    assert [one.name for one in spoken_mascots(tx, both, slug="nishiki")] == ["にしきん"]
    on = factories.topic(tx, world.aki, board="nishiki-hiroba").public_id
    assert said(tx, both, on, f"mascot:{other.public_id}").author.mascot.town == "錦町"


def test_who_leaves_leaves_the_mascots_words_without_a_writer(tx, world):
    one = gina(tx)
    voice = f"mascot:{made(tx, world, voices=(one.public_id,)).public_id}"
    on = factories.topic(tx, world.aki).public_id
    said(tx, one, on, voice)
    person = tx.get_one(Person, one.person_id)
    person.left_at = clock.now() - DAY
    tx.add(person)
    for column in leaving.ENDS:
        tx.exec(delete(column.class_).where(column == one.person_id))
    author = read_posts(tx, world.ben, topic=on).items[1].author
    assert (author.name, author.by, tx.exec(select(MascotVoice)).all()) == ("きりもこ", "", [])
