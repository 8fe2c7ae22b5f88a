"""A provider, or somebody between it and us, lies to Aki's browser: each lie is refused with words, and nobody is signed in."""

from __future__ import annotations

import gzip
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey
from sqlmodel import func, select

from tamemap import clock, config, db
from tamemap.gateways import oidc, oidc_talk
from tamemap.i18n import t
from tamemap.models import Identity, SignedIn
from tests.oidc import hostile as lies
from tests.oidc.hostile import CLIENT, EC, NEW, PLAIN, RSA, SECRET, STRANGER, Hostile, by_public_key, signed, tampered, unsigned
from tests.oidc.providers import OURS
from tests.web.browsers import browser

KNOWN = "/.well-known/openid-configuration"
WRONG_SECRET = "another-secret-of-32-signs-for-tests"


@pytest.fixture
def hostile(world, monkeypatch):
    made = Hostile()
    town = {"name": "town", "label": "町", "issuer": made.url, "id": CLIENT, "secret": SECRET, "algorithm": "ES256"}
    for name, value in {
        "BASE_URL": OURS, "OIDC_GOOGLE_ID": CLIENT, "OIDC_GOOGLE_SECRET": SECRET, "OIDC_GOOGLE_URL": made.url,
        "OIDC_LINE_ID": CLIENT, "OIDC_LINE_SECRET": SECRET, "OIDC_LINE_URL": made.url, "OIDC_OTHERS": json.dumps([town]),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"TAMEMAP_{name}", value)
    config.settings.cache_clear()
    oidc.forget()
    yield made
    made.close()


def leaves(client, name: str = "google") -> tuple[str, str]:
    """Begins; the state and the nonce that went along."""
    answer = client.post(f"/auth/{name}", headers={"origin": OURS})
    url = answer.headers.get("location") or answer.text.split('refresh" content="0; url=')[1].split('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(url).query)
    return asked["state"][0], asked["nonce"][0]


def returns(client, state: str, name: str = "google", **more: str):
    return client.get(f"/auth/{name}/callback", params={"code": "c", "state": state} | more)


def refused(answer, code: str = "provider_refused", status: int = 422) -> bool:
    """Whether it was refused with these words, and nothing was made of it."""
    with db.transaction(write=False) as tx:
        made = [tx.exec(select(func.count()).select_from(table)).one() for table in (SignedIn, Identity)]
    assert answer.status_code == status, (answer.status_code, answer.headers)
    assert t(f"errors.{code}") in answer.text
    assert "tamemap_session" not in answer.headers.get("set-cookie", "")
    assert made == [0, 0]
    return True


def now() -> int:
    return int(clock.now().timestamp())


@pytest.mark.parametrize(("name", "key", "alg", "path"), [
    ("google", RSA, "RS256", "/token"),
    ("town", EC, "ES256", "/token"),
    ("line", OctKey.import_key(SECRET), "HS256", "/oauth2/v2.1/token"),
], ids=["google", "town", "line"])  # fmt: skip
def test_an_honest_answer_is_believed(hostile, name, key, alg, path):
    client = browser()
    state, nonce = leaves(client, name)
    hostile.gives(signed(hostile.claims(nonce), key, alg), path)
    answer = returns(client, state, name)
    assert answer.headers["location"] == "/me/ways?welcome=1"
    assert client.get("/api/v1/me").json()["id"]
    sent = hostile.forms[0]
    assert (sent["grant_type"], sent["code"], sent["redirect_uri"]) == ("authorization_code", "c", f"{OURS}/auth/{name}/callback")
    assert len(sent["code_verifier"]) >= 43


CLAIMS = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "for somebody else": {"aud": "another-client"},
    "for somebody else, given to us": {"aud": "another-client", "azp": CLIENT},
    "for several others, given to us": {"aud": ["another", "third"], "azp": CLIENT},
    "for nobody": {"aud": None},
    "for us and others, given to others": {"aud": [CLIENT, "another"], "azp": "another"},
    "for us and others, given to nobody": {"aud": [CLIENT, "another"]},
    "given to others": {"azp": "another"},
    "over": {"exp": -61},
    "never over": {"exp": None},
    "from tomorrow": {"iat": 62},
    "of no time": {"iat": None},
    "not yet": {"nbf": 62},
    "about nobody": {"sub": None},
    "about an empty name": {"sub": ""},
    "about a number": {"sub": 12},
    "about a long name": {"sub": "a" * 256},
    "of another access token": {"at_hash": "aaaaaaaaaaaaaaaaaaaaaa"},
}


