"""Whatever is sent as words: nothing of it runs, nothing falls over, nothing costs more than it should."""

from __future__ import annotations

import json
import sys

import pytest
from sqlalchemy import event
from sqlmodel import select

from tamemap import clock, db
from tamemap.domain.writing import POST_LIMIT, render_markdown
from tamemap.models import Person, Post, Reaction
from tamemap.queries.posts import posts as read_posts
from tamemap.services.people import change_profile
from tests import factories
from tests.web.browsers import API, problem
from tests.web.pages import read

BOARD = "hitoyoshi-hiroba"
EVIL = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<svg/onload=alert(1)>",
    "[おす](javascript:alert(1))",
    "[おす](data:text/html;base64,PHNjcmlwdD4=)",
    '<a href="https://example.jp" onclick="alert(1)">x</a>',
    "<style>*{display:none}</style>",
    "</div></main><h1>役所から</h1>",
    "![x](https://example.com/track.gif)",
    '"><iframe src="https://example.com"></iframe>',
    "{{ 7 * 7 }} {% raw %} ${7*7}",
]


@pytest.fixture
def talk(world):
    with db.transaction(write=True) as tx:
        return factories.topic(tx, world.aki).public_id


@pytest.mark.parametrize("words", EVIL)
def test_markup_is_shown_as_it_was_typed_and_runs_nowhere(world, visit, talk, words):
    # a newcomer's links would wait for staff and be seen by nobody
    ben = visit(world.ben)
    sent = ben.post(f"{API}/topics/{talk}/posts", json={"body": words})
    assert sent.status_code == 201
    titled = ben.post(f"{API}/boards/{BOARD}/topics", json={"title": words[:80], "body": words}).json()
    for path in (f"/b/{BOARD}/{talk}", f"/b/{BOARD}/{titled['id']}", f"/b/{BOARD}", "/search?q=alert"):
        main = read(visit().get(path)).one("main")
        for tag in ("script", "iframe", "style"):
            assert main.all(tag) == [], path
        assert [one for one in main.all("svg") if "onload" in one.attributes] == []
        for node in main.all():
            assert not [name for name in node.attributes if name.startswith("on")], path
            assert not node.attributes.get("href", "").lower().startswith(("javascript:", "data:")), path
        for image in main.all("img"):
            assert "example.com" not in image.attributes.get("src", "")
    shown = read(visit().get(f"/b/{BOARD}/{titled['id']}"))
    assert shown.one("h1").text == " ".join(words[:80].split())
    # what has no meaning stays visible as it was typed
    if "<" in words:
        assert words.split("(")[0][:12] in shown.one("main").text


@pytest.mark.parametrize(
    ("body", "code"),
    [("あ" * 8001, "text_too_long"), ("\u200b\u200e\u202e\ufeff", "text_empty"), ("\x00", "text_empty"), ("", "text_empty"),
     (" 　\n", "text_empty"), ("\ud800", "text_empty")],
)  # fmt: skip
def test_what_is_no_post_is_refused_at_its_field(world, visit, talk, body, code):
    aki = visit(world.aki)
    # as JSON says it: a lone half of a sign cannot be sent otherwise
    sent = {"content": json.dumps({"body": body}), "headers": {"Content-Type": "application/json"}}
    problem(aki.post(f"{API}/topics/{talk}/posts", **sent), 422, code, "body")
    with db.transaction(write=False) as tx:
        assert len(tx.exec(select(Post)).all()) == 1


def test_eight_thousand_signs_are_a_post(world, visit, talk):
    sent = visit(world.aki).post(f"{API}/topics/{talk}/posts", json={"body": "あ" * 8000})
    assert (sent.status_code, sent.json()["html"].count("あ")) == (201, 8000)


