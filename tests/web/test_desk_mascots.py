"""``/desk/mascots``: the lead makes a mascot with a face, names its voices, lets it rest; curators look; strangers do not."""

from __future__ import annotations

from sqlmodel import select

from tamemap import db
from tamemap.i18n import t
from tamemap.models import Mascot, MascotVoice
from tamemap.services import invitations, posts
from tests import factories
from tests.factories import HITOYOSHI, NISHIKI
from tests.gateways.photos import encoded, sheet
from tests.web.browsers import API, problem
from tests.web.pages import read

HERE = "/desk/mascots"


def rows(model):
    with db.transaction(write=False) as tx:
        return tx.exec(select(model).order_by(model.id)).all()


def curator():
    with db.transaction(write=True) as tx:
        made = factories.person(tx, "Gina")
        invitations.give_staff(tx, person_id=made.person_id, municipality_code=HITOYOSHI, level="curator")
    return made


def test_ben_makes_a_mascot_with_its_face_and_it_answers(world, visit):
    ben, photo = visit(world.ben), encoded(sheet(300, 300), "JPEG")
    wish = {"municipality": HITOYOSHI, "name": "きりもこ", "description": "霧の子", "voices": world.ben.public_id}
    sent = ben.post(HERE, data=wish, files={"photo": ("face.jpg", photo, "image/jpeg")})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}?said=mascot_made")
    page = read(ben.get(HERE))
    (item,) = page.all("li", class_="tm-setting")
    assert ("きりもこ" in item.text, t("mascot.voices_are", names="Ben") in item.text) == (True, True)
    (row,) = rows(Mascot)
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.aki).public_id
    made = ben.post(f"{API}/topics/{topic}/posts", json={"body": "やあ", "group": f"mascot:{row.public_id}"}).json()
    assert (made["author"]["name"], made["author"]["kind"], made["author"]["by"]) == ("きりもこ", "mascot", "Ben")
    answer = visit().get(f"/b/hitoyoshi-hiroba/{topic}")
    seen = read(answer).all("article")[1]
    assert t("mascot.badge", town="人吉市") in seen.text
    assert "Ben" not in answer.text
    assert visit().get(seen.one("img")["src"]).status_code == 200
    public = visit().get(f"{API}/topics/{topic}/posts").json()["items"][1]["author"]
    assert (public["id"], public["mascot"]["id"], "by" in public) == ("", row.public_id, False)
    assert t("group.by", name="Ben") in visit(world.ben).get(f"/b/hitoyoshi-hiroba/{topic}").text


def test_a_form_that_was_wrong_comes_back_with_what_was_typed_and_the_picture(world, visit):
    ben = visit(world.ben)
    wrong = ben.post(HERE, data={"municipality": HITOYOSHI, "name": "", "description": "霧の子", "voices": world.ben.public_id},
                     files={"photo": ("face.jpg", encoded(sheet(300, 300), "JPEG"), "image/jpeg")})  # fmt: skip
    page = read(wrong)
    assert (wrong.status_code, page.one("input", id="description")["value"], rows(Mascot)) == (422, "霧の子", [])
    face = page.one("input", name="face")["value"]
    assert "checked" in page.one("input", name="voices", value=world.ben.public_id).attributes
    ben.post(HERE, data={"municipality": HITOYOSHI, "name": "きりもこ", "face": face})
    assert rows(Mascot)[0].picture_id is not None
    assert (
        t("errors.mascot_voice_not_staff")
        in ben.post(HERE, data={"municipality": HITOYOSHI, "name": "x", "voices": world.aki.public_id}).text
    )


def test_ben_changes_its_voices_lets_it_rest_and_brings_it_back(world, visit):
    ben, gina = visit(world.ben), curator()
    ben.post(HERE, data={"municipality": HITOYOSHI, "name": "きりもこ"})
    mascot = rows(Mascot)[0].public_id
    page = read(ben.get(HERE, params={"mascot": mascot}))
    assert page.one("input", id="name")["value"] == "きりもこ"
    sent = ben.post(HERE, data={"mascot": mascot, "name": "もこ", "voices": [gina.public_id, world.ben.public_id]})
    assert (sent.headers["location"], len(rows(MascotVoice)), rows(Mascot)[0].name) == (f"{HERE}?said=mascot_changed", 2, "もこ")
    for deed, gone in (("retire", True), ("return", False)):
        assert ben.post(HERE, data={"mascot": mascot, "deed": deed}).headers["location"] == f"{HERE}?said=mascot_{deed}"
        assert (rows(Mascot)[0].retired_at is not None) is gone


def test_curators_look_and_strangers_do_not(world, visit):
    visit(world.ben).post(HERE, data={"municipality": HITOYOSHI, "name": "きりもこ"})
    mascot, gina = rows(Mascot)[0].public_id, visit(curator())
    page = read(gina.get(HERE))
    assert ("きりもこ" in page.text, page.all("form", action=HERE)) == (True, [])
    assert gina.get(HERE, params={"mascot": mascot}).status_code == 404
    assert gina.post(HERE, data={"mascot": mascot, "deed": "retire"}).status_code == 403
    assert visit().get(HERE).headers["location"].startswith("/sign-in?")
    assert visit(world.aki).get(HERE).status_code == 403
    fumi = visit(world.fumi)
    assert "きりもこ" not in fumi.get(HERE).text
    assert fumi.post(HERE, data={"mascot": mascot, "name": "x"}).status_code == 403
    assert fumi.post(HERE, data={"municipality": HITOYOSHI, "name": "x"}).status_code == 403
    assert rows(Mascot)[0].name == "きりもこ"


def test_an_operator_of_several_towns_chooses_one_first(world, visit):
    emi = visit(world.emi)
    page = read(emi.get(HERE))
    assert page.all("input", id="name") == []
    assert [node["href"] for node in page.all("a") if "town=" in node["href"]] == [
        f"{HERE}?town={HITOYOSHI}",
        f"{HERE}?town={NISHIKI}",
    ]
    assert read(emi.get(HERE, params={"town": NISHIKI})).one("input", name="municipality")["value"] == NISHIKI


def test_the_api_refuses_who_is_not_named(world, visit):
    visit(world.ben).post(HERE, data={"municipality": HITOYOSHI, "name": "きりもこ"})
    group = f"mascot:{rows(Mascot)[0].public_id}"
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.aki).public_id
    for who, code in ((world.ben, "mascot_not_yours"), (world.aki, "not_allowed_staff_only")):
        problem(visit(who).post(f"{API}/topics/{topic}/posts", json={"body": "やあ", "group": group}), 403, code)
    with db.transaction(write=True) as tx:
        assert posts.write_post(tx, world.ben, topic=topic, body="やあ").author.kind == "staff"
