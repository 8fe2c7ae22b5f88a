"""Signing in by mail: the code, the link, and all the ways in which they do not work."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import func, select

from tamemap import clock, session
from tamemap.domain.actors import Actor
from tamemap.errors import Invalid, TooMany
from tamemap.models import Person, SignedIn, SignInCode
from tamemap.queries.people import actor_of_session
from tamemap.services import mail_codes, sessions, sign_in
from tamemap.services.mail_codes import known_mark
from tamemap.services.sessions import Entered
from tests.services.rows import flyer, mails, picture

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
GINA = "gina@example.jp"


def guest(key: str = "phone") -> Actor:
    return Actor(guest_hash=session.hashed(key))


def code_of(mail: dict[str, str]) -> str:
    return re.search(r"^\d{6}$", mail["text"], re.MULTILINE)[0]


def token_of(mail: dict[str, str]) -> str:
    return re.search(r"/auth/mail\?token=(\S+)", mail["text"])[1]


def asked(tx, mail: str = GINA, key: str = "phone", then: str = "") -> dict[str, str]:
    sign_in.ask(tx, guest(key), mail=mail, browser_key=key, then=then)
    return mails(tx)[-1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def with_code(tx, code: str, mail: str = GINA, key: str = "phone", **more: str) -> Entered:
    return sign_in.with_code(tx, guest(key), mail=mail, code=code, browser_key=key, **more)


def test_gina_asks_and_gets_a_mail_with_a_code_and_a_link(tx):
    found = sign_in.ask(tx, guest(), mail=GINA, browser_key="phone")
    assert found == sign_in.Asked(mail=GINA, expires_at=clock.now() + timedelta(minutes=15))
    (mail,) = mails(tx)
    assert mail["to"] == GINA
    assert code_of(mail) in mail["subject"]
    assert "http://localhost:8000/auth/mail?token=" in mail["text"]
    assert mail["until"] == found.expires_at.isoformat()


def test_neither_code_nor_link_is_kept_readable(tx):
    mail = asked(tx)
    row = tx.exec(select(SignInCode)).one()
    kept = row.model_dump_json()
    assert token_of(mail) not in kept
    assert row.code_hash == session.hashed(code_of(mail))


def test_a_known_and_an_unknown_address_get_the_same_answer(tx):
    known = sign_in.ask(tx, guest(), mail="aki@example.jp", browser_key="phone")
    unknown = sign_in.ask(tx, guest(), mail="nobody@example.jp", browser_key="phone")
    assert replace(known, mail="") == replace(unknown, mail="")


def test_gina_types_the_code_and_is_somebody(tx):
    attempt = with_code(tx, code_of(asked(tx, then="/post")), user_agent=PHONE)
    person = tx.exec(select(Person).where(Person.mail == GINA)).one()
    assert attempt == Entered(
        token=attempt.token, person_public_id=person.public_id, then="/post", new_person=True, known=known_mark(GINA, "phone")
    )
    assert re.fullmatch(r"ななし\d{4}", person.name)
    assert actor_of_session(tx, token=attempt.token).person_id == person.id
    row = tx.exec(select(SignedIn)).one()
    assert (row.device, row.expires_at) == ("iPhone · Safari", clock.now() + timedelta(days=90))


def test_aki_comes_back_as_the_same_person(tx, world):
    attempt = with_code(tx, code_of(asked(tx, "aki@example.jp")), "aki@example.jp")
    assert (attempt.person_public_id, attempt.new_person) == (world.aki.public_id, False)


def test_an_address_typed_on_a_phone_is_the_same_address(tx):
    code = code_of(asked(tx, " Ｇina＠Example.JP "))
    full_width = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert with_code(tx, f" {full_width[:3]} {full_width[3:]} ", "GINA@example.jp").problem == ""


@pytest.mark.parametrize(
    ("mail", "code"),
    [("", "mail_missing"), (None, "mail_missing"), ("aki", "mail_wrong"), ("a@b", "mail_wrong"), ("a b@example.jp", "mail_wrong"),
     ("a@example.jp\r\nBcc: b@example.jp", "mail_wrong"), ("x" * 300 + "@example.jp", "mail_wrong")],
)  # fmt: skip
def test_what_is_no_address_is_said_so(tx, mail, code):
    with pytest.raises(Invalid) as refused:
        sign_in.ask(tx, guest(), mail=mail, browser_key="phone")
    assert [(error.field, error.code) for error in refused.value.errors] == [("mail", code)]
    assert mails(tx) == []


def test_a_browser_without_cookies_is_told(tx):
    with pytest.raises(Invalid) as refused:
        sign_in.ask(tx, Actor(), mail=GINA, browser_key="")
    assert refused.value.code == "browser_key_missing"


def test_five_wrong_tries_are_the_end_of_a_code(tx):
    code = code_of(asked(tx))
    found = [with_code(tx, wrong(code)) for _ in range(5)]
    assert [(attempt.problem, attempt.tries_left) for attempt in found] == [("sign_in_code_wrong", n) for n in (4, 3, 2, 1, 0)]
    assert with_code(tx, code) == Entered(problem="sign_in_code_wrong", tries_left=0)


@pytest.mark.parametrize("slip", ["", "12", "1234567", "まちがい", "１２３"])
def test_a_slip_of_the_finger_costs_no_try(tx, slip):
    code = code_of(asked(tx))
    for _ in range(6):
        assert with_code(tx, slip) == Entered(problem="sign_in_code_wrong", tries_left=5)
    assert with_code(tx, code).problem == ""


def test_wrong_tries_end_the_link_as_well(tx):
    mail = asked(tx)
    for _ in range(5):
        with_code(tx, wrong(code_of(mail)))
    assert sign_in.with_link(tx, guest(), token=token_of(mail), browser_key="phone").problem == "sign_in_link_over"


def test_an_expired_code_is_refused_like_a_wrong_one(tx):
    mail = asked(tx)
    with clock.frozen_at(clock.now() + timedelta(minutes=15)):
        assert with_code(tx, code_of(mail)) == Entered(problem="sign_in_code_wrong")
        assert sign_in.with_link(tx, guest(), token=token_of(mail), browser_key="phone").problem == "sign_in_link_over"


def test_a_code_is_good_for_one_time(tx):
    mail = asked(tx)
    assert with_code(tx, code_of(mail)).token
    assert with_code(tx, code_of(mail)) == Entered(problem="sign_in_code_wrong")
    assert sign_in.with_link(tx, guest(), token=token_of(mail), browser_key="phone").problem == "sign_in_link_over"


def test_chies_browser_cannot_use_ginas_code(tx):
    mail = asked(tx)
    assert with_code(tx, code_of(mail), key="chie") == Entered(problem="sign_in_code_wrong")
    assert with_code(tx, code_of(mail)).problem == ""


def test_the_link_in_another_browser_says_what_to_do_and_is_not_used_up(tx):
    token = token_of(asked(tx, then="/me"))
    other = sign_in.with_link(tx, guest("mail program"), token=token, browser_key="mail program")
    assert (other.token, other.problem) == (None, "sign_in_other_browser")
    own = sign_in.with_link(tx, guest(), token=token, browser_key="phone")
    assert (own.problem, own.then) == ("", "/me")
    assert sign_in.with_link(tx, guest(), token=token, browser_key="phone").problem == "sign_in_link_over"


def test_a_link_that_we_never_sent_is_over(tx):
    assert sign_in.with_link(tx, guest(), token="x" * 5000, browser_key="phone").problem == "sign_in_link_over"


def test_the_first_of_two_mails_still_counts(tx):
    first, second = asked(tx), asked(tx)
    assert with_code(tx, code_of(first)).problem == ""
    assert with_code(tx, code_of(second)).problem == "sign_in_code_wrong"


def test_one_mail_more_than_allowed_within_the_hour_is_not_sent(tx):
    start = clock.now()
    for minute in range(mail_codes.ASKS_PER_MAIL):
        with clock.frozen_at(start + timedelta(minutes=minute)):
            asked(tx)
    with clock.frozen_at(start + timedelta(minutes=10)), pytest.raises(TooMany) as refused:
        asked(tx, key="another browser")
    assert (refused.value.code, refused.value.params) == ("sign_in_too_many", {"retry_after": 50 * 60})
    assert len(mails(tx)) == mail_codes.ASKS_PER_MAIL
    with clock.frozen_at(start + timedelta(minutes=60)):
        asked(tx)


def test_one_client_cannot_write_to_the_whole_town(tx):
    for number in range(mail_codes.ASKS_PER_CLIENT):
        actor = Actor(guest_hash=f"{number}", client="2001:db8::1")
        sign_in.ask(tx, actor, mail=f"n{number}@example.jp", browser_key=f"{number}")
    with pytest.raises(TooMany):
        sign_in.ask(tx, Actor(client="2001:db8::ffff"), mail="more@example.jp", browser_key="more")
    sign_in.ask(tx, Actor(client="2001:db8:1::1"), mail="more@example.jp", browser_key="more")


def test_one_browser_cannot_write_to_the_whole_town(tx):
    for number in range(mail_codes.ASKS_PER_BROWSER):
        asked(tx, f"n{number}@example.jp")
    with pytest.raises(TooMany):
        asked(tx, "more@example.jp")


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\nb"])
def test_nobody_is_sent_on_to_a_stranger(tx, then):
    assert with_code(tx, code_of(asked(tx, then=then))).then == ""


def test_what_dai_posted_as_a_guest_is_his_after_signing_in(tx, world):
    dai = guest()
    row, waiting = flyer(tx, dai), picture(tx, dai.guest_hash, "waiting")
    others = flyer(tx, world.dai)
    attempt = with_code(tx, code_of(asked(tx)))
    person = tx.exec(select(Person).where(Person.public_id == attempt.person_public_id)).one()
    for each in (row, waiting, others):
        tx.refresh(each)
    assert (row.poster_id, row.guest_hash) == (person.id, None)
    assert waiting.owner_hash == f"person:{person.id}"
    assert (others.poster_id, others.guest_hash) == (None, world.dai.guest_hash)


def test_aki_signs_out_of_one_browser_only_and_twice_is_fine(tx, world):
    phone, desk = (with_code(tx, code_of(asked(tx, "aki@example.jp", key)), "aki@example.jp", key).token for key in ("a", "b"))
    assert sign_in.sign_out(tx, world.aki, token="something else") == sign_in.SignedOut(ended=False)
    assert sign_in.sign_out(tx, world.aki, token=phone) == sign_in.SignedOut(ended=True)
    assert sign_in.sign_out(tx, world.aki, token=phone) == sign_in.SignedOut(ended=False)
    assert actor_of_session(tx, token=phone).is_guest
    assert actor_of_session(tx, token=desk).person_id == world.aki.person_id


def test_a_session_ends_after_ninety_days(tx):
    token = with_code(tx, code_of(asked(tx))).token
    with clock.frozen_at(clock.now() + timedelta(days=90)):
        assert actor_of_session(tx, token=token).is_guest


def test_signing_in_twice_makes_one_person_and_two_sessions(tx):
    for _ in range(2):
        assert with_code(tx, code_of(asked(tx))).problem == ""
    assert tx.exec(select(func.count()).select_from(Person).where(Person.mail == GINA)).one() == 1
    assert tx.exec(select(func.count()).select_from(SignedIn)).one() == 2


@pytest.mark.parametrize(
    ("agent", "label"),
    [("", ""), (PHONE, "iPhone · Safari"),
     ("Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Android · Chrome"),
     ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Windows · Edge"),
     ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Linux · Firefox"), ("curl/8", "")],
)  # fmt: skip
def test_a_device_is_called_by_a_short_name(agent, label):
    assert sessions.device(agent) == label
