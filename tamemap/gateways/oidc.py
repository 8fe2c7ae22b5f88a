"""Sign-in by other programs: OpenID Connect Core 1.0, the code flow with PKCE (RFC 7636, S256), through Authlib.

Whoever answers is believed only when the signature, issuer, audience, times and nonce of the ID token are right. Asked for is
nothing but who it is (``openid``), and of the デジタル認証アプリ the address.
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, OctKey
from joserfc.jws import JWSRegistry

from tamemap import clock
from tamemap.errors import Invalid, Unavailable
from tamemap.gateways.oidc_provider import BY_SECRET, Provider
from tamemap.gateways.oidc_settings import (
    Fault,
    configured,
    digital,
    digital_configured,
    form_origins,
    label_of,
    provider_named,
    survey,
)
from tamemap.gateways.oidc_talk import endpoints, forget, json_of, public_keys, talking

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

    from tamemap.gateways.oidc_talk import Endpoints

__all__ = [
    "Claims",
    "Fault",
    "Provider",
    "authorize_url",
    "configured",
    "digital",
    "digital_configured",
    "forget",
    "form_origins",
    "label_of",
    "provider_named",
    "redeem",
    "survey",
]

LEEWAY = 60  # seconds that clocks may differ
OWN_LIFE = 300  # seconds for which what we sign is good
MOST_CODE, MOST_SUBJECT, MOST_ADDRESS = 4_000, 255, 400
# LINE tries its app first and comes back with an invented state where that fails; a second try must do without the app
WITHOUT_APP = {"line": {"disable_auto_login": "true"}}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claims:
    """Who it is: the subject is unique within its issuer only, ``identity`` everywhere. ``address`` is one line, if asked for."""

    issuer: str
    subject: str
    address: str = ""

    @property
    def identity(self) -> str:
        """By what a person is known again; never by a mail address, which may change hands."""
        return f"{self.issuer}|{self.subject}"


async def authorize_url(
    provider: Provider, *, state: str, nonce: str, verifier: str, redirect_uri: str, lang: str = "ja", without_app: bool = False
) -> str:
    """Where the browser goes to ask the provider. Raises Unavailable ``provider_away``."""
    where = await endpoints(provider)
    asking = OAuth2Client(None, provider.client_id, scope=provider.scope, redirect_uri=redirect_uri, code_challenge_method="S256")
    more = {"ui_locales": "ja-JP" if lang == "ja" else lang}
    if provider.response_mode:
        more["response_mode"] = provider.response_mode
    if without_app:
        more |= WITHOUT_APP.get(provider.name, {})
    url, _ = asking.create_authorization_url(where.authorize, state=state, code_verifier=verifier, nonce=nonce, **more)
    return url


async def redeem(provider: Provider, *, code: str, verifier: str, nonce: str, redirect_uri: str, said_issuer: str = "") -> Claims:
    """Who it is that came back with this code, which is used up by it.

    Raises Invalid ``provider_refused`` for a code or an ID token that is not right, Unavailable ``provider_away``.
    """
    where = await endpoints(provider)
    # RFC 9207: an answer that another issuer gave must not be shown to this one
    if (said_issuer or where.names_itself) and said_issuer != provider.issuer:
        raise _refused(provider, "issuer")
    if not (code and len(code) <= MOST_CODE and nonce and verifier):
        raise _refused(provider, "code")
    async with talking(provider, client_id=provider.client_id, **_proof(provider, where)) as talk:
        if provider.auth == "private_key_jwt":
            talk.register_client_auth_method(_signing(provider, where))
        token = await _token(provider, talk, where, code=code, code_verifier=verifier, redirect_uri=redirect_uri)
        claims = await _checked(provider, token, nonce)
        address = await _address(provider, talk, where, token, claims) if "address" in provider.scope.split() else ""
    return Claims(provider.issuer, claims["sub"], address)


def _now() -> int:
    return int(clock.now().timestamp())


def _refused(provider: Provider, why: str) -> Invalid:
    log.warning("provider %s: answer refused (%s)", provider.name, why)
    return Invalid("provider_refused")


def _proof(provider: Provider, where: Endpoints) -> dict[str, Any]:
    """How we show who we are."""
    if provider.auth == "private_key_jwt":
        return {"client_secret": ECKey.import_key(provider.key), "token_endpoint_auth_method": "private_key_jwt"}
    if provider.auth != "signed_secret":
        return {"client_secret": provider.secret, "token_endpoint_auth_method": provider.auth}
    # Sign in with Apple, "Creating a client secret"
    said = {"iss": provider.team, "iat": _now(), "exp": _now() + OWN_LIFE, "aud": provider.issuer, "sub": provider.client_id}
    signed = jwt.encode({"alg": "ES256", "kid": provider.key_id}, said, ECKey.import_key(provider.key), algorithms=["ES256"])
    return {"client_secret": signed, "token_endpoint_auth_method": "client_secret_post"}


def _signing(provider: Provider, where: Endpoints) -> PrivateKeyJWT:
    header = {"kid": provider.key_id} if provider.key_id else None
    return PrivateKeyJWT(where.token, {"iat": _now(), "exp": _now() + OWN_LIFE}, header, "ES256")


async def _token(provider: Provider, talk: AsyncOAuth2Client, where: Endpoints, **asked: str) -> dict[str, Any]:
    try:
        return dict(await talk.fetch_token(where.token, grant_type="authorization_code", **asked))
    except OAuthError as error:
        if error.error == "invalid_grant":
            raise _refused(provider, "invalid_grant") from None
        # everything else is wrong with us or with them, not with the person
        log.warning("provider %s does not take us: %s", provider.name, str(error.error)[:40])
        raise Unavailable("provider_away") from None


async def _checked(provider: Provider, token: dict[str, Any], nonce: str) -> CodeIDToken:
    """The claims of the ID token (OpenID Connect Core 1.0 §3.1.3.7)."""
    signed, access = token.get("id_token"), token.get("access_token")
    if not isinstance(signed, str):
        raise _refused(provider, "no id_token")
    try:
        found = await _decoded(provider, signed)
        wanted: Any = {"iss": {"value": provider.issuer}, "aud": {"value": provider.client_id}, "sub": {"essential": True}}
        params = {"nonce": nonce, "client_id": provider.client_id, "access_token": access if isinstance(access, str) else ""}
        claims = CodeIDToken(found.claims, found.header, wanted, params)
        claims.validate(now=_now(), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _refused(provider, f"{type(error).__name__} {getattr(error, 'claim', '')}".strip()) from None
    if len(claims["sub"]) > MOST_SUBJECT:
        raise _refused(provider, "sub")
    return claims


async def _decoded(provider: Provider, signed: str) -> jwt.Token:
    """The token, if its signature is by a key of this provider and an algorithm of ours. Keys may just have been changed."""
    if provider.algorithms == (BY_SECRET,):
        return _verified(provider, signed, OctKey.import_key(provider.secret))
    try:
        return _verified(provider, signed, await public_keys(provider))
    except InvalidKeyIdError:
        return _verified(provider, signed, await public_keys(provider, anew=True))


def _verified(provider: Provider, signed: str, key: OctKey | KeySet) -> jwt.Token:
    return jwt.decode(signed, key, registry=JWSRegistry(algorithms=list(provider.algorithms), strict_check_header=False))


async def _address(
    provider: Provider, talk: AsyncOAuth2Client, where: Endpoints, token: dict[str, Any], claims: CodeIDToken
) -> str:
    """The address as one line: from the ID token, else from the userinfo endpoint. Empty when it is not told."""
    said = claims.get("address")
    if said is None and where.userinfo:
        told = await json_of(talk, where.userinfo, Authorization=f"Bearer {token.get('access_token', '')}")
        # OpenID Connect Core 1.0 §5.3.2: it must be about the same subject
        if not hmac.compare_digest(str(told.get("sub", "")).encode(), str(claims["sub"]).encode()):
            raise _refused(provider, "userinfo sub")
        said = told.get("address")
    if isinstance(said, dict):
        said = said.get("formatted")
    return said if isinstance(said, str) and len(said) <= MOST_ADDRESS else ""
