"""Those who try to come in as somebody else, to find out who is here, or to send people astray."""

from __future__ import annotations

import base64
import contextvars
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import func, select

from tamemap import clock, config, db, session
from tamemap.i18n import t
from tamemap.models import OutboxEntry, Person, SignedIn, SignInCode
from tamemap.services.mail_codes import ASKS_PER_MAIL, CODE_LIFE, TRIES, WRONG_PER_BROWSER
from tamemap.urls import own_path
from tests.web.browsers import API, mailed_code
from tests.web.pages import read
from tests.web.test_sign_in_document import asked, cookie, mailed, mails, sessions

AKI = "aki@example.jp"
EVIL = "https://evil.example"

ASTRAY = [
    EVIL, f"{EVIL}/", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/ /evil.example\n", "http:evil.example",
    "https:/evil.example", "https:evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)",
    "data:text/html,x", "vbscript:x", "//evil.example/%2f..", "//localhost:8000@evil.example", "evil.example", "./evil", "?x",
    "#x", "%2f%2fevil.example", "/\x00/evil.example", "/\u2028/evil.example", "/\x7f", "/" + "x" * 300, "／／evil.example",
    "〳evil.example",
    "/\r\nSet-Cookie: a=b", "/me\r\nX: y",
]  # fmt: skip


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def typed(browser, code: str, mail: str = AKI):
    """Type a code into the form; the answer."""
    return browser.post("/sign-in/code", data={"mail": mail, "code": code})


# guessing


def test_after_five_guesses_the_right_code_is_worth_nothing(world, visit):
    thief = visit()
    asked(thief)
    code, token = mailed()
    for _ in range(TRIES):
        assert typed(thief, wrong(code)).status_code == 422
    assert typed(thief, code).status_code == 422
    assert thief.post("/auth/mail", data={"token": token}).status_code == 422
    assert sessions() == 0


def test_guessing_at_the_same_moment_gives_no_more_tries(world, visit):
    """Each request in a thread and a transaction of its own, as workers have them; on both databases."""
    thief = visit()
    asked(thief)
    code, _ = mailed()
    jar = dict(thief.cookies)
    context = [contextvars.copy_context() for _ in range(12)]

    def guess(number: int) -> int:
        browser = visit()
        browser.cookies.update(jar)
        return context[number].run(lambda: typed(browser, wrong(code)).status_code)

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(guess, range(12))) == {422}
    with db.transaction(write=False) as tx:
        assert tx.exec(select(SignInCode.tries)).one() == TRIES
    assert typed(thief, code).status_code == 422


def test_many_codes_give_no_more_guesses_than_a_browser_has(world, visit):
    """One mail after another, five guesses each, at many addresses: after thirty wrong ones in an hour the browser waits."""
    thief, guesses, number = visit(), 0, 0
    while True:
        mail = f"n{number}@example.jp"
        asked(thief, mail)
        code, token = mailed()
        answers = [typed(thief, wrong(code), mail) for _ in range(TRIES)]
        guesses += sum(one.status_code == 422 for one in answers)
        number += 1
        if any(one.status_code == 429 for one in answers):
            break
        assert number < 20
    assert guesses == WRONG_PER_BROWSER
    page = read(answers[-1])
    assert page.one("p", role="alert").text == t("errors.sign_in_tries_over")
    assert int(answers[-1].headers["retry-after"]) > 0
    assert thief.post("/auth/mail", data={"token": token}).status_code == 303


def test_other_browsers_have_nothing_to_guess_at(world, visit):
    asked(visit())
    code, _ = mailed()
    for _ in range(20):
        assert typed(visit(), code).status_code == 422
    with db.transaction(write=False) as tx:
        assert tx.exec(select(SignInCode.tries)).all() == [0]


def test_a_thief_cannot_keep_aki_out_of_her_own_browser(world, visit):
    """He asks for her address from where she lives until nobody there may any more; her browser was here before."""
    aki, thief = visit(), visit()
    asked(aki)
    typed(aki, mailed()[0])
    assert aki.cookies["tamemap_known"]
    aki.post("/sign-out")
    for _ in range(ASKS_PER_MAIL):
        asked(thief)
    assert thief.post("/sign-in", data={"mail": AKI}).status_code == 429
    assert visit().post("/sign-in", data={"mail": AKI}).status_code == 429
    asked(aki)
    assert typed(aki, mailed()[0]).status_code == 303


