"""Which providers the settings switch on, and what is said of settings that are wrong."""

from __future__ import annotations

import json

import pytest
from joserfc.jwk import ECKey, RSAKey

from tamemap.config import Settings
from tamemap.gateways.oidc_provider import private_key, sound_address
from tamemap.gateways.oidc_settings import survey

PEM = ECKey.generate_key("P-256").as_pem(private=True).decode()
LINE = {"oidc_line_id": "1", "oidc_line_secret": "hush"}
GOOGLE = {"oidc_google_id": "2", "oidc_google_secret": "hush"}
APPLE = {"oidc_apple_id": "3", "oidc_apple_team": "T", "oidc_apple_key_id": "K", "oidc_apple_key": PEM}
DIGITAL = {"oidc_digital_id": "4", "oidc_digital_key": PEM}
TOWN = {"name": "town", "label": "町の職員", "issuer": "https://id.example.lg.jp/", "id": "5", "secret": "hush"}


def looked(**values: str):
    return survey(Settings(_env_file=None, **values))


def faults(**values: str) -> list[tuple[str, str, str]]:
    return [(one.provider, one.setting, one.why) for one in looked(**values).faults]


def others(*listed, **changes) -> dict[str, str]:
    return {"oidc_others": json.dumps(list(listed) or [TOWN | changes])}


def test_nothing_is_on_by_default():
    found = looked()
    assert (found.providers, found.digital, found.faults) == ((), None, ())


def test_all_can_be_on_in_one_order():
    found = looked(**others(), **DIGITAL, **APPLE, **GOOGLE, **LINE)
    assert [one.name for one in found.providers] == ["line", "google", "apple", "town"]
    assert [one.algorithms for one in found.providers] == [("HS256",), ("RS256",), ("RS256",), ("RS256",)]
    assert [one.scope for one in found.providers] == ["openid"] * 4
    assert (found.digital.algorithms, found.digital.auth, found.digital.scope) == (
        ("ES256",),
        "private_key_jwt",
        "openid address",
    )
    assert found.faults == ()


def test_addresses_are_the_providers_own():
    line, google, apple, town = looked(**others(), **APPLE, **GOOGLE, **LINE).providers
    assert (line.issuer, line.authorize_url) == ("https://access.line.me", "https://access.line.me/oauth2/v2.1/authorize")
    assert line.token_url == "https://api.line.me/oauth2/v2.1/token"
    assert google.discovery_url == "https://accounts.google.com/.well-known/openid-configuration"
    assert (apple.issuer, apple.jwks_url) == ("https://appleid.apple.com", "https://appleid.apple.com/auth/keys")
    assert apple.comes_back_by_post
    # an issuer is taken letter by letter, its slash too (OpenID Connect Discovery 1.0 §4.3)
    assert (town.issuer, town.discovery_url) == (TOWN["issuer"], "https://id.example.lg.jp/.well-known/openid-configuration")


def test_the_sandbox_of_the_card_app_is_another_address():
    realm = "https://sb-auth-and-sign.go.jp/api/realms/main"
    found = looked(**DIGITAL, oidc_digital_url=realm + "/", oidc_digital_issuer=realm + "/").digital
    assert (found.issuer, found.token_url) == (realm + "/", realm + "/protocol/openid-connect/token")


@pytest.mark.parametrize("whole", [LINE, GOOGLE, APPLE, DIGITAL], ids=["line", "google", "apple", "digital"])
def test_what_is_missing_is_named_and_the_provider_stays_off(whole):
    for left_out in whole:
        found = looked(**{name: value for name, value in whole.items() if name != left_out})
        assert (found.providers, found.digital) == ((), None)
        assert [(one.setting, one.why) for one in found.faults] == [(left_out, "missing")]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        (LINE | {"oidc_line_url": "http://line.example"}, ("line", "oidc_line_url", "address")),
        (GOOGLE | {"oidc_google_url": "accounts.google.com"}, ("google", "oidc_google_url", "address")),
        (APPLE | {"oidc_apple_key": "no-such-file.p8"}, ("apple", "oidc_apple_key", "key")),
        (APPLE | {"oidc_apple_key": "-----BEGIN PRIVATE KEY-----\nx"}, ("apple", "oidc_apple_key", "key")),
        (DIGITAL | {"oidc_digital_key": PEM[:60]}, ("residence", "oidc_digital_key", "key")),
        ({"oidc_others": "{}"}, ("others", "oidc_others", "json")),
        ({"oidc_others": "[1]"}, ("others", "oidc_others", "json")),
        ({"oidc_others": "no json"}, ("others", "oidc_others", "json")),
        (others(name="mail"), ("others", "oidc_others", "name")),
        (others(name="line"), ("others", "oidc_others", "name")),
        (others(name="Town/.."), ("others", "oidc_others", "name")),
        (others(name=7), ("others", "oidc_others", "name")),
        (others(id=7), ("town", "oidc_others", "json")),
        (others(secret=""), ("town", "oidc_others › secret", "missing")),
        (others(label=""), ("town", "oidc_others › label", "missing")),
        (others(issuer="http://id.example.lg.jp"), ("town", "oidc_others › issuer", "address")),
        # a shared secret among public keys would let anybody sign
        (others(algorithm="HS256"), ("town", "oidc_others", "algorithm")),
        (others(algorithm="none"), ("town", "oidc_others", "algorithm")),
        (others(TOWN, TOWN), ("others", "oidc_others", "name")),
    ],
)
def test_what_is_wrong_is_named(values, wrong):
    assert faults(**values) == [wrong]


def test_one_wrong_provider_leaves_the_others_on():
    assert [one.name for one in looked(**LINE, **others(TOWN | {"id": ""}, TOWN | {"name": "two"})).providers] == ["line", "two"]


def test_no_secret_is_in_what_could_be_logged():
    found = looked(**others(), **DIGITAL, **APPLE, **GOOGLE, **LINE)
    assert "hush" not in repr(found)
    assert "PRIVATE" not in repr(found)


def test_a_key_is_read_from_settings_of_one_line_and_from_a_file(tmp_path):
    (tmp_path / "key.p8").write_text(PEM)
    assert private_key(PEM.replace("\n", "\\n")) == PEM
    assert private_key(str(tmp_path / "key.p8")) == PEM


@pytest.mark.parametrize(
    "key",
    [
        ECKey.generate_key("P-256").as_pem(private=False).decode(),
        ECKey.generate_key("P-384").as_pem(private=True).decode(),
        RSAKey.generate_key(2048).as_pem(private=True).decode(),
        "",
    ],
    ids=["public", "another curve", "RSA", "empty"],
)
def test_only_a_private_p256_key_signs(key):
    with pytest.raises((ValueError, OSError)):
        private_key(key)


@pytest.mark.parametrize(
    ("url", "sound"),
    [
        ("https://id.example.lg.jp/x", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:80/", True),
        ("http://id.example.lg.jp", False),
        ("http://127.0.0.1.example.jp", False),
        ("https://", False),
        ("javascript:alert(1)", False),
        ("https://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_https_or_this_machine_is_asked(url, sound):
    assert sound_address(url) is sound
