"""How often: mails and guesses are counted in rows, and no stranger keeps somebody out of their own browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, session
from tamemap.domain.actors import Actor
from tamemap.errors import TooMany
from tamemap.gateways import limits
from tamemap.models import SignInCode
from tamemap.services import mail_codes, sign_in
from tamemap.services.mail_codes import (
    ASKS_PER_BROWSER,
    ASKS_PER_CLIENT,
    ASKS_PER_MAIL,
    ASKS_PER_MAIL_IN_ALL,
    TRIES,
    WRONG_PER_BROWSER,
    WRONG_PER_CLIENT,
    WRONG_PER_MAIL,
    is_known,
    known_mark,
)
from tests.services.people_rows import opened
from tests.services.rows import mails
from tests.services.test_sign_in import code_of, token_of, wrong

AKI = "aki@example.jp"
MINUTE = timedelta(minutes=1)


def at(number: int) -> Actor:
    """A guest at another address of the network."""
    return Actor(client=f"198.51.{number // 250}.{number % 250 + 1}")


def ask(tx, actor: Actor, key: str, mail: str = AKI, known: str = "") -> dict[str, str]:
    sign_in.ask(tx, actor, mail=mail, browser_key=key, known=known)
    return mails(tx)[-1]


def guess(tx, actor: Actor, key: str, code: str, *, mail: str = AKI, known: str = "") -> str:
    return sign_in.with_code(tx, actor, mail=mail, code=code, browser_key=key, known=known).problem


def flooded(tx, *, until: str = "sign_in_too_many") -> int:
    """Strangers from everywhere ask for Aki's address until they are refused; how often they could."""
    for number in range(200):
        try:
            ask(tx, at(number), f"stranger{number}")
        except TooMany as error:
            assert error.code == until
            return number
    raise AssertionError("nobody stopped them")


def guessed(tx) -> str:
    """Strangers guess at Aki's address until her address has had enough of it; the browser of the last who was refused."""
    for number in range(50):
        key = f"stranger{number}"
        code = code_of(ask(tx, at(number), key))
        try:
            for _ in range(TRIES):
                guess(tx, at(number), key, wrong(code))
        except TooMany as error:
            assert error.code == "sign_in_tries_over"
            return key
    raise AssertionError("nobody stopped them")


def test_one_household_writes_to_an_address_a_few_times_only(tx, world):
    for number in range(ASKS_PER_MAIL):
        ask(tx, Actor(client="2001:db8::1"), f"{number}")
    with pytest.raises(TooMany):
        ask(tx, Actor(client="2001:db8::ffff:2"), "another")
    ask(tx, Actor(client="2001:db8:0:1::1"), "neighbour")


def test_all_strangers_together_do_not_flood_a_mailbox(tx, world):
    assert flooded(tx) == ASKS_PER_MAIL_IN_ALL


def test_akis_own_browser_is_let_in_whatever_strangers_ask_for(tx, world):
    first = sign_in.with_code(tx, at(0), mail=AKI, code=code_of(ask(tx, at(0), "own")), browser_key="own")
    flooded(tx)
    with pytest.raises(TooMany):
        ask(tx, at(0), "own")
    code = code_of(ask(tx, at(0), "own", known=first.known))
    assert guess(tx, at(0), "own", code, known=first.known) == ""


def test_a_known_browser_has_an_end_as_well(tx, world):
    known = known_mark(AKI, "own")
    for _ in range(ASKS_PER_MAIL):
        ask(tx, at(1), "own", known=known)
    with pytest.raises(TooMany):
        ask(tx, at(1), "own", known=known)


def test_a_mark_counts_for_its_browser_and_its_address_only():
    mark = known_mark(AKI, "own")
    assert is_known(AKI, "own", mark)
    assert is_known(AKI, "own", f"x.{'0' * 32}.{mark}")
    for mail, key, known in ((AKI, "other", mark), ("chie@example.jp", "own", mark), (AKI, "own", ""), (AKI, "own", "x" * 9999),
                             (AKI, "own", f"a.b.c.d.{mark}"), (AKI, "own", mark.upper()), (AKI, "own", "日本")):  # fmt: skip
        assert not is_known(mail, key, known)
    assert AKI not in mark


def test_who_is_signed_in_is_known_for_their_own_address(tx, world):
    flooded(tx)
    _, aki = opened(tx, world.aki)
    sign_in.ask(tx, aki, mail=AKI, browser_key="own")
    sign_in.ask_again(tx, aki, browser_key="own")


def test_mails_that_let_somebody_in_do_not_count(tx, world):
    for number in range(3 * ASKS_PER_MAIL):
        mail = ask(tx, at(7), f"{number}")
        assert guess(tx, at(7), f"{number}", code_of(mail)) == ""


def test_the_count_is_in_rows_and_survives_a_restart(tx, world):
    for number in range(ASKS_PER_CLIENT):
        ask(tx, at(3), f"{number}", mail=f"n{number}@example.jp")
    limits._limiter.cache_clear()
    with pytest.raises(TooMany) as refused:
        ask(tx, at(3), "more", mail="more@example.jp")
    assert refused.value.params == {"retry_after": 3600}
    assert tx.exec(select(SignInCode.client_hash)).all()[0] not in {"", "198.51.0.4"}
    with clock.frozen_at(clock.now() + 60 * MINUTE):
        ask(tx, at(3), "more", mail="more@example.jp")


