"""The card app lies, or speaks in another way: Aki's town is proved by an address about her alone, and kept without it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt

from tamemap import clock, config, db
from tamemap.models import Person
from tests.factories import NISHIKI
from tests.oidc.hostile import CLIENT, EC, RSA, Hostile, signed
from tests.oidc.providers import KEY, OURS, PEM

ADDRESS = "熊本県球磨郡錦町大字一武１"
BASE = "/protocol/openid-connect"


@pytest.fixture
def card(world, monkeypatch):
    made = Hostile()
    for name, value in {"BASE_URL": OURS, "OIDC_DIGITAL_ID": CLIENT, "OIDC_DIGITAL_KEY": PEM, "OIDC_DIGITAL_KEY_ID": "k1",
                        "OIDC_DIGITAL_URL": made.url}.items():  # fmt: skip
        monkeypatch.setenv(f"TAMEMAP_{name}", value)
    config.settings.cache_clear()
    made.answers[f"{BASE}/certs"] = made.answers["/jwks"]
    yield made
    made.close()


def proves(card, client, key=EC, alg="ES256", userinfo=None, **claims):
    """The whole dance with this ID token and this answer of the userinfo endpoint."""
    asked = parse_qs(urlsplit(client.post("/auth/residence", headers={"origin": OURS}).headers["location"]).query)
    card.gives(signed(card.claims(asked["nonce"][0], **claims), key, alg), f"{BASE}/token")
    if userinfo is not None:
        card.tells(f"{BASE}/userinfo", **userinfo)
    return client.get("/auth/residence/callback", params={"code": "c", "state": asked["state"][0]})


def proved(actor) -> str | None:
    with db.transaction(write=False) as tx:
        return tx.get_one(Person, actor.person_id).proved_code


@pytest.mark.parametrize("said", [ADDRESS, {"formatted": ADDRESS, "country": "JP"}])
@pytest.mark.parametrize("where", ["userinfo", "token"])
def test_the_address_may_be_told_in_several_ways(card, world, visit, said, where):
    told = {"address": said} if where == "token" else {"userinfo": {"sub": "aki", "address": said}}
    answer = proves(card, visit(world.chie), **told)
    assert answer.headers["location"] == "/me/residence?said=residence_proved"
    assert proved(world.chie) == NISHIKI


@pytest.mark.parametrize(
    "lie",
    [
        {"userinfo": {"sub": "somebody else", "address": ADDRESS}},
        {"userinfo": {"address": ADDRESS}},
        {"userinfo": {"sub": "aki"}},
        {"userinfo": {"sub": "aki", "address": ["熊本県球磨郡錦町"]}},
        {"userinfo": {"sub": "aki", "address": ADDRESS + "あ" * 400}},
        {"address": ADDRESS, "key": RSA, "alg": "RS256"},
        {"address": ADDRESS, "aud": "another"},
    ],
)
def test_what_does_not_prove_it_proves_nothing(card, world, visit, lie):
    assert proves(card, visit(world.chie), **lie).status_code == 422
    assert proved(world.chie) is None


def test_we_show_who_we_are_by_our_key(card, world, visit):
    proves(card, visit(world.chie), address=ADDRESS)
    sent = card.forms[0]
    assert sent["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert "client_secret" not in sent
    shown = jwt.decode(sent["client_assertion"], KEY, algorithms=["ES256"])
    assert (shown.header["alg"], shown.header["kid"]) == ("ES256", "k1")
    said, now = shown.claims, int(clock.now().timestamp())
    assert (said["iss"], said["sub"], said["aud"]) == (CLIENT, CLIENT, f"{card.url}{BASE}/token")
    assert (said["iat"], said["exp"]) == (now, now + 300)
    # used once: RFC 7523 §3
    proves(card, visit(world.ben), address=ADDRESS)
    assert jwt.decode(card.forms[1]["client_assertion"], KEY, algorithms=["ES256"]).claims["jti"] != said["jti"]
