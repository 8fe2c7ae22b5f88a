"""Web Push to a real push service on this machine, whose browsers decrypt and check what they get."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tamemap import config
from tamemap.config import Settings
from tamemap.gateways import push
from tamemap.gateways.push import Address, Answer, NullPush, is_keys, is_push_service, public_key, push_from_settings
from tests.services.push_service import claims_of, running

GONE, BUSY, REFUSED = (404, {}), (429, {"retry-after": "90"}), (403, {})


@pytest.fixture(scope="module")
def services():
    with running() as one:
        yield one


@pytest.fixture
def service(services):
    services.taken.clear()
    services.answer, services.asked = (201, {}), 0
    return services


@pytest.fixture
def settings(tmp_path, service):
    return Settings(data_dir=tmp_path, push_services=service.url, contact="it@town.example.jp", _env_file=None)


def sent(settings, to, payload=b'{"title":"\xe5\xb7\x9d"}', **kwargs):
    return push_from_settings(settings).send(to, payload, **{"ttl": 60, "urgency": "normal", "topic": "t1"} | kwargs)


def test_the_browser_reads_what_was_sent_and_knows_who_sent_it(settings, service):
    assert sent(settings, service.address()) == Answer("taken", 201)
    (got,) = service.taken
    assert got.payload == {"title": "川"}
    assert (got.headers["ttl"], got.headers["urgency"], got.headers["topic"]) == ("60", "normal", "t1")
    assert got.key == public_key(settings)
    assert (got.claims["aud"], got.claims["sub"]) == (service.url, "mailto:it@town.example.jp")


def test_another_keys_signature_is_seen_through(settings, service, tmp_path):
    sent(settings, service.address())
    token = dict(part.strip().split("=", 1) for part in service.taken[0].headers["authorization"][6:].split(","))["t"]
    other = Settings(data_dir=tmp_path / "other", _env_file=None)
    with pytest.raises(InvalidSignature):
        claims_of(token, public_key(other))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (GONE, Answer("gone", 404)),
        ((410, {}), Answer("gone", 410)),
        (BUSY, Answer("later", 429, 90)),
        ((503, {"retry-after": "soon"}), Answer("later", 503)),
        (REFUSED, Answer("refused", 403)),
        ((307, {"location": "http://127.0.0.1:9/inside"}), Answer("refused", 307)),
    ],
)
def test_what_the_push_service_says(settings, service, answer, expected):
    service.answer = answer
    assert sent(settings, service.address()) == expected
    assert service.asked == 1


def test_a_service_that_is_away_is_asked_later(settings, monkeypatch):
    with running() as gone:
        address = gone.address()
    monkeypatch.setattr(settings, "push_services", gone.url)
    assert sent(settings, address) == Answer("later")


def test_keys_that_are_none_are_no_browser(settings, service):
    assert sent(settings, Address(service.address().endpoint, "AAAA", "AAAA")).state == "gone"
    assert service.asked == 0


def test_too_much_is_never_sent(settings, service):
    assert sent(settings, service.address(), b'"' + b"x" * (push.MOST - 2) + b'"').state == "taken"
    with pytest.raises(ValueError, match="3993"):
        sent(settings, service.address(), b"x" * (push.MOST + 1))


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:1/send",
        "http://localhost/send",
        "https://127.0.0.1/send",
        "https://192.168.1.1/send",
        "https://evil.example/send",
        "https://fcm.googleapis.com.evil.example/send",
        "https://evilfcm.googleapis.com/send",
        "http://fcm.googleapis.com/send",
        "https://fcm.googleapis.com:8443/send",
        "https://user@fcm.googleapis.com/send",
        "https://fcm.googleapis.com\\@127.0.0.1/",
        "https://fcm.googleapis.com /x",
        "file:///etc/passwd",
        "https://[::1]/",
        "https://[",
        "",
    ],
)
def test_nobody_makes_us_call_anywhere_else(settings, service, endpoint):
    assert not is_push_service(endpoint, settings)
    assert sent(settings, Address(endpoint, service.address().p256dh, service.address().auth)) == Answer("refused")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-by3p.notify.windows.com/w/?token=abc",
    ],
)
def test_the_browsers_own_push_services_are_known(settings, endpoint):
    assert is_push_service(endpoint, settings)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "fd00::1", "100.64.0.1"])
def test_a_known_name_that_leads_inside_is_not_called(settings, service, monkeypatch, address):
    monkeypatch.setattr(push.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (address, 443))])
    to = Address("https://fcm.googleapis.com/x", service.address().p256dh, service.address().auth)
    assert sent(settings, to) == Answer("refused")


def test_the_key_is_made_once_and_kept_for_this_user_alone(settings, tmp_path):
    first = public_key(settings)
    path = tmp_path / "push_key"
    assert path.stat().st_mode & 0o777 == 0o600
    again = Settings(data_dir=tmp_path, _env_file=None)
    assert public_key(again) == first


def test_a_key_may_be_set_as_text_as_pem_and_as_a_file(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    (tmp_path / "key.pem").write_text(pem)
    raw = push.urlsafe_b64encode(key.private_numbers().private_value.to_bytes(32, "big")).decode().rstrip("=")
    values = [pem, pem.replace("\n", "\\n"), str(tmp_path / "key.pem"), raw]
    made = {public_key(Settings(push_key=one, data_dir=tmp_path, _env_file=None)) for one in values}
    assert len(made) == 1
    assert not (tmp_path / "push_key").exists()


@pytest.mark.parametrize("wrong", ["nonsense", "-----BEGIN x", "/nowhere/key.pem", "AAAA"])
def test_a_wrong_key_is_said(wrong, tmp_path):
    with pytest.raises(ValueError, match="VAPID"):
        public_key(Settings(push_key=wrong, data_dir=tmp_path, _env_file=None))


def test_an_installation_may_push_nothing(tmp_path):
    config.settings.cache_clear()
    off = push_from_settings(Settings(push="off", data_dir=tmp_path, _env_file=None))
    assert isinstance(off, NullPush)
    assert off.send(Address("", "", ""), b"", ttl=0, urgency="normal") == Answer("refused")


def test_a_browsers_keys(service):
    good = service.address()
    assert is_keys(good.p256dh, good.auth)
    for wrong in ((good.p256dh[:-4], good.auth), (good.p256dh, "AAAA"), ("", ""), ("あ", good.auth), (good.auth, good.auth)):
        assert not is_keys(*wrong)
