"""Web Push to people's browsers (RFC 8030, encrypted by RFC 8291, signed by RFC 8292), or to nobody.

A push address comes from a browser, so from anybody: only known push services are ever asked, by https, at public addresses,
and no answer leads further.
"""

from __future__ import annotations

import socket
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid, VapidException
from pywebpush import WebPushException, webpush

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamemap.config import Settings

CONNECT, READ = 5.0, 10.0
"""Seconds that a push service has to take the call, and to answer."""

MOST = 3993
"""Bytes that a push service must take (RFC 8291 §4): 4096 with the header and what the encryption adds."""

SERVICES = ("fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com")
"""The push services of the browsers: these hosts and those below them."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a browser is reached, and the keys for which messages to it are encrypted (base64url)."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the push service said: ``taken``; ``gone`` (404, 410: for good); ``later`` (busy or away, perhaps after so many
    seconds); ``refused`` (it does not want this message from us). ``status`` is 0 where there was no answer."""

    state: str
    status: int = 0
    retry_after: int | None = None


class Push(Protocol):
    """Hands one message to one browser's push service."""

    def send(self, to: Address, payload: bytes, *, ttl: int, urgency: str, topic: str = "") -> Answer:
        """Send it; never raises for what the other side does. Raises ValueError for more than ``MOST`` bytes, and for a wrong
        key of our own."""


class _Session(requests.Session):
    """Follows no redirects: they could lead inside."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(*args, **kwargs | {"allow_redirects": False})


@dataclass(frozen=True, slots=True)
class WebPush:
    """Through the push services."""

    settings: Settings = field(repr=False)
    session: requests.Session = field(default_factory=_Session, repr=False)

    def send(self, to: Address, payload: bytes, *, ttl: int, urgency: str, topic: str = "") -> Answer:
        """Hand it over. A message under the same ``topic`` (at most 32 letters of base64url) replaces one still waiting."""
        if len(payload) > MOST:
            raise ValueError("a push message of at most 3993 bytes")
        if not is_push_service(to.endpoint, self.settings) or not _is_outside(to.endpoint, self.settings):
            return Answer("refused")
        headers: dict[str, str | int | float] = {"urgency": urgency}
        if topic:
            headers["topic"] = topic
        ours = vapid(self.settings.push_private())
        try:
            answer = webpush(
                {"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}},
                data=payload,  # type: ignore[arg-type]  # bytes are sent as they are
                vapid_private_key=ours,
                vapid_claims={"sub": _contact(self.settings)},
                ttl=ttl,
                headers=headers,
                timeout=(CONNECT, READ),  # type: ignore[arg-type]  # handed on to requests
                requests_session=self.session,
            )
        except WebPushException as error:
            return _refusal(error.response)
        except requests.RequestException:
            return Answer("later")
        except ValueError:  # keys that are none
            return Answer("gone")
        return Answer("taken", answer.status_code)  # type: ignore[union-attr]  # not asked for as curl


def _refusal(answer: requests.Response | None) -> Answer:
    if answer is None:  # keys of no browser
        return Answer("gone")
    status, wait = answer.status_code, answer.headers.get("retry-after", "")
    if status in {404, 410}:
        return Answer("gone", status)
    if status in {408, 425, 429} or status >= 500:
        return Answer("later", status, int(wait) if wait.isdigit() else None)
    return Answer("refused", status)


class NullPush:
    """Reaches nobody (``TAMEMAP_PUSH=off``)."""

    def send(self, to: Address, payload: bytes, *, ttl: int, urgency: str, topic: str = "") -> Answer:
        """Say that there is no such browser."""
        return Answer("refused")


@lru_cache(maxsize=4)
def _shared(settings_key: tuple[str, ...]) -> _Session:
    return _Session()


def push_from_settings(settings: Settings) -> Push:
    """The push gateway of these settings; its connections are kept."""
    return WebPush(settings, _shared((settings.push_services,))) if settings.push == "on" else NullPush()


def is_push_service(endpoint: str, settings: Settings) -> bool:
    """Whether this is the address of a push service that we know, or that the settings name."""
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint or parts.username or parts.password or not host:
        return False
    further = settings.push_services.split()
    if parts.scheme == "http":
        return f"http://{parts.netloc}" in further and _is_loopback(host)
    known = (*SERVICES, *(one for one in further if "://" not in one))
    return parts.scheme == "https" and port in {None, 443} and any(host == one or host.endswith("." + one) for one in known)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_outside(endpoint: str, settings: Settings) -> bool:
    """Whether its host is nowhere in our own net. A host that we cannot look up is left to whoever carries us there."""
    parts = urlsplit(endpoint)
    if parts.scheme == "http":
        return True  # named by the settings, on this very machine
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        return True
    return _all_public(str(one[4][0]) for one in found)


def _all_public(addresses: Iterable[str]) -> bool:
    return all(ip_address(one.partition("%")[0]).is_global for one in addresses)


def _contact(settings: Settings) -> str:
    """Whom a push service may write to about our messages (RFC 8292 §2.1)."""
    if settings.contact:
        return f"mailto:{settings.contact}"
    if settings.secure:
        return settings.origin
    return f"mailto:{parseaddr(settings.mail_from)[1]}"


@lru_cache(maxsize=4)
def vapid(private: str) -> Vapid:
    """The key by which messages are signed: base64url of 32 bytes, a PEM, or the path of a file with one.

    Raises ValueError where it is none.
    """
    try:
        if "-----BEGIN" in private:
            made = Vapid.from_pem(private.replace("\\n", "\n").encode())
        elif Path(private).suffix == ".pem":
            made = Vapid.from_pem(Path(private).read_bytes())
        else:
            made = Vapid.from_string(private)
    except (OSError, TypeError, ValueError, VapidException, UnsupportedAlgorithm) as error:
        raise ValueError("no VAPID private key") from error
    if not isinstance(made.private_key, ec.EllipticCurvePrivateKey) or made.private_key.curve.name != "secp256r1":
        raise ValueError("no VAPID private key on P-256")
    return made


def public_key(settings: Settings) -> str:
    """What a browser needs to subscribe (``applicationServerKey``, base64url). Raises ValueError for a wrong key."""
    point = vapid(settings.push_private()).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def is_keys(p256dh: str, auth: str) -> bool:
    """Whether these are a browser's keys: a point on P-256 and 16 bytes."""
    try:
        point, secret = (urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in (p256dh, auth))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == 65 and len(secret) == 16
