"""A picture is straightened and places on it hidden: while it waits, and when it hangs on the map already."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.config import settings
from tamemap.gateways.storage import storage_from
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import AuditEntry, OutboxEntry, Picture
from tamemap.services import picture_sizes, pictures
from tests import factories
from tests.gateways.photos import encoded, opened, paper, sheet
from tests.web.browsers import API, form, photo, posted, problem

LEFT_HALF = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]
FACE = [0.1, 0.1, 0.2, 0.1]


def large() -> bytes:
    """A photograph beyond the first sizes."""
    return encoded(sheet(1200, 1680), "JPEG")


def sent(browser, data: bytes = b"") -> str:
    """The id of a photo that was sent ahead."""
    return browser.post(f"{API}/photos", files=photo(data)).json()["photos"][0]["id"]


def edit(browser, public_id, **wish):
    """Ask for an edit."""
    return browser.put(f"{API}/photos/{public_id}/edit", json=wish)


def row_of(public_id) -> Picture:
    """The picture's row."""
    with db.transaction(write=False) as tx:
        return tx.exec(select(Picture).where(Picture.public_id == public_id)).one()


def picture_of(browser, flyer) -> dict:
    """The first picture in a flyer's JSON."""
    return browser.get(f"{API}/flyers/{flyer}").json()["pictures"][0]


def on_flyer(browser, data=None, **changes) -> tuple[str, str]:
    """A posted flyer and its picture."""
    public_id = sent(browser, data or large())
    answer = browser.post(f"{API}/flyers", data=form(photo_id=public_id, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], public_id


def stored(name: str) -> bool:
    """Whether the store has that file."""
    return storage_from(settings()).exists(name)


def drained(kind: str, *, after: timedelta = timedelta()) -> None:
    """Do what waits in the outbox of that kind."""
    with db.transaction(write=False) as tx:
        rows = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == kind)).all()
    for row in rows:
        if row.due_at <= clock.now() + after:
            HANDLERS[kind](row.payload)


def test_a_waiting_photo_is_cut_out_and_its_thumb_shows_it_at_once(world, visit):
    aki = visit(world.aki)
    public_id = sent(aki, large())
    answer = edit(aki, public_id, corners=LEFT_HALF, blur=[])
    made = answer.json()
    assert (answer.status_code, made["id"], made["width"], made["height"]) == (200, public_id, 600, 1680)
    assert (made["corners"], made["boxes"], made["flyer"], made["version"]) == (LEFT_HALF, [], None, None)
    thumb = aki.get(made["thumb"])
    assert opened(thumb.content).size == (114, 320)
    assert thumb.headers["cache-control"] == "private, no-store"
    assert made["thumb"] != edit(aki, public_id, corners=LEFT_HALF, blur=[FACE]).json()["thumb"]


def test_the_whole_edit_is_sent_each_time_and_nothing_gives_the_photo_back_as_it_was(world, visit):
    aki = visit(world.aki)
    public_id = sent(aki, large())
    before = row_of(public_id)
    assert edit(aki, public_id, corners=LEFT_HALF, blur=[FACE]).status_code == 200
    assert row_of(public_id).edit == {"corners": LEFT_HALF, "blur": [FACE]}
    assert edit(aki, public_id, blur=[FACE]).json()["width"] == 1200
    for wish in ({"corners": None, "blur": []}, {}):
        assert edit(aki, public_id, **wish).status_code == 200
        after = row_of(public_id)
        assert (after.edit, after.width, after.height, after.blur) == ({}, before.width, before.height, before.blur)
        assert after.variants == {size: before.variants[size] for size in ("320", "960")}
    assert after.original == before.original


def test_the_same_edit_again_changes_nothing(world, visit):
    aki = visit(world.aki)
    flyer, public_id = on_flyer(aki)
    first = edit(aki, public_id, blur=[FACE]).json()
    before = row_of(public_id)
    assert edit(aki, public_id, blur=[FACE]).json() == first
    assert row_of(public_id) == before
    assert first["version"] == aki.get(f"{API}/flyers/{flyer}").json()["version"]


