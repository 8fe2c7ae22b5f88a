"""``check`` says per provider what is missing or wrong, and which address to register there."""

from __future__ import annotations

import json

import pytest
from joserfc.jwk import ECKey

from tamemap import cli, config
from tamemap.i18n import t

PEM = ECKey.generate_key("P-256").as_pem(private=True).decode()
APPLE = {"oidc_apple_id": "3", "oidc_apple_team": "T", "oidc_apple_key_id": "K", "oidc_apple_key": PEM}


@pytest.fixture
def said(world, monkeypatch, capsys):
    """Runs ``check`` with these variables; what it said."""

    def run(**variables: str) -> str:
        for name, value in variables.items():
            monkeypatch.setenv(f"TAMEMAP_{name.upper()}", value)
        config.settings.cache_clear()
        cli.main(["check"])
        return capsys.readouterr().out

    yield run
    config.settings.cache_clear()


def line(grade: str, key: str, **params: str) -> str:
    return f"[{t('cli.check.' + grade)}] {t('cli.check.oidc_' + key, **params)}\n"


def test_without_providers_the_guide_is_named(said):
    assert line("fine", "none") in said()


def test_the_address_to_register_is_printed(said):
    text = said(base_url="https://town.example.jp", oidc_line_id="1", oidc_line_secret="hush-line")
    assert line("fine", "fine", provider="LINE", url="https://town.example.jp/auth/line/callback") in text
    assert "hush" not in text


def test_a_secret_without_its_id_is_wrong(said):
    text = said(oidc_google_secret="hush-google", oidc_digital_id="4")
    assert line("wrong", "missing", provider="Google", name="TAMEMAP_OIDC_GOOGLE_ID") in text
    assert line("wrong", "missing", provider="デジタル認証アプリ", name="TAMEMAP_OIDC_DIGITAL_KEY") in text
    assert "hush" not in text


def test_a_key_that_is_none_is_wrong(said):
    text = said(**APPLE | {"oidc_apple_key": "-----BEGIN PRIVATE KEY-----hush"})
    assert line("wrong", "key", provider="Apple", name="TAMEMAP_OIDC_APPLE_KEY") in text
    assert "hush" not in text


def test_providers_want_https(said):
    google = {"oidc_google_id": "1", "oidc_google_secret": "x"}
    assert line("wrong", "https", provider="Google") in said(base_url="http://town.example.jp", **google)
    assert line("wrong", "https", provider="Google") not in said(base_url="http://localhost:8000")
    assert line("wrong", "https_always", provider="Apple") in said(**APPLE)


def test_others_are_read_or_named(said):
    town = {"name": "town", "label": "町の職員", "issuer": "https://id.example.jp", "id": "5", "secret": "hush-town"}
    text = said(base_url="https://town.example.jp", oidc_others=json.dumps([town]))
    assert line("fine", "fine", provider="町の職員", url="https://town.example.jp/auth/town/callback") in text
    assert "hush" not in text
    assert line("wrong", "json", provider="others", name="TAMEMAP_OIDC_OTHERS") in said(oidc_others="town")
    text = said(oidc_others=json.dumps([town | {"id": ""}]))
    assert line("wrong", "missing", provider="town", name="TAMEMAP_OIDC_OTHERS › id") in text
