"""A newcomer's first hour, from the mail with the code to the first answer: the web as a browser meets it, and the worker."""

from __future__ import annotations

import email
import re
from datetime import timedelta
from email import policy

import pytest
from sqlmodel import select

from tamemap import clock, config, db
from tamemap.i18n import t
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import Notice, Person
from tests import factories
from tests.web.browsers import API
from tests.web.pages import read

BOARD, MAIL = "/b/hitoyoshi-hiroba", "gina@example.jp"
MINUTE = timedelta(minutes=1)


def work():
    """What the worker does, a minute later: mails go out, followers are told."""
    drain({kind: HANDLERS[kind] for kind in ("mail", "followers")})


def letter():
    """The only mail to Gina in the folder where mails are put as long as no server is set."""
    folder = config.settings().data_dir / "mail"
    (found,) = [one for path in folder.glob("*.eml") if MAIL in (one := _read(path))["To"]]
    return found.get_content()


def _read(path):
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def bell(name):
    """What somebody has not read yet of what they were told."""
    with db.transaction(write=False) as tx:
        mine = Person.name == name, Notice.read_at.is_(None)
        return list(tx.exec(select(Notice.code).join(Person).where(*mine).order_by(Notice.id)))


def news(browser):
    """What is new by the marks in the board's list."""
    return [node.text for node in read(browser.get(BOARD)).all("span", class_="tm-badge--new")]


@pytest.fixture
def talk(world):
    """A topic of Aki's, announced long ago."""
    with clock.frozen_at(clock.now() - 60 * MINUTE), db.transaction(write=True) as tx:
        made = factories.topic(tx, world.aki, title="川の話").public_id
    work()
    return made


@pytest.fixture
def gina(world, visit):
    """Gina's browser after she has come in by the code of her mail, for the first time, and has given herself a name."""
    browser = visit()
    assert browser.post("/sign-in", data={"mail": MAIL, "then": BOARD}).headers["location"] == "/sign-in/code?asked=1"
    work()
    code = re.search(r"\b\d{6}\b", letter())[0]
    first = browser.post("/sign-in/code", data={"code": code})
    assert (first.status_code, first.headers["location"].partition("?")[0]) == (303, "/me/ways")
    assert any(link["href"] == BOARD for link in read(browser.get(first.headers["location"])).all("a"))
    with db.transaction(write=True) as tx:
        tx.exec(select(Person).where(Person.mail == MAIL)).one().name = "Gina"
    return browser


def write(browser, talk, body):
    answer = browser.post(f"{API}/topics/{talk}/posts", json={"body": body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_gina_says_hello_is_answered_by_name_and_reads_it(world, visit, talk, gina):
    here, aki = f"{BOARD}/{talk}", visit(world.aki)
    assert write(gina, talk, "はじめまして。")["held"] is False
    assert t("following.topic_stop") in read(gina.get(here)).text
    work()
    assert (bell("Aki"), news(aki)) == (["topic_answered"], [t("following.unread", count=1) + t("following.unread_posts")])
    with clock.frozen_at(clock.now() + MINUTE):
        made = write(aki, talk, "@Gina ようこそ。")
        work()
        assert bell("Gina") == ["mentioned"]
        assert news(gina) == [t("following.unread", count=1) + t("following.unread_posts")]
        assert gina.put(f"{API}/topics/{talk}/read", json={"to": made["id"]}).json() == {"unread": 0, "following": True}
        assert (bell("Gina"), news(gina)) == ([], [])


def test_where_first_posts_wait_gina_is_told_so_and_all_hear_of_it_once_ben_lets_it_go(world, visit, talk, gina):
    here, aki, ben = f"{BOARD}/{talk}", visit(world.aki), visit(world.ben)
    numbers = {"map": "hitoyoshi", "hold_first": "1", "flood": "9", "surge": "0", "reports": "4"}
    assert ben.post("/desk/care", data=numbers).status_code == 303
    assert write(gina, talk, "@Aki はじめまして。")["held"] is True
    work()
    assert "はじめまして" in read(gina.get(here)).text
    for other in (aki, visit()):
        assert "はじめまして" not in read(other.get(here)).text
    assert (bell("Aki"), news(aki)) == ([], [])
    case = read(ben.get("/desk/cases")).one("input", name="case")["value"]
    with clock.frozen_at(clock.now() + MINUTE):
        assert ben.post(f"/desk/cases/{case}", data={"decision": "keep"}).status_code == 303
        work()
        assert "はじめまして" in read(visit().get(here)).text
        assert bell("Aki") == ["mentioned"]
        assert news(aki) == [t("following.unread", count=1) + t("following.unread_posts")]
        assert aki.put(f"{API}/topics/{talk}/read").json()["unread"] == 0
        assert bell("Aki") == []