@pytest.mark.parametrize("forged", ["x", "0" * 32, ".".join(["f" * 32] * 50), "x" * 3000, "ほ"])
def test_a_forged_mark_is_no_mark(world, visit, forged):
    thief = visit()
    for _ in range(ASKS_PER_MAIL):
        asked(thief)
    header = f"tamemap_browser={thief.cookies['tamemap_browser']}; tamemap_known={forged}".encode()
    assert visit().post("/sign-in", data={"mail": AKI}, headers={b"Cookie": header}).status_code == 429


# enumeration


def test_nothing_tells_an_address_that_we_know_from_one_that_we_do_not(world, visit):
    """Status, headers and every byte of the bodies are the same, but for the address itself and what is random."""

    def walk(mail: str) -> list[tuple]:
        said = []
        browser = visit()
        for method, path, data in (
            ("POST", "/sign-in", {"mail": mail}), ("GET", "/sign-in/code", None), ("POST", "/sign-in/code", {"code": "x"}),
            ("POST", f"{API}/sign-in", {"mail": mail}), ("POST", f"{API}/sign-in/code", {"mail": mail, "code": "x"}),
        ):  # fmt: skip
            # not packed: how well an address packs is its own
            answer = browser.request(method, path, data=data, headers={"Accept-Encoding": "identity"})
            said_by = [one for one in answer.headers.multi_items() if one[0] != "x-request-id"]  # random
            headers = sorted((name, re.sub(r"=[^;]*", "=", value, count=1)) for name, value in said_by)
            said.append(
                (answer.status_code, headers, answer.text.replace(mail, "…").replace(answer.headers["x-request-id"], "…"))
            )
        return said

    # of the same length, so that lengths can be compared, too
    assert walk("chie@example.jp") == walk("zzzz@example.jp")
    assert mails() == 4


def test_both_get_the_same_mail_and_the_same_rows(world, visit):
    asked(visit(), "chie@example.jp")
    asked(visit(), "zzzz@example.jp")
    with db.transaction(write=False) as tx:
        one, other = (row.payload for row in tx.exec(select(OutboxEntry).order_by(OutboxEntry.id)))
        assert tx.exec(select(func.count()).select_from(Person).where(Person.mail == "zzzz@example.jp")).one() == 0
    unlike = re.compile(r"\d{6}|token=\S+")
    assert unlike.sub("", one["text"]) == unlike.sub("", other["text"])
    assert unlike.sub("", one["subject"]) == unlike.sub("", other["subject"])


def test_asking_does_not_look_whether_somebody_is_known(world, visit):
    """The work is the same because nothing reads the table of people: the statements are."""

    def statements(mail: str) -> list[str]:
        seen = []
        from_engine = db.engine()

        def note(_connection, _cursor, statement, *_more):
            seen.append(statement)

        event.listen(from_engine, "before_cursor_execute", note)
        asked(visit(), mail)
        event.remove(from_engine, "before_cursor_execute", note)
        return seen

    known, unknown = statements("chie@example.jp"), statements("zzzz@example.jp")
    assert known == unknown
    assert not any("FROM person" in one for one in known)


# fixation


def test_a_session_that_was_planted_before_sign_in_is_never_the_one_after(world, visit):
    thief, aki = visit(world.chie), visit()
    planted = thief.cookies[session.COOKIE]
    aki.cookies.set(session.COOKIE, planted)
    asked(aki)
    answer = typed(aki, mailed()[0])
    assert cookie(answer, session.COOKIE).value != planted
    assert thief.get(f"{API}/me").json()["signed_in"] is False
    made_up = visit()
    made_up.cookies.set(session.COOKIE, "made-up")
    asked(made_up)
    answer = typed(made_up, mailed()[0])
    assert cookie(answer, session.COOKIE).value != "made-up"
    assert sessions() == 2


def test_each_way_in_gives_another_session(world, visit):
    aki, seen = visit(), set()
    for _ in range(3):
        asked(aki)
        seen.add(cookie(typed(aki, mailed()[0]), session.COOKIE).value)
    assert (len(seen), sessions()) == (3, 1)


# open redirects


@pytest.mark.parametrize("then", ASTRAY)
def test_nobody_is_sent_astray(world, visit, then):
    assert own_path(then) == ""
    aki = visit()
    aki.post("/sign-in", data={"mail": AKI, "then": then})
    answer = typed(aki, mailed()[0])
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    out = aki.post("/sign-out", data={"then": then})
    assert out.headers["location"] == "/"


