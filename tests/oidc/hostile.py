"""A provider on loopback that lies as it is told to."""

from __future__ import annotations

import base64
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter

from tamemap import clock

RSA = RSAKey.generate_key(2048, {"kid": "r1", "use": "sig", "alg": "RS256"})
EC = ECKey.generate_key("P-256", {"kid": "e1", "use": "sig", "alg": "ES256"})
PLAIN = RSAKey.import_key(RSA.as_pem(private=True), {"kid": "r1"})
STRANGER = RSAKey.generate_key(2048, {"kid": "r1"})
NEW = RSAKey.generate_key(2048, {"kid": "r2", "use": "sig", "alg": "RS256"})
SECRET = "a-secret-of-32-signs-only-for-tests!"
CLIENT = "our-client"
LONG = b'{"keys": "' + b"a" * 400_000 + b'"}'


def signed(claims: dict[str, Any], key: Any = RSA, alg: str = "RS256", **header: Any) -> str:
    """A token of these claims."""
    header = {"alg": alg, "kid": getattr(key, "kid", None) or "r1"} | header
    extra = {"rule": HeaderParameter("a rule of an extension", "int")}
    registry = JWSRegistry(extra, [alg], strict_check_header=False)
    return jwt.encode({name: value for name, value in header.items() if value is not None}, claims, key, registry=registry)


def unsigned(claims: dict[str, Any], **header: str) -> str:
    """A token that says of itself that it needs no signature (``alg`` none, RFC 7519 §6)."""
    parts = [{"alg": "none"} | header, claims]
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."


def by_public_key(claims: dict[str, Any]) -> str:
    """A token signed by HS256 with the public key as the secret (key confusion)."""
    text = ".".join(unsigned(claims, alg="HS256", kid="r1").split(".")[:2])
    proof = hmac.digest(RSA.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(proof).decode().rstrip('=')}"


def tampered(claims: dict[str, Any]) -> str:
    """A token of somebody else, with these claims put in."""
    head, _, signature = signed(claims | {"sub": "somebody"}).split(".")
    return ".".join([head, base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("="), signature])


class Hostile:
    """The server. ``answers`` by path: ``(status, body, headers)``, or a function that makes one; ``asked`` counts the paths."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.over = threading.Event()
        hostile = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hostile.asked.append(self.path)
                status, body, headers = hostile.answers.get(self.path, (404, b"{}", {}))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for part in body() if callable(body) else [body]:
                        self.wfile.write(part)
                except OSError:  # hung up on
                    pass

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["content-length"])).decode()
                hostile.forms.append({name: values[0] for name, values in parse_qs(text).items()})
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.answers: dict[str, tuple[int, Any, dict[str, str]]] = {}
        self.publishes(RSA, EC)
        self.tells(
            "/.well-known/openid-configuration",
            issuer=self.url,
            authorization_endpoint=f"{self.url}/authorize",
            token_endpoint=f"{self.url}/token",
            jwks_uri=f"{self.url}/jwks",
        )
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def tells(self, path: str, status: int = 200, **values: Any) -> None:
        """Answer JSON at a path."""
        self.answers[path] = (status, json.dumps(values).encode(), {"content-type": "application/json"})

    def publishes(self, *keys: Any) -> None:
        """Publish these keys, as they are: a shared secret too."""
        self.tells("/jwks", keys=[one.as_dict(private=isinstance(one, OctKey)) for one in keys])

    def hangs(self, path: str) -> None:
        """Begin an answer at this path, and never end it."""

        def body():
            yield b'{"a": '
            self.over.wait(30)

        self.answers[path] = (200, body, {"content-type": "application/json"})

    def gives(self, token: str, path: str = "/token", **more: Any) -> None:
        """Hand out this ID token for any code."""
        self.tells(path, **{"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": token} | more)

    def claims(self, nonce: str, /, **changes: Any) -> dict[str, Any]:
        """Good claims with these changes; None leaves one out."""
        now = int(clock.now().timestamp())
        good = {"iss": self.url, "sub": "aki", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        return {name: value for name, value in (good | changes).items() if value is not None}

    def close(self) -> None:
        """End the server, and what hangs in it."""
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
