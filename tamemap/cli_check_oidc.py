"""What ``check`` says of sign-in by other programs: what is missing, what is wrong, and what to register there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tamemap import urls
from tamemap.cli_words import words
from tamemap.gateways import oidc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamemap.config import Settings
    from tamemap.gateways.oidc import Provider


def oidc_findings(current: Settings) -> Iterator[tuple[str, str]]:
    """Grade and words of each finding. Nothing is asked over the network."""
    found = oidc.survey(current)
    for fault in found.faults:
        setting, mark, key = fault.setting.partition(" › ")
        name = f"TAMEMAP_{setting.upper()}{mark}{key}"
        yield "wrong", words(f"cli.check.oidc_{fault.why}", provider=oidc.label_of(fault.provider), name=name)
    for provider in (*found.providers, *([found.digital] if found.digital else [])):
        yield from _of(provider, current)
    if not found.providers and not found.faults:
        yield "fine", words("cli.check.oidc_none")


def _of(provider: Provider, current: Settings) -> Iterator[tuple[str, str]]:
    label, back = provider.words(), urls.absolute(f"/auth/{provider.name}/callback")
    yield "fine", words("cli.check.oidc_fine", provider=label, url=back)
    host = urlsplit(current.origin).hostname or ""
    here = host in {"localhost", "127.0.0.1", "::1"}
    if provider.name == "apple" and (here or not current.secure):
        yield "wrong", words("cli.check.oidc_https_always", provider=label)
    elif not current.secure and not here:
        yield "wrong", words("cli.check.oidc_https", provider=label)