def test_one_browser_behind_many_addresses_is_one_browser(tx, world):
    for number in range(ASKS_PER_BROWSER):
        ask(tx, at(number), "one", mail=f"n{number}@example.jp")
    with pytest.raises(TooMany):
        ask(tx, at(999), "one", mail="more@example.jp")


def test_strangers_guess_at_an_address_thirty_times_a_day_and_the_link_still_counts(tx, world):
    key = guessed(tx)
    wrong_tries = sum(tx.exec(select(SignInCode.tries)))
    assert WRONG_PER_MAIL <= wrong_tries < WRONG_PER_MAIL + TRIES
    mail = ask(tx, at(100), "new phone")
    with pytest.raises(TooMany, match="sign_in_tries_over"):
        guess(tx, at(100), "new phone", code_of(mail))
    entered = sign_in.with_link(tx, at(100), token=token_of(mail), browser_key="new phone")
    assert (entered.problem, entered.person_public_id) == ("", world.aki.public_id)
    assert key != "new phone"


def test_akis_own_browser_types_its_code_while_strangers_guess(tx, world):
    guessed(tx)
    known = known_mark(AKI, "own")
    code = code_of(ask(tx, at(100), "own", known=known))
    assert guess(tx, at(100), "own", wrong(code), known=known) == "sign_in_code_wrong"
    assert guess(tx, at(100), "own", code, known=known) == ""


def test_in_a_known_browser_strangers_guess_no_more_than_elsewhere(tx, world):
    """Aki came in at the library once; whoever sits there now has thirty guesses a day, and she elsewhere goes on."""
    start, known = clock.now(), known_mark(AKI, "library")
    for number in range(WRONG_PER_MAIL // TRIES):
        with clock.frozen_at(start + number * 30 * MINUTE):
            code = code_of(ask(tx, at(1), "library", known=known))
            for _ in range(TRIES):
                guess(tx, at(1), "library", wrong(code), known=known)
    with clock.frozen_at(start + 300 * MINUTE):
        code = code_of(ask(tx, at(1), "library", known=known))
        with pytest.raises(TooMany, match="sign_in_tries_over"):
            guess(tx, at(1), "library", code, known=known)
        home = known_mark(AKI, "home")
        assert guess(tx, at(2), "home", code_of(ask(tx, at(2), "home", known=home)), known=home) == ""


def test_the_day_after_everything_is_as_before(tx, world):
    guessed(tx)
    with clock.frozen_at(clock.now() + mail_codes.DAY):
        assert guess(tx, at(1), "phone", code_of(ask(tx, at(1), "phone"))) == ""


def test_one_browser_guesses_thirty_times_an_hour_across_codes_and_addresses(tx, world):
    start = clock.now()
    for number in range(WRONG_PER_BROWSER // TRIES):
        with clock.frozen_at(start + number * MINUTE):
            code = code_of(ask(tx, at(number), "one", mail=f"n{number}@example.jp"))
            for _ in range(TRIES):
                guess(tx, at(number), "one", wrong(code), mail=f"n{number}@example.jp")
    with clock.frozen_at(start + 10 * MINUTE):
        code = code_of(ask(tx, at(50), "one", mail="more@example.jp"))
        with pytest.raises(TooMany) as refused:
            guess(tx, at(50), "one", code, mail="more@example.jp")
        assert refused.value.params == {"retry_after": 50 * 60}
    with clock.frozen_at(start + 70 * MINUTE):
        code = code_of(ask(tx, at(50), "one", mail="more@example.jp"))
        assert guess(tx, at(50), "one", code, mail="more@example.jp") == ""


def test_one_household_guesses_sixty_times_an_hour_and_known_browsers_in_it_go_on(tx, world):
    here = Actor(client="203.0.113.9")
    for number in range(WRONG_PER_CLIENT // TRIES):
        code = code_of(ask(tx, here, f"{number}", mail=f"n{number}@example.jp"))
        for _ in range(TRIES):
            guess(tx, here, f"{number}", wrong(code), mail=f"n{number}@example.jp")
    code = code_of(ask(tx, here, "own"))
    with pytest.raises(TooMany, match="sign_in_tries_over"):
        guess(tx, here, "own", code)
    assert guess(tx, here, "own", code, known=known_mark(AKI, "own")) == ""


def test_one_try_at_two_codes_counts_twice(tx, world):
    codes = [code_of(ask(tx, at(1), "phone")) for _ in range(2)]
    other = next(f"{n:06d}" for n in range(9) if f"{n:06d}" not in codes)
    guess(tx, at(1), "phone", other)
    assert tx.exec(select(SignInCode.tries)).all() == [1, 1]
    assert tx.exec(select(SignInCode.browser_hash)).all() == [session.hashed("phone")] * 2
