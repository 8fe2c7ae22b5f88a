"""What stands on a flyer, as text: who reads it, who corrects it, who finds the flyer by it."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from tamemap import db
from tamemap.domain.actors import Actor
from tamemap.models import AuditEntry, Flyer, Picture
from tamemap.queries.pictures import WORDS_LIMIT
from tamemap.queries.search import search
from tamemap.services import flyer_words, search_index
from tests import factories
from tests.web.browsers import API, problem

TEXT = "秋の市\n球磨川の川原 10時から\n電話 090-1234-5678"


def hung(actor, *, words=(TEXT,), pictures=1, **fields) -> str:
    """A flyer whose pictures were read."""
    with db.transaction(write=True) as tx:
        row = factories.flyer(tx, actor, pictures=pictures, **fields)
        flyer_words.put(tx, row, words)
        return row.public_id


def words_of(browser, flyer) -> list[str]:
    """The texts in a flyer's JSON."""
    return [one["words"] for one in browser.get(f"{API}/flyers/{flyer}").json()["pictures"]]


def finds(actor, q) -> list[str]:
    """The flyers that this actor finds."""
    with db.transaction(write=False) as tx:
        return [item.public_id for item in search(tx, actor, q=q).items]


def test_the_text_stands_on_the_page_and_in_the_api_and_is_found(world, visit):
    flyer = hung(world.aki, outside=True)
    for browser in (visit(), visit(world.chie), visit(world.aki)):
        assert words_of(browser, flyer) == [TEXT]
        page = browser.get(f"/f/{flyer}").text
        assert "<details" in page and "チラシに書いてあること" in page and "球磨川の川原" in page
        assert 'alt="「秋の市」のチラシの写真' in page  # the picture's own stays short
    for reader in (Actor(), world.chie, world.aki):
        assert finds(reader, "川原") == [flyer]
    (item,) = _found(world.chie, "川原")
    assert "球磨川の川原" in item.excerpt.text


def _found(actor, q):
    with db.transaction(write=False) as tx:
        return search(tx, actor, q=q).items


@pytest.mark.parametrize("field", ["venue", "phone"])
def test_where_a_field_is_hidden_outside_no_word_of_the_text_leaks(world, visit, field):
    flyer = hung(world.aki, outside=True, hidden=(field,), phone="0966-22-0000", venue="公民館")
    for browser in (visit(), visit(world.chie), visit(world.fumi)):
        assert words_of(browser, flyer) == [""]
        page = browser.get(f"/f/{flyer}").text
        assert "090-1234" not in page and "川原" not in page
    for stranger in (Actor(), world.chie, world.fumi):
        assert finds(stranger, "川原") == finds(stranger, "5678") == []
        assert all("川原" not in item.excerpt.text for item in _found(stranger, "秋の市"))
    for insider in (world.aki, world.ben, world.emi):
        assert words_of(visit(insider), flyer) == [TEXT]
        assert finds(insider, "川原") == [flyer]


def test_hiding_a_field_afterwards_takes_the_text_away_from_strangers_at_once(world, visit):
    flyer = hung(world.aki, outside=True)
    assert finds(world.chie, "川原") == [flyer]
    aki = visit(world.aki)
    assert aki.patch(f"{API}/flyers/{flyer}", json={"hidden_outside": ["phone"]}).status_code == 200
    assert (finds(world.chie, "川原"), words_of(visit(), flyer)) == ([], [""])
    aki.patch(f"{API}/flyers/{flyer}", json={"hidden_outside": []})
    assert (finds(world.chie, "川原"), words_of(visit(), flyer)) == ([flyer], [TEXT])


def test_aki_and_staff_correct_the_text_and_it_is_found_by_the_new_words_only(world, visit):
    flyer = hung(world.aki, pictures=2, words=("朝市", "裏面"))
    aki = visit(world.aki)
    before = aki.get(f"{API}/flyers/{flyer}").json()["version"]
    answer = aki.patch(f"{API}/flyers/{flyer}", json={"words": ["夕市", "うらめん"], "title": "冬の市"})
    made = answer.json()
    assert ([one["words"] for one in made["pictures"]], made["title"], made["version"]) == (
        ["夕市", "うらめん"],
        "冬の市",
        before + 1,
    )
    assert (finds(world.aki, "朝市"), finds(world.aki, "夕市"), finds(world.aki, "裏面")) == ([], [flyer], [])
    # one text is that of the first picture; the other stays
    assert visit(world.ben).patch(f"{API}/flyers/{flyer}", json={"words": "夜市"}).status_code == 200
    assert words_of(aki, flyer) == ["夜市", "うらめん"]
    with db.transaction(write=False) as tx:
        entry = tx.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
        assert (entry.verb, entry.detail) == ("flyer.change", {"fields": ["words"]})
    again = aki.patch(f"{API}/flyers/{flyer}", json={"words": ["夜市", "うらめん"]})
    assert [one["words"] for one in again.json()["pictures"]] == ["夜市", "うらめん"]
    # other changes leave it
    aki.patch(f"{API}/flyers/{flyer}", json={"venue": "公園"})
    assert (words_of(aki, flyer), finds(world.aki, "夜市")) == (["夜市", "うらめん"], [flyer])


