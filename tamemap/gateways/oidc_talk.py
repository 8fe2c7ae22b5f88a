"""Talking with a provider: within ten seconds, no more than it needs to say, over https; and what it says of itself."""

from __future__ import annotations

import logging
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
from anyio import fail_after
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from cachetools import TTLCache
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from tamemap.errors import Unavailable
from tamemap.gateways.oidc_provider import Provider, sound_address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENCE = 10.0  # seconds for one talk, however many answers it has
MOST = 256 * 1024  # bytes of one answer
# providers change their keys days before they use them; an unknown key is asked for at once
REMEMBERED_SECONDS = 60 * 60
_KEYS: dict[str, type[RSAKey | ECKey]] = {"RSA": RSAKey, "EC": ECKey}
_FAMILY = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}

log = logging.getLogger(__name__)
# what was told before, by address: each process asks for itself
_told: TTLCache[str, dict[str, Any]] = TTLCache(64, REMEMBERED_SECONDS, timer=time.monotonic)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is asked. ``names_itself``: its answers always carry ``iss`` (RFC 9207)."""

    authorize: str
    token: str
    userinfo: str = ""
    jwks: str = ""
    names_itself: bool = False


class TooLong(httpx2.StreamError):
    """An answer was longer than any that makes sense."""

    def __init__(self) -> None:
        super().__init__("too long")


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends with TooLong instead of filling the memory."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for part in self._stream:
            seen += len(part)
            if seen > MOST:
                raise TooLong
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    # we ask for no compression: what is small on the wire and huge in memory is refused
    if response.headers.get("content-encoding", "identity") != "identity":
        raise TooLong
    response.stream = _Bounded(response.stream)  # type: ignore[arg-type]  # an async client has async streams


@asynccontextmanager
async def talking(provider: Provider, **client: Any) -> AsyncIterator[AsyncOAuth2Client]:
    """A client for one talk with this provider. Raises Unavailable ``provider_away`` for whatever goes wrong on the way."""
    try:
        with fail_after(PATIENCE):
            async with AsyncOAuth2Client(
                timeout=PATIENCE,
                follow_redirects=False,
                event_hooks={"response": [_bound]},
                headers={"Accept-Encoding": "identity", "User-Agent": "tamemap/1.0"},
                **client,
            ) as talk:
                yield talk
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OAuthError, TimeoutError, OSError, ValueError) as error:
        # never what was said: it may hold codes and names
        log.warning("provider %s failed: %s", provider.name, type(error).__name__)
        raise Unavailable("provider_away") from None


async def json_of(talk: AsyncOAuth2Client, url: str, **headers: str) -> dict[str, Any]:
    """The JSON object at an address. Raises ValueError for anything else, httpx2's errors for a refusal."""
    answer = await talk.request("GET", url, withhold_token=True, headers={"Accept": "application/json", **headers})
    answer.raise_for_status()
    if answer.status_code != httpx2.codes.OK or not isinstance(found := answer.json(), dict):
        raise ValueError("no object")
    return found


async def _remembered(provider: Provider, url: str, *, anew: bool = False) -> dict[str, Any]:
    if anew or url not in _told:
        async with talking(provider) as talk:
            _told[url] = await json_of(talk, url)
    return _told[url]


def forget() -> None:
    """Forget what providers said of themselves (for tests)."""
    _told.clear()


async def endpoints(provider: Provider) -> Endpoints:
    """Where this provider is asked. Raises Unavailable ``provider_away``, also for one that calls itself something else."""
    if not provider.discovery_url:
        return Endpoints(provider.authorize_url, provider.token_url, provider.userinfo_url, provider.jwks_url)
    told = await _remembered(provider, provider.discovery_url)
    urls = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    # OpenID Connect Discovery 1.0 §4.3: it must be the issuer that was asked
    if told.get("issuer") != provider.issuer or not all(sound_address(url) for url in urls):
        _told.pop(provider.discovery_url, None)
        log.warning("provider %s: its metadata is of another issuer or names addresses without https", provider.name)
        raise Unavailable("provider_away")
    authorize, token, jwks = map(str, urls)
    return Endpoints(authorize, token, jwks=jwks,
                     names_itself=told.get("authorization_response_iss_parameter_supported") is True)  # fmt: skip


async def public_keys(provider: Provider, *, anew: bool = False) -> KeySet:
    """The public keys of this provider that fit its algorithm: never a shared secret, whatever it publishes.

    Raises Unavailable ``provider_away``, also where there are none.
    """
    url = (await endpoints(provider)).jwks
    told = (await _remembered(provider, url, anew=anew)).get("keys")
    families = {_FAMILY[one] for one in provider.algorithms}
    keys: list[Key] = []
    for one in told if isinstance(told, list) else []:
        if not isinstance(one, dict) or one.get("kty") not in families or one.get("use", "sig") != "sig":
            continue
        try:
            keys.append(_KEYS[one["kty"]].import_key(one))
        except (JoseError, ValueError, TypeError):
            log.warning("provider %s: one of its keys cannot be read", provider.name)
    if not keys:
        _told.pop(url, None)
        raise Unavailable("provider_away")
    return KeySet(keys)