@pytest.mark.parametrize("kind", ["json", "data"])
def test_a_megabyte_is_refused_before_it_is_looked_at(world, visit, talk, kind):
    sent = visit(world.aki).post(f"{API}/topics/{talk}/posts", **{kind: {"body": "x" * 1_000_000}})
    assert sent.status_code in {413, 422}
    assert sent.json()["code"] in {"body_too_large", "form_broken"}


def test_invisible_and_turning_signs_are_taken_out_of_names_titles_and_posts(world, visit, talk):
    aki = visit(world.aki)
    sent = aki.post(f"{API}/topics/{talk}/posts", json={"body": "あ\u202eすろこ\u202c\u200bい\x00う"}).json()
    assert sent["html"] == "<p>あすろこいう</p>"
    titled = aki.post(f"{API}/boards/{BOARD}/topics", json={"title": "\u202e役\u200b所\u2066", "body": "x"}).json()
    assert titled["title"] == "役所"
    with db.transaction(write=True) as tx:
        change_profile(tx, world.aki, name="\u202e人吉\u200d市\u200f役所")
        assert tx.get_one(Person, world.aki.person_id).name == "人吉市役所"


@pytest.mark.parametrize("wrong", ["\x00", "x" * 5000, "../../etc", "<script>", "あ", "%00", "' OR 1=1 --"])
def test_ids_of_all_kinds_name_nothing(world, visit, wrong):
    aki = visit(world.aki)
    for answer in (
        aki.post(f"{API}/reports", json={"thing": "post", "thing_id": wrong, "reason": "rude"}),
        aki.get(f"{API}/search", params={"q": "x", "map": wrong}),
        aki.get(f"{API}/boards/{BOARD}/topics", params={"cursor": wrong}),
        visit(world.ben).post("/desk/cases", data={"case": wrong, "decision": "keep"}),
    ):
        assert 400 <= answer.status_code < 500


def test_ten_thousand_reactions_are_counted_by_as_few_questions_as_one(world, talk):
    def asked() -> tuple[int, list[int]]:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_more) -> None:
            seen.append(statement)

        event.listen(db.engine(), "before_cursor_execute", note)
        try:
            with db.transaction(write=False) as tx:
                (post,) = read_posts(tx, world.chie, topic=talk).items
        finally:
            event.remove(db.engine(), "before_cursor_execute", note)
        return len(seen), [one.count for one in post.reactions]

    with db.transaction(write=True) as tx:
        post_id = tx.exec(select(Post.id)).one()
        tx.add(Reaction(post_id=post_id, person_id=world.aki.person_id, kind="like", created_at=clock.now()))
    few, counts = asked()
    assert counts == [1, 0, 0, 0]
    with db.transaction(write=True) as tx:
        people = [Person(name=f"人{number}", created_at=clock.now()) for number in range(2500)]
        tx.add_all(people)
        tx.flush()
        tx.add_all(
            Reaction(post_id=post_id, person_id=one.id, kind=kind, created_at=clock.now())
            for one in people
            for kind in ("like", "thanks", "join", "cheer")
        )
    many, counts = asked()
    assert counts == [2501, 2500, 2500, 2500]
    assert many == few


def steps(text: str) -> int:
    """How many calls of functions it takes to render it: the same on every machine, whatever else it does."""
    count = 0

    def note(_frame, kind, _argument) -> None:
        nonlocal count
        count += kind == "call"

    sys.setprofile(note)
    try:
        render_markdown(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "part",
    ["> ", "- ", "1. ", "> - ", "**", "*a_ ", "`", "[", "[a](", "](", "<", "\\", "&amp;", "http://a.jp/ ", "~~~\n", "_a__b"],
)
def test_deep_and_broken_markdown_costs_no_more_than_its_length(part):
    render_markdown("x")
    short, long = (steps((part * POST_LIMIT)[:length]) for length in (POST_LIMIT // 4, POST_LIMIT))
    # four times the text, about four times the steps: squared it would be sixteen times
    assert long <= 6 * short + 1000