@pytest.mark.parametrize("changes", CLAIMS.values(), ids=CLAIMS)
def test_claims_that_are_not_right_are_refused(hostile, changes):
    client = browser()
    state, nonce = leaves(client)
    changes = {name: now() + value if name in {"exp", "iat", "nbf"} and value else value for name, value in changes.items()}
    hostile.gives(signed(hostile.claims(nonce, **changes)))
    assert refused(returns(client, state))


@pytest.mark.parametrize("changes", [{"exp": -58}, {"iat": 58}, {"aud": [CLIENT]}, {"aud": [CLIENT, "b"], "azp": CLIENT}])
def test_clocks_may_differ_by_a_minute_and_audiences_be_several(hostile, changes):
    client = browser()
    state, nonce = leaves(client)
    hostile.gives(signed(hostile.claims(nonce, **{n: now() + v if n in {"exp", "iat"} else v for n, v in changes.items()})))
    assert returns(client, state).status_code == 303


SIGNATURES = {
    "by nobody": unsigned,
    "by the public key as a secret": by_public_key,
    "by our secret": lambda claims: signed(claims, OctKey.import_key(SECRET), "HS256", kid="r1"),
    "by the provider's other kind of key": lambda claims: signed(claims, EC, "ES256"),
    "by a stranger's key of the same name": lambda claims: signed(claims, STRANGER),
    "by a stranger's key that comes along": lambda claims: signed(claims, STRANGER, jwk=STRANGER.as_dict(private=False)),
    "by a key that nobody knows": lambda claims: signed(claims, NEW),
    "by the right key in another way": lambda claims: signed(claims, PLAIN, "RS512"),
    "for other claims": tampered,
    "by a rule that must be known": lambda claims: signed(claims, crit=["rule"], rule=1),
}


@pytest.mark.parametrize("sign", SIGNATURES.values(), ids=SIGNATURES)
def test_signatures_that_prove_nothing_are_refused(hostile, sign):
    client = browser()
    state, nonce = leaves(client)
    hostile.gives(sign(hostile.claims(nonce)))
    assert refused(returns(client, state))


def test_a_published_secret_opens_nothing(hostile):
    client = browser()
    shared = OctKey.import_key(SECRET, {"kid": "o1"})
    hostile.publishes(RSA, shared)
    state, nonce = leaves(client)
    hostile.gives(signed(hostile.claims(nonce), shared, "HS256"))
    assert refused(returns(client, state))


@pytest.mark.parametrize(("name", "path", "key", "alg"), [
    ("line", "/oauth2/v2.1/token", RSA, "RS256"),
    ("line", "/oauth2/v2.1/token", EC, "ES256"),
    ("line", "/oauth2/v2.1/token", OctKey.import_key(WRONG_SECRET), "HS256"),
    ("line", "/oauth2/v2.1/token", OctKey.import_key(SECRET), "HS512"),
    ("town", "/token", RSA, "RS256"),
    ("town", "/token", OctKey.import_key(SECRET), "HS256"),
])  # fmt: skip
def test_each_provider_signs_in_its_own_way_only(hostile, name, path, key, alg):
    client = browser()
    state, nonce = leaves(client, name)
    hostile.gives(signed(hostile.claims(nonce), key, alg), path)
    assert refused(returns(client, state, name))


def test_new_keys_are_fetched_once_and_old_ones_remembered(hostile):
    for _ in range(2):
        client = browser()
        state, nonce = leaves(client)
        hostile.gives(signed(hostile.claims(nonce)))
        assert returns(client, state).status_code == 303
    assert (hostile.asked.count("/jwks"), hostile.asked.count(KNOWN)) == (1, 1)
    hostile.publishes(NEW)
    client = browser()
    state, nonce = leaves(client)
    hostile.gives(signed(hostile.claims(nonce), NEW))
    assert returns(client, state).status_code == 303
    assert hostile.asked.count("/jwks") == 2


@pytest.mark.parametrize("change", [{"state": "another"}, {"state": ""}, {"code": ""}, {"code": "c" * 4_001}])
def test_answers_without_our_state_or_without_a_code_are_refused(hostile, change):
    client = browser()
    state, nonce = leaves(client)
    hostile.gives(signed(hostile.claims(nonce)))
    assert refused(returns(client, **{"state": state} | change), "handshake_over" if "state" in change else "provider_refused")