@pytest.mark.parametrize("then", ["/", "/me", "/m/hitoyoshi?when=weekend#list", "/b/a/b", "/f/x?lang=en", "/日本"])
def test_a_path_of_ours_is_kept(then):
    assert own_path(then) == then


def test_a_forged_cookie_of_the_waiting_address_leads_nowhere_else(world, visit):
    forged = base64.urlsafe_b64encode(f"{AKI}\n{EVIL}".encode()).decode().rstrip("=")
    page = read(visit().get("/sign-in/code", headers={"Cookie": f"tamemap_sign_in={forged}"}))
    assert [node["value"] for node in page.all("input", name="then")] == [""]


# cross-site posts

UNSAFE = ["/sign-in", "/sign-in/code", "/auth/mail", "/sign-out", "/me/ways/mail", "/me/ways/proof", "/me/devices", "/me/merge",
          f"{API}/sign-in", f"{API}/sign-in/code", f"{API}/sign-out"]  # fmt: skip


@pytest.mark.parametrize("address", UNSAFE)
@pytest.mark.parametrize(
    "headers",
    [{"Origin": EVIL}, {"Origin": "null"}, {"Origin": "http://localhost:8000.evil.example"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_another_sites_page_does_nothing(world, visit, address, headers):
    aki = visit(world.aki)
    answer = aki.post(address, data={"mail": AKI, "code": "1", "token": "x"}, headers=headers)
    assert (answer.status_code, mails(), sessions()) == (403, 0, 1)


# replays


def test_codes_and_links_are_good_once_and_for_a_while(world, visit):
    aki = visit()
    asked(aki)
    code, token = mailed()
    assert typed(aki, code).status_code == 303
    assert typed(aki, code).status_code == 422
    assert aki.post("/auth/mail", data={"token": token}).status_code == 422
    asked(aki)
    code, token = mailed()
    with clock.frozen_at(clock.now() + CODE_LIFE):
        assert typed(aki, code).status_code == 422
        assert aki.post("/auth/mail", data={"token": token}).status_code == 422
    assert sessions() == 1


def test_the_link_of_a_mail_for_another_purpose_signs_nobody_in(world, visit):
    aki = visit(world.aki)
    aki.post("/me/ways/mail", data={"mail": "new@example.jp"})
    code = mailed_code()
    assert typed(aki, code, "new@example.jp").status_code == 422
    with db.transaction(write=False) as tx:
        assert "/auth/mail" not in tx.exec(select(OutboxEntry)).one().payload["text"]


def test_a_code_to_sign_in_adds_no_address(world, visit):
    chie = visit(world.chie)
    asked(chie, "new@example.jp")
    code, _ = mailed()
    chie.post("/me/ways/mail", data={"mail": "other@example.jp"})
    assert chie.post("/me/ways/mail", data={"code": code}).status_code == 422
    assert chie.post("/me/ways/proof", data={"code": code}).status_code == 422


# what is sent


@pytest.mark.parametrize(
    "mail",
    ["a@example.jp\r\nBcc: b@example.jp", "a@example.jp\nSubject: x", "a@example.jp%0d%0aBcc:b@example.jp",
     "a@example.jp,b@example.jp",
     "a@example.jp;b@example.jp", "a@example.jp b@example.jp", "<a@example.jp>", "A <a@example.jp>", '"a b"@example.jp',
     "a@[127.0.0.1]", "a@localhost", "a@-example.jp", "a@example..jp", "@example.jp", "a" * 65 + "@example.jp",
     "a@" + "x" * 300 + ".jp",
     "a\x00@example.jp", "a@exam\u200bple.jp\r\n", "ａ" * 500 + "@example.jp", "x" * 60_000],
)  # fmt: skip
def test_what_is_no_single_address_gets_no_mail_or_one_to_a_clean_address(world, visit, mail):
    answer = visit().post("/sign-in", data={"mail": mail})
    assert answer.status_code in {303, 422}
    with db.transaction(write=False) as tx:
        sent = [row.payload for row in tx.exec(select(OutboxEntry))]
    assert len(sent) == (answer.status_code == 303)
    for one in sent:
        assert re.fullmatch(r"[!-+\--:=?A-Z^-~]+@[a-z0-9.-]+", one["to"]), one["to"]
        assert not re.search(r"[\r\n]", one["to"] + one["subject"])


@pytest.mark.parametrize(
    "mail", ["аki@example.jp", "aki@exаmple.jp", "akı@example.jp", "aki@example。jp", "AKI@EXAMPLE.JP", "ＡＫＩ＠example.jp"]
)
def test_look_alikes_are_others_and_only_widths_and_cases_are_the_same(world, visit, mail):
    """Cyrillic а, Turkish ı: another mailbox, or no address; what a Japanese keyboard types wide is the same one."""
    answer = visit().post("/sign-in", data={"mail": mail})
    same = mail.lower() == AKI or mail.startswith("Ａ") or "。" in mail
    with db.transaction(write=False) as tx:
        to = [row.payload["to"] for row in tx.exec(select(OutboxEntry))]
    assert (to == [AKI]) is same
    assert answer.status_code in ({303} if same else {303, 422})
    assert all(address.isascii() for address in to)


@pytest.mark.parametrize(
    "code", ["", " ", "x" * 60_000, "٠١٢٣٤٥", "１２３", "12345", "1234567", "'; DROP TABLE person; --", "\x00", "²³"]
)
def test_what_is_no_code_is_a_wrong_one(world, visit, code):
    aki = visit()
    asked(aki)
    assert typed(aki, code).status_code == 422
    assert sessions() == 0


def test_digits_of_any_script_are_no_shortcut(world, visit):
    """Only the digits themselves count: Arabic ones are others than what the mail said."""
    aki = visit()
    asked(aki)
    code, _ = mailed()
    assert typed(aki, code.translate({ord(str(n)): chr(0x0660 + n) for n in range(10)})).status_code == 422
    assert typed(aki, code.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})).status_code == 303


@pytest.mark.parametrize("token", ["", "x" * 60_000, "\x00", "ほげ", "' OR 1=1 --"])
def test_what_is_no_link_is_over(world, visit, token):
    assert visit().post("/auth/mail", data={"token": token}).status_code == 422
    assert visit().get("/auth/mail", params={"token": token}).status_code == 200


def test_a_body_that_is_too_long_is_not_read(world, visit):
    answer = visit().post(
        f"{API}/sign-in", content=b'{"mail": "' + b"a" * 300_000 + b'"}', headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, mails()) == (413, 0)


# sessions that are over


def test_ended_expired_and_left_sessions_are_a_guests(world, visit):
    ended, expired, left = (visit(world.aki) for _ in range(3))
    ended.post("/sign-out")
    ended.cookies.set(session.COOKIE, "x")
    with db.transaction(write=True) as tx:
        row = tx.exec(select(SignedIn).order_by(SignedIn.id)).first()
        row.expires_at = clock.now()
    assert [one.get(f"{API}/me").json()["signed_in"] for one in (ended, expired, left)] == [False, False, True]
    with db.transaction(write=True) as tx:
        tx.get(Person, world.aki.person_id).left_at = clock.now()
    assert left.get(f"{API}/me").json()["signed_in"] is False
    for path in ("/me/ways", "/me/devices", "/me/merge?key=x"):
        assert left.get(path).headers["location"].startswith("/sign-in")


def test_a_session_of_ninety_days_ends_whatever_the_cookie_says(world, visit):
    aki = visit()
    asked(aki)
    token = cookie(typed(aki, mailed()[0]), session.COOKIE).value
    with clock.frozen_at(clock.now() + timedelta(days=90)):
        late = visit()
        late.cookies.set(session.COOKIE, token)
        assert late.get(f"{API}/me").json()["signed_in"] is False


def test_cookies_keep_to_themselves(world, visit, monkeypatch):
    monkeypatch.setenv("TAMEMAP_BASE_URL", "https://tamemap.example.jp")
    config.settings.cache_clear()
    aki = visit()
    answer = aki.post("/sign-in", data={"mail": AKI}, headers={"Host": "tamemap.example.jp"})
    jar = {one.split("=")[0]: one.lower() for one in answer.headers.get_list("set-cookie")}
    header = "; ".join(one.split(";")[0] for one in answer.headers.get_list("set-cookie"))
    answer = aki.post("/sign-in/code", data={"code": mailed()[0]}, headers={"Cookie": header})
    jar |= {one.split("=")[0]: one.lower() for one in answer.headers.get_list("set-cookie") if "max-age=0" not in one.lower()}
    assert set(jar) == {"tamemap_sign_in", "tamemap_browser", "tamemap_session", "tamemap_known"}
    for one in jar.values():
        assert all(part in one for part in ("httponly", "samesite=lax", "secure"))
        assert "domain=" not in one
