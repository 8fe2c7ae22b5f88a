"""Who may be asked, as the settings say: LINE, Google, Apple, others by discovery, and the デジタル認証アプリ.

Standards: OpenID Connect Core 1.0 and Discovery 1.0; the providers' own ways stand beside each of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from tamemap.config import settings
from tamemap.gateways.oidc_provider import BY_SECRET, PUBLIC, Provider, private_key, sound_address
from tamemap.i18n import DEFAULT, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamemap.config import Settings

DIGITAL_NAME = "residence"
WELL_KNOWN = "/.well-known/openid-configuration"
# addresses of ours below /auth/, which no provider may have
TAKEN = frozenset({"mail", "again", "code", "passkey", "passkeys", DIGITAL_NAME})
NAME = re.compile(r"[a-z][a-z0-9-]{1,19}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a provider switched off: the setting without prefix, and why (``cli.check.oidc_<why>``)."""

    provider: str
    setting: str
    why: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What the settings amount to: who may be asked, in the sign-in page's order, and what is wrong."""

    providers: tuple[Provider, ...]
    digital: Provider | None
    faults: tuple[Fault, ...]


def configured() -> tuple[Provider, ...]:
    """The providers that are switched on, in the order in which the sign-in page shows them."""
    return survey(settings()).providers


def provider_named(name: str) -> Provider | None:
    """The provider of that name, if it is switched on."""
    return next((one for one in configured() if one.name == name), None)


def digital() -> Provider | None:
    """The デジタル認証アプリ, if it is switched on."""
    return survey(settings()).digital


def digital_configured() -> bool:
    """Whether residence can be proved with the デジタル認証アプリ."""
    return digital() is not None


def label_of(name: str, lang: str = DEFAULT) -> str:
    """What people know a provider as, also one that is switched off by now; its bare name where nothing better is known."""
    if (known := words(lang).get(f"provider.{name}")) is not None:
        return known
    return next((one.label for one in survey(settings()).providers if one.name == name and one.label), name)


