"""A push service on this machine, as RFC 8030 describes it, with browsers that decrypt what it takes (RFC 8291) and hold the
sender's signature (RFC 8292) against the key that they subscribed with."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlmodel import select

from tamemap import clock, config
from tamemap.gateways.push import Address
from tamemap.models import Person, PushSubscription
from tamemap.queries.people import actor_of_person
from tests.services.people_rows import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

AUTH = b"0123456789abcdef"


def to_text(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    """From base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Message:
    """What a browser got: the decrypted payload, the headers, who signed (its public key) and what for."""

    payload: dict[str, Any]
    headers: dict[str, str]
    key: str
    claims: dict[str, Any]
    path: str


@dataclass
class PushService:
    """The service: its address, what it took, and how it answers from now on (status, headers)."""

    url: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    taken: list[Message] = field(default_factory=list)
    answer: tuple[int, dict[str, str]] = (201, {})
    asked: int = 0
    # what it does before it answers
    before: Callable[[], object] | None = None

    def address(self, name: str = "aki") -> Address:
        """A browser of that name."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Address(f"{self.url}/send/{name}", to_text(point), to_text(AUTH))

    @property
    def payloads(self) -> list[dict[str, Any]]:
        """What the browsers have shown."""
        return [one.payload for one in self.taken]

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> Message:
        """What the browser makes of it. Fails where it is not encrypted for it, or not signed."""
        assert headers["content-encoding"] == "aes128gcm"
        assert len(body) <= 4096
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=AUTH, version="aes128gcm")
        scheme, _, rest = headers["authorization"].partition(" ")
        said = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert scheme == "vapid"
        return Message(json.loads(plain), headers, said["k"], claims_of(said["t"], said["k"]), path)


def claims_of(token: str, key: str) -> dict[str, Any]:
    """What the signed token says. Raises InvalidSignature for another key's."""
    head, body, signature = token.split(".")
    assert json.loads(to_bytes(head))["alg"] == "ES256"
    raw = to_bytes(signature)
    signed = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to_bytes(key))
    public.verify(signed, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    return json.loads(to_bytes(body))


@contextmanager
def running() -> Iterator[PushService]:
    """A push service that listens within the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            service.asked += 1
            if service.before is not None:
                service.before()
            status, headers = service.answer
            if status < 300:
                lowered = {name.lower(): value for name, value in self.headers.items()}
                try:
                    service.taken.append(service.receive(self.path, lowered, body))
                except Exception:  # a browser drops what it cannot read
                    status = 400
            self.send_response(status)
            for name, value in {"content-length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = PushService(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def known(monkeypatch: Any, service: PushService) -> None:
    """This installation's settings name the service."""
    monkeypatch.setenv("TAMEMAP_PUSH_SERVICES", service.url)
    config.settings.cache_clear()


@pytest.fixture(scope="module")
def services() -> Iterator[PushService]:
    """A push service for all tests of a module."""
    with running() as one:
        yield one


@pytest.fixture
def service(world: Any, services: PushService, monkeypatch: Any) -> PushService:
    """That service as this installation's, which has taken nothing yet."""
    known(monkeypatch, services)
    services.taken.clear()
    services.answer, services.asked, services.before = (201, {}), 0, None
    return services


def device(db: Session, actor: Actor, address: Address | None = None) -> PushSubscription:
    """A browser of this person's that shows notices; a new session where the actor has none."""
    here = actor if actor.session_id is not None else opened(db, actor)[1]
    number = len(db.exec(select(PushSubscription.id)).all())
    to = address or Address(f"https://fcm.googleapis.com/fcm/send/{number}", "p", "a")
    row = PushSubscription(person_id=actor.person_id, signed_in_id=here.session_id, endpoint=to.endpoint, p256dh=to.p256dh,
                           auth=to.auth, device="Android · Chrome", created_at=clock.now())  # fmt: skip
    db.add(row)
    db.flush()
    return row


def actor_at(db: Session, row: PushSubscription) -> Actor:
    """Who is signed in in that browser."""
    return replace(actor_of_person(db, db.get(Person, row.person_id)), session_id=row.signed_in_id)
