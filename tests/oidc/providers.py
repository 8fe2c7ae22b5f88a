"""Real, certified OpenID providers (npm's oidc-provider) on loopback, and the part of the people who sign in there."""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import httpx2
from joserfc.jwk import ECKey

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
OURS = "http://localhost:8000"
SECRETS = {name: f"{name}-only-for-tests-0123456789abcdef" for name in ("line", "google", "apple", "town", "residence")}
ADDRESSES = {
    "aki": "熊本県球磨郡錦町大字一武一五八七番地",
    "chie": "東京都千代田区紀尾井町1-3",
    "dai": "",
}
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
PEM = KEY.as_pem(private=True).decode()


@dataclass(frozen=True)
class Providers:
    """The addresses of the providers, and the settings that point at them."""

    urls: dict[str, str]
    base: str = OURS

    def settings(self) -> dict[str, str]:
        """The variables that switch all of them on."""
        town = {"name": "town", "label": "町の職員アカウント", "issuer": self.urls["google"], "id": "town-client",
                "secret": SECRETS["town"], "algorithm": "ES256"}  # fmt: skip
        return {
            "TAMEMAP_BASE_URL": self.base,
            "TAMEMAP_OIDC_LINE_ID": "line-client",
            "TAMEMAP_OIDC_LINE_SECRET": SECRETS["line"],
            "TAMEMAP_OIDC_LINE_URL": self.urls["line"],
            "TAMEMAP_OIDC_GOOGLE_ID": "google-client",
            "TAMEMAP_OIDC_GOOGLE_SECRET": SECRETS["google"],
            "TAMEMAP_OIDC_GOOGLE_URL": self.urls["google"],
            "TAMEMAP_OIDC_APPLE_ID": "apple-client",
            "TAMEMAP_OIDC_APPLE_TEAM": "TEAM123456",
            "TAMEMAP_OIDC_APPLE_KEY_ID": "k1",
            "TAMEMAP_OIDC_APPLE_KEY": PEM,
            "TAMEMAP_OIDC_APPLE_URL": self.urls["apple"],
            "TAMEMAP_OIDC_OTHERS": json.dumps([town]),
            "TAMEMAP_OIDC_DIGITAL_ID": "residence-client",
            "TAMEMAP_OIDC_DIGITAL_KEY": PEM.replace("\n", "\\n"),
            "TAMEMAP_OIDC_DIGITAL_KEY_ID": "k1",
            "TAMEMAP_OIDC_DIGITAL_URL": self.urls["digital"],
        }


def install() -> None:
    """Install the provider where it is missing; ``make test`` has done so already."""
    with (HERE / "package-lock.json").open() as lock:
        # tests run in several processes
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (HERE / "node_modules" / ".package-lock.json").exists():
            subprocess.run([BIN / "npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True, timeout=300)


@contextmanager
def running(base: str = OURS) -> Iterator[Providers]:
    """The providers, for clients at this address of ours, on free ports until the block ends."""
    install()
    public = {**KEY.as_dict(private=False), "use": "sig", "alg": "ES256"}
    said = {
        "redirects": {name: f"{base}/auth/{name}/callback" for name in SECRETS},
        "secrets": SECRETS,
        "apple": {"kid": "k1", "team": "TEAM123456", "jwk": public},
        "digital": public,
        "addresses": ADDRESSES,
    }
    with tempfile.TemporaryFile("w+") as log:
        # it ends with its input: the node of our environment is a program that starts another one
        process = subprocess.Popen([BIN / "node", HERE / "providers.mjs", json.dumps(said)], cwd=HERE, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)  # fmt: skip
        try:
            line = ""
            # the provider greets with warnings of its own
            while not line.startswith("{"):
                line = process.stdout.readline()
                assert line, log.seek(0) or log.read()
            yield Providers(json.loads(line), base)
        finally:
            process.stdin.close()
            process.wait(timeout=20)


@dataclass(frozen=True)
class Answer:
    """How a provider sends the browser back to us."""

    method: str
    path: str
    fields: dict[str, str]


class Visitor:
    """Somebody's browser at the provider: fills in its pages until it leads back to us."""

    def __init__(self, login: str) -> None:
        self.login = login
        self.web = httpx2.Client(timeout=20)

    def goes_to(self, url: str, *, cancels: bool = False) -> Answer:
        """Sign in there, agree (or press cancel), and come back."""
        page = self.web.get(url)
        for _ in range(12):
            if page.is_redirect:
                to = str(page.url.join(page.headers["location"]))
                if to.startswith(OURS):
                    return Answer("GET", urlsplit(to).path, dict(parse_qsl(urlsplit(to).query)))
                page = self.web.get(to)
                continue
            assert page.status_code in {200, 400}, page.text
            action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
            assert action, page.text
            fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.text))
            if action[1].startswith(OURS):
                return Answer("POST", urlsplit(action[1]).path, fields)
            if cancels:
                page = self.web.get(re.search(r'href="([^"]+/abort)"', page.text)[1])
                continue
            if "login" in page.text and 'name="login"' in page.text:
                fields |= {"login": self.login, "password": "any"}
            page = self.web.post(action[1], data=fields)
        raise AssertionError("the provider leads in a circle")