def form_origins() -> tuple[str, ...]:
    """The origins to which the forms of the sign-in pages lead on, for their Content-Security-Policy.

    Only of those whose address stands in the settings: those that tell it by discovery are reached by a page of ours.
    """
    found = survey(settings())
    known = [one.authorize_url for one in (*found.providers, *filter(None, [found.digital])) if one.authorize_url]
    return tuple(dict.fromkeys("{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in known))


def survey(chosen: Settings) -> Survey:
    """The providers of these settings, and what is wrong with them. Nothing is asked over the network."""
    found: list[Provider | None] = []
    faults: list[Fault] = []
    for make in (_line, _google, _apple):
        found.append(_made(make(chosen), faults))
    for other in _others(chosen, faults):
        found.append(_made(other, faults))
    return Survey(tuple(filter(None, found)), _made(_digital(chosen), faults), tuple(faults))


@dataclass(slots=True)
class _Draft:
    """A provider as the settings describe it: ``needs`` are the settings that it cannot do without."""

    name: str
    needs: dict[str, str]
    addresses: dict[str, str]
    values: dict[str, Any]
    key_setting: str = ""


def _made(draft: _Draft, faults: list[Fault]) -> Provider | None:
    """The provider, if all of it is there and sound; None where nothing is set, or something is wrong (``faults`` grows)."""
    if not any(draft.needs.values()):
        return None
    wrong = [Fault(draft.name, setting, "missing") for setting, value in draft.needs.items() if not value.strip()]
    wrong += [Fault(draft.name, setting, "address") for setting, url in draft.addresses.items() if not sound_address(url)]
    if draft.key_setting and draft.needs[draft.key_setting]:
        try:
            draft.values["key"] = private_key(draft.needs[draft.key_setting])
        except (ValueError, OSError):
            wrong.append(Fault(draft.name, draft.key_setting, "key"))
    faults += wrong
    return None if wrong else Provider(name=draft.name, **draft.values)


def _line(chosen: Settings) -> _Draft:
    """LINE Login v2.1: for the web its ID tokens are signed with the channel secret, whatever its metadata says."""
    other = chosen.oidc_line_url.rstrip("/")
    access, api = other or "https://access.line.me", other or "https://api.line.me"
    secret = chosen.oidc_line_secret.get_secret_value()
    return _Draft(
        "line",
        {"oidc_line_id": chosen.oidc_line_id, "oidc_line_secret": secret},
        {"oidc_line_url": access},
        {
            "issuer": access,
            "client_id": chosen.oidc_line_id,
            "secret": secret,
            "algorithms": (BY_SECRET,),
            "authorize_url": f"{access}/oauth2/v2.1/authorize",
            "token_url": f"{api}/oauth2/v2.1/token",
        },
    )


def _google(chosen: Settings) -> _Draft:
    issuer = chosen.oidc_google_url.rstrip("/") or "https://accounts.google.com"
    secret = chosen.oidc_google_secret.get_secret_value()
    return _Draft(
        "google",
        {"oidc_google_id": chosen.oidc_google_id, "oidc_google_secret": secret},
        {"oidc_google_url": issuer},
        {
            "issuer": issuer,
            "client_id": chosen.oidc_google_id,
            "secret": secret,
            "algorithms": ("RS256",),
            "discovery_url": issuer + WELL_KNOWN,
        },
    )


def _apple(chosen: Settings) -> _Draft:
    """Sign in with Apple: the secret is signed anew for each request, and the answer comes as a form."""
    base = chosen.oidc_apple_url.rstrip("/") or "https://appleid.apple.com"
    key = chosen.oidc_apple_key.get_secret_value()
    needs = {name: getattr(chosen, name) for name in ("oidc_apple_id", "oidc_apple_team", "oidc_apple_key_id")}
    return _Draft(
        "apple",
        needs | {"oidc_apple_key": key},
        {"oidc_apple_url": base},
        {
            "issuer": base,
            "client_id": chosen.oidc_apple_id,
            "team": chosen.oidc_apple_team,
            "key_id": chosen.oidc_apple_key_id,
            "algorithms": ("RS256",),
            "auth": "signed_secret",
            "authorize_url": f"{base}/auth/authorize",
            "token_url": f"{base}/auth/token",
            "jwks_url": f"{base}/auth/keys",
            "response_mode": "form_post",
        },
        key_setting="oidc_apple_key",
    )


def _digital(chosen: Settings) -> _Draft:
    """デジタル認証アプリ (デジタル庁): asked once for the address, which proves in which town somebody lives."""
    realm = chosen.oidc_digital_url.rstrip("/")
    base, key = f"{realm}/protocol/openid-connect", chosen.oidc_digital_key.get_secret_value()
    return _Draft(
        DIGITAL_NAME,
        {"oidc_digital_id": chosen.oidc_digital_id, "oidc_digital_key": key},
        {"oidc_digital_url": realm},
        {
            "issuer": chosen.oidc_digital_issuer or realm,
            "client_id": chosen.oidc_digital_id,
            "key_id": chosen.oidc_digital_key_id,
            "algorithms": ("ES256",),
            "auth": "private_key_jwt",
            "authorize_url": f"{base}/auth",
            "token_url": f"{base}/token",
            "userinfo_url": f"{base}/userinfo",
            "jwks_url": f"{base}/certs",
            "scope": "openid address",
        },
        key_setting="oidc_digital_key",
    )


def _others(chosen: Settings, faults: list[Fault]) -> Iterator[_Draft]:
    """Providers by discovery address, as a JSON list of objects."""
    text = chosen.oidc_others.get_secret_value().strip()
    if not text:
        return
    try:
        listed = orjson.loads(text)
    except orjson.JSONDecodeError:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        faults.append(Fault("others", "oidc_others", "json"))
        return
    seen = {"line", "google", "apple", "others", *TAKEN}
    for one in listed:
        name = one.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in seen:
            faults.append(Fault("others", "oidc_others", "name"))
            continue
        seen.add(name)
        if not all(isinstance(value, str) for value in one.values()):
            faults.append(Fault(name, "oidc_others", "json"))
        elif (alg := one.get("algorithm", "RS256")) not in PUBLIC:
            faults.append(Fault(name, "oidc_others", "algorithm"))
        else:
            yield _other(name, one, alg)


def _other(name: str, one: dict[str, str], algorithm: str) -> _Draft:
    issuer = one.get("issuer", "")
    auth = one.get("auth", "client_secret_basic")
    return _Draft(
        name,
        {f"oidc_others › {key}": one.get(key, "") for key in ("issuer", "id", "secret", "label")},
        {"oidc_others › issuer": issuer},
        {
            "issuer": issuer,
            "client_id": one.get("id", ""),
            "secret": one.get("secret", ""),
            "algorithms": (algorithm,),
            "auth": auth if auth == "client_secret_post" else "client_secret_basic",
            "discovery_url": issuer.rstrip("/") + WELL_KNOWN,
            "label": one.get("label", "")[:40],
        },
    )