def test_what_is_no_text_is_refused_and_nothing_changes(world, visit):
    flyer, aki = hung(world.aki), visit(world.aki)
    for wish, code in (
        ({"words": ["a", "b"]}, "words_too_many"),
        ({"words": "あ" * (WORDS_LIMIT + 1)}, "too_long"),
        ({"words": [1]}, "text_wrong"),
        ({"words": {"0": "a"}}, "text_wrong"),
    ):
        problem(aki.patch(f"{API}/flyers/{flyer}", json=wish | {"title": "冬の市"}), 422, code, "words")
    assert words_of(aki, flyer) == [TEXT]
    assert aki.get(f"{API}/flyers/{flyer}").json()["title"] == "秋の市"
    assert aki.patch(f"{API}/flyers/{flyer}", json={"words": "あ\u202e\x00い"}).status_code == 200
    assert words_of(aki, flyer) == ["あい"]


def test_nobody_else_corrects_it(world, visit):
    flyer = hung(world.aki)
    problem(visit().patch(f"{API}/flyers/{flyer}", json={"words": "x"}), 401, "sign_in_first")
    assert visit(world.chie).patch(f"{API}/flyers/{flyer}", json={"words": "x"}).status_code == 403
    assert visit(world.chie).get(f"/f/{flyer}/words").status_code == 403
    assert visit(world.chie).post(f"/f/{flyer}/words", data={"version": "1"}).status_code == 403
    gone = visit().get(f"/f/{flyer}/words")
    assert (gone.status_code, gone.headers["location"]) == (303, f"/sign-in?then=%2Ff%2F{flyer}%2Fwords")
    assert visit(world.aki).get("/f/nosuchflyer2/words").status_code == 404
    assert words_of(visit(world.aki), flyer) == [TEXT]


def test_the_form_shows_the_texts_and_writes_them(world, visit):
    flyer, aki = hung(world.aki, pictures=2, words=("おもて", "うら")), visit(world.aki)
    page = aki.get(f"/f/{flyer}/words")
    assert page.status_code == 200 and page.headers["cache-control"] == "private, no-store"
    assert ">おもて</textarea>" in page.text and ">うら</textarea>" in page.text
    ids = [one["id"] for one in aki.get(f"{API}/flyers/{flyer}").json()["pictures"]]
    version = str(aki.get(f"{API}/flyers/{flyer}").json()["version"])
    sent = {"version": version, f"words-{ids[0]}": "表です", f"words-{ids[1]}": "<b>裏</b>"}
    answer = aki.post(f"/f/{flyer}/words", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/f/{flyer}")
    assert words_of(aki, flyer) == ["表です", "<b>裏</b>"]
    assert "&lt;b&gt;裏" in aki.get(f"/f/{flyer}").text
    # sent once more from the same page: the flyer has changed meanwhile, what was typed stays in sight
    late = aki.post(f"/f/{flyer}/words", data=sent | {f"words-{ids[0]}": "おそい"})
    assert late.status_code == 412 and ">おそい</textarea>" in late.text
    assert words_of(aki, flyer)[0] == "表です"
    broken = aki.post(f"/f/{flyer}/words", data={"version": "x"})
    assert broken.status_code == 412


def test_a_flyer_without_text_says_so_to_its_poster_only(world, visit):
    flyer = hung(world.aki, words=())
    assert f"/f/{flyer}/words" in visit(world.aki).get(f"/f/{flyer}").text
    assert "チラシに書いてあること" not in visit(world.dai if world.dai.person_id else None).get(f"/f/{flyer}").text


def test_the_text_of_a_picture_that_staff_hid_is_gone_with_it_and_comes_back(world, visit):
    flyer = hung(world.aki, pictures=2, words=("表面", "裏面"))
    with db.transaction(write=True) as tx:
        second = tx.exec(select(Picture).join(Flyer).where(Flyer.public_id == flyer, Picture.position == 1)).one()
        second.hidden_at = second.created_at
    assert (finds(world.aki, "裏面"), words_of(visit(), flyer)) == ([], ["表面"])
    with db.transaction(write=True) as tx:
        tx.exec(select(Picture).where(Picture.position == 1)).one().hidden_at = None
    assert finds(world.aki, "裏面") == [flyer]


def test_the_index_made_anew_knows_the_texts_and_a_flyer_taken_down_is_not_found(world, visit):
    flyer = hung(world.aki, outside=True)
    search_index.rebuild()
    assert finds(world.chie, "川原") == [flyer]
    visit(world.aki).delete(f"{API}/flyers/{flyer}")
    assert finds(world.chie, "川原") == finds(world.aki, "川原") == []
