"""A real server on this machine in the place of the services outside."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tamemap.config import Settings
from tamemap.gateways import geocoder as gateway
from tamemap.gateways.geocoder import geocoder_from


class Outside:
    """A server that answers by path, and remembers what it was asked."""

    def __init__(self):
        self.answers, self.asked, self.agents = {}, [], []
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                address = urlsplit(self.path)
                outside.asked.append((address.path, {name: values[0] for name, values in parse_qs(address.query).items()}))
                outside.agents.append(self.headers["User-Agent"])
                status, body, headers = outside.answers.get(address.path, (404, "{}", {}))
                if callable(body):
                    body = body()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, path, body, status=200, **headers):
        text = body if isinstance(body, str) or callable(body) else json.dumps(body)
        self.answers[path] = (status, text, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture
def outside():
    made = Outside()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def ask(outside, monkeypatch):
    """Makes the geocoder that the settings name, pointed at the server, without waiting between requests."""
    monkeypatch.setattr(gateway, "GSI_DELAY_SECONDS", 0.0)
    monkeypatch.setattr(gateway, "NOMINATIM_DELAY_SECONDS", 0.0)

    def make(kind="gsi", **more):
        return geocoder_from(Settings(_env_file=None, geocoder=kind, geocoder_url=outside.url, contact="town@example.jp", **more))

    return make