def test_an_answer_by_another_issuer_is_not_shown_to_this_one(hostile):
    client = browser()
    state, nonce = leaves(client)
    hostile.gives(signed(hostile.claims(nonce)))
    assert refused(returns(client, state, iss="https://evil.example"))
    assert hostile.forms == []
    metadata = json.loads(hostile.answers[KNOWN][1]) | {"authorization_response_iss_parameter_supported": True}
    hostile.tells(KNOWN, **metadata)
    oidc.forget()
    assert refused(returns(client, leaves(client)[0]))
    state, nonce = leaves(client)
    hostile.gives(signed(hostile.claims(nonce)))
    assert returns(client, state, iss=hostile.url).status_code == 303


@pytest.mark.parametrize("path", [KNOWN, "/jwks", "/token"])
@pytest.mark.parametrize("trouble", ["long", "packed", "hangs", "no JSON", "a list", "elsewhere", "broken", "away"])
def test_a_provider_that_does_not_answer_well_is_away(hostile, monkeypatch, path, trouble):
    client = browser()
    state, nonce = leaves(client)
    hostile.gives(signed(hostile.claims(nonce)))
    if path == KNOWN:
        oidc.forget()
    if trouble == "hangs":
        monkeypatch.setattr(oidc_talk, "PATIENCE", 0.2)
        hostile.hangs(path)
    status, body, headers = hostile.answers[path]
    hostile.answers[path] = {
        "long": (200, lies.LONG, {}),
        "packed": (200, gzip.compress(body) if isinstance(body, bytes) else b"", {"content-encoding": "gzip"}),
        "no JSON": (200, b"<html>", {}),
        "a list": (200, b"[]", {}),
        "elsewhere": (302, b"", {"location": f"{hostile.url}/jwks"}),
        "broken": (500, body, headers),
        "away": (404, b"", {}),
    }.get(trouble, (status, body, headers))
    assert refused(returns(client, state), "provider_away", 503)


def test_a_provider_that_is_away_is_told_at_the_start(hostile):
    hostile.tells(KNOWN, status=500)
    page = browser().post("/auth/google", headers={"origin": OURS}, data={"then": "/b/x"})
    assert refused(page, "provider_away", 503)
    assert 'name="then" value="/b/x"' in page.text
    assert 'href="/sign-in?then=%2Fb%2Fx"' in page.text


@pytest.mark.parametrize("change", [
    {"issuer": "https://evil.example"},
    {"token_endpoint": "http://evil.example/token"},
    {"jwks_uri": "ftp://127.0.0.1/"},
    {"authorization_endpoint": None},
    {"authorization_endpoint": "javascript:alert(1)"},
])  # fmt: skip
def test_metadata_that_leads_astray_is_not_followed(hostile, change):
    hostile.tells(KNOWN, **json.loads(hostile.answers[KNOWN][1]) | change)
    assert refused(browser().post("/auth/google", headers={"origin": OURS}), "provider_away", 503)


@pytest.mark.parametrize(
    ("error", "code", "status"), [("invalid_grant", "provider_refused", 422), ("invalid_client", "provider_away", 503)]
)
def test_what_the_token_endpoint_says_is_understood(hostile, caplog, error, code, status):
    client = browser()
    state, _ = leaves(client)
    hostile.tells("/token", 400, error=error, error_description="Aki's code")
    assert refused(returns(client, state), code, status)
    assert "Aki's code" not in caplog.text


@pytest.mark.parametrize("token", [None, "", "a.b", 12, "a" * 40_000])
def test_an_answer_without_an_id_token_is_refused(hostile, token):
    client = browser()
    state, _ = leaves(client)
    hostile.gives(token)
    assert refused(returns(client, state))


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable", "invalid_scope", "<script>"])
def test_a_provider_in_trouble_is_away(hostile, error):
    client = browser()
    page = client.get("/auth/google/callback", params={"state": leaves(client)[0], "error": error, "error_description": "<b>"})
    assert refused(page, "provider_away", 503)
    assert "<b>" not in page.text


def test_no_keys_at_all_is_away(hostile):
    client = browser()
    state, nonce = leaves(client)
    hostile.gives(signed(hostile.claims(nonce)))
    hostile.publishes(EC)
    assert refused(returns(client, state), "provider_away", 503)