def test_what_is_hidden_on_a_posted_flyer_cannot_be_had_under_any_former_address(world, visit):
    aki, guest = visit(world.aki), visit()
    flyer, public_id = on_flyer(aki, outside="true")
    drained("pictures")
    former = [size["jpeg"] for size in picture_of(guest, flyer)["sizes"].values()]
    former += [size["jpeg"] for size in picture_of(aki, flyer)["sizes"].values()]
    assert len(set(former)) == 6 and all(guest.get(one).status_code == 200 for one in former)
    files = pictures.shown_files(row_of(public_id))
    version = aki.get(f"{API}/flyers/{flyer}").json()["version"]

    answer = edit(aki, public_id, blur=[FACE])
    assert answer.json()["flyer"] == flyer and answer.json()["version"] == version + 1
    for browser in (guest, aki, visit(world.ben)):
        assert [browser.get(one).status_code for one in former] == [404] * 6
    for browser in (guest, aki):
        shown = picture_of(browser, flyer)["sizes"]
        assert set(shown) == {"320", "960"}  # the large one would still show it
        assert all(browser.get(one["jpeg"]).status_code == 200 for one in shown.values())
    assert not files & pictures.shown_files(row_of(public_id))
    # the files themselves go a little later; then only the private original knows
    drained("picture_files")
    assert all(stored(name) for name in files)
    drained("picture_files", after=timedelta(minutes=10))
    drained("picture_files", after=timedelta(minutes=10))
    assert not any(stored(name) for name in files)
    assert stored(row_of(public_id).original)


def test_the_large_size_follows_the_edit(world, visit):
    aki = visit(world.aki)
    flyer, public_id = on_flyer(aki)
    edit(aki, public_id, corners=LEFT_HALF, blur=[[0.1, 0.05, 0.5, 0.2]])
    drained("pictures")
    largest = picture_of(aki, flyer)["sizes"]["2048"]
    assert (largest["width"], largest["height"]) == (600, 1680)
    seen = opened(aki.get(largest["jpeg"]).content)
    # a red third stood there: now its average in cells
    assert len({seen.getpixel((x, 200)) for x in range(70, 340, 9)}) > 4
    assert seen.getpixel((30, 1600))[2] > 150  # blue as ever
    pictures_before = row_of(public_id).variants
    drained("pictures")
    assert row_of(public_id).variants == pictures_before


def test_a_picture_edited_while_its_large_size_is_made_does_not_get_the_former_one(world, visit, monkeypatch):
    aki = visit(world.aki)
    public_id = sent(aki, large())
    render = picture_sizes.imaging.render

    def meanwhile(*args, **kwargs):
        monkeypatch.setattr(picture_sizes.imaging, "render", render)
        assert edit(aki, public_id, blur=[FACE]).status_code == 200
        return render(*args, **kwargs)

    monkeypatch.setattr(picture_sizes.imaging, "render", meanwhile)
    picture_sizes.finish(public_id)
    assert set(row_of(public_id).variants) == {"320", "960"}
    picture_sizes.finish(public_id)
    assert set(row_of(public_id).variants) == {"320", "960", "2048"}


def test_each_page_of_a_pdf_is_edited_by_itself(world, visit):
    aki = visit(world.aki)
    first, second = (one["id"] for one in aki.post(f"{API}/photos", files=photo(paper((300, 400), (400, 300)))).json()["photos"])
    assert edit(aki, second, corners=LEFT_HALF).status_code == 200
    drained("pictures")
    assert (row_of(first).width, row_of(first).height) == (1536, 2048)
    shape = row_of(second).variants["2048"]
    assert shape["width"] < shape["height"] and set(row_of(first).variants) == {"320", "960", "2048"}


def test_files_that_another_flyer_shows_stay(world, visit):
    aki, chie = visit(world.aki), visit(world.chie)
    _, mine = on_flyer(aki, large())
    theirs, _ = on_flyer(chie, large())
    edit(aki, mine, blur=[FACE])
    drained("picture_files", after=timedelta(minutes=10))
    assert chie.get(picture_of(chie, theirs)["sizes"]["960"]["jpeg"]).status_code == 200


def test_taking_an_edit_back_at_once_keeps_its_files(world, visit):
    aki = visit(world.aki)
    _, public_id = on_flyer(aki)
    edit(aki, public_id, blur=[FACE])
    edit(aki, public_id)
    drained("picture_files", after=timedelta(minutes=10))
    assert all(stored(name) for name in pictures.shown_files(row_of(public_id)))


