"""A program that people may sign in by, and what is sound in its settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tamemap.i18n import DEFAULT, words

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# keys of these are public, so a signature proves who made it. HS256 is LINE's alone, whose key is the channel secret.
PUBLIC = frozenset({"RS256", "PS256", "ES256"})
BY_SECRET = "HS256"  # noqa: S105  an algorithm


@dataclass(frozen=True, slots=True)
class Provider:
    """A program that says who somebody is. What signs or proves is kept out of every repr.

    ``algorithms``: by which its ID tokens may be signed; fixed here, whatever a token says. ``auth``: how we show that we are
    ``client_id`` (``client_secret_basic``, ``client_secret_post``, ``private_key_jwt``, or ``signed_secret``, which is Apple's).
    Without ``discovery_url`` the addresses stand here, else the provider tells them.
    """

    name: str
    issuer: str
    client_id: str
    algorithms: tuple[str, ...]
    auth: str = "client_secret_post"
    secret: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    key_id: str = ""
    team: str = ""
    discovery_url: str = ""
    authorize_url: str = ""
    token_url: str = ""
    userinfo_url: str = ""
    jwks_url: str = ""
    scope: str = "openid"
    response_mode: str = ""
    label: str = ""

    def words(self, lang: str = DEFAULT) -> str:
        """What people know it as."""
        return self.label or words(lang).get(f"provider.{self.name}", self.name)

    @property
    def comes_back_by_post(self) -> bool:
        """Whether the answer comes as a form from the provider's page (OAuth 2.0 Form Post Response Mode)."""
        return self.response_mode == "form_post"


def sound_address(url: object) -> bool:
    """Whether an address may be asked: https, or on this machine."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
    except ValueError:
        return False


def private_key(value: str) -> str:
    """A P-256 key as PEM, from itself (also with ``\\n`` for line ends, as in one-line settings) or from the file named.

    Raises ValueError or OSError for anything else.
    """
    text = value.strip().replace("\\n", "\n")
    if not text.startswith("-----BEGIN"):
        text = Path(text).read_text(encoding="ascii")
    try:
        key = ECKey.import_key(text)
    except (JoseError, TypeError) as error:
        raise ValueError(str(error)) from None
    if not key.is_private or key.curve_name != "P-256":
        raise ValueError("P-256")
    return text