def test_nobody_edits_others_pictures(world, visit):
    aki = visit(world.aki)
    waiting = sent(aki)
    for stranger in (visit(), visit(world.chie), visit(world.ben), visit(world.emi)):
        problem(edit(stranger, waiting, blur=[FACE]), 404, "photo_unknown")
    _, hanging = on_flyer(aki)
    problem(edit(visit(), hanging, blur=[FACE]), 401, "sign_in_first")
    for stranger in (visit(world.chie), visit(world.fumi)):
        assert edit(stranger, hanging, blur=[FACE]).status_code == 403
    problem(edit(aki, "nosuchpictu2", blur=[FACE]), 404, "photo_unknown")
    assert row_of(waiting).edit == row_of(hanging).edit == {}


def test_staff_may_hide_a_face_and_it_is_written_down(world, visit):
    flyer, public_id = on_flyer(visit(world.aki))
    assert edit(visit(world.ben), public_id, blur=[FACE]).status_code == 200
    with db.transaction(write=False) as tx:
        entry = tx.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.verb, entry.thing_id, entry.detail) == ("flyer.change", flyer, {"picture": public_id})


def test_a_guest_edits_from_the_same_browser_and_the_flyer_waits_for_staff_again(world, visit):
    dai = visit()
    waiting = sent(dai)
    assert edit(dai, waiting, blur=[FACE]).status_code == 200
    flyer, public_id = on_flyer(dai)
    visit(world.ben).post(f"{API}/desk/flyers/{flyer}/decision", json={"decision": "up", "placement": "all"})
    assert dai.get(f"{API}/flyers/{flyer}").json()["state"] == "up"
    assert edit(dai, public_id, blur=[FACE]).status_code == 200
    assert dai.get(f"{API}/flyers/{flyer}").json()["state"] == "held"


def test_a_flyer_that_changed_meanwhile_or_has_left_is_not_edited(world, visit):
    aki = visit(world.aki)
    flyer, public_id = on_flyer(aki)
    stale = aki.put(f"{API}/photos/{public_id}/edit", json={"blur": [FACE]}, headers={"If-Match": '"v99"'})
    problem(stale, 412, "flyer_changed_meanwhile")
    aki.delete(f"{API}/flyers/{flyer}")
    problem(edit(aki, public_id, blur=[FACE]), 410, "flyer_gone")
    assert row_of(public_id).edit == {}


def test_without_its_original_a_picture_stays_as_it_is(world, visit):
    aki = visit(world.aki)
    _, public_id = on_flyer(aki)
    pictures.disown(Picture.public_id == public_id)
    problem(edit(aki, public_id, blur=[FACE]), 410, "photo_original_gone")


def test_what_is_in_a_post_or_on_a_theme_is_not_edited(world, visit):
    aki = visit(world.aki)
    public_id = sent(aki)
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.aki).public_id
    answer = aki.post(f"{API}/topics/{topic}/posts", json={"body": "写真です", "pictures": [public_id]})
    assert answer.status_code == 201, answer.text
    problem(edit(aki, public_id, blur=[FACE]), 404, "photo_unknown")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"corners": LEFT_HALF[:3]}, "corners"),
        ({"corners": LEFT_HALF[::-1]}, "corners"),
        ({"corners": "x"}, "corners"),
        ({"blur": [[0, 0, 0, 0]]}, "blur"),
        ({"blur": {"x": 1}}, "blur"),
        ({"blur": [[0, 0, 1e400, 1]]}, "blur"),
    ],
)
def test_what_is_no_edit_is_refused(world, visit, wish, field):
    aki = visit(world.aki)
    public_id = sent(aki)
    body = json.dumps(wish).replace("Infinity", "1e999")
    answer = aki.put(f"{API}/photos/{public_id}/edit", content=body, headers={"Content-Type": "application/json"})
    problem(answer, 422, f"photo_{field}_wrong", field)
    assert row_of(public_id).edit == {}


def test_a_flyer_without_an_edit_is_shown_as_ever(world, visit):
    aki = visit(world.aki)
    flyer = posted(aki)
    drained("pictures")
    assert set(picture_of(aki, flyer)["sizes"]) == {"320", "960", "2048"}
